//! Waiting for a condition, with a deadline. The only place where the suite pauses.

use std::sync::{PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};
use std::time::{Duration, Instant};

/// How long nothing is done between two looks at a condition that cannot be waited for in another way.
const PAUSE: Duration = Duration::from_millis(10);

static MACHINE: RwLock<()> = RwLock::new(());

/// While this is held, no test runs that keeps the machine busy. For tests that hold the program to a tenth of a
/// second, by the program's own clock: what they measure must be the program.
pub fn quiet_machine() -> RwLockWriteGuard<'static, ()> {
    // A test that failed meanwhile left nothing half done here.
    MACHINE.write().unwrap_or_else(PoisonError::into_inner)
}

/// While this is held, the calling test may keep the machine busy.
pub fn busy_machine() -> RwLockReadGuard<'static, ()> {
    MACHINE.read().unwrap_or_else(PoisonError::into_inner)
}

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
