//! The requests and answers of protocol.md 5.1, lenient forms, hostile ones, and the same without their secrets.

use proptest::prelude::*;

use super::super::fixtures::any_body;
use super::super::mask::{self, Way};
use super::*;

const LOGIN: &str = r#"<?xml version="1.0" encoding="UTF-8"?>
<SOAP-ENV:Envelope xmlns:SOAP-ENV="http://www.w3.org/2003/05/soap-envelope" xmlns:ns1="urn:cisco:epas:soap">
 <SOAP-ENV:Body><ns1:login client-version="9.7.0.18474" client-type="CUPC" force="true">
   <ns1:username>alice</ns1:username><ns1:password>secret</ns1:password></ns1:login></SOAP-ENV:Body></SOAP-ENV:Envelope>"#;

const CONFIG: &str = r#"<soapenv:Envelope xmlns:soapenv="http://www.w3.org/2003/05/soap-envelope" xmlns="urn:cisco:epas:soap">
 <soapenv:Header><session-key>8d2c…</session-key></soapenv:Header>
 <soapenv:Body><get-all-config><system-config/><user-config/><federated-domains auth-policy="all"/><non-presence-aware-contacts/><contact-info/></get-all-config></soapenv:Body></soapenv:Envelope>"#;

const LOGGED_IN: &str = r#"<soapenv:Envelope xmlns:soapenv="http://www.w3.org/2003/05/soap-envelope"><soapenv:Body>
 <epas:login-resp xmlns:epas="urn:cisco:epas:soap"><epas:success><epas:session-key>8d2c…GUID</epas:session-key></epas:success></epas:login-resp>
</soapenv:Body></soapenv:Envelope>"#;

/// An answer with this in its body.
fn soap(inner: &str) -> String {
    format!(
        "<s:Envelope xmlns:s='http://www.w3.org/2003/05/soap-envelope'><s:Header/><s:Body>{inner}</s:Body></s:Envelope>"
    )
}

/// What is left of a body once its secrets are cut out.
fn masked(body: &str) -> String {
    let mut rest = body.as_bytes().to_vec();
    for found in mask::document(body.as_bytes(), Way::In).into_iter().rev() {
        rest.drain(found.range);
    }
    String::from_utf8(rest).unwrap()
}

fn failure(body: &str) -> String {
    match login(body.as_bytes()) {
        Ok(Answer::Failure(reason)) => reason,
        other => panic!("{body}: {other:?}"),
    }
}

fn own(name: &str, value: &str) -> (String, String) {
    (name.to_owned(), value.to_owned())
}

#[test]
fn requests_are_the_literals() {
    let request = login_request("alice", "CUPC", "9.7.0.18474", true);
    assert_eq!(request.replace(PASSWORD, "secret"), LOGIN);
    assert_eq!(config_request().replace(SESSION_KEY, "8d2c…"), CONFIG);
    let (open, close) = (CONFIG.find("<get-all").unwrap(), CONFIG.find("</soapenv:Body").unwrap());
    let token = CONFIG.replace(&CONFIG[open..close], "<get-onetime-password/>");
    assert_eq!(token_request().replace(SESSION_KEY, "8d2c…"), token);
    let hostile = login_request("a<b>&'\"{{password}}", "x\"y", "<1>", false);
    assert!(hostile.contains("<ns1:username>a&lt;b&gt;&amp;&apos;&quot;{{password}}</ns1:username>"), "{hostile}");
    assert!(
        hostile.contains("client-version=\"&lt;1&gt;\" client-type=\"x&quot;y\" force=\"false\""),
        "{hostile}"
    );
}

#[test]
fn a_login_that_succeeded_has_a_key() {
    let success = LoggedIn { has_key: true, more: Vec::new() };
    assert_eq!(login(LOGGED_IN.as_bytes()), Ok(Answer::Success(success)));
    assert_eq!(session_key(LOGGED_IN.as_bytes()).as_deref(), Some("8d2c…GUID"));
    let more = "<login-resp><success><session-key>k&amp;1</session-key><service-version>10.5</service-version>\
                <backup-server name='imp2.example.com'/></success></login-resp>";
    let expected = LoggedIn {
        has_key: true,
        more: vec!["service-version: 10.5".to_owned(), "name: imp2.example.com".to_owned()],
    };
    assert_eq!(login(soap(more).as_bytes()), Ok(Answer::Success(expected)));
    assert_eq!(session_key(soap(more).as_bytes()).as_deref(), Some("k&1"));
    let attribute = soap("<login-resp><success session-key='k2'/></login-resp>");
    assert!(matches!(login(attribute.as_bytes()), Ok(Answer::Success(LoggedIn { has_key: true, .. }))));
    assert_eq!(session_key(attribute.as_bytes()).as_deref(), Some("k2"));
    for without in
        ["<login-resp><success/></login-resp>", "<login-resp><success><session-key/></success></login-resp>"]
    {
        let answer = login(soap(without).as_bytes());
        assert_eq!(answer, Ok(Answer::Success(LoggedIn::default())), "{without}");
        assert_eq!(session_key(soap(without).as_bytes()), None);
    }
}

