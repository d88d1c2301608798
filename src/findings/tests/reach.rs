//! Stories about names, addresses and connections.

use super::super::code::{dns, tcp};
use super::{Scenario, alone};
use crate::journal::{ClosedBy, Fact, How, NetFact, Outcome, Stage, StageMark};
use crate::progress::story::{Story, outcome};

pub(super) const SCENARIOS: &[Scenario] = &[
    alone(dns::TARGET_UNRESOLVED, |story, fact| {
        story.login("imp9.example.com").enter(Stage::Tcp);
        let ended = if fact { outcome(How::Failed, "NXDOMAIN") } else { Outcome::ok() };
        story.resolve("imp9.example.com", &["10.1.2.19"][usize::from(fact)..], ended);
    }),
    alone(tcp::REFUSED, |story, fact| {
        tries(story, if fact { outcome(How::Refused, "ECONNREFUSED") } else { outcome(How::TimedOut, "") });
    }),
    alone(tcp::TIMEOUT, |story, fact| {
        tries(story, if fact { outcome(How::TimedOut, "") } else { outcome(How::Refused, "ECONNREFUSED") });
    }),
    alone(tcp::UNREACHABLE, |story, fact| {
        tries(story, if fact { outcome(How::Lost, "EHOSTUNREACH") } else { outcome(How::Stopped, "") });
    }),
    alone(tcp::RESET, |story, fact| {
        story.login("imp1.example.com").tcp().enter(Stage::Stream).sent(
            "stream header",
            "<stream:stream>",
            0,
            None,
        );
        let by = if fact { ClosedBy::PeerReset } else { ClosedBy::PeerFin };
        story.closed(by, Some("ECONNRESET")).ended(How::Lost, "ECONNRESET");
    }),
];

fn tries(story: &mut Story, ended: Outcome) {
    story.login("imp1.example.com").enter(Stage::Tcp).connect("10.1.2.11:5222", 5000, ended.clone());
    story.stage(Stage::Tcp, StageMark::Failed).ended(ended.how, "");
}

#[test]
fn a_refusal_by_one_address_is_milder_where_another_one_answers() {
    let mut story = Story::new();
    story.login("imp1.example.com").enter(Stage::Tcp);
    story.connect("[2001:db8::11]:5222", 1, outcome(How::Refused, "ECONNREFUSED"));
    story.connect("10.1.2.11:5222", 1, Outcome::ok()).pass(Stage::Tcp);
    let finding = super::one(&story, tcp::REFUSED);
    assert_eq!(finding.arg("addresses"), Some("[2001:db8::11]:5222"));
    assert_eq!(super::catalogue().severity(&finding), super::Severity::Warning);
    assert_eq!(super::exit(&super::found(&story)), 1);
}

#[test]
fn a_name_without_a_login_is_told_of_too() {
    let mut story = Story::new();
    story.resolve("imp9.example.com", &[], outcome(How::Failed, "NXDOMAIN"));
    assert_eq!(super::one(&story, dns::TARGET_UNRESOLVED).op, None);
}

#[test]
fn an_address_that_was_given_is_no_lookup_that_failed() {
    let mut story = Story::new();
    story.login("10.1.2.11").resolve("10.1.2.11", &["10.1.2.11"], Outcome::ok());
    story.saw(Fact::Net(NetFact::Closed { by: ClosedBy::Us, code: None }));
    assert!(super::found(&story).is_empty());
}

#[test]
fn a_partner_that_is_down_is_milder_once_the_home_node_took_the_user() {
    let mut story = Story::new();
    story.login_at("imp1.example.com", Some(true));
    let home = story.op();
    story.login_at("imp2.example.com", Some(false)).enter(Stage::Tcp);
    story.connect("10.1.2.12:5222", 1, outcome(How::Refused, "ECONNREFUSED"));
    assert_eq!(super::exit(&super::found(&story)), 2);
    let finding = super::one(&story, tcp::REFUSED);
    story.of(home).through();
    let milder = super::one(&story, tcp::REFUSED);
    assert_eq!((finding.op, super::exit(&super::found(&story))), (milder.op, 1));
}

/// Then it is no more than an answer that is missing from the experiment's table.
#[test]
fn epassoap_that_only_the_control_experiment_asks_for_is_worth_knowing_alone() {
    use crate::journal::{Clients, HttpWhat};
    for (clients, exit) in [(Clients::Jabber, 2), (Clients::All, 2), (Clients::Psi, 0)] {
        let mut story = Story::walking_as(clients, &[]);
        let op = story.requests(HttpWhat::EpasLogin, "https://imp1.example.com:8443/EPASSoap/service/v80");
        let refused = outcome(How::Refused, "ECONNREFUSED");
        story.connects(op, "10.1.2.11:8443", 1, refused.clone()).over(op, refused);
        let found: Vec<_> = super::found(&story).into_iter().filter(|found| found.code == tcp::REFUSED).collect();
        assert_eq!((found.len(), super::exit(&found)), (1, exit), "{clients:?}");
    }
}
