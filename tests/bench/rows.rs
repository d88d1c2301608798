//! What the console costs with 100 and with 100,000 rows (design.md 12): scrolling, filtering and searching are to
//! stay below 100 ms each, and a frame is to cost the same.
//!
//! The screen is the whole one, at 80×24, typed at key by key; only the terminal behind it is none. Run it with
//! `cargo bench --bench console`.

#![allow(clippy::disallowed_methods, reason = "a benchmark reads clocks")]

use std::time::{Duration, Instant};

use crossterm::event::{Event as Key, KeyCode, KeyEvent, KeyModifiers};
use impscope::journal::{
    Ask, Entry, Event, Fact, Journal, LoginAsk, Note, Offset, OpId, Parts, Payload, Read, Received, RunAsk, Span,
    Wall, XmppFact,
};
use impscope::ui::{Model, Setup, handle, view};
use ratatui::Terminal;
use ratatui::backend::TestBackend;

const RUN: OpId = OpId(1);
const LOGIN: OpId = OpId(2);
const FEW: usize = 100;
const MANY: usize = 100_000;
/// How often each thing is measured; the median counts.
const TIMES: usize = 21;

fn main() {
    let (few, many) = (Measured::of(FEW), Measured::of(MANY));
    println!("median of {TIMES}, in ms{:>36} {:>12}", format!("{FEW} rows"), format!("{MANY} rows"));
    for (one, other) in few.acts.iter().zip(&many.acts) {
        println!("  {:<42} {:>11.3} {:>12.3}   (to reach: < 100)", one.0, ms(one.1), ms(other.1));
    }
    for (one, other) in few.frames.iter().zip(&many.frames) {
        let ratio = other.1.as_secs_f64() / one.1.as_secs_f64();
        println!(
            "  {:<42} {:>11.3} {:>12.3}   ratio {ratio:.2} (to reach: the same)",
            one.0,
            ms(one.1),
            ms(other.1)
        );
    }
}

fn ms(time: Duration) -> f64 {
    time.as_secs_f64() * 1000.0
}

