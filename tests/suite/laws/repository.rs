//! What the repository may hold: a short top level, no paths of anybody's machine, no file too long to read.

use super::source::{Source, sources};
use super::{files, must_be_kept, repository};

const TOP: [&str; 7] = ["Cargo.toml", "Cargo.lock", "src", "assets", "tests", "README.md", "LICENSE"];
/// The hard limit of a file's production lines; 300 is the aim.
const LONGEST: usize = 500;

/// What `.gitignore` names from the top on is not the repository's.
fn ignored(gitignore: &str) -> impl Iterator<Item = &str> {
    gitignore.lines().filter_map(|line| line.strip_prefix('/'))
}

fn gitignore() -> String {
    std::fs::read_to_string(repository().join(".gitignore")).expect("a .gitignore")
}

fn strangers(top: &[String], gitignore: &str) -> Vec<String> {
    let ignored: Vec<&str> = ignored(gitignore).collect();
    let known = |name: &str| TOP.contains(&name) || name.starts_with('.') || ignored.contains(&name);
    top.iter().filter(|name| !known(name)).cloned().collect()
}

/// The lines that name a place which exists on one machine only.
fn machine_paths(path: &str, text: &str) -> Vec<String> {
    // Put together here, so that this file does not break its own law.
    let folders = ["home", "Users", "root", "work"].map(|folder| format!("/{folder}/"));
    let names = |line: &str| {
        folders.iter().any(|folder| {
            line.match_indices(folder.as_str()).any(|(at, _)| !line[..at].ends_with(|c: char| c.is_alphanumeric()))
        })
    };
    let lines = text.lines().enumerate().filter(|(_, line)| names(line));
    lines.map(|(at, line)| format!("{path}:{}: {line}", at + 1)).collect()
}

fn too_long(sources: &[Source]) -> Vec<String> {
    let long = sources.iter().filter(|source| source.production_lines() > LONGEST);
    long.map(|source| format!("{}: {} production lines", source.path, source.production_lines())).collect()
}

#[test]
fn the_top_level_holds_nothing_else() {
    let entries = std::fs::read_dir(repository()).expect("the repository can be read").flatten();
    let top: Vec<String> = entries.map(|entry| entry.file_name().to_string_lossy().into_owned()).collect();
    must_be_kept(&strangers(&top, &gitignore()));
    let given = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>();
    assert_eq!(strangers(&given(&["src", "target", ".ci", "notes.txt"]), "/target\n"), ["notes.txt"]);
}

#[test]
fn nothing_names_a_place_on_one_machine() {
    let mut all =
        vec![repository().join("README.md"), repository().join("Cargo.toml"), repository().join(".ci/run")];
    for folder in ["src", "assets", "tests"] {
        all.extend(files(&repository().join(folder), ""));
    }
    let gitignore = gitignore();
    let left_out: Vec<_> = ignored(&gitignore).map(|path| repository().join(path)).collect();
    all.retain(|path| !left_out.iter().any(|folder| path.starts_with(folder)));
    let texts = all.iter().filter_map(|path| Some((path, std::fs::read_to_string(path).ok()?)));
    let found = texts.flat_map(|(path, text)| machine_paths(&path.display().to_string(), &text));
    must_be_kept(&found.collect::<Vec<_>>());
    let bad = ["see /", "home/alice/notes"].concat();
    assert_eq!(machine_paths("a", &bad).len(), 1);
    assert!(machine_paths("a", &["net", "/", "work/x"].concat()).is_empty());
}

#[test]
fn no_file_is_too_long_to_read() {
    must_be_kept(&too_long(&sources(repository())));
    let long = "fn f() {}\n".repeat(LONGEST + 1);
    assert_eq!(too_long(&[Source::read("src/app.rs", &long)]).len(), 1);
    let tested = format!("#[cfg(test)]\nmod tests {{\n{long}}}\n// comment\n");
    assert!(too_long(&[Source::read("src/app.rs", &tested)]).is_empty());
}
