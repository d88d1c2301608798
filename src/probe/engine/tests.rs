//! The questions of the control experiment against a server on loopback: what each takes along, what it counts, and
//! what of it is noted.

use std::io::{Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use data_encoding::BASE64;
use secrecy::SecretString;
use tokio::sync::mpsc;
use tokio::time::timeout;

use crate::journal::{Ask, EpasClient, Event, Fact, How, LoginAsk, Note, Purpose, Sent, Stage, XmppFact};
use crate::login::fill::Secrets;
use crate::login::{Attendance, Policy, UNKNOWN_USER};
use crate::probe::{Clock, Command, Engine, Identity, Notes, Permissions, Request, Roots};
use crate::protocol::sasl::Mechanism;

const PASSWORD: &str = "canary-own-5Kd";
const SECOND: &str = "canary-second-8Wq";
const TOKEN: &str = "canary-token-2Vb";
const SOON: Duration = Duration::from_secs(20);
const FEATURES: &str = "<stream:stream id='1' from='example.test' version='1.0' xmlns='jabber:client' \
    xmlns:stream='http://etherx.jabber.org/streams'><stream:features>\
    <mechanisms xmlns='urn:ietf:params:xml:ns:xmpp-sasl'><mechanism>PLAIN</mechanism>\
    <mechanism>CISCO-VTG-TOKEN</mechanism></mechanisms></stream:features>";
const SASL: &str = "urn:ietf:params:xml:ns:xmpp-sasl";

/// A node that refuses whatever it is sent as `<auth>`, and repeats in its refusal what it was sent.
struct Node {
    address: SocketAddr,
    auths: Arc<Mutex<Vec<String>>>,
}

impl Node {
    fn echoes() -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let node = Self { address: listener.local_addr().unwrap(), auths: Arc::default() };
        let auths = Arc::clone(&node.auths);
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                let auths = Arc::clone(&auths);
                std::thread::spawn(move || serve(stream.unwrap(), &auths));
            }
        });
        node
    }

    /// The payloads of all `<auth>` that came, decoded.
    fn payloads(&self) -> Vec<String> {
        let auths = self.auths.lock().unwrap();
        let decoded = |auth: &String| {
            let base64 = auth.split_once('>').and_then(|(_, rest)| rest.split_once('<')).map_or("", |(p, _)| p);
            String::from_utf8(BASE64.decode(base64.as_bytes()).unwrap()).unwrap()
        };
        auths.iter().map(decoded).collect()
    }
}

fn serve(mut stream: TcpStream, auths: &Mutex<Vec<String>>) {
    let mut chunk = [0; 4096];
    while let Ok(count @ 1..) = stream.read(&mut chunk) {
        let text = String::from_utf8_lossy(&chunk[..count]).into_owned();
        let answer = if text.contains("<stream:stream") {
            FEATURES.to_owned()
        } else if text.starts_with("<auth") {
            auths.lock().unwrap().push(text.clone());
            let payload = text.split_once('>').map_or("", |(_, rest)| rest.split('<').next().unwrap_or(""));
            let said = String::from_utf8(BASE64.decode(payload.as_bytes()).unwrap()).unwrap().replace('\0', " ");
            format!("<failure xmlns='{SASL}'><not-authorized/><text>no: {payload} {said}</text></failure>")
        } else {
            "</stream:stream>".to_owned()
        };
        let _ = stream.write_all(answer.as_bytes());
    }
}

/// An engine and all that it noted.
struct Bench {
    engine: Engine,
    notes: mpsc::Receiver<Note>,
    node: Node,
}

/// One login that has ended.
struct Asked {
    ask: LoginAsk,
    sent: Vec<Sent>,
    how: How,
    /// All that was noted of it, in the form of the program's own output.
    text: String,
}

impl Bench {
    fn new(limit: u32) -> Self {
        let (notes, incoming) = Notes::channel(Clock::start());
        let run = notes.op(None);
        let node = Node::echoes();
        let patience = Request::of_alice(node.address).login.marks;
        let epas =
            EpasClient { service: String::new(), kind: String::new(), version: String::new(), force: false };
        let identity = Identity { user_id: "alice".into(), epas, patience, connect_timeout: SOON };
        let own = Secrets { password: Some(PASSWORD.into()), token: Some(TOKEN.into()), ..Secrets::default() };
        let roots = Roots::load(None).unwrap();
        let mut engine = Engine::new(notes, roots, own, limit, run.id, Permissions::default(), identity);
        engine.keep_second(SecretString::from(SECOND));
        Self { engine, notes: incoming, node }
    }

    /// The request for a question, as the program makes it; the connection is clear, and may be.
    fn request(&self, purpose: Purpose) -> Request {
        let mut request = Request::of_alice(self.node.address);
        request.login.purpose = purpose;
        request.login.until = Stage::Auth;
        request.login.attendance = Attendance::Unattended;
        request.login.policy = Policy { cleartext: true, ..Policy::default() };
        request.login.user = match purpose {
            Purpose::UnknownUser => UNKNOWN_USER.to_owned(),
            Purpose::SecondUser => "bob".to_owned(),
            _ => "alice".to_owned(),
        };
        request
    }

    async fn asks(&mut self, request: Request) -> Asked {
        let login = self.engine.login(request);
        let (mut ask, mut sent, mut text) = (None, Vec::new(), String::new());
        loop {
            let note = timeout(SOON, self.notes.recv()).await.expect("it ends").expect("it has an end");
            text.push_str(&serde_json::to_string(&note.event).unwrap());
            match note.event {
                Event::Began(Ask::Login(login)) => ask = Some(login),
                Event::Saw(Fact::Xmpp(fact)) => {
                    if let XmppFact::Sent(write) = *fact {
                        sent.push(write);
                    }
                }
                Event::Ended(outcome) if note.op == login.op => {
                    return Asked { ask: ask.unwrap(), sent, how: outcome.how, text };
                }
                _ => {}
            }
        }
    }

