//! What is on its way out: filled behind the gate, masked before it is logged, logged when its last byte is written.

use zeroize::Zeroizing;

use crate::journal::{Author, AwaitedReply, Offset, Part, Parts, Payload, Secret, Sent, Span};
use crate::login::fill::{Filled, Secrets};
use crate::login::{Placeholder, Sends};
use crate::protocol::mask::{self, Way};
use crate::protocol::sasl::ServerSignature;

use secrecy::ExposeSecret;

/// Something that is being written.
pub struct Outgoing {
    /// The bytes, secrets in place.
    pub bytes: Zeroizing<Vec<u8>>,
    /// How many of them the connection has taken.
    pub taken: usize,
    /// What it is.
    pub sends: Sends,
    /// Who wrote it.
    pub by: Author,
    /// When the write began.
    pub since: Offset,
    /// Bytes of TCP before it.
    pub wire_from: u64,
    /// What the server must prove afterwards.
    pub signature: Option<ServerSignature>,
    secrets: Vec<Secret>,
    credential: bool,
    parts: Parts,
}

impl Outgoing {
    /// Prepares filled bytes. `at_hand` are the secrets whose every occurrence is cut out of what is logged.
    /// `counted` says that the SASL exchange that is open has its attempt counted.
    pub fn new(filled: Filled, text: &str, by: Author, at_hand: &Secrets, counted: bool) -> Self {
        let mut secrets = masked(&filled.bytes, Way::Out, at_hand);
        let credential = spends_attempt(&Sends::of(text), &filled, counted);
        secrets.extend(filled.secrets.into_iter().map(|(range, kind)| Secret {
            range,
            kind: kind.to_owned(),
            note: String::new(),
        }));
        Self {
            taken: 0,
            sends: Sends::of(text),
            by,
            since: Offset::default(),
            wire_from: 0,
            signature: filled.server_signature,
            secrets,
            credential,
            parts: Parts::default(),
            bytes: filled.bytes,
        }
    }

    /// What fills it is nobody's: it spends no attempt.
    pub fn belongs_to_nobody(&mut self) {
        self.credential = false;
    }

    /// Whether it spends one attempt.
    pub fn credential(&self) -> bool {
        self.credential
    }

    /// The rest that the connection has not taken.
    pub fn rest(&self) -> &[u8] {
        &self.bytes[self.taken.min(self.bytes.len())..]
    }

    /// The connection took so many bytes more.
    pub fn took(&mut self, bytes: usize, at: Offset) {
        self.taken += bytes;
        self.parts.push(Part { bytes: bytes as u64, at });
    }

    /// The fact that it was sent.
    pub fn sent(&self, wire_to: u64, secure: bool) -> Sent {
        let mechanism = match &self.sends {
            Sends::Auth(mechanism) => Some(mechanism.clone()).filter(|name| !name.is_empty()),
            _ => None,
        };
        Sent {
            what: self.sends.name().to_owned(),
            payload: Payload::cut(&self.bytes, &self.secrets),
            wire: Span { from: self.wire_from, to: wire_to },
            secure,
            by: self.by,
            credential: self.credential,
            mechanism,
            parts: if self.parts.is_whole() { Parts::default() } else { self.parts.clone() },
        }
    }

    /// What a wait for its answer knows of it.
    pub fn reply(&self, wire_to: u64, written: bool) -> AwaitedReply {
        AwaitedReply {
            what: self.sends.name().to_owned(),
            xml_bytes: self.bytes.len() as u64,
            wire: Span { from: self.wire_from, to: wire_to },
            written,
        }
    }
}

/// The secret ranges of `bytes`: by their place in the XML, and every occurrence of a secret at hand.
pub fn masked(bytes: &[u8], way: Way, at_hand: &Secrets) -> Vec<Secret> {
    let mut secrets: Vec<Secret> =
        mask::secrets(bytes, way).into_iter().map(|found| secret(found, at_hand)).collect();
    secrets.extend(known(bytes, at_hand));
    secrets
}

/// The secret ranges of an element that is still open.
pub fn masked_open(bytes: &[u8], at_hand: &Secrets) -> Vec<Secret> {
    let mut secrets: Vec<Secret> =
        mask::open_element(bytes).into_iter().map(|found| secret(found, at_hand)).collect();
    secrets.extend(known(bytes, at_hand));
    secrets
}

/// A note names the user; a user whose name is the password gets none.
fn secret(found: mask::Found, at_hand: &Secrets) -> Secret {
    let note = if known(found.note.as_bytes(), at_hand).is_empty() { found.note } else { String::new() };
    Secret { range: found.range, kind: found.kind.to_owned(), note }
}

/// Every occurrence of a secret at hand.
pub fn known(bytes: &[u8], at_hand: &Secrets) -> Vec<Secret> {
    at_hand
        .all()
        .flat_map(|secret| mask::known(bytes, secret.expose_secret()))
        .map(|range| Secret { range, kind: "secret".to_owned(), note: String::new() })
        .collect()
}

/// Whether a secret at hand stands in `text`, in whatever form.
pub fn holds_known(text: &str, at_hand: &Secrets) -> bool {
    !known(text.as_bytes(), at_hand).is_empty()
}

/// `text` for the screen: what may be secret in it is masked.
pub fn shown(text: &str, at_hand: &Secrets) -> String {
    let is_placeholder = |cut: &Secret| {
        let held = text.get(cut.range.clone());
        held.is_some_and(|held| Placeholder::ALL.iter().any(|placeholder| placeholder.text() == held.trim()))
    };
    let cuts = masked(text.as_bytes(), Way::Out, at_hand).into_iter().filter(|cut| !is_placeholder(cut));
    let payload = Payload::cut(text.as_bytes(), &cuts.collect::<Vec<_>>());
    let (mut shown, mut done) = (Vec::new(), 0);
    for cut in payload.cuts() {
        shown.extend_from_slice(&payload.bytes()[done..cut.at]);
        shown.extend_from_slice(b"[masked]");
        done = cut.at;
    }
    shown.extend_from_slice(&payload.bytes()[done..]);
    String::from_utf8_lossy(&shown).into_owned()
}

/// Whether the server may count this against the user. Of a SCRAM exchange the first message counts, so that a
/// silent one counts too; its proof belongs to the same attempt. A credential in a `<response>` to an `<auth>`
/// that carried none counts by itself.
fn spends_attempt(sends: &Sends, filled: &Filled, counted: bool) -> bool {
    match sends {
        Sends::Response if counted => false,
        Sends::Auth(mechanism) if mechanism.starts_with("SCRAM-") => true,
        _ => {
            !filled.secrets.is_empty()
                || mask::secrets(&filled.bytes, Way::Out).iter().any(|found| found.credential)
        }
    }
}
