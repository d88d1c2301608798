//! Clusters that are compared: `check` with several `--cucm`, against practice deployments of two clusters.

use impscope::journal::Wall;
use impscope::report::{self, Source};
use serde_json::{Value, json};

use crate::program::{Finished, Program, SOON};
use crate::served::Served;

const CUCM1: &str = "cucm1.example.test";
const CUCM9: &str = "cucm9.example.test";
const HOME: &str = "imp1.example.test";
/// The table's head, as lines and as a report's columns have it.
const HEAD: [&str; 4] = ["CUCM", "Version", "Says of the user", "Home"];

/// `check` in lines, to its end.
fn lines(lab: &Served) -> Finished {
    Program::new().start(&lab.by_dns(&["check"], &[]), Some(&lab.password)).finish(SOON)
}

/// The lines of the table, each as its cells.
fn table(said: &str) -> Vec<Vec<String>> {
    let behind = said.lines().skip_while(|line| !line.starts_with("where alice is at home"));
    let rows = behind.skip(1).take_while(|line| !line.is_empty());
    let cells =
        |row: &str| row.split("  ").map(str::trim).filter(|cell| !cell.is_empty()).map(str::to_owned).collect();
    rows.map(cells).collect()
}

fn homes(run: &Finished, field: &str) -> Vec<Value> {
    let homes = run.json()["homes"].as_array().cloned().unwrap_or_default();
    homes.into_iter().map(|home| home[field].clone()).collect()
}

/// What was found of this code: severity, and what explains it.
fn finding(run: &Finished, code: &str) -> Option<(Value, Value)> {
    let findings = run.json()["findings"].as_array().cloned().unwrap_or_default();
    let one = findings.into_iter().find(|finding| finding["code"] == code)?;
    Some((one["severity"].clone(), one["explained_by"].clone()))
}

#[test]
fn two_homes_stand_in_the_table_and_are_the_finding_and_neither_gets_the_password() {
    let mut lab = Served::start("two-homes");
    assert_eq!(lab.cucms, [CUCM1, CUCM9]);
    let run = lines(&lab);
    let row = |cucm: &str| [format!("{cucm}:8443"), "12.5.0".into(), "home".into(), cucm.to_owned()].to_vec();
    assert_eq!(table(&run.stdout), [HEAD.map(str::to_owned).to_vec(), row(CUCM1), row(CUCM9)], "{run:#?}");
    for words in ["CRITICAL UDS_TWO_HOMES", "Untick \"Home Cluster\" on the other one", "password: 0 of 3"] {
        assert!(run.stdout.contains(words), "{words}: {run:#?}");
    }
    assert_eq!((run.exit, lab.credentials()), (Some(2), Vec::new()), "{run:#?}");

    let run = lab.walk(&[]);
    assert_eq!(homes(&run, "cucm"), [format!("{CUCM1}:8443"), format!("{CUCM9}:8443")], "{run:#?}");
    assert_eq!(
        (homes(&run, "answer"), homes(&run, "home")),
        (vec![json!("home"); 2], vec![json!(CUCM1), json!(CUCM9)])
    );
    assert_eq!(finding(&run, "UDS_TWO_HOMES"), Some((json!("critical"), Value::Null)), "{run:#?}");
    assert_eq!(finding(&run, "UDS_HOMES_DIFFER"), Some((json!("warning"), json!("UDS_TWO_HOMES"))), "{run:#?}");
    assert_eq!(
        (run.login_on(HOME)["stage"].clone(), run.json()["attempts"]["used"].clone()),
        (json!("stream_tls"), json!(0))
    );
    assert_eq!(lab.credentials(), Vec::<String>::new());
}

#[test]
fn a_report_has_the_table_in_every_form() {
    let lab = Served::start("two-homes");
    let (_, entries) = lab.recorded(&lab.by_dns(&["check"], &[]));
    let blocks = report::report(&entries, &Source::default());
    let markdown = report::markdown(&blocks);
    assert!(markdown.contains(&format!("| {} |", HEAD.join(" | "))), "{markdown}");
    assert!(markdown.contains(&format!("| `{CUCM9}:8443` | 12.5.0 | home | `{CUCM9}` |")), "{markdown}");
    let plain = report::plain(&blocks);
    assert!(plain.contains("home clusters  2") && plain.contains("Home clusters\n-------------"), "{plain}");
    let page = report::html(&blocks);
    for words in ["Home clusters", "Says of the user", &format!("{CUCM9}:8443")] {
        assert!(page.contains(words), "{words}: {page}");
    }
    let again = report::jsonl(&entries, Wall::default(), &Source::default());
    assert!(again.contains(&format!("\"cucm\":[\"{CUCM1}\",\"{CUCM9}\"]")), "{again}");
}

#[test]
fn none_that_is_home_is_one_finding_about_both() {
    let lab = Served::start("no-home");
    let run = lab.walk(&[]);
    assert_eq!(homes(&run, "answer"), [json!("unknown_user"), json!("unknown_user")], "{run:#?}");
    assert_eq!(homes(&run, "home"), [Value::Null, Value::Null]);
    assert_eq!(finding(&run, "UDS_NO_HOME_CLUSTER"), Some((json!("critical"), Value::Null)), "{run:#?}");
    let both = format!("UDS on {CUCM1} and {CUCM9} knows no home cluster of alice");
    assert!(run.stdout.contains(&both), "{run:#?}");
    assert_eq!(lab.received(), [format!("{HOME} xmpp alice accepted")], "as without a home: {run:#?}");
}

#[test]
fn one_that_is_named_alone_is_the_one_that_is_meant() {
    let mut lab = Served::start("two-homes");
    lab.cucms = vec![CUCM1.to_owned()];
    let run = lab.walk(&[]);
    assert_eq!((run.exit, run.login_on(HOME)["outcome"].clone()), (Some(0), json!("ok")), "{run:#?}");
    assert_eq!((homes(&run, "cucm").len(), lab.credentials().len()), (0, 3), "{run:#?}");
}

#[test]
fn more_than_are_compared_are_refused_with_what_to_give_instead() {
    let many: Vec<String> = (0..17).map(|at| format!("--cucm=cucm{at}.example.test")).collect();
    let words = ["check".to_owned(), "--dns=127.0.0.1".to_owned()].into_iter().chain(many);
    let run = Program::new().run(&words.chain(["alice@example.test".to_owned()]).collect::<Vec<String>>());
    assert_eq!(run.exit, Some(3), "{run:#?}");
    assert!(run.stderr.contains("at most 16 are compared: name one node of each cluster"), "{run:#?}");
}
