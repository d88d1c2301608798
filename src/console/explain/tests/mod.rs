//! Each kind of entry has its words, each of the words has an entry, and what is said of one is right.

mod kinds;

use std::collections::BTreeSet;

use self::kinds::*;
use super::table::table;
use super::*;
use crate::console::Console;
use crate::journal::{
    ClosedBy, Entry, Event, Fact, How, HttpFact, HttpHead, HttpWhat, NetFact, OpId, Outcome, Payload, Purpose,
    QuietMark, Read, Secret, Stage, Wall, XmppFact,
};

#[test]
fn every_kind_of_entry_has_its_words_and_no_words_are_without_an_entry() {
    let mut reached: BTreeSet<String> =
        all().iter().map(|(event, ask)| Topic::of(event, ask.as_ref()).id.to_owned()).collect();
    for kind in MASKED {
        let id = format!("secret.{}", kind.replace(' ', "_"));
        reached.insert(if table().contains_key(&id) { id } else { words("secret.other") });
    }
    let known: BTreeSet<String> = table().keys().cloned().collect();
    assert_eq!(reached.difference(&known).collect::<Vec<_>>(), Vec::<&String>::new(), "without words");
    assert_eq!(known.difference(&reached).collect::<Vec<_>>(), Vec::<&String>::new(), "without an entry");
    // What is not understood is only what a later version wrote.
    let lost: Vec<_> = all()
        .into_iter()
        .filter(|(event, ask)| {
            Topic::of(event, ask.as_ref()).id == "journal.unknown" && !matches!(event, Event::Unknown(_))
        })
        .collect();
    assert!(lost.is_empty(), "{lost:#?}");
}

#[test]
fn every_standard_condition_has_words_of_its_own() {
    for (family, known) in [("in.failure", &SASL[..]), ("in.error", &STREAM), ("in.iq.error", &STANZA)] {
        for word in known {
            assert_eq!(Topic::within(family, word, "condition").id, format!("{family}.{word}"));
        }
        // A condition that the server calls so is none of the table's own names.
        assert_eq!(Topic::within(family, "other", "condition").id, format!("{family}.other"));
        assert_eq!(Topic::within(family, "x.y", "condition").id, format!("{family}.other"));
    }
}

#[test]
fn no_two_say_the_same() {
    let mut seen = BTreeSet::new();
    for (id, words) in table() {
        for text in [&words.what, &words.rule, &words.cisco] {
            assert!(text.is_empty() || seen.insert(text.as_str()), "{id}: {text}");
        }
    }
}

#[test]
fn every_entry_of_the_table_is_whole() {
    for (id, words) in table() {
        assert_eq!(words.cisco.is_empty(), words.sure.is_none(), "{id}: what Cisco does, and how sure that is");
        assert_eq!(words.next.is_empty(), words.answer.is_empty(), "{id}: what comes next, and which ids are it");
        assert!(!words.what.is_empty() && !words.reference.is_empty(), "{id}");
        for answer in &words.answer {
            assert!(table().keys().any(|known| super::table::is_within(known, answer)), "{id} waits for {answer}");
        }
        let all = [&words.what, &words.rule, &words.next, &words.cisco].map(String::as_str).join(" ");
        assert!(!all.to_lowercase().contains("password is wrong"), "{id}: a refusal does not say that");
    }
}

#[test]
fn every_placeholder_has_its_value() {
    for (event, ask) in all() {
        let topic = Topic::of(&event, ask.as_ref());
        let words = &table()[topic.id];
        for text in [&words.what, &words.rule, &words.next, &words.cisco] {
            for name in text.split('{').skip(1).filter_map(|rest| rest.split_once('}')).map(|(name, _)| name) {
                let value = topic.args.iter().find(|(known, _)| *known == name);
                assert!(value.is_some_and(|(_, value)| !value.is_empty()), "{}: {{{name}}}", topic.id);
            }
        }
    }
}

/// A login's entries, a millisecond apart.
fn console(events: Vec<Event>) -> Console {
    let begun = Event::Began(login(Purpose::Login, Stage::Session));
    let entries = std::iter::once(begun).chain(events).zip(0..).map(|(event, n)| Entry {
        n: EntryNo(n + 1),
        op: OpId(7),
        parent: Some(OpId(1)),
        at: Offset(n * 1000),
        wall: Wall(i64::try_from(n).unwrap()),
        event,
    });
    Console::of(&entries.collect::<Vec<_>>())
}

