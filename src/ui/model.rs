//! What the screen shows: the folds over the journal, what the driver says of live logins, and the user's own
//! state (selection, scroll, what is open). Holds no drawing type but the theme.

use std::collections::BTreeMap;
use std::time::Duration;

use super::console_pane::{PageLine, Viewport};
use super::geometry::Pane;
use super::hands::Hands;
use super::input::Input;
use super::keys::Keys;
use super::laid_rows::LaidRows;
use super::playback::Playback;
use super::popup::{Popup, Sheet};
use super::replies::Replies;
pub use super::standing::{Budget, Hold, Standing};
use super::theme::{Theme, ThemeName};
use super::themes::Themes;
use super::tree_pane::Fold;
use super::verdict::Verdicts;
use crate::console::ladder::Ladder;
use crate::console::{Console, Sight};
use crate::discovery::{Item, ItemId, Tree, Wants};
use crate::journal::{Entry, EntryNo, Offset, OpId, node_key};
use crate::progress::{Level, LoginProgress, Progress};

/// How the screen is set up. While it runs only the palette changes it: theme and mouse.
#[derive(Debug, Clone)]
pub struct Setup {
    /// The theme.
    pub theme: Theme,
    /// Its name.
    pub theme_name: String,
    /// The themes that there are.
    pub themes: Themes,
    /// The keys.
    pub keys: Keys,
    /// The mouse is taken.
    pub mouse: bool,
    /// The file by whose word nothing of the user's own may be sent and no further attempts be made; none: no such word.
    pub read_only: Option<String>,
    /// Draw with ASCII alone.
    pub ascii: bool,
    /// Lines instead of a picture ([`Plain`](super::plain::Plain)).
    pub plain: bool,
    /// A slow line: the clock ticks once a second instead of four times.
    pub slow_line: bool,
    /// Seconds by which the shown time of day is ahead of UTC.
    pub ahead_of_utc: i32,
    /// Whether a recording is written.
    pub recording: bool,
    /// Whether this is a recording that is shown: it has no engine and can send nothing.
    pub replay: bool,
}

impl Default for Setup {
    fn default() -> Self {
        let theme = Theme::named(ThemeName::Dark);
        Self {
            theme,
            theme_name: "dark".to_owned(),
            themes: Themes::default(),
            keys: Keys::default(),
            mouse: false,
            read_only: None,
            ascii: false,
            plain: false,
            slow_line: false,
            ahead_of_utc: 0,
            recording: false,
            replay: false,
        }
    }
}

/// What the screen shows.
pub struct Model {
    pub(super) setup: Setup,
    pub(super) tree: Tree,
    pub(super) progress: Progress,
    pub(super) console: Console,
    pub(super) sight: Sight,
    pub(super) ladder: Ladder,
    pub(super) verdicts: Verdicts,
    pub(super) standings: BTreeMap<OpId, Standing>,
    pub(super) selected: Option<ItemId>,
    /// The user has moved the selection, or done something where it stands: from then on it is the user's.
    pub(super) settled: bool,
    /// How far the user opened or closed items; the others stand as the tree has them.
    pub(super) folds: BTreeMap<ItemId, Fold>,
    pub(super) tree_top: Option<ItemId>,
    pub(super) viewports: BTreeMap<String, Viewport>,
    pub(super) page: Vec<PageLine>,
    pub(super) hands: Hands,
    pub(super) laid_rows: LaidRows,
    pub(super) focus: Pane,
    pub(super) zoom: bool,
    pub(super) raw: bool,
    /// An entry on its own is shown byte by byte.
    pub(super) hex: bool,
    pub(super) popups: Vec<Popup>,
    pub(super) proposal_draft: Option<(String, String)>,
    /// The page on which the user's word was given, as long as it is open.
    pub(super) said_on: Option<Sheet>,
    pub(super) input: Input,
    pub(super) replies: Replies,
    pub(super) message: Option<String>,
    pub(super) budget: Budget,
    pub(super) playback: Option<Playback>,
    /// The watches of which it was said that the service is back.
    pub(super) told_back: Vec<EntryNo>,
    pub(super) size: (u16, u16),
    pub(super) now: Offset,
    /// How many entries were applied.
    pub(super) applied: usize,
    clock_drawn: (Option<String>, Option<String>),
    facts_changed: bool,
    dirty: bool,
}

