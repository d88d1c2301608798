//! The service profile and `jabber-config.xml` (protocol.md 3).

#[cfg(test)]
mod tests;

use super::document::{self, Document, Misread, is, value};
use super::tree::Element;

/// The sections that a service profile may have.
const SECTIONS: [&str; 7] =
    ["Voicemail", "MailStore", "Conferencing", "Directory", IMP, "CTI", "VideoConferenceSchedulingPortal"];
/// The section that names the nodes.
const IMP: &str = "IMandPresence";
/// What each section has, in the order in which clients take them.
const ROLES: [&str; 3] = ["Primary", "Backup1", "Backup2"];
/// So many sections are kept.
const MAX_SECTIONS: usize = 32;

/// The keys that concern the login.
const KEYS: [&str; 14] = [
    "PresenceServerAddress",
    "PresenceServerType",
    "PresenceServerURL",
    "PresenceDomain",
    "LoginResource",
    "ServicesDomain",
    "VoiceServicesDomain",
    "ServiceDiscoveryExcludedServices",
    "SSO_Enabled",
    "ServicesDomainSsoEmailPrompt",
    "CcmcipServer1",
    "CcmcipServer2",
    "TftpServer1",
    "TftpServer2",
];

/// A service profile: what of it concerns the login.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ServiceProfile {
    /// Whether it has the IM and Presence section.
    pub has_imp: bool,
    /// The addresses of that section that are not empty, in their order: Primary, Backup1, Backup2.
    pub imp: Vec<ImpAddress>,
    /// All sections that it has, by name.
    pub sections: Vec<String>,
}

/// An address of the IM and Presence section.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImpAddress {
    /// `Primary`, `Backup1`, `Backup2`.
    pub role: String,
    /// A name or an address.
    pub address: String,
    /// The port, where one is given.
    pub port: Option<u16>,
}

/// `jabber-config.xml`: the keys that concern the login, in their order (protocol.md 3).
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct JabberConfig {
    /// Key and value.
    pub keys: Vec<(String, String)>,
}

impl JabberConfig {
    /// What this key says.
    pub fn value(&self, key: &str) -> Option<&str> {
        self.keys.iter().find(|(name, _)| name.eq_ignore_ascii_case(key)).map(|(_, value)| value.as_str())
    }
}

/// Reads a service profile. Its root's name is not known (protocol.md 3): its sections tell what it is.
///
/// # Errors
/// When it is another document, or none.
pub fn service_profile(body: &[u8]) -> Result<ServiceProfile, Misread> {
    let document = Document::read(body)?;
    let root = document.root();
    let sections: Vec<Element<'_>> = document.elements().filter(|element| is_section(*element)).collect();
    if sections.is_empty() && !root.name().to_ascii_lowercase().contains("profile") {
        return Err(document.other());
    }
    let mut profile = ServiceProfile::default();
    for section in sections {
        let name = document::name(section);
        if is(section, IMP) {
            profile.has_imp = true;
            profile.imp.extend(ROLES.iter().filter_map(|role| address(section, role)));
        }
        if profile.sections.len() < MAX_SECTIONS && !profile.sections.contains(&name) {
            profile.sections.push(name);
        }
    }
    Ok(profile)
}

/// Whether it is one of the known sections, or has what each of them has.
fn is_section(element: Element<'_>) -> bool {
    let known = SECTIONS.iter().any(|name| is(element, name));
    known || element.children().any(|child| is(child, ROLES[0]))
}

fn address(section: Element<'_>, role: &str) -> Option<ImpAddress> {
    let element = section.descendants().find(|inner| is(*inner, role))?;
    let address = value(element, "Address").or_else(|| document::text(element))?;
    let port = value(element, "Port").and_then(|port| port.parse().ok());
    Some(ImpAddress { role: role.to_owned(), address, port })
}

/// Reads `jabber-config.xml`. An empty key says nothing and is left out.
///
/// # Errors
/// When it is another document, or none.
pub fn jabber_config(body: &[u8]) -> Result<JabberConfig, Misread> {
    let document = Document::read(body)?;
    document.expect(&["config", "Policies", "Client", "Presence"])?;
    let said = document.elements().filter_map(|element| {
        let key = KEYS.iter().find(|key| is(element, key))?;
        Some(((*key).to_owned(), document::text(element)?))
    });
    let mut keys: Vec<(String, String)> = Vec::new();
    for (key, value) in said {
        if !keys.iter().any(|(known, _)| *known == key) {
            keys.push((key, value));
        }
    }
    Ok(JabberConfig { keys })
}
