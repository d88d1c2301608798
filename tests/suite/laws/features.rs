//! Of each dependency no more is taken than is named: a default feature needs a reason.

use serde_json::{Value, json};

use super::must_be_kept;
use super::supply::metadata;

/// Default features that are no more than the standard library.
const PLAIN: [&str; 2] = ["std", "alloc"];

/// Dependencies whose other default features are taken, and why. An entry that no longer applies is an error.
const WHOLE: [(&str, &str); 5] = [
    ("clap", "help, usage and suggestions are what a user reads after a wrong argument"),
    ("ratatui-textarea", "it takes the keys of crossterm"),
    ("ring", "random numbers where an old kernel has no getrandom"),
    ("tempfile", "names that nobody guesses"),
    ("tokio-socks", "its connections are tokio's"),
];

/// What is taken by default and not accounted for.
fn taken(packages: &[Value]) -> Vec<String> {
    let list = |value: &Value| value.as_array().cloned().unwrap_or_default();
    let own = packages.iter().find(|package| package["name"] == env!("CARGO_PKG_NAME")).expect("ourselves");
    let mut past = WHOLE.to_vec();
    let mut found = Vec::new();
    for dependency in list(&own["dependencies"]) {
        let name = dependency["name"].as_str().unwrap_or_default();
        let named = packages.iter().filter(|package| package["name"] == name);
        let defaults = named.flat_map(|package| list(&package["features"]["default"]));
        let more = defaults.filter(|feature| !PLAIN.iter().any(|plain| feature == plain));
        let more: Vec<String> = more.map(|feature| feature.to_string()).collect();
        if more.is_empty() || dependency["uses_default_features"] == false {
            continue;
        }
        match past.iter().position(|(whole, _)| *whole == name) {
            Some(at) => {
                past.remove(at);
            }
            None => found.push(format!("{name}: name its features instead of its defaults {}", more.join(", "))),
        }
    }
    found.extend(
        past.iter().map(|(name, why)| format!("{name} takes no default feature: strike the entry ({why})")),
    );
    found
}

#[test]
fn of_a_dependency_no_more_is_taken_than_is_named() {
    let told = metadata();
    let mut packages = told["packages"].as_array().expect("packages").clone();
    must_be_kept(&taken(&packages));
    let own = packages.iter_mut().find(|package| package["name"] == env!("CARGO_PKG_NAME")).expect("ourselves");
    let dependencies = own["dependencies"].as_array_mut().expect("dependencies");
    dependencies.push(json!({ "name": "hyper-like", "uses_default_features": true }));
    packages.push(json!({ "name": "hyper-like", "features": { "default": ["std", "http2"] } }));
    assert_eq!(taken(&packages), ["hyper-like: name its features instead of its defaults \"http2\""]);
}
