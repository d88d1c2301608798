//! A change request as text, in place of a button: what a remedy of the catalogue restarts, on which node, what that
//! interrupts, what to save before, how to see that it helped, and how to go back. impscope restarts nothing.
//!
//! Only commands that stand in a remedy are taken, and of these only those that restart or start a service that
//! `assets/services.toml` knows.

use std::sync::LazyLock;

use serde::Deserialize;

use super::admin::{self, Sockets};
use super::figures::{foreign, short};
use super::render::Wrapped;
use super::{Finding, catalogue, headline};
use crate::discovery::Walk;
use crate::journal::EntryNo;

/// What is saved before a service is touched, where the finding names nothing of its own.
const SAVE: &[&str] = &["utils core active list", "utils service list", "show process load"];

/// A service that can be restarted, or started.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Service {
    name: String,
    page: Option<String>,
    interrupts: String,
    sockets: bool,
    verify: Vec<String>,
    back: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    service: Vec<Service>,
}

fn services() -> &'static [Service] {
    static TABLE: LazyLock<Vec<Service>> = LazyLock::new(|| {
        let file: File = toml::from_str(include_str!("../../assets/services.toml"))
            .unwrap_or_else(|error| panic!("assets/services.toml, which is part of this program: {error}"));
        file.service
    });
    &TABLE
}

/// A change that a remedy asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// `restart` or `start`.
    pub verb: &'static str,
    /// The service: `Cisco XCP Authentication Service`.
    pub service: String,
    /// The node.
    pub node: String,
    /// The finding in a line: why.
    pub why: String,
    /// What the remedy says of it, in full.
    pub remedy: String,
    /// The command.
    pub command: String,
    /// The page in the GUI, where there is one.
    pub page: Option<String>,
    /// What it interrupts.
    pub interrupts: String,
    /// The sockets that the node holds, by the newest count, and the entry that says so.
    pub sockets: Option<(i64, EntryNo)>,
    /// Whether these are dropped.
    pub drops_sockets: bool,
    /// What to save before, a command each.
    pub save_first: Vec<String>,
    /// How to see that it came back.
    pub verify: Vec<String>,
    /// What to do where it does not, or where nothing is better.
    pub back: String,
}

/// The changes that the remedies of a finding ask for, in their order: least harm first. Most findings have none.
pub fn changes(walk: &Walk, finding: &Finding) -> Vec<Change> {
    let text = catalogue().text(finding);
    let node = finding.arg("node").unwrap_or(&finding.subject).to_owned();
    let sockets = admin::sockets(walk, &node).last().copied();
    let save_first = match text.save_first.as_slice() {
        [] => SAVE.iter().map(|command| (*command).to_owned()).collect(),
        named => named.to_vec(),
    };
    let change = |remedy: &String| {
        let (verb, service) = commanded(remedy)?;
        let words = |text: &str| text.replace("{node}", &node).replace("{service}", &service.name);
        Some(Change {
            verb,
            service: service.name.clone(),
            node: node.clone(),
            why: headline(finding),
            remedy: remedy.clone(),
            command: format!("utils service {verb} {}", service.name),
            page: service.page.clone(),
            interrupts: match verb {
                "start" => "nothing: it does not run.".to_owned(),
                _ => words(&service.interrupts),
            },
            sockets: sockets.map(|Sockets { n, value, .. }| (value, n)),
            drops_sockets: service.sockets && verb != "start",
            save_first: save_first.clone(),
            verify: service.verify.iter().map(|line| words(line)).collect(),
            back: words(&service.back),
        })
    };
    let mut changes: Vec<Change> = Vec::new();
    for change in text.remedies.iter().filter_map(change) {
        if !changes.iter().any(|known| (known.verb, &known.service) == (change.verb, &change.service)) {
            changes.push(change);
        }
    }
    changes
}

/// The service that a remedy restarts, or starts, by the first command in it that does.
fn commanded(remedy: &str) -> Option<(&'static str, &'static Service)> {
    let commands = remedy.split('`').skip(1).step_by(2);
    commands.into_iter().find_map(|command| {
        let verb = ["restart", "start"]
            .into_iter()
            .find_map(|verb| Some((verb, command.strip_prefix("utils service ")?.strip_prefix(verb)?)))?;
        let name = verb.1.trim();
        Some((verb.0, services().iter().find(|service| service.name == name)?))
    })
}

/// A change as lines of text, at most `width` columns wide where that can be.
pub fn change_lines(change: &Change, width: usize) -> Vec<String> {
    let node = foreign(&change.node);
    let mut page = Wrapped::new(width);
    page.add("CHANGE REQUEST  (impscope changes nothing: this is for you to carry out)", "  ");
    let what = format!("{} {} on {node}", change.verb, change.service);
    row(&mut page, "What", &what);
    row(&mut page, "Why", &change.why);
    // Whoever gets the text alone must see on what condition it was advised.
    row(&mut page, "When", &change.remedy);
    row(&mut page, "Interrupts", &change.interrupts);
    row(&mut page, "Sockets now", &sockets(change));
    commands(&mut page, "Save first", &node, &change.save_first);
    let how = match &change.page {
        Some(page) => format!(
            "{page}: choose {node}, select {}, {}. Or on the command line of {node}:",
            change.service,
            title(change.verb)
        ),
        None => format!("On the command line of {node} alone:"),
    };
    row(&mut page, "How", &how);
    page.add_row_of(&label(""), [format!("`{}`", change.command)]);
    let uptime = format!(
        "`utils service list` on {node} says {}[STARTED], and its uptime began anew; W on the screen watches that, the sockets and a login.",
        change.service
    );
    let mut name = "Verify";
    for line in std::iter::once(&uptime).chain(&change.verify) {
        row(&mut page, name, line);
        name = "";
    }
    row(&mut page, "Go back", &change.back);
    page.into_lines()
}

fn sockets(change: &Change) -> String {
    let node = foreign(short(&change.node));
    match (change.sockets, change.drops_sockets) {
        (Some((value, n)), true) => format!("{value} on {node} (#{}): all of them are dropped.", n.0),
        (Some((value, n)), false) => format!("{value} on {node} (#{}): none of them is dropped.", n.0),
        (None, true) => {
            "not known here (--admin, or `show perf query class \"Cisco XCP CM\"`): all of them are dropped."
                .to_owned()
        }
        (None, false) => "not known here; none of them is dropped.".to_owned(),
    }
}

/// `Restart`
fn title(verb: &str) -> String {
    let mut letters = verb.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

fn label(name: &str) -> String {
    format!("{name:<13}")
}

fn row(page: &mut Wrapped, name: &str, text: &str) {
    page.add_row(&label(name), text);
}

/// Commands, one a line, so that each can be copied.
fn commands(page: &mut Wrapped, name: &str, node: &str, commands: &[String]) {
    row(page, name, &format!("on {node}, before anything else:"));
    for command in commands {
        page.add_row_of(&label(""), [format!("`{command}`")]);
    }
}

/// The names of all services that a change text can be about.
#[cfg(test)]
pub(super) fn known() -> impl Iterator<Item = &'static str> {
    services().iter().map(|service| service.name.as_str())
}
