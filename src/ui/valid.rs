//! Which actions are valid now: for the footer, and so that a key that means nothing does nothing.

use super::action::{Action, LoginAct, Motion, Page, PopupAct};
use super::action::{ActionName, Show};
use super::geometry::Pane;
use super::hands;
use super::keys::Binding;
use super::model::{Hold, Model, Standing};
use super::popup::{self, Popup, Sheet};
use crate::discovery::Wants;
use crate::journal::{Awaited, Stage};
use crate::progress::{LoginProgress, StageOutcome};

/// Whether an action can do something now.
pub(super) fn valid(model: &Model, action: &Action) -> bool {
    if super::why::taken_away(model, action).is_some() {
        return false;
    }
    match action {
        Action::Login(act) => !model.setup.replay && login(model, *act),
        Action::Open(page) => open(model, *page),
        Action::AskAgain => !model.setup.replay && model.selected_item().is_some_and(|item| item.ask.is_some()),
        Action::Move(Motion::End) if model.popups.is_empty() && model.focus == Pane::Console => {
            model.unread().is_some()
        }
        Action::Move(Motion::Down) if matches!(model.popups.last(), Some(Popup::Findings(_))) => {
            model.findings_go_on()
        }
        Action::Move(Motion::End) if matches!(model.popups.last(), Some(Popup::Ladder(_))) => {
            model.ladder_unread().is_some()
        }
        Action::Move(Motion::Left | Motion::Right) if matches!(model.popups.last(), Some(Popup::Ladder(_))) => {
            model.lanes_hidden() > 0
        }
        Action::Popup(PopupAct::Side) if matches!(model.popups.last(), Some(Popup::Ladder(_))) => {
            model.ladder_has_side()
        }
        Action::Move(Motion::PageDown) => popup::more_below(model),
        Action::Show(Show::Raw) => {
            let is_text = |sheet: &Sheet| !matches!(sheet, Sheet::Entry(_) | Sheet::Item(_));
            !matches!(model.popups.last(), Some(Popup::Sheet(sheet, _)) if is_text(sheet))
        }
        Action::Rows(act) => hands::valid(model, *act),
        Action::Replay(_) => model.playback.is_some(),
        Action::Popup(PopupAct::Into) if matches!(model.popups.last(), Some(Popup::Filter(_))) => true,
        Action::Popup(PopupAct::Into) => model.evidence_has_keys() == Some(false),
        Action::Popup(PopupAct::Send) => !model.setup.replay,
        Action::Popup(PopupAct::Edit(act)) => super::input::can(model, *act),
        Action::Popup(PopupAct::Keep) => popup::asks_certificate(model),
        _ => true,
    }
}

/// A binding's word in the footer, as things stand; empty where it is not worth the room.
pub(super) fn footer_word<'a>(model: &Model, binding: &'a Binding) -> &'a str {
    match binding.does {
        ActionName::Enter if model.popups.is_empty() && model.focus == Pane::Tree && !steps(model) => "detail",
        ActionName::Raw => model.next_form_word(),
        ActionName::Yes if popup::asks_certificate(model) => "yes, for this run",
        ActionName::Side if model.ladder_pane().is_some_and(|pane| pane.only().is_some()) => "whole run",
        ActionName::Side if model.ladder_pane().is_some() => "its host alone",
        ActionName::Password if model.wants_password().is_none() && !model.wants_admin_first() => "",
        ActionName::AllNodes if model.tree.nodes().len() < 2 => "",
        ActionName::Control if !model.login().is_some_and(auth_is_silent) => "",
        ActionName::Again if model.node().is_some() => "",
        does if hands::is_idle(model, does) => "",
        _ => &binding.footer,
    }
}

/// Whether the `<auth>` of a login has had no answer, and was waited for until that was called silent.
pub(super) fn auth_is_silent(login: &LoginProgress) -> bool {
    let last = login.silences.last().filter(|silence| silence.answered.is_none());
    last.is_some_and(|silence| silence.awaited == Awaited::AuthAnswer)
}

/// Whether Enter in the tree steps a login: on a node on which nobody steps one.
pub(super) fn steps(model: &Model) -> bool {
    let Some(item) = model.selected_item() else { return false };
    let is_node = model.tree.nodes().iter().any(|node| node.id == item.id);
    let attended = || model.login_standing().is_some_and(|standing| standing.alive);
    is_node && !model.setup.replay && (model.login().is_none_or(|login| login.ended.is_some()) || !attended())
}

/// Whether the shown login has a connection that can be written to.
pub(super) fn connected(model: &Model) -> bool {
    model.login().is_some_and(|login| {
        login.ended.is_none() && login.closed.is_none() && login.row(Stage::Tcp).outcome == StageOutcome::Ok
    })
}

fn login(model: &Model, act: LoginAct) -> bool {
    let standing = model.login_standing();
    let Some(login) = model.login().filter(|_| standing.is_some()) else {
        return matches!(act, LoginAct::Retry | LoginAct::Next) && model.node().is_some();
    };
    let hold = standing.map(|standing| &standing.hold);
    match act {
        LoginAct::Next => {
            matches!(hold, Some(hold) if !matches!(hold, Hold::None | Hold::Over | Hold::NoMechanism))
        }
        LoginAct::Continue => {
            let held = matches!(hold, Some(hold) if !matches!(hold, Hold::None | Hold::Over | Hold::NoMechanism));
            let waits = |standing: &Standing| standing.alive && !standing.running && !standing.off_script;
            held || standing.is_some_and(|standing| waits(standing) && standing.hold == Hold::None)
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
        Page::Help | Page::Filter | Page::Search | Page::Palette => true,
        Page::Explain => model.explained_choice().is_some(),
        Page::Ladder => !model.ladder.steps.is_empty(),
        Page::Findings => !model.verdicts.list.is_empty(),
        Page::Breakpoints => !model.setup.replay && standing.is_some_and(|standing| standing.hold != Hold::Over),
        Page::AllNodes => !model.tree.nodes().is_empty(),
        Page::Control => model.node().is_some(),
        Page::Editor => live && standing.is_some_and(|standing| standing.proposal_text.is_some()),
        Page::XmlInput => live && connected(model),
        Page::Password => {
            let wanted = model.wants_password().is_some() || model.wants_admin_first();
            !model.setup.replay && (standing.is_some() || wanted)
        }
        Page::AdminPassword => model.wants_admin(),
        Page::HaStatus => !model.setup.replay,
        Page::Change => model.can_change(),
        Page::Watch => model.can_watch(),
        Page::Question => {
            let asked = |standing: &Standing| question(&standing.hold) && standing.hold != Hold::Password;
            !model.setup.replay && (standing.is_some_and(asked) || asks_trust(model))
        }
    }
}

/// Whether the selected item waits for trust in a certificate.
pub(super) fn asks_trust(model: &Model) -> bool {
    model.selected_item().is_some_and(|item| matches!(item.wants, Some(Wants::Trust(_))))
}

/// Whether a hold is a question to the user.
pub(super) fn question(hold: &Hold) -> bool {
    matches!(hold, Hold::Password | Hold::Certificate { .. } | Hold::Cleartext { .. } | Hold::Attempts { .. })
}
