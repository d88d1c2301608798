//! AXL, the administrator's interface of CUCM (protocol.md 4): what is asked of it, and what it answers.
//!
//! Requests are built from the schema's names; the version stands in the SOAPAction and in the namespace and must be
//! the same in both. Answers are read leniently, for they were composed from the schema and never captured.

#[cfg(test)]
mod tests;

use super::document::{self, Document, Misread, is, truth, value};
use super::soap::{self, Refusal, field};
use super::tree::Element;

/// The version that is asked for first; the answer to a wrong one names those that are supported.
pub const FIRST_VERSION: &str = "14.0";
/// So many items of a list are kept.
const KEPT: usize = 500;
/// A service profile's part about IM and Presence begins with this; the whole name is not sure (protocol.md 4).
const IMP_PROFILE: &str = "im and presence";

/// A question.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Question {
    /// `getUser`: an end user by user id.
    User(String),
    /// `getServiceProfile` by name.
    ServiceProfile(String),
    /// `getUcService` by name.
    UcService(String),
    /// `listProcessNode`: all IM&P nodes.
    ImpNodes,
    /// `listAssignedPresenceUsers`: the node and the group of a user id.
    Assignment(String),
    /// `listPresenceRedundancyGroup`: all of them.
    RedundancyGroups,
    /// `getCCMVersion`.
    Version,
}

impl Question {
    /// The operation's name.
    pub fn operation(&self) -> &'static str {
        match self {
            Self::User(_) => "getUser",
            Self::ServiceProfile(_) => "getServiceProfile",
            Self::UcService(_) => "getUcService",
            Self::ImpNodes => "listProcessNode",
            Self::Assignment(_) => "listAssignedPresenceUsers",
            Self::RedundancyGroups => "listPresenceRedundancyGroup",
            Self::Version => "getCCMVersion",
        }
    }

    /// The value of the SOAPAction header, with its quotation marks.
    pub fn action(&self, version: &str) -> String {
        format!("\"CUCM:DB ver={version} {}\"", self.operation())
    }

    /// The whole request.
    pub fn request(&self, version: &str) -> String {
        let (operation, inside) = (self.operation(), self.inside());
        format!(
            r#"<soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/" xmlns:ns="http://www.cisco.com/AXL/API/{version}"><soapenv:Header/><soapenv:Body><ns:{operation}>{inside}</ns:{operation}></soapenv:Body></soapenv:Envelope>"#
        )
    }

    fn inside(&self) -> String {
        let escaped = quick_xml::escape::escape;
        match self {
            Self::User(user) => format!(
                "<userid>{}</userid><returnedTags><userid/><mailid/><directoryUri/><userIdentity/><status/><homeCluster/>\
                 <imAndPresenceEnable/><calendarPresence/><serviceProfile/><ldapDirectoryName/>\
                 <associatedGroups><userGroup><name/></userGroup></associatedGroups>\
                 <passwordCredentials><pwdCredLockedByAdministrator/><pwdCredTimeAdminLockout/>\
                 <pwdCredUserMustChange/><pwdResetHackCount/></passwordCredentials></returnedTags>",
                escaped(user)
            ),
            Self::ServiceProfile(name) | Self::UcService(name) => format!("<name>{}</name>", escaped(name)),
            Self::ImpNodes => {
                "<searchCriteria><processNodeRole>CUCM IM and Presence</processNodeRole></searchCriteria>\
                 <returnedTags><name/><description/><nodeUsage/><processNodeRole/></returnedTags>"
                    .to_owned()
            }
            Self::Assignment(user) => format!(
                "<searchCriteria><userid>{}</userid></searchCriteria>\
                 <returnedTags><userid/><server/><presenceRedundancyGroup/></returnedTags>",
                escaped(user)
            ),
            Self::RedundancyGroups => "<searchCriteria><name>%</name></searchCriteria>\
                 <returnedTags><name/><server1/><server2/><haEnabled/><numUsers/></returnedTags>"
                .to_owned(),
            Self::Version => String::new(),
        }
    }
}

/// An end user, as the administrator sees it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct EndUser {
    /// `userid`
    pub userid: Option<String>,
    /// `mailid`
    pub mail: Option<String>,
    /// `directoryUri`
    pub directory_uri: Option<String>,
    /// `status`, as it stands there.
    pub status: Option<String>,
    /// `ldapDirectoryName`: the directory that it comes from. None: a local user, or it is not said.
    pub ldap: Option<String>,
    /// `homeCluster`
    pub home_cluster: Option<bool>,
    /// `imAndPresenceEnable`
    pub imp_enabled: Option<bool>,
    /// `serviceProfile`, by name. None: the system's default, or none.
    pub service_profile: Option<String>,
    /// `associatedGroups`, by name.
    pub groups: Vec<String>,
    /// `pwdCredLockedByAdministrator`
    pub locked: Option<bool>,
    /// `pwdCredUserMustChange`
    pub must_change: Option<bool>,
    /// `pwdResetHackCount`, as it stands there.
    pub reset_hack_count: Option<String>,
}

