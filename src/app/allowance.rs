//! How far the user's words raise the limit of attempts: by what they cost, where no limit was set by hand.

use crate::discovery::{Reach, Step, Walk};
use crate::journal::{HttpWhat, Purpose, Stage};

/// So many attempts more than the limit may the words of one run cost.
const MOST: u32 = 16;

/// What the user's words may still add to the limit.
#[derive(Debug)]
pub struct Allowance {
    left: u32,
    /// The login that the run is about was asked for.
    has_begun: bool,
}

impl Allowance {
    /// Nothing was added yet. A limit that is hard never grows.
    pub fn new(hard_limit: bool) -> Self {
        Self { left: if hard_limit { 0 } else { MOST }, has_begun: false }
    }

    /// The user was told that a word costs so many attempts, and said yes.
    pub fn may_add(&mut self, attempts: u32) {
        self.left = self.left.max(attempts);
    }

    /// How many attempts a step adds to the limit when it is asked: one, where it spends one with the user's own
    /// credential and only a word of the user's has brought it about.
    pub fn adds(&mut self, walk: &Walk, step: &Step) -> u32 {
        let permissions = walk.permissions();
        let is_word = match step {
            Step::Login(login) if login.purpose == Purpose::OtherWay => true,
            Step::Login(login) if login.purpose.is_login() && login.reach == Reach::Credential => {
                let began = walk.logins().iter().any(|login| login.ask.until > Stage::StreamTls);
                let is_first = !std::mem::replace(&mut self.has_begun, true) && !began;
                !is_first && (permissions.all_nodes.is_some() || permissions.outside.is_some())
            }
            // Beside the way inside, what an edge hands on is asked on that word alone.
            Step::Http(ask)
                if matches!(ask.what, HttpWhat::User | HttpWhat::EpasLogin) && !ask.inside.is_empty() =>
            {
                permissions.outside.is_some() && !walk.is_outside()
            }
            // That of the path goes before the login.
            Step::Http(ask) if ask.what == HttpWhat::EpasLogin => {
                let asked = permissions.control_anywhere.is_some() || !permissions.controls.is_empty();
                self.has_begun && asked
            }
            // Beside the way inside it is asked on that word alone; from outside it is one more than the path inside takes.
            Step::Http(ask) if ask.what == HttpWhat::EdgeConfig => true,
            Step::Dns(_) | Step::Http(_) | Step::Login(_) => false,
        };
        let more = u32::from(is_word).min(self.left);
        self.left -= more;
        more
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::discovery::LoginStep;
    use crate::journal::{ClientKind, Entry, EntryNo, Event, Fact, HttpAsk, Offset, OpId, TlsMode, UserAct, Wall};

    /// What is known once the user has said this.
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

    fn login(purpose: Purpose, reach: Reach) -> Step {
        Step::Login(LoginStep {
            host: "imp1.example.test".into(),
            port: 5222,
            addresses: Vec::new(),
            tls: TlsMode::Starttls,
            client: ClientKind::Psi,
            home: None,
            named_by: String::new(),
            reach,
            purpose,
        })
    }

    fn http(what: HttpWhat) -> Step {
        let url = "https://imp1.example.test:8443/EPASSoap/service/v80".into();
        Step::Http(HttpAsk::new(what, url, Vec::new()))
    }

    fn added(words: &[UserAct], hard_limit: bool, steps: &[Step]) -> Vec<u32> {
        let (walk, mut allowance) = (walk(words), Allowance::new(hard_limit));
        steps.iter().map(|step| allowance.adds(&walk, step)).collect()
    }

    #[test]
    fn the_path_itself_adds_nothing_whatever_was_said() {
        let path = [
            http(HttpWhat::User),
            http(HttpWhat::EpasLogin),
            http(HttpWhat::EpasToken),
            login(Purpose::Login, Reach::Mechanisms),
            login(Purpose::Login, Reach::Credential),
        ];
        for words in [&[][..], &[UserAct::AllNodes, UserAct::ControlAnywhere]] {
            assert_eq!(added(words, false, &path), [0; 5]);
        }
    }

    #[test]
    fn all_nodes_add_one_for_each_login_behind_the_first() {
        let logins = [(); 3].map(|()| login(Purpose::Login, Reach::Credential));
        assert_eq!(added(&[UserAct::AllNodes], false, &logins), [0, 1, 1]);
        assert_eq!(added(&[], false, &logins), [0, 0, 0]);
    }

    #[test]
    fn the_way_from_outside_beside_the_one_inside_adds_each_of_its_uses() {
        let through = |what: HttpWhat| match http(what) {
            Step::Http(ask) => Step::Http(ask.inside("https://cucm1.example.test:8443/x")),
            step => step,
        };
        let steps = [
            http(HttpWhat::User),
            http(HttpWhat::EpasLogin),
            login(Purpose::Login, Reach::Credential),
            http(HttpWhat::EdgeConfig),
            through(HttpWhat::Version),
            through(HttpWhat::User),
            through(HttpWhat::EpasLogin),
            through(HttpWhat::EpasToken),
            login(Purpose::Login, Reach::Credential),
        ];
        assert_eq!(added(&[UserAct::Outside], false, &steps), [0, 0, 0, 1, 0, 1, 1, 0, 1]);
        assert_eq!(added(&[UserAct::Outside], true, &steps).iter().sum::<u32>(), 0);
        // Where nothing else is walked, one more than the path inside takes.
        assert_eq!(added(&[], false, &steps).iter().sum::<u32>(), 1);
    }

    #[test]
    fn a_control_experiment_adds_what_holds_the_users_credential_and_nothing_else() {
        let steps = [
            login(Purpose::Login, Reach::Credential),
            login(Purpose::ImpossibleMechanism, Reach::Credential),
            login(Purpose::UnknownUser, Reach::Credential),
            http(HttpWhat::EpasLogin),
            http(HttpWhat::EpasToken),
            login(Purpose::OtherWay, Reach::Credential),
            login(Purpose::SecondUser, Reach::Credential),
        ];
        assert_eq!(added(&[UserAct::ControlAnywhere], false, &steps), [0, 0, 0, 1, 0, 1, 0]);
        let here = UserAct::Control { host: "imp1.example.test".into(), port: 5222 };
        assert_eq!(added(&[here], false, &steps), [0, 0, 0, 1, 0, 1, 0]);
    }

    #[test]
    fn a_limit_that_was_set_by_hand_does_not_grow_and_no_limit_grows_for_ever() {
        let logins: Vec<Step> = (0..40).map(|_| login(Purpose::Login, Reach::Credential)).collect();
        assert_eq!(added(&[UserAct::AllNodes], true, &logins).iter().sum::<u32>(), 0);
        assert_eq!(added(&[UserAct::AllNodes], false, &logins).iter().sum::<u32>(), 16);
    }
}
