//! A walk as a journal, told by hand: for the tests of the tree and of the screen. The bodies are those of
//! protocol.md 2, 3, 5.1 and 9.

use crate::journal::{
    Ask, BodyEnd, CertFact, Clients, DnsAnswer, DnsAsk, DnsFact, DnsRecord, DnsServer, EpasClient, Event, Fact,
    How, HttpAsk, HttpFact, HttpHead, HttpWhat, Journal, NameRole, NameVerdict, NetFact, Note, Offset, OpId,
    Outcome, Payload, QuietMark, RecordData, RecordKind, RunAsk, Srv, TlsFact, TlsMode, Transport, UserAct,
    Verdict, WalkAsk, Wall,
};

/// 2026-01-15T02:14:11.100Z
const START: Wall = Wall(1_768_443_251_100);
/// The fingerprint of every certificate here.
pub(crate) const FINGERPRINT: &str = "sha256:3fa93fa93fa93fa93fa93fa93fa93fa93fa93fa93fa93fa93fa93fa93fa93fa9";
pub(crate) const CUCM1: &str = "https://cucm1.example.test:8443";
const IMP1: &str = "https://imp1.example.test:8443/EPASSoap/service/v80";
const PROFILE: &str = "http://cucm1.example.test:6970/SPDefault.cnf.xml";
const CONFIG: &str = "http://cucm1.example.test:6970/jabber-config.xml";

/// A walk as it is told.
pub(crate) struct WalkStory {
    pub(crate) journal: Journal,
    pub(crate) us: u64,
    op: u32,
    /// Origins to which a connection stands.
    connected: Vec<String>,
    /// What fails about certificates from here on; empty: nothing.
    pub(crate) untrusted: bool,
    goal: WalkAsk,
}

/// The walk of all routes, by one DNS server.
pub(crate) fn goal() -> WalkAsk {
    WalkAsk {
        clients: Clients::All,
        voice_domain: None,
        dns: vec![DnsServer { address: "10.1.1.53:53".into(), source: "--dns".into(), via: false }],
        nodes: Vec::new(),
        cucms: Vec::new(),
        user_id: "alice".into(),
        xmpp_port: 5222,
        epas: EpasClient { service: "v80".into(), kind: "CUPC".into(), version: "12.9".into(), force: false },
        second_user: None,
        via: None,
        admin: None,
    }
}

pub(crate) fn payload(text: &str) -> Payload {
    serde_json::from_value(serde_json::json!({ "text": text, "cuts": [] })).unwrap()
}

fn addresses(host: &str) -> Vec<String> {
    let last = match host.split('.').next() {
        Some("cucm1") => "10.1.2.10",
        Some("imp1") => "10.1.2.11",
        Some("imp2") => "10.1.2.12",
        _ => "10.1.2.99",
    };
    vec![last.to_owned()]
}

impl WalkStory {
    pub(crate) fn new(goal: WalkAsk) -> Self {
        let mut story = Self {
            journal: Journal::default(),
            us: 0,
            op: 100,
            connected: Vec::new(),
            untrusted: false,
            goal: goal.clone(),
        };
        let (domain, user) = ("example.test".to_owned(), goal.user_id.clone());
        let run = RunAsk {
            domain,
            user,
            slow_ms: 2000,
            silent_ms: 10_000,
            lab: true,
            walk: Some(Box::new(goal)),
            environment: None,
        };
        story.note(OpId(1), None, Event::Began(Ask::Run(run)));
        story
    }

    fn note(&mut self, op: OpId, parent: Option<OpId>, event: Event) {
        let wall = Wall(START.0 + i64::try_from(self.us / 1000).unwrap());
        self.journal.append(Note { op, parent, at: Offset(self.us), wall, event });
    }

    fn begin(&mut self, parent: OpId, ask: Ask) -> OpId {
        self.op += 1;
        let op = OpId(self.op);
        self.note(op, Some(parent), Event::Began(ask));
        op
    }

    pub(crate) fn saw(&mut self, op: OpId, fact: Fact) {
        self.note(op, Some(OpId(1)), Event::Saw(fact));
    }

    fn http_saw(&mut self, op: OpId, fact: HttpFact) {
        self.saw(op, Fact::Http(Box::new(fact)));
    }

