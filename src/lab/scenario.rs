//! The scenarios: TOML files in `assets/lab/`, part of the program.
//!
//! `deployment.toml` has the hosts and users that all of them share; each other file says what it teaches and
//! places its faults.

use std::net::Ipv4Addr;

use serde::Deserialize;

use super::LabError;
use super::dns::record::{RecordLine, ServerLine};
use super::faults::Placed;
pub(super) use super::http::Role;
use super::machine::Load;
use super::restart::Plan;
use super::socks::SocksFault;

/// The scenario of `impscope lab` without a name: the field report.
pub const DEFAULT: &str = "silent-auth";

/// A scenario as `--list` shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Scenario {
    /// The name to start it by.
    pub name: String,
    /// What is wrong, in one line.
    pub title: String,
    /// What there is to learn from it.
    pub teaches: String,
}

/// A scenario's file.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Script {
    pub(super) title: String,
    pub(super) teaches: String,
    pub(super) hint: String,
    #[serde(default)]
    pub(super) stream_id: StreamId,
    /// What is added to each answer of DNS, HTTP, TLS and XMPP.
    pub(super) delay_ms: Option<u64>,
    /// Names whose usual DNS records there are not.
    #[serde(default)]
    pub(super) remove: Vec<String>,
    /// DNS records beside the usual ones.
    #[serde(default, rename = "record")]
    pub(super) records: Vec<RecordLine>,
    /// The DNS servers, where one that is well would not do.
    #[serde(default, rename = "dns")]
    pub(super) servers: Vec<ServerLine>,
    /// Hosts beside those of the deployment.
    #[serde(default, rename = "host")]
    pub(super) hosts: Vec<Host>,
    #[serde(default, rename = "fault")]
    pub(super) faults: Vec<Placed>,
    /// Users whose password is not the directory's, whatever the deployment says.
    #[serde(default)]
    pub(super) local: Vec<String>,
    /// CUCMs to name by hand, to be compared.
    #[serde(default, rename = "cucm")]
    pub(super) cucms: Vec<String>,
    /// How busy a node is, where it is not as the deployment says.
    #[serde(default, rename = "load")]
    pub(super) loads: Vec<Load>,
    /// How many requests a minute PerfMon takes on each host.
    pub(super) perfmon_rate: Option<usize>,
    /// What is wrong with the SOCKS proxy.
    pub(super) socks: Option<SocksFault>,
    /// A restart that is in store.
    pub(super) restart: Option<Plan>,
    /// What `utils ha status` prints, where not all is normal (protocol.md 6.7).
    pub(super) ha_status: Option<String>,
}

/// What becomes of the stream id after STARTTLS (protocol.md 5.2).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum StreamId {
    /// As captured from IM&P.
    #[default]
    Kept,
    /// As RFC 6120 4.7.3 has it.
    Renewed,
}

/// The hosts and users.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Deployment {
    pub(super) domain: String,
    #[serde(rename = "host")]
    pub(super) hosts: Vec<Host>,
    /// The first is the one who logs in.
    #[serde(rename = "user")]
    pub(super) users: Vec<User>,
    pub(super) administrator: Administrator,
    pub(super) group: Group,
    /// How busy the nodes are.
    #[serde(rename = "load")]
    pub(super) loads: Vec<Load>,
}

/// The application user who administers the deployment, made up: with the roles for AXL and for Serviceability
/// (protocol.md 4 and 7.1).
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Administrator {
    pub(super) id: String,
    pub(super) password: String,
}

/// The presence redundancy group of the nodes.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Group {
    pub(super) name: String,
    /// How many users are assigned to it.
    pub(super) users: u64,
}

/// A server of the deployment.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Host {
    pub(super) name: String,
    pub(super) role: Role,
    /// The loopback address to try first.
    pub(super) address: Ipv4Addr,
    /// The cluster that it is of, where it is another one than the deployment's own: that has its own list of nodes, and
    /// no record of a route names it.
    #[serde(default)]
    pub(super) cluster: String,
}

/// A user, made up.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct User {
    pub(super) id: String,
    pub(super) password: String,
    /// The one-time password for CISCO-VTG-TOKEN.
    pub(super) token: String,
    /// The node that the user is assigned to, and the other one of its redundancy group.
    pub(super) home: String,
    pub(super) partner: String,
    /// Who knows whether a password is right.
    #[serde(default)]
    pub(super) directory: Directory,
}

