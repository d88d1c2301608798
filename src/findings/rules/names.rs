//! Rules about the names that the walk meets: that one of them has no address.

use crate::discovery::{Lookup, Reading, Route};
use crate::journal::{HttpAsk, HttpWhat, RecordData, RecordKind};

use super::super::figures::{foreign, list};
use super::dns::server_name;
use super::found::Found;
use super::records::settled;
use super::site::Site;
use super::targets::{alias_of, is_address, is_host, targets};
use super::{Answer, Finding, code};

/// So many names of one answer are looked at: no server can name as many as it likes.
pub(super) const NAMES: usize = 64;

/// Who named a host.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum By {
    Record(Route),
    Servers,
    HomeCluster,
    Assigned,
    Profile,
    ProfileUri,
}

impl By {
    fn words(self) -> &'static str {
        match self {
            By::Record(route) => route.name(),
            By::Servers => "UDS servers",
            By::HomeCluster => "UDS clusterUser",
            By::Assigned => "the user's assignment in UDS",
            By::Profile => "the service profile",
            By::ProfileUri => "the address of the service profile",
        }
    }
}

impl By {
    /// The catalogue's word for what such a host is.
    fn kind(self) -> &'static str {
        match self {
            By::Record(Route::CiscoUds) | By::Servers | By::HomeCluster => "cucm",
            By::Record(Route::CollabEdge) => "edge",
            By::ProfileUri => "tftp",
            By::Record(Route::Cuplogin | Route::XmppClient | Route::XmppsClient) | By::Assigned | By::Profile => {
                "imp"
            }
        }
    }
}

/// The catalogue's word for what the hosts of a route are.
pub(super) fn kind_of(route: Route) -> &'static str {
    By::Record(route).kind()
}

/// All hosts that were named, with who named them.
fn named(site: &Site<'_>) -> Vec<(By, String)> {
    let mut named: Vec<(By, String)> =
        targets(site).iter().map(|target| (By::Record(target.route), target.srv.target.clone())).collect();
    for exchange in site.walk.exchanges() {
        match &exchange.reading {
            Reading::Servers(servers) => {
                named.extend(servers.servers.iter().take(NAMES).map(|host| (By::Servers, host.clone())))
            }
            Reading::ClusterUser(user) => {
                named.extend(user.home.iter().map(|host| (By::HomeCluster, host.clone())))
            }
            Reading::User(user) => {
                named.extend(user.imp_servers.iter().take(NAMES).map(|host| (By::Assigned, host.clone())));
                named.extend(user.service_profiles.iter().take(NAMES).map(|uri| (By::ProfileUri, host_of(uri))));
            }
            Reading::ServiceProfile(profile) => {
                named.extend(profile.imp.iter().take(NAMES).map(|imp| (By::Profile, imp.address.clone())));
            }
            _ => {}
        }
    }
    named
}

fn host_of(uri: &str) -> String {
    let (url, addresses) = (uri.to_owned(), Vec::new());
    let ask = HttpAsk::new(HttpWhat::ServiceProfile, url, addresses);
    ask.origin().1.to_owned()
}

/// Whether a host has an address, by any answer.
pub(super) fn has_address(site: &Site<'_>, host: &str) -> bool {
    let mut asked = site.walk.lookups().iter().filter(|lookup| is_host(&lookup.ask.name, host));
    is_address(host) || asked.any(|lookup| addresses(lookup).next().is_some())
}

pub(super) fn addresses(lookup: &Lookup) -> impl Iterator<Item = &str> {
    let records = lookup.answer().map(|answer| &answer.records);
    records.into_iter().flatten().filter_map(|record| match &record.data {
        RecordData::Address(address) => Some(address.as_str()),
        _ => None,
    })
}

/// A name that the walk met has no address: by the first answers to it.
///
/// Not for the domain itself, which is asked for where there are no records: `DNS_NO_LOGIN_RECORDS` says that.
pub(super) fn unresolved(site: &Site<'_>) -> Vec<Answer> {
    let mut names: Vec<(&str, Vec<&Lookup>)> = Vec::new();
    for lookup in site.walk.lookups().iter().filter(|lookup| lookup.ask.kind != RecordKind::Srv) {
        match names.iter_mut().find(|(name, _)| *name == lookup.ask.name) {
            Some((_, lookups)) => lookups.push(lookup),
            None => names.push((&lookup.ask.name, vec![lookup])),
        }
    }
    let named = named(site);
    let met = |name: &str| named.iter().any(|(_, host)| is_host(host, name));
    let asked = names.into_iter().filter(|(name, _)| !is_host(name, site.domain()) || met(name));
    asked.map(|(name, lookups)| unresolved_name(site, name, &lookups, &named)).collect()
}

