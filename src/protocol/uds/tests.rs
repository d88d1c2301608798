//! The answers of protocol.md 2 and 9, lenient forms, and hostile ones.

use proptest::prelude::*;

use super::super::fixtures::any_body;
use super::*;

const USER: &str = r#"<user uri="https://ucm1.example.com/cucm-uds/user/alice" version="12.5.0">
  <id>5f66fe4a-cc50-41d2-137a-05978b2d45df</id><userName>alice</userName><firstName/><lastName>…</lastName><displayName/>
  <phoneNumber/><homeNumber/><mobileNumber/><mobileConnect>false</mobileConnect><remoteDestinationLimit>4</remoteDestinationLimit>
  <userLocale uri="…/cucm-uds/options/installedLocales" value="" appliesToAllDevices="true">English, United States</userLocale>
  <email>alice@example.com</email><directoryUri/><msUri/><department/><manager/><title/><pager/><selfServiceId/>
  <accountType useLdapAuth="true">ldap</accountType>
  <homeCluster enableImAndPresence="true" enableCalendarPresence="false">true</homeCluster>
  <imAndPresence><server>imp1.example.com</server></imAndPresence>
  <enableDoNotDisturb appliesToAllDevices="true">false</enableDoNotDisturb>
  <serviceProfile><uri>http://ucm1.example.com:6970/SPDefault.cnf.xml</uri></serviceProfile>
  <jabberProfile><uri>https://ucm1.example.com:6972/JAB_{serviceProfileID}.cnf.xml</uri></jabberProfile>   <!-- 12.5+ -->
  <devices uri="…/user/alice/devices"/><credentials uri="…"/><extensions uri="…"/><subscribedServices uri="…"/><speedDials uri="…"/>
</user>"#;

const CLUSTER_USER: &str = r#"<clusterUser version="10.0.0" uri="https://ucm1.example.com/cucm-uds/clusterUser?username=alice">
  <result found="true" uri="https://ucm1.example.com:8443/cucm-uds/user/alice" version="10.0.0"/>
  <homeCluster serversUri="https://ucm1.example.com:8443/cucm-uds/servers">ucm1.example.com</homeCluster>
  <homeClusterDetails><selfProvisioningSecureMode>true</selfProvisioningSecureMode><adminProvisionMode>false</adminProvisionMode></homeClusterDetails>
</clusterUser>"#;

fn some(text: &str) -> Option<String> {
    Some(text.to_owned())
}

#[test]
fn the_version_is_read() {
    let body = r#"<?xml version="1.0" encoding="UTF-8"?>
<versionInformation uri="https://ucm1.example.com/cucm-uds/version" version="10.0.0"><version>10.0.0</version></versionInformation>"#;
    let old = Version { version: "10.0.0".to_owned(), users_need_auth: None };
    assert_eq!(version(body.as_bytes()), Ok(old.clone()));
    let body = "<versionInformation version='11.5.1'><version>11.5.1</version><capabilities>\
                <usersResourceAuthEnabled>true</usersResourceAuthEnabled></capabilities></versionInformation>";
    let new = Version { version: "11.5.1".to_owned(), users_need_auth: Some(true) };
    assert_eq!(version(body.as_bytes()), Ok(new));
    assert_eq!(version(b"<versionInformation version='10.0.0'/>"), Ok(old));
    assert_eq!(version(CLUSTER_USER.as_bytes()), Err(Misread::Other("clusterUser".to_owned())));
}

#[test]
fn a_home_cluster_is_read() {
    let found = ClusterUser {
        found: Some(true),
        home: some("ucm1.example.com"),
        servers_uri: some("https://ucm1.example.com:8443/cucm-uds/servers"),
        user_uri: some("https://ucm1.example.com:8443/cucm-uds/user/alice"),
    };
    assert_eq!(cluster_user(CLUSTER_USER.as_bytes()), Ok(found));
}

#[test]
fn an_unknown_user_is_an_answer() {
    let body = r#"<?xml version="1.0" encoding="UTF-8" standalone="yes"?><clusterUser version="10.5.0" uri="https://ucm:8443/cucm-uds/clusterUser?username=X"><result found="false"/></clusterUser>"#;
    let unknown = ClusterUser { found: Some(false), ..ClusterUser::default() };
    assert_eq!(cluster_user(body.as_bytes()), Ok(unknown.clone()));
    let element =
        b"<clusterUser><result><found>FALSE</found><uri/></result><homeCluster> </homeCluster></clusterUser>";
    assert_eq!(cluster_user(element), Ok(unknown));
    assert_eq!(cluster_user(b"<clusterUser/>"), Ok(ClusterUser::default()));
    assert_eq!(cluster_user(b"<servers/>"), Err(Misread::Other("servers".to_owned())));
}

#[test]
fn servers_are_read_in_their_order_as_they_are_named() {
    let body = r#"<servers version="10.0.0" uri="https://ucm1.example.com:8443/cucm-uds/servers">
  <server>ucm1.example.com</server><server>DS-UCM105</server><server> </server><server name="10.1.1.53"/></servers>"#;
    assert_eq!(servers(body.as_bytes()).unwrap().servers, ["ucm1.example.com", "DS-UCM105", "10.1.1.53"]);
    assert_eq!(servers(b"<servers/>"), Ok(Servers::default()));
    assert_eq!(servers(b"<a/>"), Err(Misread::Other("a".to_owned())));
}

