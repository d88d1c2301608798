//! Where the rim writes: notes on their way to the journal's owner.

use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::mpsc;

use crate::journal::{Ask, Event, Fact, Loss, Note, OpId, Outcome};

use super::Clock;

/// How many notes may be on their way. A full channel makes the sender wait: a flood from a server slows its own
/// reading down, and no memory grows.
pub const IN_FLIGHT: usize = 1024;

/// Makes operations and sends what they see.
#[derive(Debug, Clone)]
pub struct Notes {
    clock: Clock,
    to: mpsc::Sender<Note>,
    last: Arc<AtomicU32>,
    /// Where the operation stands that began last and has not ended, for whoever may drop it on its way.
    open: Option<Arc<Mutex<Option<Op>>>>,
}

/// An operation of this run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Op {
    /// Its id.
    pub id: OpId,
    /// The operation that began it.
    pub parent: Option<OpId>,
}

impl Notes {
    /// A sender, and the end at which the journal's owner listens.
    pub fn channel(clock: Clock) -> (Self, mpsc::Receiver<Note>) {
        let (to, from) = mpsc::channel(IN_FLIGHT);
        (Self { clock, to, last: Arc::new(AtomicU32::new(0)), open: None }, from)
    }

    /// The same, and each operation that it begins stands in `open` until it ends.
    pub fn watched(&self, open: Arc<Mutex<Option<Op>>>) -> Self {
        Self { open: Some(open), ..self.clone() }
    }

    fn keep_open(&self, op: Option<Op>) {
        if let Some(open) = &self.open {
            *open.lock().unwrap_or_else(PoisonError::into_inner) = op;
        }
    }

    /// The run's clock.
    pub fn clock(&self) -> Clock {
        self.clock
    }

    /// An operation with a fresh id, not begun yet.
    pub fn op(&self, parent: Option<OpId>) -> Op {
        Op { id: OpId(self.last.fetch_add(1, Ordering::Relaxed) + 1), parent }
    }

    /// The note of `event`, stamped now, for an owner that appends it by itself.
    pub fn note(&self, op: Op, event: Event) -> Note {
        let at = self.clock.now();
        Note { op: op.id, parent: op.parent, at, wall: self.clock.wall(at), event }
    }

    /// Begins a new operation.
    pub async fn begin(&self, parent: Option<OpId>, ask: Ask) -> Op {
        let op = self.op(parent);
        self.begun(op, ask).await;
        op
    }

    /// Begins an operation that has its id already.
    pub async fn begun(&self, op: Op, ask: Ask) {
        self.keep_open(Some(op));
        self.put(op, Event::Began(ask)).await;
    }

    /// Something was seen.
    pub async fn saw(&self, op: Op, fact: Fact) {
        self.put(op, Event::Saw(fact)).await;
    }

    /// The operation ended.
    pub async fn ended(&self, op: Op, outcome: Outcome) {
        self.keep_open(None);
        self.put(op, Event::Ended(outcome)).await;
    }

    /// Something was seen and is not kept.
    pub async fn lost(&self, op: Op, loss: Loss) {
        self.put(op, Event::Lost(loss)).await;
    }

    /// The event, stamped now. A journal whose owner is gone takes nothing more, and the run is over then.
    async fn put(&self, op: Op, event: Event) {
        let _ = self.to.send(self.note(op, event)).await;
    }
}
