//! The driver against a server on loopback, as a person steers it: what crosses a connection that is not trusted,
//! what is noted, and how fast it leaves.

use std::collections::VecDeque;
use std::io::{Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

use tokio::sync::mpsc;
use tokio::time::timeout;

use crate::journal::{EpasClient, Event, Fact, How, Note, Offset, Read as Says, Stage, UserAct, XmppFact};
use crate::login::fill::Secrets;
use crate::login::{Gate, Hold};
use crate::probe::{Clock, Command, Engine, Identity, LoginHandle, Notes, Permissions, Request, Roots, Standing};

const PASSWORD: &str = "canary-driver-9Hx";
const SOON: Duration = Duration::from_secs(20);
const HEADER: &str = "<stream:stream id='1' from='example.test' version='1.0' xmlns='jabber:client' \
    xmlns:stream='http://etherx.jabber.org/streams'>";
const PLAIN: &str = "<stream:features><mechanisms xmlns='urn:ietf:params:xml:ns:xmpp-sasl'>\
    <mechanism>PLAIN</mechanism></mechanisms></stream:features>";
const STARTTLS: &str = "<stream:features><starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'/></stream:features>";
const PROCEED: &str = "<proceed xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>";

/// A server that says one of these each time that something comes, and then only listens, or does not even that.
struct Peer {
    address: SocketAddr,
    heard: Receiver<Vec<u8>>,
}

impl Peer {
    fn says(answers: &[&str], reads: bool) -> Self {
        let mut answers: VecDeque<String> = answers.iter().map(|answer| (*answer).to_owned()).collect();
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let address = listener.local_addr().unwrap();
        let (to, heard) = channel();
        std::thread::spawn(move || {
            let (mut stream, _) = listener.accept().unwrap();
            let mut chunk = [0; 4096];
            let mut all = Vec::new();
            while let Ok(count @ 1..) = stream.read(&mut chunk) {
                all.extend_from_slice(&chunk[..count]);
                let Some(answer) = answers.pop_front() else { continue };
                stream.write_all(answer.as_bytes()).unwrap();
                while !reads && answers.is_empty() {
                    std::thread::park();
                }
            }
            let _ = to.send(all);
        });
        Self { address, heard }
    }

    /// A server that says the first of these when something comes, and each of the others when it is told to.
    fn says_when_told(pieces: Vec<String>) -> (Self, std::sync::mpsc::Sender<()>) {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let address = listener.local_addr().unwrap();
        let ((to, heard), (go_on, told)) = (channel(), channel());
        std::thread::spawn(move || {
            let (mut stream, _) = listener.accept().unwrap();
            let mut all = vec![0; 4096];
            let _ = stream.read(&mut all);
            for (at, piece) in pieces.iter().enumerate() {
                if at > 0 && told.recv().is_err() {
                    return;
                }
                stream.write_all(piece.as_bytes()).unwrap();
            }
            let _ = (stream.read_to_end(&mut all), to.send(all));
        });
        (Self { address, heard }, go_on)
    }

    /// All that came, once the connection has ended.
    fn heard(&self) -> String {
        String::from_utf8_lossy(&self.heard.recv_timeout(SOON).unwrap()).into_owned()
    }
}

/// A login that a person steers, and what it noted.
struct Table {
    login: LoginHandle,
    notes: mpsc::Receiver<Note>,
}

impl Table {
    async fn at(peer: &Peer) -> Self {
        let (notes, incoming) = Notes::channel(Clock::start());
        let run = notes.op(None);
        let secrets = Secrets { password: Some(PASSWORD.to_owned().into()), ..Secrets::default() };
        let request = Request::of_alice(peer.address);
        let epas =
            EpasClient { service: String::new(), kind: String::new(), version: String::new(), force: false };
        let identity =
            Identity { user_id: "alice".into(), epas, patience: request.login.marks, connect_timeout: SOON };
        let roots = Roots::load(None).unwrap();
        let engine = Engine::new(notes, roots, secrets, 3, run.id, Permissions::default(), identity);
        let login = engine.login(request);
        Self { login, notes: incoming }
    }

    fn tell(&self, command: Command) {
        let _ = self.login.commands.send(command);
    }

    async fn until(&mut self, what: impl FnMut(&Standing) -> bool) -> Standing {
        timeout(SOON, self.login.standing.wait_for(what)).await.expect("in time").expect("it lives").clone()
    }

    /// Until something like this is noted.
    async fn noted(&mut self, is_it: impl Fn(&XmppFact) -> bool) -> XmppFact {
        loop {
            let note = timeout(SOON, self.notes.recv()).await.expect("in time").expect("it goes on");
            if let Event::Saw(Fact::Xmpp(fact)) = note.event
                && is_it(&fact)
            {
                return *fact;
            }
        }
    }

    /// Leaves, and gives all that was noted, the login's end included.
    async fn leave(mut self) -> Vec<Note> {
        drop(self.login.commands);
        let mut all = Vec::new();
        while let Some(note) = timeout(SOON, self.notes.recv()).await.expect("it ends") {
            let over = note.op == self.login.op && matches!(note.event, Event::Ended(_));
            all.push(note);
            if over {
                return all;
            }
        }
        panic!("it has no end: {all:#?}");
    }
}

fn at_gate(standing: &Standing) -> bool {
    standing.hold == Some(Hold::Gate(Gate::Cleartext))
}

fn holds_password(notes: &[Note]) -> bool {
    let text = format!("{notes:?}");
    text.contains(PASSWORD) || text.contains(&data_encoding::BASE64.encode(b"\0alice\0canary-driver-9Hx"))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_secret_that_was_edited_in_shows_nowhere_when_the_step_is_passed_over() {
    let peer = Peer::says(&[&format!("{HEADER}{PLAIN}")], true);
    let mut table = Table::at(&peer).await;
    table.until(at_gate).await;
    let secret = data_encoding::BASE64.encode(b"\0alice\0canary-driver-9Hx");
    table.tell(Command::Edit(format!("<auth mechanism='PLAIN'>{secret}</auth>")));
    let standing = table.until(|standing| standing.edited).await;
    assert_eq!(standing.next.as_deref(), Some("<auth mechanism='PLAIN'>[masked]</auth>"));
    table.tell(Command::Skip);
    table.until(|standing| standing.off_script).await;
    let notes = table.leave().await;
    assert!(!holds_password(&notes), "{notes:#?}");
    let skipped =
        |note: &Note| matches!(&note.event, Event::Saw(Fact::User(UserAct::Skipped { what })) if what == "auth");
    assert!(notes.iter().any(skipped), "{notes:#?}");
    assert!(!peer.heard().contains(&secret));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_password_crosses_no_clear_connection_however_it_is_dressed() {
    let peer = Peer::says(&[&format!("{HEADER}{PLAIN}")], true);
    let mut table = Table::at(&peer).await;
    table.until(at_gate).await;
    let inside = data_encoding::BASE64.encode(b"xy\0alice\0canary-driver-9Hx");
    for text in [PASSWORD.to_owned(), format!("<x y='{PASSWORD}'/>"), inside, "<auth>{{plain}}</auth>".into()] {
        table.tell(Command::Send(text.clone()));
        let said = table.until(|standing| standing.complaint.is_some()).await;
        assert!(said.complaint.unwrap().contains("the connection is clear"), "{text}");
        table.tell(Command::Toggle(crate::login::Breakpoint {
            stage: Stage::Bind,
            side: crate::login::Side::Before,
        }));
        table.until(|standing| standing.complaint.is_none()).await;
    }
    // An edit in which the machine sees no credential is held, and not tried again and again.
    table.tell(Command::Edit(format!("<x>{PASSWORD}</x>")));
    table.tell(Command::Step);
    let held = table.until(|standing| standing.edited && standing.hold == Some(Hold::Step)).await;
    assert!(held.complaint.unwrap().contains("the connection is clear"));
    let notes = table.leave().await;
    assert!(!holds_password(&notes), "{notes:#?}");
    assert!(!peer.heard().contains("canary"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_literal_secret_that_is_typed_goes_as_it_was_typed_and_stands_in_no_note() {
    let peer = Peer::says(&[&format!("{HEADER}{PLAIN}")], true);
    let mut table = Table::at(&peer).await;
    table.until(at_gate).await;
    // The login goes on with an attempt of its own, and each of these is one more.
    table.tell(Command::MoreAttempts);
    table.tell(Command::AllowCleartext);
    table.until(|standing| standing.awaited == Some(crate::journal::Awaited::AuthAnswer)).await;
    // Not the run's password: only the place where it stands tells that it is one.
    let other = "typed-canary-5Jt";
    let encoded = data_encoding::BASE64.encode(format!("\0bob\0{other}").as_bytes());
    let sasl = "xmlns='urn:ietf:params:xml:ns:xmpp-sasl'";
    let texts = [
        format!("<auth {sasl} mechanism='PLAIN'>{encoded}</auth>"),
        format!("<auth {sasl} mechanism='PLAIN'>{other}</auth>"),
        format!("<iq type='set' id='1'><query xmlns='jabber:iq:auth'><password>{other}</password></query></iq>"),
    ];
    for text in &texts {
        table.tell(Command::Send(text.clone()));
        let is_typed =
            |fact: &XmppFact| matches!(fact, XmppFact::Sent(sent) if sent.by == crate::journal::Author::Typed);
        let XmppFact::Sent(sent) = table.noted(is_typed).await else { unreachable!() };
        assert!(!sent.payload.cuts().is_empty(), "{text}");
        let kept = String::from_utf8_lossy(sent.payload.bytes()).into_owned();
        assert!(!kept.contains(other) && !kept.contains(&encoded), "{kept}");
    }
    let notes = table.leave().await;
    let written = format!("{notes:?}");
    assert!(!written.contains(other) && !written.contains(&encoded), "{written}");
    let heard = peer.heard();
    assert!(texts.iter().all(|text| heard.contains(text.as_str())), "{heard}");
}

#[tokio::test(flavor = "multi_thread")]
async fn who_leaves_in_the_middle_of_a_handshake_leaves_at_once_and_everything_has_its_end() {
    let peer = Peer::says(&[&format!("{HEADER}{STARTTLS}"), PROCEED], true);
    let mut table = Table::at(&peer).await;
    table.until(|standing| standing.stage == Some(Stage::Tls)).await;
    let clock = Clock::start();
    let notes = table.leave().await;
    assert!(clock.now() < Offset::from_duration(Duration::from_secs(1)), "{:?}", clock.now());
    for note in &notes {
        if let Event::Began(ask) = &note.event {
            let ended = |other: &&Note| other.op == note.op && matches!(other.event, Event::Ended(_));
            assert!(notes.iter().find(ended).is_some(), "{ask:?} has no end");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_abort_ends_a_login_whose_writes_nobody_takes() {
    let peer = Peer::says(&[&format!("{HEADER}{PLAIN}")], false);
    let mut table = Table::at(&peer).await;
    table.until(at_gate).await;
    table.tell(Command::Send(format!("<x>{}</x>", "y".repeat(8 << 20))));
    table.until(|standing| standing.awaited.is_some()).await;
    table.tell(Command::Abort);
    table.until(|standing| standing.over).await;
    let notes = table.leave().await;
    let end = notes.last().map(|note| note.event.clone());
    assert!(matches!(end, Some(Event::Ended(outcome)) if outcome.how == How::Stopped));
}

#[tokio::test(flavor = "multi_thread")]
async fn features_that_a_server_writes_in_three_pieces_are_noted_as_three_reads() {
    let pieces = [&PLAIN[..20], &PLAIN[20..70], &PLAIN[70..]].map(str::to_owned);
    let lengths: Vec<u64> = pieces.iter().map(|piece| piece.len() as u64).collect();
    let [first, second, third] = pieces;
    let (peer, go_on) = Peer::says_when_told(vec![format!("{HEADER}{first}"), second, third]);
    let mut table = Table::at(&peer).await;
    for _ in 0..2 {
        // It has read what there is, and says so once no more comes.
        table.noted(|fact| matches!(fact, XmppFact::Partial { .. })).await;
        go_on.send(()).unwrap();
    }
    let is_features =
        |fact: &XmppFact| matches!(fact, XmppFact::Received(got) if matches!(got.read, Says::Features { .. }));
    let XmppFact::Received(features) = table.noted(is_features).await else { unreachable!() };
    assert_eq!(features.parts.count, 3);
    assert_eq!(features.parts.first.iter().map(|part| part.bytes).collect::<Vec<_>>(), lengths);
    assert!(features.parts.first.is_sorted_by_key(|part| part.at));
    table.leave().await;
}
