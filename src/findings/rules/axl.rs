//! Rules about AXL (protocol.md 4): whether it tells, and what it says of the user that would stop a login.

use crate::discovery::{Exchange, Lookup, Reading};
use crate::journal::{EntryNo, HttpWhat, RecordKind};
use crate::protocol::axl::EndUser;

use super::super::figures::{foreign, list};
use super::desk::{Desk, Service, desks, nothing, tells};
use super::found::Found;
use super::names::{addresses, has_address};
use super::profile;
use super::records::settled;
use super::site::Site;
use super::targets::{is_address, is_host, is_short};
use super::uds::{entries, is_silent};
use super::user::{central, is_node, open};
use super::{Answer, Code, code};

/// What AXL says where there is no such item.
const NO_ITEM: &str = "5007";

/// `401`: the administrator's credential was refused.
pub(super) fn auth_failed(site: &Site<'_>) -> Vec<Answer> {
    of_status(site, code::axl::AUTH_FAILED, &[401])
}

/// `403`: the administrator lacks the role.
pub(super) fn forbidden(site: &Site<'_>) -> Vec<Answer> {
    of_status(site, code::axl::FORBIDDEN, &[403])
}

/// `404` or `503`: AXL does not run there.
pub(super) fn not_activated(site: &Site<'_>) -> Vec<Answer> {
    of_status(site, code::axl::NOT_ACTIVATED, &[404, 503])
}

fn of_status(site: &Site<'_>, code: Code, wanted: &[u16]) -> Vec<Answer> {
    faults(site, code, |exchange| {
        exchange.status().filter(|status| wanted.contains(status)).map(|s| s.to_string())
    })
}

fn faults(site: &Site<'_>, code: Code, wrong: impl Fn(&Exchange) -> Option<String>) -> Vec<Answer> {
    let answer = |desk: &Desk<'_>| match desk.faults(code, &wrong) {
        Some(found) => found.holds(),
        None if desk.exchanges.iter().all(|exchange| exchange.ended.is_some()) => Answer::DoesNotHold,
        None => Answer::CannotTellYet,
    };
    desks(site, Service::Axl).iter().map(answer).collect()
}

/// No answer in time.
pub(super) fn silent(site: &Site<'_>) -> Vec<Answer> {
    faults(site, code::axl::SILENT, |exchange| {
        is_silent(exchange).filter(|_| !tells(exchange)).map(|what| format!("{what} did not come"))
    })
}

/// Anything else that tells nothing.
pub(super) fn fault(site: &Site<'_>) -> Vec<Answer> {
    faults(site, code::axl::FAULT, |exchange| {
        let has_own = matches!(exchange.status(), Some(401 | 403 | 404 | 503)) || is_unknown(exchange);
        if has_own || is_silent(exchange).is_some() { None } else { nothing(exchange) }
    })
}

/// AXL named the versions that it speaks, and was asked in one of them.
pub(super) fn version(site: &Site<'_>) -> Vec<Answer> {
    let answer = |desk: &Desk<'_>| {
        let refused = desk.exchanges.iter().find_map(|exchange| match &exchange.reading {
            Reading::AxlVersions(spoken) => Some((exchange, spoken)),
            _ => None,
        });
        let Some((refused, spoken)) = refused else {
            let over = desk.exchanges.iter().all(|exchange| exchange.ended.is_some());
            return if over { Answer::DoesNotHold } else { Answer::CannotTellYet };
        };
        let taken = desk.exchanges.iter().find(|other| other.ask.version != refused.ask.version && tells(other));
        desk.found(code::axl::VERSION)
            .foreign("version", &refused.ask.version)
            .foreign("offered", &list(spoken))
            .maybe("taken", taken.map(|exchange| foreign(&exchange.ask.version)))
            .cite(entries(refused))
            .cite(taken.into_iter().flat_map(|exchange| entries(exchange)))
            .holds()
    };
    desks(site, Service::Axl).iter().map(answer).collect()
}

/// Whether AXL said that there is no such end user.
fn is_unknown(exchange: &Exchange) -> bool {
    let is_no_item = |reading: &Reading| match reading {
        Reading::Fault(fault) => {
            fault.code.as_deref() == Some(NO_ITEM)
                || fault.words.to_ascii_lowercase().contains("user was not found")
        }
        _ => false,
    };
    exchange.ask.what == HttpWhat::AxlUser && is_no_item(&exchange.reading)
}

/// CUCM has no such end user.
pub(super) fn user_unknown(site: &Site<'_>, exchange: &Exchange) -> Answer {
    match (exchange.ask.what, is_unknown(exchange)) {
        (HttpWhat::AxlUser, true) => about(site, code::axl::USER_UNKNOWN, exchange).holds(),
        (HttpWhat::AxlUser, false) => open(exchange),
        _ => Answer::DoesNotHold,
    }
}

