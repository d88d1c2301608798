//! A ClientHello written by hand, and what a server answers to it. Bytes only; no connection.
//!
//! It offers what the TLS library does not have: TLS 1.0 to 1.2 with static RSA, finite-field Diffie-Hellman and
//! CBC (RFC 2246, RFC 4346, RFC 5246), and nothing that the library has. Its layout:
//!
//! ```text
//!  record      16 | 03 01 | length                          RFC 5246 section 6.2.1
//!    handshake 01 | length (3 bytes)                        section 7.4
//!      03 03 | random (32) | 00 (no session)                section 7.4.1.2
//!      length | suites (2 each) | 01 00 (no compression)
//!      length | extensions: type | length | content
//!                 0000 server_name            RFC 6066 section 3, left out for an address
//!                 000a supported_groups       RFC 8422 section 5.1.1
//!                 000b ec_point_formats       RFC 8422 section 5.1.2
//!                 000d signature_algorithms   RFC 5246 section 7.4.1.4.1
//! ```

use crate::protocol::alert;

/// The suites that are offered, and their IANA names, those first that old servers have most.
const SUITES: [(u16, &str); 23] = [
    (0x002f, "TLS_RSA_WITH_AES_128_CBC_SHA"),
    (0x0035, "TLS_RSA_WITH_AES_256_CBC_SHA"),
    (0x003c, "TLS_RSA_WITH_AES_128_CBC_SHA256"),
    (0x003d, "TLS_RSA_WITH_AES_256_CBC_SHA256"),
    (0x009c, "TLS_RSA_WITH_AES_128_GCM_SHA256"),
    (0x009d, "TLS_RSA_WITH_AES_256_GCM_SHA384"),
    (0x000a, "TLS_RSA_WITH_3DES_EDE_CBC_SHA"),
    (0x0005, "TLS_RSA_WITH_RC4_128_SHA"),
    (0x0004, "TLS_RSA_WITH_RC4_128_MD5"),
    (0x0033, "TLS_DHE_RSA_WITH_AES_128_CBC_SHA"),
    (0x0039, "TLS_DHE_RSA_WITH_AES_256_CBC_SHA"),
    (0x0067, "TLS_DHE_RSA_WITH_AES_128_CBC_SHA256"),
    (0x006b, "TLS_DHE_RSA_WITH_AES_256_CBC_SHA256"),
    (0x009e, "TLS_DHE_RSA_WITH_AES_128_GCM_SHA256"),
    (0x009f, "TLS_DHE_RSA_WITH_AES_256_GCM_SHA384"),
    (0xc013, "TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA"),
    (0xc014, "TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA"),
    (0xc027, "TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA256"),
    (0xc028, "TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA384"),
    (0xc009, "TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA"),
    (0xc00a, "TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA"),
    (0xc023, "TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA256"),
    (0xc024, "TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA384"),
];
/// The versions that it asks for, and SSL 3.0: servers that know nothing newer answer with it.
const VERSIONS: [(u16, &str); 4] =
    [(0x0300, "SSL 3.0"), (0x0301, "TLS 1.0"), (0x0302, "TLS 1.1"), (0x0303, "TLS 1.2")];
/// Says that renegotiation is the safe one (RFC 5746 section 3.3); some servers refuse who does not.
const SAFE_RENEGOTIATION: u16 = 0x00ff;
/// P-256, P-384, P-521.
const GROUPS: [u16; 3] = [0x0017, 0x0018, 0x0019];
/// RSA and ECDSA with SHA-256, SHA-384, SHA-512 and SHA-1.
const SIGNATURES: [u16; 8] = [0x0401, 0x0501, 0x0601, 0x0201, 0x0403, 0x0503, 0x0603, 0x0203];

const HANDSHAKE: u8 = 22;
const ALERT: u8 = 21;
const SERVER_HELLO: u8 = 2;
/// A longer record is none (RFC 5246 section 6.2.1, with room for old expansions).
const LONGEST_RECORD: usize = (1 << 14) + 2048;
/// A ServerHello is far shorter.
const LONGEST_HELLO: usize = 4096;

