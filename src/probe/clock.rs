//! The run's clock: the only place that reads one.

use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use crate::journal::{Offset, Wall};

/// Reads the monotonic clock as an offset from the run's start, and the wall clock beside it.
#[derive(Debug, Clone, Copy)]
pub struct Clock {
    start: Instant,
    wall: Wall,
}

impl Clock {
    /// A clock whose zero is now.
    #[expect(clippy::disallowed_methods, reason = "the rim reads the clock, here and nowhere else")]
    pub fn start() -> Self {
        let since_epoch = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        Self { start: Instant::now(), wall: Wall(i64::try_from(since_epoch.as_millis()).unwrap_or(i64::MAX)) }
    }

    /// Now, since the run's start.
    pub fn now(&self) -> Offset {
        Offset::from_duration(self.start.elapsed())
    }

    /// When the run started.
    pub fn started(&self) -> Wall {
        self.wall
    }

    /// The wall clock at `at`. Derived from the start, so that it never runs backwards within a run.
    pub fn wall(&self, at: Offset) -> Wall {
        Wall(self.wall.0.saturating_add(i64::try_from(at.0 / 1000).unwrap_or(i64::MAX)))
    }

    /// `at` on the runtime's clock, for its timers.
    pub fn instant(&self, at: Offset) -> tokio::time::Instant {
        tokio::time::Instant::from_std(self.start + Duration::from_micros(at.0))
    }
}
