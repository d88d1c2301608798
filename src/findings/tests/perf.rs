//! Stories about counters.

use super::super::code::{perf, xmpp};
use super::admin_story::{IMP1, counted, fault};
use super::walk_story::HTML;
use super::{Scenario, alone, beside, catalogue, codes, found, one};
use crate::findings::Severity;
use crate::journal::HttpWhat;
use crate::progress::story::Story;

pub(super) const SCENARIOS: &[Scenario] = &[
    beside(perf::SOCKETS_FLAT, &[xmpp::AUTH_SILENT], |story, fact| {
        *story = Story::as_administrator();
        story.silent_at(IMP1).holds(IMP1, 312).after(60_000).holds(IMP1, if fact { 312 } else { 330 });
    }),
    alone(perf::SOCKETS_FALLING, |story, fact| {
        *story = Story::as_administrator();
        story.holds(IMP1, 312).after(60_000).holds(IMP1, if fact { 40 } else { 300 });
    }),
    alone(perf::RATE, |story, fact| {
        *story = Story::as_administrator();
        let body =
            if fact { fault("", "Exceeded allowed rate for Perfmon information") } else { counted(IMP1, 312) };
        story.admins(HttpWhat::Counters, IMP1, "Cisco XCP CM", if fact { 500 } else { 200 }, &body);
    }),
    alone(perf::NO_COUNTERS, |story, fact| {
        *story = Story::as_administrator();
        if fact {
            story.admins(HttpWhat::CounterNames, IMP1, "", 403, HTML);
        } else {
            story.holds(IMP1, 312);
        }
    }),
];

#[test]
fn one_count_is_not_flat_nor_are_two_in_a_row() {
    let mut story = Story::as_administrator();
    story.silent_at(IMP1).holds(IMP1, 312);
    assert!(!codes(&found(&story)).contains(&perf::SOCKETS_FLAT));
    story.after(10_000).holds(IMP1, 312);
    assert!(!codes(&found(&story)).contains(&perf::SOCKETS_FLAT));
    story.after(50_000).holds(IMP1, 313);
    assert_eq!(one(&story, perf::SOCKETS_FLAT).arg("sockets"), Some("312 to 313"));
}

#[test]
fn sockets_that_stood_still_before_the_silence_say_nothing() {
    let mut story = Story::as_administrator();
    story.holds(IMP1, 312).after(60_000).holds(IMP1, 312);
    story.after(60_000).silent_at(IMP1).holds(IMP1, 400);
    assert!(!codes(&found(&story)).contains(&perf::SOCKETS_FLAT));
}

#[test]
fn sockets_of_another_node_are_not_this_ones() {
    let mut story = Story::as_administrator();
    let other = "imp2.example.com";
    story.silent_at(IMP1).holds(other, 312).after(60_000).holds(other, 312);
    assert!(!codes(&found(&story)).contains(&perf::SOCKETS_FLAT));
}

#[test]
fn sockets_that_come_back_are_a_thing_of_the_past() {
    let mut story = Story::as_administrator();
    story.holds(IMP1, 312).after(60_000).holds(IMP1, 40);
    assert_eq!(catalogue().severity(&one(&story, perf::SOCKETS_FALLING)), Severity::Warning);
    story.after(60_000).holds(IMP1, 305);
    let finding = one(&story, perf::SOCKETS_FALLING);
    assert_eq!((catalogue().severity(&finding), finding.arg("now")), (Severity::Info, Some("305")));
}
