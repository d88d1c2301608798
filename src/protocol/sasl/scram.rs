//! SCRAM without channel binding, the client's side (RFC 5802, RFC 7677).
//!
//! ```text
//!  first()         n,,n=USER,r=NONCE                      not secret
//!  server_first()  r=NONCE+MORE,s=SALT,i=ITERATIONS       checked
//!  answer()        c=biws,r=NONCE+MORE,p=PROOF            secret: it lets a dictionary be tried
//!  check()         v=SIGNATURE                            proves that the server knows the password
//! ```

use std::num::NonZeroU32;

use data_encoding::BASE64;
use ring::{digest, hmac, pbkdf2};
use thiserror::Error;
use zeroize::Zeroizing;

/// A server that asks for more is refused: a debug build takes 3 to 4 s for so many.
pub const MAX_ITERATIONS: u32 = 1_000_000;

/// The hash of a SCRAM mechanism.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Hash {
    /// SCRAM-SHA-1.
    Sha1,
    /// SCRAM-SHA-256.
    Sha256,
}

/// Why a SCRAM cannot go on.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum ScramError {
    /// The server's message is no base64 of UTF-8.
    #[error("the server's first message is no base64 of text")]
    NotBase64,
    /// The server's message lacks an attribute or has one out of order.
    #[error("the server's first message has no {0}")]
    Missing(&'static str),
    /// The server demands an extension (`m=`), which RFC 5802 section 5.1 forbids to ignore.
    #[error("the server demands an extension")]
    Extension,
    /// The server's nonce does not begin with ours, or adds nothing to it.
    #[error("the server's nonce does not extend ours")]
    Nonce,
    /// More iterations than [`MAX_ITERATIONS`].
    #[error("the server asks for {0} iterations, more than {MAX_ITERATIONS}")]
    TooManyIterations(u64),
    /// The user id or the password holds a character that SASLprep forbids.
    #[error("a control character or another that SASLprep forbids is in the {0}")]
    Forbidden(&'static str),
}

/// One SCRAM exchange: who logs in, and with which nonce.
#[derive(Debug, Clone)]
pub struct Scram {
    hash: Hash,
    nonce: String,
    /// `n=USER,r=NONCE`
    bare: String,
}

/// What the server's first message asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ServerFirst {
    /// Our nonce and the server's.
    pub nonce: String,
    /// The salt.
    pub salt: Vec<u8>,
    /// How often to hash.
    pub iterations: u32,
    /// The message itself; the proof covers it.
    message: String,
}

/// Our second message, and what the server must answer to it.
pub struct ScramAnswer {
    /// base64 of the client-final-message.
    pub response: Zeroizing<String>,
    /// The signature that the server must send with its success.
    pub server_signature: ServerSignature,
}

/// What proves that the server knows the password.
pub struct ServerSignature {
    key: hmac::Key,
    message: String,
}

impl Scram {
    /// An exchange for this user. `client_nonce` is printable ASCII without a comma, and new each time.
    pub fn new(hash: Hash, user: &str, client_nonce: &str) -> Self {
        let name = prepared(user).map_or_else(|| user.to_owned(), |name| name.to_string());
        let name = name.replace('=', "=3D").replace(',', "=2C");
        Self { hash, nonce: client_nonce.to_owned(), bare: format!("n={name},r={client_nonce}") }
    }

    /// The first message, base64. It holds no secret.
    pub fn first(&self) -> String {
        BASE64.encode(format!("n,,{}", self.bare).as_bytes())
    }

    /// Reads the server's first message out of a challenge's base64 text.
    ///
    /// # Errors
    /// [`ScramError`]: whatever a client must not go on with.
    pub fn server_first(&self, base64: &str) -> Result<ServerFirst, ScramError> {
        let message = decode(base64).and_then(|bytes| String::from_utf8(bytes).ok());
        let message = message.ok_or(ScramError::NotBase64)?;
        if message.starts_with("m=") {
            return Err(ScramError::Extension);
        }
        let mut attributes = message.split(',');
        let mut next = |name: &'static str, called: &'static str| {
            attributes.next().and_then(|text| text.strip_prefix(name)).ok_or(ScramError::Missing(called))
        };
        let nonce = next("r=", "nonce (r=)")?;
        let salt = next("s=", "salt (s=)")?;
        let iterations = next("i=", "iteration count (i=)")?;
        let added = nonce.strip_prefix(self.nonce.as_str()).ok_or(ScramError::Nonce)?;
        if added.is_empty() {
            return Err(ScramError::Nonce);
        }
        let salt = BASE64.decode(salt.as_bytes()).ok().filter(|salt| !salt.is_empty());
        Ok(ServerFirst {
            nonce: nonce.to_owned(),
            salt: salt.ok_or(ScramError::Missing("salt (s=)"))?,
            iterations: iteration_count(iterations)?,
            message: message.clone(),
        })
    }

