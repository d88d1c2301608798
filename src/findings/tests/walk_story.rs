//! Steps of a walk for stories: questions to DNS servers, and HTTP exchanges with the literal bodies of protocol.md.

use crate::discovery::Route;
use crate::journal::{
    Ask, BodyEnd, CertFact, Clients, DnsAnswer, DnsAsk, DnsFact, DnsRecord, DnsServer, EpasClient, Event, Fact,
    How, HttpAsk, HttpFact, HttpHead, HttpWhat, NameRole, NameVerdict, NetFact, OpId, Outcome, QuietMark,
    RecordData, RecordKind, RunAsk, Srv, TlsFact, TlsMode, Transport, Verdict, Via, WalkAsk,
};
use crate::progress::story::{START, Story, cert, good, payload, shown};

pub(super) const DNS: &str = "10.1.1.53:53";
pub(super) const OTHER_DNS: &str = "10.1.1.54:53";

// protocol.md 2.2
pub(super) const VERSION: &str = r#"<?xml version="1.0" encoding="UTF-8"?>
<versionInformation uri="https://cucm1.example.com/cucm-uds/version" version="12.5.1"><version>12.5.1</version></versionInformation>"#;
// protocol.md 2.4
pub(super) const CLUSTER_USER: &str = r#"<clusterUser version="10.0.0" uri="https://cucm1.example.com/cucm-uds/clusterUser?username=alice">
  <result found="true" uri="https://cucm1.example.com:8443/cucm-uds/user/alice" version="10.0.0"/>
  <homeCluster serversUri="https://cucm1.example.com:8443/cucm-uds/servers">cucm1.example.com</homeCluster>
</clusterUser>"#;
pub(super) const NO_CLUSTER_USER: &str = r#"<?xml version="1.0" encoding="UTF-8" standalone="yes"?><clusterUser version="10.5.0" uri="https://ucm:8443/cucm-uds/clusterUser?username=X"><result found="false"/></clusterUser>"#;
// protocol.md 2.3
pub(super) const SERVERS: &str = r#"<servers version="10.0.0" uri="https://cucm1.example.com:8443/cucm-uds/servers">
  <server>cucm1.example.com</server><server>cucm2.example.com</server></servers>"#;
// protocol.md 9
pub(super) const NO_SSO: &str = r#"<SSOResult version="1"><Response><SingleSignOn><Status enabled="false"/></SingleSignOn></Response></SSOResult>"#;
pub(super) const SSO: &str = r#"<SSOResult version="1"><Response><SingleSignOn><Status enabled="true"/></SingleSignOn></Response></SSOResult>"#;
// protocol.md 2.5
pub(super) const USER: &str = r#"<user uri="https://cucm1.example.com/cucm-uds/user/alice" version="12.5.0">
  <id>5f66fe4a-cc50-41d2-137a-05978b2d45df</id><userName>alice</userName><email>alice@example.com</email><directoryUri/>
  <accountType useLdapAuth="true">ldap</accountType>
  <homeCluster enableImAndPresence="true" enableCalendarPresence="false">true</homeCluster>
  <imAndPresence><server>imp1.example.com</server></imAndPresence>
  <serviceProfile><uri>http://cucm1.example.com:6970/SPDefault.cnf.xml</uri></serviceProfile>
</user>"#;
// protocol.md 3
pub(super) const PROFILE: &str = r#"<?xml version="1.0" encoding="UTF-8"?>
<userProfile>
 <IMandPresence>
   <Primary><Address>imp1.example.com</Address><Port/><Protocol/></Primary>
   <Backup1><Address>imp2.example.com</Address><Port/><Protocol/></Backup1>
   <Backup2><Address/><Port/><Protocol/></Backup2>
 </IMandPresence>
 <Voicemail/><Directory><UseUDS>true</UseUDS></Directory>
</userProfile>"#;
// protocol.md 5.1
pub(super) const LOGGED_IN: &str = r#"<soapenv:Envelope xmlns:soapenv="http://www.w3.org/2003/05/soap-envelope"><soapenv:Body>
 <epas:login-resp xmlns:epas="urn:cisco:epas:soap"><epas:success><epas:session-key>8d2c</epas:session-key></epas:success></epas:login-resp>
</soapenv:Body></soapenv:Envelope>"#;
pub(super) const HTML: &str =
    "<!-- custom Cisco error page --><html><head><title>Cisco System - Error</title></head><body>no</body></html>";

