//! TLS by hand: records and handshake messages as bytes, whole or broken, in clear or sealed with the keys of a
//! connection that stands (RFC 8446 section 5, RFC 5246 sections 6 and 7.4).

use std::io::Write;
use std::net::TcpStream;

use ring::aead::{AES_128_GCM, AES_256_GCM, Aad, CHACHA20_POLY1305, LessSafeKey, Nonce, UnboundKey};
use ring::hkdf::{HKDF_SHA384, KeyType, Prk};
use tokio_rustls::rustls::{ConnectionTrafficSecrets, ProtocolVersion};

use super::peer::{Identity, Said, Secure, Talk};

/// Content types of records.
pub const CHANGE_CIPHER_SPEC: u8 = 20;
pub const ALERT: u8 = 21;
pub const HANDSHAKE: u8 = 22;
pub const DATA: u8 = 23;

/// Types of handshake messages.
pub const HELLO_REQUEST: u8 = 0;
pub const SERVER_HELLO: u8 = 2;
pub const NEW_SESSION_TICKET: u8 = 4;
pub const CERTIFICATE: u8 = 11;
pub const KEY_UPDATE: u8 = 24;

/// Levels of alerts.
pub const WARNING: u8 = 1;
pub const FATAL: u8 = 2;

/// `TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384`, which the program offers for TLS 1.2.
pub const MODERN: u16 = 0xc02c;
/// `TLS_AES_256_GCM_SHA384`, which it offers for TLS 1.3.
pub const MODERN_13: u16 = 0x1302;

/// A record of TLS 1.2 or 1.3.
pub fn record(content: u8, bytes: &[u8]) -> Vec<u8> {
    let length = u16::try_from(bytes.len()).expect("a record");
    [&[content, 3, 3], &length.to_be_bytes()[..], bytes].concat()
}

/// A handshake message.
pub fn message(kind: u8, body: &[u8]) -> Vec<u8> {
    [&[kind], &three(body.len())[..], body].concat()
}

/// A length in three bytes.
pub fn three(length: usize) -> [u8; 3] {
    let [_, high, middle, low] = u32::try_from(length).expect("a length").to_be_bytes();
    [high, middle, low]
}

/// An extension of a hello.
pub fn extension(kind: u16, content: &[u8]) -> Vec<u8> {
    let length = u16::try_from(content.len()).expect("an extension");
    [&kind.to_be_bytes()[..], &length.to_be_bytes(), content].concat()
}

/// A ServerHello: version, random, suite, extensions. It repeats no session, as one of TLS 1.2 does not.
pub fn server_hello(version: u16, random: &[u8; 32], suite: u16, extensions: &[u8]) -> Vec<u8> {
    hello_in(&[], version, random, suite, extensions)
}

/// The same with a session id, which one of TLS 1.3 repeats from the ClientHello.
pub fn hello_in(session: &[u8], version: u16, random: &[u8; 32], suite: u16, extensions: &[u8]) -> Vec<u8> {
    let session_length = u8::try_from(session.len()).expect("a session id");
    let length = u16::try_from(extensions.len()).expect("extensions");
    let body = [
        &version.to_be_bytes()[..],
        random,
        &[session_length],
        session,
        &suite.to_be_bytes(),
        &[0],
        &length.to_be_bytes(),
        extensions,
    ];
    message(SERVER_HELLO, &body.concat())
}

/// A Certificate message of TLS 1.2.
pub fn certificate(chain: &[Vec<u8>]) -> Vec<u8> {
    let list: Vec<u8> = chain.iter().flat_map(|der| [&three(der.len())[..], der].concat()).collect();
    message(CERTIFICATE, &[&three(list.len())[..], &list].concat())
}

/// A message cut into records of this size.
pub fn records(content: u8, bytes: &[u8], size: usize) -> Vec<u8> {
    bytes.chunks(size).flat_map(|chunk| record(content, chunk)).collect()
}

/// Reads the ClientHello, in one record as clients send it, and gives its session id.
pub fn client_hello(talk: &mut Talk<TcpStream>) -> std::io::Result<Vec<u8>> {
    let head = talk.hear_bytes(5)?;
    let body = talk.hear_bytes(usize::from(u16::from_be_bytes([head[3], head[4]])))?;
    // Behind the message's type and length (4), the version (2) and the random (32).
    let length = usize::from(*body.get(38).unwrap_or(&0));
    Ok(body.get(39..39 + length).unwrap_or_default().to_vec())
}

/// The sending side of a connection whose handshake is done: what it seals is what the client takes for real.
pub struct Sealer {
    key: LessSafeKey,
    iv: [u8; 12],
    sequence: u64,
    is_13: bool,
    secret: Vec<u8>,
    socket: TcpStream,
}

