//! The faults that a scenario places: which host, which stage of the path, what goes wrong there; or which component
//! (`component`).
//!
//! One fault for one stage of one host. The stages of the login have the names that reports give them (design.md 3).

use std::time::Duration;

use serde::Deserialize;
use tokio::time::Instant;

use super::address::Manner;
use super::component::{Broken, Component, Components};
use super::http::{HttpFault, HttpFaults};

/// A fault and its place.
#[derive(Debug, Clone, Deserialize)]
#[serde(untagged)]
pub(super) enum Placed {
    /// At a stage of one host.
    AtStage {
        /// The host that has it.
        host: String,
        /// What it is.
        #[serde(flatten)]
        fault: Fault,
    },
    InComponent(Broken),
}

/// A fault and the stage where it shows.
#[derive(Debug, Clone, Deserialize)]
#[serde(tag = "stage", rename_all = "snake_case")]
pub(super) enum Fault {
    /// 5222.
    Tcp(TcpFault),
    /// 8443.
    Https(TcpFault),
    /// 6970.
    Tftp(TcpFault),
    /// The handshake on 8443; the certificate of 6972 too.
    Tomcat(TlsFault),
    Stream(StreamFault),
    Starttls(StarttlsFault),
    Tls(TlsFault),
    StreamTls(StreamFault),
    Auth(AuthFault),
    StreamAuth(StreamFault),
    Bind(RequestFault),
    Session(RequestFault),
    /// At an answer over HTTP.
    #[serde(untagged)]
    Http(HttpFault),
}

/// At the connect.
#[derive(Debug, Clone, Deserialize)]
#[serde(tag = "fault", rename_all = "kebab-case", deny_unknown_fields)]
pub(super) enum TcpFault {
    /// Nothing listens.
    Refused {},
    /// A connect gets no answer.
    Blackhole {},
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
    Refused {
        condition: String,
    },
    /// The true answer, and behind it so many stanzas of other people in so much time.
    Flood {
        stanzas: u32,
        seconds: f64,
    },
}

impl Placed {
    /// The host that meets it; none where all do.
    pub(super) fn host(&self) -> Option<&str> {
        match self {
            Placed::AtStage { host, .. } => Some(host),
            Placed::InComponent(broken) => broken.host.as_deref(),
        }
    }
}

/// All faults of one host, by stage, and those of the components that it meets.
#[derive(Debug, Clone, Default)]
pub(super) struct Faults {
    pub(super) tcp: Option<TcpFault>,
    pub(super) https: Option<TcpFault>,
    pub(super) tftp: Option<TcpFault>,
    pub(super) tomcat: Option<TlsFault>,
    pub(super) http: HttpFaults,
    pub(super) stream: Option<StreamFault>,
    pub(super) starttls: Option<StarttlsFault>,
    pub(super) tls: Option<TlsFault>,
    pub(super) stream_tls: Option<StreamFault>,
    pub(super) auth: Option<AuthFault>,
    pub(super) stream_auth: Option<StreamFault>,
    pub(super) bind: Option<RequestFault>,
    pub(super) session: Option<RequestFault>,
    pub(super) components: Components,
}

impl Faults {
    /// The faults that `placed` names for `host`. Of two for one stage the later one counts; a test sees to it
    /// that no scenario has two.
    pub(super) fn of(host: &str, placed: &[Placed]) -> Faults {
        let mut faults = Faults::default();
        for placed in placed.iter().filter(|placed| placed.host().is_none_or(|named| named == host)) {
            match placed {
                Placed::AtStage { fault, .. } => faults.place(fault.clone()),
                Placed::InComponent(broken) => faults.components.place(broken.clone()),
            }
        }
        faults
    }

    fn place(&mut self, fault: Fault) {
        match fault {
            Fault::Tcp(fault) => self.tcp = Some(fault),
            Fault::Https(fault) => self.https = Some(fault),
            Fault::Tftp(fault) => self.tftp = Some(fault),
            Fault::Tomcat(fault) => self.tomcat = Some(fault),
            Fault::Stream(fault) => self.stream = Some(fault),
            Fault::Starttls(fault) => self.starttls = Some(fault),
            Fault::Tls(fault) => self.tls = Some(fault),
            Fault::StreamTls(fault) => self.stream_tls = Some(fault),
            Fault::Auth(fault) => self.auth = Some(fault),
            Fault::StreamAuth(fault) => self.stream_auth = Some(fault),
            Fault::Bind(fault) => self.bind = Some(fault),
            Fault::Session(fault) => self.session = Some(fault),
            Fault::Http(fault) => self.http.place(fault),
        }
    }

    /// How 5222 meets those who connect. Where no Connection Manager runs, nothing listens.
    pub(super) fn xmpp_manner(&self, now: Instant) -> Manner {
        if self.tcp.is_none() && self.components.absence(Component::ConnectionManager, now).is_some() {
            return Manner::Refusing;
        }
        match manner(self.tcp.as_ref(), None) {
            Manner::Listening { .. } => self.listening_xmpp_manner(),
            closed => closed,
        }
    }

    /// How it does where it listens.
    pub(super) fn listening_xmpp_manner(&self) -> Manner {
        let receive_buffer = match self.auth {
            Some(AuthFault::NeverReads { receive_buffer }) => receive_buffer,
            _ => None,
        };
        Manner::Listening { receive_buffer }
    }

    /// How 8443 meets them.
    pub(super) fn https_manner(&self) -> Manner {
        manner(self.https.as_ref(), None)
    }

    /// How 6970 meets them.
    pub(super) fn tftp_manner(&self) -> Manner {
        manner(self.tftp.as_ref(), None)
    }
}

fn manner(fault: Option<&TcpFault>, receive_buffer: Option<u32>) -> Manner {
    match fault {
        Some(TcpFault::Refused {}) => Manner::Refusing,
        Some(TcpFault::Blackhole {}) => Manner::Blackhole,
        None => Manner::Listening { receive_buffer },
    }
}

/// What is wrong with a certificate.
pub(super) fn certificate(fault: Option<&TlsFault>) -> CertificateFault {
    match fault {
        Some(TlsFault::Certificate(fault)) => fault.clone(),
        Some(TlsFault::Silent {}) | None => CertificateFault::default(),
    }
}

/// Seconds of a scenario. What is no time at all counts as none.
pub(super) fn seconds(count: f64) -> Duration {
    Duration::try_from_secs_f64(count).unwrap_or_default()
}
