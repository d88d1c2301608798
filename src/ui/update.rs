//! `update`: an action changes the model and may ask the program around it for effects. A popup gets it first.

use super::action::{Action, LoginAct, Motion, Page, Show};
use super::asked::{self, Word};
use super::editor::{Editor, EditorKind};
use super::effect::{Effect, Live, Local};
use super::geometry::Pane;
use super::going_on;
use super::hands;
use super::model::{Hold, Model};
use super::palette;
use super::popup::{self, Popup, Question, Sheet};
use super::recorded;
use super::secret_field::SecretField;
use super::sift;
use super::valid::{asks_trust, question, steps, valid};
use super::why;
use crate::discovery::{Item, Wants};
use crate::journal::{OpId, Stage};
use crate::progress::LoginProgress;

/// Takes an action. An action that is not valid now does nothing.
pub fn update(model: &mut Model, action: Action) -> Vec<Effect> {
    if let Some(why) = why::taken_away(model, &action) {
        model.notice(why);
        return Vec::new();
    }
    if let Some(effects) = palette::anywhere(model, &action) {
        return effects;
    }
    if !model.popups.is_empty() {
        return popup::update(model, action);
    }
    if recorded::refuses(model, &action) || !valid(model, &action) {
        return Vec::new();
    }
    match action {
        Action::Login(act) => {
            model.take_selection();
            login(model, act)
        }
        Action::AskAgain => ask_again(model),
        Action::Open(Page::Palette) => {
            palette::open(model);
            Vec::new()
        }
        Action::Open(Page::Watch) => model.watch(),
        Action::Open(page) => {
            open(model, page);
            Vec::new()
        }
        Action::Move(motion) => go(model, motion),
        Action::Show(show) => {
            match show {
                Show::OtherPane => {
                    model.focus = if model.focus == Pane::Tree { Pane::Console } else { Pane::Tree }
                }
                Show::Zoom => model.zoom = !model.zoom,
                Show::Raw => model.next_form(),
                Show::Mouse => {} // carried out above
            }
            model.touch();
            Vec::new()
        }
        Action::Replay(act) => {
            model.replay(act);
            Vec::new()
        }
        Action::Search(act) => {
            sift::search(model, act);
            Vec::new()
        }
        Action::Rows(act) => hands::act(model, act),
        Action::SaveReport => vec![Effect::Local(Local::SaveReport)],
        Action::QuitNow => vec![Effect::Local(Local::Quit)],
        Action::Quit => quit(model),
        Action::Popup(_) | Action::Type(_) | Action::Paste(_) => Vec::new(),
        // Carried out above.
        Action::Theme(_) | Action::Suspend => Vec::new(),
    }
}

fn ask_again(model: &mut Model) -> Vec<Effect> {
    model.take_selection();
    model
        .selected_item()
        .and_then(|item| item.ask.clone())
        .map(|again| Effect::Live(Live::AskAgain(again)))
        .into_iter()
        .collect()
}

fn quit(model: &mut Model) -> Vec<Effect> {
    let steps = model.standings.values().any(|standing| standing.alive);
    let goes_on = going_on::is_connected(model) || !going_on::going_on(model).is_empty();
    if model.setup.replay || !(steps || goes_on) {
        return vec![Effect::Local(Local::Quit)];
    }
    push(model, Popup::Question(Question::Quit));
    Vec::new()
}

fn push(model: &mut Model, popup: Popup) {
    if matches!(popup, Popup::Sheet(..)) {
        model.said_on = None;
    }
    model.popups.push(popup);
    model.touch();
}

