//! How one login takes in its stages, its waits and the kernel's views.

use crate::journal::{Awaited, Entry, KernelFact, Offset, Stage, StageFact, StageMark, WaitFact, WaitMark};

use super::fold::keep;
use super::{Level, LoginProgress, Silence, SilenceKind, Slow, Snapshot, StageOutcome, Wait};

/// How many snapshots of the kernel's view a login keeps.
const SNAPSHOTS: usize = 1024;

impl LoginProgress {
    pub(super) fn stage_changed(&mut self, at: Offset, fact: &StageFact) {
        let row = &mut self.stages[fact.stage as usize];
        let outcome = match &fact.mark {
            StageMark::Entered => {
                (row.entered, row.left, row.outcome) = (Some(at), None, StageOutcome::Waiting);
                return;
            }
            StageMark::Passed => StageOutcome::Ok,
            StageMark::Skipped { .. } => StageOutcome::Skipped,
            StageMark::Refused => StageOutcome::Refused,
            StageMark::Failed => StageOutcome::Failed,
        };
        row.outcome = outcome;
        // The first word ends the stage's clock; a stage that was never entered has none.
        row.left = row.left.or(row.entered.map(|_| at));
    }

    pub(super) fn wait_changed(&mut self, entry: &Entry, fact: &WaitFact) {
        match fact.mark {
            WaitMark::Began => {
                self.came_at_wait = Some((fact.since, self.wire_received));
                self.waits(fact, Level::Quiet);
            }
            WaitMark::Slow => {
                self.waits(fact, Level::Slow);
                let stage = self.stage_of(fact.awaited);
                let (awaited, since) = (fact.awaited, fact.since);
                keep(
                    &mut self.slow,
                    Slow { awaited, stage, since, flagged: entry.at, n: entry.n, answered: None },
                );
            }
            WaitMark::Silent => {
                self.waits(fact, Level::Silent);
                self.fell_silent(entry, fact);
            }
            WaitMark::Answered => self.waited_out(fact, |silence| {
                silence.answered.get_or_insert((entry.n, entry.at));
            }),
            WaitMark::GaveUp => self.waited_out(fact, |silence| {
                silence.gave_up.get_or_insert((entry.n, entry.at));
            }),
        }
        if fact.mark == WaitMark::Answered {
            for slow in self.slow.iter_mut().filter(|slow| same(slow.awaited, slow.since, fact)) {
                slow.answered.get_or_insert((entry.n, entry.at));
            }
        }
    }

    fn waits(&mut self, fact: &WaitFact, level: Level) {
        let reply = fact.reply.clone();
        self.wait = Some(Wait { awaited: fact.awaited, since: fact.since, level, reply });
    }

    fn waited_out(&mut self, fact: &WaitFact, over: impl Fn(&mut Silence)) {
        if self.wait.as_ref().is_some_and(|wait| same(wait.awaited, wait.since, fact)) {
            self.wait = None;
        }
        for silence in self.silences.iter_mut().filter(|silence| same(silence.awaited, silence.since, fact)) {
            over(silence);
            silence.read_kernel(&self.kernel);
        }
    }

    fn fell_silent(&mut self, entry: &Entry, fact: &WaitFact) {
        let stage = self.stage_of(fact.awaited);
        let row = &mut self.stages[stage as usize];
        if row.outcome == StageOutcome::Waiting {
            row.outcome = StageOutcome::Silent;
        }
        let came_at_wait = self.came_at_wait.filter(|(since, _)| *since == fact.since);
        let came_before = came_at_wait.map_or(self.wire_received, |(_, came)| came);
        let mut silence = Silence {
            awaited: fact.awaited,
            stage,
            since: fact.since,
            flagged: entry.at,
            n: entry.n,
            reply: fact.reply.clone(),
            kind: SilenceKind::Unknown,
            kernel: None,
            acked_by: None,
            unacked: None,
            window_closed: None,
            came_before,
            answered: None,
            gave_up: None,
            cut_short: None,
        };
        silence.read_kernel(&self.kernel);
        keep(&mut self.silences, silence);
    }

    pub(super) fn cut_silences(&mut self, at: Offset) {
        for silence in self.silences.iter_mut().filter(|silence| silence.over().is_none()) {
            silence.cut_short = Some(at);
        }
    }

    /// The stage that a wait belongs to: most can be in one stage only.
    fn stage_of(&self, awaited: Awaited) -> Stage {
        match awaited {
            Awaited::Connect => Stage::Tcp,
            Awaited::Proceed => Stage::Starttls,
            Awaited::Handshake => Stage::Tls,
            Awaited::AuthAnswer => Stage::Auth,
            Awaited::BindResult => Stage::Bind,
            Awaited::SessionResult => Stage::Session,
            Awaited::StreamHeader
            | Awaited::Features
            | Awaited::Anything
            | Awaited::StreamClose
            | Awaited::Written => self.stage(),
        }
    }

    pub(super) fn kernel_seen(&mut self, entry: &Entry, fact: &KernelFact) {
        let snapshot =
            Snapshot { n: entry.n, at: entry.at, wall: entry.wall, reason: fact.reason, view: fact.view.clone() };
        let at = self.kernel.partition_point(|known| (known.at, known.n) <= (snapshot.at, snapshot.n));
        self.kernel.insert(at, snapshot);
        if self.kernel.len() > SNAPSHOTS {
            // The first ones show when something was acknowledged, the last ones how it stands.
            self.kernel.remove(SNAPSHOTS / 2);
        }
        for silence in &mut self.silences {
            silence.read_kernel(&self.kernel);
        }
    }
}

fn same(awaited: Awaited, since: Offset, fact: &WaitFact) -> bool {
    awaited == fact.awaited && since == fact.since
}
