//! A practice deployment in a process of its own, and the program run against it.

use std::path::PathBuf;

use impscope::journal::{Entry, line};

use crate::program::{Finished, Program, Running, SOON};
use crate::secret::ODD;

/// A running `impscope lab --serve`.
pub struct Served {
    /// The process.
    pub run: Running,
    /// The addresses of its nodes: imp1, then imp2.
    pub nodes: Vec<String>,
    /// Its DNS servers.
    pub dns: Vec<String>,
    /// Its SOCKS proxy, names being left to it: `socks5h://ADDRESS:PORT`.
    pub socks: String,
    /// The CUCMs that it says to name by hand.
    pub cucms: Vec<String>,
    /// `USER@DOMAIN` of the one who logs in.
    pub user: String,
    /// The user's password. It is printed here and must stand nowhere else.
    pub password: String,
    /// Another user and that user's password.
    pub second: (String, String),
    /// The administrator and that one's password.
    pub administrator: (String, String),
    /// The file with the authority's certificate.
    pub authority: PathBuf,
    _home: Program,
}

impl Served {
    /// Starts a scenario and waits until its nodes are there.
    pub fn start(scenario: &str) -> Self {
        let home = Program::new();
        let mut run = home.start(&["lab", "--serve", scenario], None);
        run.wait_for("ready\n", SOON);
        let said = run.stdout();
        let words = |word: &str| {
            let lines = said.lines().filter_map(|line| line.strip_prefix(word)?.strip_prefix(' '));
            lines.map(str::to_owned).collect::<Vec<_>>()
        };
        let one = |word: &str| words(word).pop().unwrap_or_else(|| panic!("no {word}: {said}"));
        let address = |line: &String| line.split_whitespace().last().expect("an address").to_owned();
        let (nodes, dns) = (words("node").iter().map(address).collect(), words("dns"));
        let cucms = words("cucm");
        let (user, password, authority) = (one("user"), one("password"), PathBuf::from(one("ca")));
        let socks = one("socks");
        let another = one("another");
        let (second, secret) = another.split_once(' ').expect("a user and a password");
        let second = second.split('@').next().unwrap_or_default();
        let second = (second.to_owned(), secret.to_owned());
        let own = one("administrator");
        let (administrator, secret) = own.split_once(' ').expect("an administrator and a password");
        let administrator = (administrator.to_owned(), secret.to_owned());
        Self { run, nodes, dns, socks, cucms, user, password, second, authority, administrator, _home: home }
    }

    /// The same for the user whose password is another text wherever it has to be escaped.
    pub fn of_oddny(scenario: &str) -> Self {
        Self { user: "oddny@example.test".into(), password: ODD.into(), ..Self::start(scenario) }
    }

    /// The arguments of a program that goes to a node of it: `before`, the node, `more`, the user.
    pub fn arguments(&self, before: &[&str], node: usize, more: &[&str]) -> Vec<String> {
        let authority = self.authority.display().to_string();
        let there = ["--node", &self.nodes[node], "--ca-file", &authority];
        [before, &there, more, &[self.user.as_str()]].concat().into_iter().map(str::to_owned).collect()
    }

    /// The arguments of a program that finds everything by its DNS: `before`, the servers, the CUCMs to name, `more`, the
    /// user.
    pub fn by_dns(&self, before: &[&str], more: &[&str]) -> Vec<String> {
        let authority = self.authority.display().to_string();
        let servers = self.dns.iter().flat_map(|server| ["--dns", server]);
        let arguments = before.iter().copied().chain(servers).chain(["--ca-file", &authority]);
        let cucms = self.cucms.iter().flat_map(|cucm| ["--cucm", cucm]);
        arguments.chain(cucms).chain(more.iter().copied()).chain([self.user.as_str()]).map(str::to_owned).collect()
    }

    /// `check --json` from the user's address on, to its end.
    pub fn walk(&self, more: &[&str]) -> Finished {
        let arguments = self.by_dns(&["check", "--json"], more);
        Program::new().start(&arguments, Some(&self.password)).finish(SOON)
    }

    /// Runs the program with these arguments to its end, and reads the recording that it leaves.
    pub fn recorded(&self, arguments: &[String]) -> (Finished, Vec<Entry>) {
        let program = Program::new();
        let file = program.home().join("run.jsonl").display().to_string();
        let arguments = [arguments, &["--record".to_owned(), file.clone()]].concat();
        let run = program.start(&arguments, Some(&self.password)).finish(SOON);
        let text = std::fs::read_to_string(&file).expect("it is recorded");
        (run, line::read(&text).expect("a recording").journal.entries().to_vec())
    }

    /// Ends it. Which credentials its servers have got in all, as `HOST SERVICE USER ANSWER`, in their order.
    pub fn received(self) -> Vec<String> {
        credentials(&self.run.finish(SOON).stdout)
    }

    /// Which credentials its servers have got so far, as `HOST SERVICE USER ANSWER`, in their order.
    pub fn credentials(&mut self) -> Vec<String> {
        credentials(&self.run.stdout())
    }

    /// `check --json` on a node, to its end.
    pub fn check(&self, node: usize, more: &[&str]) -> Finished {
        let arguments = self.arguments(&["check", "--json"], node, more);
        Program::new().start(&arguments, Some(&self.password)).finish(SOON)
    }
}

fn credentials(said: &str) -> Vec<String> {
    said.lines().filter_map(|line| line.strip_prefix("credential ").map(str::to_owned)).collect()
}
