//! Stories about the control experiment: what it points at, and what that explains.

use super::super::code::{control as code, epas, nodes, xmpp};
use super::super::{PointsAt, Reply, control, control_lines};
use super::walk_story::{LOGGED_IN, url};
use super::{Scenario, Severity, beside, catalogue, codes, exit, found, headline, lines, one, verdict, walk};
use crate::findings::{Code, Finding};
use crate::journal::{HttpWhat, Purpose, Stage};
use crate::progress::story::{Story, features, good, names};

const IMP1: &str = "imp1.example.com";
const IMP2: &str = "imp2.example.com";

pub(super) const SCENARIOS: &[Scenario] = &[
    beside(code::XCP_CM, &[xmpp::AUTH_SILENT], |story, fact| {
        story.silent_at(IMP1).epas_after(240);
        story.asked(IMP1, Purpose::ImpossibleMechanism).replies(!fact, "invalid-mechanism");
        story.asked(IMP1, Purpose::UnknownUser).replies(false, "");
    }),
    beside(code::XCP_CM, &[xmpp::AUTH_SILENT, nodes::CLUSTER_SILENT], |story, fact| {
        story.silent_at(IMP1).silent_at(IMP2).epas_after(240);
        story.asked(IMP1, Purpose::ImpossibleMechanism).replies(!fact, "invalid-mechanism");
        story.asked(IMP1, Purpose::UnknownUser).replies(false, "");
    }),
    beside(code::XCP_CM, &[xmpp::AUTH_SILENT, xmpp::AUTH_REFUSED, xmpp::NODE_OVERLOADED], |story, fact| {
        story.overloaded_before_silent(3_010).epas_after(240).experiment(!fact, false);
    }),
    beside(code::BEHIND_XCP_CM, &[xmpp::AUTH_SILENT], |story, fact| {
        story.silent_at(IMP1).epas_after(240).front_answers(IMP1);
        story.asked(IMP1, Purpose::UnknownUser).replies(!fact, "not-authorized");
    }),
    beside(code::BEHIND_XCP_CM, &[xmpp::AUTH_SILENT, nodes::CLUSTER_SILENT], |story, fact| {
        story.silent_at(IMP1).silent_at(IMP2).epas_after(240).experiment(true, !fact);
    }),
    beside(code::BACKEND, &[xmpp::AUTH_SILENT, epas::SLOW], |story, fact| {
        story.silent_at(IMP1).epas_after(if fact { 4_000 } else { 240 }).front_answers(IMP1);
        story.asked(IMP1, Purpose::UnknownUser).replies(true, "not-authorized");
    }),
    beside(code::BACKEND, &[xmpp::AUTH_SILENT, epas::SLOW], |story, fact| {
        story.silent_at(IMP1).epas_after(4_000).experiment(fact, false);
    }),
    beside(code::BACKEND, &[xmpp::AUTH_SILENT, epas::SLOW], |story, fact| {
        token_is_silent(story).epas_after(4_000).experiment(fact, true);
    }),
    beside(code::USER, &[xmpp::AUTH_SILENT], |story, fact| {
        *story = Story::with_second_user();
        story.silent_at(IMP1).epas_after(240).front_answers(IMP1);
        story.asked(IMP1, Purpose::UnknownUser).replies(true, "not-authorized");
        story.asked(IMP1, Purpose::SecondUser).replies(fact, "not-authorized");
    }),
    beside(code::CANNOT_TELL, &[xmpp::AUTH_SILENT], |story, fact| {
        story.silent_at(IMP1).epas_after(240).front_answers(IMP1);
        story.asked(IMP1, Purpose::UnknownUser).replies(fact, "not-authorized");
    }),
];

impl Story {
    /// The user's login on a node, silent at `<auth>`.
    pub(super) fn silent_at(&mut self, host: &str) -> &mut Self {
        self.until_auth(host).falls_silent(Story::all_acked)
    }

    /// An EPASSoap login on imp1 that lets the user in after so long.
    pub(super) fn epas_after(&mut self, ms: u64) -> &mut Self {
        let op = self.requests(HttpWhat::EpasLogin, url(HttpWhat::EpasLogin));
        self.reached(op).written(op, HttpWhat::EpasLogin).replied(op, ms, 200, LOGGED_IN)
    }

    /// The impossible mechanism is refused at once.
    pub(super) fn front_answers(&mut self, host: &str) -> &mut Self {
        self.asked(host, Purpose::ImpossibleMechanism).replies(true, "invalid-mechanism")
    }

