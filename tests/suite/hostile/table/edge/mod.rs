//! An Expressway-E that breaks the rules, or keeps to them and means harm (protocol.md 8): where it is asked whether
//! users log in by SSO, where the password goes to it, and where it hands a request on.
//!
//! `abuse` has what any server of HTTP can do, `said` what stands in its answers, `terminal` texts that act on one.

mod abuse;
mod said;
mod terminal;

use std::io;

use data_encoding::BASE64_NOPAD;

use super::http::{CUCM, Play, say};
use super::{Row, play};
use crate::hostile::names::{Names, Record};
use crate::hostile::outputs::is_clean;
use crate::hostile::walks::walk;
use crate::hostile::web::{Authority, Cucm, Line, Request, UDS, Web, answer, own_address};
use crate::program::Finished;

/// By this name alone clients take it for the domain's edge.
const EDGE: &str = "collab-edge.example.test";

/// What is asked of an edge.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Asked {
    Sso,
    Config,
    /// What it hands on, with the user's credential.
    Record,
    Other,
}

impl Asked {
    fn of(request: &Request) -> Self {
        match request.target.as_str() {
            target if target.contains("/get_edge_sso?") => Self::Sso,
            target if target.contains("/get_edge_config?") => Self::Config,
            target if target.contains("/cucm-uds/user/") => Self::Record,
            _ => Self::Other,
        }
    }
}

/// A domain into which only an edge leads, whose web server plays this.
struct Site {
    authority: Authority,
    names: Names,
    web: Web,
}

impl Site {
    fn new(play: impl Fn(&Request, &mut dyn Line) -> io::Result<()> + Send + Sync + 'static) -> Self {
        let (authority, place) = (Authority::new(), own_address());
        let route = Record::srv("_collab-edge._tls.example.test", UDS, EDGE);
        let web = Web::plays_at((place, UDS).into(), Some(authority.vouches(EDGE)), play);
        Self { authority, names: Names::of(vec![route, Record::a(EDGE, place)]), web }
    }

    /// A walk from outside, of which nothing acts on a terminal. The password goes out so often, and never where an
    /// edge is asked about SSO.
    #[track_caller]
    fn walk(&self, credentials: usize) -> Finished {
        let finished = walk(&self.names, &self.authority, &["--as", "edge", "--silent-after", "2s"]);
        is_clean("a walk", &finished);
        let heard = self.web.heard();
        assert!(heard.iter().all(|request| Asked::of(request) != Asked::Sso || !request.has_credential()));
        assert_eq!(self.web.credentials(), credentials, "{finished:#?}");
        finished
    }
}

/// An edge that plays this for one kind of request, and is honest otherwise. It is asked for that once.
#[track_caller]
fn at(asked: Asked, credentials: usize, play: Play) -> Finished {
    let site =
        Site::new(
            move |request, line| {
                if Asked::of(request) == asked { play(request, line) } else { say(line, &honest(request)) }
            },
        );
    let finished = site.walk(credentials);
    let times = site.web.heard().iter().filter(|request| Asked::of(request) == asked).count();
    assert_eq!(times, 1, "{finished:#?}");
    finished
}

/// At `get_edge_sso`. What it says there keeps the password from nobody but itself: an honest edge takes it after all.
#[track_caller]
fn sso(play: Play) -> Finished {
    at(Asked::Sso, 2, play)
}

/// At `get_edge_config`: the password leaves once.
#[track_caller]
fn config(play: Play) -> Finished {
    at(Asked::Config, 1, play)
}

/// At the user's record, which it hands on: the password has gone to the edge and to UDS behind it.
#[track_caller]
fn record(play: Play) -> Finished {
    at(Asked::Record, 2, play)
}

/// What an edge says.
struct Says {
    /// Whether users log in by SSO.
    sso: String,
    /// What stands in `serviceConfig`.
    services: String,
    /// The user's UDS, and where XMPP goes.
    uds: String,
    xmpp: String,
    /// What else stands in `edgeConfig`.
    more: String,
    cucm: Cucm,
}

impl Default for Says {
    fn default() -> Self {
        Self {
            sso: "false".to_owned(),
            services: server("_cisco-uds", CUCM),
            uds: CUCM.to_owned(),
            xmpp: EDGE.to_owned(),
            more: String::new(),
            cucm: Cucm { home: Some(CUCM.to_owned()), ..Cucm::default() },
        }
    }
}

/// A service that Expressway-C found, with this server.
fn server(name: &str, address: &str) -> String {
    format!(
        "<service><name>{name}</name><server><priority>1</priority><weight>1</weight><port>{UDS}</port>\
         <address>{address}</address></server></service>"
    )
}

impl Says {
    /// `getEdgeConfigResponse`
    fn config(&self) -> String {
        let Self { services, uds, xmpp, more, .. } = self;
        format!(
            "<getEdgeConfigResponse version='1.0'><serviceConfig>{services}</serviceConfig><edgeConfig>\
             <xmppEdgeServer><server><address>{xmpp}</address><tlsPort>5222</tlsPort></server></xmppEdgeServer>{more}\
             <userUdsServer><server><address>{uds}</address><tlsPort>{UDS}</tlsPort></server></userUdsServer>\
             </edgeConfig></getEdgeConfigResponse>"
        )
    }

    /// Its answer to a request: its own, or that of the server behind it.
    fn answer(&self, request: &Request) -> String {
        let (prefix, path) = request.target[1..].split_once('/').unwrap_or_default();
        match Asked::of(request) {
            Asked::Sso => answer("200 OK", &sso_result(&format!("<Status enabled='{}'/>", self.sso))),
            Asked::Config => answer("200 OK", &self.config()),
            Asked::Record | Asked::Other => {
                assert!(BASE64_NOPAD.decode(prefix.as_bytes()).is_ok(), "{}", request.target);
                self.cucm.answer(&Request { target: format!("/{path}"), text: request.text.clone() })
            }
        }
    }
}

fn sso_result(inside: &str) -> String {
    format!("<SSOResult><Response><SingleSignOn>{inside}</SingleSignOn></Response></SSOResult>")
}

fn honest(request: &Request) -> String {
    Says::default().answer(request)
}

#[test]
fn what_any_server_can_do_about_a_request() {
    play("edge", abuse::SSO);
}

#[test]
fn what_any_server_can_do_about_a_request_with_the_password() {
    play("edge", abuse::CONFIG);
}

#[test]
fn what_any_server_can_do_about_a_request_that_is_handed_on() {
    play("edge", abuse::RECORD);
}

#[test]
fn what_stands_in_the_answers_of_an_edge() {
    play("edge", said::ROWS);
}
