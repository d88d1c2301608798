//! What a TAC engineer will ask for: commands, and the log files that hold the time of this run.

use super::super::block::{Block, Phrase};
use super::{Run, moment};
use crate::findings::catalogue;

/// Commands that are asked for whatever was found, and what each shows (protocol.md 6.4, 6.6).
const COMMANDS: [(&str, &str); 11] = [
    ("show version active", "the release"),
    ("utils service list", "which services run; a service that is stuck still shows as started"),
    ("utils ha status", "whether users were moved to another node"),
    ("utils imdb_replication status", "whether the nodes' login data agree"),
    ("utils dbreplication runtimestate", "whether the database is replicated"),
    ("utils core active list", "services that crashed"),
    ("utils diagnose test", "the node's own checks"),
    ("show process load", "load and memory by process"),
    ("show perf query class \"Cisco XCP CM\"", "counters of the Connection Manager, connected clients among them"),
    ("file get activelog epas/trace/xcp/log/* reltime hours 2", "the XCP services' logs of the last two hours"),
    ("file get activelog tomcat/logs/epassoap/log4j/* reltime hours 2", "the client configuration service's logs"),
];

/// Log files under `activelog` and what they tell (protocol.md 6.4).
const LOGS: [(&str, &str); 6] = [
    (
        "epas/trace/xcp/log/client-cm-1_*.log",
        "Cisco XCP Connection Manager: connections on 5222, the stream ids above",
    ),
    ("epas/trace/xcp/log/auth*", "Cisco XCP Authentication Service: each login and its answer"),
    ("epas/trace/xcp/log/rtr-jsm-1*", "Cisco XCP Router and sessions"),
    ("tomcat/logs/epassoap/log4j/*", "Cisco Client Profile Agent: Jabber's login over HTTPS, tokens"),
    ("epas/trace/imdb/sdi/ttlogin/", "Cisco Login Datastore"),
    ("tomcat/logs/security/log4j/*", "password checks of the web services, LDAP among them"),
];

/// The section.
pub(super) fn wanted(run: &Run) -> Vec<Block> {
    let (first, last) = run.span();
    let local = run
        .ahead()
        .map_or_else(String::new, |ahead| format!(" ({} to {} local)", moment(first, ahead), moment(last, ahead)));
    let when = format!(
        "Logs must cover {} to {} UTC{local}. Commands with `reltime hours 2` reach back two hours from the moment they \
         are entered.",
        moment(first, 0),
        moment(last, 0)
    );
    let mut blocks = vec![
        Block::section("What Cisco TAC will ask for"),
        Block::prose(&format!(
            "On the command line of each IM&P node{}, before anything is restarted:",
            nodes(run)
        )),
        Block::Table { head: vec!["Command", "What it shows"], rows: pairs(&COMMANDS) },
    ];
    let more = more(run);
    if !more.is_empty() {
        blocks.push(Block::prose("The findings ask for these as well:"));
        blocks.push(Block::List { numbered: false, items: more });
    }
    blocks.push(Block::prose(&when));
    blocks.push(Block::Table { head: vec!["Log file (below activelog)", "What it holds"], rows: pairs(&LOGS) });
    blocks.push(Block::prose(
        "Where it can be had: a packet capture taken on the node itself during another try, which shows whether the \
         bytes reached it.",
    ));
    blocks
}

fn pairs(rows: &[(&str, &str)]) -> Vec<Vec<Phrase>> {
    rows.iter().map(|(one, other)| vec![Phrase::code(one), Phrase::words(other)]).collect()
}

/// ` (here imp1.example.com, imp2.example.com)`
fn nodes(run: &Run) -> String {
    let mut hosts: Vec<&str> = Vec::new();
    for login in run.progress.logins() {
        if !hosts.contains(&login.ask.host.as_str()) {
            hosts.push(&login.ask.host);
        }
    }
    if hosts.is_empty() { String::new() } else { format!(" (here {})", hosts.join(", ")) }
}

/// What the findings want saved that is not in the list above, and on which server.
fn more(run: &Run) -> Vec<Phrase> {
    let mut wanted: Vec<(String, String)> = Vec::new();
    for finding in run.findings.iter().filter(|finding| finding.explained_by.is_none()) {
        for command in catalogue().text(finding).save_first {
            let known = COMMANDS.iter().any(|(known, _)| *known == command);
            let pair = (command, finding.subject.clone());
            if !known && !wanted.contains(&pair) {
                wanted.push(pair);
            }
        }
    }
    let one =
        |(command, server): (String, String)| Phrase::code(&command).then(Phrase::words(&format!(" on {server}")));
    wanted.into_iter().map(one).collect()
}
