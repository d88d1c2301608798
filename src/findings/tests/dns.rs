//! Stories about DNS servers, service records and what they lead to.

use super::super::code::{dns, tcp};
use super::walk_story::{DNS, OTHER_DNS, USER, address, healthy_record, srv};
use super::{Scenario, alone, beside, catalogue, codes, exit, found, one};
use crate::discovery::Route;
use crate::findings::Severity;
use crate::journal::{Clients, DnsFact, How, HttpWhat, Outcome, RecordData, RecordKind, Transport};
use crate::progress::story::{Story, features, good, outcome};

pub(super) const SCENARIOS: &[Scenario] = &[
    beside(dns::NO_LOGIN_RECORDS, &[dns::SRV_ABSENT], |story, fact| {
        *story = Story::walking(&[DNS]);
        for route in Route::ALL {
            let there = !fact && route == Route::XmppClient;
            story.route(route, if there { vec![healthy_record(route)] } else { Vec::new() });
        }
    }),
    alone(dns::SRV_ABSENT, |story, fact| {
        *story = Story::walking(&[DNS]);
        story.routes_but(Route::XmppsClient);
        let record = healthy_record(Route::XmppsClient);
        story.route(Route::XmppsClient, if fact { Vec::new() } else { vec![record] });
    }),
    alone(dns::SRV_DISABLED, |story, fact| {
        *story = Story::walking(&[DNS]);
        story.routes_but(Route::XmppsClient);
        let target = if fact { "." } else { "imp1.example.com" };
        story.route(Route::XmppsClient, vec![srv(target, if fact { 0 } else { 5223 })]);
    }),
    alone(dns::TIMEOUT, |story, fact| ends(story, fact, outcome(How::TimedOut, "ETIMEDOUT"))),
    alone(dns::PORT_CLOSED, |story, fact| ends(story, fact, outcome(How::Refused, "ECONNREFUSED"))),
    alone(dns::UNREACHABLE, |story, fact| ends(story, fact, outcome(How::Lost, "ENETUNREACH"))),
    alone(dns::SERVFAIL, |story, fact| ends(story, fact, outcome(How::Refused, "SERVFAIL"))),
    alone(dns::REFUSED, |story, fact| ends(story, fact, outcome(How::Refused, "FORMERR"))),
    alone(dns::UNREADABLE, |story, fact| ends(story, fact, outcome(How::Broken, "unreadable"))),
    alone(dns::SERVERS_DIFFER, |story, fact| {
        *story = Story::walking(&[DNS, OTHER_DNS]);
        for route in Route::ALL {
            let (one, other) = (srv("cucm1.example.com", 8443), srv("cucm2.example.com", 8443));
            let both = vec![one.clone(), other.clone()];
            let is_uds = route == Route::CiscoUds;
            let here = if is_uds { both } else { vec![healthy_record(route)] };
            // The order of the records means nothing.
            let there = if fact && is_uds { vec![other] } else { here.iter().rev().cloned().collect() };
            story.route_at(DNS, route, here).route_at(OTHER_DNS, route, there);
        }
    }),
    alone(dns::SLOW, |story, fact| {
        *story = Story::walking(&[DNS]);
        let op = story.asks("cucm1.example.com", RecordKind::A, DNS);
        // An answer comes three milliseconds after it is waited for.
        story.after(if fact { 1997 } else { 1996 });
        story.told(op, "NOERROR", "cucm1.example.com", vec![address("10.1.2.21")]);
    }),
    alone(dns::LOCAL_CACHE, |story, fact| at_second_hand(story, if fact { "127.0.0.53:53" } else { DNS }, false)),
    alone(dns::LOCAL_CACHE, |story, fact| at_second_hand(story, "[::1]:53", !fact)),
    alone(dns::TARGET_UNRESOLVED, |story, fact| {
        with_uds(story, srv("cucm1.example.com", 8443));
        story.host("cucm1.example.com", if fact { &[] } else { &["10.1.2.21"] });
    }),
    alone(dns::TARGET_UNRESOLVED, |story, fact| unresolved(story, fact, Route::XmppClient, "imp1.example.com")),
    alone(dns::TARGET_UNRESOLVED, |story, fact| unresolved(story, fact, Route::CollabEdge, "expe.example.com")),
    alone(dns::TARGET_UNRESOLVED, |story, fact| {
        *story = Story::walking(&[DNS]);
        story.routes_but(Route::XmppsClient).route(Route::XmppsClient, vec![srv("imp1.example.com", 5223)]);
        story.exchange(
            HttpWhat::User,
            200,
            &USER.replace("http://cucm1.example.com:", "http://tftp1.example.com:"),
        );
        story.host("tftp1.example.com", if fact { &[] } else { &["10.1.2.31"] });
    }),
    alone(dns::TARGET_ALIAS, |story, fact| {
        with_uds(story, srv("cucm1.example.com", 8443));
        let op = story.asks("cucm1.example.com", RecordKind::A, DNS);
        let alias = RecordData::Alias("real.example.com".into());
        let records = if fact { vec![alias, address("10.1.2.21")] } else { vec![address("10.1.2.21")] };
        story.told(op, "NOERROR", "cucm1.example.com", records);
    }),
    alone(dns::TARGET_SHORT, |story, fact| {
        with_uds(story, srv(if fact { "cucm1" } else { "cucm1.example.com" }, 8443));
    }),
    alone(dns::TARGET_ADDRESS, |story, fact| {
        with_uds(story, srv(if fact { "10.1.2.21" } else { "cucm1.example.com" }, 8443));
    }),
    alone(dns::PORT_UNUSUAL, |story, fact| {
        with_uds(story, srv("cucm1.example.com", if fact { 443 } else { 8443 }));
    }),
    beside(dns::INSIDE_LEAK, &[tcp::TIMEOUT], |story, fact| {
        with_uds(story, srv("cucm1.example.com", 8443));
        let op = story.requests(HttpWhat::Version, "https://cucm1.example.com:8443/cucm-uds/version");
        let to = if fact { "10.1.2.21:8443" } else { "192.0.2.21:8443" };
        story.connects(op, to, 5000, outcome(How::TimedOut, "ETIMEDOUT"));
        story.over(op, outcome(How::TimedOut, "silent"));
    }),
    beside(dns::FALLBACK_TO_DOMAIN, &[dns::SRV_ABSENT], |story, fact| {
        without_xmpp(story, Clients::All);
        story.host("example.com", if fact { &["10.1.1.10", "10.1.1.11"] } else { &[] });
    }),
];

