//! The run as plain lines.

use super::words::{self, cited, duration, is_note};
use crate::console::{Row, visible, wide_time};
use crate::discovery::{Exchange, Route, RouteRecord, RouteState, RouteView, Walk};
use crate::findings::{self, Finding};
use crate::journal::{ClientKind, Remark, Stage, host_port};
use crate::progress::{LoginProgress, LoginResult, Progress, StageOutcome, result};

/// One row of the console as one line: time, the place that it belongs to, mark, text.
pub fn line(row: &Row, place: Option<&str>) -> String {
    let text: Vec<String> = row.lines(true).iter().map(crate::console::Line::text).collect();
    format!("{} {}{} {}", wide_time(row.wall, 0), told_place(place), row.mark.text(), text.join(" "))
}

/// The place that a row belongs to, and a space; nothing for a row about DNS, which names what was asked in its words.
pub(super) fn told_place(place: Option<&str>) -> String {
    place
        .filter(|place| !place.starts_with("dns:"))
        .map(|place| format!("{} ", visible(place)))
        .unwrap_or_default()
}

/// The verdict: the routes and where the clients would go, each login in a line with its stages, then what was
/// found, the gravest first.
pub fn verdict(progress: &Progress, walk: &Walk, findings: &[Finding], width: usize) -> Vec<String> {
    let mut lines = vec![String::new()];
    lines.extend(by_way(walk));
    lines.extend(routes(walk));
    lines.extend(super::homes::lines(walk));
    lines.extend(walk.exchanges().iter().filter_map(|exchange| held_back(walk, exchange)));
    for login in progress.logins() {
        lines.push(self::login(login));
        lines.extend(what_to_add(login));
    }
    lines.extend(super::admin::lines(walk));
    lines.extend(tables(progress, walk, width));
    for (finding, again) in words::faults(findings) {
        lines.push(String::new());
        lines.extend(findings::lines(finding, width));
        lines.extend(again.into_iter().map(|again| format!("Again: {}", cited(again))));
    }
    let notes: Vec<&Finding> =
        findings.iter().filter(|finding| finding.explained_by.is_none() && is_note(finding)).collect();
    if !notes.is_empty() {
        lines.push(String::new());
        lines.extend(notes.into_iter().map(|finding| format!("note: {}", findings::headline(finding))));
    }
    let explained = findings.iter().filter_map(|finding| Some((finding, finding.explained_by?)));
    let explained: Vec<String> =
        explained.map(|(finding, by)| format!("explained by {by}: {}", findings::headline(finding))).collect();
    if !explained.is_empty() {
        lines.push(String::new());
        lines.extend(explained);
    }
    lines
}

/// By way of which proxy all of it went, and how names were looked up.
fn by_way(walk: &Walk) -> Option<String> {
    let goal = walk.goal()?;
    let via = goal.via.as_ref()?;
    let servers: Vec<&str> =
        goal.dns.iter().filter(|server| server.via).map(|server| server.address.as_str()).collect();
    let dns = match (servers.as_slice(), via.names) {
        ([], true) => "names resolved there".to_owned(),
        ([], false) => "names looked up from this host".to_owned(),
        (servers, names) => {
            let names = if names { ", and names resolved there" } else { "" };
            format!("DNS asked through it, over TCP ({}){names}", servers.join(", "))
        }
    };
    Some(visible(&format!("all by way of {via}: {dns}; what TCP tells here is of the proxy")))
}

/// The nodes side by side where the user asked for all of them, inside and outside, and the tables of control experiments.
fn tables(progress: &Progress, walk: &Walk, width: usize) -> Vec<String> {
    let all = walk.permissions().all_nodes.map(|_| findings::side_by_side(progress, walk, width));
    let mut control: Vec<Vec<String>> =
        findings::control(progress, walk).iter().map(|table| findings::control_lines(table, width)).collect();
    if walk.permissions().control_anywhere.is_some() && control.is_empty() {
        control.push(vec!["No control experiment was made: no <auth> was left without an answer.".to_owned()]);
    }
    let sides = findings::inside_outside_lines(&findings::inside_outside(progress, walk), width);
    let shown = all.into_iter().chain([sides]).chain(control).filter(|table| !table.is_empty());
    shown.flat_map(|table| std::iter::once(String::new()).chain(table)).collect()
}

