//! Time as the journal knows it: an offset from the run's start, and the wall clock beside it.
//!
//! Offsets come from a monotonic clock, so that differences are right even when somebody sets the wall clock.

use std::time::Duration;

use serde::{Deserialize, Serialize};

/// Microseconds since the run began, on a monotonic clock.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Offset(pub u64);

impl Offset {
    /// The offset that lies `duration` after the start.
    pub fn from_duration(duration: Duration) -> Self {
        Self(u64::try_from(duration.as_micros()).unwrap_or(u64::MAX))
    }

    /// How long after `earlier` this is; zero if it is not after it.
    pub fn since(self, earlier: Offset) -> Duration {
        Duration::from_micros(self.0.saturating_sub(earlier.0))
    }

    /// This moment and `duration` more.
    pub fn after(self, duration: Duration) -> Offset {
        Offset(self.0.saturating_add(Offset::from_duration(duration).0))
    }
}

/// Milliseconds since 1970-01-01T00:00:00Z, without leap seconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Wall(pub i64);
