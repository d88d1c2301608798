//! The rows of questions to DNS servers and of requests over HTTP.

use super::super::dns;
use super::super::http::{self, Held, Phase};
use super::super::row::{Body, Kind, Mark};
use super::Console;
use crate::journal::{Ask, DnsFact, Entry, HttpAsk, HttpFact, OpId, Payload};

impl Console {
    pub(super) fn dns(&mut self, entry: &Entry, fact: &DnsFact) {
        let op = self.ops.get_mut(&entry.op);
        let count = match (fact, op) {
            (DnsFact::Sent { transport, .. }, Some(op)) => op.asked.once_more(*transport),
            _ => 1,
        };
        let ask =
            self.ops.get(&entry.op).and_then(|op| if let Ask::Dns(ask) = &op.ask { Some(ask) } else { None });
        if let (Some(ask), DnsFact::Answered(answer)) = (ask, fact) {
            self.routes.answered(ask, answer);
        }
        self.say(entry, Some(dns::fact(ask, fact, count)));
    }

    pub(super) fn http(&mut self, entry: &Entry, fact: &HttpFact) {
        match fact {
            HttpFact::Sent { head, body, credential } => {
                let url = self.request(entry.op).map_or_else(String::new, |ask| ask.url.clone());
                let note = if *credential { "it holds a credential: one attempt" } else { "" };
                let (head, body, note) = (head.clone(), body.clone(), note.to_owned());
                self.reached(entry.op, Phase::Sent);
                self.push(entry, Mark::Out, Kind::Http, Body::Http { url, head, body, note });
            }
            HttpFact::Head(head) => {
                self.reached(entry.op, Phase::Head);
                let note = http::head_note(head);
                let (url, head, body) = (String::new(), head.payload.clone(), Payload::default());
                self.push(entry, Mark::In, Kind::Http, Body::Http { url, head, body, note });
            }
            HttpFact::Body { payload, bytes, end } => {
                let (mark, note) = http::end(payload, *bytes, *end);
                let (url, head, body) = (String::new(), Payload::default(), payload.clone());
                self.push(entry, mark, Kind::Http, Body::Http { url, head, body, note });
            }
            HttpFact::Quiet { mark, since } => {
                let phase = self.ops.get(&entry.op).map(|op| op.phase).unwrap_or_default();
                let waited_ms = u64::try_from(entry.at.since(*since).as_millis()).unwrap_or(u64::MAX);
                let said = http::quiet(self.request(entry.op), phase, *mark, waited_ms);
                self.say(entry, Some(said));
            }
            HttpFact::Gate { why, fingerprint, failed, would_send } => {
                let held = Held { why, fingerprint: fingerprint.as_deref(), failed, would_send };
                let said = http::gate(self.request(entry.op), &held);
                self.say(entry, Some(said));
            }
        }
    }

    fn request(&self, op: OpId) -> Option<&HttpAsk> {
        match &self.ops.get(&op)?.ask {
            Ask::Http(ask) => Some(ask),
            _ => None,
        }
    }

    fn reached(&mut self, op: OpId, phase: Phase) {
        if let Some(op) = self.ops.get_mut(&op) {
            op.phase = phase;
        }
    }
}
