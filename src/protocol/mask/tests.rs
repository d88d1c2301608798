//! What may be logged: secrets found where they stand, and found where they do not.

use data_encoding::BASE64;
use proptest::collection::vec;
use proptest::prelude::*;

use super::super::document::Document;
use super::super::{epas, sasl};
use super::*;

const SASL: &str = "xmlns='urn:ietf:params:xml:ns:xmpp-sasl'";

/// What remains of some bytes when these ranges are cut.
fn rest(bytes: &[u8], cuts: impl IntoIterator<Item = Range<usize>>) -> Vec<u8> {
    let mut keep = vec![true; bytes.len()];
    for cut in cuts {
        keep[cut].fill(false);
    }
    bytes.iter().zip(keep).filter(|(_, keep)| *keep).map(|(byte, _)| *byte).collect()
}

fn masked(text: &str, way: Way) -> String {
    let found = secrets(text.as_bytes(), way);
    String::from_utf8(rest(text.as_bytes(), found.into_iter().map(|secret| secret.range))).unwrap()
}

/// Kind and note of the only secret.
fn only(text: &str, way: Way) -> (&'static str, String) {
    let found = secrets(text.as_bytes(), way);
    assert_eq!(found.len(), 1, "{text}: {found:?}");
    (found[0].kind, found[0].note.clone())
}

fn auth(mechanism: &str, payload: &str) -> String {
    format!("<auth {SASL} mechanism='{mechanism}'>{payload}</auth>")
}

fn base64(text: &str) -> String {
    BASE64.encode(text.as_bytes())
}

#[test]
fn plain_is_cut_and_its_structure_told() {
    let text = auth("PLAIN", &sasl::plain("alice", "secret"));
    assert_eq!(masked(&text, Way::Out), auth("PLAIN", ""));
    assert_eq!(only(&text, Way::Out), ("PLAIN", "authcid alice".to_owned()));
    assert!(secrets(text.as_bytes(), Way::Out)[0].credential);
    let note = |message: &str| only(&auth("PLAIN", &base64(message)), Way::Out).1;
    assert_eq!(
        note("\0alice\0 secret "),
        "authcid alice, leading space in the password, trailing space in the password"
    );
    assert_eq!(note("\0alice\0"), "authcid alice, empty password");
    assert_eq!(note("a@b\0alice\0päss"), "authcid alice, authzid a@b, non-ASCII character in the password");
    assert_eq!(
        note("\0alice\0secret\n"),
        "authcid alice, trailing space in the password, control character in the password"
    );
    // nobody can say which part is the password
    assert_eq!(note("alice\0secret"), "1 NULs where 2 belong");
    assert_eq!(only(&auth("PLAIN", "{{plain}}"), Way::Out), ("PLAIN", "not base64".to_owned()));
}

#[test]
fn the_token_is_cut_and_its_user_told() {
    let text = auth("CISCO-VTG-TOKEN", &sasl::vtg_token("alice@example.com", "0f2b6c1e"));
    assert_eq!(masked(&text, Way::Out), auth("CISCO-VTG-TOKEN", ""));
    assert_eq!(only(&text, Way::Out), ("token", "userid alice@example.com".to_owned()));
    let odd = auth("CISCO-VTG-TOKEN", &base64("userid=alice token=0f2b6c1e"));
    assert_eq!(only(&odd, Way::Out).1, "not of the form userid=… NUL token=…");
}

