//! What stands over the panes: one stack of one enum; the top one gets the key first.

use super::action::{Action, Motion, Page, PopupAct, Show};
use super::asked;
use super::editor::Editor;
use super::effect::{Effect, Live, Local};
use super::findings_pane::FindingsPane;
use super::geometry;
use super::hands;
use super::input;
use super::keys::Context;
use super::ladder_pane::LadderPane;
use super::model::{Hold, Model};
use super::palette::{self, Palette};
use super::secret_field::SecretField;
use super::sift::{self, FilterLine, SearchLine};
use super::templates::TemplateList;
use super::verdict::Key;
use crate::console::Risk;
use crate::discovery::{ItemId, TrustAsk, Wants};
use crate::journal::{EntryNo, OpId, Stage};

/// One popup.
pub enum Popup {
    /// A page of text, scrolled down by some lines.
    Sheet(Sheet, usize),
    /// All findings.
    Findings(FindingsPane),
    /// The ladder.
    Ladder(LadderPane),
    /// The breakpoints: the selected stage, and whether the column is `after`.
    Breakpoints(OpId, usize, bool),
    /// A text editor.
    Editor(Box<Editor>),
    /// The templates, over an editor.
    Templates(TemplateList),
    /// The user's password: for this login, or for the item that waits for it.
    Password(Option<OpId>, SecretField),
    /// The administrator's password.
    AdminPassword(SecretField),
    /// A question.
    Question(Question),
    /// All actions, to search in.
    Palette(Palette),
    /// The filter line.
    Filter(Box<FilterLine>),
    /// The search's prompt.
    Search(Box<SearchLine>),
}

/// What a page of text is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Sheet {
    /// All keys.
    Help,
    /// A console row.
    Entry(EntryNo),
    /// What a console row is.
    Explain(EntryNo),
    /// An item of the tree.
    Item(ItemId),
    /// All nodes side by side.
    AllNodes,
    /// The control experiment on this node.
    Control(String, u16),
    /// The change texts of a finding: this one of them.
    Change(Key, usize),
    /// What is seen of a service of a node that is watched: node, service.
    Watch(String, String),
}

/// What is asked.
#[derive(Debug, Clone, PartialEq)]
pub enum Question {
    /// What the login is held by.
    Held(OpId, Hold),
    /// What an item needs before a credential crosses to its host.
    Trust(ItemId, TrustAsk),
    /// To begin a login anew and run to a stage.
    RetryTo { host: String, port: u16, stage: Stage },
    /// To send a typed text that is no whole stanza.
    Send(Risk),
    /// To end the program while a login runs.
    Quit,
}

/// The contexts of a key, the innermost first.
pub(super) fn contexts(model: &Model) -> Vec<Context> {
    let mut contexts = match model.popups.last() {
        Some(Popup::Sheet(sheet, _)) if asked::is_open(model, sheet) => vec![Context::Question, Context::Sheet],
        Some(Popup::Sheet(Sheet::Change(..) | Sheet::Watch(..), _)) => vec![Context::Change, Context::Sheet],
        Some(Popup::Sheet(..)) => vec![Context::Sheet],
        Some(Popup::Findings(FindingsPane { evidence: Some(_), .. })) => {
            vec![Context::Evidence, Context::Findings, Context::List]
        }
        Some(Popup::Findings(_)) => vec![Context::Findings, Context::List],
        Some(Popup::Ladder(_)) => vec![Context::Ladder, Context::List],
        Some(Popup::Breakpoints(..)) => vec![Context::Breakpoints, Context::List],
        Some(Popup::Editor(_)) => vec![Context::Editor],
        Some(Popup::Templates(_)) => vec![Context::Templates],
        Some(Popup::Password(..) | Popup::AdminPassword(_)) => vec![Context::Password],
        Some(Popup::Question(_)) => vec![Context::Question],
        Some(Popup::Palette(_)) => vec![Context::Palette],
        Some(Popup::Filter(filter)) if filter.at.is_some() => vec![Context::Boxes, Context::Filter],
        Some(Popup::Filter(_)) => vec![Context::Filter],
        Some(Popup::Search(_)) => vec![Context::Prompt],
        None => match model.focus {
            geometry::Pane::Tree => vec![Context::Tree, Context::Main],
            geometry::Pane::Console => console_contexts(model),
        },
    };
    if let Some(at) = contexts.iter().position(|context| *context == Context::Main)
        && model.playback.is_some()
    {
        // Its keys take the place of those that send.
        contexts.insert(at, Context::Replay);
    }
    contexts.push(Context::Everywhere);
    contexts
}

/// In the console a range and a search have their keys before it.
fn console_contexts(model: &Model) -> Vec<Context> {
    let range = model.range().map(|_| Context::Range);
    let search = model.searches().then_some(Context::Search);
    range.into_iter().chain(search).chain([Context::Console, Context::Main]).collect()
}