fn login(model: &mut Model, act: LoginAct) -> Vec<Effect> {
    let Some((host, port)) = model.node().map(|(host, port)| (host.to_owned(), port)) else { return Vec::new() };
    // A login that nobody steps, as the walk makes them, is none that could be gone on with.
    let Some(op) = model.login().map(|login| login.op).filter(|op| model.standings.contains_key(op)) else {
        return vec![Effect::Live(Live::Login { host, port, run_to: None })];
    };
    match act {
        LoginAct::Next | LoginAct::Continue => {
            let hold = model.standings.get(&op).map_or(Hold::Over, |standing| standing.hold.clone());
            match hold {
                Hold::KeyNotProven => {
                    let words =
                        "the server did not prove that it holds its key: no credential crosses this connection";
                    model.notice(words.to_owned());
                    Vec::new()
                }
                hold if question(&hold) => {
                    open(model, Page::Question);
                    Vec::new()
                }
                _ if act == LoginAct::Next => vec![Effect::Live(Live::Step(op))],
                _ => vec![Effect::Live(Live::Continue(op))],
            }
        }
        LoginAct::Retry if model.login().is_some_and(is_fresh) => {
            model.notice(model.setup.keys.sentence("this login has not begun: {next} begins it"));
            Vec::new()
        }
        LoginAct::Retry => retry(model, host, port, None),
        LoginAct::RetryToHere => {
            let stage = here(model);
            push(model, Popup::Question(Question::RetryTo { host, port, stage }));
            Vec::new()
        }
        LoginAct::Abort => vec![Effect::Live(Live::Abort(op))],
    }
}

/// Whether nothing was done in a login yet: another one in its place would be the same.
fn is_fresh(login: &LoginProgress) -> bool {
    login.ended.is_none() && login.stages.iter().all(|row| row.entered.is_none())
}

/// The stage that `R` means: the selected one, else the one of the proposal, else the one where the login ended.
pub(super) fn here(model: &Model) -> Stage {
    let id = model.selected.as_ref().map_or("", |id| id.0.as_str());
    let selected = id.rsplit_once("/stage:").and_then(|(_, name)| Stage::named(name));
    let proposed = || model.login_standing().filter(|standing| standing.alive)?.stage;
    selected.or_else(proposed).or_else(|| model.login().map(|login| login.stage())).unwrap_or(Stage::Tcp)
}

/// Begins a login anew; one that still runs is ended first.
pub(super) fn retry(model: &Model, host: String, port: u16, run_to: Option<Stage>) -> Vec<Effect> {
    let running = model.progress.node(&host, port).last().filter(|login| login.ended.is_none());
    let mut effects: Vec<Effect> = running.map(|login| Effect::Live(Live::Abort(login.op))).into_iter().collect();
    effects.push(Effect::Live(Live::Login { host, port, run_to }));
    effects
}

fn open(model: &mut Model, page: Page) {
    let standing = model.login_standing();
    let held = standing.map(|standing| &standing.hold);
    let popup = match (page, model.shown_login()) {
        (Page::Question, _) if asks_trust(model) => match model.selected_item() {
            Some(Item { id, wants: Some(Wants::Trust(ask)), .. }) => {
                Popup::Question(Question::Trust(id.clone(), ask.clone()))
            }
            _ => return,
        },
        (Page::AdminPassword, _) => Popup::AdminPassword(SecretField::new()),
        (Page::Password, _) if model.wants_admin_first() => Popup::AdminPassword(SecretField::new()),
        (Page::HaStatus, _) => {
            let draft = model.input.ha_draft.take().unwrap_or_default();
            Popup::Editor(Box::new(Editor::new(OpId(0), EditorKind::HaStatus, &draft)))
        }
        // The walk has the first word: there the password goes once, before any login has it.
        (Page::Password, _) if model.wants_password().is_some() && held != Some(&Hold::Password) => {
            Popup::Password(None, SecretField::new())
        }
        (Page::Filter, _) => sift::open_filter(model),
        (Page::Search, _) => sift::open_search(model),
        (Page::Explain, _) => return model.explain(),
        (Page::Help, _) => Popup::Sheet(Sheet::Help, 0),
        (Page::AllNodes, _) => Popup::Sheet(Sheet::AllNodes, 0),
        (Page::Control, _) => match control_page(model) {
            Ok(sheet) => Popup::Sheet(sheet, 0),
            Err(why) => return model.notice(why),
        },
        (Page::Ladder, _) => Popup::Ladder(model.new_ladder_pane()),
        (Page::Findings, _) => Popup::Findings(model.new_findings_pane()),
        (Page::Breakpoints, Some(op)) => {
            let at = standing.and_then(|standing| standing.stage).unwrap_or(Stage::Auth);
            Popup::Breakpoints(op, at as usize, false)
        }
        (Page::Editor, Some(op)) => {
            let Some(text) = standing.and_then(|standing| standing.proposal_text.clone()) else { return };
            let draft = model.proposal_draft.take().filter(|(original, _)| *original == text);
            let shown = draft.map_or_else(|| text.clone(), |(_, draft)| draft);
            Popup::Editor(Box::new(Editor::new(op, EditorKind::Proposal(text), &shown)))
        }
        (Page::XmlInput, Some(op)) => {
            let draft = model.input.draft.take().unwrap_or_default();
            Popup::Editor(Box::new(Editor::new(op, EditorKind::Input, &draft)))
        }
        (Page::Question, Some(op)) => match held {
            Some(Hold::Password) => Popup::Password(Some(op), SecretField::new()),
            Some(hold) => Popup::Question(Question::Held(op, hold.clone())),
            None => return,
        },
        (Page::Password, Some(op)) => Popup::Password(Some(op), SecretField::new()),
        (Page::Palette | Page::Change | Page::Watch, _) | (_, None) => return,
    };
    let of_rows = matches!(page, Page::Ladder | Page::Filter | Page::Search);
    if !of_rows && !matches!(page, Page::Help | Page::Findings | Page::Password | Page::AdminPassword) {
        model.take_selection();
    }
    push(model, popup);
}