#[test]
fn of_scram_the_proof_and_the_signature_are_cut_and_the_rest_is_shown() {
    let scram = sasl::Scram::new(sasl::Hash::Sha1, "user", "fyko");
    let first = auth("SCRAM-SHA-1", &scram.first());
    assert_eq!(masked(&first, Way::Out), first);
    let challenge = base64("r=fykoXY,s=QSXCR+Q6,i=1");
    let server = format!("<challenge {SASL}>{challenge}</challenge>");
    assert_eq!(masked(&server, Way::In), server);
    let answer = scram.answer(&scram.server_first(&challenge).unwrap(), "pencil").unwrap();
    let response = format!("<response {SASL}>{}</response>", *answer.response);
    assert_eq!(only(&response, Way::Out), ("SCRAM proof", String::new()));
    assert_eq!(masked(&response, Way::Out), format!("<response {SASL}></response>"));
    let success = format!("<success {SASL}>{}</success>", base64("v=rmF9pqV8S7suAoZWja4dJRkFsKQ="));
    assert_eq!(only(&success, Way::In), ("SCRAM signature", String::new()));
    assert!(!secrets(success.as_bytes(), Way::In)[0].credential);
}

#[test]
fn an_unknown_payload_is_cut() {
    for payload in [base64("anything"), "not base64".to_owned(), base64("n,,n=u,r=x,p=secret")] {
        assert_eq!(only(&auth("X-OAUTH2", &payload), Way::Out).0, "SASL");
        assert_eq!(only(&format!("<response {SASL}>{payload}</response>"), Way::Out).0, "SASL");
        assert_eq!(only(&format!("<challenge {SASL}>{payload}</challenge>"), Way::In).0, "SASL");
        assert_eq!(only(&format!("<success {SASL}>{payload}</success>"), Way::In).0, "SASL");
    }
    let response = format!("<response {SASL}>{}</response>", *sasl::plain("alice", "secret"));
    assert_eq!(only(&response, Way::Out), ("PLAIN", "authcid alice".to_owned()));
    let token = format!("<auth>{}</auth>", *sasl::vtg_token("alice@example.com", "foo"));
    assert_eq!(only(&token, Way::Out).0, "token");
}

#[test]
fn what_holds_no_secret_stays() {
    let shown = [
        "<success xmlns='urn:ietf:params:xml:ns:xmpp-sasl'/>",
        "<auth mechanism='EXTERNAL'>=</auth>",
        "<stream:features><auth xmlns='http://jabber.org/features/iq-auth'/></stream:features>",
        "<iq type='result' id='b1'><bind><jid>alice@example.test/psi</jid></bind></iq>",
        "<html><head/><body><h1>400 Bad Request</h1></body></html>",
        "<response>\n</response>",
    ];
    for text in shown {
        assert_eq!(masked(text, Way::In), text);
    }
}

#[test]
fn bodies_passwords_and_tokens_are_cut_wherever_they_stand() {
    let cases = [
        ("<message to='b'><body>hi</body></message>", "<message to='b'><body></body></message>"),
        (
            "<message><html><body><p>hi</p></body></html></message>",
            "<message><html><body></body></html></message>",
        ),
        (
            "<iq><query xmlns='jabber:iq:auth'><username>u</username><password>p</password></query></iq>",
            "<iq><query xmlns='jabber:iq:auth'><username>u</username><password></password></query></iq>",
        ),
        (
            "<query xmlns='jabber:iq:auth'><digest>48fc</digest></query>",
            "<query xmlns='jabber:iq:auth'><digest></digest></query>",
        ),
        ("<e:password>p</e:password>", "<e:password></e:password>"),
        ("<x><token xmlns='urn:x'>t</token></x>", "<x><token xmlns='urn:x'></token></x>"),
        ("<x password='p' token=\"t\" other='o'/>", "<x password='' token=\"\" other='o'/>"),
        ("<PassWord>p</pAssword>", "<PassWord></pAssword>"),
    ];
    for (text, expected) in cases {
        assert_eq!(masked(text, Way::Out), expected);
    }
    assert!(!secrets(b"<message><body>hi</body></message>", Way::Out)[0].credential);
    assert!(secrets(b"<password>p</password>", Way::Out)[0].credential);
    assert!(!secrets(b"<password>p</password>", Way::In)[0].credential);
}