fn unresolved_name(site: &Site<'_>, name: &str, lookups: &[&Lookup], named: &[(By, String)]) -> Answer {
    let both = |begun: &[&Lookup]| {
        [RecordKind::A, RecordKind::Aaaa].iter().all(|kind| begun.iter().any(|lookup| lookup.ask.kind == *kind))
    };
    let Some(moment) = settled(lookups, both) else {
        return Answer::CannotTellYet;
    };
    let first: Vec<&Lookup> = lookups.iter().copied().filter(|lookup| lookup.n < moment).collect();
    if first.iter().any(|lookup| addresses(lookup).next().is_some()) {
        return Answer::DoesNotHold;
    }
    let mut by: Vec<By> = Vec::new();
    for (who, _) in named.iter().filter(|(_, host)| is_host(host, name)) {
        if !by.contains(who) {
            by.push(*who);
        }
    }
    let words: Vec<String> = by.iter().map(|by| by.words().to_owned()).collect();
    Found::about(code::dns::TARGET_UNRESOLVED, name)
        .of(first[0].op)
        .foreign("why", &why(&first))
        .arg("named_by", if words.is_empty() { "the command line".to_owned() } else { list(&words) })
        .maybe("kind", by.first().map(|by| by.kind().to_owned()))
        .maybe("other_ok", other_name(site, name, &by, named))
        .cite(first.iter().flat_map(|lookup| [Some(lookup.n), lookup.ended.as_ref().map(|end| end.n)]).flatten())
        .holds()
}

/// Says of a name of one label whether it has an address here. Where it has none, and nothing stands in for it,
/// that is as grave as a name without an address is.
pub(super) fn with_address(site: &Site<'_>, found: Found, host: &str) -> Found {
    let about = |finding: &Finding| is_host(&finding.subject, &foreign(host));
    let lost = unresolved(site).into_iter().find_map(|answer| match answer {
        Answer::Holds(finding) if about(&finding) => Some(finding),
        _ => None,
    });
    let Some(lost) = lost else {
        return found.arg("why", "it has an address only where something completes it");
    };
    let why = lost.arg("why").unwrap_or_default().to_owned();
    let grave = lost.arg("other_ok").is_none().then(|| why.clone());
    found.arg("why", format!("it has no address here ({why})")).maybe("unresolved", grave).cite(lost.evidence)
}

/// What makes a name without an address milder: it has one by a later answer, or whoever named it named another
/// host that has one.
fn other_name(site: &Site<'_>, name: &str, by: &[By], named: &[(By, String)]) -> Option<String> {
    if has_address(site, name) {
        return Some(name.to_owned());
    }
    let stand_in = |by: &By| {
        let others = named.iter().filter(|(who, host)| who == by && !is_host(host, name));
        others.map(|(_, host)| host).find(|host| has_address(site, host)).cloned()
    };
    let all: Option<Vec<String>> = by.iter().map(stand_in).collect();
    all?.into_iter().next()
}

/// Why a name has no address, by all answers to it.
fn why(lookups: &[&Lookup]) -> String {
    let mut words: Vec<String> = Vec::new();
    for lookup in lookups {
        let word = match (lookup.answer(), &lookup.ended) {
            (Some(answer), _) if answer.rcode == "NOERROR" => match alias_of(lookup) {
                Some((_, name)) => format!("an alias of {name}, which has no address"),
                None => "no A or AAAA record".to_owned(),
            },
            (Some(answer), _) => answer.rcode.clone(),
            (None, Some(end)) => match &end.outcome.code {
                Some(code) if code == "ETIMEDOUT" => format!("no answer from {}", server_name(&lookup.ask.server)),
                Some(code) => code.clone(),
                None => "no answer".to_owned(),
            },
            (None, None) => continue,
        };
        if !words.contains(&word) {
            words.push(word);
        }
    }
    list(&words)
}
