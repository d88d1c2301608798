//! The components of a node and what stands behind it, and which of them a request needs (protocol.md 6.2, 6.8).
//!
//! A fault is placed in a component; what a client sees of it follows from the request's path:
//!
//! ```text
//! 5222 <auth>   Connection Manager ─► Router ─► Authentication Service ─┬► (local database)
//!                                                                       ├► LDAP, for PLAIN
//!                                                                       └► Login Datastore, for a token
//! 5222 <iq>     Connection Manager ─► Router (JSM)
//! 8443 EPASSoap Client Profile Agent ─► LDAP ─► Login Datastore
//! 8443 UDS      User Data Services ─► LDAP
//! 8443 AXL      AXL Web Service
//! ```
//!
//! What comes by an Expressway-E enters at the Router, past the Connection Manager ([`from_router`]).
//!
//! It knows no socket and no clock: it says how long a request is on its way and how that ends. A component that was
//! restarted (`restart`) is well.

use std::time::Duration;

use serde::Deserialize;
use tokio::time::Instant;

use super::faults::seconds;
use super::restart::{Phase, Restarts};

/// A part of the deployment that can be ill.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Component {
    /// Streams, TLS and mechanisms on 5222 of a node.
    ConnectionManager,
    /// What leads on from there; sessions too.
    Router,
    AuthService,
    /// Where session keys and one-time passwords are.
    LoginDatastore,
    /// EPASSoap, in a node's Tomcat.
    ClientProfileAgent,
    /// UDS, in a CUCM's Tomcat.
    UserDataServices,
    /// AXL, in a CUCM's Tomcat.
    AxlWebService,
    /// The directory that all hosts ask.
    Ldap,
}

use Component::{
    AuthService, AxlWebService, ClientProfileAgent, ConnectionManager, Ldap, LoginDatastore, Router,
    UserDataServices,
};

/// What a request passes, the first one first. Where nothing of it is ill it gets its true answer.
pub(super) type Path = &'static [Component];

/// An `<auth>` that needs no look at a user: an impossible mechanism, what cannot be read.
pub(super) const UNREADABLE_AUTH: Path = &[ConnectionManager];
/// PLAIN of a user whom the local database knows with the password, or does not know at all.
pub(super) const LOCAL_AUTH: Path = &[ConnectionManager, Router, AuthService];
/// PLAIN of a user of the directory.
pub(super) const LDAP_AUTH: Path = &[ConnectionManager, Router, AuthService, Ldap];
/// CISCO-VTG-TOKEN.
pub(super) const TOKEN_AUTH: Path = &[ConnectionManager, Router, AuthService, LoginDatastore];
/// A stanza of a user who is logged in.
pub(super) const STANZA: Path = &[ConnectionManager, Router];
/// EPASSoap login of a user whom the local database refuses.
pub(super) const EPAS_REFUSAL: Path = &[ClientProfileAgent];
/// EPASSoap login with a wrong password, of a user of the directory.
pub(super) const LDAP_EPAS_REFUSAL: Path = &[ClientProfileAgent, Ldap];
/// EPASSoap login with the right password, which gives a session key; and what is asked with that key.
pub(super) const EPAS: Path = &[ClientProfileAgent, LoginDatastore];
/// The same login of a user of the directory.
pub(super) const LDAP_EPAS: Path = &[ClientProfileAgent, Ldap, LoginDatastore];
/// The user's record of UDS, for whom CUCM's own database decides about.
pub(super) const RECORD: Path = &[UserDataServices];
/// The same for a user of the directory.
pub(super) const LDAP_RECORD: Path = &[UserDataServices, Ldap];
/// What an administrator asks AXL.
pub(super) const AXL: Path = &[AxlWebService];

/// The same path for who comes by an Expressway-E (protocol.md 6.8, M): its traffic enters at 7400, the Router. What
/// needs no more than a Connection Manager is Expressway's own front end's business.
pub(super) fn from_router(path: Path) -> Path {
    match path {
        [ConnectionManager, behind @ ..] => behind,
        _ => path,
    }
}

/// A fault in a component, as a scenario's file has it.
#[derive(Debug, Clone, Deserialize)]
#[serde(try_from = "Line")]
pub(super) struct Broken {
    component: Component,
    /// The host whose component it is, or which asks the directory; none: the directory for all hosts.
    pub(super) host: Option<String>,
    /// Which component asks the directory; none: whichever.
    asked_by: Option<Component>,
    pub(super) illness: Illness,
}

#[derive(Debug, Deserialize)]
struct Line {
    component: Component,
    host: Option<String>,
    asked_by: Option<Component>,
    #[serde(flatten)]
    illness: Illness,
}

/// What is wrong with a component.
#[derive(Debug, Clone, Deserialize)]
#[serde(tag = "fault", rename_all = "kebab-case", deny_unknown_fields)]
pub(super) enum Illness {
    /// It takes requests and answers none: of nobody, or of one user only.
    Stuck { user: Option<String> },
    /// It answers late: rightly, or, where whoever asks gives it up, with a refusal.
    Late { seconds: f64, condition: Option<String> },
    /// It does not run: somebody stopped it.
    Stopped {},
    /// It does not run: it was never activated.
    NotActivated {},
    /// A Connection Manager's.
    Overloaded(Overload),
}

