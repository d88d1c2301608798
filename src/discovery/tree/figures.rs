//! Figures, names and places as the tree writes them.

use std::collections::{BTreeMap, BTreeSet};

use crate::discovery::route::first_label;

/// `21 ms`, `0.4 ms`, `4.0 s`
pub(super) fn took(micros: u64) -> String {
    match micros {
        0..1_000 => format!("0.{} ms", micros / 100),
        1_000..1_000_000 => format!("{} ms", micros / 1000),
        _ => format!("{}.{} s", micros / 1_000_000, micros / 100_000 % 10),
    }
}

/// `1 record`, `3 records`
pub(super) fn count(many: usize, what: &str) -> String {
    if many == 1 { format!("1 {what}") } else { format!("{many} {what}s") }
}

/// `10.1.1.53` of `10.1.1.53:53`: the port is said only where it is another one.
pub(super) fn server(address: &str) -> &str {
    address.strip_suffix(":53").map_or(address, |bare| bare.trim_start_matches('[').trim_end_matches(']'))
}

/// The short names of hosts: the first label where no other host has it.
#[derive(Debug, Default)]
pub(super) struct Labels(BTreeMap<String, BTreeSet<String>>);

impl Labels {
    pub(super) fn add(&mut self, host: &str) {
        let host = host.to_ascii_lowercase();
        self.0.entry(first_label(&host).to_owned()).or_default().insert(host);
    }

    pub(super) fn short(&self, host: &str) -> String {
        let shared = self.0.get(&first_label(host).to_ascii_lowercase()).is_some_and(|hosts| hosts.len() > 1);
        if shared { host.to_owned() } else { first_label(host).to_owned() }
    }

    pub(super) fn short_list<'a>(&self, hosts: impl IntoIterator<Item = &'a String>) -> String {
        hosts.into_iter().map(|host| self.short(host)).collect::<Vec<_>>().join(", ")
    }
}
