//! The configuration file: TOML, in the XDG configuration folder, below the system's in `/etc`.
//!
//! Precedence: default, system, user, flag. An unknown key is a warning with its line, never an error. What keys and
//! themes the file names is gathered here and judged where keys and themes are known, in `ui`.

use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context, bail};
use etcetera::BaseStrategy;
use toml::de::DeTable;

/// The system-wide file.
const SYSTEM: &str = "/etc/impscope.toml";

/// What a configuration can set. Nothing set means: the program's default.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Settings {
    /// An answer is slow after this long.
    pub slow: Option<Duration>,
    /// An answer is missing after this long.
    pub silent_after: Option<Duration>,
    /// One address may take so long to connect.
    pub connect_timeout: Option<Duration>,
    /// At most so many attempts with the user's credential.
    pub max_attempts: Option<u32>,
    /// The proxy by way of which every connection is made, as it is written.
    pub via: Option<ViaWords>,
    /// As whom AXL, Control Center and PerfMon are asked.
    pub admin: Option<String>,
    /// Roots beside the system's, as PEM.
    pub ca_file: Option<PathBuf>,
    /// The theme's name.
    pub theme: Option<String>,
    /// No characters beyond ASCII.
    pub ascii: Option<bool>,
    /// The mouse is taken from the start.
    pub mouse: Option<bool>,
    /// The system-wide file that takes away what could send a text of the user's or cost further attempts.
    pub read_only: Option<String>,
    /// Keys that are bound otherwise, in the order in which they go over each other.
    pub keys: Vec<KeyWords>,
    /// Themes beside those of the program.
    pub themes: Vec<ThemeWords>,
    /// What was wrong with the files, a line each.
    pub warnings: Vec<String>,
}

impl Settings {
    /// The system's settings, and over them the user's or those of `named`.
    ///
    /// # Errors
    /// When a file is no TOML, a value is of the wrong kind, or a file that counts cannot be read.
    pub fn read(named: Option<&Path>) -> anyhow::Result<Self> {
        let users = match named {
            Some(_) => None,
            None => {
                etcetera::choose_base_strategy().ok().map(|base| base.config_dir().join("impscope/config.toml"))
            }
        };
        Self::of_files(Path::new(SYSTEM), named.or(users.as_deref()), named.is_some())
    }

    /// The settings of one file: its text, and how it is called in what is said of it.
    ///
    /// # Errors
    /// When it is no TOML, or a value is of the wrong kind.
    pub fn of_text(text: &str, name: &str) -> anyhow::Result<Self> {
        let mut settings = Self::default();
        settings.add(&Source::new(text, name, false)?)?;
        Ok(settings)
    }

    /// The settings of the system-wide file, and over them those of another one.
    fn of_files(system: &Path, users: Option<&Path>, must_exist: bool) -> anyhow::Result<Self> {
        let mut settings = Self::default();
        // Its absence is usual; that it cannot be read must not undo what it forbids.
        match std::fs::read_to_string(system) {
            Ok(text) => settings.add(&Source::new(&text, &system.display().to_string(), true)?)?,
            Err(why) if why.kind() == std::io::ErrorKind::NotFound => {}
            Err(why) => bail!("{}: {why}", system.display()),
        }
        match users.map(|path| (path, std::fs::read_to_string(path))) {
            Some((path, Ok(text))) => settings.add(&Source::new(&text, &path.display().to_string(), false)?)?,
            Some((path, Err(why))) if must_exist => bail!("{}: {why}", path.display()),
            Some((path, Err(why))) if is_there(path) => {
                settings.warnings.push(format!("{}: {why}; what it sets is passed over", path.display()));
            }
            Some((_, Err(_))) | None => {}
        }
        Ok(settings)
    }

    /// Puts the settings of a file over these.
    fn add(&mut self, file: &Source<'_>) -> anyhow::Result<()> {
        for (key, value) in &file.values {
            let place = file.place(&[key]);
            if !self.set(file, key, value).with_context(|| format!("{place}: {key}"))? {
                self.warnings.push(format!("{place}: there is no setting {key}; it is passed over"));
            }
        }
        Ok(())
    }

