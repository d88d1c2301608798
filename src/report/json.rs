//! The JSON object of `check --json` (design.md 6).

use serde_json::{Value, json};

use crate::console::visible;
use crate::discovery::{Addresses, Exchange, NodeSeen, Route, RouteRecord, RouteState, Walk};
use crate::findings::{self, ControlTable, Finding, PointsAt, catalogue};
use crate::journal::{ClientKind, HttpWhat, LoginAsk, Offset, Stage};
use crate::progress::{LoginProgress, LoginResult, Progress, Silence, result};

use super::Circumstances;
use super::words::{all_logins, ended_at, mechanism, millis};

/// The number of the object's format.
const FORMAT: u32 = 1;

/// The object, on several lines.
pub fn json(progress: &Progress, walk: &Walk, findings: &[Finding], at: &Circumstances) -> String {
    let object = json!({
        "format": FORMAT,
        "tool": concat!("impscope ", env!("CARGO_PKG_VERSION")),
        "target": { "domain": at.domain, "user": at.user },
        "started": timestamp(at.started.0),
        "elapsed_ms": millis(at.elapsed.since(Offset::default())),
        "recording": at.recording,
        "routes": harmless(routes(walk).into()),
        "nodes": harmless(nodes(progress, walk, at.elapsed).into()),
        "control": harmless(findings::control(progress, walk).iter().map(control).collect()),
        "attempts": { "used": at.attempts.0, "limit": at.attempts.1 },
        "findings": harmless(findings.iter().map(finding).collect()),
        "exit": at.exit,
    });
    serde_json::to_string_pretty(&object).expect("a value made of values is JSON")
}

/// All texts of it with what a terminal would act upon as visible escapes: whoever decodes them may print them.
fn harmless(value: Value) -> Value {
    match value {
        Value::String(text) => visible(&text).into(),
        Value::Array(values) => values.into_iter().map(harmless).collect(),
        Value::Object(fields) => fields.into_iter().map(|(name, value)| (name, harmless(value))).collect(),
        other => other,
    }
}

fn timestamp(millisecond: i64) -> String {
    jiff::Timestamp::from_millisecond(millisecond).unwrap_or_default().to_string()
}

/// The routes, where any was walked.
fn routes(walk: &Walk) -> Vec<Value> {
    if walk.goal().is_none() {
        return Vec::new();
    }
    let preferred_by = |route: Route| -> Vec<&str> {
        let clients = [ClientKind::Jabber, ClientKind::Psi].into_iter();
        clients.filter(|client| walk.choice(*client).route == Some(route)).map(ClientKind::name).collect()
    };
    let one = |route: Route| {
        let view = walk.route(route);
        let (outcome, why) = match &view.state {
            RouteState::Ok => ("ok", None),
            // A run that ended while it still asked knows nothing of it.
            RouteState::Running => ("failed", Some("not answered yet")),
            RouteState::Absent(why) => ("absent", Some(*why)),
            RouteState::Failed(why) => ("failed", Some(why.as_str())),
            RouteState::Skipped(why) => ("skipped", Some(why.as_str())),
        };
        json!({
            "route": route.name(),
            "outcome": outcome,
            "why": why,
            "preferred_by": preferred_by(route),
            "records": view.records.iter().map(record).collect::<Vec<_>>(),
            "requests": requests(walk, |exchange| route == Route::CiscoUds && !is_epas(exchange)),
        })
    };
    Route::ALL.into_iter().map(one).collect()
}

fn record(record: &RouteRecord) -> Value {
    json!({
        "priority": record.srv.priority,
        "weight": record.srv.weight,
        "port": record.srv.port,
        "target": record.srv.target,
        "addresses": record.addresses.list,
        "ttl": record.ttl,
    })
}

fn is_epas(exchange: &Exchange) -> bool {
    matches!(exchange.ask.what, HttpWhat::EpasLogin | HttpWhat::EpasConfig | HttpWhat::EpasToken)
}

