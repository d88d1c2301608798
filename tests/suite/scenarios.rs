//! Every scenario of the practice deployment, and what `check` must find out about it.
//!
//! A scenario that is not in the table fails. Each runs in two processes, over sockets; and like every run of the
//! suite, each is searched for its password afterwards.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Mutex;

use crate::deadline::busy_machine;
use crate::program::Program;
use crate::served::Served;

/// How many scenarios run at once.
const AT_ONCE: usize = 6;

/// For an answer that never comes.
const SILENCE: &[&str] = &["--slow", "1s", "--silent-after", "3s"];
/// For one that comes, with the thresholds as they are.
const USUAL: &[&str] = &[];
/// For one that comes after the login was called silent.
const PATIENT: &[&str] = &["--slow", "1s", "--silent-after", "5s", "--give-up", "25s"];

/// The name that the node of `home-node-named` has in its deployment.
const BY_NAME: &str = "imp1.example.test";

/// What `check` must say of imp1, which it knows by its address alone.
struct Expected {
    scenario: &'static str,
    options: &'static [&'static str],
    /// All findings that nothing explains, as `severity CODE`, sorted.
    findings: &'static [&'static str],
    outcome: &'static str,
    stage: &'static str,
    exit: i32,
}

macro_rules! table {
    ($($scenario:literal, $options:ident, [$($finding:literal),*], $outcome:literal @ $stage:literal, $exit:literal;)*) => {
        &[$(Expected { scenario: $scenario, options: $options, findings: &[$($finding),*], outcome: $outcome,
            stage: $stage, exit: $exit }),*]
    };
}

#[rustfmt::skip]
const TABLE: &[Expected] = table![
    "silent-auth",               SILENCE, ["critical XMPP_AUTH_SILENT"],          "silent" @ "auth",       2;
    "silent-cm",                 SILENCE, ["critical XMPP_AUTH_SILENT"],          "silent" @ "auth",       2;
    "healthy",                   USUAL,   [],                                     "ok" @ "session",        0;
    "slow-auth",                 USUAL,   ["warning XMPP_AUTH_SLOW"],             "ok" @ "session",        1;
    "late-refusal",              PATIENT, ["critical XMPP_AUTH_REFUSED_LATE"],    "refused" @ "auth",      2;
    "wrong-password",            USUAL,   ["critical XMPP_AUTH_REFUSED"],         "refused" @ "auth",      2;
    "account-disabled",          USUAL,   ["critical XMPP_AUTH_REFUSED"],         "refused" @ "auth",      2;
    "temporary-failure",         USUAL,   ["critical XMPP_AUTH_BACKEND"],         "refused" @ "auth",      2;
    "closed-after-auth",         USUAL,   ["critical XMPP_AUTH_CLOSED"],          "failed" @ "auth",       2;
    "reset-after-auth",          USUAL,   ["critical XMPP_AUTH_CLOSED"],          "failed" @ "auth",       2;
    "never-reads",               SILENCE, ["critical XMPP_AUTH_SILENT"],          "silent" @ "auth",       2;
    "connect-refused",           USUAL,   ["critical TCP_REFUSED"],               "failed" @ "tcp",        2;
    "no-header",                 SILENCE, ["critical XMPP_STREAM_SILENT"],        "silent" @ "stream",     2;
    "slow-header",               USUAL,   ["warning XMPP_NODE_OVERLOADED"],       "ok" @ "session",        1;
    "no-features",               SILENCE, ["critical XMPP_NO_FEATURES"],          "silent" @ "stream",     2;
    "not-xml",                   USUAL,   ["critical XMPP_NOT_XML"],              "failed" @ "stream",     2;
    "stream-error-host-unknown", USUAL,   ["critical XMPP_STREAM_ERROR"],         "refused" @ "stream",    2;
    "see-other-host",            USUAL,   ["critical XMPP_SEE_OTHER_HOST"],       "refused" @ "stream",    2;
    "no-starttls",               USUAL,   ["critical XMPP_NO_STARTTLS"],          "stopped" @ "auth",      2;
    "starttls-refused",          USUAL,   ["critical XMPP_STARTTLS_REFUSED"],     "refused" @ "starttls",  2;
    "no-proceed",                SILENCE, ["critical XMPP_STARTTLS_SILENT"],      "silent" @ "starttls",   2;
    "bytes-behind-proceed",      USUAL,   ["warning XMPP_BYTES_BEHIND_PROCEED"],  "ok" @ "session",        1;
    "tls-silent",                SILENCE, ["critical TLS_SILENT"],                "silent" @ "tls",        2;
    "expired-cert",              USUAL,   ["critical TLS_EXPIRED"],               "stopped" @ "auth",      2;
    "not-yet-valid-cert",        USUAL,   ["critical TLS_NOT_YET_VALID"],         "stopped" @ "auth",      2;
    "untrusted-cert",            USUAL,   ["critical TLS_UNTRUSTED"],             "stopped" @ "auth",      2;
    "wrong-name",                USUAL,   ["critical TLS_NAME_MISMATCH"],         "stopped" @ "auth",      2;
    "no-mechanism",              USUAL,   ["critical XMPP_NO_MECHANISM"],         "refused" @ "auth",      2;
    "home-node-named",           USUAL,   [],                                     "ok" @ "session",        0;
    "renewed-stream-id",         USUAL,   [],                                     "ok" @ "session",        0;
    "silent-after-auth",         SILENCE, ["critical XMPP_STREAM_SILENT"],        "silent" @ "stream_auth", 2;
    "bind-silent",               SILENCE, ["critical XMPP_BIND_SILENT"],          "silent" @ "bind",       2;
    "bind-refused",              USUAL,   ["critical XMPP_BIND_REFUSED"],         "refused" @ "bind",      2;
    "session-silent",            SILENCE, ["critical XMPP_SESSION_SILENT"],       "silent" @ "session",    2;
    "session-refused",           USUAL,   ["critical XMPP_SESSION_REFUSED"],      "refused" @ "session",   2;
];

