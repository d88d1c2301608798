//! The command line (design.md 6).

use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, Parser, Subcommand, ValueEnum};

use crate::config::duration;
use crate::journal::Stage;
use crate::protocol::sasl::Mechanism;
use crate::ui::playback::SPEEDS;

const DNS_PORT: u16 = 53;
/// The client version that EPASSoap is told unless an option says otherwise (protocol.md 5.1).
pub const EPAS_VERSION: &str = "9.7.0.18474";

/// Shows where a login into Cisco IM&Presence stops. Not a Cisco tool.
#[derive(Debug, Parser)]
#[command(name = "impscope", version, args_conflicts_with_subcommands = true, max_term_width = 100)]
pub struct Cli {
    /// What to do; without a word, the screen.
    #[command(subcommand)]
    pub command: Option<Command>,
    /// The screen's target and options.
    #[command(flatten)]
    pub screen: ScreenArgs,
}

/// The commands.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// The same login without the screen: plain lines as they come, then the verdict
    Check(Box<CheckArgs>),
    /// The practice deployment on loopback, with the screen on it
    #[cfg(feature = "lab")]
    Lab(LabArgs),
    /// A recording in the same screen, at its own pace, faster, or entry by entry; it can send nothing
    Replay(ReplayArgs),
    /// A recording as a report for a ticket, or as a recording that may be passed on
    Export(ExportArgs),
    /// A finding, an RTMT alert or a Jabber error in full: what it means, how to tell, what to do
    Explain {
        /// A finding's code (XMPP_AUTH_SILENT), the text of an RTMT alert, or a Jabber error (LERR_JABBER_AUTH,
        /// 1000:1032); without it, or with `-`, from standard input
        #[arg(value_name = "CODE | ALERT TEXT", allow_hyphen_values = true)]
        words: Vec<String>,
    },
    /// Completions for a shell, on standard output
    Completions {
        /// The shell
        shell: clap_complete::Shell,
    },
    /// The manual page, on standard output
    Man,
}

/// The screen's target and options.
#[derive(Debug, Args)]
pub struct ScreenArgs {
    /// Whose path: USER@DOMAIN, split at the last `@`; or DOMAIN alone
    #[arg(value_name = "USER@DOMAIN")]
    pub target: Option<String>,
    /// Print the keys as they are, as the configuration file writes them, and end
    #[arg(long)]
    pub print_keys: bool,
    /// What both front ends share.
    #[command(flatten)]
    pub common: Common,
    /// How the screen looks.
    #[command(flatten)]
    pub look: Look,
}

/// `check`.
#[derive(Debug, Args)]
pub struct CheckArgs {
    /// Whose path: USER@DOMAIN, split at the last `@`; or DOMAIN alone
    #[arg(value_name = "USER@DOMAIN")]
    pub target: String,
    /// What both front ends share.
    #[command(flatten)]
    pub common: Common,
    /// Print paused before STAGE, and go on at a newline on standard input
    #[arg(long, value_name = "STAGE", value_parser = stage)]
    pub pause_before: Option<Stage>,
    /// Wait so long for an answer (default: until it is silent)
    #[arg(long, value_name = "DURATION", value_parser = duration)]
    pub give_up: Option<Duration>,
    /// Where `<auth>` is left without an answer, make the control experiment: an impossible mechanism, an unknown user
    /// (it may raise an alert), EPASSoap, the other way in, the second user
    #[arg(long)]
    pub control: bool,
    /// Print one JSON object on standard output; progress goes to standard error
    #[arg(long)]
    pub json: bool,
}

/// `replay`.
#[derive(Debug, Args)]
pub struct ReplayArgs {
    /// The recording; each run names its own when it ends
    #[arg(value_name = "RECORDING")]
    pub recording: PathBuf,
    /// How many times as fast as it was: 1, 2, 5, 10 or 60
    #[arg(long, value_name = "N", value_parser = speed, default_value = "1")]
    pub speed: u32,
    /// Stand still at the beginning
    #[arg(long)]
    pub paused: bool,
    /// Stand still at the end, with all of it shown
    #[arg(long, conflicts_with = "paused")]
    pub from_end: bool,
    /// How the screen looks.
    #[command(flatten)]
    pub look: Look,
}

