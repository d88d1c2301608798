//! Whether a signature of the handshake was made with the certificate's key, where the TLS library does not say.
//!
//! The library reads a certificate by today's rules before it looks at its key: it takes one of X.509 version 1, or one
//! with a critical extension that it does not know, for no certificate at all. Whether the server holds the key is
//! another question, and it is asked here of the key alone. Keys that the library never takes stay unchecked.

use tokio_rustls::rustls::SignatureScheme;
use tokio_rustls::rustls::crypto::WebPkiSupportedAlgorithms;
use x509_parser::prelude::{FromDer, X509Certificate};

use super::cert;

/// The shortest RSA key whose signatures the library checks, in bits.
const SHORTEST_RSA: usize = 2048;

/// What is known of the proof.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Proof {
    /// The signature is the key's.
    #[default]
    Holds,
    /// It is not.
    Fails,
    /// It cannot be checked here, and why.
    Unchecked(String),
}

/// The proof by this signature over `message`.
pub fn of(
    message: &[u8],
    certificate: &[u8],
    scheme: SignatureScheme,
    signature: &[u8],
    algorithms: &WebPkiSupportedAlgorithms,
) -> Proof {
    let Ok((_, parsed)) = X509Certificate::from_der(certificate) else {
        return Proof::Unchecked("the certificate cannot be read".to_owned());
    };
    let key = parsed.public_key();
    let words = cert::key(key);
    if let Ok(x509_parser::public_key::PublicKey::RSA(rsa)) = key.parsed()
        && rsa.key_size() < SHORTEST_RSA
    {
        return Proof::Unchecked(format!("its key, {words}, is shorter than {SHORTEST_RSA} bits"));
    }
    // The key is a sequence of its algorithm, which is a sequence itself, and its bits (RFC 5280 section 4.1).
    let Some(algorithm) = content(key.raw).and_then(content) else {
        return Proof::Unchecked("the certificate's key cannot be read".to_owned());
    };
    let of_scheme = algorithms.mapping.iter().filter(|(known, _)| *known == scheme);
    let mut fitting = of_scheme
        .flat_map(|(_, known)| known.iter())
        .filter(|known| known.public_key_alg_id().as_ref() == algorithm)
        .peekable();
    if fitting.peek().is_none() {
        return Proof::Unchecked(format!("its key, {words}, is of a kind that this program does not know"));
    }
    let bits: &[u8] = &key.subject_public_key.data;
    match fitting.any(|known| known.verify_signature(bits, message, signature).is_ok()) {
        true => Proof::Holds,
        false => Proof::Fails,
    }
}

/// What stands in the first element of a DER text.
fn content(der: &[u8]) -> Option<&[u8]> {
    let (&first, rest) = der.get(1..)?.split_first()?;
    let (length, rest) = match usize::from(first) {
        short @ 0..0x80 => (short, rest),
        long => {
            let (length, rest) = rest.split_at_checked(long & 0x7f)?;
            (length.iter().fold(0_usize, |sum, byte| sum.saturating_mul(256) + usize::from(*byte)), rest)
        }
    };
    rest.get(..length)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_content_of_an_element_is_found_behind_a_short_and_a_long_length_and_never_outside() {
        assert_eq!(content(&[0x30, 2, 1, 2, 9]), Some(&[1, 2][..]));
        assert_eq!(content(&[0x30, 0x81, 2, 1, 2]), Some(&[1, 2][..]));
        assert_eq!(content(&[0x30, 3, 1, 2]), None);
        assert_eq!(content(&[0x30, 0xff, 1]), None);
        assert_eq!(content(&[0x30]), None);
    }
}
