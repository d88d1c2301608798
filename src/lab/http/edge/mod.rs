//! An Expressway-E on 8443 (protocol.md 8): `get_edge_sso`, `get_edge_config`, and the requests that it hands on to the
//! hosts inside.
//!
//! ```text
//! /<B64 of the domain>/get_edge_sso            ─► singleSignOn of the first CUCM
//! /<B64 of the domain>/get_edge_config         ─► user and clusterUser of the first CUCM, with the same credential
//! /<B64 of domain/scheme/host/port>/<path>     ─► that host, if it is one of the deployment
//! ```
//!
//! Nothing here judges a password: Expressway-C asks CUCM.

mod faults;
mod inside;
mod literal;

use data_encoding::BASE64_NOPAD;
use http_body_util::Full;
use hyper::header::{
    AUTHORIZATION, CONNECTION, CONTENT_LENGTH, COOKIE, HOST, HeaderMap, HeaderName, HeaderValue, TE, TRAILER,
    TRANSFER_ENCODING, UPGRADE,
};
use hyper::{Request, StatusCode, Uri};

use super::super::ledger::{Received, Service};
use super::super::literal::fill;
use super::super::scanner::{Element, Heard, Scanner};
use super::desk::{Ask, Credential, Desk, encoded, suffer};
use super::faults::Trouble;
use super::page::Page;
use super::{Ports, Role};
pub(in crate::lab) use faults::{EdgeConfigFault, EdgeProxyFault};
pub(in crate::lab) use inside::Edge;
pub(super) use inside::Relayed;
use inside::Target;

/// What concerns one connection and is not handed on (RFC 9110 7.6.1).
const HOP_BY_HOP: [HeaderName; 5] = [CONNECTION, TE, TRAILER, TRANSFER_ENCODING, UPGRADE];

const COOKIE_NAME: &str = "X-Auth";

/// Answers a client from outside.
pub(super) async fn answer(desk: &Desk, edge: &Edge, ask: &Ask) -> Page {
    let Some((subject, path)) = subject(&ask.path) else { return nothing(desk, ask) };
    match subject.split('/').collect::<Vec<_>>().as_slice() {
        [domain] if is_own(desk, domain) => match path.trim_end_matches('/') {
            "get_edge_sso" => single_sign_on(desk, edge, ask).await,
            "get_edge_config" => config(desk, edge, ask).await,
            _ => nothing(desk, ask),
        },
        [domain, scheme, host, port] if is_own(desk, domain) => {
            let target = target(desk, scheme, host, port);
            handed_on(desk, edge, ask, &format!("/{path}"), target).await
        }
        _ => nothing(desk, ask),
    }
}

/// There is nothing at this path. A credential that was sent there all the same is told of.
fn nothing(desk: &Desk, ask: &Ask) -> Page {
    if let Some(Credential::Basic { user, .. }) = ask.credential() {
        desk.site.shared.ledger.received(&desk.site.host, Service::Edge, &user).refused();
    }
    refusal(StatusCode::NOT_FOUND)
}

/// What the first part of a path stands for, and the rest.
fn subject(path: &str) -> Option<(String, &str)> {
    let (first, rest) = path.strip_prefix('/')?.split_once('/')?;
    let bytes = BASE64_NOPAD.decode(first.trim_end_matches('=').as_bytes()).ok()?;
    Some((String::from_utf8(bytes).ok()?, rest))
}

fn is_own(desk: &Desk, domain: &str) -> bool {
    domain.eq_ignore_ascii_case(&desk.site.domain)
}

/// A page without a body that Expressway itself answers with.
fn refusal(status: StatusCode) -> Page {
    Page::bare(literal::SERVER, literal::AGE).with_status(status)
}

/// The 401, byte for byte as it was captured but for the date.
fn unauthorized() -> Page {
    refusal(StatusCode::UNAUTHORIZED).asking(literal::REALM)
}

fn next_hop_failed() -> Page {
    refusal(StatusCode::BAD_GATEWAY).called(literal::NEXT_HOP_FAILED)
}

/// As [`suffer`] does, with Expressway's own pages for a status.
async fn own_trouble(trouble: &Trouble) -> Option<Page> {
    match trouble {
        Trouble::Status { status: 401, realm: None } => Some(unauthorized()),
        Trouble::Status { status, realm } => {
            let page = refusal(StatusCode::from_u16(*status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR));
            Some(match realm {
                Some(realm) => page.asking(realm),
                None => page,
            })
        }
        other => suffer(other, literal::XML).await,
    }
}

