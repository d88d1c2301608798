//! Is this message an answer to the question, and what does it say? All its bytes are the server's: only so many
//! records are read, and what names and texts hold stays in the escaped form of zone files.

use hickory_resolver::proto::op::{Header, HeaderCounts, Message, MessageType, OpCode, Query, ResponseCode};
use hickory_resolver::proto::rr::{DNSClass, Name, RData, Record};
use hickory_resolver::proto::serialize::binary::{BinDecodable, BinDecoder};

use crate::journal::{DnsAnswer, DnsRecord, RecordData, Srv, Transport};

use super::question::Question;

/// So many records of a section are read.
const RECORDS: u16 = 256;
/// So many bytes of names and data are kept of an answer: a pointer of two bytes stands for a long name.
const WORDS: usize = 32 * 1024;
/// So many characters are kept of a record that we do not know, and of the library's complaint.
const TEXT: usize = 200;

/// Why a message is left aside.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Stray {
    /// It answers somebody else, or is forged.
    AnotherId,
    /// It answers something else.
    AnotherQuestion,
    /// It is no message, or not a whole one.
    Unreadable(String),
}

impl Stray {
    /// For the journal.
    pub fn words(&self) -> String {
        match self {
            Stray::AnotherId => "another id".to_owned(),
            Stray::AnotherQuestion => "another question".to_owned(),
            Stray::Unreadable(why) => format!("unreadable: {why}"),
        }
    }
}

/// The answer that `bytes` are.
///
/// 1. It is a response to a query, and has the question's id.
/// 2. It repeats the question. A server that refuses may leave that out: RFC 6891 section 7 lets one that does not
///    know EDNS answer FORMERR with a bare header.
/// 3. Its answer section can be read, as far as we read it.
///
/// The sections behind that one are read as far as they can be: clients do not need them.
///
/// # Errors
/// Why it is none.
pub fn read(bytes: &[u8], question: &Question, transport: Transport) -> Result<DnsAnswer, Stray> {
    let mut decoder = BinDecoder::new(bytes);
    let header = Header::read(&mut decoder).map_err(|why| unreadable(&why))?;
    if header.message_type != MessageType::Response {
        return Err(unreadable(&"it is not marked as a response"));
    }
    if header.id != question.id {
        return Err(Stray::AnotherId);
    }
    if header.op_code != OpCode::Query {
        return Err(unreadable(&"it is marked as an answer to something else than a query"));
    }
    let refusal = !matches!(header.response_code, ResponseCode::NoError | ResponseCode::NXDomain);
    let mut counts = header.counts;
    if refusal && decoder.is_empty() {
        counts = HeaderCounts::default();
    }
    if !(refusal && counts.queries == 0) {
        repeats(&mut decoder, counts.queries, &question.query)?;
    }
    let answers = section(&mut decoder, counts.answers).map_err(|why| unreadable(&why))?;
    let behind = if counts.answers <= RECORDS { Behind::read(&mut decoder, counts) } else { Behind::default() };
    let records = kept(&answers);
    let none = !answers.iter().any(|record| record.record_type() == question.query.query_type());
    Ok(DnsAnswer {
        transport,
        rcode: rcode(u16::from(header.response_code) | behind.rcode_high << 4),
        truncated: header.truncation,
        authoritative: header.authoritative,
        left_out: u64::from(counts.answers).saturating_sub(records.len() as u64),
        records,
        negative_ttl: behind.negative_ttl.filter(|_| none),
        bytes: bytes.len() as u64,
    })
}

fn unreadable(why: &impl ToString) -> Stray {
    Stray::Unreadable(shortened(&why.to_string()))
}

/// Whether the question section holds our question and nothing else.
fn repeats(decoder: &mut BinDecoder<'_>, count: u16, query: &Query) -> Result<(), Stray> {
    if count != 1 {
        return Err(Stray::AnotherQuestion);
    }
    let asked = Query::read(decoder).map_err(|why| unreadable(&why))?;
    if asked == *query { Ok(()) } else { Err(Stray::AnotherQuestion) }
}

