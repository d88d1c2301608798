//! The faults of a host's HTTP side: one for one stage. Most of them fit every stage ([`Trouble`]), some only theirs.
//!
//! `host` is no parameter of any: in a scenario's file it is the host that has the fault.

use serde::Deserialize;

use super::edge::{EdgeConfigFault, EdgeProxyFault};

/// A fault and the stage where it shows.
#[derive(Debug, Clone, Deserialize)]
#[serde(tag = "stage", rename_all = "snake_case")]
pub(in crate::lab) enum HttpFault {
    UdsVersion(Trouble),
    UdsClusterUser(ClusterUserFault),
    UdsServers(ServersFault),
    SingleSignOn(SingleSignOnFault),
    UdsUser(UserFault),
    ServiceProfile(ProfileFault),
    JabberConfig(Trouble),
    EpasLogin(EpasLoginFault),
    EpasConfig(EpasConfigFault),
    EpasToken(EpasTokenFault),
    Axl(AxlFault),
    ControlCenter(Trouble),
    Perfmon(Trouble),
    EdgeSso(Trouble),
    EdgeConfig(EdgeConfigFault),
    EdgeProxy(EdgeProxyFault),
}

/// What can go wrong with any answer.
#[derive(Debug, Clone, Deserialize)]
#[serde(tag = "fault", rename_all = "kebab-case", deny_unknown_fields)]
pub(in crate::lab) enum Trouble {
    /// The request is read and not answered.
    Silent {},
    /// This status and the page for it. On `uds_user`, and where an administrator asks, 403 comes only after a right
    /// password.
    Status {
        status: u16,
        /// Of `WWW-Authenticate`; a 401 has Cisco's without it.
        realm: Option<String>,
    },
    /// A page for people, with status 200.
    Html {},
    /// Status 200 and no body.
    Empty {},
    /// A body that never ends.
    Endless {},
    Redirect {
        to: String,
    },
    /// The true answer, late.
    Late {
        seconds: f64,
    },
    /// Status 200, called XML, and none.
    NotXml {},
}

/// At `clusterUser`.
#[derive(Debug, Clone, Deserialize)]
#[serde(tag = "fault", rename_all = "kebab-case", deny_unknown_fields)]
pub(in crate::lab) enum ClusterUserFault {
    /// `found="false"`: "Home Cluster" is not ticked.
    NotFound {},
    /// Another home cluster than this one.
    Home { node: String },
    #[serde(untagged)]
    Any(Trouble),
}

/// At `servers`.
#[derive(Debug, Clone, Deserialize)]
#[serde(tag = "fault", rename_all = "kebab-case", deny_unknown_fields)]
pub(in crate::lab) enum ServersFault {
    /// Short names, addresses: whatever stands in System > Server.
    Named { servers: Vec<String> },
    #[serde(untagged)]
    Any(Trouble),
}

/// At `singleSignOn`.
#[derive(Debug, Clone, Deserialize)]
#[serde(tag = "fault", rename_all = "kebab-case", deny_unknown_fields)]
pub(in crate::lab) enum SingleSignOnFault {
    Enabled {},
    #[serde(untagged)]
    Any(Trouble),
}

/// At the user's record.
#[derive(Debug, Clone, Deserialize)]
#[serde(tag = "fault", rename_all = "kebab-case", deny_unknown_fields)]
pub(in crate::lab) enum UserFault {
    /// Not for IM and Presence, and so on no node.
    NotEnabled {},
    /// Enabled, and on no node.
    Unassigned {},
    /// On other nodes than the deployment says.
    Assigned { nodes: Vec<String> },
    /// Locked by the administrator: no password is right.
    Locked {},
    #[serde(untagged)]
    Any(Trouble),
}

/// At the service profile.
#[derive(Debug, Clone, Deserialize)]
#[serde(tag = "fault", rename_all = "kebab-case", deny_unknown_fields)]
pub(in crate::lab) enum ProfileFault {
    /// What stands in the IM and Presence section; empty where nothing does.
    Addresses { primary: String, backup1: String, backup2: String },
    #[serde(untagged)]
    Any(Trouble),
}

/// At EPASSoap login.
#[derive(Debug, Clone, Deserialize)]
#[serde(tag = "fault", rename_all = "kebab-case", deny_unknown_fields)]
pub(in crate::lab) enum EpasLoginFault {
    /// Refused whatever is right.
    Refused { reason: String },
    /// A client whose version is below `minimum`.
    TooOld { minimum: String },
    /// Another node is named.
    Redirect { node: String },
    #[serde(untagged)]
    Any(Trouble),
}

