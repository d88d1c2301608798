//! A theme: one style per role. The three themes for ordinary terminals (`assets/themes`) have the sixteen ANSI colours
//! and never a background; what else there is, and how a theme is made from data, is in [`themes`](super::themes).

use ratatui::style::{Color, Modifier, Style};
use serde::Deserialize;

use crate::console::{Ink, Mark};

/// A theme by its name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum ThemeName {
    /// For dark backgrounds.
    #[default]
    Dark,
    /// For light backgrounds.
    Light,
    /// Without colours.
    Mono,
}

impl ThemeName {
    /// The theme with this name.
    pub fn named(name: &str) -> Option<Self> {
        match name {
            "dark" => Some(Self::Dark),
            "light" => Some(Self::Light),
            "mono" => Some(Self::Mono),
            _ => None,
        }
    }

    pub(super) fn source(self) -> &'static str {
        match self {
            Self::Dark => include_str!("../../assets/themes/dark.toml"),
            Self::Light => include_str!("../../assets/themes/light.toml"),
            Self::Mono => include_str!("../../assets/themes/mono.toml"),
        }
    }
}

/// A style as a theme's file writes it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
#[expect(clippy::struct_excessive_bools, reason = "the attributes of a terminal cell, as a file names them")]
pub(super) struct Look {
    pub(super) fg: Option<Paint>,
    pub(super) bg: Option<Paint>,
    pub(super) bold: bool,
    pub(super) dim: bool,
    pub(super) underlined: bool,
    pub(super) reversed: bool,
}

/// A colour as a theme's file writes it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(untagged)]
pub(super) enum Paint {
    /// By its name.
    Named(Color16),
    /// One of 256, and what stands for it where there are sixteen.
    Indexed(Indexed),
}

/// One of 256 colours, and what stands for it where there are sixteen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Indexed {
    indexed: u8,
    or: Color16,
}

/// The colours that every terminal has, in their order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Color16 {
    Black,
    Red,
    Green,
    Yellow,
    Blue,
    Magenta,
    Cyan,
    Gray,
    DarkGray,
    LightRed,
    LightGreen,
    LightYellow,
    LightBlue,
    LightMagenta,
    LightCyan,
    White,
}

/// What the terminal can show of a theme.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Means {
    /// It has 256 colours; else sixteen.
    pub indexed: bool,
    /// It has a dim that can be read.
    pub dim: bool,
}

impl Default for Means {
    fn default() -> Self {
        Self { indexed: false, dim: true }
    }
}

/// One style per role.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Theme {
    text: Look,
    muted: Look,
    border: Look,
    focus: Look,
    title: Look,
    selected: Look,
    key: Look,
    ok: Look,
    warning: Look,
    critical: Look,
    running: Look,
    banner: Look,
    out: Look,
    #[serde(rename = "in")]
    incoming: Look,
    bang: Look,
    event: Look,
    punct: Look,
    name: Look,
    attr: Look,
    value: Look,
    xml_text: Look,
    masked: Look,
    hit: Look,
    /// What everything in it stands on; nothing: the terminal's own ground.
    #[serde(default)]
    pub(super) ground: Look,
    #[serde(skip)]
    pub(super) means: Means,
    /// What the console's pane has of its own; none: nothing.
    #[serde(skip)]
    pub(super) console: Option<Box<ConsoleThemes>>,
}

/// The console pane's own themes.
#[derive(Debug, Clone)]
pub(super) struct ConsoleThemes {
    /// Of the pane, and of rows that went neither way.
    pub(super) pane: Theme,
    /// Of what came in.
    pub(super) incoming: Theme,
    /// Of what went out.
    pub(super) out: Theme,
}

/// What a piece of the screen is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Role {
    /// Ordinary text.
    Text,
    /// Text that matters less.
    Muted,
    /// A pane's border.
    Border,
    /// The border of the pane that has the keys.
    Focus,
    /// A heading.
    Title,
    /// The selected row.
    Selected,
    /// A key's name.
    Key,
    /// As it should be.
    Ok,
    /// To be looked at; a slow wait.
    Warning,
    /// Not as it should be; a silent wait.
    Critical,
    /// Under way.
    Running,
    /// The practice deployment's banner.
    Banner,
    /// A console row's mark.
    Mark(Mark),
    /// What a search has found.
    Hit,
    /// A piece of a console row.
    Ink(Ink),
}

impl Theme {
    /// Reads a theme's file.
    ///
    /// # Errors
    /// What the file has that a theme has not, with its line.
    pub fn parse(text: &str) -> Result<Self, toml::de::Error> {
        toml::from_str(text)
    }

