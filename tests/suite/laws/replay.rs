//! Law 9: a recording can send nothing. What shows it names no engine, no login and no socket, and takes of the screen
//! only what needs none.

use super::source::{Named, Source, sources};
use super::{must_be_kept, repository, violation};

/// What shows a recording, and what it shares with a live run.
const FILES: [&str; 3] = ["src/app/replay/", "src/app/front.rs", "src/app/scribe.rs"];
/// Modules of ours that ask, or that hold an engine.
const MODULES: [&str; 8] = [
    "crate::probe",
    "crate::login",
    "crate::lab",
    "crate::app::desk",
    "crate::app::run",
    "crate::app::target",
    "crate::app::walker",
    "crate::app::practice",
];
/// What the screen asks of an engine, and the ways to it.
const WORDS: [&str; 3] = ["Effect", "Live", "Engine"];
/// Sockets, and the crates that make them.
const SOCKETS: [&str; 8] = [
    "std::net",
    "tokio::net",
    "tokio_rustls",
    "hyper",
    "hyper_util",
    "reqwest",
    "hickory_resolver",
    "std::os::unix::net",
];

fn broken(sources: &[Source]) -> Vec<String> {
    let shown = sources.iter().filter(|source| FILES.iter().any(|file| source.path.starts_with(file)));
    let found = shown.flat_map(|source| {
        let sends = source.names().into_iter().filter(sends);
        sends.map(|name| violation(source, &name, "could send something")).collect::<Vec<_>>()
    });
    found.collect()
}

fn sends(name: &Named) -> bool {
    let text = name.text();
    let below = |module: &&str| text == **module || text.starts_with(&format!("{module}::"));
    let all = [
        "crate::*",
        "crate::app::*",
        "crate::ui::*",
        "crate::ui::action::*",
        "crate::ui::effect::*",
        "std::*",
        "tokio::*",
    ];
    let asks = name.segments.iter().any(|part| WORDS.contains(&part.as_str()));
    let handles =
        text == "crate::ui::handle" || text == "crate::ui::update" || text == "crate::ui::update::update";
    let whole = text == "crate::ui" || all.contains(&text.as_str());
    MODULES.iter().any(&below) || SOCKETS.iter().any(below) || asks || (handles && !name.test) || whole
}

#[test]
fn what_shows_a_recording_can_send_nothing() {
    let sources = sources(repository());
    for file in FILES {
        assert!(sources.iter().any(|source| source.path.starts_with(file)), "{file} is not there");
    }
    must_be_kept(&broken(&sources));
}

#[test]
fn what_could_send_from_a_recording_is_caught() {
    let caught = |code: &str| !broken(&[Source::read("src/app/replay/mod.rs", code)]).is_empty();
    for code in [
        "use crate::probe::Engine;",
        "use super::desk::Desk;",
        "use super::super::login::Pace;",
        "use crate::ui::{Model, handle};",
        "use crate::ui; fn f() { ui::handle(model, event) }",
        "use crate::ui::effect::Live;",
        "fn f(effect: crate::ui::Effect) {}",
        "fn f() { tokio::net::TcpStream::connect(to) }",
        "use std::net::UdpSocket;",
        "use crate::ui::*;",
        "use crate::ui::effect::*;",
    ] {
        assert!(caught(code), "{code}");
    }
    assert!(!caught("use crate::ui::{Local, Model, handle_recording}; use super::scribe::Scribe;"));
}
