//! A walk as a dialogue: what the plan asks, what a site answers, and what the plan asks then.

use std::collections::BTreeMap;

use super::site::{Login, Reply, Site};
use crate::discovery::plan::{LoginStep, Means, Reach, Step};
use crate::discovery::walk::Walk;
use crate::discovery::walk::script::Script;
use crate::journal::{
    Ask, Author, Event, Fact, How, HttpAsk, HttpFact, HttpWhat, LoginAsk, OpId, Outcome, Parts, Payload, Purpose,
    Read, Sent, Span, Stage, UserAct, WaitMark, WalkAsk, XmppFact,
};

/// With a password.
pub(super) const PASSWORD: Means =
    Means { password: true, token: false, second: false, admin: false, until: None };
/// Without any credential.
pub(super) const NOTHING: Means =
    Means { password: false, token: false, second: false, admin: false, until: None };
/// With a token alone.
pub(super) const TOKEN: Means = Means { password: false, token: true, second: false, admin: false, until: None };

/// No site of the tests has more nodes to experiment on.
const EXPERIMENTS: usize = 8;

pub(super) struct Dialogue {
    pub(super) script: Script,
    pub(super) site: Site,
    pub(super) means: Means,
    /// All that was asked, in its order.
    pub(super) asked: Vec<String>,
    /// What waits for its answer.
    open: BTreeMap<String, (OpId, Step)>,
    /// What is never answered: the words that it holds.
    pub(super) held: Vec<&'static str>,
    /// How much had been asked when the user last said something.
    said: usize,
}

impl Dialogue {
    pub(super) fn new(goal: WalkAsk, site: Site, means: Means) -> Self {
        let (script, asked, open, held) = (Script::new(goal), Vec::new(), BTreeMap::new(), Vec::new());
        Self { script, site, means, asked, open, held, said: 0 }
    }

    /// The user says something.
    pub(super) fn word(&mut self, act: UserAct) {
        self.script.user(act);
        self.said = self.asked.len();
    }

    /// The user says something, and the site is walked to the end.
    pub(super) fn after(mut self, act: UserAct) -> Self {
        self.word(act);
        self.run();
        self
    }

    /// What was asked since the user last said something.
    pub(super) fn since(&self) -> Vec<&str> {
        self.asked[self.said..].iter().map(String::as_str).collect()
    }

    /// The site is walked to the end.
    pub(super) fn walked(goal: WalkAsk, site: Site, means: Means) -> Self {
        let mut dialogue = Self::new(goal, site, means);
        dialogue.run();
        dialogue
    }

    pub(super) fn walk(&self) -> Walk {
        self.script.walk()
    }

    /// What the plan asks now, in words; it is begun.
    pub(super) fn asks(&mut self) -> Vec<String> {
        let steps = self.walk().plan(self.means);
        let mut asks = Vec::new();
        for step in steps {
            let name = name(&step);
            // A word of the user's may ask anew, but not for what anybody may be asked without one. A one-time password
            // serves once, so each experiment may ask for its own.
            let is_token = name.contains("onetime");
            let is_anew = matches!(&step, Step::Login(_)) || is_token;
            let known = if is_anew { &self.asked[self.said..] } else { &self.asked[..] };
            let times = known.iter().filter(|asked| **asked == name).count();
            assert!(times < if is_token { EXPERIMENTS } else { 1 }, "asked again: {name}");
            let op = self.script.begin(ask(&step));
            self.asked.push(name.clone());
            self.open.insert(name.clone(), (op, step));
            asks.push(name);
        }
        asks.sort();
        asks
    }

    /// The site answers this.
    pub(super) fn answer(&mut self, name: &str) {
        let (op, step) =
            self.open.remove(name).unwrap_or_else(|| panic!("{name} was not asked: {:#?}", self.asked));
        match step {
            Step::Dns(ask) => match self.site.dns.get(&(ask.name.clone(), ask.kind)) {
                Some(records) => {
                    let records = records.iter().map(|data| (ask.name.clone(), data.clone())).collect();
                    self.script.answered(op, "NOERROR", records);
                }
                None if self.site.dns.keys().any(|(name, _)| *name == ask.name) => {
                    self.script.answered(op, "NOERROR", Vec::new());
                }
                None => self.script.answered(op, "NXDOMAIN", Vec::new()),
            },
            Step::Http(ask) => self.reply(op, &ask),
            Step::Login(step) => self.login(op, &step),
        }
    }

