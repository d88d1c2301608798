//! A login's dialogue as a list of turns: honest, or honest up to a point, or with something put in between.

use std::borrow::Cow;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::Duration;

use socket2::SockRef;

use super::peer::{DOMAIN, HEADER, Identity, PROCEED, Peer, STARTTLS, SUCCESS, Said, Talk};

/// What is offered under TLS.
pub const PLAIN: &str = "<stream:features><mechanisms xmlns='urn:ietf:params:xml:ns:xmpp-sasl'>\
    <mechanism>PLAIN</mechanism></mechanisms></stream:features>";
const BIND_AND_SESSION: &str = "<stream:features><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'/>\
    <session xmlns='urn:ietf:params:xml:ns:xmpp-session'/></stream:features>";
const BOUND: &str = super::peer::BOUND;
const IN_SESSION: &str = "<iq type='result' id='session_1'/>";
const CLOSE: &str = "</stream:stream>";

/// One turn of the server.
pub enum Turn {
    /// Waits for this text of the client.
    Hear(&'static str),
    /// Waits for any bytes of the client, whatever they are.
    HearAny,
    Say(Cow<'static, [u8]>),
    /// One byte at a time, with a pause behind each.
    SaySlowly(&'static str, Duration),
    /// Again and again, until the client leaves.
    SayForever(&'static [u8]),
    /// The same, with a pause behind each.
    Drip(&'static [u8], Duration),
    /// TLS begins.
    Secure,
    /// Does something to the socket below TLS.
    Do(fn(&TcpStream) -> Said),
    /// Reads whatever comes, until the client leaves.
    Listen,
}

/// A turn that says this text.
pub const fn say(text: &'static str) -> Turn {
    Turn::Say(Cow::Borrowed(text.as_bytes()))
}

/// This again and again, to be said in one piece: what is said under TLS costs by the piece. `N` is a multiple of its
/// length.
pub const fn repeated<const N: usize>(what: &[u8]) -> [u8; N] {
    assert!(N.is_multiple_of(what.len()));
    let mut all = [0; N];
    let mut at = 0;
    while at < N {
        all[at] = what[at % what.len()];
        at += 1;
    }
    all
}

/// How far an honest dialogue has come: its number is that of the turns before.
#[derive(Clone, Copy)]
pub enum At {
    /// The client has said its header.
    Header = 1,
    /// The header was answered.
    Features,
    /// STARTTLS was offered, and the client has asked for it.
    Starttls = 4,
    /// `<proceed/>` was said.
    Tls,
    /// TLS stands, and the client has said its header.
    SecureHeader = 7,
    /// It was answered.
    SecureFeatures,
    /// The client has said `<auth>`.
    Auth = 10,
    /// `<success/>` was said.
    Success,
    /// The client has begun the third stream.
    LastHeader,
    /// It was answered.
    LastFeatures,
    /// The client wants to bind.
    Bind = 15,
    /// The client wants a session.
    Session = 17,
    /// It has one.
    InSession,
    /// It has closed its stream.
    Closed,
}

/// The whole dialogue of an honest server.
pub fn honest() -> Vec<Turn> {
    use Turn::{Hear, Secure};
    vec![
        Hear("<stream:stream"),
        say(HEADER),
        say(STARTTLS),
        Hear("<starttls"),
        say(PROCEED),
        Secure,
        Hear("<stream:stream"),
        say(HEADER),
        say(PLAIN),
        Hear("</auth>"),
        say(SUCCESS),
        Hear("<stream:stream"),
        say(HEADER),
        say(BIND_AND_SESSION),
        Hear("</iq>"),
        say(BOUND),
        Hear("</iq>"),
        say(IN_SESSION),
        Hear(CLOSE),
        say(CLOSE),
    ]
}

/// Honest up to there; then these turns, and no more.
pub fn then(at: At, turns: Vec<Turn>) -> Peer {
    let mut all = honest();
    all.truncate(at as usize);
    all.extend(turns);
    plays(all)
}

/// Honest, but for these turns in between.
pub fn between(at: At, turns: Vec<Turn>) -> Peer {
    let mut all = honest();
    all.splice(at as usize..at as usize, turns);
    plays(all)
}

/// Honest, but for this in place of what would be said there.
pub fn instead(at: At, turn: Turn) -> Peer {
    let mut all = honest();
    all[at as usize] = turn;
    plays(all)
}

/// Honest up to there with TLS from the first byte; then these turns, and no more.
pub fn direct(at: At, turns: Vec<Turn>) -> Peer {
    let mut all = honest();
    all.truncate((at as usize).max(At::Tls as usize));
    all.drain(..At::Tls as usize);
    all.extend(turns);
    plays(all)
}

/// Plays these turns on each connection, and closes it.
pub fn plays(turns: Vec<Turn>) -> Peer {
    let identity = Identity::named(DOMAIN);
    Peer::plays(move |talk| {
        let socket = talk.stream.try_clone()?;
        let switch = turns.iter().position(|turn| matches!(turn, Turn::Secure));
        let (clear, secure) = turns.split_at(switch.unwrap_or(turns.len()));
        for turn in clear {
            turn.take(talk, &socket)?;
        }
        let mut talk = talk.secured(&identity)?;
        for turn in secure {
            turn.take(&mut talk, &socket)?;
        }
        Ok(())
    })
}

impl Turn {
    fn take<S: Read + Write>(&self, talk: &mut Talk<S>, socket: &TcpStream) -> Said {
        match self {
            Turn::Hear(text) => talk.hear(text),
            Turn::HearAny => talk.stream.read(&mut [0; 4096]).map(drop),
            Turn::Say(bytes) => talk.say_bytes(bytes),
            Turn::SaySlowly(text, pause) => talk.say_slowly(text, *pause),
            Turn::SayForever(bytes) => talk.say_forever(bytes),
            Turn::Drip(bytes, pause) => loop {
                talk.say_bytes(bytes)?;
                std::thread::sleep(*pause);
            },
            Turn::Secure => Ok(()),
            Turn::Do(what) => what(socket),
            Turn::Listen => talk.listen(),
        }
    }
}

/// The connection ends with RST when it is closed, and not with FIN.
pub fn reset(socket: &TcpStream) -> Said {
    SockRef::from(socket).set_linger(Some(Duration::ZERO))
}

/// The server will say nothing more; it may go on reading.
pub fn stop_writing(socket: &TcpStream) -> Said {
    socket.shutdown(std::net::Shutdown::Write)
}

/// The server will read nothing more; it may go on writing.
pub fn stop_reading(socket: &TcpStream) -> Said {
    socket.shutdown(std::net::Shutdown::Read)
}