/// An EPASSoap answer with this in its body.
pub(super) fn soap(inner: &str) -> String {
    format!(
        r#"<soapenv:Envelope xmlns:soapenv="http://www.w3.org/2003/05/soap-envelope" xmlns:epas="urn:cisco:epas:soap"><soapenv:Body>{inner}</soapenv:Body></soapenv:Envelope>"#
    )
}

pub(super) fn config(domain: &str) -> String {
    soap(&format!(
        "<epas:get-all-config-resp><epas:get-system-config-resp><epas:property name='Presence.Domain'>{domain}\
         </epas:property></epas:get-system-config-resp></epas:get-all-config-resp>"
    ))
}

pub(super) fn token() -> String {
    soap(
        "<epas:get-onetime-password-resp><epas:success><epas:password>0f2b6c1e</epas:password></epas:success>\
         </epas:get-onetime-password-resp>",
    )
}

/// The address that an exchange for this purpose is sent to.
pub(super) fn url(what: HttpWhat) -> &'static str {
    match what {
        HttpWhat::Version => "https://cucm1.example.com:8443/cucm-uds/version",
        HttpWhat::ClusterUser => "https://cucm1.example.com:8443/cucm-uds/clusterUser?username=alice",
        HttpWhat::Servers => "https://cucm1.example.com:8443/cucm-uds/servers",
        HttpWhat::SingleSignOn => "https://cucm1.example.com:8443/ssosp/ws/public/singleSignOn",
        HttpWhat::User => "https://cucm1.example.com:8443/cucm-uds/user/alice",
        HttpWhat::ServiceProfile => "https://cucm1.example.com:6972/SPDefault.cnf.xml",
        HttpWhat::JabberConfig => "https://cucm1.example.com:6972/jabber-config.xml",
        HttpWhat::EpasLogin | HttpWhat::EpasConfig | HttpWhat::EpasToken => {
            "https://imp1.example.com:8443/EPASSoap/service/v80"
        }
        other => panic!("{other:?} has a story of its own"),
    }
}

/// The answer that an exchange for this purpose has on a healthy site.
pub(super) fn healthy_body(what: HttpWhat) -> String {
    match what {
        HttpWhat::Version => VERSION.to_owned(),
        HttpWhat::ClusterUser => CLUSTER_USER.to_owned(),
        HttpWhat::Servers => SERVERS.to_owned(),
        HttpWhat::SingleSignOn => NO_SSO.to_owned(),
        HttpWhat::User => USER.to_owned(),
        HttpWhat::ServiceProfile => PROFILE.to_owned(),
        HttpWhat::JabberConfig => "<config version=\"1.0\"><Policies/></config>".to_owned(),
        HttpWhat::EpasLogin => LOGGED_IN.to_owned(),
        HttpWhat::EpasConfig => config("example.com"),
        HttpWhat::EpasToken => token(),
        other => panic!("{other:?} has a story of its own"),
    }
}

pub(super) fn address(address: &str) -> RecordData {
    RecordData::Address(address.to_owned())
}

pub(super) fn srv(target: &str, port: u16) -> RecordData {
    RecordData::Srv(Srv { priority: 1, weight: 5, port, target: target.to_owned() })
}

/// Whether a request carries the user's password.
fn has_credential(what: HttpWhat) -> bool {
    matches!(what, HttpWhat::EdgeConfig | HttpWhat::User | HttpWhat::EpasLogin)
}

impl Story {
    /// A run that walks the routes of all clients.
    pub(super) fn walking(servers: &[&str]) -> Self {
        Self::walking_as(Clients::All, servers)
    }

    pub(super) fn walking_as(clients: Clients, servers: &[&str]) -> Self {
        Self::walking_by(clients, servers, None, None)
    }

    /// A run in which the control experiment may ask for a second user.
    pub(super) fn with_second_user() -> Self {
        Self::walking_by(Clients::All, &[DNS], Some("bob".into()), None)
    }

    /// A run in which these CUCMs are compared.
    pub(super) fn comparing(cucms: &[&str]) -> Self {
        let mut run = Self::walking(&[DNS]).run_ask();
        if let Some(walk) = run.walk.as_mut() {
            walk.cucms = cucms.iter().map(|&cucm| cucm.to_owned()).collect();
        }
        Self::with(run)
    }

