//! What UDS answers (protocol.md 2) and what singleSignOn says (9).
//!
//! Lenient: an element is taken by its local name at any depth, a value as attribute or element. What was not
//! understood is named, so that it can be shown.

#[cfg(test)]
mod tests;

use super::document::{self, Document, Misread, is, truth, value, values};
use super::tree::Element;

/// `version` (protocol.md 2.2).
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Version {
    /// `12.5.1`
    pub version: String,
    /// `usersResourceAuthEnabled`, from 11.5 on.
    pub users_need_auth: Option<bool>,
}

/// `clusterUser` (protocol.md 2.4).
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ClusterUser {
    /// `found="…"`: false comes with status 200. None: the answer does not say.
    pub found: Option<bool>,
    /// The text of `homeCluster`: a node of the home cluster.
    pub home: Option<String>,
    /// `serversUri`: where the home cluster's nodes are listed.
    pub servers_uri: Option<String>,
    /// `uri` of the result: where the user's record is.
    pub user_uri: Option<String>,
}

/// `servers` (protocol.md 2.3).
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Servers {
    /// Node names as System > Server has them.
    pub servers: Vec<String>,
}

/// `singleSignOn` (protocol.md 9).
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct SingleSignOn {
    /// `Status/@enabled`. None: the answer does not say.
    pub enabled: Option<bool>,
    /// Addresses and settings that it names beside that, as `name: value`.
    pub more: Vec<String>,
}

/// `user/{id}` (protocol.md 2.5).
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct User {
    /// `userName`
    pub name: Option<String>,
    /// `email`
    pub email: Option<String>,
    /// `directoryUri`
    pub directory_uri: Option<String>,
    /// `accountType/@useLdapAuth`
    pub ldap: Option<bool>,
    /// The text of `homeCluster`.
    pub home_cluster: Option<bool>,
    /// `homeCluster/@enableImAndPresence`
    pub imp_enabled: Option<bool>,
    /// `imAndPresence/server`: the nodes that the user is assigned to, the home node first.
    pub imp_servers: Vec<String>,
    /// `serviceProfile/uri` (or `@uri`), in their order.
    pub service_profiles: Vec<String>,
    /// `jabberProfile/uri`, in their order.
    pub jabber_profiles: Vec<String>,
    /// Elements that were not expected, by name, bounded.
    pub not_understood: Vec<String>,
}

/// So many names of what was not understood are kept, and so many settings beside those that are known.
const KEPT: usize = 16;

/// What is known in a user's record (protocol.md 2.5), whether or not the login depends on it.
const USER: [&str; 33] = [
    "id",
    "userName",
    "firstName",
    "middleName",
    "lastName",
    "displayName",
    "nickName",
    "phoneNumber",
    "homeNumber",
    "mobileNumber",
    "mobileConnect",
    "remoteDestinationLimit",
    "userLocale",
    "email",
    "directoryUri",
    "msUri",
    "department",
    "manager",
    "title",
    "pager",
    "selfServiceId",
    "accountType",
    "homeCluster",
    "imAndPresence",
    "enableDoNotDisturb",
    "serviceProfile",
    "jabberProfile",
    "devices",
    "credentials",
    "extensions",
    "subscribedServices",
    "speedDials",
    "remoteDestinations",
];

/// The code and the words of an `<errors>` body, where it is one (protocol.md Gaps 2).
pub fn error(body: &[u8]) -> Option<String> {
    let document = Document::read(body).ok()?;
    if !is(document.root(), "error") && document.find("errors").is_none() {
        return None;
    }
    let errors = document.elements().filter(|element| is(*element, "error"));
    let words: Vec<String> = errors.filter_map(words).take(KEPT).collect();
    let words = if words.is_empty() { document::text(document.root())? } else { words.join("; ") };
    Some(document::shown(&words))
}

fn words(error: Element<'_>) -> Option<String> {
    let said = [value(error, "code"), value(error, "message"), document::text(error)];
    let said: Vec<String> = said.into_iter().flatten().collect();
    (!said.is_empty()).then(|| said.join(": "))
}

/// Reads `version`.
///
/// # Errors
/// When it is another document, or none.
pub fn version(body: &[u8]) -> Result<Version, Misread> {
    let document = Document::read(body)?;
    document.expect(&["versionInformation", "version"])?;
    let said = document.find("version").and_then(document::text);
    let attribute = || document.find("versionInformation").and_then(|root| document::attribute(root, "version"));
    let needs = value(document.root(), "usersResourceAuthEnabled");
    Ok(Version {
        version: said.or_else(attribute).unwrap_or_default(),
        users_need_auth: needs.and_then(|text| truth(&text)),
    })
}

