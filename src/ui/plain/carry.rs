//! Typed commands, carried out: answers are said at once, and what the program is asked for goes by keys.

use crossterm::event::Event;

use super::changes::item_text;
use super::command::{Command, name, parse, stage};
use super::rows::line;
use super::{Plain, Reply, Talk, WIDTH, finished, help, page, press};
use crate::console::{Filter, Pattern, Row, visible};
use crate::discovery::{Item, ItemId, first_label};
use crate::findings::{self, Explanation};
use crate::journal::EntryNo;
use crate::ui::action::{Action, ActionName, Page};
use crate::ui::editor::Editor;
use crate::ui::findings_pane::FindingsPane;
use crate::ui::geometry::Pane;
use crate::ui::input;
use crate::ui::keys::Context;
use crate::ui::model::Model;
use crate::ui::popup::{self, Popup, Sheet};
use crate::ui::valid::valid;
use crate::ui::verdict::Shown;
use crate::ui::view::page_lines;

/// So many rows are found at once.
const FOUND: usize = 20;

impl Plain {
    /// Takes a typed line.
    pub fn typed(&mut self, model: &mut Model, typed: &str) -> Reply {
        model.message_read();
        self.message = None;
        let mut reply = match model.popups.last() {
            Some(Popup::Editor(_)) if !self.whole => self.text_line(model, typed),
            Some(Popup::Editor(_)) => self.text_answer(model, typed),
            Some(_) if page::asks(model) => self.answer(model, typed),
            Some(_) => Reply::default(),
            None => self.command(model, typed),
        };
        reply.lines = finished(model, reply.lines);
        reply
    }

    fn command(&mut self, model: &mut Model, typed: &str) -> Reply {
        match parse(typed, &model.setup.keys) {
            Command::Nothing => Reply::default(),
            Command::Act(ActionName::Help, _) => Reply::said(help::lines(&model.setup.keys)),
            Command::Act(does, context) => self.act(model, does, context),
            Command::Picture(word) => Reply::error(&format!("{word} is for the screen; there is no picture here")),
            Command::Unknown(word, near) => {
                let near = if near.is_empty() { "help".to_owned() } else { near.join(", ") };
                Reply::error(&format!("there is no command {word}; near it: {near}"))
            }
            Command::Word(word, rest) => self.word(model, word, &rest),
        }
    }

    /// A key, by whichever name it was typed.
    fn act(&mut self, model: &mut Model, does: ActionName, context: Context) -> Reply {
        let action = does.action();
        if !valid(model, &action) && does != ActionName::QuitNow {
            return Reply::error(&format!("{} is not possible now; {}", name(does), self.why(model)));
        }
        if matches!(action, Action::Open(Page::XmlInput)) {
            // What was typed before is not there to be edited.
            model.input.draft = None;
        }
        model.focus = if context == Context::Console { Pane::Console } else { Pane::Tree };
        Reply::pressed(press(model, does, context))
    }

    /// Where things stand, for a command that cannot be carried out.
    fn why(&self, model: &Model) -> String {
        self.status(model)
            .into_iter()
            .find(|line| !line.starts_with("selected") && !line.starts_with("stages"))
            .unwrap_or_default()
    }

    fn word(&mut self, model: &mut Model, word: &str, rest: &str) -> Reply {
        match word {
            "status" => Reply::said(self.status(model)),
            "tree" => Reply::said(self.tree(model)),
            "select" => self.select(model, rest),
            "console" => Reply::said(newest(model, rest.parse().unwrap_or(10))),
            "show" => show(model, rest, (false, false)),
            "raw" => show(model, rest, (true, false)),
            "hex" => show(model, rest, (false, true)),
            "find" => find(model, rest).map_or_else(|why| Reply::error(&why), Reply::said),
            "filter" => filter(model, rest),
            "explain" => explain(model, rest),
            "findings" => self.opened(model, Popup::Findings(FindingsPane::of(None))),
            "finding" => finding(model, rest),
            "change" => change(model, rest),
            "watch" if rest.is_empty() => self.act(model, ActionName::Watch, Context::Main),
            "watch" => watch(model, rest),
            "copy" => self.copy(model, rest),
            "report" => self.act(model, ActionName::SaveReport, Context::Main),
            "send" => self.act(model, ActionName::XmlInput, Context::Main),
            "until" => self.breakpoint(model, rest, true),
            "break" => self.breakpoint(model, rest, false),
            "quiet" => self.talks(Talk::Quiet),
            "usual" => self.talks(Talk::Usual),
            "verbose" => self.talks(Talk::Verbose),
            _ => Reply::error("nothing is asked"),
        }
    }

