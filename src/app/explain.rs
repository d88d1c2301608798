//! `impscope explain`: its words come from the command line or from standard input.

use std::io::{IsTerminal, Read};

use crate::findings::{self, Explanation};

use super::{WIDTH, print_all};

/// The longest text that is read.
const LONGEST: usize = 64 * 1024;
/// A word that was asked about is repeated up to this length.
const REPEATED: usize = 64;
const GIVE: &str = "a finding's code (XMPP_AUTH_SILENT), the text of an RTMT alert, or a Jabber error \
                    (LERR_JABBER_AUTH, 1000:1032)";

/// Explains what the words say, or standard input where there are none, or `-` alone.
///
/// # Errors
/// When nothing is known of it, it is too long, or there is nothing.
pub fn run(words: &[String]) -> anyhow::Result<u8> {
    let asked = asked(words)?;
    match findings::explain(&asked, WIDTH) {
        Explanation::Known(lines) => print_all((lines.join("\n") + "\n").as_bytes()),
        Explanation::Unknown(nearest) => anyhow::bail!("{}", unknown(&asked, &nearest)),
    }
}

fn asked(words: &[String]) -> anyhow::Result<String> {
    let text = match words {
        [] if std::io::stdin().is_terminal() => String::new(),
        [] => read(std::io::stdin().lock())?,
        [dash] if dash == "-" => read(std::io::stdin().lock())?,
        words => words.join(" "),
    };
    anyhow::ensure!(text.len() <= LONGEST, "the text is longer than 64 KiB: give the alert or the line alone");
    anyhow::ensure!(!text.trim().is_empty(), "there is nothing to explain: give {GIVE}");
    Ok(text)
}

/// A text that somebody pipes in: at most one byte too many is read, and what is no UTF-8 is replaced.
fn read(from: impl Read) -> anyhow::Result<String> {
    let mut bytes = Vec::new();
    let most = u64::try_from(LONGEST).unwrap_or(u64::MAX).saturating_add(1);
    from.take(most).read_to_end(&mut bytes)?;
    anyhow::ensure!(bytes.len() <= LONGEST, "the text is longer than 64 KiB: give the alert or the line alone");
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

/// Why nothing is explained. A name is repeated; a text is not, for it may hold anything.
fn unknown(asked: &str, nearest: &[&str]) -> String {
    let word = asked.trim();
    let name = |c: char| c.is_ascii_alphanumeric() || "_:-*".contains(c);
    let what = if word.len() <= REPEATED && word.chars().all(name) {
        format!("there is no finding, alert or Jabber error {word}")
    } else {
        "no finding, alert or Jabber error that is known stands in this text".to_owned()
    };
    match nearest {
        [] => format!("{what}; nothing is near: `impscope explain` takes {GIVE}"),
        near => format!("{what}; the nearest are {}", near.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;
    use crate::cli::{Cli, Command, target};

    const WORDS: &str = include_str!("../../assets/alerts.toml");

    fn commands() -> Vec<String> {
        let file: toml::Table = WORDS.parse().unwrap();
        let alerts = file["alert"].as_array().unwrap();
        let lines = alerts.iter().flat_map(|alert| alert["check"].as_array().unwrap());
        lines.map(|line| line.as_str().unwrap().to_owned()).collect()
    }

    #[test]
    fn every_command_that_is_suggested_is_one_of_ours() {
        let commands = commands();
        assert!(commands.len() > 60);
        for (user, node) in [("USER", "NODE"), ("alice@example.com", "10.1.2.11")] {
            for command in &commands {
                let line = command.replace("{user}", user).replace("{node}", node);
                let cli = Cli::try_parse_from(line.split(' ')).unwrap_or_else(|why| panic!("{line}: {why}"));
                let Some(Command::Check(args)) = cli.command else { panic!("{line} is no check") };
                let (asked, domain) = target(&args.target).unwrap_or_else(|why| panic!("{line}: {why}"));
                assert_eq!((asked.as_str(), domain.as_str()), (user, "domain"), "{line}");
            }
        }
    }

    #[test]
    fn a_text_is_read_up_to_a_bound() {
        assert_eq!(read(&b"1032\n"[..]).unwrap(), "1032\n");
        assert_eq!(read(&b"\xff1032"[..]).unwrap(), "\u{fffd}1032");
        assert_eq!(read(std::io::repeat(b'x').take(64 * 1024)).unwrap().len(), 64 * 1024);
        assert!(read(std::io::repeat(b'x')).unwrap_err().to_string().contains("64 KiB"));
        assert!(asked(&["x".repeat(65 * 1024)]).is_err() && asked(&["  ".to_owned()]).is_err());
        assert_eq!(asked(&["error".to_owned(), "1032".to_owned()]).unwrap(), "error 1032");
    }

    #[test]
    fn a_name_is_repeated_and_a_text_is_not() {
        assert!(unknown("XMPP_MOON", &["XMPP_CLOSED"]).contains("error XMPP_MOON; the nearest are XMPP_CLOSED"));
        for text in ["password=canary", "my canary", "canary\u{1b}[2J", &"canary".repeat(40)] {
            let said = unknown(text, &[]);
            assert!(!said.contains("canary") && said.contains("LERR_JABBER_AUTH"), "{said}");
            assert!(said.contains("nothing is near: `impscope explain` takes a finding's code"), "{said}");
        }
    }
}
