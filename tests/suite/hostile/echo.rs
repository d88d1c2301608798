//! Servers that send back what they were given, wherever they have a text of their own: what was a secret on the way
//! there is one on the way back, and so is what they gave themselves to be returned.

use data_encoding::BASE64;

use super::PASSWORD;
use super::names::{Names, Record};
use super::peer::{HEADER, Peer, offers};
use super::walks::{arguments, start};
use super::web::{Authority, Cucm, Request, UDS, Web, own_address, with_headers};
use crate::program::{Finished, Program, SOON, holds_secret, no_file_holds};
use crate::pty::{Terminal, TerminalSize};

const CUCM: &str = "cucm1.example.test";
const NODE: &str = "imp1.example.test";
const XMPP: u16 = 5222;
const KEY: &str = "7e1c-canary-session-key";
const TOKEN: &str = "canary-one-time-93bd";
const COOKIE: &str = "canary-cookie-0F2A";
const SECRETS: [&str; 4] = [PASSWORD, KEY, TOKEN, COOKIE];

/// A site whose servers all send back.
struct Site {
    authority: Authority,
    names: Names,
    web: Web,
    _node: Peer,
}

/// What is answered to one request: status, headers, body.
type Says = fn(&Request, &str) -> Option<(&'static str, String, String)>;

impl Site {
    /// On the route of UDS, else on that of `_cuplogin`. What `says` leaves open, an honest server answers.
    fn new(by_uds: bool, says: Says) -> Self {
        let (authority, place) = (Authority::new(), own_address());
        let host = if by_uds { CUCM } else { NODE };
        let cucm = Cucm::default();
        let web = Web::plays_at((place, UDS).into(), Some(authority.vouches(host)), move |request, line| {
            let echo = request.secrets();
            let said = says(request, &echo).map(|(status, headers, body)| {
                let cookie = format!("Set-Cookie: JSESSIONID={COOKIE}; Path=/\r\n");
                with_headers(status, &format!("{cookie}X-Echo: {COOKIE} {echo}\r\n{headers}"), &body)
            });
            line.write_all(said.unwrap_or_else(|| cucm.answer(request)).as_bytes())?;
            line.flush()
        });
        let node = Peer::plays_at((place, XMPP).into(), |talk| {
            talk.hear(">")?;
            talk.say(HEADER)?;
            talk.say(&offers(&["PLAIN", "CISCO-VTG-TOKEN"]))?;
            let sent = talk.hear_up_to("</auth>")?;
            let text = "urn:ietf:params:xml:ns:xmpp-sasl";
            let echo = sent.rsplit('>').next().unwrap_or_default();
            let said = BASE64.decode(echo.as_bytes()).unwrap_or_default();
            let said = String::from_utf8_lossy(&said).replace('\0', " ");
            talk.say(&format!(
                "<failure xmlns='{text}'><not-authorized/><text>{echo} {said} {PASSWORD}</text></failure>"
            ))
        });
        let route = if by_uds { "_cisco-uds" } else { "_cuplogin" };
        let names =
            Names::of(vec![Record::srv(&format!("{route}._tcp.example.test"), UDS, host), Record::a(host, place)]);
        Self { authority, names, web, _node: node }
    }

    /// Looks for all secrets in all that a check writes, in both forms, and in all that the screen does.
    #[track_caller]
    fn keeps(&self, what: &str, more: &[&str], credentials: usize) {
        let more = [&["--allow-cleartext"], more].concat();
        let program = Program::new();
        let run = start(&program, &self.names, &self.authority, &more).finish(SOON);
        assert_eq!(self.web.credentials(), credentials, "{what}: {run:#?}");
        holds_none(what, &run, &program);
        let program = Program::new();
        let plain = arguments(&["check"], &self.names, &self.authority, &more);
        let run = program.start(&plain, Some(PASSWORD)).finish(SOON);
        holds_none(what, &run, &program);
        let program = Program::new();
        let mut command = program.command();
        command.args(arguments(&[], &self.names, &self.authority, &more)).env("IMPSCOPE_PASSWORD", PASSWORD);
        let mut terminal = Terminal::start(command, TerminalSize { width: 200, height: 60 });
        terminal.wait_for("alice@example.test", SOON);
        for keys in ["c", "F", "\x1b[F", "\x1b", "z", "w", "\x1b[B", "\x1b[B", "\x1b[B", "\r"] {
            terminal.settle_or_clock();
            terminal.type_in(keys);
        }
        terminal.settle_or_clock();
        terminal.type_in("\x03");
        assert_eq!(terminal.exit(SOON).code(), Some(0), "{what}: {}", terminal.contents());
        for secret in SECRETS {
            assert!(!holds_secret(terminal.written(), secret), "{what}: {secret} was on the screen");
            no_file_holds(secret, program.home());
        }
    }
}

#[track_caller]
fn holds_none(what: &str, run: &Finished, program: &Program) {
    for secret in SECRETS {
        for text in [&run.stdout, &run.stderr] {
            assert!(!holds_secret(text.as_bytes(), secret), "{what}: {secret}:\n{text}");
        }
        no_file_holds(secret, program.home());
    }
}

#[test]
fn a_cucm_that_refuses_with_it() {
    let site = Site::new(true, |request, echo| {
        let refusal = format!("WWW-Authenticate: Basic realm=\"{echo}\"\r\nLocation: https://x.test/{echo}\r\n");
        let page = format!("<errors><error><code>{echo}</code><message>{echo}</message></error></errors>");
        request.has_credential().then_some(("401 Unauthorized", refusal, page))
    });
    site.keeps("a refusal", &[], 1);
}

#[test]
fn a_cucm_that_answers_with_it() {
    let site = Site::new(true, |request, echo| {
        let node = echo.split([' ', ':']).next_back().unwrap_or_default();
        let user = format!(
            "<user><userName>{echo}</userName><homeCluster enableImAndPresence='true'>true</homeCluster>\
             <imAndPresence><server>{node}</server><server>{PASSWORD}.example.test</server></imAndPresence>\
             <serviceProfile><uri>http://{PASSWORD}.example.test/{echo}</uri></serviceProfile><x{PASSWORD}/></user>"
        );
        let odd = format!("Content-Type: {echo}\r\n");
        request.has_credential().then_some(("200 OK", odd, user))
    });
    site.keeps("a record", &[], 1);
}

fn soap(inner: &str) -> String {
    format!("<s:Envelope xmlns:s='urn:s'><s:Body>{inner}</s:Body></s:Envelope>")
}

fn epas_fails(request: &Request, echo: &str) -> Option<(&'static str, String, String)> {
    let failure = format!("<login-resp><failure><reason>{echo} {PASSWORD}.</reason></failure></login-resp>");
    request.has_credential().then(|| ("200 OK", String::new(), soap(&failure)))
}

#[test]
fn a_node_whose_epas_fails_with_it() {
    Site::new(false, epas_fails).keeps("a failure", &[], 1);
}

/// Gives a key and a token, and sends all of it back in whatever follows.
fn epas_answers(request: &Request, echo: &str) -> Option<(&'static str, String, String)> {
    let inner = match () {
        () if request.has_credential() => format!(
            "<login-resp><success><session-key>{KEY}</session-key><service-version>{echo}</service-version>\
             <backup-server>{PASSWORD}</backup-server></success></login-resp>"
        ),
        () if request.text.contains("<get-all-config") => format!(
            "<get-all-config-resp><property name='Presence.Domain'>{PASSWORD}.{KEY}</property>\
             <property name='Presence.Primary.Address'>imp1.example.test</property>\
             <property name='{KEY}'>{COOKIE}</property></get-all-config-resp>"
        ),
        () => format!(
            "<get-onetime-password-resp><success><password>{TOKEN}</password></success>\
             <x{KEY}>{KEY} {COOKIE} {PASSWORD}</x{KEY}></get-onetime-password-resp>"
        ),
    };
    let later = !request.has_credential();
    let location = if later { format!("Location: {KEY}\r\n") } else { String::new() };
    Some(("200 OK", location, soap(&inner)))
}

#[test]
fn a_node_that_gives_a_key_and_a_token() {
    Site::new(false, epas_answers).keeps("a token", &["--as", "jabber"], 1);
    Site::new(false, epas_answers).keeps("a key", &[], 1);
}
