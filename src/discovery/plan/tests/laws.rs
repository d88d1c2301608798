//! What holds for every site: nothing is asked twice, no credential goes out before its turn, every prefix of a
//! journal has a plan, and the order between operations says nothing.

use std::collections::BTreeMap;

use proptest::prelude::*;

use super::dialogue::{Dialogue, NOTHING, PASSWORD, TOKEN, name};
use super::site::{Login, NOT_FOUND, Reply, Site, found, full, profile, sso, user};
use crate::discovery::plan::{Means, Step};
use crate::discovery::walk::script::goal;
use crate::discovery::walk::{LoginSeen, Walk};
use crate::journal::{
    Ask, ClientKind, Clients, Entry, Event, Fact, HttpWhat, OpId, Outcome, Purpose, Stage, UserAct, WaitMark,
    WalkAsk,
};

/// Sites with all sorts of faults.
fn any_site() -> impl Strategy<Value = Site> {
    let hosts = ["cucm1", "cucm2", "imp1", "imp2"];
    let faults = prop::collection::vec((0..hosts.len(), 0..23_usize), 0..8);
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
                13 => drop(site.hostnames.insert(full(host), vec!["imp2", "imp1.example.test"])),
                14 | 15 => drop(site.logins.insert(full(host), Login::Silent)),
                16 => drop(site.logins.insert(full(host), Login::Waits)),
                17 => drop(site.logins.insert(full(host), Login::Late)),
                18 => site.reply(HttpWhat::EpasLogin, host, Reply::Silent),
                19 => site = site.clone().control(Purpose::ImpossibleMechanism, host, Login::Waits),
                21 => site.ok(HttpWhat::ClusterUser, host, &found(&full(host))),
                20 => site = site.clone().control(Purpose::UnknownUser, host, Login::Silent),
                _ => site = site.clone().control(Purpose::OtherWay, host, Login::Refused),
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
    (any_site(), clients, any_means(), any_cucms()).prop_map(|(site, clients, means, cucms)| {
        Dialogue::walked(WalkAsk { cucms, ..goal(clients) }, site, means)
    })
}

/// CUCMs that were named by hand: none, one, or several that are compared.
fn any_cucms() -> impl Strategy<Value = Vec<String>> {
    let named = |hosts: &[&str]| hosts.iter().map(|host| full(host)).collect::<Vec<String>>();
    prop::sample::select(vec![
        named(&[]),
        named(&["cucm2"]),
        named(&["cucm1", "cucm2"]),
        named(&["cucm2", "imp1"]),
    ])
}

fn any_word() -> impl Strategy<Value = UserAct> {
    let on = |host: &str| UserAct::Control { host: full(host), port: 5222 };
    prop::sample::select(vec![
        UserAct::AllNodes,
        UserAct::AllNodes,
        UserAct::ControlAnywhere,
        UserAct::Outside,
        on("imp1"),
        on("imp1"),
        on("imp2"),
    ])
}

