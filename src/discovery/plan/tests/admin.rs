//! The administrator's side: what is asked first and alone, what a refusal ends, which hosts are asked, and which never.

use super::dialogue::Dialogue;
use super::site::{Reply, Site, found, full};
use crate::discovery::plan::Means;
use crate::discovery::walk::script::{given, goal};
use crate::journal::{Ask, CertFact, Clients, Event, Fact, HttpWhat, TlsFact, TlsMode, UserAct, Verdict, WalkAsk};

const ADMIN: Means = Means { password: false, token: false, second: false, admin: true, until: None };
const PAGE_599: &str = "<html><body><h1>HTTP Status 599 - Incorrect axl version. Supported axl versions are 11.5 and 12.5</h1></body></html>";

fn admin(clients: Clients) -> WalkAsk {
    WalkAsk { admin: Some("administrator".into()), ..goal(clients) }
}

fn axl(operation: &str, inside: &str) -> String {
    format!(
        "<soapenv:Envelope xmlns:soapenv=\"http://schemas.xmlsoap.org/soap/envelope/\"><soapenv:Body>\
         <ns:{operation}Response xmlns:ns=\"http://www.cisco.com/AXL/API/14.0\"><return>{inside}</return>\
         </ns:{operation}Response></soapenv:Body></soapenv:Envelope>"
    )
}

/// The site of other tests, with an administrator's side on all of its hosts.
fn site() -> Site {
    let mut site = Site::healthy();
    let version = "<componentVersion><version>14.0.1.12900-161</version></componentVersion>";
    for cucm in ["cucm1", "cucm2"] {
        site.ok(HttpWhat::AxlVersion, cucm, &axl("getCCMVersion", version));
        site.ok(
            HttpWhat::AxlUser,
            cucm,
            &axl("getUser", "<user><userid>alice</userid><serviceProfile>SP</serviceProfile></user>"),
        );
        let profile = "<serviceProfile><name>SP</name><serviceProfileInfos><serviceProfileInfo>\
                       <profileName>IM and Presence Profile</profileName><primary>first</primary>\
                       <secondary>second</secondary></serviceProfileInfo></serviceProfileInfos></serviceProfile>";
        site.ok(HttpWhat::AxlServiceProfile, cucm, &axl("getServiceProfile", profile));
        let service = "<ucService><name>first</name><hostnameorip>imp1.example.test</hostnameorip></ucService>";
        site.ok(HttpWhat::AxlUcService, cucm, &axl("getUcService", service));
        site.ok(HttpWhat::AxlNodes, cucm, &axl("listProcessNode", "<processNode><name>imp1</name></processNode>"));
        site.ok(HttpWhat::AxlAssignment, cucm, &axl("listAssignedPresenceUsers", ""));
        site.ok(HttpWhat::AxlGroups, cucm, &axl("listPresenceRedundancyGroup", ""));
    }
    let services = "<e><soapGetServiceStatusResponse><ServiceInfoList/></soapGetServiceStatusResponse></e>";
    for host in ["cucm1", "cucm2", "imp1", "imp2"] {
        site.ok(HttpWhat::Services, host, services);
    }
    let objects =
        ["Cisco XCP CM", "Cisco XCP Web CM", "Cisco XCP JSM", "Cisco XCP JSM Session Counters", "Processor"];
    let object = |name: &&str| {
        format!("<perfmonListCounterReturn><Name>{name}</Name><ArrayOfCounter/></perfmonListCounterReturn>")
    };
    let names: String = objects.iter().map(object).collect();
    for imp in ["imp1", "imp2"] {
        let list = format!("<e><perfmonListCounterResponse>{names}</perfmonListCounterResponse></e>");
        site.ok(HttpWhat::CounterNames, imp, &list);
        site.ok(HttpWhat::Counters, imp, "<e><perfmonCollectCounterDataResponse/></e>");
    }
    site
}

/// All that went with the administrator's credential, in its order.
fn asked(walk: &Dialogue) -> Vec<&str> {
    let of_admin = ["AXL ", "Control Center ", "PerfMon "];
    walk.asked
        .iter()
        .map(String::as_str)
        .filter(|name| of_admin.iter().any(|start| name.starts_with(start)))
        .collect()
}

fn walked(site: Site) -> Dialogue {
    Dialogue::walked(admin(Clients::All), site, ADMIN)
}