/// What is said of an entry, ten seconds after the run's start.
fn said(console: &Console, n: u64) -> String {
    let parts = explain(console, EntryNo(n), Offset(10_000_000));
    let part = |(heading, lines): &Part| {
        let lines: Vec<String> = lines.iter().map(Line::text).collect();
        format!("{heading}\n  {}\n", lines.join("\n  "))
    };
    parts.iter().map(part).collect()
}

#[test]
fn what_must_come_next_is_said_with_whether_it_came() {
    let auth = || sent("auth", "<auth/>", Some("PLAIN"));
    let waits = console(vec![auth(), came(" ", Read::Whitespace)]);
    assert!(said(&waits, 2).contains("from the server: <success/> or <failure/>\n  has not come: 9.9 s\n"));
    let failure = Read::SaslFailure { condition: words("not-authorized"), text: None };
    let answered = console(vec![auth(), came(" ", Read::Whitespace), came("<failure/>", failure)]);
    assert!(said(&answered, 2).contains("  came at #4 after 2 ms\n"), "{}", said(&answered, 2));
    let fin = Event::Saw(Fact::Net(NetFact::Closed { by: ClosedBy::PeerFin, code: None }));
    let broken = console(vec![auth(), fin]);
    assert!(said(&broken, 2).contains("  did not come: #3 ended it after 1 ms\n"), "{}", said(&broken, 2));
}

#[test]
fn an_answer_names_what_it_answers() {
    let auth = || sent("auth", "<auth/>", Some("PLAIN"));
    let both = console(vec![auth(), came(" ", Read::Whitespace), came("<success/>", Read::Success)]);
    assert!(said(&both, 4).contains("What it answers\n  #2, after 2 ms\n"), "{}", said(&both, 4));
    assert!(!said(&both, 3).contains("What it answers"), "white space answers nothing");
    let ask = |id: &str| sent("iq", &format!("<iq type='get' id='{id}'/>"), None);
    let read = Read::Iq { kind: words("result"), id: Some(words("a")), error: None };
    let iqs = console(vec![ask("a"), ask("b"), came("<iq type='result' id='a'/>", read)]);
    assert!(said(&iqs, 4).contains("  #2, after 2 ms\n"), "{}", said(&iqs, 4));
}

#[test]
fn what_comes_instead_is_not_called_what_had_to_come() {
    let auth = || sent("auth", "<auth/>", Some("PLAIN"));
    let error = Read::StreamError { condition: words("conflict"), text: None, other_host: None };
    let broken = console(vec![auth(), came("<stream:error/>", error)]);
    assert!(said(&broken, 2).contains("  #3 came instead, after 1 ms\n"), "{}", said(&broken, 2));
    // Somebody else's question failed; that is no answer to `<auth>`.
    let read = Read::Iq { kind: words("error"), id: None, error: Some(words("conflict")) };
    let beside = console(vec![auth(), came("<iq type='error'/>", read)]);
    assert!(said(&beside, 2).contains("has not come"), "{}", said(&beside, 2));
    let bind = sent("bind", "<iq type='set' id='b'><bind/></iq>", None);
    let read = Read::Iq { kind: words("error"), id: Some(words("b")), error: Some(words("conflict")) };
    let refused = console(vec![bind, came("<iq type='error' id='b'/>", read)]);
    assert!(said(&refused, 2).contains("#3 came instead"), "{}", said(&refused, 2));
}

#[test]
fn a_request_that_is_refused_or_left_alone_has_not_got_what_it_asked_for() {
    let request = |events: Vec<Event>| {
        let all = std::iter::once(Event::Began(http(HttpWhat::Servers))).chain(events).zip(1..);
        let entry = |(event, n)| Entry {
            n: EntryNo(n),
            op: OpId(9),
            parent: Some(OpId(1)),
            at: Offset(n * 1000),
            wall: Wall(0),
            event,
        };
        said(&Console::of(&all.map(entry).collect::<Vec<_>>()), 1)
    };
    let saw = |fact| Event::Saw(Fact::Http(Box::new(fact)));
    let (realm, location, content_type) = (None, None, None);
    let head = HttpHead { status: 401, realm, location, content_type, payload: text("HTTP/1.1 401") };
    assert!(request(vec![saw(HttpFact::Head(head))]).contains("#2 came instead"));
    let silent = saw(HttpFact::Quiet { mark: QuietMark::Silent, since: Offset(0) });
    assert!(request(vec![silent.clone()]).contains("has not come"));
    let end = Event::Ended(Outcome::new(How::TimedOut, "silent", ""));
    assert!(request(vec![silent, end]).contains("did not come: #3 ended it"));
}