    fn run_ask(&self) -> RunAsk {
        match &self.entries()[0].event {
            Event::Began(Ask::Run(run)) => run.clone(),
            other => panic!("a run begins with its ask, not with {other:?}"),
        }
    }

    /// The same by way of a proxy, where there is one: DNS servers are then asked through it too.
    pub(super) fn walking_by(
        clients: Clients,
        servers: &[&str],
        second_user: Option<String>,
        via: Option<Via>,
    ) -> Self {
        let source = "/etc/resolv.conf".to_owned();
        let dns = servers.iter().map(|address| DnsServer {
            address: (*address).into(),
            source: source.clone(),
            via: via.is_some(),
        });
        let (kind, version) = ("CUPC".to_owned(), "12.9.0".to_owned());
        let walk = WalkAsk {
            clients,
            voice_domain: None,
            dns: dns.collect(),
            nodes: Vec::new(),
            cucms: Vec::new(),
            user_id: "alice".into(),
            xmpp_port: 5222,
            epas: EpasClient { service: "v80".into(), kind, version, force: false },
            second_user,
            via: via.clone(),
            admin: None,
        };
        let (domain, user) = ("example.com".into(), "alice".into());
        Self::with(RunAsk {
            domain,
            user,
            slow_ms: 2000,
            silent_ms: 10_000,
            lab: false,
            walk: Some(Box::new(walk)),
            environment: None,
        })
    }

    /// A question leaves.
    pub(super) fn asks(&mut self, name: &str, kind: RecordKind, server: &str) -> OpId {
        let ask = DnsAsk { name: name.into(), kind, server: server.into() };
        let op = self.child(OpId(1), Ask::Dns(ask));
        self.dns(op, DnsFact::Sent { transport: Transport::Udp, bytes: 50 });
        op
    }

    pub(super) fn dns(&mut self, op: OpId, fact: DnsFact) {
        self.note(op, Some(OpId(1)), Event::Saw(Fact::Dns(fact)));
    }

    /// Its answer comes.
    pub(super) fn told(&mut self, op: OpId, rcode: &str, name: &str, records: Vec<RecordData>) -> &mut Self {
        self.told_by(true, op, rcode, name, records)
    }

    /// The same from a server that is an authority for it, or is none.
    pub(super) fn told_by(
        &mut self,
        authoritative: bool,
        op: OpId,
        rcode: &str,
        name: &str,
        records: Vec<RecordData>,
    ) -> &mut Self {
        self.after(3);
        let records = records.into_iter().map(|data| DnsRecord { name: name.into(), ttl: 300, data }).collect();
        self.dns(
            op,
            DnsFact::Answered(DnsAnswer {
                transport: Transport::Udp,
                rcode: rcode.into(),
                truncated: false,
                authoritative,
                records,
                left_out: 0,
                negative_ttl: None,
                bytes: 120,
            }),
        );
        let outcome = match rcode {
            "NOERROR" | "NXDOMAIN" => Outcome::ok(),
            other => Outcome::new(How::Refused, other, ""),
        };
        self.over(op, outcome)
    }

    /// An operation of the run's ends.
    pub(super) fn over(&mut self, op: OpId, outcome: Outcome) -> &mut Self {
        self.note(op, Some(OpId(1)), Event::Ended(outcome));
        self
    }

    /// A question for a route, and its answer: these records, or NXDOMAIN.
    pub(super) fn route_at(&mut self, server: &str, route: Route, records: Vec<RecordData>) -> &mut Self {
        let name = format!("{}.example.com", route.name());
        let op = self.asks(&name, RecordKind::Srv, server);
        self.told(op, if records.is_empty() { "NXDOMAIN" } else { "NOERROR" }, &name, records)
    }

    pub(super) fn route(&mut self, route: Route, records: Vec<RecordData>) -> &mut Self {
        self.route_at(DNS, route, records)
    }

    /// All routes of a healthy site, but for this one.
    pub(super) fn routes_but(&mut self, but: Route) -> &mut Self {
        for route in Route::ALL.into_iter().filter(|route| *route != but) {
            self.route(route, vec![healthy_record(route)]);
        }
        self
    }

