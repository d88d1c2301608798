//! Rules about the service records of the routes: that there are none, or that they say "not here".
//!
//! All of them speak of the first moment at which every question for a route had ended. What is asked again later
//! does not change what they said.

use crate::discovery::{Ending, Lookup, Route, belonging};
use crate::journal::{Clients, EntryNo, How, RecordData, RecordKind, Srv};

use super::super::figures::list;
use super::dns::is_useful;
use super::found::Found;
use super::site::Site;
use super::{Answer, Code, code};

/// A route at that moment.
pub(super) struct Seen<'a> {
    pub(super) route: Route,
    pub(super) lookups: Vec<&'a Lookup>,
    pub(super) state: State,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum State {
    /// There are records.
    Found,
    /// There are none: the rcode, or `NODATA`.
    Absent(&'static str),
    /// The record says that it is not offered.
    Disabled,
    /// No server gave a useful answer: the codes.
    Unknown(String),
}

/// The route that a name belongs to.
pub(super) fn route_of(name: &str) -> Option<Route> {
    let under = |route: &Route| name.strip_prefix(route.name()).is_some_and(|rest| rest.starts_with('.'));
    Route::ALL.into_iter().find(under)
}

/// The service records of an answer, as far as they are of the name that was asked for.
pub(super) fn services(lookup: &Lookup) -> impl Iterator<Item = &Srv> {
    let answer = lookup.answer().filter(|answer| answer.rcode == "NOERROR");
    let records = answer.map(|answer| belonging(answer, &lookup.ask.name));
    records.into_iter().flatten().filter_map(|record| match &record.data {
        RecordData::Srv(srv) => Some(srv),
        _ => None,
    })
}

/// Whether a record says that its service is not offered (RFC 2782).
pub(super) fn is_disabled(srv: &Srv) -> bool {
    matches!(srv.target.as_str(), "." | "")
}

/// A route whose records were seen, if any was: the first one of the tree.
pub(super) fn standing(site: &Site<'_>) -> Option<Route> {
    let stands = |route: &Route| {
        let mut lookups = site.walk.lookups().iter().filter(|lookup| route_of(&lookup.ask.name) == Some(*route));
        lookups.any(|lookup| services(lookup).any(|srv| !is_disabled(srv)))
    };
    Route::ALL.into_iter().find(stands)
}

/// The routes that a client can take.
fn routes_of(clients: Clients) -> &'static [Route] {
    match clients {
        Clients::All => &Route::ALL,
        Clients::Jabber => &[Route::CiscoUds, Route::Cuplogin, Route::CollabEdge],
        Clients::Psi => &[Route::XmppClient, Route::XmppsClient],
        Clients::Edge => &[Route::CollabEdge],
    }
}

/// How a lookup ended, where that says anything: one that we stopped does not.
fn end(lookup: &Lookup) -> Option<&Ending> {
    lookup.ended.as_ref().filter(|end| end.outcome.how != How::Stopped)
}

/// The first moment at which all lookups that had begun had ended.
pub(super) fn settled<'a>(lookups: &[&'a Lookup], enough: impl Fn(&[&'a Lookup]) -> bool) -> Option<EntryNo> {
    let mut ends: Vec<EntryNo> = lookups.iter().filter_map(|lookup| Some(end(lookup)?.n)).collect();
    ends.sort_unstable();
    ends.into_iter().find(|moment| {
        let begun: Vec<&Lookup> = lookups.iter().copied().filter(|lookup| lookup.n < *moment).collect();
        let over = |lookup: &&&Lookup| end(lookup).is_some_and(|end| end.n <= *moment);
        begun.iter().all(|lookup| over(&lookup)) && enough(&begun)
    })
}

/// The routes at the moment when each one's first question to each server had ended; none before.
pub(super) fn routes<'a>(site: &Site<'a>) -> Option<Vec<Seen<'a>>> {
    let goal = site.walk.goal().filter(|goal| goal.nodes.is_empty())?;
    let wanted = routes_of(goal.clients);
    let all = site.walk.lookups().iter().filter(|lookup| lookup.ask.kind == RecordKind::Srv);
    let all: Vec<&Lookup> = all.filter(|lookup| route_of(&lookup.ask.name).is_some()).collect();
    let asked = |begun: &[&Lookup], route: Route, server: &str| {
        begun.iter().any(|lookup| route_of(&lookup.ask.name) == Some(route) && lookup.ask.server == server)
    };
    let enough = |begun: &[&'a Lookup]| {
        wanted.iter().all(|route| goal.dns.iter().all(|server| asked(begun, *route, &server.address)))
    };
    let moment = settled(&all, enough).filter(|_| !goal.dns.is_empty())?;
    let seen = |route: &Route| {
        let mine = all.iter().copied().filter(|lookup| lookup.n < moment);
        let lookups: Vec<&Lookup> = mine.filter(|lookup| route_of(&lookup.ask.name) == Some(*route)).collect();
        Seen { route: *route, state: state(&lookups), lookups }
    };
    Some(wanted.iter().map(seen).collect())
}

