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

/// It is no Cisco, and its password is right: what is grave may say neither.
fn must_suit_any_server(run: &Finished) {
    let json = run.json();
    let findings = json["findings"].as_array().expect("findings").iter();
    for grave in findings.filter(|found| found["severity"] == "critical" && found["explained_by"].is_null()) {
        let summary = grave["summary"].as_str().expect("a sentence");
        assert!(!summary.contains("Cisco") && !summary.contains("XCP"), "{summary}");
        assert!(!summary.replace("on IM&P the Connection Manager", "").contains("Manager"), "{summary}");
    }
    assert!(!run.stdout.to_lowercase().contains("wrong password"), "{run:#?}");
    assert!(!run.stderr.to_lowercase().contains("wrong password"), "{run:#?}");
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
    must_suit_any_server(&run);
    assert_eq!(run.exit, Some(2), "{run:#?}");
}

#[test]
fn the_control_experiment_points_behind_the_front_end() {
    let Some(server) = ejabberd::start_unanswering() else { return };
    let _quiet = quiet_machine();
    let asked = ["--control", "--insecure", "--slow", "1s", "--silent-after", "2s"];
    let run = Ask::of(&server, &asked).start(&Program::new()).finish(LATE);
    let json = run.json();
    let [table] = json["control"].as_array().expect("tables").as_slice() else { panic!("one table: {run:#?}") };
    for (question, answer) in [
        ("stream", "answered"),
        ("impossible_mechanism", "answered"),
        ("unknown_user", "silent"),
        ("epas", "failed"),
        ("points_at", "behind_xcp_cm"),
    ] {
        assert_eq!(table[question], answer, "{question}: {run:#?}");
    }
    assert_eq!(run.unexplained("critical"), ["CONTROL_POINTS_BEHIND_XCP_CM"], "{run:#?}");
    assert_eq!(finding(&run, "XMPP_AUTH_SILENT")["explained_by"], "CONTROL_POINTS_BEHIND_XCP_CM", "{run:#?}");
    let summary = finding(&run, "CONTROL_POINTS_BEHIND_XCP_CM")["summary"].clone();
    assert!(summary.as_str().is_some_and(|summary| summary.contains("behind the front end")), "{summary}");
    must_suit_any_server(&run);
    // EPASSoap was never reached with the password, and the user that cannot exist has none of a person's.
    assert_eq!((&json["attempts"]["used"], run.exit), (&1.into(), Some(2)), "{run:#?}");
}
