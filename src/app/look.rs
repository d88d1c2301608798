//! How the screen looks: theme, characters and the line's speed, by the options, the settings and the environment.
//!
//! The decisions are a pure function of what was asked and of where it runs ([`decide`]):
//!
//! 1. Colour: `--color always` or `never`; else none where NO_COLOR is set or the terminal has none.
//! 2. Theme: without colour `mono`; else `--theme`, the configuration's, the one for the terminal's ground.
//! 3. The ground is dark unless COLORFGBG says that it is light. The terminal is not asked: on a slow line an answer
//!    takes its time, and some terminals never give one.
//! 4. Sixteen colours, unless the terminal says that it has 256. The Linux console has no dim that can be read.
//! 5. ASCII alone: `--ascii`, the configuration, a locale that is not UTF-8, the Linux console, a tmux client without
//!    UTF-8.

use anyhow::Context;

use crate::cli::{ColorWhen, Look};
use crate::config::{KeyWords, RoleWords, Settings, ThemeWords};
use crate::journal::Wall;
use crate::probe::Clock;
use crate::ui::keys::Rebind;
use crate::ui::theme::Means;
use crate::ui::themes::{Change, OwnTheme};
use crate::ui::{Keys, Setup, ThemeName, Themes};

/// How the screen looks, and what of the configuration was passed over.
///
/// # Errors
/// When there is no theme of the name that was given, or the configuration's keys or themes cannot be used.
pub fn setup(look: &Look, settings: &Settings) -> anyhow::Result<(Setup, Vec<String>)> {
    let place = Place::here();
    let asked = Asked {
        color: look.color.unwrap_or(ColorWhen::Auto),
        theme: look.theme.as_deref().or(settings.theme.as_deref()),
        ascii: look.ascii || settings.ascii.unwrap_or(false),
    };
    let decided = decide(&asked, &place);
    let themes = themes(settings, decided.ground, decided.means)?;
    for name in [asked.theme.unwrap_or("dark"), &decided.theme] {
        themes
            .theme(name)
            .with_context(|| format!("there is no theme {name:?}; there are {}", themes.listed()))?;
    }
    let theme = themes.theme(&decided.theme).context("the theme")?;
    let rebinds: Vec<Rebind> = settings.keys.iter().cloned().map(rebind).collect();
    let (keys, said) = Keys::default().rebound(&rebinds).map_err(anyhow::Error::msg)?;
    let setup = Setup {
        theme,
        theme_name: decided.theme,
        themes,
        keys,
        mouse: settings.mouse.unwrap_or(false),
        read_only: settings.read_only.clone(),
        ascii: decided.ascii,
        plain: look.plain,
        slow_line: place.slow_line || look.plain,
        ahead_of_utc: ahead_of_utc(Clock::start().started()),
        recording: false,
        replay: false,
    };
    Ok((setup, settings.warnings.iter().cloned().chain(said).collect()))
}

/// Seconds by which the time of day here is ahead of UTC at this moment, summer time included. A run has one figure, so
/// that its times can be compared.
pub fn ahead_of_utc(at: Wall) -> i32 {
    let at = jiff::Timestamp::from_millisecond(at.0).unwrap_or_default();
    jiff::tz::TimeZone::system().to_offset(at).seconds()
}

/// The program's themes and the configuration's, on this ground.
///
/// # Errors
/// When one of the configuration's cannot be used: with its place.
pub fn themes(settings: &Settings, ground: ThemeName, means: Means) -> anyhow::Result<Themes> {
    let mut themes = Themes::new(ground, means);
    for own in settings.themes.iter().cloned().map(own_theme) {
        themes.add(&own).map_err(anyhow::Error::msg)?;
    }
    Ok(themes)
}

/// A word of the configuration on keys, for the screen.
fn rebind(KeyWords { context, action, keys, place }: KeyWords) -> Rebind {
    Rebind { context, action, keys, place }
}