/// A finding about the user, by an answer of AXL's.
fn about(site: &Site<'_>, code: Code, exchange: &Exchange) -> Found {
    let host = exchange.ask.origin().1;
    let mut found = site.about_user(code).of(exchange.op);
    found.0.args.extend(Found::about(code, host).0.args);
    found.cite(entries(exchange))
}

/// A finding where the end user's record has this.
fn of_user(site: &Site<'_>, code: Code, exchange: &Exchange, has: impl Fn(&EndUser) -> bool) -> Option<Found> {
    match &exchange.reading {
        Reading::AxlUser(user) if has(user) => {
            Some(about(site, code, exchange).maybe("ldap", user.ldap.as_deref().map(foreign)))
        }
        _ => None,
    }
}

fn answered(exchange: &Exchange, what: HttpWhat, found: Option<Found>) -> Answer {
    match found {
        Some(found) => found.holds(),
        None if exchange.ask.what == what => open(exchange),
        None => Answer::DoesNotHold,
    }
}

/// An administrator has locked the end user.
pub(super) fn user_locked(site: &Site<'_>, exchange: &Exchange) -> Answer {
    let found = of_user(site, code::axl::USER_LOCKED, exchange, |user| user.locked == Some(true));
    answered(exchange, HttpWhat::AxlUser, found)
}

/// The end user must change the password before it serves.
pub(super) fn user_must_change(site: &Site<'_>, exchange: &Exchange) -> Answer {
    let found = of_user(site, code::axl::USER_MUST_CHANGE, exchange, |user| user.must_change == Some(true));
    answered(exchange, HttpWhat::AxlUser, found)
}

/// The end user is not enabled for IM and Presence.
pub(super) fn user_not_imp_enabled(site: &Site<'_>, exchange: &Exchange) -> Answer {
    let found = of_user(site, code::axl::USER_NOT_IMP_ENABLED, exchange, |user| user.imp_enabled == Some(false));
    answered(exchange, HttpWhat::AxlUser, found.map(|found| found.maybe("central", central(site))))
}

/// This cluster is not the end user's home. Milder where UDS names another one.
pub(super) fn home_cluster_off(site: &Site<'_>, exchange: &Exchange) -> Answer {
    let found = of_user(site, code::axl::HOME_CLUSTER_OFF, exchange, |user| user.home_cluster == Some(false));
    let elsewhere = site.asked(HttpWhat::ClusterUser).find_map(|asked| match &asked.reading {
        Reading::ClusterUser(read) => read.home.as_deref().map(foreign),
        _ => None,
    });
    answered(exchange, HttpWhat::AxlUser, found.map(|found| found.maybe("other_home", elsewhere)))
}

/// The end user is assigned to no node.
pub(super) fn user_unassigned(site: &Site<'_>, exchange: &Exchange) -> Answer {
    let none = match &exchange.reading {
        Reading::AxlAssignment(assigned) => {
            let of_user = |userid: &str| userid.eq_ignore_ascii_case(site.user_id());
            !assigned.iter().any(|one| of_user(&one.userid) && one.server.is_some())
        }
        _ => false,
    };
    let found = none.then(|| about(site, code::axl::USER_UNASSIGNED, exchange).maybe("central", not_here(site)));
    answered(exchange, HttpWhat::AxlAssignment, found)
}

/// Why a user who is not enabled here may be one by design.
fn not_here(site: &Site<'_>) -> Option<String> {
    let is_off = |exchange: &Exchange| match &exchange.reading {
        Reading::AxlUser(user) => user.imp_enabled == Some(false),
        _ => false,
    };
    site.walk.exchanges().iter().any(is_off).then(|| central(site)).flatten()
}

/// A UC service's address, by an answer of AXL's.
fn uc_address(exchange: &Exchange) -> Option<(&str, &str)> {
    match &exchange.reading {
        Reading::AxlUcService(service) => {
            Some((service.name.as_deref().unwrap_or(&exchange.ask.about), service.address.as_deref()?))
        }
        _ => None,
    }
}

fn about_service(site: &Site<'_>, code: Code, exchange: &Exchange, name: &str, address: &str) -> Found {
    Found::about(code, address)
        .of(exchange.op)
        .foreign("name", name)
        .foreign("server", exchange.ask.origin().1)
        .foreign("user", site.user_id())
        .foreign("domain", site.domain())
        .cite(entries(exchange))
}

