//! `check --all-nodes` and `check --control` against the practice deployment: which credentials leave, in which order,
//! how many, and that none of them is left behind.

use impscope::journal::{Ask, Entry, Event, Fact, LoginAsk, Purpose, UserAct, line};

use crate::program::{Finished, Program, SOON, holds_secret, no_file_holds};
use crate::served::Served;

/// Soon silent, and long enough for an answer on a busy machine.
const HASTY: [&str; 4] = ["--slow", "1s", "--silent-after", "2s"];

/// A check that has ended, and what it left behind.
struct Checked {
    run: Finished,
    entries: Vec<Entry>,
    /// Which credentials the servers have got.
    received: Vec<String>,
}

/// `check --json` of a scenario with the second user's password at hand; both passwords are looked for afterwards.
fn check(scenario: &str, options: &[&str]) -> Checked {
    let lab = Served::start(scenario);
    let elsewhere = tempfile::tempdir().expect("a folder can be made");
    let file = elsewhere.path().join("second");
    std::fs::write(&file, format!("{}\n", lab.second.1)).expect("a file can be written");
    let file = file.display().to_string();
    let second = ["--second-user", lab.second.0.as_str(), "--second-password-file", &file];
    let program = Program::new();
    let recording = program.home().join("run.jsonl");
    let record = ["--record", recording.to_str().expect("a plain path")];
    let arguments = lab.by_dns(&["check", "--json"], &[&HASTY[..], &second, &record, options].concat());
    let run = program.start(&arguments, Some(&lab.password)).finish(SOON);
    let said = format!("{}{}", run.stdout, run.stderr);
    assert!(!holds_secret(said.as_bytes(), &lab.second.1), "{run:#?}");
    no_file_holds(&lab.second.1, program.home());
    let text = std::fs::read_to_string(&recording).expect("it is recorded");
    let entries = line::read(&text).expect("a recording").journal.entries().to_vec();
    Checked { run, entries, received: lab.received() }
}

impl Checked {
    /// Attempts with the user's credential: used, and the limit.
    fn attempts(&self) -> (u64, u64) {
        let json = self.run.json();
        let figure = |name: &str| json["attempts"][name].as_u64().expect("a number");
        (figure("used"), figure("limit"))
    }

    /// The logins in the order in which they began.
    fn logins(&self) -> Vec<&LoginAsk> {
        let asked = self.entries.iter().filter_map(|entry| match &entry.event {
            Event::Began(Ask::Login(ask)) => Some(ask),
            _ => None,
        });
        asked.collect()
    }

    fn questions(&self) -> Vec<(Purpose, &str, &str)> {
        let questions = self.logins().into_iter().filter(|ask| !ask.purpose.is_login());
        questions.map(|ask| (ask.purpose, ask.host.as_str(), ask.user.as_str())).collect()
    }

    fn said(&self, act: &UserAct) -> usize {
        let is_act = |entry: &&Entry| matches!(&entry.event, Event::Saw(Fact::User(said)) if said == act);
        self.entries.iter().filter(is_act).count()
    }

    /// What a host got by XMPP, as `USER ANSWER`, in its order.
    fn by_xmpp(&self, host: &str) -> Vec<&str> {
        let start = format!("{host} xmpp ");
        self.received.iter().filter_map(|line| line.strip_prefix(start.as_str())).collect()
    }
}

#[test]
fn on_a_silent_auth_the_questions_are_asked_in_turn_and_what_they_cost_raises_the_limit() {
    let checked = check("silent-auth", &["--control"]);
    let home = "imp1.example.test";
    assert_eq!(
        checked.questions(),
        [
            (Purpose::ImpossibleMechanism, home, "alice"),
            (Purpose::UnknownUser, home, "impscope-probe"),
            (Purpose::OtherWay, home, "alice"),
            (Purpose::SecondUser, home, "bob"),
        ]
    );
    let got = ["alice unanswered", "impscope-probe refused", "alice unanswered", "bob unanswered"];
    assert_eq!(checked.by_xmpp(home), got, "{:#?}", checked.received);
    // UDS, EPASSoap, PLAIN; the word added the token.
    assert_eq!(checked.attempts(), (4, 4), "{:#?}", checked.run);
    assert_eq!((checked.said(&UserAct::ControlAnywhere), checked.said(&UserAct::AllNodes)), (1, 0));
    let ended = |entry: &&Entry| matches!(entry.event, Event::Ended(_));
    let begun = |entry: &&Entry| matches!(entry.event, Event::Began(_));
    let count = |what: &dyn Fn(&&Entry) -> bool| checked.entries.iter().filter(|entry| what(entry)).count();
    assert_eq!(count(&begun), count(&ended), "the check waits for all that it asked");
}

#[test]
fn a_limit_that_was_set_by_hand_stands_and_the_questions_without_the_users_password_are_asked_all_the_same() {
    let checked = check("silent-auth", &["--control", "--all-nodes", "--max-attempts", "3"]);
    assert_eq!(checked.attempts(), (3, 3), "{:#?}", checked.received);
    let of_alice = checked.received.iter().filter(|line| line.contains(" alice ")).count();
    assert_eq!(of_alice, 3, "{:#?}", checked.received);
    let asked: Vec<Purpose> = checked.questions().into_iter().map(|(purpose, ..)| purpose).collect();
    assert!(asked.contains(&Purpose::ImpossibleMechanism) && asked.contains(&Purpose::UnknownUser), "{asked:?}");
}

#[test]
fn all_nodes_cost_one_attempt_more_for_each_and_no_question_is_asked() {
    let checked = check("silent-auth", &["--all-nodes"]);
    assert_eq!(checked.by_xmpp("imp1.example.test"), ["alice unanswered"], "{:#?}", checked.received);
    assert_eq!(checked.by_xmpp("imp2.example.test"), ["alice accepted"], "{:#?}", checked.received);
    assert_eq!(checked.attempts(), (4, 4));
    assert_eq!((checked.questions(), checked.said(&UserAct::AllNodes)), (Vec::new(), 1));
}

#[test]
fn where_every_auth_is_answered_no_question_is_asked() {
    let checked = check("healthy", &["--control"]);
    assert_eq!((checked.questions(), checked.attempts()), (Vec::new(), (3, 3)), "{:#?}", checked.received);
    assert_eq!(checked.run.exit, Some(0), "{:#?}", checked.run);
}

#[test]
fn without_the_words_nothing_more_is_asked_than_the_path_needs() {
    let checked = check("silent-auth", &[]);
    assert_eq!((checked.questions(), checked.attempts()), (Vec::new(), (3, 3)), "{:#?}", checked.received);
    assert!(checked.by_xmpp("imp2.example.test").is_empty(), "{:#?}", checked.received);
}