    /// Prints an entry, or a finding, and has it kept in a file.
    fn copy(&mut self, model: &mut Model, rest: &str) -> Reply {
        if let Some(rest) = rest.strip_prefix("finding") {
            self.answered = true;
            return copy_finding(model, rest.trim());
        }
        let Some(n) = entry(model, rest) else {
            return Reply::error("copy N: the number of an entry that has a row, as in received #58");
        };
        model.popups.push(Popup::Sheet(Sheet::Entry(n), 0));
        let (title, text) = page_lines(model, WIDTH);
        model.touch();
        Reply { copy: Some(format!("{title}\n{}\n", text.join("\n"))), ..Reply::default() }
    }

    fn talks(&mut self, talk: Talk) -> Reply {
        self.talk = talk;
        Reply::said(vec![
            match talk {
                Talk::Quiet => "talk: quiet",
                Talk::Usual => "talk: usual",
                Talk::Verbose => "talk: verbose",
            }
            .to_owned(),
        ])
    }

    /// Opens a page; it is printed with the next changes.
    fn opened(&mut self, model: &mut Model, popup: Popup) -> Reply {
        model.popups.push(popup);
        model.touch();
        Reply::default()
    }

    /// The tree with numbers; closed items are left out, as on the screen.
    fn tree(&mut self, model: &Model) -> Vec<String> {
        let rows = model.tree_rows();
        self.listed = rows.iter().map(|row| row.item.id.clone()).collect();
        let line = |(at, row): (usize, &crate::ui::tree_pane::TreeRow<'_>)| {
            let selected = if Some(&row.item.id) == model.selected.as_ref() { " (selected)" } else { "" };
            format!("tree {}: {}{}{selected}", at + 1, "  ".repeat(row.depth), item_text(row.item))
        };
        let lines: Vec<String> = rows.iter().enumerate().map(line).collect();
        if lines.is_empty() { vec!["tree: nothing was asked yet".to_owned()] } else { lines }
    }

    fn select(&mut self, model: &mut Model, asked: &str) -> Reply {
        if self.listed.is_empty() {
            self.tree(model);
        }
        let by_number = asked.parse::<usize>().ok().and_then(|n| self.listed.get(n.checked_sub(1)?).cloned());
        let Some(id) = by_number.or_else(|| named(model.tree.items(), asked)) else {
            return Reply::error(&format!("nothing in the tree is {asked}; tree lists it"));
        };
        if model.tree.find(&id).is_none() {
            return Reply::error("that item is gone; tree lists what there is");
        }
        model.tree_to(&id);
        Reply::default()
    }

    /// Sets or clears a breakpoint; `run`: sets it, and goes on to it.
    fn breakpoint(&mut self, model: &mut Model, rest: &str, run: bool) -> Reply {
        let (stage, after) = match stage(rest) {
            Ok(found) => found,
            Err(why) => return Reply::error(&why),
        };
        let reply = self.act(model, ActionName::Breakpoints, Context::Main);
        let Some(op) = model.shown_login().filter(|_| !reply.press.is_empty()) else { return reply };
        if !popup::stages(model, op).contains(&stage) {
            return Reply::error(&format!("this login does not go as far as {stage}"));
        }
        let standing = model.login_standing();
        let is_set = standing.is_some_and(|standing| standing.breakpoints.contains(&(stage, after)));
        let mut keys: Vec<Option<Event>> = Vec::new();
        if !(run && is_set) {
            model.popups.push(Popup::Breakpoints(op, stage as usize, after));
            keys.push(press(model, ActionName::Toggle, Context::Breakpoints));
            keys.push(press(model, ActionName::Close, Context::List));
        }
        keys.extend(run.then(|| press(model, ActionName::Continue, Context::Main)));
        let side = if after { "after" } else { "before" };
        let does = if is_set && !run { "cleared" } else { "set" };
        let said = vec![format!("breakpoint: {side} {} {does}", stage.name())];
        Reply { lines: said, ..Reply::pressed(keys.into_iter().flatten()) }
    }

    /// Yes, no, or neither.
    fn answer(&mut self, model: &mut Model, typed: &str) -> Reply {
        let does = match typed.trim().to_ascii_lowercase().as_str() {
            "yes" | "y" => ActionName::Yes,
            "no" | "n" => ActionName::Close,
            "keep" | "k" if popup::asks_certificate(model) => ActionName::Keep,
            _ => return Reply::error("a question is open: yes or no"),
        };
        self.announced = 0;
        self.answered = matches!(model.popups.last(), Some(Popup::Sheet(..)));
        Reply::pressed(press(model, does, Context::Question))
    }

