//! The suite: the built program against real servers, a terminal, a network of its own, and the laws of the code.
//!
//! * `laws` reads the sources. `pty` drives a terminal; `screen` the program in it. `lab` and `command_line` run
//!   the program against the practice deployment, `walk` from the user's address on, `control`
//!   with all nodes and the control experiment, `homes` with
//!   several clusters, `scenarios` against every state of it; `typed` types keys (`walked` on
//!   the whole walk), `quiet` counts bytes (`flood`: while fifty thousand stanzas come), `canary` looks
//!   for passwords (`exposed`: whether others can; `oddny`: one that every escape changes), `dropped` ends runs in every way in which a line drops, `recordings` reads what is left behind, `replay` shows it, `export` makes reports of it. `real` runs the program
//!   against Debian's Prosody, ejabberd and nsd, `netns` in a network of its own, where packets can be lost on
//!   purpose. `hostile` plays servers that mean harm; `fuzzed` keeps what the fuzz targets begin with.
//! * What a test needs and the machine lacks is said on stderr (`SKIPPED: …`) and counted; with
//!   `IMPSCOPE_REQUIRE_REAL=1` it is a failure.
//! * Nothing sleeps to let something happen: every wait is for a condition, with a deadline (`deadline`).

#![allow(clippy::disallowed_methods, reason = "the suite is the rim: its waits read the clock")]
#![cfg_attr(
    not(feature = "lab"),
    allow(dead_code, reason = "much of what the tests share is for tests on the lab")
)]

#[cfg(feature = "lab")]
mod admin;
#[cfg(all(unix, feature = "lab"))]
mod asked;
#[cfg(all(target_os = "linux", feature = "lab"))]
mod by_way;
#[cfg(all(unix, feature = "lab"))]
mod canary;
mod command_line;
#[cfg(feature = "lab")]
mod control;
mod deadline;
#[cfg(all(target_os = "linux", feature = "lab"))]
mod dropped;
#[cfg(unix)]
mod export;
#[cfg(all(unix, feature = "lab"))]
mod exposed;
#[cfg(all(target_os = "linux", feature = "lab"))]
mod flood;
mod fuzzed;
#[cfg(feature = "lab")]
mod homes;
#[cfg(all(target_os = "linux", feature = "lab"))]
mod hostile;
#[cfg(all(unix, feature = "lab"))]
mod keyed;
#[cfg(feature = "lab")]
mod lab;
mod laws;
#[cfg(target_os = "linux")]
mod netns;
#[cfg(feature = "lab")]
mod oddny;
#[cfg(unix)]
mod peer;
mod picture;
#[cfg(feature = "lab")]
mod placed;
#[cfg(all(unix, feature = "lab"))]
mod plain;
#[cfg(unix)]
mod platform;
mod program;
#[cfg(unix)]
mod pty;
#[cfg(all(unix, feature = "lab"))]
mod quiet;
#[cfg(target_os = "linux")]
mod real;
#[cfg(feature = "lab")]
mod recordings;
#[cfg(all(unix, feature = "lab"))]
mod replay;
mod requirement;
#[cfg(feature = "lab")]
mod scenarios;
#[cfg(all(unix, feature = "lab"))]
mod screen;
mod secret;
#[cfg(feature = "lab")]
mod served;
#[cfg(all(target_os = "linux", feature = "lab"))]
mod socks;
#[cfg(all(unix, feature = "lab"))]
mod typed;
#[cfg(feature = "lab")]
mod walk;
#[cfg(all(unix, feature = "lab"))]
mod walked;
