//! The platform calls of the suite: terminals, signals, waiting for a file. The only file with `unsafe` in it.

#![allow(unsafe_code, reason = "openpty, ioctl, kill, poll, prctl and limits have no safe form in std")]

use std::fs::File;
use std::io;
use std::os::fd::{AsRawFd, FromRawFd, OwnedFd};
use std::os::unix::process::CommandExt;
use std::process::Command;
use std::time::Duration;

/// The size of a terminal in cells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Size {
    /// Columns.
    pub width: u16,
    /// Rows.
    pub height: u16,
}

impl Size {
    fn winsize(self) -> libc::winsize {
        libc::winsize { ws_row: self.height, ws_col: self.width, ws_xpixel: 0, ws_ypixel: 0 }
    }
}

/// A new terminal: our end, which never blocks, and the program's end.
pub fn open_terminal(size: Size) -> io::Result<(File, OwnedFd)> {
    let (mut ours, mut theirs) = (-1, -1);
    let window = size.winsize();
    // SAFETY: both out pointers are valid; the name and termios pointers may be null.
    let done = unsafe {
        libc::openpty(&raw mut ours, &raw mut theirs, std::ptr::null_mut(), std::ptr::null(), &raw const window)
    };
    checked(done)?;
    // SAFETY: openpty has just opened both, and nothing else owns them.
    let (ours, theirs) = unsafe { (OwnedFd::from_raw_fd(ours), OwnedFd::from_raw_fd(theirs)) };
    // SAFETY: fcntl on descriptors that we own. Without FD_CLOEXEC a child of another test would keep ours open.
    unsafe {
        checked(libc::fcntl(ours.as_raw_fd(), libc::F_SETFD, libc::FD_CLOEXEC))?;
        checked(libc::fcntl(theirs.as_raw_fd(), libc::F_SETFD, libc::FD_CLOEXEC))?;
        checked(libc::fcntl(ours.as_raw_fd(), libc::F_SETFL, libc::O_NONBLOCK))?;
    }
    Ok((File::from(ours), theirs))
}

/// Lets the command lead a session of its own, with its standard input as the controlling terminal.
pub fn lead_terminal(command: &mut Command) {
    // SAFETY: setsid and ioctl are async-signal-safe, and nothing is allocated between fork and exec.
    unsafe {
        command.pre_exec(|| {
            checked(libc::setsid())?;
            checked(libc::ioctl(0, libc::TIOCSCTTY, 0))
        });
    }
}

/// Lets the command be killed with the thread that starts it, so that a test that dies leaves no server behind.
#[cfg(target_os = "linux")]
pub fn die_with_us(command: &mut Command) {
    // SAFETY: prctl is async-signal-safe, and nothing is allocated between fork and exec.
    unsafe {
        command.pre_exec(|| checked(libc::prctl(libc::PR_SET_PDEATHSIG, libc::SIGKILL)));
    }
}

/// Lets the command leave core dumps as large as it may; false where this machine permits none.
pub fn permit_core_dumps(command: &mut Command) -> bool {
    let mut limit = libc::rlimit { rlim_cur: 0, rlim_max: 0 };
    // SAFETY: the pointer is to a struct that lives through the call.
    checked(unsafe { libc::getrlimit(libc::RLIMIT_CORE, &raw mut limit) }).expect("a process has limits");
    limit.rlim_cur = limit.rlim_max;
    // SAFETY: setrlimit is async-signal-safe, and nothing is allocated between fork and exec.
    unsafe {
        command.pre_exec(move || checked(libc::setrlimit(libc::RLIMIT_CORE, &raw const limit)));
    }
    limit.rlim_max > 0
}

/// Whether we are root.
pub fn is_root() -> bool {
    // SAFETY: geteuid takes nothing and cannot fail.
    unsafe { libc::geteuid() == 0 }
}

/// Gives the terminal a new size; its foreground programs get SIGWINCH.
pub fn resize(terminal: &File, size: Size) -> io::Result<()> {
    let window = size.winsize();
    // SAFETY: the descriptor is open and the pointer is valid for the call.
    checked(unsafe { libc::ioctl(terminal.as_raw_fd(), libc::TIOCSWINSZ, &raw const window) })
}

/// A terminal's modes: what it does with what is typed and written.
pub fn modes(terminal: &File) -> (u32, u32, u32, u32, [u8; 32]) {
    let mut modes = std::mem::MaybeUninit::<libc::termios>::uninit();
    // SAFETY: tcgetattr fills the struct where it says that it succeeded, and only then is it read.
    let modes = unsafe {
        checked(libc::tcgetattr(terminal.as_raw_fd(), modes.as_mut_ptr())).expect("a terminal has modes");
        modes.assume_init()
    };
    (modes.c_iflag, modes.c_oflag, modes.c_cflag, modes.c_lflag, modes.c_cc)
}

/// Has the terminal take nothing more of what its programs write, as Ctrl-S does.
pub fn hold_output(terminal: &impl AsRawFd) {
    // SAFETY: tcflow takes integers alone.
    checked(unsafe { libc::tcflow(terminal.as_raw_fd(), libc::TCOOFF) }).expect("a terminal can be held");
}

/// What a file is ready for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ready {
    /// There is something to read, or the other end is gone.
    pub read: bool,
    /// Something can be written.
    pub write: bool,
}

/// Waits until there is something to read, or (if `write`) until something can be written; at most `within`.
pub fn ready(file: &File, write: bool, within: Duration) -> Ready {
    let events = if write { libc::POLLIN | libc::POLLOUT } else { libc::POLLIN };
    let mut asked = libc::pollfd { fd: file.as_raw_fd(), events, revents: 0 };
    let within = i32::try_from(within.as_millis()).unwrap_or(i32::MAX);
    // SAFETY: one valid pollfd, and the count says one.
    let found = unsafe { libc::poll(&raw mut asked, 1, within) };
    let seen = |events: i16| found > 0 && asked.revents & events != 0;
    Ready { read: seen(libc::POLLIN | libc::POLLHUP | libc::POLLERR), write: seen(libc::POLLOUT) }
}

/// Sends a signal to the process `pid`, which must be a child of ours that has not been waited for.
pub fn signal(pid: u32, signal: libc::c_int) {
    let pid = libc::pid_t::try_from(pid).expect("a process id fits its type");
    // SAFETY: kill takes no pointers.
    checked(unsafe { libc::kill(pid, signal) }).expect("our own child takes a signal");
}

fn checked(result: libc::c_int) -> io::Result<()> {
    if result < 0 { Err(io::Error::last_os_error()) } else { Ok(()) }
}
