//! Who names which IM&P node, in the order of the sources.

use super::host::{first_label, plain, with_port};
use super::{Route, RouteState};
use crate::discovery::reading::Reading;
use crate::discovery::walk::{Exchange, Walk};
use crate::journal::{Clients, EntryNo, HttpWhat};
use crate::protocol::edge::EdgeConfig;
use crate::protocol::epas::{Answer, Config};
use crate::protocol::profile::ServiceProfile;
use crate::protocol::uds::User;

/// The port of XMPP where no record gives another one.
pub(super) const XMPP: u16 = 5222;
/// Who names a node that was named by hand.
pub(super) const BY_HAND: &str = "--node";
/// Who names the front end of the edge, beside its records.
pub(super) const BY_EDGE: &str = "get_edge_config: xmppEdgeServer";
/// Who names the node that third-party clients fall back to.
pub(super) const FALLBACK: &str = "the domain's own address, port 5222";
/// A longer name is none.
const NAME: usize = 253;

/// Somebody names a node.
#[derive(Debug, Clone)]
pub(super) struct Naming {
    pub(super) host: String,
    /// The port, where the source gives one.
    pub(super) port: Option<u16>,
    pub(super) direct_tls: bool,
    /// It is the XMPP front end of an Expressway-E.
    pub(super) edge: bool,
    pub(super) by: String,
    pub(super) entries: Vec<EntryNo>,
}

impl Naming {
    fn new(host: &str, by: impl Into<String>, entry: EntryNo) -> Self {
        let (port, direct_tls, edge) = (None, false, false);
        Self { host: plain(host), port, direct_tls, edge, by: by.into(), entries: vec![entry] }
    }
}

impl Walk {
    /// All namings, in the order of the sources. A fallback is none while anything else could name a node.
    pub(super) fn namings(&self) -> Vec<Naming> {
        let mut all = self.given();
        for route in [Route::XmppClient, Route::XmppsClient, Route::Cuplogin] {
            all.extend(self.named_by_records(route));
        }
        // From outside, what servers inside name is reached through the edge alone.
        if !self.is_outside() {
            all.extend(self.named_over_http());
        }
        all.extend(self.named_by_logins());
        all.extend(self.named_as_edge());
        all.extend(self.fallback());
        all.retain(|naming| !naming.host.is_empty() && naming.host != "." && naming.host.len() <= NAME);
        all
    }

    fn given(&self) -> Vec<Naming> {
        let (Some((n, _)), Some(goal)) = (self.run(), self.goal()) else { return Vec::new() };
        let given = goal.nodes.iter();
        given.map(|node| Naming { port: Some(node.port), ..Naming::new(&node.host, BY_HAND, n) }).collect()
    }

    fn named_by_records(&self, route: Route) -> Vec<Naming> {
        let is_xmpp = route != Route::Cuplogin;
        let naming = |record: super::RouteRecord| Naming {
            host: record.srv.target,
            port: is_xmpp.then_some(record.srv.port),
            direct_tls: route == Route::XmppsClient,
            edge: false,
            by: route.name().to_owned(),
            entries: record.entries,
        };
        self.route(route).records.into_iter().map(naming).collect()
    }

    fn named_over_http(&self) -> Vec<Naming> {
        let mut all = Vec::new();
        if let Some((exchange, user)) = self.user_record() {
            let assigned = user.imp_servers.iter();
            all.extend(assigned.map(|server| Naming::new(server, "UDS: assigned", exchange.said())));
        }
        if let Some((exchange, profile)) = self.service_profile() {
            // Its port is none of XMPP: the product does not use it for IM&P (protocol.md 4).
            all.extend(profile.imp.iter().map(|address| {
                Naming::new(&address.address, format!("service profile: {}", address.role), exchange.said())
            }));
        }
        for (exchange, to) in self.epas_redirects() {
            let (_, from, _) = exchange.ask.server();
            all.push(Naming::new(to, format!("EPAS: redirect of {}", first_label(from)), exchange.said()));
        }
        if let Some((exchange, config)) = self.epas_config() {
            for (host, by) in [(config.primary(), "EPAS: primary"), (config.backup(), "EPAS: backup")] {
                all.extend(host.map(|host| Naming::new(host, by, exchange.said())));
            }
        }
        all
    }

