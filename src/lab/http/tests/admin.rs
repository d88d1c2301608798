//! AXL, Control Center and PerfMon: who is let in, the shape of each answer, and that they tell what clients are told.

use std::time::Duration;

use super::client::{Plant, Reply, To, healthy, with};
use super::uds::basic;
use crate::lab::http::HttpFaults;

pub(super) const ADMINISTRATOR: (&str, &str) = ("administrator", "brass-compass-9157");
const ALICE: (&str, &str) = ("alice", "quiet-harbour-42");

/// The three, each with where and how it is asked and a request of protocol.md 4 and 7.
pub(super) const SERVICES: [(&str, &str, To, &str, &str); 4] = [
    ("axl", "cucm1", To::Uds, AXL, "<ns:getCCMVersion/>"),
    ("control-center", "imp1", To::Epas, CONTROL_CENTER, ALL_SERVICES),
    ("control-center", "cucm1", To::Uds, CONTROL_CENTER, ALL_SERVICES),
    ("perfmon", "imp1", To::Epas, PERFMON, COUNTER_NAMES),
];

const AXL: &str = "POST /axl/ HTTP/1.1\r\nContent-Type: text/xml; charset=utf-8\r\n\
    SOAPAction: \"CUCM:DB ver=14.0 getCCMVersion\"";
const CONTROL_CENTER: &str =
    "POST /controlcenterservice2/services/ControlCenterServices HTTP/1.1\r\nSOAPAction: soapGetServiceStatus";
const PERFMON: &str =
    "POST /perfmonservice2/services/PerfmonService HTTP/1.1\r\nSOAPAction: perfmonCollectCounterData";
const ALL_SERVICES: &str = "<soap:soapGetServiceStatus><soap:ServiceStatus/></soap:soapGetServiceStatus>";
const COUNTER_NAMES: &str =
    "<soap:perfmonListCounter><soap:Host>imp1.example.test</soap:Host></soap:perfmonListCounter>";

pub(super) fn envelope(inside: &str) -> String {
    format!(
        "<soapenv:Envelope xmlns:soapenv=\"http://schemas.xmlsoap.org/soap/envelope/\" \
         xmlns:ns=\"http://www.cisco.com/AXL/API/14.0\" xmlns:soap=\"http://schemas.cisco.com/ast/soap\">\
         <soapenv:Header/><soapenv:Body>{inside}</soapenv:Body></soapenv:Envelope>"
    )
}

async fn ask(plant: &Plant, to: To, head: &str, inside: &str, (user, password): (&str, &str)) -> Reply {
    plant.ask(to, &format!("{head}{}", basic(user, password)), &envelope(inside)).await
}

async fn axl(plant: &Plant, inside: &str) -> Reply {
    ask(plant, To::Uds, AXL, inside, ADMINISTRATOR).await
}

/// The inside of `return`.
async fn told(plant: &Plant, inside: &str) -> String {
    let reply = axl(plant, inside).await;
    assert_eq!(reply.status(), "200", "{}", reply.body);
    reply.inner("return")
}

async fn services(plant: &Plant, to: To, names: &str) -> String {
    let inside = format!("<soap:soapGetServiceStatus>{names}</soap:soapGetServiceStatus>");
    let reply = ask(plant, to, CONTROL_CENTER, &inside, ADMINISTRATOR).await;
    assert_eq!(reply.status(), "200", "{}", reply.body);
    reply.inner("ns1:ServiceInfoList")
}

async fn perfmon(plant: &Plant, inside: &str) -> Reply {
    ask(plant, To::Epas, PERFMON, inside, ADMINISTRATOR).await
}

fn collect(host: &str, object: &str) -> String {
    format!(
        "<soap:perfmonCollectCounterData><soap:Host>{host}</soap:Host><soap:Object>{object}</soap:Object>\
         </soap:perfmonCollectCounterData>"
    )
}

