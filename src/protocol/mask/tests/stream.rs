//! Secrets in what passes on an XMPP stream, and secrets that are known.

use super::*;
use crate::protocol::mask::*;
use crate::protocol::sasl;

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

fn found(text: &str, secret: &str) -> Vec<String> {
    known(text.as_bytes(), secret).into_iter().map(|range| text[range].to_owned()).collect()
}

/// For a URL, for JSON, and one in the other.
#[test]
fn a_known_secret_is_found_behind_every_escape() {
    for text in [
        "p%26%3Cw%22%25%C3%A9",
        "%70%26%3c%77%22%25%c3%a9",
        r#"p&<w\"%é"#,
        r"\u0070\u0026\u003Cw\u0022\u0025\u00e9",
        r#"p&amp;&lt;w\"%é"#,
        "p&amp;amp;&amp;lt;w&amp;quot;%é",
        "p%26amp;&lt;w%26quot;%25%c3%a9",
        r"p%5Cu0026&lt;w%5C%22%25é",
    ] {
        assert_eq!(found(&format!("50% of \\ {text}</a>"), "p&<w\"%é"), [text]);
    }
    // One that looks like escapes itself.
    for text in [r"e\t%41&lt;'", r"e\\t%41&amp;lt;'", r"e%5Ct%2541%26lt;'", r"e\\t%2541&amp;amp;lt;&apos;"] {
        assert_eq!(found(&format!("<a>{text}</a>"), r"e\t%41&lt;'"), [text]);
    }
    assert_eq!(found("<a>A</a>", "%41"), Vec::<String>::new());
    assert_eq!(found(r"\ud83d\ude00", "😀"), [r"\ud83d\ude00"]);
    assert_eq!(found("c2Vj%0AcmV0 c2Vj\\ncmV0", "secret").len(), 2);
}

#[test]
fn what_stands_beside_a_known_secret_hides_nothing_of_it() {
    let zeros = format!("&#{}115;ecret", "0".repeat(99));
    let cases = [
        // What one kind of escape reads there is none of it.
        ("secret", "%c2VjcmV0", "c2VjcmV0"),
        ("pass%4", r"p\u0061ss%41", r"p\u0061ss%4"),
        ("pass&lt", "pass%26lt;", "pass%26lt"),
        ("secret", &zeros, &zeros),
        // Blanks are written in many ways, and read as one.
        ("correct horse", "?p=correct+horse&q", "correct+horse"),
        ("correct horse", "<title>correct\n\u{3000} horse</title>", "correct\n\u{3000} horse"),
        ("correct horse", "correct%20%0a+horse", "correct%20%0a+horse"),
        ("secret", "s\0e\0c\0r\0e\0t\0", "s\0e\0c\0r\0e\0t"),
    ];
    for (secret, text, place) in cases {
        assert_eq!(found(text, secret), [place], "{secret} in {text}");
    }
    assert_eq!(found("correct horses, correct house", "correct house"), ["correct house"]);
}

#[test]
fn a_beginning_of_a_known_secret_is_found_at_the_end_alone() {
    let begin = |text: &str, secret: &str| beginning(text.as_bytes(), secret).map(|range| text[range].to_owned());
    let cases = [
        ("<x a='secre", "secre"),
        ("sec", "sec"),
        ("&#115;ecr&", "&#115;ecr&"),
        ("%73%65%63%72%6", "%73%65%63%72%6"),
        (r"\u0073ec\u007", r"\u0073ec\u007"),
        (r"%5Cu0073ec%5Cu0", r"%5Cu0073ec%5Cu0"),
        ("c2VjcmV", "c2VjcmV"),
        ("AHNlY3", "HNlY3"),
        ("secret s\0e\0c\0", "s\0e\0c\0"),
    ];
    for (text, place) in cases {
        assert_eq!(begin(text, "secret").as_deref(), Some(place), "{text}");
    }
    for text in ["", "se", "secret", "secret ", "<x a='secre'", "c2V"] {
        assert_eq!(begin(text, "secret"), None, "{text}");
    }
    assert_eq!(begin("the secret of", "sec"), None);
}

#[test]
fn a_known_secret_is_found_in_all_its_forms() {
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