    /// Sets one key; false where there is none of this name.
    fn set(&mut self, file: &Source<'_>, key: &str, value: &toml::Value) -> anyhow::Result<bool> {
        let text = || value.as_str().context("give it as a text in quotes");
        let duration = || duration(text()?).map_err(anyhow::Error::msg);
        let truth = || value.as_bool().context("give true or false");
        match key {
            "slow" => self.slow = Some(duration()?),
            "silent_after" => self.silent_after = Some(duration()?),
            "connect_timeout" => self.connect_timeout = Some(duration()?),
            "max_attempts" => {
                let number = value.as_integer().and_then(|number| u32::try_from(number).ok());
                self.max_attempts = Some(number.context("give a number that is not negative")?);
            }
            "via" => self.via = Some(ViaWords { url: text()?.to_owned(), place: file.place(&[key]) }),
            "admin" => {
                let name = Some(text()?.to_owned()).filter(|name| !name.is_empty());
                self.admin = Some(name.context("give the administrator's user id")?);
            }
            "ca_file" => self.ca_file = Some(text()?.into()),
            "theme" => self.theme = Some(text()?.to_owned()),
            "ascii" => self.ascii = Some(truth()?),
            "mouse" => self.mouse = Some(truth()?),
            "read_only" if file.is_system => self.read_only = truth()?.then(|| file.name.clone()),
            "read_only" => {
                let place = file.place(&[key]);
                self.warnings.push(format!("{place}: read_only counts only in {SYSTEM}; it is passed over"));
            }
            "keys" => self.keys.extend(rebinds(file, value)?),
            "themes" => self.themes.extend(own_themes(file, value)?),
            _ => return Ok(false),
        }
        Ok(true)
    }
}

/// A proxy that a file names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ViaWords {
    /// Its URL.
    pub url: String,
    /// Where it stands: file and line.
    pub place: String,
}

/// What a file says about the keys of one action in one context.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyWords {
    /// The context's name.
    pub context: String,
    /// The action's name.
    pub action: String,
    /// The keys' names.
    pub keys: Vec<String>,
    /// Where it says so: file and line.
    pub place: String,
}

/// A theme that a file describes.
#[derive(Debug, Clone, PartialEq)]
pub struct ThemeWords {
    /// Its name.
    pub name: String,
    /// The theme that it changes, where it names one.
    pub base: Option<String>,
    /// What it changes.
    pub changes: Vec<RoleWords>,
    /// Where it stands: file and line.
    pub place: String,
}

/// The style of one role.
#[derive(Debug, Clone, PartialEq)]
pub struct RoleWords {
    /// The table in which it stands; none: the theme's own.
    pub table: Option<String>,
    /// The role's name.
    pub role: String,
    /// Its style.
    pub look: toml::Value,
    /// Where it stands: file and line.
    pub place: String,
}

/// A file: its values, and where each stands.
struct Source<'a> {
    name: String,
    text: &'a str,
    is_system: bool,
    values: toml::Table,
    spans: DeTable<'a>,
}

impl<'a> Source<'a> {
    fn new(text: &'a str, name: &str, is_system: bool) -> anyhow::Result<Self> {
        let values = text.parse().with_context(|| name.to_owned())?;
        let spans = DeTable::parse(text).with_context(|| name.to_owned())?.into_inner();
        Ok(Self { name: name.to_owned(), text, is_system, values, spans })
    }

    /// Where what this path of keys leads to stands: `config.toml, line 3`.
    fn place(&self, path: &[&str]) -> String {
        let mut table = Some(&self.spans);
        let mut at = 0;
        for key in path {
            let found = table.and_then(|table| table.iter().find(|(own, _)| own.get_ref() == key));
            let Some((own, value)) = found else { break };
            at = own.span().start;
            table = value.get_ref().as_table();
        }
        let line = self.text.bytes().take(at).filter(|byte| *byte == b'\n').count() + 1;
        format!("{}, line {line}", self.name)
    }
}

