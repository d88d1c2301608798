//! What the program must find out about a server, whichever it is. `tests!` makes the tests of one server.

use std::time::Duration;

use super::server::Server;
use super::{DOMAIN, Offer, PASSWORD, USER};
use crate::deadline::quiet_machine;
use crate::program::{Finished, Program, Running, SOON};

type Start = fn(Offer) -> Option<Server>;

/// The tests that every server must pass, given how it is started.
macro_rules! tests {
    ($start:ident) => {
        mod fixture {
            use super::super::{Offer, fixture};

            #[test]
            fn it_offers_plain_and_scram() {
                fixture::offers(super::$start, Offer::Scram);
            }

            #[test]
            fn it_offers_plain_alone() {
                fixture::offers(super::$start, Offer::Plain);
            }

            #[test]
            fn it_can_be_stopped_and_woken() {
                fixture::stops_and_goes_on(super::$start);
            }
        }

        mod program {
            use super::super::logins;

            #[test]
            fn logs_in_by_scram() {
                logins::logs_in_by_scram(super::$start);
            }

            #[test]
            fn logs_in_by_plain_after_a_pause() {
                logins::logs_in_by_plain_after_a_pause(super::$start);
            }

            #[test]
            fn stops_where_it_is_told() {
                logins::stops_where_it_is_told(super::$start);
            }

            #[test]
            fn reports_a_wrong_password_as_a_refusal() {
                logins::reports_a_wrong_password_as_a_refusal(super::$start);
            }

            #[test]
            fn reports_an_unknown_domain() {
                logins::reports_an_unknown_domain(super::$start);
            }

            #[test]
            fn sends_no_password_to_an_untrusted_certificate_until_it_is_accepted() {
                logins::sends_no_password_to_an_untrusted_certificate_until_it_is_accepted(super::$start);
            }

            #[test]
            fn names_the_silence_of_a_stopped_server_under_plain() {
                logins::names_the_silence_of_a_stopped_server(super::$start, super::super::Offer::Plain);
            }

            #[test]
            fn names_the_silence_of_a_stopped_server_under_scram() {
                logins::names_the_silence_of_a_stopped_server(super::$start, super::super::Offer::Scram);
            }

            #[test]
            fn sees_a_late_answer() {
                logins::sees_a_late_answer(super::$start);
            }
        }
    };
}
pub(super) use tests;

const BEFORE_SESSION: [&str; 8] =
    ["tcp", "stream", "starttls", "tls", "stream_tls", "auth", "stream_auth", "bind"];

/// A `check` of one server, as JSON.
pub(super) struct Ask<'a> {
    server: &'a Server,
    domain: &'a str,
    password: &'a str,
    trust: bool,
    more: &'a [&'a str],
}

