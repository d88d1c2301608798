//! `impscope export --format svg`: which picture, in which colours.

use anyhow::{Context, bail};
use secrecy::SecretString;

use super::leak;
use crate::cli::{ExportArgs, Format, Picture};
use crate::journal::Entry;
use crate::report::svg::{self, Ground};
use crate::ui::theme::Means;
use crate::ui::{Theme, ThemeName, Themes};

/// The themes that are drawn on a light ground.
const ON_LIGHT: [&str; 2] = ["light", "psi"];

/// A theme of the program, on the ground that it is for.
///
/// # Errors
/// When there is none of this name.
fn theme(name: &str) -> anyhow::Result<(Theme, Ground)> {
    let (usual, ground) =
        if ON_LIGHT.contains(&name) { (ThemeName::Light, Ground::Light) } else { (ThemeName::Dark, Ground::Dark) };
    let themes = Themes::new(usual, Means { indexed: true, dim: true });
    let theme = themes.theme(name);
    Ok((theme.with_context(|| format!("there is no theme {name:?}; there are {}", themes.listed()))?, ground))
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
    pub(super) fn of(args: &ExportArgs, format: Format) -> anyhow::Result<Option<Self>> {
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
            (drawing.theme, drawing.ground) = theme(name)?;
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
        let why = |more: &[&str], format| Drawing::of(&args(more), format).map(|_| ()).unwrap_err().to_string();
        assert!(why(&["--picture", "screen"], Format::Html).contains("--picture is for a picture"));
        assert!(why(&["--theme", "dark"], Format::Text).contains("--theme is for a picture"));
        assert!(why(&["--size", "80x24"], Format::Svg).contains("give --picture screen"));
        assert!(why(&["--theme", "plaid"], Format::Svg).contains("there is no theme"));
        assert!(Drawing::of(&args(&[]), Format::Markdown).unwrap().is_none());
        let asked =
            Drawing::of(&args(&["--picture", "screen", "--size", "80x24", "--theme", "light"]), Format::Svg);
        let asked = asked.unwrap().unwrap();
        assert_eq!((asked.size, asked.ground), ((80, 24), Ground::Light));
    }
}