/// The page of the control experiment on the shown node; where there is nothing to show or to ask, why.
fn control_page(model: &Model) -> Result<Sheet, String> {
    let (host, port) = model.node().ok_or("select a node: the control experiment is made on one")?;
    let sheet = Sheet::Control(host.to_owned(), port);
    let begun = asked::control_table(model, host, port).is_some();
    match asked::word(model, &sheet) {
        Some(Word::Said(why)) if !begun => Err(why),
        None if !begun => Err("a recording: no control experiment was made on this node".to_owned()),
        _ => Ok(sheet),
    }
}

fn go(model: &mut Model, motion: Motion) -> Vec<Effect> {
    match (model.focus, motion) {
        (Pane::Tree, Motion::Enter) => return enter_item(model),
        (Pane::Tree, Motion::Up) => model.tree_step(-1),
        (Pane::Tree, Motion::Down) => model.tree_step(1),
        (Pane::Tree, Motion::PageUp) => model.tree_step(-model.tree_page()),
        (Pane::Tree, Motion::PageDown) => model.tree_step(model.tree_page()),
        (Pane::Tree, Motion::Top) => model.tree_step(isize::MIN),
        (Pane::Tree, Motion::End) => model.tree_step(isize::MAX),
        (Pane::Tree, Motion::Left) => model.tree_close(),
        (Pane::Tree, Motion::Right) => model.tree_open(),
        (Pane::Console, Motion::Enter) => {
            if let Some(n) = model.console_choice() {
                push(model, Popup::Sheet(Sheet::Entry(n), 0));
            }
        }
        (Pane::Console, Motion::Up) => model.console_step(false),
        (Pane::Console, Motion::Down) => model.console_step(true),
        (Pane::Console, Motion::PageUp) => model.console_page(false),
        (Pane::Console, Motion::PageDown) => model.console_page(true),
        (Pane::Console, Motion::Top) => model.console_top(),
        (Pane::Console, Motion::End) => model.follow(),
        (Pane::Console, Motion::Left | Motion::Right) => {}
    }
    Vec::new()
}

/// Enter in the tree: on a node that nothing is going on with, a stepped login; else the item's detail.
fn enter_item(model: &mut Model) -> Vec<Effect> {
    model.take_selection();
    let Some(item) = model.selected_item() else { return Vec::new() };
    match &item.node {
        Some((host, port)) if steps(model) => {
            vec![Effect::Live(Live::Login { host: host.clone(), port: *port, run_to: None })]
        }
        _ => {
            let id = item.id.clone();
            push(model, Popup::Sheet(Sheet::Item(id), 0));
            Vec::new()
        }
    }
}
