//! One login of the tree: how far it came, in a figure and in its stages.

use super::figures::took;
use super::stage::{Certificate, StageSeen};
use crate::discovery::item::{Item, ItemState};
use crate::journal::{
    Entry, EntryNo, Fact, How, LoginAsk, Offset, OpId, Outcome, Purpose, Read, Stage, StageMark, TlsFact,
    WaitMark, XmppFact,
};

/// So much of a server's word is kept.
const WORD: usize = 32;

/// What is known of one login.
#[derive(Debug)]
pub(super) struct Login {
    pub op: OpId,
    pub purpose: Purpose,
    pub began: Offset,
    until: Stage,
    pub stages: Vec<StageSeen>,
    pub silent: bool,
    /// One of its waits was silent, whether or not the answer came later.
    pub was_silent: bool,
    /// The condition of a SASL failure.
    condition: String,
    certificate: Option<Certificate>,
    pub ended: Option<Outcome>,
    pub entries: Vec<EntryNo>,
}

impl Login {
    /// A login that begins.
    pub(super) fn new(entry: &Entry, ask: &LoginAsk) -> Self {
        Self {
            op: entry.op,
            purpose: ask.purpose,
            began: entry.at,
            until: ask.until,
            stages: Vec::new(),
            silent: false,
            was_silent: false,
            condition: String::new(),
            certificate: None,
            ended: None,
            entries: vec![entry.n],
        }
    }

    /// Takes what it saw; true if its items may look different now.
    pub(super) fn saw(&mut self, entry: &Entry, fact: &Fact) -> bool {
        match fact {
            Fact::Stage(fact) => self.stage(entry, fact.stage, &fact.mark),
            Fact::Wait(fact) => match fact.mark {
                WaitMark::Silent => self.silence(entry, true),
                WaitMark::Answered => self.answer(entry, fact.since),
                _ => return false,
            },
            Fact::Xmpp(fact) => match &**fact {
                XmppFact::Received(received) => match &received.read {
                    Read::SaslFailure { condition, .. } => self.condition = condition.chars().take(WORD).collect(),
                    _ => return false,
                },
                _ => return false,
            },
            Fact::Tls(TlsFact::Chain { certs }) => {
                let words = certs.first().map_or("no certificate".to_owned(), |cert| cert.subject.clone());
                self.certificate = Some(Certificate { words, ok: None, entries: vec![entry.n] });
            }
            Fact::Tls(TlsFact::Verified { chain, names, key_proven }) => {
                let name_ok = names.is_empty() || names.iter().any(|name| name.ok);
                if let Some(certificate) = &mut self.certificate {
                    certificate.ok = Some(chain.ok && name_ok && *key_proven);
                    certificate.entries.push(entry.n);
                }
            }
            _ => return false,
        }
        true
    }

    fn stage(&mut self, entry: &Entry, stage: Stage, mark: &StageMark) {
        if let (StageMark::Entered, None) = (mark, self.stages.iter().find(|seen| seen.stage == stage)) {
            let (left, mark, entries) = (None, StageMark::Entered, vec![entry.n]);
            let (entered, silent, waited_us) = (entry.at, false, 0);
            return self.stages.push(StageSeen { stage, entered, left, mark, silent, waited_us, entries });
        }
        if let Some(seen) = self.stages.iter_mut().find(|seen| seen.stage == stage) {
            seen.left = (*mark != StageMark::Entered).then_some(entry.at);
            seen.mark = mark.clone();
            seen.entries.push(entry.n);
        } else {
            let (entered, left, entries) = (entry.at, Some(entry.at), vec![entry.n]);
            let (mark, silent, waited_us) = (mark.clone(), false, 0);
            self.stages.push(StageSeen { stage, entered, left, mark, silent, waited_us, entries });
        }
    }

    fn answer(&mut self, entry: &Entry, since: Offset) {
        self.silence(entry, false);
        if let Some(seen) = self.stages.last_mut() {
            seen.waited_us = seen.waited_us.saturating_add(Offset::from_duration(entry.at.since(since)).0);
        }
    }

    fn silence(&mut self, entry: &Entry, silent: bool) {
        self.silent = silent;
        self.was_silent |= silent;
        if let Some(seen) = self.stages.last_mut() {
            seen.silent = silent;
            seen.entries.push(entry.n);
        }
    }

