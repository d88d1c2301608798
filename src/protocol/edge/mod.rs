//! What an Expressway-E says of the way in from outside, and how requests through it are addressed (protocol.md 8).
//!
//! Lenient like [`super::uds`]: elements by their local names, at any depth. The captured answer is that of a login that
//! failed; where a healthy one differs is not known, so what was not understood is named.

#[cfg(test)]
mod tests;

use data_encoding::BASE64_NOPAD;

use super::document::{self, Document, Misread, is, value};
use super::tree::Element;

/// So many services, and so many addresses of each kind, are kept.
const KEPT: usize = 64;
/// What is known in the answer and its `edgeConfig`; only what a login needs is kept.
const KNOWN: [&str; 9] = [
    "serviceConfig",
    "service",
    "edgeConfig",
    "sipEdgeServer",
    "sipRequest",
    "xmppEdgeServer",
    "httpEdgeServer",
    "turnEdgeServer",
    "userUdsServer",
];

/// `getEdgeConfigResponse`.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct EdgeConfig {
    /// What Expressway-C found inside, by the service's name, in their order.
    pub services: Vec<Service>,
    /// Where XMPP goes from outside: Expressway-E's own front end.
    pub xmpp: Vec<Endpoint>,
    /// Where HTTP goes from outside.
    pub http: Vec<Endpoint>,
    /// The user's own UDS. Empty where the element is there without an address, which clients refuse.
    pub user_uds: Vec<Endpoint>,
    /// Elements beside these, by name, bounded.
    pub not_understood: Vec<String>,
}

/// A service that was asked for.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Service {
    /// `_cisco-uds`, `_cuplogin`, `tftpServer` …
    pub name: String,
    /// Why there is none: `NameError` when the lookup of Expressway-C failed.
    pub error: Option<String>,
    /// Its servers.
    pub servers: Vec<Server>,
}

/// A server of a service, as its SRV record has it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Server {
    /// A name or an address.
    pub address: String,
    /// The port, where one is given.
    pub port: Option<u16>,
    /// The priority, where one is given.
    pub priority: Option<u16>,
    /// The weight, where one is given.
    pub weight: Option<u16>,
}

/// Where something listens.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Endpoint {
    /// A name or an address.
    pub address: String,
    /// The port of TLS, where one is given.
    pub port: Option<u16>,
}

impl EdgeConfig {
    /// What was said of a service.
    pub fn service(&self, name: &str) -> Option<&Service> {
        self.services.iter().find(|service| service.name.eq_ignore_ascii_case(name))
    }
}

/// Reads the answer to `get_edge_config`.
///
/// # Errors
/// When it is another document, or none.
pub fn edge_config(body: &[u8]) -> Result<EdgeConfig, Misread> {
    let document = Document::read(body)?;
    let root = document.expect(&["getEdgeConfigResponse", "edgeConfig", "serviceConfig"])?;
    let services = document.elements().filter(|element| is(*element, "service"));
    Ok(EdgeConfig {
        services: services.filter_map(service).take(KEPT).collect(),
        xmpp: endpoints(&document, "xmppEdgeServer"),
        http: endpoints(&document, "httpEdgeServer"),
        user_uds: endpoints(&document, "userUdsServer"),
        not_understood: not_understood(&document, root),
    })
}

fn service(element: Element<'_>) -> Option<Service> {
    let inside = |name: &'static str| element.children().filter(move |child| is(*child, name));
    // `tftpServer` has its addresses without a server around them.
    let servers = inside("server").chain(inside("address"));
    Some(Service {
        name: value(element, "name")?,
        error: value(element, "error"),
        servers: servers.filter_map(server).take(KEPT).collect(),
    })
}

fn server(element: Element<'_>) -> Option<Server> {
    let number = |name: &str| value(element, name).and_then(|text| text.parse().ok());
    let bare = || document::text(element).filter(|_| is(element, "address"));
    Some(Server {
        address: value(element, "address").or_else(bare)?,
        port: number("port").or_else(|| number("tlsPort")),
        priority: number("priority"),
        weight: number("weight"),
    })
}

