//! The terminal: taken at the start, given back on every way out.
//!
//! Given back by the guard's drop (quit, error, signal) and by the panic hook (panic in any task), whichever comes
//! first; the second time does nothing. One frame is one write (`frame`).

use std::io::{self, IsTerminal, Stdout, Write};
use std::mem::ManuallyDrop;
use std::sync::atomic::{AtomicBool, Ordering};

use anyhow::bail;
use crossterm::event::{DisableBracketedPaste, EnableBracketedPaste};
use crossterm::terminal::{Clear, ClearType, EnterAlternateScreen, LeaveAlternateScreen};
use crossterm::{cursor, execute, terminal};
use ratatui::Terminal;
use ratatui::backend::CrosstermBackend;

use super::frame::{Frames, is_synchronized};

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

/// The terminal while it is ours.
pub struct Screen {
    /// Where frames are drawn. Never dropped: its own drop complains on standard error when the terminal is gone,
    /// and a complaint that cannot be printed is a panic.
    pub terminal: ManuallyDrop<Terminal<CrosstermBackend<Frames<Stdout>>>>,
}

impl Screen {
    /// Takes the terminal.
    ///
    /// # Errors
    /// When it is none, or refuses raw mode.
    pub fn take() -> io::Result<Self> {
        let before = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |panic| {
            give_back();
            before(panic);
        }));
        terminal::enable_raw_mode()?;
        TAKEN.store(true, Ordering::SeqCst);
        let set = |name| std::env::var_os(name).is_some();
        let synchronized = is_synchronized(&std::env::var("TERM").unwrap_or_default(), set("STY"));
        let mut out = Frames::new(io::stdout(), synchronized);
        // GNU screen as it comes, the Linux console and old terminals have no other screen: what stands there is not
        // to shine through.
        execute!(out, EnterAlternateScreen, EnableBracketedPaste, Clear(ClearType::All))?;
        Ok(Self { terminal: ManuallyDrop::new(Terminal::new(CrosstermBackend::new(out))?) })
    }
}

impl Drop for Screen {
    fn drop(&mut self) {
        give_back();
    }
}

/// Gives the terminal back as it was. A terminal that is gone cannot be told, and need not be.
fn give_back() {
    if TAKEN.swap(false, Ordering::SeqCst) {
        let mut out = io::stdout();
        // Where there is no other screen, what is said next does not stand in the picture.
        let _ = execute!(out, Clear(ClearType::All), cursor::MoveTo(0, 0));
        let _ = execute!(out, DisableBracketedPaste, LeaveAlternateScreen, cursor::Show);
        let _ = terminal::disable_raw_mode();
        let _ = out.flush();
    }
}
