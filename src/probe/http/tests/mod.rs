//! Requests to servers on loopback whose answers are literal: what crosses, what is noted, and that everything ends.

#[cfg(feature = "lab")]
mod admin;
mod credentials;
mod hostile;
mod ordinary;
mod patience;
#[cfg(feature = "lab")]
mod trust;

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::TcpListener;
use tokio::sync::mpsc;
use tokio::time::timeout;
use tokio_rustls::TlsAcceptor;

use crate::journal::{
    Ask, EpasClient, Event, Fact, HttpAsk, HttpFact, HttpHead, HttpWhat, Journal, Note, OpId, Outcome, line,
};
use crate::login::Marks;
use crate::login::fill::Secrets;
use crate::probe::{Clock, Engine, Identity, Notes, Permissions, Roots};

const PASSWORD: &str = "canary-http-7Qz&<";
const TOKEN: &str = "canary-token-31f";
const HOST: &str = "cucm1.example.test";
const SOON: Duration = Duration::from_secs(20);
const PATIENT: Marks = Marks { slow: SOON, silent: SOON, give_up: Some(SOON) };
/// Slow, silent and given up within a moment.
const HASTY: Marks = Marks {
    slow: Duration::from_millis(50),
    silent: Duration::from_millis(100),
    give_up: Some(Duration::from_secs(1)),
};

/// What a server does when a request has come.
enum Reply {
    /// Says this, and keeps the connection.
    Say(Vec<u8>),
    /// Says this, and closes.
    Last(Vec<u8>),
    /// Says the first once, and the second for ever.
    Endless(&'static [u8], Vec<u8>),
    /// Says nothing.
    Nothing,
}

/// What to answer: the request's number, over all connections, and its text.
type Script = Arc<dyn Fn(usize, &str) -> Reply + Send + Sync>;

/// A server.
struct Site {
    address: SocketAddr,
    heard: Arc<Mutex<Vec<String>>>,
    connections: Arc<AtomicUsize>,
}

impl Site {
    async fn clear(script: impl Fn(usize, &str) -> Reply + Send + Sync + 'static) -> Self {
        Self::serves(Vec::new(), Arc::new(script)).await
    }

    /// A server that gives the same answer each time.
    async fn says(answer: &str) -> Self {
        let answer = answer.to_owned();
        Self::clear(move |_, _| Reply::Say(answer.clone().into_bytes())).await
    }

    /// Under TLS where there are acceptors: one for each connection in turn, and the last for all behind it.
    async fn serves(tls: Vec<TlsAcceptor>, script: Script) -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
        let address = listener.local_addr().unwrap();
        let site = Self { address, heard: Arc::default(), connections: Arc::default() };
        let (heard, connections) = (Arc::clone(&site.heard), Arc::clone(&site.connections));
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let number = connections.fetch_add(1, Ordering::SeqCst);
                let (heard, script) = (Arc::clone(&heard), Arc::clone(&script));
                let tls = tls.get(number).or(tls.last()).cloned();
                tokio::spawn(async move {
                    match tls {
                        None => talk(stream, heard, script).await,
                        Some(tls) => {
                            if let Ok(stream) = tls.accept(stream).await {
                                talk(stream, heard, script).await;
                            }
                        }
                    }
                });
            }
        });
        site
    }

    /// All requests that came, or began to.
    fn heard(&self) -> Vec<String> {
        self.heard.lock().unwrap().clone()
    }

    fn connections(&self) -> usize {
        self.connections.load(Ordering::SeqCst)
    }

    fn ask(&self, what: HttpWhat, path: &str) -> HttpAsk {
        let url = format!("http://{HOST}:{}{path}", self.address.port());
        HttpAsk::new(what, url, vec![self.address.ip().to_string()])
    }
}

async fn talk(mut stream: impl AsyncRead + AsyncWrite + Unpin, heard: Arc<Mutex<Vec<String>>>, script: Script) {
    while let Some(request) = request(&mut stream).await {
        let number = {
            let mut heard = heard.lock().unwrap();
            heard.push(request.clone());
            heard.len()
        };
        match script(number, &request) {
            Reply::Say(bytes) => {
                if stream.write_all(&bytes).await.is_err() || stream.flush().await.is_err() {
                    return;
                }
            }
            Reply::Last(bytes) => {
                let _ = stream.write_all(&bytes).await;
                let _ = stream.shutdown().await;
                return;
            }
            Reply::Endless(head, more) => {
                let _ = stream.write_all(head).await;
                while stream.write_all(&more).await.is_ok() {}
                return;
            }
            Reply::Nothing => {}
        }
    }
}

/// One request with its body; none at the connection's end.
async fn request(stream: &mut (impl AsyncRead + Unpin)) -> Option<String> {
    let mut all = Vec::new();
    loop {
        let text = String::from_utf8_lossy(&all).into_owned();
        if let Some((head, body)) = text.split_once("\r\n\r\n") {
            let length = head.lines().find_map(|line| line.strip_prefix("Content-Length: "));
            if body.len() >= length.map_or(0, |length| length.parse().unwrap()) {
                return Some(text);
            }
        }
        let mut chunk = [0; 4096];
        match stream.read(&mut chunk).await {
            Ok(count @ 1..) => all.extend_from_slice(&chunk[..count]),
            _ => return None,
        }
    }
}

/// An engine, and what it noted.
struct Table {
    engine: Engine,
    notes: mpsc::Receiver<Note>,
    all: Vec<Note>,
}

