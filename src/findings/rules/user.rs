//! Rules about the user, as CUCM sees them: their home, their credential, their assignment.

use crate::discovery::{Exchange, Lookup, Reading, leads_home};
use crate::journal::{HttpHead, HttpWhat, RecordKind};
use crate::protocol::epas;
use crate::protocol::uds::User;

use super::super::figures::{foreign, list};
use super::found::Found;
use super::names::addresses;
use super::profile;
use super::records::{route_of, services};
use super::site::Site;
use super::targets::{alias_of, is_host};
use super::uds::entries;
use super::{Answer, Code, code};

/// What is said of an exchange that has not told.
pub(super) fn open(exchange: &Exchange) -> Answer {
    if exchange.ended.is_some() { Answer::DoesNotHold } else { Answer::CannotTellYet }
}

/// Whether all exchanges of a kind have ended; none of them yet counts as open.
fn open_all(site: &Site<'_>, what: HttpWhat) -> Vec<Answer> {
    site.asked(what).map(open).collect()
}

/// Single sign-on is on: a password proves nothing about Jabber. From outside the edge says so (`get_edge_sso`).
pub(super) fn sso(site: &Site<'_>) -> Vec<Answer> {
    let on = |exchange: &&Exchange| matches!(&exchange.reading, Reading::SingleSignOn(said) if said.enabled == Some(true));
    let asked = || site.asked(HttpWhat::SingleSignOn).chain(site.asked(HttpWhat::EdgeSso));
    let all: Vec<&Exchange> = asked().filter(on).collect();
    let Some(first) = asked().next().filter(|_| !all.is_empty()) else {
        return asked().map(open).collect();
    };
    let mut hosts: Vec<String> = Vec::new();
    for exchange in &all {
        let host = exchange.ask.server().1.to_owned();
        if !hosts.contains(&host) {
            hosts.push(host);
        }
    }
    let found = site.about_user(code::uds::SSO).of(first.op).foreign("servers", &list(&hosts));
    vec![found.cite(all.iter().flat_map(|exchange| entries(exchange))).holds()]
}

/// No cluster says that it is the user's home. Milder where another CUCM knows one.
pub(super) fn no_home_cluster(site: &Site<'_>) -> Vec<Answer> {
    let nowhere = |exchange: &&Exchange| match &exchange.reading {
        Reading::ClusterUser(user) => {
            user.found == Some(false) || (user.found.is_none() && user.home.is_none() && user.user_uri.is_none())
        }
        _ => false,
    };
    let all: Vec<&Exchange> = site.asked(HttpWhat::ClusterUser).filter(nowhere).collect();
    let Some(first) = site.asked(HttpWhat::ClusterUser).next().filter(|_| !all.is_empty()) else {
        return open_all(site, HttpWhat::ClusterUser);
    };
    let hosts: Vec<String> = all.iter().map(|exchange| exchange.ask.server().1.to_owned()).collect();
    let knows = |exchange: &&Exchange| match &exchange.reading {
        Reading::ClusterUser(user) => user.found == Some(true),
        _ => false,
    };
    let known_on: Vec<String> = site
        .asked(HttpWhat::ClusterUser)
        .filter(knows)
        .map(|exchange| exchange.ask.server().1.to_owned())
        .collect();
    let by_mail = hosts.iter().all(|host| known_on.contains(host));
    let said_no = |exchange: &&&Exchange| matches!(&exchange.reading, Reading::ClusterUser(user) if user.found == Some(false));
    let said = if all.iter().any(|exchange| said_no(&exchange)) { "found=\"false\"" } else { "no home cluster" };
    let found = site
        .about_user(code::uds::NO_HOME_CLUSTER)
        .of(first.op)
        .foreign("servers", &list(&hosts))
        .arg("got", said)
        .maybe("by_mail", by_mail.then(|| "found by the mail address".to_owned()))
        .maybe("other_ok", known_on.into_iter().next())
        .cite(all.iter().flat_map(|exchange| entries(exchange)));
    vec![found.holds()]
}