    /// A line of a text. The last one shows what would be sent, and asks.
    fn text_line(&mut self, model: &mut Model, typed: &str) -> Reply {
        let text = self.text.get_or_insert_default();
        if typed != "." {
            text.push(typed.to_owned());
            return Reply::default();
        }
        let text = text.join("\n");
        let Some(Popup::Editor(editor)) = model.popups.last_mut() else { return Reply::default() };
        **editor = Editor::new(editor.op, editor.kind.clone(), &text);
        let (remark, _) = editor.typed.remark();
        self.whole = true;
        let count = text.len();
        let risk = input::asked_about(editor).map(|risk| [risk.what, risk.likely]);
        let mut lines = vec![format!("text: {count} bytes, {remark}")];
        lines.extend(risk.into_iter().flatten());
        lines.push("question: send it? type yes or no".to_owned());
        Reply::said(lines)
    }

    fn text_answer(&mut self, model: &Model, typed: &str) -> Reply {
        let does = match typed.trim().to_ascii_lowercase().as_str() {
            "yes" | "y" => ActionName::Send,
            "no" | "n" => ActionName::Close,
            _ => return Reply::error("whether the text is sent is asked: yes or no"),
        };
        self.announced = 0;
        // What the screen would ask of such a text was asked with the text itself.
        let is_risky = match model.popups.last() {
            Some(Popup::Editor(editor)) => does == ActionName::Send && input::asked_about(editor).is_some(),
            _ => false,
        };
        let yes = is_risky.then(|| press(model, ActionName::Yes, Context::Question)).into_iter().flatten();
        Reply::pressed(press(model, does, Context::Editor).into_iter().chain(yes))
    }
}

impl Reply {
    fn said(lines: Vec<String>) -> Self {
        Self { lines, ..Self::default() }
    }

    pub(super) fn pressed(keys: impl IntoIterator<Item = Event>) -> Self {
        Self { press: keys.into_iter().collect(), ..Self::default() }
    }

    fn error(why: &str) -> Self {
        Self::said(vec![format!("error: {why}")])
    }
}

/// The number that a command names: `57`, `#57`.
fn number(rest: &str) -> Option<u64> {
    rest.trim_start_matches('#').parse().ok()
}

/// An item by its name: in full, by its first label, by its beginning; nodes before everything else.
fn named(items: &[Item], asked: &str) -> Option<ItemId> {
    fn collect<'a>(items: &'a [Item], all: &mut Vec<&'a Item>) {
        items.iter().for_each(|item| {
            all.push(item);
            collect(&item.children, all);
        });
    }
    let mut all = Vec::new();
    collect(items, &mut all);
    all.sort_by_key(|item| item.node.is_none() || item.id.0.contains("/stage:"));
    let asked = asked.to_lowercase();
    let is = |fits: &dyn Fn(&str) -> bool| all.iter().find(|item| fits(&item.name.to_lowercase()));
    let found = is(&|name| name == asked)
        .or_else(|| is(&|name| first_label(name) == first_label(&asked)))
        .or_else(|| is(&|name| !asked.is_empty() && name.starts_with(&asked)));
    found.map(|item| item.id.clone())
}

/// The newest rows of what is selected.
fn newest(model: &Model, count: usize) -> Vec<String> {
    let places = model.sight.rows();
    let first = places.len().saturating_sub(count);
    let rows = places[first..].iter().filter_map(|at| model.console.rows().get(*at));
    let lines: Vec<String> = rows.map(|row| said(model, row)).collect();
    if lines.is_empty() { vec!["console: no row yet".to_owned()] } else { lines }
}

fn said(model: &Model, row: &Row) -> String {
    line(model, row, model.console.place_of(row).unwrap_or_default(), None)
}

/// The entry that a command names, where it has a row.
fn entry(model: &Model, rest: &str) -> Option<EntryNo> {
    number(rest).map(EntryNo).filter(|n| model.console.row(*n).is_some())
}

/// An entry in full: laid out, raw, or as hex.
fn show(model: &mut Model, rest: &str, form: (bool, bool)) -> Reply {
    let Some(n) = entry(model, rest) else {
        return Reply::error("show N: the number of an entry that has a row, as in received #58");
    };
    let before = (model.raw, model.hex);
    (model.raw, model.hex) = form;
    model.popups.push(Popup::Sheet(Sheet::Entry(n), 0));
    let lines = page::labelled(model, "entry");
    model.popups.pop();
    (model.raw, model.hex) = before;
    Reply::said(lines)
}

fn find(model: &Model, text: &str) -> Result<Vec<String>, String> {
    if text.is_empty() {
        return Err("find TEXT: which text?".to_owned());
    }
    let wanted = Pattern::regex(text)?;
    let all: Vec<&Row> = model.console.rows().iter().filter(|row| wanted.is_in(&row.text())).collect();
    let mut lines: Vec<String> =
        all.iter().take(FOUND).map(|row| format!("found: {}", said(model, row))).collect();
    lines.push(match all.len() {
        0 => format!("found: nothing holds {}", visible(text)),
        more if more > FOUND => format!("found: {more} rows, of which these are the first {FOUND}"),
        all => format!("found: {all} in all"),
    });
    Ok(lines)
}

