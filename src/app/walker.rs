//! Carries the plan out: what is due is asked once, and what is under way is counted.

use std::collections::BTreeSet;

use crate::discovery::{LoginStep, Means, Reach, Step, Walk};
use crate::journal::{Ask, Entry, EntryNo, Event, HttpWhat, OpId, Stage};

/// What of a plan was asked.
#[derive(Debug, Default)]
pub struct Walker {
    /// Asked, whether or not the journal says so yet.
    asked: Vec<Asked>,
    /// Begun by us, and not ended.
    open: BTreeSet<OpId>,
    /// What the last plan was made from.
    planned: Option<(u64, Means)>,
}

/// A step that was asked.
#[derive(Debug)]
struct Asked {
    step: Step,
    /// The user's word that it was asked on.
    word: Option<EntryNo>,
    /// The journal has it. Until then the plan does not know of it, and may name it on a newer word as well.
    begun: bool,
}

impl Walker {
    /// What to ask now. It counts as asked from here on.
    pub fn due(&mut self, walk: &Walk, means: Means) -> Vec<Step> {
        let now = (walk.revision(), means);
        if self.planned.replace(now) == Some(now) {
            return Vec::new();
        }
        let mut due: Vec<Step> = Vec::new();
        for step in walk.plan(means) {
            let word = word_for(walk, &step);
            let covers = |asked: &Asked| (asked.word == word || !asked.begun) && is_same(&asked.step, &step);
            if !self.asked.iter().any(covers) {
                self.asked.push(Asked { step: step.clone(), word, begun: false });
                due.push(step);
            }
        }
        due
    }

    /// An operation was begun for a step.
    pub fn began(&mut self, op: OpId) {
        self.open.insert(op);
    }

    /// Takes note of an entry.
    pub fn saw(&mut self, entry: &Entry) {
        match &entry.event {
            Event::Began(ask) => {
                let begun = self.asked.iter_mut().filter(|asked| is_of(ask, &asked.step));
                begun.for_each(|asked| asked.begun = true);
            }
            Event::Ended(_) => {
                self.open.remove(&entry.op);
            }
            _ => {}
        }
    }

    /// Whether an operation is still under way.
    pub fn is_open(&self, op: OpId) -> bool {
        self.open.contains(&op)
    }

    /// Whether nothing that it asked is still under way.
    pub fn is_idle(&self) -> bool {
        self.open.is_empty()
    }
}

/// The user's newest word that a step may be asked on: it is asked once more on a newer one.
fn word_for(walk: &Walk, step: &Step) -> Option<EntryNo> {
    match step {
        Step::Login(login) if login.purpose.is_login() => {
            walk.permissions().all_nodes.filter(|_| login.reach == Reach::Credential)
        }
        Step::Login(login) => walk.permissions().control(&login.host, login.port),
        // A token serves once: another one may be needed.
        Step::Http(ask) if ask.what == HttpWhat::EpasToken => {
            let permissions = walk.permissions();
            permissions.controls.values().copied().chain(permissions.control_anywhere).max()
        }
        Step::Dns(_) | Step::Http(_) => None,
    }
}

/// Whether two steps ask the same; what is known of addresses and of who named a node may have grown.
fn is_same(one: &Step, other: &Step) -> bool {
    match (one, other) {
        (Step::Dns(one), Step::Dns(other)) => one == other,
        (Step::Http(one), Step::Http(other)) => one.is_same(other),
        (Step::Login(one), Step::Login(other)) => {
            let key = |step: &LoginStep| {
                (step.host.to_ascii_lowercase(), step.port, step.client, step.reach, step.purpose)
            };
            key(one) == key(other)
        }
        _ => false,
    }
}