#[tokio::test]
async fn only_the_administrator_is_let_in_and_every_password_is_told_of() {
    let mut plant = healthy().await;
    for (service, host, to, head, inside) in SERVICES {
        for (who, status, verdict) in [
            (ADMINISTRATOR, "200", "accepted"),
            ((ADMINISTRATOR.0, ALICE.1), "401", "refused"),
            (ALICE, "403", "accepted"),
            (("alice", ADMINISTRATOR.1), "401", "refused"),
        ] {
            let reply = ask(&plant, to, head, inside, who).await;
            assert_eq!(reply.status(), status, "{service} {who:?}: {}", reply.body);
            let line = format!("credential {host}.example.test {service} {} {verdict}", who.0);
            assert_eq!(plant.line().await, line);
            if status == "401" {
                assert_eq!(reply.header("WWW-Authenticate"), Some("Basic realm=\"Cisco VTG Realm\""));
                assert!(reply.body.contains("<h1>HTTP Status 401 - Unauthorized</h1>"), "{}", reply.body);
            }
            let html = status != "200";
            assert_eq!(reply.header("Content-Type").is_some_and(|kind| kind.contains("text/html")), html);
        }
        assert_eq!(plant.ask(to, head, &envelope(inside)).await.status(), "401", "{service} without a credential");
    }
    assert_eq!(plant.rest().await, [""; 0], "none came without one");
}

#[tokio::test]
async fn the_administrators_password_is_no_users() {
    let mut plant = healthy().await;
    let get = format!("GET /cucm-uds/user/administrator HTTP/1.1{}", basic(ADMINISTRATOR.0, ADMINISTRATOR.1));
    assert_eq!(plant.ask(To::Uds, &get, "").await.status(), "401");
    let reply = super::epas::login(&plant, ADMINISTRATOR.0, ADMINISTRATOR.1).await;
    assert!(reply.body.contains("<epas:failure>"), "{}", reply.body);
    for line in ["cucm1.example.test uds", "imp1.example.test epas"] {
        assert_eq!(plant.line().await, format!("credential {line} administrator refused"));
    }
}

#[tokio::test]
async fn axl_stands_on_a_cucm_alone_and_takes_requests_of_soap() {
    let plant = healthy().await;
    let body = envelope("<ns:getCCMVersion/>");
    let head = format!("{AXL}{}", basic(ADMINISTRATOR.0, ADMINISTRATOR.1));
    assert_eq!(plant.ask(To::Epas, &head, &body).await.status(), "404");
    let get = head.replacen("POST", "GET", 1);
    assert_eq!(plant.ask(To::Uds, &get, "").await.status(), "405");
    for inside in ["", "<ns:getNothing/>"] {
        let reply = axl(&plant, inside).await;
        assert_eq!(reply.status(), "500");
        assert!(reply.body.contains("<faultstring>The request is not understood</faultstring>"), "{}", reply.body);
    }
    assert_eq!(plant.ask(To::Uds, &head, "no envelope").await.status(), "500");
}

#[tokio::test]
async fn the_version_of_the_schema_must_be_one_of_cucms_and_the_same_in_both_places() {
    let page = |versions: &str| {
        format!(
            "<h1>HTTP Status 599 - Incorrect axl version. Supported axl versions are {versions}</h1></body></html>\n"
        )
    };
    let body = |version: &str| envelope("<ns:getCCMVersion/>").replace("API/14.0", &format!("API/{version}"));
    let head = |version: &str| {
        let action = format!("ver={version} ");
        format!("{}{}", AXL.replace("ver=14.0 ", &action), basic(ADMINISTRATOR.0, ADMINISTRATOR.1))
    };
    let plant = healthy().await;
    for version in ["12.0", "12.5", "14.0", "15.0"] {
        let reply = plant.ask(To::Uds, &head(version), &body(version)).await;
        assert_eq!(reply.status(), "200", "{version}");
        let begin =
            format!("<ns:getCCMVersionResponse xmlns:ns=\"http://www.cisco.com/AXL/API/{version}\"><return>");
        assert!(reply.body.contains(&begin), "{}", reply.body);
    }
    for (action, schema) in [("11.5", "11.5"), ("14.0", "12.5"), ("", "")] {
        let reply = plant.ask(To::Uds, &head(action), &body(schema)).await;
        assert_eq!(reply.status(), "599", "{action} {schema}");
        assert!(reply.body.ends_with(&page("12.x, 14.0 and 15.0")), "{}", reply.body);
    }
    let old = with("stage='axl'\nfault='versions'\nsupported=['12.x']").await;
    let reply = old.ask(To::Uds, &head("14.0"), &body("14.0")).await;
    assert!(reply.status() == "599" && reply.body.ends_with(&page("12.x")), "{}", reply.body);
    assert_eq!(old.ask(To::Uds, &head("12.5"), &body("12.5")).await.status(), "200");
    let wrong = old.ask(To::Uds, &format!("{AXL}{}", basic("alice", "x")), &body("14.0")).await;
    assert_eq!(wrong.status(), "401", "the credential is looked at first");
}

