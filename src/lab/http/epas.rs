//! EPASSoap, the Client Configuration Web Service of IM&P (protocol.md 5.1): login, get-all-config and
//! get-onetime-password. Whatever headers a client sends are fine with it (S).

use hyper::{Method, StatusCode};
use tokio::time::Instant;

use super::super::component::{self, Path};
use super::super::ledger::{Received, Service};
use super::super::scanner::{Element, Heard, Scanner};
use super::super::scenario::Directory;
use super::desk::{Arrival, Ask, Desk, suffer};
use super::faults::{EpasConfigFault, EpasLoginFault, EpasTokenFault, Trouble};
use super::page::Page;
use super::{Role, literal};

/// The versions that a node of 10.5 on has; login may use none (5.1, S).
const VERSIONS: [&str; 5] = ["", "/v70", "/v80", "/v105", "/latest"];

/// Whether this is an address of the service.
pub(super) fn serves(path: &str) -> bool {
    path.strip_prefix("/EPASSoap/service").is_some_and(|version| VERSIONS.contains(&version))
}

/// Answers a request of SOAP.
pub(super) async fn answer(desk: &Desk, ask: &Ask) -> Page {
    if ask.method != Method::POST {
        return Page::error(StatusCode::METHOD_NOT_ALLOWED);
    }
    let Some(envelope) = envelope(&ask.body) else { return not_understood() };
    if let Some(login) = envelope.inner("login") {
        return Login::new(desk, &login).answer().await;
    }
    let key = envelope.inner("session-key").map(|key| key.content());
    let user = key.and_then(|key| desk.keys.user(&key));
    let asks = |name| envelope.inner(name).is_some();
    if !asks("get-all-config") && !asks("get-onetime-password") {
        return not_understood();
    }
    match desk.travel(component::EPAS, user.as_deref().unwrap_or_default()).await {
        Arrival::Answer if asks("get-all-config") => config(desk, user.as_deref()).await,
        Arrival::Answer => token(desk, user.as_deref()).await,
        Arrival::Refusal => invalid(desk),
        Arrival::Never => Page::never(),
    }
}

/// The envelope of a request, if it is one.
pub(super) fn envelope(body: &[u8]) -> Option<Element> {
    let mut scanner = Scanner::default();
    scanner.push(body);
    match scanner.next() {
        Some(Heard::Element(element)) if element.name == "Envelope" => Some(element),
        _ => None,
    }
}

fn soap(desk: &Desk, text: &str, values: &[(&str, &str)]) -> Page {
    let (begin, end) = literal::ENVELOPE;
    Page::new(literal::SOAP, format!("{begin}{}{end}", desk.filled(text, values)))
}

/// A bad or expired session key: status 200 (5.1, S).
fn invalid(desk: &Desk) -> Page {
    soap(desk, literal::INVALID_REQUEST, &[])
}

/// No request of this service: a fault has status 500 (SOAP 1.2 part 2, 7.4.2; G for IM&P).
fn not_understood() -> Page {
    let (begin, end) = literal::ENVELOPE;
    let page = Page::new(literal::SOAP, format!("{begin}{}{end}", literal::INVALID_REQUEST));
    page.with_status(StatusCode::INTERNAL_SERVER_ERROR)
}

/// A login that came.
struct Login<'d> {
    desk: &'d Desk,
    user: String,
    password: String,
    version: String,
    force: bool,
    received: Received,
}

