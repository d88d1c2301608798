//! Inside and outside of the same user, step by step: the way to the IM&P nodes beside the way through an Expressway-E
//! (protocol.md 8), as rows with two cells each. Knows no colours.
//!
//! Each cell is what became of the newest attempt of its side. No clock runs here: what is open says so, and has no time
//! yet.

use std::time::Duration;

use unicode_width::UnicodeWidthStr;

use crate::discovery::{CertificateSeen, Exchange, Route, RouteState, RouteView, Walk};
use crate::journal::{Clients, EntryNo, HttpWhat, Stage};
use crate::progress::{LoginProgress, LoginResult, Progress, StageOutcome, result};

use super::columns::{columns_within, pad};
use super::control::{self, Marks, Reply};
use super::figures::{duration, foreign, short};
use super::render::Wrapped;

/// What stands where nothing was asked.
const NOTHING: &str = "-";

/// What became of a step on one side.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Passed {
    /// `ok`, `absent`, `silent`, `refused`, `failed`, `stopped`, `not_tried`, `open`.
    pub outcome: &'static str,
    /// More of it in words, of one line, with what servers said made visible; empty where there is nothing to say.
    pub words: String,
    /// How long it took, or has lasted.
    pub time: Option<Duration>,
    /// The entry that shows it.
    pub entry: Option<EntryNo>,
}

/// A step on both sides; none where nothing was asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SideRow {
    /// `srv`, `certificate`, `edge_config`, `uds`, `service_profile`, `epas`, `tcp`, `tls`, `mechanisms`, `auth`, `session`.
    pub step: &'static str,
    /// On the way inside.
    pub inside: Option<Passed>,
    /// Through an Expressway-E.
    pub outside: Option<Passed>,
}

/// The steps of both sides; empty where all ways were not walked, or an Expressway-E got no credential.
pub fn inside_outside(progress: &Progress, walk: &Walk) -> Vec<SideRow> {
    let is_all = walk.goal().is_some_and(|goal| goal.clients == Clients::All);
    let asked = !walk.standing(HttpWhat::EdgeConfig).is_empty();
    let logged_in = progress.logins().iter().any(|login| login.ask.is_by_edge() && !login.auths.is_empty());
    if !is_all || !(asked || logged_in) {
        return Vec::new();
    }
    let sides = [false, true].map(|outside| Side { progress, walk: walk.seen_from(outside), outside });
    let [inside, outside] = sides.map(|side| side.cells());
    let rows = inside.into_iter().zip(outside);
    rows.map(|((step, inside), (_, outside))| SideRow { step, inside, outside }).collect()
}

/// One side of a walk.
struct Side<'a> {
    progress: &'a Progress,
    walk: Walk,
    outside: bool,
}