/// A service profile: which UC services it names for IM and Presence.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ServiceProfile {
    /// `name`
    pub name: Option<String>,
    /// `isDefault`
    pub is_default: Option<bool>,
    /// The names of all its parts, `profileName`.
    pub parts: Vec<String>,
    /// Whether it has a part about IM and Presence.
    pub has_imp: bool,
    /// The UC services of that part by name, in their order: primary, secondary, tertiary; empty ones left out.
    pub imp: Vec<String>,
}

/// A UC service.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct UcService {
    /// `name`
    pub name: Option<String>,
    /// `serviceType`
    pub kind: Option<String>,
    /// `productType`
    pub product: Option<String>,
    /// `hostnameorip`
    pub address: Option<String>,
}

/// A node of the cluster.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ProcessNode {
    /// `name`: as System > Server has it.
    pub name: String,
    /// `nodeUsage`: Publisher or Subscriber.
    pub usage: Option<String>,
    /// `processNodeRole`
    pub role: Option<String>,
}

/// Where a user is assigned.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Assignment {
    /// `userid`
    pub userid: String,
    /// `server`: the node; empty ones are none.
    pub server: Option<String>,
    /// `presenceRedundancyGroup`
    pub group: Option<String>,
}

/// A presence redundancy group.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct RedundancyGroup {
    /// `name`
    pub name: String,
    /// `server1`, `server2`: empty ones left out.
    pub servers: Vec<String>,
    /// `haEnabled`
    pub ha: Option<bool>,
    /// `numUsers`, as it stands there.
    pub users: Option<String>,
}

/// The versions that the page of HTTP 599 names, as they stand there: `12.x`, `14.0`, `15.0`. Empty: it is no such page.
pub fn supported_versions(page: &[u8]) -> Vec<String> {
    let text = String::from_utf8_lossy(page);
    let Some((_, behind)) = text.split_once("Supported axl versions") else { return Vec::new() };
    let sentence = behind.split('<').next().unwrap_or_default();
    let is_version = |word: &&str| word.contains('.') && word.starts_with(|c: char| c.is_ascii_digit());
    let words = sentence.split([' ', ',', ';']).map(|word| word.trim_end_matches('.'));
    words.filter(is_version).take(KEPT).map(document::shown).collect()
}

/// The version to ask for, of those that are supported: the newest, and of a whole release its last.
pub fn newest_version(supported: &[String]) -> Option<String> {
    let number = |version: &String| {
        let (major, minor) = version.split_once('.')?;
        Some((major.parse::<u32>().ok()?, if minor == "x" { 5 } else { minor.parse::<u32>().ok()? }))
    };
    let (major, minor) = supported.iter().filter_map(number).max()?;
    Some(format!("{major}.{minor}"))
}

/// Reads the answer to `getUser`.
///
/// # Errors
/// When it is a fault, another document, or none.
pub fn user(body: &[u8]) -> Result<EndUser, Refusal> {
    let document = soap::answer(body, "getUserResponse")?;
    let user = one(&document, "user")?;
    let (text, yes) =
        (|name: &str| value(user, name), |name: &str| value(user, name).and_then(|text| truth(&text)));
    let groups = user.descendants().filter(|element| is(*element, "userGroup"));
    Ok(EndUser {
        userid: text("userid"),
        mail: text("mailid"),
        directory_uri: text("directoryUri"),
        status: text("status"),
        ldap: text("ldapDirectoryName"),
        home_cluster: yes("homeCluster"),
        imp_enabled: yes("imAndPresenceEnable"),
        service_profile: text("serviceProfile"),
        groups: groups
            .filter_map(|group| value(group, "name").or_else(|| document::text(group)))
            .take(KEPT)
            .collect(),
        locked: yes("pwdCredLockedByAdministrator"),
        must_change: yes("pwdCredUserMustChange"),
        reset_hack_count: text("pwdResetHackCount"),
    })
}

