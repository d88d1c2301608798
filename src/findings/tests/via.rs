//! Stories of a run by way of a SOCKS proxy: whose fault each end is, and that nothing is claimed of TCP.

use super::super::code::{dns, tcp, tls, via, xmpp};
use super::walk_story::{DNS, healthy_record, url};
use super::{Scenario, alone, beside, codes, exit, found, lines, one};
use crate::discovery::Route;
use crate::journal::{
    Awaited, Clients, ClosedBy, DnsFact, How, HttpWhat, Outcome, RecordKind, Stage, StageMark, Transport, Via,
    WaitMark,
};
use crate::progress::story::{Story, outcome};

const IMP1: &str = "imp1.example.com:5222";

pub(super) const SCENARIOS: &[Scenario] = &[
    alone(via::UNREACHABLE, |story, fact| {
        *story = Story::by_way();
        tries(
            story,
            if fact { outcome(How::Lost, "proxy ECONNREFUSED") } else { outcome(How::Refused, "SOCKS 5") },
        );
    }),
    beside(via::UNREACHABLE, &[dns::NO_LOGIN_RECORDS], |story, fact| {
        *story = Story::by_way();
        for route in Route::ALL {
            let question = story.asks(&format!("{}.example.com", route.name()), RecordKind::Srv, DNS);
            let code = if fact { "proxy no SOCKS 5" } else { "SOCKS 5" };
            story.dns(question, DnsFact::Unreachable { transport: Transport::Tcp, code: code.into() });
            let how = if fact { How::Broken } else { How::Refused };
            story.over(question, outcome(how, code));
        }
    }),
    alone(via::REFUSED, |story, fact| {
        *story = Story::by_way();
        tries(story, outcome(How::Refused, if fact { "SOCKS 2" } else { "SOCKS 5" }));
    }),
    alone(tcp::REFUSED, |story, fact| {
        *story = Story::by_way();
        tries(story, outcome(How::Refused, if fact { "SOCKS 5" } else { "SOCKS 1" }));
    }),
    alone(tcp::TIMEOUT, |story, fact| {
        *story = Story::by_way();
        tries(story, outcome(How::TimedOut, if fact { "ETIMEDOUT" } else { "proxy ETIMEDOUT" }));
    }),
    alone(tcp::UNREACHABLE, |story, fact| {
        *story = Story::by_way();
        tries(story, outcome(How::Lost, if fact { "SOCKS 4" } else { "proxy closed" }));
    }),
    beside(via::CLOSED, &[xmpp::CLOSED], |story, fact| {
        *story = Story::by_way();
        story.login("imp1.example.com").tcp().enter(Stage::Stream).sent(
            "stream header",
            "<stream:stream>",
            0,
            None,
        );
        if !fact {
            story.header();
        }
        story.closed(ClosedBy::PeerFin, Some("FIN")).ended(How::Lost, "FIN");
    }),
    alone(dns::TIMEOUT, |story, fact| asks(story, fact, outcome(How::TimedOut, "SOCKS 6"))),
    alone(dns::PORT_CLOSED, |story, fact| asks(story, fact, outcome(How::Refused, "SOCKS 5"))),
    alone(dns::UNREACHABLE, |story, fact| asks(story, fact, outcome(How::Refused, "SOCKS 2"))),
    alone(xmpp::STREAM_SILENT, |story, fact| {
        *story = Story::by_way();
        story.login("imp1.example.com").tcp().enter(Stage::Stream);
        story.sent("stream header", "<stream:stream>", 0, None).wait(Awaited::StreamHeader);
        quiet(story, fact);
    }),
    alone(xmpp::AUTH_SILENT, |story, fact| {
        *story = Story::by_way();
        quiet(story.until_auth("imp1.example.com"), fact);
    }),
    alone(tls::SILENT, |story, fact| {
        *story = Story::by_way();
        let op = story.requests(HttpWhat::Version, url(HttpWhat::Version));
        let ended = outcome(if fact { How::TimedOut } else { How::Stopped }, "");
        story.connects(op, "cucm1.example.com:8443", 1, Outcome::ok()).shakes(op, 10_000, ended);
        story.over(op, outcome(How::TimedOut, "silent"));
    }),
    alone(via::CLOSED, |story, fact| {
        *story = Story::by_way();
        let op = story.requests(HttpWhat::Version, url(HttpWhat::Version));
        story.connects(op, "cucm1.example.com:8443", 1, Outcome::ok());
        story.shakes(op, 1, outcome(How::Lost, if fact { "FIN" } else { "TLS" }));
        story.over(op, outcome(How::Lost, "closed"));
    }),
];

