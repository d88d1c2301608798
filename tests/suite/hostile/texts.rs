//! Escape sequences and characters that hide or turn, in every text that the servers of a walk can write: in the lines
//! of a check, in its JSON once it is decoded, and in what the screen draws.

use super::PASSWORD;
use super::names::{A, Names, Record, SRV, fitted, record, srv, wire};
use super::walks::{arguments, start};
use super::web::{Authority, Cucm, Request, UDS, Web, own_address, with_headers};
use super::words::{ODD, RAW, is_clean, is_harmful};
use crate::program::{Finished, Program, SOON};
use crate::pty::{Terminal, TerminalSize};

const HOST: &str = "cucm1.example.test";

/// A site of one host that is everything: CUCM, file server, and IM&P node.
struct Site {
    authority: Authority,
    names: Names,
    _web: Web,
}

impl Site {
    fn new(says: impl Fn(&Request) -> String + Send + Sync + 'static) -> Self {
        let (authority, place) = (Authority::new(), own_address());
        let web = Web::plays_at((place, UDS).into(), Some(authority.vouches(HOST)), move |request, line| {
            line.write_all(says(request).as_bytes())?;
            line.flush()
        });
        let routes =
            ["_cisco-uds", "_cuplogin"].map(|route| Record::srv(&format!("{route}._tcp.example.test"), UDS, HOST));
        let names = Names::of(routes.into_iter().chain([Record::a(HOST, place)]).collect());
        Self { authority, names, _web: web }
    }

    /// Everything that is written about it does nothing to a terminal.
    #[track_caller]
    fn is_harmless(&self, what: &str) {
        harmless(what, &self.names, &self.authority);
    }
}

#[track_caller]
fn harmless(what: &str, names: &Names, authority: &Authority) {
    let run = start(&Program::new(), names, authority, &[]).finish(SOON);
    is_clean(what, &run);
    decoded(what, &run.json());
    let plain = arguments(&["check"], names, authority, &[]);
    let run: Finished = Program::new().start(&plain, Some(PASSWORD)).finish(SOON);
    is_clean(what, &run);
    let program = Program::new();
    let mut command = program.command();
    command.args(arguments(&[], names, authority, &[])).env("IMPSCOPE_PASSWORD", PASSWORD);
    let mut terminal = Terminal::start(command, TerminalSize { width: 200, height: 60 });
    terminal.wait_for("alice@example.test", SOON);
    terminal.settle_or_clock();
    for keys in ["F", "\x1b[F", "\x1b", "\t", "\x1b[H"]
        .into_iter()
        .chain(["\x1b[B", "\x1b[C"].repeat(12))
        .chain(["w", "z"])
    {
        terminal.type_in(keys);
        terminal.bytes_in(std::time::Duration::from_millis(30));
        drawn(what, &terminal);
    }
    terminal.settle_or_clock();
    drawn(what, &terminal);
    terminal.type_in("\x03");
    assert_eq!(terminal.exit(SOON).code(), Some(0), "{what}: {}", terminal.contents());
}

/// No text in it holds what a terminal would act upon: others print them.
#[track_caller]
fn decoded(what: &str, value: &serde_json::Value) {
    match value {
        serde_json::Value::String(text) => {
            assert!(!text.chars().any(is_harmful), "{what}: in the JSON: {text:?}");
        }
        serde_json::Value::Array(values) => values.iter().for_each(|value| decoded(what, value)),
        serde_json::Value::Object(fields) => fields.values().for_each(|value| decoded(what, value)),
        _ => {}
    }
}

/// The program writes escape sequences of its own; the servers' have a mark.
#[track_caller]
fn drawn(what: &str, terminal: &Terminal) {
    let written = terminal.written();
    let text = String::from_utf8_lossy(written);
    let harmful = |c: &char| is_harmful(*c) && !matches!(*c, '\x1b' | '\r' | '\n' | '\x07' | '\x08' | '\t');
    if let Some(c) = text.chars().find(harmful) {
        panic!("{what}: {c:?} is on the screen:\n{}", terminal.contents());
    }
    for mark in ["\x1b[31mred", "\x1b]0;title"] {
        assert!(!text.contains(mark), "{what}: {mark:?} reached the terminal:\n{}", terminal.contents());
    }
}

fn soap(inner: &str) -> String {
    with_headers("200 OK", "", &format!("<s:Envelope xmlns:s='urn:s'><s:Body>{inner}</s:Body></s:Envelope>"))
}

