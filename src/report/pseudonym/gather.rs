//! What in a recording names somebody or something: by the fields in which names stand, and by how they look.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use serde_json::Value;

use super::markup::parts;

/// Words that are a variant of the journal's where a name could stand.
const VARIANTS: [&str; 21] = [
    "insecure",
    "stopped",
    "more_attempts",
    "all_nodes",
    "control_anywhere",
    "allowed_cleartext_anywhere",
    "declaration",
    "proceed",
    "starttls_failure",
    "challenge",
    "success",
    "message",
    "presence",
    "sm",
    "stream_close",
    "whitespace",
    "server_not_proven",
    "no_starttls",
    "all",
    "unknown",
    "none",
];
/// Elements whose text describes a person, or is a name that the site gave (protocol.md 2.5, 4).
const PERSONAL: [&str; 23] = [
    "serviceprofile",
    "firstname",
    "middlename",
    "lastname",
    "displayname",
    "nickname",
    "title",
    "department",
    "manager",
    "phonenumber",
    "homenumber",
    "mobilenumber",
    "telephonenumber",
    "pager",
    "email",
    "mailid",
    "msuri",
    "directoryuri",
    "description",
    "username",
    "userid",
    "searchbase",
    "usersearchbase",
];
/// Hosts below these are named by standards and products, not by a site.
const PUBLIC: [&str; 9] = [
    "cisco.com",
    "w3.org",
    "jabber.org",
    "xmpp.org",
    "xmlsoap.org",
    "ietf.org",
    "apache.org",
    "oasis-open.org",
    "adobe.com",
];
/// Endings of files, which look like hosts.
const FILES: [&str; 12] = ["xml", "json", "html", "htm", "jsp", "js", "css", "png", "log", "txt", "jar", "conf"];

/// Everything that was found, in the order in which it was met; the same may be there several times.
#[derive(Debug, Default)]
pub(super) struct Found {
    pub(super) domains: Vec<String>,
    pub(super) users: Vec<String>,
    pub(super) hosts: Vec<String>,
    pub(super) addresses: Vec<String>,
    /// Fingerprints and UUIDs.
    pub(super) ids: Vec<String>,
    pub(super) devices: Vec<String>,
    /// Persons, organisations, places.
    pub(super) names: Vec<String>,
}

impl Found {
    /// Takes one entry's fields.
    pub(super) fn entry(&mut self, entry: &Value) {
        self.value("", entry);
    }

    fn value(&mut self, key: &str, value: &Value) {
        match value {
            Value::String(text) => self.text(key, text),
            Value::Array(values) => values.iter().for_each(|value| self.value(key, value)),
            // The name of an element is the protocol's, or a server's whim.
            Value::Object(_) if key == "element" => {}
            Value::Object(fields) => fields.iter().for_each(|(key, value)| self.value(key, value)),
            _ => {}
        }
    }

    fn text(&mut self, key: &str, text: &str) {
        let decoded = (key == "base64").then(|| data_encoding::BASE64.decode(text.as_bytes()).ok()).flatten();
        let decoded = decoded.map(|bytes| String::from_utf8_lossy(&bytes).into_owned());
        let text = decoded.as_deref().unwrap_or(text);
        match key {
            _ if VARIANTS.contains(&text) => {}
            "domain" | "voice_domain" => self.domains.push(text.to_owned()),
            "user" | "user_id" | "second_user" | "admin" => self.users.push(text.to_owned()),
            "jid" => self.jid(text),
            "host" | "server_name" | "other_host" | "target" | "alias" | "hostnames" | "from" | "cucm" | "to"
            | "local" | "remote" | "server" | "address" | "addresses" => self.host(text),
            "name" => self.host(text),
            "names" => self.host(text.split_once(':').map_or(text, |(_, name)| name)),
            "url" | "location" | "uri" => self.url(text),
            // What AXL was asked about: a user, a service profile, a UC service. Objects of counters are the product's.
            "about" if !text.starts_with("Cisco ") => self.name(text),
            "subject" | "issuer" => self.subject(text),
            "text" | "base64" => self.payload(text),
            _ => {}
        }
        self.looks(text);
    }

