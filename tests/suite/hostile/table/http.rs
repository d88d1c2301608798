//! HTTP: a CUCM, a file server and an EPASSoap that break the rules of HTTP, or that keep to them and mean harm.
//!
//! `wire` has heads and bodies as they pass, `bodies` what stands in them, `statuses` what an answer says of itself,
//! `places` where a server sends us and what becomes of connections that stand.

pub(super) mod abuse;
mod bodies;
mod places;
mod statuses;
mod wire;

use std::io;
use std::net::Ipv4Addr;
use std::sync::Arc;

use tokio_rustls::rustls::ServerConfig;

use crate::hostile::names::{Names, Record};
use crate::hostile::outputs::is_clean;
use crate::hostile::peer::{Peer, Said, Secure, Talk};
use crate::hostile::walks::walk;
use crate::hostile::web::{Authority, Cucm, Line, Request, UDS, Web, answer, over, own_address};
use crate::program::Finished;

pub(super) const CUCM: &str = "cucm1.example.test";
pub(super) const NODE: &str = "imp1.example.test";
/// Where CUCM serves files without TLS.
const FILES: u16 = 6970;

/// For answers that cost a debug build and a busy machine time: none of them is a silence.
pub(super) const PATIENT: &[&str] = &["--silent-after", "6s"];

/// What a server does about one request.
pub(super) type Play = fn(&Request, &mut dyn Line) -> io::Result<()>;

/// A domain of one server, which one route names.
struct Site {
    authority: Authority,
    place: Ipv4Addr,
    names: Names,
}

impl Site {
    fn new(route: &str, host: &str) -> Self {
        let place = own_address();
        let route = Record::srv(&format!("{route}._tcp.example.test"), UDS, host);
        Self { authority: Authority::new(), place, names: Names::of(vec![route, Record::a(host, place)]) }
    }

    /// Its web server plays this.
    fn web(
        &self,
        host: &str,
        play: impl Fn(&Request, &mut dyn Line) -> io::Result<()> + Send + Sync + 'static,
    ) -> Web {
        Web::plays_at((self.place, UDS).into(), Some(self.authority.vouches(host)), play)
    }

    /// A walk, of which nothing acts on a terminal.
    #[track_caller]
    fn walk(&self, more: &[&str]) -> Finished {
        let finished = walk(&self.names, &self.authority, more);
        is_clean("a walk", &finished);
        finished
    }
}

/// A walk whose only CUCM plays this for each request. Nobody is the user's home: no password leaves.
#[track_caller]
fn uds(play: Play) -> Finished {
    uds_with(&[], play)
}

/// The same, with time for what is much.
#[track_caller]
fn patient(play: Play) -> Finished {
    uds_with(PATIENT, play)
}

#[track_caller]
fn uds_with(more: &[&str], play: Play) -> Finished {
    let site = Site::new("_cisco-uds", CUCM);
    let web = site.web(CUCM, play);
    let finished = site.walk(more);
    assert_eq!(web.credentials(), 0, "{finished:#?}");
    finished
}

/// A walk whose CUCM is honest but for the user's record, for which it plays this. The password leaves once.
#[track_caller]
fn record(play: Play) -> Finished {
    let site = Site::new("_cisco-uds", CUCM);
    let web = site.web(CUCM, move |request, line| {
        if request.has_credential() { play(request, line) } else { say(line, &Cucm::default().answer(request)) }
    });
    let finished = site.walk(PATIENT);
    assert_eq!(web.credentials(), 1, "{finished:#?}");
    finished
}

/// A walk whose CUCM says this and is honest otherwise. The password leaves once, where it says who is the home.
#[track_caller]
fn cucm(cucm: Cucm) -> Finished {
    let site = Site::new("_cisco-uds", CUCM);
    let web = site.web(CUCM, move |request, line| say(line, &cucm.answer(request)));
    let finished = site.walk(&[]);
    assert!(web.credentials() <= 1, "{finished:#?}");
    finished
}

