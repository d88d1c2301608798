//! A restart that was watched: the node before the user's word beside what it is since, and whether it came back.

use std::time::Duration;

use crate::discovery::{Walk, Watch, WatchSeen};
use crate::journal::{EntryNo, Offset, Stage};
use crate::progress::{LoginProgress, Progress, StageOutcome};
use crate::protocol::serviceability::Service;

use super::admin;
use super::figures::{duration, foreign, list, short, uptime};
use super::render::Wrapped;
use super::side::{Column, NOTHING, a_column_a_line, in_columns, outcome_cell};

/// So many mechanisms are named.
const NAMED: usize = 3;

/// A watched service, before and since.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WatchTable {
    /// The word that began it.
    pub n: EntryNo,
    /// The node.
    pub host: String,
    /// The service.
    pub service: String,
    /// The rows.
    pub rows: Vec<WatchRow>,
    /// It began anew, or went down to: the entry, and how long after the word.
    pub began_anew: Option<(EntryNo, Duration)>,
    /// It was back: the entry, and how long after the word.
    pub back: Option<(EntryNo, Duration)>,
    /// Whether the watch goes on.
    pub open: bool,
    /// Whether Control Center has told of the service.
    pub is_told: bool,
}

/// One figure of the node, before and since.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WatchRow {
    /// Which: `service`, `uptime`, `sockets`, `stream header`, `mechanisms`, `<auth>`.
    pub name: &'static str,
    /// The newest before the word; none: nobody knows.
    pub before: Option<WatchCell>,
    /// The newest since.
    pub since: Option<WatchCell>,
}

/// A figure with its proof.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WatchCell {
    /// In words.
    pub text: String,
    /// The entry that tells.
    pub n: EntryNo,
}

/// All services that were watched, a table for the newest word about each, in the order of the words.
pub fn watches(progress: &Progress, walk: &Walk, now: Offset) -> Vec<WatchTable> {
    let words = walk.watches();
    let is_same = |one: &Watch, other: &Watch| {
        one.host.eq_ignore_ascii_case(&other.host) && one.service.eq_ignore_ascii_case(&other.service)
    };
    let newest =
        words.iter().enumerate().filter(|(at, word)| !words[at + 1..].iter().any(|later| is_same(word, later)));
    newest.map(|(_, word)| table(progress, walk, word, now)).collect()
}

fn table(progress: &Progress, walk: &Walk, word: &Watch, now: Offset) -> WatchTable {
    let seen = walk.watched(word);
    let after = |(n, at): (EntryNo, Offset)| (n, at.since(word.at));
    let mut rows = service_rows(&seen);
    rows.push(sockets_row(walk, word));
    rows.extend(login_rows(progress, &seen));
    WatchTable {
        n: word.n,
        host: word.host.clone(),
        service: word.service.clone(),
        rows,
        began_anew: seen.began_anew().map(after),
        back: seen.is_back().map(after),
        open: seen.is_open(now),
        is_told: !seen.services.is_empty(),
    }
}

/// What Control Center told of the service: its status, and how long it has run.
fn service_rows(seen: &WatchSeen<'_>) -> Vec<WatchRow> {
    let before = seen.services.iter().rfind(|(n, ..)| *n < seen.watch.n);
    let since = seen.services.iter().rfind(|(n, ..)| *n > seen.watch.n);
    let cell = |told: Option<&(EntryNo, Offset, &Service)>, text: fn(&Service) -> Option<String>| {
        let (n, _, service) = told?;
        Some(WatchCell { text: text(service)?, n: *n })
    };
    let status = |service: &Service| {
        let reason = service.reason.as_deref().map_or_else(String::new, |reason| format!(", {}", foreign(reason)));
        Some(format!("{}{reason}", admin::status(&service.status)))
    };
    let up = |service: &Service| service.up.map(uptime);
    vec![
        WatchRow { name: "service", before: cell(before, status), since: cell(since, status) },
        WatchRow { name: "uptime", before: cell(before, up), since: cell(since, up) },
    ]
}

/// The sockets that Cisco XCP Connection Manager holds.
fn sockets_row(walk: &Walk, word: &Watch) -> WatchRow {
    let counted = admin::sockets(walk, &word.host);
    let cell = |sockets: &admin::Sockets| WatchCell { text: sockets.value.to_string(), n: sockets.n };
    WatchRow {
        name: "sockets",
        before: counted.iter().rfind(|sockets| sockets.n < word.n).map(cell),
        since: counted.iter().rfind(|sockets| sockets.n > word.n).map(cell),
    }
}

