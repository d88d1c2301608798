//! Where something was asked: the names under which what belongs to one node, to one name that DNS was asked for, or
//! to one host that HTTP was spoken with is kept together. The tree names these places, the console finds rows by them.

use super::HttpAsk;

/// `host:port`, an IPv6 address in brackets.
pub fn host_port(host: &str, port: u16) -> String {
    if host.contains(':') { format!("[{host}]:{port}") } else { format!("{host}:{port}") }
}

/// The name under which a node's rows are kept: `imp1.example.test:5222`.
pub fn node_key(host: &str, port: u16) -> String {
    host_port(host, port)
}

/// The name under which the rows of a name are kept, whatever was asked of whom: `dns:_cisco-uds._tcp.example.test`.
pub fn dns_key(name: &str) -> String {
    format!("dns:{}", name.to_lowercase())
}

/// The name under which the rows of an HTTP host are kept: `https://cucm1.example.test:8443`.
pub fn http_key(ask: &HttpAsk) -> String {
    let (scheme, ..) = ask.origin();
    format!("{scheme}://{}", ask.place()).to_lowercase()
}

#[cfg(test)]
mod tests {
    use super::super::HttpWhat;
    use super::*;

    fn http(url: &str) -> String {
        http_key(&HttpAsk::new(HttpWhat::Version, url.to_owned(), Vec::new()))
    }

    #[test]
    fn a_key_does_not_depend_on_case_or_on_what_is_asked_there() {
        assert_eq!(http("https://CUCM1.example.test:8443/cucm-uds/version?x"), "https://cucm1.example.test:8443");
        assert_eq!(http("http://tftp.example.test/SP.xml"), "http://tftp.example.test:80");
        assert_eq!(http("https://[2001:db8::1]/"), "https://[2001:db8::1]:443");
        assert_eq!(dns_key("Imp1.example.test"), "dns:imp1.example.test");
        assert_eq!((node_key("imp1", 5222).as_str(), node_key("::1", 1).as_str()), ("imp1:5222", "[::1]:1"));
    }
}
