//! What is on its way out: filled behind the gate, masked before it is logged, logged when its last byte is written.

use zeroize::Zeroizing;

use crate::journal::{Author, AwaitedReply, Offset, Part, Parts, Payload, Secret, Sent, Span};
use crate::login::fill::{Filled, Secrets};
use crate::login::{Placeholder, Sends};
use crate::protocol::mask::{self, Way};
use crate::protocol::sasl::ServerSignature;

use super::at_hand;

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
pub fn masked(bytes: &[u8], way: Way, secrets: &Secrets) -> Vec<Secret> {
    let found = mask::secrets(bytes, way).into_iter().map(|found| at_hand::found(found, secrets.all()));
    found.chain(at_hand::known(bytes, secrets.all())).collect()
}

/// The first `longest` bytes of an element that is still open, without its secrets: a beginning of one, too, may be the
/// last that came.
pub fn open_element(bytes: &[u8], longest: usize, secrets: &Secrets) -> Payload {
    let bytes = &bytes[..bytes.len().min(longest + at_hand::BEYOND)];
    let found = mask::open_element(bytes).into_iter().map(|found| at_hand::found(found, secrets.all()));
    let known = at_hand::known(bytes, secrets.all()).into_iter();
    let secrets = found.chain(known).chain(at_hand::beginnings(bytes, secrets.all())).collect();
    at_hand::bounded(bytes, secrets, longest)
}

/// Whether a secret at hand stands in `text`, in whatever form.
pub fn holds_known(text: &str, secrets: &Secrets) -> bool {
    !at_hand::known(text.as_bytes(), secrets.all()).is_empty()
}

/// `text` for the screen: what may be secret in it is masked.
pub fn shown(text: &str, secrets: &Secrets) -> String {
    let is_placeholder = |cut: &Secret| {
        let held = text.get(cut.range.clone());
        held.is_some_and(|held| Placeholder::ALL.iter().any(|placeholder| placeholder.text() == held.trim()))
    };
    let mut cuts = masked(text.as_bytes(), Way::Out, secrets);
    cuts.retain(|cut| !is_placeholder(cut));
    at_hand::words(text.as_bytes(), &cuts)
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_an_open_element_no_beginning_of_a_secret_is_shown() {
        let secrets = Secrets { password: Some("heron-4Q~".into()), ..Secrets::default() };
        let shown = |bytes: &str, longest| open_element(bytes.as_bytes(), longest, &secrets).text().into_owned();
        assert_eq!(shown("<x a='heron-4", 99), "<x a='");
        assert_eq!(shown("<x a='her&#111;n", 99), "<x a='");
        // What is shown ends in it, what came does not.
        assert_eq!(shown("<x a='heron-4Q~' b='", 11), "<x a='");
        assert_eq!(shown("<x a='heron' b='", 99), "<x a='heron' b='");
    }
}