#[test]
fn a_connection_that_is_cut_is_no_server_out_of_reach() {
    let mut story = Story::new();
    ends(&mut story, true, outcome(How::Lost, "closed"));
    assert_eq!(codes(&found(&story)), [dns::UNREADABLE].into());
}

#[test]
fn messages_that_are_no_answer_are_told_of_where_none_comes() {
    let mut story = Story::walking(&[DNS]);
    story.routes_but(Route::XmppsClient);
    let op = story.asks("_xmpps-client._tcp.example.com", RecordKind::Srv, DNS);
    let why = "another id".to_owned();
    story.dns(op, DnsFact::Ignored { transport: Transport::Udp, why, bytes: 40 });
    story.after(5000).over(op, outcome(How::TimedOut, "ETIMEDOUT"));
    let transport = one(&story, dns::TIMEOUT).arg("transport").unwrap().to_owned();
    assert_eq!(transport, "UDP, and what came was no answer to it (another id)");
}

#[test]
fn a_server_that_refuses_tcp_alone_is_not_called_one_that_does_not_answer() {
    let mut story = Story::walking(&[DNS]);
    story.routes_but(Route::XmppsClient);
    let op = story.asks("_xmpps-client._tcp.example.com", RecordKind::Srv, DNS);
    story.dns(op, DnsFact::Unreachable { transport: Transport::Tcp, code: "ECONNREFUSED".into() });
    story.over(op, outcome(How::Refused, "ECONNREFUSED"));
    let transport = one(&story, dns::PORT_CLOSED).arg("transport").unwrap().to_owned();
    assert_eq!(transport, "TCP, after an answer over UDP that was truncated");
}

#[test]
fn a_target_that_is_no_host_is_told_of() {
    for target in ["\\027[31m.example.com", "*.example.com", "a\\032b.example.com"] {
        let mut story = Story::new();
        with_uds(&mut story, srv(target, 8443));
        assert_eq!(codes(&found(&story)), [dns::TARGET_UNRESOLVED].into(), "{target}");
        assert_eq!(exit(&found(&story)), 2);
    }
}

#[test]
fn a_record_of_another_name_is_none() {
    let mut story = Story::walking(&[DNS]);
    story.routes_but(Route::XmppsClient);
    let op = story.asks("_xmpps-client._tcp.example.com", RecordKind::Srv, DNS);
    story.told(op, "NOERROR", "other.example.com", vec![srv("imp1.example.com", 5223)]);
    assert_eq!(codes(&found(&story)), [dns::SRV_ABSENT].into());
}

