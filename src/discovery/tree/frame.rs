//! What all items of one tree are built from: the walk, the plan that follows from it, and the hosts' short names.

use super::figures::Labels;
use super::http;
use crate::discovery::item::{Item, ItemState, Wants};
use crate::discovery::plan::{Means, Skipped, Step};
use crate::discovery::reading::Reading;
use crate::discovery::route::{Choice, NodeSeen, Route, RouteView};
use crate::discovery::walk::Walk;
use crate::journal::{ClientKind, Clients, HttpAsk, HttpWhat, WalkAsk, host_port};

/// What the items are built from.
pub(super) struct Frame<'w> {
    pub walk: &'w Walk,
    pub goal: &'w WalkAsk,
    pub labels: Labels,
    pub routes: Vec<RouteView<'w>>,
    pub nodes: Vec<NodeSeen>,
    pub choices: Vec<Choice>,
    /// Requests that could be made now and were not, as if a password were at hand.
    pub planned: Vec<HttpAsk>,
    /// The run has ended: what was not begun never will be.
    pub over: bool,
    /// Why the same login is not made on all nodes, though the user asked for it.
    pub no_sides: Option<String>,
    /// What is left out, and why.
    left_out: Vec<Skipped>,
}

impl<'w> Frame<'w> {
    /// None where nothing is walked.
    pub(super) fn of(walk: &'w Walk, over: bool) -> Option<Self> {
        let goal = walk.goal()?;
        // Nodes that were named by hand are gone to without any route.
        let asked = if goal.nodes.is_empty() { &Route::ALL[..] } else { &[] };
        let routes: Vec<RouteView<'w>> = asked.iter().map(|route| walk.route(*route)).collect();
        let nodes = walk.nodes();
        // As if a password were at hand: what waits for one alone is still to come.
        let means = Means { password: true, ..Means::default() };
        let steps = walk.plan(means);
        let planned =
            steps.into_iter().filter_map(|step| if let Step::Http(ask) = step { Some(ask) } else { None });
        let mut frame = Self {
            walk,
            goal,
            labels: Labels::default(),
            routes,
            nodes,
            choices: clients(goal.clients).iter().map(|client| walk.choice(*client)).collect(),
            planned: planned.collect(),
            over,
            no_sides: walk.no_sides(means),
            left_out: walk.skipped(means),
        };
        frame.labels = frame.hosts();
        Some(frame)
    }

    fn hosts(&self) -> Labels {
        let mut labels = Labels::default();
        self.routes.iter().flat_map(|view| &view.records).for_each(|record| labels.add(&record.srv.target));
        self.nodes.iter().for_each(|node| labels.add(&node.host));
        self.walk.exchanges().iter().for_each(|seen| labels.add(seen.ask.origin().1));
        labels
    }

    /// `cucm1:8443`
    pub(super) fn place(&self, host: &str, port: u16) -> String {
        host_port(&self.labels.short(host), port)
    }

    /// The item of the newest exchange for this purpose at this origin, or of the one that is planned.
    pub(super) fn ask(&self, id: String, what: HttpWhat, host: &str, port: u16) -> Option<Item> {
        if let Some(seen) = http::newest(self.walk, what, host, port) {
            return Some(http::item(self.walk, id, seen));
        }
        let ask = self
            .planned
            .iter()
            .find(|ask| ask.what == what && ask.inside.is_empty() && http::is_at(ask, host, port))?;
        Some(self.waiting(http::planned(id, ask)))
    }

    /// The item of a request that is left out, where the plan has a reason for that.
    pub(super) fn left_out(&self, id: String, what: HttpWhat) -> Option<Item> {
        let why = &self.left_out.iter().find(|skipped| skipped.what == what.words())?.why;
        let mut item = Item::new(id, ItemState::Skipped, what.words());
        item.figure = in_a_word(why).to_owned();
        item.words = format!("{}: not asked, {why}", what.words());
        item.detail = vec![item.words.clone()];
        Some(item)
    }

    /// What waits for nothing any more is left out.
    pub(super) fn waiting(&self, mut item: Item) -> Item {
        if self.over && item.state == ItemState::Waiting {
            item.state = ItemState::Skipped;
            let why = if matches!(item.wants, Some(Wants::Password(_))) { "no password" } else { "not asked" };
            item.words = format!("{}: {why}", item.name);
            item.figure = why.to_owned();
            item.wants = None;
        }
        item
    }

    /// The newest reading of this kind at an origin.
    pub(super) fn reading(&self, what: HttpWhat, host: &str, port: u16) -> Option<&'w Reading> {
        http::newest(self.walk, what, host, port).map(|seen| &seen.reading)
    }

    /// The clients that would take a route, as marks; with a question mark where that may still change.
    pub(super) fn marks(&self, takes: impl Fn(&Choice) -> bool) -> Vec<String> {
        let taken = self.choices.iter().filter(|choice| takes(choice));
        taken.map(|choice| format!("{}{}", choice.client.product(), if choice.open { "?" } else { "" })).collect()
    }

    /// `Jabber would go here: _cisco-uds beats _cuplogin and _collab-edge`
    pub(super) fn rule(&self, takes: impl Fn(&Choice) -> bool) -> String {
        let taken: Vec<&Choice> = self.choices.iter().filter(|choice| takes(choice)).collect();
        let said = |choice: &&Choice| {
            let would = if choice.open { "would go here as things stand" } else { "would go here" };
            format!("{} {would}: {}", choice.client.product(), choice.rule)
        };
        taken.iter().map(said).collect::<Vec<_>>().join(" · ")
    }
}

/// A reason in few words, for a row of the tree.
pub(super) fn in_a_word(why: &str) -> &str {
    let words = [
        ("single sign-on", "SSO"),
        ("no user", "no user"),
        ("no password", "no password"),
        ("refused", "refused before"),
        ("named as the user's home", "two homes"),
        ("--as", "--as"),
    ];
    words.iter().find(|(part, _)| why.contains(part)).map_or(why, |(_, word)| word)
}

/// Which clients' choices are of interest.
fn clients(clients: Clients) -> &'static [ClientKind] {
    match clients {
        Clients::All => &[ClientKind::Jabber, ClientKind::Psi],
        Clients::Jabber | Clients::Edge => &[ClientKind::Jabber],
        Clients::Psi => &[ClientKind::Psi],
    }
}
