//! The rule about third-party clients that no record leads anywhere: they try the domain's own address
//! (protocol.md 1.4).

use crate::discovery::{Lookup, Route};
use crate::journal::{Clients, EntryNo, RecordKind};
use crate::progress::LoginProgress;

use super::super::figures::{foreign, list};
use super::found::Found;
use super::names::addresses;
use super::records::{State, routes};
use super::site::Site;
use super::targets::is_host;
use super::{Answer, code};

/// There is no record for third-party clients, and the domain has an address, which they try.
///
/// 1. Third-party clients are walked, and no node was named by hand.
/// 2. `_xmpp-client` has no record, and `_xmpps-client` leads nowhere. A target of `.` forbids the fallback
///    (RFC 6120 section 3.2.1).
/// 3. It is as grave as what became of it: a warning to nobody while nobody goes that way.
pub(super) fn to_domain(site: &Site<'_>) -> Vec<Answer> {
    let Some(goal) = site.walk.goal() else {
        return Vec::new();
    };
    if !goal.nodes.is_empty() || !matches!(goal.clients, Clients::All | Clients::Psi) {
        return Vec::new();
    }
    let Some(routes) = routes(site) else {
        return vec![Answer::CannotTellYet];
    };
    let state = |route| routes.iter().find(|seen| seen.route == route).map(|seen| &seen.state);
    let is_absent = matches!(state(Route::XmppClient), Some(State::Absent(_)));
    if !is_absent || state(Route::XmppsClient) == Some(&State::Found) {
        return vec![Answer::DoesNotHold];
    }
    let lookups = own_lookups(site);
    let Some(first) = lookups.iter().find(|lookup| addresses(lookup).next().is_some()) else {
        let over = !lookups.is_empty() && lookups.iter().all(|lookup| lookup.ended.is_some());
        return vec![if over { Answer::DoesNotHold } else { Answer::CannotTellYet }];
    };
    let tried = site.progress.logins().iter().filter(|login| is_host(&login.ask.host, site.domain()));
    let (got, failed) = outcome(&tried.collect::<Vec<_>>());
    let mut to: Vec<String> = lookups.iter().flat_map(|lookup| addresses(lookup)).map(foreign).collect();
    to.sort_unstable();
    to.dedup();
    let absent = routes.iter().filter(|seen| matches!(seen.route, Route::XmppClient | Route::XmppsClient));
    let proof: Vec<EntryNo> = absent.flat_map(|seen| seen.entries().collect::<Vec<_>>()).collect();
    vec![
        Found::about(code::dns::FALLBACK_TO_DOMAIN, site.domain())
            .of(first.op)
            .foreign("domain", site.domain())
            .arg("addresses", list(&to))
            .arg("got", got)
            .maybe("failed", failed.then(|| "nothing there speaks XMPP".to_owned()))
            .cite(proof)
            .cite(lookups.iter().filter_map(|lookup| Some(lookup.ended.as_ref()?.n)))
            .holds(),
    ]
}

/// Questions for the domain's own address.
fn own_lookups<'a>(site: &Site<'a>) -> Vec<&'a Lookup> {
    let of_domain = |lookup: &&Lookup| {
        matches!(lookup.ask.kind, RecordKind::A | RecordKind::Aaaa) && is_host(&lookup.ask.name, site.domain())
    };
    site.walk.lookups().iter().filter(of_domain).collect()
}

/// What became of the logins there, and whether nothing there speaks XMPP.
fn outcome(tried: &[&LoginProgress]) -> (String, bool) {
    if tried.is_empty() {
        return ("it was not tried, for others name the nodes".to_owned(), false);
    }
    if tried.iter().any(|login| !login.headers.is_empty()) {
        return ("an XMPP server answers there".to_owned(), false);
    }
    match tried.iter().find_map(|login| login.ended.as_ref()) {
        Some(end) => {
            let word = end.outcome.code.as_deref().filter(|code| !code.is_empty());
            (format!("no XMPP server answered there: {}", foreign(word.unwrap_or("no answer"))), true)
        }
        None => ("it is being tried".to_owned(), false),
    }
}