#[tokio::test]
async fn an_answer_of_axl_is_what_the_schema_has() {
    let plant = healthy().await;
    let reply = axl(&plant, "<ns:getCCMVersion/>").await;
    assert_eq!(
        reply.body,
        "<?xml version='1.0' encoding='UTF-8'?><soapenv:Envelope \
         xmlns:soapenv=\"http://schemas.xmlsoap.org/soap/envelope/\"><soapenv:Body><ns:getCCMVersionResponse \
         xmlns:ns=\"http://www.cisco.com/AXL/API/14.0\"><return><componentVersion><version>12.5.1.11900-146</version>\
         </componentVersion></return></ns:getCCMVersionResponse></soapenv:Body></soapenv:Envelope>"
    );
    assert_eq!(reply.header("Content-Type"), Some("text/xml;charset=UTF-8"));
    let node = told(
        &plant,
        "<ns:listProcessNode><searchCriteria><processNodeRole>CUCM IM and Presence</processNodeRole></searchCriteria>\
         <returnedTags><name/></returnedTags></ns:listProcessNode>",
    )
    .await;
    assert_eq!(node.matches("<processNode uuid=\"{").count(), 2);
    assert!(
        node.contains(
            "}\"><name>imp1.example.test</name><description/><mac/><ipv6Name/><nodeUsage>Publisher</nodeUsage>\
             <lbmHubGroup/><processNodeRole>CUCM IM and Presence</processNodeRole></processNode>"
        ),
        "{node}"
    );
    let all =
        told(&plant, "<ns:listProcessNode><searchCriteria><name>%</name></searchCriteria></ns:listProcessNode>");
    let all = all.await;
    assert_eq!(all.matches("<processNode uuid=").count(), 5);
    assert!(all.contains("<name>EnterpriseWideData</name>") && all.contains("<nodeUsage>Subscriber</nodeUsage>"));
}

const GET_ALICE: &str = "<ns:getUser><userid>alice</userid><returnedTags><userid/></returnedTags></ns:getUser>";

#[tokio::test]
async fn an_end_user_is_told_as_uds_tells_it() {
    let yes = [
        "<userid>alice</userid>",
        "<status>1</status>",
        "<homeCluster>true</homeCluster>",
        "<imAndPresenceEnable>true</imAndPresenceEnable>",
        ">SP-Users</serviceProfile>",
        "<userGroup><name>Standard CCM End Users</name>",
        "<pwdCredTimeAdminLockout></pwdCredTimeAdminLockout>",
        "<pwdCredLockedByAdministrator>false</pwdCredLockedByAdministrator>",
        ">example.test</ldapDirectoryName>",
    ];
    let alice = told(&healthy().await, GET_ALICE).await;
    for part in yes {
        assert!(alice.contains(part), "{part} {alice}");
    }
    for (fault, part) in [
        ("stage='uds_cluster_user'\nfault='not-found'", "<homeCluster>false</homeCluster>"),
        ("stage='uds_user'\nfault='not-enabled'", "<imAndPresenceEnable>false</imAndPresenceEnable>"),
        ("stage='uds_user'\nfault='status'\nstatus=403", "<associatedGroups/>"),
        ("stage='uds_user'\nfault='locked'", "<pwdCredLockedByAdministrator>true</pwdCredLockedByAdministrator>"),
        ("stage='uds_user'\nfault='locked'", "<pwdCredTimeAdminLockout>March 04, 2024 16:40:21 UTC<"),
    ] {
        let ill = told(&with(fault).await, GET_ALICE).await;
        assert!(ill.contains(part) && !alice.contains(part), "{fault}: {ill}");
    }
    let wendy = told(&healthy().await, "<ns:getUser><userid>wendy</userid></ns:getUser>").await;
    assert!(wendy.contains("<ldapDirectoryName/>"), "{wendy}");
}