/// No route of third-party clients has a record.
fn without_xmpp(story: &mut Story, clients: Clients) {
    *story = Story::walking_as(clients, &[DNS]);
    for route in Route::ALL {
        let is_theirs = matches!(route, Route::XmppClient | Route::XmppsClient);
        story.route(route, if is_theirs { Vec::new() } else { vec![healthy_record(route)] });
    }
}

/// All routes stand; that of Jabber inside has this record.
fn with_uds(story: &mut Story, record: RecordData) {
    *story = Story::walking(&[DNS]);
    story.routes_but(Route::CiscoUds).route(Route::CiscoUds, vec![record]);
}

/// All routes stand; the host of one of them has no address.
fn unresolved(story: &mut Story, fact: bool, route: Route, host: &str) {
    *story = Story::walking(&[DNS]);
    story.routes_but(route).route(route, vec![healthy_record(route)]);
    story.host(host, if fact { &[] } else { &["10.1.2.11"] });
}

/// A server answers as an authority, or with what others have told it.
fn at_second_hand(story: &mut Story, server: &str, authoritative: bool) {
    *story = Story::walking(&[server]);
    let op = story.asks("cucm1.example.com", RecordKind::A, server);
    story.told_by(authoritative, op, "NOERROR", "cucm1.example.com", vec![address("10.1.2.21")]);
}

/// All routes but one stand; its question ends so, or is answered.
fn ends(story: &mut Story, fact: bool, ended: Outcome) {
    *story = Story::walking(&[DNS]);
    story.routes_but(Route::XmppsClient);
    let name = "_xmpps-client._tcp.example.com";
    let op = story.asks(name, RecordKind::Srv, DNS);
    if fact {
        story.after(5000).over(op, ended);
    } else {
        story.told(op, "NOERROR", name, vec![healthy_record(Route::XmppsClient)]);
    }
}

/// Every question to this server ends so.
fn all_end(story: &mut Story, server: &str, ended: &Outcome) {
    for route in Route::ALL {
        let op = story.asks(&format!("{}.example.com", route.name()), RecordKind::Srv, server);
        story.after(5000).over(op, ended.clone());
    }
}

#[test]
fn a_server_that_answers_nothing_explains_that_there_are_no_records() {
    for (code, ended) in [
        (dns::TIMEOUT, outcome(How::TimedOut, "ETIMEDOUT")),
        (dns::SERVFAIL, outcome(How::Refused, "SERVFAIL")),
        (dns::PORT_CLOSED, outcome(How::Refused, "ECONNREFUSED")),
        (dns::REFUSED, outcome(How::Refused, "REFUSED")),
    ] {
        let mut story = Story::walking(&[DNS]);
        all_end(&mut story, DNS, &ended);
        assert_eq!(codes(&found(&story)), [code, dns::NO_LOGIN_RECORDS].into());
        assert_eq!(one(&story, dns::NO_LOGIN_RECORDS).explained_by, Some(code));
        assert_eq!((catalogue().severity(&one(&story, code)), exit(&found(&story))), (Severity::Critical, 2));
    }
}

#[test]
fn a_server_that_is_silent_beside_one_that_answers_is_a_warning_and_explains_nothing() {
    let mut story = Story::walking(&[DNS, OTHER_DNS]);
    all_end(&mut story, DNS, &outcome(How::TimedOut, "ETIMEDOUT"));
    for route in Route::ALL {
        story.route_at(OTHER_DNS, route, vec![healthy_record(route)]);
    }
    assert_eq!(codes(&found(&story)), [dns::TIMEOUT].into());
    assert_eq!(exit(&found(&story)), 1);
    let mut without = Story::walking(&[DNS, OTHER_DNS]);
    all_end(&mut without, DNS, &outcome(How::TimedOut, "ETIMEDOUT"));
    for route in Route::ALL {
        without.route_at(OTHER_DNS, route, Vec::new());
    }
    assert_eq!(one(&without, dns::NO_LOGIN_RECORDS).explained_by, None);
    assert_eq!(exit(&found(&without)), 2);
}

