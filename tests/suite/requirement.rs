//! What a test needs of the machine. A missing thing is said and counted, or fails where it is required.

use std::io::Write;
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};

static SKIPPED: AtomicUsize = AtomicUsize::new(0);

/// Whether all these programs are on the machine. If not, the calling test has been reported as skipped, or,
/// with `IMPSCOPE_REQUIRE_REAL=1`, this panics.
pub fn programs(names: &[&str]) -> bool {
    let missing: Vec<&str> = names.iter().copied().filter(|name| !on_the_path(name)).collect();
    missing.is_empty() || skipped(&format!("not on this machine: {}", missing.join(", ")))
}

/// Whether this machine lets the tests have namespaces of their own. If not, the calling test has been reported.
#[cfg(target_os = "linux")]
pub fn namespaces() -> bool {
    let tried = Command::new("unshare").args(["-rnm", "true"]).stderr(Stdio::null()).env("PATH", path()).status();
    tried.is_ok_and(|status| status.success()) || skipped("this machine permits no namespaces")
}

/// Where a library is that programs can be started with, by its name below the folders of libraries. If nowhere, the
/// calling test has been reported.
#[cfg(target_os = "linux")]
pub fn library(name: &str) -> Option<std::path::PathBuf> {
    let architecture = format!("{}-linux-gnu", std::env::consts::ARCH);
    let folders =
        [format!("/usr/lib/{architecture}"), "/usr/lib64".into(), "/usr/lib".into(), "/usr/local/lib".into()];
    let found = folders.iter().map(|folder| std::path::Path::new(folder).join(name)).find(|path| path.exists());
    if found.is_none() {
        skipped(&format!("not on this machine: {name}"));
    }
    found
}

/// Reports the calling test as skipped and returns false; panics with `IMPSCOPE_REQUIRE_REAL=1`.
pub fn skipped(why: &str) -> bool {
    let test = std::thread::current().name().unwrap_or("a test").to_owned();
    let required = std::env::var_os("IMPSCOPE_REQUIRE_REAL").is_some_and(|value| value == "1");
    assert!(!required, "IMPSCOPE_REQUIRE_REAL=1, and {test} cannot run: {why}");
    let count = SKIPPED.fetch_add(1, Ordering::Relaxed) + 1;
    // Not eprintln: the test runner would swallow it, since the test passes.
    let _ = writeln!(std::io::stderr(), "SKIPPED: {test}: {why} (skipped so far: {count})");
    false
}

/// Debian keeps servers and network tools in the sbin folders, which a user's PATH may lack.
pub fn path() -> String {
    let own = std::env::var("PATH").unwrap_or_default();
    format!("{own}:/usr/local/sbin:/usr/sbin:/sbin:/usr/bin:/bin")
}

fn on_the_path(name: &str) -> bool {
    Command::new("sh")
        .args(["-c", "command -v \"$1\"", "sh", name])
        .env("PATH", path())
        .stdout(Stdio::null())
        .status()
        .is_ok_and(|status| status.success())
}