impl Side<'_> {
    fn cells(&self) -> Vec<(&'static str, Option<Passed>)> {
        let login = self.login();
        let mut cells = vec![("srv", self.srv()), ("certificate", self.certificate())];
        let config = self.request(HttpWhat::EdgeConfig).filter(|_| self.outside);
        cells.push(("edge_config", config));
        for (step, what) in
            [("uds", HttpWhat::User), ("service_profile", HttpWhat::ServiceProfile), ("epas", HttpWhat::EpasLogin)]
        {
            cells.push((step, self.request(what)));
        }
        cells.push(("tcp", login.and_then(|login| stage(login, Stage::Tcp))));
        cells.push(("tls", login.and_then(|login| stage(login, Stage::Tls))));
        cells.push(("mechanisms", login.and_then(mechanisms)));
        cells.push(("auth", login.and_then(|login| self.auth(login))));
        cells.push(("session", login.and_then(|login| stage(login, Stage::Session))));
        cells
    }

    /// The records by which the side is found: the first route that has any, else what the first one was told.
    fn srv(&self) -> Option<Passed> {
        let routes: &[Route] = match self.outside {
            true => &[Route::CollabEdge],
            false => &[Route::CiscoUds, Route::Cuplogin, Route::XmppClient, Route::XmppsClient],
        };
        let views: Vec<RouteView<'_>> = routes.iter().map(|route| self.walk.route(*route)).collect();
        let found = views.iter().find(|view| view.state == RouteState::Ok).or(views.first())?;
        let name = found.route.name().split('.').next().unwrap_or_default();
        let (outcome, words) = match &found.state {
            RouteState::Ok => {
                let first = found.records.first().map(|record| foreign(short(&record.srv.target)));
                ("ok", format!("{name} {}", first.unwrap_or_default()))
            }
            RouteState::Running => ("open", name.to_owned()),
            RouteState::Absent(why) => ("absent", format!("{name} {why}")),
            RouteState::Failed(why) => ("failed", format!("{name} {}", foreign(why))),
            RouteState::Skipped(_) => return None,
        };
        let answered = found.lookups.iter().find_map(|lookup| {
            let (n, at, _) = lookup.answered()?;
            Some((*n, at.since(lookup.began)))
        });
        let (entry, time) = answered.unzip();
        Some(Passed { outcome, words, time, entry })
    }

    /// The certificate of the server that answers first: a CUCM's, or the edge's own.
    fn certificate(&self) -> Option<Passed> {
        let is_first = |what: HttpWhat| match self.outside {
            true => matches!(what, HttpWhat::EdgeSso | HttpWhat::EdgeConfig),
            false => {
                matches!(what, HttpWhat::Version | HttpWhat::ClusterUser | HttpWhat::SingleSignOn | HttpWhat::User)
            }
        };
        let of_side = self
            .walk
            .exchanges()
            .iter()
            .filter(|exchange| exchange.ask.is_by_edge() == self.outside && is_first(exchange.ask.what));
        let (host, seen) = of_side.rev().find_map(|exchange| {
            let seen = exchange.certificate.as_ref().filter(|seen| seen.verified.is_some())?;
            Some((exchange.ask.origin().1, seen))
        })?;
        let (outcome, words) = judged(seen);
        let words = [foreign(short(host)), words].join(" ").trim_end().to_owned();
        Some(Passed { outcome, words, time: None, entry: Some(seen.n) })
    }

    /// The newest request for this purpose that counts on this side.
    fn request(&self, what: HttpWhat) -> Option<Passed> {
        let asked = self.walk.standing(what);
        asked.last().map(|exchange| told(exchange, Marks::of(self.progress)))
    }

    /// The newest login of the side that was to use a credential, else the newest: inside on the user's home node, where
    /// one was made there.
    fn login(&self) -> Option<&LoginProgress> {
        let newest = || self.progress.logins().iter().rev();
        let of_side = || newest().filter(|login| login.ask.is_by_edge() == self.outside);
        let home = |login: &&LoginProgress| self.outside || login.ask.home == Some(true);
        let is_whole = |login: &&LoginProgress| login.ask.until > Stage::StreamTls;
        of_side().filter(home).find(is_whole).or_else(|| of_side().find(is_whole)).or_else(|| of_side().next())
    }

    fn auth(&self, login: &LoginProgress) -> Option<Passed> {
        let sent = login.last_auth()?;
        let by =
            sent.mechanism.as_deref().map(|mechanism| format!("by {}", foreign(mechanism))).unwrap_or_default();
        let reply = control::asked(login).reply;
        let (outcome, why) = match &reply {
            Reply::NotAsked => return None,
            Reply::Open => ("open", ""),
            Reply::Silent { .. } => ("silent", ""),
            Reply::Failed { why, .. } => ("failed", why.as_str()),
            Reply::Answered { what, .. } if what == control::SUCCESS => ("ok", ""),
            Reply::Answered { what, .. } => ("refused", what.as_str()),
        };
        let words = [by.as_str(), why].into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(", ");
        Some(Passed { outcome, words, time: reply.time(), entry: reply.entry() })
    }
}

/// What the check of a certificate found: chain and names apart.
fn judged(seen: &CertificateSeen) -> (&'static str, String) {
    let Some((_, chain, names, key_proven)) = &seen.verified else { return ("open", String::new()) };
    let wrong = names.iter().filter(|name| !name.ok).count();
    let mut failed: Vec<&str> = Vec::new();
    failed.extend((!chain.ok).then_some("chain"));
    failed.extend((wrong > 0).then_some("name"));
    failed.extend((!key_proven).then_some("key not proven"));
    if failed.is_empty() { ("ok", String::new()) } else { ("failed", failed.join(", ")) }
}