/// Gives an action to the popup on top.
pub(super) fn update(model: &mut Model, action: Action) -> Vec<Effect> {
    model.touch();
    if let Some(effects) = sift::typed(model, &action) {
        return effects;
    }
    match action {
        Action::Popup(PopupAct::Close) => close(model),
        Action::Popup(PopupAct::Yes) => return yes(model, false),
        Action::Popup(PopupAct::Keep) if asks_certificate(model) => return yes(model, true),
        Action::Popup(PopupAct::Send) => return input::send(model),
        Action::Popup(PopupAct::Edit(act)) => return input::act(model, act),
        Action::Popup(PopupAct::Toggle) => return toggle(model),
        Action::Popup(PopupAct::Side) => match model.popups.last_mut() {
            Some(Popup::Breakpoints(_, _, after)) => *after = !*after,
            _ => model.ladder_side(),
        },
        Action::Popup(PopupAct::Into) => model.enter_evidence(),
        Action::Popup(PopupAct::Out) => model.leave_evidence(),
        Action::Popup(PopupAct::Jump) => match model.ladder_entry() {
            Some(n) => model.go_to_entry(n),
            None => model.jump(),
        },
        Action::Rows(act) if hands::valid(model, act) => return hands::act(model, act),
        Action::Rows(_) => {}
        Action::Popup(PopupAct::Copy) => {
            return model.copied_change().unwrap_or_else(|| model.copied_finding());
        }
        Action::Open(Page::Change) => model.open_change(),
        Action::Open(Page::Watch) if super::valid::valid(model, &action) => return model.watch(),
        Action::Popup(PopupAct::Run) => return palette::run(model),
        Action::Open(Page::Palette) => palette::open(model),
        Action::SaveReport => return vec![Effect::Local(Local::SaveReport)],
        Action::Move(motion) => step(model, motion),
        Action::Show(Show::Raw) if super::valid::valid(model, &action) => model.next_form(),
        Action::Open(Page::Explain) if super::valid::valid(model, &action) => model.explain(),
        Action::Type(key) => match model.popups.last_mut() {
            Some(Popup::Editor(editor)) => editor.key(key),
            Some(Popup::Templates(list)) => list.key(key),
            Some(Popup::Password(_, field) | Popup::AdminPassword(field)) => type_secret(field, key),
            Some(Popup::Palette(palette)) => palette.key(key),
            _ => {}
        },
        Action::Paste(text) => match model.popups.last_mut() {
            Some(Popup::Editor(_)) => input::paste(model, &text),
            Some(Popup::Templates(list)) => list.paste(&text),
            Some(Popup::Password(_, field) | Popup::AdminPassword(field)) => field.paste(&text),
            Some(Popup::Palette(palette)) => palette.paste(&text),
            _ => {}
        },
        Action::QuitNow => return vec![Effect::Local(Local::Quit)],
        Action::Popup(PopupAct::Keep | PopupAct::Tick(_))
        | Action::AskAgain
        | Action::Search(_)
        | Action::Replay(_)
        | Action::Theme(_)
        | Action::Suspend => {}
        Action::Quit | Action::Login(_) | Action::Open(_) | Action::Show(_) => {}
    }
    Vec::new()
}

fn type_secret(field: &mut SecretField, key: crossterm::event::KeyEvent) {
    use crossterm::event::{KeyCode, KeyModifiers};
    let control = key.modifiers.contains(KeyModifiers::CONTROL);
    match key.code {
        KeyCode::Char('u') if control => field.clear(),
        KeyCode::Char(_) if control => {}
        KeyCode::Char(character) => field.push(character),
        KeyCode::Backspace => field.pop(),
        _ => {}
    }
}

/// Closes the popup on top; an editor's text is kept.
fn close(model: &mut Model) {
    if let Some(Popup::Editor(editor)) = model.popups.pop() {
        input::close(model, *editor);
    }
}

fn toggle(model: &mut Model) -> Vec<Effect> {
    match model.popups.last() {
        Some(Popup::Breakpoints(op, at, after)) => Stage::ALL
            .get(*at)
            .map(|stage| Effect::Live(Live::Breakpoint(*op, *stage, *after)))
            .into_iter()
            .collect(),
        _ => Vec::new(),
    }
}

/// Whether the question on top is about a certificate.
pub(super) fn asks_certificate(model: &Model) -> bool {
    matches!(
        model.popups.last(),
        Some(Popup::Question(Question::Trust(..) | Question::Held(_, Hold::Certificate { .. })))
    )
}