/// Whether a login by OAuth is possible: as the home cluster has it.
async fn single_sign_on(desk: &Desk, edge: &Edge, ask: &Ask) -> Page {
    if !ask.only_reads() {
        return refusal(StatusCode::METHOD_NOT_ALLOWED);
    }
    if let Some(trouble) = &desk.site.faults.edge_sso
        && let Some(page) = own_trouble(trouble).await
    {
        return page;
    }
    let Ok((_, said)) = edge.get(&publisher(desk), "/ssosp/ws/public/singleSignOn", None).await else {
        return next_hop_failed();
    };
    let status = document(&said).and_then(|answer| answer.inner("Status")).and_then(|it| it.attribute("enabled"));
    let enabled = if status.as_deref() == Some("true") { "true" } else { "false" };
    said_by_edge(fill(literal::SINGLE_SIGN_ON, &[("enabled", enabled)]))
}

fn said_by_edge(text: String) -> Page {
    Page::plain(literal::SERVER, literal::XML, text)
}

/// The first CUCM, which Expressway-C knows from its own `_cisco-uds`.
fn publisher(desk: &Desk) -> Target {
    let shared = &desk.site.shared;
    let host = shared.names(Role::Cucm).next().unwrap_or_default().to_owned();
    Target { https: true, port: shared.ports(&host).https, host }
}

async fn config(desk: &Desk, edge: &Edge, ask: &Ask) -> Page {
    if !ask.only_reads() {
        return refusal(StatusCode::METHOD_NOT_ALLOWED);
    }
    let user = match ask.credential() {
        None => return unauthorized(),
        Some(Credential::Basic { user, .. }) => user,
        // Nobody here gave a token out.
        Some(Credential::Other) => String::new(),
    };
    let received = desk.site.shared.ledger.received(&desk.site.host, Service::Edge, &user);
    match &desk.site.faults.edge_config {
        Some(EdgeConfigFault::Refused {}) => return refused(received),
        Some(EdgeConfigFault::Any(trouble)) => {
            if let Some(page) = own_trouble(trouble).await {
                if matches!(trouble, Trouble::Status { status: 401 | 403, .. }) {
                    received.refused();
                }
                return page;
            }
        }
        Some(EdgeConfigFault::Policy {} | EdgeConfigFault::NameError {} | EdgeConfigFault::NoUds {}) | None => {}
    }
    let path = format!("/cucm-uds/user/{}", encoded(&user));
    let record = edge.get(&publisher(desk), &path, ask.headers.get(AUTHORIZATION)).await;
    if user.is_empty() || !matches!(record, Ok((StatusCode::OK, _))) {
        // Whatever CUCM said, or did not say: 12, row 38.
        return refused(received);
    }
    received.accepted();
    if matches!(desk.site.faults.edge_config, Some(EdgeConfigFault::Policy {})) {
        return refusal(StatusCode::FORBIDDEN);
    }
    let home = home(desk, edge, &user).await;
    let key = desk.keys.of(&user, false, desk.names.key());
    let page = said_by_edge(edge_config(desk, edge, home.as_deref()));
    page.with_cookie(&desk.filled(literal::COOKIE, &[("id", "{id}")]), &key)
}

fn refused(received: Received) -> Page {
    received.refused();
    unauthorized()
}

/// The user's home UDS, as the locator says it; none where there is none, or where the scenario wants none.
async fn home(desk: &Desk, edge: &Edge, user: &str) -> Option<String> {
    if let Some(EdgeConfigFault::NoUds {}) = desk.site.faults.edge_config {
        return None;
    }
    let path = format!("/cucm-uds/clusterUser?username={}", encoded(user));
    let (_, said) = edge.get(&publisher(desk), &path, None).await.ok()?;
    document(&said)?.inner("homeCluster").map(|home| home.content())
}

fn edge_config(desk: &Desk, edge: &Edge, home: Option<&str>) -> String {
    let shared = &desk.site.shared;
    let fails = matches!(desk.site.faults.edge_config, Some(EdgeConfigFault::NameError {}));
    let server =
        |host| fill(literal::UDS_SERVER, &[("host", host), ("port", &shared.ports(host).https.to_string())]);
    let found: String = match fails {
        true => literal::NAME_ERROR.to_owned(),
        false => shared.names(Role::Cucm).map(server).collect(),
    };
    let (begin, end) = literal::UDS_SERVICE;
    let uds = home.unwrap_or_default();
    let (uds_port, xmpp_port) = (shared.ports(uds).https.to_string(), edge.xmpp_port.to_string());
    let values = [("uds", uds), ("uds_port", &uds_port), ("xmpp_port", &xmpp_port)];
    let rest = desk.filled(literal::CONFIG_END, &values);
    format!("{}{begin}{found}{end}{rest}", literal::CONFIG_BEGIN)
}

