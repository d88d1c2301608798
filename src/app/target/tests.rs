//! What the command line and the settings make of a target.

use super::*;
use crate::cli::{Cli, ScreenArgs};
use clap::Parser;

fn target(arguments: &[&str]) -> anyhow::Result<Target> {
    let usual = ["impscope", "--node", "127.0.0.1", "alice@example.test"];
    let cli = Cli::try_parse_from(usual.iter().chain(arguments))?;
    let ScreenArgs { target, common, .. } = cli.screen;
    Target::new(&target.unwrap(), &common, &Settings::default())
}

fn step(purpose: Purpose, client: ClientKind) -> LoginStep {
    LoginStep {
        host: "127.0.0.1".into(),
        port: 5222,
        addresses: Vec::new(),
        tls: TlsMode::Starttls,
        client,
        home: None,
        named_by: String::new(),
        reach: Reach::Credential,
        purpose,
    }
}

/// Who is asked for, as which client, by which mechanism, and up to where.
fn asked(target: &Target, purpose: Purpose, client: ClientKind) -> (String, ClientKind, Option<Mechanism>, Stage) {
    let login = target.unattended(&step(purpose, client), None).login;
    assert_eq!((login.purpose, login.attendance), (purpose, Attendance::Unattended));
    (login.user, login.client, login.mechanism, login.until)
}

#[test]
fn what_the_system_takes_away_is_refused_with_who_did() {
    let cli =
        Cli::try_parse_from(["impscope", "--node", "127.0.0.1", "--all-nodes", "alice@example.test"]).unwrap();
    let ScreenArgs { target, common, .. } = cli.screen;
    let target = target.unwrap();
    let settings = Settings { read_only: Some("/etc/impscope.toml".into()), ..Settings::default() };
    let why = Target::new(&target, &common, &settings).unwrap_err().to_string();
    assert_eq!(why, "--all-nodes is taken away by /etc/impscope.toml (read_only = true)");
    assert!(Target::new(&target, &common, &Settings::default()).is_ok());
    assert!(refuse_by(&settings, "--control", true).is_err() && refuse_by(&settings, "--control", false).is_ok());
}

#[test]
fn each_question_ends_at_auth_and_asks_for_its_own_user() {
    use ClientKind::{Jabber, Psi};
    let target = target(&["--second-user", "bob"]).unwrap();
    let question = |purpose, client| asked(&target, purpose, client);
    let user = |name: &str, mechanism| (name.to_owned(), Psi, mechanism, Stage::Auth);
    assert_eq!(question(Purpose::ImpossibleMechanism, Psi), user("alice", None));
    assert_eq!(question(Purpose::UnknownUser, Psi), user("impscope-probe", None));
    assert_eq!(question(Purpose::SecondUser, Psi), user("bob", None));
    assert_eq!(question(Purpose::OtherWay, Psi), user("alice", None));
    let by_token = ("alice".to_owned(), Jabber, Some(Mechanism::VtgToken), Stage::Auth);
    assert_eq!(question(Purpose::OtherWay, Jabber), by_token);
    assert_eq!(question(Purpose::Login, Psi), ("alice".to_owned(), Psi, None, Stage::Session));
}

#[test]
fn the_mechanism_that_was_asked_for_is_the_second_users_where_a_password_serves_it() {
    let with = |name| target(&["--second-user", "bob", "--mechanism", name]).unwrap();
    let second = |target: &Target| asked(target, Purpose::SecondUser, ClientKind::Psi).2;
    assert_eq!(second(&with("SCRAM-SHA-1")), Some(Mechanism::ScramSha1));
    assert_eq!(second(&with("CISCO-VTG-TOKEN")), None);
    assert_eq!(asked(&with("SCRAM-SHA-1"), Purpose::OtherWay, ClientKind::Psi).2, None);
}

#[test]
fn a_second_user_is_another_one() {
    let error = target(&["--second-user", "ALICE"]).unwrap_err().to_string();
    assert!(error.contains("another user"), "{error}");
    let walk = target(&["--second-user", "bob"]).unwrap().walk;
    assert_eq!(walk.second_user.as_deref(), Some("bob"));
}

#[test]
fn what_runs_by_itself_is_given_up_and_what_a_person_steps_is_not() {
    let after = |seconds| Some(Duration::from_secs(seconds));
    for (silent, given_up) in [("10s", 30), ("45s", 45)] {
        let target = target(&["--silent-after", silent]).unwrap();
        for purpose in [Purpose::Login, Purpose::UnknownUser, Purpose::OtherWay, Purpose::SecondUser] {
            let step = step(purpose, ClientKind::Psi);
            assert_eq!(target.unattended(&step, None).login.marks.give_up, after(given_up));
            assert_eq!(target.attended(&step).login.marks.give_up, None);
        }
    }
}

#[test]
fn a_limit_is_hard_where_it_was_set_by_hand() {
    let limit = |arguments: &[&str]| {
        let target = target(arguments).unwrap();
        (target.max_attempts, target.hard_limit)
    };
    assert_eq!(limit(&[]), (MAX_ATTEMPTS, false));
    assert_eq!(limit(&["--max-attempts", "3"]), (3, true));
    assert_eq!(target(&["--all-nodes"]).unwrap().words, [UserAct::AllNodes]);
    // What is walked where nothing is said costs no more than the path inside.
    assert_eq!(target(&["--as", "all"]).unwrap().words, [UserAct::Outside]);
    for client in ["jabber", "psi", "edge"] {
        assert_eq!(target(&["--as", client]).unwrap().words, []);
    }
}
