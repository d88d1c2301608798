//! Law 3: in production a payload is made by `probe` alone, from what the mask found.

use super::source::{Source, sources};
use super::{must_be_kept, repository, violation};

fn broken(sources: &[Source]) -> Vec<String> {
    let others = sources.iter().filter(|source| source.part().is_none_or(|part| part != "probe"));
    let found = others.flat_map(|source| {
        let names = source.names();
        let made = names.into_iter().filter(|name| !name.test && name.text().ends_with("Payload::cut"));
        made.map(|name| violation(source, &name, "is for probe alone")).collect::<Vec<_>>()
    });
    found.collect()
}

#[test]
fn only_the_rim_makes_a_payload() {
    must_be_kept(&broken(&sources(repository())));
}

#[test]
fn a_payload_made_elsewhere_is_caught() {
    let caught = |path: &str, code: &str| !broken(&[Source::read(path, code)]).is_empty();
    assert!(caught("src/login/script.rs", "fn f() { Payload::cut(bytes, &[]) }"));
    assert!(caught("src/app.rs", "fn f() { let make = crate::journal::Payload::cut; }"));
    assert!(caught("src/journal/line.rs", "fn f() { super::payload::Payload::cut(bytes, &[]) }"));
    assert!(!caught("src/console/row.rs", "#[cfg(test)] mod tests { fn f() { Payload::cut(b\"\", &[]) } }"));
    assert!(!caught("src/probe/tcp.rs", "fn f() { Payload::cut(bytes, &found) }"));
}
