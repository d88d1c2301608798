//! How the screen looks: theme, characters and the line's speed, by the options, the settings and the environment.

use anyhow::Context;

use crate::cli::{ColorWhen, Look};
use crate::config::Settings;
use crate::ui::{Keys, Setup, Theme, ThemeName};

/// How the screen looks, by the options, the settings and the environment.
///
/// # Errors
/// When there is no theme of the name that was given.
pub fn setup(look: &Look, settings: &Settings) -> anyhow::Result<Setup> {
    let set = |name| std::env::var_os(name).is_some_and(|value| !value.is_empty());
    let terminal = std::env::var("TERM").unwrap_or_default();
    let colour = match look.color.unwrap_or(ColorWhen::Auto) {
        ColorWhen::Always => true,
        ColorWhen::Never => false,
        ColorWhen::Auto => !set("NO_COLOR"),
    };
    let named = look.theme.as_deref().or(settings.theme.as_deref());
    let theme = match named {
        _ if !colour => ThemeName::Mono,
        None => ThemeName::Dark,
        Some(name) => ThemeName::named(name)
            .with_context(|| format!("there is no theme {name:?}; there are dark, light and mono"))?,
    };
    Ok(Setup {
        theme: Theme::named(theme),
        keys: Keys::default(),
        ascii: look.ascii || settings.ascii.unwrap_or(false) || !is_utf8_locale() || terminal == "linux",
        plain: look.plain,
        slow_line: over_ssh() || look.plain,
        ahead_of_utc: jiff::tz::TimeZone::system().to_offset(jiff::Timestamp::UNIX_EPOCH).seconds(),
        recording: false,
        replay: false,
    })
}

/// Whether the terminal is at the other end of an SSH line. A command that SSH starts itself has no `SSH_TTY`.
pub fn over_ssh() -> bool {
    ["SSH_TTY", "SSH_CONNECTION"].iter().any(|name| std::env::var_os(name).is_some_and(|value| !value.is_empty()))
}

/// Whether the locale's characters are UTF-8: the first of these that is set decides, as in the C library.
fn is_utf8_locale() -> bool {
    let first = ["LC_ALL", "LC_CTYPE", "LANG"]
        .into_iter()
        .find_map(|name| std::env::var(name).ok().filter(|v| !v.is_empty()));
    let locale = first.unwrap_or_default().to_ascii_lowercase();
    locale.contains("utf-8") || locale.contains("utf8")
}
