//! A site: what its servers answer, in the literal text of protocol.md.

use std::collections::BTreeMap;

use crate::discovery::walk::script::{address, srv};
use crate::journal::{HttpWhat, Purpose, RecordData, RecordKind};

/// What becomes of something that was asked.
#[derive(Debug, Clone)]
pub(super) enum Reply {
    /// Status and body.
    Http(u16, String),
    /// Nothing comes in time, though the request was written.
    Silent,
    /// There was no connection to write to.
    Dead,
    /// The connection stands, and no credential crosses it.
    Gate,
}

/// The answers of a site.
#[derive(Debug, Clone, Default)]
pub(super) struct Site {
    pub(super) dns: BTreeMap<(String, RecordKind), Vec<RecordData>>,
    /// By purpose and host.
    pub(super) http: BTreeMap<(HttpWhat, String), Reply>,
    /// What a node makes of the user's credential: accepted where nothing stands here.
    pub(super) logins: BTreeMap<String, Login>,
    /// What it makes of a question of the control experiment: answered where nothing stands here.
    pub(super) controls: BTreeMap<(Purpose, String), Login>,
    /// What a node names by `<hostname>`.
    pub(super) hostnames: BTreeMap<String, Vec<&'static str>>,
}

/// What a node makes of a credential.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Login {
    Refused,
    /// Nothing comes, and the login is given up.
    Silent,
    /// Nothing comes, and the login goes on waiting.
    Waits,
    /// Nothing comes for long, then a refusal.
    Late,
}

impl Site {
    /// Two CUCMs, two nodes, `imp1` is the home of alice; records for UDS and for third-party clients.
    pub(super) fn healthy() -> Self {
        let mut site = Self::default();
        site.srv("_cisco-uds._tcp", &[(10, 0, 8443, "cucm1"), (10, 0, 8443, "cucm2")]);
        site.srv("_xmpp-client._tcp", &[(10, 0, 5222, "imp1"), (20, 0, 5222, "imp2")]);
        for (at, host) in ["cucm1", "cucm2", "imp1", "imp2"].into_iter().enumerate() {
            site.host(host, &format!("10.1.2.{}", at + 11));
        }
        for cucm in ["cucm1", "cucm2"] {
            site.cucm(cucm);
        }
        for imp in ["imp1", "imp2"] {
            site.epas(imp, "imp1", "imp2");
        }
        site
    }

    /// The same with a way in from outside: an Expressway-E, and no other record where `alone`.
    pub(super) fn with_edge(self, alone: bool) -> Self {
        let mut site = if alone { self.without("_cisco-uds._tcp").without("_xmpp-client._tcp") } else { self };
        site.srv("_collab-edge._tls", &[(10, 0, 8443, "expe")]);
        site.host("expe", "192.0.2.8");
        site.ok(HttpWhat::EdgeSso, "expe", &sso(false));
        site.ok(HttpWhat::EdgeConfig, "expe", &edge_config("cucm1"));
        site
    }

    /// This becomes of the user's login on a node.
    pub(super) fn login(mut self, host: &str, login: Login) -> Self {
        self.logins.insert(full(host), login);
        self
    }

    /// This becomes of a question of the control experiment.
    pub(super) fn control(mut self, purpose: Purpose, host: &str, login: Login) -> Self {
        self.controls.insert((purpose, full(host)), login);
        self
    }

    pub(super) fn srv(&mut self, route: &str, records: &[(u16, u16, u16, &str)]) {
        let data = records.iter().map(|&(priority, weight, port, host)| srv(priority, weight, port, &full(host)));
        self.dns.insert((format!("{route}.example.test"), RecordKind::Srv), data.collect());
    }

    pub(super) fn host(&mut self, host: &str, at: &str) {
        let kind = if at.contains(':') { RecordKind::Aaaa } else { RecordKind::A };
        self.dns.insert((full(host), kind), vec![address(at)]);
    }

    pub(super) fn without(mut self, route: &str) -> Self {
        self.dns.remove(&(format!("{route}.example.test"), RecordKind::Srv));
        self
    }

    pub(super) fn ok(&mut self, what: HttpWhat, host: &str, body: &str) {
        self.reply(what, host, Reply::Http(200, body.to_owned()));
    }

    pub(super) fn reply(&mut self, what: HttpWhat, host: &str, reply: Reply) {
        self.http.insert((what, full(host)), reply);
    }

    /// Nothing of this host answers.
    pub(super) fn dead(&mut self, host: &str) {
        let host = full(host);
        for ((_, at), reply) in &mut self.http {
            if *at == host {
                *reply = Reply::Dead;
            }
        }
    }

    fn cucm(&mut self, host: &str) {
        self.ok(
            HttpWhat::Version,
            host,
            "<versionInformation uri=\"x\" version=\"12.5.1\"><version>12.5.1</version></versionInformation>",
        );
        self.ok(HttpWhat::SingleSignOn, host, &sso(false));
        self.ok(HttpWhat::ClusterUser, host, &found("cucm1.example.test"));
        self.ok(
            HttpWhat::Servers,
            host,
            "<servers version=\"12.5.1\"><server>cucm1.example.test</server><server>cucm2.example.test</server></servers>",
        );
        self.ok(HttpWhat::User, host, &user(&["imp1", "imp2"]));
        self.ok(HttpWhat::ServiceProfile, host, &profile(&["imp1", "imp2"]));
        self.reply(HttpWhat::JabberConfig, host, Reply::Http(404, "<html/>".to_owned()));
    }