#[test]
fn one_question_goes_first_and_alone_and_what_follows_goes_side_by_side() {
    let mut walk = Dialogue::new(admin(Clients::All), site(), ADMIN);
    walk.held = vec!["AXL getCCMVersion"];
    walk.run();
    assert_eq!(asked(&walk), ["AXL getCCMVersion cucm1.example.test 14.0"], "nobody has accepted it yet");
    walk.answer("AXL getCCMVersion cucm1.example.test 14.0");
    let asks = walk.asks();
    let mut expected = vec![
        "AXL getUser alice cucm1.example.test 14.0".to_owned(),
        "AXL listAssignedPresenceUsers alice cucm1.example.test 14.0".to_owned(),
        "AXL listPresenceRedundancyGroup cucm1.example.test 14.0".to_owned(),
        "AXL listProcessNode cucm1.example.test 14.0".to_owned(),
    ];
    expected.extend(["cucm1", "cucm2", "imp1", "imp2"].map(|host| format!("Control Center {host}.example.test")));
    expected.extend(["imp1", "imp2"].map(|host| format!("PerfMon perfmonListCounter {host}.example.test")));
    assert_eq!(asks, expected);
    walk.held.clear();
    walk.run();
    let all = asked(&walk);
    for later in
        ["AXL getServiceProfile SP cucm1", "AXL getUcService first cucm1", "AXL getUcService second cucm1"]
    {
        assert!(all.iter().any(|name| name.starts_with(later)), "{later}: {all:#?}");
    }
    let collected: Vec<&&str> = all.iter().filter(|name| name.contains("perfmonCollectCounterData")).collect();
    let of = |object: &str, host: &str| format!("PerfMon perfmonCollectCounterData {object} {host}.example.test");
    let wanted = ["imp1", "imp2"].map(|host| [of("Cisco XCP CM", host), of("Cisco XCP JSM", host)]).concat();
    assert_eq!(collected.len(), 4);
    assert!(wanted.iter().all(|name| all.contains(&name.as_str())), "{all:#?}");
}

#[test]
fn a_refused_credential_is_sent_to_nobody_else() {
    let mut site = site();
    site.reply(HttpWhat::AxlVersion, "cucm1", Reply::Http(401, "<html/>".into()));
    let walk = walked(site);
    assert_eq!(asked(&walk).len(), 1);
    let why = walk.skipped("administrator's view").unwrap();
    assert!(why.contains("refused by cucm1.example.test"), "{why}");
    let mut site = self::site();
    site.reply(HttpWhat::AxlNodes, "cucm1", Reply::Http(401, "<html/>".into()));
    let mut late = Dialogue::new(admin(Clients::All), site, ADMIN);
    late.held = vec!["AXL getUser"];
    late.run();
    late.answer("AXL getUser alice cucm1.example.test 14.0");
    assert_eq!(late.asks(), [""; 0], "what was on its way already was answered, and changes nothing");
    assert!(late.walk().admin_refused().is_some());
}

#[test]
fn an_expressway_is_no_host_of_the_cluster() {
    let walk = walked(site().with_edge(true));
    assert!(walk.asked.iter().any(|name| name.contains("expe.example.test")), "{:#?}", walk.asked);
    assert_eq!(asked(&walk).into_iter().filter(|name| name.contains("expe")).collect::<Vec<_>>(), [""; 0]);
}

#[test]
fn a_missing_role_ends_that_service_and_no_other() {
    let mut site = site();
    site.reply(HttpWhat::AxlVersion, "cucm1", Reply::Http(403, "<html/>".into()));
    site.reply(HttpWhat::CounterNames, "imp1", Reply::Http(403, "<html/>".into()));
    let walk = walked(site);
    let all = asked(&walk);
    assert_eq!(all.iter().filter(|name| name.starts_with("AXL")).count(), 1, "{all:#?}");
    assert_eq!(all.iter().filter(|name| name.starts_with("Control Center")).count(), 4, "{all:#?}");
    assert!(!all.iter().any(|name| name.contains("Collect") && name.contains("imp1")), "{all:#?}");
}

#[test]
fn an_axl_that_names_another_version_each_time_is_left() {
    let mut walk = Dialogue::new(admin(Clients::All), site(), ADMIN);
    walk.held = vec!["getCCMVersion cucm1"];
    for (at, asked_in) in ["14.0", "20.0", "21.0"].into_iter().enumerate() {
        walk.run();
        walk.site.reply(
            HttpWhat::AxlVersion,
            "cucm1",
            Reply::Http(599, PAGE_599.replace("12.5", &format!("2{at}.0"))),
        );
        walk.answer(&format!("AXL getCCMVersion cucm1.example.test {asked_in}"));
    }
    walk.run();
    assert_eq!(walk.asked_for("getCCMVersion cucm1").len(), 3, "{:#?}", asked(&walk));
    assert_eq!(asked(&walk)[3], "AXL getCCMVersion cucm2.example.test 14.0");
}

