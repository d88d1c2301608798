//! The JSON object of `check --json` (design.md 6).

use std::time::Duration;

use serde_json::{Value, json};

use crate::findings::{Finding, catalogue};
use crate::journal::{LoginAsk, Offset, Stage};
use crate::progress::{LoginProgress, LoginResult, Progress, Silence, StageOutcome, result};

use super::Circumstances;

/// The number of the object's format.
const FORMAT: u32 = 1;

/// The object, on several lines.
pub fn json(progress: &Progress, findings: &[Finding], at: &Circumstances) -> String {
    let object = json!({
        "format": FORMAT,
        "tool": concat!("impscope ", env!("CARGO_PKG_VERSION")),
        "target": { "domain": at.domain, "user": at.user },
        "started": timestamp(at.started.0),
        "elapsed_ms": millis(at.elapsed.since(Offset::default())),
        "recording": at.recording,
        "routes": [],
        "nodes": nodes(progress, at.elapsed),
        "control": [],
        "attempts": { "used": at.attempts.0, "limit": at.attempts.1 },
        "findings": findings.iter().map(finding).collect::<Vec<_>>(),
        "exit": at.exit,
    });
    serde_json::to_string_pretty(&object).expect("a value made of values is JSON")
}

fn timestamp(millisecond: i64) -> String {
    jiff::Timestamp::from_millisecond(millisecond).unwrap_or_default().to_string()
}

fn millis(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}

/// The nodes in the order in which they were first asked, each with its logins.
fn nodes(progress: &Progress, now: Offset) -> Vec<Value> {
    let mut asked: Vec<&LoginAsk> = Vec::new();
    for login in progress.logins() {
        if !asked.iter().any(|seen| (&seen.host, seen.port) == (&login.ask.host, login.ask.port)) {
            asked.push(&login.ask);
        }
    }
    asked
        .into_iter()
        .map(|ask| {
            let logins: Vec<_> = progress.node(&ask.host, ask.port).map(|login| self::login(login, now)).collect();
            json!({
                "host": ask.host,
                "port": ask.port,
                "named_by": [ask.named_by],
                "home": ask.home,
                "logins": logins,
            })
        })
        .collect()
}

fn login(login: &LoginProgress, now: Offset) -> Value {
    let result = result(login);
    let ended = login.ended.as_ref().map_or(now, |ending| ending.at);
    let silence = login.silences.iter().rev().find(|silence| silence.answered.is_none());
    json!({
        "as": login.ask.client.name(),
        "mechanism": mechanism(login),
        "outcome": result.name(),
        "stage": ended_at(login).name(),
        "elapsed_ms": millis(ended.since(login.began)),
        "silence": silence.filter(|_| result == LoginResult::Silent).map(|silence| self::silence(silence, ended)),
        "stages": login.stages.iter().filter(|row| row.stage <= Stage::Session || row.entered.is_some()).map(|row| json!({
            "stage": row.stage.name(),
            "outcome": row.outcome.name(),
            "elapsed_ms": row.elapsed(ended).map(millis),
        })).collect::<Vec<_>>(),
    })
}

/// The mechanism that was used, or would have been.
fn mechanism(login: &LoginProgress) -> Option<String> {
    let used = login.auths.iter().rev().find_map(|auth| auth.mechanism.clone());
    used.or_else(|| login.ask.mechanism.clone())
}

/// The stage where it ended: the last one that something became of.
fn ended_at(login: &LoginProgress) -> Stage {
    let reached = login.stages.iter().rev().find(|row| row.outcome != StageOutcome::NotReached);
    // A session that is not offered is skipped behind the bind that completed the login: it counts as reached.
    reached.map_or(Stage::Tcp, |row| row.stage)
}

fn silence(silence: &Silence, now: Offset) -> Value {
    let reply = silence.reply.as_ref();
    json!({
        "kind": silence.kind.name(),
        "waited_ms": millis(silence.waited(now)),
        "xml_bytes": reply.map(|reply| reply.xml_bytes),
        "wire_bytes": reply.map(|reply| reply.wire.len()),
        "wire_acked": silence.wire_acked(),
    })
}

fn finding(finding: &Finding) -> Value {
    let text = catalogue().text(finding);
    json!({
        "code": finding.code.0,
        "severity": text.severity.name(),
        "confidence": text.confidence.name(),
        "subject": finding.subject,
        "args": finding.args,
        "summary": text.summary,
        "causes": text.causes,
        "do": text.remedies,
        "explained_by": finding.explained_by.map(|code| code.0),
        "evidence": finding.evidence.iter().map(|n| n.0).collect::<Vec<_>>(),
    })
}