#[test]
fn answers_read_the_same_when_their_secrets_are_cut_out() {
    let bodies = [
        LOGGED_IN.to_owned(),
        soap("<login-resp><success session-key='k2'><backup>imp2</backup></success></login-resp>"),
        soap("<login-resp><success><sessionKey><![CDATA[k<3]]></sessionKey></success></login-resp>"),
        soap("<login-resp><failure reason='no'/></login-resp>"),
    ];
    for body in &bodies {
        assert_eq!(login(masked(body).as_bytes()), login(body.as_bytes()), "{body}");
        assert_eq!(session_key(masked(body).as_bytes()), None, "{body}");
    }
    let tokens = [
        soap(
            "<get-onetime-password-resp><success><password>0f2b</password></success></get-onetime-password-resp>",
        ),
        soap("<get-onetime-password-resp><success password='0f2b'/></get-onetime-password-resp>"),
        soap(
            "<get-onetime-password-resp><success><onetime-password>x</onetime-password></success></get-onetime-password-resp>",
        ),
    ];
    for body in &tokens {
        assert_eq!(token(body.as_bytes()), Ok(Answer::Success(true)), "{body}");
        assert_eq!(token(masked(body).as_bytes()), Ok(Answer::Success(true)), "{body}");
        assert!(one_time_password(body.as_bytes()).is_some());
        assert_eq!(one_time_password(masked(body).as_bytes()), None);
    }
    let properties = soap(
        "<get-all-config-resp><get-system-config-resp><property name='Presence.Domain'>example.com</property>\
         <property name='Directory.Password'>Vogel-4</property></get-system-config-resp></get-all-config-resp>",
    );
    assert!(!masked(&properties).contains("Vogel"));
    assert_eq!(config(masked(&properties).as_bytes()), config(properties.as_bytes()));
}

#[test]
fn a_login_that_failed_says_why_in_whatever_form() {
    let resp = |inner: &str| soap(&format!("<e:login-resp xmlns:e='urn:cisco:epas:soap'>{inner}</e:login-resp>"));
    assert_eq!(failure(&resp("<e:failure reason='bad password'/>")), "bad password");
    assert_eq!(failure(&resp("<e:failure><e:reason>bad password</e:reason></e:failure>")), "bad password");
    assert_eq!(failure(&resp("<e:failure> bad password </e:failure>")), "bad password");
    assert_eq!(failure(&resp("<e:failure><code>17</code></e:failure>")), "17");
    assert_eq!(failure(&resp("<e:failure xmlns:x='urn:x'/>")), "");
    let old = "The client does not meet the minimal version requirement.";
    assert_eq!(failure(&resp(&format!("<e:status>{old}</e:status>"))), old);
    assert_eq!(failure(&resp("<e:x message='Invalid request.'/>")), "Invalid request.");
    assert_eq!(failure("Invalid request\n"), "Invalid request");
    assert_eq!(failure(&resp(&format!("<failure>{}</failure>", "x".repeat(9000)))).len(), 300);
    assert_eq!(failure("<login-resp><failure reason='no envelope'/></login-resp>"), "no envelope");
}

#[test]
fn faults_of_both_versions_are_read() {
    let new = "<s:Fault><s:Code><s:Value>s:Sender</s:Value></s:Code><s:Reason><s:Text xml:lang='en'>Invalid request\
               </s:Text></s:Reason></s:Fault>";
    let old = "<Fault><faultcode>s:Server</faultcode><faultstring>no database</faultstring><detail/></Fault>";
    let cases =
        [(new, "Invalid request"), (old, "no database"), ("<Fault><Code>x</Code></Fault>", "x"), ("<Fault/>", "")];
    for (fault, words) in cases {
        let body = soap(fault);
        let fault = || Answer::Fault(words.to_owned());
        assert_eq!(login(body.as_bytes()), Ok(fault()));
        assert_eq!(token(body.as_bytes()), Ok(Answer::Fault(words.to_owned())));
        assert_eq!(config(body.as_bytes()), Ok(Answer::Fault(words.to_owned())));
    }
}

