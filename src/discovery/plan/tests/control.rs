//! The control experiment: what is asked in which order, once for each word of the user's, and what it costs.

use super::dialogue::{Dialogue, NOTHING, PASSWORD, TOKEN};
use super::site::{Login, Reply, Site, full, soap};
use crate::discovery::plan::{Cost, Means};
use crate::discovery::walk::Walk;
use crate::discovery::walk::script::{given, goal};
use crate::journal::{Ask, Clients, HttpWhat, LoginAsk, Purpose, Stage, UserAct, WaitMark};

const WITH_SECOND: Means = Means { second: true, ..PASSWORD };

/// `imp1`, alice's home, leaves `<auth>` without an answer.
fn silent() -> Site {
    Site::healthy().login("imp1", Login::Silent)
}

fn on(host: &str) -> UserAct {
    UserAct::Control { host: full(host), port: 5222 }
}

fn asked(host: &str, questions: &[&str]) -> Vec<String> {
    questions
        .iter()
        .map(|question| format!("control {question}").replace(" @", &format!(" {host}.example.test:5222 ")))
        .collect()
}

const IMPOSSIBLE: &str = "impossible mechanism @psi";
const UNKNOWN: &str = "unknown user @psi";
const BY_TOKEN: &str = "the other way in @jabber";
const BY_PASSWORD: &str = "the other way in @psi";
const SECOND: &str = "second user @psi";

/// The questions that were asked, requests left out.
fn questions(walk: &Dialogue) -> Vec<&str> {
    walk.since().into_iter().filter(|name| name.starts_with("control ")).collect()
}

#[test]
fn nothing_is_asked_without_the_users_word_or_without_a_silence() {
    let walk = Dialogue::walked(goal(Clients::All), silent(), WITH_SECOND);
    assert_eq!(walk.asked_for("control"), [""; 0]);
    assert_eq!(walk.walk().can_control(&full("imp1"), 5222), Ok(()));
    for site in [Site::healthy(), Site::healthy().login("imp1", Login::Refused)] {
        let walk = Dialogue::walked(goal(Clients::All), site, WITH_SECOND);
        let why = walk.walk().can_control(&full("imp1"), 5222).unwrap_err();
        assert_eq!(why, "imp1.example.test has answered <auth>: there is no silence to explain");
        let why = walk.walk().can_control(&full("imp2"), 5222).unwrap_err();
        assert!(why.contains("no login with the credential was made on imp2.example.test yet"), "{why}");
        let walk = walk.after(UserAct::ControlAnywhere).after(on("imp1")).after(on("imp2"));
        assert_eq!(walk.asked_for("control"), [""; 0]);
        assert_eq!(walk.walk().cost(WITH_SECOND, &on("imp1")).attempts(), 0);
    }
}

#[test]
fn the_questions_come_one_after_the_other_and_the_token_beside_them() {
    let mut walk = Dialogue::walked(goal(Clients::All), silent(), PASSWORD);
    let by_token = Cost { by_token: 1, ..Cost::default() };
    assert_eq!(walk.walk().cost(PASSWORD, &on("imp1")), by_token, "EPAS was asked by the path");
    let before = walk.walk().attempts();
    walk.word(on("Imp1"));
    let mut first = asked("imp1", &[IMPOSSIBLE]);
    first.push("EPAS get-onetime-password imp1.example.test".to_owned());
    first.sort();
    assert_eq!(walk.asks(), first);
    assert!(walk.walk().can_control(&full("imp1"), 5222).unwrap_err().contains("under way"));
    walk.answer("EPAS get-onetime-password imp1.example.test");
    assert_eq!(walk.asks(), [""; 0], "one at a time");
    walk.answer(&asked("imp1", &[IMPOSSIBLE])[0]);
    assert_eq!(walk.asks(), asked("imp1", &[UNKNOWN]));
    walk.answer(&asked("imp1", &[UNKNOWN])[0]);
    assert_eq!(walk.asks(), asked("imp1", &[BY_TOKEN]));
    walk.run();
    assert_eq!(walk.walk().controls().len(), 3);
    assert_eq!(walk.walk().attempts(), before + by_token.attempts(), "what was named is what is used");
    assert!(walk.walk().is_done(PASSWORD) && walk.walk().can_control(&full("imp1"), 5222).is_ok());
}