#[test]
fn one_finding_for_each_server_however_many_questions_it_leaves_open() {
    let mut story = Story::walking(&[DNS]);
    all_end(&mut story, DNS, &outcome(How::TimedOut, "ETIMEDOUT"));
    let timeouts: Vec<_> = found(&story).into_iter().filter(|finding| finding.code == dns::TIMEOUT).collect();
    assert_eq!(timeouts.len(), 1);
    assert_eq!(timeouts[0].subject, "10.1.1.53");
    assert_eq!(timeouts[0].arg("questions"), Some("SRV _cisco-uds._tcp.example.com and 4 more"));
    assert_eq!(timeouts[0].evidence.len(), 10);
}

#[test]
fn a_route_that_is_absent_is_a_warning_only_where_jabber_has_no_other() {
    let absent = |there: &[Route]| {
        let mut story = Story::walking(&[DNS]);
        for route in Route::ALL {
            story.route(route, if there.contains(&route) { vec![healthy_record(route)] } else { Vec::new() });
        }
        let found = found(&story);
        let graver = found.iter().filter(|finding| catalogue().severity(finding) > Severity::Info);
        graver
            .map(|finding| (finding.code, finding.arg("name").unwrap_or_default().to_owned()))
            .collect::<Vec<_>>()
    };
    assert_eq!(absent(&[Route::CiscoUds]), []);
    assert_eq!(absent(&[Route::CollabEdge]), []);
    let uds = (dns::SRV_ABSENT, "_cisco-uds._tcp.example.com".to_owned());
    assert_eq!(absent(&[Route::XmppClient]), [uds]);
}

#[test]
fn a_client_without_a_record_may_find_the_domain_itself() {
    let mut story = Story::walking_as(Clients::Psi, &[DNS]);
    story.route(Route::XmppClient, Vec::new()).route(Route::XmppsClient, Vec::new());
    assert_eq!(exit(&found(&story)), 2);
    story.login("example.com").tcp().stream(crate::journal::Stage::Stream, features(Some(true), &[], false));
    let finding = one(&story, dns::NO_LOGIN_RECORDS);
    assert_eq!(catalogue().severity(&finding), Severity::Warning);
}

#[test]
fn nothing_is_said_of_records_before_every_server_was_asked_for_every_route() {
    let mut story = Story::walking(&[DNS, OTHER_DNS]);
    for route in Route::ALL {
        story.route_at(DNS, route, Vec::new());
    }
    assert_eq!(codes(&found(&story)), [].into());
}

#[test]
fn what_is_asked_again_does_not_take_back_that_there_was_nothing() {
    let mut story = Story::walking(&[DNS]);
    for route in Route::ALL {
        story.route(route, Vec::new());
    }
    let before = found(&story);
    story.route(Route::CiscoUds, vec![healthy_record(Route::CiscoUds)]);
    assert_eq!(before, found(&story));
}

#[test]
fn a_target_without_an_address_is_milder_where_another_one_of_its_route_has_one() {
    let told = |other: &[&str]| {
        let mut story = Story::walking(&[DNS]);
        story.routes_but(Route::CiscoUds);
        story.route(Route::CiscoUds, vec![srv("cucm1.example.com", 8443), srv("cucm2.example.com", 8443)]);
        story.host("cucm1.example.com", &[]).host("cucm2.example.com", other);
        one(&story, dns::TARGET_UNRESOLVED)
    };
    assert_eq!(catalogue().severity(&told(&["10.1.2.22"])), Severity::Warning);
    let critical = told(&[]);
    assert_eq!(catalogue().severity(&critical), Severity::Critical);
    assert_eq!(critical.arg("named_by"), Some("_cisco-uds._tcp"));
    assert_eq!(critical.arg("why"), Some("NXDOMAIN"));
}

#[test]
fn the_domain_itself_is_no_target() {
    let mut story = Story::walking(&[DNS]);
    story.routes_but(Route::XmppClient).host("example.com", &[]);
    assert_eq!(codes(&found(&story)), [].into());
}

#[test]
fn a_wrong_port_explains_what_is_found_there_and_is_no_fault_where_uds_answers() {
    let told = |answers: bool| {
        let mut story = Story::walking(&[DNS]);
        story.routes_but(Route::CiscoUds).route(Route::CiscoUds, vec![srv("cucm1.example.com", 443)]);
        let url = "https://cucm1.example.com:443/cucm-uds/version";
        let (status, body) =
            if answers { (200, super::walk_story::VERSION) } else { (404, super::walk_story::HTML) };
        story.exchange_at(HttpWhat::Version, url, status, body);
        story
    };
    let wrong = told(false);
    assert_eq!(one(&wrong, super::super::code::uds::WRONG_SERVICE).explained_by, Some(dns::PORT_UNUSUAL));
    assert_eq!(exit(&found(&wrong)), 2);
    assert_eq!(exit(&found(&told(true))), 0);
}

