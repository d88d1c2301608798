//! AXL (protocol.md 4): the version, and what the deployment says of its users, profiles, UC services and nodes. It is the
//! same that UDS and the files tell, for both look at the same faults.

use hyper::StatusCode;

use super::super::super::literal::fill;
use super::super::super::scanner::Element;
use super::super::super::scenario::{Directory, User};
use super::super::desk::{Ask, Desk};
use super::super::faults::{AxlFault, ClusterUserFault, Trouble, UserFault};
use super::super::page::Page;
use super::super::sessions::Names;
use super::super::{Role, files, uds};
use super::{fault, literal, soap};

/// What is asked.
struct Question<'q> {
    desk: &'q Desk,
    operation: &'static str,
    /// The version of the schema.
    axl: &'q str,
    element: Element,
}

/// What an operation answers: the inside of `return`, or what there is not.
type Told = Result<String, &'static str>;

type Operation = fn(&Question) -> Told;

const OPERATIONS: [(&str, Operation); 8] = [
    ("getUser", user),
    ("getServiceProfile", service_profile),
    ("getUcService", uc_service),
    ("listUcService", uc_services),
    ("listProcessNode", process_nodes),
    ("listAssignedPresenceUsers", assigned_users),
    ("listPresenceRedundancyGroup", groups),
    ("getCCMVersion", |_| Ok(literal::CCM_VERSION.to_owned())),
];

/// Answers a request whose credential is good.
pub(super) fn answer(desk: &Desk, ask: &Ask, envelope: &Element) -> Page {
    let body = String::from_utf8_lossy(&ask.body);
    let (action, schema) = (action(ask), schema(&body));
    let versions = versions(desk);
    let agreed = match (&action, schema) {
        (Some(action), Some(schema)) if action == schema => Some(schema),
        // A client may leave the header away. G.
        (None, Some(schema)) => Some(schema),
        _ => None,
    };
    let Some(axl) = agreed.filter(|version| versions.iter().any(|known| matches(known, version))) else {
        return wrong_version(&versions);
    };
    let asked =
        OPERATIONS.iter().find_map(|(name, tell)| envelope.inner(name).map(|element| (*name, tell, element)));
    let Some((operation, tell, element)) = asked else { return fault(literal::NOT_UNDERSTOOD, &[]) };
    let question = Question { desk, operation, axl, element };
    match tell(&question) {
        Ok(told) => question.told(&told),
        Err(item) => {
            let words = fill(literal::NO_SUCH, &[("item", item)]);
            fault(literal::AXL_FAULT, &[("words", &words), ("operation", operation)])
        }
    }
}

/// `"CUCM:DB ver=14.0 getUser"`: the version.
fn action(ask: &Ask) -> Option<String> {
    let header = ask.headers.get("SOAPAction")?.to_str().ok()?;
    let behind = header.split_once("ver=")?.1;
    Some(behind.split([' ', '"']).next().unwrap_or_default().to_owned())
}

/// The version in the namespace of the request.
fn schema(body: &str) -> Option<&str> {
    let behind = body.split_once("http://www.cisco.com/AXL/API/")?.1;
    behind.split(['"', '\'']).next()
}

fn versions(desk: &Desk) -> Vec<&str> {
    match &desk.site.faults.axl {
        Some(AxlFault::Versions { supported }) => supported.iter().map(String::as_str).collect(),
        Some(AxlFault::Any(_)) | None => literal::VERSIONS.to_vec(),
    }
}

/// `12.x` is 12.0 as well as 12.5.
fn matches(known: &str, version: &str) -> bool {
    match known.strip_suffix('x') {
        Some(release) => version.strip_prefix(release).is_some_and(|minor| minor.parse::<u8>().is_ok()),
        None => known == version,
    }
}

fn wrong_version(versions: &[&str]) -> Page {
    let listed = match versions {
        [all @ .., last] if !all.is_empty() => format!("{} and {last}", all.join(", ")),
        other => other.concat(),
    };
    let status = StatusCode::from_u16(599).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let text = fill(literal::WRONG_VERSION, &[("versions", &listed)]);
    Page::new(super::super::literal::HTML, text).with_status(status)
}