impl Model {
    /// An empty screen of this size in columns and rows.
    pub fn new(setup: Setup, columns: u16, rows: u16) -> Self {
        Self {
            setup,
            tree: Tree::default(),
            progress: Progress::default(),
            console: Console::default(),
            sight: Sight::default(),
            ladder: Ladder::default(),
            verdicts: Verdicts::default(),
            standings: BTreeMap::new(),
            selected: None,
            settled: false,
            folds: BTreeMap::new(),
            tree_top: None,
            viewports: BTreeMap::new(),
            page: Vec::new(),
            hands: Hands::default(),
            laid_rows: LaidRows::default(),
            focus: Pane::Tree,
            zoom: false,
            raw: false,
            hex: false,
            popups: Vec::new(),
            proposal_draft: None,
            said_on: None,
            input: Input::default(),
            replies: Replies::default(),
            message: None,
            budget: Budget::default(),
            playback: None,
            told_back: Vec::new(),
            size: (columns, rows),
            now: Offset(0),
            applied: 0,
            clock_drawn: (None, None),
            facts_changed: false,
            dirty: true,
        }
    }

    /// Takes the next entry of the journal.
    pub fn apply(&mut self, entry: &Entry) {
        self.applied += 1;
        self.tree.apply(entry);
        self.progress.apply(entry);
        self.console.apply(entry);
        self.tell_replies(entry);
        self.note_typed(entry);
        self.ladder.apply(entry);
        self.facts_changed = true;
        self.dirty = true;
    }

    /// Shows what other entries come to, in place of those that were applied.
    pub(super) fn put(&mut self, tree: Tree, progress: Progress, console: Console) {
        (self.tree, self.progress, self.console) = (tree, progress, console);
        self.sight.look_afresh();
        self.facts_changed = true;
        self.dirty = true;
    }

    /// What the driver says of a login now.
    pub fn standing(&mut self, op: OpId, standing: Standing) {
        if self.standings.get(&op) != Some(&standing) {
            let ended = !standing.alive;
            self.standings.insert(op, standing);
            self.dirty = true;
            if ended {
                self.not_gone(op);
            }
        }
    }

    /// What credentials are at hand, and how many attempts with them were made: what waits for them, and what asks
    /// whether they may be used, says so.
    pub fn budget(&mut self, budget: Budget) {
        self.dirty |= self.budget != budget;
        self.budget = budget;
    }

    /// Whether the system's word takes away what sends a text of the user's own or costs further attempts.
    pub fn is_read_only(&self) -> bool {
        self.setup.read_only.is_some()
    }

    /// The terminal's size in columns and rows.
    pub fn resize(&mut self, columns: u16, rows: u16) {
        self.size = (columns, rows);
        self.dirty = true;
    }

    /// A line for the user, shown until the next key.
    pub fn notice(&mut self, text: String) {
        self.message = Some(text);
        self.dirty = true;
    }

    pub(super) fn message_read(&mut self) {
        self.dirty |= self.message.take().is_some();
    }

    /// Something that is drawn has changed.
    pub(super) fn touch(&mut self) {
        self.dirty = true;
    }

    /// Settles what new entries left open and says whether the screen must be drawn. `now` is on the journal's
    /// clock. Call it before [`draw`](super::view::draw).
    pub fn refresh(&mut self, now: Offset) -> bool {
        self.now = now;
        self.settle();
        self.tell_silent_replies();
        if std::mem::take(&mut self.facts_changed) {
            self.verdicts = Verdicts::of(&self.progress, self.tree.walk());
            self.tell_watches();
        }
        let clock = (self.clock().map(|clock| clock.text), self.playback_words());
        if self.dirty {
            super::palette::refresh(self);
            self.lay_page();
        }
        if clock != self.clock_drawn {
            self.clock_drawn = clock;
            self.dirty = true;
        }
        std::mem::take(&mut self.dirty)
    }

    /// Brings the tree up to date with the entries, and the selection with the tree.
    pub(super) fn settle(&mut self) {
        self.tree.settle();
        self.keep_selection();
        self.look();
    }

    /// Brings the rows in sight up to date with the selection and the entries.
    pub(super) fn look(&mut self) {
        self.sight.look_at(&self.console_key());
        self.sight.settle(&self.console);
    }

    /// Until the user moves it, the selection stands on the node that is to be stepped. Later it stays; where its
    /// item has gone (a stage of a login that a newer one replaced), it goes to the item above.
    fn keep_selection(&mut self) {
        if !self.settled {
            self.selected = self.first_choice();
            return;
        }
        while let Some(gone) = self.selected.take_if(|id| self.tree.find(id).is_none()) {
            self.selected = gone.0.rsplit_once('/').map(|(above, _)| ItemId(above.to_owned()));
        }
        if self.selected.is_none() {
            self.selected = self.first_choice();
        }
    }

    /// The node that is stepped, else the home node, else the first node, else the first item.
    fn first_choice(&self) -> Option<ItemId> {
        let nodes = self.tree.nodes();
        let stepped = nodes.iter().find(|node| node.op.is_some_and(|op| self.standings.contains_key(&op)));
        let home = nodes.iter().find(|node| node.marks.iter().any(|mark| mark == "home"));
        stepped.or(home).or(nodes.first()).or(self.tree.items().first()).map(|item| item.id.clone())
    }

