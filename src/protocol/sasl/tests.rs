//! The published vectors, and what a hostile server may send.

use super::*;

fn base64(text: &str) -> String {
    BASE64.encode(text.as_bytes())
}

fn text(base64: &str) -> String {
    String::from_utf8(BASE64.decode(base64.as_bytes()).unwrap()).unwrap()
}

/// An exchange with the user and the password of both RFCs.
fn exchange(hash: Hash, nonce: &str, server_first: &str) -> (Scram, ScramAnswer) {
    let scram = Scram::new(hash, "user", nonce);
    let first = scram.server_first(&base64(server_first)).unwrap();
    let answer = scram.answer(&first, "pencil").unwrap();
    (scram, answer)
}

#[test]
fn plain_is_that_of_protocol_md() {
    assert_eq!(*plain("alice", "secret"), "AGFsaWNlAHNlY3JldA==");
}

#[test]
fn the_token_is_that_of_three_sources() {
    assert_eq!(*vtg_token("user@server.com", "foo"), "dXNlcmlkPXVzZXJAc2VydmVyLmNvbQB0b2tlbj1mb28=");
    let token = vtg_token("alice@example.com", "0f2b6c1e");
    assert_eq!(*token, "dXNlcmlkPWFsaWNlQGV4YW1wbGUuY29tAHRva2VuPTBmMmI2YzFl");
}

#[test]
fn scram_sha_1_is_that_of_rfc_5802() {
    let server = "r=fyko+d2lbbFgONRv9qkxdawL3rfcNHYJY1ZVvWVs7j,s=QSXCR+Q6sek8bf92,i=4096";
    let (scram, answer) = exchange(Hash::Sha1, "fyko+d2lbbFgONRv9qkxdawL", server);
    assert_eq!(text(&scram.first()), "n,,n=user,r=fyko+d2lbbFgONRv9qkxdawL");
    let response = "c=biws,r=fyko+d2lbbFgONRv9qkxdawL3rfcNHYJY1ZVvWVs7j,p=v0X8v3Bz2T0CJGbJQyF0X+HI4Ts=";
    assert_eq!(text(&answer.response), response);
    assert!(answer.server_signature.check(&base64("v=rmF9pqV8S7suAoZWja4dJRkFsKQ=")));
}

#[test]
fn scram_sha_256_is_that_of_rfc_7677() {
    let nonce = "rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0";
    let server = format!("r={nonce},s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096");
    let (scram, answer) = exchange(Hash::Sha256, "rOprNGfwEbeRWgbNEkqO", &server);
    assert_eq!(text(&scram.first()), "n,,n=user,r=rOprNGfwEbeRWgbNEkqO");
    let response = format!("c=biws,r={nonce},p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=");
    assert_eq!(text(&answer.response), response);
    assert!(answer.server_signature.check(&base64("v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=")));
}

#[test]
fn a_server_that_does_not_know_the_password_is_found_out() {
    let (_, answer) = exchange(Hash::Sha1, "abc", "r=abcdef,s=QSXCR+Q6sek8bf92,i=1");
    let wrong =
        ["", "=", "v=", "v=rmF9pqV8S7suAoZWja4dJRkFsKQ=", "e=other-error", "x=rmF9pqV8S7suAoZWja4dJRkFsKQ="];
    for wrong in wrong {
        assert!(!answer.server_signature.check(&base64(wrong)), "{wrong}");
    }
    assert!(!answer.server_signature.check("*no base64*"));
}

#[test]
fn a_challenge_that_a_client_must_not_go_on_with_says_why() {
    let scram = Scram::new(Hash::Sha1, "user", "abc");
    let no = |message: &str| scram.server_first(&base64(message)).unwrap_err();
    assert_eq!(no("r=other,s=QSXCR+Q6,i=1"), ScramError::Nonce);
    assert_eq!(no("r=abc,s=QSXCR+Q6,i=1"), ScramError::Nonce);
    assert_eq!(no("r=ab,s=QSXCR+Q6,i=1"), ScramError::Nonce);
    assert_eq!(no("r=abcd,s=QSXCR+Q6,i=1000001"), ScramError::TooManyIterations(1_000_001));
    assert_eq!(no("r=abcd,s=QSXCR+Q6,i=99999999999999999999"), ScramError::TooManyIterations(u64::MAX));
    for count in ["0", "", "-1", "+1", "1e3", " 1"] {
        let message = format!("r=abcd,s=QSXCR+Q6,i={count}");
        assert_eq!(no(&message), ScramError::Missing("iteration count (i=)"), "{count}");
    }
    assert_eq!(no("r=abcd,s=,i=1"), ScramError::Missing("salt (s=)"));
    assert_eq!(no("r=abcd,s=***,i=1"), ScramError::Missing("salt (s=)"));
    assert_eq!(no("s=QSXCR+Q6,r=abcd,i=1"), ScramError::Missing("nonce (r=)"));
    assert_eq!(no("r=abcd"), ScramError::Missing("salt (s=)"));
    assert_eq!(no(""), ScramError::Missing("nonce (r=)"));
    assert_eq!(no("m=x,r=abcd,s=QSXCR+Q6,i=1"), ScramError::Extension);
    assert_eq!(scram.server_first("*no base64*").unwrap_err(), ScramError::NotBase64);
    assert_eq!(scram.server_first("/w==").unwrap_err(), ScramError::NotBase64);
}