/// Whether an operation is the one that this step asks for.
fn is_of(ask: &Ask, step: &Step) -> bool {
    match (ask, step) {
        (Ask::Dns(ask), Step::Dns(step)) => ask == step,
        (Ask::Http(ask), Step::Http(step)) => ask.is_same(step),
        (Ask::Login(ask), Step::Login(step)) => {
            let with_credential = ask.until > Stage::StreamTls;
            ask.host.eq_ignore_ascii_case(&step.host)
                && (ask.port, ask.client, ask.purpose) == (step.port, step.client, step.purpose)
                && with_credential == (step.reach == Reach::Credential)
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::journal::{
        ClientKind, Fact, GivenNode, LoginAsk, Offset, Purpose, RunAsk, TlsMode, UserAct, WalkAsk, Wall,
    };

    fn step(purpose: Purpose) -> LoginStep {
        LoginStep {
            host: "imp1.example.test".into(),
            port: 5222,
            addresses: Vec::new(),
            tls: TlsMode::Starttls,
            client: ClientKind::Psi,
            home: None,
            named_by: String::new(),
            reach: Reach::Credential,
            purpose,
        }
    }

    fn walk(words: &[UserAct]) -> Walk {
        let said = words.iter().zip(1..).map(|(word, n)| Entry {
            n: EntryNo(n),
            op: OpId(1),
            parent: None,
            at: Offset(n),
            wall: Wall(0),
            event: Event::Saw(Fact::User(word.clone())),
        });
        Walk::of(&said.collect::<Vec<_>>())
    }

    #[test]
    fn questions_of_one_node_are_told_apart() {
        let login = |purpose| Step::Login(step(purpose));
        let known = Step::Login(LoginStep { addresses: vec!["10.1.2.11".into()], ..step(Purpose::OtherWay) });
        assert!(is_same(&login(Purpose::OtherWay), &known));
        assert!(!is_same(&login(Purpose::ImpossibleMechanism), &login(Purpose::UnknownUser)));
        assert!(!is_same(&login(Purpose::Login), &login(Purpose::OtherWay)));
    }

    #[test]
    fn a_step_that_the_journal_does_not_have_yet_is_not_asked_again_on_a_word() {
        let nodes = vec![GivenNode { host: "imp1.example.test".into(), port: 5222 }];
        let goal = WalkAsk { nodes, dns: Vec::new(), ..crate::discovery::story::goal() };
        let (domain, user) = ("example.test".into(), "alice".into());
        let run = RunAsk {
            domain,
            user,
            slow_ms: 2000,
            silent_ms: 10_000,
            lab: false,
            walk: Some(Box::new(goal)),
            environment: None,
        };
        let entry = |n, op, parent, event| Entry {
            n: EntryNo(n),
            op: OpId(op),
            parent,
            at: Offset(n),
            wall: Wall(0),
            event,
        };
        let mut walk = Walk::of(&[entry(1, 1, None, Event::Began(Ask::Run(run)))]);
        let means = Means { password: true, ..Means::default() };
        let mut walker = Walker::default();
        let logins = |steps: Vec<Step>| steps.iter().filter(|step| matches!(step, Step::Login(_))).count();
        assert_eq!(logins(walker.due(&walk, means)), 1);
        walk.apply(&entry(2, 1, None, Event::Saw(Fact::User(UserAct::AllNodes))));
        assert_eq!(logins(walker.due(&walk, means)), 0, "the login is on its way into the journal");
        let begun = entry(3, 2, Some(OpId(1)), Event::Began(Ask::Login(LoginAsk::of_alice("imp1.example.test"))));
        walker.saw(&begun);
        walk.apply(&begun);
        assert_eq!(logins(walker.due(&walk, means)), 0, "it answers the word");
    }

    #[test]
    fn a_newer_word_is_another_reason_to_ask() {
        let control = |host: &str| UserAct::Control { host: host.into(), port: 5222 };
        let word = |words: &[UserAct], purpose| word_for(&walk(words), &Step::Login(step(purpose)));
        assert_eq!(word(&[UserAct::AllNodes, UserAct::AllNodes], Purpose::Login), Some(EntryNo(2)));
        assert_eq!(word(&[UserAct::AllNodes], Purpose::OtherWay), None);
        assert_eq!(word(&[control("imp1.example.test"), control("imp2")], Purpose::OtherWay), Some(EntryNo(1)));
        assert_eq!(
            word(&[control("imp1.example.test"), control("IMP1.example.test")], Purpose::SecondUser),
            Some(EntryNo(2))
        );
        let mut looked_at = step(Purpose::Login);
        looked_at.reach = Reach::Mechanisms;
        assert_eq!(word_for(&walk(&[UserAct::AllNodes]), &Step::Login(looked_at)), None);
    }
}