/// A walk whose CUCM is honest but for this path, where it has that document.
#[track_caller]
fn but(path: &'static str, body: &'static str) -> Finished {
    let site = Site::new("_cisco-uds", CUCM);
    let web = site.web(CUCM, move |request, line| {
        if request.target == path { document(line, body) } else { say(line, &Cucm::default().answer(request)) }
    });
    let finished = site.walk(&[]);
    assert_eq!(web.credentials(), 1, "{finished:#?}");
    finished
}

/// A walk whose CUCM is honest, and whose file server, without TLS, plays this. It hears nothing of the user's.
#[track_caller]
fn file(play: Play) -> Finished {
    let site = Site::new("_cisco-uds", CUCM);
    let user = format!("<serviceProfile><uri>http://{CUCM}:{FILES}/SP.cnf.xml</uri></serviceProfile>");
    let cucm = Cucm { user, ..Cucm::default() };
    let _web = site.web(CUCM, move |request, line| say(line, &cucm.answer(request)));
    let files = Web::plays_at((site.place, FILES).into(), None, play);
    let finished = site.walk(PATIENT);
    assert!(!files.heard().is_empty(), "{finished:#?}");
    assert!(files.heard().iter().all(|request| !request.has_credential() && !request.text.contains("Cookie:")));
    finished
}

/// A walk whose only node plays this for EPASSoap. The password leaves once.
#[track_caller]
fn epas(play: Play) -> Finished {
    let site = Site::new("_cuplogin", NODE);
    let web = site.web(NODE, play);
    // As Jabber: without a token there is no login by XMPP.
    let finished = site.walk(&["--as", "jabber", "--silent-after", "6s"]);
    assert_eq!(web.credentials(), 1, "{finished:#?}");
    finished
}

/// A walk whose CUCM plays this on each connection as soon as TLS stands.
fn secured(play: impl Fn(&mut Secure) -> io::Result<()> + Send + Sync + 'static) -> Finished {
    let site = Site::new("_cisco-uds", CUCM);
    let config: Arc<ServerConfig> = site.authority.vouches(CUCM);
    let _peer = Peer::plays_at((site.place, UDS).into(), move |talk| {
        let mut stream = over(Arc::clone(&config), talk.stream.try_clone()?)?;
        while stream.conn.is_handshaking() {
            stream.conn.complete_io(&mut stream.sock)?;
        }
        play(&mut stream)
    });
    site.walk(&[])
}

/// A walk whose CUCM plays this on each connection, without TLS.
fn bare(play: impl Fn(&mut Talk<std::net::TcpStream>) -> Said + Send + Sync + 'static) -> Finished {
    let site = Site::new("_cisco-uds", CUCM);
    let _peer = Peer::plays_at((site.place, UDS).into(), play);
    site.walk(&[])
}

pub(super) fn say(line: &mut dyn Line, text: &str) -> io::Result<()> {
    line.write_all(text.as_bytes())?;
    line.flush()
}

/// Says this and closes.
pub(super) fn last(line: &mut dyn Line, bytes: impl AsRef<[u8]>) -> io::Result<()> {
    line.write_all(bytes.as_ref())?;
    line.flush()?;
    Err(io::ErrorKind::ConnectionAborted.into())
}

/// Says this, and then that again and again until the client leaves.
pub(super) fn for_ever(line: &mut dyn Line, head: &[u8], more: &[u8]) -> io::Result<()> {
    line.write_all(head)?;
    loop {
        line.write_all(more)?;
    }
}

/// Says this, and then nothing until the client leaves.
pub(super) fn silent(line: &mut dyn Line, head: &[u8]) -> io::Result<()> {
    line.write_all(head)?;
    line.flush()?;
    while line.read(&mut [0; 4096])? > 0 {}
    Err(io::ErrorKind::UnexpectedEof.into())
}

/// An answer of success with this document.
pub(super) fn document(line: &mut dyn Line, body: &str) -> io::Result<()> {
    say(line, &answer("200 OK", body))
}

#[test]
fn heads_and_bodies_on_the_wire() {
    super::play("http", wire::ROWS);
}

#[test]
fn what_stands_in_bodies() {
    super::play("http", bodies::ROWS);
}

#[test]
fn statuses_and_headers() {
    super::play("http", statuses::ROWS);
}

#[test]
fn places_and_connections() {
    super::play("http", places::ROWS);
}
