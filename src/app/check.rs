//! `impscope check`: the same engine without the screen. Plain lines as they come, then the verdict.

use std::io::Write;
use std::time::Duration;

use tokio::sync::oneshot;

use crate::cli::CheckArgs;
use crate::config::Settings;
use crate::console::Console;
use crate::findings::{self, Finding};
use crate::journal::{Entry, Event, Fact, OpId, Stage, UserAct};
use crate::login::Hold;
use crate::probe::{Command, Engine, LoginHandle, Roots};
use crate::progress::{LoginResult, Progress, result};
use crate::report;

use super::run::Run;
use super::signals::signalled;
use super::target::Target;
use super::{UNKNOWN, WIDTH, complain, credentials};

const CRITICAL: u8 = 2;
/// So long may logins take to close when a signal ends the run.
const LEAVE: Duration = Duration::from_millis(50);

/// Where `check` prints: its lines and its verdict.
struct Printer {
    json: bool,
    console: Console,
    many: bool,
}

/// Runs a check to its end and gives the exit code.
///
/// # Errors
/// On bad usage: an option, a file, or a target that cannot be used.
pub async fn run(args: &CheckArgs, settings: &Settings) -> anyhow::Result<u8> {
    settings.warnings.iter().for_each(|warning| complain(warning));
    let secrets = credentials::given(&args.common)?;
    let mut target = Target::new(&args.target, &args.common, settings, &secrets)?;
    let silent = target.marks.silent;
    target.marks.give_up = Some(args.give_up.unwrap_or(silent).max(silent));
    let roots = Roots::load(target.ca_pem.as_deref()).map_err(|why| anyhow::anyhow!("--ca-file: {why}"))?;
    let (mut run, trouble) = Run::begin(target.ask(), &target.place);
    if let Some(trouble) = trouble {
        complain(&trouble);
    }
    run.note_permissions(&target);
    let (limit, permissions, identity) = (target.max_attempts, target.permissions(), target.identity());
    let engine = Engine::new(run.notes.clone(), roots, secrets, limit, run.op.id, permissions, identity);
    let mut printer = Printer { json: args.json, console: Console::default(), many: target.nodes.len() > 1 };
    printer.catch_up(&run);

    let ended = tokio::select! {
        () = walk(&mut run, &mut printer, &engine, &target, args.pause_before) => None,
        signal = signalled() => Some(signal),
    };
    if let Some(signal) = ended {
        let _ = tokio::time::timeout(LEAVE, run.settle()).await;
        run.say(Event::Saw(Fact::User(UserAct::Stopped)));
        complain(&format!("stopped by {signal}; what was seen until then follows"));
    }
    let recording = run.end();
    let code = conclude(&run, &engine, &printer, &target);
    if let Some(line) = recording {
        print(&mut std::io::stderr(), &line);
    }
    Ok(if ended.is_some() { UNKNOWN } else { code })
}

/// Walks all nodes at once: the first to the end, with the credential; the others up to their mechanisms.
async fn walk(run: &mut Run, printer: &mut Printer, engine: &Engine, target: &Target, pause: Option<Stage>) {
    let mut logins = Vec::new();
    for (at, node) in target.nodes.iter().enumerate() {
        let mut request = target.unattended(node, pause.filter(|_| at == 0));
        if at > 0 {
            request.login.until = request.login.until.min(Stage::StreamTls);
        }
        logins.push(engine.login(request));
    }
    let mut paused = pause.and_then(|stage| Some((stage, logins.first()?.standing.clone())));
    while logins.iter().any(|login| !is_over(&run.progress, login.op)) {
        let reached = async {
            match &mut paused {
                Some((stage, standing)) => {
                    let held = |hold: &Option<Hold>| matches!(hold, Some(Hold::Breakpoint(_)));
                    // The sender lives as long as the login; without it there is nothing to pause.
                    let reached = standing.wait_for(|standing| standing.over || held(&standing.hold)).await;
                    reached.is_ok_and(|standing| !standing.over).then_some(*stage)
                }
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            biased;
            entry = run.next() => match entry {
                Some(entry) => printer.entry(entry),
                None => return,
            },
            reached = reached => {
                paused = None;
                if let Some(stage) = reached {
                    while let Some(entry) = run.try_next() {
                        printer.entry(entry);
                    }
                    pause_at(stage, printer, &logins).await;
                }
            }
        }
    }
}

/// Says that the login is paused, and lets it go on at a newline.
async fn pause_at(stage: Stage, printer: &Printer, logins: &[LoginHandle]) {
    printer.line(&format!("paused before {stage}"));
    newline().await;
    if let Some(login) = logins.first() {
        // A login that ended meanwhile hears nothing.
        let _ = login.commands.send(Command::Run);
    }
}

/// A newline on standard input, or its end. A thread of its own waits for it: a read that blocks must not keep
/// the program from ending.
async fn newline() {
    let (done, waiting) = oneshot::channel();
    std::thread::spawn(move || {
        let _ = std::io::stdin().read_line(&mut String::new());
        let _ = done.send(());
    });
    let _ = waiting.await;
}

fn is_over(progress: &Progress, op: OpId) -> bool {
    progress.login(op).is_some_and(|login| login.ended.is_some())
}

/// Prints the verdict, and gives the exit code.
fn conclude(run: &Run, engine: &Engine, printer: &Printer, target: &Target) -> u8 {
    let findings = run.findings();
    let code = exit_code(&run.progress, &findings);
    let at = report::Circumstances {
        domain: target.domain.clone(),
        user: target.user.clone(),
        started: run.clock.started(),
        elapsed: run.clock.now(),
        recording: run.recording().map(|recording| recording.path().display().to_string()),
        attempts: engine.attempts(),
        exit: code,
    };
    if printer.json {
        print(&mut std::io::stdout(), &report::json(&run.progress, &findings, &at));
    } else {
        for line in report::verdict(&run.progress, &findings, WIDTH) {
            printer.line(&line);
        }
    }
    code
}

/// 0 ok, 1 warning, 2 critical, 3 unknown. A login that did not reach what was asked for is never ok, whatever
/// the findings say.
fn exit_code(progress: &Progress, findings: &[Finding]) -> u8 {
    let from_findings = findings::exit(findings);
    let worst = progress.logins().iter().map(|login| match result(login) {
        LoginResult::Ok => 0,
        LoginResult::NotTried | LoginResult::Running => UNKNOWN,
        _ => CRITICAL,
    });
    match worst.max().unwrap_or(UNKNOWN) {
        // Unknown stands behind what is known to be critical.
        UNKNOWN if from_findings == CRITICAL => CRITICAL,
        worst => worst.max(from_findings),
    }
}

impl Printer {
    /// Prints what the run's own entries say so far.
    fn catch_up(&mut self, run: &Run) {
        run.entries().iter().for_each(|entry| self.entry(entry));
    }

    fn entry(&mut self, entry: &Entry) {
        self.console.apply(entry);
        if let Some(row) = self.console.row(entry.n) {
            let node = self.console.node_of(row).filter(|_| self.many);
            self.line(&report::line(row, node));
        }
    }

    fn line(&self, line: &str) {
        if self.json {
            print(&mut std::io::stderr(), line);
        } else {
            print(&mut std::io::stdout(), line);
        }
    }
}

/// Prints a line; a reader that left early is no error of ours.
fn print(to: &mut dyn Write, line: &str) {
    let _ = writeln!(to, "{line}").and_then(|()| to.flush());
}
