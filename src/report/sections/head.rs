//! What was tested, what came of it, and where it was done.

use super::super::block::{Block, Phrase};
use super::super::words;
use super::{Run, moment, offset};
use crate::discovery::Walk;
use crate::findings;
use crate::journal::{Ask, Clients, DnsServer, Event, Stage, host_port};
use crate::progress::{LoginProgress, LoginResult, result};

/// The name of the report, what it is about, and its verdict.
pub(super) fn head(run: &Run) -> Vec<Block> {
    let account = run.account();
    let mut blocks = vec![
        Block::Title(Phrase::words("impscope report: ").then(Phrase::words(&account))),
        Block::prose(
            "impscope logs in to Cisco IM&Presence as a client does and shows at which step, on which node, a login \
             stops. It is not a Cisco tool, and it changes nothing on the servers.",
        ),
        Block::facts(vec![
            ("What was tested", tested(run)),
            ("Verdict", Phrase::prose(&verdict(run))),
            ("How far", how_far(run)),
        ]),
    ];
    for note in notes(run) {
        blocks
            .push(Block::Paragraph(Phrase::strong("Note: ").then(Phrase::words(" ")).then(Phrase::prose(&note))));
    }
    blocks
}

fn tested(run: &Run) -> Phrase {
    let account = Phrase::code(&run.account());
    let what = if run.ask().is_some_and(|ask| ask.user.is_empty()) { "the way to " } else { "the login of " };
    let way = match run.walk.goal() {
        None => ", on nodes that were named by hand",
        Some(goal) if !goal.nodes.is_empty() => ", on nodes that were named by hand",
        Some(goal) => match goal.clients {
            Clients::All => ", by every way that Jabber and XMPP clients such as PSI would take",
            Clients::Jabber => ", by the way that Cisco Jabber takes inside",
            Clients::Psi => ", by the way that XMPP clients such as PSI take",
            Clients::Edge => ", by the way that Cisco Jabber takes from outside",
        },
    };
    Phrase::words(what).then(account).then(Phrase::words(way))
}

/// One line.
fn verdict(run: &Run) -> String {
    if let Some(finding) = findings::verdict(run.of_now()).filter(|finding| !words::is_note(finding)) {
        return findings::headline(finding);
    }
    let logins = || run.progress.logins().iter();
    let of = |wanted: LoginResult| {
        logins().filter(move |login| login.ask.until > Stage::StreamTls && result(login) == wanted)
    };
    let at = |login: &LoginProgress| format!("the login on {}", host_port(&login.ask.host, login.ask.port));
    // What lies on the way from outside is judged beside the way inside.
    let reached =
        of(LoginResult::Ok).rfind(|login| !login.ask.is_by_edge()).or_else(|| of(LoginResult::Ok).next_back());
    let halted = of(LoginResult::Running).next_back().map(|login| (login, "was still under way"));
    let halted =
        halted.or_else(|| of(LoginResult::Stopped).next_back().map(|login| (login, "was not carried on")));
    let found = if words::faults(&run.findings).is_empty() {
        "nothing was found wrong"
    } else {
        "what was found wrong is of earlier logins"
    };
    match (reached, halted) {
        (Some(login), _) => format!("OK: {} came to `{}`, and {found}.", at(login), login.ask.until),
        (None, _) if logins().next().is_none() => "UNKNOWN: no login was begun.".to_owned(),
        (None, _) if of(LoginResult::NotTried).next().is_some() => {
            "UNKNOWN: no password or token was at hand, so no login was tried to its end.".to_owned()
        }
        (None, Some((login, what))) => format!("UNKNOWN: {} {what} at `{}`.", at(login), words::ended_at(login)),
        (None, None) if logins().all(|login| login.ask.until <= Stage::StreamTls) => {
            "UNKNOWN: no login was made; the nodes were asked up to their mechanisms alone.".to_owned()
        }
        (None, None) => "UNKNOWN: no login came to its end, and no rule says why.".to_owned(),
    }
}

/// Each node and what its newest login came to.
fn how_far(run: &Run) -> Phrase {
    let mut newest: Vec<(String, String)> = Vec::new();
    for login in run.progress.logins() {
        let node = host_port(&login.ask.host, login.ask.port);
        let came = words::came_to(login);
        match newest.iter_mut().find(|(known, _)| *known == node) {
            Some((_, known)) => *known = came,
            None => newest.push((node, came)),
        }
    }
    let one = |(node, came): (String, String)| Phrase::code(&node).then(Phrase::prose(&format!(": {came}. ")));
    newest.into_iter().map(one).fold(Phrase::default(), Phrase::then)
}

