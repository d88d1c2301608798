//! Secrets in documents: SOAP, service profiles.

use super::*;
use crate::protocol::document::{Document, Misread};
use crate::protocol::epas;
use crate::protocol::mask::*;

fn kinds(text: &str, way: Way) -> Vec<&'static str> {
    document(text.as_bytes(), way).into_iter().map(|secret| secret.kind).collect()
}

#[test]
fn of_soap_the_password_the_key_and_the_token_are_cut() {
    let login = epas::login_request("alice", "CUPC", "9.7.0.18474", false);
    let sent = login.replace(epas::PASSWORD, "Vo&gt;gel");
    assert_eq!(cut(&sent, Way::Out), login.replace(epas::PASSWORD, ""));
    let [password] = &document(sent.as_bytes(), Way::Out)[..] else { panic!("one secret") };
    assert_eq!((password.kind, password.credential), ("password", true));
    let config = epas::config_request();
    assert_eq!(cut(&config, Way::Out), config.replace(epas::SESSION_KEY, ""));
    assert_eq!(kinds(&config, Way::Out), ["session key"]);
    let answer = "<s:Envelope><s:Body><e:login-resp><e:success><e:session-key>8d2c</e:session-key><v>9</v></e:success>\
                  </e:login-resp></s:Body></s:Envelope>";
    assert_eq!(cut(answer, Way::In), answer.replace("8d2c", ""));
    assert!(!document(answer.as_bytes(), Way::In)[0].credential);
    let token = "<S:Body><get-onetime-password-resp><success><password>0f2b</password></success></get-onetime-password-resp></S:Body>";
    assert_eq!(
        (cut(token, Way::In), kinds(token, Way::In)),
        (token.replace("0f2b", ""), vec!["one-time password"])
    );
    let app = "<login><username>alice</username><app-session-id>8d2c</app-session-id></login>";
    assert_eq!((cut(app, Way::Out), kinds(app, Way::Out)), (app.replace("8d2c", ""), vec!["session key"]));
}

#[test]
fn of_a_service_profile_the_password_and_its_dn_are_cut() {
    let profile = "<userProfile><IMandPresence><Primary><Address>imp1</Address></Primary></IMandPresence><Directory>\
                   <UseUserCredential>false</UseUserCredential><DN>cn=jabber,dc=example</DN><Password>Vogel-4</Password>\
                   <SearchContext1>ou=x</SearchContext1></Directory></userProfile>";
    let expected = profile.replace("cn=jabber,dc=example", "").replace("Vogel-4", "");
    assert_eq!((cut(profile, Way::In), kinds(profile, Way::In)), (expected, vec!["LDAP DN", "password"]));
    let elsewhere = "<user><dn>30</dn></user>";
    assert_eq!(cut(elsewhere, Way::In), elsewhere);
    let config = "<config><Directory><ConnectionPassword>x</ConnectionPassword><Forgot_Password_URL>https://a</Forgot_Password_URL>\
                  <property name='Directory.BindDN' value='cn'/><property name='VoiceMail.Password'>x</property>\
                  <property name='Presence.Domain' value='example.com'/></Directory></config>";
    let expected = config.replace(">x<", "><").replace("'cn'", "''");
    assert_eq!(cut(config, Way::In), expected);
}

#[test]
fn a_document_in_utf_16_keeps_no_more_than_what_tells_of_it() {
    for bytes in [u16::to_le_bytes as fn(u16) -> [u8; 2], u16::to_be_bytes] {
        for text in ["\u{feff}<session-key>k3y</session-key>", "<password>s3cret</password>"] {
            let body: Vec<u8> = [b"\r\n".to_vec(), text.encode_utf16().flat_map(bytes).collect()].concat();
            let found = document(&body, Way::In);
            assert_eq!(rest(&body, found.iter().map(|found| found.range.clone())), body[..4], "{text}");
            assert_eq!((found[0].kind, found[0].note.as_str()), ("text", "in UTF-16"));
        }
        for before in ["", "<a token='", "<a>"] {
            let wide = "\n \n<session-key>k3y</session-key>".encode_utf16().flat_map(bytes);
            let body: Vec<u8> = before.bytes().chain(wide).collect();
            let found = document(&body, Way::In).into_iter().map(|found| found.range);
            let rest = rest(&body, found);
            assert!(
                rest.len() <= before.len() + 8 && !rest.iter().skip(before.len()).any(|byte| *byte == b'k'),
                "{before}"
            );
            // It is told as what it is from what is left, too.
            let is_told = |body: &[u8]| matches!(Document::read(body), Err(Misread::Unread(_)));
            assert_eq!(is_told(&body), is_told(&rest), "{before}");
        }
    }
}

#[test]
fn what_holds_no_secret_in_a_document_stays() {
    let shown = [
        "<user version='12.5.0'><userName>alice</userName><credentials uri='https://a/c'/><homeCluster>true</homeCluster></user>",
        "<SSOResult><Response><SingleSignOn><Status enabled='true'/><TokenUri>https://a/t</TokenUri></SingleSignOn></Response></SSOResult>",
        "<clusterUser><result found='false'/></clusterUser>",
        "<!-- custom Cisco error page --><html><body><h1>401</h1><p>password</p></body></html>",
        "<S:Envelope><S:Body><login-resp><failure reason='bad password'/></login-resp></S:Body></S:Envelope>",
        "<Body><get-onetime-password/></Body>",
        "<login-resp><success><session-key/></success></login-resp>",
    ];
    for text in shown {
        assert_eq!(cut(text, Way::In), text);
    }
}

#[test]
fn no_beginning_of_a_document_shows_its_secret() {
    let login = epas::login_request("alice", "CUPC", "1", false).replace(epas::PASSWORD, "QXZQXZ");
    let profile = "<p><Directory x='y'><DN>QXZQXZ</DN><Password token='QXZ'>QXZQXZ</Password></Directory></p>";
    for text in [login.as_str(), profile] {
        for end in 0..text.len() {
            assert!(!cut(&text[..end], Way::In).contains('Z'), "{}", &text[..end]);
        }
    }
}

#[test]
fn what_a_comment_holds_neither_hides_nor_uncovers() {
    let cases = [
        (
            "<a><!-- <password> --><b>x</b><password>Z</password></a>",
            "<a><!-- <password> --><b>x</b><password></password></a>",
        ),
        ("<a><!-- x </token> --><b/></a>", "<a><!--</token> --><b/></a>"),
        ("<a><!-- <x token=' --><b c='d'/></a>", "<a><!-- <x token=' --><b c='d'/></a>"),
        ("<a><![CDATA[<password>]]><token>Z</token></a>", "<a><![CDATA[<password>]]><token></token></a>"),
        ("<password><!-- </password> -->Z</password><b/>", "<password></password><b/>"),
        ("<!-- <password>Z</password> --><a/>", "<!-- <password></password> --><a/>"),
        ("<a><!-- <x y='--> <b token='Z'/></a>", "<a><!-- <x y='--> <b token=''/></a>"),
    ];
    for (text, expected) in cases {
        assert_eq!(cut(text, Way::In), expected);
    }
}

#[test]
fn a_name_that_runs_over_the_end_of_its_comment_is_no_fault_of_ours() {
    for body in ["<!--<password-->", "<r><!-- <token--></r>", "<!--<a:session-key-->x"] {
        let found = document(body.as_bytes(), Way::In);
        assert!(found.iter().all(|secret| secret.range.end <= body.len()), "{body}: {found:?}");
    }
}
