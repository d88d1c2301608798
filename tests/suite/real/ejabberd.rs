//! ejabberd as Debian ships it, as one Erlang machine without distribution: no port mapper, no other process.

use std::path::Path;

use super::server::{Place, Server};
use super::{DOMAIN, Offer, PASSWORD, USER};

/// Starts an ejabberd that knows the user; `None` if it is not installed.
pub fn start(offer: Offer) -> Option<Server> {
    let place = place()?;
    let register = format!(
        "io:format(\"registered: ~p~n\", [ejabberd_auth:try_register(<<\"{USER}\">>, <<\"{DOMAIN}\">>, \
         <<\"{PASSWORD}\">>)])."
    );
    let config = config(&place, offer, "auth_method: internal");
    Some(run(place, &config, &register, "registered: ok"))
}

/// Starts an ejabberd that asks a program for every user and password, and that program answers nothing, ever;
/// `None` if it is not installed. ejabberd gives up on a question after 30 s (its `extauth`), and then refuses.
pub fn start_unanswering() -> Option<Server> {
    let place = place()?;
    // Were its output closed, ejabberd would take the program for ended.
    let program = place.file("reads-for-ever", "exec cat 3>&1 >/dev/null\n");
    let method = format!("auth_method: external\nextauth_program: \"sh {}\"", program.display());
    let config = config(&place, Offer::Plain, &method);
    Some(run(place, &config, "io:format(\"it runs~n\").", "it runs"))
}

/// A place with its certificate and key in one file; `None` if ejabberd is not installed.
fn place() -> Option<Place> {
    // Its own start script, ejabberdctl, would change the user and start a port mapper that outlives the test.
    if !crate::requirement::programs(&["ejabberdctl", "erl", "openssl"]) {
        return None;
    }
    let place = Place::new();
    let certificate = std::fs::read_to_string(&place.certificate.certificate).expect("it was made just now");
    let key = std::fs::read_to_string(&place.certificate.key).expect("it was made just now");
    place.file("both.pem", &(certificate + &key));
    Some(place)
}

/// Runs it with this configuration; once it is up it evaluates `then`, which writes `started`.
fn run(place: Place, config: &str, then: &str, started: &str) -> Server {
    let config = place.file("ejabberd.yml", config);
    let mut command = place.command("erl");
    command.env("ERL_LIBS", libraries()).env("ERL_CRASH_DUMP_BYTES", "0");
    command.env("EJABBERD_CONFIG_PATH", config).env("EJABBERD_LOG_PATH", place.folder().join("log"));
    command.arg("-noinput").args(["-mnesia", "dir"]).arg(format!("{:?}", place.folder().join("database")));
    command.args(["-s", "ejabberd", "-eval", then]);
    Server::start(command, place, started)
}

/// The folders under /usr/lib that hold Debian's Erlang libraries; their names depend on the machine's kind.
fn libraries() -> String {
    let holds = |folder: &Path| {
        let mut entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
        entries.any(|entry| entry.file_name().to_string_lossy().starts_with("ejabberd-"))
    };
    let folders = std::fs::read_dir("/usr/lib").into_iter().flatten().flatten().map(|entry| entry.path());
    let found: Vec<String> = folders.filter(|path| holds(path)).map(|path| path.display().to_string()).collect();
    found.join(":")
}

fn config(place: &Place, offer: Offer, method: &str) -> String {
    let off = match offer {
        Offer::Scram => "[DIGEST-MD5, X-OAUTH2]",
        Offer::Plain => {
            "[DIGEST-MD5, X-OAUTH2, SCRAM-SHA-1, SCRAM-SHA-256, SCRAM-SHA-512, \
             SCRAM-SHA-1-PLUS, SCRAM-SHA-256-PLUS, SCRAM-SHA-512-PLUS]"
        }
    };
    format!(
        r#"hosts: ["{DOMAIN}"]
loglevel: warning
certfiles: ["{both}"]
{method}
auth_password_format: plain
disable_sasl_mechanisms: {off}
listen:
  - port: {port}
    ip: "{address}"
    module: ejabberd_c2s
    starttls_required: true
modules: {{}}
"#,
        both = place.folder().join("both.pem").display(),
        port = place.address.port(),
        address = place.address.ip(),
    )
}

super::logins::tests!(start);
