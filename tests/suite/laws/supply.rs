//! What the program is made of: licences, sources, duplicates, minimum Rust, and where `unsafe` stands.
//!
//! It is read from `cargo metadata`, which needs no network, for the platforms that are tested (Linux). A crate that only
//! another system uses is not looked at.

use std::collections::{BTreeMap, BTreeSet};
use std::process::Command;

use serde_json::Value;

use super::source::{Kind, Source};
use super::{files, must_be_kept, repository};

/// Licences under which the program may pass on what it is made of.
const LICENCES: [&str; 6] = ["Apache-2.0", "BSD-3-Clause", "ISC", "MIT", "Unicode-3.0", "Zlib"];

/// Crates of which there are two versions, and why that stands. An entry that no longer applies is an error.
const TWICE: [(&str, &str); 5] = [
    ("getrandom", "ring 0.17 is on 0.2, everything else on 0.4"),
    ("syn", "some derive macros are still on 2, at build time alone"),
    ("synstructure", "as syn, which it is made for"),
    ("thiserror", "tokio-socks 0.5 is still on 1, for the derive of one error"),
    ("thiserror-impl", "as thiserror, which it is the macro of"),
];

/// Crates that must not come in, and why.
const REFUSED: [(&str, &str); 5] = [
    ("aws-lc-rs", "ring is the one provider of cryptography"),
    ("aws-lc-sys", "ring is the one provider of cryptography"),
    ("native-tls", "TLS is rustls: what it verifies is recorded"),
    ("openssl-sys", "a carried binary depends on no library of the host"),
    ("paste", "it is unmaintained (RUSTSEC-2024-0436)"),
];

/// Crates with a fault below this version.
const AT_LEAST: [(&str, &str, &str); 1] =
    [("lru", "0.18.2", "use after free on a panicking eviction (RUSTSEC-2026-0253)")];

/// The files with platform calls: the only ones with `unsafe`.
const PLATFORM: [&str; 2] = ["src/probe/platform.rs", "tests/suite/platform.rs"];

/// A package of the resolved graph.
#[derive(Debug, Clone, Default)]
struct Package {
    name: String,
    version: String,
    licence: String,
    source: String,
    rust: String,
}

impl Package {
    fn read(value: &Value) -> Self {
        let text = |key: &str| value[key].as_str().unwrap_or_default().to_owned();
        Self {
            name: text("name"),
            version: text("version"),
            licence: text("license"),
            source: text("source"),
            rust: text("rust_version"),
        }
    }

    fn called(&self) -> String {
        format!("{} {}", self.name, self.version)
    }
}

/// What cargo knows of us and of all that we are made of.
pub(super) fn metadata() -> Value {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let asked = Command::new(cargo)
        .args(["metadata", "--offline", "--locked", "--format-version", "1"])
        .args(["--filter-platform", &format!("{}-unknown-linux-gnu", std::env::consts::ARCH)])
        .current_dir(repository())
        .output()
        .expect("cargo can be asked");
    assert!(asked.status.success(), "{}", String::from_utf8_lossy(&asked.stderr));
    serde_json::from_slice(&asked.stdout).expect("cargo tells JSON")
}

/// Ourselves, and all that we are made of.
fn packages() -> (Package, Vec<Package>) {
    let told = metadata();
    let all = told["packages"].as_array().expect("packages").iter().map(Package::read);
    let (own, others): (Vec<_>, Vec<_>) = all.partition(|package| package.name == env!("CARGO_PKG_NAME"));
    (own.into_iter().next().expect("ourselves"), others)
}

/// Whether a licence expression (SPDX; `/` as older crates write `OR`) can be met with what is allowed.
fn can_be_met(expression: &str) -> bool {
    let words = expression.replace('/', " OR ").replace('(', " ( ").replace(')', " ) ");
    let words: Vec<&str> = words.split_whitespace().collect();
    let mut at = 0;
    either(&words, &mut at) && at == words.len()
}

fn either(words: &[&str], at: &mut usize) -> bool {
    let mut met = both(words, at);
    while words.get(*at) == Some(&"OR") {
        *at += 1;
        met |= both(words, at);
    }
    met
}

fn both(words: &[&str], at: &mut usize) -> bool {
    let mut met = one(words, at);
    while words.get(*at) == Some(&"AND") {
        *at += 1;
        met &= one(words, at);
    }
    met
}

fn one(words: &[&str], at: &mut usize) -> bool {
    let word = words.get(*at).copied().unwrap_or_default();
    *at += 1;
    if word == "(" {
        let met = either(words, at);
        *at += 1;
        return met;
    }
    // A licence with an exception is another licence.
    if words.get(*at) == Some(&"WITH") {
        *at += 2;
        return false;
    }
    LICENCES.contains(&word)
}

/// Against licences, refused crates, old versions and sources.
fn refused(packages: &[Package]) -> Vec<String> {
    let mut found = Vec::new();
    for package in packages {
        let called = package.called();
        if !can_be_met(&package.licence) {
            found.push(format!("{called}: its licence is {:?}", package.licence));
        }
        // The registry that everybody uses, by the index that cargo knows it by; no repository, no folder.
        if !package.source.starts_with("registry+") || !package.source.ends_with("/crates.io-index") {
            found.push(format!("{called}: it comes from {:?}", package.source));
        }
        if let Some((_, why)) = REFUSED.iter().find(|(name, _)| *name == package.name) {
            found.push(format!("{called}: {why}"));
        }
        if let Some((_, least, why)) = AT_LEAST.iter().find(|(name, ..)| *name == package.name)
            && figures(&package.version) < figures(least)
        {
            found.push(format!("{called}: {why}; {least} is well"));
        }
    }
    found
}

