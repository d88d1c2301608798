//! Values as words: durations, times, lists, and text that somebody else wrote.

use std::time::Duration;

pub(super) use crate::discovery::first_label as short;
use crate::journal::{Wall, dated, visible};

/// How much of somebody else's text a finding keeps, in characters.
const SHOWN: usize = 200;

/// `21 ms`, `10.0 s`, `130 s`.
pub(super) fn duration(of: Duration) -> String {
    let ms = of.as_millis();
    match ms {
        0 => "<1 ms".to_owned(),
        1..1000 => format!("{ms} ms"),
        1000..100_000 => format!("{}.{} s", ms / 1000, ms % 1000 / 100),
        _ => format!("{} s", ms / 1000),
    }
}

/// A longer time, roughly: `40 s`, `3 min`, `5 h`, `41 d`.
pub(super) fn span(of: Duration) -> String {
    match of.as_secs() {
        seconds @ ..120 => format!("{seconds} s"),
        seconds @ ..7_200 => format!("{} min", seconds / 60),
        seconds @ ..172_800 => format!("{} h", seconds / 3_600),
        seconds => format!("{} d", seconds / 86_400),
    }
}

/// How long a service has run, exactly enough to see that it began anew: `40 s`, `3 min 20 s`, `5 h 3 min`, `41 d 2 h`.
pub(super) fn uptime(of: Duration) -> String {
    let seconds = of.as_secs();
    let (whole, part) = match seconds {
        ..120 => return format!("{seconds} s"),
        120..3_600 => ((seconds / 60, "min"), (seconds % 60, "s")),
        3_600..86_400 => ((seconds / 3_600, "h"), (seconds / 60 % 60, "min")),
        _ => ((seconds / 86_400, "d"), (seconds / 3_600 % 24, "h")),
    };
    match part {
        (0, _) => format!("{} {}", whole.0, whole.1),
        (rest, unit) => format!("{} {} {rest} {unit}", whole.0, whole.1),
    }
}

/// The time of day in UTC: `02:14:07.215Z`.
pub(super) fn time(wall: Wall) -> String {
    let ms = wall.0.rem_euclid(86_400_000);
    let (seconds, ms) = (ms / 1000, ms % 1000);
    format!("{:02}:{:02}:{:02}.{ms:03}Z", seconds / 3600, seconds / 60 % 60, seconds % 60)
}

/// A day and time in UTC, from seconds since 1970: `2026-01-15 02:14Z`.
pub(super) fn day(seconds: i64) -> String {
    dated(seconds, "%Y-%m-%d %H:%MZ")
}

/// `a`, `a and b`, `a, b and c`.
pub(super) fn list(items: &[String]) -> String {
    match items {
        [] => "nothing".to_owned(),
        [one] => one.clone(),
        [rest @ .., last] => format!("{} and {last}", rest.join(", ")),
    }
}

/// A host beside another one: short where both are of one domain.
pub(super) fn beside<'a>(host: &'a str, other: &str) -> &'a str {
    let domain = |host: &str| host.strip_prefix(short(host)).unwrap_or_default().to_ascii_lowercase();
    if domain(host) == domain(other) { short(host) } else { host }
}

/// An error's condition as it stands on the wire, or that there is none.
pub(super) fn named(condition: &str) -> String {
    if condition.is_empty() {
        "an error without a condition".to_owned()
    } else {
        format!("<{}/>", foreign(condition))
    }
}

/// Text that somebody else wrote, on one line and bounded; what a terminal would obey or hide is made visible.
pub(super) fn foreign(text: &str) -> String {
    let mut shown = visible(&text.chars().take(SHOWN).collect::<String>());
    if text.chars().nth(SHOWN).is_some() {
        shown.push('…');
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_are_short_and_exact_enough() {
        let shown = [21, 999, 10_049, 130_400].map(|ms| duration(Duration::from_millis(ms)));
        assert_eq!(shown, ["21 ms", "999 ms", "10.0 s", "130 s"]);
    }

    #[test]
    fn longer_times_have_the_unit_that_fits() {
        let shown = [40, 119, 185, 7_300, 200_000].map(|seconds| span(Duration::from_secs(seconds)));
        assert_eq!(shown, ["40 s", "119 s", "3 min", "2 h", "2 d"]);
        let shown = [40, 120, 200, 18_200, 90_000, 3_549_600].map(|seconds| uptime(Duration::from_secs(seconds)));
        assert_eq!(shown, ["40 s", "2 min", "3 min 20 s", "5 h 3 min", "1 d 1 h", "41 d 2 h"]);
    }

    #[test]
    fn times_are_utc() {
        assert_eq!(time(Wall(1_768_443_247_215)), "02:14:07.215Z");
        assert_eq!(day(1_768_443_240), "2026-01-15 02:14Z");
        assert_eq!(day(i64::MAX), "9223372036854775807 s since 1970");
    }

    #[test]
    fn a_host_is_short_beside_one_of_its_domain_only() {
        assert_eq!(beside("imp2.example.com", "imp1.example.com"), "imp2");
        assert_eq!(beside("imp2.example.net", "imp1.example.com"), "imp2.example.net");
    }

    #[test]
    fn what_a_server_wrote_cannot_move_the_cursor_or_turn_the_line() {
        assert_eq!(foreign("a\u{1b}[2J\u{202e}b\n"), "a\\u{1b}[2J\\u{202e}b\\n");
        assert_eq!(foreign(&"x".repeat(5000)).chars().count(), SHOWN + 1);
    }
}