/// The first records of a section.
fn section(decoder: &mut BinDecoder<'_>, count: u16) -> Result<Vec<Record>, String> {
    let read = Message::read_records(decoder, usize::from(count.min(RECORDS)), false, OpCode::Query);
    read.map(|(records, _, _)| records).map_err(|why| why.to_string())
}

/// What the sections behind the answer say.
#[derive(Debug, Default)]
struct Behind {
    negative_ttl: Option<u32>,
    rcode_high: u16,
}

impl Behind {
    fn read(decoder: &mut BinDecoder<'_>, counts: HeaderCounts) -> Self {
        let Ok(authorities) = section(decoder, counts.authorities) else { return Self::default() };
        // RFC 2308 section 5: the smaller one of the SOA's own TTL and of its MINIMUM field.
        let negative_ttl = authorities.iter().find_map(|record| match &record.data {
            RData::SOA(soa) => Some(record.ttl.min(soa.minimum)),
            _ => None,
        });
        if counts.authorities > RECORDS {
            return Self { negative_ttl, rcode_high: 0 };
        }
        let count = usize::from(counts.additionals.min(RECORDS));
        let edns = Message::read_records(decoder, count, true, OpCode::Query).ok().and_then(|(_, edns, _)| edns);
        Self { negative_ttl, rcode_high: edns.map_or(0, |edns| u16::from(edns.rcode_high())) }
    }
}

/// The names of RFC 6895 for what servers answer to a question.
fn rcode(code: u16) -> String {
    match code {
        0 => "NOERROR".to_owned(),
        1 => "FORMERR".to_owned(),
        2 => "SERVFAIL".to_owned(),
        3 => "NXDOMAIN".to_owned(),
        4 => "NOTIMP".to_owned(),
        5 => "REFUSED".to_owned(),
        6 => "YXDOMAIN".to_owned(),
        7 => "YXRRSET".to_owned(),
        8 => "NXRRSET".to_owned(),
        9 => "NOTAUTH".to_owned(),
        10 => "NOTZONE".to_owned(),
        16 => "BADVERS".to_owned(),
        23 => "BADCOOKIE".to_owned(),
        other => format!("RCODE {other}"),
    }
}

/// The first records, as far as there is room for their words.
fn kept(answers: &[Record]) -> Vec<DnsRecord> {
    let mut room = WORDS;
    let fits = |record: &DnsRecord| {
        let left = room.checked_sub(words(record));
        room = left.unwrap_or(0);
        left.is_some()
    };
    answers.iter().map(record).take_while(fits).collect()
}

fn words(record: &DnsRecord) -> usize {
    let data = match &record.data {
        RecordData::Srv(srv) => srv.target.len(),
        RecordData::Address(text) | RecordData::Alias(text) => text.len(),
        RecordData::Other(kind, text) => kind.len() + text.len(),
    };
    record.name.len() + data
}

fn record(record: &Record) -> DnsRecord {
    DnsRecord { name: name(&record.name), ttl: record.ttl, data: data(record) }
}

fn data(record: &Record) -> RecordData {
    let other = |kind: String| RecordData::Other(kind, shortened(&record.data.to_string()));
    if record.dns_class != DNSClass::IN {
        return other(format!("{} {}", record.dns_class, record.record_type()));
    }
    match &record.data {
        RData::SRV(srv) => RecordData::Srv(Srv {
            priority: srv.priority,
            weight: srv.weight,
            port: srv.port,
            target: name(&srv.target),
        }),
        RData::A(address) => RecordData::Address(address.0.to_string()),
        RData::AAAA(address) => RecordData::Address(address.0.to_string()),
        RData::CNAME(alias) => RecordData::Alias(name(&alias.0)),
        _ => other(record.record_type().to_string()),
    }
}

/// In lower case, odd bytes escaped, without the dot at its end.
fn name(name: &Name) -> String {
    let text = name.to_lowercase().to_ascii();
    match text.strip_suffix('.') {
        Some(rest) if !rest.is_empty() => rest.to_owned(),
        _ => text,
    }
}

fn shortened(text: &str) -> String {
    match text.char_indices().nth(TEXT) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}
