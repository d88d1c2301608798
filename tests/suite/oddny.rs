//! A password that is another text in each form that a wire, a file or a page may give it, through the scenarios: from
//! inside and from outside, accepted, refused and unanswered. It stands in nothing that is written, in no form.
//!
//! What the findings are is for `scenarios` to say.

use std::collections::BTreeSet;
use std::sync::Mutex;

use crate::deadline::busy_machine;
use crate::program::holds_secret;
use crate::secret::ODD;
use crate::served::Served;

/// How many scenarios run at once.
const AT_ONCE: usize = 4;

const SCENARIOS: [&str; 16] = [
    "healthy",
    "outside",
    "silent-auth",
    "late-refusal",
    "wrong-password",
    "account-disabled",
    "login-datastore-stuck",
    "uds-401",
    "uds-html",
    "epas-failure",
    "epas-no-token",
    "edge-401",
    "edge-502",
    "edge-silent",
    "sso-on",
    "wrong-name",
];

#[test]
fn through_the_scenarios_a_password_that_escapes_change_stands_nowhere() {
    let _busy = busy_machine();
    let waiting = Mutex::new(SCENARIOS.iter());
    let next = || waiting.lock().expect("no thread panics while it holds this").next();
    let services: BTreeSet<String> = std::thread::scope(|scope| {
        let work = || std::iter::from_fn(next).flat_map(|scenario| keeps(scenario)).collect::<Vec<String>>();
        let threads: Vec<_> = (0..AT_ONCE).map(|_| scope.spawn(work)).collect();
        threads.into_iter().flat_map(|thread| thread.join().expect("a scenario runs to its end")).collect()
    });
    // It is the right one, in whatever form it was sent.
    for taken in ["edge accepted", "epas accepted", "uds accepted", "xmpp accepted", "xmpp unanswered"] {
        assert!(services.contains(taken), "{taken}: {services:?}");
    }
}

/// Runs a scenario and looks through all that is made of the run; what the services said to the password.
fn keeps(scenario: &str) -> Vec<String> {
    let lab = Served::of_oddny(scenario);
    let all = ["--as", "all", "--slow", "1s", "--silent-after", "3s"];
    // What it says and the recording are searched at its end.
    let (run, entries) = lab.recorded(&lab.by_dns(&["check", "--json"], &all));
    assert!(run.stderr.contains("[masked"), "{scenario}: {run:#?}");
    for (form, text) in crate::scenarios::forms(&entries) {
        assert!(!holds_secret(text.as_bytes(), ODD), "{scenario}: the password stands in the {form}:\n{text}");
    }
    let answer = |line: &String| {
        let words: Vec<&str> = line.split(' ').collect();
        assert!(words[2].starts_with("oddny"), "{line}");
        format!("{} {}", words[1], words[3])
    };
    lab.received().iter().map(answer).collect()
}