/// A CUCM knows the user, and names no home cluster that can be asked for. Milder where another answer names one.
pub(super) fn home_unusable(site: &Site<'_>, exchange: &Exchange) -> Answer {
    let Reading::ClusterUser(read) = &exchange.reading else {
        return if exchange.ask.what == HttpWhat::ClusterUser { open(exchange) } else { Answer::DoesNotHold };
    };
    let is_named = read.home.is_some() || read.user_uri.is_some();
    if leads_home(read) || !read.found.unwrap_or(is_named) {
        return Answer::DoesNotHold;
    }
    let got = match &read.home {
        Some(home) => format!("\"{}\" is no name of a host", foreign(home)),
        None => "the name is missing".to_owned(),
    };
    let leads = |other: &&Exchange| matches!(&other.reading, Reading::ClusterUser(read) if leads_home(read));
    let other = site.asked(HttpWhat::ClusterUser).find(leads).map(|other| foreign(other.ask.server().1));
    about_record(site, code::uds::HOME_UNUSABLE, exchange).arg("got", got).maybe("other_ok", other).holds()
}

/// The nodes that a UDS `servers` answer lists.
fn listed(exchange: &Exchange) -> Option<&[String]> {
    match &exchange.reading {
        Reading::Servers(servers) if !servers.servers.is_empty() => Some(&servers.servers),
        _ => None,
    }
}

/// The same host, by whole names, or by the first label where one of them has only that.
pub(super) fn is_node(one: &str, other: &str) -> bool {
    let (one, other) = (one.trim_end_matches('.'), other.trim_end_matches('.'));
    if one.contains('.') && other.contains('.') {
        return one.eq_ignore_ascii_case(other);
    }
    let first = |name: &str| name.split('.').next().unwrap_or_default().to_ascii_lowercase();
    first(one) == first(other)
}

/// A `servers` answer of the home cluster names none of the CUCMs that the records name.
pub(super) fn home_elsewhere(site: &Site<'_>) -> Vec<Answer> {
    let answer = |exchange: &Exchange| {
        let home = site.asked(HttpWhat::ClusterUser).find_map(|asked| match &asked.reading {
            Reading::ClusterUser(user) => Some((asked, user.home.clone()?)),
            _ => None,
        });
        let (Some(servers), Some((asked, home))) = (listed(exchange), home) else {
            return open(exchange);
        };
        let here = asked.ask.server().1;
        let ours = known_as(site, recorded(site).into_iter().chain([here.to_owned()]).collect(), exchange);
        let is_ours = |name: &String| ours.iter().any(|host| is_node(name, host));
        // Only the home cluster's own list tells.
        if servers.iter().any(is_ours) || !servers.iter().any(|name| is_node(name, &home)) {
            return Answer::DoesNotHold;
        }
        site.about_user(code::uds::HOME_ELSEWHERE)
            .of(exchange.op)
            .foreign("server", here)
            .foreign("home", &home)
            .foreign("servers", &list(servers))
            .cite(entries(asked).chain(entries(exchange)))
            .holds()
    };
    site.asked(HttpWhat::Servers).map(answer).collect()
}

/// The CUCMs that DNS or the command line names.
fn recorded(site: &Site<'_>) -> Vec<String> {
    let srv = site.walk.lookups().iter().filter(|lookup| lookup.ask.kind == RecordKind::Srv);
    let uds = srv.filter(|lookup| route_of(&lookup.ask.name) == Some(crate::discovery::Route::CiscoUds));
    let given = site.walk.given_cucms().into_iter().map(|(host, _)| host);
    uds.flat_map(services).map(|srv| srv.target.clone()).chain(given).collect()
}

/// These hosts, what they are aliases of, and the names with an address of theirs: by the answers that had come when
/// this exchange was answered, so that later ones change nothing.
fn known_as(site: &Site<'_>, mut hosts: Vec<String>, until: &Exchange) -> Vec<String> {
    let before =
        |lookup: &&Lookup| lookup.answered().zip(until.body).is_some_and(|(answer, body)| answer.0 < body.0);
    let lookups: Vec<&Lookup> = site.walk.lookups().iter().filter(before).collect();
    let of = |hosts: &[String], lookup: &Lookup| hosts.iter().any(|host| is_host(host, &lookup.ask.name));
    let theirs: Vec<&Lookup> = lookups.iter().copied().filter(|lookup| of(&hosts, lookup)).collect();
    hosts.extend(theirs.iter().filter_map(|lookup| alias_of(lookup)).map(|(_, name)| name.to_owned()));
    let has = |address: &str| theirs.iter().any(|lookup| addresses(lookup).any(|theirs| theirs == address));
    hosts.extend(lookups.iter().filter(|lookup| addresses(lookup).any(has)).map(|lookup| lookup.ask.name.clone()));
    hosts
}

