//! What Linux says that a process has used.

use std::time::Duration;

/// A line of /proc/PID/status, in MB.
fn status_mb(process: &str, name: &str) -> f64 {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).expect("the process runs");
    let line = status.lines().find_map(|line| line.strip_prefix(name)).expect("Linux says it");
    let kb = line.split_whitespace().nth(1).and_then(|number| number.parse::<f64>().ok()).expect("a number of kB");
    kb / 1024.0
}

/// The memory that a process holds, in MB.
pub fn resident_mb(id: u32) -> f64 {
    status_mb(&id.to_string(), "VmRSS")
}

/// The memory that this process holds, in MB.
pub fn own_mb() -> f64 {
    status_mb("self", "VmRSS")
}

/// How long all threads of a process have run so far.
pub fn cpu(id: u32) -> Duration {
    let threads = std::fs::read_dir(format!("/proc/{id}/task")).expect("the process runs").flatten();
    let ran = threads.filter_map(|thread| {
        let text = std::fs::read_to_string(thread.path().join("schedstat")).ok()?;
        text.split_whitespace().next()?.parse::<u64>().ok()
    });
    Duration::from_nanos(ran.sum())
}