/// A theme of the configuration, for the screen.
fn own_theme(ThemeWords { name, base, changes, place }: ThemeWords) -> OwnTheme {
    let change = |RoleWords { table, role, look, place }: RoleWords| Change { table, role, look, place };
    OwnTheme { name, base, changes: changes.into_iter().map(change).collect(), place }
}

/// What was asked for.
struct Asked<'a> {
    color: ColorWhen,
    theme: Option<&'a str>,
    ascii: bool,
}

/// Where it runs, as the environment says.
#[derive(Debug, Clone, Default)]
struct Place {
    no_color: bool,
    term: String,
    colorterm: String,
    colorfgbg: String,
    /// The locale of characters: the first of LC_ALL, LC_CTYPE and LANG that is set, as in the C library.
    locale: String,
    /// Whether the tmux that it runs in draws on a terminal with UTF-8; none: it runs in none.
    tmux_utf8: Option<bool>,
    slow_line: bool,
}

impl Place {
    fn here() -> Self {
        let value = |name: &str| std::env::var(name).unwrap_or_default();
        let set = |name: &str| std::env::var_os(name).is_some_and(|value| !value.is_empty());
        Self {
            no_color: set("NO_COLOR"),
            term: value("TERM"),
            colorterm: value("COLORTERM"),
            colorfgbg: value("COLORFGBG"),
            locale: ["LC_ALL", "LC_CTYPE", "LANG"]
                .map(value)
                .into_iter()
                .find(|v| !v.is_empty())
                .unwrap_or_default(),
            tmux_utf8: set("TMUX").then(tmux_utf8).flatten(),
            slow_line: over_ssh(),
        }
    }
}

/// Whether the terminal is at the other end of an SSH line. A command that SSH starts itself has no `SSH_TTY`.
pub fn over_ssh() -> bool {
    ["SSH_TTY", "SSH_CONNECTION"].iter().any(|name| std::env::var_os(name).is_some_and(|value| !value.is_empty()))
}

/// What tmux says of the terminal that it draws on.
fn tmux_utf8() -> Option<bool> {
    let mut tmux = std::process::Command::new("tmux");
    super::credentials::VARIABLES.iter().for_each(|variable| {
        tmux.env_remove(variable);
    });
    let asked = tmux
        .args(["display-message", "-p", "#{client_utf8}"])
        .stdin(std::process::Stdio::null())
        .stderr(std::process::Stdio::null())
        .output();
    match asked.ok()?.stdout.trim_ascii() {
        b"1" => Some(true),
        b"0" => Some(false),
        _ => None,
    }
}

/// What follows from both.
#[derive(Debug, PartialEq)]
struct Decided {
    theme: String,
    ground: ThemeName,
    means: Means,
    ascii: bool,
}

fn decide(asked: &Asked<'_>, place: &Place) -> Decided {
    let console = place.term == "linux" || place.term.starts_with("linux-");
    let colour = match asked.color {
        ColorWhen::Always => true,
        ColorWhen::Never => false,
        ColorWhen::Auto => !place.no_color && has_colour(&place.term),
    };
    let ground = if is_light(&place.colorfgbg) { ThemeName::Light } else { ThemeName::Dark };
    let usual = if ground == ThemeName::Light { "light" } else { "dark" };
    let theme = if colour { asked.theme.unwrap_or(usual) } else { "mono" };
    let many =
        ["256color", "direct", "kitty", "alacritty", "ghostty"].iter().any(|word| place.term.contains(word));
    let indexed = many || ["truecolor", "24bit"].contains(&place.colorterm.as_str());
    Decided {
        theme: theme.to_owned(),
        ground,
        means: Means { indexed: indexed && !console, dim: !console },
        ascii: asked.ascii || console || !is_utf8(&place.locale) || place.tmux_utf8 == Some(false),
    }
}