/// A walk with a person's words: some before it begins, some when all is asked.
fn any_story() -> impl Strategy<Value = Dialogue> {
    let clients = prop::sample::select(vec![Clients::All, Clients::Jabber, Clients::Psi]);
    let words = || prop::collection::vec(any_word(), 0..3);
    let places = (any_site(), any_cucms());
    (places, clients, any_means(), words(), words()).prop_map(|((site, cucms), clients, means, first, later)| {
        let mut goal = WalkAsk { cucms, ..goal(clients) };
        goal.second_user = Some("bob".to_owned());
        let mut story = Dialogue::new(goal, site, Means { second: true, ..means });
        first.into_iter().for_each(|word| story.word(word));
        story.run();
        later.into_iter().fold(story, Dialogue::after)
    })
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
        // A token that has served is asked for anew by another experiment.
        Step::Http(ask) if ask.what == HttpWhat::EpasToken => false,
        Step::Http(ask) => walk.exchange_of(ask).is_some(),
        Step::Login(_) => false,
    };
    steps.iter().filter(|step| is_begun(step)).map(name).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    // That nothing is asked twice in one walk is asserted by the dialogue itself.
    #[test]
    fn every_walk_ends_within_its_uses(walk in any_walk()) {
        prop_assert!(is_over(&walk));
        prop_assert!(walk.asked_for("credential ").len() <= 1);
        prop_assert_eq!(walk.asked_for("control "), Vec::<&str>::new(), "nobody asked for that");
        // One use on each step of the path; another only after one that was never written.
        let tried = walk.walk().attempts();
        prop_assert!(tried <= 3, "{tried}: {walk:?}");
        let refused = walk.walk().exchanges().iter().filter(|exchange| exchange.status() == Some(401)).count();
        prop_assert!(refused <= 1);
        let homes = walk.walk().homes_named();
        prop_assert!(homes.len() <= 1 || !walk.walk().compares_homes() || walk.uses().is_empty(), "{homes:?} {walk:?}");
    }

    #[test]
    fn the_order_between_operations_says_nothing(walk in any_story(), seed: u64) {
        let (as_it_was, other) = (walk.walk(), Walk::of(&dealt(&walk.script.entries, seed)));
        prop_assert_eq!(&as_it_was, &other);
        prop_assert_eq!(as_it_was.nodes(), other.nodes());
        prop_assert_eq!(as_it_was.homes(), other.homes());
        prop_assert_eq!(as_it_was.choice(ClientKind::Jabber), other.choice(ClientKind::Jabber));
        prop_assert_eq!(as_it_was.plan(walk.means), other.plan(walk.means));
        prop_assert_eq!(as_it_was.cost(PASSWORD, &UserAct::AllNodes), other.cost(PASSWORD, &UserAct::AllNodes));
    }

    #[test]
    fn the_password_is_alone_until_somebody_accepts_it_or_the_user_says_so(walk in any_story()) {
        let mut under_way: Vec<OpId> = Vec::new();
        let (mut accepted, mut has_word) = (false, false);
        // Those that were begun by one and the same plan.
        let mut together: Vec<OpId> = Vec::new();
        for entry in &walk.script.entries {
            let Event::Began(ask) = &entry.event else {
                together.clear();
                has_word |= is_word(entry);
                accepted |= accepts(&walk, entry);
                if settles(entry) {
                    under_way.retain(|op| *op != entry.op);
                }
                continue;
            };
            if is_use(ask) {
                let others = under_way.iter().filter(|op| !(has_word && together.contains(op))).count();
                prop_assert!(accepted || others == 0, "{walk:?}");
                under_way.push(entry.op);
                together.push(entry.op);
            }
        }
    }

    #[test]
    fn every_story_ends_and_its_experiments_ask_one_question_at_a_time(walk in any_story()) {
        prop_assert!(is_over(&walk));
        prop_assert!(walk.asked_for("unknown user").len() <= 1);
        let mut prefix = Walk::default();
        for entry in &walk.script.entries {
            if let Event::Began(Ask::Login(ask)) = &entry.event && !ask.purpose.is_login() {
                let is_here = |login: &&LoginSeen| login.ask.host == ask.host;
                prop_assert!(prefix.controls().iter().filter(is_here).all(LoginSeen::is_settled), "{walk:?}");
                prop_assert!(prefix.permissions().control(&ask.host, ask.port).is_some(), "{walk:?}");
                prop_assert!(prefix.logins().iter().filter(is_here).any(|login| login.auth_silent.is_some()));
            }
            prefix.apply(entry);
        }
    }

    #[test]
    fn a_word_costs_what_was_said_before(story in any_story(), word in any_word()) {
        let said = story.walk().cost(story.means, &word).attempts();
        let story = story.after(word.clone());
        // What a word of before comes to when a node proves silent now was said with that word.
        let counts = |name: &&str| match word {
            UserAct::AllNodes => name.starts_with("credential ") && name.ends_with(" psi"),
            _ => name.starts_with("EPAS login ") || name.contains("other way in"),
        };
        let since = story.since();
        let made = since.iter().copied().filter(counts).count();
        // Where the password was refused meanwhile, or EPASSoap gave nothing to log in with, less was done.
        let refused = story.walk().advises_against(story.means).is_some();
        let has = |what: &str| since.iter().any(|name| name.contains(what));
        let has_no_token = has("EPAS login ") && !has("other way in");
        prop_assert!(made == said || ((refused || has_no_token) && made < said), "{made}, not {said}: {:?} {story:?}", story.since());
    }
}

/// Whether nothing is left to ask, and nothing under way but what waits in silence.
fn is_over(story: &Dialogue) -> bool {
    let walk = story.walk();
    let open = walk.logins().iter().chain(walk.controls()).filter(|login| login.ended.is_none());
    let (open, waits) = (open.clone().count(), open.filter(|login| login.auth_silent.is_some()).count());
    walk.plan(story.means).is_empty() && walk.open() == open && open == waits
}

/// Whether the user asked for more than the path.
fn is_word(entry: &Entry) -> bool {
    let more =
        |act: &UserAct| matches!(act, UserAct::AllNodes | UserAct::Control { .. } | UserAct::ControlAnywhere);
    matches!(&entry.event, Event::Saw(Fact::User(act)) if more(act))
}

/// Whether a request or a login uses the user's password.
fn is_use(ask: &Ask) -> bool {
    let is_own = |purpose| matches!(purpose, Purpose::Login | Purpose::OtherWay);
    match ask {
        Ask::Http(ask) => matches!(ask.what, HttpWhat::User | HttpWhat::EpasLogin),
        Ask::Login(ask) => ask.until > Stage::StreamTls && ask.client == ClientKind::Psi && is_own(ask.purpose),
        _ => false,
    }
}

/// Whether an entry says that the password is right.
fn accepts(story: &Dialogue, entry: &Entry) -> bool {
    let begun = story.script.entries.iter().find_map(|other| match &other.event {
        Event::Began(ask) if other.op == entry.op => Some(ask),
        _ => None,
    });
    begun.is_some_and(is_use) && entry.event == Event::Ended(Outcome::ok())
}

/// Whether an operation that had the password need not be waited for any more.
fn settles(entry: &Entry) -> bool {
    let is_silent = |fact: &Fact| matches!(fact, Fact::Wait(wait) if wait.mark == WaitMark::Silent);
    matches!(&entry.event, Event::Ended(_)) || matches!(&entry.event, Event::Saw(fact) if is_silent(fact))
}

proptest! {
    // Each case makes some hundred plans: fewer cases, each with the means of one person.
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn every_prefix_has_a_plan_and_asks_nothing_that_was_asked(walk in any_story(), means in any_means()) {
        let mut prefix = Walk::default();
        for entry in &walk.script.entries {
            prefix.apply(entry);
            prop_assert_eq!(repeated(&prefix, &prefix.plan(means)), Vec::<String>::new());
            prefix.skipped(means);
            prefix.cost(means, &UserAct::ControlAnywhere);
            prefix.can_control("imp1.example.test", 5222).ok();
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
