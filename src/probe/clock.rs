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

    /// Waits until `at`. A peer that never pauses uses up what the runtime lets a task do at once, and a timer that is
    /// looked at behind it would then never be due: this one always is.
    pub async fn reached(&self, at: Offset) {
        tokio::task::unconstrained(tokio::time::sleep_until(self.instant(at))).await;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// As much data as is wanted comes, and each piece costs some of what a task may do before it must let others run.
    #[tokio::test]
    async fn a_peer_that_never_pauses_does_not_stop_the_clock() {
        let (to, mut from) = tokio::sync::mpsc::unbounded_channel();
        let clock = Clock::start();
        let flood = async {
            loop {
                to.send(()).expect("it is read");
                from.recv().await;
            }
        };
        tokio::select! {
            biased;
            () = flood => {}
            () = clock.reached(Offset(20_000)) => {}
        }
        assert!(clock.now() >= Offset(20_000));
    }

    /// The wall clock is read once: whoever sets it back or forth during a run changes neither order nor durations.
    #[test]
    fn a_run_goes_by_the_clock_that_nobody_sets() {
        let clock = Clock { wall: Wall(1_700_000_000_000), ..Clock::start() };
        let (early, late) = (Offset(1_000), Offset(90_000_000));
        assert_eq!(clock.wall(early), Wall(1_700_000_000_001));
        assert_eq!(clock.wall(late).0 - clock.wall(early).0, 89_999);
        assert_eq!(clock.instant(late) - clock.instant(early), Duration::from_micros(89_999_000));
        let (before, after) = (clock.now(), clock.now());
        assert!(before <= after && clock.wall(before) <= clock.wall(after));
        let nowhere = Clock { wall: Wall(i64::MAX), ..clock };
        assert_eq!(nowhere.wall(late), Wall(i64::MAX), "a clock that is far off is no fault");
    }
}