    pub(crate) fn ended(&mut self, op: OpId, outcome: Outcome) {
        self.note(op, Some(OpId(1)), Event::Ended(outcome));
    }

    pub(crate) fn after(&mut self, us: u64) -> &mut Self {
        self.us += us;
        self
    }

    /// A question that every server is asked.
    pub(crate) fn asks(&mut self, kind: RecordKind, name: &str) -> Vec<OpId> {
        let servers: Vec<String> = self.goal.dns.iter().map(|server| server.address.clone()).collect();
        let ask = |server| Ask::Dns(DnsAsk { name: name.to_owned(), kind, server });
        let ops: Vec<OpId> = servers.into_iter().map(|server| self.begin(OpId(1), ask(server))).collect();
        for op in &ops {
            self.saw(*op, Fact::Dns(DnsFact::Sent { transport: Transport::Udp, bytes: 48 }));
        }
        ops
    }

    pub(crate) fn answers(&mut self, op: OpId, rcode: &str, records: Vec<DnsRecord>) {
        let none = records.is_empty();
        let answer = DnsAnswer {
            transport: Transport::Udp,
            rcode: rcode.to_owned(),
            truncated: false,
            authoritative: true,
            records,
            left_out: 0,
            negative_ttl: none.then_some(300),
            bytes: 120,
        };
        self.saw(op, Fact::Dns(DnsFact::Answered(answer)));
        let good = ["NOERROR", "NXDOMAIN"].contains(&rcode);
        self.ended(op, if good { Outcome::ok() } else { Outcome::new(How::Refused, rcode, "") });
    }

    /// The service records of a route: port and target of each, in the order of their priorities.
    pub(crate) fn srv(&mut self, route: &str, targets: &[(u16, &str)]) -> &mut Self {
        let name = format!("{route}.example.test");
        let ops = self.asks(RecordKind::Srv, &name);
        self.after(3000);
        let record = |(at, (port, target)): (usize, &(u16, &str))| DnsRecord {
            name: name.clone(),
            ttl: 3600,
            data: RecordData::Srv(Srv {
                priority: 10 * (at as u16 + 1),
                weight: 60,
                port: *port,
                target: (*target).to_owned(),
            }),
        };
        let records: Vec<DnsRecord> = targets.iter().enumerate().map(record).collect();
        for op in ops {
            let rcode = if records.is_empty() { "NXDOMAIN" } else { "NOERROR" };
            self.answers(op, rcode, records.clone());
        }
        self
    }

    /// A host's addresses: IPv4 alone.
    pub(crate) fn host(&mut self, host: &str) -> &mut Self {
        let (four, six) = (self.asks(RecordKind::A, host), self.asks(RecordKind::Aaaa, host));
        self.after(1000);
        for op in four {
            let address = addresses(host).remove(0);
            let record = DnsRecord { name: host.to_owned(), ttl: 60, data: RecordData::Address(address) };
            self.answers(op, "NOERROR", vec![record]);
        }
        for op in six {
            self.answers(op, "NOERROR", Vec::new());
        }
        self
    }

    /// A request for which a connection stands; where there was none, connect and handshake before it.
    pub(crate) fn request(&mut self, what: HttpWhat, url: &str) -> OpId {
        let mut ask = HttpAsk::new(what, url.to_owned(), Vec::new());
        let (scheme, host, port) = ask.origin();
        let (scheme, host, place) = (scheme.to_owned(), host.to_owned(), ask.place());
        ask.addresses = addresses(&host);
        let to = format!("{}:{port}", ask.addresses[0]);
        let op = self.begin(OpId(1), Ask::Http(ask));
        if !self.connected.contains(&place) {
            self.connected.push(place);
            let connect = self.begin(op, Ask::Connect { to: to.clone() });
            self.after(1000);
            self.saw(
                connect,
                Fact::Net(NetFact::Connected { local: "10.9.9.5:40000".into(), remote: to, via: None }),
            );
            self.ended(connect, Outcome::ok());
            if scheme == "https" {
                self.handshake(op, &host);
            }
        }
        op
    }

