//! Stories about the way in from outside.

use super::super::code::{edge, uds};
use super::super::{Severity, catalogue};
use super::walk_story::{DNS, HTML, USER, VERSION};
use super::{Scenario, alone, beside, codes, found, one};
use crate::journal::{Ask, BodyEnd, CertFact, Clients, How, HttpAsk, HttpWhat, OpId, Outcome};
use crate::progress::story::{Story, cert, good, outcome};

pub(super) const CONFIG: &str =
    "https://expe.example.com:8443/ZXhhbXBsZS5jb20/get_edge_config?service_name=_cisco-uds&service_name=_cuplogin";
pub(super) const INSIDE: &str = "https://cucm1.example.com:8443/cucm-uds/user/alice";
pub(super) const THROUGH: &str =
    "https://expe.example.com:8443/ZXhhbXBsZS5jb20vaHR0cHMvY3VjbTEuZXhhbXBsZS5jb20vODQ0Mw/cucm-uds/user/alice";
// protocol.md 8
const REFUSED: &str =
    "HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: Basic realm=\"Cisco-Edge\"\r\nServer: CE_C ECS\r\n\r\n";

pub(super) const SCENARIOS: &[Scenario] = &[
    alone(
        edge::AUTH_FAILED,
        |story, fact| {
            if fact { refused(story, 401, REFUSED) } else { answered(story, &healthy()) }
        },
    ),
    alone(edge::FORBIDDEN, |story, fact| {
        let head = "HTTP/1.1 403 Forbidden\r\nServer: CE_C ECS\r\n\r\n";
        if fact { refused(story, 403, head) } else { answered(story, &healthy()) }
    }),
    // A server that is not in the allow-list.
    alone(edge::FORBIDDEN, |story, fact| {
        answered(story, &healthy());
        let (url, inside) = (THROUGH.replace("user/alice", "version"), INSIDE.replace("user/alice", "version"));
        let ask = HttpAsk::new(HttpWhat::Version, url, Vec::new()).inside(&inside);
        let op = story.child(OpId(1), Ask::Http(ask));
        story.written(op, HttpWhat::Version);
        story.replied(op, 8, if fact { 403 } else { 200 }, if fact { HTML } else { VERSION });
    }),
    alone(edge::NEXT_HOP_FAILED, |story, fact| {
        handed_on(story, if fact { 502 } else { 200 }, if fact { HTML } else { USER });
    }),
    alone(edge::NAME_ERROR, |story, fact| {
        let body = healthy();
        let found = "<server><priority>1</priority><weight>1</weight><port>8443</port><address>cucm1.example.com</address></server>";
        answered(story, &if fact { body.replace(found, "<error>NameError</error>") } else { body });
    }),
    alone(edge::NO_UDS, |story, fact| {
        answered(
            story,
            &if fact {
                healthy().replace(">cucm1.example.com</address><tlsPort>", "></address><tlsPort>")
            } else {
                healthy()
            },
        );
    }),
    alone(edge::ERROR, |story, fact| {
        answered(story, &if fact { HTML.to_owned() } else { healthy() });
    }),
    alone(edge::SAN_LACKS_DOMAIN, |story, fact| {
        begun(
            story,
            &["DNS:expe.example.com", if fact { "DNS:example.net" } else { "SRV:_collab-edge._tls.example.com" }],
        );
    }),
    alone(edge::SILENT, |story, fact| {
        let op = begun(story, &["DNS:example.com"]);
        if fact {
            silent(story, op, HttpWhat::EdgeConfig);
        } else {
            story.written(op, HttpWhat::EdgeConfig).replied(op, 8, 200, &healthy());
        }
    }),
    // What UDS refuses through the edge is the refusal of UDS.
    beside(uds::AUTH_FAILED, &[], |story, fact| {
        handed_on(story, if fact { 401 } else { 200 }, if fact { HTML } else { USER });
    }),
];

