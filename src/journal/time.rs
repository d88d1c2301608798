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

/// Seconds since 1970 in UTC, in this form (of `strftime`). `9999-12-31` where the form begins with the day and the
/// library's years have ended: it stands for a certificate without an end (RFC 5280 section 4.1.2.5).
pub fn dated(seconds: i64, form: &str) -> String {
    const LAST_DAY: std::ops::Range<i64> = 253_402_214_400..253_402_300_800;
    if LAST_DAY.contains(&seconds) {
        return "9999-12-31".to_owned();
    }
    jiff::Timestamp::from_second(seconds)
        .map_or_else(|_| format!("{seconds} s since 1970"), |moment| moment.strftime(form).to_string())
}

/// The day of seconds since 1970, in UTC: `2027-01-31`.
pub fn day(seconds: i64) -> String {
    dated(seconds, "%Y-%m-%d")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_date_that_no_calendar_has_is_still_shown() {
        assert_eq!(day(1_800_000_000), "2027-01-15");
        assert_eq!(day(253_402_300_799), "9999-12-31");
        assert_eq!(day(i64::MAX), "9223372036854775807 s since 1970");
    }
}
