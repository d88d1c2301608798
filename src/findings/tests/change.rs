//! Change texts.

use super::super::change::known;
use super::super::code::{svc, xmpp};
use super::super::{WatchTable, change_lines, changes, watch_lines, watches};
use super::admin_story::{AUTH, CM, IMP1, LONG};
use super::{Code, all, catalogue, found, one, walk};
use crate::journal::{Fact, How, LoginAsk, OpId, Purpose, Stage, UserAct};
use crate::progress::story::Story;

/// The home node silent, with everything that an administrator sees of it.
fn silent() -> Story {
    let mut story = Story::as_administrator();
    story.silent_at(IMP1).runs(IMP1, &[(CM, "Started", -1, LONG), (AUTH, "Started", -1, LONG)]);
    story.holds(IMP1, 312);
    story
}

#[test]
fn the_remedies_of_a_silent_auth_are_changes_least_harm_first() {
    let story = silent();
    let changes = changes(&walk(&story), &one(&story, xmpp::AUTH_SILENT));
    let asked: Vec<(&str, &str, bool)> =
        changes.iter().map(|change| (change.verb, change.service.as_str(), change.drops_sockets)).collect();
    let expected = [("restart", AUTH, false), ("restart", CM, true), ("restart", "Cisco XCP Router", true)];
    assert_eq!(asked, expected);
    assert!(changes.iter().all(|change| change.node == IMP1 && change.sockets.unwrap().0 == 312));
}

#[test]
fn a_change_text_can_be_handed_in() {
    let story = silent();
    let changes = changes(&walk(&story), &one(&story, xmpp::AUTH_SILENT));
    insta::assert_snapshot!("change_80", change_lines(&changes[1], 78).join("\n"));
}

#[test]
fn without_an_administrator_the_sockets_are_not_made_up() {
    let mut story = Story::new();
    story.silent_at(IMP1);
    let changes = changes(&walk(&story), &one(&story, xmpp::AUTH_SILENT));
    let text = change_lines(&changes[1], 78).join(" ");
    assert!(text.contains("not known here") && text.contains("all of them are dropped"), "{text}");
}

#[test]
fn what_is_stopped_is_started_and_interrupts_nothing() {
    let mut story = Story::as_administrator();
    story.runs(IMP1, &[(CM, "Stopped", -1069, -1)]);
    let changes = changes(&walk(&story), &one(&story, svc::STOPPED));
    assert_eq!(changes.len(), 1);
    assert_eq!((changes[0].verb, changes[0].drops_sockets), ("start", false));
    assert_eq!(changes[0].command, "utils service start Cisco XCP Connection Manager");
    assert!(changes[0].interrupts.starts_with("nothing"));
}

#[test]
fn a_finding_whose_remedies_restart_nothing_has_no_change() {
    let mut story = Story::new();
    story.until_auth(IMP1).refused(15, "not-authorized");
    assert_eq!(changes(&walk(&story), &one(&story, xmpp::AUTH_REFUSED)), []);
}

#[test]
fn every_service_that_a_remedy_restarts_is_known_with_what_that_interrupts() {
    for code in Code::all() {
        for remedy in catalogue().bare(code).remedies {
            let commands = remedy.split('`').skip(1).step_by(2);
            let named = commands.filter_map(|command| command.strip_prefix("utils service restart "));
            for name in named {
                assert!(known().any(|service| service == name), "{code}: {name}");
            }
        }
    }
}

#[test]
fn no_change_text_stops_anything_and_each_has_all_its_parts() {
    let mut told = 0;
    for scenario in all() {
        let story = scenario.told(true);
        for finding in found(&story) {
            for change in changes(&walk(&story), &finding) {
                let text = change_lines(&change, 100).join("\n");
                for part in ["What", "Why", "Interrupts", "Sockets now", "Save first", "How", "Verify", "Go back"]
                {
                    assert!(text.lines().any(|line| line.starts_with(part)), "{}: no {part}", finding.code);
                }
                assert!(!text.to_lowercase().contains("service stop"), "{}", finding.code);
                assert!(!text.contains(['{', '}']), "{}: {text}", finding.code);
                told += 1;
            }
        }
    }
    assert!(told > 10, "{told}");
}

#[test]
fn what_the_services_file_says_is_in_words_that_this_audience_does_not_misread() {
    super::words::misread(include_str!("../../../assets/services.toml"));
}

/// The home node silent, watched from then on.
fn watched() -> Story {
    let mut story = silent();
    story.saw_of_run(UserAct::Watch { host: IMP1.into(), service: CM.into() });
    story
}

fn table(story: &Story) -> WatchTable {
    let mut tables = watches(&story.progress(), &walk(story), story.now());
    assert_eq!(tables.len(), 1);
    tables.remove(0)
}

/// A figure before and since.
fn figures(story: &Story, name: &str) -> (Option<String>, Option<String>) {
    let table = table(story);
    let row = table.rows.into_iter().find(|row| row.name == name).expect(name);
    (row.before.map(|cell| cell.text), row.since.map(|cell| cell.text))
}

#[test]
fn a_restart_that_was_watched_stands_before_and_after_side_by_side() {
    let mut story = watched();
    let said = |story: &Story| watch_lines(&table(story), 78).join(" ");
    assert!(said(&story).contains("nothing has changed since the watch began"), "{}", said(&story));
    story.watch_login(IMP1).tcp().ended(How::Lost, "ECONNREFUSED");
    story.runs(IMP1, &[(CM, "Stopping", -1, -1)]);
    assert!(said(&story).contains("is not back: no login since has been offered mechanisms"), "{}", said(&story));
    story.after(12_000).runs(IMP1, &[(CM, "Started", -1, 4)]);
    story.watch_login(IMP1).mechanisms().ended(How::Ok, "");
    story.holds(IMP1, 3);
    insta::assert_snapshot!("watch_80", watch_lines(&table(&story), 78).join("\n"));
    assert_eq!(figures(&story, "sockets"), (Some("312".into()), Some("3".into())));
    assert_eq!(figures(&story, "<auth>").1, None, "nobody has asked since");
    story.until_auth(IMP1).succeeded(20);
    let (before, since) = figures(&story, "<auth>");
    assert!(before.unwrap().starts_with("silent") && since.unwrap().starts_with("ok"));
}

#[test]
fn a_watch_without_an_administrator_says_that_only_logins_can_tell() {
    let mut story = Story::new();
    story.silent_at(IMP1).saw_of_run(UserAct::Watch { host: IMP1.into(), service: CM.into() });
    let said = watch_lines(&table(&story), 78).join(" ");
    assert!(said.contains("no administrator's credentials"), "{said}");
    assert_eq!(figures(&story, "service"), (None, None));
    story.watch_login(IMP1).tcp().ended(How::Lost, "ECONNREFUSED");
    let table = table(&story);
    assert!(table.began_anew.is_some() && table.back.is_none());
}

#[test]
fn the_logins_of_a_watch_are_no_faults() {
    let mut story = watched();
    let before = found(&story);
    story.watch_login(IMP1).tcp().ended(How::Lost, "ECONNREFUSED");
    assert_eq!(found(&story), before);
}

impl Story {
    /// What the user said of the run.
    fn saw_of_run(&mut self, act: UserAct) {
        self.note(OpId(1), None, crate::journal::Event::Saw(Fact::User(act)));
    }

    /// A login that was made for a watch begins.
    fn watch_login(&mut self, host: &str) -> &mut Self {
        let ask = LoginAsk { purpose: Purpose::Watch, until: Stage::StreamTls, ..LoginAsk::of_alice(host) };
        self.begin(host, ask)
    }
}