    pub(super) fn epas(&mut self, host: &str, primary: &str, backup: &str) {
        self.ok(
            HttpWhat::EpasLogin,
            host,
            &soap("<epas:login-resp xmlns:epas=\"urn:cisco:epas:soap\"><epas:success><epas:session-key></epas:session-key></epas:success></epas:login-resp>"),
        );
        self.ok(
            HttpWhat::EpasConfig,
            host,
            &soap(&format!(
                "<get-all-config-resp><get-system-config-resp><property name=\"Presence.Domain\">example.test</property>\
                 <property name=\"Presence.Primary.Address\">{}</property>\
                 <property name=\"Presence.Backup.Address\">{}</property></get-system-config-resp></get-all-config-resp>",
                full(primary),
                full(backup)
            )),
        );
        self.ok(
            HttpWhat::EpasToken,
            host,
            &soap(
                "<get-onetime-password-resp><success><password></password></success></get-onetime-password-resp>",
            ),
        );
    }
}

/// `imp1.example.test`
pub(super) fn full(host: &str) -> String {
    let is_whole = host == "." || host.contains(['.', ':']) || host.is_empty();
    if is_whole { host.to_owned() } else { format!("{host}.example.test") }
}

pub(super) fn soap(inner: &str) -> String {
    format!(
        "<soapenv:Envelope xmlns:soapenv=\"http://www.w3.org/2003/05/soap-envelope\"><soapenv:Body>{inner}</soapenv:Body></soapenv:Envelope>"
    )
}

pub(super) fn sso(enabled: bool) -> String {
    format!(
        "<SSOResult version=\"1\"><Response><SingleSignOn><Status enabled=\"{enabled}\"/></SingleSignOn></Response></SSOResult>"
    )
}

/// The user's home cluster is that of this host.
pub(super) fn found(host: &str) -> String {
    format!(
        "<clusterUser version=\"12.5.1\"><result found=\"true\" uri=\"https://{host}:8443/cucm-uds/user/alice\" version=\"12.5.1\"/>\
         <homeCluster serversUri=\"https://{host}:8443/cucm-uds/servers\">{host}</homeCluster></clusterUser>"
    )
}

pub(super) const NOT_FOUND: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?><clusterUser version=\"10.5.0\" uri=\"https://ucm:8443/cucm-uds/clusterUser?username=X\"><result found=\"false\"/></clusterUser>";

/// The record of a user who is assigned to these nodes.
pub(super) fn user(nodes: &[&str]) -> String {
    let servers: String = nodes.iter().map(|node| format!("<server>{}</server>", full(node))).collect();
    let enabled = !nodes.is_empty();
    format!(
        "<user uri=\"https://cucm1.example.test/cucm-uds/user/alice\" version=\"12.5.0\"><userName>alice</userName>\
         <homeCluster enableImAndPresence=\"{enabled}\">true</homeCluster><imAndPresence>{servers}</imAndPresence>\
         <serviceProfile><uri>http://cucm1.example.test:6970/SPDefault.cnf.xml</uri>\
         <uri>http://cucm2.example.test:6970/SPDefault.cnf.xml</uri></serviceProfile></user>"
    )
}

/// A service profile that names these nodes.
pub(super) fn profile(nodes: &[&str]) -> String {
    let roles = ["Primary", "Backup1", "Backup2"];
    let address = |at: usize| nodes.get(at).map(|node| full(node)).unwrap_or_default();
    let sections: String = roles
        .iter()
        .enumerate()
        .map(|(at, role)| format!("<{role}><Address>{}</Address><Port/><Protocol/></{role}>", address(at)))
        .collect();
    format!("<userProfile><IMandPresence>{sections}</IMandPresence></userProfile>")
}

/// The literal answer of protocol.md 8, with the user's UDS; empty as it was captured.
pub(super) fn edge_config(user_uds: &str) -> String {
    format!(
        "<?xml version='1.0' encoding='UTF-8'?><getEdgeConfigResponse version=\"1.0\"><serviceConfig>\
         <service><name>_cuplogin</name><error>NameError</error></service>\
         <service><name>_cisco-uds</name><server><priority>1</priority><weight>1</weight><port>8443</port>\
         <address>cucm2.example.test</address></server></service></serviceConfig><edgeConfig>\
         <xmppEdgeServer><server><address>expe.example.test</address><tlsPort>5222</tlsPort></server></xmppEdgeServer>\
         <httpEdgeServer><server><address>expe.example.test</address><tlsPort>8443</tlsPort></server></httpEdgeServer>\
         <userUdsServer><server><address>{}</address><tlsPort>8443</tlsPort></server></userUdsServer>\
         </edgeConfig></getEdgeConfigResponse>",
        full(user_uds)
    )
}
