//! The grammar there and back, what each term shows, and what a filter on JIDs must not hide.

use proptest::prelude::*;

use super::super::ink::{Ink, Line};
use super::*;
use crate::console::{Console, Sight};
use crate::journal::{
    Ask, Author, Entry, EntryNo, Event, Fact, HttpAsk, HttpWhat, LoginAsk, Offset, OpId, Parts, Payload, Read,
    Received, Secret, Sent, Span, UserAct, Wall, XmppFact,
};

const LOGIN: OpId = OpId(2);

/// A run on imp1, told entry by entry, one second apart from 11:04:00 on.
struct Told(Vec<Entry>);

impl Told {
    fn new() -> Self {
        let mut told = Self(Vec::new());
        told.note(LOGIN, Event::Began(Ask::Login(LoginAsk::of_alice("imp1.example.test"))));
        told
    }

    fn note(&mut self, op: OpId, event: Event) -> &mut Self {
        let n = self.0.len() as u64;
        let wall = Wall(((11 * 60 + 4) * 60 + n as i64) * 1000);
        let (n, at) = (EntryNo(n + 1), Offset(n * 1_000_000));
        self.0.push(Entry { n, op, parent: Some(OpId(1)), at, wall, event });
        self
    }

    fn xmpp(&mut self, fact: XmppFact) -> &mut Self {
        self.note(LOGIN, Event::Saw(Fact::Xmpp(Box::new(fact))))
    }

    fn sent(&mut self, what: &str, payload: Payload) -> &mut Self {
        let (wire, what) = (Span { from: 0, to: 9 }, what.to_owned());
        let by = Author::Proposal;
        let (credential, mechanism, parts) = (false, None, Parts::default());
        let sent = Sent { what, payload, wire, secure: true, by, credential, mechanism, parts };
        self.xmpp(XmppFact::Sent(sent))
    }

    fn came(&mut self, text: &str, read: Read) -> &mut Self {
        let (payload, span) = (Payload::cut(text.as_bytes(), &[]), Span { from: 0, to: 9 });
        let parts = Parts::default();
        self.xmpp(XmppFact::Received(Received { payload, span, wire: 9, secure: true, read, parts }))
    }

    /// The numbers of the entries that are shown while imp1 is selected.
    fn shown(&self, filter: &str) -> Vec<u64> {
        let console = Console::of(&self.0);
        let mut sight = Sight::default();
        sight.look_at("imp1.example.test:5222");
        sight.filter_by(filter.parse().unwrap(), 0);
        sight.settle(&console);
        sight.rows().iter().map(|at| console.rows()[*at].n.0).collect()
    }
}

/// #1 login, #2 header, #3 features, #4 auth, #5 success, #6 bind, #7 presence, #8 message, #9 sm, #10 HTTP elsewhere
fn told() -> Told {
    let mut told = Told::new();
    let features = Read::Features {
        starttls: None,
        mechanisms: Vec::new(),
        hostnames: Vec::new(),
        bind: true,
        session: None,
    };
    let secret = Secret { range: 24..36, kind: "PLAIN".into(), note: "authcid alice".into() };
    told.sent("stream header", Payload::cut(b"<stream:stream to='example.test'>", &[]))
        .came("<stream:features><bind/></stream:features>", features)
        .sent("auth", Payload::cut(b"<auth mechanism='PLAIN'>AGFsaWNlAHB3</auth>", &[secret]))
        .came("<success/>", Read::Success)
        .sent("iq", Payload::cut(b"<iq id='b1' type='set'><bind/></iq>", &[]))
        .came("<presence from='bob@example.test/phone' to='alice@example.test/x'/>", Read::Presence)
        .came("<message from='carol@example.test'><body>two words</body></message>", Read::Message)
        .came("<r xmlns='urn:xmpp:sm:3'/>", Read::Sm)
        .note(
            OpId(3),
            Event::Began(Ask::Http(HttpAsk::new(
                HttpWhat::Version,
                "https://cucm1.example.test:8443/cucm-uds/version".into(),
                Vec::new(),
            ))),
        );
    told
}

