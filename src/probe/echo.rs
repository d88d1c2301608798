//! A server that sends a secret back: its words are kept, without the secret.
//!
//! Payloads have their secret ranges cut out where they are made. What is read from them (a condition, a text, an
//! id) travels beside them, and is cleaned here.

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::login::fill::Secrets;

use super::at_hand;

/// `said` with every occurrence of a secret at hand taken out of its texts.
pub fn cleaned<T: Serialize + DeserializeOwned>(said: T, secrets: &Secrets) -> T {
    let Ok(mut value) = serde_json::to_value(&said) else { return said };
    if !clean(&mut value, secrets) {
        return said;
    }
    // It fails only where the secret is the name of a variant without texts, which says nothing of the server's.
    serde_json::from_value(value).unwrap_or(said)
}

/// Cleans all texts; says whether there was anything to clean.
fn clean(value: &mut Value, secrets: &Secrets) -> bool {
    match value {
        Value::String(text) => {
            let known = at_hand::known(text.as_bytes(), secrets.all());
            if !known.is_empty() {
                *text = at_hand::words(text.as_bytes(), &known);
            }
            !known.is_empty()
        }
        Value::Array(items) => items.iter_mut().fold(false, |any, item| clean(item, secrets) | any),
        Value::Object(fields) => fields.values_mut().fold(false, |any, item| clean(item, secrets) | any),
        Value::Null | Value::Bool(_) | Value::Number(_) => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::journal::Read;

    fn at_hand() -> Secrets {
        Secrets { password: Some("heron-4Q~".into()), ..Secrets::default() }
    }

    #[test]
    fn a_secret_that_comes_back_is_taken_out_of_the_words() {
        let base64 = data_encoding::BASE64.encode(b"\0alice\0heron-4Q~");
        for echoed in ["heron-4Q~", &base64, "heron-4Q~heron-4Q~"] {
            let said =
                Read::SaslFailure { condition: "not-authorized".into(), text: Some(format!("no: {echoed}!")) };
            let Read::SaslFailure { condition, text } = cleaned(said, &at_hand()) else {
                panic!("another reading")
            };
            let text = text.expect("a text");
            assert_eq!(condition, "not-authorized");
            assert!(text.starts_with("no: ") && text.ends_with('!') && text.contains("[masked]"), "{text}");
            assert!(!text.contains("heron") && !text.contains(&base64), "{text}");
        }
    }

    #[test]
    fn what_holds_no_secret_and_a_secret_named_like_a_variant_change_nothing() {
        let said = Read::StreamError { condition: "host-unknown".into(), text: None, other_host: None };
        assert_eq!(cleaned(said.clone(), &at_hand()), said);
        let at_hand = Secrets { password: Some("proceed".into()), ..Secrets::default() };
        assert_eq!(cleaned(Read::Proceed, &at_hand), Read::Proceed);
    }
}
