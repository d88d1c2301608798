//! What was asked of a DNS server, and every message that passed for it.
//!
//! One operation is one question to one server. What the library below re-sends, or asks again over TCP, is a fact
//! of the same operation.

use serde::{Deserialize, Serialize};

/// One question to one server.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct DnsAsk {
    /// The name, in lower case and without the dot at its end.
    pub name: String,
    /// The kind of record.
    pub kind: RecordKind,
    /// The server's `address:port`, an IPv6 address in brackets.
    pub server: String,
}

/// The kinds of record that the walk asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RecordKind {
    /// Services (RFC 2782).
    Srv,
    /// IPv4 addresses.
    A,
    /// IPv6 addresses.
    Aaaa,
}

impl RecordKind {
    /// `SRV`, `A`, `AAAA`.
    pub fn name(self) -> &'static str {
        match self {
            RecordKind::Srv => "SRV",
            RecordKind::A => "A",
            RecordKind::Aaaa => "AAAA",
        }
    }
}

/// How a DNS message travels.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Transport {
    /// A datagram.
    Udp,
    /// A connection, after a truncated datagram.
    Tcp,
}

impl Transport {
    /// `UDP`, `TCP`.
    pub fn name(self) -> &'static str {
        match self {
            Transport::Udp => "UDP",
            Transport::Tcp => "TCP",
        }
    }
}

/// What passed between us and a DNS server.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DnsFact {
    /// The question left. A second one over the same transport is a re-send.
    Sent {
        /// How.
        transport: Transport,
        /// Bytes of the message.
        bytes: u64,
    },
    /// An answer to it came. A truncated one is followed by a question over TCP.
    Answered(DnsAnswer),
    /// The server's host, or the way to it, said no: ICMP for a datagram, a refused or broken connection.
    Unreachable {
        /// Which transport was tried.
        transport: Transport,
        /// `ECONNREFUSED`, `EHOSTUNREACH` …
        code: String,
    },
    /// A message came that is no answer to the question, and was left aside.
    Ignored {
        /// How it came.
        transport: Transport,
        /// Why: `another id`, `another question`, `unreadable: …`.
        why: String,
        /// Its bytes.
        bytes: u64,
    },
}

/// An answer, as it came.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DnsAnswer {
    /// How it came.
    pub transport: Transport,
    /// `NOERROR`, `NXDOMAIN`, `SERVFAIL`, `REFUSED` … as RFC 6895 names them.
    pub rcode: String,
    /// It did not fit (TC).
    pub truncated: bool,
    /// The server says that it is an authority (AA). False: from a cache, or asked elsewhere.
    pub authoritative: bool,
    /// The answer section, in its order, bounded.
    pub records: Vec<DnsRecord>,
    /// How many records of it were left out because of the bound.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub left_out: u64,
    /// Seconds for which "there is none" may be remembered (the SOA of a negative answer, RFC 2308).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub negative_ttl: Option<u32>,
    /// Bytes of the message.
    pub bytes: u64,
}

/// One record of an answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DnsRecord {
    /// Its owner, in lower case and without the dot at its end.
    pub name: String,
    /// Seconds.
    pub ttl: u32,
    /// What it says.
    pub data: RecordData,
}

/// What a record says. Names are without the dot at their end; the root alone is `.`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RecordData {
    /// A service (RFC 2782).
    Srv(Srv),
    /// An address of either family.
    Address(String),
    /// The name is an alias of this one.
    Alias(String),
    /// A record of another kind: its kind and its text.
    Other(String, String),
}

/// A service record (RFC 2782).
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Srv {
    /// Lower ones are tried first.
    pub priority: u16,
    /// The share among those of one priority.
    pub weight: u16,
    /// The port.
    pub port: u16,
    /// The host; `.` says that the service is not offered.
    pub target: String,
}

fn is_zero(count: &u64) -> bool {
    *count == 0
}