    /// A question is refused at once, or falls silent.
    pub(super) fn replies(&mut self, quick: bool, condition: &str) -> &mut Self {
        if quick { self.refused(4, condition) } else { self.falls_silent(Story::all_acked) }
    }

    /// The whole experiment but for the second user: which of the questions are answered.
    fn experiment(&mut self, impossible: bool, unknown: bool) -> &mut Self {
        self.asked(IMP1, Purpose::ImpossibleMechanism).replies(impossible, "invalid-mechanism");
        self.asked(IMP1, Purpose::UnknownUser).replies(unknown, "not-authorized")
    }
}

fn tables(story: &Story) -> Vec<super::super::ControlTable> {
    control(&story.progress(), &walk(story))
}

fn points_at(story: &Story) -> Option<PointsAt> {
    tables(story).remove(0).points_at
}

/// Findings that nothing explains, but for those that are only worth knowing.
pub(super) fn roots(story: &Story) -> Vec<Code> {
    let open = found(story)
        .into_iter()
        .filter(|finding| finding.explained_by.is_none() && catalogue().severity(finding) > Severity::Info);
    open.map(|finding| finding.code).collect()
}

#[test]
fn a_table_holds_every_answer_with_its_time_and_its_entry() {
    let mut story = Story::with_second_user();
    story.silent_at(IMP1).epas_after(240).experiment(true, true);
    story.asked(IMP1, Purpose::OtherWay).replies(false, "");
    story.asked(IMP1, Purpose::SecondUser).replies(true, "not-authorized");
    story.until_auth(IMP2).refused(21, "not-authorized");
    let table = tables(&story).remove(0);
    let shown = |reply: &Reply| match reply {
        Reply::Answered { after, what, .. } => format!("{what} {}", after.as_millis()),
        Reply::Silent { waited, .. } => format!("silent {}", waited.as_secs()),
        other => other.name().to_owned(),
    };
    assert_eq!((table.host.as_str(), table.port, table.way.as_str()), (IMP1, 5222, "PLAIN"));
    assert_eq!(shown(&table.auth), "silent 10");
    assert_eq!(shown(&table.stream), "PLAIN + CISCO-VTG-TOKEN 9");
    assert_eq!(shown(&table.impossible_mechanism), "invalid-mechanism 4");
    assert_eq!(shown(&table.unknown_user), "not-authorized 4");
    assert_eq!(shown(&table.epas), "success 240");
    assert_eq!((shown(&table.other_way), table.other_mechanism.as_str()), ("silent 10".into(), "CISCO-VTG-TOKEN"));
    assert_eq!((shown(&table.second_user), table.second.as_str()), ("not-authorized 4".into(), "bob"));
    assert_eq!(table.other_nodes.len(), 1);
    assert_eq!(
        (table.other_nodes[0].0.as_str(), shown(&table.other_nodes[0].1)),
        ("imp2.example.com:5222", "not-authorized 21".into())
    );
    assert_eq!(table.points_at, Some(PointsAt::User));
    for reply in [&table.auth, &table.stream, &table.impossible_mechanism, &table.epas] {
        let entry = reply.entry().unwrap();
        assert!(story.entries().iter().any(|known| known.n == entry));
    }
}

#[test]
fn nothing_is_pointed_at_while_a_question_is_open_or_the_next_one_is_still_to_come() {
    let mut story = Story::with_second_user();
    story.silent_at(IMP1).epas_after(240);
    assert_eq!(tables(&story), []);
    story.asked(IMP1, Purpose::ImpossibleMechanism);
    assert_eq!(points_at(&story), None, "the first question is open");
    story.refused(4, "invalid-mechanism");
    assert_eq!(points_at(&story), None, "the user that cannot exist comes next");
    story.asked(IMP1, Purpose::UnknownUser);
    assert_eq!(points_at(&story), None, "that question is open");
    story.refused(4, "not-authorized");
    assert_eq!(points_at(&story), None, "a second user is to come, and is needed");
    assert!(!codes(&found(&story)).iter().any(|code| code.name().starts_with("CONTROL")));
    story.asked(IMP1, Purpose::SecondUser).replies(false, "");
    assert_eq!(points_at(&story), Some(PointsAt::BehindXcpCm));
    assert!(!codes(&found(&story)).contains(&code::CANNOT_TELL));
}

