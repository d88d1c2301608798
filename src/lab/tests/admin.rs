//! The administrator's side as a scenario has it: AXL, Control Center, PerfMon, and a service that is restarted.

use std::io::ErrorKind;

use tokio::time::timeout;

use super::client::{CUCM1, Client, IMP1, IMP2, PATIENCE, SUCCESS, auth, lab, lab_of};
use super::path::secured;
use crate::lab::{Lab, scenarios};

const MANAGER: &str = "Cisco XCP Connection Manager";
const AUTH_SERVICE: &str = "Cisco XCP Authentication Service";
const CONTROL_CENTER: &str = "POST /controlcenterservice2/services/ControlCenterServices HTTP/1.1";
const PERFMON: &str = "POST /perfmonservice2/services/PerfmonService HTTP/1.1";

fn envelope(version: &str, inside: &str) -> String {
    format!(
        "<soapenv:Envelope xmlns:soapenv=\"http://schemas.xmlsoap.org/soap/envelope/\" \
         xmlns:ns=\"http://www.cisco.com/AXL/API/{version}\" xmlns:soap=\"http://schemas.cisco.com/ast/soap\">\
         <soapenv:Header/><soapenv:Body>{inside}</soapenv:Body></soapenv:Envelope>"
    )
}

/// Asked with the lab's printed administrator.
async fn ask(lab: &Lab, host: &str, head: &str, body: &str) -> String {
    let (user, password) = &lab.administrator;
    let credential = data_encoding::BASE64.encode(format!("{user}:{password}").as_bytes());
    secured(lab, host, 8443).await.ask(&format!("{head}\r\nAuthorization: Basic {credential}"), body).await
}

async fn axl(lab: &Lab, version: &str, inside: &str) -> String {
    let head = format!("POST /axl/ HTTP/1.1\r\nSOAPAction: \"CUCM:DB ver={version} x\"");
    ask(lab, CUCM1, &head, &envelope(version, inside)).await
}

/// What Control Center of `host` says about a service.
async fn service(lab: &Lab, host: &str, name: &str) -> String {
    let inside = format!(
        "<soap:soapGetServiceStatus><soap:ServiceStatus>{name}</soap:ServiceStatus></soap:soapGetServiceStatus>"
    );
    ask(lab, host, CONTROL_CENTER, &envelope("14.0", &inside)).await
}

async fn restart(lab: &Lab, host: &str, name: &str) -> String {
    let inside = format!(
        "<soap:soapDoControlServices><soap:ControlServiceRequest><soap:NodeName>{host}</soap:NodeName>\
         <soap:ControlType>Restart</soap:ControlType><soap:ServiceList><soap:item>{name}</soap:item></soap:ServiceList>\
         </soap:ControlServiceRequest></soap:soapDoControlServices>"
    );
    ask(lab, host, CONTROL_CENTER, &envelope("14.0", &inside)).await
}

async fn counters(lab: &Lab, host: &str) -> String {
    let inside = format!(
        "<soap:perfmonCollectCounterData><soap:Host>{host}</soap:Host><soap:Object>Cisco XCP CM</soap:Object>\
         </soap:perfmonCollectCounterData>"
    );
    ask(lab, host, PERFMON, &envelope("14.0", &inside)).await
}

async fn sockets(lab: &Lab, host: &str) -> u64 {
    let answer = counters(lab, host).await;
    number(&answer, "CmConnectedSockets</ns1:Name><ns1:Value>")
}

fn number(answer: &str, before: &str) -> u64 {
    let behind = answer.split_once(before).unwrap_or_else(|| panic!("no {before} in {answer}")).1;
    behind.split_once('<').expect("its end").0.parse().expect("a number")
}

/// The ledger's next line about a service.
async fn told(lab: &mut Lab) -> String {
    loop {
        let line = timeout(PATIENCE, lab.received.recv()).await.expect("a line in time").expect("a line");
        if line.starts_with("service ") {
            return line;
        }
    }
}

#[tokio::test]
async fn every_scenario_has_an_administrator_whose_password_is_nobody_elses() {
    for scenario in scenarios() {
        let lab = lab(&scenario.name).await;
        assert_eq!(lab.administrator.0, "administrator");
        let others = [&lab.second_user, &lab.local_user].map(|user| user.as_ref().map(|(_, password)| password));
        assert!(lab.administrator.1 != lab.password && !others.contains(&Some(&lab.administrator.1)));
        assert!(lab.ha_status.contains("Subcluster Name: DefaultCluster\n"), "{}", scenario.name);
    }
}

