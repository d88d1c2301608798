//! One IM&P node of the tree: its addresses, its certificate in words, and how far its newest login came.

use super::figures::took;
use crate::discovery::item::{Item, ItemState};
use crate::journal::{
    Entry, EntryNo, Event, Fact, How, LoginAsk, NetFact, Offset, OpId, Outcome, Purpose, Read, Stage, StageMark,
    TlsFact, WaitMark, XmppFact,
};

/// So much of a server's word is kept.
const WORD: usize = 32;

/// What is known of a node.
#[derive(Debug)]
pub(super) struct Node {
    host: String,
    port: u16,
    home: Option<bool>,
    named_by: Vec<String>,
    addresses: Vec<(String, EntryNo)>,
    /// The user's.
    logins: Vec<Login>,
    /// The questions of control experiments.
    controls: Vec<Login>,
}

/// What is known of one login.
#[derive(Debug)]
pub(super) struct Login {
    pub(super) op: OpId,
    pub(super) purpose: Purpose,
    began: Offset,
    until: Stage,
    pub(super) stages: Vec<StageSeen>,
    pub(super) silent: bool,
    /// One of its waits was silent, whether or not the answer came later.
    pub(super) was_silent: bool,
    /// The condition of a SASL failure.
    condition: String,
    certificate: Option<Certificate>,
    pub(super) ended: Option<Outcome>,
    pub(super) entries: Vec<EntryNo>,
}

#[derive(Debug)]
pub(super) struct StageSeen {
    pub(super) stage: Stage,
    entered: Offset,
    left: Option<Offset>,
    pub(super) mark: StageMark,
    silent: bool,
    /// How long the peer was waited for: without the time that a person took between two steps.
    waited_us: u64,
    entries: Vec<EntryNo>,
}

/// The newest chain and what a client makes of it.
#[derive(Debug)]
struct Certificate {
    words: String,
    ok: Option<bool>,
    entries: Vec<EntryNo>,
}

impl Node {
    pub(super) fn new(host: &str, port: u16) -> Self {
        Self {
            host: host.to_owned(),
            port,
            home: None,
            named_by: Vec::new(),
            addresses: Vec::new(),
            logins: Vec::new(),
            controls: Vec::new(),
        }
    }

    /// When its first login began: the nodes' order.
    pub(super) fn asked(&self) -> Option<(Offset, OpId)> {
        let first = |logins: &[Login]| logins.first().map(|login| (login.began, login.op));
        first(&self.logins).into_iter().chain(first(&self.controls)).min()
    }

    pub(super) fn is(&self, host: &str, port: u16) -> bool {
        self.host == host && self.port == port
    }

    /// Host and port.
    pub(super) fn place(&self) -> (&str, u16) {
        (&self.host, self.port)
    }

    /// Whether it is the user's home node, as far as its logins know.
    pub(super) fn home(&self) -> Option<bool> {
        self.home
    }

    pub(super) fn began(&mut self, entry: &Entry, ask: &LoginAsk) {
        self.home = ask.home.or(self.home);
        if !ask.named_by.is_empty() && !self.named_by.contains(&ask.named_by) {
            self.named_by.push(ask.named_by.clone());
        }
        let list = if ask.purpose.is_login() { &mut self.logins } else { &mut self.controls };
        let at = list.partition_point(|login| (login.began, login.op) < (entry.at, entry.op));
        list.insert(at, Login::new(entry, ask));
    }

    /// Takes an entry of one of its logins; true if the node's items may look different now.
    pub(super) fn apply(&mut self, login: OpId, entry: &Entry) -> bool {
        if let Event::Saw(Fact::Net(NetFact::Resolved { addresses, .. })) = &entry.event {
            self.addresses = addresses.iter().map(|address| (address.clone(), entry.n)).collect();
            return true;
        }
        let mut all = self.logins.iter_mut().chain(&mut self.controls);
        let Some(login) = all.find(|known| known.op == login) else { return false };
        match &entry.event {
            Event::Ended(outcome) if entry.op == login.op => {
                login.ended = Some(outcome.clone());
                login.entries.push(entry.n);
                true
            }
            Event::Saw(fact) => login.saw(entry, fact),
            _ => false,
        }
    }

