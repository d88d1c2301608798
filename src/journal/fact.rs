//! What an operation can see. Facts are past tense and hold no verdict of ours.

use serde::{Deserialize, Serialize};

use super::{DnsFact, HttpFact, KernelFact, StageFact, Via, WaitFact, XmppFact};

/// Something that was seen.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Fact {
    /// About addresses and connections.
    Net(NetFact),
    /// About DNS.
    Dns(DnsFact),
    /// About TLS.
    Tls(TlsFact),
    /// About HTTP.
    Http(Box<HttpFact>),
    /// About the XMPP stream.
    Xmpp(Box<XmppFact>),
    /// A stage changed.
    Stage(StageFact),
    /// A wait crossed a mark, or ended.
    Wait(WaitFact),
    /// The kernel's view of a connection.
    Kernel(KernelFact),
    /// The user did something that changes what the rest means.
    User(UserAct),
}

/// About addresses and connections.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NetFact {
    /// A host's addresses, in the order in which they will be tried.
    Resolved {
        /// Addresses without a port.
        addresses: Vec<String>,
        /// Where they come from: `system resolver`, `given`.
        source: String,
    },
    /// A TCP connection stands. It proves only the peer's kernel; by way of a proxy, only that the proxy says so.
    Connected {
        /// Our `address:port`.
        local: String,
        /// The peer's `address:port`; `name:port` where the proxy resolves names.
        remote: String,
        /// The proxy by way of which it leads there.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        via: Option<Via>,
    },
    /// A connection ended.
    Closed {
        /// By whom.
        by: ClosedBy,
        /// The system's word, `ECONNRESET`, where there is one.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        code: Option<String>,
    },
}

/// Who ended a connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ClosedBy {
    /// The peer sent FIN (or a TLS close).
    PeerFin,
    /// The peer, or something on the path, sent RST.
    PeerReset,
    /// The link was lost: retransmissions gave up, or the path said unreachable.
    Link,
    /// TLS ended it, behind the handshake: by an alert of the peer's, or since what came was not to be read as TLS.
    Tls,
    /// We closed.
    Us,
}

/// About TLS.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TlsFact {
    /// The certificates that the server presented, its own first.
    Chain {
        /// In the order of the wire.
        certs: Vec<CertFact>,
    },
    /// Whether the server holds the certificate's key cannot be checked here. It stands before the verdict, which then
    /// says that the key is not proven.
    KeyUnchecked {
        /// Why: `its key, RSA 1024, is shorter than 2048 bits`.
        why: String,
    },
    /// What a client would make of the chain; the walk went on whatever it was.
    Verified {
        /// The chain against the roots, times and purposes included.
        chain: Verdict,
        /// The names, one verdict each.
        names: Vec<NameVerdict>,
        /// Whether the server proved that it holds the certificate's key.
        key_proven: bool,
    },
    /// What was agreed.
    Agreed {
        /// `TLSv1.3`.
        version: String,
        /// `TLS13_AES_256_GCM_SHA384`.
        suite: String,
        /// The key exchange group, where there is one.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        group: Option<String>,
    },
    /// What a hand-made ClientHello with old versions and suites was answered.
    Legacy {
        /// `TLS 1.0`, or none where the server refused this too.
        version: Option<String>,
        /// The suite's IANA name or number.
        suite: Option<String>,
        /// The alert, where one came.
        alert: Option<String>,
    },
}

/// One certificate, in words.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CertFact {
    /// SHA-256 over the DER: `sha256:` and 64 lower-case hex digits.
    pub fingerprint: String,
    /// The subject's distinguished name.
    pub subject: String,
    /// The issuer's distinguished name.
    pub issuer: String,
    /// Valid from, in seconds since 1970.
    pub not_before: i64,
    /// Valid until, in seconds since 1970.
    pub not_after: i64,
    /// Subject alternative names: `DNS:…`, `IP:…`, `SRV:…`, `XMPP:…`.
    pub names: Vec<String>,
    /// Key type and size: `RSA 2048`, `EC P-256`.
    pub key: String,
    /// Signature algorithm.
    pub signature: String,
}

/// Whether something holds, with the library's word where it does not.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Verdict {
    /// Whether it holds.
    pub ok: bool,
    /// `UnknownIssuer`, `Expired`, `NotYetValid`, `CaUsedAsEndEntity` …; empty where it holds.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub code: String,
}

/// Whether a certificate is valid for a name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NameVerdict {
    /// The name.
    pub name: String,
    /// Whose name it is, and so who checks it.
    pub role: NameRole,
    /// Whether the certificate is valid for it.
    pub ok: bool,
}

/// Whose name a certificate is checked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NameRole {
    /// The XMPP domain: what PSI and RFC 6125 check.
    Domain,
    /// The node's own name: Jabber may accept it.
    Node,
}

/// The state of a node in its presence redundancy group, as `utils ha status` prints it (protocol.md 6.7). Only what was
/// understood of the text is kept, bounded and without control characters.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HaNode {
    /// The presence redundancy group, where it was named.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub group: Option<String>,
    /// The node, where it was named.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub host: Option<String>,
    /// `Normal`, `Failed Over` …
    pub state: String,
    /// Why, where that was said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

/// The user did something that changes what the rest means.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum UserAct {
    /// Accepted a certificate for a host.
    Accepted {
        /// The host that showed it.
        host: String,
        /// The port on which it did: the services of one host have certificates of their own. None in recordings of
        /// the time when only XMPP was looked at.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        port: Option<u16>,
        /// `sha256:` and 64 hex digits.
        fingerprint: String,
    },
    /// Accepted a certificate on whichever host shows it (`--accept`, before any host is known).
    AcceptedAnywhere {
        /// `sha256:` and 64 hex digits.
        fingerprint: String,
    },
    /// Allowed credentials in clear on every host (`--allow-cleartext`, before any host is known).
    AllowedCleartextAnywhere,
    /// Asked for something once more.
    AskedAgain {
        /// What: the item's name.
        what: String,
    },
    /// Said that all certificates of the user's path are accepted (`--insecure`).
    Insecure,
    /// Allowed credentials in clear on a host.
    AllowedCleartext {
        /// The node.
        host: String,
    },
    /// Passed over a stage or a proposal.
    Skipped {
        /// What.
        what: String,
    },
    /// Ended the login.
    Stopped,
    /// Allowed one more attempt beyond the limit.
    MoreAttempts,
    /// Asked for the same login on all nodes.
    AllNodes,
    /// Asked for the way from outside beside the one inside (`--as all`).
    Outside,
    /// Asked for the control experiment on a node.
    Control {
        /// The node.
        host: String,
        /// Its port.
        port: u16,
    },
    /// Asked for the control experiment wherever `<auth>` is left without an answer (`--control`).
    ControlAnywhere,
    /// Asked to watch a service of a node across a restart.
    Watch {
        /// The node.
        host: String,
        /// The service, as Control Center has it.
        service: String,
    },
    /// Gave what `utils ha status` printed on a node.
    HaStatus {
        /// The states in it, in the order of the text.
        nodes: Vec<HaNode>,
    },
}