    /// A host, with a port or without.
    fn host(&mut self, text: &str) {
        let bare = text.trim().trim_end_matches('.');
        let bare = match bare.strip_prefix('[').and_then(|inner| inner.split_once(']')) {
            Some((inner, _)) => inner,
            None if bare.matches(':').count() == 1 => bare.split(':').next().unwrap_or(bare),
            None => bare,
        };
        if bare.parse::<IpAddr>().is_ok() {
            return self.addresses.push(bare.to_owned());
        }
        let labels = bare.split('.').skip_while(|label| label.starts_with('_') || *label == "*");
        let name: Vec<&str> = labels.collect();
        let fits = |label: &&str| {
            !label.is_empty() && !label.contains(|c: char| c.is_whitespace() || "/:=@,;".contains(c))
        };
        if !name.is_empty() && name.iter().all(fits) {
            self.hosts.push(name.join("."));
        }
    }

    fn jid(&mut self, text: &str) {
        let bare = text.split('/').next().unwrap_or(text);
        if let Some((local, domain)) = bare.rsplit_once('@') {
            self.users.push(local.to_owned());
            self.domains.push(domain.to_owned());
        }
    }

    fn url(&mut self, text: &str) {
        if let Some((_, rest)) = text.split_once("://") {
            self.host(rest.split(['/', '?', '#']).next().unwrap_or(rest));
        }
    }

    /// `CN=imp1.example.com, O=Example`: each value but the country's.
    fn subject(&mut self, text: &str) {
        for part in text.split([',', '+']) {
            let Some((kind, value)) = part.split_once('=') else { continue };
            let value = value.trim();
            match kind.trim() {
                "C" => {}
                "CN" if is_host(value) => self.host(value),
                _ => self.name(value),
            }
        }
    }

    fn name(&mut self, text: &str) {
        let text = text.trim();
        if text.chars().count() > 1 && !matches!(text, "true" | "false") {
            self.names.push(text.to_owned());
        }
    }

    /// Names in what passed: persons by the element in which they stand, hosts by how they look.
    fn payload(&mut self, text: &str) {
        for part in parts(text) {
            let content = &text[part.range];
            let element = part.element.to_lowercase();
            if matches!(element.as_str(), "username" | "userid") {
                self.users.push(content.trim().to_owned());
            } else if PERSONAL.contains(&element.as_str()) {
                self.name(content);
            }
            if matches!(element.as_str(), "server" | "address") {
                self.host(content);
            }
            let words = content.split(|c: char| !(c.is_alphanumeric() || "-._".contains(c)));
            words.filter(|word| is_host(word)).for_each(|word| self.host(word));
            if let Some(inner) = decoded(content) {
                self.looks(&inner);
            }
        }
    }

    /// What is known by its looks wherever it stands.
    fn looks(&mut self, text: &str) {
        let words = text.split(|c: char| !(c.is_ascii_alphanumeric() || "-.:".contains(c)));
        for word in words {
            let word = word.trim_matches(['.', '-']);
            self.addresses.extend(address(word));
            let hex = word.strip_prefix("sha256:").unwrap_or(word).replace(':', "");
            if hex.len() == 64 && hex.bytes().all(|byte| byte.is_ascii_hexdigit()) {
                self.ids.push(word.strip_prefix("sha256:").unwrap_or(word).to_owned());
            }
        }
        for word in text.split(|c: char| !(c.is_ascii_alphanumeric() || c == '-')) {
            if is_uuid(word) {
                self.ids.push(word.to_owned());
            }
            self.devices.extend(is_device(word).then(|| word.to_owned()));
        }
        self.addresses_of_people(text);
    }

    /// `alice@example.com` in the middle of a text.
    fn addresses_of_people(&mut self, text: &str) {
        for (at, _) in text.match_indices('@') {
            let local = text[..at].rsplit(|c: char| !(c.is_alphanumeric() || "._-+'".contains(c))).next();
            let domain = text[at + 1..].split(|c: char| !(c.is_alphanumeric() || "-.".contains(c))).next();
            let domain = domain.unwrap_or_default().trim_matches(['.', '-']);
            if let Some(local) = local.filter(|local| !local.is_empty() && domain.contains('.')) {
                self.users.push(local.to_owned());
                self.hosts.push(domain.to_owned());
            }
        }
    }
}

/// What a text in base64 says, where it says something that can be read.
pub(super) fn decoded(text: &str) -> Option<String> {
    let text = text.trim();
    if text.len() < 8 {
        return None;
    }
    let inner = String::from_utf8(data_encoding::BASE64.decode(text.as_bytes()).ok()?).ok()?;
    inner.chars().all(|c| !c.is_control() || c == '\0').then_some(inner)
}

