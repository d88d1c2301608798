//! A terminal for the tests: a program runs in it, keys are typed, the screen is read as a person would see it.
//!
//! It must not know impscope: `ordinary` checks it with programs of the system.

mod ordinary;

use std::fs::File;
use std::io::{ErrorKind, Read, Write};
use std::num::NonZeroU16;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::Duration;

use crate::deadline::Deadline;
use crate::platform::{self, Size};

pub use crate::platform::Size as TerminalSize;

/// The size that the screen is designed for.
pub const DESIGNED: Size = Size { width: 80, height: 24 };

/// A program in a terminal. Dropping it kills the program.
pub struct Terminal {
    program: Child,
    ours: Option<File>,
    parser: vt100::Parser,
    written: Vec<u8>,
}

impl Terminal {
    /// Starts the command in a terminal of this size.
    pub fn start(command: Command, size: Size) -> Self {
        Self::begin(command, size, None)
    }

    /// A program whose errors go elsewhere.
    pub fn start_saying_to(command: Command, size: Size, errors: Stdio) -> Self {
        Self::begin(command, size, Some(errors))
    }

    fn begin(mut command: Command, size: Size, errors: Option<Stdio>) -> Self {
        let (ours, theirs) = platform::open_terminal(size).expect("a terminal can be opened");
        let end = || Stdio::from(theirs.try_clone().expect("a descriptor can be doubled"));
        command.stdin(end()).stdout(end()).stderr(errors.unwrap_or_else(end));
        platform::lead_terminal(&mut command);
        let program = command.spawn().expect("the program starts");
        let parser = vt100::Parser::new(cells(size.height), cells(size.width), 0);
        Self { program, ours: Some(ours), parser, written: Vec::new() }
    }

    /// Types a text or key sequence, reading meanwhile, so that neither side waits for the other for ever.
    pub fn type_in(&mut self, keys: &str) {
        let deadline = Deadline::after(Duration::from_secs(30));
        let mut rest = keys.as_bytes();
        while !rest.is_empty() {
            assert!(!deadline.passed(), "the program reads no keys; screen:\n{}", self.contents());
            let terminal = self.ours.as_ref().expect("the terminal is open");
            let ready = platform::ready(terminal, true, deadline.left());
            if ready.write {
                let mut terminal = terminal;
                rest = &rest[terminal.write(rest).unwrap_or(0)..];
            }
            if ready.read {
                self.read();
            }
        }
    }

    /// Waits until the screen shows this text; panics with the screen if it does not `within` this time.
    pub fn wait_for(&mut self, text: &str, within: Duration) {
        self.wait_until(&format!("{text:?}"), within, |screen| screen.contents().contains(text));
    }

    /// Waits until the screen is as `wanted` says; panics with `what` and the screen if it does not become so.
    pub fn wait_until(&mut self, what: &str, within: Duration, wanted: impl Fn(&vt100::Screen) -> bool) {
        let deadline = Deadline::after(within);
        while !wanted(self.parser.screen()) {
            let open = self.pass(deadline);
            let seen = wanted(self.parser.screen());
            assert!(
                seen || (open && !deadline.passed()),
                "waited in vain for {what} ({}); screen:\n{}",
                if open { "time is over" } else { "the program left the terminal" },
                self.contents()
            );
        }
    }

    /// How many bytes the program writes in this period.
    pub fn bytes_in(&mut self, period: Duration) -> usize {
        let before = self.written.len();
        let deadline = Deadline::after(period);
        while !deadline.passed() && self.pass(deadline) {}
        self.written.len() - before
    }

    /// Waits until nothing has been written for a while.
    pub fn settle(&mut self) {
        let quiet = Duration::from_millis(300);
        let settled = (0..100).any(|_| self.bytes_in(quiet) == 0);
        assert!(settled, "it never comes to rest:\n{}", self.contents());
    }

    /// Takes in what a key brought, where a clock keeps the screen from coming to rest.
    pub fn settle_or_clock(&mut self) {
        self.bytes_in(Duration::from_millis(150));
    }

    /// The sizes of the updates that the program writes in this period. Two that come at once are seen as one.
    pub fn updates_in(&mut self, period: Duration) -> Vec<usize> {
        let deadline = Deadline::after(period);
        std::iter::from_fn(|| self.next_update(deadline.left())).collect()
    }