/// Two CUCMs that were named by hand each claim the user for their own cluster, and no list of nodes makes one of them.
pub(super) fn two_homes(site: &Site<'_>) -> Vec<Answer> {
    let given = site.walk.given_cucms();
    let is_given = |exchange: &&Exchange| {
        let (_, host, port) = exchange.ask.server();
        site.walk.compares_homes() && given.iter().any(|(own, at)| own.eq_ignore_ascii_case(host) && *at == port)
    };
    let asked = || site.asked(HttpWhat::ClusterUser).filter(is_given);
    let claims: Vec<(&Exchange, String)> =
        asked().filter_map(|exchange| Some((exchange, site.walk.home_claimed(exchange)?))).collect();
    let pair = claims.iter().enumerate().find_map(|(at, one)| {
        claims[at + 1..].iter().find_map(|other| {
            let proof = site.walk.apart(&one.1, &other.1);
            (!proof.is_empty()).then_some((one, other, proof))
        })
    });
    let sent = |exchange: &Exchange| exchange.sent.is_some_and(|(.., credential)| credential);
    let sent = site.asked(HttpWhat::User).any(sent).then(|| "before the second answer".to_owned());
    let (Some((one, other, proof)), Some(first)) = (pair, asked().next()) else {
        return open_all(site, HttpWhat::ClusterUser);
    };
    vec![
        site.about_user(code::uds::TWO_HOMES)
            .of(first.op)
            .foreign("server", one.0.ask.server().1)
            .foreign("home", &one.1)
            .foreign("other_server", other.0.ask.server().1)
            .foreign("other_home", &other.1)
            .maybe("sent", sent)
            .cite(entries(one.0).chain(entries(other.0)).chain(proof.into_iter().flat_map(entries)))
            .holds(),
    ]
}

/// Two CUCMs name different homes, and the list of one home's nodes does not hold the other.
pub(super) fn homes_differ(site: &Site<'_>) -> Vec<Answer> {
    let homes: Vec<(&Exchange, &str)> = site
        .asked(HttpWhat::ClusterUser)
        .filter_map(|exchange| match &exchange.reading {
            Reading::ClusterUser(user) => Some((exchange, user.home.as_deref()?)),
            _ => None,
        })
        .collect();
    let lists: Vec<(&Exchange, &[String])> =
        site.asked(HttpWhat::Servers).filter_map(|exchange| Some((exchange, listed(exchange)?))).collect();
    let holds = |list: &[String], home: &str| list.iter().any(|name| is_node(name, home));
    let differ = homes.iter().find_map(|one| {
        let other = homes.iter().find(|other| !is_node(one.1, other.1))?;
        let list = lists.iter().find(|(_, list)| holds(list, one.1) && !holds(list, other.1))?;
        Some((one, other, list.0))
    });
    let (Some((one, other, list)), Some(first)) = (differ, site.asked(HttpWhat::ClusterUser).next()) else {
        return open_all(site, HttpWhat::ClusterUser);
    };
    vec![
        site.about_user(code::uds::HOMES_DIFFER)
            .of(first.op)
            .foreign("server", one.0.ask.server().1)
            .foreign("home", one.1)
            .foreign("other_server", other.0.ask.server().1)
            .foreign("other_home", other.1)
            .cite(entries(one.0).chain(entries(other.0)).chain(entries(list)))
            .holds(),
    ]
}

/// A finding about the user's record on a CUCM.
fn about_record(site: &Site<'_>, code: Code, exchange: &Exchange) -> Found {
    let (_, host, port) = exchange.ask.server();
    let named = Found::about(code, host).0.args;
    let mut found = site.about_user(code).of(exchange.op).arg("port", port.to_string());
    found.0.args.extend(named);
    found.cite(entries(exchange))
}

/// The user's record has an address without TLS: the credential is held back, or the user let it cross.
pub(super) fn clear_uri(site: &Site<'_>, exchange: &Exchange) -> Answer {
    if exchange.ask.what != HttpWhat::User {
        return Answer::DoesNotHold;
    }
    let Some(gate) = exchange.gate.as_ref().filter(|gate| gate.why == "clear") else {
        return open(exchange);
    };
    let crossed =
        |other: &Exchange| other.ask == exchange.ask && other.sent.is_some_and(|(.., credential)| credential);
    let allowed = site.asked(HttpWhat::User).any(crossed).then(|| "it crossed on your word".to_owned());
    about_record(site, code::uds::CLEAR_URI, exchange)
        .foreign("url", exchange.ask.target())
        .maybe("allowed", allowed)
        .cite([gate.n])
        .holds()
}

