//! Law 1: a module uses only what its row of the table allows. Its tests are bound as well.

use super::source::{Source, sources};
use super::{must_be_kept, repository, violation};

const TABLE: [(&str, &[&str]); 12] = [
    ("journal", &[]),
    ("protocol", &[]),
    ("lab", &[]),
    ("login", &["protocol", "journal"]),
    ("discovery", &["journal", "protocol"]),
    ("console", &["journal", "protocol"]),
    ("progress", &["journal"]),
    ("findings", &["journal", "protocol", "discovery", "progress"]),
    ("probe", &["journal", "protocol", "login"]),
    ("ui", &["journal", "discovery", "console", "progress", "findings"]),
    ("report", &["journal", "discovery", "console", "progress", "findings", "ui"]),
    // The configuration says what is wanted; it knows nobody.
    ("config", &[]),
];
/// What the login may name of the journal: how stages, waits and ends are called, and time; never what is kept.
const VOCABULARY: [&str; 11] = [
    "Awaited",
    "ClientKind",
    "How",
    "Offset",
    "Outcome",
    "Purpose",
    "Remark",
    "Stage",
    "StageFact",
    "StageMark",
    "TlsMode",
];
/// The glue, which may use all.
const GLUE: [&str; 2] = ["app", "cli"];

fn broken(sources: &[Source]) -> Vec<String> {
    let mut found = Vec::new();
    for source in sources {
        let Some(part) = source.part() else { continue };
        let row = TABLE.iter().find(|(name, _)| *name == part);
        let Some((_, allowed)) = row else {
            if !GLUE.contains(&part.as_str()) {
                found.push(format!("{}: the module {part} is in no row of the table", source.path));
            }
            continue;
        };
        for name in source.names() {
            let other = match name.segments.first().map(String::as_str) {
                Some("crate" | "impscope") => name.segments.get(1),
                _ => None,
            };
            if other.is_some_and(|other| *other != part && !allowed.contains(&other.as_str())) {
                found.push(violation(source, &name, &format!("is not for {part}")));
            }
        }
    }
    found
}

#[test]
fn a_module_uses_only_what_its_row_allows() {
    let sources = sources(repository());
    let parts: Vec<String> = sources.iter().filter_map(Source::part).collect();
    assert!(TABLE.iter().all(|(name, _)| parts.contains(&(*name).to_owned())), "the table has a row too many");
    must_be_kept(&broken(&sources));
}

fn beyond_the_vocabulary(sources: &[Source]) -> Vec<String> {
    let of_the_login = sources.iter().filter(|source| source.part().as_deref() == Some("login"));
    let mut found = Vec::new();
    for source in of_the_login {
        for name in source.names() {
            let segments: Vec<&str> = name.segments.iter().map(String::as_str).collect();
            if let [_, "journal", rest @ ..] = &segments[..]
                && !rest.first().is_some_and(|word| VOCABULARY.contains(word))
            {
                found.push(violation(source, &name, "is not for login: it knows no entries"));
            }
        }
    }
    found
}

#[test]
fn the_login_knows_no_entries() {
    must_be_kept(&beyond_the_vocabulary(&sources(repository())));
    let caught = |code: &str| !beyond_the_vocabulary(&[Source::read("src/login/mod.rs", code)]).is_empty();
    assert!(caught("use crate::journal::{Stage, Entry};") && caught("use crate::journal;"));
    assert!(!caught("use crate::journal::{Offset, Stage};"));
}

#[test]
fn a_module_that_reaches_beyond_its_row_is_caught() {
    let caught = |path: &str, code: &str| !broken(&[Source::read(path, code)]).is_empty();
    assert!(caught("src/journal/line.rs", "use crate::protocol::Frame;"));
    assert!(caught("src/progress/mod.rs", "fn f() { crate::findings::verdict() }"));
    assert!(caught("src/login/mod.rs", "use super::probe::Engine;"));
    assert!(caught("src/login/script.rs", "use super::super::probe;"));
    assert!(caught("src/findings/tls.rs", "use crate::{journal::Fact, ui::{self, Model}};"));
    assert!(caught("src/console/row.rs", "use crate::*;"));
    assert!(caught("src/console/row.rs", "#[cfg(test)] mod tests { use crate::lab::Lab; }"));
    assert!(caught("src/plumbing/mod.rs", ""));
    assert!(!caught("src/findings/tls.rs", "use crate::{journal::Fact, findings::Code}; use super::rules;"));
    assert!(!caught("src/app/mod.rs", "use crate::{lab, ui, probe};"));
}
