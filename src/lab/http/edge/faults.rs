//! What can go wrong at an Expressway: with `get_edge_config`, and with a request that is handed on to a host inside.

use serde::Deserialize;

use super::super::faults::Trouble;

/// At `get_edge_config`.
#[derive(Debug, Clone, Deserialize)]
#[serde(tag = "fault", rename_all = "kebab-case", deny_unknown_fields)]
pub(in crate::lab) enum EdgeConfigFault {
    /// Expressway-C refuses whatever is right, without a word to CUCM (protocol.md 8, the low-trust state).
    Refused {},
    /// The user's access policy does not let the user in from outside: 403, after the password.
    Policy {},
    /// Expressway-C's own lookup of `_cisco-uds` fails.
    NameError {},
    /// No UDS is named for the user.
    NoUds {},
    #[serde(untagged)]
    Any(Trouble),
}

/// At a request that is handed on.
#[derive(Debug, Clone, Deserialize)]
#[serde(tag = "fault", rename_all = "kebab-case", deny_unknown_fields)]
pub(in crate::lab) enum EdgeProxyFault {
    /// These hosts are not on Expressway-C's list of allowed ones.
    NotAllowed { hosts: Vec<String> },
    /// Expressway-C gets no connection to these hosts.
    Unreachable { hosts: Vec<String> },
    #[serde(untagged)]
    Any(Trouble),
}
