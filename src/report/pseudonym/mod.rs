//! Entries in which names are replaced: users, domains, hosts, addresses, fingerprints, persons, organisations. The same
//! original is the same replacement throughout. Times, stream ids and entry numbers stay.
//!
//! Replacements are from what is set aside for documentation: RFC 2606 (domains), RFC 5737 and RFC 3849 (addresses). It
//! works on the entries as they are written, so that an entry of a later version is treated as well; every format is
//! then made of the entries that come out.

mod gather;
mod markup;
mod swap;

use std::collections::{BTreeMap, BTreeSet};
use std::net::{Ipv4Addr, Ipv6Addr};

use serde_json::Value;

use crate::journal::Entry;
use gather::{Found, is_word};
use swap::Swap;

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

/// The same entries with other names.
pub fn pseudonymised(entries: &[Entry]) -> Vec<Entry> {
    let values: Vec<Value> = entries.iter().filter_map(|entry| serde_json::to_value(entry).ok()).collect();
    let mut found = Found::default();
    values.iter().for_each(|value| found.entry(value));
    let swap = Names::of(&found).swap();
    let replaced = values.into_iter().map(|value| replaced(&swap, "", value));
    replaced.filter_map(|value| serde_json::from_value(value).ok()).collect()
}

fn replaced(swap: &Swap, key: &str, value: Value) -> Value {
    match value {
        Value::String(text) if is_word(key, &text) => Value::String(text),
        Value::String(text) => Value::String(swap.whole(&text).unwrap_or_else(|| swap.text(&text))),
        Value::Array(values) => values.into_iter().map(|value| replaced(swap, key, value)).collect(),
        Value::Object(fields) => {
            let payload = fields.contains_key("cuts") || fields.contains_key("base64");
            let all = fields.into_iter().map(|(name, value)| match name.as_str() {
                "text" | "base64" if payload => (name, value),
                _ => {
                    let value = replaced(swap, &name, value);
                    (name, value)
                }
            });
            let mut fields: serde_json::Map<String, Value> = all.collect();
            if payload {
                bytes(swap, &mut fields);
            }
            Value::Object(fields)
        }
        other => other,
    }
}

/// The bytes that passed, with the places of their secrets.
fn bytes(swap: &Swap, fields: &mut serde_json::Map<String, Value>) {
    let cuts = || fields.get("cuts").and_then(Value::as_array).into_iter().flatten();
    let at = |cut: &Value| cut.get("at").and_then(Value::as_u64).and_then(|at| usize::try_from(at).ok());
    let mut places: Vec<usize> = cuts().map(|cut| at(cut).unwrap_or_default()).collect();
    if let Some(Value::String(text)) = fields.get_mut("text") {
        *text = swap.with_places(text, &mut places);
    } else if let Some(Value::String(text)) = fields.get_mut("base64")
        && let Ok(bytes) = data_encoding::BASE64.decode(text.as_bytes())
    {
        *text = data_encoding::BASE64.encode(&binary(swap, &bytes, &mut places));
    }
    let cuts = fields.get_mut("cuts").and_then(Value::as_array_mut).into_iter().flatten();
    for (cut, place) in cuts.zip(places) {
        if let Some(at) = cut.get_mut("at") {
            *at = place.into();
        }
    }
}

/// Bytes that are no text as a whole: what of them is text.
fn binary(swap: &Swap, bytes: &[u8], places: &mut [usize]) -> Vec<u8> {
    let (mut out, mut done) = (Vec::with_capacity(bytes.len()), 0);
    let originals: Vec<usize> = places.to_vec();
    for chunk in bytes.utf8_chunks() {
        let (valid, invalid) = (chunk.valid(), chunk.invalid());
        let mut own: Vec<usize> =
            originals.iter().map(|place| place.saturating_sub(done).min(valid.len())).collect();
        let swapped = swap.with_places(valid, &mut own);
        let end = done + valid.len() + invalid.len();
        for ((place, own), original) in places.iter_mut().zip(own).zip(&originals) {
            if (done..=end).contains(original) {
                *place = out.len() + own + original.saturating_sub(done + valid.len());
            }
        }
        out.extend_from_slice(swapped.as_bytes());
        out.extend_from_slice(invalid);
        done = end;
    }
    out
}

/// Which replacement stands for what.
struct Names {
    /// In lower case.
    given: BTreeMap<String, String>,
    /// All that was found, so that no replacement is an original.
    originals: BTreeSet<String>,
    domains: Vec<(String, String)>,
    counts: BTreeMap<&'static str, u32>,
}

impl Names {
    fn of(found: &Found) -> Self {
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
        let originals = with_labels.collect();
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
    fn swap(self) -> Swap {
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
fn four(count: u32) -> String {
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

#[cfg(test)]
mod tests;