/// The odd text in every element of every answer.
fn odd_answer(request: &Request, odd: &str) -> String {
    let cucm = Cucm {
        home: Some(request.host().to_owned()),
        servers: vec![odd.to_owned(), "imp1.example.test".to_owned()],
        user: format!(
            "<email>{odd}</email><directoryUri>{odd}</directoryUri><{odd}/><x>{odd}</x>\
             <homeCluster enableImAndPresence='{odd}'>{odd}</homeCluster>\
             <imAndPresence><server>{odd}</server><server>{HOST}</server></imAndPresence><serviceProfile>\
             <uri>http://{odd}/</uri><uri>https://{HOST}:{UDS}/SP.cnf.xml</uri></serviceProfile>"
        ),
        ..Cucm::default()
    };
    match request.target.as_str() {
        "/SP.cnf.xml" => with_headers(
            "200 OK",
            "",
            &format!(
                "<userProfile><x{odd}/><{odd}><Primary/></{odd}><IMandPresence><Primary><Address>{odd}</Address></Primary>\
             <Backup1><Address>{odd}.test</Address></Backup1></IMandPresence></userProfile>"
            ),
        ),
        "/jabber-config.xml" => with_headers(
            "200 OK",
            "",
            &format!(
                "<config><Policies><ServiceDiscoveryExcludedServices>{odd}</ServiceDiscoveryExcludedServices>\
             <PresenceDomain>{odd}</PresenceDomain></Policies><Presence><LoginResource>{odd}</LoginResource></Presence></config>"
            ),
        ),
        "/cucm-uds/version" => with_headers(
            "200 OK",
            "",
            &format!("<versionInformation><version>{odd}</version></versionInformation>"),
        ),
        target if target.starts_with("/ssosp") => with_headers(
            "200 OK",
            "",
            &format!(
                "<SSOResult><Response><SingleSignOn><Status enabled='{odd}'/><AuthorizeUri>{odd}</AuthorizeUri></SingleSignOn></Response></SSOResult>"
            ),
        ),
        target if target.starts_with("/EPASSoap") && request.has_credential() => soap(&format!(
            "<login-resp><success><session-key>k</session-key><backup-server>{odd}</backup-server></success></login-resp>"
        )),
        target if target.starts_with("/EPASSoap") => soap(&format!(
            "<get-all-config-resp><property name='Presence.Domain'>{odd}</property>\
             <property name='Presence.Primary.Address'>{odd}</property><property name='{odd}'>{odd}</property></get-all-config-resp>"
        )),
        _ => cucm.answer(request),
    }
}

#[test]
fn in_every_answer_that_is_read() {
    Site::new(|request| odd_answer(request, ODD)).is_harmless("odd texts");
    Site::new(|request| odd_answer(request, RAW)).is_harmless("raw texts");
}

#[test]
fn in_every_refusal() {
    for (status, body) in [
        ("401 Unauthorized", "<errors><error><code>ODD</code><message>ODD</message></error></errors>"),
        ("404 ODD", "<html><title>ODD</title></html>"),
        ("503 ODD", "ODD"),
        ("302 Found", ""),
        ("200 OK", "<ODD>"),
        ("200 OK", "<x ODD='ODD'/>"),
    ] {
        let says = move |request: &Request, odd: &str| {
            let headers = format!(
                "WWW-Authenticate: Basic realm=\"{odd}\"\r\nLocation: https://{odd}/\r\nContent-Type: {odd}\r\nServer: {odd}\r\nSet-Cookie: {odd}={odd}\r\n"
            );
            let is_personal = request.target.contains("/user/") || request.target.contains("/EPASSoap");
            if is_personal || body.is_empty() {
                return with_headers(&status.replace("ODD", odd), &headers, &body.replace("ODD", odd));
            }
            Cucm::default().answer(request)
        };
        // A control character ends a head; what comes is then shown as something that is no HTTP.
        Site::new(move |request| says(request, ODD)).is_harmless(&format!("{status} {body}"));
        Site::new(move |request| says(request, RAW)).is_harmless(&format!("{status} {body}, raw"));
    }
}

#[test]
fn in_the_words_of_epas() {
    for reason in [
        "<login-resp><failure><reason>ODD</reason></failure></login-resp>",
        "<s:Fault><s:Reason><s:Text>ODD</s:Text></s:Reason></s:Fault>",
        "<login-resp><redirect><host>ODD</host></redirect></login-resp>",
        "<login-resp><ODD>ODD</ODD></login-resp>",
        "Invalid request ODD",
    ] {
        for odd in [ODD, RAW] {
            let said = reason.replace("ODD", odd);
            let site = Site::new(move |request| {
                if request.target.starts_with("/EPASSoap") {
                    soap(&said)
                } else {
                    with_headers("503 Busy", "", "")
                }
            });
            site.is_harmless(reason);
        }
    }
}

#[test]
fn in_names_of_dns() {
    let target = |label: &[u8]| [&[label.len() as u8], label, &wire("test")].concat();
    let names = Names::play(move |question| {
        let odd = [RAW.as_bytes(), ODD.as_bytes()];
        let kind = question.kind;
        let records: Vec<Vec<u8>> = odd
            .iter()
            .flat_map(|label| {
                let name = target(label);
                let text = [&[label.len() as u8], *label].concat();
                let data = if kind == SRV { srv(UDS, &name) } else { vec![127, 0, 0, 1] };
                [
                    record(&[0xc0, 12], if kind == SRV { SRV } else { A }, &data),
                    record(&[0xc0, 12], 16, &text),
                    record(&name, 5, &name),
                    record(&[0xc0, 12], 5, &name),
                ]
            })
            .collect();
        vec![fitted(question, 0, &records)]
    });
    harmless("names", &names, &Authority::new());
}