#[test]
fn each_scenario_gives_its_findings_and_no_other() {
    let _busy = busy_machine();
    let list = Program::new().run(&["lab", "--list"]).stdout;
    let known: BTreeSet<&str> = list.lines().filter_map(|line| line.split_whitespace().next()).collect();
    let table: BTreeMap<&str, &Expected> = TABLE.iter().map(|row| (row.scenario, row)).collect();
    let mut wrong: Vec<String> = known
        .symmetric_difference(&table.keys().copied().collect())
        .map(|name| format!("{name}: only in the table, or only in the list"))
        .collect();
    let waiting = Mutex::new(TABLE.iter());
    let next = || waiting.lock().expect("no thread panics while it holds this").next();
    std::thread::scope(|scope| {
        let work = || std::iter::from_fn(next).filter_map(complaint).collect::<Vec<String>>();
        let threads: Vec<_> = (0..AT_ONCE).map(|_| scope.spawn(work)).collect();
        wrong.extend(threads.into_iter().flat_map(|thread| thread.join().expect("a scenario runs to its end")));
    });
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

/// What is not as the table has it.
fn complaint(expected: &Expected) -> Option<String> {
    let run = Served::start(expected.scenario).check(0, expected.options);
    let login = run.login();
    let findings: Vec<String> = ["critical", "info", "warning"]
        .iter()
        .flat_map(|severity| run.unexplained(severity).into_iter().map(move |code| format!("{severity} {code}")))
        .collect();
    let found =
        (findings.iter().map(String::as_str).collect::<Vec<_>>(), &login["outcome"], &login["stage"], run.exit);
    let (outcome, stage) = (expected.outcome.into(), expected.stage.into());
    let right = found == (expected.findings.to_vec(), &outcome, &stage, Some(expected.exit));
    (!right).then(|| format!("{}: {found:?}", expected.scenario))
}

/// A home node that the server names can be compared with a node's name, and not with its address: so here the name
/// is known to the system, in a view of the files of the test's own.
#[test]
#[cfg(target_os = "linux")]
fn a_home_node_is_compared_by_name() {
    if !crate::requirement::programs(&["unshare", "mount"]) || !crate::requirement::namespaces() {
        return;
    }
    let lab = Served::start("home-node-named");
    let (address, port) = lab.nodes[0].split_once(':').expect("an address and a port");
    let program = Program::new();
    let hosts = program.home().join("hosts");
    std::fs::write(&hosts, format!("{address} {BY_NAME}\n")).expect("a file can be written");
    let node = format!("{BY_NAME}:{port}");
    let authority = lab.authority.display().to_string();
    let check = ["check", "--json", "--node", &node, "--ca-file", &authority, &lab.user];
    let script = "mount --bind \"$0\" /etc/hosts && exec \"$@\"";
    let done = std::process::Command::new("unshare")
        .args(["-rm", "sh", "-c", script])
        .arg(&hosts)
        .arg(env!("CARGO_BIN_EXE_impscope"))
        .args(check)
        .env("IMPSCOPE_PASSWORD", &lab.password)
        .env("XDG_STATE_HOME", program.home())
        .env("PATH", crate::requirement::path())
        .output()
        .expect("unshare starts");
    let run = crate::program::Finished {
        exit: done.status.code(),
        stdout: String::from_utf8_lossy(&done.stdout).into_owned(),
        stderr: String::from_utf8_lossy(&done.stderr).into_owned(),
    };
    assert_eq!(run.unexplained("warning"), ["XMPP_WRONG_NODE"], "{run:#?}");
    assert_eq!((&run.login()["outcome"], run.exit), (&"ok".into(), Some(1)), "{run:#?}");
}
