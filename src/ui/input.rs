//! XML Input and the proposal's editor: what their keys do, what is asked before something is sent, and what is kept:
//! the draft, the history, and what was sent until it is known to have gone.

use zeroize::Zeroizing;

use super::action::{Action, Motion};
use super::editor::{Editor, EditorKind};
use super::effect::{Effect, Live};
use super::model::Model;
use super::popup::{Popup, Question};
use super::templates::{Filling, TemplateList};
use super::valid;
use crate::console::{Form, Risk};
use crate::journal::{Author, Entry, Event, Fact, OpId, UserAct, XmppFact};

/// What a key asks of an editor.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EditAct {
    /// The list of templates.
    Templates,
    /// Take the selected one.
    Take,
    /// The text that was sent before this one.
    Older,
    /// The one that was sent after it.
    Newer,
    /// A fresh id for the first stanza without one.
    FillId,
    /// Undo a change.
    Undo,
    /// Do it again.
    Redo,
}

/// What is kept of XML Input while it is closed.
#[derive(Default)]
pub(super) struct Input {
    pub(super) draft: Option<String>,
    /// What was pasted of `utils ha status`, until a state was read in it.
    pub(super) ha_draft: Option<String>,
    /// What was sent, the oldest first; none of it holds a secret.
    history: Vec<String>,
    /// What was sent and is not known to have gone.
    sent: Option<(OpId, Zeroizing<String>)>,
    /// The next id's number.
    number: u32,
}

impl Input {
    /// An id that this run has not used: `ping-1a2b`.
    fn fresh_id(&mut self, name: &str) -> String {
        let number = self.number;
        self.number = number.wrapping_add(1);
        format!("{name}-{number:04x}")
    }
}

impl Model {
    /// What was sent by XML Input, the oldest first; none of it holds a secret.
    pub fn input_history(&mut self, history: Vec<String>) {
        self.input.history = history;
    }

    /// The number of the first id that is made here. Ids need not be unpredictable, but two runs should not use the
    /// same ones.
    pub fn ids_from(&mut self, number: u16) {
        self.input.number = u32::from(number);
    }

    /// What was typed and sent did not go, and why: it is the draft again.
    pub fn refused(&mut self, op: OpId, why: &str) {
        let is_it = |sent: &mut (OpId, Zeroizing<String>)| sent.0 == op;
        let Some((_, text)) = self.input.sent.take_if(is_it) else { return self.notice(why.to_owned()) };
        if self.input.draft.is_none() {
            self.input.draft = Some(text.to_string());
        }
        let key = self.setup.keys.key_of(super::action::ActionName::XmlInput).to_owned();
        self.notice(format!("{why}; the text is kept in XML Input ({key})"));
    }

    /// A login is over: what was sent on it and is not known to have gone did not go.
    pub(super) fn not_gone(&mut self, op: OpId) {
        if self.input.sent.as_ref().is_some_and(|sent| sent.0 == op) {
            self.refused(op, "not sent: the connection has ended");
        }
    }

    /// What was typed has gone, or was understood.
    pub(super) fn note_typed(&mut self, entry: &Entry) {
        if matches!(entry.event, Event::Saw(Fact::User(UserAct::HaStatus { .. }))) {
            self.input.ha_draft = None;
        }
        let Event::Saw(Fact::Xmpp(fact)) = &entry.event else { return };
        let XmppFact::Sent(sent) = fact.as_ref() else { return };
        if sent.by == Author::Typed
            && let Some((_, text)) = self.input.sent.take_if(|sent| sent.0 == entry.op)
            && self.input.draft.as_deref() == Some(text.as_str())
        {
            self.input.draft = None;
        }
    }
}

