//! What the screen does on the user's word, on the practice deployment: the same login on all nodes, the control
//! experiment, a report, a copy.

use std::os::unix::fs::PermissionsExt;
use std::time::Duration;

use crate::program::{Program, SOON, holds_secret, no_file_holds};
use crate::pty::{DESIGNED, Terminal, TerminalSize};
use crate::served::Served;

const WIDE: TerminalSize = TerminalSize { width: 120, height: 40 };

/// The screen on a deployment, found by its DNS, impatient enough for a test.
fn open(program: &Program, lab: &Served, more: &[&str], size: TerminalSize) -> Terminal {
    let more = [&["--slow", "300ms", "--silent-after", "1s"], more].concat();
    let mut command = program.command();
    command.args(lab.by_dns(&[], &more)).env("IMPSCOPE_PASSWORD", &lab.password);
    let mut terminal = Terminal::start(command, size);
    terminal.wait_for("next ▸ connect", SOON);
    terminal
}

/// Closes the page on which these words stand. What is typed right behind Esc would be one key with it.
fn close(terminal: &mut Terminal, words: &str) {
    terminal.type_in("\x1b");
    terminal.wait_until("the page is closed", SOON, |screen| !screen.contents().contains(words));
}

fn leave(mut terminal: Terminal, program: &Program, secret: &str) {
    terminal.type_in("\x03");
    assert_eq!(terminal.exit(SOON).code(), Some(0));
    assert!(!holds_secret(terminal.written(), secret));
    no_file_holds(secret, program.home());
}

#[test]
fn a_silent_auth_is_explained_by_the_control_experiment_and_compared_with_the_other_node() {
    let mut lab = Served::start("auth-service-stuck");
    let program = Program::new();
    let mut terminal = open(&program, &lab, &[], WIDE);
    terminal.type_in("c");
    terminal.wait_for("k control experiment · A same login on all nodes", SOON);
    terminal.type_in("k");
    terminal.wait_for("PLAIN for impscope-probe, a user that cannot exist: it may raise an alert", SOON);
    terminal.type_in("y");
    terminal.wait_for("is under way", SOON);
    terminal.wait_for("Esc, then k asks once more.", SOON);
    let page = terminal.contents();
    assert!(page.contains("Points at what stands behind the Connection Manager"), "{page}");
    close(&mut terminal, "Control experiment ·");
    terminal.wait_for("CRITICAL CONTROL_POINTS_BEHIND_XCP_CM", SOON);
    // The user's own login is still what is looked at.
    assert!(terminal.contents().contains("▶auth"), "{}", terminal.contents());
    terminal.type_in("A");
    terminal.wait_for("3 more attempts for alice (by password):", SOON);
    let used = lab.credentials().len();
    terminal.type_in("y");
    terminal.wait_for("Esc, then A asks once more.", SOON);
    close(&mut terminal, "Esc, then A asks once more.");
    terminal.wait_for("✓ imp2", SOON);
    let got = lab.credentials();
    let by_word = got[used..].iter().cloned().collect::<std::collections::BTreeSet<String>>();
    let expected = [
        "cucm1.example.test uds alice accepted",
        "expe.example.test edge alice accepted",
        "imp2.example.test xmpp alice accepted",
    ];
    assert_eq!(by_word, expected.map(str::to_owned).into(), "{got:#?}");
    leave(terminal, &program, &lab.password);
}

#[test]
fn a_limit_that_was_set_by_hand_holds_whatever_the_user_says() {
    let mut lab = Served::start("silent-auth");
    let program = Program::new();
    let mut terminal = open(&program, &lab, &["--max-attempts", "3"], DESIGNED);
    terminal.type_in("c");
    terminal.wait_for("k control experiment · A same login on all nodes", SOON);
    terminal.type_in("A");
    terminal.wait_for("no attempt is left: 3 of 3 are used", SOON);
    let got = lab.credentials();
    terminal.type_in("yyy");
    close(&mut terminal, "no attempt is left");
    terminal.settle_or_clock();
    assert_eq!(lab.credentials(), got);
}

#[test]
fn a_report_and_a_copied_finding_are_files_of_their_owner_and_hold_no_secret() {
    let lab = Served::start("wrong-password");
    let program = Program::new();
    let mut terminal = open(&program, &lab, &[], DESIGNED);
    terminal.wait_for("F all", SOON);
    terminal.type_in("F");
    terminal.wait_for("y copy", SOON);
    terminal.type_in("y");
    terminal.wait_for("copied; also in ~/state/impscope/reports/finding-", SOON);
    let clipboard = b"\x1b]52;c;";
    assert!(terminal.written().windows(clipboard.len()).any(|bytes| bytes == clipboard));
    // The second press comes while the first one's report is being written.
    terminal.type_in("ss");
    terminal.wait_for("report: ~/state/impscope/reports/", SOON);
    let kept: Vec<_> = program
        .files()
        .into_iter()
        .filter(|path| path.starts_with(program.home().join("state/impscope/reports")))
        .collect();
    assert_eq!(kept.len(), 2, "{kept:?}");
    for path in &kept {
        assert_eq!(std::fs::metadata(path).expect("it is there").permissions().mode() & 0o777, 0o600);
        assert!(!std::fs::read(path).expect("it is text").is_empty());
    }
    leave(terminal, &program, &lab.password);
}