#[test]
fn a_question_that_is_asked_afterwards_may_tell_what_could_not_be_told() {
    let mut story = Story::new();
    story.silent_at(IMP1).epas_after(240).experiment(true, true);
    assert_eq!(points_at(&story), Some(PointsAt::CannotTell));
    let before = one(&story, code::CANNOT_TELL);
    assert!(before.arg("missing").unwrap().contains("--second-user"), "{before:?}");
    story.asked(IMP1, Purpose::SecondUser).replies(true, "not-authorized");
    assert_eq!(points_at(&story), Some(PointsAt::User));
    assert_eq!(one(&story, code::CANNOT_TELL).explained_by, Some(code::USER));
    assert_eq!(roots(&story), [code::USER]);
}

#[test]
fn what_a_later_answer_contradicts_is_only_worth_knowing_and_explains_nothing() {
    let mut story = Story::new();
    story.silent_at(IMP1).experiment(false, false);
    assert_eq!(roots(&story), [code::XCP_CM]);
    let op = story.requests(HttpWhat::EpasLogin, url(HttpWhat::EpasLogin));
    story.unanswered(op, HttpWhat::EpasLogin);
    assert_eq!(points_at(&story), Some(PointsAt::CannotTell), "the whole node");
    let older = one(&story, code::XCP_CM);
    assert_eq!(
        (older.arg("superseded"), catalogue().severity(&older)),
        (Some("a later answer changed it"), Severity::Info)
    );
    assert!(one(&story, xmpp::AUTH_SILENT).explained_by != Some(code::XCP_CM));
}

#[test]
fn a_newer_experiment_on_the_node_counts_and_the_older_one_stays_told() {
    let mut story = Story::new();
    story.silent_at(IMP1).epas_after(240).experiment(false, false);
    assert_eq!(points_at(&story), Some(PointsAt::XcpCm));
    story.experiment(true, false);
    assert_eq!(tables(&story).len(), 1, "one table for each node");
    assert_eq!(points_at(&story), Some(PointsAt::BehindXcpCm));
    assert_eq!(roots(&story), [code::BEHIND_XCP_CM]);
    assert_eq!(one(&story, code::XCP_CM).arg("superseded"), Some("a newer experiment on the node counts"));
}

#[test]
fn the_questions_are_about_the_login_that_was_silent_before_them() {
    let mut story = Story::new();
    story.silent_at(IMP1).epas_after(240).experiment(true, false);
    story.until_auth(IMP1).succeeded(21);
    assert_eq!(points_at(&story), Some(PointsAt::BehindXcpCm), "what was shown stays shown");
}

#[test]
fn without_a_silence_there_is_nothing_to_point_at() {
    let mut story = Story::new();
    story.until_auth(IMP1).refused(15, "not-authorized").experiment(false, false);
    assert_eq!(points_at(&story), Some(PointsAt::CannotTell));
    assert!(one(&story, code::CANNOT_TELL).arg("missing").unwrap().contains("log in again"));
}

#[test]
fn bytes_that_did_not_arrive_blame_no_service() {
    let mut story = Story::new();
    story.until_auth(IMP1).falls_silent(Story::not_acked).epas_after(240).experiment(false, false);
    assert_eq!(points_at(&story), Some(PointsAt::CannotTell));
    assert_eq!(roots(&story), [xmpp::NOT_ACKED]);
}

#[test]
fn a_fresh_connection_without_a_header_points_at_the_connection_manager() {
    let mut story = Story::new();
    story.silent_at(IMP1).epas_after(240);
    story.question_without_header(IMP1);
    assert_eq!(points_at(&story), Some(PointsAt::XcpCm));
    let table = tables(&story).remove(0);
    assert_eq!((table.stream.name(), table.impossible_mechanism.name()), ("silent", "failed"));
}

impl Story {
    /// The first question's connection gets no stream header.
    fn question_without_header(&mut self, host: &str) -> &mut Self {
        self.begins(host, Purpose::ImpossibleMechanism).tcp().enter(Stage::Stream);
        self.sent("stream header", "<stream:stream>", 0, None).wait(crate::journal::Awaited::StreamHeader);
        self.falls_silent(Story::all_acked)
    }
}

