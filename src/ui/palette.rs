//! The palette: all actions that can be meant from where the keys are, searched by typing. What an action leads to is
//! said as things stand; one that means nothing now stands at the end and says why.

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};

use super::action::{Action, ActionName, Motion, Show};
use super::care::care;
use super::effect::{Effect, Local};
use super::geometry::Pane;
use super::keys::{Binding, Care, Context};
use super::model::Model;
use super::popup::{self, Popup, moved};
use super::valid::valid;
use super::{rebind, update, why};

/// What can be chosen.
#[derive(Clone, PartialEq)]
pub struct Choice {
    /// Its name in the table.
    pub(super) name: String,
    /// Its keys; empty: it has none.
    pub(super) keys: String,
    /// What it does.
    pub(super) help: String,
    /// What it would lead to.
    pub(super) care: Care,
    /// Why it means nothing now; none: it can be done.
    pub(super) why: Option<String>,
    action: Action,
    /// The pane that must have the keys for it.
    pane: Option<Pane>,
}

/// The palette while it is open.
#[derive(Clone, Default, PartialEq)]
pub struct Palette {
    /// What was typed.
    pub(super) typed: String,
    /// What fits, best first.
    pub(super) shown: Vec<Choice>,
    /// The selected one.
    pub(super) at: usize,
    all: Vec<Choice>,
}

impl Palette {
    /// Takes a key for what is typed.
    pub(super) fn key(&mut self, key: KeyEvent) {
        let control = key.modifiers.intersects(KeyModifiers::CONTROL | KeyModifiers::ALT);
        match key.code {
            KeyCode::Char('u') if key.modifiers.contains(KeyModifiers::CONTROL) => self.typed.clear(),
            KeyCode::Char(character) if !control => self.typed.push(character),
            KeyCode::Backspace => drop(self.typed.pop()),
            _ => return,
        }
        self.at = 0;
        self.search();
    }

    /// Takes pasted text for what is typed: its first line.
    pub(super) fn paste(&mut self, text: &str) {
        self.typed.extend(text.lines().next().unwrap_or_default().chars().filter(|c| !c.is_control()));
        self.at = 0;
        self.search();
    }

    /// Moves the selection.
    pub(super) fn step(&mut self, motion: Motion, page: usize) {
        self.at = moved(self.at, motion, page, self.shown.len());
    }

    /// Takes what can be chosen now; the selection stays on its action.
    fn take(&mut self, all: Vec<Choice>) {
        let selected = self.shown.get(self.at).map(|choice| choice.action.clone());
        self.all = all;
        self.search();
        let place = selected.and_then(|action| self.shown.iter().position(|choice| choice.action == action));
        self.at = place.unwrap_or(self.at).min(self.shown.len().saturating_sub(1));
    }

    /// What fits what was typed: what can be done before what cannot, and by where the words stand.
    fn search(&mut self) {
        let typed = self.typed.to_lowercase();
        let words: Vec<&str> = typed.split_whitespace().collect();
        let mut fits: Vec<((bool, usize), &Choice)> = self
            .all
            .iter()
            .filter_map(|choice| Some(((choice.why.is_some(), rank(choice, &words)?), choice)))
            .collect();
        fits.sort_by_key(|(order, _)| *order);
        self.shown = fits.into_iter().map(|(_, choice)| choice.clone()).collect();
    }
}

/// How far from the front the words stand in name and help together; none: one of them is in neither. A word's
/// beginning counts before its inside, and the name before the help.
fn rank(choice: &Choice, words: &[&str]) -> Option<usize> {
    let text = format!("{} {}", choice.name.replace('_', " "), choice.help).to_lowercase();
    let place = |word: &&str| {
        let starts = text
            .match_indices(word)
            .find(|(at, _)| text[..*at].chars().next_back().is_none_or(|before| !before.is_alphanumeric()));
        let inside = || text.find(word).map(|at| at + text.len());
        // `xml_input` is typed as well as `xml input`.
        let by_name = || choice.name.find(word);
        starts.map(|(at, _)| at).or_else(by_name).or_else(inside)
    };
    words.iter().map(place).try_fold(0, |sum, place| Some(sum + place?))
}

/// Opens the palette over what has the keys.
pub(super) fn open(model: &mut Model) {
    model.popups.push(Popup::Palette(Palette::default()));
    refresh(model);
    model.touch();
}

/// Brings an open palette up to date: what can be done may have changed.
pub(super) fn refresh(model: &mut Model) {
    let Some(Popup::Palette(mut palette)) = model.popups.pop_if(|popup| matches!(popup, Popup::Palette(_))) else {
        return;
    };
    palette.take(choices(model));
    model.popups.push(Popup::Palette(palette));
}