    /// A name's A and AAAA records.
    pub(super) fn host(&mut self, name: &str, addresses: &[&str]) -> &mut Self {
        let (one, two) = (self.asks(name, RecordKind::A, DNS), self.asks(name, RecordKind::Aaaa, DNS));
        let rcode = if addresses.is_empty() { "NXDOMAIN" } else { "NOERROR" };
        let records = addresses.iter().map(|text| address(text)).collect();
        self.told(one, rcode, name, records).told(two, rcode, name, Vec::new())
    }

    /// A request begins.
    pub(super) fn requests(&mut self, what: HttpWhat, url: &str) -> OpId {
        let ask = HttpAsk::new(what, url.into(), Vec::new());
        self.child(OpId(1), Ask::Http(ask))
    }

    pub(super) fn http(&mut self, op: OpId, fact: HttpFact) -> &mut Self {
        self.note(op, Some(OpId(1)), Event::Saw(Fact::Http(Box::new(fact))));
        self
    }

    /// Its TCP connect, and how that ended.
    pub(super) fn connects(&mut self, op: OpId, to: &str, ms: u64, ended: Outcome) -> &mut Self {
        let connect = self.child(op, Ask::Connect { to: to.into() });
        self.after(ms);
        if ended.how == How::Ok {
            let (local, remote) = ("10.9.9.5:51544".into(), to.into());
            self.note(connect, Some(op), Event::Saw(Fact::Net(NetFact::Connected { local, remote, via: None })));
        }
        self.note(connect, Some(op), Event::Ended(ended));
        self
    }

    /// Its TLS handshake without a certificate, and how that ended.
    pub(super) fn shakes(&mut self, op: OpId, ms: u64, ended: Outcome) -> &mut Self {
        let ask = Ask::Handshake { server_name: "cucm1.example.com".into(), mode: TlsMode::Direct };
        let shake = self.child(op, ask);
        self.after(ms);
        self.note(shake, Some(op), Event::Ended(ended));
        self
    }

    /// A connection with this certificate and this verdict on it.
    pub(super) fn secured(
        &mut self,
        op: OpId,
        cert: CertFact,
        chain: Verdict,
        name_ok: bool,
        key: bool,
    ) -> &mut Self {
        self.connects(op, "10.1.2.21:8443", 2, Outcome::ok());
        let ask = Ask::Handshake { server_name: "cucm1.example.com".into(), mode: TlsMode::Direct };
        let shake = self.child(op, ask);
        self.after(7);
        let names = vec![NameVerdict { name: "cucm1.example.com".into(), role: NameRole::Node, ok: name_ok }];
        let (version, suite) = ("TLSv1.2".into(), "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384".into());
        let agreed = TlsFact::Agreed { version, suite, group: None };
        for fact in shown(cert, chain, names, key).into_iter().chain([agreed]) {
            self.note(shake, Some(op), Event::Saw(Fact::Tls(fact)));
        }
        self.note(shake, Some(op), Event::Ended(Outcome::ok()));
        self
    }

    /// A connection without a fault.
    pub(super) fn reached(&mut self, op: OpId) -> &mut Self {
        self.secured(op, cert(), good(true, ""), true, true)
    }

    /// The request is written.
    pub(super) fn written(&mut self, op: OpId, what: HttpWhat) -> &mut Self {
        let (head, body) = (payload("GET / HTTP/1.1", 0), payload("", 0));
        self.http(op, HttpFact::Sent { head, body, credential: has_credential(what) })
    }

    /// The head of its answer.
    pub(super) fn headed(&mut self, op: OpId, status: u16, more: (Option<&str>, Option<&str>)) -> &mut Self {
        let (realm, location) = (more.0.map(str::to_owned), more.1.map(str::to_owned));
        let payload = payload("HTTP/1.1", 0);
        self.http(op, HttpFact::Head(HttpHead { status, realm, location, content_type: None, payload }))
    }

    /// The head of its answer, as it passed.
    pub(super) fn headed_so(&mut self, op: OpId, status: u16, head: &str) -> &mut Self {
        let (realm, location, content_type, payload) = (None, None, None, payload(head, 0));
        self.http(op, HttpFact::Head(HttpHead { status, realm, location, content_type, payload }))
    }

    /// A whole exchange whose answer says that the server's clock is so many seconds ahead, or behind.
    pub(super) fn told_the_time(&mut self, what: HttpWhat, url: &str, ahead: i64) -> &mut Self {
        let op = self.requests(what, url);
        self.reached(op).written(op, what).after(8).dated_head(op, ahead);
        self.bodied(op, &healthy_body(what), BodyEnd::Complete).over(op, Outcome::ok())
    }

