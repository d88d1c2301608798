//! Debian's microsocks in front of Debian's Prosody: a login by way of a proxy that nobody here wrote.

use std::net::{SocketAddr, TcpStream};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use super::logins::Ask;
use super::server::free_address;
use super::{Offer, prosody};
use crate::deadline::Deadline;
use crate::platform;
use crate::program::Finished;

/// A running microsocks.
struct Microsocks {
    process: Child,
    address: SocketAddr,
}

impl Microsocks {
    /// One that listens; `None` if it is not installed.
    fn start() -> Option<Self> {
        if !crate::requirement::programs(&["microsocks"]) {
            return None;
        }
        let address = free_address();
        let mut command = Command::new("microsocks");
        command.env_clear().env("PATH", crate::requirement::path());
        command.args(["-i", &address.ip().to_string(), "-p", &address.port().to_string()]);
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        platform::die_with_us(&mut command);
        let proxy = Self { process: command.spawn().expect("microsocks starts"), address };
        let listens = Deadline::after(Duration::from_secs(30)).poll(|| TcpStream::connect(address).ok());
        listens.expect("microsocks listens");
        Some(proxy)
    }

    /// A check of a node by way of it.
    fn check(&self, server: &super::server::Server, more: &[&str]) -> Finished {
        let via = format!("socks5h://{}", self.address);
        Ask::of(server, &[&["--via", via.as_str()], more].concat()).finish()
    }
}

impl Drop for Microsocks {
    fn drop(&mut self) {
        // Both fail only if it has ended already.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

#[test]
fn a_login_by_plain_goes_through_a_real_proxy_to_a_real_server() {
    let Some(server) = prosody::start(Offer::Plain) else { return };
    let Some(proxy) = Microsocks::start() else { return };
    let run = proxy.check(&server, &[]);
    let login = run.login();
    assert_eq!((&login["outcome"], &login["mechanism"]), (&"ok".into(), &"PLAIN".into()), "{run:#?}");
    assert_eq!((run.stage("auth"), run.stage("bind"), run.exit), ("ok".into(), "ok".into(), Some(0)), "{run:#?}");
    assert_eq!(run.json()["target"]["via"], format!("socks5h://{}", proxy.address), "{run:#?}");
}

#[test]
fn a_stopped_server_behind_a_real_proxy_is_silent_and_nothing_is_claimed_of_tcp() {
    let Some(server) = prosody::start(Offer::Plain) else { return };
    let Some(proxy) = Microsocks::start() else { return };
    let _stopped = server.stop();
    let run = proxy.check(&server, &["--silent-after", "2s"]);
    assert_eq!(run.login()["silence"]["kind"], "unknown", "{run:#?}");
    assert_eq!(run.unexplained("critical"), ["XMPP_STREAM_SILENT"], "{run:#?}");
}

#[test]
fn a_closed_port_behind_a_real_proxy_is_refused_by_its_word() {
    let Some(server) = prosody::start(Offer::Plain) else { return };
    let Some(proxy) = Microsocks::start() else { return };
    let nobody = free_address().to_string();
    let run = proxy.check(&server, &["--node", &nobody]);
    assert!(run.unexplained("critical").contains(&"TCP_REFUSED".to_owned()), "{run:#?}");
    assert!(run.stdout.contains("SOCKS 5, connection refused"), "{run:#?}");
}
