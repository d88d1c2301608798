//! The questions of the control experiment: each is one login that ends by itself once it is answered.

use super::*;
use crate::protocol::sasl::Mechanism;

const IMPOSSIBLE: &str = "<auth xmlns=\"urn:ietf:params:xml:ns:xmpp-sasl\" mechanism=\"X-IMPSCOPE-NONE\"/>";
const INVALID_MECHANISM: &str =
    "<failure xmlns='urn:ietf:params:xml:ns:xmpp-sasl'><invalid-mechanism/></failure></stream:stream>";
const CHALLENGE: &str = "<challenge xmlns='urn:ietf:params:xml:ns:xmpp-sasl'/>";

/// A question as `check` asks it: to its answer, or until it is silent.
fn question(purpose: Purpose) -> Config {
    let marks = Marks { slow: ms(2000), silent: ms(10_000), give_up: Some(ms(10_000)) };
    Config { purpose, until: Stage::Auth, marks, attendance: Attendance::Unattended, ..config() }
}

/// A policy under which nothing may cross: no budget, nothing at hand.
fn nothing() -> Policy {
    Policy::default()
}

/// A dialogue up to the features with these mechanisms, on a connection of this security.
fn offered(config: Config, mechanisms: &[&str], security: Security) -> Dialogue {
    let mut login = Dialogue::new(config);
    login.connects().sends("<stream:stream").hears(HEADER).hears(STARTTLS).sends("<starttls").hears(PROCEED);
    login.secures(security).sends("<stream:stream").hears(HEADER);
    let list: String = mechanisms.iter().map(|name| format!("<mechanism>{name}</mechanism>")).collect();
    login.hears(&format!(
        "<stream:features><mechanisms xmlns='urn:ietf:params:xml:ns:xmpp-sasl'>{list}</mechanisms></stream:features>"
    ));
    login
}

fn untrusted() -> Security {
    let mut security = trusted();
    security.certificate.as_mut().unwrap().chain = Some("UnknownIssuer".into());
    security
}

#[test]
fn the_impossible_mechanism_is_asked_for_whatever_is_offered_and_whatever_is_allowed() {
    for mechanisms in [&["PLAIN"][..], &["CISCO-VTG-TOKEN"], &[]] {
        let config = Config { policy: nothing(), ..question(Purpose::ImpossibleMechanism) };
        let mut login = offered(config, mechanisms, untrusted());
        assert_eq!(login.login.proposal().unwrap().text, IMPOSSIBLE);
        login.sends(IMPOSSIBLE).awaits(Awaited::AuthAnswer).hears(INVALID_MECHANISM);
        login.said("authanswer answered").said("auth refused").said("decided refused invalid-mechanism");
        login.sends("</stream:stream>");
    }
}

#[test]
fn jabbers_spelling_does_not_make_a_credential_of_the_impossible_mechanism() {
    let purpose = Purpose::ImpossibleMechanism;
    let config = Config { client: ClientKind::Jabber, policy: nothing(), ..question(purpose) };
    offered(config, &["PLAIN"], untrusted()).sends(IMPOSSIBLE);
}

#[test]
fn an_impossible_mechanism_in_clear_holds_nothing_that_a_gate_would_keep_back() {
    let config = Config { policy: nothing(), ..question(Purpose::ImpossibleMechanism) };
    let mut login = Dialogue::new(config);
    login.connects().sends("<stream:stream").hears(HEADER).hears(MECHANISMS).sends(IMPOSSIBLE);
}

#[test]
fn what_looks_like_the_impossible_mechanism_and_holds_more_meets_the_gate() {
    let config = Config { policy: nothing(), ..question(Purpose::ImpossibleMechanism) };
    let login = offered(config, &["PLAIN"], trusted());
    let dressed = IMPOSSIBLE.replace("/>", ">AGFsaWNlAHNlY3JldA==</auth>");
    assert!(login.login.gate_for(&dressed).is_some_and(|gate| !matches!(gate, Gate::Open(_))));
    assert_eq!(login.login.gate_for(IMPOSSIBLE), None);
}

#[test]
fn a_question_that_nobody_answers_is_silent_and_given_up() {
    for purpose in [Purpose::ImpossibleMechanism, Purpose::UnknownUser, Purpose::SecondUser, Purpose::OtherWay] {
        let mut login = Dialogue::at_auth(question(purpose));
        login.sends("<auth").forget().waits(ms(9999)).never_said("silent").waits(ms(1));
        login.said("authanswer silent").said("decided timedout").sends("</stream:stream>").then(&Next::Over);
    }
}