#[test]
fn an_answer_that_names_a_host_and_nothing_else_is_a_redirect() {
    let redirect = |inner: &str| match login(soap(&format!("<login-resp>{inner}</login-resp>")).as_bytes()) {
        Ok(Answer::Redirect(host)) => host,
        other => panic!("{inner}: {other:?}"),
    };
    assert_eq!(redirect("<redirect><version>12.5.1</version><host>imp2</host></redirect>"), "imp2");
    assert_eq!(redirect("<redirect uri='https://imp2.example.com:8443/EPASSoap/service'/>"), "imp2.example.com");
    assert_eq!(redirect("<home-node address='10.1.1.6'/>"), "10.1.1.6");
    assert_eq!(redirect("<status>moved</status><to>imp2.example.com</to>"), "imp2.example.com");
    let unclear = login(soap("<login-resp><redirect>true</redirect><v>12.5.1</v><v/></login-resp>").as_bytes());
    let names = ["login-resp", "redirect", "v"].map(str::to_owned).to_vec();
    assert_eq!(unclear, Ok(Answer::Unclear(names)));
    let many: String = (0..40).map(|n| format!("<n{n}/>")).collect();
    assert!(matches!(login(soap(&many).as_bytes()), Ok(Answer::Unclear(names)) if names.len() == 16));
}

#[test]
fn the_configuration_is_read() {
    let body = soap(
        "<get-all-config-resp><get-system-config-resp><property name='Presence.Domain'>example.com</property>\
         <property name='Presence.Primary.Address' value='imp1.example.com'/>\
         <property><name>Presence.Backup.Address</name><value>imp2.example.com</value></property>\
         <property name='CUP.SRM.LowerFailoverLoginRetryLimit'>120</property>\
         <property name='CUP.SRM.UpperFailoverLoginRetryLimit'>537</property>\
         <property name='VoiceMail.Password'>Vogel-4</property><property name='TFTP.Primary'/></get-system-config-resp>\
         <contact-info-resp><failure reason='none'/></contact-info-resp></get-all-config-resp>",
    );
    let Ok(Answer::Success(config)) = config(body.as_bytes()) else { panic!("{:?}", config(body.as_bytes())) };
    assert_eq!((config.domain(), config.primary()), (Some("example.com"), Some("imp1.example.com")));
    assert_eq!(config.backup(), Some("imp2.example.com"));
    assert_eq!(config.property("CUP.SRM.UpperFailoverLoginRetryLimit"), Some("537"));
    assert_eq!((config.property("tftp.primary"), config.property("x")), (None, None));
    assert_eq!(config.properties[5], own("VoiceMail.Password", ""));
    assert_eq!(config.properties.len(), 7);
}

#[test]
fn a_configuration_that_was_refused_is_told_from_an_empty_one() {
    let read = |inner: &str| config(soap(inner).as_bytes());
    assert_eq!(read("<get-all-config-resp/>"), Ok(Answer::Success(Config::default())));
    let refused = read("<get-all-config-resp>Invalid request</get-all-config-resp>");
    assert_eq!(refused, Ok(Answer::Failure("Invalid request".to_owned())));
    assert_eq!(read("<get-all-config-resp><failure/></get-all-config-resp>"), Ok(Answer::Failure(String::new())));
}

#[test]
fn a_one_time_password_is_there_or_not() {
    let read = |inner: &str| {
        token(soap(&format!("<get-onetime-password-resp>{inner}</get-onetime-password-resp>")).as_bytes())
    };
    assert_eq!(read("<success/>"), Ok(Answer::Success(false)));
    assert_eq!(read("<success><password/></success>"), Ok(Answer::Success(false)));
    assert_eq!(read("<failure reason='no'/>"), Ok(Answer::Failure("no".to_owned())));
    assert_eq!(read("<failure><password>x</password></failure>"), Ok(Answer::Failure("x".to_owned())));
}

#[test]
fn what_is_no_soap_is_misread() {
    assert_eq!(login(b""), Err(Misread::Empty));
    assert_eq!(login(b"<html><title>404</title></html>"), Err(Misread::Html(Some("404".to_owned()))));
    assert_eq!(login(b"<servers/>"), Err(Misread::Other("servers".to_owned())));
    assert!(matches!(login(b"no"), Err(Misread::NotXml { .. })));
}

#[test]
fn an_answer_that_was_cut_short_is_none() {
    for end in 1..LOGGED_IN.len() {
        let read = login(&LOGGED_IN.as_bytes()[..end]);
        assert!(matches!(read, Err(Misread::NotXml { .. })), "{end}: {read:?}");
        assert_eq!(session_key(&LOGGED_IN.as_bytes()[..end]), None);
    }
}

#[test]
fn a_secret_beyond_the_bound_is_none() {
    let long = LOGGED_IN.replace("8d2c", &"8".repeat(20_000));
    assert_eq!(session_key(long.as_bytes()), None);
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(2000) })]

    #[test]
    fn whatever_comes_is_read_or_said_not_to_be(inner in any_body()) {
        let wrapped = soap(&String::from_utf8_lossy(&inner)).into_bytes();
        for body in [inner, wrapped] {
            let has = matches!(login(&body), Ok(Answer::Success(LoggedIn { has_key: true, .. })));
            let found = session_key(&body).is_some();
            prop_assert!(!found || has || !matches!(login(&body), Ok(Answer::Success(_))));
            let _ = (config(&body), token(&body), one_time_password(&body));
        }
    }
}