/// The wait is silent, or only slow; of the kernel nothing is known.
fn quiet(story: &mut Story, silent: bool) {
    if silent {
        story.falls_silent(|_| Err("it would describe the proxy".into()));
    } else {
        story.after(2000).mark(WaitMark::Slow);
    }
}

/// All routes but one stand; its question ends so, or is answered.
fn asks(story: &mut Story, fact: bool, ended: Outcome) {
    *story = Story::by_way();
    story.routes_but(Route::XmppsClient);
    let name = "_xmpps-client._tcp.example.com";
    let op = story.asks(name, RecordKind::Srv, DNS);
    if fact {
        story.after(5000).over(op, ended);
    } else {
        story.told(op, "NOERROR", name, vec![healthy_record(Route::XmppsClient)]);
    }
}

/// A login whose connect ends so.
fn tries(story: &mut Story, ended: Outcome) {
    story.login("imp1.example.com").enter(Stage::Tcp).connect(IMP1, 5000, ended.clone());
    story.stage(Stage::Tcp, StageMark::Failed).ended(ended.how, "");
}

fn proxy() -> Via {
    Via { host: "127.0.0.1".into(), port: 1080, names: true }
}

impl Story {
    /// A run by way of a proxy, which resolves the names.
    fn by_way() -> Self {
        Story::walking_by(Clients::All, &[DNS], None, Some(proxy()))
    }
}

#[test]
fn the_words_say_by_way_of_which_proxy_and_what_it_answered() {
    let mut story = Story::by_way();
    tries(&mut story, outcome(How::Refused, "SOCKS 5"));
    let text = lines(&one(&story, tcp::REFUSED), 200).join("\n");
    assert!(text.contains("by way of socks5h://127.0.0.1:1080 (SOCKS 5, connection refused)"), "{text}");
    assert!(!text.contains("Most jump hosts"), "{text}");
}

#[test]
fn a_silent_auth_by_way_of_a_proxy_claims_nothing_of_tcp() {
    let mut story = Story::by_way();
    story.until_auth("imp1.example.com").falls_silent(|_| Err("it would describe the proxy".into()));
    let found = found(&story);
    assert!(!codes(&found).contains(&xmpp::NOT_ACKED) && !codes(&found).contains(&xmpp::WINDOW_CLOSED));
    let finding = one(&story, xmpp::AUTH_SILENT);
    assert_eq!(finding.arg("silence"), Some("unknown"));
    assert_eq!(
        finding.arg("local"),
        Some("10.9.9.5:51544 by way of socks5h://127.0.0.1:1080"),
        "the node sees another one"
    );
    let text = lines(&finding, 400).join("\n");
    assert!(text.contains("is unknown: what TCP tells here would describe the proxy"), "{text}");
    for claim in ["acked by", "host took", "window open", "Only 0 of"] {
        assert!(!text.contains(claim), "{claim}: {text}");
    }
}

#[test]
fn trouble_with_the_proxy_is_one_finding_whatever_it_kept_from() {
    let mut story = Story::by_way();
    for _ in 0..3 {
        tries(&mut story, outcome(How::Lost, "proxy ECONNREFUSED"));
    }
    let found = found(&story);
    let trouble: Vec<_> = found.iter().filter(|finding| finding.code == via::UNREACHABLE).collect();
    assert_eq!((trouble.len(), trouble[0].arg("tries"), exit(&found)), (1, Some("3 times"), 2));
    assert_eq!(trouble[0].subject, "127.0.0.1");
}

#[test]
fn a_slow_connect_by_way_of_a_proxy_is_no_overloaded_node() {
    for (mut story, expected) in [(Story::walking(&[DNS]), true), (Story::by_way(), false)] {
        story.login("imp1.example.com").enter(Stage::Tcp).connect(IMP1, 3000, Outcome::ok()).pass(Stage::Tcp);
        story.mechanisms().auth().refused(21, "not-authorized");
        assert_eq!(codes(&found(&story)).contains(&xmpp::NODE_OVERLOADED), expected);
    }
}
