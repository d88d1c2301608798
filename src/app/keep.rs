//! Text that the user keeps: in the terminal's clipboard, and in a file of the state folder that only its owner may
//! read.

use std::path::{Path, PathBuf};

use secrecy::SecretString;

use super::export::leak;
use super::files;
use crate::journal::Wall;

/// So much base64 is given to a clipboard: terminals drop what is longer, some of them all that follows as well.
const LONGEST: usize = 74_000;
/// GNU screen passes on at most so much of a sequence at once.
const AT_ONCE: usize = 240;

/// What stands between the program and the terminal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Through {
    /// Nothing.
    Nothing,
    /// tmux.
    Tmux,
    /// GNU screen.
    Screen,
}

impl Through {
    /// By the variables that they set, and by the terminal's name behind an SSH line.
    pub fn of_environment() -> Self {
        let set = |name| std::env::var_os(name).is_some_and(|value| !value.is_empty());
        Self::of(set("TMUX"), set("STY"), &std::env::var("TERM").unwrap_or_default())
    }

    fn of(tmux: bool, screen: bool, terminal: &str) -> Self {
        match terminal {
            _ if tmux => Self::Tmux,
            _ if screen => Self::Screen,
            name if name.starts_with("tmux") => Self::Tmux,
            name if name.starts_with("screen") => Self::Screen,
            _ => Self::Nothing,
        }
    }
}

/// The bytes that put a text into the terminal's clipboard (OSC 52); none where it is too long for that.
pub fn clipboard(text: &str, through: Through) -> Option<Vec<u8>> {
    let encoded = data_encoding::BASE64.encode(text.as_bytes());
    if encoded.len() > LONGEST {
        return None;
    }
    let sequence = format!("\x1b]52;c;{encoded}\x1b\\");
    Some(match through {
        Through::Nothing => sequence.into_bytes(),
        // By itself tmux takes it where `set-clipboard` is on, and wrapped it passes it on where `allow-passthrough` is.
        Through::Tmux => {
            let wrapped = sequence.replace('\x1b', "\x1b\x1b");
            format!("{sequence}\x1bPtmux;{wrapped}\x1b\\").into_bytes()
        }
        // What it passes on ends at the first ESC \, so the sequence in it has to end with a bell.
        Through::Screen => {
            let sequence = format!("\x1b]52;c;{encoded}\x07");
            let parts = sequence.as_bytes().chunks(AT_ONCE);
            parts.flat_map(|part| [b"\x1bP".as_slice(), part, b"\x1b\\"].concat()).collect()
        }
    })
}

/// Keeps a text in a file of its own in this folder, and says where.
///
/// # Errors
/// When a secret stands in the text, or the file cannot be written.
pub fn text(
    folder: &Path,
    kind: &str,
    text: &str,
    at: Wall,
    secrets: &[&SecretString],
) -> anyhow::Result<PathBuf> {
    leak::look_over(text, secrets)?;
    files::make_folder(folder)?;
    let path = files::free_path(folder, &format!("{kind}-{}", files::moment(at)), "txt")?;
    files::write_new(&path, text)?;
    Ok(path)
}

