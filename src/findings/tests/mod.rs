//! Findings: each code by a story that raises it and by the same story with one fact changed.

mod admin_story;
mod alerts;
mod auth;
mod axl;
mod catalogue;
mod change;
mod clock;
mod control;
mod dns;
mod edge;
mod epas;
mod ha;
mod homes;
mod inside_outside;
mod load;
mod nodes;
mod perf;
mod profile;
mod reach;
mod rows;
mod side;
mod silence;
mod stream;
mod svc;
mod tls;
mod uds;
mod via;
mod walk_story;
mod wire;
mod words;

use std::collections::BTreeSet;

use super::code::{tcp, tls as tls_code, xmpp};
use super::*;
use crate::journal::{How, KernelReason, Stage, StageMark};
use crate::progress::story::{Story, outcome};
use walk_story::DNS;

/// A code, all codes that its story raises, and the story. With `false` one fact of it is different.
struct Scenario {
    code: Code,
    with: &'static [Code],
    tell: fn(&mut Story, bool),
}

const fn alone(code: Code, tell: fn(&mut Story, bool)) -> Scenario {
    Scenario { code, with: &[], tell }
}

const fn beside(code: Code, with: &'static [Code], tell: fn(&mut Story, bool)) -> Scenario {
    Scenario { code, with, tell }
}

fn all() -> impl Iterator<Item = &'static Scenario> {
    let logins = [reach::SCENARIOS, tls::SCENARIOS, stream::SCENARIOS, auth::SCENARIOS, silence::SCENARIOS];
    let walks =
        [clock::SCENARIOS, dns::SCENARIOS, wire::SCENARIOS, uds::SCENARIOS, profile::SCENARIOS, epas::SCENARIOS];
    let across = [control::SCENARIOS, nodes::SCENARIOS, edge::SCENARIOS, via::SCENARIOS, homes::SCENARIOS];
    let admins = [axl::SCENARIOS, svc::SCENARIOS, perf::SCENARIOS, ha::SCENARIOS];
    logins.into_iter().chain(walks).chain(across).chain(admins).flatten()
}

impl Scenario {
    fn told(&self, fact: bool) -> Story {
        let mut story = Story::new();
        (self.tell)(&mut story, fact);
        story
    }
}

fn walk(story: &Story) -> Walk {
    Walk::of(story.entries())
}

fn found(story: &Story) -> Vec<Finding> {
    findings(&story.progress(), &walk(story))
}

fn codes(findings: &[Finding]) -> BTreeSet<Code> {
    findings.iter().map(|finding| finding.code).collect()
}

fn one(story: &Story, code: Code) -> Finding {
    found(story).into_iter().find(|finding| finding.code == code).unwrap_or_else(|| panic!("no {code}"))
}

#[test]
fn each_story_raises_its_code_and_those_named_beside_it_and_no_other() {
    for scenario in all() {
        let found = found(&scenario.told(true));
        let expected: BTreeSet<Code> = scenario.with.iter().copied().chain([scenario.code]).collect();
        assert_eq!(codes(&found), expected, "the story of {}", scenario.code);
    }
}

#[test]
fn with_one_fact_changed_the_code_is_not_raised() {
    for scenario in all() {
        let codes = codes(&found(&scenario.told(false)));
        assert!(!codes.contains(&scenario.code), "{} was raised without its fact", scenario.code);
    }
}

#[test]
fn every_code_has_a_story() {
    let told: BTreeSet<Code> = all().map(|scenario| scenario.code).collect();
    assert_eq!(told, Code::all().collect());
    assert_eq!(Code::all().count(), Code::all().collect::<BTreeSet<_>>().len(), "a code has two rules");
}

#[test]
fn a_rule_raises_the_code_that_it_stands_for() {
    for scenario in all() {
        let story = scenario.told(true);
        let (progress, walk) = (story.progress(), walk(&story));
        for rule in rules::RULES {
            for answer in rule.answers(&rules::Site::new(&progress, &walk)) {
                if let Answer::Holds(finding) = answer {
                    assert_eq!(finding.code, rule.code);
                }
            }
        }
    }
}

#[test]
fn a_login_without_a_fault_has_no_finding() {
    let mut story = Story::new();
    story.whole("imp1.example.com");
    assert_eq!(codes(&found(&story)), BTreeSet::new());
    assert_eq!((verdict(&found(&story)), exit(&found(&story))), (None, 0));
}

