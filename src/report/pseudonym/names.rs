//! What stands for which name.

use std::collections::{BTreeMap, BTreeSet};
use std::net::{Ipv4Addr, Ipv6Addr};

use super::gather::Found;
use super::swap::Swap;

/// Domains' own labels that say nothing of whose they are.
const COMMON: [&str; 12] = [
    "example",
    "test",
    "local",
    "lan",
    "corp",
    "intern",
    "internal",
    "home",
    "localhost",
    "invalid",
    "company",
    "www",
];

/// Which replacement stands for what.
pub(super) struct Names {
    /// In lower case.
    pub(super) given: BTreeMap<String, String>,
    /// All that was found, so that no replacement is an original.
    originals: BTreeSet<String>,
    domains: Vec<(String, String)>,
    counts: BTreeMap<&'static str, u32>,
}

impl Names {
    /// What stands for all that was found.
    pub(super) fn of(found: &Found) -> Self {
        let all = [
            &found.domains,
            &found.users,
            &found.hosts,
            &found.addresses,
            &found.ids,
            &found.devices,
            &found.names,
        ];
        let all = all.into_iter().flatten().map(|text| text.to_lowercase());
        let with_labels = all.flat_map(|text| {
            let labels: Vec<String> = text.split('.').map(str::to_owned).collect();
            std::iter::once(text).chain(labels)
        });
        let mut originals: BTreeSet<String> = with_labels.collect();
        let six = found.addresses.iter().filter_map(|address| address.parse::<Ipv6Addr>().ok());
        originals.extend(six.map(|address| address.to_string()));
        let mut names = Self { given: BTreeMap::new(), originals, domains: Vec::new(), counts: BTreeMap::new() };
        found.domains.iter().for_each(|domain| names.domain(domain));
        found.users.iter().for_each(|user| names.one(user, "user"));
        found.addresses.iter().for_each(|address| names.address(address));
        found.hosts.iter().for_each(|host| names.host(host));
        found.devices.iter().for_each(|device| names.one(device, "DEVICE"));
        found.ids.iter().for_each(|id| names.id(id));
        found.names.iter().for_each(|name| names.one(name, "name"));
        names
    }

    /// The next `kind` that is no original.
    fn fresh(&mut self, kind: &'static str, form: impl Fn(u32) -> String) -> String {
        let count = self.counts.entry(kind).or_default();
        loop {
            *count += 1;
            let next = form(*count);
            if !self.originals.contains(&next.to_lowercase()) {
                return next;
            }
        }
    }

    fn one(&mut self, original: &str, kind: &'static str) {
        let key = original.trim().to_lowercase();
        if key.is_empty() || self.given.contains_key(&key) {
            return;
        }
        let next = self.fresh(kind, |count| format!("{kind}{count}"));
        self.given.insert(key, next);
    }

    fn domain(&mut self, original: &str) {
        let key = original.trim().trim_end_matches('.').to_lowercase();
        if key.is_empty() || key.parse::<std::net::IpAddr>().is_ok() || self.given.contains_key(&key) {
            return;
        }
        let next = if key.contains('.') {
            self.fresh("domain", |count| match count {
                1 => "example.com".to_owned(),
                2 => "example.net".to_owned(),
                3 => "example.org".to_owned(),
                more => format!("domain{more}.example"),
            })
        } else {
            self.fresh("tld", |count| if count == 1 { "example".to_owned() } else { format!("example{count}") })
        };
        self.given.insert(key.clone(), next.clone());
        // A domain's own name is its owner's.
        let own = key.split('.').next().unwrap_or_default().to_owned();
        if own != key && own.len() > 3 && !COMMON.contains(&own.as_str()) {
            self.one(&own, "site");
        }
        self.domains.push((key, next));
    }

