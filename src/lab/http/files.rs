//! The files of TFTP over HTTP (protocol.md 3): the service profile and `jabber-config.xml`. They want no credentials.

use hyper::StatusCode;

use super::desk::{Ask, Desk, suffer};
use super::faults::ProfileFault;
use super::page::Page;
use super::{Role, literal};

/// Answers on 6970 and 6972.
pub(super) async fn answer(desk: &Desk, ask: &Ask) -> Page {
    if !ask.only_reads() {
        return Page::error(StatusCode::METHOD_NOT_ALLOWED);
    }
    let name = ask.path.trim_start_matches('/');
    match name {
        "SPDefault.cnf.xml" => service_profile(desk).await,
        "jabber-config.xml" => jabber_config(desk).await,
        // The same for a group of users, from 12.5 on (2.5).
        _ if name.starts_with("JAB_") && name.ends_with(".cnf.xml") => jabber_config(desk).await,
        _ => Page::error(StatusCode::NOT_FOUND),
    }
}

async fn service_profile(desk: &Desk) -> Page {
    let fault = desk.site.faults.service_profile.as_ref();
    if let Some(ProfileFault::Any(trouble)) = fault
        && let Some(page) = suffer(trouble, literal::FILE).await
    {
        return page;
    }
    let [primary, backup1, backup2] = addresses(desk);
    let values = [("primary", primary), ("backup1", backup1), ("backup2", backup2)];
    Page::new(literal::FILE, desk.filled(literal::SERVICE_PROFILE_FILE, &values))
}

/// Where the service profile leads to, in its order; empty ones lead nowhere.
pub(super) fn addresses(desk: &Desk) -> [&str; 3] {
    let mut nodes = desk.site.shared.names(Role::Imp);
    let mut next = || nodes.next().unwrap_or_default();
    match &desk.site.faults.service_profile {
        Some(ProfileFault::Addresses { primary, backup1, backup2 }) => [primary, backup1, backup2],
        Some(ProfileFault::Any(_)) | None => [next(), next(), next()],
    }
}

async fn jabber_config(desk: &Desk) -> Page {
    if let Some(trouble) = &desk.site.faults.jabber_config
        && let Some(page) = suffer(trouble, literal::FILE).await
    {
        return page;
    }
    Page::new(literal::FILE, literal::JABBER_CONFIG)
}