fn yes(model: &mut Model, keep: bool) -> Vec<Effect> {
    if let Some(Popup::Sheet(sheet, _)) = model.popups.last() {
        let effects = asked::yes(model, sheet);
        if !effects.is_empty() {
            model.said_on = Some(sheet.clone());
        }
        return effects;
    }
    match model.popups.pop() {
        Some(Popup::Password(_, field) | Popup::AdminPassword(field)) if field.len() == 0 => {
            model.notice("an empty password is not sent".to_owned());
            Vec::new()
        }
        Some(Popup::Password(op, mut field)) => vec![Effect::Live(Live::Password(op, field.take()))],
        Some(Popup::AdminPassword(mut field)) => vec![Effect::Live(Live::AdminPassword(field.take()))],
        Some(Popup::Question(Question::Quit)) => vec![Effect::Local(Local::Quit)],
        Some(Popup::Question(Question::Send(_))) => input::send_now(model),
        Some(Popup::Question(Question::RetryTo { host, port, stage })) => {
            super::update::retry(model, host, port, Some(stage))
        }
        Some(Popup::Question(Question::Held(op, hold))) => accept(model, op, &hold, keep),
        Some(Popup::Question(Question::Trust(id, ask))) => trust(model, &id, ask, keep),
        _ => Vec::new(),
    }
}

/// What a yes to a login's question asks of the engine. A question that the login no longer has is not answered.
fn accept(model: &mut Model, op: OpId, asked: &Hold, keep: bool) -> Vec<Effect> {
    if model.standings.get(&op).map(|standing| &standing.hold) != Some(asked) {
        model.notice("the login has gone on: it no longer asks this".to_owned());
        return Vec::new();
    }
    match asked {
        Hold::Certificate { fingerprint, .. } => {
            let fingerprint = fingerprint.clone();
            let node = model.progress.login(op).map(|login| (login.ask.host.clone(), login.ask.port));
            match node.filter(|_| keep) {
                Some((host, port)) => vec![Effect::Live(Live::AcceptHost { host, port, fingerprint, keep })],
                None => vec![Effect::Live(Live::Accept(op, fingerprint))],
            }
        }
        Hold::Cleartext { .. } => vec![Effect::Live(Live::AllowCleartext(op))],
        Hold::Attempts { .. } => vec![Effect::Live(Live::MoreAttempts(op))],
        _ => Vec::new(),
    }
}

/// What a yes to an item's question asks for. A certificate that was accepted meanwhile is not asked for again.
fn trust(model: &mut Model, id: &ItemId, asked: TrustAsk, keep: bool) -> Vec<Effect> {
    let now = model.tree.find(id).and_then(|item| item.wants.as_ref());
    if now != Some(&Wants::Trust(asked.clone())) {
        model.notice("the walk has gone on: it no longer asks this".to_owned());
        return Vec::new();
    }
    vec![Effect::Live(Live::AcceptHost {
        host: asked.host,
        port: asked.port,
        fingerprint: asked.fingerprint,
        keep,
    })]
}

/// Moves within the popup on top.
fn step(model: &mut Model, motion: Motion) {
    let page = usize::from(geometry::popup(model.size, false).height.saturating_sub(3)).max(1);
    let rows = super::view::popup_rows(model);
    let stages = match model.popups.last() {
        Some(Popup::Breakpoints(op, ..)) => stages(model, *op).len(),
        _ => 0,
    };
    match model.popups.last_mut() {
        Some(Popup::Sheet(_, scroll)) => *scroll = moved(*scroll, motion, page, rows.saturating_sub(page) + 1),
        Some(Popup::Findings(_)) => model.findings_step(motion),
        Some(Popup::Ladder(_)) => model.ladder_step(motion),
        Some(Popup::Breakpoints(_, at, _)) => *at = moved(*at, motion, page, stages),
        Some(Popup::Palette(palette)) => palette.step(motion, page),
        Some(Popup::Templates(_)) => input::step(model, motion, page),
        _ => {}
    }
}

/// The stages that a login can reach: those at which it can be told to stop.
pub(super) fn stages(model: &Model, op: OpId) -> &'static [Stage] {
    let until = model.progress.login(op).map_or(Stage::Online, |login| login.ask.until);
    &Stage::ALL[..=until as usize]
}

/// Whether the popup on top has text below what is shown.
pub(super) fn more_below(model: &Model) -> bool {
    let height = usize::from(geometry::inner(geometry::popup(model.size, true)).height);
    let rows = super::view::popup_rows(model);
    match model.popups.last() {
        Some(Popup::Sheet(_, scroll)) => scroll + height < rows,
        Some(Popup::Findings(pane)) => pane.scroll + super::view::finding_room(model) < rows,
        Some(Popup::Ladder(_)) => model.ladder_goes_on(),
        _ => model.popups.is_empty(),
    }
}

/// A place among `count`, moved.
pub(super) fn moved(at: usize, motion: Motion, page: usize, count: usize) -> usize {
    let last = count.saturating_sub(1);
    match motion {
        Motion::Up => at.min(last).saturating_sub(1),
        Motion::Down => (at + 1).min(last),
        Motion::PageUp => at.min(last).saturating_sub(page),
        Motion::PageDown => (at + page).min(last),
        Motion::Top => 0,
        Motion::End => last,
        Motion::Left | Motion::Right | Motion::Enter => at,
    }
}