#[test]
fn an_accepted_challenge_is_read_whole_even_with_an_extension_behind_it() {
    let scram = Scram::new(Hash::Sha256, "user", "abc");
    let first = scram.server_first(&base64("r=abc,=d,s=AAEC,i=1000000,x=y").replace("LD1", "\nLD1"));
    assert_eq!(first.unwrap_err(), ScramError::Missing("salt (s=)"));
    let first = scram.server_first(&(base64("r=abc=d,s=AAEC,i=1000000,x=y") + "\r\n")).unwrap();
    assert_eq!((first.nonce.as_str(), &first.salt[..], first.iterations), ("abc=d", &[0, 1, 2][..], 1_000_000));
}

#[test]
fn a_name_with_the_separators_is_escaped() {
    let scram = Scram::new(Hash::Sha1, "a=b,c", "abc");
    assert_eq!(text(&scram.first()), "n,,n=a=3Db=2Cc,r=abc");
}

#[test]
fn a_password_is_prepared_and_a_forbidden_character_in_it_refused() {
    let scram = Scram::new(Hash::Sha1, "user", "abc");
    let first = scram.server_first(&base64("r=abcd,s=QSXCR+Q6,i=1")).unwrap();
    let answer = |password: &str| scram.answer(&first, password).map(|answer| answer.response.to_string());
    // the example of RFC 4013: a soft hyphen maps to nothing; a no-break space to a space
    assert_eq!(answer("I\u{ad}X"), answer("IX"));
    assert_eq!(answer("a\u{a0}b"), answer("a b"));
    assert_ne!(answer("USER"), answer("user"));
    for forbidden in ["a\u{7}b", "a\0b", "\u{e000}", "\u{202e}abc", "\u{fffe}", "\u{80}"] {
        assert_eq!(answer(forbidden), Err(ScramError::Forbidden("password")), "{forbidden:?}");
    }
}

#[test]
fn nothing_secret_is_in_what_a_debug_print_shows() {
    let (_, answer) = exchange(Hash::Sha1, "abc", "r=abcdef,s=QSXCR+Q6sek8bf92,i=1");
    assert_eq!(format!("{answer:?} {:?}", answer.server_signature), "ScramAnswer(…) ServerSignature(…)");
}

#[test]
fn the_strongest_mechanism_that_what_is_at_hand_can_use_is_chosen() {
    let offer = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>();
    let imp = offer(&["PLAIN", "CISCO-VTG-TOKEN"]);
    assert_eq!(choose(&imp, true, false, false), Some(Mechanism::Plain));
    assert_eq!(choose(&imp, true, true, false), Some(Mechanism::Plain));
    assert_eq!(choose(&imp, true, true, true), Some(Mechanism::VtgToken));
    assert_eq!(choose(&imp, true, false, true), Some(Mechanism::Plain));
    assert_eq!(choose(&imp, false, true, false), None);
    assert_eq!(choose(&imp, false, false, true), None);
    let all = offer(&["PLAIN", "SCRAM-SHA-1", "SCRAM-SHA-256", "SCRAM-SHA-256-PLUS", "EXTERNAL"]);
    assert_eq!(choose(&all, true, false, false), Some(Mechanism::ScramSha256));
    assert_eq!(choose(&all[..2], true, true, true), Some(Mechanism::ScramSha1));
    assert_eq!(choose(&offer(&["WEBEX-TOKEN"]), true, true, true), None);
    for mechanism in Mechanism::ALL {
        assert_eq!(Mechanism::named(mechanism.name()), Some(mechanism));
    }
}
