//! The command line without any network: usage, exit codes, the explanations.

use crate::program::Program;

#[test]
fn bad_usage_is_unknown_to_a_monitoring_system() {
    for arguments in [
        &["check"][..],
        &["check", "--node", "127.0.0.1", "alice@"],
        &["check", "--dns", "ns1.example.test", "alice@example.test"],
        &["check", "--node", "127.0.0.1", "--until", "lunch", "alice@example.test"],
        &["check", "--node", "127.0.0.1", "--accept", "sha256:short", "alice@example.test"],
        &["check", "--no-such-option", "alice@example.test"],
    ] {
        let run = Program::new().run(arguments);
        assert_eq!(run.exit, Some(3), "{arguments:?}: {run:#?}");
        assert!(run.stdout.is_empty() && !run.stderr.is_empty(), "{arguments:?}: {run:#?}");
    }
}

#[test]
fn alone_it_prints_three_examples() {
    let run = Program::new().run(&[""; 0]);
    let examples = format!("{}{}", run.stdout, run.stderr);
    assert_eq!(examples.lines().filter(|line| line.trim_start().starts_with("impscope ")).count(), 3, "{run:#?}");
}

#[test]
fn a_password_is_no_argument() {
    let run = Program::new().run(&["check", "--node", "127.0.0.1", "--password", "secret", "alice@example.test"]);
    assert_eq!(run.exit, Some(3), "{run:#?}");
}

#[test]
fn a_finding_is_explained_and_an_unknown_one_is_not_made_up() {
    let run = Program::new().run(&["explain", "XMPP_AUTH_SILENT"]);
    assert_eq!(run.exit, Some(0), "{run:#?}");
    assert!(run.stdout.contains("XMPP_AUTH_SILENT") && run.stdout.lines().count() > 3, "{run:#?}");
    let unknown = Program::new().run(&["explain", "XMPP_MOON_PHASE"]);
    assert_eq!((unknown.exit, unknown.stdout.as_str()), (Some(3), ""), "{unknown:#?}");
}

#[test]
fn the_version_is_the_crates() {
    let run = Program::new().run(&["--version"]);
    assert_eq!(run.stdout.trim(), concat!("impscope ", env!("CARGO_PKG_VERSION")), "{run:#?}");
}

/// More logins than notes fit on their way: nobody may wait for room that only the waiter can make.
#[test]
fn hundreds_of_nodes_are_asked_at_once() {
    let nodes: Vec<String> = (1..=400).map(|port| format!("127.0.0.2:{port}")).collect();
    let mut arguments = vec!["check", "--json", "--no-record"];
    arguments.extend(nodes.iter().flat_map(|node| ["--node", node]));
    arguments.push("alice@example.test");
    let run = Program::new().run(&arguments);
    assert_eq!(run.json()["nodes"].as_array().map(Vec::len), Some(400), "{run:#?}");
    assert_eq!(run.exit, Some(2), "{run:#?}");
}
