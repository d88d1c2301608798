//! One server process: started, found ready, stopped and woken by its own process id, and killed when dropped.

use std::fs::File;
use std::io::{Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU8, Ordering};
use std::time::Duration;

use super::certificate::Certificate;
use super::{DOMAIN, USER};
use crate::deadline::Deadline;
use crate::platform;

/// An Erlang machine may take its time on a busy machine.
const START: Duration = Duration::from_secs(60);

/// The files and the address that a server will have.
pub struct Place {
    folder: tempfile::TempDir,
    /// Where it will listen.
    pub address: SocketAddr,
    /// Its certificate.
    pub certificate: Certificate,
}

impl Place {
    /// A folder, a certificate, and a free port on a loopback address that no other test uses.
    pub fn new() -> Self {
        let folder = tempfile::tempdir().expect("a folder can be made");
        let certificate = Certificate::make(folder.path());
        Self { folder, address: free_address(), certificate }
    }

    /// Its folder.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// A program in its folder, with nothing of the machine's environment.
    pub fn command(&self, program: &str) -> Command {
        let mut command = Command::new(program);
        command.env_clear().env("PATH", crate::requirement::path()).env("HOME", self.folder());
        command.current_dir(self.folder());
        command
    }

    /// A file in its folder, with this text.
    pub fn file(&self, name: &str, text: &str) -> PathBuf {
        let path = self.folder().join(name);
        std::fs::create_dir_all(path.parent().expect("a file is in a folder")).expect("a folder can be made");
        std::fs::write(&path, text).expect("a file can be written");
        path
    }
}

/// A running server.
pub struct Server {
    process: Child,
    place: Place,
}

impl Server {
    /// Starts the command and waits until it has written `started` and offers a stream.
    pub fn start(mut command: Command, place: Place, started: &str) -> Self {
        let log = place.folder().join("output");
        let output = File::create(&log).expect("a file can be written");
        command
            .stdin(Stdio::null())
            .stderr(output.try_clone().expect("a descriptor can be doubled"))
            .stdout(output);
        platform::die_with_us(&mut command);
        let mut server = Self { process: command.spawn().expect("the server starts"), place };
        let ready = Deadline::after(START).poll(|| {
            let ended = server.process.try_wait().expect("a child can be waited for").is_some();
            let said = std::fs::read_to_string(&log).unwrap_or_default();
            let ready = said.contains(started) && features(server.address()).is_some();
            (ready || ended).then_some(ready)
        });
        let said = || std::fs::read_to_string(&log).unwrap_or_default();
        assert_eq!(ready, Some(true), "{command:?} is not ready; it said:\n{}", said());
        server
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.place.address
    }

    /// The certificate of the authority to trust.
    pub fn authority(&self) -> &Path {
        &self.place.certificate.authority
    }

    /// Stops the process as a stuck one is: the kernel goes on, nobody reads. It is woken when this is dropped.
    pub fn stop(&self) -> Stopped<'_> {
        let pid = self.process.id();
        platform::signal(pid, libc::SIGSTOP);
        let stopped = Deadline::after(Duration::from_secs(10)).poll(|| (state(pid) == Some('T')).then_some(()));
        stopped.expect("a process that was sent SIGSTOP stops");
        Stopped(self)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // Its files go with it, so there is nothing that it should save. Both fail only if it has ended already.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// A server that is stopped for as long as this lives.
pub struct Stopped<'a>(&'a Server);

impl Drop for Stopped<'_> {
    fn drop(&mut self) {
        platform::signal(self.0.process.id(), libc::SIGCONT);
    }
}

/// What the server answers to a stream header in clear, up to the end of its features; `None` if it does not.
pub fn features(address: SocketAddr) -> Option<String> {
    let mut stream = TcpStream::connect_timeout(&address, Duration::from_secs(1)).ok()?;
    stream.set_read_timeout(Some(Duration::from_secs(2))).ok()?;
    stream.write_all(stream_header().as_bytes()).ok()?;
    let mut answer = Vec::new();
    let mut bytes = [0; 4096];
    loop {
        let count = stream.read(&mut bytes).ok().filter(|count| *count > 0)?;
        answer.extend_from_slice(&bytes[..count]);
        let text = String::from_utf8_lossy(&answer);
        if text.contains("</stream:features>") {
            return Some(text.into_owned());
        }
    }
}

/// A client's stream header for the domain.
pub fn stream_header() -> String {
    format!(
        "<?xml version='1.0'?><stream:stream to='{DOMAIN}' from='{USER}@{DOMAIN}' version='1.0' \
         xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams'>"
    )
}

/// The state letter of a process; the name before it, in parentheses, may hold anything.
fn state(pid: u32) -> Option<char> {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    stat.rsplit_once(") ")?.1.chars().next()
}

/// A free port on a loopback address that no other test uses.
pub(super) fn free_address() -> SocketAddr {
    static TAKEN: AtomicU8 = AtomicU8::new(0);
    let [.., high, low] = std::process::id().to_be_bytes();
    let network = 128 + TAKEN.fetch_add(1, Ordering::Relaxed) % 64;
    let address = Ipv4Addr::new(127, network, high, low.clamp(1, 254));
    let listener = TcpListener::bind((address, 0)).expect("all of 127.0.0.0/8 is ours on Linux");
    listener.local_addr().expect("a listener has an address")
}
