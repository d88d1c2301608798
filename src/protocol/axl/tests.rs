//! Requests of protocol.md 4 to the letter, answers composed from its schema, and hostile ones.

use proptest::prelude::*;

use super::super::fixtures::any_body;
use super::soap::Fault;
use super::*;

fn answer(operation: &str, inside: &str) -> Vec<u8> {
    format!(
        "<?xml version='1.0' encoding='utf-8'?><soapenv:Envelope xmlns:soapenv='http://schemas.xmlsoap.org/soap/envelope/'>\
         <soapenv:Body><ns:{operation}Response xmlns:ns='http://www.cisco.com/AXL/API/14.0'><return>{inside}</return>\
         </ns:{operation}Response></soapenv:Body></soapenv:Envelope>"
    )
    .into_bytes()
}

#[test]
fn a_question_names_its_version_twice_and_escapes_what_was_typed() {
    let question = Question::User("a<b>&'c".to_owned());
    assert_eq!(question.action("12.5"), "\"CUCM:DB ver=12.5 getUser\"");
    let request = question.request("12.5");
    assert!(request.contains("xmlns:ns=\"http://www.cisco.com/AXL/API/12.5\""), "{request}");
    assert!(request.contains("<ns:getUser><userid>a&lt;b&gt;&amp;&apos;c</userid><returnedTags>"), "{request}");
    for question in [Question::ImpNodes, Question::RedundancyGroups, Question::Version] {
        let request = question.request(FIRST_VERSION);
        assert!(Document::read(request.as_bytes()).is_ok(), "{request}");
    }
}

#[test]
fn the_page_of_a_wrong_version_names_those_that_are_right() {
    let page = b"<html><body><h1>HTTP Status 599 - Incorrect axl version. \
        Supported axl versions are 12.x, 14.0 and 15.0</h1></body></html>";
    let supported = supported_versions(page);
    assert_eq!(supported, ["12.x", "14.0", "15.0"]);
    assert_eq!(newest_version(&supported).as_deref(), Some("15.0"));
    assert_eq!(newest_version(&supported[..1]).as_deref(), Some("12.5"));
    assert_eq!(supported_versions(b"<html>599</html>"), [""; 0]);
    assert_eq!(newest_version(&[]), None);
}

#[test]
fn an_end_user_is_read() {
    let body = answer(
        "getUser",
        "<user uuid='{1}'><userid>alice</userid><mailid>alice@example.com</mailid><status>1</status>\
         <homeCluster>true</homeCluster><imAndPresenceEnable>false</imAndPresenceEnable>\
         <serviceProfile uuid='{2}'>SP-Users</serviceProfile><ldapDirectoryName uuid=''/>\
         <associatedGroups><userGroup><name>Standard CCM End Users</name></userGroup></associatedGroups>\
         <passwordCredentials><pwdCredLockedByAdministrator>true</pwdCredLockedByAdministrator></passwordCredentials>\
         </user>",
    );
    let alice = EndUser {
        userid: Some("alice".into()),
        mail: Some("alice@example.com".into()),
        status: Some("1".into()),
        home_cluster: Some(true),
        imp_enabled: Some(false),
        service_profile: Some("SP-Users".into()),
        groups: vec!["Standard CCM End Users".into()],
        locked: Some(true),
        ..EndUser::default()
    };
    assert_eq!(user(&body), Ok(alice));
}

#[test]
fn a_service_profile_names_its_uc_services_in_their_order() {
    let body = answer(
        "getServiceProfile",
        "<serviceProfile uuid='{1}'><name>SP-Users</name><isDefault>false</isDefault><serviceProfileInfos>\
         <serviceProfileInfo><profileName>CTI Profile</profileName><primary>cti1</primary></serviceProfileInfo>\
         <serviceProfileInfo><profileName>IM and Presence Profile</profileName><primary uuid='{2}'>imp1</primary>\
         <secondary/><tertiary>imp3</tertiary></serviceProfileInfo></serviceProfileInfos></serviceProfile>",
    );
    let read = service_profile(&body).unwrap();
    assert_eq!((read.name.as_deref(), read.is_default, read.has_imp), (Some("SP-Users"), Some(false), true));
    assert_eq!(read.imp, ["imp1", "imp3"]);
    assert_eq!(read.parts, ["CTI Profile", "IM and Presence Profile"]);
    let none = answer("getServiceProfile", "<serviceProfile><name>x</name></serviceProfile>");
    assert!(!service_profile(&none).unwrap().has_imp);
}