/// What an engine is made of.
struct Setup {
    secrets: Secrets,
    limit: u32,
    permissions: Permissions,
    patience: Marks,
    connect_timeout: Duration,
    roots: Option<String>,
}

impl Default for Setup {
    /// A user with a password, on a site where it may go in clear.
    fn default() -> Self {
        Self {
            secrets: Secrets { password: Some(PASSWORD.into()), ..Secrets::default() },
            limit: 3,
            permissions: Permissions { cleartext: true, ..Permissions::default() },
            patience: PATIENT,
            connect_timeout: SOON,
            roots: None,
        }
    }
}

impl Setup {
    fn table(self) -> Table {
        let (notes, incoming) = Notes::channel(Clock::start());
        let run = notes.op(None);
        let epas =
            EpasClient { service: "v80".into(), kind: "CUPC".into(), version: "9.7.0.18474".into(), force: false };
        let identity = Identity {
            user_id: "alice".into(),
            epas,
            patience: self.patience,
            connect_timeout: self.connect_timeout,
        };
        let roots = Roots::load(self.roots.as_deref()).unwrap();
        let engine = Engine::new(notes, roots, self.secrets, self.limit, run.id, self.permissions, identity);
        Table { engine, notes: incoming, all: Vec::new() }
    }
}

impl Table {
    /// Asks, and gives what was seen until the end.
    async fn ask(&mut self, ask: HttpAsk) -> Seen {
        let op = self.engine.http(ask);
        self.until_end(op).await
    }

    async fn until_end(&mut self, op: OpId) -> Seen {
        let is_over = |note: &Note| note.op == op && matches!(note.event, Event::Ended(_));
        while !self.all.iter().any(is_over) {
            self.all.push(timeout(SOON, self.notes.recv()).await.expect("it ends").expect("a note"));
        }
        let below = |note: &&Note| note.op == op || note.parent == Some(op);
        Seen { op, notes: self.all.iter().filter(below).cloned().collect() }
    }

    /// Everything that was noted, as a recording has it.
    fn recording(&self) -> String {
        let mut journal = Journal::default();
        self.all.iter().map(|note| line::entry(journal.append(note.clone()))).collect()
    }

    /// Whether the password stands in anything that was noted, in whatever dress.
    fn holds_password(&self) -> bool {
        let recording = self.recording();
        let escaped = PASSWORD.replace('&', "&amp;").replace('<', "&lt;");
        let basic = data_encoding::BASE64.encode(format!("alice:{PASSWORD}").as_bytes());
        let alone = data_encoding::BASE64.encode(PASSWORD.as_bytes());
        [PASSWORD, &escaped, &basic, &alone, "canary-http"].iter().any(|form| recording.contains(form))
    }
}

/// What one request's operations saw.
struct Seen {
    op: OpId,
    notes: Vec<Note>,
}

impl Seen {
    fn outcome(&self) -> Outcome {
        let own = self.notes.iter().filter(|note| note.op == self.op);
        let mut ended = own.filter_map(|note| match &note.event {
            Event::Ended(outcome) => Some(outcome.clone()),
            _ => None,
        });
        ended.next().unwrap()
    }

    /// How it ended: the way and the code.
    fn end(&self) -> String {
        let outcome = self.outcome();
        format!("{:?} {}", outcome.how, outcome.code.unwrap_or_default()).trim_end().to_owned()
    }

    fn facts(&self) -> impl Iterator<Item = &HttpFact> {
        self.notes.iter().filter_map(|note| match &note.event {
            Event::Saw(Fact::Http(fact)) => Some(&**fact),
            _ => None,
        })
    }

    fn head(&self) -> HttpHead {
        let mut heads = self.facts().filter_map(|fact| match fact {
            HttpFact::Head(head) => Some(head.clone()),
            _ => None,
        });
        heads.next().unwrap()
    }

    /// What of the body was noted.
    fn body(&self) -> String {
        let mut bodies = self.facts().filter_map(|fact| match fact {
            HttpFact::Body { payload, .. } => Some(payload.text().into_owned()),
            _ => None,
        });
        bodies.next().unwrap()
    }

    /// The requests that were sent: head, body, and whether a credential was in them.
    fn sent(&self) -> Vec<(String, String, bool)> {
        let sent = self.facts().filter_map(|fact| match fact {
            HttpFact::Sent { head, body, credential } => {
                Some((head.text().into_owned(), body.text().into_owned(), *credential))
            }
            _ => None,
        });
        sent.collect()
    }

    /// Why the gate was shut, where it was.
    fn gate(&self) -> Option<&str> {
        self.facts().find_map(|fact| match fact {
            HttpFact::Gate { why, .. } => Some(why.as_str()),
            _ => None,
        })
    }

    fn connects(&self) -> usize {
        self.began(|ask| matches!(ask, Ask::Connect { .. })).len()
    }

    /// How the operations below it ended that are of this kind.
    fn began(&self, is_kind: impl Fn(&Ask) -> bool) -> Vec<Outcome> {
        let ops = self.notes.iter().filter_map(|note| match &note.event {
            Event::Began(ask) if is_kind(ask) => Some(note.op),
            _ => None,
        });
        let ended = |op: OpId| {
            self.notes.iter().find_map(|note| match &note.event {
                Event::Ended(outcome) if note.op == op => Some(outcome.clone()),
                _ => None,
            })
        };
        ops.map(|op| ended(op).expect("it has an end")).collect()
    }
}

/// An answer with a body.
fn answer(head: &str, body: &str) -> String {
    format!("HTTP/1.1 {head}\r\nContent-Length: {}\r\n\r\n{body}", body.len())
}
