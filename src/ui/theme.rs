//! Themes: data in `assets/themes`, one style per role. Sixteen ANSI colours, never a background.

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

    fn source(self) -> &'static str {
        match self {
            Self::Dark => include_str!("../../assets/themes/dark.toml"),
            Self::Light => include_str!("../../assets/themes/light.toml"),
            Self::Mono => include_str!("../../assets/themes/mono.toml"),
        }
    }
}

/// A style as a theme's file writes it.
#[derive(Debug, Clone, Copy, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
#[expect(clippy::struct_excessive_bools, reason = "the attributes of a terminal cell, as a file names them")]
struct Look {
    fg: Option<Color16>,
    bold: bool,
    dim: bool,
    underlined: bool,
    reversed: bool,
}

/// The colours that every terminal has.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Color16 {
    Red,
    Green,
    Yellow,
    Blue,
    Magenta,
    Cyan,
    LightRed,
    LightGreen,
    LightYellow,
    LightBlue,
    LightMagenta,
    LightCyan,
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
        self.look(role).style()
    }

    fn look(&self, role: Role) -> Look {
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
    fn style(self) -> Style {
        let mut style = Style::new();
        if let Some(fg) = self.fg {
            style = style.fg(fg.color());
        }
        let attributes = [
            (self.bold, Modifier::BOLD),
            (self.dim, Modifier::DIM),
            (self.underlined, Modifier::UNDERLINED),
            (self.reversed, Modifier::REVERSED),
        ];
        attributes
            .into_iter()
            .filter(|(on, _)| *on)
            .fold(style, |style, (_, attribute)| style.add_modifier(attribute))
    }
}

impl Color16 {
    fn color(self) -> Color {
        match self {
            Self::Red => Color::Red,
            Self::Green => Color::Green,
            Self::Yellow => Color::Yellow,
            Self::Blue => Color::Blue,
            Self::Magenta => Color::Magenta,
            Self::Cyan => Color::Cyan,
            Self::LightRed => Color::LightRed,
            Self::LightGreen => Color::LightGreen,
            Self::LightYellow => Color::LightYellow,
            Self::LightBlue => Color::LightBlue,
            Self::LightMagenta => Color::LightMagenta,
            Self::LightCyan => Color::LightCyan,
        }
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
    }

    #[test]
    fn a_theme_that_sets_a_background_or_misspells_a_role_is_refused() {
        let dark = ThemeName::Dark.source();
        assert!(Theme::parse(&dark.replace("text = {}", "text = { bg = \"blue\" }")).is_err());
        assert!(Theme::parse(&dark.replace("muted =", "mutde =")).is_err());
    }
}
