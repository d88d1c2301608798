//! TLS alerts by name, as the RFCs and other tools have them (RFC 8446 section 6, RFC 5246 section 7.2), and what they
//! mean to a client without a certificate of its own.

/// `handshake_failure (40)`; a number that no RFC has named stands alone.
pub fn words(number: u8) -> String {
    match name(number) {
        Some(name) => format!("{name} ({number})"),
        None => format!("{number}, which has no name"),
    }
}

/// The name that an alert's number has.
fn name(number: u8) -> Option<&'static str> {
    Some(match number {
        0 => "close_notify",
        10 => "unexpected_message",
        20 => "bad_record_mac",
        21 => "decryption_failed",
        22 => "record_overflow",
        30 => "decompression_failure",
        40 => "handshake_failure",
        41 => "no_certificate",
        42 => "bad_certificate",
        43 => "unsupported_certificate",
        44 => "certificate_revoked",
        45 => "certificate_expired",
        46 => "certificate_unknown",
        47 => "illegal_parameter",
        48 => "unknown_ca",
        49 => "access_denied",
        50 => "decode_error",
        51 => "decrypt_error",
        60 => "export_restriction",
        70 => "protocol_version",
        71 => "insufficient_security",
        80 => "internal_error",
        86 => "inappropriate_fallback",
        90 => "user_canceled",
        100 => "no_renegotiation",
        109 => "missing_extension",
        110 => "unsupported_extension",
        111 => "certificate_unobtainable",
        112 => "unrecognized_name",
        113 => "bad_certificate_status_response",
        114 => "bad_certificate_hash_value",
        115 => "unknown_psk_identity",
        116 => "certificate_required",
        120 => "no_application_protocol",
        121 => "ech_required",
        _ => return None,
    })
}

/// What a server says by the alert of these [`words`], where it says more than that something is wrong.
pub fn meaning(words: &str) -> Option<&'static str> {
    Some(match words.split(' ').next()? {
        "close_notify" => "it closed the connection instead of going on",
        "unexpected_message" => "it takes what it got for out of turn",
        "bad_record_mac" | "decryption_failed" | "decrypt_error" => {
            "it could not decrypt or verify what it got: something changes bytes on the way, or its TLS is broken"
        }
        "handshake_failure" => {
            "it has no suite, group or key in common with this program, or it wants a client certificate"
        }
        "no_certificate"
        | "bad_certificate"
        | "unsupported_certificate"
        | "certificate_revoked"
        | "certificate_expired"
        | "certificate_unknown"
        | "unknown_ca"
        | "certificate_required" => "it wants a certificate of the client's, and this program has none",
        "access_denied" => "it will not serve this client, whatever the handshake comes to",
        "illegal_parameter" | "decode_error" | "missing_extension" | "unsupported_extension" => {
            "it cannot make sense of this program's ClientHello"
        }
        "protocol_version" => "it speaks none of the versions that were offered, TLS 1.2 and 1.3",
        "insufficient_security" => "it asks for stronger suites than were offered",
        "internal_error" => "something inside it failed, through no fault of the client's: its log says what",
        "user_canceled" => "somebody stopped it on purpose",
        "unrecognized_name" => "it does not know the name that it was asked for (SNI)",
        "no_application_protocol" => "it speaks none of the protocols that were offered (ALPN)",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_alert_has_the_name_that_other_tools_give_it() {
        assert_eq!(words(112), "unrecognized_name (112)");
        assert_eq!(words(201), "201, which has no name");
    }

    #[test]
    fn all_that_is_about_certificates_speaks_of_the_clients() {
        for number in [41, 42, 43, 44, 45, 46, 48, 116] {
            assert!(meaning(&words(number)).unwrap().contains("of the client's"), "{number}");
        }
        assert_eq!(meaning(&words(201)), None);
    }
}
