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

    /// How many attempts a step adds to the limit when it is asked: one, where it spends one with the user's own
    /// credential and only a word of the user's has brought it about.
    pub fn adds(&mut self, walk: &Walk, step: &Step) -> u32 {
        let permissions = walk.permissions();
        let is_word = match step {
            Step::Login(login) if login.purpose == Purpose::OtherWay => true,
            Step::Login(login) if login.purpose.is_login() && login.reach == Reach::Credential => {
                let began = walk.logins().iter().any(|login| login.ask.until > Stage::StreamTls);
                let is_first = !std::mem::replace(&mut self.has_begun, true) && !began;
                !is_first && permissions.all_nodes.is_some()
            }
            // That of the path goes before the login.
            Step::Http(ask) if ask.what == HttpWhat::EpasLogin => {
                let asked = permissions.control_anywhere.is_some() || !permissions.controls.is_empty();
                self.has_begun && asked
            }
            Step::Dns(_) | Step::Http(_) | Step::Login(_) => false,
        };
        let more = u32::from(is_word).min(self.left);
        self.left -= more;
        more
    }
}