#[test]
fn whatever_is_answered_and_whatever_is_silent_every_question_is_asked_once() {
    let purposes = [Purpose::ImpossibleMechanism, Purpose::UnknownUser, Purpose::OtherWay, Purpose::SecondUser];
    let replies = [None, Some(Login::Silent), Some(Login::Waits), Some(Login::Late)];
    for pattern in 0..replies.len().pow(4) {
        let mut goal = goal(Clients::All);
        goal.second_user = Some("bob".into());
        let mut site = silent();
        for (at, purpose) in purposes.into_iter().enumerate() {
            if let Some(login) = replies[pattern / replies.len().pow(at as u32) % replies.len()] {
                site = site.control(purpose, "imp1", login);
            }
        }
        let walk = Dialogue::walked(goal, site, WITH_SECOND).after(on("imp1"));
        assert_eq!(questions(&walk), asked("imp1", &[IMPOSSIBLE, UNKNOWN, BY_TOKEN, SECOND]), "{pattern}");
        assert!(walk.walk().plan(WITH_SECOND).is_empty());
    }
}

#[test]
fn a_login_that_still_waits_in_silence_is_explained_as_well() {
    let walk = Dialogue::walked(goal(Clients::All), Site::healthy().login("imp1", Login::Waits), PASSWORD);
    let walk = walk.after(UserAct::ControlAnywhere);
    assert_eq!(questions(&walk), asked("imp1", &[IMPOSSIBLE, UNKNOWN, BY_TOKEN]));
}

#[test]
fn a_silent_token_is_followed_by_the_password() {
    let mut walk = Dialogue::walked(goal(Clients::Jabber), silent(), PASSWORD);
    assert_eq!(walk.walk().cost(PASSWORD, &on("imp1")).attempts(), 1);
    let before = walk.walk().attempts();
    walk = walk.after(on("imp1"));
    assert_eq!(walk.since(), asked("imp1", &[IMPOSSIBLE, UNKNOWN, BY_PASSWORD]));
    assert_eq!(walk.walk().attempts(), before + 1);
}

#[test]
fn epas_is_asked_where_the_path_did_not_and_costs_an_attempt() {
    let mut goal = goal(Clients::Psi);
    goal.nodes = vec![given(&full("imp1"), 5222)];
    let walk = Dialogue::walked(goal.clone(), silent(), PASSWORD);
    assert_eq!(walk.asked_for("EPAS"), [""; 0]);
    let before = walk.walk().attempts();
    assert_eq!(walk.walk().cost(PASSWORD, &on("imp1")), Cost { epas: 1, by_token: 1, ..Cost::default() });
    let walk = walk.after(on("imp1"));
    assert_eq!(walk.walk().attempts(), before + 2);
    let epas = ["EPAS login imp1.example.test", "EPAS get-onetime-password imp1.example.test"];
    assert_eq!(walk.asked_for("EPAS"), epas, "the configuration is of no use here");
    assert_eq!(questions(&walk), asked("imp1", &[IMPOSSIBLE, UNKNOWN, BY_TOKEN]));
    for reply in [Reply::Silent, Reply::Dead, Reply::Gate, Reply::Http(401, "<html/>".into())] {
        let mut site = silent();
        site.reply(HttpWhat::EpasLogin, "imp1", reply);
        let walk = Dialogue::walked(goal.clone(), site, PASSWORD).after(on("imp1"));
        assert_eq!(walk.asked_for("EPAS"), epas[..1], "no session key, no token");
        assert_eq!(questions(&walk), asked("imp1", &[IMPOSSIBLE, UNKNOWN]));
        assert!(walk.walk().is_done(PASSWORD));
    }
}

#[test]
fn where_epas_is_slow_the_next_question_does_not_wait_for_it() {
    let mut goal = goal(Clients::Psi);
    goal.second_user = Some("bob".into());
    let mut walk = Dialogue::walked(goal, silent(), WITH_SECOND);
    walk.word(on("imp1"));
    walk.held = vec!["EPAS login"];
    walk.run();
    assert_eq!(questions(&walk), asked("imp1", &[IMPOSSIBLE, UNKNOWN, SECOND]));
    walk.held.clear();
    walk.run();
    assert_eq!(questions(&walk), asked("imp1", &[IMPOSSIBLE, UNKNOWN, SECOND, BY_TOKEN]));
}