/// `export`.
#[derive(Debug, Args)]
pub struct ExportArgs {
    /// The recording; each run names its own when it ends
    #[arg(value_name = "RECORDING")]
    pub recording: PathBuf,
    /// In which form [default: after the name of the output, else markdown]
    #[arg(long, value_name = "FORMAT")]
    pub format: Option<Format>,
    /// What the picture shows, with --format svg [default: ladder]
    #[arg(long, value_name = "PICTURE")]
    pub picture: Option<Picture>,
    /// The size of the screen in the picture, in columns and rows [default: 120x40]
    #[arg(long, value_name = "COLUMNSxROWS", value_parser = size)]
    pub size: Option<(u16, u16)>,
    /// The theme of the picture: dark, light, mono, psi, psi-classic [default: dark]
    #[arg(long, value_name = "THEME")]
    pub theme: Option<String>,
    /// Write into this new file, instead of standard output
    #[arg(long, short, value_name = "FILE")]
    pub output: Option<PathBuf>,
    /// Replace users, domains, host names, addresses and fingerprints, the same by the same
    #[arg(long)]
    pub pseudonymise: bool,
    /// Refuse to write this password, the first line of a file (repeatable; IMPSCOPE_PASSWORD is looked for as well)
    #[arg(long, value_name = "FILE")]
    pub password_file: Vec<PathBuf>,
    /// Refuse to write this token, the first line of a file (repeatable)
    #[arg(long, value_name = "FILE")]
    pub token_file: Vec<PathBuf>,
}

/// What a recording is exported as.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// Plain text, 100 columns
    Text,
    /// Markdown, for a ticket
    Markdown,
    /// One HTML file without scripts, for a browser or a mail
    Html,
    /// A recording, without the lengths of secrets
    Jsonl,
    /// A picture: the ladder, or the screen as it stood at the end
    Svg,
}

/// What `--format svg` draws.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
pub enum Picture {
    /// Who spoke to whom, with gaps where no answer came
    #[default]
    Ladder,
    /// The screen as it stood at the end of the recording
    Screen,
}

impl Format {
    /// The form that a file's name asks for; Markdown where there is no file or its name has no ending.
    ///
    /// # Errors
    /// When the ending is none that a form goes by.
    pub fn of(path: Option<&std::path::Path>) -> Result<Self, String> {
        match path.and_then(std::path::Path::extension).map(std::ffi::OsStr::to_string_lossy).as_deref() {
            Some("txt" | "text" | "log") => Ok(Format::Text),
            Some("html" | "htm") => Ok(Format::Html),
            Some("jsonl") => Ok(Format::Jsonl),
            Some("svg") => Ok(Format::Svg),
            Some("md" | "markdown") | None => Ok(Format::Markdown),
            Some(other) => Err(format!(
                "no format goes by the ending .{}; give --format text, markdown, html, jsonl or svg",
                crate::console::visible(other)
            )),
        }
    }
}