#[test]
fn axl_is_asked_in_the_newest_version_that_it_speaks_and_elsewhere_where_it_is_not_served() {
    let mut site = site();
    site.reply(HttpWhat::AxlVersion, "cucm1", Reply::Http(599, PAGE_599.into()));
    let mut walk = Dialogue::new(admin(Clients::All), site, ADMIN);
    walk.held = vec!["12.5"];
    walk.run();
    assert_eq!(
        asked(&walk),
        ["AXL getCCMVersion cucm1.example.test 14.0", "AXL getCCMVersion cucm1.example.test 12.5"]
    );
    // It goes on saying so: the version is tried once, and the next CUCM is asked.
    walk.held = vec!["cucm2.example.test 14.0"];
    walk.run();
    assert_eq!(asked(&walk)[2], "AXL getCCMVersion cucm2.example.test 14.0");
    for off in [Reply::Http(404, "<html/>".into()), Reply::Http(503, "<html/>".into()), Reply::Silent, Reply::Dead]
    {
        let mut site = self::site();
        site.reply(HttpWhat::AxlVersion, "cucm1", off);
        let walk = walked(site);
        assert!(asked(&walk).contains(&"AXL getUser alice cucm2.example.test 14.0"), "{:#?}", asked(&walk));
    }
}

#[test]
fn without_the_credential_nothing_of_it_is_asked_and_why_is_told() {
    let none = Dialogue::walked(goal(Clients::All), site(), ADMIN);
    assert_eq!(asked(&none), [""; 0]);
    assert_eq!(none.skipped("administrator's view").as_deref(), Some("no administrator's credentials"));
    let no_password = Dialogue::walked(admin(Clients::All), site(), Means { admin: false, ..ADMIN });
    assert_eq!(asked(&no_password), [""; 0]);
    assert_eq!(
        no_password.skipped("administrator's view").as_deref(),
        Some("no administrator's password at hand")
    );
}

#[test]
fn perfmon_that_was_asked_too_often_is_asked_no_more_there() {
    let rate = "<e><Fault><faultstring>Exceeded allowed rate for Perfmon information</faultstring></Fault></e>";
    let mut site = site();
    site.reply(HttpWhat::Counters, "imp1", Reply::Http(500, rate.into()));
    let mut walk = Dialogue::new(admin(Clients::All), site, ADMIN);
    walk.run();
    let seen = walk.walk();
    assert!(seen.admin().host("imp1.example.test").unwrap().rate.is_some());
    assert_eq!(walk.asks(), [""; 0]);
}

/// A CUCM outside of the domain, as DNS names it, whose answer names nodes outside of it too.
fn foreign() -> Site {
    let mut site = site();
    site.srv("_cisco-uds._tcp", &[(10, 0, 8443, "cucm.corp.example")]);
    site.srv("_xmpp-client._tcp", &[(10, 0, 5222, "imp.corp.example")]);
    for (host, at) in
        [("cucm.corp.example", "10.9.9.1"), ("imp.corp.example", "10.9.9.2"), ("sub.corp.example", "10.9.9.3")]
    {
        site.host(host, at);
    }
    for what in [HttpWhat::Version, HttpWhat::SingleSignOn] {
        let reply = site.http[&(what, full("cucm1"))].clone();
        site.reply(what, "cucm.corp.example", reply);
    }
    site.ok(HttpWhat::ClusterUser, "cucm.corp.example", &found("cucm.corp.example"));
    let servers = "<servers><server>cucm.corp.example</server><server>sub.corp.example</server></servers>";
    site.ok(HttpWhat::Servers, "cucm.corp.example", servers);
    for what in [HttpWhat::AxlVersion, HttpWhat::AxlUser, HttpWhat::AxlAssignment, HttpWhat::AxlGroups] {
        let reply = site.http[&(what, full("cucm1"))].clone();
        site.reply(what, "cucm.corp.example", reply);
    }
    let nodes = "<processNode><name>imp.corp.example</name></processNode>";
    site.ok(HttpWhat::AxlNodes, "cucm.corp.example", &axl("listProcessNode", nodes));
    site
}

/// Every exchange presents a certificate; whether it fits.
pub(super) fn certificates(walk: &mut Dialogue, fits: bool) {
    certificates_of(walk, "", fits);
}