fn silent(story: &mut Story, op: OpId, what: HttpWhat) {
    story.written(op, what);
    let since = story.now();
    let quiet = |mark| crate::journal::HttpFact::Quiet { mark, since };
    story.after(2000).http(op, quiet(crate::journal::QuietMark::Slow));
    story.after(8000).http(op, quiet(crate::journal::QuietMark::Silent));
    story.over(op, outcome(How::TimedOut, "silent"));
}

/// The literal answer of protocol.md 8, as a healthy one.
pub(super) fn healthy() -> String {
    "<?xml version='1.0' encoding='UTF-8'?><getEdgeConfigResponse version=\"1.0\"><serviceConfig>\
     <service><name>_cuplogin</name><error>NameError</error></service>\
     <service><name>_cisco-uds</name><server><priority>1</priority><weight>1</weight><port>8443</port><address>cucm1.example.com</address></server></service></serviceConfig>\
     <edgeConfig><xmppEdgeServer><server><address>expe.example.com</address><tlsPort>5222</tlsPort></server></xmppEdgeServer>\
     <userUdsServer><server><address>cucm1.example.com</address><tlsPort>8443</tlsPort></server></userUdsServer></edgeConfig></getEdgeConfigResponse>"
        .to_owned()
}

fn named(names: &[&str]) -> CertFact {
    CertFact { names: names.iter().map(|name| (*name).to_owned()).collect(), ..cert() }
}

/// A connection to the edge stands, with a certificate of these names.
fn begun(story: &mut Story, names: &[&str]) -> OpId {
    *story = Story::walking_as(Clients::Edge, &[DNS]);
    let op = story.requests(HttpWhat::EdgeConfig, CONFIG);
    story.secured(op, named(names), good(true, ""), true, true);
    op
}

fn answered(story: &mut Story, body: &str) {
    let op = begun(story, &["DNS:example.com"]);
    story.written(op, HttpWhat::EdgeConfig).replied(op, 8, 200, body);
}

fn refused(story: &mut Story, status: u16, head: &str) {
    let op = begun(story, &["DNS:example.com"]);
    story.written(op, HttpWhat::EdgeConfig).after(8).headed_so(op, status, head);
    story.bodied(op, "", BodyEnd::Complete).over(op, Outcome::new(How::Refused, status.to_string(), ""));
}

/// The user's record, through the edge.
fn handed_on(story: &mut Story, status: u16, body: &str) {
    answered(story, &healthy());
    let ask = HttpAsk::new(HttpWhat::User, THROUGH.into(), Vec::new()).inside(INSIDE);
    let op = story.child(OpId(1), Ask::Http(ask));
    story.written(op, HttpWhat::User).replied(op, 8, status, body);
}

/// What is told of an answer of the edge, or of one that it hands on.
fn got(story: &Story) -> Option<String> {
    let found = found(story);
    found.iter().find(|finding| finding.code == edge::ERROR)?.arg("got").map(str::to_owned)
}

#[test]
fn an_answer_that_tells_nothing_is_told_whoever_gave_it_and_what_has_a_code_is_not_told_twice() {
    let mut story = Story::new();
    for (status, said) in [(404, Some("status 404")), (503, Some("status 503")), (401, None), (403, None)] {
        refused(&mut story, status, &REFUSED.replace("401 Unauthorized", &format!("{status} No")));
        assert_eq!(got(&story).as_deref(), said, "{status}");
    }
    for (status, said) in [(200, Some("a web page")), (500, Some("status 500")), (401, None), (502, None)] {
        handed_on(&mut story, status, HTML);
        let got = got(&story);
        assert_eq!(got.is_some(), said.is_some(), "{status}: {got:?}");
        assert!(got.unwrap_or_default().starts_with(said.unwrap_or_default()), "{status}");
    }
    // Whoever it asked for its own answer: the password was refused.
    refused(&mut story, 401, &REFUSED.replace("Server: CE_C ECS\r\n", "").replace("Cisco-Edge", "of UDS"));
    assert_eq!((got(&story), one(&story, edge::AUTH_FAILED).arg("domain")), (None, Some("example.com")));
}