/// A path as a person would type it.
pub fn short(path: &Path) -> String {
    let home = etcetera::home_dir().ok();
    match home.as_deref().and_then(|home| path.strip_prefix(home).ok()) {
        Some(below) => format!("~/{}", below.display()),
        None => path.display().to_string(),
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    /// 2026-01-15T02:14:21.205Z
    const AT: Wall = Wall(1_768_443_261_205);

    #[test]
    fn a_text_goes_to_the_clipboard_as_the_terminal_takes_it() {
        assert_eq!(clipboard("hé", Through::Nothing).unwrap(), b"\x1b]52;c;aMOp\x1b\\");
        let tmux = b"\x1b]52;c;aA==\x1b\\\x1bPtmux;\x1b\x1b]52;c;aA==\x1b\x1b\\\x1b\\";
        assert_eq!(clipboard("h", Through::Tmux).unwrap(), tmux);
        assert_eq!(clipboard("h", Through::Screen).unwrap(), b"\x1bP\x1b]52;c;aA==\x07\x1b\\");
    }

    #[test]
    fn screen_is_given_no_more_at_once_than_it_passes_on() {
        let text = "x".repeat(5000);
        let bytes = String::from_utf8(clipboard(&text, Through::Screen).unwrap()).unwrap();
        let parts: Vec<&str> = bytes.split_terminator("\x1b\\").collect();
        assert!(parts.len() > 20);
        assert!(parts.iter().all(|part| part.starts_with("\x1bP") && part.len() <= AT_ONCE + 2));
        let whole: String = parts.iter().map(|part| &part[2..]).collect();
        let plain = String::from_utf8(clipboard(&text, Through::Nothing).unwrap()).unwrap();
        assert_eq!(whole.strip_suffix('\x07'), plain.strip_suffix("\x1b\\"));
    }

    #[test]
    fn what_is_too_long_is_given_to_no_clipboard() {
        let fits = LONGEST / 4 * 3;
        assert!(clipboard(&"x".repeat(fits), Through::Nothing).is_some());
        assert!(clipboard(&"x".repeat(fits + 3), Through::Nothing).is_none());
    }

    #[test]
    fn what_stands_between_is_known_by_its_variables_and_by_the_terminals_name() {
        assert_eq!(Through::of(true, true, "screen-256color"), Through::Tmux);
        assert_eq!(Through::of(false, true, "xterm"), Through::Screen);
        assert_eq!(Through::of(false, false, "tmux-256color"), Through::Tmux);
        assert_eq!(Through::of(false, false, "screen"), Through::Screen);
        assert_eq!(Through::of(false, false, "xterm-256color"), Through::Nothing);
    }

    #[test]
    fn a_kept_text_is_its_owners_alone_and_none_is_overwritten() {
        use std::os::unix::fs::PermissionsExt;
        let home = tempfile::tempdir().unwrap();
        let folder = home.path().join("impscope/saved");
        let first = text(&folder, "finding", "one", AT, &[]).unwrap();
        let second = text(&folder, "finding", "two", AT, &[]).unwrap();
        assert!(first.ends_with("finding-20260115T021421Z.txt"), "{}", first.display());
        assert!(second.ends_with("finding-20260115T021421Z-2.txt"), "{}", second.display());
        assert_eq!(
            (fs::read_to_string(&first).unwrap(), fs::read_to_string(&second).unwrap()),
            ("one".into(), "two".into())
        );
        assert_eq!(fs::metadata(&first).unwrap().permissions().mode() & 0o777, 0o600);
        assert_eq!(fs::metadata(&folder).unwrap().permissions().mode() & 0o777, 0o700);
    }

    #[test]
    fn a_text_with_a_secret_is_not_kept_and_the_refusal_does_not_say_it() {
        let home = tempfile::tempdir().unwrap();
        let secrets: [SecretString; 2] = ["other-9Z".to_owned().into(), "canary-7Q".to_owned().into()];
        let secrets: Vec<&SecretString> = secrets.iter().collect();
        let refused = text(home.path(), "finding", "said: canary-7Q", AT, &secrets).unwrap_err();
        assert!(!format!("{refused:#} {refused:?}").contains("canary"));
        assert_eq!(fs::read_dir(home.path()).unwrap().count(), 0);
        assert!(text(home.path(), "finding", "said: nothing", AT, &secrets).is_ok());
    }

    #[test]
    fn a_folder_that_cannot_be_had_is_named() {
        let home = tempfile::tempdir().unwrap();
        let file = home.path().join("file");
        fs::write(&file, "").unwrap();
        let why = format!("{:#}", text(&file.join("saved"), "finding", "x", AT, &[]).unwrap_err());
        assert!(why.contains("file/saved"), "{why}");
    }
}