/// A Connection Manager that every further connection makes slower.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Overload {
    /// How late the first header of a connection is, by the number of the connection; the last stands for all
    /// further ones.
    header_seconds: Vec<f64>,
    /// The first connection, counted from 1, on which no `<auth>` is answered any more.
    silent_from: usize,
}

impl TryFrom<Line> for Broken {
    type Error = &'static str;

    fn try_from(line: Line) -> Result<Broken, &'static str> {
        let Line { component, host, asked_by, illness } = line;
        if component != Ldap && (host.is_none() || asked_by.is_some()) {
            return Err("only the directory needs no host and can be seen from one component");
        }
        if component != ConnectionManager && matches!(illness, Illness::Overloaded(_)) {
            return Err("only a Connection Manager can be overloaded");
        }
        if component == Ldap && illness.absence().is_some() {
            return Err("the directory is no service of the deployment");
        }
        Ok(Broken { component, host, asked_by, illness })
    }
}

/// What is wrong with the components as one host meets them.
#[derive(Debug, Clone, Default)]
pub(super) struct Components {
    broken: Vec<Broken>,
    pub(super) restarts: Restarts,
}

/// Why a component does not run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Absence {
    Stopped,
    NotActivated,
}

/// How a request fares on its path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Fare {
    /// How long it is on its way.
    pub(super) delay: Duration,
    pub(super) end: End,
}

/// Where a request's way ends.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum End {
    /// At its true answer.
    Answer,
    /// Refused with this SASL condition, whatever is right.
    Refusal(String),
    /// In this component, for ever.
    Stuck(Component),
}

impl Components {
    pub(super) fn place(&mut self, broken: Broken) {
        self.broken.push(broken);
    }

    /// How a request of `user` fares that takes this path at `now`. Where a component does not run, it ends there: who
    /// hands it on waits for ever.
    pub(super) fn fare(&self, path: Path, user: &str, now: Instant) -> Fare {
        let mut delay = Duration::ZERO;
        let askers = std::iter::once(None).chain(path.iter().copied().map(Some));
        for (component, asker) in path.iter().zip(askers) {
            if self.restarts.phase(*component, now) == Phase::Down {
                return Fare { delay, end: End::Stuck(*component) };
            }
            for broken in self.ill(*component, now).filter(|broken| broken.is_seen_by(asker)) {
                let end = match &broken.illness {
                    Illness::Stuck { user: only } if only.as_deref().is_none_or(|only| only == user) => {
                        End::Stuck(*component)
                    }
                    Illness::Stopped {} | Illness::NotActivated {} => End::Stuck(*component),
                    Illness::Late { seconds: late, condition } => {
                        delay += seconds(*late);
                        match condition {
                            Some(condition) => End::Refusal(condition.clone()),
                            None => continue,
                        }
                    }
                    Illness::Stuck { .. } | Illness::Overloaded(_) => continue,
                };
                return Fare { delay, end };
            }
        }
        Fare { delay, end: End::Answer }
    }

    /// What the Connection Manager's load does to its connections.
    pub(super) fn overload(&self, now: Instant) -> Option<&Overload> {
        self.ill(ConnectionManager, now).find_map(|broken| match &broken.illness {
            Illness::Overloaded(overload) => Some(overload),
            _ => None,
        })
    }

    /// Why `component` does not run at `now`, if it does not. One that only answers nobody runs.
    pub(super) fn absence(&self, component: Component, now: Instant) -> Option<Absence> {
        if self.restarts.phase(component, now) == Phase::Down {
            return Some(Absence::Stopped);
        }
        self.ill(component, now).find_map(|broken| broken.illness.absence())
    }

    /// What is wrong with `component`, as long as it has not been restarted.
    fn ill(&self, component: Component, now: Instant) -> impl Iterator<Item = &Broken> {
        let is_first = self.restarts.phase(component, now) == Phase::First;
        self.broken.iter().filter(move |broken| is_first && broken.component == component)
    }
}

impl Illness {
    fn absence(&self) -> Option<Absence> {
        match self {
            Illness::Stopped {} => Some(Absence::Stopped),
            Illness::NotActivated {} => Some(Absence::NotActivated),
            Illness::Stuck { .. } | Illness::Late { .. } | Illness::Overloaded(_) => None,
        }
    }
}

impl Broken {
    fn is_seen_by(&self, asker: Option<Component>) -> bool {
        self.asked_by.is_none() || self.asked_by == asker
    }
}

impl Overload {
    /// How late the first header of connection `number` is, counted from 1.
    pub(super) fn header_delay(&self, number: usize) -> Duration {
        let last = self.header_seconds.len().saturating_sub(1);
        let at = number.saturating_sub(1).min(last);
        self.header_seconds.get(at).copied().map(seconds).unwrap_or_default()
    }

    /// Whether an `<auth>` on connection `number` is answered.
    pub(super) fn answers(&self, number: usize) -> bool {
        number < self.silent_from
    }
}
