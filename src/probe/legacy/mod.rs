//! A look at what a node without modern TLS speaks: an operation of its own, on a connection of its own.
//!
//! It walks as the login does, up to where the handshake would begin, sends a ClientHello written by hand
//! ([`hello`]), reads the first answer, and leaves. It carries no credential, and ends within its limit.

mod hello;

use std::time::Duration;

use ring::rand::{SecureRandom, SystemRandom};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::journal::{Ask, Fact, How, Outcome, Stage, TlsFact};
use crate::login::{Attendance, Config, Login, Next, Pace, Policy};

use super::request::Request;
use super::through::{Through, To};
use super::{Notes, Op, tcp, tls};
use hello::Answer;

/// So much is read of an answer: a ServerHello stands in its first bytes.
const ENOUGH: usize = 64 * 1024;

/// Looks at the node at `to`, and notes what it answered as an operation under the login's.
pub async fn look(notes: &Notes, parent: Op, request: &Request, through: &Through, to: &To) {
    note(notes, parent, request.login.marks.silent, ask(request, through, to)).await;
}

/// Looks at the server at `to` that speaks TLS from the first byte. `name` is the one that it is asked under.
pub async fn look_direct(notes: &Notes, parent: Op, name: &str, (through, to): (&Through, &To), limit: Duration) {
    let asking = async {
        let mut stream = through.open(to, limit).await?;
        greet(&mut stream, name).await
    };
    note(notes, parent, limit, asking).await;
}

async fn note(notes: &Notes, parent: Op, limit: Duration, asking: impl Future<Output = Result<Answer, Outcome>>) {
    let op = notes.begin(Some(parent.id), Ask::LegacyHello).await;
    let answered = tokio::time::timeout(limit, asking).await.unwrap_or_else(|_| {
        let text = format!("no answer within {:.1} s", limit.as_secs_f64());
        Err(Outcome::new(How::TimedOut, "", text))
    });
    let (fact, outcome) = match answered {
        Ok(Answer::Hello { version, suite }) => (legacy(Some(version), Some(suite), None), Outcome::ok()),
        Ok(Answer::Alert(alert)) => (
            legacy(None, None, Some(alert.clone())),
            Outcome::new(How::Refused, format!("{}{alert}", tls::ALERT), ""),
        ),
        Ok(Answer::Unasked(what)) => {
            let text = format!("it answered with what was not offered ({what})");
            (legacy(None, None, None), Outcome::new(How::Broken, "", text))
        }
        Ok(Answer::NoTls) => {
            (legacy(None, None, None), Outcome::new(How::Broken, "", "what came is no TLS handshake"))
        }
        Err(outcome) => (legacy(None, None, None), outcome),
    };
    notes.saw(op, Fact::Tls(fact)).await;
    notes.ended(op, outcome).await;
}

fn legacy(version: Option<String>, suite: Option<String>, alert: Option<String>) -> TlsFact {
    TlsFact::Legacy { version, suite, alert }
}

async fn ask(request: &Request, through: &Through, to: &To) -> Result<Answer, Outcome> {
    let mut stream = through.open(to, request.connect_timeout).await?;
    walk(&mut stream, Login::new(config(request))).await?;
    greet(&mut stream, &request.login.domain).await
}

/// Sends the ClientHello, and reads the first answer to it.
async fn greet(stream: &mut TcpStream, name: &str) -> Result<Answer, Outcome> {
    let mut random = [0; 32];
    let drawn = SystemRandom::new().fill(&mut random);
    drawn.map_err(|_| Outcome::new(How::Failed, "random", "the system has no random numbers"))?;
    // SNI names no address (RFC 6066 section 3).
    let name = Some(name).filter(|name| name.parse::<std::net::IpAddr>().is_err());
    let sent = stream.write_all(&hello::client_hello(name, &random)).await;
    sent.map_err(|error| tcp::outcome(&error))?;
    let mut came = Vec::new();
    let mut chunk = [0; 4096];
    while came.len() < ENOUGH {
        let count = read(stream, &mut chunk).await?;
        came.extend_from_slice(&chunk[..count]);
        if let Some(answer) = hello::answer(&came) {
            return Ok(answer);
        }
    }
    Ok(Answer::NoTls)
}

/// Walks up to where the handshake would begin, by the login's own machine: its bounds hold here as well.
async fn walk(stream: &mut TcpStream, mut login: Login) -> Result<(), Outcome> {
    let now = crate::journal::Offset::default();
    login.connecting(now);
    login.connected();
    let mut chunk = [0; 4096];
    loop {
        while login.output().is_some() {}
        match login.next() {
            Next::Handshake => return Ok(()),
            Next::Write(proposal) if proposal.stage.is_some() => {
                stream.write_all(proposal.text.as_bytes()).await.map_err(|error| tcp::outcome(&error))?;
                login.sent(&proposal.sends, None, now);
            }
            Next::Wait => {
                let count = read(stream, &mut chunk).await?;
                login.received(&chunk[..count], now);
            }
            _ => return Err(Outcome::new(How::Broken, "", "it did not come to the handshake this time")),
        }
    }
}

async fn read(stream: &mut TcpStream, chunk: &mut [u8]) -> Result<usize, Outcome> {
    match stream.read(chunk).await {
        Ok(0) => Err(Outcome::new(How::Lost, "FIN", "the server closed the connection")),
        Ok(count) => Ok(count),
        Err(error) => Err(tcp::outcome(&error)),
    }
}

/// A login that runs up to the handshake and has no credential.
fn config(request: &Request) -> Config {
    Config {
        until: Stage::Tls,
        mechanism: None,
        policy: Policy::default(),
        attendance: Attendance::Unattended,
        pace: Pace::Running,
        breakpoints: Vec::new(),
        ..request.login.clone()
    }
}