/// High enough for a whole change text.
const TALL: TerminalSize = TerminalSize { width: 100, height: 50 };
/// The practice deployment restarts its service so long after somebody met its silence; a watch looks every 10 s.
const RESTARTED: Duration = Duration::from_secs(120);

#[test]
fn a_change_text_is_copied_and_the_restart_watched_with_before_and_after_side_by_side() {
    let mut lab = Served::start("xcp-cm-restart");
    let program = Program::new();
    let (administrator, secret) = lab.administrator.clone();
    let mut command = program.command();
    let more = ["--slow", "300ms", "--silent-after", "1s", "--admin", &administrator];
    command.args(lab.by_dns(&[], &more)).env("IMPSCOPE_PASSWORD", &lab.password);
    command.env("IMPSCOPE_ADMIN_PASSWORD", &secret);
    let mut terminal = Terminal::start(command, TALL);
    terminal.wait_for("next ▸ connect", SOON);
    terminal.type_in("c");
    terminal.wait_for("CRITICAL XMPP_AUTH_SILENT", SOON);
    terminal.type_in("F");
    terminal.wait_for("C change text", SOON);
    terminal.type_in("C");
    terminal.wait_for("Change text · 1 of 3", SOON);
    terminal.wait_for("restart Cisco XCP Authentication Service on imp1.example.test", SOON);
    terminal.type_in("C");
    terminal.wait_for("Change text · 2 of 3", SOON);
    terminal.wait_for("restart Cisco XCP Connection Manager on imp1.example.test", SOON);
    for part in ["Interrupts", "all of them are dropped", "Save first", "Verify", "Go back"] {
        terminal.wait_for(part, SOON);
    }
    terminal.type_in("y");
    terminal.wait_for("change copied; also in ~/state/impscope/reports/change-", SOON);
    terminal.type_in("W");
    terminal.wait_for("Watch · imp1.example.test", SOON);
    terminal.wait_for("Cisco XCP Connection Manager on imp1 is back: it began anew", RESTARTED);
    let row = |page: &str, name: &str| {
        let line = page.lines().find(|line| line.trim_start_matches('│').starts_with(name)).unwrap_or_default();
        line.split_whitespace().collect::<Vec<&str>>().join(" ")
    };
    terminal.wait_until("the service began anew, and what <auth> was still stands", SOON, |screen| {
        let (uptime, auth) = (row(&screen.contents(), "uptime"), row(&screen.contents(), "<auth>"));
        uptime.starts_with("│uptime 41 d") && !uptime.contains("41 d 5 h 41 d") && auth.contains("silent")
    });
    close(&mut terminal, "Watch ·");
    close(&mut terminal, "Change text");
    close(&mut terminal, "in all");
    terminal.type_in("W");
    terminal.wait_for("Watch · imp1.example.test", SOON);
    close(&mut terminal, "Watch ·");
    let by_xmpp = lab.credentials().iter().filter(|line| line.contains(" xmpp ")).count();
    assert_eq!(by_xmpp, 1, "a watch sends no credential: {:#?}", lab.credentials());
    assert!(!holds_secret(terminal.written(), &secret));
    no_file_holds(&secret, program.home());
    leave(terminal, &program, &lab.password);
}

#[test]
fn an_administrators_password_is_typed_and_what_utils_ha_status_printed_is_pasted() {
    let mut lab = Served::start("healthy");
    let program = Program::new();
    let (administrator, secret) = lab.administrator.clone();
    let mut terminal = open(&program, &lab, &["--admin", &administrator], TALL);
    terminal.type_in(":");
    terminal.wait_for("All actions", SOON);
    terminal.type_in("admin password\r");
    terminal.wait_for("for AXL, Control Center and PerfMon", SOON);
    terminal.type_in(&secret);
    terminal.wait_for(&format!("{} characters", secret.len()), SOON);
    terminal.type_in("\r");
    terminal.wait_for("End User alice", SOON);
    let told = lab.credentials();
    assert!(told.iter().any(|line| line.contains(" axl ") && line.contains("accepted")), "{told:#?}");
    terminal.type_in(":");
    terminal.wait_for("All actions", SOON);
    terminal.type_in("ha status\r");
    terminal.wait_for("What utils ha status printed", SOON);
    let printed =
        "Subcluster Name: DefaultCluster\r\nNode 1 Name or IP: imp1.example.test\r\nNode 1 State: Failed Over\r\n";
    terminal.type_in(&format!("\x1b[200~{printed}\x1b[201~"));
    terminal.wait_for("Failed Over", SOON);
    terminal.type_in("\x13");
    terminal
        .wait_until("the editor is closed", SOON, |screen| !screen.contents().contains("What utils ha status"));
    terminal.type_in("F");
    terminal.wait_for("HA_", SOON);
    close(&mut terminal, "in all");
    assert!(!holds_secret(terminal.written(), &secret));
    no_file_holds(&secret, program.home());
    leave(terminal, &program, &lab.password);
}