    /// The head of its answer, with a date that is so many seconds ahead.
    pub(super) fn dated_head(&mut self, op: OpId, ahead: i64) -> &mut Self {
        let now = START.0.div_euclid(1000) + i64::try_from(self.now().0 / 1_000_000).unwrap();
        let date = jiff::Timestamp::from_second(now + ahead).unwrap().strftime("%a, %d %b %Y %H:%M:%S GMT");
        let payload = payload(&format!("HTTP/1.1 200 OK\r\nServer:\r\nDate: {date}\r\n\r\n"), 0);
        let (realm, location, content_type) = (None, None, None);
        self.http(op, HttpFact::Head(HttpHead { status: 200, realm, location, content_type, payload }))
    }

    /// The body of its answer.
    pub(super) fn bodied(&mut self, op: OpId, body: &str, end: BodyEnd) -> &mut Self {
        self.http(op, HttpFact::Body { payload: payload(body, 0), bytes: body.len() as u64, end })
    }

    /// The whole answer, after so long.
    pub(super) fn replied(&mut self, op: OpId, ms: u64, status: u16, body: &str) -> &mut Self {
        let realm = (status == 401).then_some("Cisco Web Services Realm");
        self.after(ms).headed(op, status, (realm, None)).bodied(op, body, BodyEnd::Complete);
        let ok = (200..300).contains(&status);
        self.over(op, if ok { Outcome::ok() } else { Outcome::new(How::Refused, status.to_string(), "") })
    }

    /// A whole exchange.
    pub(super) fn exchange_at(&mut self, what: HttpWhat, url: &str, status: u16, body: &str) -> &mut Self {
        let op = self.requests(what, url);
        self.reached(op).written(op, what).replied(op, 8, status, body)
    }

    pub(super) fn exchange(&mut self, what: HttpWhat, status: u16, body: &str) -> &mut Self {
        self.exchange_at(what, url(what), status, body)
    }

    /// An exchange as it is on a healthy site.
    pub(super) fn good(&mut self, what: HttpWhat) -> &mut Self {
        self.exchange(what, 200, &healthy_body(what))
    }

    /// A request that was written and is not answered: the marks pass.
    pub(super) fn unanswered(&mut self, op: OpId, what: HttpWhat) -> &mut Self {
        self.reached(op).written(op, what);
        let since = self.now();
        self.after(2000).http(op, HttpFact::Quiet { mark: QuietMark::Slow, since });
        self.after(8000).http(op, HttpFact::Quiet { mark: QuietMark::Silent, since })
    }

    /// A whole walk of a healthy site, which has neither `_cuplogin` nor `_xmpps-client`, up to the login.
    pub(super) fn healthy_walk() -> Self {
        let mut story = Self::walking(&[DNS]);
        for route in Route::ALL {
            let absent = matches!(route, Route::Cuplogin | Route::XmppsClient);
            story.route(route, if absent { Vec::new() } else { vec![healthy_record(route)] });
        }
        story.host("cucm1.example.com", &["10.1.2.21"]).host("imp1.example.com", &["10.1.2.11"]);
        story.host("imp2.example.com", &["10.1.2.12"]).host("cucm2.example.com", &["10.1.2.22"]);
        story.host("expe.example.com", &["192.0.2.1"]);
        for what in [
            HttpWhat::Version,
            HttpWhat::SingleSignOn,
            HttpWhat::ClusterUser,
            HttpWhat::Servers,
            HttpWhat::User,
            HttpWhat::ServiceProfile,
            HttpWhat::JabberConfig,
            HttpWhat::EpasLogin,
            HttpWhat::EpasConfig,
            HttpWhat::EpasToken,
        ] {
            story.good(what);
        }
        story.whole("imp1.example.com");
        story
    }
}

/// The record of a route on a healthy site.
pub(super) fn healthy_record(route: Route) -> RecordData {
    match route {
        Route::CiscoUds => srv("cucm1.example.com", 8443),
        Route::Cuplogin => srv("imp1.example.com", 8443),
        Route::XmppClient => srv("imp1.example.com", 5222),
        Route::XmppsClient => srv("imp1.example.com", 5223),
        Route::CollabEdge => srv("expe.example.com", 8443),
    }
}
