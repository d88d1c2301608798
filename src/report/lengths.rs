//! Entries without the lengths of their secrets (design.md 5): they are shown live and left out of what is passed on.
//!
//! It is not enough to leave out how long a secret was: the size of the stanza that carried it would tell. So each secret
//! counts as nothing in every figure: in the size of its stanza, in the bytes on the wire up to it and behind it, in what
//! the kernel said of them, in `Content-Length`. Figures stay in proportion: what was acknowledged still is.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::rewritten::rewritten;
use crate::journal::Entry;

/// The same entries, in which every secret counts as nothing.
pub fn without_lengths(entries: &[Entry]) -> Vec<Entry> {
    rewritten(entries, take_lengths)
}

fn take_lengths(values: &mut [Value]) {
    let mut wires: BTreeMap<u64, Wire> = BTreeMap::new();
    let mut bodies: BTreeMap<u64, u64> = BTreeMap::new();
    for value in &*values {
        let op = value["op"].as_u64().unwrap_or_default();
        let fact = &value["saw"];
        let sent = &fact["xmpp"]["sent"];
        if let (Some(from), Some(to), cut @ 1..) =
            (sent["wire"]["from"].as_u64(), sent["wire"]["to"].as_u64(), cut(&sent["payload"]))
        {
            // A recording can claim an end before the beginning.
            wires.entry(op).or_default().0.push(Carried { from, to: to.max(from), cut });
        }
        let bodies = bodies.entry(op).or_default();
        *bodies = bodies.saturating_add(cut(&fact["http"]["body"]["payload"]));
    }
    for value in values {
        let op = value["op"].as_u64().unwrap_or_default();
        let wire = wires.get(&op).cloned().unwrap_or_default();
        if let Some(fact) = value.get_mut("saw") {
            xmpp(fact, &wire);
            waits(fact, &wire);
            http(fact, bodies.get(&op).copied().unwrap_or_default());
        }
        zero(value);
    }
}

/// How long the secrets of a payload are.
fn cut(payload: &Value) -> u64 {
    let cuts = payload["cuts"].as_array().into_iter().flatten();
    cuts.filter_map(|cut| cut["wire_len"].as_u64()).fold(0, u64::saturating_add)
}

/// Bytes on the wire that carried a secret.
#[derive(Debug, Clone, Copy)]
struct Carried {
    from: u64,
    to: u64,
    cut: u64,
}

/// What we sent on one connection, as far as secrets were in it.
#[derive(Debug, Clone, Default)]
struct Wire(Vec<Carried>);

impl Wire {
    /// A place on the wire, where each secret before it counts as nothing. Inside of what carried one, in proportion.
    fn at(&self, place: u64) -> u64 {
        let less = |carried: &Carried| {
            let whole = carried.to.saturating_sub(carried.from).max(1);
            let cut = carried.cut.min(whole);
            let inside = place.clamp(carried.from, carried.to).saturating_sub(carried.from);
            let left = u128::from(inside) * u128::from(whole - cut) / u128::from(whole);
            inside.saturating_sub(u64::try_from(left).unwrap_or(inside))
        };
        place.saturating_sub(self.0.iter().map(less).fold(0, u64::saturating_add))
    }

    /// The secret that began here.
    fn from(&self, place: u64) -> Option<&Carried> {
        self.0.iter().find(|carried| carried.from == place)
    }

    fn span(&self, span: &mut Value) {
        for end in ["from", "to"] {
            change(span, end, |place| self.at(place));
        }
    }
}

/// Changes a number, where there is one.
fn change(fields: &mut Value, name: &str, with: impl Fn(u64) -> u64) {
    if let Some(field) = fields.get_mut(name)
        && let Some(number) = field.as_u64()
    {
        *field = json!(with(number));
    }
}