/// Reads the answer to `getServiceProfile`.
///
/// # Errors
/// When it is a fault, another document, or none.
pub fn service_profile(body: &[u8]) -> Result<ServiceProfile, Refusal> {
    let document = soap::answer(body, "getServiceProfileResponse")?;
    let profile = one(&document, "serviceProfile")?;
    let parts: Vec<Element<'_>> =
        profile.descendants().filter(|element| is(*element, "serviceProfileInfo")).take(KEPT).collect();
    let called = |part: &Element<'_>| field(*part, "profileName");
    let is_imp =
        |part: &Element<'_>| called(part).is_some_and(|name| name.to_ascii_lowercase().starts_with(IMP_PROFILE));
    let imp = parts.iter().find(|part| is_imp(part));
    let services = ["primary", "secondary", "tertiary"];
    Ok(ServiceProfile {
        name: field(profile, "name"),
        is_default: field(profile, "isDefault").and_then(|text| truth(&text)),
        parts: parts.iter().filter_map(called).collect(),
        has_imp: imp.is_some(),
        imp: imp.into_iter().flat_map(|imp| services.iter().filter_map(|name| field(*imp, name))).collect(),
    })
}

/// Reads the answer to `getUcService`.
///
/// # Errors
/// When it is a fault, another document, or none.
pub fn uc_service(body: &[u8]) -> Result<UcService, Refusal> {
    let document = soap::answer(body, "getUcServiceResponse")?;
    let service = one(&document, "ucService")?;
    Ok(UcService {
        name: field(service, "name"),
        kind: field(service, "serviceType"),
        product: field(service, "productType"),
        address: field(service, "hostnameorip"),
    })
}

/// Reads the answer to `listProcessNode`.
///
/// # Errors
/// When it is a fault, another document, or none.
pub fn process_nodes(body: &[u8]) -> Result<Vec<ProcessNode>, Refusal> {
    let document = soap::answer(body, "listProcessNodeResponse")?;
    let node = |element| {
        let name = field(element, "name")?;
        Some(ProcessNode { name, usage: field(element, "nodeUsage"), role: field(element, "processNodeRole") })
    };
    Ok(all(&document, "processNode", node))
}

/// Reads the answer to `listAssignedPresenceUsers`.
///
/// # Errors
/// When it is a fault, another document, or none.
pub fn assignments(body: &[u8]) -> Result<Vec<Assignment>, Refusal> {
    let document = soap::answer(body, "listAssignedPresenceUsersResponse")?;
    let assigned = |element| {
        let userid = field(element, "userid")?;
        let group = field(element, "presenceRedundancyGroup");
        Some(Assignment { userid, server: field(element, "server"), group })
    };
    // The schema has the plural for one of them.
    let each = ["assignedPresenceUsers", "assignedPresenceUser"];
    Ok(each.iter().flat_map(|name| all(&document, name, assigned)).collect())
}

/// Reads the answer to `listPresenceRedundancyGroup`.
///
/// # Errors
/// When it is a fault, another document, or none.
pub fn redundancy_groups(body: &[u8]) -> Result<Vec<RedundancyGroup>, Refusal> {
    let document = soap::answer(body, "listPresenceRedundancyGroupResponse")?;
    let group = |element| {
        Some(RedundancyGroup {
            name: field(element, "name")?,
            servers: ["server1", "server2"].iter().filter_map(|name| field(element, name)).collect(),
            ha: field(element, "haEnabled").and_then(|text| truth(&text)),
            users: field(element, "numUsers"),
        })
    };
    Ok(all(&document, "presenceRedundancyGroup", group))
}

/// Reads the answer to `getCCMVersion`: `14.0.1.12900-161`.
///
/// # Errors
/// When it is a fault, another document, or none.
pub fn ccm_version(body: &[u8]) -> Result<String, Refusal> {
    let document = soap::answer(body, "getCCMVersionResponse")?;
    let version = document.elements().filter(|element| is(*element, "version")).find_map(document::text);
    version.map(|version| document::shown(&version)).ok_or_else(|| document.other().into())
}

/// What an answer is about: the element of this name inside `return`.
fn one<'d>(document: &'d Document, name: &str) -> Result<Element<'d>, Misread> {
    let inside = document.find("return").unwrap_or(document.root());
    inside.descendants().find(|element| is(*element, name)).ok_or_else(|| document.other())
}

/// The items of a list, as far as they are kept.
fn all<'d, T>(document: &'d Document, name: &str, read: impl Fn(Element<'d>) -> Option<T>) -> Vec<T> {
    let inside = document.find("return").map(|list| list.children()).into_iter().flatten();
    inside.filter(|element| is(*element, name)).filter_map(read).take(KEPT).collect()
}
