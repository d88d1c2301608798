//! `impscope export --format svg`: which picture, in which colours.

use anyhow::{Context, bail};
use secrecy::SecretString;

use super::leak;
use crate::app::look;
use crate::cli::{ExportArgs, Format, Picture};
use crate::config::Settings;
use crate::journal::Entry;
use crate::report::svg::{self, Ground};
use crate::ui::theme::Means;
use crate::ui::{Theme, ThemeName};

/// The themes that are drawn on a light ground.
const ON_LIGHT: [&str; 2] = ["light", "psi"];

/// A theme of the program or of the configuration, on the ground that it is for.
///
/// # Errors
/// When there is none of this name, or the configuration describes one that cannot be used.
fn theme(name: &str, settings: &Settings) -> anyhow::Result<(Theme, Ground)> {
    let (usual, ground) = if ON_LIGHT.contains(&stands_on(name, settings)) {
        (ThemeName::Light, Ground::Light)
    } else {
        (ThemeName::Dark, Ground::Dark)
    };
    let themes = look::themes(settings, usual, Means { indexed: true, dim: true })?;
    let theme = themes.theme(name);
    Ok((theme.with_context(|| format!("there is no theme {name:?}; there are {}", themes.listed()))?, ground))
}

/// The theme of the program that a theme changes, over as many of the configuration as stand between.
fn stands_on<'s>(name: &'s str, settings: &'s Settings) -> &'s str {
    // A theme can be built only on those before it, and a later one of the same name goes over an earlier one.
    settings.themes.iter().rev().fold(name, |name, own| match &own.base {
        Some(base) if own.name == name => base,
        _ => name,
    })
}

/// A picture that was asked for.
pub(super) struct Drawing {
    picture: Picture,
    size: (u16, u16),
    theme: Theme,
    ground: Ground,
}

impl Default for Drawing {
    fn default() -> Self {
        let theme = Theme::named(ThemeName::Dark);
        Self { picture: Picture::Ladder, size: (120, 40), theme, ground: Ground::Dark }
    }
}

impl Drawing {
    /// The picture that the command line asks for; none where it asks for another form.
    ///
    /// # Errors
    /// When there is no such theme, or something about a picture was given with another form.
    pub(super) fn of(args: &ExportArgs, format: Format, settings: &Settings) -> anyhow::Result<Option<Self>> {
        let given = [
            ("--picture", args.picture.is_some()),
            ("--size", args.size.is_some()),
            ("--theme", args.theme.is_some()),
        ];
        let mut drawing = Self::default();
        if format != Format::Svg {
            if let Some((option, _)) = given.iter().find(|(_, given)| *given) {
                bail!("{option} is for a picture: give --format svg, or an output that ends in .svg");
            }
            return Ok(None);
        }
        drawing.picture = args.picture.unwrap_or_default();
        if let Some(size) = args.size {
            if drawing.picture != Picture::Screen {
                bail!(
                    "--size is for the picture of the screen: give --picture screen; a ladder is as large as it needs"
                );
            }
            drawing.size = size;
        }
        if let Some(name) = &args.theme {
            (drawing.theme, drawing.ground) = theme(name, settings)?;
        }
        Ok(Some(drawing))
    }

    /// The picture, once it is sure that no known secret stands in it: neither as it is written, nor in what is read in
    /// it where one text follows the other.
    ///
    /// # Errors
    /// When one does.
    pub(super) fn made(&self, entries: &[Entry], secrets: &[&SecretString]) -> anyhow::Result<String> {
        let drawn = match self.picture {
            Picture::Ladder => svg::ladder(entries, &self.theme, self.ground),
            Picture::Screen => svg::screen(entries, self.size, self.theme.clone(), self.ground),
        };
        leak::look_over(&drawn, secrets)?;
        leak::look_over(&read(&drawn), secrets)?;
        Ok(drawn)
    }
}

/// What is read in a picture: its text, without the elements and the ends of lines between.
fn read(drawn: &str) -> String {
    let mut text = String::new();
    for part in drawn.split('<') {
        text.push_str(part.split_once('>').map_or(part, |(_, behind)| behind).trim_end_matches('\n'));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn walk() -> Vec<Entry> {
        let text = include_str!("../../../tests/recordings/format-1/walk.jsonl");
        crate::journal::line::read(text).unwrap().journal.entries().to_vec()
    }

    fn args(more: &[&str]) -> ExportArgs {
        use clap::Parser;
        #[derive(Parser)]
        struct Line {
            #[command(flatten)]
            args: ExportArgs,
        }
        Line::parse_from(["export", "run.jsonl"].iter().chain(more)).args
    }

    #[test]
    fn a_picture_in_which_a_secret_can_be_read_is_not_made() {
        let screen = Drawing { picture: Picture::Screen, ..Drawing::default() };
        // One stands in one text, the other goes on from one text to the next, in another colour.
        let secrets = ["imp1.example.test", "xmlns=\"urn:ietf:params:xml:ns:xmpp-sasl\""];
        for secret in secrets {
            let why = screen.made(&walk(), &[&SecretString::from(secret)]).unwrap_err().to_string();
            assert!(why.contains("nothing was written") && !why.contains(secret), "{why}");
        }
        let why = Drawing::default().made(&walk(), &[&SecretString::from("clusterUser")]).unwrap_err().to_string();
        assert!(why.contains("nothing was written"), "{why}");
        assert!(screen.made(&walk(), &[&SecretString::from("heron-4Q~")]).is_ok());
    }

    #[test]
    fn what_is_asked_of_a_picture_needs_one() {
        let none = Settings::default();
        let why =
            |more: &[&str], format| Drawing::of(&args(more), format, &none).map(|_| ()).unwrap_err().to_string();
        assert!(why(&["--picture", "screen"], Format::Html).contains("--picture is for a picture"));
        assert!(why(&["--theme", "dark"], Format::Text).contains("--theme is for a picture"));
        assert!(why(&["--size", "80x24"], Format::Svg).contains("give --picture screen"));
        assert!(why(&["--theme", "plaid"], Format::Svg).contains("there is no theme"));
        assert!(Drawing::of(&args(&[]), Format::Markdown, &none).unwrap().is_none());
        let wanted = args(&["--picture", "screen", "--size", "80x24", "--theme", "light"]);
        let asked = Drawing::of(&wanted, Format::Svg, &none);
        let asked = asked.unwrap().unwrap();
        assert_eq!((asked.size, asked.ground), ((80, 24), Ground::Light));
    }
}