/// What is typed at an editor or at the list over it.
pub(super) fn act(model: &mut Model, act: EditAct) -> Vec<Effect> {
    if !valid::valid(model, &Action::Popup(super::action::PopupAct::Edit(act))) {
        return Vec::new();
    }
    match act {
        EditAct::Templates => model.popups.push(Popup::Templates(TemplateList::default())),
        EditAct::Take => take_template(model),
        EditAct::Older => walk(model, true),
        EditAct::Newer => walk(model, false),
        EditAct::FillId => fill_id(model),
        EditAct::Undo => with_editor(model, Editor::undo),
        EditAct::Redo => with_editor(model, Editor::redo),
    }
    Vec::new()
}

/// Whether a key means something now.
pub(super) fn can(model: &Model, act: EditAct) -> bool {
    let editor = match model.popups.last() {
        Some(Popup::Editor(editor)) => Some(editor),
        _ => None,
    };
    let walked = editor.and_then(|editor| editor.walked.as_ref()).map(|(back, _)| *back);
    let is_input = editor.is_some_and(|editor| editor.kind == EditorKind::Input);
    let is_xml = editor.is_some_and(|editor| editor.kind != EditorKind::HaStatus);
    match act {
        EditAct::Take => matches!(model.popups.last(), Some(Popup::Templates(list)) if list.chosen().is_some()),
        EditAct::Older => is_input && walked.map_or(0, |back| back + 1) < model.input.history.len(),
        EditAct::Newer => is_input && walked.is_some(),
        EditAct::Templates | EditAct::FillId => is_xml,
        _ => editor.is_some(),
    }
}

/// Where a walk through the history stands, for the editor's frame: `sent before: 2 of 7`.
pub(super) fn place(model: &Model, editor: &Editor) -> String {
    match &editor.walked {
        Some((back, _)) => format!("sent before: {} of {}", back + 1, model.input.history.len()),
        None => String::new(),
    }
}

fn with_editor(model: &mut Model, change: impl FnOnce(&mut Editor)) {
    if let Some(Popup::Editor(editor)) = model.popups.last_mut() {
        change(editor);
    }
}

fn walk(model: &mut Model, older: bool) {
    let Some(Popup::Editor(editor)) = model.popups.last_mut() else { return };
    let (back, before) = match editor.walked.take() {
        Some((back, before)) => (if older { Some(back + 1) } else { back.checked_sub(1) }, before),
        None => (Some(0), Zeroizing::new(editor.text())),
    };
    let history = &model.input.history;
    match back.and_then(|back| Some((back, history.iter().rev().nth(back)?))) {
        Some((back, text)) => {
            editor.replace(text);
            editor.walked = Some((back, before));
        }
        None => editor.replace(&before),
    }
}

fn take_template(model: &mut Model) {
    let Some(Popup::Templates(list)) = model.popups.pop() else { return };
    let Some(Popup::Editor(editor)) = model.popups.last() else { return };
    let (Some(template), op) = (list.chosen(), editor.op) else { return };
    let mut with = model.progress.login(op).map_or_else(Filling::default, |login| Filling {
        id: String::new(),
        domain: login.ask.domain.clone(),
        jid: format!("{}@{}", login.ask.user, login.ask.domain),
        node: login.ask.host.clone(),
    });
    if template.text.contains("{{id}}") {
        with.id = model.input.fresh_id(template.name);
    }
    let text = template.filled(&with);
    paste(model, &text);
}

fn fill_id(model: &mut Model) {
    let Some(Popup::Editor(editor)) = model.popups.last_mut() else { return };
    let input = &mut model.input;
    if !editor.fill_id(|name| input.fresh_id(name)) {
        model.notice("there is no stanza without an id".to_owned());
    }
}

/// Pasted text goes in whole, or is said not to have gone in.
pub(super) fn paste(model: &mut Model, text: &str) {
    if let Some(Popup::Editor(editor)) = model.popups.last_mut()
        && !editor.paste(text)
    {
        model.notice("too long: an editor holds a megabyte in 20,000 lines; nothing was pasted".to_owned());
    }
}

