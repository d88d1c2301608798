//! Which actions are valid now: for the footer, and so that a key that means nothing does nothing.

use super::action::{Action, LoginAct, Motion, Page, PopupAct};
use super::geometry::Pane;
use super::model::{Hold, Model};
use crate::progress::StageOutcome;

/// Whether an action can do something now.
pub(super) fn valid(model: &Model, action: &Action) -> bool {
    match action {
        Action::Login(act) => !model.setup.replay && login(model, *act),
        Action::Open(page) => open(model, *page),
        Action::Move(Motion::End) if model.popups.is_empty() && model.focus == Pane::Console => {
            model.unread().is_some()
        }
        Action::Popup(PopupAct::Send) => !model.setup.replay,
        _ => true,
    }
}

fn login(model: &Model, act: LoginAct) -> bool {
    let Some(login) = model.login() else {
        return matches!(act, LoginAct::Retry | LoginAct::Next) && model.node().is_some();
    };
    let standing = model.login_standing();
    let hold = standing.map(|standing| &standing.hold);
    match act {
        LoginAct::Next => {
            matches!(hold, Some(hold) if !matches!(hold, Hold::None | Hold::Over | Hold::NoMechanism))
        }
        LoginAct::Continue => {
            let held = matches!(hold, Some(hold) if !matches!(hold, Hold::None | Hold::Over | Hold::NoMechanism));
            held || standing
                .is_some_and(|standing| standing.alive && !standing.running && hold == Some(&Hold::None))
        }
        LoginAct::Retry => true,
        LoginAct::RetryToHere => login.stages.iter().any(|row| row.outcome != StageOutcome::NotReached),
        LoginAct::Abort => login.ended.is_none() && hold != Some(&Hold::Over),
    }
}

fn open(model: &Model, page: Page) -> bool {
    let standing = model.login_standing();
    let live = !model.setup.replay && standing.is_some_and(|standing| standing.alive);
    match page {
        Page::Help => true,
        Page::Findings => !model.verdicts.list.is_empty(),
        Page::Breakpoints => !model.setup.replay && standing.is_some_and(|standing| standing.hold != Hold::Over),
        Page::Editor => live && standing.is_some_and(|standing| standing.proposal_text.is_some()),
        Page::XmlInput => live,
        Page::Question => !model.setup.replay && standing.is_some_and(|standing| question(&standing.hold)),
    }
}

/// Whether a hold is a question to the user.
pub(super) fn question(hold: &Hold) -> bool {
    matches!(hold, Hold::Password | Hold::Certificate { .. } | Hold::Cleartext { .. } | Hold::Attempts { .. })
}
