//! The plan, in dialogues with sites that are made of text: what is asked, what is never asked, and in which order.

mod admin;
mod control;
mod dialogue;
mod edge;
mod frugal;
mod homes;
mod jabber;
mod laws;
mod psi;
mod side;
mod site;
