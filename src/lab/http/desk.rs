//! Where a request is taken to: which door it came through, which path it has; and the faults that fit every answer.

use std::net::IpAddr;
use std::sync::Arc;

use data_encoding::BASE64;
use hyper::body::Bytes;
use hyper::header::{AUTHORIZATION, COOKIE};
use hyper::{HeaderMap, Method, StatusCode};
use tokio::time::{Instant, sleep};

use super::super::component::{Absence, Component, End, Path};
use super::super::faults::seconds;
use super::super::literal::fill;
use super::faults::{SingleSignOnFault, Trouble};
use super::page::Page;
use super::sessions::{Keys, Names, Sessions};
use super::{Ports, Role, Site, admin, edge, epas, files, literal, uds};

/// A request, read to its end.
#[derive(Debug)]
pub(super) struct Ask {
    pub(super) client: IpAddr,
    pub(super) method: Method,
    pub(super) path: String,
    /// What stands behind the question mark, as it came.
    pub(super) query: String,
    pub(super) headers: HeaderMap,
    pub(super) body: Bytes,
}

/// What a client shows to say who it is.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Credential {
    Basic {
        user: String,
        password: String,
    },
    /// A token of OAuth, or what is not understood. Nobody here gave one out.
    Other,
}

/// Where the way of a request behind Tomcat led. The condition of a refusal is XMPP's: HTTP has words of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Arrival {
    Answer,
    Refusal,
    Never,
}

/// One listener's side of a [`Site`], with what it remembers.
#[derive(Debug)]
pub(super) struct Desk {
    pub(super) site: Arc<Site>,
    door: Door,
    pub(super) names: Names,
    pub(super) sessions: Sessions,
    pub(super) keys: Keys,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Door {
    /// 8443.
    Services,
    /// 6970 and 6972.
    Files,
}

impl Desk {
    /// The side of the site that listens on `port`.
    pub(super) fn new(site: Arc<Site>, port: u16) -> Desk {
        let Ports { tftp, tftps, .. } = site.shared.ports(&site.host);
        let files = site.role == Role::Cucm && [tftp, tftps].contains(&port);
        let door = if files { Door::Files } else { Door::Services };
        let names = Names::new(&format!("{}:{port}", site.host));
        Desk { site, door, names, sessions: Sessions::default(), keys: Keys::default() }
    }

    /// The answer to a request.
    pub(super) async fn answer(&self, ask: &Ask) -> Page {
        if let Some(edge) = &self.site.edge {
            return edge::answer(self, edge, ask).await;
        }
        let administers = admin::serves(&ask.path, self.site.role).filter(|_| self.door == Door::Services);
        if let Some(service) = administers {
            return admin::answer(self, ask, service).await;
        }
        if let Some(page) = self.absent(&ask.path) {
            return page;
        }
        match (self.door, self.site.role) {
            (Door::Files, _) => files::answer(self, ask).await,
            (Door::Services, _) if ask.path == "/ssosp/ws/public/singleSignOn" => self.single_sign_on(ask).await,
            (Door::Services, Role::Cucm) if ask.path.starts_with("/cucm-uds/") => uds::answer(self, ask).await,
            (Door::Services, Role::Imp) if epas::serves(&ask.path) => epas::answer(self, ask).await,
            (Door::Services, _) => Page::error(StatusCode::NOT_FOUND),
        }
    }

    /// The page for a service of Tomcat that does not run: what was never activated is not there (M).
    fn absent(&self, path: &str) -> Option<Page> {
        let component = match self.site.role {
            Role::Cucm if path.starts_with("/cucm-uds/") => Component::UserDataServices,
            Role::Imp if path.starts_with("/EPASSoap/") => Component::ClientProfileAgent,
            Role::Cucm | Role::Imp | Role::Expressway => return None,
        };
        self.without(component)
    }

    /// The same for one of the administrator's.
    pub(super) fn without(&self, component: Component) -> Option<Page> {
        let status = match self.site.components.absence(component, Instant::now())? {
            Absence::Stopped => StatusCode::SERVICE_UNAVAILABLE,
            Absence::NotActivated => StatusCode::NOT_FOUND,
        };
        Some(Page::error(status))
    }

    /// Takes a request of `user` along its path: to its true answer, to a refusal, or nowhere.
    pub(super) async fn travel(&self, path: Path, user: &str) -> Arrival {
        let fare = self.site.components.fare(path, user, Instant::now());
        sleep(fare.delay).await;
        match fare.end {
            End::Answer => Arrival::Answer,
            End::Refusal(_) => Arrival::Refusal,
            End::Stuck(_) => Arrival::Never,
        }
    }

    async fn single_sign_on(&self, ask: &Ask) -> Page {
        if !ask.only_reads() {
            return Page::error(StatusCode::METHOD_NOT_ALLOWED);
        }
        let text = match &self.site.faults.single_sign_on {
            Some(SingleSignOnFault::Any(trouble)) => {
                if let Some(page) = suffer(trouble, literal::XML).await {
                    return page;
                }
                literal::SINGLE_SIGN_ON
            }
            Some(SingleSignOnFault::Enabled {}) => literal::SINGLE_SIGN_ON_ENABLED,
            None => literal::SINGLE_SIGN_ON,
        };
        Page::new(literal::XML, self.filled(text, &[]))
    }

