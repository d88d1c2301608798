//! Texts that act on a terminal, in every field that an edge controls, each looked at on every output.

use super::{EDGE, Row, Says, Site, play, server, sso_result};
use crate::hostile::outputs::{ESCAPES, HIDING, MARKUP, PILED, TURNING, everywhere};
use crate::hostile::table::http::{CUCM, say};
use crate::hostile::walks::arguments;
use crate::hostile::web::{Cucm, Request, UDS, answer, with_headers};
use crate::program::Finished;

/// All that a walk from outside writes.
fn walked(says: impl Fn(&Request) -> String + Send + Sync + 'static) -> Finished {
    let site = Site::new(move |request, line| say(line, &says(request)));
    everywhere(|before| arguments(before, &site.names, &site.authority, &["--as", "edge"]))
}

/// Whether users log in by SSO.
fn sso(odd: &'static str) -> Finished {
    let said = sso_result(&format!("<Status enabled='{odd}'/><AuthorizeUri>{odd}</AuthorizeUri>"));
    walked(move |request| match request.target.contains("/get_edge_sso?") {
        true => answer("200 OK", &said),
        false => Says::default().answer(request),
    })
}

/// The services that Expressway-C found: their names, why there is none, their servers.
fn services(odd: &'static str) -> Finished {
    let services = format!(
        "<service><name>_cisco-uds</name><error>{odd}</error></service><service><name>{odd}</name>\
         <error>{odd}</error><server><priority>{odd}</priority><port>{odd}</port><address>{odd}</address></server>\
         </service>{}<x a='{odd}'>{odd}</x>",
        server("_cuplogin", odd)
    );
    let says = Says { services, ..Says::default() };
    walked(move |request| says.answer(request))
}

/// Where XMPP and HTTP go, the route of SIP, and what nobody knows.
fn edges(odd: &'static str) -> Finished {
    let more = format!(
        "<sipRequest><route>{odd}</route></sipRequest><turnEdgeServer><server><address>{odd}</address></server>\
         </turnEdgeServer><httpEdgeServer><server><address>{odd}</address><tlsPort>{odd}</tlsPort></server>\
         </httpEdgeServer><xmppEdgeServer><server><address>{EDGE}</address></server></xmppEdgeServer><own x='{odd}'>{odd}</own>"
    );
    let says = Says { more, xmpp: odd.to_owned(), ..Says::default() };
    walked(move |request| says.answer(request))
}

/// The user's UDS, and no other CUCM.
fn uds(odd: &'static str) -> Finished {
    let says = Says { uds: odd.to_owned(), services: String::new(), ..Says::default() };
    walked(move |request| says.answer(request))
}

/// A refusal with headers full of it, where the password goes.
fn refusal(status: &'static str, odd: &'static str) -> Finished {
    let headers = format!(
        "WWW-Authenticate: Basic realm=\"{odd}\"\r\nLocation: https://{odd}/\r\nContent-Type: {odd}\r\n\
         Server: CE_C {odd}\r\nSet-Cookie: X-Auth={odd}; Domain={odd}\r\nVia: {odd}\r\n"
    );
    let said = with_headers(&status.replace("ODD", odd), &headers, &format!("<html><title>{odd}</title></html>"));
    walked(move |request| match request.target.contains("/get_edge_config?") {
        true => said.clone(),
        false => Says::default().answer(request),
    })
}

/// What it hands on, with its own cookie.
fn handed_on(odd: &'static str) -> Finished {
    let user = format!(
        "<email>{odd}</email><homeCluster enableImAndPresence='{odd}'>{odd}</homeCluster><imAndPresence>\
         <server>{odd}</server></imAndPresence><serviceProfile><uri>https://{CUCM}:{UDS}/{odd}</uri></serviceProfile>"
    );
    let says = Says { cucm: Cucm { home: Some(CUCM.to_owned()), user, ..Cucm::default() }, ..Says::default() };
    walked(move |request| says.answer(request))
}

