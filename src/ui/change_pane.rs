//! The change texts of a finding, one page each, and what a watch across the restart has seen. impscope restarts nothing:
//! it says what to do, and looks on.

use super::effect::{Copied, Effect, Live, Local};
use super::model::Model;
use super::popup::{Popup, Sheet};
use super::verdict::Key;
use crate::console::visible;
use crate::discovery::first_label;
use crate::findings::{self, Change, WatchTable};

/// The width of a text that is copied.
const COPIED: usize = 100;

impl Model {
    /// The changes that the remedies of a finding ask for; none where it asks for none, or no longer stands.
    pub(super) fn changes(&self, key: &Key) -> Vec<Change> {
        let shown = self.verdicts.place(key).and_then(|at| self.verdicts.list.get(at));
        shown.map_or_else(Vec::new, |shown| findings::changes(self.tree.walk(), &shown.finding))
    }

    /// What the watches have seen, the newest word last.
    pub(super) fn watch_tables(&self) -> Vec<WatchTable> {
        let mut tables = findings::watches(&self.progress, self.tree.walk(), self.now);
        tables.sort_by_key(|table| table.n);
        tables
    }

    /// Says once of each watch that the service is back: its page may be closed.
    pub(super) fn tell_watches(&mut self) {
        if self.setup.replay || self.tree.walk().watches().len() == self.told_back.len() {
            return;
        }
        let tables = self.watch_tables().into_iter().filter(|table| table.back.is_some());
        for table in tables.filter(|table| !self.told_back.contains(&table.n)).collect::<Vec<_>>() {
            self.told_back.push(table.n);
            let what = format!("{} on {} is back", table.service, first_label(&table.host));
            let next = self.setup.keys.sentence("{main.watch} shows before and after");
            self.notice(format!("{}: {next}", visible(&what)));
        }
    }

    /// The change that the page on top is about, and how many there are in all.
    fn change_on_top(&self) -> Option<(Change, usize)> {
        let Popup::Sheet(Sheet::Change(key, at), _) = self.popups.last()? else { return None };
        let mut changes = self.changes(key);
        let count = changes.len();
        (*at < count).then(|| (changes.swap_remove(*at), count))
    }

    /// The finding whose change texts can be opened: the one that is selected in the findings.
    fn changeable(&self) -> Option<Key> {
        let Some(Popup::Findings(pane)) = self.popups.last() else { return None };
        let key = self.verdicts.list.get(self.finding_at(pane))?.key();
        (!self.changes(&key).is_empty()).then_some(key)
    }

    /// Whether there is a change text to open, or another one to turn to.
    pub(super) fn can_change(&self) -> bool {
        self.changeable().is_some() || self.change_on_top().is_some_and(|(_, count)| count > 1)
    }

    /// Whether a watch can be begun here, or shown.
    pub(super) fn can_watch(&self) -> bool {
        let may_begin = !self.setup.replay && self.change_on_top().is_some();
        may_begin || (self.popups.is_empty() && !self.tree.walk().watches().is_empty())
    }

    /// Opens the change text of the selected finding, or turns to the next one; behind the last comes the first.
    pub(super) fn open_change(&mut self) {
        if let Some(key) = self.changeable() {
            self.popups.push(Popup::Sheet(Sheet::Change(key, 0), 0));
            return;
        }
        let count = self.change_on_top().map_or(0, |(_, count)| count);
        if let Some(Popup::Sheet(Sheet::Change(_, at), scroll)) = self.popups.last_mut()
            && count > 0
        {
            (*at, *scroll) = ((*at + 1) % count, 0);
        }
    }

    /// Begins to watch the service of the change text on top, and shows what is seen; over the panes, shows the newest watch.
    /// A service that is watched already is only shown: what it was before stands.
    pub(super) fn watch(&mut self) -> Vec<Effect> {
        self.touch();
        let Some((change, _)) = self.change_on_top() else {
            let newest = self.watch_tables().pop();
            if let Some(table) = newest.filter(|_| self.popups.is_empty()) {
                self.popups.push(Popup::Sheet(Sheet::Watch(table.host, table.service), 0));
            }
            return Vec::new();
        };
        let Change { node: host, service, .. } = change;
        let is_on = |table: &WatchTable| table.host == host && table.service == service && table.open;
        let goes_on = self.watch_tables().iter().any(is_on);
        self.popups.push(Popup::Sheet(Sheet::Watch(host.clone(), service.clone()), 0));
        if goes_on { Vec::new() } else { vec![Effect::Live(Live::Watch { host, service })] }
    }

    /// The change text, or the watch, on top as lines; none: neither is on top.
    pub(super) fn change_lines(&self, sheet: &Sheet, width: usize) -> Option<Vec<String>> {
        let lines = match sheet {
            Sheet::Change(key, at) => match self.changes(key).get(*at) {
                Some(change) => findings::change_lines(change, width),
                None => vec!["What was found no longer asks for this change.".to_owned()],
            },
            Sheet::Watch(host, service) => {
                let mut tables = self.watch_tables().into_iter();
                match tables.find(|table| table.host == *host && table.service == *service) {
                    Some(table) => findings::watch_lines(&table, width),
                    None => vec!["The watch is about to begin.".to_owned()],
                }
            }
            _ => return None,
        };
        Some(lines.iter().map(|line| visible(line)).collect())
    }

    /// Which change text of how many: `1 of 2`.
    pub(super) fn change_place(&self, key: &Key, at: usize) -> String {
        match self.changes(key).len() {
            count if count > 1 => format!(" · {} of {count}", at + 1),
            _ => String::new(),
        }
    }

    /// The change text or the watch on top in full, to be copied; none: neither is on top.
    pub(super) fn copied_change(&self) -> Option<Vec<Effect>> {
        let Some(Popup::Sheet(sheet, _)) = self.popups.last() else { return None };
        let lines = self.change_lines(sheet, COPIED)?;
        let what = if matches!(sheet, Sheet::Watch(..)) { Copied::Watch } else { Copied::Change };
        Some(vec![Effect::Local(Local::Copy(what, lines.join("\n") + "\n"))])
    }
}