impl<'a> Ask<'a> {
    pub(super) fn of(server: &'a Server, more: &'a [&'a str]) -> Self {
        Self { server, domain: DOMAIN, password: PASSWORD, trust: true, more }
    }

    pub(super) fn start(&self, program: &Program) -> Running {
        let mut arguments = vec!["check".to_owned(), "--json".into(), "--node".into()];
        arguments.push(self.server.address().to_string());
        if self.trust {
            arguments.extend(["--ca-file".into(), self.server.authority().display().to_string()]);
        }
        arguments.extend(self.more.iter().map(|more| (*more).to_owned()));
        arguments.push(format!("{USER}@{}", self.domain));
        program.start(&arguments, Some(self.password))
    }

    pub(super) fn finish(&self) -> Finished {
        self.start(&Program::new()).finish(SOON)
    }
}

fn must_be_logged_in(run: &Finished, mechanism: &str) {
    let login = run.login();
    assert_eq!((&login["outcome"], &login["mechanism"]), (&"ok".into(), &mechanism.into()), "{run:#?}");
    for stage in BEFORE_SESSION {
        assert_eq!(run.stage(stage), "ok", "{stage}: {run:#?}");
    }
    assert!(["ok", "skipped"].contains(&run.stage("session").as_str()), "{run:#?}");
    assert_eq!(run.json()["attempts"]["used"], 1, "{run:#?}");
    assert_eq!(run.unexplained("critical"), [""; 0], "{run:#?}");
    assert_eq!(run.exit, Some(0), "{run:#?}");
}

pub fn logs_in_by_scram(start: Start) {
    let Some(server) = start(Offer::Scram) else { return };
    must_be_logged_in(&Ask::of(&server, &[]).finish(), "SCRAM-SHA-256");
}

pub fn logs_in_by_plain_after_a_pause(start: Start) {
    let Some(server) = start(Offer::Plain) else { return };
    let program = Program::new();
    let mut run = Ask::of(&server, &["--pause-before", "auth"]).start(&program);
    run.wait_for("paused before auth", SOON);
    run.go_on();
    must_be_logged_in(&run.finish(SOON), "PLAIN");
    assert!(!program.files().is_empty(), "a run is recorded, so that the canary was looked for in something");
}

pub fn stops_where_it_is_told(start: Start) {
    let Some(server) = start(Offer::Plain) else { return };
    let run = Ask::of(&server, &["--until", "stream_tls"]).finish();
    assert_eq!(run.login()["outcome"], "ok", "{run:#?}");
    assert_eq!(run.stage("stream_tls"), "ok", "{run:#?}");
    assert_eq!(run.stage("auth"), "not_reached", "{run:#?}");
    assert_eq!((&run.json()["attempts"]["used"], run.exit), (&0.into(), Some(0)), "{run:#?}");
}

pub fn reports_a_wrong_password_as_a_refusal(start: Start) {
    let Some(server) = start(Offer::Scram) else { return };
    let run = Ask { password: "canary-of-a-wrong~one", ..Ask::of(&server, &[]) }.finish();
    let login = run.login();
    assert_eq!((&login["outcome"], &login["stage"]), (&"refused".into(), &"auth".into()), "{run:#?}");
    assert_eq!(run.stage("auth"), "refused", "{run:#?}");
    assert_eq!(run.unexplained("critical"), ["XMPP_AUTH_REFUSED"], "{run:#?}");
    assert_eq!(run.json()["attempts"]["used"], 1, "a refusal is not tried again: {run:#?}");
    assert_eq!(run.exit, Some(2), "{run:#?}");
    assert!(!format!("{run:?}").to_lowercase().contains("wrong password"), "a refusal does not say why: {run:#?}");
}

pub fn reports_an_unknown_domain(start: Start) {
    let Some(server) = start(Offer::Plain) else { return };
    let run = Ask { domain: "unknown.test", ..Ask::of(&server, &[]) }.finish();
    let stage = run.login()["stage"].clone();
    assert_eq!(stage, "stream", "{run:#?}");
    assert_eq!(run.unexplained("critical"), ["XMPP_STREAM_ERROR"], "{run:#?}");
    assert!(run.stdout.contains("host-unknown"), "{run:#?}");
    assert_eq!((&run.json()["attempts"]["used"], run.exit), (&0.into(), Some(2)), "{run:#?}");
}

pub fn sends_no_password_to_an_untrusted_certificate_until_it_is_accepted(start: Start) {
    let Some(server) = start(Offer::Plain) else { return };
    let run = Ask { trust: false, ..Ask::of(&server, &[]) }.finish();
    let login = run.login();
    assert_eq!((&login["outcome"], &login["stage"]), (&"stopped".into(), &"auth".into()), "{run:#?}");
    assert_eq!(run.stage("stream_tls"), "ok", "the walk goes on, without a credential: {run:#?}");
    assert_eq!((&run.json()["attempts"]["used"], run.exit), (&0.into(), Some(2)), "{run:#?}");
    assert!(run.unexplained("critical").contains(&"TLS_UNTRUSTED".to_owned()), "{run:#?}");

    let said = format!("{}{}", run.stderr, run.stdout);
    let from = said.find("--accept sha256:").expect("the exact option to add");
    let option: String = said[from..].chars().take_while(|c| *c != '"' && *c != '\n' && *c != '\\').collect();
    let fingerprint = option.split_whitespace().nth(1).expect("a fingerprint").to_owned();
    let accepted = Ask { trust: false, ..Ask::of(&server, &["--accept", &fingerprint]) }.finish();
    must_be_logged_in(&accepted, "PLAIN");
}

pub fn names_the_silence_of_a_stopped_server(start: Start, offer: Offer) {
    let Some(server) = start(offer) else { return };
    let _quiet = quiet_machine();
    let deadline = ["--pause-before", "auth", "--slow", "1s", "--silent-after", "2s"];
    let program = Program::new();
    let mut run = Ask::of(&server, &deadline).start(&program);
    run.wait_for("paused before auth", SOON);
    let _stopped = server.stop();
    run.go_on();
    let run = run.finish(SOON);
    let login = run.login();
    assert_eq!((&login["outcome"], &login["stage"]), (&"silent".into(), &"auth".into()), "{run:#?}");
    let silence = &login["silence"];
    assert_eq!(silence["kind"], "acked", "{run:#?}");
    let waited = silence["waited_ms"].as_u64().expect("a number");
    assert!((2000..=2100).contains(&waited), "flagged within 100 ms of its deadline: {run:#?}");
    let bytes = |name: &str| silence[name].as_u64().expect("a number");
    assert!(bytes("wire_acked") >= bytes("wire_bytes"), "{run:#?}");
    assert!(bytes("wire_bytes") > bytes("xml_bytes") && bytes("xml_bytes") > 0, "{run:#?}");
    assert_eq!(run.unexplained("critical"), ["XMPP_AUTH_SILENT"], "{run:#?}");
    assert_eq!((&run.json()["attempts"]["used"], run.exit), (&1.into(), Some(2)), "{run:#?}");
}

pub fn sees_a_late_answer(start: Start) {
    let Some(server) = start(Offer::Plain) else { return };
    let patient = ["--pause-before", "auth", "--slow", "200ms", "--silent-after", "1s", "--give-up", "25s"];
    let program = Program::new();
    let mut run = Ask::of(&server, &patient).start(&program);
    run.wait_for("paused before auth", SOON);
    let stopped = server.stop();
    run.go_on();
    // A slow wait speaks of "no answer" too; silence alone is marked.
    run.wait_for("!! no answer", Duration::from_secs(10));
    drop(stopped);
    let run = run.finish(SOON);
    assert_eq!(run.login()["outcome"], "ok", "{run:#?}");
    let json = run.json();
    let mut findings = json["findings"].as_array().expect("findings").iter();
    let silent = findings.find(|finding| finding["code"] == "XMPP_AUTH_SILENT");
    let silent = silent.unwrap_or_else(|| panic!("what was found stays: {run:#?}"));
    assert_eq!(silent["explained_by"], "XMPP_AUTH_SLOW", "{run:#?}");
}
