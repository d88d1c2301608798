//! Waits, and the silences that they become.
//!
//! A silence is named after what the kernel knows of the bytes that were sent (design.md 3):
//!
//! 1. the stanza's wire range is acknowledged: `acked`, the peer's *kernel* has it;
//! 2. else the peer's window is closed, or bytes stay unsent while nothing is in flight: `window_closed`;
//! 3. else `unacked`: the path;
//! 4. without the kernel's view: `unknown`, never guessed.

use std::time::Duration;

use crate::journal::{Awaited, AwaitedReply, EntryNo, KernelReason, KernelView, Offset, Stage};

use super::Snapshot;

/// What a login waits for now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wait {
    /// For what.
    pub awaited: Awaited,
    /// Since when.
    pub since: Offset,
    /// Which mark it has crossed.
    pub level: Level,
    /// What was sent last, for whose answer it waits.
    pub reply: Option<AwaitedReply>,
}

/// The marks of a wait.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Level {
    /// None crossed yet.
    Quiet,
    /// It is slow.
    Slow,
    /// It is silent.
    Silent,
}

/// A wait that crossed the mark `slow`, whatever became of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Slow {
    /// For what.
    pub awaited: Awaited,
    /// In which stage.
    pub stage: Stage,
    /// Since when it waited.
    pub since: Offset,
    /// When it was called slow.
    pub flagged: Offset,
    /// The entry that says so.
    pub n: EntryNo,
    /// The answer's entry and time, late as it was.
    pub answered: Option<(EntryNo, Offset)>,
}

/// A wait that crossed the mark `silent`, whatever became of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Silence {
    /// For what.
    pub awaited: Awaited,
    /// In which stage.
    pub stage: Stage,
    /// Since when it waited.
    pub since: Offset,
    /// When it was called silent.
    pub flagged: Offset,
    /// The entry that says so.
    pub n: EntryNo,
    /// What was sent last, for whose answer it waited.
    pub reply: Option<AwaitedReply>,
    /// What the newest snapshot of this wait says.
    pub kind: SilenceKind,
    /// That snapshot.
    pub kernel: Option<(EntryNo, KernelView)>,
    /// The first snapshot that shows the bytes acknowledged.
    pub acked_by: Option<Snapshot>,
    /// The first snapshot, from the silence's mark on, that shows them unacknowledged.
    pub unacked: Option<EntryNo>,
    /// The first snapshot, from the silence's mark on, that shows the peer's window closed.
    pub window_closed: Option<EntryNo>,
    /// Bytes of TCP that had come when the wait began.
    pub came_before: u64,
    /// The answer's entry and time, if one came.
    pub answered: Option<(EntryNo, Offset)>,
    /// When we stopped waiting.
    pub gave_up: Option<(EntryNo, Offset)>,
    /// When the connection or the login ended under it.
    pub cut_short: Option<Offset>,
}

/// What the kernel knows of a silence.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum SilenceKind {
    /// The peer's kernel has the bytes. Its process may not have read them.
    Acked,
    /// The path: the bytes are not acknowledged.
    Unacked,
    /// The peer's process has stopped reading and its buffers are full.
    WindowClosed,
    /// No kernel's view, or nothing that it could be asked about.
    Unknown,
}

impl SilenceKind {
    /// The word in reports: `acked`, `window_closed`.
    pub fn name(self) -> &'static str {
        match self {
            SilenceKind::Acked => "acked",
            SilenceKind::Unacked => "unacked",
            SilenceKind::WindowClosed => "window_closed",
            SilenceKind::Unknown => "unknown",
        }
    }
}

/// What the kernel's view says of the bytes whose answer is waited for.
///
/// With nothing sent there is nothing to acknowledge: an empty send queue then counts as `acked`.
pub fn kind(reply: Option<&AwaitedReply>, view: &Result<KernelView, String>) -> SilenceKind {
    let Ok(view) = view else {
        return SilenceKind::Unknown;
    };
    let delivered = match reply {
        Some(reply) => reply.written && reply.wire.to <= view.acked,
        None => view.unacked_segments == 0 && view.queued.unwrap_or(0) == 0,
    };
    let persists = view.not_sent.unwrap_or(0) > 0 && view.unacked_segments == 0;
    if delivered {
        SilenceKind::Acked
    } else if view.peer_window == Some(0) || persists {
        SilenceKind::WindowClosed
    } else {
        SilenceKind::Unacked
    }
}

impl Silence {
    /// When the wait was over: answered, given up, or cut short.
    pub fn over(&self) -> Option<Offset> {
        let answered = self.answered.map(|(_, at)| at);
        let gave_up = self.gave_up.map(|(_, at)| at);
        answered.or(gave_up).or(self.cut_short)
    }

    /// How long it lasted, or has lasted.
    pub fn waited(&self, now: Offset) -> Duration {
        self.over().unwrap_or(now).since(self.since)
    }

    /// How many bytes of the awaited stanza's wire range are acknowledged, as far as the kernel said.
    pub fn wire_acked(&self) -> Option<u64> {
        let (reply, (_, view)) = (self.reply.as_ref()?, self.kernel?);
        Some(view.acked.min(reply.wire.to).saturating_sub(reply.wire.from))
    }

    /// Bytes of TCP that came during the wait, as far as the kernel said.
    pub fn bytes_back(&self) -> Option<u64> {
        self.kernel.map(|(_, view)| view.received.saturating_sub(self.came_before))
    }

    /// Whether a snapshot was taken during this wait.
    fn covers(&self, snapshot: &Snapshot) -> bool {
        snapshot.at >= self.since && self.over().is_none_or(|over| snapshot.at <= over)
    }

    /// Reads the snapshots of this wait anew. They are in the order of their times.
    pub(super) fn read_kernel(&mut self, snapshots: &[Snapshot]) {
        let reply = self.reply.clone();
        let seen = |snapshot: &Snapshot| kind(reply.as_ref(), &snapshot.view);
        let (flagged, answer) = (self.flagged, self.answered);
        let of_this: Vec<&Snapshot> = snapshots.iter().filter(|snapshot| self.covers(snapshot)).collect();
        // The answer acknowledges what it answers: what counts is what was seen before it.
        let during = |snapshot: &&&Snapshot| answer.is_none_or(|(_, at)| snapshot.at < at);
        let Some(newest) = of_this.iter().rev().find(during).or(of_this.last()) else {
            return;
        };
        self.kind = seen(newest);
        self.kernel = newest.view.as_ref().ok().map(|view| (newest.n, *view));
        self.acked_by = of_this.iter().find(|snapshot| seen(snapshot) == SilenceKind::Acked).copied().cloned();
        // The look that was taken for the silence may stand just before the mark itself.
        let silent = |snapshot: &Snapshot| snapshot.at >= flagged || snapshot.reason == KernelReason::Silent;
        let first = |wanted| of_this.iter().find(|snapshot| silent(snapshot) && seen(snapshot) == wanted);
        self.unacked = first(SilenceKind::Unacked).map(|snapshot| snapshot.n);
        self.window_closed = first(SilenceKind::WindowClosed).map(|snapshot| snapshot.n);
    }
}