    async fn question(&mut self, purpose: Purpose) -> Asked {
        let request = self.request(purpose);
        self.asks(request).await
    }
}

impl Asked {
    /// Whether a write held a credential of a user's.
    fn spent(&self) -> bool {
        self.sent.iter().any(|sent| sent.credential)
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_impossible_mechanism_takes_nothing_along_and_counts_nothing() {
    let mut bench = Bench::new(0);
    let asked = bench.question(Purpose::ImpossibleMechanism).await;
    assert_eq!((asked.how, asked.spent(), asked.ask.credential), (How::Refused, false, false));
    assert_eq!(asked.ask.mechanism.as_deref(), Some("X-IMPSCOPE-NONE"));
    assert_eq!(bench.node.payloads(), [""]);
    assert_eq!((bench.engine.attempts(), bench.engine.second_attempts()), ((0, 0), (0, 0)));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_unknown_users_password_is_made_up_counts_nothing_and_stands_in_no_note() {
    let mut bench = Bench::new(0);
    let asked = bench.question(Purpose::UnknownUser).await;
    assert_eq!((asked.how, asked.spent(), asked.ask.credential), (How::Refused, false, false));
    assert_eq!((asked.ask.user.as_str(), asked.ask.mechanism.as_deref()), ("impscope-probe", Some("PLAIN")));
    assert_eq!((bench.engine.attempts(), bench.engine.second_attempts()), ((0, 0), (0, 0)));
    let payload = bench.node.payloads().remove(0);
    let made_up = payload.strip_prefix("\0impscope-probe\0").expect("PLAIN of the unknown user");
    assert!(made_up.len() >= 16 && ![PASSWORD, SECOND].contains(&made_up), "{made_up}");
    // The node has repeated it, as it stood and as text.
    assert!(asked.text.contains("not-authorized") && !asked.text.contains(made_up), "{}", asked.text);
    assert!(!asked.text.contains(&BASE64.encode(payload.as_bytes())), "{}", asked.text);
}

#[tokio::test(flavor = "multi_thread")]
async fn another_engine_makes_up_another_password() {
    let mut payloads = Vec::new();
    for _ in 0..2 {
        let mut bench = Bench::new(0);
        bench.question(Purpose::UnknownUser).await;
        payloads.extend(bench.node.payloads());
    }
    assert_ne!(payloads[0], payloads[1]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_second_user_has_a_password_and_a_budget_of_their_own() {
    let mut bench = Bench::new(1);
    let asked = bench.question(Purpose::SecondUser).await;
    assert_eq!((asked.how, asked.spent(), asked.ask.credential), (How::Refused, true, true));
    assert_eq!(bench.node.payloads(), [format!("\0bob\0{SECOND}")]);
    assert_eq!((bench.engine.attempts(), bench.engine.second_attempts()), ((0, 1), (1, 1)));
    let over = bench.question(Purpose::SecondUser).await;
    assert_eq!((over.how, over.spent()), (How::Stopped, false));
    // The user's own is not touched by that, nor by a raise the other's.
    bench.engine.allow_attempts(1);
    let own = bench.question(Purpose::Login).await;
    assert_eq!((own.how, own.spent()), (How::Refused, true));
    assert_eq!((bench.engine.attempts(), bench.engine.second_attempts()), ((1, 2), (1, 1)));
    assert_eq!(bench.node.payloads()[1..], [format!("\0alice\0{PASSWORD}")]);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_other_way_takes_the_token_and_spends_from_the_users_budget() {
    let mut bench = Bench::new(1);
    let mut request = bench.request(Purpose::OtherWay);
    request.login.client = crate::journal::ClientKind::Jabber;
    request.login.mechanism = Some(Mechanism::VtgToken);
    let asked = bench.asks(request).await;
    assert_eq!((asked.how, asked.spent(), asked.ask.credential), (How::Refused, true, true));
    assert_eq!(bench.node.payloads(), [format!("userid=alice@example.test\0token={TOKEN}")]);
    assert_eq!(bench.engine.attempts(), (1, 1));
}

#[tokio::test(flavor = "multi_thread")]
async fn no_secret_of_the_run_is_noted_whoever_says_it_in_whichever_login() {
    let mut bench = Bench::new(3);
    for user in [PASSWORD, SECOND, TOKEN] {
        for purpose in [Purpose::Login, Purpose::UnknownUser, Purpose::SecondUser] {
            // The node repeats the user's name: here it is a secret of somebody's.
            let mut request = bench.request(purpose);
            request.login.user = format!("x{user}");
            let asked = bench.asks(request).await;
            let text = asked.text.replacen(&format!("\"user\":\"x{user}\""), "", 1);
            assert!(!text.contains("canary"), "{purpose:?}: {text}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_password_that_is_given_late_does_not_become_the_unknown_users() {
    let mut bench = Bench::new(3);
    let mut request = bench.request(Purpose::UnknownUser);
    request.login.attendance = Attendance::Attended;
    request.login.pace = crate::login::Pace::Stepped;
    let login = bench.engine.login(request);
    let _ = login.commands.send(Command::Password(PASSWORD.into()));
    let _ = login.commands.send(Command::Run);
    let mut standing = login.standing.clone();
    let refused = standing.wait_for(|standing| standing.off_script);
    timeout(SOON, refused).await.expect("in time").expect("it lives");
    let payload = bench.node.payloads().remove(0);
    assert!(payload.starts_with("\0impscope-probe\0") && !payload.contains(PASSWORD), "{payload}");
    while bench.notes.try_recv().is_ok() {}
}