#[test]
fn lists_are_read_and_empty_ones_are_empty() {
    let body = answer(
        "listProcessNode",
        "<processNode uuid='{1}'><name>imp1.example.com</name><nodeUsage>Publisher</nodeUsage>\
         <processNodeRole>CUCM IM and Presence</processNodeRole></processNode><processNode><name/></processNode>",
    );
    assert_eq!(
        process_nodes(&body).unwrap().iter().map(|node| node.name.as_str()).collect::<Vec<_>>(),
        ["imp1.example.com"]
    );
    // AXLSoap.xsd has the plural.
    for name in ["assignedPresenceUsers", "assignedPresenceUser"] {
        let body = answer(
            "listAssignedPresenceUsers",
            &format!(
                "<{name}><userid>alice</userid><server>imp1</server>\
                 <presenceRedundancyGroup>DefaultCluster</presenceRedundancyGroup></{name}>"
            ),
        );
        let assigned = assignments(&body).unwrap();
        assert_eq!(
            (assigned[0].server.as_deref(), assigned[0].group.as_deref()),
            (Some("imp1"), Some("DefaultCluster"))
        );
    }
    let body = answer(
        "listPresenceRedundancyGroup",
        "<presenceRedundancyGroup><name>DefaultCluster</name><server1>imp1</server1><server2>imp2</server2>\
         <haEnabled>true</haEnabled><numUsers>4812</numUsers></presenceRedundancyGroup>",
    );
    let groups = redundancy_groups(&body).unwrap();
    assert_eq!(
        (groups[0].servers.as_slice(), groups[0].ha),
        (&["imp1".to_owned(), "imp2".to_owned()][..], Some(true))
    );
    assert_eq!(assignments(&answer("listAssignedPresenceUsers", "")), Ok(Vec::new()));
}

#[test]
fn a_uc_service_and_the_version_are_read() {
    let service = "<ucService><serviceType>IM and Presence</serviceType><productType>Unified CM (IM and Presence)</productType>\
                   <name>imp1</name><hostnameorip>imp1.example.com</hostnameorip></ucService>";
    let read = uc_service(&answer("getUcService", service)).unwrap();
    assert_eq!(read.address.as_deref(), Some("imp1.example.com"));
    let version =
        answer("getCCMVersion", "<componentVersion><version>14.0.1.12900-161</version></componentVersion>");
    assert_eq!(ccm_version(&version).as_deref(), Ok("14.0.1.12900-161"));
}

#[test]
fn a_fault_is_told_with_its_number() {
    let body = b"<soapenv:Envelope xmlns:soapenv='http://schemas.xmlsoap.org/soap/envelope/'><soapenv:Body><soapenv:Fault>\
        <faultcode>soapenv:Server</faultcode><faultstring>Item not valid: The specified User was not found</faultstring>\
        <detail><axlError><axlcode>5007</axlcode><axlmessage>x</axlmessage><request>getUser</request></axlError></detail>\
        </soapenv:Fault></soapenv:Body></soapenv:Envelope>";
    let words = "Item not valid: The specified User was not found".to_owned();
    assert_eq!(user(body), Err(Refusal::Fault(Fault { code: Some("5007".into()), words })));
    assert_eq!(user(b"<clusterUser/>"), Err(Refusal::Misread(Misread::Other("clusterUser".into()))));
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(300) })]

    #[test]
    fn whatever_comes_is_read_or_said_not_to_be(body in any_body(), operation in "getUser|listProcessNode|getCCMVersion") {
        let inside = String::from_utf8_lossy(&body).into_owned();
        for body in [body, answer(&operation, &inside)] {
            let _ = (user(&body), service_profile(&body), uc_service(&body), process_nodes(&body));
            let _ = (assignments(&body), redundancy_groups(&body), ccm_version(&body), supported_versions(&body));
        }
    }
}
