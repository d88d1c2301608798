//! The whole screen at 80×24, typed at key by key; only the terminal behind it is none.

use std::time::Duration;

use crossterm::event::{Event as Key, KeyCode, KeyEvent, KeyModifiers};
use impscope::journal::{
    Ask, Entry, Event, Fact, Journal, LoginAsk, Note, Offset, OpId, Parts, Payload, Read, Received, RunAsk, Span,
    Wall, XmppFact, line,
};
use impscope::ui::{Model, Setup, handle, view};
use ratatui::Terminal;
use ratatui::backend::TestBackend;

use crate::figure::{median, timed};

const RUN: OpId = OpId(1);
const LOGIN: OpId = OpId(2);
/// When the run began, in milliseconds since 1970.
const STARTED: i64 = 1_768_443_251_100;
/// How often each thing is measured; the median counts.
const TIMES: usize = 21;

/// The screen of a run with one login. The console has the keys.
pub struct Screen {
    model: Model,
    terminal: Terminal<TestBackend>,
    journal: Journal,
    us: u64,
}

impl Screen {
    /// With so many stanzas in its console.
    pub fn of(rows: usize) -> Self {
        let terminal = Terminal::new(TestBackend::new(80, 24)).expect("a picture in memory");
        let model = Model::new(Setup::default(), 80, 24);
        let mut screen = Self { model, terminal, journal: Journal::default(), us: 0 };
        screen.note(RUN, None, Event::Began(Ask::Run(run())));
        screen.note(LOGIN, Some(RUN), Event::Began(Ask::Login(login())));
        (0..rows).for_each(|row| screen.stanza(row));
        screen.frame();
        screen.press(KeyCode::Tab);
        screen
    }

    /// The run as a recording.
    pub fn recording(&self) -> String {
        let lines = self.journal.entries().iter().map(line::entry);
        std::iter::once(line::header("figures", Wall(STARTED))).chain(lines).collect()
    }

    fn note(&mut self, op: OpId, parent: Option<OpId>, event: Event) {
        self.us += 1000;
        let wall = Wall(STARTED + i64::try_from(self.us / 1000).expect("a short run"));
        self.journal.append(Note { op, parent, at: Offset(self.us), wall, event });
        let entry: &Entry = self.journal.entries().last().expect("it was appended");
        self.model.apply(entry);
    }

    /// A stanza comes: one of five kinds, from one of 500 users; every 9973rd has a rare word.
    pub fn stanza(&mut self, row: usize) {
        let user = row % 500;
        let from = format!("from='user{user}@example.test/desk' to='alice@example.test/impscope'");
        let rare = if row.is_multiple_of(9973) { "a needle" } else { "hay" };
        let (text, read) = match row % 5 {
            0 => (
                format!(
                    "<iq type='result' id='q{row}' {from}><query xmlns='jabber:iq:roster' ver='{row}'>\
                     <item jid='user{user}@example.test' name='User {user}' subscription='both'/></query></iq>"
                ),
                Read::Iq { kind: "result".into(), id: Some(format!("q{row}")), error: None },
            ),
            1 | 2 => (
                format!(
                    "<presence {from}><show>away</show><status>back at {row}</status><priority>1</priority></presence>"
                ),
                Read::Presence,
            ),
            _ => (
                format!(
                    "<message type='chat' id='m{row}' {from}><body>{rare} in the stack, {row}</body>\
                     <active xmlns='http://jabber.org/protocol/chatstates'/></message>"
                ),
                Read::Message,
            ),
        };
        self.came(&text, read);
    }

    /// A roster of about so many bytes comes.
    pub fn large_stanza(&mut self, size: usize) {
        let mut text = "<iq type='result' id='roster'><query xmlns='jabber:iq:roster'>".to_owned();
        for user in 0.. {
            if text.len() >= size {
                break;
            }
            let item = format!("<item jid='user{user}@example.test' name='User {user}' subscription='both'/>");
            text.push_str(&item);
        }
        text.push_str("</query></iq>");
        self.came(&text, Read::Iq { kind: "result".into(), id: Some("roster".into()), error: None });
    }

