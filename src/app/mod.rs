//! The glue: it owns the journal and its recording, asks the probe, and shows what is known on one of the two
//! front ends, the screen and `check`.

mod allowance;
mod check;
mod credentials;
mod desk;
mod environment;
mod explain;
mod export;
mod fault;
mod files;
mod frame;
mod front;
mod ha;
mod history;
mod keep;
mod kept;
mod look;
mod plain;
#[cfg(feature = "lab")]
mod practice;
mod recording;
mod replay;
mod run;
mod screen;
mod scribe;
mod signals;
mod standing;
mod target;
mod terminal;
mod walker;

use std::ffi::OsString;
use std::process::ExitCode;

use clap::{CommandFactory, error::ErrorKind};

use crate::cli::{self, Cli, Command};
use crate::config;

/// Exit code for what could not be found out, and for bad usage (the Nagios convention).
const UNKNOWN: u8 = 3;
/// The width of text that goes to no screen.
const WIDTH: usize = 100;

/// Runs the program on these arguments, of which the first is its own name.
pub fn main(arguments: impl IntoIterator<Item = OsString>) -> ExitCode {
    crate::probe::platform::keep_to_own_name_services();
    fault::set_last_words();
    let cli = match cli::read(arguments) {
        Ok(cli) => cli,
        Err(error) => {
            let asked = matches!(error.kind(), ErrorKind::DisplayHelp | ErrorKind::DisplayVersion);
            // Printing to a closed pipe is nobody's loss.
            let _ = error.print();
            return if asked { ExitCode::SUCCESS } else { ExitCode::from(UNKNOWN) };
        }
    };
    crate::probe::platform::forbid_core_dumps();
    match dispatch(cli) {
        Ok(code) => ExitCode::from(code),
        Err(error) => {
            complain(&format!("{error:#}"));
            ExitCode::from(UNKNOWN)
        }
    }
}

fn dispatch(cli: Cli) -> anyhow::Result<u8> {
    match cli.command {
        None if cli.screen.print_keys => {
            let settings = config::Settings::read(cli.screen.common.config.as_deref())?;
            let (setup, warnings) = look::setup(&cli.screen.look, &settings)?;
            warnings.iter().for_each(|warning| complain(warning));
            print_all(setup.keys.listed().as_bytes())
        }
        None => {
            let Some(target) = cli.screen.target else {
                return print_all(three_lines().as_bytes());
            };
            let settings = config::Settings::read(cli.screen.common.config.as_deref())?;
            wait_for(screen::run(&target, &cli.screen.common, &cli.screen.look, settings))
        }
        Some(Command::Check(args)) => {
            let settings = config::Settings::read(args.common.config.as_deref())?;
            wait_for(check::run(&args, &settings))
        }
        #[cfg(feature = "lab")]
        Some(Command::Lab(args)) => wait_for(practice::run(args)),
        Some(Command::Replay(args)) => wait_for(replay::run(args)),
        Some(Command::Export(args)) => export::run(&args),
        Some(Command::Explain { words }) => explain::run(&words),
        Some(Command::Completions { shell }) => {
            let mut out = Vec::new();
            clap_complete::generate(shell, &mut Cli::command(), "impscope", &mut out);
            print_all(&out)
        }
        Some(Command::Man { command }) => print_all(&cli::page(command.as_deref())?),
    }
}

/// Prints a line about ourselves to standard error. Nobody may be there to read it.
fn complain(line: &str) {
    use std::io::Write;
    let _ = writeln!(std::io::stderr(), "impscope: {line}");
}

/// Prints to standard output; a reader that left early is no error, a disk that is full is one.
fn print_all(bytes: &[u8]) -> anyhow::Result<u8> {
    use std::io::Write;
    let mut out = std::io::stdout();
    match out.write_all(bytes).and_then(|()| out.flush()) {
        Err(why) if why.kind() != std::io::ErrorKind::BrokenPipe => {
            Err(anyhow::Error::new(why).context("standard output"))
        }
        _ => Ok(0),
    }
}

fn three_lines() -> &'static str {
    "Where does a login into Cisco IM&Presence stop? Three ways to find out:\n\n  \
     impscope alice@example.com         walk every route from the address, then step through the login\n  \
     impscope check alice@example.com   the same without a screen\n  \
     impscope lab                       practise on an ill deployment of our own\n\n\
     Everything else: impscope --help\n"
}

/// Runs `work` on a runtime of its own. What still hangs in the background afterwards, such as an address look-up,
/// does not keep the program from ending.
fn wait_for(work: impl Future<Output = anyhow::Result<u8>>) -> anyhow::Result<u8> {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
    let code = runtime.block_on(work);
    runtime.shutdown_background();
    code
}
