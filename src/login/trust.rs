//! The trust gate: what must hold before a credential crosses a connection (design.md 5).
//!
//! 1. A certificate whose key the server did not prove: never.
//! 2. A clear connection: only with the user's word.
//! 3. A certificate that fails, in its chain, in the name that the client checks, or because another one was accepted
//!    for this service before: only if this fingerprint was accepted, or all are (`--insecure`).
//! 4. More attempts than the user's budget: only with the user's word.
//! 5. No credential at hand: nothing to send.

use crate::journal::ClientKind;

/// What a connection is worth.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Security {
    /// Its certificate; none on a clear connection.
    pub certificate: Option<Certificate>,
}

/// What verification said of the server's certificate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Certificate {
    /// `sha256:` and 64 hex digits.
    pub fingerprint: String,
    /// What is wrong with the chain, in words, where something is.
    pub chain: Option<String>,
    /// Whether it is valid for the XMPP domain.
    pub domain_ok: bool,
    /// Whether it is valid for the node's own name.
    pub node_ok: bool,
    /// Whether the server proved that it holds the key.
    pub key_proven: bool,
}

/// What the user allowed, and which credentials are at hand.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Policy {
    /// Accepted fingerprints, wherever they are shown.
    pub accepted: Vec<String>,
    /// Fingerprints that were accepted for this very service. Where there are any, another certificate fails, however
    /// well it is signed.
    pub known: Vec<String>,
    /// All certificates are accepted.
    pub insecure: bool,
    /// Credentials may cross a clear connection.
    pub cleartext: bool,
    /// Attempts made with the user's credential so far, on all nodes.
    pub attempts_used: u32,
    /// How many there may be.
    pub attempts_limit: u32,
    /// The SASL exchange that is open was counted when it began: its `<response>` is no attempt of its own.
    pub exchange_counted: bool,
    /// A password is at hand.
    pub password: bool,
    /// A token is at hand.
    pub token: bool,
}

/// Whether a credential may cross, and if not, why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Gate {
    /// It may.
    Open(GatePass),
    /// The certificate failed and was not accepted.
    Certificate {
        /// What to accept.
        fingerprint: String,
        /// What failed, a phrase each.
        why: Vec<String>,
    },
    /// The connection is clear.
    Cleartext,
    /// The server did not prove that it holds the certificate's key. Nothing overrules this.
    KeyNotProven,
    /// The budget is used up.
    Attempts {
        /// Used.
        used: u32,
        /// Allowed.
        limit: u32,
    },
    /// No credential is at hand.
    NoCredential,
}

/// The proof that the gate was open. Only the gate makes one, and [`super::fill::fill`] wants one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct GatePass(());

/// Whether a credential may cross a connection of this `security`. `counted`: it belongs to an attempt that was
/// counted already.
pub(super) fn gate(security: &Security, policy: &Policy, client: ClientKind, needs: Needs, counted: bool) -> Gate {
    let at_hand = match needs {
        Needs::Password => policy.password,
        Needs::Token => policy.token,
        Needs::Nothing => true,
    };
    judge(security, policy, |certificate| certificate.failures(client), at_hand, counted)
}

/// Whether a credential may go to the HTTP server behind a connection of this `security`: such a server is known by
/// the name that it was asked under. `at_hand`: what would be sent is there. `counted`: it spends no attempt, as a
/// session key does not.
pub fn host_gate(security: &Security, policy: &Policy, at_hand: bool, counted: bool) -> Gate {
    judge(security, policy, Certificate::host_failures, at_hand, counted)
}

/// The same for an Expressway-E, which must be one for the domain as well.
pub fn edge_gate(security: &Security, policy: &Policy, at_hand: bool, counted: bool) -> Gate {
    judge(security, policy, Certificate::edge_failures, at_hand, counted)
}

fn judge(
    security: &Security,
    policy: &Policy,
    failures: impl Fn(&Certificate) -> Vec<String>,
    at_hand: bool,
    counted: bool,
) -> Gate {
    match &security.certificate {
        Some(certificate) if !certificate.key_proven => return Gate::KeyNotProven,
        Some(certificate) => {
            let is_known = policy.known.contains(&certificate.fingerprint);
            let changed = (!policy.known.is_empty()).then(|| CHANGED.to_owned());
            let why: Vec<String> = failures(certificate).into_iter().chain(changed).collect();
            let accepted = policy.insecure || is_known || policy.accepted.contains(&certificate.fingerprint);
            if !why.is_empty() && !accepted {
                return Gate::Certificate { fingerprint: certificate.fingerprint.clone(), why };
            }
        }
        None if !policy.cleartext => return Gate::Cleartext,
        None => {}
    }
    if !at_hand {
        return Gate::NoCredential;
    }
    if !counted && policy.attempts_used >= policy.attempts_limit {
        return Gate::Attempts { used: policy.attempts_used, limit: policy.attempts_limit };
    }
    Gate::Open(GatePass(()))
}

/// Why a certificate fails that is not the one which was accepted.
const CHANGED: &str = "it is another one than was accepted for this host before";

/// Which credential a step needs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Needs {
    /// The user's password.
    Password,
    /// The user's token.
    Token,
    /// None from us: the user typed what is sent.
    Nothing,
}

impl Certificate {
    /// What fails for this client: PSI checks the domain, Jabber accepts the node's name as well.
    fn failures(&self, client: ClientKind) -> Vec<String> {
        let name_ok = match client {
            ClientKind::Psi => self.domain_ok,
            ClientKind::Jabber => self.domain_ok || self.node_ok,
        };
        let name = (!name_ok).then(|| match client {
            ClientKind::Psi => "its names do not include the XMPP domain".to_owned(),
            ClientKind::Jabber => "its names include neither the XMPP domain nor the node".to_owned(),
        });
        self.chain.iter().cloned().chain(name).collect()
    }

    /// What fails for who asked the edge of the domain.
    fn edge_failures(&self) -> Vec<String> {
        let domain =
            (!self.domain_ok).then(|| "its names include neither the domain nor its _collab-edge".to_owned());
        self.host_failures().into_iter().chain(domain).collect()
    }

    /// What fails for who asked a server under the node's name.
    fn host_failures(&self) -> Vec<String> {
        let name = (!self.node_ok).then(|| "its names do not include the host's".to_owned());
        self.chain.iter().cloned().chain(name).collect()
    }
}

#[cfg(test)]
impl GatePass {
    /// A pass without a gate.
    pub(super) fn for_tests() -> Self {
        Self(())
    }
}
