//! Certificates that the user accepted for good: host and fingerprint, in the XDG configuration folder.
//!
//! They are what a changed certificate is noticed by.

use std::fs;
use std::io::Write;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use etcetera::BaseStrategy;
use serde::{Deserialize, Serialize};

use super::files;

const FILE: &str = "impscope/certificates.toml";
/// A larger file was not written here: it would be thousands of certificates.
const LARGEST: u64 = 1 << 20;

/// A certificate that was accepted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Kept {
    /// The host that showed it.
    pub host: String,
    /// The port on which it did: the services of one host have certificates of their own.
    pub port: u16,
    /// `sha256:` and 64 hex digits.
    pub fingerprint: String,
}

impl Kept {
    /// Whether it was accepted for this service.
    pub fn is_on(&self, host: &str, port: u16) -> bool {
        self.port == port && self.host.eq_ignore_ascii_case(host)
    }
}

#[derive(Debug, Default, Serialize, Deserialize)]
struct Certificates {
    #[serde(default, rename = "certificate")]
    certificates: Vec<Kept>,
}

/// All that were kept. No file means none.
///
/// # Errors
/// When the file cannot be read or is not what was written there: it names the file and the remedy.
pub fn read() -> anyhow::Result<Vec<Kept>> {
    match path() {
        Some(path) => read_from(&path),
        None => Ok(Vec::new()),
    }
}

/// Keeps one more, and says where.
///
/// # Errors
/// When the file cannot be written.
pub fn keep(kept: Kept) -> anyhow::Result<PathBuf> {
    let path = path().context("there is no configuration folder: neither HOME nor XDG_CONFIG_HOME is set")?;
    keep_in(&path, kept)?;
    Ok(path)
}

fn path() -> Option<PathBuf> {
    etcetera::choose_base_strategy().ok().map(|base| base.config_dir().join(FILE))
}

fn read_from(path: &Path) -> anyhow::Result<Vec<Kept>> {
    let remedy = || format!("{}: mend it or remove it; it holds accepted certificates", path.display());
    // A pipe or a device might never end.
    match fs::metadata(path) {
        Ok(file) if file.is_file() && file.len() <= LARGEST => {}
        Ok(file) if file.is_file() => bail!("{}: it has {} bytes, which is too much", remedy(), file.len()),
        Ok(_) => bail!("{}: it is no file", remedy()),
        Err(why) if why.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(why) => return Err(why).with_context(|| path.display().to_string()),
    }
    let text = fs::read_to_string(path).with_context(remedy)?;
    let read: Certificates = toml::from_str(&text).with_context(remedy)?;
    Ok(read.certificates)
}

/// Adds one and puts the new file in the old one's place in one step, so that no crash leaves half of it.
fn keep_in(path: &Path, kept: Kept) -> anyhow::Result<()> {
    let mut certificates = read_from(path)?;
    if certificates.contains(&kept) {
        return Ok(());
    }
    certificates.push(kept);
    let text = toml::to_string(&Certificates { certificates })?;
    let folder = path.parent().context("the file has no folder")?;
    files::make_folder(folder)?;
    let beside = path.with_extension(format!("toml.{}", std::process::id()));
    let written = fs::OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&beside);
    written
        .and_then(|mut file| file.write_all(text.as_bytes()).and_then(|()| file.sync_all()))
        .and_then(|()| fs::rename(&beside, path))
        .inspect_err(|_| drop(fs::remove_file(&beside)))
        .with_context(|| path.display().to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kept(host: &str) -> Kept {
        Kept { host: host.to_owned(), port: 8443, fingerprint: format!("sha256:{}", "ab".repeat(32)) }
    }

    #[test]
    fn what_is_kept_is_read_again_once_each() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("impscope/certificates.toml");
        assert_eq!(read_from(&path).unwrap(), []);
        for host in ["imp1.example.test", "imp2.example.test", "imp1.example.test"] {
            keep_in(&path, kept(host)).unwrap();
        }
        assert_eq!(read_from(&path).unwrap(), [kept("imp1.example.test"), kept("imp2.example.test")]);
    }

    #[test]
    fn what_cannot_be_such_a_file_is_not_read() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("certificates.toml");
        let refused = || format!("{:#}", read_from(&path).unwrap_err());
        fs::create_dir(&path).unwrap();
        assert!(refused().contains("it is no file"), "{}", refused());
        fs::remove_dir(&path).unwrap();
        std::os::unix::fs::symlink("/dev/zero", &path).unwrap();
        assert!(refused().contains("it is no file"), "{}", refused());
        fs::remove_file(&path).unwrap();
        fs::write(&path, b"\xff\xfe").unwrap();
        assert!(refused().contains("mend it or remove it"), "{}", refused());
        fs::File::create(&path).unwrap().set_len(LARGEST + 1).unwrap();
        assert!(refused().contains("too much"), "{}", refused());
    }

    #[test]
    fn what_cannot_be_kept_leaves_nothing_behind() {
        let folder = tempfile::tempdir().unwrap();
        let keep = |path: &Path| keep_in(path, kept("imp1.example.test")).map_err(|why| format!("{why:#}"));
        let long = folder.path().join(format!("{}.toml", "n".repeat(250)));
        assert!(keep(&long).is_err());
        let file = folder.path().join("no-folder");
        fs::write(&file, "").unwrap();
        assert!(keep(&file.join("certificates.toml")).unwrap_err().contains("no-folder"));
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    }

    #[test]
    fn a_broken_file_is_named_and_left_as_it_is() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("certificates.toml");
        fs::write(&path, "certificate = 3\n").unwrap();
        let error = format!("{:#}", keep_in(&path, kept("imp1.example.test")).unwrap_err());
        assert!(error.contains("certificates.toml") && error.contains("mend it or remove it"), "{error}");
        assert_eq!(fs::read_to_string(&path).unwrap(), "certificate = 3\n");
    }
}
