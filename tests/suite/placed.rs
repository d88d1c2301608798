//! Faults that are placed in a component behind a node: `check --control --all-nodes` points at that component, or says
//! that it cannot tell; never at another. And what follows from a fault is explained by it.

use std::collections::BTreeSet;
use std::sync::Mutex;
use std::time::Duration;

use serde_json::Value;

use crate::deadline::busy_machine;
use crate::program::{Finished, Program};
use crate::served::Served;

/// How many scenarios run at once.
const AT_ONCE: usize = 4;
/// Long enough for a whole experiment on a busy machine.
const WHOLE: Duration = Duration::from_secs(90);

/// For answers that never come.
const SILENCE: &[&str] = &["--slow", "2s", "--silent-after", "3s"];
/// For one that comes after the login was called silent.
const PATIENT: &[&str] = &["--slow", "1s", "--silent-after", "5s", "--give-up", "25s"];

/// What must be found where a component is ill.
struct Placed {
    scenario: &'static str,
    options: &'static [&'static str],
    /// Whether bob is asked for beside alice.
    second_user: bool,
    /// What the experiment on imp1 points at.
    points_at: &'static str,
    /// The findings that nothing explains, without those that are only worth knowing.
    unexplained: &'static str,
}

macro_rules! placed {
    ($($scenario:literal, $options:ident, $second:literal, $points:literal, $finding:literal;)*) => {
        &[$(Placed { scenario: $scenario, options: $options, second_user: $second, points_at: $points,
            unexplained: $finding }),*]
    };
}

#[rustfmt::skip]
const PLACED: &[Placed] = placed![
    "xcp-cm-stuck",       SILENCE, false, "xcp_cm",        "CONTROL_POINTS_AT_XCP_CM";
    "xcp-cm-stuck",       SILENCE, true,  "xcp_cm",        "CONTROL_POINTS_AT_XCP_CM";
    "silent-cm",          SILENCE, false, "xcp_cm",        "CONTROL_POINTS_AT_XCP_CM";
    "overload",           SILENCE, false, "xcp_cm",        "CONTROL_POINTS_AT_XCP_CM";
    "auth-service-stuck", SILENCE, false, "behind_xcp_cm", "CONTROL_POINTS_BEHIND_XCP_CM";
    "auth-service-stuck", SILENCE, true,  "behind_xcp_cm", "CONTROL_POINTS_BEHIND_XCP_CM";
    "router-stuck",       SILENCE, false, "behind_xcp_cm", "CONTROL_POINTS_BEHIND_XCP_CM";
    "cluster-stuck",      SILENCE, false, "behind_xcp_cm", "CONTROL_POINTS_BEHIND_XCP_CM";
    "silent-auth",        SILENCE, true,  "behind_xcp_cm", "CONTROL_POINTS_BEHIND_XCP_CM";
    "silent-auth",        SILENCE, false, "cannot_tell",   "XMPP_AUTH_SILENT";
    "ldap-stuck",         SILENCE, false, "backend",       "CONTROL_POINTS_AT_BACKEND";
    "ldap-stuck",         SILENCE, true,  "backend",       "CONTROL_POINTS_AT_BACKEND";
    "late-refusal",       PATIENT, false, "backend",       "CONTROL_POINTS_AT_BACKEND";
    "one-user-stuck",     SILENCE, false, "cannot_tell",   "XMPP_AUTH_SILENT";
    "one-user-stuck",     SILENCE, true,  "user",          "CONTROL_POINTS_AT_USER";
];

#[test]
fn the_experiment_points_at_the_component_that_is_ill_or_says_that_it_cannot_tell() {
    let _busy = busy_machine();
    let waiting = Mutex::new(PLACED.iter());
    let next = || waiting.lock().expect("no thread panics while it holds this").next();
    let wrong: Vec<String> = std::thread::scope(|scope| {
        let work = || std::iter::from_fn(next).filter_map(Placed::complaint).collect::<Vec<String>>();
        let threads: Vec<_> = (0..AT_ONCE).map(|_| scope.spawn(work)).collect();
        threads.into_iter().flat_map(|thread| thread.join().expect("a scenario runs to its end")).collect()
    });
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

impl Placed {
    /// What is not as it must be.
    fn complaint(&self) -> Option<String> {
        let json = self.experiment().json();
        let points_at = json["control"][0]["points_at"].as_str().unwrap_or("nothing");
        let all = (points_at, unexplained(&json), json["exit"].as_i64());
        let beside = if self.second_user { " with a second user" } else { "" };
        let good = all == (self.points_at, self.unexplained.to_owned(), Some(2));
        (!good).then(|| format!("{}{beside}: {all:?}: {}", self.scenario, json["control"]))
    }

    /// `check --control --all-nodes --json` from the user's address on.
    fn experiment(&self) -> Finished {
        let lab = Served::start(self.scenario);
        let program = Program::new();
        let elsewhere = tempfile::tempdir().expect("a folder can be made");
        let file = elsewhere.path().join("second");
        std::fs::write(&file, &lab.second.1).expect("a file can be written");
        let file = file.display().to_string();
        let second = ["--second-user", &lab.second.0, "--second-password-file", &file];
        let mut more = [&["--control", "--all-nodes"], self.options].concat();
        if self.second_user {
            more.extend(second);
        }
        let arguments = lab.by_dns(&["check", "--json"], &more);
        program.start(&arguments, Some(&lab.password)).finish(WHOLE)
    }
}

/// The codes that nothing explains, without those that are only worth knowing, with a space between.
fn unexplained(json: &Value) -> String {
    let findings = json["findings"].as_array().expect("findings").iter();
    let own = findings.filter(|finding| finding["explained_by"].is_null() && finding["severity"] != "info");
    let codes: BTreeSet<&str> = own.filter_map(|finding| finding["code"].as_str()).collect();
    codes.into_iter().collect::<Vec<_>>().join(" ")
}
