//! What a login's progress says, live and from a recording.

use super::story::Story;
use super::*;
use crate::journal::{AwaitedReply, ClosedBy, How, KernelReason, KernelView, Read, Remark, Span, Stage, WaitMark};

fn only(story: &Story) -> LoginProgress {
    let progress = story.progress();
    assert_eq!(progress.logins().len(), 1);
    progress.logins()[0].clone()
}

fn outcomes(login: &LoginProgress) -> Vec<&'static str> {
    login.stages.iter().map(|row| row.outcome.name()).collect()
}

/// How often the user's credential was written.
fn attempts(login: &LoginProgress) -> usize {
    login.auths.iter().filter(|sent| sent.credential).count()
}

#[test]
fn a_login_that_reaches_its_end_has_all_stages_ok_and_its_times() {
    let mut story = Story::new();
    story.whole("imp1.example.com");
    let login = only(&story);
    assert_eq!(result(&login), LoginResult::Ok);
    assert_eq!(&outcomes(&login)[..9], ["ok"; 9]);
    assert_eq!(login.row(Stage::Online).outcome, StageOutcome::NotReached);
    assert_eq!(login.row(Stage::Auth).elapsed(story.now()).unwrap().as_millis(), 21);
    assert_eq!(login.stream_id.as_deref(), Some("17124513C1DF"));
    assert_eq!(login.mechanisms, ["PLAIN", "CISCO-VTG-TOKEN"]);
    assert_eq!(login.jid.as_deref(), Some("alice@example.com/impscope"));
    assert_eq!((attempts(&login), login.wait), (1, None));
}

#[test]
fn the_clock_of_an_open_stage_runs_and_the_others_stand() {
    let mut story = Story::new();
    story.until_auth("imp1.example.com").after(10_400);
    let login = only(&story);
    assert_eq!(login.row(Stage::Auth).elapsed(story.now()).unwrap().as_millis(), 10_400);
    assert_eq!(login.row(Stage::Tcp).elapsed(story.now()).unwrap().as_millis(), 3);
    assert_eq!(login.row(Stage::Bind).elapsed(story.now()), None);
    assert_eq!(login.wait.unwrap().level, Level::Quiet);
}

#[test]
fn an_acked_silence_says_what_was_sent_and_that_nothing_came_back() {
    let mut story = Story::new();
    story.until_auth("imp1.example.com").falls_silent(|story| story.all_acked());
    let login = only(&story);
    let silence = &login.silences[0];
    assert_eq!(silence.kind, SilenceKind::Acked);
    assert_eq!(silence.stage, Stage::Auth);
    let reply = silence.reply.as_ref().unwrap();
    assert_eq!(silence.wire_acked(), Some(reply.wire.len()));
    assert_eq!(reply.wire.len(), reply.xml_bytes + 22);
    assert_eq!(silence.bytes_back(), Some(0));
    assert_eq!(silence.acked_by.as_ref().unwrap().reason, KernelReason::Slow);
    assert_eq!(login.row(Stage::Auth).outcome, StageOutcome::Silent);
    assert_eq!(result(&login), LoginResult::Silent);
}

#[test]
fn bytes_that_are_acknowledged_later_change_the_kind_but_not_what_was_seen() {
    let mut story = Story::new();
    story.until_auth("imp1.example.com").falls_silent(|story| story.not_acked());
    assert_eq!(only(&story).silences[0].kind, SilenceKind::Unacked);
    let view = story.all_acked();
    story.after(10_000).kernel(KernelReason::Still, view);
    let silence = &only(&story).silences[0];
    assert_eq!(silence.kind, SilenceKind::Acked);
    assert!(silence.unacked.is_some());
}

#[test]
fn the_kernels_view_of_the_answer_does_not_rewrite_the_silence() {
    let mut story = Story::new();
    story.until_auth("imp1.example.com").falls_silent(|story| story.not_acked()).refused(20_000, "not-authorized");
    let view = story.all_acked();
    story.kernel(KernelReason::Answer, view);
    let login = only(&story);
    assert_eq!(login.silences[0].kind, SilenceKind::Unacked);
    assert_eq!(login.silences[0].waited(story.now()).as_secs(), 30);
    assert_eq!(login.failure.unwrap().after_us, Some(30_000_000));
}

