//! What the administrator's side said, from journals made by hand.

use std::time::Duration;

use super::*;
use crate::discovery::walk::script::{Script, given, goal};
use crate::discovery::{Means, Reach, Watching};
use crate::journal::{Ask, Clients, HaNode, How, HttpAsk, LoginAsk, Outcome, Purpose, Stage, UserAct};
use crate::protocol::serviceability::{CONTROL_CENTER, PERFMON, ServiceStatus};

const MINUTE_US: u64 = 60_000_000;
const MEANS: Means = Means { password: false, token: false, second: false, admin: true, until: None };
const RATE: &str = "<s:Envelope><s:Body><s:Fault><faultstring>Exceeded allowed rate for Perfmon information. \
    Current allowed rate for perfmon information is 50 requests per minute</faultstring></s:Fault></s:Body></s:Envelope>";

fn script() -> Script {
    let mut goal = goal(Clients::All);
    goal.admin = Some("administrator".into());
    Script::new(goal)
}

fn ask(what: HttpWhat, host: &str, about: &str) -> HttpAsk {
    let path = if what == HttpWhat::Services { CONTROL_CENTER } else { PERFMON };
    HttpAsk::new(what, format!("https://{host}:8443{path}"), vec!["10.1.2.11".into()]).about(about)
}

fn services(status: &str, up: i64) -> String {
    format!(
        "<e><soapGetServiceStatusResponse><soapGetServiceStatusReturn><ServiceInfoList><item>\
         <ServiceName>Cisco XCP Connection Manager</ServiceName><ServiceStatus>{status}</ServiceStatus>\
         <ReasonCode>-1</ReasonCode><ReasonCodeString> </ReasonCodeString><UpTime>{up}</UpTime>\
         </item></ServiceInfoList></soapGetServiceStatusReturn></soapGetServiceStatusResponse></e>"
    )
}

fn sockets(value: i64) -> String {
    format!(
        "<e><perfmonCollectCounterDataResponse><perfmonCollectCounterDataReturn>\
         <Name>\\\\imp1.example.test\\Cisco XCP CM\\CmConnectedSockets</Name><Value>{value}</Value>\
         <CStatus>1</CStatus></perfmonCollectCounterDataReturn></perfmonCollectCounterDataResponse></e>"
    )
}

#[test]
fn a_node_has_its_services_as_they_stand_and_its_sockets_over_time() {
    let mut script = script();
    let (own, other) = ("imp1.example.test", "imp2.example.test");
    script.exchange(ask(HttpWhat::Services, own, ""), 200, &services("Started", 86_400));
    script.exchange(ask(HttpWhat::Counters, own, "Cisco XCP CM"), 200, &sockets(312));
    script.exchange(ask(HttpWhat::Services, other, ""), 200, &services("Stopped", -1));
    script.exchange(ask(HttpWhat::Counters, own, "Cisco XCP CM"), 200, &sockets(311));
    let walk = script.walk();
    let seen = walk.admin();
    let node = seen.host("IMP1.example.test.").unwrap();
    let (n, service) = node.service("XCP Connection Manager").unwrap();
    assert_eq!((&service.status, service.up), (&ServiceStatus::Started, Some(Duration::from_secs(86_400))));
    assert_eq!(script.entries[n.0 as usize - 1].n, n);
    assert_eq!(node.sockets().iter().map(|sample| sample.value).collect::<Vec<_>>(), [312, 311]);
    assert!(node.sockets()[0].at < node.sockets()[1].at);
    let stopped = seen.host(other).unwrap().service("connection manager").unwrap().1;
    assert_eq!((&stopped.status, stopped.up), (&ServiceStatus::Stopped, None));
    assert_eq!(seen.hosts.len(), 2);
}

#[test]
fn a_service_that_a_login_needs_is_known_by_its_name_and_its_neighbours_are_not() {
    assert_eq!(needs(true, "Cisco XCP Connection Manager"), Some("Cisco XCP Connection Manager"));
    assert_eq!(needs(true, "XCP Router"), Some("Cisco XCP Router"));
    for other in ["Cisco XCP Web Connection Manager", "Cisco XCP SIP Federation Connection Manager", "Cisco Tftp"]
    {
        assert_eq!(needs(true, other), None, "{other}");
    }
    assert_eq!(needs(false, "Cisco Tftp"), Some("Cisco Tftp"));
    assert_eq!(needs(false, "Cisco XCP Router"), None);
}

#[test]
fn the_state_that_was_given_last_is_the_nodes_whichever_of_its_names_it_goes_by() {
    let mut script = script();
    let given = |state: &str| UserAct::HaStatus {
        nodes: vec![HaNode {
            group: Some("DefaultCluster".into()),
            host: Some("imp1".into()),
            state: state.into(),
            reason: None,
        }],
    };
    script.user(given("Normal"));
    script.user(given("Failed Over"));
    let walk = script.walk();
    let seen = walk.admin();
    let (_, state) = seen.ha_of("imp1.example.test").unwrap();
    assert!(state.holds_clients_back());
    assert_eq!(seen.ha_of("imp2.example.test"), None);
    assert_eq!(seen.ha.len(), 2);
}