#[tokio::test]
async fn uds_and_axl_agree_on_where_an_account_comes_from() {
    let plant = healthy().await;
    for (user, password, account) in [
        ("alice", "quiet-harbour-42", "<accountType useLdapAuth=\"true\">ldap</accountType>"),
        ("wendy", "tall-meadow-63", "<accountType useLdapAuth=\"false\">local</accountType>"),
    ] {
        let get = format!("GET /cucm-uds/user/{user} HTTP/1.1{}", basic(user, password));
        let record = plant.ask(To::Uds, &get, "").await.body;
        assert!(record.contains(account), "{record}");
    }
}

#[tokio::test]
async fn a_locked_user_is_refused_by_uds_whatever_the_password() {
    let mut plant = with("stage='uds_user'\nfault='locked'").await;
    let get = format!("GET /cucm-uds/user/alice HTTP/1.1{}", basic(ALICE.0, ALICE.1));
    let reply = plant.ask(To::Uds, &get, "").await;
    assert_eq!(reply.status(), "401");
    assert_eq!(reply.header("WWW-Authenticate"), Some("Basic realm=\"Cisco Web Services Realm\""));
    assert_eq!(plant.line().await, "credential cucm1.example.test uds alice refused");
}

#[tokio::test]
async fn the_service_profile_leads_over_uc_services_to_the_addresses_that_clients_get() {
    let profile = "<ns:getServiceProfile><name>SP-Users</name></ns:getServiceProfile>";
    let list = "<ns:listUcService><searchCriteria><serviceType>IM and Presence</serviceType></searchCriteria>\
        <returnedTags><name/></returnedTags></ns:listUcService>";
    let plant = healthy().await;
    let read = told(&plant, profile).await;
    assert!(read.contains("<isDefault>true</isDefault>") && read.contains("<profileName>IM and Presence Profile"));
    for part in [">IM-Presence-1</primary>", ">IM-Presence-2</secondary>", "<tertiary/>"] {
        assert!(read.contains(part), "{part} {read}");
    }
    let service = told(&plant, "<ns:getUcService><name>IM-Presence-2</name></ns:getUcService>").await;
    assert!(
        service.ends_with(
            "}\"><serviceType>IM and Presence</serviceType><productType>Unified CM (IM and Presence)</productType>\
             <name>IM-Presence-2</name><description/><hostnameorip>imp2.example.test</hostnameorip><port/><protocol/>\
             </ucService>"
        ),
        "{service}"
    );
    let uuid = service.split('"').nth(1).expect("a number");
    let same = told(&plant, &format!("<ns:getUcService><uuid>{uuid}</uuid></ns:getUcService>")).await;
    assert_eq!(same, service);
    assert_eq!(told(&plant, list).await.matches("<ucService uuid=").count(), 2);
    let ill = with("stage='service_profile'\nfault='addresses'\nprimary='cup1'\nbackup1=''\nbackup2=''").await;
    let services = told(&ill, list).await;
    assert!(services.contains("<hostnameorip>cup1</hostnameorip>"), "{services}");
    assert_eq!(services.matches("<ucService uuid=").count(), 1);
    let none = with("stage='service_profile'\nfault='addresses'\nprimary=''\nbackup1=''\nbackup2=''").await;
    assert!(!told(&none, profile).await.contains("IM and Presence"));
    assert_eq!(told(&none, list).await, "");
}

