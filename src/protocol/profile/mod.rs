//! The service profile and `jabber-config.xml` (protocol.md 3).

use super::document::Misread;

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

/// Reads a service profile.
///
/// # Errors
/// When it is another document, or none.
pub fn service_profile(_body: &[u8]) -> Result<ServiceProfile, Misread> {
    Err(Misread::Empty)
}

/// Reads `jabber-config.xml`.
///
/// # Errors
/// When it is another document, or none.
pub fn jabber_config(_body: &[u8]) -> Result<JabberConfig, Misread> {
    Err(Misread::Empty)
}