#[test]
fn a_port_of_xmpp_that_is_nobodys_is_only_worth_knowing() {
    let told = |port| {
        let mut story = Story::walking(&[DNS]);
        story.routes_but(Route::XmppClient).route(Route::XmppClient, vec![srv("imp1.example.com", port)]);
        catalogue().severity(&one(&story, dns::PORT_UNUSUAL))
    };
    assert_eq!((told(15222), told(8443)), (Severity::Info, Severity::Critical));
}

#[test]
fn a_leak_explains_the_silence_inside_until_a_cucm_answers() {
    let leak = SCENARIOS.iter().find(|scenario| scenario.code == dns::INSIDE_LEAK).unwrap();
    let mut story = leak.told(true);
    assert_eq!(one(&story, tcp::TIMEOUT).explained_by, Some(dns::INSIDE_LEAK));
    story.exchange(HttpWhat::Version, 200, super::walk_story::VERSION);
    assert_eq!(catalogue().severity(&one(&story, dns::INSIDE_LEAK)), Severity::Info);
    assert_eq!(one(&story, tcp::TIMEOUT).explained_by, None);
}

#[test]
fn an_address_in_a_record_explains_that_no_certificate_fits_it() {
    let mut story = Story::walking(&[DNS]);
    story.routes_but(Route::CiscoUds).route(Route::CiscoUds, vec![srv("10.1.2.21", 8443)]);
    let op = story.requests(HttpWhat::Version, "https://10.1.2.21:8443/cucm-uds/version");
    story.secured(op, crate::progress::story::cert(), good(true, ""), false, true);
    let mismatch = one(&story, super::super::code::tls::NAME_MISMATCH);
    assert_eq!(mismatch.explained_by, Some(dns::TARGET_ADDRESS));
}

#[test]
fn a_question_that_we_stopped_says_nothing() {
    let mut story = Story::walking(&[DNS]);
    story.routes_but(Route::CiscoUds);
    let stopped = outcome(How::Stopped, "");
    let op = story.asks("_cisco-uds._tcp.example.com", RecordKind::Srv, DNS);
    story.over(op, stopped.clone());
    for kind in [RecordKind::A, RecordKind::Aaaa] {
        let op = story.asks("imp1.example.com", kind, DNS);
        story.over(op, stopped.clone());
    }
    let op = story.requests(HttpWhat::ServiceProfile, super::walk_story::url(HttpWhat::ServiceProfile));
    story.over(op, stopped);
    assert_eq!(codes(&found(&story)), [].into());
}

#[test]
fn servers_are_compared_by_what_they_say_and_a_silent_one_says_nothing() {
    let mut story = Story::walking(&[DNS, OTHER_DNS]);
    all_end(&mut story, OTHER_DNS, &outcome(How::Refused, "SERVFAIL"));
    for route in Route::ALL {
        story.route(route, vec![healthy_record(route)]);
    }
    assert_eq!(codes(&found(&story)), [dns::SERVFAIL].into());
    assert_eq!(exit(&found(&story)), 1);
}

#[test]
fn a_server_that_is_slow_is_told_of_once_with_its_worst() {
    let mut story = Story::walking(&[DNS, OTHER_DNS]);
    for (name, ms) in [("cucm1.example.com", 2500), ("cucm2.example.com", 4000), ("cucm3.example.com", 10)] {
        let op = story.asks(name, RecordKind::A, DNS);
        story.after(ms).told(op, "NOERROR", name, vec![address("10.1.2.21")]);
    }
    let all = found(&story);
    assert_eq!((all.len(), exit(&all)), (1, 1));
    let slow = one(&story, dns::SLOW);
    let said = ["server", "answer_time", "questions", "sent"].map(|name| slow.arg(name).unwrap());
    assert_eq!(said, ["10.1.1.53", "4.0 s", "A cucm1.example.com and A cucm2.example.com", "once"]);
    assert_eq!(slow.evidence.len(), 4);
}

#[test]
fn a_failure_that_comes_late_is_a_failure() {
    let mut story = Story::walking(&[DNS]);
    let op = story.asks("cucm1.example.com", RecordKind::A, DNS);
    story.after(3000).told(op, "SERVFAIL", "cucm1.example.com", Vec::new());
    assert_eq!(codes(&found(&story)), [dns::SERVFAIL].into());
}

