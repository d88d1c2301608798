//! User Data Services of CUCM (protocol.md 2): version, servers, clusterUser, user.

use hyper::StatusCode;
use tokio::time::Instant;

use super::super::component;
use super::super::ledger::{Received, Service};
use super::super::literal::fill;
use super::super::scenario::{Directory, User};
use super::desk::{Arrival, Ask, Credential, Desk, decoded, suffer};
use super::faults::{ClusterUserFault, ServersFault, Trouble, UserFault};
use super::page::Page;
use super::sessions::Admission;
use super::{Role, literal};

/// Answers what lies under `/cucm-uds/`, to clients that do not pile up sessions (2.1).
pub(super) async fn answer(desk: &Desk, ask: &Ask) -> Page {
    let new = desk.names.session();
    match desk.sessions.admit(ask.client, ask.cookie("JSESSIONID"), &new, Instant::now()) {
        Admission::Known => resource(desk, ask).await,
        Admission::New => resource(desk, ask).await.with_cookie(literal::SESSION_COOKIE, &new),
        Admission::TooMany => Page::error(StatusCode::SERVICE_UNAVAILABLE),
    }
}

async fn resource(desk: &Desk, ask: &Ask) -> Page {
    if !ask.only_reads() {
        return Page::error(StatusCode::METHOD_NOT_ALLOWED);
    }
    match ask.path.strip_prefix("/cucm-uds/").unwrap_or_default() {
        "version" => version(desk).await,
        "servers" => servers(desk).await,
        "clusterUser" => cluster_user(desk, ask).await,
        path => match path.strip_prefix("user/").filter(|id| !id.is_empty() && !id.contains('/')) {
            Some(id) => user(desk, ask, &decoded(id)).await,
            None => Page::error(StatusCode::NOT_FOUND),
        },
    }
}

async fn version(desk: &Desk) -> Page {
    if let Some(trouble) = &desk.site.faults.uds_version
        && let Some(page) = suffer(trouble, literal::XML).await
    {
        return page;
    }
    Page::new(literal::XML, desk.filled(literal::UDS_VERSION, &[]))
}

async fn servers(desk: &Desk) -> Page {
    let named = match &desk.site.faults.uds_servers {
        Some(ServersFault::Any(trouble)) => {
            if let Some(page) = suffer(trouble, literal::XML).await {
                return page;
            }
            None
        }
        Some(ServersFault::Named { servers }) => Some(servers),
        None => None,
    };
    let list = match named {
        Some(servers) => listed(servers.iter().map(String::as_str)),
        None => listed(desk.site.shared.names(Role::Cucm)),
    };
    let (begin, end) = literal::SERVERS;
    Page::new(literal::XML, format!("{}{list}{end}", desk.filled(begin, &[])))
}

fn listed<'a>(servers: impl Iterator<Item = &'a str>) -> String {
    servers.map(|server| fill(literal::SERVER, &[("server", server)])).collect()
}

async fn cluster_user(desk: &Desk, ask: &Ask) -> Page {
    let site = &desk.site;
    let publisher = site.shared.names(Role::Cucm).next().unwrap_or(&site.host);
    let home = match &site.faults.uds_cluster_user {
        Some(ClusterUserFault::Any(trouble)) => {
            if let Some(page) = suffer(trouble, literal::XML).await {
                return page;
            }
            Some(publisher)
        }
        Some(ClusterUserFault::NotFound {}) => None,
        Some(ClusterUserFault::Home { node }) => Some(node.as_str()),
        None => Some(publisher),
    };
    let query = ("query", ask.query.as_str());
    let Some((home, user)) = home.zip(asked_for(desk, ask)) else {
        return Page::new(literal::XML, desk.filled(literal::CLUSTER_USER_NOT_FOUND, &[query]));
    };
    let port = site.shared.ports(home).https.to_string();
    let values = [query, ("home", home), ("port", &port), ("user", &user.id)];
    Page::new(literal::XML, desk.filled(literal::CLUSTER_USER, &values))
}

/// Whom the query names (2.4).
fn asked_for<'d>(desk: &'d Desk, ask: &Ask) -> Option<&'d User> {
    let accounts = &desk.site.shared.accounts;
    if let Some(id) = ask.parameter("username") {
        return accounts.user(&id);
    }
    if let Some(mail) = ask.parameter("email") {
        return accounts.user_of_mail(&mail);
    }
    let name = ask.parameter("useridentifier")?;
    accounts.user(&name).or_else(|| accounts.user_of_mail(&name))
}

