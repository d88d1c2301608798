//! Steps, breakpoints, edits, typed text, and the trust gate.

use super::*;

fn stepped() -> Config {
    Config { pace: Pace::Stepped, ..config() }
}

#[test]
fn a_stepped_login_does_nothing_until_it_is_told_and_then_one_thing() {
    let mut login = Dialogue::new(stepped());
    login.then(&Next::Hold(Hold::Step));
    login.login.step();
    login.connects().then(&Next::Hold(Hold::Step)).holds_before("<stream:stream");
    login.login.step();
    login.sends("<stream:stream").hears(HEADER).hears(STARTTLS).then(&Next::Hold(Hold::Step));
}

#[test]
fn seven_steps_or_fewer_stand_at_auth() {
    let mut login = Dialogue::new(stepped());
    for step in 0..7 {
        if login.login.stage() == Some(Stage::Auth) {
            assert!(step >= 4, "a login has more steps than that");
            login.holds_before("{{plain}}");
            return;
        }
        login.login.step();
        match login.login.next() {
            Next::Connect => login.connects(),
            Next::Handshake => login.secures(trusted()),
            Next::Write(p) if p.sends == Sends::Starttls => login.sends("<starttls").hears(PROCEED),
            Next::Write(_) if step < 3 => login.sends("<stream").hears(HEADER).hears(STARTTLS),
            _ => login.sends("<stream").hears(HEADER).hears(MECHANISMS),
        };
    }
    panic!("not at auth after seven steps");
}

#[test]
fn a_running_login_stops_before_and_after_a_stage_and_goes_on() {
    let before = Breakpoint { stage: Stage::Auth, side: Side::Before };
    let after = Breakpoint { stage: Stage::Auth, side: Side::After };
    let mut login = Dialogue::at_auth(Config { breakpoints: vec![before, after], ..config() });
    login.then(&Next::Hold(Hold::Breakpoint(before)));
    login.login.run();
    login.sends("<auth").hears(SUCCESS).then(&Next::Hold(Hold::Breakpoint(after)));
    login.login.toggle(after);
    login.login.run();
    login.sends("<stream:stream");
}

#[test]
fn an_edited_proposal_is_what_is_sent_and_its_answer_is_awaited() {
    let mut login = Dialogue::at_auth(stepped());
    login.login.edit("<auth mechanism='X'>{{plain}}</auth>".into());
    login.holds_before("mechanism='X'");
    login.login.run();
    login.sends("mechanism='X'").awaits(Awaited::AuthAnswer).hears(SUCCESS).said("auth passed");
    assert!(!login.login.is_edited(), "an edit counts once");
}

#[test]
fn an_edit_that_sends_something_else_leaves_the_stage_where_it_is() {
    let mut login = Dialogue::at_auth(config());
    login.login.edit("<iq type='get' id='1'/>".into());
    login.sends("<iq").awaits(Awaited::Anything);
    login.hears("<iq type='error' id='1'/>").said("anything answered").holds_before("{{plain}}");
}

#[test]
fn typed_text_is_timed_in_any_state_and_the_script_goes_on() {
    let mut login = Dialogue::at_auth(stepped());
    login.types("<presence/>").awaits(Awaited::Anything).waits(ms(10_000)).said("anything silent");
    login.hears("<message/>").said("anything answered").holds_before("{{plain}}");
}

#[test]
fn a_typed_auth_is_the_auth() {
    let mut login = Dialogue::at_auth(stepped());
    login.types("<auth mechanism='PLAIN'>AGEAYg==</auth>").awaits(Awaited::AuthAnswer);
}

#[test]
fn skipping_leaves_the_script_and_says_so() {
    let mut login = Dialogue::at_auth(stepped());
    login.login.skip();
    login.types("<presence/>").said("auth skipped: by the user");
    assert!(login.login.is_off_script());
}

#[test]
fn aborting_closes_the_stream_and_then_does_not_wait_forever() {
    let mut login = Dialogue::at_auth(stepped());
    login.login.abort();
    login.sends("</stream:stream>").said("decided stopped").waits(ms(2000)).then(&Next::Over);
    let mut handshaking = Dialogue::new(config());
    handshaking.connects().sends("<stream:stream").hears(HEADER).hears(STARTTLS).sends("<starttls").hears(PROCEED);
    handshaking.login.abort();
    handshaking.then(&Next::Over);
}

fn untrusted(change: impl Fn(&mut Certificate)) -> Security {
    let mut security = trusted();
    security.certificate.as_mut().map(change);
    security
}

