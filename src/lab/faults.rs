//! The faults that a scenario places: which node, which stage of the login, what goes wrong there.
//!
//! One fault for one stage of one node. The stages have the names that reports give them (design.md 3).

use std::time::Duration;

use serde::Deserialize;

/// A fault of one node.
#[derive(Debug, Clone, Deserialize)]
pub(super) struct Placed {
    /// The node that has it.
    pub(super) host: String,
    /// What it is.
    #[serde(flatten)]
    pub(super) fault: Fault,
}

/// A fault and the stage where it shows.
#[derive(Debug, Clone, Deserialize)]
#[serde(tag = "stage", rename_all = "snake_case")]
pub(super) enum Fault {
    Tcp(TcpFault),
    Stream(StreamFault),
    Starttls(StarttlsFault),
    Tls(TlsFault),
    StreamTls(StreamFault),
    Auth(AuthFault),
    StreamAuth(StreamFault),
    Bind(RequestFault),
    Session(RequestFault),
}

/// At the connect.
#[derive(Debug, Clone, Deserialize)]
#[serde(tag = "fault", rename_all = "kebab-case", deny_unknown_fields)]
pub(super) enum TcpFault {
    /// Nothing listens.
    Refused {},
}

/// At a stream header and its features.
#[derive(Debug, Clone, Deserialize)]
#[serde(tag = "fault", rename_all = "kebab-case", deny_unknown_fields)]
pub(super) enum StreamFault {
    NoHeader {},
    NoFeatures {},
    /// The header comes late, the rest is quick.
    Late {
        seconds: f64,
    },
    /// HTTP instead of XMPP.
    NotXml {},
    StreamError {
        condition: String,
    },
    /// The redirect of RFC 6120 4.9.3.19 to another node of the deployment.
    SeeOtherHost {
        target: String,
    },
    /// Other mechanisms than usual, and host names beside them (protocol.md 5.4).
    Offers {
        mechanisms: Vec<String>,
        #[serde(default)]
        hostnames: Vec<String>,
    },
}

/// At the step to TLS.
#[derive(Debug, Clone, Deserialize)]
#[serde(tag = "fault", rename_all = "kebab-case", deny_unknown_fields)]
pub(super) enum StarttlsFault {
    NotOffered {},
    Refused {},
    Silent {},
    /// `text` follows `<proceed/>` in the same write, in clear.
    BytesBehind {
        text: String,
    },
}

/// In the handshake.
#[derive(Debug, Clone, Deserialize)]
#[serde(tag = "fault", rename_all = "kebab-case", deny_unknown_fields)]
pub(super) enum TlsFault {
    Silent {},
    Certificate(CertificateFault),
}

/// What is wrong with the certificate; what is left out is right.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct CertificateFault {
    /// When it begins, in days from now.
    pub(super) from_days: Option<i32>,
    /// When it ends, in days from now.
    pub(super) to_days: Option<i32>,
    /// Signed with its own key.
    pub(super) self_signed: bool,
    /// The names in it; the first is the CN too.
    pub(super) names: Vec<String>,
}

/// At `<auth>`.
#[derive(Debug, Clone, Deserialize)]
#[serde(tag = "fault", rename_all = "kebab-case", deny_unknown_fields)]
pub(super) enum AuthFault {
    Silent {
        to: Reach,
    },
    /// The true answer, late.
    Late {
        seconds: f64,
    },
    /// Refused whatever is right.
    Refused {
        condition: String,
        #[serde(default)]
        after_seconds: f64,
    },
    /// FIN, without a word.
    Closed {},
    /// RST.
    Reset {},
    /// The socket is not read any more once the mechanisms are offered.
    NeverReads {
        /// In bytes.
        receive_buffer: Option<u32>,
    },
}

/// Whose `<auth>` a silence swallows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Reach {
    /// Of the users that exist: what needs no user (an impossible mechanism, an unknown name) is answered.
    Users,
    /// Of everyone.
    Everyone,
}

/// At a request after the login: bind, session.
#[derive(Debug, Clone, Deserialize)]
#[serde(tag = "fault", rename_all = "kebab-case", deny_unknown_fields)]
pub(super) enum RequestFault {
    Silent {},
    Refused { condition: String },
}

/// All faults of one node, by stage.
#[derive(Debug, Clone, Default)]
pub(super) struct Faults {
    pub(super) tcp: Option<TcpFault>,
    pub(super) stream: Option<StreamFault>,
    pub(super) starttls: Option<StarttlsFault>,
    pub(super) tls: Option<TlsFault>,
    pub(super) stream_tls: Option<StreamFault>,
    pub(super) auth: Option<AuthFault>,
    pub(super) stream_auth: Option<StreamFault>,
    pub(super) bind: Option<RequestFault>,
    pub(super) session: Option<RequestFault>,
}

impl Faults {
    /// The faults that `placed` names for `host`. Of two for one stage the later one counts; a test sees to it
    /// that no scenario has two.
    pub(super) fn of(host: &str, placed: &[Placed]) -> Faults {
        let mut faults = Faults::default();
        for Placed { fault, .. } in placed.iter().filter(|placed| placed.host == host) {
            match fault.clone() {
                Fault::Tcp(fault) => faults.tcp = Some(fault),
                Fault::Stream(fault) => faults.stream = Some(fault),
                Fault::Starttls(fault) => faults.starttls = Some(fault),
                Fault::Tls(fault) => faults.tls = Some(fault),
                Fault::StreamTls(fault) => faults.stream_tls = Some(fault),
                Fault::Auth(fault) => faults.auth = Some(fault),
                Fault::StreamAuth(fault) => faults.stream_auth = Some(fault),
                Fault::Bind(fault) => faults.bind = Some(fault),
                Fault::Session(fault) => faults.session = Some(fault),
            }
        }
        faults
    }

    /// What is wrong with the node's certificate.
    pub(super) fn certificate(&self) -> CertificateFault {
        match &self.tls {
            Some(TlsFault::Certificate(fault)) => fault.clone(),
            Some(TlsFault::Silent {}) | None => CertificateFault::default(),
        }
    }

    /// The size of the receive buffer, where a fault asks for one.
    pub(super) fn receive_buffer(&self) -> Option<u32> {
        match self.auth {
            Some(AuthFault::NeverReads { receive_buffer }) => receive_buffer,
            _ => None,
        }
    }
}

/// Seconds of a scenario. What is no time at all counts as none.
pub(super) fn seconds(count: f64) -> Duration {
    Duration::try_from_secs_f64(count).unwrap_or_default()
}
