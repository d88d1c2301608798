//! What a word of the user's costs: how many times a credential would be written because of it.

use super::control::Experiment;
use super::{Means, Plan, Turn, Turns};
use crate::discovery::walk::Walk;
use crate::journal::{ClientKind, UserAct};

/// The attempts with the user's credential that a word would lead to: all that the budget counts.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Cost {
    /// EPASSoap logins.
    pub epas: usize,
    /// `get_edge_config`, by password.
    pub edge: usize,
    /// XMPP logins by password.
    pub by_password: usize,
    /// XMPP logins by token.
    pub by_token: usize,
}

impl Cost {
    /// All of them.
    pub fn attempts(self) -> usize {
        self.epas + self.edge + self.by_password + self.by_token
    }

    fn with(self, other: Self) -> Self {
        Self {
            epas: self.epas + other.epas,
            edge: self.edge + other.edge,
            by_password: self.by_password + other.by_password,
            by_token: self.by_token + other.by_token,
        }
    }
}

impl Walk {
    /// Which attempts with the user's credential this word would lead to, by what is known now.
    pub fn cost(&self, means: Means, word: &UserAct) -> Cost {
        let Some(plan) = Plan::after(self, means, word) else { return Cost::default() };
        let turns = plan.turns();
        match word {
            UserAct::AllNodes => {
                let edge = usize::from(!self.is_outside() && plan.walks_edge() && turns.edge.comes());
                Cost { edge, by_password: plan.cost_of_sides(&turns), ..Cost::default() }
            }
            UserAct::Control { host, port } => {
                let experiments = plan.experiments();
                let mut here = experiments
                    .iter()
                    .filter(|experiment| experiment.node.port == *port && experiment.node.is_called(host));
                here.next().map_or(Cost::default(), |experiment| plan.cost_of_control(experiment, &turns))
            }
            UserAct::ControlAnywhere => {
                let experiments = plan.experiments();
                let costs = experiments.iter().map(|experiment| plan.cost_of_control(experiment, &turns));
                costs.fold(Cost::default(), Cost::with)
            }
            _ => Cost::default(),
        }
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

    /// EPASSoap's login, and the other way in, be it by password or by token.
    fn cost_of_control(&self, experiment: &Experiment<'_>, turns: &Turns) -> Cost {
        let other_way = usize::from(self.other_way(experiment, turns).comes());
        let (by_password, by_token) = match experiment.silent.ask.client {
            ClientKind::Jabber => (other_way, 0),
            ClientKind::Psi => (0, other_way),
        };
        Cost { epas: usize::from(self.control_epas(experiment, turns).comes()), by_password, by_token, edge: 0 }
    }
}
