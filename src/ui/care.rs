//! What an action would lead to now. The table has the gravest that it can be; where the model knows, it is said.

use super::action::ActionName;
use super::keys::{Binding, Care};
use super::model::Model;
use super::update::here;
use super::valid::question;
use crate::discovery::Again;
use crate::journal::{HttpWhat, Stage};

/// What a binding's action would lead to, as things stand.
pub(super) fn care(model: &Model, binding: &Binding) -> Care {
    let known = match binding.does {
        ActionName::Next => next(model),
        ActionName::Continue => go_on(model),
        ActionName::RetryToHere => Some(if here(model) > Stage::Auth { Care::Credential } else { Care::Safe }),
        ActionName::Again => again(model),
        _ => None,
    };
    known.unwrap_or(binding.care)
}

/// One write, of what stands next.
fn next(model: &Model) -> Option<Care> {
    let Some(standing) = model.login_standing() else {
        // A login begins: a connection, and then it waits for the user.
        return model.node().map(|_| Care::Safe);
    };
    if question(&standing.hold) {
        return Some(Care::Credential);
    }
    standing.stage.map(one)
}

/// All that is left, up to where the login is complete.
fn go_on(model: &Model) -> Option<Care> {
    let standing = model.login_standing()?;
    let until = model.login()?.ask.until;
    if question(&standing.hold) {
        return Some(Care::Credential);
    }
    let left = Stage::ALL.iter().filter(|stage| Some(**stage) >= standing.stage && **stage <= until);
    left.copied().map(one).max()
}

/// What a stage's writes lead to: `<auth>` carries the credential, presence makes the user visible.
fn one(stage: Stage) -> Care {
    match stage {
        Stage::Auth => Care::Credential,
        Stage::Online => Care::Visible,
        _ => Care::Safe,
    }
}

/// An item asked once more, in the way in which it was asked.
fn again(model: &Model) -> Option<Care> {
    Some(match model.selected_item()?.ask.as_ref()? {
        Again::Http(ask) => match ask.what {
            HttpWhat::User | HttpWhat::EpasLogin | HttpWhat::EpasConfig | HttpWhat::EpasToken => Care::Credential,
            what if what.is_administrators() => Care::Credential,
            _ => Care::Safe,
        },
        // On a node it begins a login, which waits for the user before every write.
        Again::Dns(_) | Again::Node { .. } => Care::Safe,
    })
}