/// What a server answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    /// It takes this version and this suite: `TLS 1.0`, the suite's IANA name.
    Hello { version: String, suite: String },
    /// It refuses, with this alert: `handshake_failure (40)`.
    Alert(String),
    /// It takes what was not offered, which is no answer: the version and the suite.
    Unasked(String),
    /// It speaks no TLS.
    NoTls,
}

/// The ClientHello. `name` is the host for SNI; an address has none.
pub fn client_hello(name: Option<&str>, random: &[u8; 32]) -> Vec<u8> {
    let mut body = vec![3, 3];
    body.extend_from_slice(random);
    body.push(0);
    let suites = SUITES.iter().map(|(suite, _)| *suite).chain([SAFE_RENEGOTIATION]);
    body.extend(counted(&pairs(suites)));
    body.extend([1, 0]);
    let mut extensions = Vec::new();
    if let Some(name) = name {
        let entry = [vec![0], counted(name.as_bytes())].concat();
        extensions.extend(extension(0x0000, &counted(&entry)));
    }
    extensions.extend(extension(0x000a, &counted(&pairs(GROUPS))));
    extensions.extend(extension(0x000b, &[1, 0]));
    extensions.extend(extension(0x000d, &counted(&pairs(SIGNATURES))));
    body.extend(counted(&extensions));
    // The handshake's length has three bytes; the first is 0 for anything that fits into one record.
    let handshake = [vec![1, 0], counted(&body)].concat();
    [vec![HANDSHAKE, 3, 1], counted(&handshake)].concat()
}

fn pairs(numbers: impl IntoIterator<Item = u16>) -> Vec<u8> {
    numbers.into_iter().flat_map(u16::to_be_bytes).collect()
}

/// The bytes behind their length in two bytes. A host's name is the only part whose length is not ours, and it was
/// sent as the stream's domain before: bounded here all the same.
fn counted(bytes: &[u8]) -> Vec<u8> {
    let kept = &bytes[..bytes.len().min(usize::from(u16::MAX))];
    let length = u16::try_from(kept.len()).unwrap_or(u16::MAX);
    [&length.to_be_bytes()[..], kept].concat()
}

fn extension(kind: u16, content: &[u8]) -> Vec<u8> {
    [&kind.to_be_bytes()[..], &counted(content)].concat()
}

/// Reads what has come so far. None: it is not enough to tell.
pub fn answer(bytes: &[u8]) -> Option<Answer> {
    let mut handshake = Vec::new();
    let mut rest = bytes;
    loop {
        let (&kind, behind) = rest.split_first()?;
        if !matches!(kind, HANDSHAKE | ALERT) {
            return Some(Answer::NoTls);
        }
        let (major, behind) = (behind.first()?, behind.get(1..)?);
        if *major != 3 {
            return Some(Answer::NoTls);
        }
        let length = usize::from(number(behind.get(1..)?)?);
        if length == 0 || length > LONGEST_RECORD {
            return Some(Answer::NoTls);
        }
        let content = behind.get(3..)?;
        let has = &content[..content.len().min(length)];
        if kind == ALERT {
            return has.get(1).map(|number| Answer::Alert(alert::words(*number)));
        }
        handshake.extend_from_slice(has);
        if let Some(answer) = server_hello(&handshake) {
            return Some(answer);
        }
        rest = content.get(length..)?;
    }
}

/// The ServerHello up to its suite (RFC 5246 section 7.4.1.3).
fn server_hello(bytes: &[u8]) -> Option<Answer> {
    if bytes.first().is_some_and(|kind| *kind != SERVER_HELLO) || bytes.len() > LONGEST_HELLO {
        return Some(Answer::NoTls);
    }
    let body = bytes.get(4..)?;
    let version = number(body)?;
    let session = usize::from(*body.get(34)?);
    let suite = number(body.get(35 + session..)?)?;
    let named = SUITES.iter().find(|(number, _)| *number == suite);
    Some(match (VERSIONS.iter().find(|(number, _)| *number == version), named) {
        (Some((_, version)), Some((_, suite))) => {
            Answer::Hello { version: (*version).to_owned(), suite: (*suite).to_owned() }
        }
        _ => Answer::Unasked(format!("version 0x{version:04x}, suite 0x{suite:04x}")),
    })
}

