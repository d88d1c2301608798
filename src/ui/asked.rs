//! What needs the user's word: the same login on all nodes, and the control experiment. What would be asked, what it
//! costs, and whether it may be asked now.

use super::action::ActionName;
use super::effect::{Effect, Live};
use super::model::Model;
use super::popup::Sheet;
use crate::console::visible;
use crate::discovery::{Cost, Reach, Step, first_label};
use crate::findings::{self, ControlTable};
use crate::journal::{Awaited, EntryNo, HttpAsk, HttpWhat, Purpose, Stage, UserAct};

/// Where a word of the user's stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Word {
    /// It may be said: what it would start, what that costs, and how many attempts it takes.
    Asked(Vec<String>, usize),
    /// It was said, or cannot be: why.
    Said(String),
}

/// Where the word that a page asks for stands; none: the page asks for none.
pub(super) fn word(model: &Model, sheet: &Sheet) -> Option<Word> {
    let (word, opens) = match sheet {
        _ if model.setup.replay => return None,
        Sheet::AllNodes => (all_nodes(model), ActionName::AllNodes),
        Sheet::Control(host, port) => (control(model, host, *port), ActionName::Control),
        Sheet::Help | Sheet::Entry(_) | Sheet::Explain(_) | Sheet::Item(_) => return None,
        Sheet::Change(..) | Sheet::Watch(..) => return None,
    };
    // Whoever reads what came does not find a question under the same key.
    let again = || format!("Asked for. Esc, then {} asks once more.", model.setup.keys.key_of(opens));
    Some(match word {
        Word::Asked(..) if model.said_on.as_ref() == Some(sheet) => Word::Said(again()),
        word => word,
    })
}

/// Whether the popup on top waits for a yes to such a word.
pub(super) fn is_open(model: &Model, sheet: &Sheet) -> bool {
    matches!(word(model, sheet), Some(Word::Asked(..)))
}

/// What a yes asks the program for. The page stays open and shows what comes.
pub(super) fn yes(model: &Model, sheet: &Sheet) -> Vec<Effect> {
    match (word(model, sheet), sheet) {
        (Some(Word::Asked(_, attempts)), Sheet::AllNodes) => vec![Effect::Live(Live::AllNodes { attempts })],
        (Some(Word::Asked(_, attempts)), Sheet::Control(host, port)) => {
            vec![Effect::Live(Live::Control { host: host.clone(), port: *port, attempts })]
        }
        _ => Vec::new(),
    }
}

fn all_nodes(model: &Model) -> Word {
    let walk = model.tree.walk();
    let cost = walk.cost(model.budget.means, &UserAct::AllNodes);
    let newest = walk.permissions().all_nodes;
    if newest.is_some_and(|word| is_under_way(model, word)) {
        let words = "asked for: the logins run by themselves, once the first one has an answer or is silent";
        return Word::Said(words.to_owned());
    }
    let user = user(model);
    if cost.attempts() == 0 {
        let why = match model.budget.means.password {
            false => {
                let key = model.setup.keys.key_of(ActionName::Password);
                format!("{user}'s password is not at hand: {key} asks for it")
            }
            true => format!("no node is left that could be asked with {user}'s password"),
        };
        return Word::Said(why);
    }
    let what = match newest {
        Some(_) => "All nodes were asked. Ask them once more, by logins that run by themselves?",
        None => "Log in on the other nodes too, by logins that run by themselves?",
    };
    let left = model.budget.limit.saturating_sub(model.budget.used);
    if model.budget.hard && left == 0 {
        return Word::Said(format!("no attempt is left: {}, and that limit was set by hand", used(model)));
    }
    priced(model, vec![what.to_owned()], cost)
}

/// Whether something that this word started, or is to start, has no answer yet.
fn is_under_way(model: &Model, word: EntryNo) -> bool {
    let walk = model.tree.walk();
    let mut made = walk.logins().iter().filter(|login| login.takes_credential() && login.n > word).peekable();
    made.peek().is_none() || made.any(|login| !login.is_settled()) || sides_to_come(model) > 0
}

/// How many logins with the credential are about to begin.
pub(super) fn sides_to_come(model: &Model) -> usize {
    let to_come = |step: &&Step| matches!(step, Step::Login(login) if login.reach == Reach::Credential && login.purpose.is_login());
    model.tree.walk().plan(model.budget.means).iter().filter(to_come).count()
}

fn control(model: &Model, host: &str, port: u16) -> Word {
    let walk = model.tree.walk();
    if let Err(why) = walk.can_control(host, port) {
        return Word::Said(silent_before_auth(model, host, port).unwrap_or_else(|| visible(&why)));
    }
    let word = walk.permissions().controls.get(&(host.to_ascii_lowercase(), port));
    if word.is_some_and(|word| is_experiment_open(model, host, port, *word)) {
        return Word::Said("asked for: its next question is about to go".to_owned());
    }
    let cost = walk.cost(model.budget.means, &UserAct::Control { host: host.to_owned(), port });
    let node = visible(host);
    if walk.controls().iter().any(|login| login.ask.is_on(host, port)) {
        let again = format!(
            "Ask {} all of that once more, but for the user that cannot exist?",
            visible(first_label(host))
        );
        return priced(model, vec![again], cost);
    }
    let mut lines = vec![format!("Fresh connections to {node} ask, one after the other:")];
    lines.extend(questions(model, host, cost).into_iter().map(|question| format!("  - {question}")));
    priced(model, lines, cost)
}