#[test]
fn a_gate_that_was_shut_is_told_as_what_it_is() {
    let mut story = Story::new();
    story
        .silent_at(IMP1)
        .epas_after(240)
        .front_answers(IMP1)
        .question(IMP1, Purpose::UnknownUser)
        .enter(Stage::Auth);
    let (why, fingerprint) = ("untrusted".into(), Some("sha256:aa".into()));
    story.remark(crate::journal::Remark::Gate { why, fingerprint }).ended(crate::journal::How::Stopped, "gate");
    let table = tables(&story).remove(0);
    assert!(matches!(&table.unknown_user, Reply::Failed { why, .. } if why == "held back: untrusted"));
    assert_eq!(table.points_at, Some(PointsAt::CannotTell));
}

#[test]
fn the_back_end_explains_all_that_waits_for_it_wherever_it_is() {
    let mut story = Story::new();
    story.good(HttpWhat::Version);
    let (user, login) = (url(HttpWhat::User), url(HttpWhat::EpasLogin));
    let op = story.requests(HttpWhat::User, user);
    story.unanswered(op, HttpWhat::User);
    let op = story.requests(HttpWhat::EpasLogin, login);
    story.unanswered(op, HttpWhat::EpasLogin);
    story.silent_at(IMP1).silent_at(IMP2);
    assert_eq!(roots(&story), [nodes::PASSWORD_CHECKS_SILENT]);
    story.experiment(true, true);
    assert_eq!(roots(&story), [code::BACKEND]);
    assert_eq!(verdict(&found(&story)).unwrap().code, code::BACKEND);
}

#[test]
fn a_late_refusal_is_explained_by_what_the_experiment_points_at() {
    let mut story = Story::new();
    story.silent_at(IMP1);
    story.refused(20_000, "not-authorized").epas_after(4_000).experiment(true, true);
    assert_eq!(points_at(&story), Some(PointsAt::Backend));
    assert_eq!(one(&story, xmpp::AUTH_REFUSED_LATE).explained_by, Some(code::BACKEND));
    assert_eq!(roots(&story), [code::BACKEND]);
}

#[test]
fn one_node_s_connection_manager_explains_nothing_of_another_node() {
    let mut story = Story::new();
    story.silent_at(IMP1).epas_after(240).experiment(false, false);
    story.login(IMP2).tcp().enter(Stage::Stream).sent("stream header", "<stream:stream>", 0, None);
    story.wait(crate::journal::Awaited::StreamHeader).falls_silent(Story::all_acked);
    assert_eq!(one(&story, xmpp::AUTH_SILENT).explained_by, Some(code::XCP_CM));
    assert_eq!(one(&story, xmpp::STREAM_SILENT).explained_by, None);
}

#[test]
fn two_nodes_have_a_table_each_and_the_unknown_user_is_asked_for_once() {
    let mut story = Story::new();
    story.silent_at(IMP1).silent_at(IMP2).epas_after(4_000).experiment(true, true);
    story.front_answers(IMP2);
    let tables = tables(&story);
    let shown: Vec<_> =
        tables.iter().map(|table| (table.host.as_str(), table.unknown_user.name(), table.points_at)).collect();
    assert_eq!(
        shown,
        [(IMP1, "answered", Some(PointsAt::Backend)), (IMP2, "not_asked", Some(PointsAt::CannotTell))]
    );
    assert_eq!(roots(&story), [code::BACKEND], "LDAP is one for both nodes");
}

#[test]
fn the_verdict_is_critical_and_not_knowing_changes_no_exit_code() {
    let mut story = Story::new();
    story.silent_at(IMP1).epas_after(240).experiment(true, true);
    assert_eq!(verdict(&found(&story)).unwrap().code, xmpp::AUTH_SILENT);
    assert_eq!(exit(&found(&story)), 2);
}

/// What a finding says to its reader, causes and remedies included.
fn told(finding: &Finding) -> String {
    format!("{}\n{}", headline(finding), lines(finding, 5000).join("\n"))
}

#[test]
fn where_every_other_node_is_silent_too_the_verdict_says_so_and_restarts_nothing_on_one_node_alone() {
    for (impossible, code, service) in [
        (false, code::XCP_CM, "Cisco XCP Connection Manager"),
        (true, code::BEHIND_XCP_CM, "Cisco XCP Authentication Service"),
    ] {
        let mut story = Story::new();
        story.silent_at(IMP1).silent_at(IMP2).epas_after(240).experiment(impossible, false);
        let finding = one(&story, code);
        let text = catalogue().text(&finding);
        assert!(text.summary.ends_with("; imp2 is silent too: every node that was asked."), "{}", text.summary);
        assert!(text.suspect.unwrap().contains("on every node, or what the nodes share"), "{code}");
        let restarts: Vec<&String> =
            text.remedies.iter().filter(|line| line.contains("service restart")).collect();
        assert!(restarts.iter().all(|line| line.contains("each of them, one after the other")), "{restarts:?}");
        assert!(restarts[0].contains(service), "{restarts:?}");
        assert!(told(&finding).contains("Beside that imp2 is silent too: every node that was asked."), "{code}");
    }
}

