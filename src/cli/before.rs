//! Options before a command: how the screen looks may be said there, for every command that shows something. All else
//! belongs behind the command, and whoever gives it before is told so. And a command that was misspelled.

use std::ffi::OsString;

use clap::error::ErrorKind;
use clap::parser::ValueSource;
use clap::{Arg, ArgMatches};

use super::{Cli, Command, Look};
use crate::findings;

/// What may stand before each command.
const ALLOWED: [(&str, &[&str]); 3] = [
    ("lab", &["color", "ascii", "plain", "theme"]),
    ("replay", &["color", "ascii", "plain", "theme"]),
    ("export", &["theme"]),
];

/// A word that differs from a command's in so many per cent of its letters is meant for it: `lba` for `lab`.
const MISSPELLED: usize = 67;

/// Refuses a first word that can be no target and looks like a command: what is wrong is that word, not what follows.
pub(super) fn misspelled(line: &mut clap::Command, words: &[OsString]) -> Result<(), clap::Error> {
    let Some(word) = words.get(1).and_then(|word| word.to_str()) else { return Ok(()) };
    if word.is_empty() || word.starts_with('-') || word.contains(['@', '.']) {
        return Ok(());
    }
    let commands: Vec<String> = line.get_subcommands().map(|command| command.get_name().to_owned()).collect();
    if word == "help" || commands.iter().any(|command| command == word) {
        return Ok(());
    }
    match findings::nearest(&[word], commands.iter().map(String::as_str), MISSPELLED).first() {
        Some(near) => {
            let why =
                format!("there is no command {word:?}: did you mean impscope {near}? A login is USER@DOMAIN");
            Err(line.error(ErrorKind::InvalidSubcommand, why))
        }
        None => Ok(()),
    }
}

/// Refuses what stands before a command and would be lost there.
pub(super) fn judge(line: &mut clap::Command, matches: &ArgMatches) -> Result<(), clap::Error> {
    let Some((name, _)) = matches.subcommand() else { return Ok(()) };
    let allowed = ALLOWED.iter().find(|(command, _)| *command == name).map_or(&[][..], |(_, options)| options);
    let given = |arg: &&Arg| matches.value_source(arg.get_id().as_str()) == Some(ValueSource::CommandLine);
    let lost = line.get_arguments().filter(given).find(|arg| !allowed.contains(&arg.get_id().as_str()));
    let Some(lost) = lost else { return Ok(()) };
    let taken = line
        .find_subcommand(name)
        .is_some_and(|command| command.get_arguments().any(|arg| arg.get_id() == lost.get_id()));
    let what = written(lost);
    let why = if taken {
        format!("{what} stands before the command and would be lost: write it behind, impscope {name} {what}")
    } else {
        format!("{what} is not for impscope {name}: leave it out")
    };
    Err(line.error(ErrorKind::ArgumentConflict, why))
}

/// An option as it is written, with the name of its value.
fn written(arg: &Arg) -> String {
    let value = arg.get_value_names().and_then(<[_]>::first).map(|name| name.as_str());
    let value = value.filter(|_| arg.get_action().takes_values());
    let option = arg.get_long().map(|long| format!("--{long}"));
    [option.as_deref(), value].into_iter().flatten().collect::<Vec<_>>().join(" ")
}

/// Gives the command what was said before it about the looks. What was said behind it stands over that.
pub(super) fn hand_down(cli: &mut Cli) {
    let before = &cli.screen.look;
    match &mut cli.command {
        #[cfg(feature = "lab")]
        Some(Command::Lab(lab)) => over(&mut lab.look, before),
        Some(Command::Replay(replay)) => over(&mut replay.look, before),
        Some(Command::Export(export)) => export.theme = export.theme.take().or_else(|| before.theme.clone()),
        _ => {}
    }
}

fn over(look: &mut Look, before: &Look) {
    *look = Look {
        color: look.color.or(before.color),
        ascii: look.ascii || before.ascii,
        plain: look.plain || before.plain,
        theme: look.theme.take().or_else(|| before.theme.clone()),
    };
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(words: &str) -> Result<Cli, String> {
        super::super::read(words.split(' ').map(Into::into)).map_err(|error| error.to_string())
    }

    #[test]
    fn how_the_screen_looks_may_be_said_before_the_command_and_behind_it() {
        let look = |words: &str| match read(words).unwrap().command {
            Some(Command::Replay(replay)) => (replay.look.theme, replay.look.ascii),
            Some(Command::Export(export)) => (export.theme, false),
            other => panic!("{words}: {other:?}"),
        };
        assert_eq!(look("impscope --theme light --ascii replay run.jsonl"), (Some("light".into()), true));
        assert_eq!(look("impscope replay --theme light run.jsonl"), (Some("light".into()), false));
        assert_eq!(look("impscope --theme light replay --theme psi run.jsonl"), (Some("psi".into()), false));
        assert_eq!(look("impscope --theme light export run.jsonl"), (Some("light".into()), false));
        let alone = read("impscope --theme light alice@example.com").unwrap();
        assert_eq!(alone.screen.look.theme.as_deref(), Some("light"));
    }

    #[test]
    fn a_misspelled_command_is_what_is_wrong_and_not_what_follows_it() {
        let why = |words: &str| read(words).unwrap_err();
        for (word, command) in
            [("chekc alice@example.com", "check"), ("relpay run.jsonl", "replay"), ("lba", "lab")]
        {
            let said = why(&format!("impscope {word}"));
            assert!(said.contains(&format!("did you mean impscope {command}?")), "{said}");
        }
        assert!(read("impscope alice").is_ok(), "like no command: it is judged as a target");
        assert!(read("impscope lab").is_ok() && read("impscope check alice@example.com").is_ok());
        assert!(read("impscope checks.example.com").is_ok(), "a domain");
    }

    #[test]
    fn what_would_be_lost_before_the_command_is_refused_with_the_place_where_it_belongs() {
        let why = |words: &str| read(words).unwrap_err();
        let dns = why("impscope --dns 10.1.1.53 check alice@example.com");
        assert!(dns.contains("write it behind, impscope check --dns ADDR[:PORT]"), "{dns}");
        let target = why("impscope alice@example.com check");
        assert!(target.contains("USER@DOMAIN"), "{target}");
        let keys = why("impscope --print-keys explain XMPP_AUTH_SILENT");
        assert!(keys.contains("--print-keys is not for impscope explain: leave it out"), "{keys}");
        let colour = why("impscope --color never check alice@example.com");
        assert!(colour.contains("--color WHEN is not for impscope check"), "{colour}");
    }
}