impl Question<'_> {
    fn told(&self, inside: &str) -> Page {
        let frame = |text| fill(text, &[("operation", self.operation), ("axl", self.axl)]);
        let (begin, end) = literal::AXL_ANSWER;
        soap(&format!("{}{inside}{}", frame(begin), frame(end)))
    }

    /// What the request says by this name. What it wants back stands behind.
    fn said(&self, name: &str) -> String {
        self.element.inner(name).map(|element| element.content()).unwrap_or_default()
    }

    /// Whether the criterion of this name fits. One that is not given fits all.
    fn wants(&self, name: &str, value: &str) -> bool {
        let criteria = self.element.inner("searchCriteria");
        criteria.and_then(|criteria| criteria.inner(name)).is_none_or(|given| like(&given.content(), value))
    }

    /// Whether it asks for the thing that has this name.
    fn names(&self, name: &str) -> bool {
        let (by_name, by_uuid) = (self.said("name"), self.said("uuid"));
        by_name == name || (by_name.is_empty() && by_uuid.eq_ignore_ascii_case(&uuid(name)))
    }

    fn user_fault(&self) -> Option<&UserFault> {
        self.desk.site.faults.uds_user.as_ref()
    }
}

/// SQL's LIKE with a percent sign at either end.
fn like(pattern: &str, value: &str) -> bool {
    let (pattern, value) = (pattern.to_lowercase(), value.to_lowercase());
    match (pattern.strip_prefix('%'), pattern.strip_suffix('%')) {
        (Some(""), _) => true,
        (Some(end), None) => value.ends_with(end),
        (None, Some(begin)) => value.starts_with(begin),
        (Some(_), Some(_)) => value.contains(pattern.trim_matches('%')),
        (None, None) => pattern == value,
    }
}

/// The number of a thing: the same for the same name.
fn uuid(name: &str) -> String {
    format!("{{{}}}", Names::new(name).key().to_uppercase())
}

fn user(question: &Question) -> Told {
    let Some(user) = question.desk.site.shared.accounts.user(&question.said("userid")) else { return Err("User") };
    let desk = question.desk;
    let fault = question.user_fault();
    let is_home = !matches!(desk.site.faults.uds_cluster_user, Some(ClusterUserFault::NotFound {}));
    let has_role = !matches!(fault, Some(UserFault::Any(Trouble::Status { status: 403, .. })));
    let is_locked = matches!(fault, Some(UserFault::Locked {}));
    let word = |yes| if yes { "true" } else { "false" };
    let number = uuid(&user.id);
    let (profile_uuid, ldap_uuid) = (uuid(literal::PROFILE), uuid(&desk.site.domain));
    let values = [
        ("uuid", number.as_str()),
        ("user", &user.id),
        ("home", word(is_home)),
        ("enabled", word(uds::is_enabled(fault))),
        ("profile", literal::PROFILE),
        ("profile_uuid", &profile_uuid),
        ("ldap_uuid", &ldap_uuid),
        ("locked", word(is_locked)),
        ("lockout", if is_locked { literal::LOCKOUT } else { "" }),
    ];
    let parts = [
        literal::USER_BEGIN,
        if has_role { literal::GROUPS } else { literal::NO_GROUPS },
        literal::CREDENTIALS,
        literal::USER_END,
        match user.directory {
            Directory::Ldap => literal::LDAP_DIRECTORY,
            Directory::Local => literal::NO_LDAP_DIRECTORY,
        },
    ];
    Ok(parts.iter().map(|part| desk.filled(part, &values)).collect())
}

/// The UC services with their addresses: those that the service profile leads to.
fn services(desk: &Desk) -> impl Iterator<Item = (&'static str, &str)> {
    literal::UC_SERVICE_NAMES.into_iter().zip(files::addresses(desk)).filter(|(_, address)| !address.is_empty())
}

fn service_profile(question: &Question) -> Told {
    if !question.names(literal::PROFILE) {
        return Err("ServiceProfile");
    }
    let numbers = [literal::PROFILE, "Directory Profile", "IM and Presence Profile"].map(uuid);
    let values = [
        ("profile", literal::PROFILE),
        ("profile_uuid", &numbers[0]),
        ("directory_uuid", &numbers[1]),
        ("imp_uuid", &numbers[2]),
    ];
    let mut text = fill(literal::PROFILE_BEGIN, &values);
    let mut named = services(question.desk).map(|(name, _)| name).peekable();
    if named.peek().is_some() {
        let (begin, end) = literal::PROFILE_IMP;
        text.push_str(&fill(begin, &values));
        for (full, empty) in literal::RANKS {
            match named.next() {
                Some(name) => text.push_str(&fill(full, &[("uuid", &uuid(name)), ("name", name)])),
                None => text.push_str(empty),
            }
        }
        text.push_str(end);
    }
    text.push_str(literal::PROFILE_END);
    Ok(text)
}