#[test]
fn forms_that_xml_allows_hide_nothing() {
    let secret = "AGFsaWNlAHNlY3JldA==";
    let texts = [
        format!("<auth mechanism=\"PLAIN\" {SASL}>{secret}</auth>"),
        format!("<s:auth xmlns:s='urn:ietf:params:xml:ns:xmpp-sasl' mechanism = 'PLAIN' >{secret}</s:auth >"),
        "<auth mechanism='PLAIN'>\r\n  AGFsaWNl\n AHNlY3JldA==\t</auth>".to_owned(),
        format!("<auth x='>' mechanism='PLAIN'>{secret}</auth>"),
        format!("<auth mechanism='PLAIN'><![CDATA[{secret}</auth>{secret}]]></auth>"),
        format!("<auth mechanism='PLAIN'><!-- </auth> -->{secret}</auth>"),
        format!("<auth mechanism='PLAIN'><auth>x</auth>{secret}</auth>"),
        format!("<x><y/><auth mechanism='PLAIN'>{secret}</auth></x><auth mechanism='PLAIN'>{secret}</auth>"),
        format!("<!-- <auth mechanism='PLAIN'>{secret}</auth> -->"),
    ];
    for text in texts {
        let masked = masked(&text, Way::Out);
        assert!(!masked.contains("AGFsaWNl") && !masked.contains("AHNl"), "{text} -> {masked}");
        assert!(masked.contains("<") && secrets(text.as_bytes(), Way::Out).iter().all(|secret| secret.credential));
    }
    let spaced = "<auth mechanism='PLAIN'>\r\n  AGFsaWNl\n AHNlY3JldA==\t</auth>";
    assert_eq!(only(spaced, Way::Out), ("PLAIN", "authcid alice".to_owned()));
}

#[test]
fn in_broken_xml_more_is_cut_rather_than_less() {
    let secret = "AGFsaWNlAHNlY3JldA==";
    let texts = [
        format!("<auth mechanism='PLAIN'>{secret}"),
        format!("<auth mechanism='PLAIN'>{secret}</auht>"),
        format!("<auth mechanism='PLAIN'>{secret}</"),
        format!("<auth mechanism='PLAIN>{secret}</auth>"),
        format!("<auth mechanism='PLAIN>{secret}</auth><x y=' z='w'/>"),
        format!("<auth mechanism=PLAIN>{secret}</auth>"),
        format!("<auth mechanism='PLAIN'{secret}</auth>"),
        format!("<auth mechanism='PLAIN' {secret}>"),
        format!("<auth {secret}"),
        format!("< auth mechanism='PLAIN'>{secret}</ auth>"),
        format!("<auth/>{secret}</auth>"),
        format!("{secret}</auth>"),
        format!("<x>{secret}</response>"),
        format!("<foo bar='<auth mechanism='PLAIN'>{secret}</auth>"),
        format!("<auth><auth>{secret}</auth>{secret}"),
        format!("<auth><![CDATA[{secret}</auth>"),
        format!("<auth><!-- {secret}</auth>"),
        format!("<message><body>{secret}</message>"),
        format!("<x password='a' <y></auth>{secret}</auth>"),
    ];
    for text in texts {
        let masked = masked(&text, Way::Out);
        assert!(!masked.contains("AGFsaWNl") && !masked.contains("AHNl"), "{text} -> {masked}");
    }
    let broken = b"\xff<auth mechanism='PLAIN'>\xfeAGFs\0aWNl</auth>\xff";
    assert!(!rest(broken, secrets(broken, Way::Out).into_iter().map(|secret| secret.range)).contains(&b'G'));
}

#[test]
fn of_an_open_element_only_the_markup_is_shown() {
    let shown = |text: &str| {
        let found = open_element(text.as_bytes()).into_iter().map(|secret| secret.range);
        String::from_utf8(rest(text.as_bytes(), found)).unwrap()
    };
    let cases = [
        ("<stream:features><mechanism>PLAI", "<stream:features><mechanism>"),
        ("<a b='>'>text<c/> more<d", "<a b='>'><c/><d"),
        ("<a><!-- text --><b>", "<a><b>"),
        ("<a><![CDATA[text", "<a>"),
        ("<a>1 < 2 text", "<a>"),
        ("<a><b c=text d><e>", "<a><e>"),
        ("<iq type='result' id=", "<iq type='result' id="),
        ("<a\n>\n <b>\n", "<a\n>\n <b>\n"),
        ("<auth mechanism='PLAIN'>AGFs", "<auth mechanism='PLAIN'>"),
        ("<x><password token='t'>p</password><y>t", "<x><password token=''></password><y>"),
        ("<message><body>one<b>two</b>", "<message><body>"),
        ("a > text", "a >"),
        ("", ""),
    ];
    for (text, expected) in cases {
        assert_eq!(shown(text), expected, "{text}");
    }
}