impl<'d> Login<'d> {
    fn new(desk: &'d Desk, login: &Element) -> Login<'d> {
        let inner = |name| login.inner(name).map(|element| element.content()).unwrap_or_default();
        let user = inner("username");
        let received = desk.site.shared.ledger.received(&desk.site.host, Service::Epas, &user);
        let version = login.attribute("client-version").unwrap_or_default();
        let force = login.attribute("force").as_deref() == Some("true");
        Login { desk, user, password: inner("password"), version, force, received }
    }

    async fn answer(self) -> Page {
        match &self.desk.site.faults.epas_login {
            Some(EpasLoginFault::Any(trouble)) => {
                if let Some(page) = suffer(trouble, literal::SOAP).await {
                    if matches!(trouble, Trouble::Status { status: 401 | 403, .. }) {
                        self.received.refused();
                    }
                    return page;
                }
                self.judge().await
            }
            Some(EpasLoginFault::Refused { reason }) => self.refuse(reason),
            Some(EpasLoginFault::TooOld { minimum }) if numbers(&self.version) < numbers(minimum) => {
                self.refuse(literal::TOO_OLD)
            }
            Some(EpasLoginFault::Redirect { node }) => {
                // The password is the other node's business.
                self.received.unanswered();
                soap(self.desk, literal::LOGIN_REDIRECT, &[("node", node)])
            }
            Some(EpasLoginFault::TooOld { .. }) | None => self.judge().await,
        }
    }

    async fn judge(self) -> Page {
        let (desk, site) = (self.desk, &self.desk.site);
        let accounts = &site.shared.accounts;
        match desk.travel(self.path(), &self.user).await {
            Arrival::Answer => {}
            Arrival::Refusal => return self.refuse(literal::LOGIN_REFUSED),
            Arrival::Never => return Page::never(),
        }
        let Some(user) = accounts.user(&self.user).filter(|user| accounts.knows(&user.id, &self.password)) else {
            return self.refuse(literal::LOGIN_REFUSED);
        };
        if !accounts.serves(&site.host, &user.id) {
            return self.refuse(literal::WRONG_NODE);
        }
        self.received.accepted();
        let key = desk.keys.of(&user.id, self.force, desk.names.key());
        soap(desk, literal::LOGIN_SUCCESS, &[("key", &key), ("backup", &user.partner)])
    }

    /// The local database knows the user, somebody else the password; only who is let in gets a session key.
    fn path(&self) -> Path {
        let accounts = &self.desk.site.shared.accounts;
        let good = accounts.knows(&self.user, &self.password);
        match (accounts.user(&self.user).map(|user| user.directory), good) {
            (Some(Directory::Ldap), true) => component::LDAP_EPAS,
            (Some(Directory::Ldap), false) => component::LDAP_EPAS_REFUSAL,
            (Some(Directory::Local), true) => component::EPAS,
            (Some(Directory::Local), false) | (None, _) => component::EPAS_REFUSAL,
        }
    }

    fn refuse(self, reason: &str) -> Page {
        self.received.refused();
        soap(self.desk, literal::LOGIN_FAILURE, &[("reason", reason)])
    }
}

/// A version as something to compare: `9.7.0.18474`.
fn numbers(version: &str) -> Vec<u64> {
    version.split('.').map(|part| part.parse().unwrap_or_default()).collect()
}

async fn config(desk: &Desk, user: Option<&str>) -> Page {
    let site = &desk.site;
    let fault = site.faults.epas_config.as_ref();
    if let Some(EpasConfigFault::Any(trouble)) = fault
        && let Some(page) = suffer(trouble, literal::SOAP).await
    {
        return page;
    }
    let Some(user) = user.and_then(|id| site.shared.accounts.user(id)) else { return invalid(desk) };
    let domain = match fault {
        Some(EpasConfigFault::Domain { domain }) => domain,
        Some(EpasConfigFault::Any(_)) | None => &site.domain,
    };
    let tftp = site.shared.names(Role::Cucm).next().unwrap_or_default();
    let values = [("domain", domain.as_str()), ("primary", &user.home), ("backup", &user.partner), ("tftp", tftp)];
    soap(desk, literal::ALL_CONFIG, &values)
}

async fn token(desk: &Desk, user: Option<&str>) -> Page {
    let fault = desk.site.faults.epas_token.as_ref();
    if let Some(EpasTokenFault::Any(trouble)) = fault
        && let Some(page) = suffer(trouble, literal::SOAP).await
    {
        return page;
    }
    let Some(user) = user else { return invalid(desk) };
    if let Some(EpasTokenFault::None {}) = fault {
        return soap(desk, literal::NO_TOKEN, &[]);
    }
    let token = desk.names.token();
    // One that was used is one that nobody is let in with.
    if !matches!(fault, Some(EpasTokenFault::Spent {})) {
        desk.site.shared.accounts.hand_out(&token, user, Instant::now());
    }
    soap(desk, literal::TOKEN, &[("token", &token)])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_compared_as_numbers() {
        assert!(numbers("9.7.0.18474") < numbers("10.0"));
        assert!(numbers("") < numbers("9"));
        assert!(numbers("14.2.0") >= numbers("14.2"));
        assert!(numbers("12.9") >= numbers("12.9"));
    }

    #[test]
    fn the_service_has_its_versions_and_no_others() {
        for version in VERSIONS {
            assert!(serves(&format!("/EPASSoap/service{version}")));
        }
        assert!(!serves("/EPASSoap/service/v999") && !serves("/EPASSoap") && !serves("/EPASSoap/services"));
    }
}
