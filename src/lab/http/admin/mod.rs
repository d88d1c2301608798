//! What is an administrator's: AXL on a CUCM, Control Center and PerfMon on every host (protocol.md 4 and 7). SOAP 1.1
//! with HTTP Basic, for one user who is no end user; an end user is known and has not the role.

mod axl;
mod control_center;
mod literal;
mod perfmon;

use hyper::{Method, StatusCode};
use tokio::time::Instant;

use super::super::component::{self, Component};
use super::super::ledger::Service;
use super::Role;
use super::desk::{Arrival, Ask, Credential, Desk, suffer};
use super::epas::envelope;
use super::faults::{AxlFault, Trouble};
use super::page::Page;
use super::uds::settle;

/// What is asked for at this path of a host that is this, if it is one of the three.
pub(super) fn serves(path: &str, role: Role) -> Option<Service> {
    match (path, role) {
        ("/axl" | "/axl/", Role::Cucm) => Some(Service::Axl),
        (
            "/controlcenterservice2/services/ControlCenterServices"
            | "/controlcenterservice2/services/ControlCenterServicesEx",
            _,
        ) => Some(Service::ControlCenter),
        ("/perfmonservice2/services/PerfmonService", _) => Some(Service::Perfmon),
        _ => None,
    }
}

/// Answers a request to `service`, to who may ask it.
pub(super) async fn answer(desk: &Desk, ask: &Ask, service: Service) -> Page {
    if service == Service::Axl
        && let Some(page) = desk.without(Component::AxlWebService)
    {
        return page;
    }
    if ask.method != Method::POST {
        return Page::error(StatusCode::METHOD_NOT_ALLOWED);
    }
    let faults = &desk.site.faults;
    let trouble = match service {
        Service::Axl => match &faults.axl {
            Some(AxlFault::Any(trouble)) => Some(trouble),
            Some(AxlFault::Versions { .. }) | None => None,
        },
        Service::ControlCenter => faults.control_center.as_ref(),
        _ => faults.perfmon.as_ref(),
    };
    if let Err(page) = admit(desk, ask, service, trouble).await {
        return page;
    }
    let Some(envelope) = envelope(&ask.body) else { return fault(literal::NOT_UNDERSTOOD, &[]) };
    let page = match service {
        Service::Axl => match desk.travel(component::AXL, "").await {
            Arrival::Answer => axl::answer(desk, ask, &envelope),
            Arrival::Refusal => fault(literal::NOT_UNDERSTOOD, &[]),
            Arrival::Never => Page::never(),
        },
        Service::ControlCenter => control_center::answer(desk, &envelope, Instant::now()),
        _ => perfmon::answer(desk, &envelope, Instant::now()),
    };
    page.with_cookie(super::literal::SIGN_ON_COOKIE, &desk.names.session())
}

/// Lets the administrator in. Whoever else comes gets a page: 401, or 403 for an end user whose password is right.
async fn admit(desk: &Desk, ask: &Ask, service: Service, trouble: Option<&Trouble>) -> Result<(), Page> {
    let site = &desk.site;
    let credential = ask.credential();
    let (user, password) = match &credential {
        Some(Credential::Basic { user, password }) => (user.as_str(), password.as_str()),
        Some(Credential::Other) | None => ("", ""),
    };
    let received = credential.as_ref().map(|_| site.shared.ledger.received(&site.host, service, user));
    let forbidden = matches!(trouble, Some(Trouble::Status { status: 403, .. }));
    if let Some(trouble) = trouble.filter(|_| !forbidden)
        && let Some(page) = suffer(trouble, literal::SOAP).await
    {
        if matches!(trouble, Trouble::Status { status: 401, .. }) {
            settle(received, false);
        }
        return Err(page);
    }
    let accounts = &site.shared.accounts;
    let administers = accounts.administers(user, password);
    if !administers && !accounts.knows(user, password) {
        settle(received, false);
        return Err(Page::unauthorized(literal::REALM));
    }
    settle(received, true);
    if administers && !forbidden { Ok(()) } else { Err(Page::error(StatusCode::FORBIDDEN)) }
}

/// An answer of SOAP with this body.
fn soap(body: &str) -> Page {
    let (begin, end) = literal::ENVELOPE;
    Page::new(literal::SOAP, format!("{begin}{body}{end}"))
}

/// A fault: status 500 (SOAP 1.1 6.2).
fn fault(text: &str, values: &[(&str, &str)]) -> Page {
    soap(&super::super::literal::fill(text, values)).with_status(StatusCode::INTERNAL_SERVER_ERROR)
}
