//! `--admin` against the practice deployment: what the administrator's side says, and that neither password ever meets a
//! host or a service that it is not for.

use serde_json::Value;

use crate::program::{Finished, Program, SOON, holds_secret, no_file_holds};
use crate::served::Served;

/// Soon silent, and long enough for an answer on a busy machine.
const HASTY: [&str; 4] = ["--slow", "1s", "--silent-after", "2s"];

/// A check with both credentials, and what the servers received.
struct Checked {
    run: Finished,
    received: Vec<String>,
    user: String,
    administrator: String,
}

/// `check --json --admin administrator` of a scenario; the administrator's password is looked for afterwards.
fn check(scenario: &str, more: &[&str]) -> Checked {
    let lab = Served::start(scenario);
    let (administrator, secret) = lab.administrator.clone();
    let elsewhere = tempfile::tempdir().expect("a folder can be made");
    let file = elsewhere.path().join("admin");
    std::fs::write(&file, format!("{secret}\n")).expect("a file can be written");
    let file = file.display().to_string();
    let admin = ["--admin", administrator.as_str(), "--admin-password-file", &file];
    let program = Program::new();
    let arguments = lab.by_dns(&["check", "--json"], &[&HASTY[..], &admin, more].concat());
    let run = program.start(&arguments, Some(&lab.password)).finish(SOON);
    let said = format!("{}{}", run.stdout, run.stderr);
    assert!(!holds_secret(said.as_bytes(), &secret), "{run:#?}");
    no_file_holds(&secret, program.home());
    let user = lab.user.split('@').next().unwrap_or_default().to_owned();
    Checked { run, received: lab.received(), user, administrator }
}

impl Checked {
    fn admin(&self) -> Value {
        self.run.json()["admin"].clone()
    }

    fn host(&self, name: &str) -> Value {
        let admin = self.admin();
        let hosts = admin["hosts"].as_array().cloned().unwrap_or_default();
        hosts.into_iter().find(|host| host["host"] == name).unwrap_or_else(|| panic!("no {name}: {admin:#}"))
    }

    /// `HOST SERVICE USER ANSWER` in its parts.
    fn credentials(&self) -> Vec<(&str, &str, &str, &str)> {
        let parts = self.received.iter().map(|line| line.split_whitespace().collect::<Vec<&str>>());
        parts.filter_map(|parts| Some((*parts.first()?, *parts.get(1)?, *parts.get(2)?, *parts.get(3)?))).collect()
    }

    /// What the administrator's services received.
    fn administrators(&self) -> Vec<(&str, &str, &str, &str)> {
        let of_admin = ["axl", "control-center", "perfmon"];
        self.credentials().into_iter().filter(|(_, service, ..)| of_admin.contains(service)).collect()
    }
}

fn service<'v>(host: &'v Value, name: &str) -> &'v Value {
    let services = host["services"].as_array().expect("services");
    services.iter().find(|service| service["name"] == name).unwrap_or_else(|| panic!("no {name}: {host:#}"))
}

#[test]
fn the_cluster_s_own_view_stands_beside_what_the_client_was_given() {
    let checked = check("healthy", &[]);
    let admin = checked.admin();
    assert_eq!(admin["user"], "administrator", "{admin:#}");
    assert_eq!(
        (&admin["skipped"], &admin["end_user"]["imp_enabled"]),
        (&Value::Null, &Value::Bool(true)),
        "{admin:#}"
    );
    let services = admin["uc_services"].as_array().map_or(0, Vec::len);
    assert!(services >= 1, "{admin:#}");
    assert!(admin["assignment"]["server"].as_str().is_some_and(|server| server.starts_with("imp1")), "{admin:#}");
    let home = checked.host("imp1.example.test");
    assert_eq!(service(&home, "Cisco XCP Connection Manager")["status"], "Started", "{home:#}");
    assert!(home["sockets"].as_array().is_some_and(|samples| !samples.is_empty()), "{home:#}");
    assert_eq!(checked.run.exit, Some(0), "{:#?}", checked.run);
}

#[test]
fn neither_password_ever_meets_a_host_or_a_service_that_it_is_not_for() {
    for scenario in ["healthy", "silent-auth", "overload"] {
        let checked = check(scenario, &["--all-nodes"]);
        let all = checked.credentials();
        assert!(!checked.administrators().is_empty(), "{scenario}: {all:?}");
        for (host, service, user, answer) in all {
            let is_admins = ["axl", "control-center", "perfmon"].contains(&service);
            let expected = if is_admins { &checked.administrator } else { &checked.user };
            assert_eq!(user, expected, "{scenario}: {host} {service} {answer}");
            let cucm = host.starts_with("cucm");
            match service {
                "edge" => assert!(host.starts_with("expe") && !is_admins, "{scenario}: {host} {service} {user}"),
                "axl" | "uds" => assert!(cucm, "{scenario}: {host} {service}"),
                "perfmon" | "epas" | "xmpp" => assert!(!cucm, "{scenario}: {host} {service}"),
                _ => {}
            }
        }
    }
}

