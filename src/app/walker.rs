//! Carries the plan out: what is due is asked once, and what is under way is counted.

use std::collections::BTreeSet;

use crate::discovery::{LoginStep, Means, Step, Walk};
use crate::journal::{Entry, Event, OpId};

/// What of a plan was asked.
#[derive(Debug, Default)]
pub struct Walker {
    /// Asked, whether or not the journal says so yet.
    asked: Vec<Step>,
    /// Begun by us, and not ended.
    open: BTreeSet<OpId>,
    /// What the last plan was made from.
    planned: Option<(u64, Means)>,
}

impl Walker {
    /// What to ask now. It counts as asked from here on.
    pub fn due(&mut self, walk: &Walk, means: Means) -> Vec<Step> {
        let now = (walk.revision(), means);
        if self.planned.replace(now) == Some(now) {
            return Vec::new();
        }
        let mut due: Vec<Step> = Vec::new();
        for step in walk.plan(means) {
            if !self.asked.iter().any(|asked| is_same(asked, &step)) {
                self.asked.push(step.clone());
                due.push(step);
            }
        }
        due
    }

    /// An operation was begun for a step.
    pub fn began(&mut self, op: OpId) {
        self.open.insert(op);
    }

    /// Takes note of an entry.
    pub fn saw(&mut self, entry: &Entry) {
        if matches!(entry.event, Event::Ended(_)) {
            self.open.remove(&entry.op);
        }
    }

    /// Whether an operation is still under way.
    pub fn is_open(&self, op: OpId) -> bool {
        self.open.contains(&op)
    }

    /// Whether nothing that it asked is still under way.
    pub fn is_idle(&self) -> bool {
        self.open.is_empty()
    }
}

/// Whether two steps ask the same; what is known of addresses and of who named a node may have grown.
fn is_same(one: &Step, other: &Step) -> bool {
    match (one, other) {
        (Step::Dns(one), Step::Dns(other)) => one == other,
        (Step::Http(one), Step::Http(other)) => (one.what, &one.url) == (other.what, &other.url),
        (Step::Login(one), Step::Login(other)) => {
            let key = |step: &LoginStep| (step.host.to_ascii_lowercase(), step.port, step.client, step.reach);
            key(one) == key(other)
        }
        _ => false,
    }
}