/// At EPASSoap get-all-config.
#[derive(Debug, Clone, Deserialize)]
#[serde(tag = "fault", rename_all = "kebab-case", deny_unknown_fields)]
pub(in crate::lab) enum EpasConfigFault {
    /// Another `Presence.Domain`.
    Domain { domain: String },
    #[serde(untagged)]
    Any(Trouble),
}

/// At EPASSoap get-onetime-password.
#[derive(Debug, Clone, Deserialize)]
#[serde(tag = "fault", rename_all = "kebab-case", deny_unknown_fields)]
pub(in crate::lab) enum EpasTokenFault {
    /// A success without a token.
    None {},
    /// A token that was used already.
    Spent {},
    #[serde(untagged)]
    Any(Trouble),
}

/// At AXL.
#[derive(Debug, Clone, Deserialize)]
#[serde(tag = "fault", rename_all = "kebab-case", deny_unknown_fields)]
pub(in crate::lab) enum AxlFault {
    /// Other versions of the schema than usual: `12.x`, `14.0`.
    Versions { supported: Vec<String> },
    #[serde(untagged)]
    Any(Trouble),
}

/// All faults of one host's HTTP side, by stage.
#[derive(Debug, Clone, Default)]
pub(in crate::lab) struct HttpFaults {
    pub(in crate::lab) uds_version: Option<Trouble>,
    pub(in crate::lab) uds_cluster_user: Option<ClusterUserFault>,
    pub(in crate::lab) uds_servers: Option<ServersFault>,
    pub(in crate::lab) single_sign_on: Option<SingleSignOnFault>,
    pub(in crate::lab) uds_user: Option<UserFault>,
    pub(in crate::lab) service_profile: Option<ProfileFault>,
    pub(in crate::lab) jabber_config: Option<Trouble>,
    pub(in crate::lab) epas_login: Option<EpasLoginFault>,
    pub(in crate::lab) epas_config: Option<EpasConfigFault>,
    pub(in crate::lab) epas_token: Option<EpasTokenFault>,
    pub(in crate::lab) axl: Option<AxlFault>,
    pub(in crate::lab) control_center: Option<Trouble>,
    pub(in crate::lab) perfmon: Option<Trouble>,
    pub(in crate::lab) edge_sso: Option<Trouble>,
    pub(in crate::lab) edge_config: Option<EdgeConfigFault>,
    pub(in crate::lab) edge_proxy: Option<EdgeProxyFault>,
}

