//! The same login on all nodes, side by side, once the user asked for it.

use super::credential::takes_password;
use super::epas::is_named_by_others;
use super::login::is_at;
use super::{LoginStep, Means, Plan, Reach, Turn, Turns};
use crate::discovery::route::NodeSeen;
use crate::discovery::walk::{LoginSeen, Walk};
use crate::journal::{ClientKind, Clients, EntryNo, Purpose};

/// What it is called where it is left out.
pub(super) const WHAT: &str = "same login on all nodes";
/// So many nodes may refuse a password that nobody has accepted: with more of them a wrong one locks its user out.
const REFUSALS: usize = 3;
/// Why nothing is sent where only a token is at hand.
const ONE_TOKEN: &str = "a token serves once";

impl Walk {
    /// Why the same login is not made on all nodes though the user asked for it, as far as that will not change. A
    /// walk whose one login was by token, and that used no password anywhere, has only that token.
    pub(in crate::discovery) fn no_sides(&self, means: Means) -> Option<String> {
        self.permissions().all_nodes?;
        let uses_password = self.exchanges().iter().any(|exchange| takes_password(exchange.ask.what))
            || self.logins().iter().any(LoginSeen::is_by_password);
        let has_token_alone = !uses_password && self.logins().iter().any(|login| login.tried.is_some());
        let means = if has_token_alone { Means { password: false, token: true, ..means } } else { means };
        let plan = Plan::new(self, means)?;
        if let Turn::Never(why) = plan.side_turn(&plan.turns()) { Some(why) } else { None }
    }
}

impl Plan<'_> {
    /// The logins to start because the user asked for the same one on all nodes.
    pub(super) fn side_logins(&self, turns: &Turns) -> Vec<LoginStep> {
        if self.side_turn(turns) != Turn::Now(()) {
            return Vec::new();
        }
        let mut steps = self.sides(turns);
        // Those that are asked next wait until these have answered, or are silent.
        if !self.is_accepted() {
            steps.truncate(REFUSALS.saturating_sub(self.refusals()));
        }
        steps
    }

    /// When they start: the password goes first, once and alone, where it would go without them.
    pub(super) fn side_turn(&self, turns: &Turns) -> Turn<()> {
        let Some(word) = self.permissions.all_nodes else { return Turn::Over };
        if !self.has_user() {
            return Turn::never("no user was given");
        }
        if self.walk.is_outside() {
            let is_said = self.goal.clients == Clients::Edge;
            return Turn::never(if is_said { "--as edge" } else { "DNS knows the edge alone" });
        }
        if self.ends_early() {
            return Turn::never("--until: no login goes as far as a credential");
        }
        if self.means.token && !self.means.password {
            return Turn::never(ONE_TOKEN);
        }
        if !self.is_accepted() && self.refusals() >= REFUSALS {
            return Turn::Never(format!("{REFUSALS} nodes refused the password, and none accepted it"));
        }
        match (self.may_use_by_word(), &turns.login) {
            (Turn::Now(()), Turn::Later | Turn::Now(_)) => Turn::Later,
            (Turn::Now(()), _) if self.first_is_open(word) => Turn::Later,
            (turn, _) => turn,
        }
    }

    /// Whether the login that goes before all others may still be refused: then nobody else is to get the password.
    /// One that a person had begun before the word, and holds before its credential, keeps nobody waiting.
    fn first_is_open(&self, word: EntryNo) -> bool {
        let first = self.walk.logins().iter().find(|login| login.takes_credential());
        first.is_some_and(|login| !login.is_settled() && (login.tried.is_some() || word < login.n))
    }

    /// A login on every node that takes one: with the password, for a token serves once.
    pub(super) fn sides(&self, turns: &Turns) -> Vec<LoginStep> {
        let first = self.kept(&turns.login);
        let is_first =
            |node: &NodeSeen| first.as_ref().is_some_and(|(host, port)| node.host == *host && node.port == *port);
        let mut steps: Vec<LoginStep> = Vec::new();
        for node in self.askable().filter(|node| !is_first(node) && self.takes_side(node)) {
            // Two listeners of one host are one node, unless both were named by hand.
            let is_there = |step: &LoginStep| node.is_called(&step.host) && !node.is_given();
            let is_second = steps.iter().any(is_there) || (!node.is_given() && is_first_host(node, &first));
            if !is_second {
                steps.extend(self.step_as(node, Reach::Credential, ClientKind::Psi, Purpose::Login));
            }
        }
        steps
    }

    /// How many logins were refused since the user's word.
    fn refusals(&self) -> usize {
        self.walk.logins().iter().filter(|login| login.refused.is_some() && self.counts(login.n)).count()
    }

    /// Whether a node is still to be asked. One that only another node names gets no password without a person's
    /// hand: whatever a node says before its login, anybody on the path may say.
    fn takes_side(&self, node: &NodeSeen) -> bool {
        let is_here =
            |login: &LoginSeen| is_at(login, node) || (!node.is_given() && node.is_called(&login.ask.host));
        let mut made = self.walk.logins().iter().filter(|login| login.takes_credential() && is_here(login));
        is_named_by_others(node) && !made.any(|login| self.counts(login.n))
    }

    /// Whether a login that was made answers the user's word: after a second one, only what is newer.
    fn counts(&self, made: EntryNo) -> bool {
        let Some(newest) = self.permissions.all_nodes else { return true };
        self.permissions.all_nodes_first == Some(newest) || newest < made
    }
}

fn is_first_host(node: &NodeSeen, first: &Option<(String, u16)>) -> bool {
    first.as_ref().is_some_and(|(host, _)| node.is_called(host))
}
