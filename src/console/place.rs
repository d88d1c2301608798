//! Where a row belongs: to a node, to a name that DNS was asked for, to a host that HTTP was spoken with; and to the
//! one login, question or request that it is a part of.

use std::collections::BTreeMap;
use std::net::IpAddr;

use crate::journal::OpId;

/// Which rows belong where, by their places among all rows, oldest first.
#[derive(Debug, Default)]
pub(super) struct Places {
    ids: BTreeMap<String, usize>,
    keys: Vec<(String, Vec<usize>)>,
    ops: BTreeMap<OpId, Vec<usize>>,
    /// Of each row its key and the operation that it is a part of, once they are known.
    of_row: Vec<Option<(usize, OpId)>>,
}

impl Places {
    /// Keeps a row under a key, and with the operation that it is a part of.
    pub(super) fn put(&mut self, at: usize, key: &str, root: OpId) {
        let id = self.ids.get(key).copied().unwrap_or_else(|| {
            self.keys.push((key.to_owned(), Vec::new()));
            self.ids.insert(key.to_owned(), self.keys.len() - 1);
            self.keys.len() - 1
        });
        for rows in [&mut self.keys[id].1, self.ops.entry(root).or_default()] {
            let to = rows.partition_point(|row| *row < at);
            rows.insert(to, at);
        }
        if self.of_row.len() <= at {
            self.of_row.resize(at + 1, None);
        }
        self.of_row[at] = Some((id, root));
    }

    pub(super) fn of_key(&self, key: &str) -> &[usize] {
        self.ids.get(key).map_or(&[], |id| self.keys[*id].1.as_slice())
    }

    pub(super) fn of_op(&self, op: OpId) -> &[usize] {
        self.ops.get(&op).map_or(&[], Vec::as_slice)
    }

    /// Where a row was put.
    pub(super) fn of_row(&self, at: usize) -> Option<(&str, OpId)> {
        let (id, root) = (*self.of_row.get(at)?)?;
        Some((self.keys[id].0.as_str(), root))
    }
}

/// The host that a key names, and the port where it names one: `dns:imp1.example.test`,
/// `https://cucm1.example.test:8443`, `imp1.example.test:5222`.
pub(super) fn host_of(key: &str) -> (&str, Option<&str>) {
    if let Some(name) = key.strip_prefix("dns:") {
        return (name, None);
    }
    let place = key.split_once("://").map_or(key, |(_, place)| place);
    match place.rsplit_once(':') {
        Some((host, port)) => (host.trim_start_matches('[').trim_end_matches(']'), Some(port)),
        None => (place, None),
    }
}

/// Whether a key is about this host: its name, the first label of it, or `host:port`.
pub(super) fn is_host(key: &str, wanted: &str) -> bool {
    let (host, port) = host_of(key);
    let named = |wanted: &str| {
        let first = host.split('.').next().filter(|_| host.parse::<IpAddr>().is_err());
        host.eq_ignore_ascii_case(wanted) || first.is_some_and(|first| first.eq_ignore_ascii_case(wanted))
    };
    let bare = |host: &str| named(host.trim_start_matches('[').trim_end_matches(']'));
    if bare(wanted) {
        return true;
    }
    wanted.rsplit_once(':').is_some_and(|(host, wanted)| port == Some(wanted) && bare(host))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_kept_in_their_order_however_they_come() {
        let mut places = Places::default();
        [3, 1, 2].into_iter().for_each(|at| places.put(at, "a", OpId(7)));
        places.put(0, "b", OpId(8));
        assert_eq!((places.of_key("a"), places.of_op(OpId(7))), (&[1, 2, 3][..], &[1, 2, 3][..]));
        assert_eq!((places.of_key("b"), places.of_op(OpId(9))), (&[0][..], &[][..]));
        assert_eq!((places.of_row(2), places.of_row(0)), (Some(("a", OpId(7))), Some(("b", OpId(8)))));
        assert_eq!(places.of_row(4), None);
    }

    #[test]
    fn a_host_is_named_in_full_by_its_first_label_or_with_its_port() {
        let fits = |wanted: &str| {
            let keys = ["imp1.example.test:5222", "dns:imp1.example.test", "https://imp1.example.test:8443"];
            keys.map(|key| is_host(key, wanted))
        };
        assert_eq!((fits("imp1.example.test"), fits("IMP1")), ([true; 3], [true; 3]));
        assert_eq!((fits("imp1:5222"), fits("imp")), ([true, false, false], [false; 3]));
        assert!(
            is_host("[2001:db8::1]:5222", "2001:db8::1") && is_host("[2001:db8::1]:5222", "[2001:db8::1]:5222")
        );
        assert!(is_host("10.1.2.11:5222", "10.1.2.11") && !is_host("10.1.2.11:5222", "10"));
    }
}
