//! The control experiment (design.md 3): on a node that left the user's `<auth>` without an answer, once the user
//! asked for it, one question after the other.
//!
//! 1. An impossible mechanism: does a fresh connection open, and does what reads `<auth>` answer at all?
//! 2. A user that cannot exist, once in a run.
//! 3. The user's other way in: by token where the password was tried, by password where the token was.
//! 4. A second user, where one was given.
//!
//! Beside them, for it is another service, stands an EPASSoap login on the same host.

use super::epas::{PORT, is_named_by_others};
use super::login::is_at;
use super::uds::SingleSignOn;
use super::{LoginStep, Plan, Reach, Turn, Turns};
use crate::discovery::reading::Reading;
use crate::discovery::route::NodeSeen;
use crate::discovery::walk::{Exchange, LoginSeen, Walk};
use crate::journal::{ClientKind, EntryNo, HttpAsk, HttpWhat, Purpose};
use crate::protocol::epas::Answer;

/// The questions, in their order.
const QUESTIONS: [Purpose; 4] =
    [Purpose::ImpossibleMechanism, Purpose::UnknownUser, Purpose::OtherWay, Purpose::SecondUser];

/// The experiment on one node.
#[derive(Clone, Copy)]
pub(super) struct Experiment<'p> {
    pub(super) node: &'p NodeSeen,
    /// The user's word: what was asked before it does not count.
    word: EntryNo,
    /// The user's login whose `<auth>` became silent.
    pub(super) silent: &'p LoginSeen,
}

impl Walk {
    /// Whether the control experiment can be made on a node; if not, why, in a sentence.
    ///
    /// # Errors
    /// When no `<auth>` of the user's became silent there, or the experiment is under way.
    pub fn can_control(&self, host: &str, port: u16) -> Result<(), String> {
        let nodes = self.nodes();
        let node = nodes.iter().find(|node| node.is_called(host) && node.port == port);
        let is_here = |login: &&LoginSeen| match node {
            Some(node) => is_at(login, node),
            None => login.ask.is_on(host, port),
        };
        if self.controls().iter().filter(is_here).any(|login| !login.is_settled()) {
            return Err(format!("the control experiment on {host} is under way"));
        }
        if node.is_some_and(|node| node.edge) {
            return Err(format!("{host} is an Expressway-E: the control experiment is made on IM&P nodes"));
        }
        let mut own = self.logins().iter().filter(is_here).filter(|login| login.takes_credential());
        if own.clone().any(|login| login.auth_silent.is_some()) {
            return Ok(());
        }
        Err(match own.next_back() {
            None => format!("no login with the credential was made on {host} yet: there is no silence to explain"),
            Some(login) if login.auth_answered.is_some() => {
                format!("{host} has answered <auth>: there is no silence to explain")
            }
            Some(login) if login.ended.is_some() => {
                format!("the login on {host} did not end at a silent <auth>: there is no such silence to explain")
            }
            Some(_) => format!("<auth> on {host} is not silent yet"),
        })
    }
}

