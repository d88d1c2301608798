//! The terminal: taken at the start, given back on every way out.
//!
//! Given back by the guard's drop (quit, error, signal), before the program stops for its shell, by a fault's last
//! words (`fault`) and where an end in order takes too long (`signals`), whichever comes first; the second time does
//! nothing. The mouse is left to the terminal each time, whoever took it. One frame is one write (`frame`).
//!
//! Nothing waits for a terminal that takes nothing, once the run is to end: it is written to through a description of
//! its own that does not block, so that the shell's stays as it was.

use std::fs::File;
use std::io::{self, ErrorKind, IsTerminal, Write};
use std::mem::ManuallyDrop;
use std::os::fd::AsRawFd;
use std::os::unix::fs::OpenOptionsExt;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, Ordering};

use anyhow::bail;
use crossterm::event::{DisableBracketedPaste, EnableBracketedPaste};
use crossterm::terminal::{Clear, ClearType, EnterAlternateScreen, LeaveAlternateScreen};
use crossterm::{cursor, execute, terminal};
use ratatui::Terminal;
use ratatui::backend::CrosstermBackend;

use super::frame::{Frames, is_synchronized};
use super::signals;
use crate::probe::platform;

/// Between two looks whether the run is to end, while the terminal takes nothing.
const LOOK_MS: u16 = 50;
/// So long is a terminal waited for that is given back, in milliseconds, before and after what it has not taken is
/// thrown away.
const LAST_MS: u16 = 100;
/// Ends a sequence that was written by half (CAN).
const CANCEL: &[u8] = b"\x18";

/// Whether there is a terminal on which the screen can be drawn. `instead` says what works without one.
///
/// # Errors
/// When there is none, or it says of itself that it cannot.
pub fn can_be_drawn_on(instead: &str) -> anyhow::Result<()> {
    if !io::stdin().is_terminal() || !io::stdout().is_terminal() {
        bail!("there is no terminal to draw on; {instead}");
    }
    if std::env::var_os("TERM").is_some_and(|terminal| terminal == "dumb") {
        bail!("TERM=dumb: this terminal cannot be drawn on; {instead}");
    }
    Ok(())
}

/// Whether the terminal is ours at the moment.
static TAKEN: AtomicBool = AtomicBool::new(false);
/// Whether what is typed is hidden by us at the moment (`--plain`).
static HIDDEN: AtomicBool = AtomicBool::new(false);

/// The way to the terminal: a description of our own, which does not block.
static OWN: OnceLock<Option<File>> = OnceLock::new();