    fn handshake(&mut self, op: OpId, host: &str) {
        let shake = self.begin(op, Ask::Handshake { server_name: host.to_owned(), mode: TlsMode::Direct });
        self.after(4000);
        let cert = CertFact {
            fingerprint: FINGERPRINT.into(),
            subject: format!("CN={host}"),
            issuer: if self.untrusted { format!("CN={host}") } else { "CN=Practice CA".into() },
            not_before: 1_760_000_000,
            not_after: 1_800_000_000,
            names: vec![format!("DNS:{host}")],
            key: "RSA 2048".into(),
            signature: "SHA256 with RSA".into(),
        };
        self.saw(shake, Fact::Tls(TlsFact::Chain { certs: vec![cert] }));
        let code = if self.untrusted { "UnknownIssuer" } else { "" };
        let chain = Verdict { ok: !self.untrusted, code: code.into() };
        let names = vec![NameVerdict { name: host.to_owned(), role: NameRole::Node, ok: true }];
        self.saw(shake, Fact::Tls(TlsFact::Verified { chain, names, key_proven: true }));
        self.ended(shake, Outcome::ok());
    }

    pub(crate) fn sent(&mut self, op: OpId, url: &str, credential: bool) {
        let path = url.splitn(4, '/').nth(3).unwrap_or("");
        let head = payload(&format!("GET /{path} HTTP/1.1\r\n\r\n"));
        self.http_saw(op, HttpFact::Sent { head, body: payload(""), credential });
    }

    /// A whole exchange.
    pub(crate) fn http(&mut self, what: HttpWhat, url: &str, status: u16, body: &str) -> OpId {
        let op = self.request(what, url);
        self.sent(op, url, matches!(what, HttpWhat::User | HttpWhat::EpasLogin));
        self.after(3000);
        let realm = (status == 401).then(|| "Cisco Web Services Realm".to_owned());
        let kind = if body.starts_with("<!") { "text/html" } else { "application/xml" };
        self.http_saw(
            op,
            HttpFact::Head(HttpHead {
                status,
                realm,
                location: None,
                content_type: Some(kind.into()),
                payload: payload(&format!("HTTP/1.1 {status}\r\n\r\n")),
            }),
        );
        let bytes = body.len() as u64;
        self.http_saw(op, HttpFact::Body { payload: payload(body), bytes, end: BodyEnd::Complete });
        let outcome =
            if status == 200 { Outcome::ok() } else { Outcome::new(How::Refused, status.to_string(), "") };
        self.ended(op, outcome);
        op
    }

    /// A request whose credential did not cross, for the certificate is not accepted.
    pub(crate) fn stopped(&mut self, what: HttpWhat, url: &str) -> OpId {
        let op = self.request(what, url);
        let gate = HttpFact::Gate {
            why: "untrusted".into(),
            fingerprint: Some(FINGERPRINT.into()),
            failed: vec!["chain: not trusted, no known authority signed it (UnknownIssuer)".into()],
            would_send: "the password of alice, readable by the server (Basic)".into(),
        };
        self.http_saw(op, gate);
        self.ended(op, Outcome::new(How::Stopped, "untrusted", "the certificate is not accepted"));
        op
    }

    /// A request that is sent and not answered in time.
    pub(crate) fn silent(&mut self, what: HttpWhat, url: &str) -> OpId {
        let op = self.request(what, url);
        self.sent(op, url, false);
        let since = Offset(self.us);
        self.after(10_000_000);
        self.http_saw(op, HttpFact::Quiet { mark: QuietMark::Silent, since });
        self.ended(op, Outcome::new(How::TimedOut, "silent", "no answer to the request for 10.0 s"));
        op
    }

    pub(crate) fn accepts(&mut self, host: &str) -> &mut Self {
        let act = UserAct::Accepted { host: host.to_owned(), port: Some(8443), fingerprint: FINGERPRINT.into() };
        self.note(OpId(1), None, Event::Saw(Fact::User(act)));
        self
    }

    /// The routes of the practice deployment: `_cisco-uds` and `_xmpp-client`.
    pub(crate) fn routes(&mut self) -> &mut Self {
        self.srv("_cisco-uds._tcp", &[(8443, "cucm1.example.test")]);
        self.srv("_cuplogin._tcp", &[]);
        self.srv("_xmpp-client._tcp", &[(5222, "imp1.example.test"), (5222, "imp2.example.test")]);
        self.srv("_xmpps-client._tcp", &[]).srv("_collab-edge._tls", &[]);
        self.host("cucm1.example.test").host("imp1.example.test").host("imp2.example.test")
    }