/// What a reader must know before anything else.
fn notes(run: &Run) -> Vec<String> {
    let mut notes = Vec::new();
    if run.ask().is_some_and(|ask| ask.lab) {
        notes.push("this is impscope's own practice deployment, no real site.".to_owned());
    }
    if run.source.pseudonymised {
        notes.push(
            "names, users, domains, addresses and fingerprints are replaced, the same original by the same \
             replacement throughout. Times, stream ids and entry numbers are the original ones."
                .to_owned(),
        );
    }
    if let Some(why) = &run.source.torn {
        notes.push(format!("the recording's last line is incomplete and was left out ({why})."));
    }
    if !run.is_over() {
        notes.push("the recording has no end: the program was still running, or was killed.".to_owned());
    }
    if run.progress.lost() > 0 {
        notes.push(format!(
            "{} entries are missing: they were lost while it was recorded, or could not be exported.",
            run.progress.lost()
        ));
    }
    notes
}

/// Where, when, and by whom it was made.
pub(super) fn environment(run: &Run) -> Vec<Block> {
    let (first, last) = run.span();
    let at = |wall| match run.ahead() {
        Some(ahead) => format!("{} UTC, {} local", moment(wall, 0), moment(wall, ahead)),
        None => format!("{} UTC", moment(wall, 0)),
    };
    let local = run.ahead().map_or_else(
        || "not recorded: all times here are UTC".to_owned(),
        |ahead| format!("{} where it was recorded", offset(ahead)),
    );
    let system = run.environment().map_or_else(|| "not recorded".to_owned(), |known| known.system.clone());
    let host = run.environment().map_or_else(|| "not recorded".to_owned(), |known| known.host.clone());
    let marks = run.ask().map_or_else(String::new, |ask| {
        format!(
            "an answer is called slow after {}, silent after {}",
            words::ms(ask.slow_ms),
            words::ms(ask.silent_ms)
        )
    });
    let mut facts = vec![
        ("Recorded by", Phrase::words(&run.source.tool)),
        ("Report by", Phrase::words(concat!("impscope ", env!("CARGO_PKG_VERSION")))),
        ("On host", Phrase::words(&host)),
        ("System", Phrase::words(&system)),
        ("Began", Phrase::words(&at(first))),
        ("Ended", Phrase::words(&at(last))),
        ("Local time", Phrase::words(&local)),
        ("Waiting", Phrase::words(&marks)),
        ("DNS servers", Phrase::words(&servers(run).join(", "))),
    ];
    facts.extend(connections(run).map(|how| ("Connections", Phrase::words(&how))));
    let mut blocks = vec![Block::section("Environment"), Block::facts(facts)];
    let rows = sources(run);
    if !rows.is_empty() {
        blocks.push(Block::prose(
            "Each login from its own address and port, as a capture on the way would show it:",
        ));
        let mut head = vec!["Login on", "For", "From", "To", "Began (UTC)"];
        head.extend(run.ahead().map(|_| "Began (local)"));
        blocks.push(Block::Table { head, rows });
    }
    blocks
}

/// How connections were made, where it was not from this host.
fn connections(run: &Run) -> Option<String> {
    let via = run.walk.goal()?.via.as_ref()?;
    let names = if via.names { "which resolves the names" } else { "as addresses" };
    Some(format!("all by way of the SOCKS proxy {via}, {names}; what TCP tells is of the proxy"))
}

/// The DNS servers and who named them; of a run that asked without a goal those that were asked.
fn servers(run: &Run) -> Vec<String> {
    let named = |walk: &Walk| -> Vec<String> {
        let goal = walk.goal().into_iter().flat_map(|goal| &goal.dns);
        let by = |server: &DnsServer| if server.via { ", by way of the proxy" } else { "" };
        goal.map(|server| format!("{} ({}{})", server.address, server.source, by(server))).collect()
    };
    let mut servers = named(&run.walk);
    if servers.is_empty() {
        for entry in run.entries {
            if let Event::Began(Ask::Dns(ask)) = &entry.event
                && !servers.contains(&ask.server)
            {
                servers.push(ask.server.clone());
            }
        }
    }
    if servers.is_empty() {
        servers.push("none was asked".to_owned());
    }
    servers
}

fn sources(run: &Run) -> Vec<Vec<Phrase>> {
    let from = |login: &crate::progress::LoginProgress| match (&login.local, &login.via) {
        (Some(local), Some(via)) => Phrase::code(local).then(Phrase::words(&format!(" by way of {via}"))),
        (Some(local), None) => Phrase::code(local),
        (None, _) => Phrase::words("no connection"),
    };
    let row = |login: &crate::progress::LoginProgress| {
        let or_none = |address: &Option<String>| {
            address.as_deref().map_or_else(|| Phrase::words("no connection"), Phrase::code)
        };
        let began =
            std::iter::once(0).chain(run.ahead()).map(|ahead| Phrase::words(&moment(login.began_wall, ahead)));
        let row = vec![
            Phrase::code(&host_port(&login.ask.host, login.ask.port)),
            Phrase::words(login.ask.purpose.words()),
            from(login),
            or_none(&login.remote),
        ];
        row.into_iter().chain(began).collect()
    };
    words::all_logins(&run.progress).into_iter().map(row).collect()
}
