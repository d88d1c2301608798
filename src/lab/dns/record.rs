//! DNS in a scenario's file: the servers, what ails them, and the records that differ from the usual ones.
//!
//! ```toml
//! remove = ["_cisco-uds._tcp"]       # every record of this name, in the view of every server
//!
//! [[record]]                         # one more record, in the view of every server
//! name = "_cuplogin._tcp"
//! srv = "imp1.example.test"
//! port = 8443
//!
//! [[dns]]                            # a server; without any there is one, and it is well
//! fault = "well"
//! remove = ["_xmpp-client._tcp"]     # in this server's view alone
//! ```

use std::net::Ipv4Addr;

use serde::Deserialize;

/// How long an answer may be kept, in seconds, where a record says nothing else.
pub(in crate::lab) const TTL: u32 = 300;

/// A DNS server: its fault, and what its view has otherwise than the others'.
#[derive(Debug, Clone, Deserialize)]
pub(in crate::lab) struct ServerLine {
    #[serde(flatten)]
    pub(in crate::lab) fault: DnsFault,
    /// The names whose records this server does not have.
    #[serde(default)]
    pub(in crate::lab) remove: Vec<String>,
    /// The records that only this server has.
    #[serde(default, rename = "record")]
    pub(in crate::lab) records: Vec<RecordLine>,
}

impl ServerLine {
    /// The server of a scenario that says nothing of any.
    pub(in crate::lab) fn well() -> ServerLine {
        ServerLine { fault: DnsFault::Well {}, remove: Vec::new(), records: Vec::new() }
    }
}

/// What a server does to its answers.
#[derive(Debug, Clone, Copy, PartialEq, Deserialize)]
#[serde(tag = "fault", rename_all = "kebab-case", deny_unknown_fields)]
pub(in crate::lab) enum DnsFault {
    /// Nothing.
    Well {},
    /// It takes the questions and never answers.
    Silent {},
    /// The answers come late.
    Late { seconds: f64 },
    /// RCODE 2, whatever is asked.
    Servfail {},
    /// RCODE 5, whatever is asked.
    Refused {},
    /// Nothing listens.
    PortClosed {},
    /// Over UDP every answer is only the word that it is too large for UDP.
    Truncated {},
}

/// One record.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::lab) struct RecordLine {
    /// Its name: whole where it ends with the domain, else below the domain.
    pub(in crate::lab) name: String,
    /// SRV: the target, as it stands in the record; "." for none.
    pub(in crate::lab) srv: Option<String>,
    /// SRV: left out, it is the port that really serves there.
    pub(in crate::lab) port: Option<u16>,
    /// SRV.
    #[serde(default)]
    pub(in crate::lab) priority: u16,
    /// SRV.
    #[serde(default)]
    pub(in crate::lab) weight: u16,
    /// CNAME: the name that is meant.
    pub(in crate::lab) cname: Option<String>,
    /// A: an address.
    pub(in crate::lab) a: Option<Ipv4Addr>,
    /// A: the address that this host of the deployment has got.
    pub(in crate::lab) host: Option<String>,
    /// In seconds.
    pub(in crate::lab) ttl: Option<u32>,
}