/// `1.88` and `1.88.0` are the same version.
fn figures(version: &str) -> Vec<u64> {
    let plain = version.split(['-', '+']).next().unwrap_or_default();
    let mut figures: Vec<u64> = plain.split('.').map(|figure| figure.parse().unwrap_or(0)).collect();
    figures.resize(3, 0);
    figures
}

fn duplicates(packages: &[Package]) -> Vec<String> {
    let mut versions: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for package in packages {
        versions.entry(&package.name).or_default().insert(&package.version);
    }
    versions.retain(|_, versions| versions.len() > 1);
    let unexplained = versions.iter().filter(|(name, _)| !TWICE.iter().any(|(known, _)| known == *name));
    let unexplained = unexplained.map(|(name, versions)| format!("{name} is there as {versions:?}"));
    let past = TWICE.iter().filter(|(name, _)| !versions.contains_key(name));
    let past = past.map(|(name, why)| format!("{name} is there once: strike the entry ({why})"));
    unexplained.chain(past).collect()
}

fn too_new(own: &Package, packages: &[Package]) -> Vec<String> {
    let newer = packages.iter().filter(|package| figures(&package.rust) > figures(&own.rust));
    newer.map(|package| format!("{} needs Rust {}, we say {}", package.called(), package.rust, own.rust)).collect()
}

fn unsafe_elsewhere(sources: &[Source]) -> Vec<String> {
    let others = sources.iter().filter(|source| !PLATFORM.contains(&source.path.as_str()));
    let found = others.flat_map(|source| {
        let words = source
            .tokens
            .iter()
            .filter(|token| matches!(&token.kind, Kind::Word(word) if word == "unsafe" || word == "unsafe_code"));
        words.map(|token| format!("{}:{}: unsafe is for {}", source.path, token.line, PLATFORM[0]))
    });
    found.collect()
}

#[test]
fn what_the_program_is_made_of_has_a_licence_a_source_and_a_version_that_we_take() {
    let (_, others) = packages();
    assert!(others.len() > 100, "the graph is not whole: {}", others.len());
    must_be_kept(&refused(&others));
    must_be_kept(&duplicates(&others));
}

#[test]
fn no_dependency_needs_a_newer_rust_than_we_say() {
    let (own, others) = packages();
    assert!(!own.rust.is_empty(), "Cargo.toml states no rust-version");
    must_be_kept(&too_new(&own, &others));
    let readme = std::fs::read_to_string(repository().join("README.md")).expect("the README");
    assert!(
        readme.contains(&format!("Rust {} or newer", own.rust)),
        "the README says another version than {own:?}"
    );
}

#[test]
fn unsafe_stands_with_the_platform_calls_alone() {
    let folders = ["src", "tests"].map(|folder| files(&repository().join(folder), "rs"));
    let read = |path: &std::path::PathBuf| {
        let text = std::fs::read_to_string(path).expect("a source can be read");
        let path = path.strip_prefix(repository()).expect("it lies there");
        Source::read(&path.display().to_string(), &text)
    };
    let sources: Vec<Source> = folders.iter().flatten().map(read).collect();
    must_be_kept(&unsafe_elsewhere(&sources));
    let caught = |path: &str, code: &str| !unsafe_elsewhere(&[Source::read(path, code)]).is_empty();
    assert!(caught("src/probe/tcp.rs", "fn f() { unsafe { g() } }"));
    assert!(caught("tests/suite/screen.rs", "#![allow(unsafe_code)]"));
    assert!(!caught("src/report/html.rs", "const CSP: &str = \"unsafe-inline\"; // unsafe"));
    assert!(!caught("src/probe/platform.rs", "fn f() { unsafe { g() } }"));
}

#[test]
fn a_crate_that_we_do_not_take_is_caught() {
    let good = Package {
        name: "memchr".into(),
        version: "2.8.3".into(),
        licence: "Unlicense OR MIT".into(),
        source: "registry+https://example.com/crates.io-index".into(),
        rust: "1.61".into(),
    };
    assert!(refused(std::slice::from_ref(&good)).is_empty());
    for bad in [
        Package { licence: "MPL-2.0".into(), ..good.clone() },
        Package { licence: String::new(), ..good.clone() },
        Package { source: "git+https://example.com/memchr".into(), ..good.clone() },
        Package { source: String::new(), ..good.clone() },
        Package { name: "openssl-sys".into(), ..good.clone() },
        Package { name: "lru".into(), version: "0.18.1".into(), ..good.clone() },
    ] {
        assert_eq!(refused(std::slice::from_ref(&bad)).len(), 1, "{bad:?}");
    }
    let newer = Package { version: "3.0.0".into(), ..good.clone() };
    assert!(duplicates(&[good.clone(), newer]).iter().any(|line| line.starts_with("memchr is there as")));
    assert!(duplicates(std::slice::from_ref(&good)).iter().any(|line| line.contains("strike the entry")));
    let own = Package { rust: "1.60".into(), ..good.clone() };
    assert_eq!(too_new(&own, std::slice::from_ref(&good)).len(), 1);
}

#[test]
fn a_licence_expression_is_met_as_it_says() {
    for met in [
        "MIT/Apache-2.0",
        "(MIT OR Apache-2.0) AND Unicode-3.0",
        "GPL-3.0 OR MIT",
        "Apache-2.0 WITH LLVM-exception OR MIT",
    ] {
        assert!(can_be_met(met), "{met}");
    }
    for not in ["MIT AND GPL-3.0", "Apache-2.0 WITH LLVM-exception", "(MIT OR GPL-3.0) AND MPL-2.0", "", "MIT MIT"]
    {
        assert!(!can_be_met(not), "{not}");
    }
}
