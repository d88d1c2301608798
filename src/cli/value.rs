//! The values of options, from the words on the command line; each refusal says what to give instead.

use std::net::{IpAddr, SocketAddr};

use crate::journal::{MOST_CUCMS, Stage, Via, host_port};
use crate::protocol::sasl::Mechanism;
use crate::ui::playback::SPEEDS;

const DNS_PORT: u16 = 53;
/// The client version that EPASSoap is told unless an option says otherwise (protocol.md 5.1).
pub const EPAS_VERSION: &str = "9.7.0.18474";

/// A node as it was given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NodeArg {
    /// A name or an address.
    pub host: String,
    /// The port, where one was given.
    pub port: Option<u16>,
}

/// The largest screen that is drawn.
const LARGEST_SCREEN: u16 = 500;

/// Columns and rows: `120x40`.
pub(super) fn size(text: &str) -> Result<(u16, u16), String> {
    let bad = || format!("give columns and rows, as 120x40; each from 1 to {LARGEST_SCREEN}");
    let (columns, rows) = text.split_once(['x', 'X', '×']).ok_or_else(bad)?;
    let figure = |text: &str| text.parse().ok().filter(|figure| (1..=LARGEST_SCREEN).contains(figure));
    figure(columns).zip(figure(rows)).ok_or_else(bad)
}

/// A node: `HOST`, `HOST:PORT`, `[IPV6]:PORT`.
pub(super) fn node(text: &str) -> Result<NodeArg, String> {
    let bad = |why: &str| Err(format!("{why}; give HOST, HOST:PORT or [IPV6]:PORT"));
    if text.parse::<std::net::Ipv6Addr>().is_ok() {
        return Ok(NodeArg { host: text.to_owned(), port: None });
    }
    let (host, port) = match text.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
        Some((host, "")) => (host, None),
        Some((host, rest)) => (host, rest.strip_prefix(':')),
        None => text.split_once(':').map_or((text, None), |(host, port)| (host, Some(port))),
    };
    if host.is_empty() || host.contains(|c: char| c.is_whitespace() || c.is_control()) {
        return bad("a node needs a name or an address");
    }
    let port = match port.map(str::parse::<u16>) {
        None => None,
        Some(Ok(port)) if port > 0 => Some(port),
        Some(_) => return bad("a port is a number from 1 to 65535"),
    };
    Ok(NodeArg { host: host.to_owned(), port })
}

/// The CUCMs that were named, each once, as `host` or `host:port`, an IPv6 address with a port in brackets.
///
/// # Errors
/// When there are more than are compared: how many, and what to give instead.
pub fn cucms(given: &[NodeArg]) -> Result<Vec<String>, String> {
    let mut cucms: Vec<String> = Vec::new();
    for cucm in given {
        let text = cucm.port.map_or_else(|| cucm.host.clone(), |port| host_port(&cucm.host, port));
        if !cucms.contains(&text) {
            cucms.push(text);
        }
    }
    if cucms.len() > MOST_CUCMS {
        let many = cucms.len();
        return Err(format!(
            "--cucm names {many} CUCMs, and at most {MOST_CUCMS} are compared: name one node of each cluster"
        ));
    }
    Ok(cucms)
}

/// A SOCKS proxy as curl takes it: `socks5h://127.0.0.1:1080`, `socks5://[::1]:1080`.
///
/// # Errors
/// When it is none that can be used: what to give instead.
pub fn via(text: &str) -> Result<Via, String> {
    const GIVE: &str = "give socks5h://HOST:PORT or socks5://HOST:PORT, such as socks5h://127.0.0.1:1080";
    let Some((scheme, rest)) = text.split_once("://") else {
        return Err(format!("a proxy needs a scheme; {GIVE}"));
    };
    let names = match scheme {
        "socks5h" => true,
        "socks5" => false,
        // The rest may hold a password: it is not repeated.
        _ => return Err(format!("proxies of this scheme are not used; {GIVE}")),
    };
    if rest.contains('@') {
        return Err(format!(
            "a user or password of the proxy's is not supported, and would be seen in the list of processes; {GIVE}, \
             of a proxy that needs none, such as ssh -D makes"
        ));
    }
    let given = node(rest.strip_suffix('/').unwrap_or(rest)).map_err(|why| {
        let why = why.split(';').next().unwrap_or_default().replace("a node", "a proxy");
        format!("{why}; {GIVE}")
    })?;
    let (Some(port), false) = (given.port, given.host.contains(['/', '?', '#'])) else {
        return Err(format!("a proxy needs its port and nothing behind it; {GIVE}"));
    };
    Ok(Via { host: given.host, port, names })
}

