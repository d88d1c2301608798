//! The questions of a control experiment under their node, and why a node has not got the login that all shall get.
//! Neither decides the node's own state: that is the user's login's.

use super::figures::took;
use super::frame::{Frame, in_a_word};
use super::login::Login;
use crate::discovery::item::{Item, ItemState};
use crate::discovery::route::NodeSeen;
use crate::journal::{How, Stage, StageMark};

/// A question's item: `control: impossible mechanism  answered 3 ms`. Its stages are in its detail.
pub(super) fn item(login: &Login, node: &str) -> Item {
    let (state, figure) = came_of(login);
    let name = format!("control: {}", login.purpose.words());
    let mut item = Item::new(format!("{node}/control:{}", login.op.0), state, name);
    item.figure = figure;
    item.op = Some(login.op);
    item.ops = vec![login.op];
    item.entries.clone_from(&login.entries);
    item.detail = login.stages.iter().map(|seen| format!("{}: {}", seen.stage, seen.words())).collect();
    item
}

/// What came of a question: any answer to `<auth>` is one.
fn came_of(login: &Login) -> (ItemState, String) {
    let is_answer = |mark: &StageMark| matches!(mark, StageMark::Passed | StageMark::Refused);
    let auth = login.stages.iter().find(|seen| seen.stage == Stage::Auth && is_answer(&seen.mark));
    if let Some(auth) = auth {
        let state = if login.was_silent { ItemState::Warning } else { ItemState::Ok };
        let took = auth.took_us().map_or_else(String::new, |us| format!(" {}", took(us)));
        return (state, format!("answered{took}"));
    }
    let at = login.at();
    let silent = || if at == Stage::Auth.short() { "silent".to_owned() } else { format!("silent @{at}") };
    match login.ended.as_ref().map(|outcome| outcome.how) {
        _ if login.silent => (ItemState::Failed, silent()),
        None => (ItemState::Running, "waiting".to_owned()),
        Some(How::TimedOut) => (ItemState::Failed, silent()),
        Some(How::Stopped) => (ItemState::Skipped, format!("stopped @{at}")),
        Some(_) => (ItemState::Failed, format!("failed @{at}")),
    }
}

/// Where the user asked for the same login on all nodes, and this one does not get it: why.
pub(super) fn left_out(frame: &Frame<'_>, node: &NodeSeen, id: &str) -> Option<Item> {
    frame.walk.permissions().all_nodes?;
    let mut logins = frame.walk.logins().iter().filter(|login| login.takes_credential());
    if logins.any(|login| node.is_called(&login.ask.host) && node.port == login.ask.port) {
        return None;
    }
    let why = frame.no_sides.as_deref().or(frame.over.then_some("not asked"))?;
    let mut item = Item::new(format!("{id}/same-login"), ItemState::Skipped, "same login");
    item.figure = in_a_word(why).to_owned();
    item.detail = vec![format!("the same login is not made here: {why}")];
    Some(item)
}