fn at_auth_with(security: Security, config: Config) -> Dialogue {
    let mut login = Dialogue::new(config);
    login.connects().sends("<stream:stream").hears(HEADER).hears(STARTTLS).sends("<starttls").hears(PROCEED);
    login.secures(security).sends("<stream:stream").hears(HEADER).hears(MECHANISMS);
    login
}

#[test]
fn no_credential_crosses_a_certificate_that_fails_until_it_is_accepted() {
    let mut login = at_auth_with(untrusted(|c| c.chain = Some("it is expired".into())), config());
    let Next::Hold(Hold::Gate(Gate::Certificate { fingerprint, why })) = login.login.next() else {
        panic!("the gate is shut: {:?}", login.login.next());
    };
    assert_eq!(why, ["it is expired"]);
    login.login.policy().accepted.push(fingerprint);
    login.sends("<auth");
}

#[test]
fn another_fingerprint_than_the_accepted_one_does_not_open_the_gate() {
    let policy = Policy { accepted: vec!["sha256:11".into()], ..config().policy };
    let login = at_auth_with(untrusted(|c| c.domain_ok = false), Config { policy, ..config() });
    assert!(matches!(login.login.next(), Next::Hold(Hold::Gate(Gate::Certificate { .. }))));
}

#[test]
fn psi_checks_the_domain_and_jabber_takes_the_nodes_name_too() {
    let wrong = || untrusted(|c| c.domain_ok = false);
    let psi = at_auth_with(wrong(), config());
    assert!(matches!(psi.login.next(), Next::Hold(Hold::Gate(Gate::Certificate { .. }))));
    let jabber = at_auth_with(wrong(), Config { client: ClientKind::Jabber, ..config() });
    assert!(matches!(jabber.login.next(), Next::Write(_)));
}

#[test]
fn nothing_overrules_a_key_that_was_not_proven() {
    let policy = Policy { insecure: true, accepted: vec!["sha256:00".into()], ..config().policy };
    let login = at_auth_with(untrusted(|c| c.key_proven = false), Config { policy, ..config() });
    assert_eq!(login.login.next(), Next::Hold(Hold::Gate(Gate::KeyNotProven)));
}

#[test]
fn a_clear_stream_carries_no_credential_without_the_users_word_typed_or_proposed() {
    let mut login = Dialogue::new(config());
    login.connects().sends("<stream:stream").hears(HEADER).hears(MECHANISMS).said("NoStarttls");
    login.then(&Next::Hold(Hold::Gate(Gate::Cleartext)));
    let typed = "<auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' mechanism='PLAIN'>AGEAYg==</auth>";
    assert_eq!(login.login.gate_for(typed), Some(Gate::Cleartext));
    assert_eq!(login.login.gate_for("<presence/>"), None);
    login.login.policy().cleartext = true;
    login.sends("<auth");
}

#[test]
fn the_budget_of_attempts_is_asked_for_before_it_is_exceeded() {
    let policy = Policy { attempts_used: 3, attempts_limit: 3, password: true, ..Policy::default() };
    let mut login = Dialogue::at_auth(Config { policy, ..config() });
    login.then(&Next::Hold(Hold::Gate(Gate::Attempts { used: 3, limit: 3 })));
}

#[test]
fn a_check_without_a_credential_walks_up_to_auth_and_says_so() {
    let policy = Policy { attempts_limit: 3, ..Policy::default() };
    let mut login = Dialogue::at_auth(Config { policy, attendance: Attendance::Unattended, ..config() });
    let Next::Hold(Hold::Gate(gate)) = login.login.next() else { panic!("the gate is shut") };
    login.login.stop_at_gate(&gate);
    login.sends("</stream:stream>").said("no credential").said("auth skipped").said("decided stopped");
}

#[test]
fn the_proof_of_a_counted_scram_needs_no_second_attempt_and_a_new_auth_does() {
    let policy = Policy { attempts_used: 3, exchange_counted: true, ..config().policy };
    let login = Dialogue::at_auth(Config { policy, ..stepped() });
    let gate = |text: &str| login.login.gate_for(text);
    assert!(matches!(gate("<response>{{scram}}</response>"), Some(Gate::Open(_))));
    assert_eq!(gate("<auth>{{plain}}</auth>"), Some(Gate::Attempts { used: 3, limit: 3 }));
}

#[test]
fn a_handshake_that_runs_is_not_passed_over() {
    let mut login = Dialogue::new(config());
    login.connects().sends("<stream:stream").hears(HEADER).hears(STARTTLS).sends("<starttls").hears(PROCEED);
    login.login.handshaking(login.now);
    login.login.skip();
    login.never_said("skipped").awaits(Awaited::Handshake);
}