fn one_uc_service((name, address): (&str, &str)) -> String {
    fill(literal::UC_SERVICE, &[("uuid", &uuid(name)), ("name", name), ("address", address)])
}

fn uc_service(question: &Question) -> Told {
    services(question.desk).find(|(name, _)| question.names(name)).map(one_uc_service).ok_or("UcService")
}

fn uc_services(question: &Question) -> Told {
    let wanted = |(name, _): &(&str, &str)| {
        question.wants("name", name) && question.wants("serviceType", "IM and Presence")
    };
    Ok(services(question.desk).filter(wanted).map(one_uc_service).collect())
}

fn process_nodes(question: &Question) -> Told {
    let cluster = &question.desk.site.shared;
    let roles = [(literal::ROLE_OF_A_CUCM, Role::Cucm), (literal::ROLE_OF_A_NODE, Role::Imp)];
    let nodes = roles.into_iter().flat_map(|(word, role)| {
        // The first of each is its publisher.
        let usages = std::iter::once("Publisher").chain(std::iter::repeat("Subscriber"));
        cluster.names(role).zip(usages).map(move |(host, usage)| (host, usage, word))
    });
    let all = std::iter::once((literal::NO_NODE, "Publisher", literal::ROLE_OF_A_CUCM)).chain(nodes);
    let wanted =
        all.filter(|(host, _, role)| question.wants("name", host) && question.wants("processNodeRole", role));
    let node = |(host, usage, role): (&str, &str, &str)| {
        fill(literal::PROCESS_NODE, &[("uuid", &uuid(host)), ("host", host), ("usage", usage), ("role", role)])
    };
    Ok(wanted.map(node).collect())
}

fn assigned_users(question: &Question) -> Told {
    let cluster = &question.desk.site.shared;
    let one = |user: &User| {
        let server = uds::nodes(user, question.user_fault()).into_iter().next()?.to_owned();
        let wanted = question.wants("userid", &user.id) && question.wants("server", &server);
        let values = [
            ("uuid", uuid(&format!("assigned {}", user.id))),
            ("user", user.id.clone()),
            ("server_uuid", uuid(&server)),
            ("server", server),
            ("group", cluster.group.name.clone()),
        ];
        let values = values.each_ref().map(|(name, value)| (*name, value.as_str()));
        wanted.then(|| fill(literal::ASSIGNED, &values))
    };
    Ok(cluster.accounts.users().iter().filter_map(one).collect())
}

fn groups(question: &Question) -> Told {
    let cluster = &question.desk.site.shared;
    let mut nodes = cluster.names(Role::Imp);
    let (one, two) = (nodes.next().unwrap_or_default(), nodes.next().unwrap_or_default());
    let name = cluster.group.name.as_str();
    if !question.wants("name", name) {
        return Ok(String::new());
    }
    let numbers = [name, one, two].map(uuid);
    let users = cluster.group.users.to_string();
    let values = [
        ("uuid", numbers[0].as_str()),
        ("group", name),
        ("server1_uuid", &numbers[1]),
        ("server1", one),
        ("server2_uuid", &numbers[2]),
        ("server2", two),
        ("users", &users),
    ];
    Ok(fill(literal::GROUP, &values))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_release_stands_for_its_versions_and_a_version_for_itself() {
        for (known, version, expected) in [
            ("12.x", "12.5", true),
            ("12.x", "12.0", true),
            ("12.x", "12.", false),
            ("12.x", "1.0", false),
            ("12.x", "14.0", false),
            ("14.0", "14.0", true),
            ("14.0", "14.1", false),
        ] {
            assert_eq!(matches(known, version), expected, "{known} {version}");
        }
    }

    #[test]
    fn a_percent_sign_stands_for_anything() {
        for pattern in ["%", "%%", "imp1", "IMP%", "%1", "%mp%"] {
            assert!(like(pattern, "imp1"), "{pattern}");
        }
        for pattern in ["", "imp", "%imp", "1%", "%x%"] {
            assert!(!like(pattern, "imp1"), "{pattern}");
        }
    }
}
