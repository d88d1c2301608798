//! Where each CUCM that was named by hand says that the user is at home: a row each, as values and as items of the tree.

use super::frame::Frame;
use super::http;
use crate::discovery::item::{Again, Item, ItemState};
use crate::discovery::reading::Reading;
use crate::discovery::walk::{Exchange, Walk};
use crate::journal::{EntryNo, HttpWhat, host_port, http_key};
use crate::protocol::uds::ClusterUser;

/// The item over the rows.
const HOMES: &str = "homes";

/// What a CUCM says of the user's home.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum HomeAnswer {
    /// Nothing yet.
    Open,
    /// Its own cluster is the home.
    Home,
    /// Another one is, as far as is known.
    Elsewhere,
    /// `found="false"`: there is no such user, or "Home Cluster" is ticked on no cluster that it knows.
    UnknownUser,
    /// It names no home that could be asked for.
    Unclear,
    /// It did not say: `silent`, `401`, `ECONNREFUSED`, `HTML`, `NXDOMAIN` …
    Failed(String),
}

impl HomeAnswer {
    /// Its stable name, for what programs read: `home`, `elsewhere`, `unknown_user`, `unclear`, `failed`, `open`.
    pub fn name(&self) -> &'static str {
        match self {
            HomeAnswer::Open => "open",
            HomeAnswer::Home => "home",
            HomeAnswer::Elsewhere => "elsewhere",
            HomeAnswer::UnknownUser => "unknown_user",
            HomeAnswer::Unclear => "unclear",
            HomeAnswer::Failed(_) => "failed",
        }
    }

    /// The same in words: `home`, `not home`, `unknown user`, `names no home`, `401`, `not answered yet`.
    pub fn words(&self) -> &str {
        match self {
            HomeAnswer::Open => "not answered yet",
            HomeAnswer::Home => "home",
            HomeAnswer::Elsewhere => "not home",
            HomeAnswer::UnknownUser => "unknown user",
            HomeAnswer::Unclear => "names no home",
            HomeAnswer::Failed(why) => why,
        }
    }
}

/// A CUCM that was named by hand, and what it says.
#[derive(Debug, Clone, PartialEq)]
pub struct HomeSeen<'w> {
    /// A name or an address.
    pub host: String,
    /// The port of UDS.
    pub port: u16,
    /// Its version, once it said so.
    pub version: Option<&'w str>,
    /// What it says of the user.
    pub answer: HomeAnswer,
    /// The host of the home cluster that it names.
    pub home: Option<String>,
    /// The entry that says so.
    pub entry: Option<EntryNo>,
    exchange: Option<&'w Exchange>,
}

impl HomeSeen<'_> {
    /// `cucm1.example.test:8443`
    pub fn place(&self) -> String {
        host_port(&self.host, self.port)
    }
}

impl Walk {
    /// What each CUCM that was named by hand says of the user's home, in the order in which they were named. Empty where
    /// fewer than two are asked about a user.
    pub fn homes(&self) -> Vec<HomeSeen<'_>> {
        if !self.compares_homes() {
            return Vec::new();
        }
        self.given_cucms().into_iter().map(|(host, port)| self.home_seen(host, port)).collect()
    }

    fn home_seen(&self, host: String, port: u16) -> HomeSeen<'_> {
        let exchange = self.asked_for_home(&host, port);
        let answer = match exchange {
            Some(exchange) => self.answer(exchange),
            None => self.addresses(&host).none.map_or(HomeAnswer::Open, HomeAnswer::Failed),
        };
        let version = match http::newest(self, HttpWhat::Version, &host, port).map(|seen| &seen.reading) {
            Some(Reading::Version(read)) => Some(read.version.as_str()).filter(|version| !version.is_empty()),
            _ => None,
        };
        let home = exchange.and_then(|exchange| self.home_named(exchange));
        let entry = exchange.map(Exchange::said);
        HomeSeen { host, port, version, answer, home, entry, exchange }
    }

    /// The request to a CUCM that counts: one whose answer knows the user, else the newest.
    fn asked_for_home(&self, host: &str, port: u16) -> Option<&Exchange> {
        let asked = self.standing(HttpWhat::ClusterUser).into_iter();
        let here: Vec<&Exchange> = asked.filter(|seen| http::is_at(&seen.ask, host, port)).collect();
        let knows = here.iter().copied().find(|seen| self.home_named(seen).is_some());
        knows.or_else(|| here.last().copied())
    }

    fn answer(&self, exchange: &Exchange) -> HomeAnswer {
        let Reading::ClusterUser(ClusterUser { found, .. }) = &exchange.reading else {
            return match http::standing(exchange) {
                (ItemState::Running, _) => HomeAnswer::Open,
                (_, figure) => HomeAnswer::Failed(figure),
            };
        };
        match (self.home_named(exchange), self.home_claimed(exchange)) {
            (_, Some(_)) => HomeAnswer::Home,
            (Some(_), None) => HomeAnswer::Elsewhere,
            (None, None) if *found == Some(false) => HomeAnswer::UnknownUser,
            (None, None) => HomeAnswer::Unclear,
        }
    }
}