#[test]
fn why_something_was_not_told_is_told() {
    let mut script = script();
    let node = "imp1.example.test";
    let page = "<html><h1>HTTP Status 599 - Incorrect axl version. Supported axl versions are 12.x and 15.0</h1>";
    for (status, body) in [(401, "<html>"), (403, "<html>"), (404, "<html>"), (500, RATE), (200, "<html>")] {
        script.exchange(ask(HttpWhat::Counters, node, "Cisco XCP CM"), status, body);
    }
    let axl = HttpAsk::new(HttpWhat::AxlVersion, "https://cucm1.example.test:8443/axl/".into(), Vec::new());
    script.exchange(axl, 599, page);
    let open = script.begin(crate::journal::Ask::Http(ask(HttpWhat::Services, node, "")));
    let refused = |script: &Script| -> Vec<Refused> {
        script.walk().admin().refused.iter().map(|(_, why)| why.clone()).collect()
    };
    let mut expected = vec![
        Refused::Password,
        Refused::Role,
        Refused::Absent(404),
        Refused::Rate,
        Refused::Other(Some(200)),
        Refused::Version(vec!["12.x".into(), "15.0".into()]),
    ];
    assert_eq!(refused(&script), expected);
    script.time_out(open);
    expected.push(Refused::Silent);
    assert_eq!(refused(&script), expected);
}

#[test]
fn a_node_is_asked_for_its_sockets_once_a_minute_and_never_again_once_that_was_too_often() {
    let mut script = script();
    let counters = ask(HttpWhat::Counters, "imp1.example.test", "Cisco XCP CM");
    script.exchange(ask(HttpWhat::Counters, "imp1.example.test", "Cisco XCP JSM"), 200, &sockets(1));
    let began = script.entries.len() as u64 * 1000 + 1000;
    script.exchange(counters.clone(), 200, &sockets(312));
    let at = |walk: &Walk, us| walk.polls(MEANS, Offset(us));
    let walk = script.walk();
    let early = at(&walk, began + MINUTE_US - 1);
    assert_eq!((early.due.len(), early.next), (0, Some(Offset(began + MINUTE_US))));
    assert_eq!(at(&walk, began + MINUTE_US).due, std::slice::from_ref(&counters));
    assert_eq!(walk.polls(Means::default(), Offset(began + MINUTE_US)), Polls::default());

    let open = script.begin(crate::journal::Ask::Http(counters.clone()));
    assert_eq!(at(&script.walk(), u64::MAX), Polls::default(), "it is under way");
    script.replied(open, 500, RATE, false);
    script.exchange(counters, 200, &sockets(313));
    let walk = script.walk();
    assert_eq!(at(&walk, u64::MAX), Polls::default(), "once is enough");
    assert!(walk.admin().host("imp1.example.test").unwrap().rate.is_some());
}

#[test]
fn services_are_watched_faster_than_counters_and_stop_at_a_refusal_of_the_credential() {
    let mut script = script();
    let services_ask = ask(HttpWhat::Services, "imp1.example.test", "");
    script.exchange(services_ask.clone(), 200, &services("Started", 5));
    let due = |script: &Script, us| script.walk().polls(MEANS, Offset(us)).due;
    assert_eq!(due(&script, 2000 + 10_000_000), [], "nobody watches");
    script.user(watch("imp1.example.test"));
    assert_eq!(due(&script, 2000 + 10_000_000), std::slice::from_ref(&services_ask));
    let silent = script.begin(crate::journal::Ask::Http(services_ask.clone()));
    script.time_out(silent);
    assert_eq!(due(&script, MINUTE_US), [services_ask], "what is restarted comes back");
    script.exchange(ask(HttpWhat::Services, "imp2.example.test", ""), 401, "<html>");
    assert_eq!(due(&script, MINUTE_US), []);
}

const CM: &str = "Cisco XCP Connection Manager";
const ROUTER: &str = "Cisco XCP Router";

fn watch(host: &str) -> UserAct {
    UserAct::Watch { host: host.into(), service: CM.into() }
}

/// A script in which imp1 was named by hand, told its service, and is watched; with what Control Center is asked there.
fn watched_script() -> (Script, HttpAsk) {
    let mut goal = goal(Clients::Psi);
    goal.nodes = vec![given("imp1.example.test", 5222)];
    goal.admin = Some("administrator".into());
    goal.dns.clear();
    let mut script = Script::new(goal);
    let ask = ask(HttpWhat::Services, "imp1.example.test", "");
    // Older releases have UP in their services' names.
    let of_old = services("Started", 86_400).replace("Cisco XCP", "Cisco UP XCP");
    script.exchange(ask.clone(), 200, &of_old);
    script.user(watch("imp1"));
    script.user(watch("imp1.example.test"));
    (script, ask)
}