/// A DNS server as it was given; port 53 unless another one was.
pub(super) fn dns_server(text: &str) -> Result<SocketAddr, String> {
    let bare = |text: &str| text.parse::<IpAddr>().ok();
    let inner = text.strip_prefix('[').and_then(|rest| rest.strip_suffix(']'));
    match bare(text).or_else(|| inner.and_then(bare)) {
        Some(address) => Ok(SocketAddr::new(address, DNS_PORT)),
        None => text.parse().map_err(|_| {
            "a DNS server is named by its address: give ADDR, ADDR:PORT or [IPV6]:PORT, such as 10.1.1.53"
                .to_owned()
        }),
    }
}

/// `client-type` and `client-version` of EPASSoap.
pub(super) fn epas_client(text: &str) -> Result<(String, String), String> {
    let (kind, version) = text.split_once('/').unwrap_or((text, EPAS_VERSION));
    if kind.is_empty() || version.is_empty() || text.chars().any(char::is_control) {
        return Err("give TYPE or TYPE/VERSION, such as CUPC/9.7.0.18474".to_owned());
    }
    Ok((kind.to_owned(), version.to_owned()))
}

/// A stage by its name.
pub(super) fn stage(text: &str) -> Result<Stage, String> {
    Stage::named(text).ok_or_else(|| {
        let names: Vec<_> = Stage::ALL.iter().map(|stage| stage.name()).collect();
        format!("there is no such stage; there are {}", names.join(", "))
    })
}

/// How many times as fast a recording is played.
pub(super) fn speed(text: &str) -> Result<u32, String> {
    let given = text.strip_suffix(['x', '×']).unwrap_or(text).parse().ok();
    given.filter(|speed| SPEEDS.contains(speed)).ok_or_else(|| "there are 1, 2, 5, 10 and 60".to_owned())
}

/// A SASL mechanism by its name, in any case.
pub(super) fn mechanism(text: &str) -> Result<Mechanism, String> {
    Mechanism::named(&text.to_ascii_uppercase())
        .ok_or_else(|| "there are PLAIN, SCRAM-SHA-1, SCRAM-SHA-256 and CISCO-VTG-TOKEN".to_owned())
}

/// A fingerprint in the form that impscope prints; colons between the digits and upper case are taken too.
pub(super) fn fingerprint(text: &str) -> Result<String, String> {
    let digits = text.strip_prefix("sha256:").unwrap_or(text).replace(':', "").to_ascii_lowercase();
    if digits.len() == 64 && digits.bytes().all(|b| b.is_ascii_hexdigit()) {
        Ok(format!("sha256:{digits}"))
    } else {
        Err("give sha256: and 64 hex digits, as impscope prints them".to_owned())
    }
}

