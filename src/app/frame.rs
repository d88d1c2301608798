//! One frame is one write, and one picture: a large one is put between the marks of synchronized output (DEC private
//! mode 2026), so that a terminal that has it shows nothing half drawn. Decided by the environment: a query would cost
//! a round trip, and its answer may come as keys.

use std::io::{self, Write};

/// So much is expected of a frame; a larger one makes the buffer grow.
const FRAME: usize = 64 * 1024;
/// A frame below this is no more torn than a letter, and the marks would be a large part of it.
const WORTH_MARKS: usize = 256;
const BEGIN: &[u8] = b"\x1b[?2026h";
const END: &[u8] = b"\x1b[?2026l";

/// Whether a terminal of this name may be sent the marks. It is by what a name says for sure: one that has the mode,
/// or one that is known to pass over modes that it does not know. PuTTY calls itself `xterm`, and GNU screen passes
/// them on to nobody.
pub fn is_synchronized(terminal: &str, in_screen: bool) -> bool {
    const NAMES: [&str; 9] =
        ["alacritty", "contour", "foot", "ghostty", "rio", "tmux", "wezterm", "xterm-ghostty", "xterm-kitty"];
    let never = in_screen || terminal.starts_with("screen") || terminal.starts_with("putty");
    let families = ["-256color", "-direct"];
    !never
        && (NAMES.iter().any(|name| terminal.starts_with(name))
            || families.iter().any(|family| terminal.ends_with(family)))
}

/// A writer that keeps a frame until it is flushed.
#[derive(Debug)]
pub struct Frames<W> {
    out: W,
    synchronized: bool,
    /// The frame, behind the room for its first mark.
    kept: Vec<u8>,
}

impl<W: Write> Frames<W> {
    /// Frames for this terminal.
    pub fn new(out: W, synchronized: bool) -> Self {
        let mut kept = Vec::with_capacity(FRAME);
        kept.extend_from_slice(BEGIN);
        Self { out, synchronized, kept }
    }
}

impl<W: Write> Write for Frames<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.kept.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        let bare = self.kept.len() - BEGIN.len();
        let marked = self.synchronized && bare >= WORTH_MARKS;
        if marked {
            self.kept.extend_from_slice(END);
        }
        let from = if marked { 0 } else { BEGIN.len() };
        let written = match bare {
            0 => Ok(()),
            _ => self.out.write_all(&self.kept[from..]),
        };
        // A frame that could not be written is no part of the next one.
        self.kept.truncate(BEGIN.len());
        written.and_then(|()| self.out.flush())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Keeps each write apart.
    #[derive(Default)]
    struct Writes(Vec<Vec<u8>>);

    impl Write for Writes {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.push(bytes.to_vec());
            Ok(bytes.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    fn written(synchronized: bool, frames: &[&[&str]]) -> Vec<String> {
        let mut out = Frames::new(Writes::default(), synchronized);
        for frame in frames {
            frame.iter().for_each(|part| out.write_all(part.as_bytes()).unwrap());
            out.flush().unwrap();
        }
        out.out.0.into_iter().map(|write| String::from_utf8(write).unwrap()).collect()
    }

    #[test]
    fn a_frame_is_one_write_and_a_large_one_stands_between_the_marks() {
        let large = "x".repeat(WORTH_MARKS);
        let marked = format!("\x1b[?2026h{large}\x1b[?2026l");
        assert_eq!(written(true, &[&["4", ".2s"], &[&large], &[]]), ["4.2s".to_owned(), marked]);
        assert_eq!(written(false, &[&[&large], &["a"]]), [large, "a".to_owned()]);
    }

    #[test]
    fn the_marks_go_where_the_name_says_that_they_are_known() {
        for known in ["xterm-256color", "tmux-256color", "xterm-kitty", "alacritty", "foot", "xterm-direct"] {
            assert!(is_synchronized(known, false), "{known}");
            assert!(!is_synchronized(known, true), "{known} within screen");
        }
        for unknown in [
            "linux",
            "dumb",
            "vt100",
            "vt220",
            "ansi",
            "xterm",
            "screen",
            "screen-256color",
            "screen.xterm-256color",
            "putty-256color",
            "",
        ] {
            assert!(!is_synchronized(unknown, false), "{unknown}");
        }
    }
}