/// The way to the terminal, or standard output where the system gives no other.
#[derive(Debug, Clone, Copy)]
pub struct Line(Option<&'static File>);

impl Line {
    fn open() -> Self {
        let open = |path: &str| {
            let flags = libc::O_NONBLOCK | libc::O_NOCTTY;
            let file = File::options().write(true).custom_flags(flags).open(path).ok()?;
            file.is_terminal().then_some(file)
        };
        Self(OWN.get_or_init(|| open("/proc/self/fd/1").or_else(|| open("/dev/tty"))).as_ref())
    }

    /// Writes what is said last. What the terminal has not taken by then makes room for it.
    fn last(self, bytes: &[u8]) {
        let Some(file) = self.0 else {
            let _ = io::stdout().write_all(bytes).and_then(|()| io::stdout().flush());
            return;
        };
        if !write_soon(file, bytes) {
            platform::discard_output(file.as_raw_fd());
            write_soon(file, &[CANCEL, bytes].concat());
        }
    }
}

/// Writes all of it, waiting no longer than [`LAST_MS`] for room; false: there was none.
fn write_soon(mut file: &File, mut bytes: &[u8]) -> bool {
    while !bytes.is_empty() {
        match file.write(bytes) {
            Ok(count) => bytes = &bytes[count..],
            Err(why) if why.kind() == ErrorKind::Interrupted => {}
            Err(why) if why.kind() == ErrorKind::WouldBlock => {
                if !platform::is_writable(file.as_raw_fd(), LAST_MS) {
                    return false;
                }
            }
            // It is gone: nothing that could be written would help.
            Err(_) => return true,
        }
    }
    true
}

impl Write for Line {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let Some(mut file) = self.0 else { return io::stdout().write(bytes) };
        loop {
            match file.write(bytes) {
                Err(why) if why.kind() == ErrorKind::WouldBlock => {
                    if !platform::is_writable(file.as_raw_fd(), LOOK_MS) && signals::is_ending() {
                        return Err(ErrorKind::TimedOut.into());
                    }
                }
                done => return done,
            }
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        if self.0.is_some() { Ok(()) } else { io::stdout().flush() }
    }
}

/// The terminal while it is ours.
pub struct Screen {
    /// Where frames are drawn. Never dropped: its own drop complains on standard error when the terminal is gone,
    /// and a complaint that cannot be printed is a panic.
    pub terminal: ManuallyDrop<Terminal<CrosstermBackend<Frames<Line>>>>,
}

impl Screen {
    /// Takes the terminal.
    ///
    /// # Errors
    /// When it is none, or refuses raw mode.
    pub fn take() -> io::Result<Self> {
        // The theme decides about colours, and with it NO_COLOR; crossterm would drop them once more.
        crossterm::style::force_color_output(true);
        let set = |name| std::env::var_os(name).is_some();
        let synchronized = is_synchronized(&std::env::var("TERM").unwrap_or_default(), set("STY"));
        let mut out = Frames::new(Line::open(), synchronized);
        enter(&mut out)?;
        Ok(Self { terminal: ManuallyDrop::new(Terminal::new(CrosstermBackend::new(out))?) })
    }

    /// Takes it once more, at the size that it has now: somebody else may have had it, set its modes and written on
    /// it. Nothing of the picture is thought to stand there.
    ///
    /// # Errors
    /// As [`Screen::take`].
    pub fn take_again(&mut self) -> io::Result<()> {
        // What is thought to be set already would not be set again.
        terminal::disable_raw_mode()?;
        enter(self.terminal.backend_mut())?;
        let size = self.terminal.size()?;
        self.terminal.resize(size.into())
    }
}

/// Sets the modes, and enters the other screen. GNU screen as it comes, the Linux console and old terminals have none:
/// what stands there is not to shine through.
fn enter(out: &mut impl Write) -> io::Result<()> {
    terminal::enable_raw_mode()?;
    TAKEN.store(true, Ordering::SeqCst);
    execute!(out, EnterAlternateScreen, EnableBracketedPaste, Clear(ClearType::All))
}

impl Drop for Screen {
    fn drop(&mut self) {
        give_back();
    }
}

/// Gives the terminal back as it was. A terminal that is gone cannot be told, and need not be.
pub fn give_back() {
    if HIDDEN.swap(false, Ordering::SeqCst) {
        platform::echo(true);
    }
    if TAKEN.swap(false, Ordering::SeqCst) {
        let mut bytes = mouse(false).to_vec();
        // Where there is no other screen, what is said next does not stand in the picture.
        let _ = execute!(bytes, Clear(ClearType::All), cursor::MoveTo(0, 0));
        let _ = execute!(bytes, DisableBracketedPaste, LeaveAlternateScreen, cursor::Show);
        Line::open().last(&bytes);
        let _ = terminal::disable_raw_mode();
    }
}

/// Hides what is typed on the terminal of standard input, or shows it again.
pub fn hide_typing(hide: bool) {
    if HIDDEN.swap(hide, Ordering::SeqCst) != hide {
        platform::echo(!hide);
    }
}

/// Takes the mouse, or leaves it to the terminal: clicks and the wheel, as modern terminals report them. Not its every
/// movement, which a slow line would have to carry.
pub fn mouse(taken: bool) -> &'static [u8] {
    if taken { b"\x1b[?1000h\x1b[?1006h" } else { b"\x1b[?1006l\x1b[?1000l" }
}
