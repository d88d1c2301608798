//! The command line without any network: usage, exit codes, the explanations.

use crate::program::{Finished, Program, SOON};
use crate::requirement;

#[test]
fn bad_usage_is_unknown_to_a_monitoring_system() {
    for arguments in [
        &["check"][..],
        &["check", "--node", "127.0.0.1", "alice@"],
        &["check", "--dns", "ns1.example.test", "alice@example.test"],
        &["check", "--node", "127.0.0.1", "--until", "lunch", "alice@example.test"],
        &["check", "--node", "127.0.0.1", "--accept", "sha256:short", "alice@example.test"],
        &["check", "--no-such-option", "alice@example.test"],
        &["check", "--node", "127.0.0.1", "--second-user", "", "alice@example.test"],
        &["check", "--node", "127.0.0.1", "--second-password-file", "/dev/null", "alice@example.test"],
        &["check", "--node", "127.0.0.1", "--second-password", "secret", "alice@example.test"],
        &["--node", "127.0.0.1", "--control", "alice@example.test"],
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

/// Each shell reads what it is given, and knows the commands.
#[test]
fn the_completions_are_what_the_shells_read() {
    let program = Program::new();
    // Each prints what it would complete `impscope re` to.
    let shells = [
        (
            "bash",
            "source /dev/stdin; COMP_WORDS=(impscope re) COMP_CWORD=1; _impscope impscope re impscope; echo ${COMPREPLY[@]}",
        ),
        (
            "zsh",
            "autoload -U compinit; compinit -u -D; eval \"$(cat)\"; whence -w _impscope; functions _impscope_commands",
        ),
        ("fish", "source; complete -C 'impscope re'"),
    ];
    for (shell, script) in shells {
        if !requirement::programs(&[shell]) {
            continue;
        }
        let completions = program.run(&["completions", shell]).stdout;
        let mut command = program.command_of(shell);
        command.args(if shell == "bash" { &["--norc", "-c"][..] } else { &["-c"] }).arg(script);
        let said = crate::program::fed(command, &completions);
        assert!(said.contains("replay"), "{shell}: {said}");
    }
}

/// As a reader sees it: what the program exits with, what it reads and where it writes, and every command by the name
/// of its own page.
#[test]
fn the_manual_page_tells_of_exit_codes_variables_files_and_each_command() {
    let program = Program::new();
    let page = program.run(&["man"]).stdout;
    let commands = ["check", "replay", "export", "explain", "completions", "man"];
    for command in commands {
        assert!(page.contains(&format!("impscope\\-{command}(1)")), "{command}: {page}");
        let own = program.run(&["man", command]).stdout;
        assert!(own.starts_with(".ie") && own.contains(&format!(".TH impscope-{command} 1")), "{own}");
    }
    let wrong = program.run(&["man", "chekc"]);
    assert_eq!(wrong.exit, Some(3));
    assert!(wrong.stderr.contains("there are check,"), "{}", wrong.stderr);
    if requirement::programs(&["man"]) {
        let mut command = program.command_of("man");
        command.args(["--local-file", "--warnings", "--nj", "--nh", "-"]).env("MANWIDTH", "200");
        let said = crate::program::fed(command, &page);
        assert!(!said.contains("warning"), "{said}");
        for section in ["SYNOPSIS", "OPTIONS", "SUBCOMMANDS", "EXIT STATUS", "ENVIRONMENT", "FILES", "EXAMPLES"] {
            assert!(said.lines().any(|line| line == section), "{section}: {said}");
        }
        for told in ["IMPSCOPE_PASSWORD", "--until <STAGE>", "/etc/impscope.toml", "met silence"] {
            assert!(said.contains(told), "{told}: {said}");
        }
    }
}

#[test]
fn a_password_is_no_argument() {
    let run = Program::new().run(&["check", "--node", "127.0.0.1", "--password", "secret", "alice@example.test"]);
    assert_eq!(run.exit, Some(3), "{run:#?}");
}

/// A node that nobody listens on, and a second user.
const SECOND: [&str; 7] =
    ["check", "--no-record", "--control", "--node", "127.0.0.2:1", "--second-user", "bob\u{1b}[2J"];

#[test]
fn a_second_user_without_a_password_is_an_error_that_names_the_remedy() {
    let run = Program::new().run(&[&SECOND[..], &["alice@example.test"]].concat());
    assert_eq!((run.exit, run.stdout.as_str()), (Some(3), ""), "{run:#?}");
    for named in ["--second-user bob", "--second-password-file FILE", "IMPSCOPE_SECOND_PASSWORD"] {
        assert!(run.stderr.contains(named), "{run:#?}");
    }
    assert!(!run.stderr.contains('\u{1b}'), "{run:#?}");
}

#[test]
fn a_second_users_password_comes_from_the_environment_or_a_file_and_is_shown_nowhere() {
    let program = Program::new();
    let file = program.home().join("second");
    std::fs::write(&file, "canary-second\n").unwrap();
    let by_file = ["--second-password-file", file.to_str().unwrap()];
    for (extra, variable) in [(&by_file[..], ""), (&[][..], "canary-second")] {
        let mut command = program.command();
        command.args(SECOND).args(extra).arg("alice@example.test").env("IMPSCOPE_SECOND_PASSWORD", variable);
        let run = command.output().unwrap();
        let said = String::from_utf8_lossy(&run.stdout) + String::from_utf8_lossy(&run.stderr);
        assert_eq!(run.status.code(), Some(2), "{said}");
        assert!(said.contains("attempts with alice's password: 0 of 3"), "{said}");
        assert!(said.contains("attempts with bob") && said.contains("'s password: 0 of 3"), "{said}");
        assert!(!said.contains("canary") && !said.contains('\u{1b}'), "{said}");
    }
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

/// Runs `explain` with these words, and this on its standard input.
fn explain(words: &[&str], input: &str) -> Finished {
    let mut run = Program::new().start(&[&["explain"], words].concat(), None);
    run.type_in(input);
    run.finish(SOON)
}

#[test]
fn an_alert_is_explained_from_the_command_line_and_from_standard_input() {
    const ALERT: &str = "AuthenticationFailed\nLogin UserID : alice\nLogin Interface : cucm-uds\n";
    let words: Vec<&str> = ALERT.split_whitespace().collect();
    for run in [explain(&words, ""), explain(&[], ALERT), explain(&["-"], ALERT), explain(&[ALERT], "")] {
        assert_eq!(run.exit, Some(0), "{run:#?}");
        for part in ["Cisco User Data Services", "user id alice", "impscope check --as jabber alice@DOMAIN"] {
            assert!(run.stdout.contains(part), "{part}: {run:#?}");
        }
    }
    let syslog = explain(&["->", "-4-", "(1005)", "ServiceDiscoveryNoSRVRecordsFound"], "");
    assert!(syslog.exit == Some(0) && syslog.stdout.contains("DNS_NO_LOGIN_RECORDS"), "{syslog:#?}");
    assert_eq!(explain(&["--help"], "").exit, Some(0));
}

#[test]
fn what_cannot_be_explained_is_an_error_that_repeats_no_text() {
    for (words, input) in [
        (&["the password is canary-x"][..], ""),
        (&[], "password=canary-x\u{1b}[2J"),
        (&["-"], "  \n"),
        (&["XcpCmPausedSocket"], ""),
    ] {
        let run = explain(words, input);
        assert_eq!((run.exit, run.stdout.as_str()), (Some(3), ""), "{run:#?}");
        assert!(!run.stderr.contains("canary") && !run.stderr.contains('\u{1b}'), "{run:#?}");
    }
    assert!(explain(&["XcpCmPausedSocket"], "").stderr.contains("XcpCmPauseSockets"));
    assert!(explain(&[], &"x".repeat(70_000)).stderr.contains("64 KiB"));
}
