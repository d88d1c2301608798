//! Why something of the administrator's side was not told.

use crate::discovery::reading::Reading;
use crate::discovery::walk::Exchange;
use crate::journal::How;

/// Why something was not told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Refused {
    /// HTTP 401: the administrator's user id or password was not accepted. Nothing more is asked with it.
    Password,
    /// HTTP 403: the administrator lacks the role.
    Role,
    /// HTTP 404 or 503: the service is not there, or not activated.
    Absent(u16),
    /// HTTP 599: AXL does not speak the version, but these.
    Version(Vec<String>),
    /// It was asked too often.
    Rate,
    /// A SOAP fault: its words, its code where there is one.
    Fault(String, Option<String>),
    /// It is not what was asked for; another status among them.
    Other(Option<u16>),
    /// Nothing was sent, and why: `untrusted`, `clear`, `key not proven` …
    HeldBack(String),
    /// No answer came in time.
    Silent,
    /// The host was not reached, or the connection broke: the system's word where there is one.
    Unreached(String),
}

impl Refused {
    /// Why an exchange that has ended told nothing; none: it did, or has not ended.
    pub fn of(seen: &Exchange) -> Option<Self> {
        let ended = seen.ended.as_ref()?;
        if let Some(gate) = &seen.gate {
            return Some(Self::HeldBack(gate.why.clone()));
        }
        Some(match (seen.status(), &seen.reading) {
            (_, Reading::AxlVersions(versions)) => Self::Version(versions.clone()),
            (Some(401), _) => Self::Password,
            (_, Reading::Fault(fault)) if fault.is_rate() => Self::Rate,
            (Some(403), _) => Self::Role,
            (Some(status @ (404 | 503)), _) => Self::Absent(status),
            (_, Reading::Fault(fault)) => Self::Fault(fault.words.clone(), fault.code.clone()),
            (Some(200), reading) if !matches!(reading, Reading::Nothing | Reading::Misread(_)) => return None,
            (None, _) if ended.outcome.how == How::TimedOut => Self::Silent,
            (None, _) => Self::Unreached(ended.outcome.code.clone().unwrap_or_default()),
            (status, _) => Self::Other(status),
        })
    }

    /// In a few words.
    pub fn words(&self) -> String {
        match self {
            Self::Password => "401: the administrator's user id or password was not accepted".to_owned(),
            Self::Role => "403: the administrator lacks the role".to_owned(),
            Self::Absent(status) => format!("{status}: the service is not there or not activated"),
            Self::Version(versions) => format!("599: it speaks versions {}", versions.join(", ")),
            Self::Rate => "it was asked too often".to_owned(),
            Self::Fault(words, Some(code)) => format!("fault {code}: {words}"),
            Self::Fault(words, None) => format!("fault: {words}"),
            Self::Other(Some(status)) => format!("{status}: not what was asked for"),
            Self::Other(None) => "not what was asked for".to_owned(),
            Self::HeldBack(why) => format!("nothing was sent: {why}"),
            Self::Silent => "no answer".to_owned(),
            Self::Unreached(code) if code.is_empty() => "not reached".to_owned(),
            Self::Unreached(code) => format!("not reached: {code}"),
        }
    }
}