/// A UC service's address has no address in DNS, by the first answers.
pub(super) fn uc_service_unresolved(site: &Site<'_>, exchange: &Exchange) -> Answer {
    let Some((name, address)) = uc_address(exchange) else {
        return answered(exchange, HttpWhat::AxlUcService, None);
    };
    if is_address(address) {
        return Answer::DoesNotHold;
    }
    let is_of = |lookup: &&Lookup| lookup.ask.kind != RecordKind::Srv && is_host(&lookup.ask.name, address);
    let asked: Vec<&Lookup> = site.walk.lookups().iter().filter(is_of).collect();
    let none = |seen: &[&Lookup]| {
        seen.iter().all(|lookup| addresses(lookup).next().is_none())
            && [RecordKind::A, RecordKind::Aaaa].iter().all(|kind| seen.iter().any(|one| one.ask.kind == *kind))
    };
    let Some(moment) = settled(&asked, none) else {
        return open(exchange);
    };
    let later = has_address(site, address).then(|| "a later question found one".to_owned());
    let before = asked.iter().filter(|lookup| lookup.n < moment);
    about_service(site, code::axl::UC_SERVICE_UNRESOLVED, exchange, name, address)
        .maybe("superseded", later)
        .cite(before.map(|lookup| lookup.n).chain([moment]))
        .holds()
}

/// A UC service's address is a name of one label.
pub(super) fn uc_service_short(site: &Site<'_>, exchange: &Exchange) -> Answer {
    match uc_address(exchange).filter(|(_, address)| is_short(address) && !is_address(address)) {
        Some((name, address)) => about_service(site, code::axl::UC_SERVICE_SHORT, exchange, name, address).holds(),
        None => answered(exchange, HttpWhat::AxlUcService, None),
    }
}

/// The first answer of this kind that tells, with its entry.
fn first<'a, T>(
    site: &Site<'a>,
    what: HttpWhat,
    read: impl Fn(&'a Exchange) -> Option<T>,
) -> Option<(&'a Exchange, T)> {
    let told = site.walk.exchanges().iter().filter(|exchange| exchange.ask.what == what);
    told.filter_map(|exchange| Some((exchange.body?.0, exchange, read(exchange)?)))
        .min_by_key(|(n, ..)| *n)
        .map(|(_, exchange, told)| (exchange, told))
}

/// The client was given other nodes, or another home node, than AXL says.
pub(super) fn differs_from_client(site: &Site<'_>) -> Vec<Answer> {
    let open_all = |what| site.walk.exchanges().iter().filter(move |seen| seen.ask.what == what).map(open);
    let profile = by_profile(site).map(Found::holds).into_iter();
    let assigned = by_assignment(site).map(Found::holds).into_iter();
    let mut told: Vec<Answer> = profile.chain(assigned).collect();
    if told.is_empty() {
        told = open_all(HttpWhat::AxlServiceProfile).chain(open_all(HttpWhat::AxlAssignment)).collect();
    }
    told
}

/// The nodes of the service profile that the client fetched, beside those of its UC services.
fn by_profile(site: &Site<'_>) -> Option<Found> {
    let (fetched, client) = profile::first(site)?;
    let (exchange, by_axl) = first(site, HttpWhat::AxlServiceProfile, |exchange| match &exchange.reading {
        Reading::AxlServiceProfile(read) => Some(read),
        _ => None,
    })?;
    let mut said: Vec<String> = Vec::new();
    let mut proof: Vec<EntryNo> = Vec::new();
    for name in &by_axl.imp {
        let (service, address) = first(site, HttpWhat::AxlUcService, |seen| {
            (seen.ask.about == *name).then(|| uc_address(seen)).flatten()
        })?;
        said.push(address.1.to_owned());
        proof.extend(entries(service));
    }
    let given: Vec<String> = client.imp.iter().map(|imp| imp.address.clone()).collect();
    let all_in = |these: &[String], those: &[String]| these.iter().all(|a| those.iter().any(|b| is_node(a, b)));
    if all_in(&given, &said) && all_in(&said, &given) {
        return None;
    }
    Some(
        about(site, code::axl::DIFFERS_FROM_CLIENT, exchange)
            .arg("what", "the service profile")
            .foreign("given", &list(&given))
            .foreign("said_there", &list(&said))
            .cite(entries(fetched).chain(proof)),
    )
}

/// The node that UDS gave the client, beside the one that the user is assigned to.
fn by_assignment(site: &Site<'_>) -> Option<Found> {
    let (asked, servers) = first(site, HttpWhat::User, |exchange| match &exchange.reading {
        Reading::User(user) => Some(&user.imp_servers),
        _ => None,
    })?;
    let (exchange, server) = first(site, HttpWhat::AxlAssignment, |exchange| match &exchange.reading {
        Reading::AxlAssignment(all) => {
            let own = all.iter().find(|one| one.userid.eq_ignore_ascii_case(site.user_id()))?;
            own.server.as_deref()
        }
        _ => None,
    })?;
    let home = servers.first()?;
    (!is_node(home, server)).then(|| {
        about(site, code::axl::DIFFERS_FROM_CLIENT, exchange)
            .arg("what", "the user's node")
            .foreign("given", home)
            .foreign("said_there", server)
            .cite(entries(asked))
    })
}
