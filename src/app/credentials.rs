//! Where the password and the token come from: never from an argument, never kept beyond zeroizing memory.

use std::fs::File;
use std::io::Read;
use std::os::fd::AsFd;
use std::path::{Path, PathBuf};

use anyhow::{Context, anyhow, bail};
use secrecy::SecretString;
use zeroize::Zeroizing;

use crate::cli::Common;
use crate::login::fill::Secrets;

const PASSWORD_VARIABLE: &str = "IMPSCOPE_PASSWORD";
const SECOND_VARIABLE: &str = "IMPSCOPE_SECOND_PASSWORD";
const ADMIN_VARIABLE: &str = "IMPSCOPE_ADMIN_PASSWORD";
/// What no program that is started may find in its environment.
pub const VARIABLES: [&str; 3] = [PASSWORD_VARIABLE, SECOND_VARIABLE, ADMIN_VARIABLE];

/// The credentials of a run.
#[derive(Clone, Default)]
pub struct Credentials {
    /// The user's own.
    pub own: Secrets,
    /// The password of the second user.
    pub second: Option<SecretString>,
    /// The administrator's password.
    pub admin: Option<SecretString>,
}

/// The credentials that the options and the environment name. None of them is asked for here.
///
/// # Errors
/// When a file that was named cannot be read, or holds nothing; when a second user has no password.
pub fn given(common: &Common) -> anyhow::Result<Credentials> {
    let password = if common.password_stdin {
        Some(from_input().context("--password-stdin: standard input")?)
    } else if let Some(path) = &common.password_file {
        Some(from_file(path)?)
    } else {
        from_environment(PASSWORD_VARIABLE)
    };
    let token = common.token_file.as_deref().map(from_file).transpose()?;
    let second = common.second_user.as_deref().map(|user| of_second(user, common)).transpose()?;
    let admin = of_admin(common.admin_password_file.as_deref())?;
    Ok(Credentials { own: Secrets { password, token, others: Vec::new() }, second, admin })
}

/// The administrator's password, from this file or the environment.
///
/// # Errors
/// When the file cannot be read, or holds nothing.
pub fn of_admin(file: Option<&Path>) -> anyhow::Result<Option<SecretString>> {
    match file {
        Some(path) => from_file(path).map(Some),
        None => Ok(from_environment(ADMIN_VARIABLE)),
    }
}

fn of_second(user: &str, common: &Common) -> anyhow::Result<SecretString> {
    if let Some(path) = &common.second_password_file {
        return from_file(path);
    }
    from_environment(SECOND_VARIABLE).ok_or_else(|| {
        let user = crate::console::visible(user);
        anyhow!(
            "--second-user {user}: no password of that user is at hand; give --second-password-file FILE or set {SECOND_VARIABLE}"
        )
    })
}

fn from_environment(variable: &str) -> Option<SecretString> {
    std::env::var(variable).ok().filter(|text| !text.is_empty()).map(SecretString::from)
}

/// All secrets that these files and the environment hold: what must not be in something that is passed on.
///
/// # Errors
/// When a file that was named cannot be read, or holds nothing.
pub fn known(password_files: &[PathBuf], token_files: &[PathBuf]) -> anyhow::Result<Vec<SecretString>> {
    let files = password_files.iter().chain(token_files).map(|path| from_file(path));
    let mut known = files.collect::<anyhow::Result<Vec<_>>>()?;
    known.extend(VARIABLES.into_iter().filter_map(from_environment));
    Ok(known)
}

fn from_file(path: &Path) -> anyhow::Result<SecretString> {
    let mut file = File::open(path).with_context(|| path.display().to_string())?;
    first_line(&mut file).with_context(|| path.display().to_string())
}

/// The library's standard input reads ahead into a buffer that nobody wipes, so it is read past it.
fn from_input() -> anyhow::Result<SecretString> {
    first_line(&mut File::from(std::io::stdin().as_fd().try_clone_to_owned()?))
}

/// So many bytes may a line with a secret have.
const LONGEST_LINE: usize = 64 * 1024;

/// The first line without its line end. Spaces stay: they may belong to the password. Nothing is read behind it, and
/// its room is there from the beginning: text that grows leaves copies.
#[expect(clippy::unbuffered_bytes, reason = "a buffer would read ahead, and nobody would wipe it")]
fn first_line(from: &mut dyn Read) -> anyhow::Result<SecretString> {
    let mut line = Zeroizing::new(Vec::with_capacity(LONGEST_LINE));
    for byte in from.bytes() {
        match byte? {
            b'\n' => break,
            byte => line.push(byte),
        }
        if line.len() == LONGEST_LINE {
            bail!("its first line is longer than any password or token");
        }
    }
    let text = std::str::from_utf8(&line).map_err(|_| anyhow!("its first line is no UTF-8"))?;
    let text = text.strip_suffix('\r').unwrap_or(text);
    if text.is_empty() {
        bail!("its first line is empty; a password or a token was expected there");
    }
    Ok(SecretString::from(text))
}

#[cfg(test)]
mod tests {
    use super::*;
    use secrecy::ExposeSecret;

    fn options(arguments: &[&str]) -> Common {
        use clap::Parser;
        let usual = ["impscope", "--node", "127.0.0.1"];
        crate::cli::Cli::try_parse_from(usual.iter().chain(arguments)).unwrap().screen.common
    }

    #[test]
    fn a_line_without_an_end_is_refused_and_not_taken_for_a_password() {
        assert!(
            first_line(&mut std::io::repeat(b'x')).unwrap_err().to_string().contains("longer than any password")
        );
        assert_eq!(first_line(&mut &b"pa ss \r\nmore"[..]).unwrap().expose_secret(), "pa ss ");
    }

    #[test]
    fn a_second_users_password_is_the_first_line_of_its_file_and_nobody_elses() {
        let mut file = tempfile::NamedTempFile::new().unwrap();
        std::io::Write::write_all(&mut file, b"bobs \nmore\n").unwrap();
        let path = file.path().to_str().unwrap();
        let common = options(&["--second-user", "bob", "--second-password-file", path]);
        let given = given(&common).unwrap();
        assert_eq!(given.second.as_ref().map(ExposeSecret::expose_secret), Some("bobs "));
        assert!(super::given(&options(&[])).unwrap().second.is_none());
    }

    #[test]
    fn a_line_end_is_no_part_of_the_password_and_a_space_is() {
        let read = |text: &str| first_line(&mut text.as_bytes()).unwrap().expose_secret().to_owned();
        assert_eq!(read("secret \r\nmore\n"), "secret ");
        assert_eq!(read("secret"), "secret");
        assert!(first_line(&mut "\n".as_bytes()).unwrap_err().to_string().contains("empty"));
    }
}