    /// What UDS says without a password.
    pub(crate) fn locator(&mut self) -> &mut Self {
        self.http(
            HttpWhat::Version,
            &format!("{CUCM1}/cucm-uds/version"),
            200,
            "<versionInformation version=\"12.5.1\"><version>12.5.1</version></versionInformation>",
        );
        self.http(
            HttpWhat::ClusterUser,
            &format!("{CUCM1}/cucm-uds/clusterUser?username=alice"),
            200,
            &format!(
                "<clusterUser version=\"12.5.1\"><result found=\"true\" uri=\"{CUCM1}/cucm-uds/user/alice\"/>\
                 <homeCluster serversUri=\"{CUCM1}/cucm-uds/servers\">cucm1.example.test</homeCluster></clusterUser>"
            ),
        );
        self.http(
            HttpWhat::Servers,
            &format!("{CUCM1}/cucm-uds/servers"),
            200,
            "<servers version=\"12.5.1\"><server>cucm1.example.test</server></servers>",
        );
        self.http(
            HttpWhat::SingleSignOn,
            &format!("{CUCM1}/ssosp/ws/public/singleSignOn"),
            200,
            "<SSOResult version=\"1\"><Response><SingleSignOn><Status enabled=\"false\"/></SingleSignOn></Response>\
             </SSOResult>",
        );
        self
    }

    /// The user's record, the service profile and jabber-config.xml, with the password.
    pub(crate) fn user(&mut self) -> &mut Self {
        let body = format!(
            "<user version=\"12.5.1\"><userName>alice</userName><email>alice@example.test</email>\
             <accountType useLdapAuth=\"true\">ldap</accountType>\
             <homeCluster enableImAndPresence=\"true\">true</homeCluster>\
             <imAndPresence><server>imp1.example.test</server></imAndPresence>\
             <serviceProfile><uri>{PROFILE}</uri></serviceProfile></user>"
        );
        self.http(HttpWhat::User, &format!("{CUCM1}/cucm-uds/user/alice"), 200, &body);
        let section =
            |role: &str, host: &str| format!("<{role}><Address>{host}</Address><Port/><Protocol/></{role}>");
        let profile = format!(
            "<userProfile><IMandPresence>{}{}{}</IMandPresence><Directory/></userProfile>",
            section("Primary", "imp1.example.test"),
            section("Backup1", "imp2.example.test"),
            section("Backup2", "")
        );
        self.http(HttpWhat::ServiceProfile, PROFILE, 200, &profile);
        self.http(
            HttpWhat::JabberConfig,
            CONFIG,
            200,
            "<config version=\"1.0\"><Policies><LoginResource>mutualExclusion</LoginResource></Policies></config>",
        );
        self
    }

    /// EPAS on the home node.
    pub(crate) fn epas(&mut self) -> &mut Self {
        let soap = |body: &str| {
            format!(
                "<soapenv:Envelope xmlns:soapenv=\"http://www.w3.org/2003/05/soap-envelope\"><soapenv:Body>{body}\
                 </soapenv:Body></soapenv:Envelope>"
            )
        };
        let login = "<epas:login-resp xmlns:epas=\"urn:cisco:epas:soap\"><epas:success><epas:session-key></epas:session-key>\
                     </epas:success></epas:login-resp>";
        let login = soap(login);
        self.http(HttpWhat::EpasLogin, IMP1, 200, &login);
        let property = |name: &str, value: &str| format!("<property name=\"{name}\">{value}</property>");
        let config = soap(&format!(
            "<get-all-config-resp xmlns=\"urn:cisco:epas:soap\"><success><get-system-config-resp>{}{}{}\
             </get-system-config-resp></success></get-all-config-resp>",
            property("Presence.Domain", "example.test"),
            property("Presence.Primary.Address", "imp1.example.test"),
            property("Presence.Backup.Address", "imp2.example.test")
        ));
        self.http(HttpWhat::EpasConfig, IMP1, 200, &config);
        self
    }

    /// The whole walk of the practice deployment, but for the logins.
    pub(crate) fn practice() -> Self {
        let mut story = Self::new(goal());
        story.routes().locator().user().epas();
        story
    }
}