#[test]
fn whatever_answers_a_question_ends_it() {
    for purpose in [Purpose::ImpossibleMechanism, Purpose::UnknownUser, Purpose::SecondUser, Purpose::OtherWay] {
        let asked = || {
            let mut login = Dialogue::at_auth(question(purpose));
            login.sends("<auth").forget();
            login
        };
        let mut refused = asked();
        refused.hears(NOT_AUTHORIZED).said("decided refused not-authorized").sends("</stream:stream>");
        refused.hears("</stream:stream>").then(&Next::Over);
        // Behind `<success/>` no stream is open that could be closed.
        asked().hears(SUCCESS).said("auth passed").said("decided ok").then(&Next::Over);
        let mut challenged = asked();
        challenged.hears(CHALLENGE).said("authanswer answered").said("decided broken challenge");
        challenged.sends("</stream:stream>");
    }
}

#[test]
fn an_unknown_user_is_asked_for_by_plain_alone() {
    let config = || Config { user: "impscope-probe".into(), ..question(Purpose::UnknownUser) };
    let mut login = offered(config(), &["SCRAM-SHA-256", "PLAIN"], trusted());
    login.sends("mechanism=\"PLAIN\">{{plain}}</auth>");
    // Not even where the user asked for another mechanism.
    let by_hand = Config { mechanism: Some(Mechanism::ScramSha256), ..config() };
    offered(by_hand, &["SCRAM-SHA-256", "PLAIN"], trusted()).sends("mechanism=\"PLAIN\"");
    let mut none = offered(config(), &["SCRAM-SHA-256", "CISCO-VTG-TOKEN"], trusted());
    none.said("NoMechanism").said("decided refused no mechanism").sends("</stream:stream>");
}

#[test]
fn a_made_up_password_needs_no_budget_and_every_trust() {
    let policy =
        |cleartext| Policy { attempts_used: 3, attempts_limit: 3, password: true, cleartext, ..nothing() };
    let config = |cleartext| Config { policy: policy(cleartext), ..question(Purpose::UnknownUser) };
    offered(config(false), &["PLAIN"], trusted()).sends("{{plain}}");
    let shut = offered(config(false), &["PLAIN"], untrusted());
    let why = vec!["UnknownIssuer".to_owned()];
    let gate = Gate::Certificate { fingerprint: "sha256:00".into(), why };
    assert_eq!(shut.login.next(), Next::Hold(Hold::Gate(gate.clone())));
    let mut unproven = trusted();
    unproven.certificate.as_mut().unwrap().key_proven = false;
    let shut_for_good = offered(config(false), &["PLAIN"], unproven);
    assert_eq!(shut_for_good.login.next(), Next::Hold(Hold::Gate(Gate::KeyNotProven)));
    for (cleartext, opens) in [(false, false), (true, true)] {
        let mut clear = Dialogue::new(config(cleartext));
        clear.connects().sends("<stream:stream").hears(HEADER).hears(MECHANISMS);
        assert_eq!(matches!(clear.login.next(), Next::Write(_)), opens);
    }
    let mut ended = offered(config(false), &["PLAIN"], untrusted());
    ended.login.stop_at_gate(&gate);
    ended.sends("</stream:stream>").said("untrusted").said("auth skipped").said("decided stopped");
}

#[test]
fn a_second_user_and_the_other_way_spend_from_their_budget() {
    for purpose in [Purpose::SecondUser, Purpose::OtherWay] {
        let policy = Policy { attempts_used: 1, attempts_limit: 1, password: true, ..nothing() };
        let mut login = offered(Config { policy, ..question(purpose) }, &["PLAIN"], trusted());
        login.then(&Next::Hold(Hold::Gate(Gate::Attempts { used: 1, limit: 1 })));
    }
}

#[test]
fn a_second_user_takes_the_best_mechanism_that_a_password_serves() {
    let login = |mechanisms: &[&str]| offered(question(Purpose::SecondUser), mechanisms, trusted());
    login(&["CISCO-VTG-TOKEN", "PLAIN"]).sends("mechanism=\"PLAIN\"");
    login(&["PLAIN", "SCRAM-SHA-1"]).sends("mechanism=\"SCRAM-SHA-1\"");
    login(&["CISCO-VTG-TOKEN"]).said("NoMechanism");
}

/// What the refusal of a mechanism that is not offered says, is said by the impossible one already.
#[test]
fn the_other_way_is_gone_only_where_it_is_offered() {
    let policy = Policy { attempts_limit: 3, password: true, token: true, ..nothing() };
    let by_token = || Config {
        client: ClientKind::Jabber,
        mechanism: Some(Mechanism::VtgToken),
        policy: policy.clone(),
        ..question(Purpose::OtherWay)
    };
    offered(by_token(), &["PLAIN", "CISCO-VTG-TOKEN"], trusted()).sends("mechanism='CISCO-VTG-TOKEN'");
    offered(by_token(), &["PLAIN"], trusted()).said("NoMechanism").never_said("authanswer");
    let spent = Config { policy: Policy { token: false, ..policy.clone() }, ..by_token() };
    let mut spent = offered(spent, &["PLAIN", "CISCO-VTG-TOKEN"], trusted());
    spent.then(&Next::Hold(Hold::Gate(Gate::NoCredential)));
}
