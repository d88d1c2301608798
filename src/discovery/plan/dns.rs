//! Which questions to ask of the DNS servers: every route's records, and both families of every host that is named.

use std::collections::BTreeSet;

use super::Plan;
use crate::discovery::route::host::{is_address, is_host, origin, plain};
use crate::discovery::route::{Route, RouteState};
use crate::journal::{Clients, DnsAsk, RecordKind};

/// So many hosts are looked up: no server can name as many as it likes.
const HOSTS: usize = 256;

impl Plan<'_> {
    /// All questions that were not asked yet, of every server at once.
    pub(super) fn dns(&self) -> Vec<DnsAsk> {
        let asked: BTreeSet<&DnsAsk> = self.walk.lookups().iter().map(|lookup| &lookup.ask).collect();
        let walked = self.routes.iter().filter(|view| !matches!(view.state, RouteState::Skipped(_)));
        let mut questions: Vec<(String, RecordKind)> =
            walked.map(|view| (view.name.clone(), RecordKind::Srv)).collect();
        for host in self.hosts() {
            questions.extend([RecordKind::A, RecordKind::Aaaa].map(|kind| (host.clone(), kind)));
        }
        let of_all = questions.into_iter().flat_map(|(name, kind)| {
            let servers = self.goal.dns.iter();
            servers.map(move |server| DnsAsk { name: name.clone(), kind, server: server.address.clone() })
        });
        let mut seen = BTreeSet::new();
        of_all.filter(|ask| !asked.contains(ask) && seen.insert(ask.clone())).collect()
    }

    /// The names of all hosts that something needs, each once.
    fn hosts(&self) -> Vec<String> {
        let mut hosts: Vec<String> = Vec::new();
        let records = self.routes.iter().flat_map(|view| &view.records);
        hosts.extend(records.map(|record| record.srv.target.clone()));
        // From outside nobody here resolves what stands inside.
        if self.walk.is_outside() {
            hosts.extend(self.nodes.iter().map(|node| node.host.clone()));
            hosts.extend(self.fallback());
            return usable(hosts);
        }
        hosts.extend(self.cucms().into_iter().map(|(host, _)| host));
        hosts.extend(self.cluster_servers());
        if self.goal.admin.is_some() {
            hosts.extend(self.admin_cucms().into_iter().map(|(host, _)| host));
            hosts.extend(self.uc_addresses());
        }
        hosts.extend(self.profile_urls().iter().filter_map(|url| origin(url)).map(|(_, host, _)| host));
        let nodes = self.nodes.iter().filter(|node| !self.is_beside_given(node));
        hosts.extend(nodes.map(|node| node.host.clone()));
        hosts.extend(self.fallback());
        usable(hosts)
    }

    /// The domain itself, where third-party clients go without records: asked for as soon as the preferred server
    /// has said that there are none.
    fn fallback(&self) -> Option<String> {
        let walks_psi = matches!(self.goal.clients, Clients::All | Clients::Psi) && self.goal.nodes.is_empty();
        let has_none = |route| {
            let view = self.route(route);
            view.is_some_and(|view| view.state != RouteState::Ok) && self.walk.is_decided(route)
        };
        // A target of "." says that XMPP is not offered: nobody falls back then (RFC 6120 section 3.2.1).
        let is_offered = self.route(Route::XmppClient).is_some_and(|view| view.records.is_empty());
        let is_none = is_offered && has_none(Route::XmppClient) && has_none(Route::XmppsClient);
        (walks_psi && is_none).then(|| plain(self.domain))
    }
}

/// Those of them that can be asked for, each once.
fn usable(mut hosts: Vec<String>) -> Vec<String> {
    let mut seen = BTreeSet::new();
    hosts.retain(|host| is_host(host) && !is_address(host) && seen.insert(host.clone()));
    hosts.truncate(HOSTS);
    hosts
}