#[test]
fn large_hostile_input_is_masked() {
    let size = 1 << 18;
    for filling in ["<auth>", "</auth>", "<x password='", "<a <", "<a b='c'", "<!--", "<body><html>", "&#", "<a>t"]
    {
        let bytes = filling.repeat(size / filling.len());
        assert!(secrets(bytes.as_bytes(), Way::In).len() <= size);
        assert!(open_element(bytes.as_bytes()).len() <= size);
        assert!(known(bytes.as_bytes(), "secret").is_empty());
    }
    let commented =
        ["<!-- <password> -->", "<!-- <password a='-->' >", "<!-- </token> -->", "<!--<x ", "<token><!--"];
    for filling in [&["<auth>", "<x password='", "<!--", "</token>", "<DN>"], &commented[..]].concat() {
        let bytes = filling.repeat(size / filling.len());
        assert!(document(bytes.as_bytes(), Way::In).len() <= size);
    }
}

#[test]
fn a_known_secret_is_found_in_all_its_forms() {
    let found = |text: &str, secret: &str| {
        let found = known(text.as_bytes(), secret);
        found.into_iter().map(|range| text[range].to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(found("<a>secret secret</a>", "secret"), ["secret", "secret"]);
    assert_eq!(
        found("<a b='p&amp;&lt;w'>p&#38;&#x3C;w p&<w</a>", "p&<w"),
        ["p&amp;&lt;w", "p&#38;&#x3C;w", "p&<w"]
    );
    assert_eq!(found("<a>nothing here</a>", "secret"), Vec::<String>::new());
    assert_eq!(found("<a>x</a>", ""), Vec::<String>::new());
    for before in ["", "a", "ab", "\0alice\0"] {
        for behind in ["", "c", "cd"] {
            let text = base64(&format!("{before}secret{behind}"));
            assert_eq!(found(&text, "secret").len(), 1, "{before} {behind}");
            let other = base64(&format!("{before}SECRE7{behind}"));
            let rest = |text: &str, secret: &str| rest(text.as_bytes(), known(text.as_bytes(), secret));
            assert_eq!(rest(&text, "secret"), rest(&other, "SECRE7"), "what remains depends on the secret");
        }
    }
    assert_eq!(found("AGFsaWNl\n AHNlY3 JldA==", "secret").len(), 1);
    // a joined pair would be the secret again
    let text = b"sesecretcret";
    assert!(!rest(text, known(text, "secret")).windows(6).any(|part| part == b"secret"));
    let nested = "se".repeat(100) + &"cret".repeat(100);
    let all = known(nested.as_bytes(), "secret");
    assert_eq!((all.len(), all[0].clone()), (1, 0..nested.len()));
}

/// What remains of a document.
fn cut(text: &str, way: Way) -> String {
    let found = document(text.as_bytes(), way).into_iter().map(|secret| secret.range);
    String::from_utf8(rest(text.as_bytes(), found)).unwrap()
}

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

/// Kind, note, and what remains of the value.
fn headed(name: &str, value: &str) -> (Vec<(&'static str, String)>, String) {
    let found = header(name, value);
    let rest = rest(value.as_bytes(), found.iter().map(|secret| secret.range.clone()));
    let kinds = found.into_iter().map(|secret| (secret.kind, secret.note)).collect();
    (kinds, String::from_utf8(rest).unwrap())
}

#[test]
fn of_an_authorization_the_scheme_stays() {
    let basic = |user: &str| headed("Authorization", &format!("Basic {}", base64(user)));
    let one = |note: &str| (vec![("Basic", note.to_owned())], "Basic ".to_owned());
    assert_eq!(basic("alice:sec:ret"), one("user alice"));
    assert_eq!(basic("alice:"), one("user alice, empty password"));
    assert_eq!(basic(":x "), one("user (empty), trailing space in the password"));
    assert_eq!(basic("alice"), one("no colon"));
    assert_eq!(
        headed("AUTHORIZATION", "basic  ***"),
        (vec![("Basic", "not base64".to_owned())], "basic  ".to_owned())
    );
    let token = (vec![("token", String::new())], "Bearer ".to_owned());
    assert_eq!(headed("proxy-authorization", "Bearer eyJh.b.c"), token);
    let digest = (vec![("credentials", String::new())], "Digest ".to_owned());
    assert_eq!(headed("Authorization", "Digest username=\"alice\", response=\"6629\""), digest);
    assert_eq!(headed("Authorization", " c2VjcmV0 ").1, "  ");
    assert_eq!(headed("Authorization", "Basic"), (vec![("credentials", String::new())], String::new()));
    assert_eq!(headed("Authorization", ""), (Vec::new(), String::new()));
    assert!(header("Authorization", "Basic x")[0].credential);
}

#[test]
fn of_cookies_names_and_attributes_stay() {
    let cookies = [
        ("Cookie", "JSESSIONID=1A2B; JSESSIONIDSSO=3C", "JSESSIONID=; JSESSIONIDSSO="),
        ("Cookie", "nameless", ""),
        (
            "Set-Cookie",
            "JSESSIONID=1A2B; Path=/cucm-uds; Secure; HttpOnly",
            "JSESSIONID=; Path=/cucm-uds; Secure; HttpOnly",
        ),
        ("set-cookie", "a=1; Expires=Thu, 01 Jan 1970 00:00:00 GMT", "a=; Expires=Thu, 01 Jan 1970 00:00:00 GMT"),
        ("Set-Cookie", "a=\"x;Path=y\"; Path=/", "a=; Path=/"),
        ("Set-Cookie", "a=1; Path=/, b=2; Secure", "a=; Path=/, b=; Secure"),
        ("Set-Cookie", "a=1; Other=2;;Path", "a=; Other=;;Path"),
        ("Set-Cookie", "a=", "a="),
        ("Set-Cookie", "Path=secret", "Path="),
    ];
    for (name, value, expected) in cookies {
        assert_eq!(headed(name, value).1, expected, "{value}");
        assert!(header(name, value).iter().all(|found| found.kind == "cookie" && !found.credential));
    }
}

#[test]
fn other_headers_stay_unless_they_are_named_after_a_secret() {
    for (name, value) in
        [("WWW-Authenticate", "Basic realm=\"Cisco Web Services Realm\""), ("Server", ""), ("Host", "a:1")]
    {
        assert_eq!(headed(name, value), (Vec::new(), value.to_owned()));
    }
    assert_eq!(headed("X-Auth-Token", "abc"), (vec![("token", String::new())], String::new()));
}

const CANARY: &str = "k&n<4ri'Vogel\"é>";

fn escaped(text: &str, how: usize) -> String {
    let all = text.chars().enumerate().map(|(at, c)| match ((at + how) % 3, c) {
        (_, '&') if how.is_multiple_of(2) => "&amp;".to_owned(),
        (_, '<') if how.is_multiple_of(2) => "&lt;".to_owned(),
        (0, c) => format!("&#{};", u32::from(c)),
        (1, c) => format!("&#x{:X};", u32::from(c)),
        (_, '&' | '<' | '>' | '"' | '\'') => format!("&#{};", u32::from(c)),
        (_, c) => c.to_string(),
    });
    all.collect()
}

fn spaced(text: &str, every: usize) -> String {
    text.as_bytes().chunks(every).map(|chunk| String::from_utf8_lossy(chunk) + "\n ").collect()
}

/// The canary in one of the forms that a wire may carry it in.
fn embedded() -> impl Strategy<Value = String> {
    let pad = "[ -~]{0,7}";
    prop_oneof![
        Just(CANARY.to_owned()),
        (0_usize..6).prop_map(|how| escaped(CANARY, how)),
        (pad, pad).prop_map(|(before, behind)| base64(&format!("{before}{CANARY}{behind}"))),
        (pad, pad, 1_usize..9)
            .prop_map(|(before, behind, every)| { spaced(&base64(&format!("{before}{CANARY}{behind}")), every) }),
        Just(sasl::plain("alice", CANARY).to_string()),
        Just(sasl::vtg_token("alice@example.com", CANARY).to_string()),
    ]
}

fn surroundings() -> impl Strategy<Value = String> {
    let pieces = vec![
        "<auth mechanism='PLAIN'>",
        "</auth>",
        "<response>",
        "</response>",
        "<body>",
        "</body>",
        "<message>",
        "<x ",
        "<a b='",
        "'",
        "\"",
        ">",
        "<",
        "/>",
        "<!--",
        "-->",
        "<![CDATA[",
        "]]>",
        "&amp;",
        "&",
        "text",
        " ",
        "QUJD",
        "<password>",
        "</password>",
        "k&n",
        "=",
        "<html>",
    ];
    vec(proptest::sample::select(pieces), 0..8).prop_map(|pieces| pieces.concat())
}

/// Well-formed content, whose secrets are all `QXZ`.
fn pieces() -> impl Strategy<Value = String> {
    let pieces = vec![
        "<password>QXZ</password>",
        "<e:session-key xmlns:e='urn:x'>QXZ</e:session-key>",
        "<token><![CDATA[</token>QXZ]]></token>",
        "<secret><!-- </secret> -->QXZ<secret>QXZ</secret>QXZ</secret>",
        "<DN>QXZ&amp;<b/></DN>",
        "<x token='QXZ' y=\"1>2\"/>",
        "<!-- <password> -->",
        "<!-- </token> -->",
        "<!-- <x digest='1' -->",
        "<!-- <x digest=' -->",
        "<?x <DN> ?>",
        "<![CDATA[ <password token=\"]]>",
        "<![CDATA[ </password ]]>",
        "<password/>",
        "<password> </password>",
        "<Body>text</Body>",
        "<success>text</success>",
        "text > text",
        "'",
        "\"",
        "<property name='a.Password' value='QXZ'>QXZ</property>",
    ];
    vec(proptest::sample::select(pieces), 0..8).prop_map(|pieces| pieces.concat())
}

/// Whether the canary can be read out of these bytes, by somebody who tries all forms.
fn leaks(bytes: &[u8]) -> bool {
    let holds = |bytes: &[u8]| bytes.windows(CANARY.len()).any(|part| part == CANARY.as_bytes());
    let text = String::from_utf8_lossy(bytes);
    let unescaped: String = text
        .split_inclusive(';')
        .map(|part| match part.rfind('&') {
            Some(at) => match quick_xml::escape::unescape(&part[at..]) {
                Ok(plain) => part[..at].to_owned() + &plain,
                Err(_) => part.to_owned(),
            },
            None => part.to_owned(),
        })
        .collect();
    let packed: Vec<u8> = bytes.iter().copied().filter(|byte| !byte.is_ascii_whitespace()).collect();
    let is_base64 = |byte: &u8| byte.is_ascii_alphanumeric() || b"+/".contains(byte);
    let in_base64 = packed.split(|byte| !is_base64(byte)).any(|run| {
        (0..4.min(run.len())).any(|skip| {
            let whole = &run[skip..];
            let whole = if whole.len() % 4 == 1 { &whole[..whole.len() - 1] } else { whole };
            let mut spec = data_encoding::BASE64_NOPAD.specification();
            spec.check_trailing_bits = false;
            spec.encoding().unwrap().decode(whole).is_ok_and(|decoded| holds(&decoded))
        })
    });
    holds(bytes) || holds(unescaped.as_bytes()) || in_base64
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(2000) })]

    #[test]
    fn no_canary_remains_after_the_cuts(
        before in surroundings(), canary in embedded(), between in surroundings(), again in embedded(),
        behind in surroundings(),
    ) {
        let text = format!("{before}{canary}{between}{again}{behind}");
        prop_assert!(leaks(text.as_bytes()), "the test must see what it looks for: {text}");
        let found = secrets(text.as_bytes(), Way::Out).into_iter().map(|secret| secret.range);
        let cuts = found.chain(known(text.as_bytes(), CANARY));
        let rest = rest(text.as_bytes(), cuts);
        prop_assert!(!leaks(&rest), "{text} -> {}", String::from_utf8_lossy(&rest));
        prop_assert!(!leaks(&super::tests::rest(text.as_bytes(), known(text.as_bytes(), CANARY))));
    }

    #[test]
    fn a_secret_that_nobody_told_us_is_cut_from_a_login_with_one_byte_wrong(
        at in any::<proptest::sample::Index>(), byte in any::<u8>(), delete in any::<bool>(),
        mechanism in proptest::sample::select(vec!["PLAIN", "SCRAM-SHA-1", "CISCO-VTG-TOKEN", "X"]),
    ) {
        let (open, secret) = (format!("auth {SASL} mechanism='{mechanism}'>"), sasl::plain("alice", CANARY));
        let mut text = format!("<stream:x/><{open}{}</auth><iq/>", *secret).into_bytes();
        // the element's name and its < are what tells that there is a secret
        let (name, inside) = ("<stream:x/><auth".len(), "<stream:x/><".len() + open.len());
        let place = name + at.index(text.len() - name - secret.len());
        let place = if place < inside { place } else { place + secret.len() };
        if delete { text.remove(place); } else { text[place] = byte; }
        let found = secrets(&text, Way::Out);
        let rest = rest(&text, found.iter().map(|secret| secret.range.clone()));
        let shown = String::from_utf8_lossy(&rest);
        prop_assert!(!shown.contains(&secret[8..]), "{} -> {shown}", String::from_utf8_lossy(&text));
        prop_assert!(found.iter().all(|secret| !secret.note.contains(CANARY)));
    }

    #[test]
    fn of_a_well_formed_document_well_formed_xml_remains(inner in pieces(), deep in pieces()) {
        let text = format!("<?xml version='1.0'?><r><Directory>{inner}<x password='p'>{deep}</x></Directory></r>");
        prop_assert!(Document::read(text.as_bytes()).is_ok(), "{text}");
        let rest = cut(&text, Way::In);
        prop_assert!(Document::read(rest.as_bytes()).is_ok(), "{text} -> {rest}");
        prop_assert!(!rest.contains("QXZ"), "{text} -> {rest}");
    }

    #[test]
    fn what_is_found_in_a_header_lies_in_its_value_in_order(
        name in proptest::sample::select(vec!["Cookie", "Set-Cookie", "Authorization", "X-Token"]),
        value in "[ -~é\"=;,]{0,40}",
    ) {
        let mut end = 0;
        for secret in header(name, &value) {
            prop_assert!(end <= secret.range.start && secret.range.start < secret.range.end);
            end = secret.range.end;
            prop_assert!(value.get(secret.range).is_some());
        }
        prop_assert!(end <= value.len());
    }

    #[test]
    fn what_is_found_lies_in_the_bytes_in_order(bytes in vec(any::<u8>(), 0..60), text in surroundings()) {
        let bytes = [bytes, text.into_bytes()].concat();
        for found in [secrets(&bytes, Way::In), open_element(&bytes), document(&bytes, Way::In)] {
            let mut end = 0;
            for secret in found {
                prop_assert!(end <= secret.range.start && secret.range.start < secret.range.end);
                end = secret.range.end;
            }
            prop_assert!(end <= bytes.len());
        }
    }
}