#[tokio::test]
async fn a_user_is_assigned_where_uds_says_and_nowhere_where_it_says_so() {
    let list = |user: &str| {
        format!(
            "<ns:listAssignedPresenceUsers><searchCriteria><userid>{user}</userid></searchCriteria>\
             <returnedTags><userid/><server/></returnedTags></ns:listAssignedPresenceUsers>"
        )
    };
    let plant = healthy().await;
    let alice = told(&plant, &list("alice")).await;
    for part in
        ["<userid>alice</userid>", ">imp1.example.test</server>", "<presenceRedundancyGroup>DefaultCluster<"]
    {
        assert!(alice.contains(part), "{part} {alice}");
    }
    // The schema has the plural (protocol.md 4, AXL14).
    assert_eq!(alice.matches("<assignedPresenceUsers uuid=").count(), 1);
    assert_eq!(told(&plant, &list("nobody")).await, "");
    assert!(told(&plant, &list("%")).await.matches("<userid>").count() >= 3);
    for fault in ["fault='unassigned'", "fault='not-enabled'"] {
        assert_eq!(told(&with(&format!("stage='uds_user'\n{fault}")).await, &list("alice")).await, "", "{fault}");
    }
    let moved = with("stage='uds_user'\nfault='assigned'\nnodes=['imp2.example.test']").await;
    assert!(told(&moved, &list("alice")).await.contains(">imp2.example.test</server>"));
    let group = told(
        &plant,
        "<ns:listPresenceRedundancyGroup><searchCriteria><name>%</name></searchCriteria>\
         </ns:listPresenceRedundancyGroup>",
    )
    .await;
    for part in [
        "<name>DefaultCluster</name>",
        ">imp1.example.test</server1>",
        ">imp2.example.test</server2>",
        "<haEnabled>true</haEnabled><numUsers>4812</numUsers>",
    ] {
        assert!(group.contains(part), "{part} {group}");
    }
}

#[tokio::test]
async fn what_there_is_not_is_a_fault_with_its_number() {
    let plant = healthy().await;
    for (operation, by, item) in [
        ("getUser", "userid", "User"),
        ("getServiceProfile", "name", "ServiceProfile"),
        ("getUcService", "name", "UcService"),
    ] {
        let reply = axl(&plant, &format!("<ns:{operation}><{by}>nobody</{by}></ns:{operation}>")).await;
        assert_eq!(reply.status(), "500");
        let words = format!("Item not valid: The specified {item} was not found");
        let fault = format!(
            "<soapenv:Body><soapenv:Fault><faultcode>soapenv:Server</faultcode><faultstring>{words}</faultstring>\
             <detail><axlError><axlcode>5007</axlcode><axlmessage>{words}</axlmessage><request>{operation}</request>\
             </axlError></detail></soapenv:Fault></soapenv:Body>"
        );
        assert!(reply.body.contains(&fault), "{}", reply.body);
    }
}

#[tokio::test]
async fn control_center_tells_of_all_services_of_the_host_or_of_those_that_are_named() {
    let plant = healthy().await;
    let of_node = services(&plant, To::Epas, "<soap:ServiceStatus/>").await;
    assert_eq!(of_node.matches("<ns1:item>").count(), 25);
    assert!(!of_node.contains("Cisco User Data Services") && of_node.contains(">Cisco XCP Router<"));
    let of_cucm = services(&plant, To::Uds, "<soap:ServiceStatus></soap:ServiceStatus>").await;
    assert!(of_cucm.contains(">Cisco User Data Services<") && !of_cucm.contains("XCP"));
    // Some clients nest the name (7.1).
    let two = "<soap:ServiceStatus>Cisco XCP Connection Manager</soap:ServiceStatus>\
        <soap:ServiceStatus><soap:ServiceName>Cisco Tomcat</soap:ServiceName></soap:ServiceStatus>";
    let two = services(&plant, To::Epas, two).await;
    assert_eq!(two.matches("<ns1:item>").count(), 2);
    let begin = "<ns1:item><ns1:ServiceName>Cisco XCP Connection Manager</ns1:ServiceName>\
        <ns1:ServiceStatus>Started</ns1:ServiceStatus><ns1:ReasonCode>-1</ns1:ReasonCode>\
        <ns1:ReasonCodeString> </ns1:ReasonCodeString><ns1:StartTime>";
    assert!(two.starts_with(begin), "{two}");
    let since = &two[begin.len()..begin.len() + "Mon Jan  1 10:00:00 2024".len()];
    assert!(
        since.ends_with(char::is_numeric) && since.as_bytes()[13] == b':' && since.as_bytes()[3] == b' ',
        "{since}"
    );
}

