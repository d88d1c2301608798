//! The JSON object of `check --json` (design.md 6).

use serde_json::{Map, Value, json};

use crate::console::visible;
use crate::discovery::{Addresses, Exchange, NodeSeen, Route, RouteRecord, RouteState, Walk};
use crate::findings::{self, ControlTable, Finding, Passed, PointsAt, Reply, SideRow, catalogue};
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
        "target": target(walk, at),
        "started": timestamp(at.started.0),
        "elapsed_ms": millis(at.elapsed.since(Offset::default())),
        "recording": at.recording,
        "routes": harmless(routes(walk).into()),
        "homes": harmless(super::homes::list(walk).into()),
        "nodes": harmless(nodes(progress, walk, at.elapsed).into()),
        "admin": harmless(super::admin::object(walk)),
        "sides": harmless(findings::inside_outside(progress, walk).iter().map(side).collect()),
        "control": harmless(findings::control(progress, walk).iter().map(control).collect()),
        "attempts": { "used": at.attempts.0, "limit": at.attempts.1 },
        "findings": harmless(findings.iter().map(finding).collect()),
        "changes": harmless(super::change::changes_json(walk, findings)),
        "watch": harmless(super::change::watches_json(progress, walk, at.elapsed)),
        "exit": at.exit,
    });
    serde_json::to_string_pretty(&object).expect("a value made of values is JSON")
}

/// Whose login, and by way of which proxy if there is one.
fn target(walk: &Walk, at: &Circumstances) -> Value {
    let mut target = json!({ "domain": at.domain, "user": at.user });
    if let Some(via) = walk.goal().and_then(|goal| goal.via.as_ref()) {
        target["via"] = visible(&via.to_string()).into();
    }
    target
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
            "url": exchange.ask.target(),
            "through": (!exchange.ask.inside.is_empty()).then(|| exchange.ask.place()),
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
            "edge": node.edge,
            "requests": requests(walk, |exchange| is_epas(exchange) && exchange.ask.server().1 == node.host),
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
        edge: ask.is_by_edge(),
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
        "as": if login.ask.is_by_edge() { "edge" } else { login.ask.client.name() },
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

/// The questions of a control experiment, by their names in the object.
fn questions(table: &ControlTable) -> [(&'static str, &Reply); 6] {
    [
        ("stream", &table.stream),
        ("impossible_mechanism", &table.impossible_mechanism),
        ("unknown_user", &table.unknown_user),
        ("epas", &table.epas),
        ("other_way", &table.other_way),
        ("second_user", &table.second_user),
    ]
}

/// The answers of a control experiment, a word each, with their milliseconds and entries, and what they point at;
/// nothing while that is open. What was not asked has neither.
fn control(table: &ControlTable) -> Value {
    let each = |value: fn(&Reply) -> Value| -> Map<String, Value> {
        questions(table).into_iter().map(|(name, reply)| (name.to_owned(), value(reply))).collect()
    };
    let mut row = Map::new();
    row.insert("host".to_owned(), table.host.as_str().into());
    row.insert("port".to_owned(), table.port.into());
    row.extend(each(|reply| reply.name().into()));
    row.insert("times".to_owned(), each(|reply| reply.time().map(millis_of).into()).into());
    row.insert("evidence".to_owned(), each(|reply| reply.entry().map(|n| n.0).into()).into());
    let words = |told: &Option<(String, crate::journal::EntryNo)>| told.as_ref().map(|(words, _)| words.clone());
    let edge = table.edge.as_ref();
    row.insert("edge".to_owned(), edge.map(|(_, reply)| reply.name()).into());
    row.insert("edge_ms".to_owned(), edge.and_then(|(_, reply)| reply.time()).map(millis_of).into());
    row.insert("service".to_owned(), words(&table.service).into());
    row.insert("sockets".to_owned(), words(&table.sockets).into());
    row.insert("points_at".to_owned(), table.points_at.map(PointsAt::name).into());
    row.insert("why".to_owned(), Some(table.why.as_str()).filter(|_| table.points_at.is_some()).into());
    row.into()
}

/// A step inside and outside; null where nothing was asked on that side.
fn side(row: &SideRow) -> Value {
    let passed = |passed: &Passed| {
        json!({
            "outcome": passed.outcome,
            "words": passed.words,
            "elapsed_ms": passed.time.map(millis_of),
            "evidence": passed.entry.map(|n| n.0),
        })
    };
    let (inside, outside) = (row.inside.as_ref().map(passed), row.outside.as_ref().map(passed));
    json!({ "step": row.step, "inside": inside, "outside": outside })
}

fn millis_of(time: std::time::Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX)
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
        "save_first": text.save_first,
        "explained_by": finding.explained_by.map(|code| code.0),
        "evidence": finding.evidence.iter().map(|n| n.0).collect::<Vec<_>>(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::journal::EntryNo;

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
    #[test]
    fn each_question_of_a_control_experiment_has_its_time_and_its_entry() {
        let mut table = ControlTable::of("imp1.example.com", 5222);
        let time = std::time::Duration::from_millis;
        table.impossible_mechanism =
            Reply::Answered { n: EntryNo(7), after: time(4), what: "invalid-mechanism".into() };
        table.unknown_user = Reply::Silent { n: EntryNo(9), waited: time(10_000) };
        table.epas = Reply::Failed { n: EntryNo(11), why: "refused".into() };
        let told = control(&table);
        let of = |name: &str| (told["times"][name].clone(), told["evidence"][name].clone());
        assert_eq!(of("impossible_mechanism"), (json!(4), json!(7)));
        assert_eq!(of("unknown_user"), (json!(10_000), json!(9)));
        assert_eq!(of("epas"), (Value::Null, json!(11)));
        assert_eq!(of("second_user"), (Value::Null, Value::Null));
        assert_eq!(told["times"].as_object().map(Map::len), Some(6));
    }

    #[test]
    fn a_finding_tells_what_to_save_before_anything_is_restarted() {
        let code = crate::findings::code::xmpp::AUTH_SILENT;
        let told = finding(&Finding {
            code,
            subject: "imp1.example.com".to_owned(),
            op: None,
            args: std::collections::BTreeMap::new(),
            evidence: Vec::new(),
            explained_by: None,
        });
        let first = told["save_first"].as_array().and_then(|lines| lines.first()?.as_str());
        assert!(first.is_some_and(|line| line.starts_with("file get activelog")), "{told}");
    }
}
