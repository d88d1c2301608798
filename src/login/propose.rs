//! The proposals: what a client of this kind would send next, its secrets as placeholders.

use crate::journal::{ClientKind, Stage};
use crate::protocol::sasl::Mechanism;

use super::{Config, IMPOSSIBLE_MECHANISM};

/// Where a secret will stand. The text between the braces is what editors and the screen see.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Placeholder {
    /// `{{plain}}`: base64 of `\0user\0password`.
    Plain,
    /// `{{token}}`: base64 of `userid=…\0token=…`.
    Token,
    /// `{{scram}}`: base64 of the client-final message with its proof.
    Scram,
}

impl Placeholder {
    /// All of them.
    pub const ALL: [Placeholder; 3] = [Placeholder::Plain, Placeholder::Token, Placeholder::Scram];

    /// As it stands in a proposal.
    pub fn text(self) -> &'static str {
        match self {
            Placeholder::Plain => "{{plain}}",
            Placeholder::Token => "{{token}}",
            Placeholder::Scram => "{{scram}}",
        }
    }
}

/// Something to write.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proposal {
    /// What it is.
    pub sends: Sends,
    /// The stage it belongs to.
    pub stage: Option<Stage>,
    /// The bytes, with placeholders for secrets.
    pub text: String,
}

/// What a piece of XML on its way out is, by its first element.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Sends {
    /// A stream header.
    StreamOpen,
    /// `<starttls/>`
    Starttls,
    /// `<auth>`, with its mechanism's name.
    Auth(String),
    /// `<response>`
    Response,
    /// The bind request.
    Bind,
    /// The session request.
    Session,
    /// `<presence>`
    Presence,
    /// `</stream:stream>`
    StreamClose,
    /// Another element, by its name; empty for text.
    Other(String),
}

impl Sends {
    /// A short name for the journal and the screen.
    pub fn name(&self) -> &str {
        match self {
            Sends::StreamOpen => "stream header",
            Sends::Starttls => "starttls",
            Sends::Auth(_) => "auth",
            Sends::Response => "response",
            Sends::Bind => "bind",
            Sends::Session => "session",
            Sends::Presence => "presence",
            Sends::StreamClose => "stream close",
            Sends::Other(name) if name.is_empty() => "text",
            Sends::Other(name) => name,
        }
    }

    /// What `text` is. Read leniently: the user may have typed anything.
    pub fn of(text: &str) -> Sends {
        let body = skip_declaration(text.trim_start());
        if let Some(end) = body.strip_prefix("</") {
            let name = name_at(end);
            return if local(name) == "stream" { Sends::StreamClose } else { Sends::Other(name.to_owned()) };
        }
        let Some(tag) = body.strip_prefix('<') else { return Sends::Other(String::new()) };
        let name = name_at(tag);
        match local(name) {
            "stream" => Sends::StreamOpen,
            "starttls" => Sends::Starttls,
            "auth" => Sends::Auth(attribute(tag, "mechanism").unwrap_or_default().to_owned()),
            "response" => Sends::Response,
            "presence" => Sends::Presence,
            "iq" if body.contains("urn:ietf:params:xml:ns:xmpp-bind") => Sends::Bind,
            "iq" if body.contains("urn:ietf:params:xml:ns:xmpp-session") => Sends::Session,
            _ => Sends::Other(name.to_owned()),
        }
    }
}

fn skip_declaration(text: &str) -> &str {
    let rest = text.strip_prefix("<?xml").and_then(|rest| rest.split_once("?>")).map(|(_, rest)| rest);
    rest.map_or(text, str::trim_start)
}

fn name_at(tag: &str) -> &str {
    let end = tag.find(|c: char| c.is_whitespace() || c == '>' || c == '/').unwrap_or(tag.len());
    &tag[..end]
}

fn local(name: &str) -> &str {
    name.rsplit(':').next().unwrap_or(name)
}

/// The value of the first attribute of this name, up to the end of the tag.
fn attribute<'a>(tag: &'a str, name: &str) -> Option<&'a str> {
    let tag = &tag[..tag.find('>').unwrap_or(tag.len())];
    let (_, rest) = tag.split_once(&format!(" {name}="))?;
    let quote = rest.chars().next().filter(|c| matches!(c, '\'' | '"'))?;
    rest[1..].split(quote).next()
}

/// `<auth>` with a mechanism that no server can know (design.md 3). It is always this text, whoever is imitated: that it
/// holds no credential is known without looking into it.
pub(super) const IMPOSSIBLE: &str =
    "<auth xmlns=\"urn:ietf:params:xml:ns:xmpp-sasl\" mechanism=\"X-IMPSCOPE-NONE\"/>";

