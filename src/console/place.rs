//! Where a row belongs: to a node, to a name that DNS was asked for, to a host that HTTP was spoken with; and to the
//! one login, question or request that it is a part of.

use std::collections::BTreeMap;

use crate::journal::{DnsAsk, HttpAsk, OpId};

/// The name under which a node's rows are kept: `imp1.example.test:5222`.
pub fn node_key(host: &str, port: u16) -> String {
    if host.contains(':') { format!("[{host}]:{port}") } else { format!("{host}:{port}") }
}

/// The name under which the rows of a name are kept, whatever was asked of whom: `dns:_cisco-uds._tcp.example.test`.
pub fn dns_key(ask: &DnsAsk) -> String {
    format!("dns:{}", ask.name.to_lowercase())
}

/// The name under which the rows of an HTTP host are kept: `https://cucm1.example.test:8443`.
pub fn http_key(ask: &HttpAsk) -> String {
    let (scheme, ..) = ask.origin();
    format!("{scheme}://{}", ask.place()).to_lowercase()
}

/// Which rows belong where, by their places among all rows, oldest first.
#[derive(Debug, Default)]
pub(super) struct Places {
    keys: BTreeMap<String, Vec<usize>>,
    ops: BTreeMap<OpId, Vec<usize>>,
}

impl Places {
    /// Keeps a row under a key, and with the operation that it is a part of.
    pub(super) fn put(&mut self, at: usize, key: &str, root: OpId) {
        if !self.keys.contains_key(key) {
            self.keys.insert(key.to_owned(), Vec::new());
        }
        self.keys.get_mut(key).into_iter().chain([self.ops.entry(root).or_default()]).for_each(|rows| {
            let to = rows.partition_point(|row| *row < at);
            rows.insert(to, at);
        });
    }

    pub(super) fn of_key(&self, key: &str) -> &[usize] {
        self.keys.get(key).map_or(&[], Vec::as_slice)
    }

    pub(super) fn of_op(&self, op: OpId) -> &[usize] {
        self.ops.get(&op).map_or(&[], Vec::as_slice)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::journal::{HttpWhat, RecordKind};

    fn http(url: &str) -> String {
        http_key(&HttpAsk { what: HttpWhat::Version, url: url.to_owned(), addresses: Vec::new() })
    }

    #[test]
    fn a_key_does_not_depend_on_case_or_on_what_is_asked_there() {
        assert_eq!(http("https://CUCM1.example.test:8443/cucm-uds/version?x"), "https://cucm1.example.test:8443");
        assert_eq!(http("http://tftp.example.test/SP.xml"), "http://tftp.example.test:80");
        assert_eq!(http("https://[2001:db8::1]/"), "https://[2001:db8::1]:443");
        let ask = |kind| DnsAsk { name: "Imp1.example.test".into(), kind, server: "10.1.1.53:53".into() };
        assert_eq!(dns_key(&ask(RecordKind::A)), "dns:imp1.example.test");
        assert_eq!(dns_key(&ask(RecordKind::A)), dns_key(&ask(RecordKind::Aaaa)));
        assert_eq!((node_key("imp1", 5222).as_str(), node_key("::1", 1).as_str()), ("imp1:5222", "[::1]:1"));
    }

    #[test]
    fn rows_are_kept_in_their_order_however_they_come() {
        let mut places = Places::default();
        [3, 1, 2].into_iter().for_each(|at| places.put(at, "a", OpId(7)));
        places.put(0, "b", OpId(8));
        assert_eq!((places.of_key("a"), places.of_op(OpId(7))), (&[1, 2, 3][..], &[1, 2, 3][..]));
        assert_eq!((places.of_key("b"), places.of_op(OpId(9))), (&[0][..], &[][..]));
    }
}