#[test]
fn started_and_silent_all_the_same_is_all_in_one_picture() {
    let checked = check("overload", &[]);
    let home = checked.host("imp1.example.test");
    assert_eq!(service(&home, "Cisco XCP Connection Manager")["status"], "Started", "{home:#}");
    assert!(home["sockets"][0]["value"].as_i64().is_some_and(|sockets| sockets > 0), "{home:#}");
    assert_eq!(checked.run.json()["nodes"][0]["logins"][0]["outcome"], "silent", "{:#?}", checked.run);
}

#[test]
fn a_refused_credential_goes_out_once_and_a_missing_role_ends_its_service() {
    let refused = check("axl-401", &[]);
    assert_eq!(refused.administrators().len(), 1, "{:?}", refused.received);
    let why = refused.admin()["skipped"].as_str().unwrap_or_default().to_owned();
    assert!(why.contains("refused"), "{why}");
    let forbidden = check("axl-403", &[]);
    let axl = forbidden.administrators().into_iter().filter(|(_, service, ..)| *service == "axl").count();
    assert_eq!(axl, 1, "{:?}", forbidden.received);
}

#[test]
fn the_version_of_axl_is_found_and_a_counter_that_is_asked_too_often_is_left() {
    let version = check("axl-version", &[]);
    let axl = version.admin()["axl"].clone();
    assert!(axl["version"].as_str().is_some_and(|version| version.starts_with("12.")), "{:#}", version.admin());
    let rate = check("perfmon-rate", &[]);
    let admin = rate.admin();
    let refused = admin["refused"].as_array().cloned().unwrap_or_default();
    let often = |row: &Value| row["why"].as_str().is_some_and(|why| why.contains("too often"));
    assert!(refused.iter().any(often), "{admin:#}");
}

#[test]
fn a_stopped_service_is_told_by_the_node_itself() {
    let stopped = check("imp-service-stopped", &[]);
    let home = stopped.host("imp1.example.test");
    assert_eq!(service(&home, "Cisco XCP Connection Manager")["status"], "Stopped", "{home:#}");
}

#[test]
fn without_a_password_nothing_is_asked_and_nobody_is_prompted() {
    let lab = Served::start("healthy");
    let arguments = lab.by_dns(&["check"], &[&HASTY[..], &["--admin", "administrator"]].concat());
    let run = Program::new().start(&arguments, Some(&lab.password)).finish(SOON);
    assert!(run.stdout.contains("skipped: no administrator's password at hand"), "{run:#?}");
    let none = lab.by_dns(&["check"], &HASTY);
    let without = Program::new().start(&none, Some(&lab.password)).finish(SOON);
    assert!(without.stdout.contains("skipped: no administrator's credentials"), "{without:#?}");
    let of_admin = |line: &&String| ["axl", "control-center", "perfmon"].iter().any(|word| line.contains(word));
    assert_eq!(lab.received().iter().filter(of_admin).count(), 0);
}

#[test]
fn what_utils_ha_status_printed_is_told_and_a_text_without_a_state_refused() {
    let lab = Served::start("ha-failed-over");
    let elsewhere = tempfile::tempdir().expect("a folder can be made");
    let file = elsewhere.path().join("ha");
    let text = "Subcluster Name: DefaultCluster\nNode 1 Name : imp1 State: Failed Over Reason: Critical Service Down\n\
                Node 2 Name : imp2 State: Running in Backup Mode\n";
    std::fs::write(&file, text).expect("a file can be written");
    let file = file.display().to_string();
    let run = lab.walk(&[&HASTY[..], &["--ha-status", &file]].concat());
    let ha = run.json()["admin"]["ha"].clone();
    assert_eq!((&ha[0]["node"], &ha[0]["state"]), (&"imp1".into(), &"Failed Over".into()), "{run:#?}");
    assert_eq!(ha[1]["state"], "Running in Backup Mode", "{run:#?}");
    std::fs::write(&file, "nothing\n").expect("a file can be written");
    let bad = lab.walk(&["--ha-status", &file]);
    assert!(bad.stderr.contains("utils ha status"), "{bad:#?}");
}
