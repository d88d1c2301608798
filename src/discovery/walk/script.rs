//! Journals made by hand, for the tests of the walk, its routes and its plan.

use crate::journal::{
    Ask, Awaited, BodyEnd, Clients, DnsAnswer, DnsAsk, DnsFact, DnsRecord, DnsServer, Entry, EntryNo, EpasClient,
    Event, Fact, GivenNode, How, HttpAsk, HttpFact, HttpHead, Offset, OpId, Outcome, Payload, Read, Received,
    RecordData, RunAsk, Span, Srv, Transport, UserAct, WaitFact, WaitMark, WalkAsk, Wall, XmppFact,
};

use super::Walk;
use crate::discovery::plan::Means;

/// The run's own operation.
pub(in crate::discovery) const RUN: OpId = OpId(1);
/// The one DNS server of most tests.
pub(in crate::discovery) const DNS: &str = "10.1.1.53:53";

/// A walk of everything for `alice@example.test`.
pub(in crate::discovery) fn goal(clients: Clients) -> WalkAsk {
    WalkAsk {
        clients,
        voice_domain: None,
        dns: vec![server(DNS)],
        nodes: Vec::new(),
        cucms: Vec::new(),
        user_id: "alice".into(),
        xmpp_port: 5222,
        epas: EpasClient { service: "v80".into(), kind: "CUPC".into(), version: "9.7".into(), force: false },
        second_user: None,
        via: None,
        admin: None,
    }
}

pub(in crate::discovery) fn server(address: &str) -> DnsServer {
    DnsServer { address: address.into(), source: "--dns".into(), via: false }
}

pub(in crate::discovery) fn given(host: &str, port: u16) -> GivenNode {
    GivenNode { host: host.into(), port }
}

pub(in crate::discovery) fn srv(priority: u16, weight: u16, port: u16, target: &str) -> RecordData {
    RecordData::Srv(Srv { priority, weight, port, target: target.into() })
}

pub(in crate::discovery) fn address(address: &str) -> RecordData {
    RecordData::Address(address.into())
}

/// What tests alone ask of a walk.
impl Walk {
    /// How many lookups, exchanges and logins have not ended.
    pub(in crate::discovery) fn open(&self) -> usize {
        let lookups = self.lookups.iter().filter(|lookup| lookup.ended.is_none()).count();
        let exchanges = self.exchanges.iter().filter(|exchange| exchange.ended.is_none()).count();
        let logins = self.logins.iter().chain(&self.controls).filter(|login| login.ended.is_none()).count();
        lookups + exchanges + logins
    }

    /// Whether nothing is under way and nothing is left to ask.
    pub(in crate::discovery) fn is_done(&self, means: Means) -> bool {
        self.open() == 0 && self.plan(means).is_empty()
    }
}

/// A journal in the making. Operations begin and end a millisecond apart.
#[derive(Debug, Clone)]
pub(in crate::discovery) struct Script {
    pub(in crate::discovery) entries: Vec<Entry>,
    ops: u32,
}

impl Script {
    pub(in crate::discovery) fn new(goal: WalkAsk) -> Self {
        let mut script = Self { entries: Vec::new(), ops: 1 };
        let run = RunAsk {
            domain: "example.test".into(),
            user: goal.user_id.clone(),
            slow_ms: 2000,
            silent_ms: 10_000,
            lab: false,
            walk: Some(Box::new(goal)),
            environment: None,
        };
        script.say(RUN, Event::Began(Ask::Run(run)));
        script
    }

    pub(in crate::discovery) fn walk(&self) -> Walk {
        Walk::of(&self.entries)
    }

    pub(in crate::discovery) fn say(&mut self, op: OpId, event: Event) -> EntryNo {
        self.say_under(op, RUN, event)
    }

    pub(in crate::discovery) fn say_under(&mut self, op: OpId, parent: OpId, event: Event) -> EntryNo {
        let n = EntryNo(self.entries.len() as u64 + 1);
        let parent = Some(parent).filter(|_| op != RUN);
        self.entries.push(Entry { n, op, parent, at: Offset(n.0 * 1000), wall: Wall(n.0 as i64), event });
        n
    }

    pub(in crate::discovery) fn begin(&mut self, ask: Ask) -> OpId {
        self.begin_under(RUN, ask)
    }

