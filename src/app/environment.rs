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
