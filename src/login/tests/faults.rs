//! Logins as they fail: silence above all.

use super::*;

#[test]
fn an_auth_without_an_answer_is_slow_then_silent_and_looked_at_every_ten_seconds() {
    let mut login = Dialogue::authenticating(config());
    login.waits(ms(1999)).never_said("slow").waits(ms(1)).said("authanswer slow").never_said("silent");
    login.waits(ms(7999)).never_said("silent").waits(ms(1)).said("authanswer silent");
    login.forget().waits(ms(10_000)).said("authanswer still").then(&Next::Wait);
}

#[test]
fn a_late_answer_is_still_taken_and_timed() {
    let mut login = Dialogue::authenticating(config());
    login.waits(ms(30_000)).forget().hears(NOT_AUTHORIZED).said("authanswer answered");
    login.said("auth refused").said("decided refused not-authorized");
}

#[test]
fn a_check_gives_up_at_its_limit_and_does_not_wait_for_the_stream_to_be_closed() {
    let marks = Marks { slow: ms(2000), silent: ms(10_000), give_up: Some(ms(10_000)) };
    let mut login = Dialogue::authenticating(Config { marks, attendance: Attendance::Unattended, ..config() });
    login.waits(ms(10_000)).said("authanswer silent").said("authanswer gaveup").said("decided timedout");
    login.sends("</stream:stream>").then(&Next::Over);
}

#[test]
fn a_header_that_cannot_be_read_ends_the_login_and_an_element_does_not() {
    let mut login = Dialogue::new(config());
    login.connects().sends("<stream:stream").hears("<a x='1' x='2'/>").awaits(Awaited::StreamHeader);
    login.hears("<stream:stream id=1>").said("stream failed").said("decided broken not xml");
}

#[test]
fn every_wait_has_its_own_name() {
    let mut login = Dialogue::new(config());
    login.connects().sends("<stream:stream").awaits(Awaited::StreamHeader);
    login.hears(HEADER).awaits(Awaited::Features).hears(STARTTLS).sends("<starttls").awaits(Awaited::Proceed);
    login.hears(PROCEED).secures(trusted()).sends("<stream:stream").awaits(Awaited::StreamHeader);
}

#[test]
fn a_refused_password_stays_connected_for_a_person_and_ends_a_check() {
    let mut attended = Dialogue::authenticating(config());
    attended
        .hears(NOT_AUTHORIZED)
        .said("decided refused not-authorized")
        .then(&Next::Hold(Hold::NothingToPropose));
    let mut check = Dialogue::authenticating(Config { attendance: Attendance::Unattended, ..config() });
    check.hears(NOT_AUTHORIZED).sends("</stream:stream>").hears("</stream:stream>").then(&Next::Over);
}

#[test]
fn bytes_behind_proceed_are_kept_apart() {
    let mut login = Dialogue::new(config());
    login.connects().sends("<stream:stream").hears(HEADER).hears(STARTTLS).sends("<starttls").forget();
    login.hears(&format!("{PROCEED}<auth/>")).said("7 bytes behind proceed").never_said("frame <auth/>");
    login.secures(trusted()).sends("<stream:stream").hears(HEADER).hears(MECHANISMS).sends("<auth");
}

#[test]
fn a_stream_error_is_described_with_the_host_that_it_names() {
    let mut login = Dialogue::authenticating(config());
    login.hears(
        "<stream:error><see-other-host xmlns='urn:ietf:params:xml:ns:xmpp-streams'>imp2.example.eu:5222\
         </see-other-host></stream:error></stream:stream>",
    );
    login.said("see-other-host").said("auth refused").said("decided refused see-other-host");
}

#[test]
fn a_connection_that_is_closed_without_a_word_is_decided_once() {
    let mut login = Dialogue::authenticating(config());
    login.loses_connection().said("auth failed").said("decided lost fin").then(&Next::Over);
    let mut refused = Dialogue::authenticating(config());
    refused.hears(NOT_AUTHORIZED).hears("</stream:stream>").forget().loses_connection().never_said("decided");
}

#[test]
fn unexpected_elements_are_described_and_the_wait_goes_on() {
    let mut login = Dialogue::authenticating(config());
    login.hears(MECHANISMS).said("came: \"<stream:features>\"").hears("<foo xmlns='bar'/>").said("<foo>");
    login.awaits(Awaited::AuthAnswer).hears(SUCCESS).said("auth passed");
}

#[test]
fn a_success_that_nobody_asked_for_authenticates_nobody() {
    let mut login = Dialogue::at_auth(config());
    login.hears(SUCCESS).said("came: \"<success>\"").never_said("auth passed").sends("<auth");
}

