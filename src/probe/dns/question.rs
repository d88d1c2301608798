//! A question as it goes over the wire.

use hickory_resolver::proto::op::{DnsRequest, DnsRequestOptions, Query};
use hickory_resolver::proto::rr::{Name, RecordType};

use crate::journal::{DnsAsk, RecordKind};

/// A question, under a random id.
#[derive(Debug)]
pub struct Question {
    /// The id that an answer to it has.
    pub id: u16,
    /// What is asked.
    pub query: Query,
    /// The message.
    pub bytes: Vec<u8>,
}

impl Question {
    /// The message for `ask`: recursion desired, EDNS as the library does it.
    ///
    /// # Errors
    /// In words, for a name that DNS cannot have.
    pub fn new(ask: &DnsAsk) -> Result<Self, String> {
        let no_name = |why| format!("{} is no name for DNS: {why}", ask.name);
        let query = Query::query(name(&ask.name).map_err(no_name)?, record_type(ask.kind));
        let (message, _) = DnsRequest::from_query(query.clone(), DnsRequestOptions::default()).into_parts();
        let bytes = message.to_vec().map_err(|why| no_name(why.to_string()))?;
        Ok(Self { id: message.id, query, bytes })
    }
}

/// The whole name: whatever the system's search list is, nothing is put behind it.
fn name(text: &str) -> Result<Name, String> {
    if text.is_empty() {
        return Err("it is empty".to_owned());
    }
    let read = if text.is_ascii() { Name::from_ascii(text) } else { Name::from_utf8(text) };
    let mut name = read.map_err(|why| why.to_string())?;
    name.set_fqdn(true);
    Ok(name)
}

fn record_type(kind: RecordKind) -> RecordType {
    match kind {
        RecordKind::Srv => RecordType::SRV,
        RecordKind::A => RecordType::A,
        RecordKind::Aaaa => RecordType::AAAA,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(name: &str) -> Result<Question, String> {
        Question::new(&DnsAsk { name: name.to_owned(), kind: RecordKind::Srv, server: String::new() })
    }

    #[test]
    fn the_name_goes_out_whole_and_with_edns() {
        let question = asked("_xmpp-client._tcp.example.test").unwrap();
        let [high, low] = question.id.to_be_bytes();
        // RFC 1035 section 4.1.1: RD, one question, one additional record.
        assert_eq!(question.bytes[..12], [high, low, 1, 0, 0, 1, 0, 0, 0, 0, 0, 1]);
        let name = b"\x0c_xmpp-client\x04_tcp\x07example\x04test\x00\x00\x21\x00\x01";
        assert_eq!(question.bytes[12..12 + name.len()], name[..]);
        // RFC 6891 section 6.1.2: the root, OPT.
        assert_eq!(question.bytes[12 + name.len()..][..3], [0, 0, 41]);
    }

    #[test]
    fn each_question_has_an_id_of_its_own() {
        let mut ids: Vec<u16> = (0..64).map(|_| asked("example.test").unwrap().id).collect();
        ids.sort_unstable();
        ids.dedup();
        assert!(ids.len() > 32, "{ids:?}");
    }

    #[test]
    fn a_name_that_dns_cannot_have_is_not_asked() {
        let long = "a".repeat(64);
        for name in ["", "a..b", "a b", &long, &format!("{}com", "abcdefg.".repeat(32))] {
            assert!(asked(name).is_err(), "{name}");
        }
        assert!(asked(".").is_ok_and(|question| question.query.name().is_root()));
        let umlaut = asked("bücher.example").unwrap();
        assert_eq!(umlaut.query.name().to_ascii(), "xn--bcher-kva.example.");
    }
}
