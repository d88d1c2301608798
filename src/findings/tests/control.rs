//! Stories about the control experiment: what it points at, and what that explains.

use super::super::code::{control as code, epas, nodes, xmpp};
use super::super::{PointsAt, Reply, control, control_lines};
use super::walk_story::{LOGGED_IN, url};
use super::{Scenario, Severity, beside, catalogue, codes, exit, found, lines, one, verdict, walk};
use crate::findings::Code;
use crate::journal::{HttpWhat, Purpose, Stage};
use crate::progress::story::Story;

const IMP1: &str = "imp1.example.com";
const IMP2: &str = "imp2.example.com";

pub(super) const SCENARIOS: &[Scenario] = &[
    beside(code::XCP_CM, &[xmpp::AUTH_SILENT], |story, fact| {
        story.silent_at(IMP1).epas_after(240);
        story.asked(IMP1, Purpose::ImpossibleMechanism).replies(!fact, "invalid-mechanism");
        story.asked(IMP1, Purpose::UnknownUser).replies(false, "");
    }),
    beside(code::BEHIND_XCP_CM, &[xmpp::AUTH_SILENT], |story, fact| {
        story.silent_at(IMP1).epas_after(240).front_answers(IMP1);
        story.asked(IMP1, Purpose::UnknownUser).replies(!fact, "not-authorized");
    }),
    beside(code::BACKEND, &[xmpp::AUTH_SILENT, epas::SLOW], |story, fact| {
        story.silent_at(IMP1).epas_after(if fact { 4_000 } else { 240 }).front_answers(IMP1);
        story.asked(IMP1, Purpose::UnknownUser).replies(true, "not-authorized");
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
    for scenario in SCENARIOS {
        let text = lines(&one(&scenario.told(true), scenario.code), 100).join("\n");
        insta::assert_snapshot!(scenario.code.name().to_lowercase(), text);
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
