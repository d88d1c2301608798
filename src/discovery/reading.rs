//! What the body of an answer says, by what it was asked for.

use crate::journal::HttpWhat;
use crate::protocol::document::Misread;
use crate::protocol::soap::{Fault, Refusal};
use crate::protocol::{axl, edge, epas, profile, serviceability, uds};

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
    /// `get_edge_config`
    EdgeConfig(Box<edge::EdgeConfig>),
    /// A fault of AXL, Control Center or PerfMon.
    Fault(Fault),
    /// AXL does not speak the version that was asked for, but these.
    AxlVersions(Vec<String>),
    /// The version of CUCM, by AXL.
    AxlVersion(String),
    /// The end user, by AXL.
    AxlUser(Box<axl::EndUser>),
    /// The service profile, by AXL.
    AxlServiceProfile(axl::ServiceProfile),
    /// A UC service, by AXL.
    AxlUcService(axl::UcService),
    /// The IM&P nodes, by AXL.
    AxlNodes(Vec<axl::ProcessNode>),
    /// Where users are assigned, by AXL.
    AxlAssignment(Vec<axl::Assignment>),
    /// The presence redundancy groups, by AXL.
    AxlGroups(Vec<axl::RedundancyGroup>),
    /// The services of a node, by Control Center.
    Services(Vec<serviceability::Service>),
    /// The objects of a node, each with the names of its counters, by PerfMon.
    CounterNames(Vec<(String, Vec<String>)>),
    /// Counters, by PerfMon.
    Counters(Vec<serviceability::Counter>),
}

/// Reads a body. SOAP faults may come with any status; everything else counts with 200 alone.
pub fn read(what: HttpWhat, status: Option<u16>, body: &[u8]) -> Reading {
    if what.is_administrators() {
        return administrators(what, status, body);
    }
    let is_soap = matches!(what, HttpWhat::EpasLogin | HttpWhat::EpasConfig | HttpWhat::EpasToken);
    if status != Some(200) && !is_soap {
        return uds::error(body).map_or(Reading::Nothing, Reading::Error);
    }
    let read = match what {
        HttpWhat::Version => uds::version(body).map(Reading::Version),
        HttpWhat::ClusterUser => uds::cluster_user(body).map(Reading::ClusterUser),
        HttpWhat::Servers => uds::servers(body).map(Reading::Servers),
        HttpWhat::SingleSignOn | HttpWhat::EdgeSso => uds::single_sign_on(body).map(Reading::SingleSignOn),
        HttpWhat::User => uds::user(body).map(|user| Reading::User(Box::new(user))),
        HttpWhat::ServiceProfile => profile::service_profile(body).map(Reading::ServiceProfile),
        HttpWhat::JabberConfig => profile::jabber_config(body).map(Reading::JabberConfig),
        HttpWhat::EpasLogin => epas::login(body).map(Reading::EpasLogin),
        HttpWhat::EpasConfig => epas::config(body).map(Reading::EpasConfig),
        HttpWhat::EpasToken => epas::token(body).map(Reading::EpasToken),
        HttpWhat::EdgeConfig => edge::edge_config(body).map(|config| Reading::EdgeConfig(Box::new(config))),
        _ => return Reading::Nothing,
    };
    read.unwrap_or_else(Reading::Misread)
}

/// What AXL, Control Center and PerfMon answer. Their faults come with HTTP 500, a wrong version of AXL with 599.
fn administrators(what: HttpWhat, status: Option<u16>, body: &[u8]) -> Reading {
    let versions = axl::supported_versions(body);
    if what.is_axl() && !versions.is_empty() {
        return Reading::AxlVersions(versions);
    }
    let read = match what {
        HttpWhat::AxlVersion => axl::ccm_version(body).map(Reading::AxlVersion),
        HttpWhat::AxlUser => axl::user(body).map(|user| Reading::AxlUser(Box::new(user))),
        HttpWhat::AxlServiceProfile => axl::service_profile(body).map(Reading::AxlServiceProfile),
        HttpWhat::AxlUcService => axl::uc_service(body).map(Reading::AxlUcService),
        HttpWhat::AxlNodes => axl::process_nodes(body).map(Reading::AxlNodes),
        HttpWhat::AxlAssignment => axl::assignments(body).map(Reading::AxlAssignment),
        HttpWhat::AxlGroups => axl::redundancy_groups(body).map(Reading::AxlGroups),
        HttpWhat::Services => serviceability::services(body).map(Reading::Services),
        HttpWhat::CounterNames => serviceability::counter_names(body).map(Reading::CounterNames),
        HttpWhat::Counters => serviceability::counters(body).map(Reading::Counters),
        _ => return Reading::Nothing,
    };
    match read {
        Ok(reading) if status == Some(200) => reading,
        Err(Refusal::Fault(fault)) => Reading::Fault(fault),
        Err(Refusal::Misread(misread)) if status == Some(200) => Reading::Misread(misread),
        Ok(_) | Err(Refusal::Misread(_)) => uds::error(body).map_or(Reading::Nothing, Reading::Error),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FAULT: &[u8] = b"<s:Envelope><s:Body><s:Fault><faultstring>Exceeded allowed rate</faultstring></s:Fault></s:Body></s:Envelope>";

    #[test]
    fn a_fault_of_the_administrators_side_is_read_whatever_its_status() {
        for status in [200, 500] {
            let reading = read(HttpWhat::Counters, Some(status), FAULT);
            assert!(matches!(&reading, Reading::Fault(fault) if fault.is_rate()), "{reading:?}");
        }
    }

    #[test]
    fn the_page_of_a_wrong_version_names_those_that_axl_speaks() {
        let page =
            b"<html><h1>HTTP Status 599 - Incorrect axl version. Supported axl versions are 12.x, 14.0</h1>";
        let versions = vec!["12.x".to_owned(), "14.0".to_owned()];
        assert_eq!(read(HttpWhat::AxlUser, Some(599), page), Reading::AxlVersions(versions));
        assert!(matches!(read(HttpWhat::Services, Some(200), page), Reading::Misread(_)));
    }
}
