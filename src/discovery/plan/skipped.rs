//! What this walk leaves out, and why.

use super::{Means, Plan, Turn, Turns, side};
use crate::discovery::walk::Walk;
use crate::journal::{ClientKind, HttpWhat, host_port};

/// Something that is not asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Skipped {
    /// What: `UDS user`, `EPAS login`, `login`, `same login on all nodes`, `get_edge_config`,
    /// `login on example.test:5222`.
    pub what: String,
    /// Why, in a few words.
    pub why: String,
}

impl Walk {
    /// What is left out for now, and why. Routes that are left out say so themselves.
    pub fn skipped(&self, means: Means) -> Vec<Skipped> {
        Plan::new(self, means).map(|plan| plan.skipped()).unwrap_or_default()
    }
}

impl Plan<'_> {
    fn skipped(&self) -> Vec<Skipped> {
        let turns = self.turns();
        let Turns { user, epas, login, .. } = &turns;
        let mut all = Vec::new();
        let mut leave_out =
            |what: &str, why: &str| all.push(Skipped { what: what.to_owned(), why: why.to_owned() });
        if let Turn::Never(why) = user {
            leave_out(HttpWhat::User.words(), why);
        }
        if let Turn::Never(why) = epas {
            leave_out(HttpWhat::EpasLogin.words(), why);
        } else if self.client() == ClientKind::Psi {
            leave_out(HttpWhat::EpasToken.words(), "the login is PSI's and needs no token");
        }
        if let Turn::Never(why) = login {
            leave_out("login", why);
        }
        if let Turn::Never(why) = self.side_turn(&turns) {
            leave_out(side::WHAT, &why);
        }
        if let Turn::Never(why) = &turns.edge
            && self.walks_edge()
        {
            leave_out(HttpWhat::EdgeConfig.words(), why);
        }
        if let Some(why) = self.no_config_outside().filter(|_| self.walks_edge()) {
            leave_out(HttpWhat::EdgeConfig.words(), &why);
        }
        for (what, why) in self.admin_left_out() {
            leave_out(&what, &why);
        }
        for node in self.nodes.iter().filter(|node| self.is_left_out(node)) {
            let what = format!("login on {}", host_port(&node.host, node.port));
            leave_out(&what, "nodes are named: PSI alone would go there");
        }
        all
    }
}