/// The user's record, for the user alone.
async fn user(desk: &Desk, ask: &Ask, id: &str) -> Page {
    let credential = ask.credential();
    let received = received(desk, credential.as_ref(), id);
    let fault = desk.site.faults.uds_user.as_ref();
    let forbidden = matches!(fault, Some(UserFault::Any(Trouble::Status { status: 403, .. })));
    if let Some(UserFault::Any(trouble)) = fault.filter(|_| !forbidden)
        && let Some(page) = suffer(trouble, literal::XML).await
    {
        if matches!(trouble, Trouble::Status { status: 401, .. }) {
            settle(received, false);
        }
        return page;
    }
    let accounts = &desk.site.shared.accounts;
    let (name, password) = match &credential {
        Some(Credential::Basic { user, password }) => (user.as_str(), password.as_str()),
        Some(Credential::Other) | None => ("", ""),
    };
    let path = match accounts.user(name).map(|user| user.directory) {
        Some(Directory::Ldap) => component::LDAP_RECORD,
        Some(Directory::Local) | None => component::RECORD,
    };
    let arrival = desk.travel(path, name).await;
    if arrival == Arrival::Never {
        return Page::never();
    }
    let is_locked = matches!(fault, Some(UserFault::Locked {}));
    let known = accounts.user(name).filter(|_| accounts.knows(name, password) && !is_locked);
    let Some(user) = known.filter(|_| arrival == Arrival::Answer) else {
        settle(received, false);
        return Page::unauthorized(literal::REALM);
    };
    settle(received, true);
    let page = if forbidden || user.id != id {
        Page::error(StatusCode::FORBIDDEN)
    } else {
        Page::new(literal::XML, record(desk, user, fault))
    };
    page.with_cookie(literal::SIGN_ON_COOKIE, &desk.names.session())
}

fn received(desk: &Desk, credential: Option<&Credential>, id: &str) -> Option<Received> {
    let user = match credential? {
        Credential::Basic { user, .. } => user,
        Credential::Other => id,
    };
    Some(desk.site.shared.ledger.received(&desk.site.host, Service::Uds, user))
}

/// The verdict on a credential, where one came.
pub(super) fn settle(received: Option<Received>, accepted: bool) {
    match received {
        Some(received) if accepted => received.accepted(),
        Some(received) => received.refused(),
        None => {}
    }
}

fn record(desk: &Desk, user: &User, fault: Option<&UserFault>) -> String {
    let enabled = if is_enabled(fault) { "true" } else { "false" };
    let nodes = listed(nodes(user, fault).into_iter());
    let (ldap, account) = match user.directory {
        Directory::Ldap => ("true", "ldap"),
        Directory::Local => ("false", "local"),
    };
    let values = [("user", user.id.as_str()), ("enabled", enabled), ("ldap", ldap), ("account", account)];
    let mut text = desk.filled(literal::USER_BEGIN, &values);
    if nodes.is_empty() {
        text.push_str(literal::IM_AND_PRESENCE_EMPTY);
    } else {
        let (begin, end) = literal::IM_AND_PRESENCE;
        text.extend([begin, &nodes, end]);
    }
    text.push_str(&profiles(desk));
    text.push_str(&desk.filled(literal::USER_END, &values));
    text
}

/// Whether a user is one of IM and Presence.
pub(super) fn is_enabled(fault: Option<&UserFault>) -> bool {
    !matches!(fault, Some(UserFault::NotEnabled {}))
}

/// The nodes that a user is assigned to.
pub(super) fn nodes<'u>(user: &'u User, fault: Option<&'u UserFault>) -> Vec<&'u str> {
    match fault {
        Some(UserFault::NotEnabled {} | UserFault::Unassigned {}) => Vec::new(),
        Some(UserFault::Assigned { nodes }) => nodes.iter().map(String::as_str).collect(),
        Some(UserFault::Any(_) | UserFault::Locked {}) | None => vec![user.home.as_str()],
    }
}

/// Where the profiles are: on every node with TFTP, the publisher first.
fn profiles(desk: &Desk) -> String {
    let cluster = &desk.site.shared;
    let address = |text, host, port: u16| fill(text, &[("host", host), ("port", &port.to_string())]);
    let uris = cluster.names(Role::Cucm).map(|host| {
        let port = cluster.ports(host).tftp;
        address(literal::SERVICE_PROFILE_URI, host, port)
    });
    let (begin, end) = literal::SERVICE_PROFILE;
    let first = cluster.names(Role::Cucm).next().unwrap_or(&desk.site.host);
    let jabber = address(literal::JABBER_PROFILE, first, cluster.ports(first).tftps);
    format!("{begin}{}{end}{jabber}", uris.collect::<String>())
}
