//! Why an action means nothing now: in the palette, and where it was taken away.

use super::action::{Action, LoginAct, Motion, Page, PopupAct, Show};
use super::geometry::Pane;
use super::model::{Hold, Model};
use crate::console::visible;

/// Why an action is taken away in this run; none: it is not.
pub(super) fn taken_away(model: &Model, action: &Action) -> Option<String> {
    let file = model.setup.read_only.as_ref()?;
    let taken = matches!(action, Action::Open(Page::Editor | Page::XmlInput | Page::Control | Page::AllNodes));
    taken.then(|| format!("taken away by {} (read_only)", visible(file)))
}

/// Why an action that is not valid now is not.
pub(super) fn why_not(model: &Model, action: &Action) -> String {
    if let Some(why) = taken_away(model, action) {
        return why;
    }
    let why = match action {
        Action::Login(act) => login(model, *act),
        Action::Open(page) => open(model, *page),
        Action::AskAgain if model.setup.replay => RECORDING,
        Action::AskAgain => "the selected item is not one that is asked by itself",
        Action::Move(Motion::End) if model.focus == Pane::Console => "the end is followed already",
        Action::Move(Motion::PageDown) => "there is no more below",
        Action::Show(Show::Raw) => "this page is no XML",
        Action::Popup(PopupAct::Into) => "the finding's evidence has the keys already",
        Action::Popup(PopupAct::Keep) => "this question is not about a certificate",
        _ => "it means nothing as things stand",
    };
    model.setup.keys.sentence(why)
}

const RECORDING: &str = "a recording: nothing can be sent";
const NO_LOGIN: &str = "no login is stepped here: select a node, {enter} begins one";
const NO_CONNECTION: &str = "there is no connection to write to";

fn login(model: &Model, act: LoginAct) -> &'static str {
    if model.setup.replay {
        return RECORDING;
    }
    if model.node().is_none() {
        return "select a node, or a part of its login";
    }
    let Some(standing) = model.login_standing() else { return NO_LOGIN };
    match (act, &standing.hold) {
        (LoginAct::Next | LoginAct::Continue, Hold::NoMechanism) => "no mechanism that is offered can be used",
        (_, Hold::Over) => "the login is over",
        (LoginAct::Next, Hold::None) => "an answer is waited for: nothing is proposed",
        (LoginAct::Continue, Hold::None) => "it runs already, or goes by no script any more",
        (LoginAct::RetryToHere, _) => "the login has not reached a stage yet",
        (LoginAct::Abort, _) => "the login has ended",
        _ => "it means nothing as the login stands",
    }
}

fn open(model: &Model, page: Page) -> &'static str {
    match page {
        Page::Findings => "there is no finding yet",
        Page::AllNodes => "no node is known yet",
        Page::Control => "select a node: the experiment is made on one",
        Page::Change => "no remedy here restarts or starts a service",
        Page::Watch => {
            "nothing is watched: {findings.change} in the findings shows a change text, and {change.watch} there begins"
        }
        _ if model.setup.replay => RECORDING,
        Page::Question => "nothing is asked now",
        Page::Password if model.budget.means.password => "the password is at hand, and nothing waits for it",
        Page::Password => "nothing waits for the password now",
        Page::AdminPassword if model.budget.means.admin => "the administrator's password is at hand",
        Page::AdminPassword => "no administrator was named: --admin USER",
        Page::Breakpoints if model.login_standing().is_none() => NO_LOGIN,
        Page::Breakpoints => "the login is over",
        Page::Editor | Page::XmlInput if model.login_standing().is_none() => NO_LOGIN,
        Page::Editor => "nothing is proposed that could be edited",
        Page::XmlInput => NO_CONNECTION,
        _ => "it means nothing as things stand",
    }
}