/// Who checks a user's password.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Directory {
    /// The deployment's LDAP.
    #[default]
    Ldap,
    /// The node's own database.
    Local,
}

macro_rules! files {
    ($($name:literal),+ $(,)?) => { &[$(($name, include_str!(concat!("../../assets/lab/", $name, ".toml")))),+] };
}

const DEPLOYMENT: &str = include_str!("../../assets/lab/deployment.toml");

/// All scenarios: the field report, what is well, then in the order of the path and of the login.
const FILES: &[(&str, &str)] = files![
    "silent-auth",
    "silent-cm",
    "xcp-cm-stuck",
    "overload",
    "router-stuck",
    "auth-service-stuck",
    "cluster-stuck",
    "one-user-stuck",
    "login-datastore-stuck",
    "ldap-stuck",
    "xcp-cm-restart",
    "imp-service-stopped",
    "service-not-activated",
    "ha-failed-over",
    "healthy",
    "slow-answers",
    "no-srv",
    "only-cuplogin",
    "target-unresolvable",
    "target-dot",
    "srv-wrong-port",
    "short-names",
    "target-alias",
    "slow-dns",
    "dns-silent",
    "servfail",
    "dns-refused",
    "dns-port-closed",
    "dns-truncated",
    "split-answers",
    "cucm-blackhole",
    "cucm-untrusted",
    "uds-401",
    "uds-403",
    "user-locked",
    "uds-404",
    "uds-503",
    "uds-silent",
    "uds-html",
    "uds-empty",
    "uds-endless",
    "uds-redirect",
    "home-cluster-off",
    "two-homes",
    "no-home",
    "sso-on",
    "user-not-enabled",
    "centralized-imp",
    "user-unassigned",
    "tftp-blocked",
    "tftp-refused",
    "profile-without-imp",
    "profile-with-domain",
    "profile-short-name",
    "uc-service-unresolvable",
    "profile-other-node",
    "epas-untrusted",
    "epas-failure",
    "epas-silent",
    "client-too-old",
    "epas-other-domain",
    "epas-no-token",
    "token-used-twice",
    "slow-auth",
    "late-refusal",
    "wrong-password",
    "account-disabled",
    "temporary-failure",
    "closed-after-auth",
    "reset-after-auth",
    "never-reads",
    "connect-refused",
    "no-header",
    "slow-header",
    "no-features",
    "not-xml",
    "stream-error-host-unknown",
    "see-other-host",
    "no-starttls",
    "starttls-refused",
    "no-proceed",
    "bytes-behind-proceed",
    "tls-silent",
    "expired-cert",
    "not-yet-valid-cert",
    "untrusted-cert",
    "wrong-name",
    "no-mechanism",
    "home-node-named",
    "wrong-node",
    "renewed-stream-id",
    "silent-after-auth",
    "bind-silent",
    "bind-refused",
    "session-silent",
    "session-refused",
    "flood",
    "axl-401",
    "axl-403",
    "axl-version",
    "axl-off",
    "perfmon-rate",
    "outside",
    "edge-san-lacks-domain",
    "edge-sso",
    "edge-401",
    "edge-403",
    "edge-http-silent",
    "edge-name-error",
    "edge-no-uds",
    "edge-not-allowed",
    "edge-502",
    "edge-silent",
    "socks-silent",
    "socks-refuses",
    "socks-closes",
];

/// All scenarios, the default first.
pub fn scenarios() -> Vec<Scenario> {
    let read = |(name, text): &(&str, &str)| {
        let script = toml::from_str::<Script>(text).ok()?;
        let (title, teaches) = (script.title, script.teaches);
        Some(Scenario { name: (*name).to_owned(), title, teaches })
    };
    // The files are part of the program, and a test reads each of them.
    FILES.iter().filter_map(read).collect()
}

/// The scenario of this name.
pub(super) fn script(name: &str) -> Result<Script, LabError> {
    let Some((_, text)) = FILES.iter().find(|(known, _)| *known == name) else {
        return Err(unknown(name));
    };
    toml::from_str(text).map_err(|error| LabError::Scenario { name: name.to_owned(), why: error.to_string() })
}