/// What is silent on a node where it is not `<auth>`: there is nothing that an experiment on `<auth>` could separate.
fn silent_before_auth(model: &Model, host: &str, port: u16) -> Option<String> {
    let login = model.progress.node(host, port).last().filter(|login| login.ask.until > Stage::StreamTls)?;
    let silence = login.silences.last().filter(|silence| silence.answered.is_none())?;
    (silence.awaited != Awaited::AuthAnswer).then(|| {
        let (node, awaited) = (visible(first_label(host)), silence.awaited.words());
        format!("silent on {node}: {awaited}. The control experiment is for a silent <auth>, which comes later")
    })
}

/// Whether the experiment that this word started has no question yet, or has some to come.
fn is_experiment_open(model: &Model, host: &str, port: u16, word: EntryNo) -> bool {
    let mut controls = model.tree.walk().controls().iter();
    let begun = controls.any(|login| login.n > word && login.ask.is_on(host, port));
    !begun || experiment_goes_on(model, host, port, word)
}

/// Whether the experiment that this word started waits for an answer, be it EPASSoap's, or has questions to come.
pub(super) fn experiment_goes_on(model: &Model, host: &str, port: u16, word: EntryNo) -> bool {
    let walk = model.tree.walk();
    let of_epas = |ask: &HttpAsk| {
        let what = matches!(ask.what, HttpWhat::EpasLogin | HttpWhat::EpasToken);
        what && ask.origin().1.eq_ignore_ascii_case(host)
    };
    let to_come = |step: &Step| match step {
        Step::Login(login) => {
            !login.purpose.is_login() && login.host.eq_ignore_ascii_case(host) && login.port == port
        }
        Step::Http(ask) => of_epas(ask),
        Step::Dns(_) => false,
    };
    let mut questions = walk.controls().iter().filter(|login| login.ask.is_on(host, port));
    let mut exchanges = walk.exchanges().iter().filter(|exchange| exchange.n > word && of_epas(&exchange.ask));
    questions.any(|login| !login.is_settled())
        || exchanges.any(|exchange| exchange.ended.is_none())
        || walk.plan(model.budget.means).iter().any(to_come)
}

/// The questions of a control experiment on a node, as they would be asked now.
fn questions(model: &Model, host: &str, cost: Cost) -> Vec<String> {
    let walk = model.tree.walk();
    let user = user(model);
    let node = visible(first_label(host));
    let mut questions = vec!["an <auth> whose mechanism cannot exist: no credential is in it".to_owned()];
    if walk.controls().iter().all(|login| login.ask.purpose != Purpose::UnknownUser) {
        questions.push("PLAIN for impscope-probe, a user that cannot exist: it may raise an alert".to_owned());
    }
    if cost.epas > 0 {
        questions.push(format!("an EPASSoap login on {node}, with {user}'s password"));
    }
    if cost.by_password > 0 {
        questions.push(format!("PLAIN with {user}'s password, as PSI logs in"));
    }
    if cost.by_token > 0 {
        questions.push(format!("{user} by one-time token, as Jabber logs in: it counts as an attempt"));
    }
    if let Some(second) =
        walk.goal().and_then(|goal| goal.second_user.as_ref()).filter(|_| model.budget.means.second)
    {
        questions.push(format!("PLAIN for {}, with that user's own password", visible(second)));
    }
    questions
}

/// The question with its price.
fn priced(model: &Model, mut lines: Vec<String>, cost: Cost) -> Word {
    let (budget, used, attempts) = (&model.budget, used(model), cost.attempts());
    let left = budget.limit.saturating_sub(budget.used) as usize;
    let count = match attempts {
        0 => {
            lines.push(format!("It costs no attempt: {used}"));
            return Word::Asked(lines, attempts);
        }
        1 => "1 more attempt".to_owned(),
        more => format!("{more} more attempts"),
    };
    let limit = match budget.hard {
        true if left < attempts => format!("that limit was set by hand: {left} can be made"),
        true => "that limit stays".to_owned(),
        false => format!("the limit becomes {}", budget.limit as usize + attempts),
    };
    let and = if budget.hard { " and" } else { "" };
    lines.push(format!("{count} for {} ({}): {used},{and} {limit}", user(model), ways(cost)));
    Word::Asked(lines, attempts)
}

/// By which credential the attempts are: `by password and by one-time token`.
fn ways(cost: Cost) -> &'static str {
    match (cost.epas + cost.edge + cost.by_password, cost.by_token) {
        (_, 0) => "by password",
        (0, _) => "by one-time token",
        (_, _) => "by password and by one-time token",
    }
}

/// `2 of 3 are used`
pub(super) fn used(model: &Model) -> String {
    format!("{} of {} are used", model.budget.used, model.budget.limit)
}

/// The user whose password it is.
fn user(model: &Model) -> String {
    model.progress.run().map_or_else(String::new, |run| visible(&run.user))
}

/// The answers of the control experiment on a node, if it was begun.
pub(super) fn control_table(model: &Model, host: &str, port: u16) -> Option<ControlTable> {
    let tables = findings::control(&model.progress, model.tree.walk());
    tables.into_iter().find(|table| table.is_of(host, port))
}
