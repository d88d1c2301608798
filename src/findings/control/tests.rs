//! The table of answers: each pattern by an example, and laws over every combination of answers.

use super::table::{Heard, ROWS, row};
use super::*;

const MARKS: Marks = Marks { slow: Duration::from_secs(2), silent: Duration::from_secs(10) };

fn answered(ms: u64, what: &str) -> Reply {
    Reply::Answered { n: EntryNo(1), after: Duration::from_millis(ms), what: what.to_owned() }
}

/// `quick`, `slow`, `late`, `silent`, `failed`, `open`, `none`; `no`: a quick refusal.
fn reply(word: &str) -> Reply {
    match word {
        "quick" => answered(21, SUCCESS),
        "no" => answered(21, "refused"),
        "slow" => answered(2_000, SUCCESS),
        "late" => answered(10_000, SUCCESS),
        "silent" => Reply::Silent { n: EntryNo(1), waited: Duration::from_secs(10) },
        "failed" => Reply::Failed { n: EntryNo(1), why: "refused".to_owned() },
        "open" => Reply::Open,
        "none" => Reply::NotAsked,
        other => panic!("no reply {other}"),
    }
}

/// The same of what cannot exist: every answer refuses it, but for `success` and `challenge`.
fn refusal(word: &str) -> Reply {
    if [SUCCESS, CHALLENGE].contains(&word) {
        return answered(21, word);
    }
    match reply(word) {
        Reply::Answered { n, after, .. } => Reply::Answered { n, after, what: "not-authorized".to_owned() },
        other => other,
    }
}

/// A table in words: `impossible=quick unknown=silent epas=no`. The user's `<auth>` is silent and a fresh connection is
/// quick unless they are named; what else is not named was not asked.
fn table(words: &str) -> ControlTable {
    let mut table = ControlTable::of("imp1.example.com", 5222);
    (table.auth, table.stream, table.way) = (reply("silent"), reply("quick"), "PLAIN".to_owned());
    for word in words.split_whitespace() {
        match word.split_once('=').unwrap() {
            ("auth", word) => table.auth = reply(word),
            ("stream", word) => table.stream = reply(word),
            ("impossible", word) => table.impossible_mechanism = refusal(word),
            ("unknown", word) => table.unknown_user = refusal(word),
            ("epas", word) => table.epas = reply(word),
            ("other", word) => table.other_way = reply(word),
            ("second", word) => table.second_user = reply(word),
            ("way", word) => table.way = word.to_owned(),
            ("behind", word) => table.down = Some((format!("Cisco XCP Router {word}"), EntryNo(2))),
            ("sockets", word) => table.sockets = Some((format!("{word} at 312 over 3 min"), EntryNo(3))),
            other => panic!("no question {other:?}"),
        }
    }
    table
}