fn xmpp(fact: &mut Value, wire: &Wire) {
    let Some(fact) = fact.get_mut("xmpp") else { return };
    if let Some(span) = fact.get_mut("sent").and_then(|sent| sent.get_mut("wire")) {
        wire.span(span);
    }
    for passed in ["sent", "received"] {
        // The sizes of the reads and writes, and how many there were, tell how long the whole was.
        if let Some(fields) = fact.get_mut(passed).filter(|passed| cut(&passed["payload"]) > 0)
            && let Some(fields) = fields.as_object_mut()
        {
            fields.remove("parts");
        }
    }
    if let Some(received) = fact.get_mut("received") {
        let cut = cut(&received["payload"]);
        if let Some(span) = received.get_mut("span") {
            change(span, "to", |to| to.saturating_sub(cut));
        }
    }
    // It was not written to its end, so it is not known how much of it was secret.
    if let Some(unsent) = fact.get_mut("unsent").filter(|unsent| may_be_secret(&unsent["what"])) {
        change(unsent, "written", |_| 0);
        change(unsent, "total", |_| 0);
    }
}

fn may_be_secret(what: &Value) -> bool {
    matches!(what.as_str(), Some("auth" | "response" | "text"))
}

fn waits(fact: &mut Value, wire: &Wire) {
    if let Some(reply) = fact.get_mut("wait").and_then(|wait| wait.get_mut("reply")) {
        match wire.from(reply["wire"]["from"].as_u64().unwrap_or(u64::MAX)) {
            Some(carried) => change(reply, "xml_bytes", |bytes| bytes.saturating_sub(carried.cut)),
            None if may_be_secret(&reply["what"]) && reply["written"] != json!(true) => {
                change(reply, "xml_bytes", |_| 0);
            }
            None => {}
        }
        if let Some(span) = reply.get_mut("wire") {
            wire.span(span);
        }
    }
    let view =
        fact.get_mut("kernel").and_then(|kernel| kernel.get_mut("view")).and_then(|view| view.get_mut("Ok"));
    if let Some(view) = view {
        let number = |name: &str| view[name].as_u64().unwrap_or_default();
        let acked = number("acked");
        let all = acked.saturating_add(number("queued"));
        let written = all.saturating_sub(number("not_sent"));
        change(view, "acked", |acked| wire.at(acked));
        change(view, "queued", |_| wire.at(all).saturating_sub(wire.at(acked)));
        change(view, "not_sent", |_| wire.at(all).saturating_sub(wire.at(written)));
    }
}

/// `in_answer`: how long the secrets in the answer's body are.
fn http(fact: &mut Value, in_answer: u64) {
    let Some(fact) = fact.get_mut("http") else { return };
    if let Some(sent) = fact.get_mut("sent") {
        let less = cut(&sent["body"]);
        if let Some(head) = sent.get_mut("head") {
            content_length(head, less);
        }
    }
    if let Some(payload) = fact.get_mut("head").and_then(|head| head.get_mut("payload")) {
        content_length(payload, in_answer);
    }
    if let Some(body) = fact.get_mut("body") {
        let less = cut(&body["payload"]);
        change(body, "bytes", |bytes| bytes.saturating_sub(less));
    }
}

/// Takes so much from the `Content-Length` of a head; the places of its secrets move along.
fn content_length(head: &mut Value, less: u64) {
    let Some(text) = head["text"].as_str().filter(|_| less > 0).map(str::to_owned) else { return };
    let lower = text.to_ascii_lowercase();
    let Some(from) = lower.find("\r\ncontent-length:").map(|at| at + "\r\ncontent-length:".len()) else { return };
    let line = &text[from..from + text[from..].find('\r').unwrap_or(text.len() - from)];
    let Ok(length) = line.trim().parse::<u64>() else { return };
    let said = format!(" {}", length.saturating_sub(less));
    let (shorter, end) = (line.len().saturating_sub(said.len()), from + line.len());
    // Of a field that is not there an index would make one.
    for cut in head.get_mut("cuts").and_then(Value::as_array_mut).into_iter().flatten() {
        change(cut, "at", |at| if at >= end as u64 { at.saturating_sub(shorter as u64) } else { at });
    }
    head["text"] = json!(format!("{}{said}{}", &text[..from], &text[end..]));
}