/// The requests for which `belongs` holds, in the order in which they began.
fn requests(walk: &Walk, belongs: impl Fn(&Exchange) -> bool) -> Vec<Value> {
    let of = |exchange: &Exchange| {
        json!({
            "what": exchange.ask.what.words(),
            "url": exchange.ask.url,
            "status": exchange.status(),
            "outcome": exchange.ended.as_ref().map(|ending| ending.outcome.clone()),
            "elapsed_ms": exchange.took_us().map(|us| us / 1000),
        })
    };
    walk.exchanges().iter().filter(|exchange| belongs(exchange)).map(of).collect()
}

/// The nodes that the walk found, the home node first; those of a run without a walk in the order in which they
/// were asked. Each with its logins.
fn nodes(progress: &Progress, walk: &Walk, now: Offset) -> Vec<Value> {
    let mut found = walk.nodes();
    for login in progress.logins() {
        if !found.iter().any(|node| login.ask.is_on(&node.host, node.port)) {
            found.push(asked(&login.ask));
        }
    }
    let one = |node: &NodeSeen| {
        let logins = ways_in(progress).into_iter().filter(|login| login.ask.is_on(&node.host, node.port));
        json!({
            "host": node.host,
            "port": node.port,
            "addresses": node.addresses.list,
            "named_by": node.named_by,
            "home": node.home,
            "requests": requests(walk, |exchange| is_epas(exchange) && exchange.ask.origin().1 == node.host),
            "logins": logins.map(|login| self::login(login, now)).collect::<Vec<_>>(),
        })
    };
    found.iter().map(one).collect()
}

/// The user's logins, and of control experiments those by the user's other way in.
fn ways_in(progress: &Progress) -> Vec<&LoginProgress> {
    all_logins(progress).into_iter().filter(|login| login.ask.purpose.is_own()).collect()
}

/// A node that only a login knows of.
fn asked(ask: &LoginAsk) -> NodeSeen {
    NodeSeen {
        host: ask.host.clone(),
        port: ask.port,
        direct_tls: false,
        also: Vec::new(),
        named_by: vec![ask.named_by.clone()],
        home: ask.home,
        partner: false,
        addresses: Addresses::default(),
        entries: Vec::new(),
    }
}

fn login(login: &LoginProgress, now: Offset) -> Value {
    let result = result(login);
    let ended = login.ended.as_ref().map_or(now, |ending| ending.at);
    let silence = login.silences.iter().rev().find(|silence| silence.answered.is_none());
    json!({
        "as": login.ask.client.name(),
        "mechanism": mechanism(login),
        "purpose": login.ask.purpose,
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

/// The answers of a control experiment, a word each, and what they point at; nothing while that is open.
fn control(table: &ControlTable) -> Value {
    let why = Some(&table.why).filter(|_| table.points_at.is_some());
    json!({
        "host": table.host,
        "port": table.port,
        "stream": table.stream.name(),
        "impossible_mechanism": table.impossible_mechanism.name(),
        "unknown_user": table.unknown_user.name(),
        "epas": table.epas.name(),
        "other_way": table.other_way.name(),
        "second_user": table.second_user.name(),
        "points_at": table.points_at.map(PointsAt::name),
        "why": why,
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::findings::Reply;

    #[test]
    fn a_control_experiment_is_told_in_the_words_of_its_answers_and_null_while_it_is_open() {
        let mut table = ControlTable::of("imp1.example.com", 5222);
        table.impossible_mechanism = Reply::Open;
        let open = control(&table);
        assert_eq!((&open["impossible_mechanism"], &open["unknown_user"]), (&json!("open"), &json!("not_asked")));
        assert_eq!((&open["points_at"], &open["why"]), (&Value::Null, &Value::Null));
        (table.points_at, table.why) = (Some(PointsAt::BehindXcpCm), "because".to_owned());
        let told = control(&table);
        assert_eq!((&told["points_at"], &told["why"]), (&json!("behind_xcp_cm"), &json!("because")));
        assert_eq!((&told["host"], &told["port"]), (&json!("imp1.example.com"), &json!(5222)));
    }
}
