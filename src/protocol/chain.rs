//! What a certificate's chain fails for, in words: the one vocabulary of the console, the findings and the question
//! whether to trust it. The codes are rustls's own words, as a recording keeps them.

/// What the certificate is, with `is` before it: `signed by an issuer that is not trusted here`. None: a code that has
/// no words here.
pub fn words(code: &str) -> Option<&'static str> {
    Some(match code {
        "UnknownIssuer" => "signed by an issuer that is not trusted here",
        "Expired" => "expired",
        "NotYetValid" | "NotValidYet" => "not yet valid",
        "CaUsedAsEndEntity" => "an authority's own (CA:TRUE) and no server's",
        "InvalidPurpose" => "not made for a server",
        "Revoked" => "revoked",
        "BadSignature" => "signed by somebody else than the issuer that it names",
        "UnsupportedCertVersion" => "of an old version of X.509, which clients refuse",
        "UnsupportedCriticalExtension" => "marked with a critical extension that clients do not know",
        "UnsupportedSignatureAlgorithm" => "signed in a way that clients no longer trust",
        "BadEncoding" => "not to be read as a certificate",
        _ => return None,
    })
}
