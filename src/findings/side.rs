//! All nodes side by side: the newest login of each, stage by stage, and the ways in with their times, as lines of
//! text. Knows no colours.
//!
//! Every cell is an outcome and a time. No clock runs here: what is open says so, and has no time yet.

use std::time::Duration;

use unicode_width::UnicodeWidthStr;

use crate::discovery::Walk;
use crate::journal::{Purpose, Stage};
use crate::progress::{LoginProgress, LoginResult, Progress, StageOutcome, result};

use super::columns::{columns_within, pad};
use super::control::{self, ControlTable, Heard, Marks, Reply, TOKEN};
use super::figures::{duration, foreign, short};
use super::render::Wrapped;

/// What stands where nothing was asked.
pub(super) const NOTHING: &str = "-";

/// One node with its marks, or one time: its cells, one for each row.
pub(super) struct Column {
    pub(super) head: String,
    pub(super) cells: Vec<String>,
}

/// A table: the nodes as columns under each other's stages where there is room, else a node a line. Empty where no login
/// was begun.
pub fn side_by_side(progress: &Progress, walk: &Walk, width: usize) -> Vec<String> {
    let logins = newest(progress, walk);
    let furthest = logins.iter().map(|login| login.stage()).max().unwrap_or(Stage::Tcp);
    let stages: Vec<Stage> = Stage::ALL.into_iter().filter(|stage| *stage <= furthest).collect();
    let mut names: Vec<String> = stages.iter().map(|stage| stage.name().to_owned()).collect();
    names.extend(["result", "by PLAIN", "by token", "EPASSoap"].map(str::to_owned));
    let heads = heads(&logins, walk);
    let columns: Vec<Column> = logins
        .iter()
        .zip(heads)
        .map(|(login, head)| Column { head, cells: cells(progress, walk, login, &stages) })
        .collect();
    if columns.is_empty() {
        return Vec::new();
    }
    in_columns(&names, &columns, width).unwrap_or_else(|| a_column_a_line(&names, &columns, width))
}

/// The newest login of each node, the user's home first, its partner next, then in the order in which they were begun.
fn newest<'a>(progress: &'a Progress, walk: &Walk) -> Vec<&'a LoginProgress> {
    let mut newest: Vec<&LoginProgress> = Vec::new();
    for login in progress.logins() {
        match newest.iter_mut().find(|known| known.ask.is_beside(&login.ask)) {
            Some(known) => *known = login,
            None => newest.push(login),
        }
    }
    newest.sort_by_key(|login| match role(login, walk) {
        Some("home") => 0,
        Some(_) => 1,
        None => 2,
    });
    newest
}

/// What the node is to the user, as far as that is known.
fn role(login: &LoginProgress, walk: &Walk) -> Option<&'static str> {
    let nodes = walk.nodes();
    let node = nodes.iter().find(|node| node.is_called(&login.ask.host) && node.port == login.ask.port);
    let home = node.and_then(|node| node.home).or(login.ask.home);
    match (home, node.is_some_and(|node| node.partner)) {
        (Some(true), _) => Some("home"),
        (_, true) => Some("partner"),
        _ => None,
    }
}

/// The nodes' names: short where no two share one, with the port where it is not the usual one.
fn heads(logins: &[&LoginProgress], walk: &Walk) -> Vec<String> {
    let head = |login: &&LoginProgress| {
        let host = login.ask.host.as_str();
        let is_shared = |other: &&&LoginProgress| {
            !other.ask.host.eq_ignore_ascii_case(host) && short(&other.ask.host).eq_ignore_ascii_case(short(host))
        };
        let name = foreign(if logins.iter().any(|other| is_shared(&other)) { host } else { short(host) });
        let name = if login.ask.port == 5222 { name } else { crate::journal::host_port(&name, login.ask.port) };
        role(login, walk).map_or(name.clone(), |role| format!("{name} ({role})"))
    };
    logins.iter().map(head).collect()
}

fn cells(progress: &Progress, walk: &Walk, login: &LoginProgress, stages: &[Stage]) -> Vec<String> {
    let table = control::beside(progress, walk, login);
    let mut cells: Vec<String> = stages.iter().map(|stage| stage_cell(login, *stage, &table)).collect();
    let word = result(login).name().replace('_', " ");
    let ways = [false, true].map(|token| by_way(progress, login, token, table.marks));
    cells.push(word);
    cells.extend(ways);
    cells.push(reply_cell(&table.epas, table.marks));
    cells
}