impl Sealer {
    /// Takes the connection over. Nothing can be said or heard through TLS after it.
    pub fn of(talk: &mut Talk<Secure>, identity: &Identity) -> std::io::Result<Self> {
        let tls = std::mem::replace(&mut talk.stream.conn, identity.connection());
        let is_13 = tls.protocol_version() == Some(ProtocolVersion::TLSv1_3);
        let secrets = tls.dangerous_extract_secrets().map_err(std::io::Error::other)?;
        let (sequence, secrets) = secrets.tx;
        let (algorithm, key, iv) = match &secrets {
            ConnectionTrafficSecrets::Aes128Gcm { key, iv } => (&AES_128_GCM, key, iv),
            ConnectionTrafficSecrets::Aes256Gcm { key, iv } => (&AES_256_GCM, key, iv),
            ConnectionTrafficSecrets::Chacha20Poly1305 { key, iv } => (&CHACHA20_POLY1305, key, iv),
            _ => return Err(std::io::ErrorKind::Unsupported.into()),
        };
        let key = UnboundKey::new(algorithm, key.as_ref()).expect("a key of its length");
        let iv = iv.as_ref().try_into().expect("an iv has twelve bytes");
        let socket = talk.stream.sock.try_clone()?;
        Ok(Self { key: LessSafeKey::new(key), iv, sequence, is_13, secret: identity.traffic_secret(), socket })
    }

    /// Sends these bytes as a sealed record of this content type.
    pub fn say(&mut self, content: u8, bytes: &[u8]) -> Said {
        let sealed = self.seal(content, bytes);
        self.say_raw(&sealed)
    }

    /// Sends these bytes as they are, below TLS.
    pub fn say_raw(&mut self, bytes: &[u8]) -> Said {
        self.socket.write_all(bytes)
    }

    /// Says that its keys change, and changes them (RFC 8446 section 7.2). TLS_AES_256_GCM_SHA384 only.
    pub fn update_keys(&mut self) -> Said {
        self.say(HANDSHAKE, &message(KEY_UPDATE, &[1]))?;
        self.secret = expanded(&self.secret, "traffic upd", 48);
        let key = UnboundKey::new(&AES_256_GCM, &expanded(&self.secret, "key", 32)).expect("a key of its length");
        self.key = LessSafeKey::new(key);
        self.iv = expanded(&self.secret, "iv", 12).try_into().expect("twelve bytes");
        self.sequence = 0;
        Ok(())
    }

    /// A sealed record (RFC 8446 section 5.2; RFC 5246 section 6.2.3.3 with RFC 5288).
    pub fn seal(&mut self, content: u8, bytes: &[u8]) -> Vec<u8> {
        let sequence = self.sequence.to_be_bytes();
        self.sequence += 1;
        let tag = self.key.algorithm().tag_len();
        let mut nonce = self.iv;
        if self.is_13 {
            nonce[4..].iter_mut().zip(sequence).for_each(|(byte, mask)| *byte ^= mask);
            let mut inner = [bytes, &[content]].concat();
            let mut head = record(DATA, &vec![0; inner.len() + tag]);
            head.truncate(5);
            let nonce = Nonce::assume_unique_for_key(nonce);
            self.key.seal_in_place_append_tag(nonce, Aad::from(head.clone()), &mut inner).expect("it seals");
            return [head, inner].concat();
        }
        nonce[4..].copy_from_slice(&sequence);
        let length = u16::try_from(bytes.len()).expect("a record");
        let aad = [&sequence[..], &[content, 3, 3], &length.to_be_bytes()].concat();
        let mut inner = bytes.to_vec();
        let nonce = Nonce::assume_unique_for_key(nonce);
        self.key.seal_in_place_append_tag(nonce, Aad::from(aad), &mut inner).expect("it seals");
        record(content, &[&sequence[..], &inner].concat())
    }
}

/// HKDF-Expand-Label with SHA-384 and no context (RFC 8446 section 7.1).
fn expanded(secret: &[u8], label: &str, length: usize) -> Vec<u8> {
    let label = format!("tls13 {label}");
    let counts = [u16::try_from(length).expect("a length").to_be_bytes()].concat();
    let label_length = [u8::try_from(label.len()).expect("a label")];
    let info = [&counts[..], &label_length, label.as_bytes(), &[0]];
    let mut out = vec![0; length];
    let secret = Prk::new_less_safe(HKDF_SHA384, secret);
    secret.expand(&info, Length(length)).and_then(|okm| okm.fill(&mut out)).expect("it expands");
    out
}

/// How much is to be derived.
struct Length(usize);

impl KeyType for Length {
    fn len(&self) -> usize {
        self.0
    }
}