#[tokio::test]
async fn a_service_that_does_not_run_says_why() {
    let plant = healthy().await;
    for (name, code, reason) in [
        ("Cisco XCP Message Archiver", "-1068", "Service Not Activated"),
        ("Cisco User Data Services", "-1010", "No such service"),
        ("nothing &lt;of&gt; the kind", "-1010", "No such service"),
    ] {
        let asked = services(&plant, To::Epas, &format!("<soap:ServiceStatus>{name}</soap:ServiceStatus>")).await;
        assert_eq!(
            asked,
            format!(
                "<ns1:item><ns1:ServiceName>{name}</ns1:ServiceName><ns1:ServiceStatus>Stopped</ns1:ServiceStatus>\
                 <ns1:ReasonCode>{code}</ns1:ReasonCode><ns1:ReasonCodeString>{reason}</ns1:ReasonCodeString>\
                 <ns1:StartTime/><ns1:UpTime>-1</ns1:UpTime></ns1:item>"
            )
        );
    }
}

#[tokio::test]
async fn perfmon_lists_its_counters_and_tells_what_they_say() {
    let plant = healthy().await;
    let names = perfmon(&plant, COUNTER_NAMES).await.body;
    assert!(
        names.contains(
            "<ns1:perfmonListCounterReturn><ns1:Name>Cisco XCP CM</ns1:Name>\
             <ns1:MultiInstance>false</ns1:MultiInstance><ns1:ArrayOfCounter><ns1:item>\
             <ns1:Name>CmConnectedSockets</ns1:Name></ns1:item><ns1:item><ns1:Name>CmFailedRequests</ns1:Name>\
             </ns1:item></ns1:ArrayOfCounter></ns1:perfmonListCounterReturn>"
        ),
        "{names}"
    );
    for object in ["Cisco XCP JSM", "Cisco Presence Engine", "Cisco Client Profile Agent"] {
        assert!(names.contains(&format!("<ns1:Name>{object}</ns1:Name><ns1:MultiInstance>")), "{object}");
        let reply = perfmon(&plant, &collect("imp1", object)).await;
        let path = format!(r"<ns1:Name>\\imp1\{object}\");
        assert!(reply.status() == "200" && reply.body.contains(&path), "{}", reply.body);
    }
    let sockets = perfmon(&plant, &collect("imp1.example.test", "Cisco XCP CM")).await.body;
    let begin = r#"<ns1:perfmonCollectCounterDataResponse xmlns:ns1="http://schemas.cisco.com/ast/soap"><ns1:perfmonCollectCounterDataReturn><ns1:Name>\\imp1.example.test\Cisco XCP CM\CmConnectedSockets</ns1:Name><ns1:Value>1840</ns1:Value><ns1:CStatus>1</ns1:CStatus></ns1:perfmonCollectCounterDataReturn>"#;
    assert!(sockets.contains(begin), "{sockets}");
    for (host, object) in [("imp2.example.test", "Cisco XCP CM"), ("imp1.example.test", "Cisco Nothing")] {
        let reply = perfmon(&plant, &collect(host, object)).await;
        assert_eq!(reply.status(), "500", "{host} {object}");
        assert!(reply.body.contains("not found</faultstring>"), "{}", reply.body);
    }
}

#[tokio::test]
async fn a_refused_login_is_counted() {
    let plant = healthy().await;
    let failures = async || {
        let body = perfmon(&plant, &collect("imp1.example.test", "Cisco Client Profile Agent")).await.body;
        let behind = body.split_once("SoapLoginFailures</ns1:Name><ns1:Value>").expect("the counter").1;
        behind.split_once('<').expect("its end").0.parse::<u64>().expect("a number")
    };
    let before = failures().await;
    super::epas::login(&plant, "alice", "wrong").await;
    super::epas::login(&plant, "alice", ALICE.1).await;
    assert_eq!(failures().await, before + 1);
}

#[tokio::test]
async fn perfmon_is_not_asked_more_often_than_it_may_be() {
    let plant = Plant::rated(HttpFaults::default(), None, Some(2)).await;
    for _ in 0..2 {
        assert_eq!(perfmon(&plant, COUNTER_NAMES).await.status(), "200");
    }
    let reply = perfmon(&plant, COUNTER_NAMES).await;
    assert_eq!(reply.status(), "500");
    assert!(
        reply.body.contains(
            "<soapenv:Fault><faultcode>soapenv:Server</faultcode><faultstring>Exceeded allowed rate for Perfmon \
             information. Current allowed rate for perfmon information is 2 requests per minute.</faultstring>"
        ),
        "{}",
        reply.body
    );
    // Control Center counts for itself.
    services(&plant, To::Epas, "<soap:ServiceStatus/>").await;
}

#[tokio::test]
async fn every_service_has_the_faults_that_any_answer_can_have() {
    for (service, host, to, head, inside) in SERVICES {
        let stage = service.replace('-', "_");
        for (fault, status, begin, verdict) in [
            ("fault='status'\nstatus=401\nrealm='Cisco VTG Realm'", "401", "<!-- custom", "refused"),
            ("fault='status'\nstatus=403", "403", "<!-- custom", "accepted"),
            ("fault='status'\nstatus=503", "503", "<!-- custom", "unanswered"),
            ("fault='html'", "200", "<!DOCTYPE html>", "unanswered"),
            ("fault='empty'", "200", "", "unanswered"),
            ("fault='not-xml'", "200", "java.lang", "unanswered"),
            ("fault='late'\nseconds=0.1", "200", "<?xml version='1.0'", "accepted"),
        ] {
            let mut plant = with(&format!("stage='{stage}'\n{fault}")).await;
            let reply = ask(&plant, to, head, inside, ADMINISTRATOR).await;
            assert_eq!(reply.status(), status, "{service} {fault}");
            assert!(reply.body.starts_with(begin), "{service} {fault}: {}", reply.body);
            let line = format!("credential {host}.example.test {service} administrator {verdict}");
            assert_eq!(plant.line().await, line, "{fault}");
        }
        let plant = with(&format!("stage='{stage}'\nfault='status'\nstatus=403")).await;
        let wrong = ask(&plant, to, head, inside, (ADMINISTRATOR.0, "wrong")).await;
        assert_eq!(wrong.status(), "401", "403 only to who is known");
        let mut plant = with(&format!("stage='{stage}'\nfault='silent'")).await;
        let mut client = plant.connect(to).await;
        let body = envelope(inside);
        let more = format!("Content-Length: {}{}", body.len(), basic(ADMINISTRATOR.0, ADMINISTRATOR.1));
        client.say(&super::client::request(head, &more, &body)).await;
        client.hear_nothing().await;
        drop(client);
        let line = format!("credential {host}.example.test {service} administrator unanswered");
        assert_eq!(plant.line().await, line);
    }
}

#[tokio::test]
async fn the_delay_of_the_deployment_lies_before_these_answers_too() {
    let delay = Duration::from_millis(150);
    let plant = Plant::new(HttpFaults::default(), Some(delay)).await;
    for (_, _, to, head, inside) in SERVICES {
        let begin = tokio::time::Instant::now();
        assert_eq!(ask(&plant, to, head, inside, ADMINISTRATOR).await.status(), "200");
        assert!(begin.elapsed() >= 2 * delay, "the handshake and the answer");
    }
}
