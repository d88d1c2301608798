//! The command line (design.md 6): what can be given. `value` reads what an option says, `before` judges what stands
//! before a command, `manual` makes the manual pages.

mod before;
mod manual;
mod value;

use std::ffi::OsString;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, CommandFactory, FromArgMatches, Parser, Subcommand, ValueEnum};

use crate::config::duration;
use crate::journal::{Stage, Via};
use crate::protocol::sasl::Mechanism;

pub use manual::page;
pub use value::{EPAS_VERSION, NodeArg, cucms, target, via};

/// Reads the command line: its first word is the program's own name.
///
/// # Errors
/// When it cannot be understood, or help or the version is asked for: what to print instead.
pub fn read(words: impl IntoIterator<Item = OsString>) -> Result<Cli, clap::Error> {
    let mut line = Cli::command();
    let words: Vec<OsString> = words.into_iter().collect();
    before::misspelled(&mut line, &words)?;
    let matches = line.try_get_matches_from_mut(words)?;
    before::judge(&mut line, &matches)?;
    let mut cli = Cli::from_arg_matches(&matches).map_err(|error| error.format(&mut line))?;
    before::hand_down(&mut cli);
    Ok(cli)
}

/// Shows where a login into Cisco IM&Presence stops. Not a Cisco tool.
#[derive(Debug, Parser)]
#[command(name = "impscope", version, max_term_width = 100)]
#[command(override_usage = "impscope [OPTIONS] [USER@DOMAIN]\n       impscope <COMMAND>")]
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
    Man {
        /// Of this command, instead of the whole program
        #[arg(value_name = "COMMAND")]
        command: Option<String>,
    },
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
    #[arg(long, value_name = "STAGE", value_parser = value::stage)]
    pub pause_before: Option<Stage>,
    /// Wait so long for an answer (default: until it is silent)
    #[arg(long, value_name = "DURATION", value_parser = duration)]
    pub give_up: Option<Duration>,
    /// Where `<auth>` is left without an answer, make the control experiment: an impossible mechanism, an unknown user
    /// (it may raise an alert), EPASSoap, the other way in, the second user
    #[arg(long)]
    pub control: bool,
    /// Print a change request for each service that a remedy restarts or starts: what it interrupts, what to save first,
    /// how to verify, how to go back
    #[arg(long)]
    pub change: bool,
    /// Print one JSON object on standard output; progress goes to standard error
    #[arg(long)]
    pub json: bool,
}

