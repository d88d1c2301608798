//! A stage of a login, and the certificate that it was shown.

use super::figures::took;
use crate::discovery::item::{Item, ItemState};
use crate::journal::{EntryNo, Offset, OpId, Stage, StageMark};

/// A stage that a login has entered.
#[derive(Debug)]
pub(super) struct StageSeen {
    pub stage: Stage,
    pub entered: Offset,
    pub left: Option<Offset>,
    pub mark: StageMark,
    pub silent: bool,
    /// How long the peer was waited for: without the time that a person took between two steps.
    pub waited_us: u64,
    pub entries: Vec<EntryNo>,
}

/// The newest chain and what a client makes of it.
#[derive(Debug)]
pub(super) struct Certificate {
    pub words: String,
    pub ok: Option<bool>,
    pub entries: Vec<EntryNo>,
}

impl StageSeen {
    pub(super) fn state(&self, over: bool) -> ItemState {
        match &self.mark {
            _ if self.silent => ItemState::Failed,
            StageMark::Entered if over => ItemState::Skipped,
            StageMark::Entered => ItemState::Running,
            StageMark::Passed => ItemState::Ok,
            StageMark::Skipped { .. } => ItemState::Skipped,
            StageMark::Refused | StageMark::Failed => ItemState::Failed,
        }
    }

    /// What became of it, for a line of detail.
    pub(super) fn words(&self) -> String {
        let figure = self.figure();
        if figure.is_empty() { "under way".to_owned() } else { figure }
    }

    pub(super) fn is_refused_auth(&self) -> bool {
        self.stage == Stage::Auth && self.mark == StageMark::Refused
    }

    /// How long it took: what the peer was waited for, else from its beginning to its end.
    pub(super) fn took_us(&self) -> Option<u64> {
        let whole = Offset::from_duration(self.left?.since(self.entered)).0;
        Some(if self.waited_us > 0 { self.waited_us } else { whole })
    }

    pub(super) fn figure(&self) -> String {
        let took = self.took_us().map(took);
        match (&self.mark, took) {
            (StageMark::Skipped { why }, _) => why.clone(),
            _ if self.silent => "silent".to_owned(),
            (StageMark::Refused, Some(took)) => format!("refused {took}"),
            (StageMark::Failed, Some(took)) => format!("failed {took}"),
            (_, took) => took.unwrap_or_default(),
        }
    }
}

impl Certificate {
    pub(super) fn item(&self, id: String, op: OpId) -> Item {
        let state = match self.ok {
            Some(true) => ItemState::Ok,
            Some(false) => ItemState::Warning,
            None => ItemState::Plain,
        };
        let mut item = Item::new(id, state, format!("certificate {}", self.words));
        item.op = Some(op);
        item.entries.clone_from(&self.entries);
        item
    }
}