/// What both front ends share.
#[derive(Debug, Args, Clone)]
#[expect(clippy::struct_excessive_bools, reason = "each is a flag of its own on the command line")]
pub struct Common {
    /// Ask this DNS server, instead of the system's (repeatable; the answers are compared)
    #[arg(long, value_name = "ADDR[:PORT]", value_parser = dns_server)]
    pub dns: Vec<SocketAddr>,
    /// Go to this node, as a client with a manual setting does (repeatable; the first one takes the password)
    #[arg(long, value_name = "HOST[:PORT]", value_parser = node)]
    pub node: Vec<NodeArg>,
    /// Whose path to walk [default: all; a login is then PSI's, or Jabber's where only a token is at hand]
    #[arg(long = "as", value_name = "CLIENT")]
    pub client: Option<Client>,
    /// Look for _cisco-uds and _collab-edge in this domain, as a client with VoiceServicesDomain does
    #[arg(long, value_name = "DOMAIN")]
    pub voice_domain: Option<String>,
    /// Ask this CUCM too, whatever DNS says
    #[arg(long, value_name = "HOST[:PORT]", value_parser = node)]
    pub cucm: Option<NodeArg>,
    /// The user id, where it is not what stands before the `@`
    #[arg(long, value_name = "ID")]
    pub user_id: Option<String>,
    /// Stop at this stage: tcp, stream, starttls, tls, stream_tls, auth, stream_auth, bind, session, online
    #[arg(long, value_name = "STAGE", value_parser = stage, default_value = "session")]
    pub until: Stage,
    /// What EPASSoap is told about the client: TYPE or TYPE/VERSION [default: CUPC/9.7.0.18474]
    #[arg(long, value_name = "TYPE[/VERSION]", value_parser = epas_client)]
    pub epas_client: Option<(String, String)>,
    /// Make a new EPASSoap session key, which may take the user's own from a client that is signed in
    #[arg(long)]
    pub epas_force: bool,
    /// Use this SASL mechanism: PLAIN, SCRAM-SHA-1, SCRAM-SHA-256, CISCO-VTG-TOKEN
    #[arg(long, value_name = "NAME", value_parser = mechanism)]
    pub mechanism: Option<Mechanism>,
    /// TLS from the first byte (XEP-0368); the port is then 5223 unless it is given
    #[arg(long)]
    pub direct_tls: bool,
    /// The same login on all nodes: one attempt with the password on each
    #[arg(long)]
    pub all_nodes: bool,
    /// Another user whom the control experiment may ask for, with one attempt on each silent node
    #[arg(long, value_name = "ID", value_parser = clap::builder::NonEmptyStringValueParser::new())]
    pub second_user: Option<String>,
    /// Read the second user's password from a file's first line [else: IMPSCOPE_SECOND_PASSWORD]
    #[arg(long, value_name = "FILE", requires = "second_user")]
    pub second_password_file: Option<PathBuf>,
    /// At most so many attempts with a user's credential [default: 3, and what --all-nodes and --control cost]
    #[arg(long, value_name = "N")]
    pub max_attempts: Option<u32>,
    /// An answer is slow after this long [default: 2s]
    #[arg(long, value_name = "DURATION", value_parser = duration)]
    pub slow: Option<Duration>,
    /// An answer is missing after this long [default: 10s]
    #[arg(long, value_name = "DURATION", value_parser = duration)]
    pub silent_after: Option<Duration>,
    /// One address may take so long to connect [default: 5s]
    #[arg(long, value_name = "DURATION", value_parser = duration)]
    pub connect_timeout: Option<Duration>,
    /// Read the password from the first line of standard input
    #[arg(long, conflicts_with = "password_file")]
    pub password_stdin: bool,
    /// Read the password from a file's first line
    #[arg(long, value_name = "FILE")]
    pub password_file: Option<PathBuf>,
    /// Read the one-time token of CISCO-VTG-TOKEN from a file's first line
    #[arg(long, value_name = "FILE")]
    pub token_file: Option<PathBuf>,
    /// Accept this certificate: sha256: and 64 hex digits (repeatable)
    #[arg(long, value_name = "FINGERPRINT", value_parser = fingerprint)]
    pub accept: Vec<String>,
    /// Accept every certificate on the user's path
    #[arg(long)]
    pub insecure: bool,
    /// Let the credential cross a connection without TLS
    #[arg(long)]
    pub allow_cleartext: bool,
    /// Trust the certificates in this file beside the system's
    #[arg(long, value_name = "PEM")]
    pub ca_file: Option<PathBuf>,
    /// Write the recording into this file
    #[arg(long, value_name = "FILE", conflicts_with = "no_record")]
    pub record: Option<PathBuf>,
    /// Write no recording
    #[arg(long)]
    pub no_record: bool,
    /// Read this configuration instead of the user's
    #[arg(long, value_name = "FILE")]
    pub config: Option<PathBuf>,
}

/// How the screen looks.
#[derive(Debug, Args, Clone)]
pub struct Look {
    /// When to use colour; NO_COLOR is honoured
    #[arg(long, value_name = "WHEN")]
    pub color: Option<ColorWhen>,
    /// No characters beyond ASCII
    #[arg(long)]
    pub ascii: bool,
    /// Lines and typed commands instead of a screen, for screen readers, serial lines and scripts: nothing moves the
    /// cursor, no line is written anew
    #[arg(long)]
    pub plain: bool,
    /// The theme: dark, light, mono, psi, psi-classic, or one of the configuration
    #[arg(long, value_name = "THEME")]
    pub theme: Option<String>,
}

/// `lab`.
#[cfg(feature = "lab")]
#[derive(Debug, Args)]
pub struct LabArgs {
    /// The scenario
    #[arg(default_value = "silent-auth")]
    pub scenario: String,
    /// List the scenarios
    #[arg(long, conflicts_with = "serve")]
    pub list: bool,
    /// Run the deployment alone, and print the command that connects
    #[arg(long)]
    pub serve: bool,
    /// Whose path to walk [default: all]
    #[arg(long = "as", value_name = "CLIENT")]
    pub client: Option<Client>,
    /// An answer is slow after this long [default: 2s]
    #[arg(long, value_name = "DURATION", value_parser = duration)]
    pub slow: Option<Duration>,
    /// An answer is missing after this long [default: 10s]
    #[arg(long, value_name = "DURATION", value_parser = duration)]
    pub silent_after: Option<Duration>,
    /// Write the recording into this file
    #[arg(long, value_name = "FILE", conflicts_with = "no_record")]
    pub record: Option<PathBuf>,
    /// Write no recording
    #[arg(long)]
    pub no_record: bool,
    /// How the screen looks.
    #[command(flatten)]
    pub look: Look,
}