fn state(lookups: &[&Lookup]) -> State {
    let mut records = lookups.iter().flat_map(|lookup| services(lookup)).peekable();
    let some = records.peek().is_some();
    if records.any(|srv| !is_disabled(srv)) {
        return State::Found;
    }
    let useful = lookups.iter().find(|lookup| is_useful(lookup)).and_then(|lookup| lookup.answer());
    match useful {
        _ if some => State::Disabled,
        Some(answer) if answer.rcode == "NXDOMAIN" => State::Absent("NXDOMAIN"),
        Some(_) => State::Absent("NODATA"),
        None => {
            let mut words: Vec<String> = Vec::new();
            for end in lookups.iter().filter_map(|lookup| lookup.ended.as_ref()) {
                let word = end.outcome.code.clone().unwrap_or_else(|| "no answer".to_owned());
                if !words.contains(&word) {
                    words.push(word);
                }
            }
            State::Unknown(list(&words))
        }
    }
}

impl Seen<'_> {
    pub(super) fn entries(&self) -> impl Iterator<Item = EntryNo> {
        self.lookups.iter().flat_map(|lookup| [Some(lookup.n), lookup.ended.as_ref().map(|end| end.n)]).flatten()
    }

    /// `_cisco-uds._tcp NXDOMAIN`
    fn words(&self) -> String {
        let state = match &self.state {
            State::Found => "found",
            State::Absent(word) => word,
            State::Disabled => "not offered",
            State::Unknown(why) => why.as_str(),
        };
        format!("{} {state}", self.route.name())
    }

    fn is_jabbers(&self) -> bool {
        routes_of(Clients::Jabber).contains(&self.route)
    }
}

/// No route of those that were walked has records.
pub(super) fn no_login_records(site: &Site<'_>) -> Vec<Answer> {
    if site.walk.goal().is_none_or(|goal| !goal.nodes.is_empty()) {
        return Vec::new();
    }
    let Some(routes) = routes(site) else {
        return vec![Answer::CannotTellYet];
    };
    if routes.iter().any(|seen| seen.state == State::Found) {
        return vec![Answer::DoesNotHold];
    }
    let words: Vec<String> = routes.iter().map(Seen::words).collect();
    let domain = site.domain();
    let first = routes.iter().flat_map(|seen| &seen.lookups).map(|lookup| lookup.op).min();
    let found = Found::about(code::dns::NO_LOGIN_RECORDS, domain)
        .foreign("domain", domain)
        .foreign("asked", &list(&words))
        .maybe("fallback", fallback(site))
        .cite(routes.iter().flat_map(|seen| seen.entries().collect::<Vec<_>>()));
    let found = match first {
        Some(op) => found.of(op),
        None => found,
    };
    vec![found.holds()]
}

/// The domain's own address, where it turned out to be an XMPP server: what a third-party client falls back to.
fn fallback(site: &Site<'_>) -> Option<String> {
    let of_domain = |host: &str| host.eq_ignore_ascii_case(site.domain());
    let mut logins = site.progress.logins().iter().filter(|login| of_domain(&login.ask.host));
    let login = logins.find(|login| !login.headers.is_empty())?;
    Some(format!("{}:{} answers as an XMPP server", login.ask.host, login.ask.port))
}

/// A route without records. It is milder than it sounds, unless Jabber is left without any.
pub(super) fn srv_absent(site: &Site<'_>) -> Vec<Answer> {
    without(site, code::dns::SRV_ABSENT, |state| match state {
        State::Absent(word) => Some(word),
        _ => None,
    })
}

/// A route whose record has the target `.`.
pub(super) fn srv_disabled(site: &Site<'_>) -> Vec<Answer> {
    without(site, code::dns::SRV_DISABLED, |state| match state {
        State::Disabled => Some("."),
        _ => None,
    })
}

fn without(site: &Site<'_>, code: Code, wanted: fn(&State) -> Option<&'static str>) -> Vec<Answer> {
    if site.walk.goal().is_none_or(|goal| !goal.nodes.is_empty()) {
        return Vec::new();
    }
    let Some(routes) = routes(site) else {
        return vec![Answer::CannotTellYet];
    };
    let jabbers: Vec<&Seen<'_>> = routes.iter().filter(|seen| seen.is_jabbers()).collect();
    let no_jabber = jabbers.iter().all(|seen| seen.state != State::Found);
    let answer = |seen: &Seen<'_>| {
        let Some(word) = wanted(&seen.state) else {
            return Answer::DoesNotHold;
        };
        let Some(lookup) = seen.lookups.first() else {
            return Answer::DoesNotHold;
        };
        let alone = (no_jabber && seen.route == Route::CiscoUds).then(|| "no other route of Jabber's".to_owned());
        Found::about(code, &lookup.ask.name)
            .of(lookup.op)
            .foreign("name", &lookup.ask.name)
            .arg("got", word)
            .arg("taker", taker(seen.route))
            .foreign("domain", site.domain())
            .maybe("alone", alone)
            .cite(seen.entries())
            .holds()
    };
    routes.iter().map(answer).collect()
}

/// Who takes a route, in a sentence.
pub(super) fn taker(route: Route) -> &'static str {
    match route {
        Route::CiscoUds => "Jabber inside",
        Route::Cuplogin => "older Jabber",
        Route::XmppClient => "PSI and other XMPP clients",
        Route::XmppsClient => "XMPP clients that begin with TLS",
        Route::CollabEdge => "Jabber outside",
    }
}
