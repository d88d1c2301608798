//! Texts that act on a terminal, in every field that a server controls, each looked at on every output: see
//! [`outputs`](crate::hostile::outputs). `node` has the fields of XMPP, `walk` those of DNS, UDS and EPASSoap.

mod node;
mod walk;

use super::{Row, play};
