//! An ejabberd whose user database answers nothing, ever, while its front end is well: the fault that the program was
//! made for, by a server that nobody here wrote.

use std::time::Duration;

use serde_json::Value;

use super::logins::Ask;
use super::{ejabberd, fixture};
use crate::deadline::quiet_machine;
use crate::program::{Finished, Program, SOON};

/// Longer than the 30 s after which ejabberd gives up on its database, twice.
const LATE: Duration = Duration::from_secs(90);

fn finding(run: &Finished, code: &str) -> Value {
    let json = run.json();
    let findings = json["findings"].as_array().expect("findings");
    let found = findings.iter().find(|finding| finding["code"] == code);
    found.unwrap_or_else(|| panic!("no {code}: {run:#?}")).clone()
}

/// What an ejabberd has not got may be suspected nowhere, and the password is not.
fn must_suit_any_server(words: &str) {
    let words = words.to_lowercase();
    for wrong in ["wrong password", "bad password is", "the password is wrong"] {
        assert!(!words.contains(wrong), "{wrong}: {words}");
    }
}

#[test]
fn its_front_end_is_well_while_a_login_waits() {
    let Some(server) = ejabberd::start_unanswering() else { return };
    let program = Program::new();
    let mut run =
        Ask::of(&server, &["--slow", "500ms", "--silent-after", "1s", "--give-up", "20s"]).start(&program);
    run.wait_for("!! no answer", SOON);
    fixture::refuses_an_impossible_mechanism(&server);
    run.kill();
}

#[test]
fn its_silence_is_acked_and_is_no_fault_of_the_path() {
    let Some(server) = ejabberd::start_unanswering() else { return };
    let _quiet = quiet_machine();
    let run = Ask::of(&server, &["--slow", "1s", "--silent-after", "2s"]).finish();
    let login = run.login();
    assert_eq!((&login["outcome"], &login["stage"]), (&"silent".into(), &"auth".into()), "{run:#?}");
    assert_eq!(login["silence"]["kind"], "acked", "{run:#?}");
    assert_eq!(run.unexplained("critical"), ["XMPP_AUTH_SILENT"], "{run:#?}");
    assert_eq!((&run.json()["attempts"]["used"], run.exit), (&1.into(), Some(2)), "{run:#?}");
}

#[test]
fn its_late_refusal_is_named_and_the_password_is_not_blamed() {
    let Some(server) = ejabberd::start_unanswering() else { return };
    let patient = ["--slow", "1s", "--silent-after", "5s", "--give-up", "60s"];
    let run = Ask::of(&server, &patient).start(&Program::new()).finish(LATE);
    let login = run.login();
    assert_eq!((&login["outcome"], &login["stage"]), (&"refused".into(), &"auth".into()), "{run:#?}");
    assert_eq!(run.unexplained("critical"), ["XMPP_AUTH_REFUSED_LATE"], "{run:#?}");
    assert_eq!(finding(&run, "XMPP_AUTH_SILENT")["explained_by"], "XMPP_AUTH_REFUSED_LATE", "{run:#?}");
    let late = finding(&run, "XMPP_AUTH_REFUSED_LATE");
    assert!(late["summary"].as_str().is_some_and(|summary| summary.contains("says little about the password")));
    must_suit_any_server(&run.stdout);
    assert_eq!(run.exit, Some(2), "{run:#?}");
}
