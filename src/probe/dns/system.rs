//! The servers that this host asks.

use std::net::SocketAddr;

use hickory_resolver::config::{ResolverConfig, ResolverOpts};
use hickory_resolver::net::NetError;
use hickory_resolver::system_conf;

use crate::journal::DnsServer;

/// Where they are named.
const FILE: &str = "/etc/resolv.conf";
/// The system's own resolver asks no more than this (MAXNS of resolv.conf(5)).
const ASKED: usize = 3;
/// DNS without TLS.
const PORT: u16 = 53;

/// The system's DNS servers, in their order.
///
/// # Errors
/// In words, with what to do, where there are none.
pub fn system_servers() -> Result<Vec<DnsServer>, String> {
    servers(system_conf::read_system_conf())
}

fn servers(read: Result<(ResolverConfig, ResolverOpts), NetError>) -> Result<Vec<DnsServer>, String> {
    let (config, _) =
        read.map_err(|why| format!("{FILE} names no DNS server ({why}); name one with --dns ADDR"))?;
    let mut servers: Vec<DnsServer> = Vec::new();
    for server in config.name_servers().iter().take(ASKED) {
        let address = SocketAddr::new(server.ip, PORT).to_string();
        if !servers.iter().any(|known| known.address == address) {
            servers.push(DnsServer { address, source: FILE.to_owned(), via: false });
        }
    }
    Ok(servers)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(text: &str) -> Result<Vec<String>, String> {
        let servers = servers(system_conf::parse_resolv_conf(text))?;
        assert!(servers.iter().all(|server| server.source == "/etc/resolv.conf"));
        Ok(servers.into_iter().map(|server| server.address).collect())
    }

    #[test]
    fn they_are_asked_on_port_53_in_their_order_each_once() {
        let text = "search example.test\nnameserver 127.0.0.53\nnameserver 2001:db8::1\nnameserver 127.0.0.53\n";
        assert_eq!(of(text).unwrap(), ["127.0.0.53:53", "[2001:db8::1]:53"]);
        let four = "nameserver 192.0.2.1\nnameserver 192.0.2.2\nnameserver 192.0.2.3\nnameserver 192.0.2.4\n";
        assert_eq!(of(four).unwrap(), ["192.0.2.1:53", "192.0.2.2:53", "192.0.2.3:53"]);
    }

    #[test]
    fn where_there_is_none_the_file_and_the_remedy_are_named() {
        for nothing in ["", "# none\nsearch example.test\n", "\u{0}\u{1}"] {
            let why = of(nothing).unwrap_err();
            assert!(why.contains("/etc/resolv.conf") && why.contains("--dns ADDR"), "{why}");
        }
        let unread = Err(std::io::Error::from(std::io::ErrorKind::NotFound).into());
        assert!(servers(unread).unwrap_err().contains("--dns ADDR"));
    }
}
