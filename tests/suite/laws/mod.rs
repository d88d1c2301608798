//! The laws of the code (`src/lib.rs`), read from the sources.
//!
//! Each checker is a function of sources to violations, and is also tried on a source that breaks its law.

mod features;
mod lab_names;
mod layers;
mod masked;
mod purity;
mod replay;
mod repository;
mod secrets;
mod source;
mod supply;

use std::path::{Path, PathBuf};

use source::{Named, Source};

fn repository() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Says where a law is broken.
fn violation(source: &Source, name: &Named, why: &str) -> String {
    format!("{}:{}: {} {why}", source.path, name.line, name.text())
}

fn must_be_kept(violations: &[String]) {
    assert!(violations.is_empty(), "{}", violations.join("\n"));
}

/// The files below a folder whose names end with `.ending`; of any ending if it is empty. Sorted.
fn files(folder: &Path, ending: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        if path.is_dir() {
            found.extend(files(&path, ending));
        } else if ending.is_empty() || path.extension().is_some_and(|own| own == ending) {
            found.push(path);
        }
    }
    found.sort();
    found
}
