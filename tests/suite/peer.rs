//! A node of our own that offers PLAIN in clear and then misbehaves: for what a real server cannot be made to do.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex};

use crate::secret::escaped;

/// What it does once it has sent its features.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Manner {
    /// It reads whatever comes and never answers.
    Mute,
    /// It never reads again: its kernel takes bytes until its buffers are full.
    Deaf,
    /// It sends back what it was sent with `<auth>`, as it came and decoded, in every place that a server has for a
    /// text of its own and with every escape that it may use there. Then it ends the stream, and sends it as it is.
    Echo,
}

/// A listening node. Its connections end when this is dropped.
pub struct Peer {
    /// Where it listens.
    pub address: SocketAddr,
    _alive: Sender<()>,
}

impl Peer {
    /// Listens on a free port of 127.0.0.1.
    pub fn start(manner: Manner) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).expect("loopback is up");
        let address = listener.local_addr().expect("a listener has an address");
        let (alive, over) = channel();
        let over = Arc::new(Mutex::new(over));
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let over = Arc::clone(&over);
                std::thread::spawn(move || serve(stream, manner, &over));
            }
        });
        Self { address, _alive: alive }
    }
}

/// Serves one connection; what goes wrong with it is the client's to notice.
fn serve(mut stream: TcpStream, manner: Manner, over: &Mutex<Receiver<()>>) {
    let mut heard = Vec::new();
    let mut bytes = [0; 4096];
    while !String::from_utf8_lossy(&heard).contains("<stream:stream") || !heard.ends_with(b">") {
        match stream.read(&mut bytes) {
            Ok(count) if count > 0 => heard.extend_from_slice(&bytes[..count]),
            _ => return,
        }
    }
    let _ = stream.write_all(FEATURES.as_bytes());
    match manner {
        Manner::Mute => while stream.read(&mut bytes).is_ok_and(|count| count > 0) {},
        Manner::Deaf => {
            // Returns once the Peer is dropped; until then the connection stays open and unread.
            let _ = over.lock().map(|over| over.recv());
        }
        Manner::Echo => echo(&mut stream),
    }
}

/// Waits for `<auth>` and sends back what it held.
fn echo(stream: &mut TcpStream) {
    let mut heard = String::new();
    let mut bytes = [0; 4096];
    while !heard.contains("</auth>") {
        match stream.read(&mut bytes) {
            Ok(count) if count > 0 => heard.push_str(&String::from_utf8_lossy(&bytes[..count])),
            _ => return,
        }
    }
    let inside = heard.rsplit_once("</auth>").and_then(|(before, _)| before.rsplit_once('>'));
    let encoded = inside.map_or("", |(_, encoded)| encoded).to_owned();
    let decoded = data_encoding::BASE64.decode(encoded.as_bytes()).unwrap_or_default();
    let decoded = String::from_utf8_lossy(&decoded).replace('\0', " ");
    let escaped: Vec<String> =
        escaped(&decoded).into_iter().filter(|form| !form.contains(['<', '\'', '"'])).collect();
    let echo = format!("{encoded} {}", escaped.join(" "));
    let safe = &escaped[0];
    let _ = write!(
        stream,
        "<iq type='error' id='{echo}'><error type='cancel'><text>{echo}</text></error></iq>\
         <message from='{echo}'><subject>{echo}</subject></message><x xmlns='{echo}'>{echo}</x>{safe}\
         <failure xmlns='urn:ietf:params:xml:ns:xmpp-sasl'><not-authorized/><text>{echo}</text></failure>\
         <stream:error><see-other-host xmlns='urn:ietf:params:xml:ns:xmpp-streams'>{safe}</see-other-host>\
         <text xmlns='urn:ietf:params:xml:ns:xmpp-streams'>{echo}</text></stream:error></stream:stream>{decoded}"
    );
}

const FEATURES: &str = "<?xml version='1.0'?><stream:stream id='1' from='example.test' version='1.0' \
    xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams'><stream:features>\
    <mechanisms xmlns='urn:ietf:params:xml:ns:xmpp-sasl'><mechanism>PLAIN</mechanism></mechanisms>\
    </stream:features>";
