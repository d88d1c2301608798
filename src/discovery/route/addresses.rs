//! What is known of a host's addresses, over all servers and both families.

use std::net::IpAddr;

use super::Addresses;
use super::host::{is_address, is_host, plain};
use super::told::{Asked, Told, chain, records, told};
use crate::discovery::walk::Walk;
use crate::journal::{RecordData, RecordKind, WalkAsk};

/// So many addresses of a host are used.
const KEPT: usize = 16;

impl Walk {
    /// What is known of a host's addresses.
    pub fn addresses(&self, host: &str) -> Addresses {
        let host = plain(host);
        if is_address(&host) {
            return Addresses { list: vec![host], ..Addresses::default() };
        }
        if !is_host(&host) {
            let why = if host == "." { "not offered" } else { "not a host name" };
            return Addresses { none: Some(why.to_owned()), ..Addresses::default() };
        }
        let asked = [RecordKind::A, RecordKind::Aaaa].map(|kind| self.asked(&host, kind));
        gathered(&host, &asked.concat())
    }

    /// Whether names need no address here: no DNS server is asked, and the proxy resolves them.
    pub(in crate::discovery) fn leaves_names(&self) -> bool {
        let by_proxy = |goal: &WalkAsk| goal.dns.is_empty() && goal.via.as_ref().is_some_and(|via| via.names);
        self.goal().is_some_and(by_proxy)
    }

    /// A host's addresses once they can be used: an IPv4 address is known, or none will come from a server that
    /// answered. Empty for what needs none: an address, and a name that is left to the proxy.
    pub(in crate::discovery) fn usable(&self, host: &str) -> Option<Vec<String>> {
        let host = plain(host);
        if is_address(&host) || (self.leaves_names() && is_host(&host)) {
            return Some(Vec::new());
        }
        let addresses = self.addresses(&host);
        let has_v4 = addresses.list.first().is_some_and(|first| !first.contains(':'));
        let no_v4_comes = || {
            let asked = self.asked(&host, RecordKind::A).into_iter();
            let told: Vec<Told> =
                asked.map(|asked| asked.map_or(Told::Open, |asked| told(asked.counts))).collect();
            told.iter().any(Told::is_answer) || !told.iter().any(Told::is_open)
        };
        (has_v4 || (!addresses.list.is_empty() && no_v4_comes())).then_some(addresses.list)
    }
}

/// What the answers to all these questions say together.
fn gathered(host: &str, questions: &[Option<Asked<'_>>]) -> Addresses {
    let asked: Vec<Asked> = questions.iter().flatten().copied().collect();
    if asked.is_empty() {
        return Addresses::default();
    }
    let mut found = Addresses::default();
    let mut list: Vec<IpAddr> = Vec::new();
    for lookup in asked.iter().map(|asked| asked.counts).filter(|lookup| !told(lookup).is_open()) {
        found.entries.extend(lookup.answered().map(|(n, ..)| *n).or(lookup.ended.as_ref().map(|ended| ended.n)));
        let Some(answer) = lookup.answer().filter(|_| told(lookup).is_answer()) else { continue };
        let aliases = chain(answer, host).into_iter().skip(1);
        add_each(&mut found.aliases, aliases);
        add_each(&mut list, records(answer, host).filter_map(|record| address(&record.data)));
    }
    list.sort_by_key(IpAddr::is_ipv6);
    found.list = list.iter().take(KEPT).map(IpAddr::to_string).collect();
    let is_open = |lookup| told(lookup).is_open();
    let all_asked = asked.len() == questions.len();
    found.pending = !all_asked || asked.iter().any(|asked| is_open(asked.newest));
    if list.is_empty() && all_asked && !asked.iter().any(|asked| is_open(asked.counts)) {
        found.none = Some(why_none(&asked.iter().map(|asked| told(asked.counts)).collect::<Vec<_>>()));
    }
    found
}

fn add_each<T: PartialEq>(list: &mut Vec<T>, items: impl Iterator<Item = T>) {
    for item in items {
        if !list.contains(&item) {
            list.push(item);
        }
    }
}

fn address(data: &RecordData) -> Option<IpAddr> {
    if let RecordData::Address(address) = data { address.parse().ok() } else { None }
}

/// Why there is no address, when every server has said something or was given up.
fn why_none(told: &[Told]) -> String {
    let mut word = None;
    for one in told {
        match one {
            Told::None("NXDOMAIN") => return "NXDOMAIN".to_owned(),
            Told::None(_) | Told::Records => word = Some("no A or AAAA record"),
            Told::Failed(why) => word = word.or(Some(why)),
            Told::Open => {}
        }
    }
    word.unwrap_or_default().to_owned()
}