#[test]
fn the_answer_to_an_iq_is_the_one_with_its_id() {
    let ask = |id: &str| sent("iq", &format!("<iq type='get' id='{id}'><ping xmlns='urn:xmpp:ping'/></iq>"), None);
    let answer = |id: &str| {
        let read = Read::Iq { kind: words("result"), id: Some(words(id)), error: None };
        came(&format!("<iq type='result' id='{id}'/>"), read)
    };
    let both = console(vec![ask("a"), ask("b"), answer("b"), answer("a")]);
    assert!(said(&both, 2).contains("came at #5") && said(&both, 3).contains("came at #4"));
}

#[test]
fn base64_is_told_by_what_it_holds_and_a_secret_only_by_its_structure() {
    let xml = "<challenge xmlns='urn:ietf:params:xml:ns:xmpp-sasl'>\
        cj1meWtvK2QybGJiRmdPTlJ2OXFreGRhd0wzcmZjTkhZSlkxWlZ2V1ZzN2oscz1RU1hDUitRNnNlazhiZjkyLGk9NDA5Ng==</challenge>";
    let challenge = said(&console(vec![came(xml, Read::Challenge)]), 2);
    assert!(
        challenge.contains("<challenge>: SCRAM's first message of the server: a random number of 42 characters, a salt of 12 bytes, to be hashed 4096 times"),
        "{challenge}"
    );
    let png = data_encoding::BASE64.encode(b"\x89PNG\r\n\x1a\n and what follows");
    let photo = came(&format!("<iq><PHOTO><BINVAL>{png}</BINVAL></PHOTO><x>impscope</x></iq>"), Read::Message);
    let photo = said(&console(vec![photo]), 2);
    assert!(photo.contains("<BINVAL>: a PNG picture, 25 bytes\n") && !photo.contains("<x>"), "{photo}");
    let auth = "<auth mechanism='PLAIN'>AGFsaWNlAGNhbmFyeSA=</auth>";
    let secret = Secret {
        range: 24..44,
        kind: words("PLAIN"),
        note: words("authcid alice, trailing space in the password"),
    };
    let mut event = sent("auth", "", Some("PLAIN"));
    if let Event::Saw(Fact::Xmpp(fact)) = &mut event
        && let XmppFact::Sent(sent) = &mut **fact
    {
        sent.payload = Payload::cut(auth.as_bytes(), &[secret]);
    }
    let masked = said(&console(vec![event]), 2);
    let words = "What is masked\n  PLAIN: base64 of [authzid] NUL authcid NUL password; in this one: authcid alice, trailing space";
    assert!(masked.contains(words) && !masked.contains("What its base64"), "{masked}");
}

#[test]
fn what_is_left_of_a_text_around_a_secret_is_not_decoded() {
    let xml = "<data>QUJDREVGR0hJSktMQUJDSECRET</data>";
    let cut = |from: usize, to| {
        Payload::cut(xml.as_bytes(), &[Secret { range: from..to, kind: words("K"), note: String::new() }])
    };
    assert!(
        super::held::decoded(&text("<data>QUJDREVGR0hJSktMQUJD</data>"))[0].text().contains("ABCDEFGHIJKLABC")
    );
    let (end, start) = (xml.find("SECRET").unwrap(), xml.find("QUJD").unwrap());
    for payload in [cut(end, end + 6), cut(start, start + 4), cut(start + 8, start + 12)] {
        assert!(super::held::decoded(&payload).is_empty(), "{payload:?}");
    }
}

#[test]
fn what_a_server_says_is_visible_and_bounded_in_an_explanation() {
    let condition = "\u{202e}\x1b[2J".to_owned() + &"x".repeat(9000);
    let odd = came("<failure/>", Read::SaslFailure { condition, text: None });
    let long = data_encoding::BASE64.encode("\x1b]0;title é ".repeat(400).as_bytes());
    let text = came(&format!("<data>{long}</data>"), Read::Message);
    let console = console(vec![odd, text]);
    for n in [2, 3] {
        let said = said(&console, n);
        assert!(said.len() < 2000 && !said.chars().any(|c| c != '\n' && c.is_control()), "{said:?}");
    }
}