/// Whose login is imitated.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Client {
    /// Every route, side by side
    All,
    /// Cisco Jabber, inside: _cisco-uds or _cuplogin, EPASSoap, CISCO-VTG-TOKEN
    Jabber,
    /// PSI and other XMPP clients: _xmpp-client or _xmpps-client, PLAIN or SCRAM
    Psi,
    /// Cisco Jabber, outside: _collab-edge
    Edge,
}

/// When to use colour.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum ColorWhen {
    /// Unless NO_COLOR is set or the terminal has none
    Auto,
    /// In any case
    Always,
    /// Not at all
    Never,
}

/// A node as it was given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NodeArg {
    /// A name or an address.
    pub host: String,
    /// The port, where one was given.
    pub port: Option<u16>,
}

/// The largest screen that is drawn.
const LARGEST_SCREEN: u16 = 500;

fn size(text: &str) -> Result<(u16, u16), String> {
    let bad = || format!("give columns and rows, as 120x40; each from 1 to {LARGEST_SCREEN}");
    let (columns, rows) = text.split_once(['x', 'X', '×']).ok_or_else(bad)?;
    let figure = |text: &str| text.parse().ok().filter(|figure| (1..=LARGEST_SCREEN).contains(figure));
    figure(columns).zip(figure(rows)).ok_or_else(bad)
}

fn node(text: &str) -> Result<NodeArg, String> {
    let bad = |why: &str| Err(format!("{why}; give HOST, HOST:PORT or [IPV6]:PORT"));
    if text.parse::<std::net::Ipv6Addr>().is_ok() {
        return Ok(NodeArg { host: text.to_owned(), port: None });
    }
    let (host, port) = match text.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
        Some((host, "")) => (host, None),
        Some((host, rest)) => (host, rest.strip_prefix(':')),
        None => text.split_once(':').map_or((text, None), |(host, port)| (host, Some(port))),
    };
    if host.is_empty() || host.contains(|c: char| c.is_whitespace() || c.is_control()) {
        return bad("a node needs a name or an address");
    }
    let port = match port.map(str::parse::<u16>) {
        None => None,
        Some(Ok(port)) if port > 0 => Some(port),
        Some(_) => return bad("a port is a number from 1 to 65535"),
    };
    Ok(NodeArg { host: host.to_owned(), port })
}

/// A DNS server as it was given; port 53 unless another one was.
fn dns_server(text: &str) -> Result<SocketAddr, String> {
    let bare = |text: &str| text.parse::<IpAddr>().ok();
    let inner = text.strip_prefix('[').and_then(|rest| rest.strip_suffix(']'));
    match bare(text).or_else(|| inner.and_then(bare)) {
        Some(address) => Ok(SocketAddr::new(address, DNS_PORT)),
        None => text.parse().map_err(|_| {
            "a DNS server is named by its address: give ADDR, ADDR:PORT or [IPV6]:PORT, such as 10.1.1.53"
                .to_owned()
        }),
    }
}

/// `client-type` and `client-version` of EPASSoap.
fn epas_client(text: &str) -> Result<(String, String), String> {
    let (kind, version) = text.split_once('/').unwrap_or((text, EPAS_VERSION));
    if kind.is_empty() || version.is_empty() || text.chars().any(char::is_control) {
        return Err("give TYPE or TYPE/VERSION, such as CUPC/9.7.0.18474".to_owned());
    }
    Ok((kind.to_owned(), version.to_owned()))
}

fn stage(text: &str) -> Result<Stage, String> {
    Stage::named(text).ok_or_else(|| {
        let names: Vec<_> = Stage::ALL.iter().map(|stage| stage.name()).collect();
        format!("there is no such stage; there are {}", names.join(", "))
    })
}

fn speed(text: &str) -> Result<u32, String> {
    let given = text.strip_suffix(['x', '×']).unwrap_or(text).parse().ok();
    given.filter(|speed| SPEEDS.contains(speed)).ok_or_else(|| "there are 1, 2, 5, 10 and 60".to_owned())
}

fn mechanism(text: &str) -> Result<Mechanism, String> {
    Mechanism::named(&text.to_ascii_uppercase())
        .ok_or_else(|| "there are PLAIN, SCRAM-SHA-1, SCRAM-SHA-256 and CISCO-VTG-TOKEN".to_owned())
}

