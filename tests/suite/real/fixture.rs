//! The servers themselves, tried without the program: with a raw client and with openssl's.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::time::Duration;

use super::server::{Server, features, stream_header};
use super::{DOMAIN, Offer};
use crate::platform;

/// In clear it offers STARTTLS; under it, with a certificate that a client trusts, the mechanisms it should.
pub fn offers(start: fn(Offer) -> Option<Server>, offer: Offer) {
    let Some(server) = start(offer) else { return };
    let clear = features(server.address()).expect("features in clear");
    assert!(clear.contains("<starttls") && !clear.contains("<mechanism>"), "{clear}");
    let secure = features_under_tls(&server);
    assert!(secure.contains("<mechanism>PLAIN</mechanism>"), "{secure}");
    assert_eq!(secure.contains("<mechanism>SCRAM-SHA-256</mechanism>"), offer == Offer::Scram, "{secure}");
    assert_eq!(secure.matches("<mechanism>").count() == 1, offer == Offer::Plain, "{secure}");
}

/// While it is stopped its kernel takes a connection and bytes, and nothing comes back; then it goes on.
pub fn stops_and_goes_on(start: fn(Offer) -> Option<Server>) {
    let Some(server) = start(Offer::Plain) else { return };
    let stopped = server.stop();
    let mut stream = TcpStream::connect(server.address()).expect("the kernel completes the connect");
    stream.write_all(stream_header().as_bytes()).expect("the kernel takes the bytes");
    stream.set_read_timeout(Some(Duration::from_millis(300))).expect("a time-out can be set");
    let silence = stream.read(&mut [0; 1]).expect_err("a stopped server says nothing");
    assert!(matches!(silence.kind(), std::io::ErrorKind::WouldBlock | std::io::ErrorKind::TimedOut), "{silence}");
    drop(stopped);
    stream.set_read_timeout(Some(Duration::from_secs(10))).expect("a time-out can be set");
    assert_eq!(stream.read(&mut [0; 1]).expect("an answer, once it runs again"), 1);
}

/// Under TLS another connection is offered mechanisms, and one that there is not is refused.
pub fn refuses_an_impossible_mechanism(server: &Server) {
    let mut client = Secure::connect(server);
    client.say(&stream_header());
    let features = client.hear("</stream:features>");
    assert!(features.contains("<mechanism>PLAIN</mechanism>"), "{features}");
    client.say("<auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' mechanism='X-IMPSCOPE-NONE'/>");
    let refusal = client.hear("</failure>");
    assert!(refusal.contains("<invalid-mechanism"), "{refusal}");
}

fn features_under_tls(server: &Server) -> String {
    let mut client = Secure::connect(server);
    client.say(&stream_header());
    client.hear("</stream:features>")
}

/// A connection under TLS that openssl has made.
struct Secure {
    process: Child,
    to: ChildStdin,
    from: ChildStdout,
}

impl Secure {
    fn connect(server: &Server) -> Self {
        let mut openssl = Command::new("openssl");
        openssl.args(["s_client", "-starttls", "xmpp", "-xmpphost", DOMAIN, "-quiet", "-verify_return_error"]);
        openssl.args(["-verify_hostname", DOMAIN, "-connect", &server.address().to_string(), "-CAfile"]);
        openssl.arg(server.authority()).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
        platform::die_with_us(&mut openssl);
        let mut process = openssl.spawn().expect("openssl starts");
        let to = process.stdin.take().expect("it was piped");
        let from = process.stdout.take().expect("it was piped");
        Self { process, to, from }
    }

    fn say(&mut self, text: &str) {
        self.to.write_all(text.as_bytes()).expect("openssl reads its input");
    }

    /// What the server says, up to this.
    fn hear(&mut self, end: &str) -> String {
        let mut answer = Vec::new();
        let mut bytes = [0; 4096];
        while !String::from_utf8_lossy(&answer).contains(end) {
            let count = self.from.read(&mut bytes).expect("openssl's output can be read");
            assert!(count > 0, "no {end} under TLS: {}", String::from_utf8_lossy(&answer));
            answer.extend_from_slice(&bytes[..count]);
        }
        String::from_utf8_lossy(&answer).into_owned()
    }
}

impl Drop for Secure {
    fn drop(&mut self) {
        // Both fail only if it has ended already.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