#[test]
fn a_uds_of_the_user_that_is_no_host_is_none() {
    let mut story = Story::new();
    answered(&mut story, &healthy().replace("cucm1.example.com</address><tls", "alice:pw@cucm1/</address><tls"));
    assert_eq!(one(&story, edge::NO_UDS).arg("got"), Some("\"alice:pw@cucm1/\" is no name of a host"));
    for named in ["cucm1.example.com.", "[fd00::1]", " 10.1.1.1 "] {
        answered(
            &mut story,
            &healthy().replace("cucm1.example.com</address><tls", &format!("{named}</address><tls")),
        );
        assert!(found(&story).iter().all(|finding| finding.code != edge::NO_UDS), "{named}");
    }
}

#[test]
fn an_edge_that_says_nothing_of_what_no_login_takes_is_warned_of() {
    let asked = |what, url: &str, inside: &str| {
        let mut story = Story::walking_as(Clients::Edge, &[DNS]);
        let op = story.child(OpId(1), Ask::Http(HttpAsk::new(what, url.to_owned(), Vec::new()).inside(inside)));
        story.secured(op, named(&["DNS:example.com"]), good(true, ""), true, true);
        (story, op)
    };
    let sso = "https://expe.example.com:8443/ZXhhbXBsZS5jb20/get_edge_sso?email=alice%40example.com";
    for (what, url, inside, severity) in [
        (HttpWhat::EdgeSso, sso, "", Severity::Warning),
        (HttpWhat::EpasConfig, THROUGH, INSIDE, Severity::Warning),
        (HttpWhat::EpasLogin, THROUGH, INSIDE, Severity::Critical),
        (HttpWhat::EdgeConfig, CONFIG, "", Severity::Critical),
    ] {
        let (mut story, op) = asked(what, url, inside);
        story.written(op, what).replied(op, 8, 500, HTML);
        assert_eq!(catalogue().severity(&one(&story, edge::ERROR)), severity, "{what:?}");
        let (mut story, op) = asked(what, url, inside);
        silent(&mut story, op, what);
        assert_eq!(catalogue().severity(&one(&story, edge::SILENT)), severity, "{what:?}");
    }
}

#[test]
fn a_refusal_through_the_edge_names_the_server_inside_and_one_of_the_edge_the_edge() {
    let mut story = Story::new();
    handed_on(&mut story, 401, HTML);
    assert_eq!(one(&story, uds::AUTH_FAILED).arg("node"), Some("cucm1.example.com"));
    handed_on(&mut story, 502, HTML);
    let next_hop = one(&story, edge::NEXT_HOP_FAILED);
    assert_eq!(
        (next_hop.subject.as_str(), next_hop.arg("inside")),
        ("expe.example.com", Some("cucm1.example.com"))
    );
    refused(&mut story, 401, REFUSED);
    assert_eq!(one(&story, edge::AUTH_FAILED).subject, "expe.example.com");
    assert!(!codes(&found(&story)).contains(&uds::AUTH_FAILED));
}

#[test]
fn a_record_that_is_missing_inside_is_no_fault_where_the_user_has_a_uds() {
    let mut story = Story::new();
    let body = healthy().replace("<server><priority>1</priority><weight>1</weight><port>8443</port><address>cucm1.example.com</address></server></service>", "<error>NameError</error></service>");
    answered(&mut story, &body);
    assert_eq!(super::exit(&found(&story)), 0);
    answered(&mut story, &body.replace(">cucm1.example.com</address><tlsPort>", "></address><tlsPort>"));
    assert_eq!(one(&story, edge::NO_UDS).explained_by, Some(edge::NAME_ERROR));
    assert_eq!(super::exit(&found(&story)), 2);
}
