//! Words that lines and popups share: what holds a login, and what can be done about it.

use crate::console::visible;
use crate::console::why;
use crate::discovery::{Again, Item, Wants};
use crate::journal::{Awaited, HttpWhat, Stage};
use crate::progress::{LoginProgress, LoginResult, StageOutcome, result};
use crate::ui::action::{Action, ActionName, LoginAct};
use crate::ui::going_on::{going_on, offers_all_nodes, offers_control};
use crate::ui::model::{Hold, Model, Standing};
use crate::ui::valid::{auth_is_silent, valid};

const RETRY: &str = "{retry} retry login";
const ASKS_TRUST: &str = "{question} shows what failed and asks; no credential crosses before";

/// The line under the stage bar, and whether it is a proposal.
pub(in crate::ui) enum NextLine {
    /// What one key sends.
    Proposal {
        text: String,
        /// Why it is not sent by itself, in a few words.
        note: String,
    },
    /// What is waited for.
    Waiting(String),
    /// Anything else.
    Said(String),
}

pub(in crate::ui) fn next(model: &Model) -> NextLine {
    model.playback_words().map_or_else(|| told(model), NextLine::Said)
}

/// What is proposed, waited for or said of the selected item.
fn told(model: &Model) -> NextLine {
    if let Some(item) = other_item(model) {
        return NextLine::Said(visible(&item.words));
    }
    let Some(login) = model.login() else {
        return NextLine::Said(model.setup.keys.sentence("no login yet: {enter} on a node steps one"));
    };
    let standing = model.login_standing();
    if let Some((standing, text)) = standing.and_then(|standing| Some((standing, standing.proposal.as_ref()?)))
        && !matches!(standing.hold, Hold::None | Hold::Over)
    {
        return NextLine::Proposal { text: visible(text), note: note(login, &standing.hold) };
    }
    if let Some(wait) = &login.wait {
        let behind = match standing.and_then(|standing| standing.proposal.as_ref()) {
            Some(proposal) => format!("then {}", visible(proposal)),
            None => "next: after the answer".to_owned(),
        };
        return NextLine::Waiting(format!("waiting for {}  ({behind})", wait.awaited.words()));
    }
    NextLine::Said(rest(model, standing))
}

/// The selected item, where it is neither a node nor part of a login.
fn other_item(model: &Model) -> Option<&Item> {
    model.selected_item().filter(|item| !item.words.is_empty() && model.node().is_none())
}

fn whose(model: &Model) -> String {
    model.progress.run().map_or_else(String::new, |run| visible(&run.user))
}

/// What can be done about an item that is no node; else the rule that decided about it.
fn item_can(model: &Model, item: &Item) -> String {
    let keys = &model.setup.keys;
    match &item.wants {
        _ if model.setup.replay => {}
        Some(Wants::Trust(_)) => return keys.sentence(ASKS_TRUST),
        Some(Wants::Password(host)) if model.wants_password().is_some() => {
            let user = whose(model);
            let key = keys.key_of(ActionName::Password);
            return format!(
                "needs the password: {key} asks for {user}'s; it goes to {} first, once",
                visible(host)
            );
        }
        Some(Wants::AdminPassword) if model.wants_admin() => {
            return keys.sentence(
                "needs the administrator's password: {password} asks for it; it goes to hosts of this tree alone",
            );
        }
        Some(Wants::Password(_) | Wants::AdminPassword) | None => {}
    }
    match (item.rule.as_str(), valid(model, &Action::AskAgain)) {
        ("", true) if costs_an_attempt(item) => {
            let key = keys.key_of(ActionName::Again);
            format!("{key} asks once more: one attempt with {}'s password", whose(model))
        }
        ("", true) => keys.sentence("{enter} shows the whole of it · {again} asks once more"),
        ("", false) => keys.sentence("{enter} shows the whole of it"),
        (rule, _) => visible(rule),
    }
}

/// Whether asking for an item once more sends the user's password.
fn costs_an_attempt(item: &Item) -> bool {
    matches!(&item.ask, Some(Again::Http(ask)) if matches!(ask.what, HttpWhat::User | HttpWhat::EpasLogin))
}

