//! What goes wrong in TLS: one file, and one test, a kind.
//!
//! `alerts` come at every stage, `records` break the protocol, `certificates` are odd or bad, `legacy` servers know
//! only what is no longer spoken, and `https` is the same of a CUCM, where that differs.

mod alerts;
mod certificates;
mod https;
mod legacy;
mod records;
