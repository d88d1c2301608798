//! Where the password and the token come from: never from an argument, never kept beyond zeroizing memory.

use std::io::{BufRead, IsTerminal};
use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use secrecy::SecretString;
use zeroize::Zeroizing;

use crate::cli::Common;
use crate::login::fill::Secrets;

const PASSWORD_VARIABLE: &str = "IMPSCOPE_PASSWORD";

/// The credentials that the options and the environment name. None of them is asked for here.
///
/// # Errors
/// When a file that was named cannot be read, or holds nothing.
pub fn given(common: &Common) -> anyhow::Result<Secrets> {
    let password = if common.password_stdin {
        Some(first_line(&mut std::io::stdin().lock()).context("--password-stdin: standard input")?)
    } else if let Some(path) = &common.password_file {
        Some(from_file(path)?)
    } else {
        from_environment()
    };
    let token = common.token_file.as_deref().map(from_file).transpose()?;
    Ok(Secrets { password, token })
}

/// All secrets that these files and the environment hold: what must not be in something that is passed on.
///
/// # Errors
/// When a file that was named cannot be read, or holds nothing.
pub fn known(password_files: &[PathBuf], token_files: &[PathBuf]) -> anyhow::Result<Vec<SecretString>> {
    let files = password_files.iter().chain(token_files).map(|path| from_file(path));
    let mut known = files.collect::<anyhow::Result<Vec<_>>>()?;
    known.extend(from_environment());
    Ok(known)
}

fn from_environment() -> Option<SecretString> {
    std::env::var(PASSWORD_VARIABLE).ok().filter(|text| !text.is_empty()).map(SecretString::from)
}

fn from_file(path: &Path) -> anyhow::Result<SecretString> {
    let file = std::fs::File::open(path).with_context(|| path.display().to_string())?;
    first_line(&mut std::io::BufReader::new(file)).with_context(|| path.display().to_string())
}

/// The first line without its line end. Spaces stay: they may belong to the password.
fn first_line(from: &mut dyn BufRead) -> anyhow::Result<SecretString> {
    let mut line = Zeroizing::new(String::new());
    from.read_line(&mut line)?;
    let text = line.strip_suffix('\n').unwrap_or(&line);
    let text = text.strip_suffix('\r').unwrap_or(text);
    if text.is_empty() {
        bail!("its first line is empty; a password was expected there");
    }
    Ok(SecretString::from(text))
}

/// Whether there is a person at a terminal to ask.
pub fn can_ask() -> bool {
    std::io::stdin().is_terminal() && std::io::stdout().is_terminal()
}

#[cfg(test)]
mod tests {
    use super::*;
    use secrecy::ExposeSecret;

    #[test]
    fn a_line_end_is_no_part_of_the_password_and_a_space_is() {
        let read = |text: &str| first_line(&mut text.as_bytes()).unwrap().expose_secret().to_owned();
        assert_eq!(read("secret \r\nmore\n"), "secret ");
        assert_eq!(read("secret"), "secret");
        assert!(first_line(&mut "\n".as_bytes()).unwrap_err().to_string().contains("empty"));
    }
}