/// The hosts and users of every scenario.
pub(super) fn deployment() -> Result<Deployment, LabError> {
    let refusal = |why: String| LabError::Scenario { name: "deployment".to_owned(), why };
    let deployment: Deployment = toml::from_str(DEPLOYMENT).map_err(|error| refusal(error.to_string()))?;
    if deployment.users.is_empty() {
        return Err(refusal("it has no user".to_owned()));
    }
    Ok(deployment)
}

impl Script {
    /// The hosts and users of this scenario: its own hosts stand behind those of every one.
    pub(super) fn deployment(&self) -> Result<Deployment, LabError> {
        let mut deployment = deployment()?;
        deployment.hosts.extend(self.hosts.iter().cloned());
        for user in deployment.users.iter_mut().filter(|user| self.local.contains(&user.id)) {
            user.directory = Directory::Local;
        }
        // The first of a host counts.
        deployment.loads.splice(0..0, self.loads.iter().cloned());
        Ok(deployment)
    }
}

fn unknown(name: &str) -> LabError {
    let known: Vec<&str> = FILES.iter().map(|(known, _)| *known).collect();
    let nearest = known.iter().min_by_key(|known| distance(name, known)).copied().unwrap_or(DEFAULT);
    LabError::Unknown { name: name.to_owned(), nearest: nearest.to_owned(), known: known.join(", ") }
}