/// What came of the logins on the node: those of the user, and those that were made for the watch.
fn login_rows(progress: &Progress, seen: &WatchSeen<'_>) -> Vec<WatchRow> {
    let here = |login: &&LoginProgress| login.ask.host.eq_ignore_ascii_case(&seen.watch.host);
    let mut all: Vec<&LoginProgress> = progress.logins().iter().chain(progress.watches()).filter(here).collect();
    all.sort_by_key(|login| (login.began, login.op));
    let (before, since): (Vec<&LoginProgress>, Vec<&LoginProgress>) =
        all.into_iter().partition(|login| login.n < seen.watch.n);
    let anew = seen.began_anew().map_or(Offset::default(), |(_, at)| at);
    let newest = |logins: &[&LoginProgress], text: fn(&LoginProgress) -> Option<String>| {
        logins.iter().rev().find_map(|login| Some(WatchCell { text: text(login)?, n: login.n }))
    };
    let with_credential: Vec<&LoginProgress> = since.iter().copied().filter(|login| login.began >= anew).collect();
    let row = |name, after: &[&LoginProgress], text: fn(&LoginProgress) -> Option<String>| WatchRow {
        name,
        before: newest(&before, text),
        since: newest(after, text),
    };
    vec![
        row("stream header", &since, header),
        row("mechanisms", &since, mechanisms),
        row("<auth>", &with_credential, auth),
    ]
}

/// Of a login that got as far as that it was connected, or is over.
fn header(login: &LoginProgress) -> Option<String> {
    let cell = outcome_cell(login, Stage::Stream);
    if cell != NOTHING {
        return Some(cell);
    }
    login.ended.as_ref().map(|_| format!("tcp {}", outcome_cell(login, Stage::Tcp)))
}

fn mechanisms(login: &LoginProgress) -> Option<String> {
    let named: Vec<String> = login.mechanisms.iter().take(NAMED).map(|name| foreign(name)).collect();
    match login.mechanisms.len() {
        0 => login.ended.as_ref().map(|_| "none offered".to_owned()),
        count if count > NAMED => Some(format!("{} and {} more", named.join(", "), count - NAMED)),
        _ => Some(list(&named)),
    }
}

/// A silence stays one, though the restart ended the connection on which it was.
fn auth(login: &LoginProgress) -> Option<String> {
    login.last_auth()?;
    let is_answered = matches!(login.row(Stage::Auth).outcome, StageOutcome::Ok | StageOutcome::Refused);
    let silent = login.silences.iter().rfind(|silence| silence.stage == Stage::Auth && !is_answered);
    Some(match silent {
        Some(silence) => format!("silent {}", duration(login.known_wait(silence))),
        None => outcome_cell(login, Stage::Auth),
    })
}

/// A table as lines of text: what came of it, then the figures before and since.
pub fn watch_lines(table: &WatchTable, width: usize) -> Vec<String> {
    let mut page = Wrapped::new(width);
    page.add(&state(table), "");
    let names: Vec<String> = table.rows.iter().map(|row| row.name.to_owned()).collect();
    let column = |head: &str, cell: fn(&WatchRow) -> Option<&WatchCell>| Column {
        head: head.to_owned(),
        cells: table.rows.iter().map(|row| cell(row).map_or(NOTHING, |cell| &cell.text).to_owned()).collect(),
    };
    let since = if table.back.is_some() { "after" } else { "now" };
    let columns = [column("before", |row| row.before.as_ref()), column(since, |row| row.since.as_ref())];
    let mut lines = page.into_lines();
    lines.push(String::new());
    lines.extend(in_columns(&names, &columns, width).unwrap_or_else(|| a_column_a_line(&names, &columns, width)));
    lines
}

/// What came of it, and what to do next.
fn state(table: &WatchTable) -> String {
    let what = format!("{} on {}", foreign(&table.service), foreign(short(&table.host)));
    let blind = if table.is_told {
        ""
    } else {
        " Control Center is not asked (no administrator's credentials), so only logins can tell."
    };
    match (table.began_anew, table.back, table.open) {
        (Some((anew, after)), Some((back, at)), _) => format!(
            "{what} is back: it began anew {} after the watch began (#{}), and a login was offered mechanisms after {} \
             (#{}). Next: log in on it again, which costs an attempt; only that shows whether <auth> is answered.",
            duration(after),
            anew.0,
            duration(at),
            back.0
        ),
        (Some((anew, after)), None, true) => format!(
            "{what} began anew, or went down to, {} after the watch began (#{}), and is not back: no login since has \
             been offered mechanisms.{blind}",
            duration(after),
            anew.0
        ),
        (None, None, true) => format!(
            "{what}: nothing has changed since the watch began. impscope restarts nothing: carry the change out, and \
             what comes of it stands here.{blind}"
        ),
        (Some((anew, after)), None, false) => format!(
            "{what} began anew {} after the watch began (#{}), and was not back when the watch ended: see \"Go back\" in \
             the change text.",
            duration(after),
            anew.0
        ),
        (None, _, _) => {
            format!("{what}: nothing had changed when the watch ended, an hour after it began.{blind}")
        }
    }
}
