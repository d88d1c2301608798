//! What the tree says of a login, from entries made by hand.

use super::*;
use crate::journal::{
    Awaited, EntryNo, Fact, How, LoginAsk, Offset, Outcome, Stage, StageFact, StageMark, WaitFact, WaitMark, Wall,
};

struct Run(Vec<Entry>);

impl Run {
    fn note(&mut self, op: u32, at: u64, event: Event) {
        let n = EntryNo(self.0.len() as u64 + 1);
        let (at, wall) = (Offset(at * 1000), Wall(at as i64));
        self.0.push(Entry { n, op: OpId(op), parent: Some(OpId(1)), at, wall, event });
    }

    fn login(&mut self, op: u32, host: &str, home: bool) {
        let ask = LoginAsk { home: Some(home), ..LoginAsk::of_alice(host) };
        self.note(op, 0, Event::Began(Ask::Login(ask)));
    }

    fn stage(&mut self, op: u32, at: u64, stage: Stage, mark: StageMark) {
        self.note(op, at, Event::Saw(Fact::Stage(StageFact { stage, mark })));
    }

    fn wait(&mut self, op: u32, at: u64, mark: WaitMark) {
        let fact = WaitFact { awaited: Awaited::AuthAnswer, since: Offset(100_000), mark, reply: None };
        self.note(op, at, Event::Saw(Fact::Wait(fact)));
    }

    fn node(&self, at: usize) -> Item {
        Tree::of(&self.0).nodes()[at].clone()
    }
}

#[test]
fn a_silent_node_says_at_which_stage_and_that_it_is_home() {
    let mut run = Run(Vec::new());
    run.login(2, "imp1.example.test", true);
    run.stage(2, 5, Stage::Auth, StageMark::Entered);
    run.wait(2, 10_005, WaitMark::Silent);
    let node = run.node(0);
    assert_eq!(
        (node.name.as_str(), node.figure.as_str(), node.state),
        ("imp1", "silent @auth", ItemState::Failed)
    );
    assert_eq!(node.marks, ["home"]);
}

#[test]
fn a_late_answer_ends_the_silence_and_a_good_login_says_how_quick_auth_was() {
    let mut run = Run(Vec::new());
    run.login(2, "imp2.example.test", false);
    run.stage(2, 100, Stage::Auth, StageMark::Entered);
    run.wait(2, 10_100, WaitMark::Silent);
    run.wait(2, 11_100, WaitMark::Answered);
    run.stage(2, 11_100, Stage::Auth, StageMark::Passed);
    run.note(2, 11_200, Event::Ended(Outcome::ok()));
    assert_eq!((run.node(0).figure.as_str(), run.node(0).state), ("answers 11.0 s", ItemState::Ok));
}

#[test]
fn two_nodes_of_one_label_are_told_apart() {
    let mut run = Run(Vec::new());
    run.login(2, "imp.a.test", true);
    run.login(3, "imp.b.test", false);
    assert_eq!((run.node(0).name, run.node(1).name), ("imp.a.test".into(), "imp.b.test".into()));
}

#[test]
fn an_items_id_stays_while_its_login_goes_on() {
    let mut run = Run(Vec::new());
    run.login(2, "10.1.2.11", true);
    run.stage(2, 0, Stage::Tcp, StageMark::Entered);
    let before = run.node(0);
    run.stage(2, 3, Stage::Tcp, StageMark::Passed);
    run.login(3, "imp2.example.test", false);
    run.note(2, 9, Event::Ended(Outcome::new(How::Lost, "ECONNRESET", "")));
    let after = run.node(0);
    assert_eq!((&before.id, &before.children[0].id), (&after.id, &after.children[0].id));
    assert_eq!((after.name.as_str(), after.figure.as_str()), ("10.1.2.11", "failed @tcp"));
}

#[test]
fn entries_of_different_logins_may_come_in_any_order() {
    let mut run = Run(Vec::new());
    run.login(2, "imp1.example.test", true);
    run.stage(2, 0, Stage::Tcp, StageMark::Entered);
    run.login(3, "imp2.example.test", false);
    run.stage(3, 0, Stage::Tcp, StageMark::Entered);
    run.note(3, 9, Event::Ended(Outcome::ok()));
    let mut mixed = run.0.clone();
    mixed.sort_by_key(|entry| std::cmp::Reverse(entry.op));
    let mut later = run.0.clone();
    later.rotate_left(1); // a login's entries before the login itself
    for other in [mixed, later] {
        assert_eq!(Tree::of(&other).items(), Tree::of(&run.0).items());
    }
}

#[test]
fn a_login_that_is_held_between_two_stages_says_which_comes_next() {
    let mut run = Run(Vec::new());
    run.login(2, "imp1.example.test", true);
    assert_eq!((run.node(0).figure.as_str(), run.node(0).state), ("not begun", ItemState::Waiting));
    for (at, stage) in Stage::ALL.into_iter().take(5).enumerate() {
        run.stage(2, at as u64, stage, StageMark::Entered);
        assert_eq!(run.node(0).figure, format!("at {}", stage.short()));
        run.stage(2, at as u64, stage, StageMark::Passed);
    }
    assert_eq!((run.node(0).figure.as_str(), run.node(0).state), ("next auth", ItemState::Running));
}

#[test]
fn a_refusal_is_one_while_the_connection_still_stands() {
    let mut run = Run(Vec::new());
    run.login(2, "imp1.example.test", true);
    run.stage(2, 100, Stage::Auth, StageMark::Entered);
    run.stage(2, 110, Stage::Auth, StageMark::Refused);
    assert_eq!((run.node(0).figure.as_str(), run.node(0).state), ("refused @auth", ItemState::Failed));
}

#[test]
fn seconds_are_said_as_seconds() {
    let mut run = Run(Vec::new());
    run.login(2, "imp1.example.test", true);
    run.stage(2, 0, Stage::Auth, StageMark::Entered);
    run.stage(2, 4000, Stage::Auth, StageMark::Passed);
    run.note(2, 4100, Event::Ended(Outcome::ok()));
    assert_eq!(run.node(0).figure, "answers 4.0 s");
}

#[test]
fn a_node_that_is_not_home_may_refuse_the_user_but_not_the_connect() {
    let answer = (ItemState::Ok, "refused in 1 ms (not home: an answer)", "refused 1 ms");
    for (stage, expected) in [(Stage::Auth, answer), (Stage::Tcp, (ItemState::Failed, "refused @tcp", ""))] {
        let mut run = Run(Vec::new());
        run.login(2, "imp2.example.test", false);
        run.stage(2, 0, stage, StageMark::Entered);
        run.stage(2, 1, stage, StageMark::Refused);
        run.note(2, 2, Event::Ended(Outcome::new(How::Refused, "x", "")));
        let node = run.node(0);
        assert_eq!((node.state, node.figure.as_str(), node.brief.as_str()), expected);
    }
}

mod homes;
mod walked;