/// Where nothing is proposed and nothing is waited for.
fn rest(model: &Model, standing: Option<&Standing>) -> String {
    let Some(login) = model.login() else { return String::new() };
    let why = || {
        let words = login.ended.as_ref().and_then(|ended| why(&ended.outcome));
        words.map_or_else(String::new, |words| format!(": {}", visible(&words)))
    };
    let at = came_to(login).unwrap_or_else(|| login.stage());
    match result(login) {
        LoginResult::Running => match standing.map(|standing| &standing.hold) {
            Some(Hold::NoMechanism) => {
                format!("no usable mechanism; offered: {}", visible(&login.mechanisms.join(", ")))
            }
            Some(Hold::Over) => model.setup.keys.sentence("the stages are done; {abort} ends the connection"),
            _ if came_to(login).is_some() => {
                let said = login.failure.as_ref().map_or_else(String::new, |said| format!(": {}", said.condition));
                format!("refused at {at}{}; the connection still stands", visible(&said))
            }
            _ if standing.is_some_and(|standing| standing.off_script) => {
                "off script: whatever comes is framed, named and timed; nothing more is proposed".to_owned()
            }
            _ => format!("at {at}"),
        },
        LoginResult::Ok if login.ask.until < Stage::Auth => {
            format!("asked up to {}; offers {}", login.ask.until, visible(&login.mechanisms.join(", ")))
        }
        LoginResult::Ok => complete(login),
        LoginResult::Silent => format!("ended without an answer at {at}{}", why()),
        LoginResult::Refused => format!("refused at {at}{}", why()),
        LoginResult::Failed => format!("failed at {at}{}", why()),
        LoginResult::Stopped => format!("stopped at {at}{}", why()),
        LoginResult::NotTried => format!("not tried: no password at hand; everything before {at} was done"),
    }
}

/// The stage at which the peer said no, or that broke.
fn came_to(login: &LoginProgress) -> Option<Stage> {
    let broken = |outcome| matches!(outcome, StageOutcome::Refused | StageOutcome::Failed);
    login.stages.iter().find(|row| broken(row.outcome)).map(|row| row.stage)
}

/// The stage that the shown proposal belongs to, while the login is held before it: the one in which the login
/// is, or the first that it has not reached.
pub(super) fn held_before(model: &Model) -> Option<Stage> {
    let login = model.login().filter(|login| login.ended.is_none())?;
    let standing = model.login_standing().filter(|standing| standing.proposal.is_some())?;
    if matches!(standing.hold, Hold::None | Hold::Over) {
        return None;
    }
    let open = login.stages.iter().find(|row| row.is_open());
    let first = || login.stages.iter().find(|row| row.outcome == StageOutcome::NotReached);
    open.or_else(first).map(|row| row.stage)
}

/// The login has reached what was asked for, and as whom.
fn complete(login: &LoginProgress) -> String {
    let jid = login.jid.as_ref().map_or(String::new(), |jid| format!(" as {}", visible(jid)));
    format!("login complete{jid}")
}

/// Why the proposal is not sent by itself, or that nothing needs to be sent any more.
fn note(login: &LoginProgress, hold: &Hold) -> String {
    if login.reached() && *hold == Hold::Step { format!("({})", complete(login)) } else { hold_note(hold) }
}

fn hold_note(hold: &Hold) -> String {
    match hold {
        Hold::Breakpoint(stage, true) => format!("(breakpoint after {stage})"),
        Hold::Breakpoint(stage, false) => format!("(breakpoint before {stage})"),
        Hold::Password => "(needs the password)".to_owned(),
        Hold::Certificate { .. } => "(certificate not accepted)".to_owned(),
        Hold::Cleartext { .. } => "(in clear)".to_owned(),
        Hold::KeyNotProven => "(key not proven)".to_owned(),
        Hold::Attempts { .. } => "(no attempt left)".to_owned(),
        Hold::None | Hold::Step | Hold::NoMechanism | Hold::Over => String::new(),
    }
}