const SASL: &str = "urn:ietf:params:xml:ns:xmpp-sasl";
/// The ids of our own requests. A login sends each once, so they need not be unpredictable.
pub(super) const BIND_ID: &str = "bind_1";
pub(super) const SESSION_ID: &str = "session_1";

/// The stream header, as this client writes it: PSI's as its console shows it (consoles.md A1), Jabber's as
/// protocol.md 5.2 has it.
pub(super) fn stream_header(config: &Config, stage: Stage) -> Proposal {
    let domain = escape(&config.domain);
    let text = match config.client {
        ClientKind::Psi => format!(
            "<?xml version=\"1.0\"?><stream:stream xmlns:stream=\"http://etherx.jabber.org/streams\" \
             version=\"1.0\" xml:lang=\"en\" xmlns=\"jabber:client\" to=\"{domain}\">"
        ),
        ClientKind::Jabber => format!(
            "<?xml version='1.0' ?><stream:stream to='{domain}' xmlns='jabber:client' \
             xmlns:stream='http://etherx.jabber.org/streams' xml:lang='en' version='1.0'>"
        ),
    };
    Proposal { sends: Sends::StreamOpen, stage: Some(stage), text }
}

/// `<starttls/>` (RFC 6120 section 5.4.2.1); Jabber's has an attribute more (protocol.md 5.2).
pub(super) fn starttls(config: &Config) -> Proposal {
    let text = match config.client {
        ClientKind::Psi => "<starttls xmlns=\"urn:ietf:params:xml:ns:xmpp-tls\"/>",
        ClientKind::Jabber => "<starttls xmlns=\"urn:ietf:params:xml:ns:xmpp-tls\" cookie=\"0\"/>",
    };
    Proposal { sends: Sends::Starttls, stage: Some(Stage::Starttls), text: text.to_owned() }
}

/// `<auth>` with a placeholder, or with SCRAM's first message, which holds no secret.
pub(super) fn auth(config: &Config, mechanism: Mechanism, payload: &str) -> Proposal {
    let name = mechanism.name();
    let text = match config.client {
        ClientKind::Psi => format!("<auth xmlns=\"{SASL}\" mechanism=\"{name}\">{payload}</auth>"),
        ClientKind::Jabber => format!("<auth mechanism='{name}' xmlns='{SASL}'>{payload}</auth>"),
    };
    Proposal { sends: Sends::Auth(name.to_owned()), stage: Some(Stage::Auth), text }
}

/// `<auth>` with the impossible mechanism.
pub(super) fn impossible_auth() -> Proposal {
    let sends = Sends::Auth(IMPOSSIBLE_MECHANISM.to_owned());
    Proposal { sends, stage: Some(Stage::Auth), text: IMPOSSIBLE.to_owned() }
}

/// SCRAM's second message.
pub(super) fn response() -> Proposal {
    let payload = Placeholder::Scram.text();
    let text = format!("<response xmlns=\"{SASL}\">{payload}</response>");
    Proposal { sends: Sends::Response, stage: Some(Stage::Auth), text }
}

/// The bind request (RFC 6120 section 7.6).
pub(super) fn bind(config: &Config) -> Proposal {
    let text = format!(
        "<iq id=\"{BIND_ID}\" type=\"set\"><bind xmlns=\"urn:ietf:params:xml:ns:xmpp-bind\"><resource>{}\
         </resource></bind></iq>",
        escape(&config.resource)
    );
    Proposal { sends: Sends::Bind, stage: Some(Stage::Bind), text }
}

/// The session request (RFC 3921 section 3).
pub(super) fn session() -> Proposal {
    let text = format!(
        "<iq id=\"{SESSION_ID}\" type=\"set\"><session xmlns=\"urn:ietf:params:xml:ns:xmpp-session\"/></iq>"
    );
    Proposal { sends: Sends::Session, stage: Some(Stage::Session), text }
}

/// Presence that no message is routed to (RFC 6121 section 4.7.2.3: a negative priority).
pub(super) fn presence() -> Proposal {
    let text = "<presence><priority>-1</priority></presence>".to_owned();
    Proposal { sends: Sends::Presence, stage: Some(Stage::Online), text }
}

/// The stream's end (RFC 6120 section 4.4).
pub(super) fn close() -> Proposal {
    Proposal { sends: Sends::StreamClose, stage: None, text: "</stream:stream>".to_owned() }
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('"', "&quot;").replace('\'', "&apos;")
}
