//! What the kernel knows: a network of the test's own, in which packets can be lost on purpose, and nodes that
//! read and say nothing or do not read at all.
//!
//! A test that needs the network of its own runs itself again inside `unshare -rn`, which asks for no rights.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::process::Command;
use std::time::Duration;

use crate::deadline::{busy_machine, quiet_machine};
use crate::peer::{Manner, Peer};
use crate::platform;
use crate::program::{Finished, Program, SOON, holds_secret};
use crate::pty::{DESIGNED, Terminal};
use crate::requirement::{namespaces, programs};

const PASSWORD: &str = "canary-5dX~heron";
const INSIDE: &str = "IMPSCOPE_TEST_NETWORK";

/// True inside a network of the test's own. Outside, runs the test `name` of this module inside one and returns
/// false; so it begins with `if !alone("…") { return }`.
fn alone(name: &str) -> bool {
    if std::env::var_os(INSIDE).is_some() {
        run("ip", &["link", "set", "lo", "up"]);
        return true;
    }
    if !programs(&["unshare", "ip", "nft"]) || !namespaces() {
        return false;
    }
    let test = format!("{}::{name}", module_path!().trim_start_matches("suite::"));
    let mut again = Command::new("unshare");
    again.arg("-rn").arg(std::env::current_exe().expect("a test knows its program"));
    again.args(["--exact", &test, "--nocapture"]).env(INSIDE, "1").env("PATH", crate::requirement::path());
    platform::die_with_us(&mut again);
    let done = again.output().expect("unshare starts");
    let said = String::from_utf8_lossy(&done.stdout).into_owned() + &String::from_utf8_lossy(&done.stderr);
    assert!(done.status.success() && said.contains("1 passed"), "in a network of its own:\n{said}");
    false
}

fn run(program: &str, arguments: &[&str]) {
    let done = Command::new(program).args(arguments).output().expect("the program starts");
    assert!(done.status.success(), "{program} {arguments:?}: {}", String::from_utf8_lossy(&done.stderr));
}

/// From now on, what is sent to this address is lost on the way, as behind a firewall that drops.
fn lose_packets_to(address: SocketAddr) {
    let port = address.port().to_string();
    run("nft", &["add", "table", "inet", "loss"]);
    run("nft", &["add chain inet loss arriving { type filter hook input priority 0; }"]);
    run("nft", &["add", "rule", "inet", "loss", "arriving", "tcp", "dport", &port, "drop"]);
}

