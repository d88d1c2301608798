//! `impscope check`: the same engine without the screen. Plain lines as they come, then the verdict.

use std::io::Write;
use std::time::Duration;

use tokio::sync::oneshot;

use crate::cli::CheckArgs;
use crate::config::Settings;
use crate::console::{Console, visible};
use crate::discovery::{Means, Reach, Step};
use crate::findings;
use crate::journal::{Entry, Event, Fact, OpId, Stage, UserAct};
use crate::login::Hold;
use crate::probe::{Command, Engine, LoginHandle, Roots};
use crate::progress::{LoginProgress, LoginResult, result};
use crate::report;

use super::allowance::Allowance;
use super::run::Run;
use super::signals::signalled;
use super::target::{Target, refuse_by};
use super::walker::Walker;
use super::{UNKNOWN, WIDTH, complain, credentials};

const CRITICAL: u8 = 2;
/// So long may logins take to close when a signal ends the run.
const LEAVE: Duration = Duration::from_millis(50);

/// Where `check` prints: its lines and its verdict.
struct Printer {
    json: bool,
    change: bool,
    console: Console,
}

/// Runs a check to its end and gives the exit code.
///
/// # Errors
/// On bad usage: an option, a file, or a target that cannot be used.
pub async fn run(args: &CheckArgs, settings: &Settings) -> anyhow::Result<u8> {
    settings.warnings.iter().for_each(|warning| complain(warning));
    refuse_by(settings, "--control", args.control)?;
    let credentials = credentials::given(&args.common)?;
    let mut target = Target::new(&args.target, &args.common, settings)?;
    let silent = target.marks.silent;
    target.marks.give_up = Some(args.give_up.unwrap_or(silent).max(silent));
    target.words.extend(args.control.then_some(UserAct::ControlAnywhere));
    let stop = signalled();
    let roots = Roots::load(target.ca_pem.as_deref()).map_err(|why| anyhow::anyhow!("--ca-file: {why}"))?;
    let (mut run, trouble) = Run::begin(target.ask(), &target.place);
    if let Some(trouble) = trouble {
        complain(&trouble);
    }
    run.note_permissions(&target);
    let means = target.means(&credentials);
    let engine = target.engine(&run, roots, credentials);
    let mut printer = Printer { json: args.json, change: args.change, console: Console::default() };
    printer.catch_up(&run);

    let mut check = Check {
        engine: &engine,
        target: &target,
        means,
        walker: Walker::default(),
        allowance: Allowance::new(target.hard_limit),
        logins: Vec::new(),
        pause: args.pause_before,
        paused: None,
    };
    let ended = tokio::select! {
        () = check.walk(&mut run, &mut printer) => None,
        signal = stop => Some(signal),
    };
    if let Some(signal) = ended {
        let _ = tokio::time::timeout(LEAVE, run.settle()).await;
        run.say(Event::Saw(Fact::User(UserAct::Stopped)));
        complain(&format!("stopped by {signal}; what was seen until then follows"));
    }
    let recording = run.end();
    let code = if ended.is_some() { UNKNOWN } else { exit_code(&run, &target) };
    let attempts = Attempts { own: engine.attempts(), lines: attempts(&engine, &target) };
    // Nothing is asked any more: what is secret is forgotten before anybody is waited for.
    drop(engine);
    conclude(&run, &attempts, &printer, &target, code);
    if let Some(line) = recording {
        print(&mut std::io::stderr(), &line);
    }
    Ok(code)
}

/// A walk without a person.
struct Check<'a> {
    engine: &'a Engine,
    target: &'a Target,
    means: Means,
    walker: Walker,
    allowance: Allowance,
    /// Dropping a handle would end its login.
    logins: Vec<LoginHandle>,
    /// Where the login with the credential is to pause, until it has begun.
    pause: Option<Stage>,
    /// That login, until it has paused.
    paused: Option<(Stage, LoginHandle)>,
}

impl Check<'_> {
    /// Asks what the plan says until there is nothing left to ask and nothing under way.
    async fn walk(&mut self, run: &mut Run, printer: &mut Printer) {
        loop {
            for step in self.walker.due(&run.walk, self.means) {
                self.engine.allow_attempts(self.allowance.adds(&run.walk, &step));
                let op = self.ask(step);
                self.walker.began(op);
            }
            if self.walker.is_idle() {
                return;
            }
            tokio::select! {
                biased;
                entry = run.next() => {
                    let Some(entry) = entry else { return };
                    self.take(printer, entry);
                    self.catch_up(run, printer);
                }
                reached = reached(&mut self.paused) => {
                    if let (Some((stage, login)), true) = (self.paused.take(), reached) {
                        self.catch_up(run, printer);
                        printer.line(&format!("paused before {stage}"));
                        newline().await;
                        // A login that ended meanwhile hears nothing.
                        let _ = login.commands.send(Command::Run);
                        self.logins.push(login);
                    }
                }
            }
        }
    }

    /// Takes what has come already: one plan is made of it all.
    fn catch_up(&mut self, run: &mut Run, printer: &mut Printer) {
        while let Some(entry) = run.try_next() {
            self.take(printer, entry);
        }
        if let Some(line) = run.recording_news() {
            complain(&line);
        }
    }

    fn take(&mut self, printer: &mut Printer, entry: &Entry) {
        self.walker.saw(entry);
        printer.entry(entry);
    }

    fn ask(&mut self, step: Step) -> OpId {
        let step = match step {
            Step::Dns(ask) => return self.engine.dns(ask),
            Step::Http(ask) => return self.engine.http(ask),
            Step::Login(step) => step,
        };
        let pause = self.pause.take_if(|_| step.reach == Reach::Credential && step.purpose.is_login());
        let login = self.engine.login(self.target.unattended(&step, pause));
        let op = login.op;
        match pause {
            Some(stage) => self.paused = Some((stage, login)),
            None => self.logins.push(login),
        }
        op
    }
}