fn number(bytes: &[u8]) -> Option<u16> {
    Some(u16::from_be_bytes([*bytes.first()?, *bytes.get(1)?]))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A ServerHello of TLS 1.0 with TLS_RSA_WITH_AES_128_CBC_SHA and a session id of two bytes.
    fn hello() -> Vec<u8> {
        let body = [&[3, 1][..], &[7; 32], &[2, 0xaa, 0xbb], &[0x00, 0x2f], &[0]].concat();
        let handshake = [vec![SERVER_HELLO, 0], counted(&body)].concat();
        [vec![HANDSHAKE, 3, 1], counted(&handshake)].concat()
    }

    fn expected() -> Option<Answer> {
        let suite = "TLS_RSA_WITH_AES_128_CBC_SHA".to_owned();
        Some(Answer::Hello { version: "TLS 1.0".to_owned(), suite })
    }

    #[test]
    fn every_length_in_the_hello_says_what_follows_it() {
        let hello = client_hello(Some("example.test"), &[9; 32]);
        assert_eq!(hello[..3], [HANDSHAKE, 3, 1]);
        assert_eq!(usize::from(number(&hello[3..]).unwrap()), hello.len() - 5);
        assert_eq!(usize::from(number(&hello[7..]).unwrap()), hello.len() - 9);
        let suites = usize::from(number(&hello[44..]).unwrap());
        assert_eq!(suites, 2 * (SUITES.len() + 1));
        let extensions = 44 + 2 + suites + 2;
        assert_eq!(usize::from(number(&hello[extensions..]).unwrap()), hello.len() - extensions - 2);
        assert!(hello.windows(12).any(|window| window == b"example.test"));
        assert!(client_hello(None, &[9; 32]).len() < hello.len());
    }

    #[test]
    fn a_server_hello_is_read_as_soon_as_its_suite_came_however_it_was_cut() {
        let whole = hello();
        let tells = whole.len() - 1;
        for cut in 0..tells {
            assert_eq!(answer(&whole[..cut]), None, "{cut} bytes");
        }
        assert_eq!(answer(&whole[..tells]), expected());
        assert_eq!(answer(&whole), expected());
    }

    #[test]
    fn a_server_hello_in_two_records_is_one() {
        let whole = hello();
        let (one, other) = whole[5..].split_at(11);
        let record = |bytes: &[u8]| [vec![HANDSHAKE, 3, 1], counted(bytes)].concat();
        assert_eq!(answer(&[record(one), record(other)].concat()), expected());
    }

    #[test]
    fn an_alert_is_named_and_what_is_no_tls_is_known_at_once() {
        assert_eq!(answer(&[ALERT, 3, 1, 0, 2, 2, 40]), Some(Answer::Alert("handshake_failure (40)".to_owned())));
        assert_eq!(answer(&[ALERT, 3, 1, 0, 2, 2, 201]), Some(Answer::Alert("201, which has no name".to_owned())));
        assert_eq!(answer(b"H"), Some(Answer::NoTls));
        assert_eq!(answer(&[HANDSHAKE, 3, 1, 0xff, 0xff]), Some(Answer::NoTls));
        assert_eq!(answer(&[HANDSHAKE, 3, 1, 0, 0]), Some(Answer::NoTls), "an empty record leads nowhere");
        assert_eq!(answer(&[HANDSHAKE, 3, 1, 0, 1, 11]), Some(Answer::NoTls), "a certificate without a hello");
    }

    #[test]
    fn a_suite_that_was_not_offered_is_no_sign_of_old_tls() {
        let mut hello = hello();
        let at = hello.len() - 3;
        hello[at..at + 2].copy_from_slice(&[0xc0, 0x2c]);
        assert_eq!(answer(&hello), Some(Answer::Unasked("version 0x0301, suite 0xc02c".to_owned())));
    }

    #[test]
    fn no_bytes_make_it_panic() {
        let whole = hello();
        for at in 0..whole.len() {
            for byte in [0, 1, 2, 0x7f, 0xff] {
                let mut broken = whole.clone();
                broken[at] = byte;
                let _ = answer(&broken);
            }
        }
    }
}