/// A pattern's name, answers that it is for, and what they point at.
const CASES: &[(&str, &str, PointsAt)] = &[
    ("nothing to explain", "auth=slow impossible=silent epas=quick", PointsAt::CannotTell),
    ("nothing to explain", "auth=none impossible=silent epas=quick", PointsAt::CannotTell),
    (
        "what cannot exist is let in",
        "impossible=success unknown=silent second=silent epas=quick",
        PointsAt::CannotTell,
    ),
    ("what cannot exist is let in", "impossible=challenge unknown=silent epas=silent", PointsAt::CannotTell),
    (
        "what cannot exist is let in",
        "impossible=quick unknown=success epas=quick second=quick",
        PointsAt::CannotTell,
    ),
    ("no fresh connection", "stream=failed impossible=failed epas=quick", PointsAt::CannotTell),
    ("some connections served, some not", "stream=silent impossible=quick unknown=failed", PointsAt::CannotTell),
    ("no mechanisms, and EPASSoap waits too", "stream=silent impossible=failed epas=silent", PointsAt::CannotTell),
    ("no mechanisms", "stream=silent impossible=failed epas=quick", PointsAt::XcpCm),
    ("no mechanisms", "stream=late impossible=failed", PointsAt::XcpCm),
    ("impossible mechanism silent, others answered", "impossible=silent unknown=quick", PointsAt::CannotTell),
    ("impossible mechanism silent, and EPASSoap waits too", "impossible=silent epas=slow", PointsAt::CannotTell),
    (
        "impossible mechanism silent, EPASSoap quick",
        "impossible=silent unknown=silent epas=quick second=silent",
        PointsAt::XcpCm,
    ),
    ("impossible mechanism silent, EPASSoap quick", "impossible=late epas=quick", PointsAt::XcpCm),
    ("impossible mechanism silent, EPASSoap not told", "impossible=silent unknown=silent", PointsAt::XcpCm),
    ("impossible mechanism silent, EPASSoap not told", "impossible=silent epas=failed", PointsAt::XcpCm),
    ("answered slowly in front", "impossible=slow unknown=silent epas=quick", PointsAt::CannotTell),
    ("answered slowly in front", "stream=slow impossible=quick unknown=silent", PointsAt::CannotTell),
    ("front not asked", "epas=slow", PointsAt::CannotTell),
    ("front not asked", "impossible=failed unknown=silent epas=quick", PointsAt::CannotTell),
    (
        "a service behind is not started",
        "impossible=quick unknown=silent epas=quick behind=Stopped",
        PointsAt::BehindXcpCm,
    ),
    (
        "a service behind is not started",
        "impossible=quick unknown=quick epas=silent behind=Stopped",
        PointsAt::BehindXcpCm,
    ),
    (
        "unknown user silent, second user answered",
        "impossible=quick unknown=silent second=quick",
        PointsAt::CannotTell,
    ),
    ("unknown user silent, EPASSoap waits too", "impossible=quick unknown=silent epas=silent", PointsAt::Backend),
    ("unknown user silent, EPASSoap quick", "impossible=quick unknown=silent epas=quick", PointsAt::BehindXcpCm),
    ("unknown user silent, EPASSoap not told", "impossible=quick unknown=late", PointsAt::BehindXcpCm),
    ("unknown user silent, EPASSoap not told", "impossible=quick unknown=silent epas=no", PointsAt::BehindXcpCm),
    (
        "token silent, password answered",
        "way=CISCO-VTG-TOKEN impossible=quick unknown=quick epas=quick other=quick",
        PointsAt::Backend,
    ),
    (
        "second user answered, EPASSoap waits",
        "impossible=quick unknown=quick epas=silent second=quick",
        PointsAt::CannotTell,
    ),
    ("EPASSoap waits too", "impossible=quick unknown=quick epas=slow", PointsAt::Backend),
    ("EPASSoap waits too", "impossible=quick epas=silent second=silent", PointsAt::Backend),
    (
        "second user silent, EPASSoap quick",
        "impossible=quick unknown=quick epas=quick second=silent",
        PointsAt::BehindXcpCm,
    ),
    (
        "second user answered, EPASSoap quick",
        "impossible=quick unknown=quick epas=quick second=quick",
        PointsAt::User,
    ),
    ("second user answered, EPASSoap quick", "impossible=quick epas=quick second=no", PointsAt::User),
    ("answered slowly behind", "impossible=quick unknown=quick epas=quick second=slow", PointsAt::CannotTell),
    ("answered slowly behind", "impossible=quick unknown=slow epas=quick second=quick", PointsAt::CannotTell),
    ("no second user", "impossible=quick unknown=quick epas=quick", PointsAt::CannotTell),
    ("no second user", "impossible=quick unknown=quick epas=quick other=quick", PointsAt::CannotTell),
    ("EPASSoap not told", "impossible=quick unknown=quick second=quick", PointsAt::CannotTell),
    ("EPASSoap not told", "impossible=quick unknown=quick epas=no second=silent", PointsAt::CannotTell),
];

#[test]
fn each_pattern_points_where_it_should() {
    for (name, words, points_at) in CASES {
        let table = table(words);
        assert_eq!((row(&table, MARKS).name, table::points_at(&table, MARKS)), (*name, *points_at), "{words}");
    }
}

#[test]
fn every_pattern_has_an_example() {
    let shown: Vec<&str> = CASES.iter().map(|(name, ..)| *name).collect();
    for row in ROWS {
        assert!(shown.contains(&row.name), "nothing shows {}", row.name);
    }
}

#[test]
fn a_late_answer_to_the_impossible_mechanism_counts_as_none_and_is_said() {
    let late = table("impossible=late epas=quick");
    assert_eq!(table::points_at(&late, MARKS), PointsAt::XcpCm);
    assert!(table::why(&late).contains("was answered after 10.0 s, too late to count"));
    let silent = table("impossible=silent epas=quick");
    assert!(!table::why(&silent).contains("too late"));
}