/// What can be done now, in one line.
pub(in crate::ui) fn can(model: &Model) -> String {
    if model.playback().is_some() {
        // The line above says where in the recording this is.
        let (NextLine::Proposal { text, .. } | NextLine::Waiting(text) | NextLine::Said(text)) = told(model);
        return text;
    }
    if let Some(line) = goes_on(model) {
        return line;
    }
    if let Some(item) = other_item(model) {
        return item_can(model, item);
    }
    if model.setup.replay {
        return "a recording: nothing can be sent".to_owned();
    }
    let user = model.login().map_or_else(String::new, |login| visible(&login.ask.user));
    let again = valid(model, &Action::Login(LoginAct::RetryToHere));
    let keys = &model.setup.keys;
    let retry =
        keys.sentence(if again { "{retry} retry login · {retry_to_here} retry and run to here" } else { RETRY });
    let walk_waits = model
        .wants_password()
        .map(|host| (keys.key_of(ActionName::Password), whose(model), visible(host)))
        .map(|(key, user, host)| format!("{key}: {user}'s password for the walk; it goes to {host} first"));
    let Some(login) = model.login() else {
        return walk_waits.unwrap_or_else(|| keys.sentence("{enter} steps a login on this node"));
    };
    if auth_is_silent(login) {
        return on_silence(model, login);
    }
    if model.login_standing().is_none() {
        return walk_waits
            .unwrap_or_else(|| keys.sentence("{enter} steps a login on this node · {again} asks it once more"));
    }
    if login.failure.is_some() && points_elsewhere(model, login) {
        return on_late_refusal(model, login);
    }
    if login.failure.is_some() {
        return keys.sentence("{retry} retry login · {password} another password first · {findings} what to do");
    }
    match model.login_standing().map(|standing| &standing.hold) {
        _ if login.ended.is_some() => retry,
        Some(Hold::Step | Hold::Breakpoint(..)) => {
            let write = model.login_standing().is_some_and(|standing| standing.proposal_text.is_some());
            keys.sentence(match write {
                true => "{next} sends it · {continue} runs on · {edit} edits it · {breakpoints} breakpoints",
                false => "{next} does it · {continue} runs on · {breakpoints} breakpoints",
            })
        }
        Some(Hold::Password) => {
            format!("{} asks for {user}'s password; nothing is sent before", keys.key_of(ActionName::Next))
        }
        Some(Hold::Certificate { .. }) => keys.sentence(ASKS_TRUST),
        Some(Hold::Cleartext { .. }) => {
            keys.sentence("{question} asks: this connection has no TLS; no credential crosses before")
        }
        Some(Hold::Attempts { used, limit }) => {
            let key = keys.key_of(ActionName::Question);
            format!("{used} of {limit} attempts with {user}'s password are used · {key} allows one more")
        }
        Some(Hold::KeyNotProven) => {
            keys.sentence("the server did not prove its key: no credential crosses · {xml_input} XML Input")
        }
        Some(Hold::NoMechanism) => keys.sentence("{xml_input} XML Input · {abort} end it"),
        _ => retry,
    }
}

/// What goes on beside the login that is looked at, unless that one waits for the user.
fn goes_on(model: &Model) -> Option<String> {
    let waits_for_user = match other_item(model) {
        Some(item) => item.wants.is_some(),
        None => model.login_standing().is_some_and(|standing| {
            standing.alive && !matches!(standing.hold, Hold::None | Hold::Over | Hold::NoMechanism)
        }),
    };
    let lines = going_on(model);
    let (line, key) = lines.first().filter(|_| !waits_for_user)?;
    let more = if lines.len() > 1 { format!(" · {} more", lines.len() - 1) } else { String::new() };
    Some(format!("{line} · {key} shows it{more}"))
}

/// What separates the causes of a silence and was not asked for yet.
fn separators(model: &Model, login: &LoginProgress) -> Vec<String> {
    let control = offers_control(model, login).then(|| model.setup.keys.sentence("{control} control experiment"));
    let all_nodes =
        offers_all_nodes(model).then(|| model.setup.keys.sentence("{all_nodes} same login on all nodes"));
    control.into_iter().chain(all_nodes).collect()
}

/// What can be done about an `<auth>` without an answer.
fn on_silence(model: &Model, login: &LoginProgress) -> String {
    let separators = separators(model, login);
    if separators.is_empty() {
        return model.setup.keys.sentence(match model.tree.nodes().len() {
            ..2 => "{retry} retry login · {findings} what to do · {control} shows what came",
            _ => "{retry} retry login · {findings} what to do · {control}, {all_nodes} shows what came",
        });
    }
    format!("{} · {}", model.setup.keys.sentence(RETRY), separators.join(" · "))
}

/// Whether the refusal of a login speaks of a service that was late or ill, and not of the password.
fn points_elsewhere(model: &Model, login: &LoginProgress) -> bool {
    let is_late = login.silences.iter().any(|silence| silence.awaited == Awaited::AuthAnswer);
    let is_ill = model.verdicts.gravest().is_some_and(|shown| {
        let (finding, code) = (&shown.finding, shown.finding.code.name());
        let is_here = finding.op == Some(login.op) || finding.subject == login.ask.host;
        let says_so =
            code.starts_with("CONTROL_POINTS_") || ["XMPP_AUTH_REFUSED_LATE", "XMPP_AUTH_BACKEND"].contains(&code);
        is_here && says_so
    });
    is_late || is_ill
}

/// What can be done about a refusal that says nothing of the password.
fn on_late_refusal(model: &Model, login: &LoginProgress) -> String {
    let mut words = vec![model.setup.keys.sentence("{findings} what to do")];
    words.extend(separators(model, login));
    words.push(model.setup.keys.sentence(RETRY));
    words.join(" · ")
}