/// A login of the watch that ended in this way.
fn watch_login(script: &mut Script, how: How) {
    let ask =
        LoginAsk { purpose: Purpose::Watch, until: Stage::StreamTls, ..LoginAsk::of_alice("imp1.example.test") };
    let op = script.begin(Ask::Login(ask));
    script.end(op, Outcome { how, code: None, text: None });
}

/// Whether the newest watch saw the service begin anew, and whether it is back.
fn came(script: &Script) -> (bool, bool) {
    let walk = script.walk();
    let seen = walk.watched(walk.watches().last().unwrap());
    (seen.began_anew().is_some(), seen.is_back().is_some())
}

#[test]
fn a_watched_node_is_asked_for_its_mechanisms_every_ten_seconds_for_an_hour() {
    let (mut script, _) = watched_script();
    let due = |script: &Script, us| script.walk().watch(MEANS, Offset(us));
    let first = due(&script, 10_000).logins;
    let [step] = first.as_slice() else { panic!("{first:#?}") };
    assert_eq!(
        (step.host.as_str(), step.reach, step.purpose),
        ("imp1.example.test", Reach::Mechanisms, Purpose::Watch)
    );
    let began = script.entries.len() as u64 * 1000 + 1000;
    watch_login(&mut script, How::Ok);
    let early = due(&script, began + 9_999_999);
    assert_eq!((early.logins.len(), early.next), (0, Some(Offset(began + 10_000_000))));
    assert_eq!(due(&script, began + 10_000_000).logins.len(), 1);
    assert_eq!(due(&script, began + 3_700_000_000), Watching::default(), "an hour is over");
    let open = LoginAsk { purpose: Purpose::Watch, ..LoginAsk::of_alice("imp1.example.test") };
    script.begin(Ask::Login(open));
    assert_eq!(due(&script, began + 100_000_000), Watching::default(), "it is under way");
}

#[test]
fn of_two_services_of_a_node_the_watch_of_one_does_not_end_with_that_of_the_other() {
    let (mut script, ask) = watched_script();
    let router = |up| services("Started", up).replace(CM, ROUTER);
    script.exchange(ask.clone(), 200, &router(86_400));
    script.user(UserAct::Watch { host: "imp1.example.test".into(), service: ROUTER.into() });
    script.exchange(ask, 200, &router(3));
    watch_login(&mut script, How::Ok);
    assert_eq!(came(&script), (true, true), "the newest is over in ten minutes");
    let due = |minutes: u64| script.walk().watch(MEANS, Offset(minutes * MINUTE_US)).logins.len();
    assert_eq!([due(5), due(15), due(70)], [1, 1, 0], "one login serves both, and an hour is the most");
}

#[test]
fn a_service_began_anew_once_its_uptime_is_shorter_and_is_back_once_a_later_login_is_offered_mechanisms() {
    let (mut script, ask) = watched_script();
    watch_login(&mut script, How::Ok);
    script.exchange(ask.clone(), 200, &services("Started", 86_410));
    assert_eq!(came(&script), (false, false), "it runs on");
    script.exchange(ask.clone(), 200, &services("Stopping", -1));
    watch_login(&mut script, How::Lost);
    assert_eq!(came(&script), (true, false));
    script.exchange(ask.clone(), 200, &services("Started", 3));
    assert_eq!(came(&script), (true, false), "Started is not all");
    watch_login(&mut script, How::Ok);
    assert_eq!(came(&script), (true, true));

    let (mut script, ask) = watched_script();
    script.exchange(ask, 200, &services("Started", 3));
    assert_eq!(came(&script), (true, false), "it was too quick to be seen down");
}

#[test]
fn without_control_center_what_comes_of_the_logins_tells() {
    let mut goal = goal(Clients::Psi);
    goal.nodes = vec![given("imp1.example.test", 5222)];
    let mut script = Script::new(goal);
    script.user(watch("imp1.example.test"));
    watch_login(&mut script, How::Ok);
    assert_eq!(came(&script), (false, false));
    watch_login(&mut script, How::Lost);
    assert_eq!(came(&script), (true, false));
    watch_login(&mut script, How::Ok);
    assert_eq!(came(&script), (true, true));
    let walk = script.walk();
    let logins = (walk.logins().len(), walk.controls().len(), walk.attempts());
    assert_eq!(logins, (0, 0, 0), "they are nobody's logins");
    let seen = walk.watched(walk.watches().last().unwrap());
    let back = seen.is_back().unwrap().1;
    assert!(
        seen.is_open(back.after(Duration::from_secs(599))) && !seen.is_open(back.after(Duration::from_secs(600)))
    );
}