#[test]
fn a_healthy_walk_has_nothing_but_what_is_worth_knowing() {
    let story = Story::healthy_walk();
    let found = found(&story);
    let graver: Vec<_> = found.iter().filter(|finding| catalogue().severity(finding) > Severity::Info).collect();
    assert_eq!(graver, Vec::<&Finding>::new());
    assert_eq!(codes(&found), [super::code::dns::SRV_ABSENT].into());
    assert_eq!((found.len(), exit(&found)), (2, 0));
}

#[test]
fn once_a_walk_is_over_every_rule_has_made_up_its_mind() {
    let story = Story::healthy_walk();
    let (progress, walk) = (story.progress(), walk(&story));
    let site = rules::Site::new(&progress, &walk);
    let open = |rule: &&rules::Rule| rule.answers(&site).contains(&Answer::CannotTellYet);
    let undecided: Vec<Code> = rules::RULES.iter().filter(open).map(|rule| rule.code).collect();
    assert_eq!(undecided, []);
}

#[test]
fn before_anything_is_answered_no_rule_about_the_walk_has_made_up_its_mind() {
    let mut story = Story::walking(&[DNS]);
    story.asks("_cisco-uds._tcp.example.com", crate::journal::RecordKind::Srv, DNS);
    assert!(
        rules::answers(&story.progress(), &walk(&story)).into_iter().all(|answer| answer == Answer::CannotTellYet)
    );
}

#[test]
fn no_finding_of_a_walk_disappears_nor_does_a_healthy_one_raise_any_on_the_way() {
    let story = Story::healthy_walk();
    for at in 0..=story.entries().len() {
        let seen = &story.entries()[..at];
        let found = findings(&Progress::of(seen), &Walk::of(seen));
        assert_eq!(exit(&found), 0, "at {at}: {found:?}");
    }
}

#[test]
fn before_anything_is_seen_no_rule_that_needs_a_login_has_made_up_its_mind() {
    let mut story = Story::new();
    story.login("imp1.example.com");
    assert!(
        rules::answers(&story.progress(), &walk(&story)).into_iter().all(|answer| answer == Answer::CannotTellYet)
    );
}

#[test]
fn once_a_login_without_a_fault_is_over_every_rule_has_made_up_its_mind() {
    let mut story = Story::new();
    story.whole("imp1.example.com");
    let (progress, walk) = (story.progress(), walk(&story));
    let site = rules::Site::new(&progress, &walk);
    let open = |rule: &&rules::Rule| rule.answers(&site).contains(&Answer::CannotTellYet);
    let undecided: Vec<Code> = rules::RULES.iter().filter(open).map(|rule| rule.code).collect();
    assert_eq!(undecided, []);
}

#[test]
fn no_finding_disappears_when_more_is_known() {
    for scenario in all() {
        for fact in [true, false] {
            let story = scenario.told(fact);
            let (mut live, mut walked) = (Progress::default(), Walk::default());
            let mut before = BTreeSet::new();
            for entry in story.entries() {
                live.apply(entry);
                walked.apply(entry);
                let now: BTreeSet<_> = findings(&live, &walked)
                    .iter()
                    .map(|finding| (finding.code, finding.subject.clone(), finding.op))
                    .collect();
                let lost: Vec<_> = before.difference(&now).collect();
                assert!(lost.is_empty(), "{lost:?} left the story of {} at {:?}", scenario.code, entry.n);
                before = now;
            }
        }
    }
}

#[test]
fn a_finding_cites_entries_that_were_there() {
    for scenario in all() {
        let story = scenario.told(true);
        for finding in found(&story) {
            assert!(!finding.evidence.is_empty(), "{} cites nothing", finding.code);
            let there = |n: &EntryNo| story.entries().iter().any(|entry| entry.n == *n);
            assert!(finding.evidence.iter().all(there), "{} cites what is not there", finding.code);
        }
    }
}

#[test]
fn operations_may_be_interleaved_in_any_way() {
    for scenario in all() {
        let story = scenario.told(true);
        let mut turned = story.entries().to_vec();
        turned.sort_by_key(|entry| std::cmp::Reverse(entry.op));
        let (one, other) = (found(&story), findings(&Progress::of(&turned), &Walk::of(&turned)));
        assert_eq!(one, other, "the story of {}", scenario.code);
    }
}