    /// Its addresses and who named it, as its logins have them: where no walk knows better.
    pub(super) fn front(&self, id: &str) -> Vec<Item> {
        let address = |(at, (address, n)): (usize, &(String, EntryNo))| {
            let mut item = Item::new(format!("{id}/address:{at}"), ItemState::Plain, address.clone());
            item.entries.push(*n);
            item
        };
        let mut items: Vec<Item> = self.addresses.iter().enumerate().map(address).collect();
        if !self.named_by.is_empty() {
            let words = format!("named by {}", self.named_by.join(", "));
            items.push(Item::new(format!("{id}/named"), ItemState::Plain, words));
        }
        items
    }

    /// Shows the newest login on the node's item.
    pub(super) fn show(&self, item: &mut Item, id: &str, home: Option<bool>) {
        if let Some(login) = self.logins.last() {
            (item.state, item.figure) = login.figure(home);
            item.brief = login.brief(home);
            item.op = Some(login.op);
            item.ops = self.logins.iter().map(|login| login.op).collect();
            item.entries.clone_from(&login.entries);
            item.children.extend(login.items(id));
        }
        // Before the login has told anything, what is wrong beside it is what there is to see.
        let amiss = item.children.iter().find(|child| child.id.0.ends_with("/epas") && child.is_amiss());
        if let Some(figure) = amiss.map(|epas| format!("EPAS {}", epas.figure))
            && item.state == ItemState::Waiting
        {
            (item.state, item.figure) = (ItemState::Warning, figure);
        }
        if self.logins.len() > 1 {
            let words = format!("{} logins, the newest shown", self.logins.len());
            item.children.push(Item::new(format!("{id}/logins"), ItemState::Plain, words));
        }
        item.children.extend(self.controls.iter().map(|login| super::control::item(login, id)));
    }
}

impl Login {
    fn new(entry: &Entry, ask: &LoginAsk) -> Self {
        Self {
            op: entry.op,
            purpose: ask.purpose,
            began: entry.at,
            until: ask.until,
            stages: Vec::new(),
            silent: false,
            was_silent: false,
            condition: String::new(),
            certificate: None,
            ended: None,
            entries: vec![entry.n],
        }
    }

    fn saw(&mut self, entry: &Entry, fact: &Fact) -> bool {
        match fact {
            Fact::Stage(fact) => self.stage(entry, fact.stage, &fact.mark),
            Fact::Wait(fact) => match fact.mark {
                WaitMark::Silent => self.silence(entry, true),
                WaitMark::Answered => self.answer(entry, fact.since),
                _ => return false,
            },
            Fact::Xmpp(fact) => match &**fact {
                XmppFact::Received(received) => match &received.read {
                    Read::SaslFailure { condition, .. } => self.condition = condition.chars().take(WORD).collect(),
                    _ => return false,
                },
                _ => return false,
            },
            Fact::Tls(TlsFact::Chain { certs }) => {
                let words = certs.first().map_or("no certificate".to_owned(), |cert| cert.subject.clone());
                self.certificate = Some(Certificate { words, ok: None, entries: vec![entry.n] });
            }
            Fact::Tls(TlsFact::Verified { chain, names, key_proven }) => {
                let name_ok = names.is_empty() || names.iter().any(|name| name.ok);
                if let Some(certificate) = &mut self.certificate {
                    certificate.ok = Some(chain.ok && name_ok && *key_proven);
                    certificate.entries.push(entry.n);
                }
            }
            _ => return false,
        }
        true
    }

