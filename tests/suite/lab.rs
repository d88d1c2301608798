//! The program against the practice deployment, each in a process of its own, as a user would run them.

use crate::program::{Finished, Program, SOON};
use crate::served::Served;

fn outcome(run: &Finished) -> (String, String, Option<i32>) {
    let login = run.login();
    let text = |name: &str| login[name].as_str().expect("a text").to_owned();
    (text("outcome"), text("stage"), run.exit)
}

#[test]
fn the_field_report_is_told_apart_from_its_healthy_partner() {
    let lab = Served::start("silent-auth");
    let ill = lab.check(0, &["--silent-after", "2s"]);
    assert_eq!(outcome(&ill), ("silent".into(), "auth".into(), Some(2)), "{ill:#?}");
    assert_eq!(ill.login()["silence"]["kind"], "acked", "{ill:#?}");
    assert_eq!(ill.unexplained("critical"), ["XMPP_AUTH_SILENT"], "{ill:#?}");
    let well = lab.check(1, &[]);
    assert_eq!((well.login()["outcome"].clone(), well.exit), ("ok".into(), Some(0)), "{well:#?}");
}

#[test]
fn both_nodes_in_one_run_disagree_and_one_attempt_is_spent() {
    let lab = Served::start("silent-auth");
    let both = lab.check(0, &["--node", &lab.nodes[1].clone(), "--silent-after", "2s"]);
    let json = both.json();
    assert_eq!(json["nodes"].as_array().map(Vec::len), Some(2), "{both:#?}");
    assert_eq!(json["attempts"]["used"], 1, "the password goes to the first node alone: {both:#?}");
    assert_eq!(both.exit, Some(2), "{both:#?}");
}

#[test]
fn without_a_password_it_walks_up_to_auth() {
    let lab = Served::start("healthy");
    let authority = lab.authority.display().to_string();
    let run =
        Program::new().run(&["check", "--json", "--node", &lab.nodes[0], "--ca-file", &authority, &lab.user]);
    assert_eq!(run.login()["outcome"], "not_tried", "{run:#?}");
    assert_eq!(
        (run.stage("stream_tls"), run.json()["attempts"]["used"].clone()),
        ("ok".into(), 0.into()),
        "{run:#?}"
    );
}

#[test]
fn the_lab_lists_its_scenarios_and_refuses_an_unknown_one() {
    let list = Program::new().run(&["lab", "--list"]);
    assert_eq!(list.exit, Some(0), "{list:#?}");
    assert!(list.stdout.contains("silent-auth") && list.stdout.contains("healthy"), "{list:#?}");
    let unknown = Program::new().run(&["lab", "--serve", "no-such-scenario"]);
    assert_eq!(unknown.exit, Some(3), "{unknown:#?}");
}

#[test]
fn the_lab_ends_with_its_input_and_takes_its_file_along() {
    let lab = Served::start("healthy");
    let authority = lab.authority.clone();
    assert!(authority.exists());
    assert_eq!(lab.run.finish(SOON).exit, Some(0));
    assert!(!authority.exists(), "the CA file is left behind");
}

/// `connect` of a scenario about the proxy leads by way of it too.
#[test]
fn a_scenario_of_the_proxy_is_gone_to_by_way_of_it_and_any_other_where_that_is_asked_for() {
    for (arguments, scheme) in [
        (&["socks-refuses"][..], "socks5h"),
        (&["--via", "healthy"], "socks5h"),
        (&["--via=socks5", "healthy"], "socks5"),
    ] {
        let program = Program::new();
        let mut run = program.start(&[&["lab", "--plain", "--no-record"], arguments].concat(), None);
        run.wait_for(&format!("LAB by way of {scheme}://127."), SOON);
        let said = run.finish(SOON);
        assert_eq!(said.exit, Some(0), "{said:#?}");
    }
    let straight = Program::new().run(&["lab", "--plain", "--no-record", "healthy"]);
    assert!(!straight.stdout.contains("by way of"), "{straight:#?}");
    let mut served = Served::start("socks-closes");
    let said = served.run.stdout();
    assert!(
        said.lines().any(|line| line.starts_with("connect ") && line.contains(" --via socks5h://127.")),
        "{said}"
    );
    let mut well = Served::start("healthy");
    let said = well.run.stdout();
    assert!(!said.lines().any(|line| line.starts_with("connect ") && line.contains("--via")), "{said}");
}