    pub(in crate::discovery) fn begin_under(&mut self, parent: OpId, ask: Ask) -> OpId {
        self.ops += 1;
        self.say_under(OpId(self.ops), parent, Event::Began(ask));
        OpId(self.ops)
    }

    pub(in crate::discovery) fn end(&mut self, op: OpId, outcome: Outcome) {
        self.say(op, Event::Ended(outcome));
    }

    /// Ends an operation that got nothing in time.
    pub(in crate::discovery) fn time_out(&mut self, op: OpId) {
        self.end(op, Outcome::new(How::TimedOut, "silent", ""));
    }

    /// An answer to a lookup, and its end.
    pub(in crate::discovery) fn answered(&mut self, op: OpId, rcode: &str, records: Vec<(String, RecordData)>) {
        let records = records.into_iter().map(|(name, data)| DnsRecord { name, ttl: 300, data }).collect();
        let answer = DnsAnswer {
            transport: Transport::Udp,
            rcode: rcode.into(),
            truncated: false,
            authoritative: true,
            records,
            left_out: 0,
            negative_ttl: None,
            bytes: 100,
        };
        self.say(op, Event::Saw(Fact::Dns(DnsFact::Answered(answer))));
        let answers = ["NOERROR", "NXDOMAIN"].contains(&rcode);
        self.end(op, if answers { Outcome::ok() } else { Outcome::new(How::Refused, rcode, "") });
    }

    /// A whole lookup whose records belong to the name that was asked.
    pub(in crate::discovery) fn lookup(&mut self, ask: DnsAsk, rcode: &str, records: Vec<RecordData>) -> OpId {
        let op = self.begin(Ask::Dns(ask.clone()));
        self.answered(op, rcode, records.into_iter().map(|data| (ask.name.clone(), data)).collect());
        op
    }

    /// The answer to a request, and its end.
    pub(in crate::discovery) fn replied(&mut self, op: OpId, status: u16, body: &str, credential: bool) {
        let empty = || Payload::cut(b"", &[]);
        self.http(op, HttpFact::Sent { head: empty(), body: empty(), credential });
        self.http(
            op,
            HttpFact::Head(HttpHead { status, realm: None, location: None, content_type: None, payload: empty() }),
        );
        let (payload, bytes) = (Payload::cut(body.as_bytes(), &[]), body.len() as u64);
        self.http(op, HttpFact::Body { payload, bytes, end: BodyEnd::Complete });
        let is_good = (200..300).contains(&status);
        let outcome = if is_good { Outcome::ok() } else { Outcome::new(How::Refused, status.to_string(), "") };
        self.end(op, outcome);
    }

    pub(in crate::discovery) fn http(&mut self, op: OpId, fact: HttpFact) {
        self.say(op, Event::Saw(Fact::Http(Box::new(fact))));
    }

    /// A whole exchange.
    pub(in crate::discovery) fn exchange(&mut self, ask: HttpAsk, status: u16, body: &str) -> OpId {
        let op = self.begin(Ask::Http(ask));
        self.replied(op, status, body, false);
        op
    }

    /// Something that an XMPP node says.
    pub(in crate::discovery) fn received(&mut self, op: OpId, read: Read) {
        let payload = Payload::cut(b"", &[]);
        let received = Received {
            payload,
            span: Span { from: 0, to: 0 },
            wire: 0,
            secure: true,
            read,
            parts: crate::journal::Parts::default(),
        };
        self.say(op, Event::Saw(Fact::Xmpp(Box::new(XmppFact::Received(received)))));
    }

    /// The wait for the answer to `<auth>` crosses a mark.
    pub(in crate::discovery) fn auth_wait(&mut self, op: OpId, mark: WaitMark) {
        let wait = WaitFact { awaited: Awaited::AuthAnswer, since: Offset(0), mark, reply: None };
        self.say(op, Event::Saw(Fact::Wait(wait)));
    }

    /// The user says something.
    pub(in crate::discovery) fn user(&mut self, act: UserAct) {
        self.say(RUN, Event::Saw(Fact::User(act)));
    }

    /// The features of a node, with the hosts that it names.
    pub(in crate::discovery) fn features(&mut self, op: OpId, hostnames: &[&str]) {
        let hostnames = hostnames.iter().map(|&name| name.to_owned()).collect();
        let mechanisms = vec!["PLAIN".to_owned()];
        self.received(op, Read::Features { starttls: None, mechanisms, hostnames, bind: false, session: None });
    }
}