/// From here on only the rows that a filter shows are said and listed.
fn filter(model: &mut Model, text: &str) -> Reply {
    match text.parse::<Filter>() {
        Ok(parsed) => {
            model.sight.filter_by(parsed, model.setup.ahead_of_utc);
            model.look();
            model.touch();
            let (shown, hidden) = (model.sight.rows().len(), model.sight.hidden());
            Reply::said(vec![format!("filter: {shown} rows of what is selected are shown, {hidden} are not")])
        }
        Err(why) => Reply::error(&why),
    }
}

fn explain(model: &mut Model, asked: &str) -> Reply {
    if let Some(n) = entry(model, asked) {
        model.popups.push(Popup::Sheet(Sheet::Explain(n), 0));
        model.touch();
        return Reply::default();
    }
    match findings::explain(asked, WIDTH) {
        _ if asked.is_empty() => Reply::error("explain CODE: a finding's code, an RTMT alert or a Jabber error"),
        Explanation::Known(lines) => Reply::said(
            lines.iter().filter(|line| !line.is_empty()).map(|line| format!("explain: {line}")).collect(),
        ),
        Explanation::Unknown(near) => {
            let near = if near.is_empty() { "nothing".to_owned() } else { near.join(", ") };
            Reply::error(&format!("nothing is known of that; near it: {near}"))
        }
    }
}

/// Which of the findings is meant; the gravest without a number.
fn chosen(model: &Model, rest: &str) -> Option<usize> {
    let at = if rest.is_empty() {
        model.verdicts.gravest_at().or(Some(0))
    } else {
        number(rest)?.checked_sub(1).and_then(|at| usize::try_from(at).ok())
    };
    at.filter(|at| *at < model.verdicts.list.len())
}

fn finding(model: &Model, rest: &str) -> Reply {
    let Some(shown) = chosen(model, rest).and_then(|at| model.verdicts.list.get(at)) else {
        return Reply::error("finding N: findings lists them with their numbers");
    };
    let lines = findings::lines(&shown.finding, WIDTH);
    let mut lines: Vec<String> =
        lines.iter().filter(|line| !line.trim().is_empty()).map(|line| format!("finding: {line}")).collect();
    let rows = shown.finding.evidence.iter().filter_map(|n| model.console.row(*n));
    lines.extend(rows.map(|row| format!("evidence: {}", said(model, row))));
    Reply::said(lines)
}

/// The change requests of a finding.
fn change(model: &Model, rest: &str) -> Reply {
    let Some(key) = chosen(model, rest).and_then(|at| model.verdicts.list.get(at)).map(Shown::key) else {
        return Reply::error("change N: findings lists them with their numbers");
    };
    let lines = model.changes(&key).into_iter().zip(1..).flat_map(|(change, at)| {
        let lines = findings::change_lines(&change, WIDTH).into_iter();
        lines.map(move |line| format!("change {at}: {}", visible(&line)))
    });
    let lines: Vec<String> = lines.collect();
    if lines.is_empty() {
        Reply::error("no remedy of this finding restarts or starts a service")
    } else {
        Reply::said(lines)
    }
}

/// Begins a watch, by the key that does so in a change text.
fn watch(model: &mut Model, rest: &str) -> Reply {
    let (finding, change) = rest.split_once(char::is_whitespace).unwrap_or((rest, "1"));
    let key = chosen(model, finding).and_then(|at| model.verdicts.list.get(at)).map(Shown::key);
    let at = change.trim().parse::<usize>().ok().and_then(|at| at.checked_sub(1));
    match key.zip(at).filter(|(key, at)| *at < model.changes(key).len()) {
        Some((key, at)) => {
            model.popups.push(Popup::Sheet(Sheet::Change(key, at), 0));
            Reply::pressed(press(model, ActionName::Watch, Context::Change))
        }
        None => Reply::error("watch N K: a finding's number, and that of one of its change requests (change N)"),
    }
}

/// Copies a finding, by the key that does so in the list.
fn copy_finding(model: &mut Model, rest: &str) -> Reply {
    let Some(at) = chosen(model, rest) else {
        return Reply::error("copy finding N: findings lists them with their numbers");
    };
    let mut reply = finding(model, &(at + 1).to_string());
    model.popups.push(Popup::Findings(FindingsPane::of(model.verdicts.list.get(at))));
    reply.press = press(model, ActionName::Copy, Context::Findings).into_iter().collect();
    reply
}
