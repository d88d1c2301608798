//! The built program with a home of its own, and what it said.
//!
//! Whatever the run was given as a password is looked for afterwards, in all that it wrote: that is the canary
//! law, and each test of the suite keeps it without asking.

use std::ffi::OsStr;
use std::io::{BufRead, BufReader, Read, Seek, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

use serde_json::Value;

use crate::deadline::Deadline;
pub use crate::secret::{holds_secret, no_file_holds};

/// Long enough for a program that does what it should, on a busy machine.
pub const SOON: Duration = Duration::from_secs(30);

/// The program with its own empty home and state folders.
pub struct Program {
    home: tempfile::TempDir,
}

impl Program {
    /// A fresh home.
    pub fn new() -> Self {
        Self { home: tempfile::tempdir().expect("a folder can be made") }
    }

    /// Its home.
    pub fn home(&self) -> &Path {
        self.home.path()
    }

    /// The program with this home and nothing else of the machine's environment.
    pub fn command(&self) -> Command {
        self.command_of(env!("CARGO_BIN_EXE_impscope"))
    }

    /// Another program with this home and the same environment.
    pub fn command_of(&self, program: &str) -> Command {
        let mut command = Command::new(program);
        let home = self.home.path();
        command.env_clear().env("PATH", crate::requirement::path()).env("HOME", home);
        for (variable, folder) in [("XDG_STATE_HOME", "state"), ("XDG_CONFIG_HOME", "config"), ("TMPDIR", "tmp")] {
            let folder = home.join(folder);
            std::fs::create_dir_all(&folder).expect("a folder can be made");
            command.env(variable, folder);
        }
        command.env("LANG", "C.UTF-8").env("TERM", "xterm-256color").current_dir(home);
        command
    }

    /// Runs it to its end with these arguments, no password and nothing on its input.
    pub fn run<S: AsRef<OsStr>>(&self, arguments: &[S]) -> Finished {
        self.start(arguments, None).finish(SOON)
    }

    /// Starts it with these arguments and, if there is one, the password in the environment.
    pub fn start<S: AsRef<OsStr>>(&self, arguments: &[S], password: Option<&str>) -> Running {
        let mut command = self.command();
        command.args(arguments);
        self.start_command(command, password)
    }

    /// The same of a command that was made for this home.
    pub fn start_command(&self, mut command: Command, password: Option<&str>) -> Running {
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        if let Some(password) = password {
            command.env("IMPSCOPE_PASSWORD", password);
        }
        let mut child = command.spawn().expect("the built program starts");
        Running {
            stdin: child.stdin.take(),
            stdout: Lines::of(child.stdout.take().expect("it was piped")),
            stderr: Lines::of(child.stderr.take().expect("it was piped")),
            child,
            home: self.home.path().to_owned(),
            password: password.map(str::to_owned),
        }
    }

    /// All files that the program has left in its home.
    pub fn files(&self) -> Vec<PathBuf> {
        files_in(self.home.path())
    }
}

/// What a program writes that is given this on its standard input: both streams, the errors behind.
pub fn fed(mut command: Command, input: &str) -> String {
    let file = tempfile::tempfile().expect("a file can be made");
    let mut written = &file;
    written.write_all(input.as_bytes()).and_then(|()| written.rewind()).expect("a file can be written");
    let done = command.stdin(file).output().expect("the program starts");
    String::from_utf8_lossy(&[done.stdout, done.stderr].concat()).into_owned()
}

/// A run that has not ended yet. Dropping it kills the program.
pub struct Running {
    child: Child,
    stdin: Option<ChildStdin>,
    stdout: Lines,
    stderr: Lines,
    home: PathBuf,
    password: Option<String>,
}

impl Running {
    /// Waits for a line on stdout or stderr that contains this text, and returns it.
    pub fn wait_for(&mut self, text: &str, within: Duration) -> String {
        let deadline = Deadline::after(within);
        let found = deadline.poll(|| {
            let both = [&mut self.stdout, &mut self.stderr];
            let line = both.into_iter().find_map(|lines| lines.find(text));
            line.or_else(|| self.child.try_wait().ok()?.is_some().then(String::new))
        });
        let found = found.filter(|line| !line.is_empty()).or_else(|| {
            // It has ended: what it said last may still be on its way through the pipes.
            let both = [&mut self.stdout, &mut self.stderr];
            both.into_iter().find_map(|lines| lines.drain(SOON).find(text))
        });
        let said = || format!("{}\n{}", self.stdout.text(), self.stderr.text());
        found.unwrap_or_else(|| panic!("no line with {text:?}; it said:\n{}", said()))
    }

    /// What it has written on stdout so far.
    pub fn stdout(&mut self) -> String {
        self.stdout.seen.extend(self.stdout.incoming.try_iter());
        self.stdout.text()
    }

    /// Its process id.
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// Ends it as a power cut would: it has no chance to do anything.
    pub fn kill(mut self) {
        self.child.kill().and_then(|()| self.child.wait()).expect("our own child can be killed");
    }

    /// Gives it a newline: it goes on where it has paused.
    pub fn go_on(&mut self) {
        self.type_in("\n");
    }

    /// Gives it this on its standard input.
    pub fn type_in(&mut self, text: &str) {
        let stdin = self.stdin.as_mut().expect("its input is open");
        stdin.write_all(text.as_bytes()).and_then(|()| stdin.flush()).expect("it reads its input");
    }

    /// From now on this is looked for, as if it had been given as the password in the environment.
    pub fn keep_secret(&mut self, secret: &str) {
        self.password = Some(secret.to_owned());
    }

    /// Closes its input and waits for its end.
    pub fn finish(mut self, within: Duration) -> Finished {
        self.stdin = None;
        let deadline = Deadline::after(within);
        let mut peak_kb = 0;
        let status = deadline.poll(|| {
            peak_kb = peak_kb.max(peak_kb_of(self.child.id()));
            self.child.try_wait().expect("a child can be waited for")
        });
        let Some(status) = status else {
            let said = format!("{}\n{}", self.stdout.text(), self.stderr.text());
            panic!("it has not ended within {within:?}; it said:\n{said}");
        };
        let finished = Finished {
            exit: status.code(),
            peak_kb,
            stdout: self.stdout.drain(SOON).text(),
            stderr: self.stderr.drain(SOON).text(),
        };
        if let Some(password) = &self.password {
            finished.must_not_hold(password, &self.home);
        }
        finished
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // Both fail only if it has ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// What a run said, and how it ended.
#[derive(Debug)]
pub struct Finished {
    /// The exit code; `None` if a signal ended it.
    pub exit: Option<i32>,
    /// The most memory that it held, in kB, as looked at every ten milliseconds; zero where the system does not say.
    pub peak_kb: u64,
    /// What it wrote on stdout.
    pub stdout: String,
    /// What it wrote on stderr.
    pub stderr: String,
}

impl Finished {
    /// Stdout as the one object that `--json` prints.
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.stdout).unwrap_or_else(|why| panic!("no JSON object ({why}): {self:#?}"))
    }

    /// The only login of the only node.
    pub fn login(&self) -> Value {
        let json = self.json();
        assert_eq!(json["nodes"].as_array().map(Vec::len), Some(1), "one node was named: {json:#}");
        assert_eq!(json["nodes"][0]["logins"].as_array().map(Vec::len), Some(1), "one login was made: {json:#}");
        json["nodes"][0]["logins"][0].clone()
    }

    /// The newest login of a node.
    pub fn login_on(&self, host: &str) -> Value {
        let json = self.json();
        let nodes = json["nodes"].as_array().expect("nodes");
        let node = nodes.iter().find(|node| node["host"] == host).unwrap_or_else(|| panic!("no {host}: {json:#}"));
        let newest = node["logins"].as_array().and_then(|logins| logins.last());
        newest.unwrap_or_else(|| panic!("no login on {host}: {json:#}")).clone()
    }

    /// A route as the object has it.
    pub fn route(&self, name: &str) -> Value {
        let json = self.json();
        let routes = json["routes"].as_array().expect("routes");
        routes.iter().find(|route| route["route"] == name).unwrap_or_else(|| panic!("no {name}: {json:#}")).clone()
    }

    /// What became of the stage with this name.
    pub fn stage(&self, name: &str) -> String {
        let login = self.login();
        let stages = login["stages"].as_array().expect("stages");
        let stage = stages.iter().find(|stage| stage["stage"] == name);
        let stage = stage.unwrap_or_else(|| panic!("no stage {name}: {login:#}"));
        stage["outcome"].as_str().expect("an outcome").to_owned()
    }

    /// The codes of the findings that no other explains, of one severity, sorted.
    pub fn unexplained(&self, severity: &str) -> Vec<String> {
        let json = self.json();
        let findings = json["findings"].as_array().expect("findings");
        let counts = |finding: &&Value| finding["severity"] == severity && finding["explained_by"].is_null();
        let code = |finding: &Value| finding["code"].as_str().expect("a code").to_owned();
        let mut codes: Vec<String> = findings.iter().filter(counts).map(code).collect();
        codes.sort();
        codes
    }

    /// Panics if the secret stands in what was said or in a file of this folder, in any form.
    fn must_not_hold(&self, secret: &str, folder: &Path) {
        for (what, text) in [("stdout", &self.stdout), ("stderr", &self.stderr)] {
            assert!(!holds_secret(text.as_bytes(), secret), "the password is on {what}:\n{text}");
        }
        no_file_holds(secret, folder);
    }
}

/// What comes out of a pipe, line by line, read by a thread so that the program never waits for the test.
struct Lines {
    incoming: Receiver<String>,
    seen: Vec<String>,
    looked_at: usize,
}

impl Lines {
    fn of(pipe: impl Read + Send + 'static) -> Self {
        let (to, incoming) = channel();
        std::thread::spawn(move || {
            let mut pipe = BufReader::new(pipe);
            let mut line = Vec::new();
            while pipe.read_until(b'\n', &mut line).is_ok_and(|count| count > 0) {
                if to.send(String::from_utf8_lossy(&line).into_owned()).is_err() {
                    break;
                }
                line.clear();
            }
        });
        Self { incoming, seen: Vec::new(), looked_at: 0 }
    }

    /// The next line with this text, of those that have come and were not looked at.
    fn find(&mut self, text: &str) -> Option<String> {
        self.seen.extend(self.incoming.try_iter());
        let at = self.seen[self.looked_at..].iter().position(|line| line.contains(text))?;
        self.looked_at += at + 1;
        self.seen.get(self.looked_at - 1).cloned()
    }

    /// Takes in all lines up to the end of the pipe.
    fn drain(&mut self, within: Duration) -> &mut Self {
        let deadline = Deadline::after(within);
        while let Ok(line) = self.incoming.recv_timeout(deadline.left()) {
            self.seen.push(line);
        }
        self
    }

    fn text(&self) -> String {
        self.seen.concat()
    }
}

/// The most memory that a process has held so far, in kB; zero where the system does not say, or it has ended.
pub fn peak_kb_of(process: u32) -> u64 {
    // For a moment a new process still has the memory of the one that starts it, which is this one.
    let exe = std::fs::read_link(format!("/proc/{process}/exe"));
    if exe.is_ok_and(|exe| std::env::current_exe().is_ok_and(|own| own == exe)) {
        return 0;
    }
    let text = std::fs::read_to_string(format!("/proc/{process}/status")).unwrap_or_default();
    let line = text.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    line.and_then(|line| line.split_whitespace().next()?.parse().ok()).unwrap_or(0)
}

/// All files below this folder.
pub fn files_in(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        if path.is_dir() {
            found.extend(files_in(&path));
        } else if path.is_file() {
            found.push(path);
        }
    }
    found
}