    fn stage(&mut self, entry: &Entry, stage: Stage, mark: &StageMark) {
        if let (StageMark::Entered, None) = (mark, self.stages.iter().find(|seen| seen.stage == stage)) {
            let (left, mark, entries) = (None, StageMark::Entered, vec![entry.n]);
            let (entered, silent, waited_us) = (entry.at, false, 0);
            return self.stages.push(StageSeen { stage, entered, left, mark, silent, waited_us, entries });
        }
        if let Some(seen) = self.stages.iter_mut().find(|seen| seen.stage == stage) {
            seen.left = (*mark != StageMark::Entered).then_some(entry.at);
            seen.mark = mark.clone();
            seen.entries.push(entry.n);
        } else {
            let (entered, left, entries) = (entry.at, Some(entry.at), vec![entry.n]);
            let (mark, silent, waited_us) = (mark.clone(), false, 0);
            self.stages.push(StageSeen { stage, entered, left, mark, silent, waited_us, entries });
        }
    }

    fn answer(&mut self, entry: &Entry, since: Offset) {
        self.silence(entry, false);
        if let Some(seen) = self.stages.last_mut() {
            seen.waited_us = seen.waited_us.saturating_add(Offset::from_duration(entry.at.since(since)).0);
        }
    }

    fn silence(&mut self, entry: &Entry, silent: bool) {
        self.silent = silent;
        self.was_silent |= silent;
        if let Some(seen) = self.stages.last_mut() {
            seen.silent = silent;
            seen.entries.push(entry.n);
        }
    }

    pub(super) fn at(&self) -> &'static str {
        self.stages.last().map_or("tcp", |seen| seen.stage.short())
    }

    /// The node's state and figure, as this login has it.
    fn figure(&self, home: Option<bool>) -> (ItemState, String) {
        let at = self.at();
        let ended = self.ended.as_ref().map(|outcome| outcome.how);
        match ended.or_else(|| self.said_no()).or_else(|| self.reached()) {
            _ if self.silent => (ItemState::Failed, format!("silent @{at}")),
            None => self.standing(),
            Some(How::Ok) => (ItemState::Ok, self.answered()),
            Some(How::Refused) if self.is_answer(home) => self.answered_elsewhere(),
            Some(How::Refused) => (ItemState::Failed, format!("refused @{at}")),
            Some(How::Stopped) => (ItemState::Skipped, format!("stopped @{at}")),
            Some(How::TimedOut) => (ItemState::Failed, format!("silent @{at}")),
            Some(How::Broken | How::Lost | How::Failed) => (ItemState::Failed, format!("failed @{at}")),
        }
    }

    /// Whether its end is a refusal of the user by a node that is not the user's home: that is an answer.
    fn is_answer(&self, home: Option<bool>) -> bool {
        home == Some(false) && self.stages.last().is_some_and(StageSeen::is_refused_auth)
    }

    /// Such an answer. One that came late is none to be at ease with.
    fn answered_elsewhere(&self) -> (ItemState, String) {
        let took = self.stages.last().and_then(StageSeen::took_us).map(|us| format!("in {}", took(us)));
        let words = ["refused", &self.condition, took.as_deref().unwrap_or_default(), "(not home: an answer)"];
        let words: Vec<&str> = words.into_iter().filter(|word| !word.is_empty()).collect();
        let state = if self.was_silent { ItemState::Warning } else { ItemState::Ok };
        (state, words.join(" "))
    }

    /// The figure where there is little room, if there is a shorter one.
    fn brief(&self, home: Option<bool>) -> String {
        let took_us = self.stages.last().filter(|_| self.is_answer(home)).and_then(StageSeen::took_us);
        took_us.map_or_else(String::new, |us| format!("refused {}", took(us)))
    }

    /// A refusal, or a stage that broke, ends a login for the reader, though the connection may still stand.
    fn said_no(&self) -> Option<How> {
        match self.stages.last()?.mark {
            StageMark::Refused => Some(How::Refused),
            StageMark::Failed => Some(How::Failed),
            StageMark::Entered | StageMark::Passed | StageMark::Skipped { .. } => None,
        }
    }

    /// The stage that was asked for was reached, though the connection may still stand. A session that is not
    /// offered is not needed.
    fn reached(&self) -> Option<How> {
        let at = |stage: Stage| self.stages.iter().find(|seen| seen.stage == stage).map(|seen| &seen.mark);
        let passed = |stage| at(stage) == Some(&StageMark::Passed);
        let not_needed = matches!(at(Stage::Session), Some(StageMark::Skipped { .. })) && passed(Stage::Bind);
        (passed(self.until) || (self.until == Stage::Session && not_needed)).then_some(How::Ok)
    }

    /// Where a login stands that goes on: in a stage, or before the next one.
    fn standing(&self) -> (ItemState, String) {
        let Some(last) = self.stages.last() else { return (ItemState::Waiting, "not begun".to_owned()) };
        let left = matches!(last.mark, StageMark::Passed | StageMark::Skipped { .. });
        let to_come =
            |stage: &&Stage| **stage <= self.until && self.stages.iter().all(|seen| seen.stage != **stage);
        let figure = match Stage::ALL.iter().find(to_come).filter(|_| left) {
            Some(next) => format!("next {}", next.short()),
            None => format!("at {}", last.stage.short()),
        };
        (ItemState::Running, figure)
    }

    /// How long the node took to answer: to `<auth>` where it was asked, else over all stages.
    fn answered(&self) -> String {
        let auth = self.stages.iter().find(|seen| seen.stage == Stage::Auth && seen.mark == StageMark::Passed);
        let whole = || self.stages.iter().map(StageSeen::took_us).sum::<Option<u64>>();
        let took_us = auth.and_then(StageSeen::took_us).or_else(whole);
        took_us.map_or(format!("ok to {}", self.until), |us| format!("answers {}", took(us)))
    }

    fn items(&self, node: &str) -> Vec<Item> {
        let mut items = Vec::new();
        for seen in &self.stages {
            let id = format!("{node}/login:{}/stage:{}", self.op.0, seen.stage);
            let mut item = Item::new(id, seen.state(self.ended.is_some()), seen.stage.name());
            item.figure = seen.figure();
            item.op = Some(self.op);
            item.entries.clone_from(&seen.entries);
            items.push(item);
            if let (Stage::Tls, Some(certificate)) = (seen.stage, &self.certificate) {
                items.push(certificate.item(format!("{node}/login:{}/certificate", self.op.0), self.op));
            }
        }
        items
    }
}

