//! The configuration file: TOML, in the XDG configuration folder, below the system's in `/etc`.
//!
//! Precedence: default, system, user, flag. An unknown key is a warning with its line, never an error.

use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context, bail};
use etcetera::BaseStrategy;

const SYSTEM: &str = "/etc/impscope.toml";

/// What a configuration can set. Nothing set means: the program's default.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Settings {
    /// An answer is slow after this long.
    pub slow: Option<Duration>,
    /// An answer is missing after this long.
    pub silent_after: Option<Duration>,
    /// One address may take so long to connect.
    pub connect_timeout: Option<Duration>,
    /// At most so many attempts with the user's credential.
    pub max_attempts: Option<u32>,
    /// Roots beside the system's, as PEM.
    pub ca_file: Option<PathBuf>,
    /// The theme's name.
    pub theme: Option<String>,
    /// No characters beyond ASCII.
    pub ascii: Option<bool>,
    /// What was wrong with the files, a line each.
    pub warnings: Vec<String>,
}

impl Settings {
    /// The system's settings, and over them the user's or those of `named`.
    ///
    /// # Errors
    /// When a file is no TOML, a value is of the wrong kind, or `named` cannot be read.
    pub fn read(named: Option<&Path>) -> anyhow::Result<Self> {
        let mut settings = Self::default();
        settings.add_file(Path::new(SYSTEM), false)?;
        match named {
            Some(path) => settings.add_file(path, true)?,
            None => {
                if let Ok(base) = etcetera::choose_base_strategy() {
                    settings.add_file(&base.config_dir().join("impscope/config.toml"), false)?;
                }
            }
        }
        Ok(settings)
    }

    fn add_file(&mut self, path: &Path, must_exist: bool) -> anyhow::Result<()> {
        match std::fs::read_to_string(path) {
            Ok(text) => self.add(&text, &path.display().to_string()),
            Err(why) if must_exist => bail!("{}: {why}", path.display()),
            Err(_) => Ok(()),
        }
    }

    /// Puts the settings of `text` over these.
    fn add(&mut self, text: &str, name: &str) -> anyhow::Result<()> {
        let table: toml::Table = text.parse().with_context(|| name.to_owned())?;
        for (key, value) in &table {
            let line = line_of(text, key);
            if !self.set(key, value).with_context(|| format!("{name}, line {line}: {key}"))? {
                self.warnings.push(format!("{name}, line {line}: there is no setting {key}; it is passed over"));
            }
        }
        Ok(())
    }

    /// Sets one key; false where there is none of this name.
    fn set(&mut self, key: &str, value: &toml::Value) -> anyhow::Result<bool> {
        let text = || value.as_str().context("give it as a text in quotes");
        let duration = || duration(text()?).map_err(anyhow::Error::msg);
        match key {
            "slow" => self.slow = Some(duration()?),
            "silent_after" => self.silent_after = Some(duration()?),
            "connect_timeout" => self.connect_timeout = Some(duration()?),
            "max_attempts" => {
                let number = value.as_integer().and_then(|number| u32::try_from(number).ok());
                self.max_attempts = Some(number.context("give a number that is not negative")?);
            }
            "ca_file" => self.ca_file = Some(text()?.into()),
            "theme" => self.theme = Some(text()?.to_owned()),
            "ascii" => self.ascii = Some(value.as_bool().context("give true or false")?),
            _ => return Ok(false),
        }
        Ok(true)
    }
}

/// A duration: `2s`, `500ms`, `1m30s`, or a number of seconds.
///
/// # Errors
/// When it is none, or not longer than nothing.
pub fn duration(text: &str) -> Result<Duration, String> {
    let bad = || "give a duration such as 2s, 500ms or 1m30s".to_owned();
    let parsed = match text.parse::<f64>() {
        Ok(seconds) => Duration::try_from_secs_f64(seconds).map_err(|_| bad())?,
        Err(_) => {
            let signed: jiff::SignedDuration = text.parse().map_err(|_| bad())?;
            Duration::try_from(signed).map_err(|_| bad())?
        }
    };
    if parsed.is_zero() || parsed > Duration::from_secs(86_400) {
        return Err("a duration lies between a moment and a day".to_owned());
    }
    Ok(parsed)
}

/// The line, from 1, on which a key of the top level stands.
fn line_of(text: &str, key: &str) -> usize {
    let is_key = |line: &str| {
        let line = line.trim_start().trim_start_matches(['[', '"', '\'']);
        line.strip_prefix(key).is_some_and(|rest| !rest.starts_with(|c: char| c.is_alphanumeric() || c == '_'))
    };
    text.lines().position(is_key).map_or(1, |at| at + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_later_file_goes_over_an_earlier_one() {
        let mut settings = Settings::default();
        settings.add("slow = \"1s\"\ntheme = \"light\"\n", "system").unwrap();
        settings.add("slow = \"3s\"\n", "user").unwrap();
        assert_eq!(settings.slow, Some(Duration::from_secs(3)));
        assert_eq!(settings.theme.as_deref(), Some("light"));
    }

    #[test]
    fn an_unknown_key_is_a_warning_with_its_line() {
        let mut settings = Settings::default();
        settings.add("slow = \"1s\"\n\nslowly = 3\n", "config.toml").unwrap();
        assert_eq!(settings.warnings, ["config.toml, line 3: there is no setting slowly; it is passed over"]);
    }

    #[test]
    fn a_wrong_value_is_named_with_its_line() {
        let error = format!("{:#}", Settings::default().add("\nslow = 2\n", "config.toml").unwrap_err());
        assert!(error.contains("line 2: slow") && error.contains("in quotes"), "{error}");
    }

    #[test]
    fn durations_have_units() {
        assert_eq!(duration("500ms"), Ok(Duration::from_millis(500)));
        assert_eq!(duration("1m30s"), Ok(Duration::from_secs(90)));
        assert_eq!(duration("2"), Ok(Duration::from_secs(2)));
        assert!(duration("soon").is_err() && duration("0s").is_err() && duration("-2s").is_err());
    }
}