    /// Our second message. It takes as long as the iterations take: not for a thread that others wait for.
    ///
    /// The password is prepared as SASLprep says (RFC 4013), but for its normalisation to NFKC: a password that
    /// holds compatibility characters must be typed as the server has it.
    ///
    /// # Errors
    /// [`ScramError::Forbidden`] for a password that no server can have stored, and
    /// [`ScramError::TooManyIterations`].
    pub fn answer(&self, server: &ServerFirst, password: &str) -> Result<ScramAnswer, ScramError> {
        let password = prepared(password).ok_or(ScramError::Forbidden("password"))?;
        let iterations = NonZeroU32::new(server.iterations).ok_or(ScramError::Missing("iteration count (i=)"))?;
        if server.iterations > MAX_ITERATIONS {
            return Err(ScramError::TooManyIterations(server.iterations.into()));
        }
        let (kdf, mac, hash) = self.hash.algorithms();
        let mut salted = Zeroizing::new(vec![0; mac.digest_algorithm().output_len()]);
        pbkdf2::derive(kdf, iterations, &server.salt, password.as_bytes(), &mut salted);
        let salted = hmac::Key::new(mac, &salted);
        let without_proof = format!("c=biws,r={}", server.nonce);
        let message = format!("{},{},{without_proof}", self.bare, server.message);
        let client_key = hmac::sign(&salted, b"Client Key");
        let stored_key = digest::digest(hash, client_key.as_ref());
        let signature = hmac::sign(&hmac::Key::new(mac, stored_key.as_ref()), message.as_bytes());
        let proof = client_key.as_ref().iter().zip(signature.as_ref()).map(|(key, sign)| key ^ sign);
        let proof = Zeroizing::new(proof.collect::<Vec<u8>>());
        let proof = Zeroizing::new(BASE64.encode(&proof));
        let response = super::encode(&[&without_proof, ",p=", &proof]);
        let key = hmac::Key::new(mac, hmac::sign(&salted, b"Server Key").as_ref());
        Ok(ScramAnswer { response, server_signature: ServerSignature { key, message } })
    }
}

impl ServerSignature {
    /// Whether the text of `<success>` (or of a last challenge) carries this signature. It takes the same time
    /// wherever the two differ.
    pub fn check(&self, base64: &str) -> bool {
        let Some(message) = decode(base64) else { return false };
        let Some(signature) = message.split(|byte| *byte == b',').next().and_then(|text| text.strip_prefix(b"v="))
        else {
            return false;
        };
        let Ok(signature) = BASE64.decode(signature) else { return false };
        hmac::verify(&self.key, self.message.as_bytes(), &signature).is_ok()
    }
}

impl std::fmt::Debug for ServerSignature {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("ServerSignature(…)")
    }
}

impl std::fmt::Debug for ScramAnswer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("ScramAnswer(…)")
    }
}

impl Hash {
    fn algorithms(self) -> (pbkdf2::Algorithm, hmac::Algorithm, &'static digest::Algorithm) {
        match self {
            Hash::Sha1 => {
                (pbkdf2::PBKDF2_HMAC_SHA1, hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, &digest::SHA1_FOR_LEGACY_USE_ONLY)
            }
            Hash::Sha256 => (pbkdf2::PBKDF2_HMAC_SHA256, hmac::HMAC_SHA256, &digest::SHA256),
        }
    }
}

fn iteration_count(text: &str) -> Result<u32, ScramError> {
    const MISSING: ScramError = ScramError::Missing("iteration count (i=)");
    if text.is_empty() || !text.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(MISSING);
    }
    let count = text.parse::<u64>().unwrap_or(u64::MAX);
    match u32::try_from(count) {
        Ok(0) => Err(MISSING),
        Ok(count) if count <= MAX_ITERATIONS => Ok(count),
        _ => Err(ScramError::TooManyIterations(count)),
    }
}

/// The bytes of a base64 text; white space in it is passed over.
fn decode(base64: &str) -> Option<Vec<u8>> {
    let text: Vec<u8> = base64.bytes().filter(|byte| !byte.is_ascii_whitespace()).collect();
    BASE64.decode(&text).ok()
}

/// SASLprep (RFC 4013) without its normalisation and its rule on direction: maps, removes and forbids characters.
fn prepared(text: &str) -> Option<Zeroizing<String>> {
    let mut kept = Zeroizing::new(String::with_capacity(text.len()));
    for c in text.chars() {
        match c {
            c if is_dropped(c) => {}
            c if is_other_space(c) => kept.push(' '),
            c if is_forbidden(c) => return None,
            c => kept.push(c),
        }
    }
    Some(kept)
}

/// RFC 3454 table B.1.
fn is_dropped(c: char) -> bool {
    matches!(c, '\u{ad}' | '\u{34f}' | '\u{1806}' | '\u{180b}'..='\u{180d}' | '\u{200b}'..='\u{200d}' | '\u{2060}'
        | '\u{fe00}'..='\u{fe0f}' | '\u{feff}')
}

/// RFC 3454 table C.1.2, without what B.1 drops.
fn is_other_space(c: char) -> bool {
    matches!(c, '\u{a0}' | '\u{1680}' | '\u{2000}'..='\u{200a}' | '\u{202f}' | '\u{205f}' | '\u{3000}')
}

/// RFC 3454 tables C.2 to C.9, of what is left.
fn is_forbidden(c: char) -> bool {
    let noncharacter = matches!(c, '\u{fdd0}'..='\u{fdef}') || u32::from(c) & 0xfffe == 0xfffe;
    let private = matches!(c, '\u{e000}'..='\u{f8ff}' | '\u{f0000}'..);
    let described = matches!(c, '\u{6dd}' | '\u{70f}' | '\u{180e}' | '\u{2028}'..='\u{202e}'
        | '\u{2061}'..='\u{206f}' | '\u{fff9}'..='\u{fffd}' | '\u{1d173}'..='\u{1d17a}' | '\u{2ff0}'..='\u{2ffb}'
        | '\u{340}' | '\u{341}' | '\u{200e}' | '\u{200f}' | '\u{e0001}' | '\u{e0020}'..='\u{e007f}');
    c.is_control() || noncharacter || private || described
}