#[test]
fn what_is_no_xml_is_described_and_names_the_byte() {
    let mut login = Dialogue::new(config());
    login.connects().sends("<stream:stream").hears("HTTP/1.1 400 Bad Request\r\n\r\n").loses_connection();
    login.said("HTTP/1.1 400 Bad Request").said("stream failed");
    let mut broken = Dialogue::authenticating(config());
    broken
        .hears("<a b='1' <>")
        .said("decided broken not xml")
        .hears("more")
        .then(&Next::Hold(Hold::NothingToPropose));
}

#[test]
fn a_challenge_where_the_mechanism_has_none_breaks_the_login_at_once() {
    let mut login = Dialogue::authenticating(config());
    let challenge = "<challenge xmlns='urn:ietf:params:xml:ns:xmpp-sasl'>YQ==</challenge>";
    login.hears(challenge).said("SaslBroken").said("decided broken challenge");
    login.hears(challenge).then(&Next::Hold(Hold::NothingToPropose));
}

#[test]
fn features_without_a_usable_mechanism_say_what_was_offered() {
    let mut login = Dialogue::new(Config { attendance: Attendance::Unattended, ..config() });
    login.connects().sends("<stream:stream").hears(HEADER).hears(STARTTLS).sends("<starttls").hears(PROCEED);
    login.secures(trusted()).sends("<stream:stream").hears(HEADER);
    login.hears(
        "<stream:features><mechanisms xmlns='urn:ietf:params:xml:ns:xmpp-sasl'><mechanism>WEBEX-TOKEN</mechanism>\
         </mechanisms></stream:features>",
    );
    login.said("NoMechanism { offered: [\"WEBEX-TOKEN\"] }").said("decided refused no mechanism");
}

#[test]
fn a_write_that_the_peer_does_not_take_is_a_wait_too() {
    let mut login = Dialogue::at_auth(config());
    login.login.write_stuck(login.now);
    login.waits(ms(10_000)).said("written slow").said("written silent");
}

/// A login that reached what was asked for, and whose `</stream:stream>` went.
fn closing() -> Dialogue {
    let marks = Marks { slow: ms(60_000), silent: ms(120_000), give_up: None };
    let until = Stage::StreamAuth;
    let mut login =
        Dialogue::authenticating(Config { marks, until, attendance: Attendance::Unattended, ..config() });
    login.hears(SUCCESS).sends("<stream:stream").hears(HEADER).hears(SESSION_FEATURES);
    login.sends("</stream:stream>").awaits(Awaited::StreamClose);
    login.forget();
    login
}

#[test]
fn a_close_that_nobody_answers_takes_two_seconds_whatever_the_marks_are() {
    let mut login = closing();
    login.waits(ms(1999)).then(&Next::Wait).waits(ms(1)).then(&Next::Over);
}

#[test]
fn whatever_comes_behind_our_close_the_login_ends_and_what_was_reached_stays() {
    for behind in ["<stream:stream xmlns='x'><stream:error/>", "<<<", "</stream:stream>"] {
        let mut login = closing();
        login.hears(behind).never_said("failed").never_said("refused").then(&Next::Over);
    }
}

#[test]
fn a_close_that_the_peer_does_not_take_ends_in_two_seconds() {
    let mut login = Dialogue::at_auth(Config { until: Stage::StreamTls, ..config() });
    login.login.step();
    login.login.write_stuck(login.now);
    login.waits(ms(2000)).then(&Next::Over);
}

#[test]
fn what_is_over_stays_over_whatever_a_late_driver_tells() {
    let late: [fn(&mut Login); 7] = [
        |login| login.connecting(Offset(1)),
        |login| login.connected(),
        |login| login.handshaking(Offset(1)),
        |login| login.handshaken(trusted()),
        |login| login.write_stuck(Offset(1)),
        |login| login.sent(&Sends::StreamClose, None, Offset(1)),
        |login| login.abort(),
    ];
    for (at, tell) in late.into_iter().enumerate() {
        let mut login = Dialogue::at_auth(config());
        login.loses_connection().then(&Next::Over);
        tell(&mut login.login);
        assert_eq!((login.login.next(), login.login.deadline()), (Next::Over, None), "{at}");
    }
}

#[test]
fn a_close_that_is_cut_short_leaves_nothing_to_wait_for() {
    let mut login = Dialogue::at_auth(config());
    login.types("</stream:stream>").awaits(Awaited::StreamClose);
    login.login.abort();
    login.then(&Next::Over);
    assert_eq!((login.login.awaited(), login.login.deadline()), (None, None));
}
