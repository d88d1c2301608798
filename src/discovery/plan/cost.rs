//! What a word of the user's costs: how many times a credential would be written because of it.

use super::control::Experiment;
use super::{Means, Plan, Turn, Turns};
use crate::discovery::walk::Walk;
use crate::journal::{ClientKind, UserAct};

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
                here.next().map_or(0, |experiment| plan.cost_of_control(experiment, &turns))
            }
            UserAct::ControlAnywhere => {
                let experiments = plan.experiments();
                experiments.iter().map(|experiment| plan.cost_of_control(experiment, &turns)).sum()
            }
            _ => 0,
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

    /// EPASSoap's login, and the other way in where that is by password.
    fn cost_of_control(&self, experiment: &Experiment<'_>, turns: &Turns) -> usize {
        let by_password = experiment.silent.ask.client == ClientKind::Jabber;
        let other_way = by_password && self.other_way(experiment, turns).comes();
        usize::from(self.control_epas(experiment, turns).comes()) + usize::from(other_way)
    }
}