    /// The stage in which it stands or stood last.
    pub(super) fn at(&self) -> &'static str {
        self.stages.last().map_or("tcp", |seen| seen.stage.short())
    }

    /// The node's state and figure, as this login has it.
    pub(super) fn figure(&self, home: Option<bool>) -> (ItemState, String) {
        let at = self.at();
        let ended = self.ended.as_ref().map(|outcome| outcome.how);
        match ended.or_else(|| self.said_no()).or_else(|| self.reached()) {
            _ if self.silent => (ItemState::Failed, format!("silent @{at}")),
            None => self.standing(),
            Some(How::Ok) => (ItemState::Ok, self.answered()),
            Some(How::Refused) if self.is_answer(home) => self.answered_elsewhere(),
            Some(How::Refused) => (ItemState::Failed, format!("refused @{at}")),
            Some(How::Stopped) => (ItemState::Skipped, format!("stopped @{at}")),
            Some(How::TimedOut) => (ItemState::Failed, format!("silent @{at}")),
            Some(How::Broken | How::Lost | How::Failed) => (ItemState::Failed, format!("failed @{at}")),
        }
    }

    /// Whether its end is a refusal of the user by a node that is not the user's home: that is an answer.
    fn is_answer(&self, home: Option<bool>) -> bool {
        home == Some(false) && self.stages.last().is_some_and(StageSeen::is_refused_auth)
    }

    /// Such an answer. One that came late is none to be at ease with.
    fn answered_elsewhere(&self) -> (ItemState, String) {
        let took = self.stages.last().and_then(StageSeen::took_us).map(|us| format!("in {}", took(us)));
        let words = ["refused", &self.condition, took.as_deref().unwrap_or_default(), "(not home: an answer)"];
        let words: Vec<&str> = words.into_iter().filter(|word| !word.is_empty()).collect();
        let state = if self.was_silent { ItemState::Warning } else { ItemState::Ok };
        (state, words.join(" "))
    }

    /// The figure where there is little room, if there is a shorter one.
    pub(super) fn brief(&self, home: Option<bool>) -> String {
        let took_us = self.stages.last().filter(|_| self.is_answer(home)).and_then(StageSeen::took_us);
        took_us.map_or_else(String::new, |us| format!("refused {}", took(us)))
    }

    /// A refusal, or a stage that broke, ends a login for the reader, though the connection may still stand.
    fn said_no(&self) -> Option<How> {
        match self.stages.last()?.mark {
            StageMark::Refused => Some(How::Refused),
            StageMark::Failed => Some(How::Failed),
            StageMark::Entered | StageMark::Passed | StageMark::Skipped { .. } => None,
        }
    }

    /// The stage that was asked for was reached, though the connection may still stand. A session that is not
    /// offered is not needed.
    fn reached(&self) -> Option<How> {
        let at = |stage: Stage| self.stages.iter().find(|seen| seen.stage == stage).map(|seen| &seen.mark);
        let passed = |stage| at(stage) == Some(&StageMark::Passed);
        let not_needed = matches!(at(Stage::Session), Some(StageMark::Skipped { .. })) && passed(Stage::Bind);
        (passed(self.until) || (self.until == Stage::Session && not_needed)).then_some(How::Ok)
    }

    /// Where a login stands that goes on: in a stage, or before the next one.
    fn standing(&self) -> (ItemState, String) {
        let Some(last) = self.stages.last() else { return (ItemState::Waiting, "not begun".to_owned()) };
        let left = matches!(last.mark, StageMark::Passed | StageMark::Skipped { .. });
        let to_come =
            |stage: &&Stage| **stage <= self.until && self.stages.iter().all(|seen| seen.stage != **stage);
        let figure = match Stage::ALL.iter().find(to_come).filter(|_| left) {
            Some(next) => format!("next {}", next.short()),
            None => format!("at {}", last.stage.short()),
        };
        (ItemState::Running, figure)
    }

    /// How long the node took to answer: to `<auth>` where it was asked, else over all stages.
    fn answered(&self) -> String {
        let auth = self.stages.iter().find(|seen| seen.stage == Stage::Auth && seen.mark == StageMark::Passed);
        let whole = || self.stages.iter().map(StageSeen::took_us).sum::<Option<u64>>();
        let took_us = auth.and_then(StageSeen::took_us).or_else(whole);
        took_us.map_or(format!("ok to {}", self.until), |us| format!("answers {}", took(us)))
    }

    /// Its stages, and its certificate.
    pub(super) fn items(&self, node: &str) -> Vec<Item> {
        let mut items = Vec::new();
        for seen in &self.stages {
            let id = format!("{node}/login:{}/stage:{}", self.op.0, seen.stage);
            let mut item = Item::new(id, seen.state(self.ended.is_some()), seen.stage.name());
            item.figure = seen.figure();
            item.op = Some(self.op);
            item.entries.clone_from(&seen.entries);
            items.push(item);
            if let (Stage::Tls, Some(certificate)) = (seen.stage, &self.certificate) {
                items.push(certificate.item(format!("{node}/login:{}/certificate", self.op.0), self.op));
            }
        }
        items
    }
}