#[rustfmt::skip]
const ROWS: &[Row] = poisoned![
    "an answer of get_edge_sso" ESCAPES = sso => ["TCP_REFUSED", "UDS_USER_UNASSIGNED"] "forbidden character U+001B";
    "an answer of get_edge_sso" TURNING = sso => ["TCP_REFUSED", "UDS_USER_UNASSIGNED"] "enabled='a\\u{9b}31;777mb";
    "an answer of get_edge_sso" HIDING = sso => ["TCP_REFUSED", "UDS_USER_UNASSIGNED"] "enabled='a\\u{200b}\\u{200c}\\u{200d}";
    "an answer of get_edge_sso" PILED = sso => ["TCP_REFUSED", "UDS_USER_UNASSIGNED"] "enabled='\u{301}z\u{301}";
    "an answer of get_edge_sso" MARKUP = sso => ["TCP_REFUSED", "UDS_USER_UNASSIGNED"] "enabled='&lt;script&gt;alert(1)";
    "the services of an edge" ESCAPES = services => ["EDGE_ERROR", "TCP_REFUSED"] "forbidden character U+001B";
    "the services of an edge" TURNING = services => ["TCP_REFUSED", "UDS_USER_UNASSIGNED"] "finds no _cisco-uds record (a\\\\u{9b}31;777mb";
    "the services of an edge" HIDING = services => ["TCP_REFUSED", "UDS_USER_UNASSIGNED"] "finds no _cisco-uds record (a\\\\u{200b}\\\\u{200c}\\\\u{200d}";
    "the services of an edge" PILED = services => ["TCP_REFUSED", "UDS_USER_UNASSIGNED"] "finds no _cisco-uds record (\\\\u{301}z\u{301}";
    "the services of an edge" MARKUP = services => ["TCP_REFUSED", "UDS_USER_UNASSIGNED"] "finds no _cisco-uds record (<script>alert(1)</script>";
    "the front ends of an edge" ESCAPES = edges => ["EDGE_ERROR", "TCP_REFUSED"] "forbidden character U+001B";
    "the front ends of an edge" TURNING = edges => ["TCP_REFUSED", "UDS_USER_UNASSIGNED"] "\"host\": \"a\\\\u{9b}31;777mb";
    "the front ends of an edge" HIDING = edges => ["TCP_REFUSED", "UDS_USER_UNASSIGNED"] "\"host\": \"a\\\\u{200b}\\\\u{200c}\\\\u{200d}";
    "the front ends of an edge" PILED = edges => ["TCP_REFUSED", "UDS_USER_UNASSIGNED"] "\"host\": \"\\\\u{301}z\u{301}";
    "the front ends of an edge" MARKUP = edges => ["TCP_REFUSED", "UDS_USER_UNASSIGNED"] "\"host\": \"<script>alert(1)</script>";
    "the UDS that an edge names" TURNING = uds => ["EDGE_NO_UDS", "TCP_REFUSED"] "cannot be asked (\\\"a\\\\u{9b}31;777mb";
    "the UDS that an edge names" HIDING = uds => ["EDGE_NO_UDS", "TCP_REFUSED"] "cannot be asked (\\\"a\\\\u{200b}\\\\u{200c}\\\\u{200d}";
    "the UDS that an edge names" MARKUP = uds => ["EDGE_NO_UDS", "TCP_REFUSED"] "cannot be asked (\\\"<script>alert(1)</script>";
    "a refusal of an edge" ESCAPES = |odd| refusal("401 Unauthorized", odd) => ["EDGE_ERROR", "TCP_REFUSED"] "something that is no HTTP";
    "a refusal of an edge" TURNING = |odd| refusal("401 Unauthorized", odd) => ["EDGE_AUTH_FAILED", "TCP_REFUSED"] "realm a\\\\u{9b}31;777mb";
    "a refusal of an edge" HIDING = |odd| refusal("401 Unauthorized", odd) => ["EDGE_AUTH_FAILED", "TCP_REFUSED"] "realm a\\\\u{200b}\\\\u{200c}\\\\u{200d}";
    "a redirect of an edge" PILED = |odd| refusal("302 ODD", odd) => ["EDGE_ERROR", "TCP_REFUSED"] "(302) to https://\u{301}z\u{301}";
    "a redirect of an edge" TURNING = |odd| refusal("302 ODD", odd) => ["EDGE_ERROR", "TCP_REFUSED"] "(302) to https://a\\\\u{9b}31;777mb";
    "an error of an edge" HIDING = |odd| refusal("502 ODD", odd) => ["EDGE_NEXT_HOP_FAILED", "TCP_REFUSED"] "Server: CE_C a\\u{200b}\\u{200c}\\u{200d}";
    "an error of an edge" MARKUP = |odd| refusal("500 ODD", odd) => ["EDGE_ERROR", "TCP_REFUSED"] "status 500, realm &lt;script&gt;alert(1)";
    "what an edge hands on" ESCAPES = handed_on => ["EDGE_ERROR", "TCP_REFUSED"] "forbidden character U+001B";
    "what an edge hands on" TURNING = handed_on => ["TCP_REFUSED"] "<server>a\\u{9b}31;777mb";
    "what an edge hands on" HIDING = handed_on => ["TCP_REFUSED"] "<server>a\\u{200b}\\u{200c}\\u{200d}";
    "what an edge hands on" PILED = handed_on => ["TCP_REFUSED"] "<server>\\u{301}z\u{301}";
    "what an edge hands on" MARKUP = handed_on => ["TCP_REFUSED"] "<server>&lt;script&gt;alert(1)";
];

#[test]
fn nothing_that_an_edge_says_acts_on_a_terminal() {
    play("terminal", ROWS);
}