#[tokio::test]
async fn axl_can_refuse_the_administrator_or_not_be_there() {
    for (name, status) in [("axl-401", "401"), ("axl-403", "403"), ("axl-off", "404"), ("axl-version", "599")] {
        let lab = lab(name).await;
        let answer = axl(&lab, "14.0", "<ns:getCCMVersion/>").await;
        assert!(answer.starts_with(&format!("HTTP/1.1 {status} ")), "{name}: {answer}");
        let well = service(&lab, CUCM1, "Cisco Tomcat").await;
        assert!(well.contains("<ns1:ServiceStatus>Started<"), "{name}: {well}");
    }
    let off = lab("axl-off").await;
    let answer = service(&off, CUCM1, "Cisco AXL Web Service").await;
    assert!(answer.contains("<ns1:ReasonCode>-1068</ns1:ReasonCode>"), "{answer}");
    let old = lab("axl-version").await;
    assert!(axl(&old, "14.0", "").await.contains("Supported axl versions are 12.x<"));
    assert!(axl(&old, "12.5", "<ns:getCCMVersion/>").await.contains("<version>12.5.1.11900-146</version>"));
}

#[tokio::test]
async fn a_locked_user_is_a_local_one_that_nobody_lets_in() {
    let lab = lab("user-locked").await;
    let alice = axl(&lab, "14.0", "<ns:getUser><userid>alice</userid></ns:getUser>").await;
    for part in ["<ldapDirectoryName/>", "<pwdCredLockedByAdministrator>true<", "<imAndPresenceEnable>true<"] {
        assert!(alice.contains(part), "{part} {alice}");
    }
    for host in [IMP1, IMP2] {
        let (mut client, _) = Client::offered(&lab, host).await;
        client.say(&auth(&lab)).await;
        client.hear("<not-authorized/>").await;
    }
}

#[tokio::test]
async fn a_uc_service_has_the_address_that_clients_are_given() {
    let lab = lab("uc-service-unresolvable").await;
    let service = axl(&lab, "14.0", "<ns:getUcService><name>IM-Presence-1</name></ns:getUcService>").await;
    assert!(service.contains("<hostnameorip>cup1.example.test</hostnameorip>"), "{service}");
    let file = Client::at(&lab, CUCM1, 6970).await.expect("a connection");
    let file = file.ask("GET /SPDefault.cnf.xml HTTP/1.1", "").await;
    assert!(file.contains("<Primary><Address>cup1.example.test</Address>"), "{file}");
}

#[tokio::test]
async fn a_stuck_service_is_started_and_an_absent_one_is_stopped() {
    for (scenario, name, word, code) in [
        ("xcp-cm-stuck", MANAGER, "Started", "-1"),
        ("overload", MANAGER, "Started", "-1"),
        ("auth-service-stuck", AUTH_SERVICE, "Started", "-1"),
        ("imp-service-stopped", MANAGER, "Stopped", "-1069"),
        ("service-not-activated", AUTH_SERVICE, "Stopped", "-1068"),
        ("ha-failed-over", "Cisco XCP Router", "Stopped", "-1069"),
    ] {
        let lab = lab(scenario).await;
        let state =
            format!("<ns1:ServiceStatus>{word}</ns1:ServiceStatus><ns1:ReasonCode>{code}</ns1:ReasonCode>");
        let answer = service(&lab, IMP1, name).await;
        assert!(answer.contains(&state), "{scenario}: {answer}");
        let answer = service(&lab, IMP2, name).await;
        assert!(answer.contains("<ns1:ServiceStatus>Started<"), "{scenario}: {answer}");
    }
}

#[tokio::test]
async fn what_a_client_meets_follows_from_the_absent_service() {
    for scenario in ["imp-service-stopped", "ha-failed-over"] {
        let lab = lab(scenario).await;
        let error = Client::try_connect(&lab, IMP1).await.err().expect("refused");
        assert_eq!(error.kind(), ErrorKind::ConnectionRefused, "{scenario}");
        assert_eq!(sockets(&lab, IMP1).await, 0, "{scenario}");
        Client::accepted(&lab, IMP2).await;
        assert_eq!(lab.ha_status.contains("Failed Over"), scenario == "ha-failed-over", "{}", lab.ha_status);
    }
    let lab = lab("service-not-activated").await;
    let (mut client, _) = Client::offered(&lab, IMP1).await;
    client.say(&auth(&lab)).await;
    client.hear_nothing().await;
}

#[tokio::test]
async fn a_service_of_tomcat_that_does_not_run_is_no_page() {
    for (component, host, head) in [
        ("user-data-services", CUCM1, "GET /cucm-uds/version HTTP/1.1"),
        ("client-profile-agent", IMP1, super::path::POST),
        ("axl-web-service", CUCM1, "POST /axl/ HTTP/1.1"),
    ] {
        for (fault, status) in [("stopped", "503"), ("not-activated", "404")] {
            let lab = lab_of(&format!("[[fault]]\ncomponent='{component}'\nhost='{host}'\nfault='{fault}'"));
            let answer = secured(&lab, host, 8443).await.ask(head, "").await;
            assert!(answer.starts_with(&format!("HTTP/1.1 {status} ")), "{component}: {answer}");
        }
    }
}