#[test]
fn without_terms_everything_of_the_place_is_shown() {
    assert_eq!(told().shown(""), [1, 2, 3, 4, 5, 6, 7, 8, 9]);
    assert_eq!(told().shown("all"), [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
}

#[test]
fn each_term_shows_what_it_says() {
    for (filter, shown) in [
        ("kind:iq,Presence", &[6, 7][..]),
        ("-kind:sm,stream,run", &[4, 5, 6, 7, 8]),
        ("dir:out", &[2, 4, 6]),
        (">>", &[2, 4, 6]),
        ("-<< -==", &[2, 4, 6]),
        ("node:imp1", &[1, 2, 3, 4, 5, 6, 7, 8, 9]),
        ("node:imp1.example.test:5222 kind:sm", &[9]),
        ("node:cucm1,imp7", &[10]),
        ("node:imp1:8443", &[]),
        ("text:BIND", &[]),
        ("text:bind", &[3, 6]),
        ("bind -id=", &[3]),
        ("\"two words\"", &[8]),
        ("two,success", &[5, 8]),
        ("/<(success|r)[ \\/]/", &[5, 9]),
        ("after:11:04:05 before:11:04:07", &[6, 7]),
        ("after:11:04:08.000", &[9]),
        ("last:3s", &[7, 8, 9]),
        ("-last:6s", &[1, 2, 3]),
        ("#4-5,8", &[4, 5, 8]),
        ("#8- -#9", &[8]),
        ("#-2", &[1, 2]),
    ] {
        assert_eq!(told().shown(filter), shown, "{filter}");
    }
}

#[test]
fn a_filter_on_jids_never_hides_the_login() {
    // The bind request has no address: it is to the account itself.
    assert_eq!(told().shown("jid:alice@example.test"), [1, 2, 3, 4, 5, 6, 7, 9]);
    assert_eq!(told().shown("jid:alice"), [1, 2, 3, 4, 5, 6, 7, 9]);
    assert_eq!(told().shown("jid:bob@example.test/phone"), [1, 2, 3, 4, 5, 7, 9]);
    assert_eq!(told().shown("jid:bob@example.test/desk"), [1, 2, 3, 4, 5, 9]);
    assert_eq!(told().shown("-jid:bob@example.test"), [1, 2, 3, 4, 5, 6, 8, 9]);
    assert_eq!(told().shown("jid!:bob@example.test"), [7], "but for the one who asks for it");
    let mut told = told();
    told.note(LOGIN, Event::Saw(Fact::User(UserAct::Stopped)));
    assert_eq!(told.shown("jid:nobody@example.test"), [1, 2, 3, 4, 5, 9, 11]);
}

#[test]
fn a_jid_is_known_in_whatever_case_it_is_written_but_for_its_resource() {
    let mut told = told();
    told.came("<message from='J\u{dc}RGEN@example.test/Desk'/>", Read::Message);
    for (filter, last) in [
        ("jid:j\u{fc}rgen@EXAMPLE.test", 11),
        ("jid:J\u{fc}rgen/Desk", 11),
        ("jid:jurgen", 9),
        ("jid:j\u{fc}rgen/desk", 9),
        ("jid:j\u{fc}rgen@example", 9),
    ] {
        assert_eq!(told.shown(filter).last(), Some(&last), "{filter}");
    }
}

#[test]
fn a_secret_cannot_be_searched_for_and_its_mask_can() {
    for secret in ["AGFs", "A", "c", "/[a-z]{9}/"] {
        assert!(!told().shown("#4").is_empty());
        let text = "<auth mechanism='PLAIN'>[masked PLAIN: authcid alice]</auth>";
        let hit = told().shown(secret).contains(&4);
        let regex = secret.trim_matches('/');
        assert_eq!(hit, Pattern::regex(regex).unwrap().is_in(text), "{secret}");
    }
    assert_eq!(told().shown("\"PLAIN'>[masked PLAIN: authcid alice]</auth>\""), [4]);
    assert!(told().shown("PLAIN'></auth>").is_empty(), "the text does not close over the secret");
}

#[test]
fn a_box_ticks_a_kind_and_leaves_the_other_terms() {
    let mut filter: Filter = "kind:iq,sm auth".parse().unwrap();
    filter.toggle_kind(Kind::Sm);
    assert_eq!(filter.to_string(), "kind:iq text:auth");
    filter.toggle_kind(Kind::Message);
    assert_eq!(filter.to_string(), "kind:iq,message text:auth");
    let mut filter = Filter::default();
    for kind in [Kind::Sm, Kind::Stream] {
        assert!(filter.shows_kind(kind), "on by default");
        filter.toggle_kind(kind);
    }
    assert_eq!(filter.to_string(), "-kind:sm,stream");
    filter.toggle_kind(Kind::Sm);
    filter.toggle_kind(Kind::Stream);
    assert!(filter.is_empty());
}

#[test]
fn an_error_names_the_term_and_the_remedy() {
    for (filter, why) in [
        (
            "kind:stanzas",
            "there is no kind stanzas; there are message, presence, iq, sm, stream, sasl, tls, dns, http, net, wait, kernel, run, other",
        ),
        ("dir:up", "there is no direction up; there are out, in, silence, event"),
        (
            "stream:features",
            "there is no term stream: (there are kind, dir, node, route, jid, jid!, text, after, before, last); to look for the text write \"stream:features\"",
        ),
        ("kind:", "kind: needs a value: kind:iq,message"),
        ("node:a,", "node: needs a value: node:imp1"),
        ("/auth", "/auth has no end: close it with /"),
        (
            "/cucm-uds/version",
            "behind /cucm-uds/ a blank is missing; to look for the text write \"/cucm-uds/version\"",
        ),
        ("a /b(/", "unclosed group at character 2 of /b(/"),
        ("\"two words", "\"two words has no end: close it with \""),
        ("after:25:00", "after:25:00 is no time: write after:11:04, after:11:04:05 or after:11:04:05.215"),
        ("last:soon", "last:soon is no time: write last:30s, last:5m or last:1h"),
        ("last:1s last:2s", "last: stands once in a filter"),
        ("#x", "#x names no entries: write #40, #40-60 or #40-; to look for the text write \"#x\""),
        ("#60-40", "#60-40 names no entries: write #40, #40-60 or #40-; to look for the text write \"#60-40\""),
        ("a - b", "- stands before a term: -kind:sm; to look for it write \"-\""),
        ("-all", "all cannot be negated: leave it out"),
    ] {
        assert_eq!(filter.parse::<Filter>().unwrap_err(), why);
    }
}

#[test]
fn rows_of_our_own_words_are_searched_as_they_are_shown() {
    let row = super::super::row::Row {
        n: EntryNo(1),
        op: LOGIN,
        wall: Wall(0),
        at: Offset(0),
        topic: crate::console::Topic::default(),
        passed: None,
        mark: Mark::Event,
        kind: Kind::Tls,
        body: super::super::row::Body::Words(vec![
            Line::words("certificate CN=imp1", Ink::Plain),
            Line::words("issued by CN=ca", Ink::Plain),
        ]),
    };
    let pattern = Pattern::words("imp1 issued").unwrap();
    assert!(fits::has_text(&row, &mut |part| pattern.is_in(part)));
}

fn term() -> impl Strategy<Value = String> {
    let kinds = proptest::sample::subsequence(KINDS.map(|(_, name)| name).to_vec(), 1..5);
    let quoted = "[a-z \"\\\\,:/#-]{1,8}"
        .prop_map(|text| format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\"")));
    prop_oneof![
        kinds.prop_map(|kinds| format!("kind:{}", kinds.join(","))),
        prop_oneof![Just("dir:out,in"), Just(">>"), Just("<<"), Just("!!"), Just("=="), Just("all")]
            .prop_map(str::to_owned),
        quoted.clone(),
        (quoted, "[a-z]{1,4}").prop_map(|(one, other)| format!("text:{one},{other}")),
        "jid!?:[a-z]{1,5}@[a-z]{1,5}".prop_map(String::from),
        "/[a-z. ]{1,5}(\\\\/|\\\\\\\\|\\\\[.dw])[a-z]{0,3}/".prop_map(String::from),
        (0..24_u8, 0..60_u8, 0..1000_u16).prop_map(|(h, m, ms)| format!("after:{h}:{m}:{m}.{ms:03}")),
        (1..99_u32).prop_map(|n| format!("#{n}-{},{n},-{n}", n + 3)),
        "node:[a-z0-9.:]{1,12},\"a b\"".prop_map(String::from),
    ]
}

proptest! {
    #[test]
    fn what_is_printed_reads_as_the_same_filter(terms in prop::collection::vec((any::<bool>(), term()), 0..6)) {
        let sign = |negated: bool, term: &str| if negated && term != "all" { "-" } else { "" };
        let text: Vec<String> = terms.iter().map(|(negated, term)| format!("{}{term}", sign(*negated, term))).collect();
        let filter: Filter = text.join("  ").parse().unwrap();
        let again: Filter = filter.to_string().parse().unwrap();
        prop_assert_eq!(&again, &filter);
        prop_assert_eq!(again.to_string(), filter.to_string());
    }

    #[test]
    fn whatever_is_typed_is_read_or_explained(text in "[-a-z:/#\"\\\\,!. é0-9]{0,30}") {
        if let Ok(filter) = text.parse::<Filter>() {
            prop_assert_eq!(filter.to_string().parse::<Filter>().unwrap(), filter);
        }
    }
}
