//! Moments in words. UTC, moved by a fixed number of seconds that the caller knows; no clock is read here.

use crate::journal::Wall;

/// Second and millisecond of the wall clock's minute: `11.215`. For narrow panes.
pub fn short_time(wall: Wall) -> String {
    let in_minute = wall.0.rem_euclid(60_000);
    format!("{:02}.{:03}", in_minute / 1000, in_minute % 1000)
}

/// `02:14:11.215`, `ahead` seconds ahead of UTC.
pub fn wide_time(wall: Wall, ahead: i32) -> String {
    let in_day = wall.0.saturating_add(i64::from(ahead) * 1000).rem_euclid(86_400_000);
    let seconds = in_day / 1000;
    format!("{:02}:{:02}:{:02}.{:03}", seconds / 3600, seconds / 60 % 60, seconds % 60, in_day % 1000)
}

/// `2026-08-20T18:30:57`, `ahead` seconds ahead of UTC.
pub(super) fn iso_seconds(wall: Wall, ahead: i32) -> String {
    let moment = wall.0.saturating_add(i64::from(ahead) * 1000).div_euclid(1000);
    jiff::Timestamp::from_second(moment)
        .map_or_else(|_| format!("{moment}"), |moment| moment.strftime("%Y-%m-%dT%H:%M:%S").to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_narrow_time_is_second_and_millisecond() {
        assert_eq!(short_time(Wall(1_700_000_011_215)), "31.215");
        assert_eq!(short_time(Wall(-1)), "59.999");
    }

    #[test]
    fn the_wide_time_counts_from_midnight_there() {
        assert_eq!(wide_time(Wall(8_051_215), 0), "02:14:11.215");
        assert_eq!(wide_time(Wall(0), -3600), "23:00:00.000");
    }

    #[test]
    fn a_moment_as_psi_writes_it_is_local_and_has_no_fraction() {
        assert_eq!(iso_seconds(Wall(1_768_443_251_999), 3600), "2026-01-15T03:14:11");
    }
}
