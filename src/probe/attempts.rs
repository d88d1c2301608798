//! The budget of attempts with the user's credential, over all logins of a run.

use std::sync::atomic::{AtomicU32, Ordering};

/// How many attempts were made, and how many there may be.
#[derive(Debug)]
pub struct Attempts {
    used: AtomicU32,
    limit: AtomicU32,
}

impl Attempts {
    /// A budget that nothing was spent of.
    pub fn new(limit: u32) -> Self {
        Self { used: AtomicU32::new(0), limit: AtomicU32::new(limit) }
    }

    /// Used, and the limit.
    pub fn count(&self) -> (u32, u32) {
        (self.used.load(Ordering::Relaxed), self.limit.load(Ordering::Relaxed))
    }

    /// Takes one, in one step: logins that run side by side never spend more than the limit together. False:
    /// none is left.
    pub fn take(&self) -> bool {
        let limit = self.limit.load(Ordering::Relaxed);
        let one_more = |used: u32| (used < limit).then_some(used.saturating_add(1));
        self.used.fetch_update(Ordering::Relaxed, Ordering::Relaxed, one_more).is_ok()
    }

    /// Allows so many more.
    pub fn allow(&self, more: u32) {
        let raised = |limit: u32| Some(limit.saturating_add(more));
        let _ = self.limit.fetch_update(Ordering::Relaxed, Ordering::Relaxed, raised);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn many_at_once_spend_no_more_than_there_is() {
        let attempts = Attempts::new(3);
        let taken: usize = std::thread::scope(|scope| {
            let each = |_| scope.spawn(|| (0..100).filter(|_| attempts.take()).count());
            let threads: Vec<_> = (0..8).map(each).collect();
            threads.into_iter().map(|thread| thread.join().unwrap()).sum()
        });
        assert_eq!((taken, attempts.count()), (3, (3, 3)));
        attempts.allow(1);
        assert!(attempts.take() && !attempts.take());
    }
}
