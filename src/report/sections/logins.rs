//! Each login: its stages and their times, stream ids, what was waited for, the certificate.

use super::super::block::{Block, Phrase};
use super::super::words;
use super::Run;
use crate::console::wide_time;
use crate::journal::{EntryNo, host_port};
use crate::progress::{LoginProgress, Silence, SilenceKind, StageOutcome, StageRow};

/// All logins, in the order in which they began.
pub(super) fn logins(run: &Run) -> Vec<Block> {
    let logins = words::all_logins(&run.progress);
    if logins.is_empty() {
        return Vec::new();
    }
    let mut blocks = vec![
        Block::section("Logins, stage by stage"),
        Block::prose(
            "The stages of an XMPP login in their order: `tcp` the TCP connect; `stream` the server's first header \
             and what it offers, in clear; `starttls` the request for TLS; `tls` the TLS handshake; `stream_tls` header \
             and offer again, now encrypted (here the server names its login mechanisms); `auth` the password or the \
             token is sent and answered; `stream_auth` a third header; `bind` and `session` the session is made.",
        ),
        Block::prose(
            "`acked` means that the node's operating system has confirmed that it received the bytes. It does not show \
             that the service behind it has read them: a service that is stuck looks exactly like this, and so does a \
             firewall that answers TCP in the node's place. `unacked`: the bytes are lost on the way. `window_closed`: \
             the service has stopped reading. `unknown`: this system did not say. In every \
             count of bytes in this report a secret counts as nothing, so that its length is not told: a packet capture \
             shows more.",
        ),
        Block::prose(
            "As PSI: with the password (mechanism PLAIN), as ordinary XMPP clients log in. As Jabber: with a one-time \
             token (CISCO-VTG-TOKEN), which the node's web service gives for the password.",
        ),
    ];
    for login in logins {
        blocks.extend(one(run, login));
    }
    blocks
}

fn one(run: &Run, login: &LoginProgress) -> Vec<Block> {
    let node = host_port(&login.ask.host, login.ask.port);
    let what = match login.ask.purpose.is_question() {
        false => format!(" as {}: {}", login.ask.client.product(), words::came_to(login)),
        true => format!(" (control experiment: {}): {}", login.ask.purpose.words(), words::came_to(login)),
    };
    let mut blocks = vec![Block::Part(Phrase::code(&node).then(Phrase::prose(&what)))];
    blocks.push(Block::facts(facts(run, login)));
    let now = login.ended.as_ref().map_or(run.now(), |ending| ending.at);
    let rows = login.stages.iter().filter(|row| row.outcome != StageOutcome::NotReached);
    let rows: Vec<Vec<Phrase>> = rows.map(|row| stage(run, login, row, now)).collect();
    if !rows.is_empty() {
        let mut head = vec!["Stage", "Outcome", "Took", "Entered (UTC)"];
        head.extend(run.ahead().map(|_| "Entered (local)"));
        blocks.push(Block::Table { head, rows });
    }
    let silences: Vec<Phrase> = login.silences.iter().map(|silence| waited(silence, now)).collect();
    if !silences.is_empty() {
        blocks.push(Block::List { numbered: false, items: silences });
    }
    blocks.extend(certificates(run, login));
    blocks
}

fn facts(run: &Run, login: &LoginProgress) -> Vec<(&'static str, Phrase)> {
    let home = match login.ask.home {
        Some(true) => "yes",
        Some(false) => "no",
        None => "not known",
    };
    let agreed = login.agreed.as_ref().map_or_else(String::new, |tls| format!("{}, {}", tls.version, tls.suite));
    let ids = login.headers.iter().map(|header| {
        let id = header.id.as_deref().map_or_else(|| Phrase::words("none"), Phrase::code);
        Phrase::words(&format!("{} ", header.stage)).then(id).then(Phrase::words("  "))
    });
    let ended = login.ended.as_ref().and_then(|ending| run.console.row(ending.n));
    let ended = ended.map_or_else(|| "not within the recording".to_owned(), |row| row.text());
    vec![
        ("User", Phrase::words(&login.ask.user)),
        ("User's home node", Phrase::words(home)),
        ("Named by", Phrase::words(&login.ask.named_by)),
        ("From", Phrase::words(login.local.as_deref().unwrap_or_default())),
        ("To", Phrase::words(login.remote.as_deref().unwrap_or_default())),
        ("Stream ids", ids.fold(Phrase::default(), Phrase::then)),
        ("TLS", Phrase::words(&agreed)),
        ("Mechanisms offered", Phrase::words(&login.mechanisms.join(", "))),
        ("Mechanism used", Phrase::words(&words::mechanism(login).unwrap_or_default())),
        ("Session", Phrase::words(login.jid.as_deref().unwrap_or_default())),
        ("Ended", Phrase::prose(&ended)),
    ]
}

fn stage(run: &Run, login: &LoginProgress, row: &StageRow, now: crate::journal::Offset) -> Vec<Phrase> {
    let entered = |ahead: i32| row.entered.map(|at| wide_time(login.wall_at(at), ahead)).unwrap_or_default();
    let row = vec![
        Phrase::code(row.stage.name()),
        Phrase::words(row.outcome.name()),
        Phrase::words(&row.elapsed(now).map(words::duration).unwrap_or_default()),
    ];
    let times = std::iter::once(0).chain(run.ahead()).map(|ahead| Phrase::words(&entered(ahead)));
    row.into_iter().chain(times).collect()
}

/// A wait that became silent: for what, how long, what is known of the bytes, and whether an answer came after all.
fn waited(silence: &Silence, now: crate::journal::Offset) -> Phrase {
    let waited = words::duration(silence.waited(now));
    let known = match silence.kind {
        SilenceKind::Acked => "`acked`: the node's host has all bytes",
        SilenceKind::Unacked => "`unacked`: the node's host has not confirmed the bytes",
        SilenceKind::WindowClosed => "`window_closed`: the node's service has stopped reading",
        SilenceKind::Unknown => "`unknown`: what became of the bytes is not known",
    };
    let after = match silence.answered {
        Some((n, _)) => format!("the answer came after {waited} (#{})", n.0),
        None => format!("no answer came in {waited} (#{})", silence.n.0),
    };
    Phrase::prose(&format!("In `{}`, waiting for {}: {after}. {known}.", silence.stage, silence.awaited.words()))
}

/// What the server showed, and what clients make of it.
fn certificates(run: &Run, login: &LoginProgress) -> Vec<Block> {
    let rows = |n: EntryNo| run.console.row(n).map(|row| row.lines(false)).unwrap_or_default();
    let mut lines: Vec<String> = Vec::new();
    for presented in &login.presented {
        let checked = presented.verified.as_ref().map(|verified| verified.n).filter(|n| *n != presented.n);
        let said = std::iter::once(presented.n).chain(checked).flat_map(rows);
        lines.extend(said.map(|line| format!("{}{}", " ".repeat(line.indent), line.text())));
    }
    if lines.is_empty() { Vec::new() } else { vec![Block::verbatim(lines)] }
}
