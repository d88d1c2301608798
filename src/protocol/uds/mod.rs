//! What UDS answers (protocol.md 2) and what singleSignOn says (9).
//!
//! Lenient: an element is taken by its local name at any depth, a value as attribute or element. What was not
//! understood is named, so that it can be shown.

use super::document::Misread;

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

/// The code and the words of an `<errors>` body, where it is one (protocol.md Gaps 2).
pub fn error(_body: &[u8]) -> Option<String> {
    None
}

/// Reads `version`.
///
/// # Errors
/// When it is another document, or none.
pub fn version(_body: &[u8]) -> Result<Version, Misread> {
    Err(Misread::Empty)
}

/// Reads `clusterUser`.
///
/// # Errors
/// When it is another document, or none.
pub fn cluster_user(_body: &[u8]) -> Result<ClusterUser, Misread> {
    Err(Misread::Empty)
}

/// Reads `servers`.
///
/// # Errors
/// When it is another document, or none.
pub fn servers(_body: &[u8]) -> Result<Servers, Misread> {
    Err(Misread::Empty)
}

/// Reads `singleSignOn`.
///
/// # Errors
/// When it is another document, or none.
pub fn single_sign_on(_body: &[u8]) -> Result<SingleSignOn, Misread> {
    Err(Misread::Empty)
}

/// Reads `user/{id}`.
///
/// # Errors
/// When it is another document, or none.
pub fn user(_body: &[u8]) -> Result<User, Misread> {
    Err(Misread::Empty)
}
