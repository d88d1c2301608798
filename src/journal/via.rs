//! A SOCKS proxy by way of which a run reaches everything, and how an outcome tells its word from the target's.
//!
//! What the proxy says of the target stands in an outcome's code as `SOCKS 5`, a reply of RFC 1928 section 6;
//! trouble with the proxy itself as `proxy ECONNREFUSED`.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::{Outcome, host_port};

/// What stands before the proxy's word about the target.
const REPLY: &str = "SOCKS ";
/// What stands before the code of trouble with the proxy itself.
const TROUBLE: &str = "proxy ";

/// A SOCKS proxy (RFC 1928).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Via {
    /// The proxy's name or address.
    pub host: String,
    /// Its port.
    pub port: u16,
    /// Whether names are resolved by the proxy: `socks5h`, as curl has it.
    #[serde(default)]
    pub names: bool,
}

impl fmt::Display for Via {
    /// `socks5h://127.0.0.1:1080`
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let scheme = if self.names { "socks5h" } else { "socks5" };
        write!(f, "{scheme}://{}", host_port(&self.host, self.port))
    }
}

/// Whose an outcome is that came by way of a proxy.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ProxySays {
    /// The proxy itself was not reached, or what answers there is none.
    Trouble,
    /// The proxy would not connect, or not for us: its word says nothing of the target.
    No,
    /// The proxy tried, and tells how it went.
    OfTarget,
}

/// What a reply's number means (RFC 1928 section 6).
pub fn reply_words(number: u8) -> &'static str {
    match number {
        1 => "general failure",
        2 => "not allowed by its rules",
        3 => "network unreachable",
        4 => "host unreachable",
        5 => "connection refused",
        6 => "TTL expired",
        7 => "command not supported",
        8 => "address type not supported",
        _ => "a reply that is not assigned",
    }
}

/// The code of a reply: `SOCKS 5`.
pub fn reply_code(number: u8) -> String {
    format!("{REPLY}{number}")
}

/// The code of a refusal that has no number: `SOCKS closed`.
pub fn refusal_code(why: &str) -> String {
    format!("{REPLY}{why}")
}

/// The code of trouble with the proxy itself: `proxy ECONNREFUSED`.
pub fn trouble_code(word: &str) -> String {
    format!("{TROUBLE}{word}")
}

impl Outcome {
    /// Whose word it is, where it is the proxy's.
    pub fn proxy_says(&self) -> Option<ProxySays> {
        let code = self.code.as_deref()?;
        if code.starts_with(TROUBLE) {
            return Some(ProxySays::Trouble);
        }
        let number = code.strip_prefix(REPLY)?.parse::<u8>();
        Some(if matches!(number, Ok(3..=6)) { ProxySays::OfTarget } else { ProxySays::No })
    }
}

#[cfg(test)]
mod tests {
    use super::super::How;
    use super::*;

    #[test]
    fn a_proxy_is_written_as_curl_takes_it() {
        let via = |host: &str, names| Via { host: host.to_owned(), port: 1080, names }.to_string();
        assert_eq!(via("127.0.0.1", true), "socks5h://127.0.0.1:1080");
        assert_eq!(via("::1", false), "socks5://[::1]:1080");
    }

    #[test]
    fn the_proxys_own_trouble_is_told_from_its_word_about_the_target() {
        let says = |code: &str| Outcome::new(How::Lost, code, "").proxy_says();
        assert_eq!(says(&trouble_code("ECONNREFUSED")), Some(ProxySays::Trouble));
        for number in [1, 2, 7, 8, 9, 255] {
            assert_eq!(says(&reply_code(number)), Some(ProxySays::No), "{number}");
        }
        for number in 3..=6 {
            assert_eq!(says(&reply_code(number)), Some(ProxySays::OfTarget), "{number}");
        }
        assert_eq!(says(&refusal_code("closed")), Some(ProxySays::No));
        assert_eq!((says("ECONNREFUSED"), Outcome::ok().proxy_says()), (None, None));
    }
}
