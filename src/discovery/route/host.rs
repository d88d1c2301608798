//! Names of hosts and addresses in URLs, as they come from servers: what may be asked for, and how it is written.

use std::net::IpAddr;

use crate::journal::host_port;
use crate::protocol::edge::EdgeConfig;
use crate::protocol::uds::ClusterUser;

/// A host as it is compared: in lower case, without the dot at its end and the brackets of an IPv6 address.
pub(in crate::discovery) fn plain(host: &str) -> String {
    let host = host.trim();
    let bare = host.strip_prefix('[').and_then(|inner| inner.strip_suffix(']')).unwrap_or(host);
    bare.strip_suffix('.').filter(|rest| !rest.is_empty()).unwrap_or(bare).to_ascii_lowercase()
}

/// Whether it is an address.
pub(in crate::discovery) fn is_address(host: &str) -> bool {
    host.parse::<IpAddr>().is_ok()
}

/// Whether it can be asked for: an address, or a name of letters, digits, `-` and `_`. Whatever else a server names
/// goes into no question and no URL.
pub fn is_host(host: &str) -> bool {
    let is_label = |label: &str| {
        let fits = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_';
        !label.is_empty() && label.len() <= 63 && label.bytes().all(fits)
    };
    // A name that ends in a number is read as an IPv4 address by what parses URLs.
    let last = host.rsplit('.').next().unwrap_or(host);
    let is_number = last.bytes().all(|byte| byte.is_ascii_digit()) || last.starts_with("0x");
    is_address(host) || (host.len() <= 253 && !is_number && host.split('.').all(is_label))
}

/// The user's UDS of an edge's configuration, those that can be asked: each host, and its port where one is named.
pub fn uds_of_user(config: &EdgeConfig) -> impl Iterator<Item = (String, Option<u16>)> {
    config.user_uds.iter().map(|at| (plain(&at.address), at.port)).filter(|(host, _)| is_host(host))
}

/// `imp1` of `imp1.example.test`; an address, or a name without a domain, stays whole.
pub fn first_label(host: &str) -> &str {
    let is_address = host.contains(':') || host.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
    match host.split_once('.') {
        Some((label, _)) if !is_address && !label.is_empty() => label,
        _ => host,
    }
}

/// Whether it is a name without a domain.
pub(in crate::discovery) fn is_short(host: &str) -> bool {
    !host.contains('.') && !is_address(host)
}

/// A URL.
pub(in crate::discovery) fn url(scheme: &str, host: &str, port: u16, path: &str) -> String {
    format!("{scheme}://{}{path}", host_port(host, port))
}

/// Scheme, host and port of a URL that a server gave; none if it is no URL that can be asked for.
pub(in crate::discovery) fn origin(url: &str) -> Option<(&str, String, u16)> {
    let (scheme, rest) = url.split_once("://")?;
    let default = match scheme {
        "http" => 80,
        "https" => 443,
        _ => return None,
    };
    if url.len() > 2048 || !url.bytes().all(|byte| byte.is_ascii_graphic()) {
        return None;
    }
    let place = rest.split(['/', '?', '#']).next()?;
    let (host, port) = match place.strip_prefix('[').and_then(|inner| inner.split_once(']')) {
        Some((host, "")) => (host, None),
        Some((host, port)) => (host, Some(port.strip_prefix(':')?)),
        None => place.split_once(':').map_or((place, None), |(host, port)| (host, Some(port))),
    };
    let port = match port {
        Some(port) => port.parse().ok().filter(|port| *port != 0)?,
        None => default,
    };
    let host = plain(host);
    is_host(&host).then_some((scheme, host, port))
}

/// Where the user's record is by an answer of clusterUser: its own address, the home cluster's name with the port that
/// is usual, or where the list of its nodes is; none where none of them can be asked for.
pub(in crate::discovery) fn home_of(read: &ClusterUser, default: u16) -> Option<(String, u16)> {
    let place = |uri: &Option<String>| {
        let (_, host, port) = origin(uri.as_deref()?)?;
        Some((host, port))
    };
    let by_name = || read.home.as_deref().map(|home| with_port(home, default)).filter(|(host, _)| is_host(host));
    place(&read.user_uri).or_else(by_name).or_else(|| place(&read.servers_uri))
}

/// Whether an answer of clusterUser says where to go on.
pub fn leads_home(read: &ClusterUser) -> bool {
    home_of(read, 0).is_some()
}

/// `host` or `host:port`, an IPv6 address with a port in brackets.
pub(in crate::discovery) fn with_port(text: &str, default: u16) -> (String, u16) {
    if is_address(text) {
        return (plain(text), default);
    }
    let split = text.rsplit_once(':').and_then(|(host, port)| Some((host, port.parse().ok()?)));
    split.map_or_else(|| (plain(text), default), |(host, port)| (plain(host), port))
}

/// Percent-encoded, all but RFC 3986's unreserved characters: fit for a path's segment and for a query's value.
pub(in crate::discovery) fn encoded(text: &str) -> String {
    let mut encoded = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            encoded.push(char::from(byte));
        } else {
            encoded.push_str(&format!("%{byte:02X}"));
        }
    }
    encoded
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_that_would_change_a_url_is_no_host() {
        for host in ["imp1.example.test", "imp1", "10.1.2.3", "fd00::1", "_x.test"] {
            assert!(is_host(host), "{host}");
        }
        for host in ["", ".", "a..b", "evil.test/x?", "a b", "a@b", "bücher.test", "1.2.3", "a.0x7f", "a:1"] {
            assert!(!is_host(host), "{host}");
        }
    }

    #[test]
    fn an_origin_is_read_with_its_defaults() {
        assert_eq!(origin("https://UCM1.test:8443/a?b"), Some(("https", "ucm1.test".into(), 8443)));
        assert_eq!(origin("http://[fd00::1]/"), Some(("http", "fd00::1".into(), 80)));
        assert_eq!(origin("https://ucm1.test"), Some(("https", "ucm1.test".into(), 443)));
        for url in [
            "ftp://a.test/",
            "https://alice:pw@a.test/",
            "https://evil.test\\@a.test/",
            "https://a.test:0/",
            "https://a.test:x/",
            "https:///x",
            "https://a.test/\r\nX: y",
            "a.test",
        ] {
            assert_eq!(origin(url), None, "{url}");
        }
    }

    #[test]
    fn a_name_is_short_by_its_first_label_and_an_address_never() {
        let short = ["imp1.example.test", "imp1", "10.1.2.11", "2001:db8::1", "::ffff:10.1.2.11", ".test", ""];
        let as_written = short.map(first_label);
        assert_eq!(as_written, ["imp1", "imp1", "10.1.2.11", "2001:db8::1", "::ffff:10.1.2.11", ".test", ""]);
    }

    #[test]
    fn what_is_written_into_a_url_stays_one_value() {
        assert_eq!(encoded("a/b&c=d e@f%"), "a%2Fb%26c%3Dd%20e%40f%25");
        assert_eq!(url("https", "fd00::1", 8443, "/x"), "https://[fd00::1]:8443/x");
        assert_eq!(with_port("[fd00::1]:443", 8443), ("fd00::1".into(), 443));
        assert_eq!(with_port("fd00::1", 8443), ("fd00::1".into(), 8443));
        assert_eq!(with_port("Cucm1.test", 8443), ("cucm1.test".into(), 8443));
        assert_eq!(plain("Imp1.Example.Test."), "imp1.example.test");
    }
}