/// Whether a terminal of this kind has colours. Those that have none say so by their names.
fn has_colour(term: &str) -> bool {
    let without = ["dumb", "vt52", "vt100", "vt102", "vt220", "vt320"];
    !without.contains(&term) && !term.ends_with("-mono") && !term.ends_with("-m")
}

/// Whether COLORFGBG (`15;0`, `0;default;15`) says that the ground is light.
fn is_light(colorfgbg: &str) -> bool {
    let ground = colorfgbg.rsplit(';').next().and_then(|ground| ground.parse::<u8>().ok());
    ground.is_some_and(|ground| ground == 7 || (9..16).contains(&ground))
}

fn is_utf8(locale: &str) -> bool {
    let locale = locale.to_ascii_lowercase();
    locale.contains("utf-8") || locale.contains("utf8")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn modern() -> Place {
        Place { term: "xterm-256color".into(), locale: "en_US.UTF-8".into(), ..Place::default() }
    }

    fn asked(color: ColorWhen, theme: Option<&str>) -> Asked<'_> {
        Asked { color, theme, ascii: false }
    }

    fn theme(asked: &Asked<'_>, place: &Place) -> String {
        decide(asked, place).theme
    }

    #[test]
    fn no_color_and_terminals_without_colours_mean_mono_and_an_option_means_more() {
        let auto = asked(ColorWhen::Auto, Some("psi"));
        assert_eq!(theme(&auto, &modern()), "psi");
        for place in [
            Place { no_color: true, ..modern() },
            Place { term: "vt220".into(), ..modern() },
            Place { term: "xterm-mono".into(), ..modern() },
        ] {
            assert_eq!(theme(&auto, &place), "mono", "{place:?}");
            assert_eq!(theme(&asked(ColorWhen::Always, Some("psi")), &place), "psi");
        }
        assert_eq!(theme(&asked(ColorWhen::Never, Some("psi")), &modern()), "mono");
    }

    #[test]
    fn without_a_word_the_theme_is_the_grounds_which_is_dark_unless_said_to_be_light() {
        let none = asked(ColorWhen::Auto, None);
        for (said, usual) in [
            ("", "dark"),
            ("15;0", "dark"),
            ("0;15", "light"),
            ("0;default;7", "light"),
            ("7;8", "dark"),
            ("x;y", "dark"),
        ] {
            let place = Place { colorfgbg: said.into(), ..modern() };
            assert_eq!(theme(&none, &place), usual, "{said}");
        }
        // A theme that is made for a pane alone stands on the same.
        let place = Place { colorfgbg: "0;15".into(), ..modern() };
        assert_eq!(decide(&asked(ColorWhen::Auto, Some("psi")), &place).ground, ThemeName::Light);
    }

    #[test]
    fn the_linux_console_has_sixteen_colours_no_dim_and_ascii() {
        let place = Place { term: "linux".into(), colorterm: "truecolor".into(), ..modern() };
        let decided = decide(&asked(ColorWhen::Auto, None), &place);
        assert_eq!((decided.means, decided.ascii), (Means { indexed: false, dim: false }, true));
        let plain = Place { term: "xterm".into(), ..modern() };
        assert_eq!(decide(&asked(ColorWhen::Auto, None), &plain).means, Means { indexed: false, dim: true });
        assert!(decide(&asked(ColorWhen::Auto, None), &modern()).means.indexed);
    }

    #[test]
    fn what_is_not_utf8_gets_ascii() {
        let none = asked(ColorWhen::Auto, None);
        assert!(!decide(&none, &modern()).ascii);
        for place in [
            Place { locale: String::new(), ..modern() },
            Place { locale: "C".into(), ..modern() },
            Place { locale: "de_DE.ISO-8859-1".into(), ..modern() },
            Place { tmux_utf8: Some(false), ..modern() },
        ] {
            assert!(decide(&none, &place).ascii, "{place:?}");
        }
        assert!(decide(&Asked { ascii: true, ..none }, &modern()).ascii);
    }
}