#[test]
fn without_a_kernels_view_the_kind_is_unknown() {
    let reply =
        AwaitedReply { what: "auth".into(), xml_bytes: 96, wire: Span { from: 0, to: 118 }, written: true };
    assert_eq!(kind(Some(&reply), &Err("no TCP_INFO here".into())), SilenceKind::Unknown);
}

#[test]
fn the_kernels_figures_decide_the_kind() {
    let wire = Span { from: 900, to: 1018 };
    let reply = |written| AwaitedReply { what: "auth".into(), xml_bytes: 96, wire, written };
    let view = KernelView { acked: 1018, peer_window: Some(500), unacked_segments: 1, ..KernelView::default() };
    assert_eq!(kind(Some(&reply(true)), &Ok(view)), SilenceKind::Acked);
    assert_eq!(kind(Some(&reply(false)), &Ok(view)), SilenceKind::Unacked);
    let one_less = KernelView { acked: 1017, ..view };
    assert_eq!(kind(Some(&reply(true)), &Ok(one_less)), SilenceKind::Unacked);
    let closed = KernelView { peer_window: Some(0), ..one_less };
    assert_eq!(kind(Some(&reply(true)), &Ok(closed)), SilenceKind::WindowClosed);
    let persist = KernelView { not_sent: Some(1), unacked_segments: 0, ..one_less };
    assert_eq!(kind(Some(&reply(true)), &Ok(persist)), SilenceKind::WindowClosed);
    let quiet = KernelView { acked: 5, ..KernelView::default() };
    assert_eq!(kind(None, &Ok(quiet)), SilenceKind::Acked);
}

#[test]
fn a_late_refusal_ends_the_silence_and_the_stage_is_refused() {
    let mut story = Story::new();
    story.until_auth("imp1.example.com").falls_silent(|story| story.all_acked()).refused(22_000, "not-authorized");
    story.ended(How::Refused, "not-authorized");
    let login = only(&story);
    assert_eq!(login.row(Stage::Auth).outcome, StageOutcome::Refused);
    assert!(login.silences[0].answered.is_some() && login.slow[0].answered.is_some());
    assert_eq!(result(&login), LoginResult::Refused);
}

#[test]
fn a_silent_login_that_was_given_up_or_stopped_is_silent() {
    for how in [How::TimedOut, How::Stopped] {
        let mut story = Story::new();
        story.until_auth("imp1.example.com").falls_silent(|story| story.all_acked());
        story.after(500).mark(WaitMark::GaveUp).ended(how, "");
        let login = only(&story);
        assert_eq!(result(&login), LoginResult::Silent, "{how:?}");
        assert_eq!(login.silences[0].waited(story.after(99_000).now()).as_millis(), 10_500);
        assert_eq!(login.row(Stage::Auth).outcome, StageOutcome::Silent);
    }
}

#[test]
fn a_login_without_a_credential_is_not_tried_and_one_behind_a_gate_is_stopped() {
    for (why, expected) in [("no credential", LoginResult::NotTried), ("untrusted", LoginResult::Stopped)] {
        let mut story = Story::new();
        story.until_mechanisms("imp1.example.com").enter(Stage::Auth);
        story.remark(Remark::Gate { why: why.into(), fingerprint: None }).ended(How::Stopped, why);
        assert_eq!(result(&only(&story)), expected);
        assert_eq!(only(&story).stage(), Stage::Auth);
    }
}

#[test]
fn a_connect_that_times_out_is_a_failure_and_no_silence() {
    let mut story = Story::new();
    story.login("imp1.example.com").enter(Stage::Tcp);
    let late = story::outcome(How::TimedOut, "ETIMEDOUT");
    story.connect("10.1.2.11:5222", 5000, late).ended(How::TimedOut, "ETIMEDOUT");
    assert_eq!(result(&only(&story)), LoginResult::Failed);
    assert_eq!(only(&story).connects[0].ended.as_ref().unwrap().1.how, How::TimedOut);
}

#[test]
fn a_connection_that_ends_under_a_wait_stops_its_clock() {
    let mut story = Story::new();
    story.until_auth("imp1.example.com").falls_silent(|story| story.all_acked());
    story.after(120_000).closed(ClosedBy::PeerFin, None).ended(How::Lost, "");
    let login = only(&story);
    assert_eq!(login.closed.as_ref().unwrap().stage, Stage::Auth);
    assert_eq!(login.silences[0].waited(story.after(5000).now()).as_secs(), 130);
    assert_eq!(result(&login), LoginResult::Failed);
}