#[test]
fn what_the_path_asks_of_epas_goes_first() {
    let mut site = Site::healthy().without("_cisco-uds._tcp");
    site.srv("_cuplogin._tcp", &[(10, 0, 8443, "imp1")]);
    let mut walk = Dialogue::new(goal(Clients::All), site, PASSWORD);
    walk.held = vec![" imp1.example.test"];
    walk.run();
    // A person stepped the other node meanwhile.
    let op = walk.script.begin(Ask::Login(LoginAsk::of_alice(&full("imp2"))));
    walk.script.auth_wait(op, WaitMark::Silent);
    let mut walk = walk.after(on("imp2"));
    assert_eq!(questions(&walk), asked("imp2", &[IMPOSSIBLE, UNKNOWN]));
    assert_eq!(walk.asked_for("EPAS login"), [""; 0]);
    walk.held.clear();
    walk.run();
    assert_eq!(walk.asked_for("EPAS login"), ["EPAS login imp1.example.test", "EPAS login imp2.example.test"]);
}

#[test]
fn where_a_node_sends_epas_elsewhere_nobody_follows() {
    let mut site = silent();
    let redirect = "<login-resp><redirect><host>imp2.example.test</host></redirect></login-resp>";
    site.ok(HttpWhat::EpasLogin, "imp1", &soap(redirect));
    let without = site.without("_cisco-uds._tcp");
    let walk = Dialogue::walked(goal(Clients::All), without, PASSWORD).after(on("imp1"));
    assert_eq!(walk.asked_for("EPAS login"), ["EPAS login imp1.example.test"]);
}

#[test]
fn without_a_password_what_needs_none_is_asked() {
    let mut goal = goal(Clients::All);
    goal.second_user = Some("bob".into());
    let walk = Dialogue::walked(goal.clone(), silent(), TOKEN).after(on("imp1"));
    assert_eq!(walk.since(), asked("imp1", &[IMPOSSIBLE, UNKNOWN]));
    let walk = Dialogue::walked(goal.clone(), silent(), Means { second: true, ..TOKEN }).after(on("imp1"));
    assert_eq!(walk.since(), asked("imp1", &[IMPOSSIBLE, UNKNOWN, SECOND]));
    // The user's password was at hand when the silence came, and is not any more.
    let mut walk = Dialogue::walked(goal, silent(), PASSWORD);
    walk.means = NOTHING;
    let walk = walk.after(on("imp1"));
    assert_eq!(questions(&walk)[..2], asked("imp1", &[IMPOSSIBLE, UNKNOWN]));
}

#[test]
fn a_token_that_was_given_is_the_other_way_in() {
    let both = Means { token: true, ..PASSWORD };
    let walk = Dialogue::walked(goal(Clients::Psi), silent(), both).after(on("imp1"));
    assert_eq!(questions(&walk), asked("imp1", &[IMPOSSIBLE, UNKNOWN, BY_TOKEN]));
    assert_eq!(walk.asked_for("onetime"), [""; 0]);
}

#[test]
fn a_refused_password_is_not_tried_again_by_the_experiment() {
    let walk = Dialogue::walked(goal(Clients::Psi), Site::healthy().login("imp1", Login::Late), PASSWORD);
    assert!(walk.walk().logins().iter().any(|login| login.is_late()));
    assert_eq!(walk.walk().cost(PASSWORD, &on("imp1")).attempts(), 0);
    let walk = walk.after(on("imp1"));
    assert_eq!(walk.since(), asked("imp1", &[IMPOSSIBLE, UNKNOWN]));
}

#[test]
fn an_unknown_user_is_asked_for_once_in_a_run() {
    let site = silent().login("imp2", Login::Silent);
    let mut walk = Dialogue::walked(goal(Clients::All), site, PASSWORD).after(UserAct::AllNodes);
    walk.word(on("imp2"));
    walk.word(on("imp1"));
    walk.run();
    assert_eq!(walk.asked_for("unknown user"), asked("imp1", &[UNKNOWN]), "the home node is the first");
    assert_eq!(walk.asked_for("impossible").len(), 2);
    let walk = walk.after(on("imp1"));
    assert_eq!(questions(&walk), asked("imp1", &[IMPOSSIBLE, BY_TOKEN]), "anew, but for the unknown user");
    let epas: Vec<&str> = walk.since().into_iter().filter(|name| name.starts_with("EPAS")).collect();
    assert_eq!(epas, ["EPAS get-onetime-password imp1.example.test"], "the first one has served");
}