/// An address with a port, in brackets or bare.
fn address(word: &str) -> Option<String> {
    let bare = word.trim_matches(':');
    if let Ok(address) = bare.split(':').next().unwrap_or(bare).parse::<Ipv4Addr>() {
        return Some(address.to_string());
    }
    let is_six = word.matches(':').count() > 1 && word.parse::<Ipv6Addr>().is_ok_and(|six| !six.is_unspecified());
    is_six.then(|| word.to_owned())
}

/// Whether a word looks like a host with a domain that is somebody's.
fn is_host(word: &str) -> bool {
    let word = word.trim_end_matches('.').to_lowercase();
    let labels: Vec<&str> = word.split('.').collect();
    let Some(last) = labels.last().filter(|_| labels.len() > 1) else { return false };
    let fits = |label: &&str| !label.is_empty() && !label.starts_with('-');
    let is_public = PUBLIC.iter().any(|public| word == *public || word.ends_with(&format!(".{public}")));
    let is_domain = last.len() > 1 && last.chars().all(char::is_alphabetic);
    labels.iter().all(fits) && is_domain && !FILES.contains(last) && !is_public
}

fn is_uuid(word: &str) -> bool {
    let parts: Vec<usize> = word.split('-').map(str::len).collect();
    parts == [8, 4, 4, 4, 12] && word.bytes().all(|byte| byte == b'-' || byte.is_ascii_hexdigit())
}

/// Phones and Jabber's devices: `SEP001122334455`, `CSFALICE`.
fn is_device(word: &str) -> bool {
    let behind = |prefix: &str| word.strip_prefix(prefix).map(str::len).unwrap_or(0);
    let plain = word.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit());
    plain && (behind("SEP") == 12 || ["CSF", "BOT", "TCT", "TAB"].iter().any(|prefix| behind(prefix) > 1))
}

/// Whether a text is a word of the journal's and no name, under this key.
pub(super) fn is_word(key: &str, text: &str) -> bool {
    match key {
        "stage" | "mark" | "awaited" | "how" | "kind" | "client" | "tls" | "until" | "purpose" | "transport"
        | "by" | "reason" | "role" | "rcode" | "end" | "clients" | "mechanism" | "mechanisms" | "key"
        | "signature" | "suite" | "group" | "tool" | "system" | "source" => true,
        "why" => ["untrusted", "clear", "key not proven", "no credential", "attempts"].contains(&text),
        "what" => !text.contains(['.', ':', '@', ' ', '/']),
        _ => VARIANTS.contains(&text),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn names_are_found_by_their_fields_and_by_their_looks() {
        let mut found = Found::default();
        found.entry(&json!({ "began": { "login": { "host": "[2001:db8::7]:5222", "user": "kaya", "domain": "acme.test" } } }));
        found.entry(
            &json!({ "saw": { "text": "<user id='x'><lastName>Okafor</lastName><Address>ldap.corp.acme</Address>\
            mail kaya.o@mail.acme.test from 10.9.8.7, CSFKAYA 5f66fe4a-cc50-41d2-137a-05978b2d45df</user>" } }),
        );
        found.entry(&json!({ "subject": "CN=imp1.acme.test, O=Acme Tools, C=DE" }));
        assert_eq!(found.domains, ["acme.test"]);
        assert_eq!(found.users, ["kaya", "kaya.o"]);
        assert_eq!(
            found.hosts,
            ["ldap.corp.acme", "ldap.corp.acme", "mail.acme.test", "mail.acme.test", "imp1.acme.test"]
        );
        assert_eq!(found.addresses, ["2001:db8::7", "2001:db8::7", "10.9.8.7"]);
        assert_eq!(found.names, ["Okafor", "Acme Tools"]);
        assert_eq!((found.devices.len(), found.ids.len()), (1, 1));
    }

    #[test]
    fn versions_files_and_standards_are_no_hosts() {
        for word in ["12.5.1", "en-US.UTF-8", "SPDefault.cnf.xml", "www.w3.org", "cisco.com", "plain", "1.1"] {
            assert!(!is_host(word), "{word}");
        }
        assert!(is_host("imp1.example.com") && is_host("imp1.site.local."));
    }
}