    /// `text` with these values, the host, its port, the domain and the version in their places.
    pub(super) fn filled(&self, text: &str, values: &[(&str, &str)]) -> String {
        let site = &self.site;
        let port = site.shared.ports(&site.host).https.to_string();
        let own: [(&str, &str); 4] =
            [("host", &site.host), ("port", &port), ("domain", &site.domain), ("version", literal::VERSION)];
        // The first of a name counts.
        fill(text, &[values, &own].concat())
    }
}

/// What a fault that fits every stage answers; nothing where the true answer follows. `kind` is the content type
/// that the true answer has.
pub(super) async fn suffer(trouble: &Trouble, kind: &str) -> Option<Page> {
    match trouble {
        Trouble::Silent {} => Some(Page::never()),
        Trouble::Status { status, realm } => Some(status_page(*status, realm.as_deref())),
        Trouble::Html {} => Some(Page::new(literal::HTML, literal::ADMIN_PAGE)),
        Trouble::Empty {} => Some(Page::new(kind, "")),
        Trouble::Endless {} => Some(Page::endless(kind)),
        Trouble::Redirect { to } => Some(Page::redirect(to)),
        Trouble::Late { seconds: late } => {
            sleep(seconds(*late)).await;
            None
        }
        Trouble::NotXml {} => Some(Page::new(kind, literal::NOT_XML)),
    }
}

fn status_page(status: u16, realm: Option<&str>) -> Page {
    let status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let default = (status == StatusCode::UNAUTHORIZED).then_some(literal::REALM);
    let page = Page::error(status);
    match realm.or(default) {
        Some(realm) => page.asking(realm),
        None => page,
    }
}

impl Ask {
    /// GET or HEAD.
    pub(super) fn only_reads(&self) -> bool {
        [Method::GET, Method::HEAD].contains(&self.method)
    }

    /// What the client shows, if it shows anything.
    pub(super) fn credential(&self) -> Option<Credential> {
        let value = self.headers.get(AUTHORIZATION)?;
        Some(value.to_str().ok().and_then(basic).unwrap_or(Credential::Other))
    }

    /// The cookie of this name.
    pub(super) fn cookie(&self, name: &str) -> Option<&str> {
        let values = self.headers.get_all(COOKIE).iter().filter_map(|value| value.to_str().ok());
        let mut pairs = values.flat_map(|value| value.split(';')).filter_map(|pair| pair.trim().split_once('='));
        pairs.find(|(known, _)| *known == name).map(|(_, value)| value)
    }

    /// The parameter of this name in the query, decoded.
    pub(super) fn parameter(&self, name: &str) -> Option<String> {
        let mut pairs = self.query.split('&').filter_map(|pair| pair.split_once('='));
        pairs.find(|(known, _)| *known == name).map(|(_, value)| decoded(&value.replace('+', " ")))
    }
}

/// RFC 7617 2.
fn basic(value: &str) -> Option<Credential> {
    let (scheme, value) = value.split_once(' ')?;
    if !scheme.eq_ignore_ascii_case("Basic") {
        return None;
    }
    let bytes = BASE64.decode(value.trim().as_bytes()).ok()?;
    let text = String::from_utf8(bytes).ok()?;
    let (user, password) = text.split_once(':')?;
    Some(Credential::Basic { user: user.to_owned(), password: password.to_owned() })
}

/// `text` with each `%41` as what it stands for (RFC 3986 2.1).
pub(super) fn decoded(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((&first, behind)) = rest.split_first() {
        let hex = behind.get(..2).filter(|two| two.iter().all(u8::is_ascii_hexdigit));
        let hex = hex.and_then(|two| std::str::from_utf8(two).ok());
        match hex.and_then(|two| u8::from_str_radix(two, 16).ok()).filter(|_| first == b'%') {
            Some(byte) => {
                bytes.push(byte);
                rest = &behind[2..];
            }
            None => {
                bytes.push(first);
                rest = behind;
            }
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

/// `text` as one segment of a path, or one value of a query: what is not unreserved is escaped (RFC 3986 2.3).
pub(super) fn encoded(text: &str) -> String {
    let one = |byte: u8| match byte {
        b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => char::from(byte).to_string(),
        _ => format!("%{byte:02X}"),
    };
    text.bytes().map(one).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_credential_is_basic_or_something_else() {
        let right = Credential::Basic { user: "alice".into(), password: "a:b".into() };
        assert_eq!(basic("Basic YWxpY2U6YTpi"), Some(right));
        for wrong in ["Basic", "Basic ?", "Basic YWxpY2U=", "Bearer YWxpY2U6YTpi"] {
            assert_eq!(basic(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn what_is_escaped_in_an_address_is_read() {
        assert_eq!(decoded("alice%40example.test"), "alice@example.test");
        assert_eq!(decoded("100%%4"), "100%%4");
        assert_eq!(decoded("%+1%C3%A9%ff"), "%+1é\u{fffd}");
        assert_eq!(encoded("a b/é@x?"), "a%20b%2F%C3%A9%40x%3F");
        assert_eq!(decoded(&encoded("../user?x=#1")), "../user?x=#1");
    }
}