/// Reads `clusterUser`.
///
/// # Errors
/// When it is another document, or none.
pub fn cluster_user(body: &[u8]) -> Result<ClusterUser, Misread> {
    let document = Document::read(body)?;
    let root = document.expect(&["clusterUser"])?;
    let (result, home) = (document.find("result"), document.find("homeCluster"));
    let told = |element: Option<Element<'_>>, name: &str| {
        element.and_then(|element| value(element, name)).or_else(|| value(root, name))
    };
    Ok(ClusterUser {
        found: told(result, "found").and_then(|text| truth(&text)),
        home: home.and_then(document::text),
        servers_uri: told(home, "serversUri"),
        // the document has an address of its own by this name
        user_uri: result.and_then(|result| value(result, "uri")),
    })
}

/// Reads `servers`.
///
/// # Errors
/// When it is another document, or none.
pub fn servers(body: &[u8]) -> Result<Servers, Misread> {
    let document = Document::read(body)?;
    document.expect(&["servers", "server"])?;
    let servers = document.elements().filter(|element| is(*element, "server"));
    Ok(Servers { servers: servers.filter_map(server).collect() })
}

/// The name of a server: its text, or what it says under one of the usual names.
fn server(element: Element<'_>) -> Option<String> {
    let named = || ["name", "host", "hostname", "address"].iter().find_map(|name| value(element, name));
    document::text(element).or_else(named)
}

/// Reads `singleSignOn`.
///
/// # Errors
/// When it is another document, or none.
pub fn single_sign_on(body: &[u8]) -> Result<SingleSignOn, Misread> {
    let document = Document::read(body)?;
    let root = document.expect(&["SingleSignOn", "SSOResult", "Status"])?;
    let status = document.find("Status");
    let text = status.and_then(|status| value(status, "enabled").or_else(|| document::text(status)));
    let enabled = text.and_then(|text| truth(&text));
    let inside = document.find("SingleSignOn").unwrap_or(root);
    let more = document::told(inside, KEPT, &["enabled", "status", "version", "uri"]);
    Ok(SingleSignOn { enabled, more })
}

/// Reads `user/{id}`.
///
/// # Errors
/// When it is another document, or none.
pub fn user(body: &[u8]) -> Result<User, Misread> {
    let document = Document::read(body)?;
    let user = document.expect(&["user"])?;
    let child = |name: &str| user.descendants().find(|element| is(*element, name));
    let told = |name: &str, under: &str| child(name).and_then(|element| value(element, under));
    let home = child("homeCluster");
    Ok(User {
        name: value(user, "userName"),
        email: value(user, "email"),
        directory_uri: value(user, "directoryUri"),
        ldap: told("accountType", "useLdapAuth").and_then(|text| truth(&text)),
        home_cluster: home.and_then(document::text).and_then(|text| truth(&text)),
        imp_enabled: told("homeCluster", "enableImAndPresence").and_then(|text| truth(&text)),
        imp_servers: imp_servers(user),
        service_profiles: uris(user, "serviceProfile"),
        jabber_profiles: uris(user, "jabberProfile"),
        not_understood: not_understood(user),
    })
}

/// The nodes in `imAndPresence`, or what it says itself where it has none.
fn imp_servers(user: Element<'_>) -> Vec<String> {
    let assigned = || user.descendants().filter(|element| is(*element, "imAndPresence"));
    let servers: Vec<String> = assigned().flat_map(|assigned| values(assigned, "server")).collect();
    if servers.is_empty() { assigned().filter_map(document::text).collect() } else { servers }
}

/// All addresses that the elements of this name give, each once.
fn uris(user: Element<'_>, name: &str) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    for element in user.descendants().filter(|element| is(*element, name)) {
        let given = values(element, "uri");
        let given = if given.is_empty() { document::text(element).into_iter().collect() } else { given };
        found.extend(given);
    }
    let mut seen = std::collections::HashSet::new();
    found.retain(|uri| seen.insert(uri.clone()));
    found
}

fn not_understood(user: Element<'_>) -> Vec<String> {
    let unknown = user.children().filter(|child| !USER.iter().any(|known| is(*child, known)));
    let mut names: Vec<String> = Vec::new();
    for name in unknown.map(document::name) {
        if names.len() < KEPT && !names.contains(&name) {
            names.push(name);
        }
    }
    names
}