#[test]
fn where_another_node_answers_the_verdict_is_about_the_one_node() {
    for (impossible, code) in [(false, code::XCP_CM), (true, code::BEHIND_XCP_CM)] {
        let mut story = Story::new();
        story.silent_at(IMP1).silent_at("imp3.example.com").until_auth(IMP2).refused(21, "not-authorized");
        story.epas_after(240).experiment(impossible, false);
        let finding = one(&story, code);
        let text = catalogue().text(&finding);
        assert!(!told(&finding).contains("every node"), "{}", told(&finding));
        assert!(text.suspect.unwrap().contains("on imp1") && text.summary.ends_with([')', 'r', '.']), "{code}");
        assert!(
            text.remedies.iter().any(|line| line.contains("restart") && line.contains("` on imp1.example.com"))
        );
    }
}

#[test]
fn the_back_end_s_causes_are_those_that_the_answers_leave() {
    let backend = |tell: fn(&mut Story)| {
        let mut story = Story::new();
        tell(&mut story);
        let finding = one(&story, code::BACKEND);
        (finding.arg("suspects").unwrap().to_owned(), catalogue().text(&finding).causes)
    };
    let (suspects, causes) = backend(|story| {
        story.silent_at(IMP1).epas_after(2_500).experiment(true, true);
        story.asked(IMP1, Purpose::OtherWay).replies(true, "not-authorized");
    });
    assert_eq!((suspects.as_str(), causes.len()), ("LDAP", 1));
    assert!(causes[0].contains("a user that cannot exist is refused"), "{causes:?}");
    let (suspects, causes) = backend(|story| {
        story.silent_at(IMP1).epas_after(2_500).experiment(true, false);
    });
    assert_eq!((suspects.as_str(), causes.len()), ("the database", 1));
    assert!(causes[0].contains("not even a user that cannot exist"), "{causes:?}");
    let (suspects, causes) = backend(|story| {
        token_is_silent(story).epas_after(240).experiment(true, true);
        story.until_auth(IMP1).refused(21, "not-authorized");
    });
    assert_eq!((suspects.as_str(), causes.len()), ("the login datastore", 1));
    let (suspects, causes) = backend(|story| {
        token_is_silent(story).epas_after(4_000).front_answers(IMP1);
        let (why, fingerprint) = ("untrusted".into(), Some("sha256:aa".into()));
        story.question(IMP1, Purpose::UnknownUser).enter(Stage::Auth);
        story
            .remark(crate::journal::Remark::Gate { why, fingerprint })
            .ended(crate::journal::How::Stopped, "gate");
    });
    assert_eq!((suspects.as_str(), causes.len()), ("LDAP, the database or the login datastore", 3));
}

/// The user's login by token is silent.
fn token_is_silent(story: &mut Story) -> &mut Story {
    story.until_mechanisms(IMP1).enter(Stage::Auth).sent("auth", "<auth/>", 24, Some("CISCO-VTG-TOKEN"));
    story.wait(crate::journal::Awaited::AuthAnswer).falls_silent(Story::all_acked)
}

#[test]
fn that_epas_is_slow_is_not_told_as_a_wait() {
    let why = |ms: u64| {
        let mut story = Story::new();
        story.silent_at(IMP1).epas_after(ms).experiment(true, true);
        one(&story, code::BACKEND).arg("why").unwrap().to_owned()
    };
    assert!(why(2_500).ends_with("passes all XCP services by, is slow too (2.5 s)"), "{}", why(2_500));
    assert!(why(12_000).ends_with("passes all XCP services by, answers only after 12.0 s"), "{}", why(12_000));
}