    /// The site answers everything that is open and not held.
    pub(super) fn answer_all(&mut self) -> bool {
        let held = |name: &String| self.held.iter().any(|part| name.contains(part));
        let names: Vec<String> = self.open.keys().filter(|name| !held(name)).cloned().collect();
        names.iter().for_each(|name| self.answer(name));
        !names.is_empty()
    }

    /// Asks and answers in turn, until nothing is left of either.
    pub(super) fn run(&mut self) {
        loop {
            let asked = !self.asks().is_empty();
            if !self.answer_all() && !asked {
                return;
            }
        }
    }

    /// What was asked that holds these words.
    pub(super) fn asked_for(&self, words: &str) -> Vec<&str> {
        self.asked.iter().filter(|name| name.contains(words)).map(String::as_str).collect()
    }

    /// Whatever needs the user's credential, in its order.
    pub(super) fn uses(&self) -> Vec<&str> {
        let is_use = |name: &&String| {
            ["get_edge_config ", "UDS user ", "EPAS login ", "credential "]
                .iter()
                .any(|start| name.starts_with(start))
        };
        self.asked.iter().filter(is_use).map(String::as_str).collect()
    }

    /// Why this is left out.
    pub(super) fn skipped(&self, what: &str) -> Option<String> {
        let skipped = self.walk().skipped(self.means);
        skipped.into_iter().find(|skipped| skipped.what == what).map(|skipped| skipped.why)
    }

    fn reply(&mut self, op: OpId, ask: &HttpAsk) {
        let (_, host, _) = ask.server();
        let credential = matches!(ask.what, HttpWhat::EdgeConfig | HttpWhat::User | HttpWhat::EpasLogin);
        let reply = self.site.http.get(&(ask.what, host.to_owned())).cloned().unwrap_or(Reply::Dead);
        match reply {
            Reply::Http(status, body) => self.script.replied(op, status, &body, credential),
            Reply::Silent => {
                let empty = || Payload::cut(b"", &[]);
                self.script.http(op, HttpFact::Sent { head: empty(), body: empty(), credential });
                self.script.time_out(op);
            }
            Reply::Dead => self.script.time_out(op),
            Reply::Gate => {
                let (why, would_send) = ("untrusted".to_owned(), "the password".to_owned());
                self.script.http(op, HttpFact::Gate { why, fingerprint: None, failed: Vec::new(), would_send });
                self.script.end(op, Outcome::new(How::Stopped, "untrusted", ""));
            }
        }
    }

    fn login(&mut self, op: OpId, step: &LoginStep) {
        let hostnames = self.site.hostnames.get(&step.host).cloned().unwrap_or_default();
        self.script.features(op, &hostnames);
        if step.purpose != Purpose::Login {
            return self.question(op, step);
        }
        let at_hand = self.means.password || self.means.token;
        match (step.reach, self.site.logins.get(&step.host).copied()) {
            (Reach::Mechanisms, _) => self.script.end(op, Outcome::ok()),
            _ if !at_hand => self.script.end(op, Outcome::new(How::Stopped, "no credential", "")),
            (Reach::Credential, result) => {
                self.sent_credential(op);
                self.comes(op, result);
            }
        }
    }

    /// A question of the control experiment: its connection ends with the answer.
    fn question(&mut self, op: OpId, step: &LoginStep) {
        if matches!(step.purpose, Purpose::OtherWay | Purpose::SecondUser) {
            self.sent_credential(op);
        }
        let usual = (step.purpose != Purpose::OtherWay).then_some(Login::Refused);
        let result = self.site.controls.get(&(step.purpose, step.host.clone())).copied().or(usual);
        self.comes(op, result);
    }