    fn came(&mut self, text: &str, read: Read) {
        let len = text.len() as u64;
        let payload: Payload =
            serde_json::from_value(serde_json::json!({ "text": text })).expect("a payload without secrets");
        let (span, parts) = (Span { from: self.us, to: self.us + len }, Parts::default());
        let received = Received { payload, span, wire: self.us + len, secure: true, read, parts };
        self.note(LOGIN, Some(RUN), Event::Saw(Fact::Xmpp(Box::new(XmppFact::Received(received)))));
    }

    /// Draws, if something has changed.
    pub fn frame(&mut self) {
        if self.model.refresh(Offset(self.us)) {
            self.terminal.draw(|frame| view::draw(&self.model, frame)).expect("a picture in memory");
        }
    }

    /// Presses a key and draws.
    pub fn press(&mut self, code: KeyCode) {
        self.takes(code, KeyModifiers::NONE);
        self.frame();
    }

    fn takes(&mut self, code: KeyCode, modifiers: KeyModifiers) {
        handle(&mut self.model, Key::Key(KeyEvent::new(code, modifiers)));
    }

    /// Types keys by their characters; `\u{1}` is a page up, `\u{2}` a page down.
    pub fn types(&mut self, keys: &str) {
        for key in keys.chars() {
            self.press(match key {
                '\u{1}' => KeyCode::PageUp,
                '\u{2}' => KeyCode::PageDown,
                key => KeyCode::Char(key),
            });
        }
    }

    /// How long some keys take, with the frame after each, when others came before.
    pub fn after(&mut self, before: &str, keys: &str) -> Duration {
        median(TIMES, || {
            self.types(before);
            timed(|| self.types(keys))
        })
    }

    /// Opens a line, writes a text into it at once, and closes it with Enter.
    pub fn pasted(&mut self, opens: char, text: &str) {
        self.press(KeyCode::Char(opens));
        self.takes(KeyCode::Char('u'), KeyModifiers::CONTROL);
        self.frame();
        handle(&mut self.model, Key::Paste(text.to_owned()));
        self.frame();
        self.press(KeyCode::Enter);
    }

    /// How long it takes until the rows that fit a filter are on the screen.
    pub fn filtered(&mut self, filter: &str) -> Duration {
        let time = median(TIMES, || {
            self.pasted('f', "");
            timed(|| self.pasted('f', filter))
        });
        self.pasted('f', "");
        time
    }

    /// How long it takes until the hits of a search are on the screen.
    pub fn searched(&mut self, pattern: &str) -> Duration {
        median(TIMES, || {
            let time = timed(|| self.pasted('/', pattern));
            self.press(KeyCode::Esc);
            time
        })
    }

    /// How long a key takes with its frame, when others came before.
    pub fn key_frame(&mut self, before: &str, key: KeyCode) -> Duration {
        self.types(before);
        median(TIMES, || timed(|| self.press(key)))
    }

    /// How long a new row takes with its frame, when keys came before.
    pub fn row_frame(&mut self, before: &str) -> Duration {
        self.types(before);
        let mut row = 0;
        median(TIMES, || {
            row += 1;
            timed(|| {
                self.stanza(row);
                self.frame();
            })
        })
    }
}

fn run() -> RunAsk {
    let ask =
        serde_json::json!({ "domain": "example.test", "user": "alice", "slow_ms": 2000, "silent_ms": 10_000 });
    serde_json::from_value(ask).expect("a run as a recording has it")
}

fn login() -> LoginAsk {
    let ask = serde_json::json!({
        "host": "imp1.example.test", "port": 5222, "user": "alice", "domain": "example.test", "client": "psi",
        "tls": "starttls", "until": "online", "credential": true
    });
    serde_json::from_value(ask).expect("a login as a recording has it")
}