/// Waits until the login stands at its breakpoint; false: it ended before.
async fn reached(paused: &mut Option<(Stage, LoginHandle)>) -> bool {
    let Some((_, login)) = paused else { return std::future::pending().await };
    let held = |hold: &Option<Hold>| matches!(hold, Some(Hold::Breakpoint(_)));
    let reached = login.standing.wait_for(|standing| standing.over || held(&standing.hold)).await;
    reached.is_ok_and(|standing| !standing.over)
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

/// How often a credential was used.
struct Attempts {
    own: (u32, u32),
    lines: Vec<String>,
}

/// Prints the verdict.
fn conclude(run: &Run, attempts: &Attempts, printer: &Printer, target: &Target, code: u8) {
    let findings = run.findings();
    let at = report::Circumstances {
        domain: target.domain.clone(),
        user: target.user.clone(),
        started: run.clock.started(),
        elapsed: run.clock.now(),
        recording: run.recording().map(|recording| recording.path().display().to_string()),
        attempts: attempts.own,
        exit: code,
    };
    if printer.json {
        print(&mut std::io::stdout(), &report::json(&run.progress, &run.walk, &findings, &at));
    } else {
        for line in report::verdict(&run.progress, &run.walk, &findings, WIDTH) {
            printer.line(&line);
        }
        if printer.change {
            report::change_texts(&run.walk, &findings, WIDTH).iter().for_each(|line| printer.line(line));
        }
        if !attempts.lines.is_empty() {
            printer.line(&format!("\n{}", attempts.lines.join("\n")));
        }
        printer.line(&format!("\n{} (exit {code})", word(code)));
    }
}

/// `attempts with alice's password: 3 of 4`, and the same of the second user where one was asked for.
fn attempts(engine: &Engine, target: &Target) -> Vec<String> {
    let line = |user: &str, what: &str, (used, limit): (u32, u32)| {
        format!("attempts with {}'s {what}: {used} of {limit}", visible(user))
    };
    let mut lines = Vec::new();
    if !target.walk.user_id.is_empty() {
        let by_token = engine.has_token() && !engine.has_password();
        let what = if by_token { "token" } else { "password" };
        lines.push(line(&target.walk.user_id, what, engine.attempts()));
    }
    let second = target.walk.second_user.as_deref();
    lines.extend(second.map(|user| line(user, "password", engine.second_attempts())));
    lines
}

/// The Nagios convention's word for an exit code.
fn word(code: u8) -> &'static str {
    match code {
        0 => "OK",
        1 => "WARNING",
        CRITICAL => "CRITICAL",
        _ => "UNKNOWN",
    }
}

/// 0 ok, 1 warning, 2 critical, 3 unknown. A login that did not reach what was asked for is never ok, whatever
/// the findings say, unless it was refused beside the home node, on all nodes; nor is a run that was asked for a login
/// and made none, as where single sign-on is on. Where a fault of ours has ended it, nobody knows.
fn exit_code(run: &Run, target: &Target) -> u8 {
    let from_findings = findings::exit(&run.findings());
    let progress = &run.progress;
    let all_nodes = run.walk.permissions().all_nodes.is_some();
    // Beside the way inside, what lies on the way from outside is judged by its findings.
    let is_beside = |login: &LoginProgress| login.ask.is_by_edge() && !run.walk.is_outside();
    let worst = progress.logins().iter().map(|login| match result(login) {
        LoginResult::Ok => 0,
        _ if login.ended.as_ref().is_some_and(|end| end.outcome.is_fault()) => UNKNOWN,
        _ if is_beside(login) => 0,
        LoginResult::Refused if all_nodes && is_away(login) => 0,
        LoginResult::NotTried | LoginResult::Running => UNKNOWN,
        _ => CRITICAL,
    });
    let made_one = progress.logins().iter().any(|login| login.ask.until > Stage::StreamTls);
    let unknown = (target.wants_login() && !made_one).then_some(UNKNOWN);
    match worst.chain(unknown).max().unwrap_or(UNKNOWN) {
        // Unknown stands behind what is known to be critical.
        UNKNOWN if from_findings == CRITICAL => CRITICAL,
        worst => worst.max(from_findings),
    }
}

/// Whether `<auth>` was refused where the user is not at home: where all nodes are asked, such a node has answered.
fn is_away(login: &LoginProgress) -> bool {
    login.ask.home == Some(false) && login.failure.is_some()
}

impl Printer {
    /// Prints what the run's own entries say so far.
    fn catch_up(&mut self, run: &Run) {
        run.entries().iter().for_each(|entry| self.entry(entry));
    }

    fn entry(&mut self, entry: &Entry) {
        self.console.apply(entry);
        if let Some(row) = self.console.row(entry.n) {
            let place = self.console.place_of(row);
            self.line(&report::line(row, place));
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
