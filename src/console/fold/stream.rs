//! The rows of an XMPP stream: what passed, who waits, what the kernel knows.

use super::super::copied::HANDED_ON;
use super::super::ink::{Ink, Line};
use super::super::row::{Body, Kind, Mark, Row};
use super::super::words;
use super::Console;
use crate::journal::{
    Author, Entry, KernelFact, KernelReason, KernelView, Offset, Payload, Read, Received, Sent, WaitFact,
    WaitMark, XmppFact,
};

impl Console {
    pub(super) fn xmpp(&mut self, entry: &Entry, fact: &XmppFact) {
        match fact {
            XmppFact::Sent(sent) => {
                if let Some(login) = self.login(entry.op) {
                    login.sent = Some(sent.wire.to);
                }
                let body = Body::Xml { payload: sent.payload.clone(), note: author(sent.by).to_owned() };
                let at = self.push(entry, Mark::Out, sent_kind(sent), body);
                self.passed_out(at, entry, sent);
            }
            XmppFact::Received(received) => self.received(entry, received),
            XmppFact::Partial { payload, bytes } => self.partial(entry, payload, *bytes),
            XmppFact::Unsent { what, written, total } => {
                let text = format!("{what}: {written} of {total} {HANDED_ON}");
                self.push(entry, Mark::Bang, Kind::Stream, Body::Words(vec![Line::words(&text, Ink::Bad)]));
            }
            XmppFact::Remark(remark) => self.say(entry, Some(words::remark(remark))),
        }
    }

    fn received(&mut self, entry: &Entry, received: &Received) {
        let mut before = 0;
        let open = self.login(entry.op).and_then(|login| {
            before = std::mem::replace(&mut login.came, received.wire);
            login.partial.take()
        });
        if let Some(Row { body: Body::Xml { payload, note }, .. }) = open.and_then(|at| self.revise(at)) {
            *payload = Payload::default();
            *note = format!("an element was open here; its end came at #{}", entry.n.0);
        }
        let note = match &received.read {
            Read::Refused { what, at } => format!("{what}, at byte {at}"),
            Read::Whitespace => format!("white space, {} bytes", received.span.len()),
            _ => String::new(),
        };
        let mark = if matches!(received.read, Read::Refused { .. }) { Mark::Bang } else { Mark::In };
        let body = Body::Xml { payload: received.payload.clone(), note };
        let at = self.push(entry, mark, read_kind(&received.read), body);
        self.passed_in(at, before, received);
    }

    fn partial(&mut self, entry: &Entry, payload: &Payload, bytes: u64) {
        let body = Body::Xml { payload: payload.clone(), note: format!("still open, {bytes} bytes so far") };
        let open = self.login(entry.op).and_then(|login| login.partial);
        match open.and_then(|at| self.revise(at)) {
            Some(row) => row.body = body,
            None => {
                let at = self.push(entry, Mark::In, Kind::Other, body);
                if let Some(login) = self.login(entry.op) {
                    login.partial = Some(at);
                }
            }
        }
    }

    pub(super) fn wait(&mut self, entry: &Entry, fact: &WaitFact) {
        let mark = match fact.mark {
            WaitMark::Slow => Mark::Event,
            WaitMark::Silent => Mark::Bang,
            WaitMark::Began | WaitMark::Answered => {
                if let Some(login) = self.login(entry.op) {
                    login.wait = None;
                }
                return;
            }
            WaitMark::GaveUp => return,
        };
        let Some(login) = self.login(entry.op) else { return };
        let before = login.came;
        // A view that was taken at this very mark may stand before it or behind it in the journal.
        let taken_now = |at: Offset| at >= fact.since && entry.at.since(at).as_millis() < 250;
        let view = login.view.clone().filter(|(at, _)| taken_now(*at)).map(|(_, view)| view);
        let waited_ms = u64::try_from(entry.at.since(fact.since).as_millis()).unwrap_or(u64::MAX);
        let body = Body::Quiet { awaited: fact.awaited, reply: fact.reply.clone(), waited_ms, view, before };
        let at = self.push(entry, mark, Kind::Wait, body);
        if let Some(login) = self.login(entry.op) {
            login.wait = Some(at);
        }
    }

    pub(super) fn kernel(&mut self, entry: &Entry, fact: &KernelFact) {
        self.acked(entry, fact);
        let Some(login) = self.login(entry.op) else { return };
        let (last, wait, sent) = (login.kernel, login.wait, login.sent);
        login.view = Some((entry.at, fact.view.clone()));
        if fact.reason == KernelReason::Answer && wait.is_none() {
            // The answer came in time: what the kernel knew then is kept, and not worth a row.
            return;
        }
        // What the kernel knows once the answer came, or at the end, says nothing about the silence before it.
        let waits = !matches!(fact.reason, KernelReason::Answer | KernelReason::End);
        let quiet = wait.filter(|_| waits).and_then(|at| self.revise(at));
        if let Some(Row { body: Body::Quiet { view, .. }, .. }) = quiet {
            *view = Some(fact.view.clone());
        }
        let is_same = |at: &usize| match self.rows.get(*at).map(|row| &row.body) {
            Some(Body::Kernel { view, .. }) => same(view, &fact.view),
            _ => false,
        };
        if let Some((at, since)) = last.filter(|(at, _)| is_same(at)) {
            if let Some(Row { body: Body::Kernel { same_for_ms, .. }, .. }) = self.revise(at) {
                *same_for_ms = u64::try_from(entry.at.since(since).as_millis()).unwrap_or(u64::MAX);
            }
            return;
        }
        let body = Body::Kernel { view: fact.view.clone(), same_for_ms: 0, sent };
        let at = self.push(entry, Mark::Event, Kind::Kernel, body);
        if let Some(login) = self.login(entry.op) {
            login.kernel = Some((at, entry.at));
        }
    }
}

/// Whether a later snapshot shows nothing new: times and the smoothed round trip aside.
fn same(one: &Result<KernelView, String>, other: &Result<KernelView, String>) -> bool {
    let still = |view: &KernelView| KernelView {
        rtt_us: 0,
        last_ack_ms: 0,
        peer_window: view.peer_window.map(|w| w.min(1)),
        ..*view
    };
    match (one, other) {
        (Ok(one), Ok(other)) => still(one) == still(other),
        (one, other) => one == other,
    }
}

fn author(by: Author) -> &'static str {
    match by {
        Author::Proposal => "",
        Author::Edited => "edited by you",
        Author::Typed => "typed by you",
    }
}

fn sent_kind(sent: &Sent) -> Kind {
    match sent.what.as_str() {
        "auth" | "response" => Kind::Sasl,
        "stream header" | "starttls" => Kind::Stream,
        "iq" => Kind::Iq,
        "presence" => Kind::Presence,
        _ => match sent.payload.text().trim_start() {
            text if text.starts_with("<message") => Kind::Message,
            text if text.starts_with("<presence") => Kind::Presence,
            text if text.starts_with("<iq") => Kind::Iq,
            _ => Kind::Stream,
        },
    }
}

fn read_kind(read: &Read) -> Kind {
    match read {
        Read::Challenge | Read::Success | Read::SaslFailure { .. } => Kind::Sasl,
        Read::Bound { .. } | Read::Iq { .. } => Kind::Iq,
        Read::Message => Kind::Message,
        Read::Presence => Kind::Presence,
        Read::Sm => Kind::Sm,
        Read::Element { .. } => Kind::Other,
        _ => Kind::Stream,
    }
}