/// All addresses under the elements of this name, each once; those without an address are left out.
fn endpoints(document: &Document, name: &str) -> Vec<Endpoint> {
    let mut found: Vec<Endpoint> = Vec::new();
    for edge in document.elements().filter(|element| is(*element, name)) {
        let servers: Vec<Element<'_>> = edge.children().filter(|child| is(*child, "server")).collect();
        let servers = if servers.is_empty() { vec![edge] } else { servers };
        for endpoint in servers.into_iter().filter_map(endpoint) {
            if found.len() < KEPT && !found.contains(&endpoint) {
                found.push(endpoint);
            }
        }
    }
    found
}

fn endpoint(element: Element<'_>) -> Option<Endpoint> {
    let address = value(element, "address").or_else(|| document::text(element))?;
    let port = value(element, "tlsPort").or_else(|| value(element, "port"));
    Some(Endpoint { address, port: port.and_then(|text| text.parse().ok()) })
}

fn not_understood(document: &Document, root: Element<'_>) -> Vec<String> {
    let edges = document.find("edgeConfig").into_iter().flat_map(|edges| edges.children());
    let unknown = root.children().chain(edges).filter(|child| !KNOWN.iter().any(|known| is(*child, known)));
    let mut names: Vec<String> = Vec::new();
    for name in unknown.map(document::name) {
        if names.len() < KEPT && !names.contains(&name) {
            names.push(name);
        }
    }
    names
}

/// The first part of the path of a request about a domain: `ZXhhbXBsZS5jb20` for `example.com`.
pub fn domain_prefix(domain: &str) -> String {
    BASE64_NOPAD.encode(domain.as_bytes())
}

/// The first part of the path of a request that is handed on to a host inside: the path there follows it.
pub fn proxied_prefix(domain: &str, scheme: &str, host: &str, port: u16) -> String {
    BASE64_NOPAD.encode(format!("{domain}/{scheme}/{host}/{port}").as_bytes())
}

/// The domain on whose behalf a request is made, by the first part of its path: the whole of [`domain_prefix`], or the
/// first part of [`proxied_prefix`].
pub fn domain_of(url: &str) -> Option<String> {
    let (_, rest) = url.split_once("://")?;
    let prefix = rest.split('/').nth(1)?;
    let decoded = String::from_utf8(BASE64_NOPAD.decode(prefix.as_bytes()).ok()?).ok()?;
    decoded.split('/').next().filter(|domain| !domain.is_empty()).map(str::to_owned)
}

/// Whether a `Set-Cookie` header is one of the edge's own: `X-Auth`, which stands for the user in all later requests.
pub fn is_own_cookie(header: &str) -> bool {
    header.split_once('=').is_some_and(|(name, _)| name.trim().eq_ignore_ascii_case("X-Auth"))
}

/// Whether a certificate's name, as it is described (`DNS:example.com`, `SRV:_collab-edge._tls.example.com`), is one by
/// which clients take Expressway-E for the edge of this domain (protocol.md 8). Expressway may write the second as
/// `collab-edge.example.com`.
pub fn is_name_for(held: &str, domain: &str) -> bool {
    let Some((kind, name)) = held.split_once(':') else { return false };
    let is = |wanted: String| name.trim_end_matches('.').eq_ignore_ascii_case(&wanted);
    match kind {
        "DNS" => is(domain.to_owned()) || is(format!("collab-edge.{domain}")) || is(service_name(domain)),
        "SRV" => is(service_name(domain)) || is(format!("_collab-edge.{domain}")),
        _ => false,
    }
}

/// The SRVName that Expressway-E's certificate may list instead of the domain.
pub fn service_name(domain: &str) -> String {
    format!("_collab-edge._tls.{domain}")
}
