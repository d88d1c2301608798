//! What holds for every site: nothing is asked twice, no credential goes out before its turn, every prefix of a
//! journal has a plan, and the order between operations says nothing.

use std::collections::BTreeMap;

use proptest::prelude::*;

use super::dialogue::{Dialogue, NOTHING, PASSWORD, TOKEN, name};
use super::site::{Login, NOT_FOUND, Reply, Site, full, profile, sso, user};
use crate::discovery::plan::{Means, Step};
use crate::discovery::walk::Walk;
use crate::discovery::walk::script::goal;
use crate::journal::{Ask, ClientKind, Clients, Entry, Event, HttpWhat, OpId};

/// Sites with all sorts of faults.
fn any_site() -> impl Strategy<Value = Site> {
    let hosts = ["cucm1", "cucm2", "imp1", "imp2"];
    let faults = prop::collection::vec((0..hosts.len(), 0..14_usize), 0..6);
    faults.prop_map(move |faults| {
        let mut site = Site::healthy();
        for (at, fault) in faults {
            let host = hosts[at];
            match fault {
                0 => site.dead(host),
                1 => site.reply(HttpWhat::User, host, Reply::Silent),
                2 => site.reply(HttpWhat::User, host, Reply::Http(401, "<html/>".into())),
                3 => site.reply(HttpWhat::EpasLogin, host, Reply::Gate),
                4 => site.ok(HttpWhat::SingleSignOn, host, &sso(true)),
                5 => site.ok(HttpWhat::ClusterUser, host, NOT_FOUND),
                6 => site.ok(HttpWhat::User, host, &user(&[])),
                7 => site.ok(HttpWhat::ServiceProfile, host, &profile(&["imp2"])),
                8 => site.srv("_cuplogin._tcp", &[(0, 0, 8443, host)]),
                9 => site.srv("_xmpps-client._tcp", &[(0, 0, 5223, host)]),
                10 => site = site.clone().without("_xmpp-client._tcp"),
                11 => site = site.clone().without("_cisco-uds._tcp"),
                12 => drop(site.logins.insert(full(host), Login::Refused)),
                _ => drop(site.hostnames.insert(full(host), vec!["imp2", "imp1.example.test"])),
            }
        }
        site
    })
}

fn any_means() -> impl Strategy<Value = Means> {
    prop::sample::select(vec![PASSWORD, NOTHING, TOKEN])
}

fn any_walk() -> impl Strategy<Value = Dialogue> {
    let clients = prop::sample::select(vec![Clients::All, Clients::Jabber, Clients::Psi]);
    (any_site(), clients, any_means())
        .prop_map(|(site, clients, means)| Dialogue::walked(goal(clients), site, means))
}

impl std::fmt::Debug for Dialogue {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_list().entries(&self.asked).finish()
    }
}

/// The entries with their operations dealt out anew: each operation's own entries keep their order.
fn dealt(entries: &[Entry], seed: u64) -> Vec<Entry> {
    let mut by_op: BTreeMap<OpId, std::collections::VecDeque<&Entry>> = BTreeMap::new();
    entries.iter().for_each(|entry| by_op.entry(entry.op).or_default().push_back(entry));
    let (mut state, mut dealt) = (seed | 1, Vec::new());
    while !by_op.is_empty() {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let at = usize::try_from(state >> 33).unwrap_or_default() % by_op.len();
        let op = *by_op.keys().nth(at).unwrap();
        dealt.extend(by_op.get_mut(&op).and_then(std::collections::VecDeque::pop_front).cloned());
        by_op.retain(|_, entries| !entries.is_empty());
    }
    dealt
}

/// What a plan would begin that has begun already.
fn repeated(walk: &Walk, steps: &[Step]) -> Vec<String> {
    let is_begun = |step: &Step| match step {
        Step::Dns(ask) => walk.lookup(ask).is_some(),
        Step::Http(ask) => walk.exchange(ask.what, &ask.url).is_some(),
        Step::Login(_) => false,
    };
    steps.iter().filter(|step| is_begun(step)).map(name).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    // That nothing is asked twice in one walk is asserted by the dialogue itself.
    #[test]
    fn every_walk_ends_within_its_uses(walk in any_walk()) {
        prop_assert!(walk.walk().is_done(walk.means));
        prop_assert!(walk.asked_for("credential ").len() <= 1);
        // One use on each step of the path; another only after one that was never written.
        let tried = walk.walk().attempts();
        prop_assert!(tried <= 3, "{tried}: {walk:?}");
        let refused = walk.walk().exchanges().iter().filter(|exchange| exchange.status() == Some(401)).count();
        prop_assert!(refused <= 1);
    }

    #[test]
    fn the_order_between_operations_says_nothing(walk in any_walk(), seed: u64) {
        let (as_it_was, other) = (walk.walk(), Walk::of(&dealt(&walk.script.entries, seed)));
        prop_assert_eq!(&as_it_was, &other);
        prop_assert_eq!(as_it_was.nodes(), other.nodes());
        prop_assert_eq!(as_it_was.choice(ClientKind::Jabber), other.choice(ClientKind::Jabber));
        prop_assert_eq!(as_it_was.plan(PASSWORD), other.plan(PASSWORD));
    }

    #[test]
    fn the_password_is_alone_until_somebody_accepts_it(walk in any_walk()) {
        let is_use = |ask: &Ask| matches!(ask, Ask::Http(ask) if matches!(ask.what, HttpWhat::User | HttpWhat::EpasLogin));
        let mut under_way = Vec::new();
        let mut accepted = false;
        for entry in &walk.script.entries {
            match &entry.event {
                Event::Began(ask) if is_use(ask) => {
                    prop_assert!(accepted || under_way.is_empty(), "{walk:?}");
                    under_way.push(entry.op);
                }
                Event::Ended(outcome) if under_way.contains(&entry.op) => {
                    under_way.retain(|op| *op != entry.op);
                    accepted |= *outcome == crate::journal::Outcome::ok();
                }
                _ => {}
            }
        }
    }
}

proptest! {
    // Each case makes some hundred plans: fewer cases, each with the means of one person.
    #![proptest_config(ProptestConfig::with_cases(32))]

    #[test]
    fn every_prefix_has_a_plan_and_asks_nothing_that_was_asked(walk in any_walk(), means in any_means()) {
        let mut prefix = Walk::default();
        for entry in &walk.script.entries {
            prefix.apply(entry);
            prop_assert_eq!(repeated(&prefix, &prefix.plan(means)), Vec::<String>::new());
            prefix.skipped(means);
            prefix.choice(ClientKind::Psi);
            prefix.choice(ClientKind::Jabber);
        }
    }
}

#[test]
fn a_server_that_names_hosts_without_end_is_not_followed_without_end() {
    let mut site = Site::healthy();
    let many: Vec<String> = (0..2000).map(|at| format!("h{at}.example.test")).collect();
    let records: Vec<(u16, u16, u16, &str)> = many.iter().map(|host| (0, 0, 8443, host.as_str())).collect();
    for route in ["_cisco-uds._tcp", "_xmpp-client._tcp", "_cuplogin._tcp", "_collab-edge._tls"] {
        site.srv(route, &records);
    }
    many.iter().for_each(|host| site.host(host, "10.1.2.3"));
    let walk = Dialogue::walked(goal(Clients::All), site, PASSWORD);
    assert!(walk.asked_for("A h").len() <= 2 * 256, "{}", walk.asked_for("A h").len());
    assert!(walk.asked_for("UDS version").len() <= 64);
    assert!(walk.asked_for("mechanisms").len() <= 128);
}
