//! Puts the secrets in, at the write and behind the trust gate.
//!
//! The only place where a secret and the bytes that will carry it meet. What comes out is zeroized when dropped
//! and cannot be printed.

use std::ops::Range;

use secrecy::{ExposeSecret, SecretString};
use zeroize::Zeroizing;

use crate::protocol::sasl::{self, Scram, ScramAnswer, ScramError, ServerFirst, ServerSignature};

use super::{GatePass, Placeholder};

/// The secrets at hand, and who they belong to.
#[derive(Debug, Clone, Default)]
pub struct Secrets {
    /// The password.
    pub password: Option<SecretString>,
    /// The one-time token of CISCO-VTG-TOKEN.
    pub token: Option<SecretString>,
    /// Secrets of the same run that do not belong here: never filled in, and cut wherever they stand.
    pub others: Vec<SecretString>,
}

impl Secrets {
    /// All of them, whoever they belong to.
    pub fn all(&self) -> impl Iterator<Item = &SecretString> {
        self.password.iter().chain(&self.token).chain(&self.others)
    }
}

/// What a placeholder is filled with.
pub struct Filling<'a> {
    /// The user id.
    pub user: &'a str,
    /// `user@domain`.
    pub jid: &'a str,
    /// The secrets.
    pub secrets: &'a Secrets,
    /// The SCRAM exchange, once the server's first message came.
    pub scram: Option<(&'a Scram, &'a ServerFirst)>,
}

/// Bytes ready to be written.
pub struct Filled {
    /// The bytes.
    pub bytes: Zeroizing<Vec<u8>>,
    /// The ranges that came from a placeholder, each with its kind.
    pub secrets: Vec<(Range<usize>, &'static str)>,
    /// What the server must prove at the end of SCRAM.
    pub server_signature: Option<ServerSignature>,
}

/// Why a text cannot be filled.
#[derive(Debug, thiserror::Error)]
pub enum FillError {
    /// There is no such placeholder.
    #[error("{{{{{0}}}}} is no placeholder; there are {{{{plain}}}}, {{{{token}}}} and {{{{scram}}}}")]
    Unknown(String),
    /// The secret that it stands for is not at hand.
    #[error("{0} stands for a {1} that is not at hand")]
    Missing(&'static str, &'static str),
    /// SCRAM cannot go on.
    #[error(transparent)]
    Scram(#[from] ScramError),
}

/// Fills the placeholders of `template`. SCRAM derives a key, which takes long with many iterations: not for an
/// async task.
///
/// # Errors
/// When a placeholder is unknown, or its secret is not at hand.
pub fn fill(template: &str, with: &Filling<'_>, _pass: GatePass) -> Result<Filled, FillError> {
    let bytes = Zeroizing::new(Vec::with_capacity(template.len()));
    let mut filled = Filled { bytes, secrets: Vec::new(), server_signature: None };
    let mut rest = template;
    while let Some(at) = rest.find("{{") {
        let (before, behind) = rest.split_at(at);
        let Some(placeholder) = Placeholder::ALL.into_iter().find(|p| behind.starts_with(p.text())) else {
            return Err(FillError::Unknown(placeholder_name(behind)));
        };
        filled.bytes.extend_from_slice(before.as_bytes());
        rest = &behind[placeholder.text().len()..];
        filled.put(placeholder, with, rest.len())?;
    }
    filled.bytes.extend_from_slice(rest.as_bytes());
    Ok(filled)
}

/// Text that has no placeholder, as it is.
///
/// # Errors
/// When it has one after all, of a name that does not exist: most likely it is misspelt.
pub fn as_it_stands(text: &str) -> Result<Filled, FillError> {
    match text.find("{{") {
        Some(at) => Err(FillError::Unknown(placeholder_name(&text[at..]))),
        None => Ok(Filled {
            bytes: Zeroizing::new(text.as_bytes().to_vec()),
            secrets: Vec::new(),
            server_signature: None,
        }),
    }
}

fn placeholder_name(text: &str) -> String {
    text.chars().skip(2).take_while(|c| c.is_alphanumeric() || *c == '_').collect()
}

impl Filled {
    /// Puts a secret in, with room for `behind` bytes more: a buffer that grew by itself would leave a copy.
    fn put(&mut self, placeholder: Placeholder, with: &Filling<'_>, behind: usize) -> Result<(), FillError> {
        let password = || with.secrets.password.as_ref().map(ExposeSecret::expose_secret);
        let text = placeholder.text();
        let (payload, kind) = match placeholder {
            Placeholder::Plain => {
                let password = password().ok_or(FillError::Missing(text, "password"))?;
                (sasl::plain(with.user, password), "PLAIN")
            }
            Placeholder::Token => {
                let token = with.secrets.token.as_ref().ok_or(FillError::Missing(text, "token"))?;
                (sasl::vtg_token(with.jid, token.expose_secret()), "token")
            }
            Placeholder::Scram => {
                let password = password().ok_or(FillError::Missing(text, "password"))?;
                let (scram, first) = with.scram.ok_or(FillError::Missing(text, "server's challenge"))?;
                let ScramAnswer { response, server_signature } = scram.answer(first, password)?;
                self.server_signature = Some(server_signature);
                (response, "SCRAM proof")
            }
        };
        let from = self.bytes.len();
        let mut roomy = Zeroizing::new(Vec::with_capacity(from + payload.len() + behind));
        roomy.extend_from_slice(&self.bytes);
        roomy.extend_from_slice(payload.as_bytes());
        self.bytes = roomy;
        self.secrets.push((from..self.bytes.len(), kind));
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::login::trust::GatePass;

    fn with(password: &str) -> Secrets {
        Secrets { password: Some(password.to_owned().into()), ..Secrets::default() }
    }

    fn try_fill(template: &str, secrets: &Secrets) -> Result<Filled, FillError> {
        let filling = Filling { user: "alice", jid: "alice@example.test", secrets, scram: None };
        fill(template, &filling, GatePass::for_tests())
    }

    #[test]
    fn plain_is_filled_as_protocol_md_5_3_has_it_and_its_place_is_known() {
        let filled = try_fill("<auth>{{plain}}</auth>", &with("secret")).unwrap();
        assert_eq!(&filled.bytes[..], b"<auth>AGFsaWNlAHNlY3JldA==</auth>");
        assert_eq!(filled.secrets, [(6..26, "PLAIN")]);
    }

    #[test]
    fn a_misspelt_placeholder_and_a_missing_secret_are_named() {
        let error = |template| try_fill(template, &with("x")).err().map(|error| error.to_string()).unwrap();
        assert!(error("{{plian}}").contains("{{plian}} is no placeholder"), "{}", error("{{plian}}"));
        assert!(error("{{token}}").contains("a token that is not at hand"), "{}", error("{{token}}"));
    }
}