/// Does what is selected, where that can be done; else says why not.
pub(super) fn run(model: &mut Model) -> Vec<Effect> {
    refresh(model);
    let Some(Popup::Palette(palette)) = model.popups.last() else { return Vec::new() };
    let Some(choice) = palette.shown.get(palette.at).cloned() else { return Vec::new() };
    if let Some(why) = choice.why {
        model.notice(why);
        return Vec::new();
    }
    model.popups.pop();
    model.focus = choice.pane.unwrap_or(model.focus);
    model.touch();
    update(model, choice.action)
}

/// Carries out what means the same wherever the keys are; none: it is no such action.
pub(super) fn anywhere(model: &mut Model, action: &Action) -> Option<Vec<Effect>> {
    match action {
        Action::Show(Show::Mouse) => {
            model.setup.mouse = !model.setup.mouse;
            let words = match model.setup.mouse {
                true => "the mouse scrolls and selects here; Shift leaves it to the terminal",
                false => "the mouse is the terminal's again",
            };
            model.notice(words.to_owned());
            Some(vec![Effect::Local(Local::Mouse(model.setup.mouse))])
        }
        Action::Suspend => Some(vec![Effect::Local(Local::Suspend)]),
        Action::Theme(named) => {
            let names = model.setup.themes.names();
            let at = names.iter().position(|name| *name == model.setup.theme_name);
            let next = names[at.map_or(0, |at| (at + 1) % names.len())].to_owned();
            let name = named.clone().unwrap_or(next);
            if let Some(theme) = model.setup.themes.theme(&name) {
                model.setup.theme = theme;
                model.notice(format!("theme {name}; theme = {name:?} in the configuration keeps it"));
                model.setup.theme_name = name;
            }
            Some(Vec::new())
        }
        _ => None,
    }
}

/// What can be chosen from where the keys are.
fn choices(model: &mut Model) -> Vec<Choice> {
    let contexts = popup::contexts(model);
    let inner: Vec<Context> = contexts.iter().copied().filter(|context| *context != Context::Everywhere).collect();
    let mut choices = of_contexts(model, &inner, None);
    if model.popups.is_empty() {
        // The other pane's, too: it gets the keys then. Its movements are this one's as well.
        let (pane, context) = match model.focus {
            Pane::Tree => (Pane::Console, Context::Console),
            Pane::Console => (Pane::Tree, Context::Tree),
        };
        let here = std::mem::replace(&mut model.focus, pane);
        let other = of_contexts(model, &[context], Some(pane));
        model.focus = here;
        choices.extend(other.into_iter().filter(|choice| !matches!(choice.action, Action::Move(_))));
    }
    choices.extend(of_contexts(model, &[Context::Everywhere], None));
    choices
}

fn of_contexts(model: &Model, contexts: &[Context], pane: Option<Pane>) -> Vec<Choice> {
    let table = model.setup.keys.table();
    let mut choices: Vec<Choice> = Vec::new();
    let mut said: Vec<ActionName> = Vec::new();
    let here = |binding: &&Binding| binding.contexts.iter().any(|context| contexts.contains(context));
    for binding in table.iter().filter(here).filter(|binding| binding.does != ActionName::Palette) {
        if said.contains(&binding.does) {
            continue;
        }
        said.push(binding.does);
        let same = table.iter().filter(here).filter(|other| other.does == binding.does);
        let keys: Vec<&str> = same.flat_map(|other| &other.press).map(String::as_str).collect();
        let choice = Choice {
            name: rebind::name(binding.does),
            keys: keys.join(" "),
            help: binding.help.clone(),
            care: care(model, binding),
            why: None,
            action: binding.does.action(),
            pane,
        };
        match choice.action {
            Action::Theme(None) => choices.extend(themes(model, &choice)),
            _ => choices.push(choice),
        }
    }
    for choice in &mut choices {
        choice.why = (!valid(model, &choice.action)).then(|| why::why_not(model, &choice.action));
    }
    choices
}

/// One choice for each theme.
fn themes(model: &Model, next: &Choice) -> Vec<Choice> {
    let themes = model.setup.themes.names().into_iter().map(|name| Choice {
        name: format!("theme {name}"),
        keys: String::new(),
        help: format!("the theme {name}, for this run"),
        action: Action::Theme(Some(name.to_owned())),
        ..next.clone()
    });
    std::iter::once(next.clone()).chain(themes).collect()
}
