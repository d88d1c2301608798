//! What is asked again and again while somebody looks: services and sockets. At most one question to PerfMon a minute
//! and node, and none after the first "Exceeded allowed rate" (protocol.md 6.8).

use std::time::Duration;

use super::{Refused, is_xcp_cm};
use crate::discovery::plan::Means;
use crate::discovery::walk::{Exchange, Walk};
use crate::journal::{HttpAsk, HttpWhat, Offset};

/// PerfMon of one node is asked no more often than this, and Control Center of one that nobody watches.
const MINUTE: Duration = Duration::from_secs(60);
/// Control Center of a node that is watched across a restart is asked so often.
const WATCHED: Duration = Duration::from_secs(10);

/// What is due.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Polls {
    /// To be asked now. Each is a question that was asked before.
    pub due: Vec<HttpAsk>,
    /// When to look again; none: nothing will be due.
    pub next: Option<Offset>,
}

impl Walk {
    /// What is due now. Services of every host that has told them, and the counters of XCP Connection Manager of every
    /// node that has; what is under way is waited for; what was refused, or asked too often, is never asked again.
    pub fn polls(&self, means: Means, now: Offset) -> Polls {
        let mut polls = Polls::default();
        if !means.admin || self.admin_refused().is_some() {
            return polls;
        }
        let asked = [HttpWhat::Services, HttpWhat::Counters].into_iter().flat_map(|what| self.standing(what));
        for seen in asked.filter(|seen| self.is_polled(seen)) {
            let is_watched = seen.ask.what == HttpWhat::Services && self.is_watched(seen.ask.origin().1, now);
            let pause = if is_watched { WATCHED } else { MINUTE };
            let micros = u64::try_from(pause.as_micros()).unwrap_or(u64::MAX);
            // An answer that is still awaited wakes whoever waits by itself.
            let Some(last) = self.exchange_of(&seen.ask).filter(|last| last.ended.is_some()) else { continue };
            let due = Offset(last.began.0.saturating_add(micros));
            if due <= now {
                polls.due.push(seen.ask.clone());
            } else {
                polls.next = Some(polls.next.map_or(due, |next| next.min(due)));
            }
        }
        polls
    }

    fn is_polled(&self, seen: &Exchange) -> bool {
        let is_counted = seen.ask.what == HttpWhat::Services || is_xcp_cm(&seen.ask.about);
        let may_come = match self.exchange_of(&seen.ask).and_then(Refused::of) {
            // A node that is being restarted comes back.
            None | Some(Refused::Silent | Refused::Unreached(_) | Refused::Fault(..)) => true,
            Some(_) => false,
        };
        let mut all = self.exchanges().iter().filter(|other| {
            let is_perfmon = |what| matches!(what, HttpWhat::CounterNames | HttpWhat::Counters);
            let (one, own) = (other.ask.what, seen.ask.what);
            (one == own || (is_perfmon(one) && is_perfmon(own))) && other.ask.origin() == seen.ask.origin()
        });
        is_counted
            && may_come
            && !all.any(|other| matches!(Refused::of(other), Some(Refused::Rate | Refused::Role)))
    }
}