/// The same of the exchanges with one host; empty: with every one.
pub(super) fn certificates_of(walk: &mut Dialogue, host: &str, fits: bool) {
    let seen = walk.walk();
    let meant = seen.exchanges().iter().filter(|seen| host.is_empty() || seen.ask.origin().1 == host);
    let shown: Vec<_> = meant.map(|seen| seen.op).collect();
    let fact = |fact| Event::Saw(Fact::Tls(fact));
    for op in shown {
        let ask = Ask::Handshake { server_name: String::new(), mode: TlsMode::Direct };
        let shake = walk.script.begin_under(op, ask);
        let cert = CertFact {
            fingerprint: "sha256:aa".into(),
            subject: String::new(),
            issuer: String::new(),
            not_before: 0,
            not_after: 0,
            names: Vec::new(),
            key: String::new(),
            signature: String::new(),
        };
        walk.script.say_under(shake, op, fact(TlsFact::Chain { certs: vec![cert] }));
        let chain = Verdict { ok: fits, code: String::new() };
        walk.script.say_under(shake, op, fact(TlsFact::Verified { chain, names: Vec::new(), key_proven: true }));
    }
}

#[test]
fn a_host_outside_of_the_domain_that_dns_alone_names_never_gets_the_password() {
    let walk = walked(foreign());
    assert_eq!(asked(&walk), [""; 0]);
    assert!(walk.skipped("administrator's view of cucm.corp.example").is_some());
    assert!(walk.skipped("administrator's view of imp.corp.example").is_some());

    let by_hand = WalkAsk { cucms: vec!["cucm.corp.example".into()], ..admin(Clients::All) };
    let mut named = Dialogue::walked(by_hand, foreign(), ADMIN);
    assert!(asked(&named).contains(&"AXL getUser alice cucm.corp.example 14.0"), "{:#?}", asked(&named));
    assert!(!asked(&named).iter().any(|name| name.contains("imp.corp.example")), "nobody vouches for the answer");
    certificates(&mut named, true);
    named.run();
    assert!(asked(&named).contains(&"Control Center imp.corp.example"), "AXL names it: {:#?}", asked(&named));
    assert!(asked(&named).contains(&"Control Center sub.corp.example"), "UDS names it: {:#?}", asked(&named));

    let mut doubtful = Dialogue::walked(
        WalkAsk { cucms: vec!["cucm.corp.example".into()], ..admin(Clients::All) },
        foreign(),
        ADMIN,
    );
    doubtful.word(UserAct::Insecure);
    certificates(&mut doubtful, false);
    doubtful.run();
    let others = |name: &&&str| name.contains("imp.corp") || name.contains("sub.corp");
    assert_eq!(asked(&doubtful).iter().filter(others).count(), 0, "--insecure vouches for nothing");
}

#[test]
fn what_a_person_accepted_for_a_host_lets_the_password_go_there() {
    let mut walk = walked(foreign());
    let (host, fingerprint) = ("cucm.corp.example".into(), "sha256:aa".into());
    walk.word(UserAct::Accepted { host, port: Some(8443), fingerprint });
    walk.run();
    assert!(asked(&walk).contains(&"AXL getCCMVersion cucm.corp.example 14.0"), "{:#?}", asked(&walk));
    assert!(!asked(&walk).iter().any(|name| name.contains("imp.corp")), "{:#?}", asked(&walk));
}

#[test]
fn a_name_that_only_ends_like_the_domain_is_not_in_it() {
    let mut site = site();
    site.srv("_cisco-uds._tcp", &[(10, 0, 8443, "cucm.evilexample.test")]);
    site.srv("_xmpp-client._tcp", &[]);
    site.host("cucm.evilexample.test", "10.9.9.1");
    assert_eq!(asked(&walked(site)), [""; 0]);
}

#[test]
fn a_node_named_by_hand_is_asked_where_it_has_an_address() {
    let mut goal = admin(Clients::All);
    (goal.nodes, goal.dns) = (vec![given("10.1.2.13", 5222)], Vec::new());
    let mut site = site();
    let reply = site.http[&(HttpWhat::Services, full("imp1"))].clone();
    site.reply(HttpWhat::Services, "10.1.2.13", reply);
    let walk = Dialogue::walked(goal, site, ADMIN);
    assert_eq!(asked(&walk)[0], "Control Center 10.1.2.13");
}

#[test]
fn a_host_whose_certificate_failed_is_asked_again_once_that_is_accepted() {
    let mut site = site();
    for cucm in ["cucm1", "cucm2"] {
        site.reply(HttpWhat::AxlVersion, cucm, Reply::Gate);
    }
    for host in ["cucm1", "cucm2", "imp1", "imp2"] {
        site.reply(HttpWhat::Services, host, Reply::Gate);
    }
    let walk = walked(site);
    assert!(!asked(&walk).iter().any(|name| name.contains("PerfMon")), "nobody has accepted it");
    let held = walk.walk().held_back("cucm1.example.test", 8443);
    assert!(held.iter().any(|ask| ask.what == HttpWhat::AxlVersion), "{held:?}");
}