fn arguments<'a>(node: &'a str, more: &[&'a str]) -> Vec<&'a str> {
    let first = ["check", "--json", "--node", node, "--allow-cleartext", "--slow", "500ms"];
    [&first, more, &["alice@example.test"]].concat()
}

/// Runs `check` up to `<auth>`, lets `happen` happen, and goes on from there.
fn silent_at_auth(node: SocketAddr, happen: impl FnOnce()) -> Finished {
    let node = node.to_string();
    let arguments = arguments(&node, &["--silent-after", "2s", "--pause-before", "auth"]);
    let program = Program::new();
    let mut run = program.start(&arguments, Some(PASSWORD));
    run.wait_for("paused before auth", SOON);
    happen();
    run.go_on();
    run.finish(SOON)
}

fn must_be_silent(run: &Finished, kind: &str) {
    let login = run.login();
    assert_eq!((&login["outcome"], &login["stage"]), (&"silent".into(), &"auth".into()), "{run:#?}");
    assert_eq!(login["silence"]["kind"], kind, "{run:#?}");
    let waited = login["silence"]["waited_ms"].as_u64().expect("a number");
    assert!((2000..=2100).contains(&waited), "flagged within 100 ms of its deadline: {run:#?}");
    assert_eq!(run.exit, Some(2), "{run:#?}");
}

fn has(run: &Finished, code: &str) -> bool {
    run.json()["findings"].as_array().expect("findings").iter().any(|finding| finding["code"] == code)
}

#[test]
fn what_is_sent_to_an_address_can_be_lost() {
    if !alone("what_is_sent_to_an_address_can_be_lost") {
        return;
    }
    let listener = TcpListener::bind(("127.0.0.1", 0)).expect("loopback is up");
    let address = listener.local_addr().expect("a listener has an address");
    let mut client = TcpStream::connect(address).expect("nothing is lost yet");
    let (mut server, _) = listener.accept().expect("the connection is there");
    server.set_read_timeout(Some(Duration::from_millis(300))).expect("a time-out can be set");
    client.write_all(b"a").expect("the kernel takes it");
    assert_eq!(server.read(&mut [0; 8]).expect("it arrives"), 1);
    lose_packets_to(address);
    client.write_all(b"b").expect("the kernel takes it");
    assert!(server.read(&mut [0; 8]).is_err(), "it is lost");
}

#[test]
fn a_node_that_reads_and_says_nothing_has_acknowledged() {
    let _quiet = quiet_machine();
    let peer = Peer::start(Manner::Mute);
    let run = silent_at_auth(peer.address, || ());
    must_be_silent(&run, "acked");
    assert!(has(&run, "XMPP_AUTH_SILENT") && !has(&run, "XMPP_NOT_ACKED"), "{run:#?}");
}

#[test]
fn a_node_that_never_reads_has_acknowledged_too() {
    let _quiet = quiet_machine();
    let peer = Peer::start(Manner::Deaf);
    let run = silent_at_auth(peer.address, || ());
    must_be_silent(&run, "acked");
    assert!(has(&run, "XMPP_AUTH_SILENT") && !has(&run, "XMPP_WINDOW_CLOSED"), "{run:#?}");
}

#[test]
fn lost_packets_are_not_acknowledged() {
    let _quiet = quiet_machine();
    if !alone("lost_packets_are_not_acknowledged") {
        return;
    }
    let peer = Peer::start(Manner::Mute);
    let run = silent_at_auth(peer.address, || lose_packets_to(peer.address));
    must_be_silent(&run, "unacked");
    let silence = run.login()["silence"].clone();
    assert!(silence["wire_acked"].as_u64() < silence["wire_bytes"].as_u64(), "{run:#?}");
    assert!(has(&run, "XMPP_NOT_ACKED"), "{run:#?}");
}

#[test]
fn a_lost_connect_is_a_time_out_and_a_closed_port_a_refusal() {
    if !alone("a_lost_connect_is_a_time_out_and_a_closed_port_a_refusal") {
        return;
    }
    let peer = Peer::start(Manner::Mute);
    lose_packets_to(peer.address);
    let node = peer.address.to_string();
    let lost = Program::new().run(&arguments(&node, &["--connect-timeout", "1s"]));
    assert_eq!(lost.unexplained("critical"), ["TCP_TIMEOUT"], "{lost:#?}");
    assert_eq!((&lost.login()["stage"], lost.exit), (&"tcp".into(), Some(2)), "{lost:#?}");

    let refused = Program::new().run(&arguments("127.0.0.2:9", &[]));
    assert_eq!(refused.unexplained("critical"), ["TCP_REFUSED"], "{refused:#?}");

    let unreachable = Program::new().run(&arguments("192.0.2.1:5222", &[]));
    assert_eq!(unreachable.unexplained("critical"), ["TCP_UNREACHABLE"], "{unreachable:#?}");
}

/// More than all buffers on the way hold, pasted as a person would, to a node that never reads.
#[test]
fn a_full_window_is_told_from_silence() {
    let _busy = busy_machine();
    let peer = Peer::start(Manner::Deaf);
    let node = peer.address.to_string();
    let program = Program::new();
    let mut command = program.command();
    command.args(["--node", &node, "--allow-cleartext", "--slow", "500ms", "--silent-after", "2s"]);
    command.arg("alice@example.test").env("IMPSCOPE_PASSWORD", PASSWORD);
    let mut terminal = Terminal::start(command, DESIGNED);
    terminal.wait_for("next ▸ connect", SOON);
    terminal.type_in("n");
    terminal.wait_for("next ▸ <?xml", SOON);
    // Its features come, and then it stops reading.
    terminal.type_in("n");
    terminal.wait_for("next ▸ <auth", SOON);
    terminal.type_in("x");
    terminal.wait_for("sent as it stands", SOON);
    let line = format!("{}\n", "x".repeat(99));
    let stanza = format!("<message><subject>{}</subject></message>", line.repeat(9_500));
    terminal.type_in(&format!("\x1b[200~{stanza}\x1b[201~"));
    terminal.type_in("\x13"); // Ctrl-S sends
    terminal.wait_for("XMPP_WINDOW_CLOSED", SOON);
    assert!(!holds_secret(terminal.written(), PASSWORD));
}