#[test]
fn a_node_that_is_overloaded_as_well_is_not_to_be_restarted_without_a_look_at_load() {
    let story = |connect_ms: u64| {
        let mut story = Story::new();
        story.overloaded_before_silent(connect_ms).epas_after(240).experiment(false, false);
        story
    };
    let first = |story: &Story| {
        let text = catalogue().text(&one(story, code::XCP_CM));
        let load = text.remedies.iter().position(|line| line.contains("load first"));
        let restart = text.remedies.iter().position(|line| line.contains("service restart"));
        (load, load < restart, text.remedies)
    };
    let (load, before, remedies) = first(&story(3_010));
    assert!(load.is_some() && before, "{remedies:?}");
    let line = &remedies[load.unwrap()];
    assert!(line.contains("the TCP connect took 3.0 s") && line.contains("log in again at once and adds load"));
    assert_eq!(one(&story(3_010), xmpp::NODE_OVERLOADED).explained_by, Some(code::XCP_CM));
    assert_eq!(first(&story(10)).0, None);
}

impl Story {
    /// A login on imp1 whose connect took this long and whose `<auth>` was quick, and then one that is silent.
    fn overloaded_before_silent(&mut self, connect_ms: u64) -> &mut Self {
        self.login(IMP1).enter(Stage::Tcp);
        self.connect("10.1.2.11:5222", connect_ms, crate::journal::Outcome::ok()).pass(Stage::Tcp);
        self.starttls().tls(good(true, ""), names(true, true));
        self.stream(Stage::StreamTls, features(None, &["PLAIN"], false)).auth().refused(21, "not-authorized");
        self.silent_at(IMP1)
    }
}

#[test]
fn a_question_that_got_no_stream_is_told_in_a_sentence() {
    let mut story = Story::new();
    story.silent_at(IMP1).epas_after(240).question_without_header(IMP1);
    let answers = one(&story, code::XCP_CM).arg("answers").unwrap().to_owned();
    assert!(answers.contains("could not be asked: the server's <stream:stream> did not come"), "{answers}");
}

/// Everything answered and silent that a table can hold, told in the words of the flagship.
fn flagship() -> Story {
    let mut story = Story::with_second_user();
    story.silent_at(IMP1);
    let imp1 = story.op();
    story.until_auth(IMP2).refused(21, "not-authorized").epas_after(240).experiment(true, false);
    story.asked(IMP1, Purpose::OtherWay).replies(false, "");
    story.asked(IMP1, Purpose::SecondUser).replies(false, "").of(imp1);
    story
}

#[test]
fn the_silent_auth_is_compared_with_all_that_was_asked_beside_it() {
    let finding = one(&flagship(), xmpp::AUTH_SILENT);
    let parts: Vec<&str> = finding.arg("compare").unwrap().split(" · ").collect();
    assert_eq!(
        parts,
        [
            "imp2 answered <auth> in 21 ms",
            "EPASSoap on imp1 answered in 240 ms (success)",
            "fresh connection offered PLAIN + CISCO-VTG-TOKEN, slowest step 9 ms",
            "impossible mechanism answered in 4 ms (invalid-mechanism)",
            "unknown user silent for 10.0 s",
            "by CISCO-VTG-TOKEN silent for 10.0 s",
            "second user bob silent for 10.0 s",
            "all that fits cause 1",
        ]
    );
}

#[test]
fn a_table_reads_well_at_both_widths() {
    let table = tables(&flagship()).remove(0);
    insta::assert_snapshot!("control_80", control_lines(&table, 80).join("\n"));
    insta::assert_snapshot!("control_120", control_lines(&table, 120).join("\n"));
}

#[test]
fn a_table_fits_where_nothing_fits() {
    let table = tables(&flagship()).remove(0);
    for width in [0, 1, 20, 40, 60] {
        let lines = control_lines(&table, width);
        assert!(lines.iter().any(|line| line.contains("impossible mechanism")), "{width}");
    }
}

#[test]
fn what_the_experiment_points_at_reads_as_it_should_at_three_in_the_morning() {
    let mut shown = std::collections::BTreeSet::new();
    for scenario in SCENARIOS {
        // A code's further stories are for lines that its first one does not have.
        if shown.insert(scenario.code) {
            let text = lines(&one(&scenario.told(true), scenario.code), 100).join("\n");
            insta::assert_snapshot!(scenario.code.name().to_lowercase(), text);
        }
    }
}

/// A name of the server's cannot move the cursor in a table either.
#[test]
fn what_others_wrote_is_escaped_in_a_table() {
    let mut story = Story::new();
    story.silent_at("imp1\u{1b}[2J").asked("imp1\u{1b}[2J", Purpose::ImpossibleMechanism);
    story.refused(4, "no\u{202e}t");
    let shown = control_lines(&tables(&story).remove(0), 80).join("\n");
    assert!(!shown.contains(['\u{1b}', '\u{202e}']), "{shown}");
}
