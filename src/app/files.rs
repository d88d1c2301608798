//! The files that the program writes: for their owner alone, in the state folder unless the user names another place.

use std::fs::{self, OpenOptions};
use std::io::Write;
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use etcetera::BaseStrategy;

use crate::journal::Wall;

/// So many files of one name and moment are told apart.
const ALIKE: u32 = 100;

/// A folder of the state folder.
///
/// # Errors
/// When there is no home.
pub fn in_state_folder(name: &str) -> anyhow::Result<PathBuf> {
    let base = etcetera::choose_base_strategy()
        .context("there is no state folder: neither HOME nor XDG_STATE_HOME is set")?;
    Ok(base.state_dir().unwrap_or_else(|| base.data_dir()).join("impscope").join(name))
}

/// Makes a folder that only its owner may look into.
///
/// # Errors
/// When it cannot be made.
pub fn make_folder(folder: &Path) -> anyhow::Result<()> {
    let made = fs::DirBuilder::new().recursive(true).mode(0o700).create(folder);
    made.with_context(|| folder.display().to_string())
}

/// A path in this folder at which there is no file yet: `stem.md`, else `stem-2.md` and so on.
///
/// # Errors
/// When there are too many already.
pub fn free_path(folder: &Path, stem: &str, ending: &str) -> anyhow::Result<PathBuf> {
    let numbered = (2..ALIKE).map(|number| folder.join(format!("{stem}-{number}.{ending}")));
    let mut paths = std::iter::once(folder.join(format!("{stem}.{ending}"))).chain(numbered);
    let path = paths.find(|path| !path.exists());
    path.with_context(|| format!("{}: it has too many files {stem}: remove some", folder.display()))
}

/// Writes a file that does not exist yet. Half a file is not left behind.
///
/// # Errors
/// When the file exists, or cannot be written.
pub fn write_new(path: &Path, text: &str) -> anyhow::Result<()> {
    let shown = || crate::console::visible(&path.display().to_string());
    let mut file = match OpenOptions::new().write(true).create_new(true).mode(0o600).open(path) {
        Ok(file) => file,
        Err(why) if why.kind() == std::io::ErrorKind::AlreadyExists => {
            bail!("{}: it exists, and is not overwritten; name another file, or remove it first", shown())
        }
        Err(why) => return Err(why).with_context(shown),
    };
    file.write_all(text.as_bytes())
        .and_then(|()| file.sync_all())
        .inspect_err(|_| drop(fs::remove_file(path)))
        .with_context(shown)
}

/// `20260115T021411Z`, as names of files begin.
pub fn moment(wall: Wall) -> String {
    jiff::Timestamp::from_millisecond(wall.0).unwrap_or_default().strftime("%Y%m%dT%H%M%SZ").to_string()
}

/// A text as part of a file's name.
pub fn in_a_name(text: &str) -> String {
    text.chars().map(|c| if c.is_ascii_alphanumeric() || "@.-_".contains(c) { c } else { '_' }).collect()
}
