//! Law 2: no runtime, clock, socket, file or random number in a pure module; and no drawing type.

use super::source::{Named, Source, sources};
use super::{must_be_kept, repository, violation};

const PURE: [&str; 7] = ["journal", "protocol", "login", "discovery", "progress", "console", "findings"];

/// Crates that a pure module must not name.
const CRATES: [&str; 8] =
    ["tokio", "tokio_rustls", "rand", "getrandom", "ratatui", "crossterm", "tui_textarea", "rustls_native_certs"];
/// Parts of a path that are a clock or a socket wherever they stand.
const ANYWHERE: [&str; 8] = [
    "Instant",
    "SystemTime",
    "TcpStream",
    "TcpListener",
    "UdpSocket",
    "UnixStream",
    "UnixListener",
    "SystemRandom",
];
/// What touches the machine. A test may read a fixture and its own environment.
const MACHINE: [&str; 4] = ["std::fs", "std::env", "std::process", "std::thread"];

fn broken(sources: &[Source]) -> Vec<String> {
    let pure = sources.iter().filter(|source| source.part().is_some_and(|part| PURE.contains(&part.as_str())));
    let found = pure.flat_map(|source| {
        let names = source.names();
        let impure = names.into_iter().filter(is_impure);
        impure.map(|name| violation(source, &name, "does not belong into a pure module")).collect::<Vec<_>>()
    });
    found.collect()
}

fn is_impure(name: &Named) -> bool {
    let text = name.text();
    let first = name.segments.first().map_or("", String::as_str);
    // A path of one word is also every local name, so a crate counts only where something of it is named.
    let named_crate = name.segments.len() > 1 && CRATES.contains(&first);
    let anywhere = name.segments.iter().any(|part| ANYWHERE.contains(&part.as_str()));
    let now = name.segments.len() > 1 && name.segments.last().is_some_and(|last| last == "now");
    let random = text.starts_with("ring::rand");
    let all = ["std::*", "std::net::*", "std::time::*"].contains(&text.as_str());
    let machine = MACHINE.iter().any(|part| text == *part || text.starts_with(&format!("{part}::")));
    named_crate || anywhere || now || random || all || (machine && !name.test)
}

#[test]
fn a_pure_module_touches_nothing_outside() {
    must_be_kept(&broken(&sources(repository())));
}

#[test]
fn a_pure_module_that_reaches_outside_is_caught() {
    let caught = |code: &str| !broken(&[Source::read("src/login/script.rs", code)]).is_empty();
    for code in [
        "use tokio::time::sleep;",
        "use std::{fmt, net::{IpAddr, TcpStream}};",
        "use std::net; fn f() { net::UdpSocket::bind(a) }",
        "fn f() -> std::time::Instant { later() }",
        "use std::time::{Duration, SystemTime};",
        "fn f() { jiff::Timestamp::now() }",
        "use ring::rand::SecureRandom;",
        "fn f() { std::fs::read(path) }",
        "use std::{env, fmt};",
        "use ratatui::style::Color;",
        "#[cfg(test)] mod tests { fn f() { Instant::now() } }",
    ] {
        assert!(caught(code), "{code}");
    }
    for code in [
        "use std::net::{IpAddr, SocketAddr}; use std::time::Duration;",
        "use ring::hmac; fn now(now: Offset) -> Offset { now }",
        "const PATH: &str = env!(\"CARGO_PKG_NAME\");",
        "#[cfg(test)] mod tests { fn f() { std::fs::read(fixture) } }",
    ] {
        assert!(!caught(code), "{code}");
    }
    assert!(broken(&[Source::read("src/probe/tcp.rs", "use tokio::net::TcpStream;")]).is_empty());
}
