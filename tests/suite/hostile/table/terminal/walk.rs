//! The fields that the servers of a walk control: DNS, UDS, the service profile, EPASSoap, and HTTP itself.

use super::{Row, play};
use crate::hostile::names::{A, Names, Record, SRV, fitted, record, srv, wire};
use crate::hostile::outputs::{ESCAPES, HIDING, MARKUP, PILED, TURNING, everywhere};
use crate::hostile::walks::arguments;
use crate::hostile::web::{Authority, Cucm, Request, UDS, Web, own_address, with_headers};
use crate::program::Finished;

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

    /// All that a walk through it writes.
    fn walked(&self) -> Finished {
        walked(&self.names, &self.authority)
    }
}

fn walked(names: &Names, authority: &Authority) -> Finished {
    everywhere(|before| arguments(before, names, authority, &[]))
}

fn soap(inner: &str) -> String {
    with_headers("200 OK", "", &format!("<s:Envelope xmlns:s='urn:s'><s:Body>{inner}</s:Body></s:Envelope>"))
}

/// The odd text in every element of every answer; elements of no meaning have this name.
fn odd_answer(request: &Request, odd: &str, name: &str) -> String {
    let cucm = Cucm {
        home: Some(request.host().to_owned()),
        servers: vec![odd.to_owned(), "imp1.example.test".to_owned()],
        user: format!(
            "<email>{odd}</email><directoryUri>{odd}</directoryUri><{name}/><x>{odd}</x>\
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
                "<userProfile><x{name}/><{name}><Primary/></{name}><IMandPresence><Primary><Address>{odd}</Address></Primary>\
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

/// In every element of every answer, and as the name of some.
fn answers(odd: &'static str) -> Finished {
    Site::new(move |request| odd_answer(request, odd, odd)).walked()
}

/// In every element alone: what XML allows is then read.
fn texts(odd: &'static str) -> Finished {
    Site::new(move |request| odd_answer(request, odd, "y")).walked()
}

/// Whoever asks about the user is told this, with headers full of it. A control character ends a head; what comes is
/// then shown as something that is no HTTP.
fn refusal(status: &'static str, body: &'static str, odd: &'static str) -> Finished {
    let says = move |request: &Request| {
        let headers = format!(
            "WWW-Authenticate: Basic realm=\"{odd}\"\r\nLocation: https://{odd}/\r\nContent-Type: {odd}\r\n\
             Server: {odd}\r\nSet-Cookie: {odd}={odd}\r\n"
        );
        let is_personal = request.target.contains("/user/") || request.target.contains("/EPASSoap");
        if is_personal || body.is_empty() {
            return with_headers(&status.replace("ODD", odd), &headers, &body.replace("ODD", odd));
        }
        Cucm::default().answer(request)
    };
    Site::new(says).walked()
}

/// EPASSoap alone answers, and says this.
fn epas(said: &'static str, odd: &'static str) -> Finished {
    let said = said.replace("ODD", odd);
    let says = move |request: &Request| {
        if request.target.starts_with("/EPASSoap") { soap(&said) } else { with_headers("503 Busy", "", "") }
    };
    Site::new(says).walked()
}

/// In the labels of every name, and in texts that nobody asked for.
fn names_of_dns(odd: &'static str) -> Finished {
    let label = odd.as_bytes();
    let label = &label[..label.len().min(63)];
    let names = Names::play(move |question| {
        let kind = question.kind;
        let length = [u8::try_from(label.len()).expect("a label is short")];
        let name = [&length, label, &wire("test")].concat();
        let data = if kind == SRV { srv(UDS, &name) } else { vec![127, 0, 0, 1] };
        let records = [
            record(&[0xc0, 12], if kind == SRV { SRV } else { A }, &data),
            record(&[0xc0, 12], 16, &[&length, label].concat()),
            record(&name, 5, &name),
            record(&[0xc0, 12], 5, &name),
        ];
        vec![fitted(question, 0, &records)]
    });
    walked(&names, &Authority::new())
}

const BASIC: (&str, &str) =
    ("401 Unauthorized", "<errors><error><code>ODD</code><message>ODD</message></error></errors>");
const TITLE: (&str, &str) = ("404 ODD", "<html><title>ODD</title></html>");
const BUSY: (&str, &str) = ("503 ODD", "ODD");
const FOUND: (&str, &str) = ("302 Found", "");
const NAME: (&str, &str) = ("200 OK", "<ODD>");
const ATTRIBUTE: (&str, &str) = ("200 OK", "<x ODD='ODD'/>");

const REASON: &str = "<login-resp><failure><reason>ODD</reason></failure></login-resp>";
const FAULT: &str = "<s:Fault><s:Reason><s:Text>ODD</s:Text></s:Reason></s:Fault>";
const ELSEWHERE: &str = "<login-resp><redirect><host>ODD</host></redirect></login-resp>";
const UNKNOWN: &str = "<login-resp><ODD>ODD</ODD></login-resp>";
const TEXT: &str = "Invalid request ODD";

#[rustfmt::skip]
const ROWS: &[Row] = poisoned![
    "every answer" ESCAPES = answers => ["TCP_REFUSED", "UDS_WRONG_SERVICE"] "forbidden character U+001B";
    "every answer" TURNING = answers => ["DNS_TARGET_UNRESOLVED", "EPAS_DOMAIN_DIFFERS", "TCP_REFUSED", "UDS_WRONG_SERVICE"] "with a body that is not XML (a\\\\u{9b}31;777mb";
    "every answer" HIDING = answers => ["DNS_TARGET_UNRESOLVED", "EPAS_DOMAIN_DIFFERS", "TCP_REFUSED", "UDS_WRONG_SERVICE"] "with a body that is not XML (a\\\\u{200b}\\\\u{200c}\\\\u{200d}";
    "every answer" PILED = answers => ["DNS_TARGET_UNRESOLVED", "EPAS_DOMAIN_DIFFERS", "TCP_REFUSED", "UDS_WRONG_SERVICE"] "with a body that is not XML (\\\\u{301}z\u{301}";
    "every answer" MARKUP = answers => ["DNS_TARGET_UNRESOLVED", "EPAS_DOMAIN_DIFFERS", "TCP_REFUSED", "UDS_WRONG_SERVICE"] "with a body that is not XML (&lt;script&gt;alert(1)";
    "the texts of every answer" TURNING = texts => ["DNS_TARGET_UNRESOLVED", "TCP_REFUSED"] "UDS on cucm1.example.test names a\\\\u{9b}31;777mb";
    "the texts of every answer" HIDING = texts => ["DNS_TARGET_UNRESOLVED", "TCP_REFUSED"] "UDS on cucm1.example.test names a\\\\u{200b}\\\\u{200c}\\\\u{200d}";
    "the texts of every answer" PILED = texts => ["DNS_TARGET_UNRESOLVED", "TCP_REFUSED"] "UDS on cucm1.example.test names \\\\u{301}z\u{301}";
    "the texts of every answer" MARKUP = texts => ["DNS_TARGET_UNRESOLVED", "TCP_REFUSED"] "\"host\": \"<script>alert(1)</script>";
    "names of DNS" ESCAPES = names_of_dns => ["DNS_PORT_UNUSUAL", "DNS_TARGET_UNRESOLVED"] "TXT \\u{1b}[31;777mred";
    "names of DNS" TURNING = names_of_dns => ["DNS_PORT_UNUSUAL", "DNS_TARGET_UNRESOLVED"] "TXT a\\u{9b}31;777mb";
    "names of DNS" HIDING = names_of_dns => ["DNS_PORT_UNUSUAL", "DNS_TARGET_UNRESOLVED"] "TXT a\\u{200b}\\u{200c}\\u{200d}";
    "names of DNS" PILED = names_of_dns => ["DNS_PORT_UNUSUAL", "DNS_TARGET_UNRESOLVED"] "TXT \\u{301}z\u{301}";
    "names of DNS" MARKUP = names_of_dns => ["DNS_PORT_UNUSUAL", "DNS_TARGET_UNRESOLVED"] "TXT &lt;script&gt;alert(1)";
    "the realm of a refusal" ESCAPES = |odd| refusal(BASIC.0, BASIC.1, odd) => ["TCP_REFUSED", "UDS_WRONG_SERVICE"] "something that is no HTTP";
    "the realm of a refusal" TURNING = |odd| refusal(BASIC.0, BASIC.1, odd) => ["TCP_REFUSED", "UDS_AUTH_FAILED"] "(401, realm a\\\\u{9b}31;777mb";
    "a status line and a title" TURNING = |odd| refusal(TITLE.0, TITLE.1, odd) => ["TCP_REFUSED", "UDS_UNEXPECTED", "UDS_WRONG_SERVICE"] "404, realm a\\\\u{9b}31;777mb";
    "a status line and a title" HIDING = |odd| refusal(TITLE.0, TITLE.1, odd) => ["TCP_REFUSED", "UDS_UNEXPECTED", "UDS_WRONG_SERVICE"] "404, realm a\\\\u{200b}\\\\u{200c}\\\\u{200d}";
    "a status line and a text" ESCAPES = |odd| refusal(BUSY.0, BUSY.1, odd) => ["TCP_REFUSED", "UDS_WRONG_SERVICE"] "HTTP/1.1 503 \\u{1b}[31;777mred";
    "a status line and a text" PILED = |odd| refusal(BUSY.0, BUSY.1, odd) => ["TCP_REFUSED", "UDS_OVERLOADED"] "HTTP/1.1 503 \\u{301}z\u{301}";
    "a redirect" TURNING = |odd| refusal(FOUND.0, FOUND.1, odd) => ["TCP_REFUSED", "UDS_REDIRECT"] "(302) to https://a\\\\u{9b}31;777mb";
    "a redirect" MARKUP = |odd| refusal(FOUND.0, FOUND.1, odd) => ["TCP_REFUSED", "UDS_REDIRECT"] "(302) to https://&lt;script&gt;alert(1)";
    "the name of an element" TURNING = |odd| refusal(NAME.0, NAME.1, odd) => ["TCP_REFUSED", "UDS_WRONG_SERVICE"] "with a body that is not XML (a\\\\u{9b}31;777mb";
    "an attribute" HIDING = |odd| refusal(ATTRIBUTE.0, ATTRIBUTE.1, odd) => ["TCP_REFUSED", "UDS_WRONG_SERVICE"] "with a body that is not XML (a\\\\u{200b}\\\\u{200c}\\\\u{200d}";
    "a reason of EPASSoap" ESCAPES = |odd| epas(REASON, odd) => ["TCP_REFUSED", "UDS_OVERLOADED", "UDS_WRONG_SERVICE"] "<reason>\\u{1b}[31;777mred";
    "a reason of EPASSoap" TURNING = |odd| epas(REASON, odd) => ["EPAS_AUTH_FAILED", "TCP_REFUSED", "UDS_OVERLOADED"] "\"reason\": \"a\\\\u{9b}31;777mb";
    "a fault of EPASSoap" HIDING = |odd| epas(FAULT, odd) => ["TCP_REFUSED", "UDS_OVERLOADED"] "<s:Text>a\\u{200b}\\u{200c}\\u{200d}";
    "a fault of EPASSoap" MARKUP = |odd| epas(FAULT, odd) => ["TCP_REFUSED", "UDS_OVERLOADED"] "<s:Text>&lt;script&gt;alert(1)";
    "a host of EPASSoap" TURNING = |odd| epas(ELSEWHERE, odd) => ["TCP_REFUSED", "UDS_OVERLOADED"] "<host>a\\u{9b}31;777mb";
    "an answer of EPASSoap that nobody knows" PILED = |odd| epas(UNKNOWN, odd) => ["TCP_REFUSED", "UDS_OVERLOADED", "UDS_WRONG_SERVICE"] "EPAS login with a body that is not XML (\\\\u{301}z\u{301}";
    "a text of EPASSoap" ESCAPES = |odd| epas(TEXT, odd) => ["EPAS_AUTH_FAILED", "TCP_REFUSED", "UDS_OVERLOADED"] "<s:Body>Invalid request \\\\u{1b}[31;777mred";
];

#[test]
fn nothing_that_a_walk_is_told_acts_on_a_terminal() {
    play("terminal", ROWS);
}