#[test]
fn a_short_name_is_as_grave_as_that_it_has_no_address() {
    let told = |addresses: &[&str]| {
        let mut story = Story::new();
        with_uds(&mut story, srv("cucm1", 8443));
        story.host("cucm1", addresses);
        story
    };
    let resolved = told(&["10.1.2.21"]);
    assert_eq!((codes(&found(&resolved)), exit(&found(&resolved))), ([dns::TARGET_SHORT].into(), 1));
    let lost = told(&[]);
    assert_eq!(one(&lost, dns::TARGET_UNRESOLVED).explained_by, Some(dns::TARGET_SHORT));
    let short = one(&lost, dns::TARGET_SHORT);
    assert_eq!(catalogue().severity(&short), Severity::Critical);
    assert_eq!(short.arg("why"), Some("it has no address here (NXDOMAIN)"));
}

#[test]
fn a_short_name_beside_one_that_has_an_address_is_a_warning() {
    let mut story = Story::walking(&[DNS]);
    story.routes_but(Route::CiscoUds);
    story.route(Route::CiscoUds, vec![srv("cucm1", 8443), srv("cucm2.example.com", 8443)]);
    story.host("cucm1", &[]).host("cucm2.example.com", &["10.1.2.22"]);
    assert_eq!(one(&story, dns::TARGET_UNRESOLVED).explained_by, Some(dns::TARGET_SHORT));
    assert_eq!(exit(&found(&story)), 1);
}

#[test]
fn an_authority_on_this_host_that_knows_no_short_name_is_no_cache() {
    let mut story = Story::new();
    at_second_hand(&mut story, "127.0.0.53:53", true);
    let op = story.asks("cucm1", RecordKind::A, "127.0.0.53:53");
    story.told_by(false, op, "NXDOMAIN", "cucm1", Vec::new());
    assert_eq!(codes(&found(&story)), [].into());
}

#[test]
fn while_others_name_the_nodes_the_domains_own_address_is_only_worth_knowing() {
    let story = SCENARIOS.last().unwrap().told(true);
    let finding = one(&story, dns::FALLBACK_TO_DOMAIN);
    assert_eq!(finding.arg("addresses"), Some("10.1.1.10 and 10.1.1.11"));
    assert_eq!((catalogue().severity(&finding), exit(&found(&story))), (Severity::Info, 0));
}

/// A client without a record tries the domain's own address, and the connect ends so.
fn falls_back(ended: Outcome) -> Story {
    let mut story = Story::new();
    without_xmpp(&mut story, Clients::Psi);
    story.host("example.com", &["10.1.1.10"]).login("example.com");
    story.enter(crate::journal::Stage::Tcp).connect("10.1.1.10:5222", 1, ended.clone());
    if ended.how == How::Ok {
        story.pass(crate::journal::Stage::Tcp).starttls();
    } else {
        story.ended(ended.how, "ECONNREFUSED");
    }
    story
}

#[test]
fn that_there_are_no_records_explains_what_came_of_the_domains_own_address() {
    let story = falls_back(outcome(How::Refused, "ECONNREFUSED"));
    let by = |code| one(&story, code).explained_by;
    assert_eq!(by(dns::FALLBACK_TO_DOMAIN), Some(dns::NO_LOGIN_RECORDS));
    assert_eq!(by(tcp::REFUSED), Some(dns::FALLBACK_TO_DOMAIN));
    assert_eq!(by(dns::NO_LOGIN_RECORDS), None);
    let got = one(&story, dns::FALLBACK_TO_DOMAIN).arg("got").unwrap().to_owned();
    assert_eq!(got, "no XMPP server answered there: ECONNREFUSED");
}

#[test]
fn an_xmpp_server_at_the_domains_own_address_is_no_fault() {
    let story = falls_back(Outcome::ok());
    assert_eq!(one(&story, dns::FALLBACK_TO_DOMAIN).arg("got"), Some("an XMPP server answers there"));
    assert_eq!(catalogue().severity(&one(&story, dns::FALLBACK_TO_DOMAIN)), Severity::Info);
}

#[test]
fn a_target_of_a_dot_forbids_the_domains_own_address() {
    let mut story = Story::walking(&[DNS]);
    story.routes_but(Route::XmppClient).route(Route::XmppClient, vec![srv(".", 0)]);
    story.host("example.com", &["10.1.1.10"]);
    assert!(!codes(&found(&story)).contains(&dns::FALLBACK_TO_DOMAIN));
}
