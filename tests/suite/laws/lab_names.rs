//! Law 8: no code outside `cli`, `app` and `lab` knows the lab, its hosts or its scenarios.

use super::source::{Source, sources};
use super::{files, must_be_kept, repository, violation};

const KNOWING: [&str; 3] = ["cli", "app", "lab"];

/// Scenarios that are called what the protocol calls their fault: a stream error's condition (RFC 6120 4.9.3.19)
/// was that before a scenario taught it, and the code that reads it knows the protocol, not the lab. So it is with a side
/// of a site.
const OF_THE_PROTOCOL: [&str; 2] = ["see-other-host", "outside"];

/// What the lab's files call things.
#[derive(Default)]
struct Words {
    scenarios: Vec<String>,
    hosts: Vec<String>,
}

impl Words {
    fn of_the_lab() -> Self {
        let mut words = Self::default();
        for file in files(&repository().join("assets/lab"), "toml") {
            let stem = file.file_stem().expect("a file has a name").to_string_lossy().into_owned();
            let text = std::fs::read_to_string(&file).expect("an asset can be read");
            let table: toml::Table =
                toml::from_str(&text).unwrap_or_else(|why| panic!("{}: {why}", file.display()));
            let hosts = table.get("host").and_then(|hosts| hosts.as_array()).into_iter().flatten();
            words.hosts.extend(hosts.filter_map(|host| host.get("name")?.as_str().map(str::to_owned)));
            if !OF_THE_PROTOCOL.contains(&stem.as_str()) {
                words.scenarios.push(stem);
            }
        }
        words
    }
}

fn broken(sources: &[Source], words: &Words) -> Vec<String> {
    let mut found = Vec::new();
    for source in sources {
        if source.part().is_some_and(|part| KNOWING.contains(&part.as_str())) {
            continue;
        }
        let names = source.names();
        let lab =
            |path: &[String]| path.len() > 1 && ["crate", "impscope"].contains(&&*path[0]) && path[1] == "lab";
        let named = names.iter().filter(|name| lab(&name.segments));
        found.extend(named.map(|name| violation(source, name, "is for cli and app alone")));
        for (text, line) in source.texts() {
            let scenario = words.scenarios.iter().any(|scenario| scenario == text);
            if scenario || words.hosts.iter().any(|host| text.contains(host.as_str())) {
                found.push(format!("{}:{line}: {text:?} is a name of the lab", source.path));
            }
        }
    }
    found
}

#[test]
fn nobody_else_knows_the_lab() {
    must_be_kept(&broken(&sources(repository()), &Words::of_the_lab()));
}

#[test]
fn code_that_knows_the_lab_is_caught() {
    let words = Words { scenarios: vec!["silent-auth".into()], hosts: vec!["imp1.example.test".into()] };
    let caught = |path: &str, code: &str| !broken(&[Source::read(path, code)], &words).is_empty();
    assert!(caught("src/probe/engine.rs", "use crate::{journal::Fact, lab::Lab};"));
    assert!(caught("src/findings/xmpp.rs", "if scenario == \"silent-auth\" {}"));
    assert!(caught("src/discovery/item.rs", "if host.starts_with(\"imp1.example.test\") {}"));
    assert!(caught("src/main.rs", "fn main() { impscope::lab::serve() }"));
    assert!(!caught("src/cli.rs", "use crate::lab::{Lab, scenarios};"));
    assert!(!caught("src/ui/model.rs", "pub lab: bool, // like imp1.example.test"));
    assert!(!caught("src/ui/model.rs", "#[cfg(test)] mod tests { const HOST: &str = \"imp1.example.test\"; }"));
}