/// `replay`.
#[derive(Debug, Args)]
pub struct ReplayArgs {
    /// The recording: a path, or the name that a run says when it ends
    #[arg(value_name = "RECORDING")]
    pub recording: PathBuf,
    /// How many times as fast as it was: 1, 2, 5, 10 or 60
    #[arg(long, value_name = "N", value_parser = value::speed, default_value = "1")]
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
    /// The recording: a path, or the name that a run says when it ends
    #[arg(value_name = "RECORDING")]
    pub recording: PathBuf,
    /// In which form [default: after the name of the output, else markdown]
    #[arg(long, value_name = "FORMAT")]
    pub format: Option<Format>,
    /// What the picture shows, with --format svg [default: ladder]
    #[arg(long, value_name = "PICTURE")]
    pub picture: Option<Picture>,
    /// The size of the screen in the picture, in columns and rows [default: 120x40]
    #[arg(long, value_name = "COLUMNSxROWS", value_parser = value::size)]
    pub size: Option<(u16, u16)>,
    /// The theme of the picture: dark, light, mono, psi, psi-classic, or one of the configuration [default: dark]
    #[arg(long, value_name = "THEME")]
    pub theme: Option<String>,
    /// Write into this new file, instead of standard output
    #[arg(long, short, value_name = "FILE")]
    pub output: Option<PathBuf>,
    /// Replace users, domains, host names, addresses and fingerprints, the same by the same
    #[arg(long)]
    pub pseudonymise: bool,
    /// Refuse to write this password, the first line of a file (repeatable; IMPSCOPE_PASSWORD and its like are looked for as well)
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
    #[arg(long, value_name = "ADDR[:PORT]", value_parser = value::dns_server)]
    pub dns: Vec<SocketAddr>,
    /// Go to this node, as a client with a manual setting does (repeatable; the first one takes the password)
    #[arg(long, value_name = "HOST[:PORT]", value_parser = value::node)]
    pub node: Vec<NodeArg>,
    /// Whose path to walk [default: all; a login is then PSI's, or Jabber's where only a token is at hand, and the edge gets
    /// no credential beside a way inside; with `--as all` said it does, once all inside has had its turn]
    #[arg(long = "as", value_name = "CLIENT")]
    pub client: Option<Client>,
    /// Look for _cisco-uds and _collab-edge in this domain, as a client with VoiceServicesDomain does
    #[arg(long, value_name = "DOMAIN")]
    pub voice_domain: Option<String>,
    /// Ask this CUCM too, whatever DNS says (repeatable: of two clusters or more, each is asked where the user is at home,
    /// the answers are tabled, and the password goes to the one home alone)
    #[arg(long, value_name = "HOST[:PORT]", value_parser = value::node)]
    pub cucm: Vec<NodeArg>,
    /// Make every connection by way of this SOCKS proxy, such as `ssh -D 1080 JUMPHOST` gives: socks5h://HOST:PORT leaves
    /// names to the proxy, socks5://HOST:PORT looks them up from this host. The servers of --dns are asked through it too,
    /// over TCP; without --dns, SRV records are asked from this host, and socks5h needs --dns or --node. What the kernel
    /// knows of a connection is then said to be unknown: it would describe the proxy
    #[arg(long, value_name = "URL", value_parser = value::via)]
    pub via: Option<Via>,
    /// The user id, where it is not what stands before the `@`
    #[arg(long, value_name = "ID")]
    pub user_id: Option<String>,
    /// Stop at this stage: tcp, stream, starttls, tls, stream_tls, auth, stream_auth, bind, session, online
    #[arg(long, value_name = "STAGE", value_parser = value::stage, default_value = "session")]
    pub until: Stage,
    /// What EPASSoap is told about the client: TYPE or TYPE/VERSION [default: CUPC/9.7.0.18474]
    #[arg(long, value_name = "TYPE[/VERSION]", value_parser = value::epas_client)]
    pub epas_client: Option<(String, String)>,
    /// Make a new EPASSoap session key, which may take the user's own from a client that is signed in
    #[arg(long)]
    pub epas_force: bool,
    /// Use this SASL mechanism: PLAIN, SCRAM-SHA-1, SCRAM-SHA-256, CISCO-VTG-TOKEN
    #[arg(long, value_name = "NAME", value_parser = value::mechanism)]
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
    /// Look at the other side as this administrator: AXL, Control Center and PerfMon
    #[arg(long, value_name = "USER", value_parser = clap::builder::NonEmptyStringValueParser::new())]
    pub admin: Option<String>,
    /// Read the administrator's password from a file's first line [else: IMPSCOPE_ADMIN_PASSWORD, or the screen asks]
    #[arg(long, value_name = "FILE")]
    pub admin_password_file: Option<PathBuf>,
    /// Read the state of high availability from what `utils ha status` printed
    #[arg(long, value_name = "FILE")]
    pub ha_status: Option<PathBuf>,
    /// Accept this certificate: sha256: and 64 hex digits (repeatable)
    #[arg(long, value_name = "FINGERPRINT", value_parser = value::fingerprint)]
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
#[derive(Debug, Args, Clone, Default)]
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
    /// Go by way of the deployment's own SOCKS proxy: socks5h leaves names to it, socks5 looks them up from this host
    /// [default: straight, or socks5h where the scenario is about the proxy]
    #[arg(long, value_name = "SCHEME", num_args = 0..=1, require_equals = true, default_missing_value = "socks5h")]
    pub via: Option<Scheme>,
    /// Look at the other side as this administrator; the deployment's own is called administrator
    #[arg(long, value_name = "USER", value_parser = clap::builder::NonEmptyStringValueParser::new())]
    pub admin: Option<String>,
    /// Read the administrator's password from a file's first line [else: IMPSCOPE_ADMIN_PASSWORD, or the deployment's own]
    #[arg(long, value_name = "FILE")]
    pub admin_password_file: Option<PathBuf>,
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

/// How the deployment's proxy is gone by.
#[cfg(feature = "lab")]
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Scheme {
    /// Names are left to it
    Socks5h,
    /// Names are looked up from this host
    Socks5,
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
}