fn stage_cell(login: &LoginProgress, stage: Stage, table: &ControlTable) -> String {
    let row = login.row(stage);
    // The time of the answer, not the time that somebody stepped.
    if stage == Stage::Auth && login.last_auth().is_some() {
        let reply = control::asked(login).reply;
        let word = if row.outcome == StageOutcome::Refused { Some("refused") } else { None };
        return word
            .zip(time_of(&reply))
            .map_or_else(|| reply_cell(&reply, table.marks), |(word, took)| cell(word, Some(took)));
    }
    outcome_cell(login, stage)
}

/// What became of a stage, and how long it took.
pub(super) fn outcome_cell(login: &LoginProgress, stage: Stage) -> String {
    let row = login.row(stage);
    let took = || row.left.zip(row.entered).map(|(left, entered)| left.since(entered));
    match row.outcome {
        StageOutcome::NotReached => NOTHING.to_owned(),
        StageOutcome::Ok => cell("ok", took()),
        StageOutcome::Silent => cell("silent", silence(login, stage).or_else(took)),
        StageOutcome::Refused => cell("refused", took()),
        StageOutcome::Failed => cell("failed", took()),
        StageOutcome::Skipped => "skipped".to_owned(),
        StageOutcome::Waiting if login.ended.is_none() => "waiting".to_owned(),
        StageOutcome::Waiting if result(login) == LoginResult::NotTried => "not tried".to_owned(),
        StageOutcome::Waiting => "stopped".to_owned(),
    }
}

/// How long a silence in this stage has lasted, as far as is known.
fn silence(login: &LoginProgress, stage: Stage) -> Option<Duration> {
    let silence = login.silences.iter().rfind(|silence| silence.stage == stage)?;
    Some(login.known_wait(silence))
}

fn cell(word: &str, took: Option<Duration>) -> String {
    took.map_or_else(|| word.to_owned(), |took| format!("{word} {}", duration(took)))
}

fn time_of(reply: &Reply) -> Option<Duration> {
    match reply {
        Reply::Answered { after, .. } => Some(*after),
        _ => None,
    }
}

/// A reply as a cell: whether it was let in, refused, silent; and its time.
fn reply_cell(reply: &Reply, marks: Marks) -> String {
    match reply {
        Reply::NotAsked => NOTHING.to_owned(),
        Reply::Open => "waiting".to_owned(),
        Reply::Silent { waited, .. } => cell("silent", Some(*waited)),
        Reply::Failed { .. } => "failed".to_owned(),
        Reply::Answered { after, what, .. } => {
            let late = if Heard::of(reply, marks) == Heard::Silent { "late " } else { "" };
            let word = if what == control::SUCCESS { "ok" } else { "refused" };
            cell(&format!("{late}{word}"), Some(*after))
        }
    }
}

/// What the newest `<auth>` by this way came to on the node, whichever login it was in.
fn by_way(progress: &Progress, login: &LoginProgress, token: bool, marks: Marks) -> String {
    let own = progress.controls().iter().filter(|control| control.ask.purpose == Purpose::OtherWay);
    let all = progress.logins().iter().chain(own).filter(|other| other.ask.is_beside(&login.ask));
    let of_way = all.filter(|other| {
        let mechanism = other.last_auth().and_then(|sent| sent.mechanism.as_deref());
        mechanism.is_some_and(|mechanism| (mechanism == TOKEN) == token)
    });
    let newest = of_way.max_by_key(|other| (other.began, other.op));
    newest.map_or_else(|| NOTHING.to_owned(), |other| reply_cell(&control::asked(other).reply, marks))
}

/// The rows of a table with these columns, one node or one time each; none where it is wider than that.
pub(super) fn in_columns(names: &[String], columns: &[Column], width: usize) -> Option<Vec<String>> {
    let row = |name: &str, cell: &dyn Fn(&Column) -> String| {
        std::iter::once(name.to_owned()).chain(columns.iter().map(cell)).collect::<Vec<String>>()
    };
    let head = row("", &|column| column.head.clone());
    let rows = names.iter().enumerate().map(|(at, name)| row(name, &|column| column.cells[at].clone()));
    columns_within(&std::iter::once(head).chain(rows).collect::<Vec<_>>(), width)
}

/// A column a line: its head, and behind it what is known.
pub(super) fn a_column_a_line(names: &[String], columns: &[Column], width: usize) -> Vec<String> {
    let mut page = Wrapped::new(width);
    let widest = columns.iter().map(|column| column.head.width()).max().unwrap_or_default();
    for column in columns {
        let known = names.iter().zip(&column.cells).filter(|(_, cell)| *cell != NOTHING);
        let mut cells: Vec<String> = known.map(|(name, cell)| format!("{name} {cell} ·")).collect();
        if let Some(last) = cells.last_mut() {
            last.truncate(last.trim_end_matches(" ·").len());
        }
        page.add_row_of(&pad(&column.head, widest), cells);
    }
    page.into_lines()
}