    fn host(&mut self, original: &str) {
        let key = original.trim_end_matches('.').to_lowercase();
        if key.is_empty() || self.given.contains_key(&key) {
            return;
        }
        let within =
            |(domain, _): &&(String, String)| key.strip_suffix(domain).is_some_and(|own| own.ends_with('.'));
        let known = self.domains.iter().filter(within).max_by_key(|(domain, _)| domain.len()).cloned();
        let (own, domain) = match (known, key.split_once('.')) {
            (Some((domain, replacement)), _) => {
                (key[..key.len() - domain.len() - 1].to_owned(), Some(replacement))
            }
            (None, Some((own, domain))) => {
                self.domain(domain);
                (own.to_owned(), self.given.get(domain).cloned())
            }
            (None, None) => (key.clone(), None),
        };
        let mut labels: Vec<String> = Vec::new();
        for label in own.split('.') {
            if !label.starts_with('_') && label != "*" {
                self.one(label, "host");
            }
            labels.push(self.given.get(label).cloned().unwrap_or_else(|| label.to_owned()));
        }
        labels.extend(domain);
        self.given.insert(key, labels.join("."));
    }

    fn address(&mut self, original: &str) {
        let key = original.to_lowercase();
        if self.given.contains_key(&key) {
            return;
        }
        let next = match key.parse::<Ipv6Addr>() {
            // Another spelling of an address that is known is the same address.
            Ok(address) => {
                let plain = address.to_string();
                if !self.given.contains_key(&plain) {
                    let next = self
                        .fresh("six", |count| Ipv6Addr::from((0x2001_0db8 << 96) + u128::from(count)).to_string());
                    self.given.insert(plain.clone(), next);
                }
                self.given.get(&plain).cloned().unwrap_or_default()
            }
            Err(_) => self.fresh("four", four),
        };
        self.given.insert(key, next);
    }

    /// A fingerprint or a UUID, in the same form.
    fn id(&mut self, original: &str) {
        let key = original.to_lowercase();
        if self.given.contains_key(&key) {
            return;
        }
        let next = self.fresh("id", |count| {
            let digits = format!("{count:064x}");
            match key.len() {
                36 => format!("00000000-0000-4000-8000-{}", &digits[52..]),
                95 => {
                    let pairs: Vec<&str> = (0..32).map(|at| &digits[2 * at..2 * at + 2]).collect();
                    pairs.join(":")
                }
                _ => digits,
            }
        });
        self.given.insert(key, next);
    }

    /// What is searched for: each original, also as it is written in addresses and in XML.
    pub(super) fn swap(self) -> Swap {
        let mut swap = Swap::default();
        for (original, replacement) in &self.given {
            swap.add(original, replacement);
            swap.add(&percent(original), &percent(replacement));
            swap.add(&references(original, "&apos;", "&quot;"), replacement);
            swap.add(&references(original, "&#39;", "&#34;"), replacement);
            swap.add(&original.replace('\'', "\\27").replace('@', "\\40").replace(' ', "\\20"), replacement);
        }
        swap
    }
}

/// The addresses of RFC 5737, then those for benchmarks (RFC 2544).
pub(super) fn four(count: u32) -> String {
    const NETS: [Ipv4Addr; 3] =
        [Ipv4Addr::new(192, 0, 2, 0), Ipv4Addr::new(198, 51, 100, 0), Ipv4Addr::new(203, 0, 113, 0)];
    let at = count.saturating_sub(1);
    match NETS.get(usize::try_from(at / 254).unwrap_or(usize::MAX)) {
        Some(net) => Ipv4Addr::from(u32::from(*net) + at % 254 + 1).to_string(),
        None => Ipv4Addr::from(u32::from(Ipv4Addr::new(198, 18, 0, 0)).saturating_add(at)).to_string(),
    }
}

fn percent(text: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte);
    let one = |byte: u8| if plain(byte) { char::from(byte).to_string() } else { format!("%{byte:02x}") };
    text.bytes().map(one).collect()
}

fn references(text: &str, apostrophe: &str, quote: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('\'', apostrophe)
        .replace('"', quote)
}
