//! Walks from a user's address on, against servers that mean harm.

use super::names::Names;
use super::web::Authority;
use super::{DOMAIN, PASSWORD, SILENT};
use crate::program::{Finished, Program, Running, SOON};

/// The arguments of a walk: `before`, where to ask, `more`, the user.
pub fn arguments(before: &[&str], names: &Names, authority: &Authority, more: &[&str]) -> Vec<String> {
    let (server, file) = (names.address.to_string(), authority.file().display().to_string());
    let user = format!("alice@{DOMAIN}");
    let marks = ["--slow", "500ms", "--connect-timeout", "1s"];
    let silent: &[&str] = if more.contains(&"--silent-after") { &[] } else { &["--silent-after", SILENT] };
    let there = ["--dns", server.as_str(), "--ca-file", &file];
    [before, &there, &marks, silent, more, &[user.as_str()]].concat().into_iter().map(str::to_owned).collect()
}

/// A walk that runs.
pub fn start(program: &Program, names: &Names, authority: &Authority, more: &[&str]) -> Running {
    program.start(&arguments(&["check", "--json"], names, authority, more), Some(PASSWORD))
}

/// `check --json` to its end.
pub fn walk(names: &Names, authority: &Authority, more: &[&str]) -> Finished {
    start(&Program::new(), names, authority, more).finish(SOON)
}