impl HttpFaults {
    /// Adds a fault. Of two for one stage the later one counts.
    pub(in crate::lab) fn place(&mut self, fault: HttpFault) {
        match fault {
            HttpFault::UdsVersion(fault) => self.uds_version = Some(fault),
            HttpFault::UdsClusterUser(fault) => self.uds_cluster_user = Some(fault),
            HttpFault::UdsServers(fault) => self.uds_servers = Some(fault),
            HttpFault::SingleSignOn(fault) => self.single_sign_on = Some(fault),
            HttpFault::UdsUser(fault) => self.uds_user = Some(fault),
            HttpFault::ServiceProfile(fault) => self.service_profile = Some(fault),
            HttpFault::JabberConfig(fault) => self.jabber_config = Some(fault),
            HttpFault::EpasLogin(fault) => self.epas_login = Some(fault),
            HttpFault::EpasConfig(fault) => self.epas_config = Some(fault),
            HttpFault::EpasToken(fault) => self.epas_token = Some(fault),
            HttpFault::Axl(fault) => self.axl = Some(fault),
            HttpFault::ControlCenter(fault) => self.control_center = Some(fault),
            HttpFault::Perfmon(fault) => self.perfmon = Some(fault),
            HttpFault::EdgeSso(fault) => self.edge_sso = Some(fault),
            HttpFault::EdgeConfig(fault) => self.edge_config = Some(fault),
            HttpFault::EdgeProxy(fault) => self.edge_proxy = Some(fault),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// As a scenario's file has it: beside the host, in a table of faults.
    #[derive(Debug, Deserialize)]
    struct Placed {
        host: String,
        #[serde(flatten)]
        fault: HttpFault,
    }

    fn read(fault: &str) -> Result<Placed, toml::de::Error> {
        toml::from_str(&format!("host = 'cucm1'\n{fault}"))
    }

    const STAGES: [&str; 16] = [
        "uds_version",
        "uds_cluster_user",
        "uds_servers",
        "single_sign_on",
        "uds_user",
        "service_profile",
        "jabber_config",
        "epas_login",
        "epas_config",
        "epas_token",
        "axl",
        "control_center",
        "perfmon",
        "edge_sso",
        "edge_config",
        "edge_proxy",
    ];

    const GENERAL: [&str; 9] = [
        "fault='silent'",
        "fault='status'\nstatus=401\nrealm='Cisco VTG Realm'",
        "fault='status'\nstatus=503",
        "fault='html'",
        "fault='empty'",
        "fault='endless'",
        "fault='redirect'\nto='https://elsewhere.example.test/'",
        "fault='late'\nseconds=1.5",
        "fault='not-xml'",
    ];

    const SPECIAL: [&str; 23] = [
        "stage='uds_cluster_user'\nfault='not-found'",
        "stage='uds_cluster_user'\nfault='home'\nnode='cucm2'",
        "stage='uds_servers'\nfault='named'\nservers=['cucm1']",
        "stage='single_sign_on'\nfault='enabled'",
        "stage='uds_user'\nfault='not-enabled'",
        "stage='uds_user'\nfault='unassigned'",
        "stage='uds_user'\nfault='locked'",
        "stage='uds_user'\nfault='assigned'\nnodes=['imp2']",
        "stage='service_profile'\nfault='addresses'\nprimary=''\nbackup1=''\nbackup2=''",
        "stage='epas_login'\nfault='refused'\nreason='no'",
        "stage='epas_login'\nfault='too-old'\nminimum='11.0'",
        "stage='epas_login'\nfault='redirect'\nnode='imp2'",
        "stage='epas_config'\nfault='domain'\ndomain='example.net'",
        "stage='epas_token'\nfault='none'",
        "stage='epas_token'\nfault='spent'",
        "stage='axl'\nfault='versions'\nsupported=['12.x']",
        "stage='epas_login'\nfault='redirect'\nto='https://elsewhere.example.test/'",
        "stage='edge_config'\nfault='refused'",
        "stage='edge_config'\nfault='policy'",
        "stage='edge_config'\nfault='name-error'",
        "stage='edge_config'\nfault='no-uds'",
        "stage='edge_proxy'\nfault='not-allowed'\nhosts=['imp1']",
        "stage='edge_proxy'\nfault='unreachable'\nhosts=['imp1']",
    ];

    #[test]
    fn every_general_fault_fits_every_stage() {
        for stage in STAGES {
            for fault in GENERAL {
                let placed = read(&format!("stage='{stage}'\n{fault}"));
                let placed = placed.unwrap_or_else(|error| panic!("{stage} {fault}: {error}"));
                assert_eq!(placed.host, "cucm1");
            }
        }
    }

    #[test]
    fn every_special_fault_fits_its_stage_and_takes_its_place() {
        let mut faults = HttpFaults::default();
        for fault in SPECIAL {
            let placed = read(fault).unwrap_or_else(|error| panic!("{fault}: {error}"));
            faults.place(placed.fault);
        }
        let placed = format!("{faults:?}");
        for (stage, fault) in [
            ("uds_version", "None"),
            ("uds_cluster_user", "Some(Home"),
            ("uds_servers", "Some(Named"),
            ("single_sign_on", "Some(Enabled"),
            ("uds_user", "Some(Assigned"),
            ("service_profile", "Some(Addresses"),
            ("jabber_config", "None"),
            ("epas_login", "Some(Any(Redirect { to:"),
            ("epas_config", "Some(Domain"),
            ("epas_token", "Some(Spent"),
            ("axl", "Some(Versions"),
            ("perfmon", "None"),
            ("edge_sso", "None"),
            ("edge_config", "Some(NoUds"),
            ("edge_proxy", "Some(Unreachable"),
        ] {
            assert!(placed.contains(&format!("{stage}: {fault}")), "{stage}: {placed}");
        }
    }

    #[test]
    fn a_misspelt_or_surplus_or_missing_parameter_is_refused() {
        for right in SPECIAL {
            assert!(read(&format!("{right}\nmore=1")).is_err(), "{right} and more");
        }
        for stage in STAGES {
            for fault in GENERAL {
                assert!(read(&format!("stage='{stage}'\n{fault}\nmore=1")).is_err(), "{stage} {fault} and more");
            }
            for wrong in [
                "fault='status'",
                "fault='status'\nstatus=401\nrelm='x'",
                "fault='late'\nsecond=1.0",
                "fault='redirect'",
                "fault='elsewhere'",
            ] {
                assert!(read(&format!("stage='{stage}'\n{wrong}")).is_err(), "{stage} {wrong}");
            }
        }
        for wrong in [
            "stage='uds_version'\nfault='not-found'",
            "stage='uds_user'\nfault='assigned'\nnode=['imp2']",
            "stage='service_profile'\nfault='addresses'\nprimary=''",
            "stage='uds_devices'\nfault='silent'",
        ] {
            assert!(read(wrong).is_err(), "{wrong}");
        }
    }
}