    /// Waits for the next update, and says how large it is; none: nothing came in time, or nothing comes any more.
    pub fn next_update(&mut self, within: Duration) -> Option<usize> {
        let deadline = Deadline::after(within);
        let before = self.written.len();
        while !deadline.passed() {
            let open = self.pass(deadline);
            match self.written.len() - before {
                0 if open => {}
                0 => return None,
                size => return Some(size),
            }
        }
        None
    }

    /// Gives the terminal another size; the program is told by SIGWINCH.
    pub fn resize(&mut self, size: Size) {
        self.parser.screen_mut().set_size(cells(size.height), cells(size.width));
        platform::resize(self.ours.as_ref().expect("the terminal is open"), size)
            .expect("a terminal can be resized");
    }

    /// The program's process id.
    pub fn id(&self) -> u32 {
        self.program.id()
    }

    /// Sends the program a signal.
    pub fn signal(&self, signal: libc::c_int) {
        platform::signal(self.program.id(), signal);
    }

    /// The terminal's modes.
    pub fn modes(&self) -> impl PartialEq + std::fmt::Debug + use<> {
        platform::modes(self.ours.as_ref().expect("the terminal is open"))
    }

    /// Whether the terminal shows what is typed.
    pub fn echoes(&self) -> bool {
        platform::modes(self.ours.as_ref().expect("the terminal is open")).3 & libc::ECHO != 0
    }

    /// Has the terminal take nothing more of what the program writes, as Ctrl-S does.
    pub fn hold(&self) {
        let theirs = format!("/proc/{}/fd/0", self.program.id());
        let theirs = File::options().read(true).write(true).open(theirs).expect("the program's end");
        platform::hold_output(&theirs);
    }

    /// Waits until the program has ended though nobody reads what it writes; what it has written is read then.
    pub fn exit_unread(&mut self, within: Duration) -> ExitStatus {
        let deadline = Deadline::after(within);
        let status = deadline.poll(|| self.program.try_wait().expect("a child can be waited for"));
        while self.read() == Saw::Bytes {}
        status.expect("the program ends though nobody reads what it writes")
    }

    /// Closes our end, as a dropped SSH connection does: the program gets SIGHUP, and its writes fail.
    pub fn hang_up(&mut self) {
        self.ours = None;
    }

    /// Waits until the program has ended and all that it wrote is read.
    pub fn exit(&mut self, within: Duration) -> ExitStatus {
        let deadline = Deadline::after(within);
        let status = deadline.poll(|| {
            if self.ours.is_some() {
                self.read();
            }
            self.program.try_wait().expect("a child can be waited for")
        });
        while self.ours.is_some() && self.read() == Saw::Bytes {}
        status.unwrap_or_else(|| panic!("the program does not end; screen:\n{}", self.contents()))
    }

    /// The screen's text, without trailing blanks.
    pub fn contents(&self) -> String {
        self.parser.screen().contents()
    }

    /// The screen with its attributes.
    pub fn screen(&self) -> &vt100::Screen {
        self.parser.screen()
    }

    /// All bytes that the program has written so far.
    pub fn written(&self) -> &[u8] {
        &self.written
    }

    /// Waits for output until the deadline and takes it in. False once the program has left the terminal.
    fn pass(&mut self, deadline: Deadline) -> bool {
        let terminal = self.ours.as_ref().expect("the terminal is open");
        !platform::ready(terminal, false, deadline.left()).read || self.read() != Saw::End
    }

    /// Takes in what there is.
    fn read(&mut self) -> Saw {
        let mut bytes = [0; 16 * 1024];
        match self.ours.as_ref().expect("the terminal is open").read(&mut bytes) {
            Ok(0) => Saw::End,
            Ok(count) => {
                self.parser.process(&bytes[..count]);
                self.written.extend_from_slice(&bytes[..count]);
                Saw::Bytes
            }
            Err(why) if matches!(why.kind(), ErrorKind::WouldBlock | ErrorKind::Interrupted) => Saw::Nothing,
            // Linux says EIO once nobody holds the other end.
            Err(_) => Saw::End,
        }
    }
}

/// What a look at the terminal brought.
#[derive(Debug, PartialEq, Eq)]
enum Saw {
    Bytes,
    Nothing,
    End,
}

impl Drop for Terminal {
    fn drop(&mut self) {
        // Both fail only if the program has ended already.
        let _ = self.program.kill();
        let _ = self.program.wait();
    }
}

fn cells(count: u16) -> NonZeroU16 {
    NonZeroU16::new(count).expect("a terminal has cells")
}
