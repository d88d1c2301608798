//! Where a run is made: the program, the host, its system and its clock's zone. A report says so.

use jiff::Timestamp;
use jiff::tz::TimeZone;

use crate::journal::{Environment, Wall};
use crate::probe::platform;

/// Where a run that starts at this moment is made.
pub fn environment(started: Wall) -> Environment {
    let at = Timestamp::from_millisecond(started.0).unwrap_or_default();
    Environment {
        tool: concat!("impscope ", env!("CARGO_PKG_VERSION")).to_owned(),
        host: platform::host_name(),
        system: format!("{} {}", std::env::consts::OS, std::env::consts::ARCH),
        utc_offset_s: TimeZone::system().to_offset(at).seconds(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_run_says_by_what_and_where_it_was_made() {
        let here = environment(Wall(1_700_000_000_000));
        assert_eq!(here.tool, format!("impscope {}", env!("CARGO_PKG_VERSION")));
        let own = std::fs::read_to_string("/proc/sys/kernel/hostname").ok();
        assert!(own.is_none_or(|own| own.trim() == here.host), "{here:?}");
        assert_eq!(here.system.split_once(' '), Some((std::env::consts::OS, std::env::consts::ARCH)));
        assert!(here.utc_offset_s.abs() <= 26 * 3600 && here.utc_offset_s % 60 == 0, "{here:?}");
    }
}