    /// One of the themes that come with the program.
    pub fn named(name: ThemeName) -> Self {
        Self::parse(name.source()).expect("the themes in assets are read by a test")
    }

    /// The style of a role.
    pub fn style(&self, role: Role) -> Style {
        self.look(role).style(self.means)
    }

    /// What everything in it stands on.
    pub fn ground(&self) -> Style {
        self.ground.style(self.means)
    }

    /// The theme of a row of the console with this mark; without one, of the pane around the rows.
    pub fn in_console(&self, mark: Option<Mark>) -> &Theme {
        match (&self.console, mark) {
            (None, _) => self,
            (Some(console), Some(Mark::In)) => &console.incoming,
            (Some(console), Some(Mark::Out)) => &console.out,
            (Some(console), _) => &console.pane,
        }
    }

    pub(super) fn look(&self, role: Role) -> Look {
        match role {
            Role::Text => self.text,
            Role::Muted | Role::Ink(Ink::Muted) => self.muted,
            Role::Border => self.border,
            Role::Focus => self.focus,
            Role::Title => self.title,
            Role::Selected => self.selected,
            Role::Key => self.key,
            Role::Ok | Role::Ink(Ink::Good) => self.ok,
            Role::Warning | Role::Ink(Ink::Warn) => self.warning,
            Role::Critical | Role::Ink(Ink::Bad) => self.critical,
            Role::Running => self.running,
            Role::Banner => self.banner,
            Role::Mark(Mark::Out) => self.out,
            Role::Mark(Mark::In) => self.incoming,
            Role::Mark(Mark::Bang) => self.bang,
            Role::Mark(Mark::Event) => self.event,
            Role::Hit => self.hit,
            Role::Ink(ink) => self.ink(ink),
        }
    }

    fn ink(&self, ink: Ink) -> Look {
        match ink {
            Ink::Punct => self.punct,
            Ink::Name => self.name,
            Ink::Attr => self.attr,
            Ink::Value => self.value,
            Ink::Text => self.xml_text,
            Ink::Masked => self.masked,
            Ink::Plain | Ink::Muted | Ink::Good | Ink::Warn | Ink::Bad => self.text,
        }
    }
}

impl Look {
    fn style(self, means: Means) -> Style {
        let mut style = Style::new();
        if let Some(fg) = self.fg {
            style = style.fg(fg.color(means));
        }
        if let Some(bg) = self.bg {
            style = style.bg(bg.color(means));
        }
        let attributes = [
            (self.bold, Modifier::BOLD),
            (self.dim && means.dim, Modifier::DIM),
            (self.underlined, Modifier::UNDERLINED),
            (self.reversed, Modifier::REVERSED),
        ];
        attributes
            .into_iter()
            .filter(|(on, _)| *on)
            .fold(style, |style, (_, attribute)| style.add_modifier(attribute))
    }
}

impl Paint {
    fn color(self, means: Means) -> Color {
        match self {
            Self::Named(name) => name.color(),
            Self::Indexed(Indexed { indexed, .. }) if means.indexed => Color::Indexed(indexed),
            Self::Indexed(Indexed { or, .. }) => or.color(),
        }
    }
}

impl Color16 {
    fn color(self) -> Color {
        const COLORS: [Color; 16] = [
            Color::Black,
            Color::Red,
            Color::Green,
            Color::Yellow,
            Color::Blue,
            Color::Magenta,
            Color::Cyan,
            Color::Gray,
            Color::DarkGray,
            Color::LightRed,
            Color::LightGreen,
            Color::LightYellow,
            Color::LightBlue,
            Color::LightMagenta,
            Color::LightCyan,
            Color::White,
        ];
        COLORS[self as usize]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_theme_of_ours_is_whole_and_the_one_without_colours_has_none() {
        for name in ["dark", "light", "mono"] {
            Theme::named(ThemeName::named(name).unwrap());
        }
        assert!(!ThemeName::Mono.source().contains("fg ="));
        for name in [ThemeName::Dark, ThemeName::Light, ThemeName::Mono] {
            assert!(!name.source().contains("bg =") && !name.source().contains("indexed"), "{name:?}");
        }
    }

    #[test]
    fn a_theme_that_misspells_a_role_or_a_colour_is_refused() {
        let dark = ThemeName::Dark.source();
        assert!(Theme::parse(&dark.replace("text = {}", "text = { fg = \"blu\" }")).is_err());
        assert!(Theme::parse(&dark.replace("muted =", "mutde =")).is_err());
    }
}