/// `[keys.main]` and its like: `next = ["n", "F2"]`.
fn rebinds(file: &Source<'_>, value: &toml::Value) -> anyhow::Result<Vec<KeyWords>> {
    let help = "write [keys.main] and below it lines such as next = [\"n\", \"F2\"]";
    let mut rebinds = Vec::new();
    for (context, actions) in value.as_table().context(help)? {
        for (action, keys) in actions.as_table().context(help)? {
            let place = file.place(&["keys", context, action]);
            let names = keys.as_array().map(|keys| keys.iter().map(|key| key.as_str().map(str::to_owned)));
            let keys: Option<Vec<String>> = names.and_then(Iterator::collect);
            let keys = keys.with_context(|| format!("{place}: {action}: give keys as [\"n\", \"F2\"]"))?;
            rebinds.push(KeyWords { context: context.clone(), action: action.clone(), keys, place });
        }
    }
    Ok(rebinds)
}

/// `[themes.NAME]` with its `base`, and what it changes.
fn own_themes(file: &Source<'_>, value: &toml::Value) -> anyhow::Result<Vec<ThemeWords>> {
    let help = "write [themes.NAME] and below it base = \"dark\" and lines such as out = { fg = \"red\" }";
    let mut themes = Vec::new();
    for (name, roles) in value.as_table().context(help)? {
        let roles = roles.as_table().context(help)?;
        let mut theme = ThemeWords {
            name: name.clone(),
            base: None,
            changes: Vec::new(),
            place: file.place(&["themes", name]),
        };
        for (role, look) in roles {
            match look.as_table() {
                None if role == "base" => theme.base = Some(look.as_str().context(help)?.to_owned()),
                Some(within) if role.starts_with("console") => {
                    for (own, look) in within {
                        let place = file.place(&["themes", name, role, own]);
                        let (table, role, look) = (Some(role.clone()), own.clone(), look.clone());
                        theme.changes.push(RoleWords { table, role, look, place });
                    }
                }
                _ => {
                    let place = file.place(&["themes", name, role]);
                    let (role, look) = (role.clone(), look.clone());
                    theme.changes.push(RoleWords { table: None, role, look, place });
                }
            }
        }
        themes.push(theme);
    }
    Ok(themes)
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

/// Whether something is called so, be it readable or not, or a link to nothing.
fn is_there(path: &Path) -> bool {
    path.symlink_metadata().is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn added(settings: &mut Settings, text: &str, name: &str) -> anyhow::Result<()> {
        settings.add(&Source::new(text, name, false)?)
    }

    fn read(text: &str) -> anyhow::Result<Settings> {
        Settings::of_text(text, "config.toml")
    }

    #[test]
    fn a_later_file_goes_over_an_earlier_one() {
        let mut settings = Settings::default();
        added(&mut settings, "slow = \"1s\"\ntheme = \"light\"\n", "system").unwrap();
        added(&mut settings, "slow = \"3s\"\n", "user").unwrap();
        assert_eq!(settings.slow, Some(Duration::from_secs(3)));
        assert_eq!(settings.theme.as_deref(), Some("light"));
    }

    #[test]
    fn a_users_file_that_is_there_and_cannot_be_read_is_told() {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        std::fs::create_dir(at("folder")).unwrap();
        std::os::unix::fs::symlink(at("nothing"), at("link")).unwrap();
        std::fs::write(at("binary"), b"\xff\xfe").unwrap();
        for name in ["folder", "link", "binary"] {
            let settings = Settings::of_files(&at("none"), Some(&at(name)), false).unwrap();
            let [warning] = &settings.warnings[..] else { panic!("{name}: {:?}", settings.warnings) };
            assert!(warning.contains(name) && warning.ends_with("what it sets is passed over"), "{warning}");
            assert!(Settings::of_files(&at("none"), Some(&at(name)), true).is_err(), "{name}");
        }
        assert_eq!(Settings::of_files(&at("none"), Some(&at("none")), false).unwrap().warnings, [""; 0]);
    }

    #[test]
    fn an_unknown_key_is_a_warning_with_its_line() {
        let settings = read("slow = \"1s\"\n\nslowly = 3\n").unwrap();
        assert_eq!(settings.warnings, ["config.toml, line 3: there is no setting slowly; it is passed over"]);
    }

    #[test]
    fn a_wrong_value_is_named_with_its_line() {
        let error = format!("{:#}", read("\nslow = 2\n").unwrap_err());
        assert!(error.contains("line 2: slow") && error.contains("in quotes"), "{error}");
        let error = format!("{:#}", read("[keys.main]\n\nnext = \"F2\"\n").unwrap_err());
        assert!(error.contains("line 3: next: give keys as"), "{error}");
        assert!(read("keys = 3\n").is_err() && read("themes.mine = 3\n").is_err());
    }

    #[test]
    fn a_proxy_is_read_with_its_line() {
        let via = read("\nvia = \"socks5h://127.0.0.1:1080\"\n").unwrap().via.unwrap();
        assert_eq!((via.url.as_str(), via.place.as_str()), ("socks5h://127.0.0.1:1080", "config.toml, line 2"));
        assert!(read("via = 1080\n").is_err());
    }

    #[test]
    fn keys_and_themes_are_gathered_each_with_its_line() {
        let text = "[keys.main]\nnext = [\"n\", \"F2\"]\n\n[themes.mine]\nbase = \"psi\"\nout = { bold = true }\n\n\
                    [themes.mine.console_out]\nname = {}\n";
        let settings = read(text).unwrap();
        let KeyWords { context, action, keys, place } = &settings.keys[0];
        assert_eq!((context.as_str(), action.as_str(), place.as_str()), ("main", "next", "config.toml, line 2"));
        assert_eq!(keys, &["n", "F2"]);
        let theme = &settings.themes[0];
        assert_eq!((theme.name.as_str(), theme.base.as_deref()), ("mine", Some("psi")));
        let places: Vec<_> =
            theme.changes.iter().map(|change| (change.role.as_str(), change.place.as_str())).collect();
        assert!(
            places.contains(&("out", "config.toml, line 6")) && places.contains(&("name", "config.toml, line 9"))
        );
    }

    #[test]
    fn read_only_is_the_systems_word_and_no_other_file_undoes_it() {
        let folder = tempfile::tempdir().unwrap();
        let (system, users) = (folder.path().join("impscope.toml"), folder.path().join("config.toml"));
        std::fs::write(&users, "read_only = false\n").unwrap();
        let settings = || Settings::of_files(&system, Some(&users), true);
        assert_eq!(settings().unwrap().read_only, None);
        std::fs::write(&system, "read_only = true\n").unwrap();
        let forbidden = settings().unwrap();
        assert_eq!(forbidden.read_only.as_deref(), Some(system.to_str().unwrap()));
        assert!(forbidden.warnings[0].contains("line 1: read_only counts only in /etc/impscope.toml"));
        std::fs::write(&users, "read_only = true\n").unwrap();
        std::fs::write(&system, "").unwrap();
        assert_eq!(settings().unwrap().read_only, None);
        // What cannot be read could say it.
        std::fs::remove_file(&system).unwrap();
        std::fs::create_dir(&system).unwrap();
        assert!(settings().is_err());
    }

    #[test]
    fn durations_have_units() {
        assert_eq!(duration("500ms"), Ok(Duration::from_millis(500)));
        assert_eq!(duration("1m30s"), Ok(Duration::from_secs(90)));
        assert_eq!(duration("2"), Ok(Duration::from_secs(2)));
        assert!(duration("soon").is_err() && duration("0s").is_err() && duration("-2s").is_err());
    }
}