/// Moves in the list of templates.
pub(super) fn step(model: &mut Model, motion: Motion, page: usize) {
    if let Some(Popup::Templates(list)) = model.popups.last_mut() {
        list.step(motion, page);
    }
}

/// Closes an editor; its text is kept. Of a walk through the history that is what stood there before, unless the text was
/// changed since.
pub(super) fn close(model: &mut Model, editor: Editor) {
    let mut text = editor.text();
    if let Some((back, before)) = &editor.walked
        && model.input.history.iter().rev().nth(*back) == Some(&text)
    {
        text = before.to_string();
    }
    match editor.kind {
        EditorKind::Proposal(original) => model.proposal_draft = Some((original, text)),
        EditorKind::Input => model.input.draft = Some(text).filter(|text| !text.is_empty()),
        EditorKind::HaStatus => model.input.ha_draft = Some(text).filter(|text| !text.is_empty()),
    }
}

/// The key that sends: at once where the text is whole stanzas, else after one question.
pub(super) fn send(model: &mut Model) -> Vec<Effect> {
    let Some(Popup::Editor(editor)) = model.popups.last() else { return Vec::new() };
    if editor.typed.form == Form::Empty {
        let nothing =
            if editor.kind == EditorKind::HaStatus { "nothing was pasted" } else { "there is nothing to send" };
        model.notice(nothing.to_owned());
        return Vec::new();
    }
    if let Some(why) = hindrance(model, editor) {
        model.notice(why.to_owned());
        return Vec::new();
    }
    match asked_about(editor) {
        Some(risk) => {
            model.popups.push(Popup::Question(Question::Send(risk)));
            Vec::new()
        }
        None => send_now(model),
    }
}

/// What is asked before the text goes. A proposal is what the stage needs: only what is not well-formed is asked about.
pub(super) fn asked_about(editor: &Editor) -> Option<Risk> {
    if editor.kind == EditorKind::HaStatus {
        return None;
    }
    let asked = editor.kind == EditorKind::Input || matches!(editor.typed.form, Form::Broken(_) | Form::Blank);
    editor.typed.risk().filter(|_| asked)
}

/// Why nothing can be sent now; the draft is kept.
fn hindrance(model: &Model, editor: &Editor) -> Option<&'static str> {
    if editor.kind == EditorKind::HaStatus {
        return None;
    }
    let standing = model.standings.get(&editor.op);
    if !standing.is_some_and(|standing| standing.alive) {
        return Some("the connection has ended: nothing was sent; the draft is kept");
    }
    match &editor.kind {
        EditorKind::Input if !valid::connected(model) => {
            Some("there is no connection to write to: nothing was sent; the draft is kept")
        }
        EditorKind::Proposal(original)
            if standing.and_then(|standing| standing.proposal_text.as_ref()) != Some(original) =>
        {
            Some("the login has gone on: this proposal is no longer the next; the draft is kept")
        }
        _ => None,
    }
}

/// Sends the text of the editor on top. The connection may have ended while a question stood.
pub(super) fn send_now(model: &mut Model) -> Vec<Effect> {
    let Some(Popup::Editor(editor)) = model.popups.pop() else { return Vec::new() };
    if let Some(why) = hindrance(model, &editor) {
        model.notice(why.to_owned());
        model.popups.push(Popup::Editor(editor));
        return Vec::new();
    }
    let (op, text) = (editor.op, editor.text());
    match editor.kind {
        EditorKind::Proposal(_) => {
            model.proposal_draft = None;
            vec![Effect::Live(Live::Edit(op, text.into()))]
        }
        EditorKind::HaStatus => {
            // Until it is known that something was understood of it.
            model.input.ha_draft = Some(text.clone());
            vec![Effect::Live(Live::HaStatus(text))]
        }
        EditorKind::Input => {
            model.input.draft = None;
            model.input.sent = Some((op, Zeroizing::new(text.clone())));
            model.follow();
            vec![Effect::Live(Live::Send(op, text.into()))]
        }
    }
}