/// The user and the domain of `USER@DOMAIN`: split at the last `@`, for a user id may hold one (protocol.md 6.8).
/// Of a domain alone the user is empty.
///
/// # Errors
/// When there is no domain, or a user id is missing before the `@`.
pub fn target(text: &str) -> Result<(String, String), String> {
    let (user, domain) = text.rsplit_once('@').unwrap_or(("", text));
    let domain = domain.trim_end_matches('.').to_ascii_lowercase();
    let odd = |c: char| c.is_whitespace() || c.is_control() || "/:\\".contains(c);
    // One word is rather a user whose domain was forgotten.
    let no_domain = user.is_empty() && (text.contains('@') || !domain.contains('.'));
    if domain.is_empty() || domain.contains(odd) || no_domain {
        return Err(format!("{text:?} is no login: give USER@DOMAIN, such as alice@example.com, or DOMAIN"));
    }
    Ok((user.to_owned(), domain))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_user_id_may_hold_an_at_sign() {
        let (user, domain) = target("amckenzie@example.com@sales-example.com").unwrap();
        assert_eq!((user.as_str(), domain.as_str()), ("amckenzie@example.com", "sales-example.com"));
        assert_eq!(target("Example.com."), Ok((String::new(), "example.com".to_owned())));
        assert!(
            target("@example.com").is_err()
                && target("alice").is_err()
                && target("alice@").is_err()
                && target("two words").is_err()
        );
    }

    #[test]
    fn a_dns_server_is_an_address_with_or_without_a_port() {
        let given = |text| dns_server(text).map(|server| server.to_string());
        assert_eq!(given("10.1.1.53"), Ok("10.1.1.53:53".to_owned()));
        assert_eq!(given("127.0.0.1:5300"), Ok("127.0.0.1:5300".to_owned()));
        assert_eq!(given("2001:db8::53"), Ok("[2001:db8::53]:53".to_owned()));
        assert_eq!(given("[::1]:5300"), Ok("[::1]:5300".to_owned()));
        assert!(given("ns1.example.com").unwrap_err().contains("by its address"));
    }

    #[test]
    fn a_proxy_is_given_as_curl_has_it() {
        let given = |text: &str| via(text).map(|via| via.to_string());
        for text in ["socks5h://127.0.0.1:1080", "socks5://jump.example.com:1080", "socks5://[::1]:1080"] {
            assert_eq!(given(text), Ok(text.to_owned()));
        }
        assert_eq!(given("socks5h://127.0.0.1:1080/"), Ok("socks5h://127.0.0.1:1080".to_owned()));
        for (text, word) in [
            ("127.0.0.1:1080", "a scheme"),
            ("socks4://127.0.0.1:1080", "this scheme"),
            ("http://127.0.0.1:3128", "this scheme"),
            ("socks5://127.0.0.1", "its port"),
            ("socks5://127.0.0.1:0", "1 to 65535"),
            ("socks5://:1080", "a proxy needs a name"),
            ("socks5h://127.0.0.1:1080/x", "1 to 65535"),
        ] {
            let why = given(text).unwrap_err();
            assert!(why.contains(word) && why.contains("socks5h://HOST:PORT"), "{text}: {why}");
        }
    }

    #[test]
    fn a_password_of_the_proxys_is_refused_and_not_repeated() {
        for text in ["socks5h://root:canary-via@127.0.0.1:1080", "http://root:canary-via@127.0.0.1:1080"] {
            let why = via(text).unwrap_err();
            assert!(!why.contains("canary") && !why.contains("root"), "{why}");
        }
        assert!(via("socks5://u:p@h:1").unwrap_err().contains("not supported"));
    }

    #[test]
    fn an_epas_client_is_a_type_with_or_without_a_version() {
        assert_eq!(epas_client("thirdclient"), Ok(("thirdclient".into(), "9.7.0.18474".into())));
        assert_eq!(epas_client("CUPC/12.0.0"), Ok(("CUPC".into(), "12.0.0".into())));
        assert!(epas_client("/12").is_err() && epas_client("").is_err());
    }

    #[test]
    fn nodes_are_names_addresses_and_ports() {
        let given = |text| node(text).map(|node| (node.host, node.port));
        assert_eq!(given("imp1.example.com"), Ok(("imp1.example.com".into(), None)));
        assert_eq!(given("10.1.2.11:5223"), Ok(("10.1.2.11".into(), Some(5223))));
        assert_eq!(given("[::1]:5222"), Ok(("::1".into(), Some(5222))));
        assert_eq!(given("::1"), Ok(("::1".into(), None)));
        assert!(given("imp1:http").unwrap_err().contains("1 to 65535"));
        assert!(given("").is_err() && given("imp1:0").is_err());
    }

    #[test]
    fn so_many_cucms_are_named_each_once_and_no_more() {
        let named = |texts: &[&str]| cucms(&texts.iter().map(|text| node(text).unwrap()).collect::<Vec<_>>());
        let given = named(&["cucm1.example.test", "[::1]:443", "::1", "cucm1.example.test"]);
        assert_eq!(given.unwrap(), ["cucm1.example.test", "[::1]:443", "::1"]);
        let many: Vec<String> = (0..=MOST_CUCMS).map(|at| format!("cucm{at}.example.test")).collect();
        let many: Vec<&str> = many.iter().map(String::as_str).collect();
        assert_eq!(named(&many[1..]).unwrap().len(), MOST_CUCMS);
        let why = named(&many).unwrap_err();
        assert_eq!(why, "--cucm names 17 CUCMs, and at most 16 are compared: name one node of each cluster");
    }

    #[test]
    fn a_fingerprint_is_taken_with_or_without_colons() {
        let plain = format!("sha256:{}", "ab".repeat(32));
        assert_eq!(fingerprint(&plain), Ok(plain.clone()));
        assert_eq!(fingerprint(&["AB"; 32].join(":")), Ok(plain));
        assert!(fingerprint("sha1:abcd").is_err());
    }
}