/// Each secret's own length, wherever it stands: also in entries of a later version.
fn zero(value: &mut Value) {
    match value {
        Value::Array(values) => values.iter_mut().for_each(zero),
        Value::Object(fields) => {
            for (name, value) in fields {
                if name == "wire_len" {
                    *value = json!(0);
                } else {
                    zero(value);
                }
            }
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::journal::{Wall, line};
    use crate::progress::Progress;
    use crate::progress::story::Story;
    use crate::report::{Source, jsonl, markdown, report};

    /// A login whose password is so long, left without an answer; then another stanza.
    fn told(length: usize, acked: bool) -> Vec<Entry> {
        let mut story = Story::new();
        story.until_mechanisms("imp1.example.com").enter(crate::journal::Stage::Auth);
        story.sent("auth", "<auth mechanism='PLAIN'></auth>", length, Some("PLAIN"));
        story.wait(crate::journal::Awaited::AuthAnswer);
        story.falls_silent(|story| if acked { story.all_acked() } else { story.not_acked() });
        story.bind().falls_silent(Story::all_acked).entries().to_vec()
    }

    #[test]
    fn two_passwords_of_different_lengths_leave_the_same_export() {
        let source = Source::default();
        for acked in [true, false] {
            let (short, long) = (told(20, acked), told(92, acked));
            assert_ne!(short, long);
            let (short, long) = (without_lengths(&short), without_lengths(&long));
            assert_eq!(jsonl(&short, Wall(0), &source), jsonl(&long, Wall(0), &source));
            assert_eq!(markdown(&report(&short, &source)), markdown(&report(&long, &source)));
        }
    }

    #[test]
    fn what_is_found_stays_the_same() {
        for acked in [true, false] {
            let kinds = |entries: &[Entry]| -> Vec<_> {
                let progress = Progress::of(entries);
                progress.logins()[0].silences.iter().map(|silence| silence.kind).collect()
            };
            let entries = told(40, acked);
            assert_eq!(kinds(&without_lengths(&entries)), kinds(&entries));
        }
    }

    #[test]
    fn a_place_inside_of_a_secrets_bytes_is_not_its_end() {
        let wire = Wire(vec![Carried { from: 100, to: 200, cut: 60 }]);
        assert_eq!([0, 100, 199, 200, 250].map(|place| wire.at(place)), [0, 100, 139, 140, 190]);
        let all = Carried { from: 0, to: u64::MAX, cut: u64::MAX };
        assert_eq!(Wire(vec![all, all]).at(u64::MAX), 0, "what a recording claims does not overflow");
    }

    #[test]
    fn a_recording_that_claims_an_end_before_the_beginning_is_passed_on_all_the_same() {
        let mut values: Vec<Value> =
            told(40, true).iter().map(|entry| serde_json::to_value(entry).unwrap()).collect();
        let sent = values.iter_mut().filter_map(|value| value.pointer_mut("/saw/xmpp/sent"));
        let mut with_secret = sent.filter(|sent| cut(&sent["payload"]) > 0);
        with_secret.next().expect("an <auth>")["wire"] = json!({ "from": 1692, "to": 818 });
        let entries: Vec<Entry> = values.into_iter().map(|value| serde_json::from_value(value).unwrap()).collect();
        assert_eq!(without_lengths(&entries).len(), entries.len());
    }

    #[test]
    fn the_reads_of_an_element_are_left_out_where_a_secret_was_in_it_and_kept_elsewhere() {
        let parts = json!({ "count": 2, "first": [{ "bytes": 9, "at": 1 }, { "bytes": 12, "at": 2 }] });
        let line = |cuts: Value| {
            let received = json!({
                "payload": { "text": "<challenge></challenge>", "cuts": cuts }, "span": { "from": 0, "to": 31 },
                "wire": 60, "secure": true, "read": "challenge", "parts": parts,
            });
            let fact = json!({ "xmpp": { "received": received } });
            let entry = json!({ "n": 1, "op": 1, "at": 3, "wall": 4, "saw": fact });
            line::entry(&without_lengths(&[serde_json::from_value::<Entry>(entry).unwrap()])[0])
        };
        let masked = line(json!([{ "at": 11, "wire_len": 8, "kind": "SASL" }]));
        assert!(!masked.contains("parts") && masked.contains("\"received\""), "{masked}");
        assert!(line(json!([])).contains("\"bytes\":12"));
    }

    #[test]
    fn an_answer_whose_body_has_a_secret_is_still_understood() {
        let payload = json!({ "text": "<k></k>", "cuts": [{ "at": 3, "wire_len": 8, "kind": "session key" }] });
        let head = json!({ "text": "HTTP/1.1 200 OK\r\nContent-Length: 15\r\n\r\n" });
        let facts = [
            json!({ "head": { "status": 200, "payload": head } }),
            json!({ "body": { "payload": payload, "bytes": 15, "end": "complete" } }),
        ];
        let entry = |(n, fact)| json!({ "n": n, "op": 1, "at": 3, "wall": 4, "saw": { "http": fact } });
        let read = |value| serde_json::from_value::<Entry>(value).unwrap();
        let entries: Vec<Entry> = (1..).zip(facts).map(entry).map(read).collect();
        for entry in [&entries[..], &without_lengths(&entries)].concat() {
            assert!(matches!(entry.event, crate::journal::Event::Saw(_)), "{entry:?}");
        }
    }

    #[test]
    fn the_length_of_a_body_is_that_of_what_is_left_of_it() {
        let head = "POST / HTTP/1.1\r\nContent-Length: 1003\r\nCookie: a=\r\n\r\n";
        let at = head.find("\r\n\r\n").unwrap();
        let sent = json!({
            "head": { "text": head, "cuts": [{ "at": at, "wire_len": 9, "kind": "cookie" }] },
            "body": { "text": "<password></password>", "cuts": [{ "at": 10, "wire_len": 8, "kind": "password" }] },
            "credential": true,
        });
        let entry = json!({ "n": 1, "op": 1, "at": 3, "wall": 4, "saw": { "http": { "sent": sent } } });
        let entries = vec![serde_json::from_value::<Entry>(entry).unwrap()];
        let line = line::entry(&without_lengths(&entries)[0]);
        assert!(line.contains("Content-Length: 995\\r\\nCookie: a=\\r\\n"), "{line}");
        assert!(line.contains(&format!("\"at\":{},\"wire_len\":0", at - 1)), "{line}");
    }

    #[test]
    fn an_answer_with_a_secret_in_its_body_alone_stays_an_answer() {
        let head = json!({ "status": 200, "payload": { "text": "HTTP/1.1 200\r\nContent-Length: 30\r\n\r\n" } });
        let cuts = json!([{ "at": 10, "wire_len": 8, "kind": "password" }]);
        let body = json!({ "payload": { "text": "<password></password>", "cuts": cuts }, "bytes": 30, "end": "complete" });
        let entry = |n: u64, fact: Value| json!({ "n": n, "op": 1, "at": 3, "wall": 4, "saw": { "http": fact } });
        let values = [entry(1, json!({ "head": head })), entry(2, json!({ "body": body }))];
        let entries: Vec<Entry> = values.into_iter().map(|value| serde_json::from_value(value).unwrap()).collect();
        let exported = without_lengths(&entries);
        assert!(entries.iter().chain(&exported).all(|entry| matches!(entry.event, crate::journal::Event::Saw(_))));
        assert!(line::entry(&exported[0]).contains("Content-Length: 22\\r"));
        assert!(line::entry(&exported[1]).contains("\"bytes\":22"));
    }

    #[test]
    fn nothing_is_found_in_what_is_left_that_was_not_found_before() {
        for text in [
            include_str!("../../tests/recordings/format-1/walk.jsonl"),
            include_str!("../../tests/recordings/format-1/prosody.jsonl"),
        ] {
            let entries = line::read(text).unwrap().journal.entries().to_vec();
            let found = |entries: &[Entry]| {
                let (progress, walk) = (Progress::of(entries), crate::discovery::Walk::of(entries));
                let all = crate::findings::findings(&progress, &walk).into_iter();
                all.map(|finding| (finding.code, finding.subject, finding.evidence)).collect::<Vec<_>>()
            };
            assert_eq!(found(&without_lengths(&entries)), found(&entries));
        }
    }
}
