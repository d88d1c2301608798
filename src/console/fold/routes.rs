//! Which hosts the answers to a route's questions named: the targets of its records.

use std::collections::{BTreeMap, BTreeSet};

use crate::journal::{DnsAnswer, DnsAsk, RecordData, RecordKind};

/// The hosts that each route named, by the route's first label: `_cisco-uds`.
#[derive(Debug, Default)]
pub(super) struct Routes {
    hosts: BTreeMap<String, BTreeSet<String>>,
    namings: usize,
}

impl Routes {
    /// Takes in an answer.
    pub(super) fn answered(&mut self, ask: &DnsAsk, answer: &DnsAnswer) {
        if ask.kind != RecordKind::Srv {
            return;
        }
        let route = ask.name.split('.').next().unwrap_or_default().to_lowercase();
        let hosts = self.hosts.entry(route).or_default();
        for record in &answer.records {
            if let RecordData::Srv(srv) = &record.data {
                self.namings += usize::from(hosts.insert(srv.target.to_lowercase()));
            }
        }
    }

    /// Whether a route, in its label or its whole name, named a host.
    pub(super) fn named(&self, route: &str, host: &str) -> bool {
        let label = route.split('.').next().unwrap_or_default().to_lowercase();
        self.hosts.get(&label).is_some_and(|hosts| hosts.contains(&host.to_lowercase()))
    }

    /// How many hosts were named in all.
    pub(super) fn namings(&self) -> usize {
        self.namings
    }
}