/// `_cisco-uds._tcp  ok  cucm1.example.test:8443`, and where each client would go.
fn routes(walk: &Walk) -> Vec<String> {
    let walked = walk.goal().is_some_and(|goal| goal.nodes.is_empty());
    if !walked {
        return Vec::new();
    }
    let mut lines: Vec<String> = Route::ALL.into_iter().map(|route| self::route(&walk.route(route))).collect();
    for client in [ClientKind::Jabber, ClientKind::Psi] {
        let choice = walk.choice(client);
        let client = client.product();
        let rule = visible(&choice.rule);
        lines.push(match (choice.node, choice.route) {
            (Some((host, port)), _) => {
                format!("{client} would go to {}: {rule}", host_port(&visible(&host), port))
            }
            (None, Some(route)) => {
                format!(
                    "{client} would begin at {}, and to which node it leads is not known: {rule}",
                    route.name()
                )
            }
            (None, None) => format!("{client} would go nowhere: {rule}"),
        });
    }
    lines.push(String::new());
    lines
}

fn route(view: &RouteView<'_>) -> String {
    let what = match &view.state {
        RouteState::Ok => {
            let target = |record: &RouteRecord| format!("{}:{}", record.srv.target, record.srv.port);
            let targets: Vec<String> = view.records.iter().map(target).collect();
            format!("ok  {}", targets.join(", "))
        }
        RouteState::Running => "not answered yet".to_owned(),
        RouteState::Absent(why) => format!("absent  {why}"),
        RouteState::Failed(why) => format!("failed  {why}"),
        RouteState::Skipped(why) => format!("skipped  {why}"),
    };
    format!("{:19} {}", view.route.name(), visible(&what))
}

/// `imp1.example.test:5222  ok  tcp 1 ms  stream 3 ms …`
fn login(login: &LoginProgress) -> String {
    let outcome = match result(login) {
        LoginResult::Ok if login.ask.until == Stage::StreamTls => "offers mechanisms, got no credential",
        other => words::outcome(other),
    };
    let mut line = format!("{}  {outcome}", host_port(&login.ask.host, login.ask.port));
    let ended = login.ended.as_ref().map(|ending| ending.at).unwrap_or_default();
    for row in login.stages.iter().filter(|row| row.outcome != StageOutcome::NotReached) {
        let time = row.elapsed(ended).map(|time| format!(" {}", duration(time))).unwrap_or_default();
        let mark = match row.outcome {
            StageOutcome::Ok => "",
            other => other.name(),
        };
        line.push_str(&format!("  {}{time}{}{mark}", row.stage, if mark.is_empty() { "" } else { " " }));
    }
    line
}

/// What the command line lacks, where the login stopped for want of the user's word.
fn what_to_add(login: &LoginProgress) -> Option<String> {
    login.remarks.iter().find_map(|seen| match &seen.remark {
        Remark::Gate { why, fingerprint } => {
            let add = to_add(why, fingerprint.as_deref(), "this certificate")?;
            Some(format!("  stopped before the credential; {add}"))
        }
        _ => None,
    })
}

/// What the command line lacks, where a request was held back for want of the user's word.
fn held_back(walk: &Walk, exchange: &Exchange) -> Option<String> {
    let gate = exchange.gate.as_ref()?;
    let newest = walk.exchange(exchange.ask.what, &exchange.ask.url).filter(|newest| newest.op == exchange.op)?;
    let certificate = format!("the certificate of {}", newest.ask.place());
    let add = to_add(&gate.why, gate.fingerprint.as_deref(), &certificate)?;
    Some(visible(&format!("{} stopped before the credential; {add}", newest.ask.what.words())))
}

/// The option that opens a gate, and what it opens.
fn to_add(why: &str, fingerprint: Option<&str>, certificate: &str) -> Option<String> {
    match (why, fingerprint) {
        ("untrusted", Some(fingerprint)) => Some(format!("to accept {certificate}, add --accept {fingerprint}")),
        ("clear", _) => Some("to let it cross in clear, add --allow-cleartext".to_owned()),
        ("attempts", _) => Some("to allow more attempts, add --max-attempts N".to_owned()),
        _ => None,
    }
}