impl StageSeen {
    fn state(&self, over: bool) -> ItemState {
        match &self.mark {
            _ if self.silent => ItemState::Failed,
            StageMark::Entered if over => ItemState::Skipped,
            StageMark::Entered => ItemState::Running,
            StageMark::Passed => ItemState::Ok,
            StageMark::Skipped { .. } => ItemState::Skipped,
            StageMark::Refused | StageMark::Failed => ItemState::Failed,
        }
    }

    /// What became of it, for a line of detail.
    pub(super) fn words(&self) -> String {
        let figure = self.figure();
        if figure.is_empty() { "under way".to_owned() } else { figure }
    }

    fn is_refused_auth(&self) -> bool {
        self.stage == Stage::Auth && self.mark == StageMark::Refused
    }

    /// How long it took: what the peer was waited for, else from its beginning to its end.
    pub(super) fn took_us(&self) -> Option<u64> {
        let whole = Offset::from_duration(self.left?.since(self.entered)).0;
        Some(if self.waited_us > 0 { self.waited_us } else { whole })
    }

    pub(super) fn figure(&self) -> String {
        let took = self.took_us().map(took);
        match (&self.mark, took) {
            (StageMark::Skipped { why }, _) => why.clone(),
            _ if self.silent => "silent".to_owned(),
            (StageMark::Refused, Some(took)) => format!("refused {took}"),
            (StageMark::Failed, Some(took)) => format!("failed {took}"),
            (_, took) => took.unwrap_or_default(),
        }
    }
}

impl Certificate {
    fn item(&self, id: String, op: OpId) -> Item {
        let state = match self.ok {
            Some(true) => ItemState::Ok,
            Some(false) => ItemState::Warning,
            None => ItemState::Plain,
        };
        let mut item = Item::new(id, state, format!("certificate {}", self.words));
        item.op = Some(op);
        item.entries.clone_from(&self.entries);
        item
    }
}