/// How many letters to insert, take away or change (Levenshtein).
fn distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (above, x) in a.chars().take(64).enumerate() {
        let mut diagonal = above;
        row[0] = above + 1;
        for (at, y) in b.iter().enumerate() {
            let change = diagonal + usize::from(x != *y);
            diagonal = row[at + 1];
            row[at + 1] = change.min(diagonal + 1).min(row[at] + 1);
        }
    }
    row.last().copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_file_reads_and_is_listed() {
        for (name, _) in FILES {
            let script = script(name).unwrap_or_else(|error| panic!("{name}: {error}"));
            assert!(!script.title.contains('\n') && script.title.len() < 100, "{name}: title of one line");
            assert!(!script.teaches.trim().is_empty() && !script.hint.is_empty(), "{name}");
        }
        assert_eq!(scenarios().len(), FILES.len());
        assert_eq!(scenarios()[0].name, DEFAULT);
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/assets/lab");
        let on_disk: BTreeSet<String> = std::fs::read_dir(folder)
            .expect("the folder")
            .map(|file| file.expect("a file").file_name().to_string_lossy().replace(".toml", ""))
            .filter(|name| name != "deployment")
            .collect();
        assert_eq!(on_disk, FILES.iter().map(|(name, _)| (*name).to_owned()).collect());
    }

    #[test]
    fn faults_stand_on_hosts_that_exist_and_once_for_a_stage() {
        for (name, _) in FILES {
            let script = script(name).expect("a script");
            let deployment = script.deployment().expect("a deployment");
            let hosts: Vec<String> = deployment.hosts.into_iter().map(|host| host.name).collect();
            let mut seen = BTreeSet::new();
            for placed in &script.faults {
                let host = placed.host().map(str::to_owned);
                assert!(host.as_ref().is_none_or(|host| hosts.contains(host)), "{name}: {host:?}");
                let stage = match placed {
                    Placed::AtStage { fault, .. } => {
                        let stage = format!("{fault:?}");
                        let stage = stage.strip_prefix("Http(").unwrap_or(&stage);
                        stage.split('(').next().unwrap_or_default().to_owned()
                    }
                    // All but what is wrong there.
                    Placed::InComponent(broken) => {
                        format!("{broken:?}").split("illness").next().unwrap_or_default().to_owned()
                    }
                };
                assert!(seen.insert((host, stage)), "{name}: two faults for one stage");
            }
        }
    }

    #[test]
    fn cucms_to_name_by_hand_are_hosts() {
        for (name, _) in FILES {
            let script = script(name).expect("a script");
            let hosts = script.deployment().expect("a deployment").hosts;
            let known = |cucm: &String| hosts.iter().any(|host| host.name == *cucm && host.role == Role::Cucm);
            assert!(script.cucms.iter().all(known), "{name}: {:?}", script.cucms);
        }
    }

    #[test]
    fn a_misspelt_parameter_of_a_fault_is_refused() {
        let text = |fault: &str| format!("title='t'\nteaches='t'\nhint='h'\n[[fault]]\nhost='imp1'\n{fault}");
        let right = "stage='auth'\nfault='late'\nseconds=1.0";
        toml::from_str::<Script>(&text(right)).expect("right");
        for right in [
            "component='router'\nfault='stuck'\nuser='alice'",
            "component='router'\nfault='late'\nseconds=1.0\ncondition='not-authorized'",
            "component='ldap'\nfault='late'\nseconds=1.0\nasked_by='auth-service'",
            "component='connection-manager'\nfault='overloaded'\nheader_seconds=[1.0]\nsilent_from=2",
            "component='router'\nfault='stopped'",
            "component='axl-web-service'\nfault='not-activated'",
        ] {
            toml::from_str::<Script>(&text(right)).unwrap_or_else(|error| panic!("{right}: {error}"));
        }
        for wrong in [
            "stage='auth'\nfault='late'\nsecond=1.0",
            "stage='auth'\nfault='late'\nseconds=1.0\nmore=1",
            "stage='auth'\nfault='late'",
            "stage='bind'\nfault='silent'\nto='users'",
            "stage='tls'\nfault='certificate'\nname=['x']",
            "stage='nowhere'\nfault='silent'",
            "stage='https'\nfault='dropped'",
            "stage='uds_user'\nfault='not-found'",
            "stage='uds_user'\nfault='unassigned'\nnodes=[]",
            "component='router'\nstage='auth'\nfault='stuck'",
            "component='router'\nfault='stuck'\nusers='alice'",
            "component='router'\nfault='late'",
            "component='router'\nfault='late'\nseconds=1.0\nasked_by='auth-service'",
            "component='router'\nfault='overloaded'\nheader_seconds=[1.0]\nsilent_from=2",
            "component='connection-manager'\nfault='overloaded'\nheader_seconds=[1.0]",
            "component='nowhere'\nfault='stuck'",
            "component='ldap'\nfault='stopped'",
            "component='router'\nfault='stopped'\nuser='alice'",
        ] {
            assert!(toml::from_str::<Script>(&text(wrong)).is_err(), "{wrong}");
        }
        // Only the directory is the same for all hosts.
        let everywhere = |fault: &str| toml::from_str::<Script>(&text(fault).replace("host='imp1'\n", ""));
        everywhere("component='ldap'\nfault='stuck'").expect("right");
        assert!(everywhere("component='router'\nfault='stuck'").is_err() && everywhere(right).is_err());
    }

    #[test]
    fn loads_and_restarts_stand_on_hosts_that_exist() {
        for (name, _) in FILES {
            let script = script(name).expect("a script");
            let deployment = script.deployment().expect("a deployment");
            let known = |host: &String| deployment.hosts.iter().any(|known| known.name == *host);
            assert!(deployment.loads.iter().all(|load| known(&load.host)), "{name}");
            assert!(script.restart.iter().all(|plan| known(&plan.host)), "{name}");
        }
    }

    #[test]
    fn a_scenario_can_have_a_user_of_its_own_and_a_load_of_its_own() {
        let words = "title='t'\nteaches='t'\nhint='h'\nlocal=['alice']\n\
            [[load]]\nhost='imp2.example.test'\nsockets=7";
        let deployment = toml::from_str::<Script>(words).expect("a script").deployment().expect("a deployment");
        let local = |id: &str| {
            let user = deployment.users.iter().find(|user| user.id == id);
            user.expect("a user").directory == Directory::Local
        };
        assert_eq!(["alice", "bob", "wendy"].map(local), [true, false, true]);
        let first = |host: &str| deployment.loads.iter().find(|load| load.host.starts_with(host));
        assert!(format!("{:?}", first("imp2")).contains("sockets: 7"), "the scenario's own counts");
        assert!(format!("{:?}", first("imp1")).contains("sockets: 1840"), "the others stay");
    }

    #[test]
    fn an_unknown_name_is_answered_with_the_nearest_and_all_known() {
        let words = script("silent-aut").expect_err("unknown").to_string();
        assert!(words.contains("did you mean silent-auth?"), "{words}");
        assert!(words.contains("healthy") && words.contains("wrong-name"), "{words}");
    }
}
