//! Waiting for a condition, with a deadline. The only place where the suite pauses.

use std::time::{Duration, Instant};

/// How long nothing is done between two looks at a condition that cannot be waited for in another way.
const PAUSE: Duration = Duration::from_millis(10);

/// A moment after which waiting has failed.
#[derive(Debug, Clone, Copy)]
pub struct Deadline(Instant);

impl Deadline {
    /// The moment `within` from now.
    pub fn after(within: Duration) -> Self {
        Self(Instant::now() + within)
    }

    /// What is left of it; zero once it has passed.
    pub fn left(self) -> Duration {
        self.0.saturating_duration_since(Instant::now())
    }

    /// Whether it has passed.
    pub fn passed(self) -> bool {
        self.left().is_zero()
    }

    /// Looks again and again until `look` has something, at least once; `None` once the deadline has passed.
    pub fn poll<T>(self, mut look: impl FnMut() -> Option<T>) -> Option<T> {
        loop {
            if let Some(found) = look() {
                return Some(found);
            }
            if self.passed() {
                return None;
            }
            std::thread::sleep(PAUSE.min(self.left()));
        }
    }
}