/// What was measured, by name.
struct Measured {
    acts: Vec<(&'static str, Duration)>,
    frames: Vec<(&'static str, Duration)>,
}

impl Measured {
    fn of(rows: usize) -> Self {
        let mut screen = Screen::of(rows);
        screen.press(KeyCode::Tab);
        let mut acts = vec![
            ("to the first row", screen.after("G", "g")),
            ("to the end", screen.after("g", "G")),
            ("a page up from the end", screen.after("G", "\u{1}")),
            ("a page down from the top", screen.after("g", "\u{2}")),
        ];
        for (name, filter) in [
            ("filter by kind", "kind:presence"),
            ("filter by JID", "jid:user77@example.test"),
            ("filter by a word that is rare", "needle"),
            ("filter by a regular expression", "/n[e]+dle|id='m9+'/"),
        ] {
            acts.push((name, screen.filtered(filter)));
        }
        for (name, pattern) in [
            ("search a word that is rare", "needle"),
            ("search a word that each row has", "example"),
            ("search a regular expression", "body>.*[0-9]7<"),
        ] {
            acts.push((name, screen.searched(pattern)));
        }
        let mut frames = vec![
            ("a frame after a key, following", screen.key_frame("G", KeyCode::Char('w'))),
            ("a frame after a key, at the top", screen.key_frame("g", KeyCode::Down)),
            ("a frame after a new row, following", screen.row_frame("G")),
            ("a frame after a new row, at the top", screen.row_frame("g")),
        ];
        screen.pasted('/', "needle");
        frames.push(("a frame after a new row, while searching", screen.row_frame("G")));
        screen.press(KeyCode::Esc);
        screen.pasted('f', "-kind:iq example");
        frames.push(("a frame after a new row, filtered", screen.row_frame("G")));
        Self { acts, frames }
    }
}

/// The whole screen without a terminal behind it.
struct Screen {
    model: Model,
    terminal: Terminal<TestBackend>,
    journal: Journal,
    us: u64,
}

impl Screen {
    fn of(rows: usize) -> Self {
        let terminal = Terminal::new(TestBackend::new(80, 24)).expect("a picture in memory");
        let model = Model::new(Setup::default(), 80, 24);
        let mut screen = Self { model, terminal, journal: Journal::default(), us: 0 };
        screen.note(RUN, None, Event::Began(Ask::Run(run())));
        screen.note(LOGIN, Some(RUN), Event::Began(Ask::Login(login())));
        for row in 0..rows {
            screen.stanza(row);
        }
        screen.frame();
        screen
    }

    fn note(&mut self, op: OpId, parent: Option<OpId>, event: Event) {
        self.us += 1000;
        let wall = Wall(1_768_443_251_100 + i64::try_from(self.us / 1000).expect("a short run"));
        self.journal.append(Note { op, parent, at: Offset(self.us), wall, event });
        let entry: &Entry = self.journal.entries().last().expect("it was appended");
        self.model.apply(entry);
    }

    fn stanza(&mut self, row: usize) {
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
        let len = text.len() as u64;
        let payload: Payload =
            serde_json::from_value(serde_json::json!({ "text": text })).expect("a payload without secrets");
        let (span, parts) = (Span { from: self.us, to: self.us + len }, Parts::default());
        let received = Received { payload, span, wire: self.us + len, secure: true, read, parts };
        self.note(LOGIN, Some(RUN), Event::Saw(Fact::Xmpp(Box::new(XmppFact::Received(received)))));
    }

    fn frame(&mut self) {
        if self.model.refresh(Offset(self.us)) {
            self.terminal.draw(|frame| view::draw(&self.model, frame)).expect("a picture in memory");
        }
    }

    fn press(&mut self, code: KeyCode) {
        handle(&mut self.model, Key::Key(KeyEvent::new(code, KeyModifiers::NONE)));
        self.frame();
    }

    /// Types keys by their characters; `\u{1}` is a page up, `\u{2}` a page down.
    fn types(&mut self, keys: &str) {
        for key in keys.chars() {
            self.press(match key {
                '\u{1}' => KeyCode::PageUp,
                '\u{2}' => KeyCode::PageDown,
                key => KeyCode::Char(key),
            });
        }
    }

    /// How long some keys take, with the frame after each, when others came before.
    fn after(&mut self, before: &str, keys: &str) -> Duration {
        median(|| {
            self.types(before);
            timed(|| self.types(keys))
        })
    }

    /// Opens a line, writes a text into it at once, and closes it with Enter.
    fn pasted(&mut self, opens: char, text: &str) {
        self.press(KeyCode::Char(opens));
        self.press_with_control('u');
        handle(&mut self.model, Key::Paste(text.to_owned()));
        self.frame();
        self.press(KeyCode::Enter);
    }

    fn press_with_control(&mut self, key: char) {
        handle(&mut self.model, Key::Key(KeyEvent::new(KeyCode::Char(key), KeyModifiers::CONTROL)));
        self.frame();
    }

    fn filtered(&mut self, filter: &str) -> Duration {
        let time = median(|| {
            self.pasted('f', "");
            timed(|| self.pasted('f', filter))
        });
        self.pasted('f', "");
        time
    }

    fn searched(&mut self, pattern: &str) -> Duration {
        median(|| {
            let time = timed(|| self.pasted('/', pattern));
            self.press(KeyCode::Esc);
            time
        })
    }

    fn key_frame(&mut self, before: &str, key: KeyCode) -> Duration {
        self.types(before);
        median(|| timed(|| self.press(key)))
    }

    fn row_frame(&mut self, before: &str) -> Duration {
        self.types(before);
        let mut row = 0;
        median(|| {
            row += 1;
            timed(|| {
                self.stanza(row);
                self.frame();
            })
        })
    }
}

fn timed(mut act: impl FnMut()) -> Duration {
    let began = Instant::now();
    act();
    began.elapsed()
}

fn median(mut measure: impl FnMut() -> Duration) -> Duration {
    let mut times: Vec<Duration> = (0..TIMES).map(|_| measure()).collect();
    times.sort();
    times[TIMES / 2]
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