/// Every combination of answers to the seven questions, by both ways in.
fn every_table() -> impl Iterator<Item = ControlTable> {
    const WORDS: [&str; 6] = ["none", "quick", "slow", "late", "silent", "failed"];
    let of = |at: usize| reply(WORDS[at % WORDS.len()]);
    (0..WORDS.len().pow(6)).flat_map(move |at| {
        ["PLAIN", TOKEN].into_iter().flat_map(move |way| {
            ["quick", "no"].into_iter().map(move |epas| {
                let mut table = table("");
                way.clone_into(&mut table.way);
                let digit = |place: u32| at / WORDS.len().pow(place);
                table.stream = of(digit(0));
                table.impossible_mechanism = refusal(WORDS[digit(1) % WORDS.len()]);
                table.unknown_user = refusal(WORDS[digit(2) % WORDS.len()]);
                table.epas = if digit(3) % WORDS.len() == 1 { reply(epas) } else { of(digit(3)) };
                table.other_way = of(digit(4));
                table.second_user = of(digit(5));
                table
            })
        })
    })
}

/// What must hold of every table, whatever its answers are.
///
/// 1. The Connection Manager is never named where anything at all was answered in time on XMPP, nor where EPASSoap
///    waits as well.
/// 2. What stands behind it only where somebody was answered by it, and somebody else was not, and EPASSoap does not
///    wait.
/// 3. A back end only where EPASSoap waits, or where a token is silent and the password of the same user is not.
/// 4. The user only where a second one was answered at once and EPASSoap let the user in at once.
fn must_keep_the_laws(table: &ControlTable, points_at: PointsAt) {
    let heard = |reply: &Reply| Heard::of(reply, MARKS);
    let came = |reply: &Reply| matches!(heard(reply), Heard::Quick | Heard::Slow);
    let is_silent = |reply: &Reply| heard(reply) == Heard::Silent;
    let let_in = matches!(&table.epas, Reply::Answered { what, .. } if what == SUCCESS);
    let epas_quick = heard(&table.epas) == Heard::Quick && let_in;
    let epas_waits = matches!(heard(&table.epas), Heard::Slow | Heard::Silent);
    let asked = [&table.impossible_mechanism, &table.unknown_user, &table.second_user, &table.other_way];
    let anything = asked.into_iter().any(came);
    let somebody_silent = is_silent(&table.unknown_user) || is_silent(&table.second_user);
    let by_password = table.way == TOKEN && heard(&table.other_way) == Heard::Quick;
    let holds = match points_at {
        PointsAt::XcpCm => !anything && !epas_waits,
        PointsAt::BehindXcpCm => anything && somebody_silent && !epas_waits,
        PointsAt::Backend => anything && (epas_waits || by_password),
        PointsAt::User => epas_quick && heard(&table.second_user) == Heard::Quick && !somebody_silent,
        PointsAt::CannotTell => true,
    };
    assert!(holds, "{points_at:?} of {table:?}");
}

#[test]
fn no_combination_of_answers_points_where_it_must_not() {
    let mut pointed = std::collections::HashSet::new();
    for mut table in every_table() {
        let points_at = table::points_at(&table, MARKS);
        must_keep_the_laws(&table, points_at);
        assert!(!row(&table, MARKS).name.is_empty());
        pointed.insert(points_at);
        // Without a silence of the user's there is nothing to point at.
        table.auth = answered(21, "not-authorized");
        assert_eq!(table::points_at(&table, MARKS), PointsAt::CannotTell);
    }
    assert_eq!(pointed.len(), 5, "{pointed:?}");
}

#[test]
fn what_is_open_separates_nothing() {
    let told = "impossible=quick unknown=quick epas=quick second=quick";
    assert_eq!(table::points_at(&table(told), MARKS), PointsAt::User);
    for question in ["impossible", "unknown", "epas", "second", "other"] {
        let (open, none) = (format!("{told} {question}=open"), format!("{told} {question}=none"));
        assert_eq!(row(&table(&open), MARKS).name, row(&table(&none), MARKS).name, "{question}");
    }
}

#[test]
fn a_service_that_does_not_run_counts_only_where_the_connection_manager_answers() {
    let table = table("impossible=silent epas=quick behind=Stopped");
    assert_eq!(table::points_at(&table, MARKS), PointsAt::XcpCm);
}

#[test]
fn sockets_that_stand_still_are_said_where_something_is_pointed_at_and_change_nothing() {
    let with = table("impossible=silent epas=quick sockets=flat");
    let without = table("impossible=silent epas=quick");
    assert_eq!(table::points_at(&with, MARKS), table::points_at(&without, MARKS));
    assert!(table::why(&with).contains("flat at 312 over 3 min"));
    assert!(!table::why(&table("impossible=silent epas=quick sockets=risen")).contains("312"));
}