/// A fingerprint in the form that impscope prints; colons between the digits and upper case are taken too.
fn fingerprint(text: &str) -> Result<String, String> {
    let digits = text.strip_prefix("sha256:").unwrap_or(text).replace(':', "").to_ascii_lowercase();
    if digits.len() == 64 && digits.bytes().all(|b| b.is_ascii_hexdigit()) {
        Ok(format!("sha256:{digits}"))
    } else {
        Err("give sha256: and 64 hex digits, as impscope prints them".to_owned())
    }
}

/// The user and the domain of `USER@DOMAIN`: split at the last `@`, for a user id may hold one (protocol.md 6.8).
/// Of a domain alone the user is empty.
///
/// # Errors
/// When there is no domain, or a user id is missing before the `@`.
pub fn target(text: &str) -> Result<(String, String), String> {
    let (user, domain) = text.rsplit_once('@').unwrap_or(("", text));
    let domain = domain.trim_end_matches('.').to_ascii_lowercase();
    let odd = |c: char| c.is_whitespace() || c.is_control() || "/:\\".contains(c);
    // One word is rather a user whose domain was forgotten.
    let no_domain = user.is_empty() && (text.contains('@') || !domain.contains('.'));
    if domain.is_empty() || domain.contains(odd) || no_domain {
        return Err(format!("{text:?} is no login: give USER@DOMAIN, such as alice@example.com, or DOMAIN"));
    }
    Ok((user.to_owned(), domain))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_command_line_is_sound() {
        use clap::CommandFactory;
        Cli::command().debug_assert();
    }

    #[test]
    fn a_report_has_the_form_that_its_files_name_asks_for_or_is_refused() {
        let of = |name: &str| Format::of(Some(std::path::Path::new(name)));
        assert_eq!(
            (of("a.html"), of("a.md"), of("report")),
            (Ok(Format::Html), Ok(Format::Markdown), Ok(Format::Markdown))
        );
        assert!(of("a.pdf").unwrap_err().contains("--format"));
    }

    #[test]
    fn a_user_id_may_hold_an_at_sign() {
        let (user, domain) = target("amckenzie@example.com@sales-example.com").unwrap();
        assert_eq!((user.as_str(), domain.as_str()), ("amckenzie@example.com", "sales-example.com"));
        assert_eq!(target("Example.com."), Ok((String::new(), "example.com".to_owned())));
        assert!(
            target("@example.com").is_err()
                && target("alice").is_err()
                && target("alice@").is_err()
                && target("two words").is_err()
        );
    }

    #[test]
    fn a_dns_server_is_an_address_with_or_without_a_port() {
        let given = |text| dns_server(text).map(|server| server.to_string());
        assert_eq!(given("10.1.1.53"), Ok("10.1.1.53:53".to_owned()));
        assert_eq!(given("127.0.0.1:5300"), Ok("127.0.0.1:5300".to_owned()));
        assert_eq!(given("2001:db8::53"), Ok("[2001:db8::53]:53".to_owned()));
        assert_eq!(given("[::1]:5300"), Ok("[::1]:5300".to_owned()));
        assert!(given("ns1.example.com").unwrap_err().contains("by its address"));
    }

    #[test]
    fn an_epas_client_is_a_type_with_or_without_a_version() {
        assert_eq!(epas_client("thirdclient"), Ok(("thirdclient".into(), "9.7.0.18474".into())));
        assert_eq!(epas_client("CUPC/12.0.0"), Ok(("CUPC".into(), "12.0.0".into())));
        assert!(epas_client("/12").is_err() && epas_client("").is_err());
    }

    #[test]
    fn nodes_are_names_addresses_and_ports() {
        let given = |text| node(text).map(|node| (node.host, node.port));
        assert_eq!(given("imp1.example.com"), Ok(("imp1.example.com".into(), None)));
        assert_eq!(given("10.1.2.11:5223"), Ok(("10.1.2.11".into(), Some(5223))));
        assert_eq!(given("[::1]:5222"), Ok(("::1".into(), Some(5222))));
        assert_eq!(given("::1"), Ok(("::1".into(), None)));
        assert!(given("imp1:http").unwrap_err().contains("1 to 65535"));
        assert!(given("").is_err() && given("imp1:0").is_err());
    }

    #[test]
    fn a_fingerprint_is_taken_with_or_without_colons() {
        let plain = format!("sha256:{}", "ab".repeat(32));
        assert_eq!(fingerprint(&plain), Ok(plain.clone()));
        assert_eq!(fingerprint(&["AB"; 32].join(":")), Ok(plain));
        assert!(fingerprint("sha1:abcd").is_err());
    }
}