impl Plan<'_> {
    /// The experiments that the user asked for, on nodes with a silent `<auth>`.
    pub(super) fn experiments(&self) -> Vec<Experiment<'_>> {
        let asked = !self.permissions.controls.is_empty() || self.permissions.control_anywhere.is_some();
        if !asked || !self.has_user() || self.ends_early() {
            return Vec::new();
        }
        let anywhere = self.permissions.control_anywhere.and_then(|word| Some((self.chosen(word)?, word)));
        let of_node = |node| {
            let silent = self.silent_login(node)?;
            let here = self
                .permissions
                .controls
                .iter()
                .filter(|((host, port), _)| *port == node.port && node.is_called(host));
            let chosen = anywhere.filter(|(chosen, _)| std::ptr::eq(*chosen, node)).map(|(_, word)| word);
            let word = here.map(|(_, word)| *word).max().or(chosen)?;
            Some(Experiment { node, word, silent })
        };
        // Its separators are those of an IM&P node, not of what an Expressway-E hands on.
        self.nodes.iter().filter(|node| !node.edge).filter_map(of_node).collect()
    }

    /// The user's newest login on a node whose `<auth>` became silent.
    fn silent_login(&self, node: &NodeSeen) -> Option<&LoginSeen> {
        let mut logins = self.walk.logins().iter().rev();
        logins.find(|login| login.auth_silent.is_some() && is_at(login, node))
    }

    /// The one node on which the experiment is made where the user named none: where it has begun, else the home
    /// node, else, once that has answered, the node that became silent first.
    fn chosen(&self, word: EntryNo) -> Option<&NodeSeen> {
        let nodes = || self.nodes.iter().filter(|node| !node.edge);
        let silent = || nodes().filter_map(|node| Some((node, self.silent_login(node)?)));
        let has_begun =
            |node: &NodeSeen| self.walk.controls().iter().any(|login| login.n > word && is_at(login, node));
        let begun = silent().find(|(node, _)| has_begun(node));
        let home = || silent().find(|(node, _)| node.home == Some(true));
        if let Some((node, _)) = begun.or_else(home) {
            return Some(node);
        }
        let mut homes = self.nodes.iter().filter(|node| node.home == Some(true));
        let is_open = |node: &NodeSeen| {
            let mut logins = self.walk.logins().iter().filter(|login| login.takes_credential());
            logins.any(|login| is_at(login, node) && !login.is_settled())
        };
        if homes.any(is_open) {
            return None;
        }
        silent().min_by_key(|(_, login)| login.auth_silent).map(|(node, _)| node)
    }

    /// The questions to ask now: one at a time on each node.
    pub(super) fn questions(&self, turns: &Turns) -> Vec<LoginStep> {
        let mut steps: Vec<LoginStep> = Vec::new();
        for experiment in self.experiments() {
            let mut here = self.walk.controls().iter().filter(|login| is_at(login, experiment.node));
            if here.any(|login| !login.is_settled()) {
                continue;
            }
            let goes_once = |purpose: Purpose, steps: &[LoginStep]| {
                purpose == Purpose::UnknownUser && steps.iter().any(|step| step.purpose == purpose)
            };
            let open = QUESTIONS.into_iter().filter(|purpose| !goes_once(*purpose, &steps));
            let next = open.filter_map(|purpose| self.question(&experiment, purpose, turns)).next();
            steps.extend(next);
        }
        steps
    }

    /// A question, if it can be asked now.
    fn question(&self, experiment: &Experiment<'_>, purpose: Purpose, turns: &Turns) -> Option<LoginStep> {
        if self.is_asked(experiment, purpose) {
            return None;
        }
        let client = match purpose {
            Purpose::Login | Purpose::Watch => return None,
            Purpose::ImpossibleMechanism | Purpose::UnknownUser => ClientKind::Psi,
            Purpose::OtherWay => self.other_way(experiment, turns).due()?,
            Purpose::SecondUser if self.has_second_user() => ClientKind::Psi,
            Purpose::SecondUser => return None,
        };
        self.step_as(experiment.node, Reach::Credential, client, purpose)
    }

    /// Whether a question was asked since the user's word; the one that may raise an alert, ever.
    pub(super) fn is_asked(&self, experiment: &Experiment<'_>, purpose: Purpose) -> bool {
        let mut asked = self.walk.controls().iter().filter(|login| login.ask.purpose == purpose);
        asked.any(|login| {
            purpose == Purpose::UnknownUser || (login.n > experiment.word && is_at(login, experiment.node))
        })
    }

    fn has_second_user(&self) -> bool {
        self.goal.second_user.is_some() && self.means.second && self.single_sign_on() == SingleSignOn::Off
    }

    /// When the user's other way in is tried, and as which client.
    pub(super) fn other_way(&self, experiment: &Experiment<'_>, turns: &Turns) -> Turn<ClientKind> {
        if self.is_asked(experiment, Purpose::OtherWay) {
            return Turn::Over;
        }
        match experiment.silent.ask.client {
            ClientKind::Jabber => match self.may_use_by_word() {
                Turn::Now(()) => Turn::Now(ClientKind::Psi),
                Turn::Later | Turn::Over => Turn::Later,
                Turn::Never(why) => Turn::Never(why),
            },
            ClientKind::Psi if self.means.token => Turn::Now(ClientKind::Jabber),
            ClientKind::Psi => match self.token_turn(experiment, turns) {
                Turn::Over => Turn::Now(ClientKind::Jabber),
                Turn::Now(_) | Turn::Later => Turn::Later,
                Turn::Never(why) => Turn::Never(why),
            },
        }
    }

    /// When a one-time password is asked for; over: one is there that has not served.
    fn token_turn(&self, experiment: &Experiment<'_>, turns: &Turns) -> Turn<HttpAsk> {
        let Some(url) = self.session_on(experiment.node) else {
            let is_open = self.epas_on(experiment.node).is_some_and(|exchange| exchange.ended.is_none());
            return match self.control_epas(experiment, turns) {
                Turn::Now(_) | Turn::Later => Turn::Later,
                Turn::Over if is_open => Turn::Later,
                Turn::Over => Turn::never("EPASSoap gave no session key there"),
                Turn::Never(why) => Turn::Never(why),
            };
        };
        let served = |since: EntryNo| {
            let mut logins = self.walk.logins().iter().chain(self.walk.controls());
            logins
                .any(|login| login.n > since && login.ask.client == ClientKind::Jabber && login.takes_credential())
        };
        if let Some(exchange) = self.walk.exchange(HttpWhat::EpasToken, &url) {
            let is_given = exchange.reading == Reading::EpasToken(Answer::Success(true));
            match exchange.ended {
                None => return Turn::Later,
                Some(_) if is_given && !served(exchange.n) => return Turn::Over,
                Some(_) if !is_given && exchange.n > experiment.word => {
                    return Turn::never("EPASSoap gave no one-time password there");
                }
                Some(_) => {}
            }
        }
        let ask = |addresses| Turn::Now(HttpAsk::new(HttpWhat::EpasToken, url, addresses));
        self.walk.usable(&experiment.node.host).map_or(Turn::Later, ask)
    }

    /// The requests that experiments need: the EPASSoap login beside them, and the token of the other way in.
    pub(super) fn control_requests(&self, turns: &Turns) -> Vec<HttpAsk> {
        let experiments = self.experiments();
        let logins = experiments.iter().filter_map(|experiment| self.control_epas(experiment, turns).due());
        let by_token = |experiment: &&Experiment<'_>| {
            let is_by_password = experiment.silent.ask.client == ClientKind::Psi && !self.means.token;
            is_by_password && !self.is_asked(experiment, Purpose::OtherWay)
        };
        // A token that another node gives would take the place of one that has not served.
        let mut tokens = experiments.iter().filter(by_token).map(|experiment| self.token_turn(experiment, turns));
        let next = tokens.find(|turn| !matches!(turn, Turn::Never(_)));
        logins.chain(next.and_then(Turn::due)).collect()
    }

    /// When EPASSoap is asked on the node: once in a run, after what the path itself asks of it.
    pub(super) fn control_epas(&self, experiment: &Experiment<'_>, turns: &Turns) -> Turn<HttpAsk> {
        let node = experiment.node;
        if self.epas_on(node).is_some() {
            return Turn::Over;
        }
        if !is_named_by_others(node) {
            return Turn::never("only a node names it");
        }
        if self.is_nowhere(&node.host) {
            return Turn::never("it has no address");
        }
        match self.may_use_by_word() {
            Turn::Now(()) if turns.user.comes() || turns.epas.comes() => Turn::Later,
            Turn::Now(()) => {
                let url = self.epas_url(&node.host, PORT);
                self.request(HttpWhat::EpasLogin, url).map_or(Turn::Later, Turn::Now)
            }
            Turn::Later | Turn::Over => Turn::Later,
            Turn::Never(why) => Turn::Never(why),
        }
    }

    /// The newest EPASSoap login on the node's host.
    fn epas_on(&self, node: &NodeSeen) -> Option<&Exchange> {
        let mut newest_first = self.walk.exchanges().iter().rev();
        newest_first.find(|seen| seen.ask.what == HttpWhat::EpasLogin && node.is_called(seen.ask.server().1))
    }

    /// Where an EPASSoap login on the node's host gave a session key.
    fn session_on(&self, node: &NodeSeen) -> Option<String> {
        let has_key = |exchange: &&Exchange| match &exchange.reading {
            Reading::EpasLogin(Answer::Success(success)) => success.has_key,
            _ => false,
        };
        let logins = self.walk.standing(HttpWhat::EpasLogin);
        let here = logins.into_iter().rev().filter(|exchange| node.is_called(exchange.ask.server().1));
        here.filter(has_key).map(|exchange| exchange.ask.target().to_owned()).next()
    }

    /// Whether an EPASSoap login was made for an experiment: after the user's word, on a node that was silent.
    pub(super) fn is_of_control(&self, exchange: &Exchange) -> bool {
        self.experiments().iter().any(|experiment| {
            let since = experiment.silent.auth_silent.max(Some(experiment.word));
            experiment.node.is_called(exchange.ask.server().1) && since < Some(exchange.n)
        })
    }
}