/// The rows under their heading; none where nothing is compared.
pub(super) fn item(frame: &Frame<'_>) -> Option<Item> {
    let homes = frame.walk.homes();
    if homes.is_empty() {
        return None;
    }
    let mut heading = Item::new(HOMES, ItemState::Plain, "home clusters");
    let has = |answer: HomeAnswer| homes.iter().any(|seen| seen.answer == answer);
    let (state, figure) = match frame.walk.homes_named().len() {
        0 if has(HomeAnswer::Open) && !frame.over => (ItemState::Running, "asking".to_owned()),
        0 => (ItemState::Failed, "none".to_owned()),
        1 if has(HomeAnswer::Home) => (ItemState::Ok, "one".to_owned()),
        1 => (ItemState::Plain, "elsewhere".to_owned()),
        many => (ItemState::Failed, many.to_string()),
    };
    (heading.state, heading.figure) = (state, figure);
    heading.words = format!("where each CUCM that was named says that {} is at home", frame.goal.user_id);
    heading.detail = [heading.words.clone()].into_iter().chain(homes.iter().map(line)).collect();
    heading.children = homes.iter().map(|seen| row(frame, seen)).collect();
    heading.open = true;
    Some(heading)
}

/// `cucm1.example.test:8443, UDS 12.5.1: not home; home is cucm9.example.test`
fn line(seen: &HomeSeen<'_>) -> String {
    let version = seen.version.map_or_else(String::new, |version| format!(", UDS {version}"));
    format!("{}{version}: {}", seen.place(), says(seen, seen.home.as_deref()))
}

/// `not home; home is cucm9`, with the home as it is to be written.
fn says(seen: &HomeSeen<'_>, home: Option<&str>) -> String {
    match (&seen.answer, home) {
        (HomeAnswer::Elsewhere, Some(home)) => format!("not home; home is {home}"),
        (answer, _) => answer.words().to_owned(),
    }
}

fn row(frame: &Frame<'_>, seen: &HomeSeen<'_>) -> Item {
    let state = match &seen.answer {
        HomeAnswer::Open if frame.over => ItemState::Skipped,
        HomeAnswer::Open if seen.exchange.is_some() => ItemState::Running,
        HomeAnswer::Open => ItemState::Waiting,
        HomeAnswer::Home => ItemState::Ok,
        HomeAnswer::Elsewhere => ItemState::Plain,
        HomeAnswer::UnknownUser => ItemState::Absent,
        HomeAnswer::Unclear => ItemState::Warning,
        HomeAnswer::Failed(_) => ItemState::Failed,
    };
    let place = seen.place();
    let mut item = Item::new(format!("home:{place}"), state, frame.place(&seen.host, seen.port));
    let home = seen.home.as_deref().map(|home| frame.labels.short(home));
    item.figure = says(seen, home.as_deref());
    item.brief = match (&seen.answer, home) {
        (HomeAnswer::Elsewhere, Some(home)) => format!("home {home}"),
        _ => String::new(),
    };
    item.words = format!("{} about {}", line(seen), frame.goal.user_id);
    item.detail = vec![line(seen)];
    item.detail.extend(seen.home.as_ref().map(|home| format!("home cluster: {home}")));
    if let Some(exchange) = seen.exchange {
        item.place = Some(http_key(&exchange.ask));
        item.ask = Some(Again::Http(exchange.ask.clone()));
        item.ops = http::ops(exchange);
        item.entries = vec![exchange.n];
        item.entries.extend(seen.entry.filter(|said| *said != exchange.n));
    }
    item
}