/// `401` to the user's credential.
pub(super) fn auth_failed(site: &Site<'_>, exchange: &Exchange) -> Answer {
    let is_user = exchange.ask.what == HttpWhat::User;
    let sent = exchange.sent.is_some_and(|(_, _, credential)| credential);
    if !is_user || (exchange.status().is_some() && !(sent && exchange.status() == Some(401))) {
        return Answer::DoesNotHold;
    }
    let Some((_, _, head)) = &exchange.head else {
        return open(exchange);
    };
    if exchange.ask.is_by_edge() && super::edge::is_own(exchange) {
        return Answer::DoesNotHold;
    }
    about_record(site, code::uds::AUTH_FAILED, exchange)
        .foreign("realm", &challenge(head))
        .cite(exchange.sent.map(|(n, ..)| n))
        .holds()
}

/// The realm of a refusal; and which schemes it asks for, where it would not take a password as UDS does.
fn challenge(head: &HttpHead) -> String {
    let realm = head.realm.as_deref().unwrap_or("none").to_owned();
    let challenges = head.headers("www-authenticate");
    let schemes: Vec<String> =
        challenges.iter().filter_map(|challenge| challenge.split(' ').next().map(str::to_owned)).collect();
    if schemes.is_empty() || schemes.iter().any(|scheme| scheme.eq_ignore_ascii_case("basic")) {
        return realm;
    }
    format!("{realm}, and it asks for {} instead of Basic", list(&schemes))
}

/// `403` to the user's credential: known, and not allowed to use UDS.
pub(super) fn forbidden(site: &Site<'_>, exchange: &Exchange) -> Answer {
    match (exchange.ask.what, exchange.status()) {
        (HttpWhat::User, Some(403)) if exchange.ask.is_by_edge() && super::edge::is_own(exchange) => {
            Answer::DoesNotHold
        }
        (HttpWhat::User, Some(403)) => about_record(site, code::uds::FORBIDDEN, exchange).holds(),
        (HttpWhat::User, None) => open(exchange),
        _ => Answer::DoesNotHold,
    }
}

/// The user's record, if this exchange brought it.
fn record(exchange: &Exchange) -> Option<&User> {
    match &exchange.reading {
        Reading::User(user) => Some(user),
        _ => None,
    }
}

/// The user is not enabled for IM and Presence in this cluster.
pub(super) fn not_imp_enabled(site: &Site<'_>, exchange: &Exchange) -> Answer {
    let Some(user) = record(exchange) else {
        return if exchange.ask.what == HttpWhat::User { open(exchange) } else { Answer::DoesNotHold };
    };
    if user.imp_enabled != Some(false) {
        return Answer::DoesNotHold;
    }
    about_record(site, code::uds::USER_NOT_IMP_ENABLED, exchange).maybe("central", central(site)).holds()
}

/// The user is assigned to no node.
pub(super) fn unassigned(site: &Site<'_>, exchange: &Exchange) -> Answer {
    let Some(user) = record(exchange) else {
        return if exchange.ask.what == HttpWhat::User { open(exchange) } else { Answer::DoesNotHold };
    };
    if !user.imp_servers.is_empty() {
        return Answer::DoesNotHold;
    }
    let by_design = if user.imp_enabled == Some(false) { central(site) } else { None };
    about_record(site, code::uds::USER_UNASSIGNED, exchange).maybe("central", by_design).holds()
}

/// Why a user without IM and Presence here may be one by design: the service profile names nodes, which can only
/// be those of a central cluster, and they have not refused the user. A node that took the user settles it.
pub(super) fn central(site: &Site<'_>) -> Option<String> {
    let (_, profile) = profile::first(site).filter(|(_, profile)| !profile.imp.is_empty())?;
    let refused = site
        .asked(HttpWhat::EpasLogin)
        .any(|exchange| matches!(exchange.reading, Reading::EpasLogin(epas::Answer::Failure(_))))
        || site.walk.logins().iter().any(|login| login.refused.is_some());
    let names: Vec<String> = profile.imp.iter().map(|imp| imp.address.clone()).collect();
    let by_design = site.accepted().is_some() || !refused;
    by_design.then(|| format!("the service profile names {}", super::super::figures::foreign(&list(&names))))
}