#[test]
fn single_sign_on_is_on_or_off_or_not_said() {
    let body = r#"<SSOResult version="…"><Response><SingleSignOn><Status enabled="false"/></SingleSignOn></Response></SSOResult>"#;
    assert_eq!(single_sign_on(body.as_bytes()), Ok(SingleSignOn { enabled: Some(false), more: Vec::new() }));
    let body = "<Response><SingleSignOn><Status enabled='true'/><Uri><Token>https://ucm1/ssosp/token</Token>\
                <Authorize uri='https://ucm1/a'>x</Authorize></Uri></SingleSignOn></Response>";
    let on = single_sign_on(body.as_bytes()).unwrap();
    assert_eq!(on.enabled, Some(true));
    assert_eq!(on.more, ["Token: https://ucm1/ssosp/token", "Authorize: x"]);
    assert_eq!(single_sign_on(b"<SSOResult/>"), Ok(SingleSignOn::default()));
    assert_eq!(single_sign_on(b"<Status><enabled>1</enabled></Status>").unwrap().enabled, Some(true));
    let text = single_sign_on(b"Domain not Allowed");
    assert!(matches!(text, Err(Misread::NotXml { at: 0, .. })), "{text:?}");
}

#[test]
fn a_users_record_is_read() {
    let expected = User {
        name: some("alice"),
        email: some("alice@example.com"),
        directory_uri: None,
        ldap: Some(true),
        home_cluster: Some(true),
        imp_enabled: Some(true),
        imp_servers: vec!["imp1.example.com".to_owned()],
        service_profiles: vec!["http://ucm1.example.com:6970/SPDefault.cnf.xml".to_owned()],
        jabber_profiles: vec!["https://ucm1.example.com:6972/JAB_{serviceProfileID}.cnf.xml".to_owned()],
        not_understood: Vec::new(),
    };
    assert_eq!(user(USER.as_bytes()), Ok(expected));
}

#[test]
fn a_users_record_in_other_forms() {
    let body = "<user><imAndPresence/><serviceProfile uri='http://a:6970/SPDefault.cnf.xml'/></user>";
    let old = user(body.as_bytes()).unwrap();
    assert_eq!((old.imp_servers.len(), old.service_profiles[0].as_str()), (0, "http://a:6970/SPDefault.cnf.xml"));
    assert_eq!((old.home_cluster, old.imp_enabled, old.ldap), (None, None, None));
    let body = "<user><imAndPresence><server>imp1</server><server>imp2</server></imAndPresence>\
                <serviceProfile><uri>http://a/1</uri><uri>http://b/1</uri></serviceProfile>\
                <serviceProfile><uri>http://a/1</uri></serviceProfile><homeCluster>false</homeCluster></user>";
    let many = user(body.as_bytes()).unwrap();
    assert_eq!(many.imp_servers, ["imp1", "imp2"]);
    assert_eq!(many.service_profiles, ["http://a/1", "http://b/1"]);
    assert_eq!(many.home_cluster, Some(false));
    assert_eq!(user(CLUSTER_USER.as_bytes()), Err(Misread::Other("clusterUser".to_owned())));
}

#[test]
fn what_is_not_understood_is_named_and_bounded() {
    let more: String = (0..40).map(|n| format!("<new{n}/><new{n}/>")).collect();
    let long = "n".repeat(500);
    let body = USER.replace("<pager/>", &format!("<pager/><{long}/>{more}"));
    let read = user(body.as_bytes()).unwrap();
    assert_eq!(read.not_understood.len(), 16);
    assert_eq!((read.not_understood[0].len(), read.not_understood[1].as_str()), (64, "new0"));
    assert_eq!(read.name, some("alice"));
}

#[test]
fn the_words_of_an_error_are_read_in_whatever_form() {
    let cases = [
        (
            "<errors><error><code>17</code><message>no such user</message></error></errors>",
            some("17: no such user"),
        ),
        ("<errors><error code='17' message='no'/><error>gone</error></errors>", some("17: no; gone")),
        ("<error>gone</error>", some("gone")),
        ("<errors> overloaded </errors>", some("overloaded")),
        ("<errors/>", None),
        ("<user><error>x</error></user>", None),
        ("<html><title>503</title></html>", None),
        ("", None),
    ];
    for (body, expected) in cases {
        assert_eq!(error(body.as_bytes()), expected, "{body}");
    }
    let long = format!("<error>{}</error>", "x".repeat(5000));
    assert_eq!(error(long.as_bytes()).unwrap().len(), 300);
}

#[test]
fn a_record_that_was_cut_short_is_no_record() {
    for end in 1..USER.len() {
        let read = user(&USER.as_bytes()[..end]);
        assert!(matches!(read, Err(Misread::NotXml { .. })), "{end}: {read:?}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(1000) })]

    #[test]
    fn whatever_comes_is_read_or_said_not_to_be(body in any_body()) {
        let refusals = [
            version(&body).err(), cluster_user(&body).err(), servers(&body).err(), single_sign_on(&body).err(),
            user(&body).err(),
        ];
        let document = Document::read(&body);
        for refusal in refusals.into_iter().flatten() {
            match &document {
                Ok(document) => prop_assert_eq!(refusal, document.other()),
                Err(misread) => prop_assert_eq!(&refusal, misread),
            }
        }
        prop_assert!(error(&body).is_none_or(|words| document.is_ok() && !words.is_empty()));
    }
}