#[test]
fn two_logins_may_be_interleaved_in_any_way_as_long_as_each_keeps_its_order() {
    let mut story = Story::new();
    story.until_auth("imp1.example.com").falls_silent(|story| story.all_acked()).ended(How::TimedOut, "");
    story.whole("imp2.example.com");
    let straight = story.progress();
    let mut by_op = story.entries().to_vec();
    by_op.sort_by_key(|entry| std::cmp::Reverse(entry.op)); // children before their logins, too
    let turned = Progress::of(&by_op);
    for (one, other) in straight.logins().iter().zip(turned.logins()) {
        assert_eq!((one.op, outcomes(one)), (other.op, outcomes(other)));
        assert_eq!((&one.connects, &one.silences), (&other.connects, &other.silences));
        assert_eq!((&one.remote, result(one)), (&other.remote, result(other)));
    }
    assert_eq!(turned.node("imp2.example.com", 5222).count(), 1);
    assert_eq!(turned.logins().iter().map(attempts).sum::<usize>(), 2);
}

#[test]
fn every_prefix_folds_to_the_same_as_folding_on() {
    let mut story = Story::new();
    story.until_auth("imp1.example.com").falls_silent(|story| story.all_acked()).refused(22_000, "not-authorized");
    let mut live = Progress::default();
    for (at, entry) in story.entries().iter().enumerate() {
        live.apply(entry);
        let folded = Progress::of(&story.entries()[..=at]);
        assert_eq!(format!("{live:?}"), format!("{folded:?}"));
    }
}

#[test]
fn what_a_server_can_repeat_is_bounded() {
    let mut story = Story::new();
    story.until_mechanisms("imp1.example.com");
    for _ in 0..(2 * KEPT) {
        story.header().remark(Remark::ServerNotProven);
        let view = story.all_acked();
        story.kernel(KernelReason::Still, view);
    }
    let login = only(&story);
    assert_eq!((login.headers.len(), login.remarks.len()), (KEPT, KEPT));
    assert!(login.kernel.len() <= 1024);
}

#[test]
fn a_keepalive_during_a_wait_counts_as_bytes_that_came_back() {
    let mut story = Story::new();
    story.until_auth("imp1.example.com").received(Read::Whitespace).falls_silent(|story| story.all_acked());
    assert_eq!(only(&story).silences[0].bytes_back(), Some(100));
}

#[test]
fn what_the_run_itself_began_is_not_kept_for_a_login() {
    let mut story = Story::new();
    story.resolve("imp1.example.com", &["10.1.2.11"], Outcome::ok());
    let progress = story.progress();
    assert_eq!((progress.early.len(), progress.resolves().len()), (0, 1));
}

/// A request's connect fails: that is no login's, in whatever order its entries are read.
#[test]
fn what_the_walk_connects_for_a_request_is_no_business_of_a_login() {
    let http = crate::journal::HttpAsk::new(
        crate::journal::HttpWhat::Version,
        "https://cucm1.example.com:8443/cucm-uds/version".into(),
        vec!["10.1.1.1".into()],
    );
    let entry = |n: u64, op: u32, parent: u32, event| Entry {
        n: EntryNo(n),
        op: OpId(op),
        parent: Some(OpId(parent)),
        at: crate::journal::Offset(n),
        wall: crate::journal::Wall(0),
        event,
    };
    let walked = [
        entry(101, 50, 1, Event::Began(Ask::Http(http))),
        entry(102, 51, 50, Event::Began(Ask::Connect { to: "10.1.1.1:8443".into() })),
        entry(103, 51, 50, Event::Ended(Outcome::new(How::Refused, "ECONNREFUSED", ""))),
        entry(104, 50, 1, Event::Ended(Outcome::new(How::Refused, "ECONNREFUSED", ""))),
    ];
    let mut story = Story::new();
    story.whole("imp1.example.com");
    for turned in [false, true] {
        let mut progress = story.progress();
        let mut entries = walked.to_vec();
        if turned {
            entries.reverse();
        }
        entries.iter().for_each(|entry| progress.apply(entry));
        assert_eq!(format!("{:?}", progress.logins()), format!("{:?}", story.progress().logins()));
        assert_eq!(progress.early, Vec::new());
    }
}
