//! What the user can have asked beyond the plan: a login on any node, another token for it, and what was held back at
//! the trust gate.

use super::plan::{LoginStep, Means, Reach};
use super::walk::Walk;
use crate::journal::{HttpAsk, HttpWhat};

impl Walk {
    /// A login on this node with the user's credential, by what is known of the node now. None: nobody named it, or
    /// it has no address.
    pub fn login_step(&self, means: Means, host: &str, port: u16) -> Option<LoginStep> {
        let node =
            self.nodes().into_iter().find(|node| node.host.eq_ignore_ascii_case(host) && node.port == port)?;
        self.step_on(means, &node, Reach::Credential)
    }

    /// The request for another one-time password, where EPAS has given one.
    pub fn token_again(&self) -> Option<HttpAsk> {
        let asked = self.exchanges().iter().rev().find(|exchange| exchange.ask.what == HttpWhat::EpasToken);
        asked.filter(|exchange| exchange.ended.is_some()).map(|exchange| exchange.ask.clone())
    }

    /// The requests to a service that were held back because of its certificate, and were not asked again since.
    pub fn held_back(&self, host: &str, port: u16) -> Vec<HttpAsk> {
        let is_there = |ask: &HttpAsk| {
            let (_, own, at) = ask.origin();
            own.eq_ignore_ascii_case(host) && at == port
        };
        let newest = |ask: &HttpAsk| self.exchange_of(ask);
        let held = self.exchanges().iter().filter(|exchange| {
            let shut = exchange.gate.as_ref().is_some_and(|gate| gate.why == "untrusted");
            shut && is_there(&exchange.ask) && newest(&exchange.ask).is_some_and(|last| last.op == exchange.op)
        });
        // What was held back as a way to the user's record may be none by now: the plan knows the right one.
        let held = held.map(|exchange| exchange.ask.clone());
        held.filter(|ask| ask.what != HttpWhat::User || self.is_user_url(&ask.url)).collect()
    }
}
