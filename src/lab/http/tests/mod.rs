//! The HTTP side, met as a client meets it: over its sockets, with literal requests.

mod admin;
mod client;
mod epas;
mod faults;
mod files;
mod limits;
mod uds;
