//! What a word of the user's costs: how many times a credential would be written because of it.

use super::control::Experiment;
use super::credential::takes_password;
use super::{Means, Plan, Turn, Turns};
use crate::discovery::walk::{LoginSeen, Walk};
use crate::journal::{ClientKind, Purpose, UserAct};

impl Walk {
    /// How many attempts with the user's real password this word would lead to, by what is known now.
    pub fn cost(&self, means: Means, word: &UserAct) -> usize {
        let Some(plan) = Plan::after(self, means, word) else { return 0 };
        let turns = plan.turns();
        match word {
            UserAct::AllNodes => plan.cost_of_sides(&turns),
            UserAct::Control { host, port } => {
                let experiments = plan.experiments();
                let mut here = experiments
                    .iter()
                    .filter(|experiment| experiment.node.port == *port && experiment.node.is_called(host));
                here.next().map_or(0, |experiment| plan.cost_of_control(experiment, &turns).0)
            }
            UserAct::ControlAnywhere => {
                let experiments = plan.experiments();
                experiments.iter().map(|experiment| plan.cost_of_control(experiment, &turns).0).sum()
            }
            _ => 0,
        }
    }

    /// For a law: how many times the user's credential, password or token, will have been written when all that was asked for is
    /// done, by what is known now: those that were, those under way, and those to come.
    pub fn foreseen(&self, means: Means) -> usize {
        let Some(plan) = Plan::new(self, means) else { return self.attempts() };
        let turns = plan.turns();
        let on_the_path =
            [turns.user.comes(), turns.epas.comes(), turns.login.comes()].into_iter().filter(|comes| *comes);
        let experiments = plan.experiments();
        let by_control = experiments.iter().map(|experiment| {
            let (by_password, by_token) = plan.cost_of_control(experiment, &turns);
            by_password + by_token
        });
        self.attempts()
            + plan.under_way()
            + on_the_path.count()
            + plan.cost_of_sides(&turns)
            + by_control.sum::<usize>()
    }
}

impl Plan<'_> {
    fn cost_of_sides(&self, turns: &Turns) -> usize {
        if matches!(self.side_turn(turns), Turn::Over | Turn::Never(_)) {
            return 0;
        }
        let sides = self.sides(turns).len();
        // One of them is where the credential goes in any case, as long as nobody knows which.
        let is_among_them = turns.login == Turn::Later && self.kept(&turns.login).is_none();
        sides.saturating_sub(usize::from(is_among_them))
    }

    /// Attempts by password, and by token.
    fn cost_of_control(&self, experiment: &Experiment<'_>, turns: &Turns) -> (usize, usize) {
        let epas = usize::from(self.control_epas(experiment, turns).comes());
        let other_way = usize::from(self.other_way(experiment, turns).comes());
        match experiment.silent.ask.client {
            ClientKind::Jabber => (epas + other_way, 0),
            ClientKind::Psi => (epas, other_way),
        }
    }

    /// Uses that were begun and not made yet.
    fn under_way(&self) -> usize {
        let requests = self.walk.exchanges().iter().filter(|exchange| takes_password(exchange.ask.what));
        let unsent = requests.filter(|exchange| exchange.sent.is_none() && exchange.ended.is_none()).count();
        let own = |login: &&LoginSeen| matches!(login.ask.purpose, Purpose::Login | Purpose::OtherWay);
        let logins = self.walk.logins().iter().chain(self.walk.controls()).filter(own);
        let is_coming =
            |login: &&LoginSeen| login.takes_credential() && login.tried.is_none() && login.ended.is_none();
        unsent + logins.filter(is_coming).count()
    }
}
