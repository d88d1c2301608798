//! A login and a whole walk by way of a SOCKS proxy: nothing goes past it, and nothing is claimed of TCP.

use std::net::SocketAddr;

use impscope::journal::{Event, Fact, NetFact, line};

use crate::hostile::peer::Peer;
use crate::hostile::script::{At, Turn, honest, plays, then};
use crate::program::{Finished, Program, SOON};
use crate::served::Served;
use crate::socks::{Socks, resolved_by};

const PASSWORD: &str = "canary-by-way-3Kp";
/// A name that is known to the proxy alone, and a DNS server that is reached by it alone (RFC 5737).
const NODE: &str = "imp1.behind.test";
const DNS: &str = "192.0.2.53:53";

/// A proxy behind which there is this one server.
fn before(peer: &Peer) -> Socks {
    let address = peer.address;
    Socks::start(move |name, _| (name == NODE).then_some(address))
}

fn check(proxy: &str, more: &[&str]) -> Finished {
    let fixed = ["check", "--json", "--via", proxy, "--insecure", "--slow", "500ms", "--silent-after", "1500ms"];
    let arguments = [&fixed, more, &["alice@example.test"]].concat();
    Program::new().start(&arguments, Some(PASSWORD)).finish(SOON)
}

/// The name resolves nowhere: a connection past the proxy would have failed.
#[test]
fn a_login_goes_by_way_of_the_proxy_to_a_name_that_it_alone_knows() {
    let proxy = before(&plays(honest()));
    let run = check(&proxy.socks5h(), &["--node", NODE]);
    assert_eq!(run.login()["outcome"], "ok", "{run:#?}");
    assert_eq!(run.exit, Some(0), "{run:#?}");
    assert!(!proxy.asked().is_empty() && proxy.asked().iter().all(|to| to.starts_with(NODE)), "{run:#?}");
    assert_eq!(run.json()["target"]["via"], proxy.socks5h(), "{run:#?}");
}

#[test]
fn a_silence_by_way_of_a_proxy_is_unknown_and_no_claim_of_tcp_is_made() {
    let proxy = before(&then(At::Auth, vec![Turn::Listen]));
    let run = check(&proxy.socks5h(), &["--node", NODE]);
    let login = run.login();
    assert_eq!((&login["outcome"], &login["stage"]), (&"silent".into(), &"auth".into()), "{run:#?}");
    assert_eq!(login["silence"]["kind"], "unknown", "{run:#?}");
    assert!(login["silence"]["wire_acked"].is_null(), "{run:#?}");
    assert_eq!(run.unexplained("critical"), ["XMPP_AUTH_SILENT"], "{run:#?}");
    let said = format!("{}{}", run.stdout, run.stderr);
    assert!(said.contains("it would describe the proxy"), "{run:#?}");
    for claim in ["wire bytes acked", "host took <auth>", "window open"] {
        assert!(!said.contains(claim), "{claim}: {run:#?}");
    }
}

#[test]
fn what_the_proxy_says_of_the_node_is_the_nodes_and_what_is_wrong_with_the_proxy_is_not() {
    let nobody = Socks::start(|_, _| None);
    let run = check(&nobody.socks5h(), &["--node", NODE]);
    assert_eq!(run.unexplained("critical"), ["TCP_REFUSED"], "{run:#?}");
    assert!(run.stdout.contains("by way of socks5h://127.0.0.1:"), "{run:#?}");
    let gone = {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a loopback port");
        listener.local_addr().expect("it is bound")
    };
    let run = check(&format!("socks5://{gone}"), &["--node", "127.0.0.1:9"]);
    assert_eq!(run.unexplained("critical"), ["VIA_UNREACHABLE"], "{run:#?}");
}

/// The DNS server's address leads nowhere but through the proxy, and so does each name that it gives.
#[test]
fn a_whole_walk_goes_by_way_of_the_proxy_its_dns_over_tcp_too() {
    let lab = Served::start("healthy");
    let dns: SocketAddr = lab.dns[0].parse().expect("an address");
    let behind = move |name: &str, port| {
        if format!("{name}:{port}") == DNS {
            return Some(dns);
        }
        Some(SocketAddr::new(resolved_by(dns, name)?, port))
    };
    let proxy = Socks::start(behind);
    let program = Program::new();
    let file = program.home().join("run.jsonl");
    let authority = lab.authority.display().to_string();
    let recording = file.display().to_string();
    let arguments = ["check", "--json", "--via", &proxy.socks5h(), "--dns", DNS, "--ca-file", &authority];
    let arguments = [&arguments[..], &["--record", &recording, &lab.user]].concat();
    let run = program.start(&arguments, Some(&lab.password)).finish(SOON);
    assert_eq!(run.exit, Some(0), "{run:#?}");

    let asked = proxy.asked();
    for port in ["53", "8443", "6972", "5222"] {
        assert!(asked.iter().any(|to| to.ends_with(&format!(":{port}"))), "nothing to port {port}: {asked:?}");
    }
    let addresses = asked.iter().filter(|to| to.parse::<SocketAddr>().is_ok() && *to != DNS);
    assert_eq!(addresses.collect::<Vec<_>>(), [""; 0], "names are left to the proxy");

    let text = std::fs::read_to_string(&file).expect("it is recorded");
    let journal = line::read(&text).expect("a recording").journal;
    let connected = journal.entries().iter().filter_map(|entry| match &entry.event {
        Event::Saw(Fact::Net(NetFact::Connected { remote, via, .. })) => Some((remote.clone(), via.clone())),
        _ => None,
    });
    for (remote, via) in connected {
        assert_eq!(via.map(|via| via.to_string()), Some(proxy.socks5h()), "{remote}");
        assert!(asked.contains(&remote), "{remote} was reached past the proxy: {asked:?}");
    }
    let shown = program.run(&["replay", "--plain", "--from-end", &recording]);
    assert!(shown.stdout.contains(&proxy.socks5h()), "{shown:#?}");
}

#[test]
fn names_that_the_program_resolves_go_to_the_proxy_as_addresses() {
    let peer = plays(honest());
    let address = peer.address;
    let proxy = Socks::start(move |name, port| format!("{name}:{port}").parse().ok());
    let run = check(&proxy.socks5(), &["--node", &format!("localhost:{}", address.port())]);
    assert_eq!(run.login()["outcome"], "ok", "{run:#?}");
    assert!(proxy.asked().iter().all(|to| to.parse::<SocketAddr>().is_ok()), "{:?}", proxy.asked());
}

#[test]
fn socks5h_without_a_dns_server_or_a_node_is_refused_with_what_to_give() {
    let run = check("socks5h://127.0.0.1:1080", &[]);
    assert_eq!(run.exit, Some(3), "{run:#?}");
    for word in ["--dns ADDR", "--node HOST", "socks5://"] {
        assert!(run.stderr.contains(word), "{word}: {run:#?}");
    }
}