    /// The XMPP front ends of the edge: those that `get_edge_config` names, and without one the hosts of the records
    /// themselves, on the usual port.
    fn named_as_edge(&self) -> Vec<Naming> {
        let is_walked = self.goal().is_some_and(|goal| matches!(goal.clients, Clients::All | Clients::Edge));
        if !is_walked {
            return Vec::new();
        }
        let records = self.route(Route::CollabEdge).records.into_iter();
        let by_record = records.map(|record| Naming {
            edge: true,
            host: record.srv.target,
            port: Some(XMPP),
            direct_tls: false,
            by: Route::CollabEdge.name().to_owned(),
            entries: record.entries,
        });
        let mut all: Vec<Naming> = by_record.collect();
        if let Some((exchange, config)) = self.edge_config() {
            all.extend(config.xmpp.iter().map(|at| Naming {
                edge: true,
                port: Some(at.port.filter(|port| *port != 0).unwrap_or(XMPP)),
                ..Naming::new(&at.address, BY_EDGE, exchange.said())
            }));
        }
        all
    }

    fn named_by_logins(&self) -> Vec<Naming> {
        let mut all = Vec::new();
        // What stands behind an edge's front end names is named to those inside.
        for login in self.logins().iter().filter(|login| !login.ask.is_by_edge()) {
            let at = first_label(&login.ask.host);
            if let Some((n, names)) = &login.hostnames {
                all.extend(names.iter().map(|name| Naming::new(name, format!("<hostname> of {at}"), *n)));
            }
            if let Some((n, to)) = &login.other_host {
                let (host, port) = with_port(to, 0);
                let by = format!("see-other-host of {at}");
                all.push(Naming { port: Some(port).filter(|port| *port != 0), ..Naming::new(&host, by, *n) });
            }
        }
        all
    }

    /// Where third-party clients go without any record (protocol.md 1.4).
    fn fallback(&self) -> Option<Naming> {
        let walks_psi = self.goal().is_some_and(|goal| matches!(goal.clients, Clients::All | Clients::Psi));
        let has_none = |route| {
            let state = self.route(route).state;
            matches!(state, RouteState::Failed(_) | RouteState::Absent(_))
        };
        let offers_none = self.route(Route::XmppClient).state == RouteState::Absent("not offered");
        if !walks_psi || offers_none || !has_none(Route::XmppClient) || !has_none(Route::XmppsClient) {
            return None;
        }
        let domain = plain(&self.run()?.1.domain);
        let addresses = self.addresses(&domain);
        let first = *addresses.entries.first()?;
        let naming =
            Naming { port: Some(XMPP), entries: addresses.entries, ..Naming::new(&domain, FALLBACK, first) };
        (!addresses.list.is_empty()).then_some(naming)
    }

    /// The user's record, and the exchange that brought it.
    pub(in crate::discovery) fn user_record(&self) -> Option<(&Exchange, &User)> {
        self.standing(HttpWhat::User).into_iter().rev().find_map(|exchange| match &exchange.reading {
            Reading::User(user) => Some((exchange, &**user)),
            _ => None,
        })
    }

    /// The service profile, and the exchange that brought it.
    pub(in crate::discovery) fn service_profile(&self) -> Option<(&Exchange, &ServiceProfile)> {
        self.standing(HttpWhat::ServiceProfile).into_iter().rev().find_map(|exchange| match &exchange.reading {
            Reading::ServiceProfile(profile) => Some((exchange, profile)),
            _ => None,
        })
    }

    /// What EPAS says of the node and its user, and the exchange that brought it.
    pub(in crate::discovery) fn epas_config(&self) -> Option<(&Exchange, &Config)> {
        self.standing(HttpWhat::EpasConfig).into_iter().rev().find_map(|exchange| match &exchange.reading {
            Reading::EpasConfig(Answer::Success(config)) => Some((exchange, config)),
            _ => None,
        })
    }

    /// What Expressway-E says of the way in, and the exchange that brought it.
    pub fn edge_config(&self) -> Option<(&Exchange, &EdgeConfig)> {
        self.standing(HttpWhat::EdgeConfig).into_iter().rev().find_map(|exchange| match &exchange.reading {
            Reading::EdgeConfig(config) => Some((exchange, &**config)),
            _ => None,
        })
    }

    /// Where EPAS sent us instead of answering.
    pub(in crate::discovery) fn epas_redirects(&self) -> Vec<(&Exchange, &str)> {
        let asked = [HttpWhat::EpasLogin, HttpWhat::EpasConfig].into_iter().flat_map(|what| self.standing(what));
        let redirects = asked.filter_map(|exchange| match &exchange.reading {
            Reading::EpasLogin(Answer::Redirect(host)) | Reading::EpasConfig(Answer::Redirect(host)) => {
                Some((exchange, host.as_str()))
            }
            _ => None,
        });
        redirects.collect()
    }
}