    /// What comes to `<auth>`.
    fn comes(&mut self, op: OpId, result: Option<Login>) {
        if matches!(result, Some(Login::Silent | Login::Waits | Login::Late)) {
            self.script.auth_wait(op, WaitMark::Silent);
        }
        match result {
            None => {
                self.script.received(op, Read::Success);
                self.script.end(op, Outcome::ok());
            }
            Some(Login::Refused | Login::Late) => {
                let condition = "not-authorized".to_owned();
                self.script.received(op, Read::SaslFailure { condition, text: None });
                self.script.end(op, Outcome::new(How::Refused, "not-authorized", ""));
            }
            Some(Login::Silent) => self.script.time_out(op),
            Some(Login::Waits) => {}
        }
    }

    fn sent_credential(&mut self, op: OpId) {
        let sent = Sent {
            what: "auth".into(),
            payload: Payload::cut(b"", &[]),
            wire: Span { from: 0, to: 0 },
            secure: true,
            by: Author::Proposal,
            credential: true,
            mechanism: Some("PLAIN".into()),
            parts: Parts::default(),
        };
        self.script.say(op, Event::Saw(Fact::Xmpp(Box::new(XmppFact::Sent(sent)))));
    }
}

/// A step in words: `SRV _cisco-uds._tcp.example.test`, `UDS version cucm1.example.test`,
/// `credential imp1.example.test:5222 psi`, `control unknown user imp1.example.test:5222 psi`.
pub(super) fn name(step: &Step) -> String {
    match step {
        Step::Dns(ask) => {
            let of =
                if ask.server.starts_with("10.1.1.53") { String::new() } else { format!(" of {}", ask.server) };
            format!("{} {}{of}", ask.kind.name(), ask.name)
        }
        Step::Http(ask) if ask.what.is_administrators() => {
            let words = [ask.what.words(), ask.about.as_str(), ask.origin().1, ask.version.as_str()];
            words.into_iter().filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ")
        }
        Step::Http(ask) => {
            let usual = ["/cucm-uds/", "/ssosp/", "/EPASSoap/service/v80", "/SPDefault", "/jabber-config.xml"];
            let is_usual = usual.iter().any(|path| ask.target().contains(path)) && !ask.url.contains("email=");
            let through = if ask.inside.is_empty() { String::new() } else { format!(" by {}", ask.place()) };
            if is_usual || ask.is_by_edge() {
                format!("{} {}{through}", ask.what.words(), ask.server().1)
            } else {
                ask.url.clone()
            }
        }
        Step::Login(step) => {
            let what = match (step.purpose, step.reach) {
                (Purpose::Login, Reach::Credential) => "credential".to_owned(),
                (Purpose::Login, Reach::Mechanisms) => "mechanisms".to_owned(),
                (purpose, _) => format!("control {}", purpose.words()),
            };
            format!("{what} {}:{} {}", step.host, step.port, step.client.name())
        }
    }
}

fn ask(step: &Step) -> Ask {
    match step {
        Step::Dns(ask) => Ask::Dns(ask.clone()),
        Step::Http(ask) => Ask::Http(ask.clone()),
        Step::Login(step) => Ask::Login(LoginAsk {
            purpose: step.purpose,
            host: step.host.clone(),
            port: step.port,
            user: match step.purpose {
                Purpose::UnknownUser => "impscope-probe".into(),
                Purpose::SecondUser => "bob".into(),
                Purpose::Login | Purpose::Watch | Purpose::ImpossibleMechanism | Purpose::OtherWay => {
                    "alice".into()
                }
            },
            domain: "example.test".into(),
            client: step.client,
            tls: step.tls,
            until: match (step.purpose, step.reach) {
                (Purpose::Login, Reach::Credential) => Stage::Session,
                (Purpose::Login, Reach::Mechanisms) => Stage::StreamTls,
                _ => Stage::Auth,
            },
            mechanism: None,
            home: step.home,
            named_by: step.named_by.clone(),
            credential: true,
        }),
    }
}
