//! Asked again: the newest answer counts, and what was decided before stands until it comes.

use super::dialogue::{Dialogue, PASSWORD};
use super::site::{Reply, Site, user};
use crate::discovery::plan::Step;
use crate::discovery::walk::script::goal;
use crate::journal::{Ask, Clients, HttpWhat};

#[test]
fn a_password_that_is_accepted_after_a_refusal_is_used_further() {
    let mut site = Site::healthy();
    site.reply(HttpWhat::User, "cucm1", Reply::Http(401, "<html/>".into()));
    let mut walk = Dialogue::walked(goal(Clients::All), site, PASSWORD);
    assert_eq!(walk.uses().len(), 1);
    let ask = walk.walk().standing(HttpWhat::User)[0].ask.clone();
    let op = walk.script.begin(Ask::Http(ask));
    assert!(walk.walk().plan(PASSWORD).is_empty(), "the refusal stands while it is asked again");
    walk.script.replied(op, 200, &user(&["imp1", "imp2"]), true);
    let steps = walk.walk().plan(PASSWORD);
    let is_epas = |step: &Step| matches!(step, Step::Http(ask) if ask.what == HttpWhat::EpasLogin);
    let is_login = |step: &Step| matches!(step, Step::Login(step) if step.host == "imp1.example.test");
    assert!(steps.iter().any(is_epas) && steps.iter().any(is_login), "{steps:?}");
}

#[test]
fn what_is_asked_again_keeps_its_old_answer_until_the_new_one_comes() {
    let mut walk = Dialogue::walked(goal(Clients::All), Site::healthy(), PASSWORD);
    let before = (walk.walk().nodes(), walk.walk().route(crate::discovery::Route::XmppClient).state);
    let lookups: Vec<_> = walk.walk().lookups().iter().map(|lookup| lookup.ask.clone()).collect();
    let begun: Vec<_> = lookups.iter().map(|ask| walk.script.begin(Ask::Dns(ask.clone()))).collect();
    let user = walk.walk().standing(HttpWhat::User)[0].ask.clone();
    walk.script.begin(Ask::Http(user));
    assert_eq!((walk.walk().nodes().len(), walk.walk().open()), (2, begun.len() + 1));
    assert_eq!(walk.walk().nodes()[0].named_by, before.0[0].named_by);
    assert!(walk.walk().plan(PASSWORD).is_empty());
    begun.into_iter().for_each(|op| walk.script.answered(op, "NXDOMAIN", Vec::new()));
    assert_eq!(
        walk.walk().route(crate::discovery::Route::XmppClient).state,
        crate::discovery::RouteState::Absent("NXDOMAIN")
    );
}