#[tokio::test]
async fn the_sockets_are_flat_where_logins_are_silent_and_every_connection_counts() {
    for name in ["silent-auth", "overload", "xcp-cm-stuck", "perfmon-rate"] {
        let load = crate::lab::scenario::script(name).expect("a scenario").loads;
        let load = format!("{:?}", load.iter().find(|load| load.host == IMP1).expect("a load of its own"));
        assert!(load.contains("rising: 0.0"), "{name}: {load}");
    }
    let lab = lab("xcp-cm-stuck").await;
    let before = sockets(&lab, IMP1).await;
    let (client, _) = Client::offered(&lab, IMP1).await;
    assert_eq!(sockets(&lab, IMP1).await, before + 1);
    drop(client);
}

#[tokio::test]
async fn perfmon_can_have_enough() {
    let lab = lab("perfmon-rate").await;
    for status in ["200", "200", "500"] {
        let answer = counters(&lab, IMP1).await;
        assert!(answer.starts_with(&format!("HTTP/1.1 {status} ")), "{answer}");
        assert_eq!(answer.contains("Exceeded allowed rate for Perfmon information"), status == "500");
    }
    assert!(counters(&lab, IMP2).await.starts_with("HTTP/1.1 200 "), "each host counts for itself");
}

#[tokio::test]
async fn a_restart_comes_by_itself_behind_the_first_silent_login() {
    let script = "[[fault]]\ncomponent='connection-manager'\nhost='imp1.example.test'\nfault='stuck'\n\
        [restart]\nhost='imp1.example.test'\ncomponent='connection-manager'\nafter_seconds=0.3\ndown_seconds=0.5";
    let mut lab = lab_of(script);
    let before = service(&lab, IMP1, MANAGER).await;
    assert!(number(&before, "<ns1:UpTime>") > 3_000_000, "{before}");
    let (mut ill, _) = Client::offered(&lab, IMP1).await;
    ill.say(&auth(&lab)).await;
    assert_eq!(told(&mut lab).await, format!("service {IMP1} stopped {MANAGER}"));
    let (said, _) = ill.hear_end().await;
    assert_eq!(said, "", "it is dropped without a word");
    assert_eq!(told(&mut lab).await, format!("service {IMP1} started {MANAGER}"));
    Client::accepted(&lab, IMP1).await;
    let after = service(&lab, IMP1, MANAGER).await;
    assert!(number(&after, "<ns1:UpTime>") < 60, "{after}");
    assert!(sockets(&lab, IMP1).await < 1840, "the clients come back one by one");
}

#[tokio::test]
async fn while_it_is_restarted_the_port_refuses_and_control_center_says_stopped() {
    let script = "[restart]\nhost='imp1.example.test'\ncomponent='connection-manager'\nafter_seconds=0.0\n\
        down_seconds=3600.0";
    let mut lab = lab_of(script);
    let mut served = Client::accepted(&lab, IMP1).await;
    let answer = restart(&lab, IMP1, MANAGER).await;
    assert!(answer.contains("<ns1:soapDoControlServicesReturn><ns1:ReturnCode>0<"), "{answer}");
    assert_eq!(told(&mut lab).await, format!("service {IMP1} stopped {MANAGER}"));
    let (said, _) = served.hear_end().await;
    assert_eq!(said, "");
    let error = Client::try_connect(&lab, IMP1).await.err().expect("refused");
    assert_eq!(error.kind(), ErrorKind::ConnectionRefused);
    assert!(service(&lab, IMP1, MANAGER).await.contains("<ns1:ReasonCode>-1069<"));
    assert_eq!(sockets(&lab, IMP1).await, 0);
    Client::accepted(&lab, IMP2).await;
}

#[tokio::test]
async fn a_restart_mends_the_service_that_is_restarted_and_no_other() {
    let script = "[[fault]]\ncomponent='auth-service'\nhost='imp1.example.test'\nfault='not-activated'";
    let lab = lab_of(&format!(
        "{script}\n[restart]\nhost='imp1.example.test'\ncomponent='auth-service'\nafter_seconds=60.0\ndown_seconds=0.0"
    ));
    let mut ill = Client::offered(&lab, IMP1).await.0;
    ill.say(&auth(&lab)).await;
    ill.hear_nothing().await;
    restart(&lab, IMP1, "Cisco Client Profile Agent").await;
    restart(&lab, IMP2, AUTH_SERVICE).await;
    assert!(service(&lab, IMP1, AUTH_SERVICE).await.contains("<ns1:ReasonCode>-1068<"));
    restart(&lab, IMP1, AUTH_SERVICE).await;
    assert!(service(&lab, IMP1, AUTH_SERVICE).await.contains("<ns1:ServiceStatus>Started<"));
    let mut well = Client::offered(&lab, IMP1).await.0;
    well.say(&auth(&lab)).await;
    well.hear(SUCCESS).await;
}

#[test]
fn the_restart_of_the_scenario_leaves_time_to_begin_a_watch_and_is_soon_enough_to_be_seen() {
    let script = crate::lab::scenario::script("xcp-cm-restart").expect("a scenario");
    let plan = format!("{:?}", script.restart.expect("a restart"));
    // From the silence on, a person opens the findings and the change text first.
    assert!(plan.contains("after_seconds: 30.0") && plan.contains("down_seconds: 4.0"), "{plan}");
}
