//! Where the administrator's password may be sent. It opens the whole cluster, so it goes to fewer hosts than the user's:
//! never where DNS alone, a node before its login (`<hostname>`, see-other-host), or an answer that nobody vouches for
//! has led, nor to an Expressway-E, which is no host of the cluster. A host may be sent it when one of these holds:
//!
//! 1. A person named it: `--node`, `--cucm`.
//! 2. A person accepted a certificate for it by its fingerprint.
//! 3. It is in the user's domain, or in the voice services domain.
//! 4. An answer names it whose server's certificate was verified, or accepted by its fingerprint: UDS, the service
//!    profile over HTTPS, EPASSoap, AXL. `--insecure` vouches for nothing here.
//!
//! Where CUCMs of several clusters are compared, none of this is enough: `homes` says of which cluster it must be.
//!
//! On each connection the trust gate asks once more: the certificate must be verified for this very name, or accepted by
//! its fingerprint, whatever `--insecure` and `--allow-cleartext` say.

use super::Plan;
use super::epas::PORT;
use crate::discovery::reading::Reading;
use crate::discovery::route::NodeSeen;
use crate::discovery::route::host::{is_address, is_host, is_short, origin, plain, url};
use crate::discovery::walk::Exchange;
use crate::journal::HttpWhat;
use crate::protocol::epas::Answer;

/// The hosts of the administrator's side.
pub(super) struct Hosts {
    pub(super) all: Vec<Host>,
    /// Hosts of the tree that nobody vouches for.
    pub(super) left_out: Vec<String>,
}

/// One of them.
pub(super) struct Host {
    pub(super) host: String,
    pub(super) port: u16,
    /// An IM&P node; else a CUCM.
    pub(super) imp: bool,
}

impl Host {
    pub(super) fn url(&self, path: &str) -> String {
        url("https", &self.host, self.port, path)
    }
}

impl Hosts {
    /// Whether this is a host of that kind.
    pub(super) fn is(&self, host: &str, imp: bool) -> bool {
        self.all.iter().any(|at| at.imp == imp && at.host == plain(host))
    }
}