fn told(exchange: &Exchange, marks: Marks) -> Passed {
    let reply = control::exchange(exchange, marks).reply;
    let host = foreign(short(exchange.ask.server().1));
    let status = exchange.status();
    let (outcome, why) = match &reply {
        Reply::NotAsked | Reply::Open => ("open", String::new()),
        Reply::Silent { .. } => ("silent", String::new()),
        Reply::Failed { why, .. } if exchange.gate.is_some() => ("stopped", why.clone()),
        Reply::Failed { why, .. } => ("failed", why.clone()),
        Reply::Answered { what, .. } if exchange.ask.what == HttpWhat::EpasLogin && what != control::SUCCESS => {
            ("refused", what.clone())
        }
        Reply::Answered { .. } => match status {
            Some(200..300) => ("ok", String::new()),
            Some(status @ (401 | 403)) => ("refused", status.to_string()),
            Some(status) => ("failed", format!("status {status}")),
            None => ("failed", String::new()),
        },
    };
    let words = [host, why].into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(", ");
    Passed { outcome, words, time: reply.time(), entry: reply.entry() }
}

/// A stage of a login that was reached.
fn stage(login: &LoginProgress, stage: Stage) -> Option<Passed> {
    let row = login.row(stage);
    let outcome = match row.outcome {
        StageOutcome::NotReached | StageOutcome::Skipped => return None,
        StageOutcome::Waiting if login.ended.is_none() => "open",
        StageOutcome::Waiting if result(login) == LoginResult::NotTried => "not_tried",
        StageOutcome::Waiting => "stopped",
        StageOutcome::Ok => "ok",
        StageOutcome::Silent => "silent",
        StageOutcome::Refused => "refused",
        StageOutcome::Failed => "failed",
    };
    let words = if stage == Stage::Tcp { foreign(short(&login.ask.host)) } else { String::new() };
    let time = row.left.zip(row.entered).map(|(left, entered)| left.since(entered));
    Some(Passed { outcome, words, time, entry: None })
}

/// What was offered on the connection that a credential may cross.
fn mechanisms(login: &LoginProgress) -> Option<Passed> {
    let offered = login.features.iter().rev().find(|seen| !seen.mechanisms.is_empty());
    let Some(seen) = offered else { return stage(login, Stage::StreamTls) };
    let words = foreign(&seen.mechanisms.join(" + "));
    Some(Passed { outcome: "ok", words, time: None, entry: Some(seen.n) })
}

/// What a step is called in a table.
fn called(step: &str) -> &str {
    match step {
        "srv" => "SRV",
        "edge_config" => "get_edge_config",
        "uds" => "UDS user",
        "service_profile" => "service profile",
        "epas" => "EPASSoap login",
        "auth" => "<auth>",
        step => step,
    }
}

/// `refused 21 ms, by PLAIN, not-authorized`
fn cell(passed: Option<&Passed>) -> String {
    let Some(passed) = passed else { return NOTHING.to_owned() };
    let time = passed.time.map(|time| format!(" {}", duration(time))).unwrap_or_default();
    let words = if passed.words.is_empty() { String::new() } else { format!(", {}", passed.words) };
    format!("{}{time}{words}", passed.outcome.replace('_', " "))
}

/// The rows as lines of text, at most `width` columns wide where that can be: the sides as columns where there is room, else
/// a step with a line for each side.
pub fn inside_outside_lines(rows: &[SideRow], width: usize) -> Vec<String> {
    if rows.is_empty() {
        return Vec::new();
    }
    let head = ["", "inside", "outside"].map(str::to_owned);
    let line =
        |row: &SideRow| [called(row.step).to_owned(), cell(row.inside.as_ref()), cell(row.outside.as_ref())];
    let cells: Vec<Vec<String>> = std::iter::once(head).chain(rows.iter().map(line)).map(Vec::from).collect();
    columns_within(&cells, width).unwrap_or_else(|| a_side_a_line(&cells[1..], width))
}

fn a_side_a_line(steps: &[Vec<String>], width: usize) -> Vec<String> {
    let mut page = Wrapped::new(width);
    let label = steps.iter().map(|cells| cells[0].width()).max().unwrap_or_default();
    for cells in steps {
        for (side, told) in [("inside", &cells[1]), ("outside", &cells[2])] {
            if told != NOTHING {
                page.add_row(&format!("{}{}", pad(&cells[0], label), pad(side, "outside".len())), told);
            }
        }
    }
    page.into_lines()
}
