//! What the user's words have brought about beside the login that is looked at: what of it goes on while its page is
//! closed, and what is not worth offering again.

use super::asked;
use super::model::Model;
use crate::console::visible;
use crate::discovery::{LoginSeen, first_label};
use crate::findings::{ControlTable, Reply};
use crate::journal::Purpose;
use crate::progress::LoginProgress;

/// What goes on, and the key that shows it: `control experiment runs on imp1 (2 of 5 answered)`.
pub(super) fn going_on(model: &Model) -> Vec<(String, &'static str)> {
    if model.setup.replay {
        return Vec::new();
    }
    let walk = model.tree.walk();
    let controls = &walk.permissions().controls;
    let open =
        controls.iter().filter(|((host, port), word)| asked::experiment_goes_on(model, host, *port, **word));
    let mut lines: Vec<(String, &str)> =
        open.map(|((host, port), _)| (experiment(model, host, *port), "k")).collect();
    lines.extend(sides(model).map(|line| (line, "A")));
    lines
}

/// Whether a connection that nobody steps may still hold a credential.
pub(super) fn is_connected(model: &Model) -> bool {
    let walk = model.tree.walk();
    let is_open = |login: &LoginSeen| login.ended.is_none() && login.takes_credential();
    let stepped = |login: &LoginSeen| model.standings.contains_key(&login.op);
    walk.controls().iter().any(is_open) || walk.logins().iter().any(|login| is_open(login) && !stepped(login))
}

fn experiment(model: &Model, host: &str, port: u16) -> String {
    let node = visible(first_label(host));
    let table = asked::control_table(model, host, port);
    let figures = table.map_or_else(String::new, |table| figures(model, &table));
    format!("control experiment runs on {node}{figures}")
}

/// ` (2 of 5 answered, 1 silent)`
fn figures(model: &Model, table: &ControlTable) -> String {
    let walk = model.tree.walk();
    let word = crate::journal::UserAct::Control { host: table.host.clone(), port: table.port };
    let cost = walk.cost(model.budget.means, &word);
    let is_unknown = |login: &LoginSeen| login.ask.purpose == Purpose::UnknownUser;
    let second = model.budget.means.second && walk.goal().is_some_and(|goal| goal.second_user.is_some());
    let questions = [
        (&table.impossible_mechanism, true),
        (&table.unknown_user, !walk.controls().iter().any(is_unknown)),
        (&table.epas, cost.epas > 0),
        (&table.other_way, cost.by_password + cost.by_token > 0),
        (&table.second_user, second),
    ];
    let asked = questions.iter().filter(|(reply, comes)| *comes || **reply != Reply::NotAsked).count();
    let count = |is: fn(&Reply) -> bool| questions.iter().filter(|(reply, _)| is(reply)).count();
    let answered = count(|reply| matches!(reply, Reply::Answered { .. }));
    let others = [
        (count(|reply| matches!(reply, Reply::Silent { .. })), "silent"),
        (count(|reply| matches!(reply, Reply::Failed { .. })), "failed"),
    ];
    let others = others.into_iter().filter(|(count, _)| *count > 0);
    let others: String = others.map(|(count, what)| format!(", {count} {what}")).collect();
    format!(" ({answered} of {asked} answered{others})")
}

/// `same login on all nodes runs (1 of 3 answered)`
fn sides(model: &Model) -> Option<String> {
    let walk = model.tree.walk();
    let word = walk.permissions().all_nodes?;
    let stepped = |login: &&LoginSeen| model.standings.contains_key(&login.op);
    let is_side = |login: &&LoginSeen| login.takes_credential() && login.n > word && !stepped(login);
    let (begun, to_come) = (walk.logins().iter().filter(is_side), asked::sides_to_come(model));
    let open = begun.clone().filter(|login| !login.is_settled()).count();
    let answered = begun.clone().filter(|login| login.auth_answered.is_some()).count();
    (open + to_come > 0).then(|| {
        let all = begun.count() + to_come;
        format!("same login on all nodes runs ({answered} of {all} answered)")
    })
}

/// Whether the control experiment on the shown node is still to be made for this login.
pub(super) fn offers_control(model: &Model, login: &LoginProgress) -> bool {
    let place = (login.ask.host.to_ascii_lowercase(), login.ask.port);
    let word = model.tree.walk().permissions().controls.get(&place);
    word.is_none_or(|word| *word < login.n)
}

/// Whether the same login is still to be made on the other nodes. What a word of before this login has brought about
/// stands beside it.
pub(super) fn offers_all_nodes(model: &Model) -> bool {
    model.tree.nodes().len() > 1 && model.tree.walk().permissions().all_nodes.is_none()
}