impl Plan<'_> {
    /// The CUCMs that may be asked, host and port, in the order in which they are.
    pub(super) fn admin_cucms(&self) -> Vec<(String, u16)> {
        let vouched = self.vouched();
        let may = |host: &str| self.is_of_home(host) && self.may_have_password(host, &vouched);
        self.every_cucm().into_iter().filter(|(host, _)| may(host)).collect()
    }

    /// All hosts: the CUCMs, then the IM&P nodes.
    pub(super) fn admin_hosts(&self) -> Hosts {
        let vouched = self.vouched();
        let mut hosts = Hosts { all: Vec::new(), left_out: Vec::new() };
        let cucms = self.every_cucm().into_iter().filter(|(host, _)| self.is_of_home(host));
        let cucms = cucms.map(|(host, port)| (host, port, false));
        let nodes =
            self.nodes.iter().filter(|node| is_of_cluster(node)).map(|node| (plain(&node.host), PORT, true));
        for (host, port, imp) in cucms.chain(nodes) {
            let is_known = hosts.all.iter().any(|at| at.host == host) || hosts.left_out.contains(&host);
            if is_known || !is_host(&host) {
                continue;
            }
            if self.may_have_password(&host, &vouched) {
                hosts.all.push(Host { host, port, imp });
            } else {
                hosts.left_out.push(host);
            }
        }
        hosts
    }

    /// The addresses of the UC services, by name: whether they lead anywhere is what the tree shows.
    pub(super) fn uc_addresses(&self) -> Vec<String> {
        let seen = self.walk.admin();
        let addresses = seen.uc_services.iter().filter_map(|(_, told)| told.said.address.as_deref());
        addresses.map(plain).collect()
    }

    /// Every CUCM that anybody names, host and port.
    pub(super) fn every_cucm(&self) -> Vec<(String, u16)> {
        let mut cucms = self.cucms();
        let by_hand = self.walk.given_cucms();
        let listed = self.cluster_servers().into_iter().map(|host| (host, PORT));
        for cucm in by_hand.into_iter().chain(listed) {
            if is_host(&cucm.0) && !cucms.iter().any(|(host, _)| *host == cucm.0) {
                cucms.push(cucm);
            }
        }
        cucms
    }

    fn may_have_password(&self, host: &str, vouched: &[String]) -> bool {
        let host = plain(host);
        let by_hand = || {
            let cucms = self.walk.given_cucms().into_iter().map(|(host, _)| host);
            let nodes = self.goal.nodes.iter().map(|node| plain(&node.host));
            nodes.chain(cucms).any(|given| given == host)
        };
        let is_accepted = || {
            let mut accepted = self.permissions.accepted.iter().filter_map(|(_, place, _)| place.as_deref());
            accepted.any(|place| plain(place) == host)
        };
        self.is_in_domain(&host) || by_hand() || is_accepted() || vouched.contains(&host)
    }

    fn is_in_domain(&self, host: &str) -> bool {
        let below = |domain: &str| {
            let domain = plain(domain);
            let inside = host.strip_suffix(&domain).is_some_and(|rest| rest.ends_with('.'));
            domain.contains('.') && (inside || host == domain)
        };
        !is_address(host) && (below(self.domain) || self.goal.voice_domain.as_deref().is_some_and(below))
    }

    /// The hosts that an answer names which somebody vouches for. A short name is one in the domain of who said it.
    fn vouched(&self) -> Vec<String> {
        let mut hosts = Vec::new();
        for seen in self.walk.exchanges().iter().filter(|seen| seen.ask.inside.is_empty()) {
            let named = named(seen);
            if named.is_empty() || !self.walk.is_vouched_for(seen) {
                continue;
            }
            let (_, said_by, _) = seen.ask.origin();
            let domain =
                said_by.split_once('.').map(|(_, domain)| domain.to_owned()).filter(|_| !is_address(said_by));
            for host in named.into_iter().map(|host| plain(&host)).filter(|host| is_host(host)) {
                let whole = domain.as_ref().filter(|_| is_short(&host)).map(|domain| format!("{host}.{domain}"));
                hosts.extend(whole);
                hosts.push(host);
            }
        }
        hosts
    }
}

/// Whether a node is one of the cluster's: neither the domain itself nor an Expressway-E is.
fn is_of_cluster(node: &NodeSeen) -> bool {
    !node.is_fallback() && !node.edge
}

/// The hosts that an answer names as its cluster's.
fn named(seen: &Exchange) -> Vec<String> {
    match &seen.reading {
        Reading::ClusterUser(read) => {
            let uris = [&read.user_uri, &read.servers_uri].into_iter().flatten();
            let hosts = uris.filter_map(|uri| origin(uri)).map(|(_, host, _)| host);
            hosts.chain(read.home.clone()).collect()
        }
        Reading::Servers(read) => read.servers.clone(),
        Reading::User(read) => read.imp_servers.clone(),
        Reading::ServiceProfile(read) => read.imp.iter().map(|address| address.address.clone()).collect(),
        Reading::EpasLogin(Answer::Redirect(to)) if seen.ask.what == HttpWhat::EpasLogin => vec![to.clone()],
        Reading::EpasConfig(Answer::Success(config)) => {
            config.primary().into_iter().chain(config.backup()).map(str::to_owned).collect()
        }
        Reading::AxlNodes(nodes) => nodes.iter().map(|node| node.name.clone()).collect(),
        Reading::AxlAssignment(rows) => rows.iter().filter_map(|row| row.server.clone()).collect(),
        Reading::AxlGroups(groups) => groups.iter().flat_map(|group| group.servers.clone()).collect(),
        Reading::AxlUcService(service) => service.address.clone().into_iter().collect(),
        _ => Vec::new(),
    }
}