    /// When the drawn clock next changes, or a typed request has waited long; none while nothing is waited for.
    pub fn next_tick(&self) -> Option<Offset> {
        [self.next_clock(), self.replies.next()].into_iter().flatten().min()
    }

    fn next_clock(&self) -> Option<Offset> {
        let wait = self.login().and_then(|login| login.wait.as_ref()).map(|wait| wait.since);
        let since = wait.or(self.playback.as_ref().filter(|playback| playback.is_playing()).map(|_| Offset(0)))?;
        let step = self.tick_step().as_micros() as u64;
        let done = self.now.0.saturating_sub(since.0) / step;
        Some(Offset(since.0.saturating_add((done + 1).saturating_mul(step))))
    }

    /// The operation of the login that is shown.
    pub fn shown_login(&self) -> Option<OpId> {
        self.login().map(|login| login.op)
    }

    pub(super) fn tick_step(&self) -> Duration {
        let step = Duration::from_millis(if self.setup.slow_line { 1000 } else { 250 });
        // A recording that runs faster changes no more often for that.
        step * self.playback.as_ref().map_or(1, Playback::pace)
    }

    /// The one clock: how long the shown login has waited, in the steps in which it is drawn.
    pub(super) fn clock(&self) -> Option<Clock> {
        let wait = self.login()?.wait.as_ref()?;
        let step = self.tick_step().as_millis();
        let ms = self.now.since(wait.since).as_millis() / step * step;
        let seconds = ms / 1000;
        let text = match seconds {
            0..100 if !self.setup.slow_line => format!("{seconds}.{}s", ms % 1000 / 100),
            _ => format!("{seconds}s"),
        };
        Some(Clock { text, level: wait.level })
    }

    /// The item on which the selection stands.
    pub(super) fn selected_item(&self) -> Option<&Item> {
        self.tree.find(self.selected.as_ref()?)
    }

    /// The node that the console shows: the selected one, or the one whose login the selected item is part of; on
    /// the heading the first. None where the item is about something else.
    pub(super) fn node(&self) -> Option<(&str, u16)> {
        self.node_of(self.selected_item())
    }

    fn node_of<'a>(&'a self, item: Option<&'a Item>) -> Option<(&'a str, u16)> {
        let first = || self.tree.nodes().first()?.node.as_ref();
        let own = match item {
            Some(item) if is_of_node(item) => item.node.as_ref(),
            Some(item) if !item.words.is_empty() => None,
            _ => first(),
        };
        own.map(|(host, port)| (host.as_str(), *port))
    }

    /// That node's newest login.
    pub(super) fn login(&self) -> Option<&LoginProgress> {
        let (host, port) = self.node()?;
        self.progress.node(host, port).last()
    }

    /// What the driver says of it.
    pub(super) fn login_standing(&self) -> Option<&Standing> {
        self.standings.get(&self.login()?.op)
    }

    /// Under which name the console keeps the rows that are shown.
    pub(super) fn console_key(&self) -> String {
        self.key_of(self.selected_item())
    }

    /// Under which name it would keep those that are shown while this item is selected.
    pub(super) fn key_of(&self, item: Option<&Item>) -> String {
        match (self.node_of(item), item.and_then(|item| item.place.as_ref())) {
            (Some((host, port)), _) => node_key(host, port),
            (None, place) => place.cloned().unwrap_or_default(),
        }
    }

    /// Whether the administrator's password is what is asked for: it is not at hand, or was refused.
    pub(super) fn wants_admin(&self) -> bool {
        let walk = self.tree.walk();
        let is_asked = walk.goal().is_some_and(|goal| goal.admin.is_some());
        is_asked && !self.setup.replay && (!self.budget.means.admin || walk.admin_refused().is_some())
    }

    /// The same, where it is asked for before the user's: the selected item waits for it, or nothing waits for the other.
    pub(super) fn wants_admin_first(&self) -> bool {
        let selected = || self.selected_item().is_some_and(|item| item.wants == Some(Wants::AdminPassword));
        self.wants_admin() && (selected() || (self.wants_password().is_none() && self.login_standing().is_none()))
    }

    /// The first item that waits for the password, and where that goes first.
    pub(super) fn wants_password(&self) -> Option<&str> {
        fn among(items: &[Item]) -> Option<&str> {
            items.iter().find_map(|item| match &item.wants {
                Some(Wants::Password(host)) => Some(host.as_str()),
                _ => among(&item.children),
            })
        }
        among(self.tree.items()).filter(|_| !self.budget.means.password && !self.setup.replay)
    }
}

/// Whether an item is a node's, or part of its login: whether its rows are the node's.
fn is_of_node(item: &Item) -> bool {
    item.node.as_ref().is_some_and(|(host, port)| item.place.as_ref() == Some(&node_key(host, *port)))
}

/// The clock as it is drawn.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Clock {
    pub(super) text: String,
    pub(super) level: Level,
}
