//! What the body of an answer says, by what it was asked for.

use crate::journal::HttpWhat;
use crate::protocol::document::Misread;
use crate::protocol::{epas, profile, uds};

/// What the body of an answer says.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Reading {
    /// No body yet, or one that is not read: an answer of another status than 200.
    #[default]
    Nothing,
    /// The words of an error body, where it has some.
    Error(String),
    /// It is not what was asked for.
    Misread(Misread),
    /// `version`
    Version(uds::Version),
    /// `clusterUser`
    ClusterUser(uds::ClusterUser),
    /// `servers`
    Servers(uds::Servers),
    /// `singleSignOn`
    SingleSignOn(uds::SingleSignOn),
    /// `user/{id}`
    User(Box<uds::User>),
    /// The service profile.
    ServiceProfile(profile::ServiceProfile),
    /// `jabber-config.xml`
    JabberConfig(profile::JabberConfig),
    /// The answer to EPAS login.
    EpasLogin(epas::Answer<epas::LoggedIn>),
    /// The answer to get-all-config.
    EpasConfig(epas::Answer<epas::Config>),
    /// The answer to get-onetime-password: whether one is in it.
    EpasToken(epas::Answer<bool>),
}

/// Reads a body. SOAP faults may come with any status; everything else counts with 200 alone.
pub fn read(what: HttpWhat, status: Option<u16>, body: &[u8]) -> Reading {
    let is_soap = matches!(what, HttpWhat::EpasLogin | HttpWhat::EpasConfig | HttpWhat::EpasToken);
    if status != Some(200) && !is_soap {
        return uds::error(body).map_or(Reading::Nothing, Reading::Error);
    }
    let read = match what {
        HttpWhat::Version => uds::version(body).map(Reading::Version),
        HttpWhat::ClusterUser => uds::cluster_user(body).map(Reading::ClusterUser),
        HttpWhat::Servers => uds::servers(body).map(Reading::Servers),
        HttpWhat::SingleSignOn => uds::single_sign_on(body).map(Reading::SingleSignOn),
        HttpWhat::User => uds::user(body).map(|user| Reading::User(Box::new(user))),
        HttpWhat::ServiceProfile => profile::service_profile(body).map(Reading::ServiceProfile),
        HttpWhat::JabberConfig => profile::jabber_config(body).map(Reading::JabberConfig),
        HttpWhat::EpasLogin => epas::login(body).map(Reading::EpasLogin),
        HttpWhat::EpasConfig => epas::config(body).map(Reading::EpasConfig),
        HttpWhat::EpasToken => epas::token(body).map(Reading::EpasToken),
    };
    read.unwrap_or_else(Reading::Misread)
}