#[test]
fn what_explains_does_not_go_round_in_a_circle() {
    let causes_of = |code: Code| {
        explained::LINKS.iter().filter(move |(_, effects, _)| effects.contains(&code)).map(|(cause, ..)| *cause)
    };
    for code in Code::all() {
        let mut seen: Vec<Code> = causes_of(code).collect();
        let mut at = 0;
        while at < seen.len() {
            assert_ne!(seen[at], code, "{code} explains itself in the end");
            let more: Vec<Code> = causes_of(seen[at]).filter(|cause| !seen.contains(cause)).collect();
            seen.extend(more);
            at += 1;
        }
    }
}

#[test]
fn the_verdict_and_the_exit_code_look_at_the_gravest_that_nothing_explains() {
    let mut story = Story::new();
    story.until_auth("imp1.example.com").falls_silent(|story| story.not_acked());
    let found = found(&story);
    assert_eq!(found[0].code, xmpp::NOT_ACKED);
    assert_eq!(verdict(&found).unwrap().code, xmpp::NOT_ACKED);
    assert_eq!(one(&story, xmpp::AUTH_SILENT).explained_by, Some(xmpp::NOT_ACKED));
    assert_eq!(exit(&found), 2);
}

#[test]
fn what_the_server_wrote_is_shown_with_visible_escapes() {
    let mut story = Story::new();
    story.until_auth("imp1.example.com").refused(15, "not-authorized\u{1b}]0;x\u{202e}");
    let finding = one(&story, xmpp::AUTH_REFUSED);
    assert_eq!(finding.arg("condition"), Some("not-authorized\\u{1b}]0;x\\u{202e}"));
}

#[test]
fn a_host_name_cannot_move_the_cursor_either() {
    let mut story = Story::new();
    story.resolve("imp1\u{1b}[2J", &[], outcome(How::Failed, "NXDOMAIN"));
    assert!(!headline(&found(&story)[0]).contains('\u{1b}') && !found(&story)[0].subject.contains('\u{1b}'));
}

#[test]
fn a_refusal_is_never_called_a_wrong_password() {
    let mut story = Story::new();
    story.until_auth("imp1.example.com").refused(15, "not-authorized");
    let text = lines(&one(&story, xmpp::AUTH_REFUSED), 80).join(" ").to_lowercase();
    assert!(!text.contains("wrong password") && !text.contains("bad password"), "{text}");
    assert_eq!(exit(&found(&story)), 2);
}

/// One look at the same login twice: a retry keeps the first one's finding.
#[test]
fn a_retry_that_succeeds_does_not_take_the_first_ones_finding_away() {
    let mut story = Story::new();
    story.login("imp1.example.com").enter(Stage::Tcp);
    story.connect("10.1.2.11:5222", 1, outcome(How::Refused, "ECONNREFUSED"));
    story.stage(Stage::Tcp, StageMark::Refused).ended(How::Refused, "ECONNREFUSED");
    story.whole("imp1.example.com");
    assert_eq!(codes(&found(&story)), BTreeSet::from([tcp::REFUSED]));
}

#[test]
fn an_accepted_certificate_is_only_worth_knowing() {
    let mut story = Story::new();
    (tls::SCENARIOS[0].tell)(&mut story, true);
    let before = one(&story, tls_code::UNTRUSTED);
    assert_eq!((catalogue().severity(&before), exit(&found(&story))), (Severity::Critical, 2));
    let (host, fingerprint) = ("imp1.example.com".into(), "sha256:aa".into());
    story.saw(crate::journal::Fact::User(crate::journal::UserAct::Accepted { host, port: None, fingerprint }));
    let after = one(&story, tls_code::UNTRUSTED);
    assert_eq!((catalogue().severity(&after), exit(&found(&story))), (Severity::Info, 0));
    assert!(after.evidence.len() > before.evidence.len());
}

#[test]
fn bytes_that_arrive_late_leave_a_milder_finding_that_explains_nothing() {
    let mut story = Story::new();
    story.until_auth("imp1.example.com").falls_silent(|story| story.not_acked());
    let view = story.all_acked();
    story.after(10_000).kernel(KernelReason::Still, view);
    assert_eq!(catalogue().severity(&one(&story, xmpp::NOT_ACKED)), Severity::Warning);
    assert_eq!(one(&story, xmpp::AUTH_SILENT).explained_by, None);
}