/// The root of an answer.
fn document(text: &str) -> Option<Element> {
    let mut scanner = Scanner::default();
    scanner.push(text.as_bytes());
    match scanner.next() {
        Some(Heard::Element(root)) => Some(root),
        _ => None,
    }
}

/// The port that a path names, if it is one of those of the deployment: what stands on Expressway-C's list of allowed ones.
fn target(desk: &Desk, scheme: &str, host: &str, port: &str) -> Option<Target> {
    let port: u16 = port.parse().ok()?;
    let member = desk.site.shared.members.iter().find(|member| member.name.eq_ignore_ascii_case(host))?;
    let Ports { https, tftp, tftps } = member.ports;
    let allowed: &[(&str, u16)] = match member.role {
        Role::Cucm => &[("https", https), ("http", tftp), ("https", tftps)],
        Role::Imp => &[("https", https)],
        Role::Expressway => &[],
    };
    let is_allowed = allowed.contains(&(scheme, port));
    is_allowed.then(|| Target { https: scheme == "https", host: member.name.clone(), port })
}

/// Hands a request on, of whoever shows that Expressway let them in, or a credential for the host inside.
async fn handed_on(desk: &Desk, edge: &Edge, ask: &Ask, path: &str, target: Option<Target>) -> Page {
    let known = ask.cookie(COOKIE_NAME).and_then(|key| desk.keys.user(key));
    if known.is_none() && !ask.headers.contains_key(AUTHORIZATION) {
        return unauthorized();
    }
    let Some(target) = target else { return refusal(StatusCode::FORBIDDEN) };
    match &desk.site.faults.edge_proxy {
        Some(EdgeProxyFault::NotAllowed { hosts }) if hosts.contains(&target.host) => {
            return refusal(StatusCode::FORBIDDEN);
        }
        Some(EdgeProxyFault::Unreachable { hosts }) if hosts.contains(&target.host) => return next_hop_failed(),
        Some(EdgeProxyFault::Any(trouble)) => {
            if let Some(page) = own_trouble(trouble).await {
                return page;
            }
        }
        Some(EdgeProxyFault::NotAllowed { .. } | EdgeProxyFault::Unreachable { .. }) | None => {}
    }
    let Some(request) = request(ask, path) else { return refusal(StatusCode::BAD_REQUEST) };
    match edge.send(&target, request).await {
        Ok(answer) => {
            let (head, body) = answer.into_parts();
            Page::relayed(head.status, end_to_end(&head.headers), body)
        }
        Err(_) => next_hop_failed(),
    }
}

/// The request as the host inside gets it.
fn request(ask: &Ask, path: &str) -> Option<Request<Full<hyper::body::Bytes>>> {
    let query = if ask.query.is_empty() { String::new() } else { format!("?{}", ask.query) };
    let mut request = Request::new(Full::new(ask.body.clone()));
    *request.method_mut() = ask.method.clone();
    *request.uri_mut() = format!("{path}{query}").parse::<Uri>().ok()?;
    let mut headers = end_to_end(&ask.headers);
    headers.remove(HOST);
    headers.remove(CONTENT_LENGTH);
    let cookies: Vec<HeaderValue> = ask.headers.get_all(COOKIE).iter().filter_map(without_own).collect();
    headers.remove(COOKIE);
    for cookies in cookies {
        headers.append(COOKIE, cookies);
    }
    *request.headers_mut() = headers;
    Some(request)
}

/// A `Cookie` without Expressway's own; none where nothing is left.
fn without_own(cookies: &HeaderValue) -> Option<HeaderValue> {
    let text = cookies.to_str().ok()?;
    let is_own = |pair: &str| pair.split('=').next() == Some(COOKIE_NAME);
    let others: Vec<&str> = text.split(';').map(str::trim).filter(|pair| !is_own(pair)).collect();
    if others.is_empty() { None } else { HeaderValue::from_str(&others.join("; ")).ok() }
}

fn end_to_end(headers: &HeaderMap) -> HeaderMap {
    let mut headers = headers.clone();
    for name in HOP_BY_HOP {
        headers.remove(name);
    }
    headers.remove("keep-alive");
    headers
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_hosts_inside_do_not_get_the_cookie_of_the_edge() {
        let without = |text: &str| without_own(&HeaderValue::from_str(text).expect("a value"));
        assert_eq!(without("JSESSIONID=1; X-Auth=2; other=3").expect("two"), "JSESSIONID=1; other=3");
        assert_eq!(without("X-Auth=2; X-Auth=4"), None);
        assert_eq!(without("X-Authority=2").expect("one"), "X-Authority=2");
    }
}