#[test]
fn each_token_serves_the_node_that_gave_it() {
    let site = silent().login("imp2", Login::Silent);
    let mut walk = Dialogue::walked(goal(Clients::All), site, PASSWORD).after(UserAct::AllNodes);
    walk.word(on("imp2"));
    walk.word(on("imp1"));
    walk.run();
    let tokens: Vec<&str> =
        walk.since().into_iter().filter(|name| name.contains("onetime") || name.contains("other way")).collect();
    let of = |host: &str| {
        [format!("EPAS get-onetime-password {host}.example.test"), asked(host, &[BY_TOKEN]).remove(0)]
    };
    assert_eq!(tokens, [of("imp1"), of("imp2")].concat());
}

#[test]
fn without_a_named_node_the_experiment_is_made_on_one() {
    let chosen = |site: Site| {
        let mut walk = Dialogue::new(goal(Clients::All), site, PASSWORD);
        walk.word(UserAct::ControlAnywhere);
        walk.word(UserAct::AllNodes);
        walk.run();
        walk.asked_for("control impossible").join(", ")
    };
    let both = silent().login("imp2", Login::Silent);
    assert_eq!(chosen(both), asked("imp1", &[IMPOSSIBLE])[0], "the home node");
    assert_eq!(chosen(Site::healthy().login("imp2", Login::Silent)), asked("imp2", &[IMPOSSIBLE])[0]);
    assert_eq!(chosen(Site::healthy()), "");
}

#[test]
fn the_home_node_is_waited_for_and_what_has_begun_goes_on() {
    let site = silent().login("imp2", Login::Silent);
    let mut walk = Dialogue::new(goal(Clients::All), site.clone(), PASSWORD);
    walk.word(UserAct::ControlAnywhere);
    walk.word(UserAct::AllNodes);
    walk.held = vec!["credential imp1"];
    walk.run();
    assert_eq!(walk.asked_for("control"), [""; 0], "the home node may be silent as well");
    walk.held.clear();
    walk.run();
    assert_eq!(walk.asked_for("control impossible"), asked("imp1", &[IMPOSSIBLE]));
    let mut walk = Dialogue::new(goal(Clients::All), Site::healthy().login("imp2", Login::Silent), PASSWORD);
    walk.word(UserAct::ControlAnywhere);
    walk.word(UserAct::AllNodes);
    walk.held = vec!["control unknown"];
    walk.run();
    walk.site = site;
    walk.word(UserAct::AllNodes);
    walk.held.push("credential imp2");
    walk.run();
    walk.held.clear();
    walk.run();
    assert_eq!(walk.asked_for("control impossible"), asked("imp2", &[IMPOSSIBLE]));
    assert_eq!(walk.asked_for("control the other way").len(), 1);
}

#[test]
fn a_walk_that_ends_before_auth_asks_nothing() {
    let mut walk = Dialogue::walked(goal(Clients::All), silent(), PASSWORD);
    walk.means.until = Some(Stage::StreamTls);
    assert_eq!(walk.walk().cost(walk.means, &on("imp1")).attempts(), 0);
    let walk = walk.after(on("imp1"));
    assert_eq!(walk.since(), [""; 0]);
}

#[test]
fn a_control_question_is_no_login_of_the_users() {
    let walk = Dialogue::walked(goal(Clients::All), silent(), PASSWORD);
    let known = |walk: &Walk| (walk.logins().len(), walk.nodes(), walk.home());
    let before = known(&walk.walk());
    let mut walk = walk;
    walk.site.hostnames.insert(full("imp1"), vec!["imp9.example.test"]);
    let walk = walk.after(on("imp1"));
    assert_eq!(known(&walk.walk()), before, "nor does it name nodes");
    assert_eq!(walk.walk().controls().len(), 3);
}
