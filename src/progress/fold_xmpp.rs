//! How one login takes in what was said on its stream.

use crate::journal::{ClosedBy, Entry, Offset, Read, Received, Sent, XmppFact};

use super::fold::keep;
use super::{
    AuthAnswer, AuthSent, FeaturesSeen, IqError, LoginProgress, NotXml, RemarkSeen, SaslFailure, StageOutcome,
    StreamError, StreamHeader,
};

/// How much of bytes that are no XML is kept, in characters.
const START: usize = 80;

impl LoginProgress {
    pub(super) fn xmpp(&mut self, entry: &Entry, fact: &XmppFact) {
        match fact {
            XmppFact::Sent(sent) => self.sent(entry, sent),
            XmppFact::Received(received) => self.received(entry, received),
            XmppFact::Partial { payload, bytes } => {
                self.partial = Some((entry.n, *bytes));
                self.text_outside(entry, &payload.text());
            }
            XmppFact::Unsent { .. } => {}
            XmppFact::Remark(remark) => {
                let stage = self.stage();
                let seen = RemarkSeen { n: entry.n, at: entry.at, stage, remark: remark.clone() };
                keep(&mut self.remarks, seen);
            }
        }
    }

    /// Text that stands where only an element may begin, and that nothing has ended yet.
    fn text_outside(&mut self, entry: &Entry, open: &str) {
        let text = open.trim_start();
        if text.is_empty() || text.starts_with('<') {
            return;
        }
        let (n, stage, start) = (entry.n, self.stage(), text.chars().take(START).collect());
        let what = "text outside XML".to_owned();
        keep(&mut self.not_xml, NotXml { n, stage, what, at_byte: self.framed, start });
    }

    fn sent(&mut self, entry: &Entry, sent: &Sent) {
        if sent.what == "stream header" {
            self.framed = 0;
        }
        if sent.payload.text().contains("</stream:stream>") {
            self.we_closed.get_or_insert(entry.at);
        }
        if sent.mechanism.is_none() && sent.what != "auth" && sent.what != "response" {
            return;
        }
        let before = self.auths.last().and_then(|last| last.mechanism.clone());
        let auth = AuthSent {
            n: entry.n,
            at: entry.at,
            wall: entry.wall,
            what: sent.what.clone(),
            mechanism: sent.mechanism.clone().or(before),
            credential: sent.credential,
            xml_bytes: sent.payload.wire_len() as u64,
            wire: sent.wire,
            answer: None,
        };
        keep(&mut self.auths, auth);
    }

    fn received(&mut self, entry: &Entry, received: &Received) {
        self.framed = received.span.to;
        self.partial = None;
        self.wire_received = self.wire_received.max(received.wire);
        self.last_received = Some((entry.n, entry.at));
        match &received.read {
            Read::StreamOpen { .. } | Read::Features { .. } => self.stream_began(entry, &received.read),
            Read::Challenge => self.auth_answered(entry, AuthAnswer::Challenge),
            Read::Success => self.auth_answered(entry, AuthAnswer::Success),
            Read::SaslFailure { condition, text } => self.sasl_failed(entry, condition, text.as_ref()),
            Read::Proceed => self.proceed = self.proceed.or(Some(entry.n)),
            Read::StarttlsFailure => self.starttls_failure = self.starttls_failure.or(Some(entry.n)),
            Read::StreamClose if self.we_closed.is_none() => {
                let closed = self.ending(entry, ClosedBy::PeerFin, None);
                self.stream_closed.get_or_insert(closed);
            }
            Read::StreamClose => {}
            Read::Bound { jid } => self.jid = Some(jid.clone()),
            Read::StreamError { .. } | Read::Iq { .. } | Read::Refused { .. } => self.complained(entry, received),
            Read::Declaration
            | Read::Message
            | Read::Presence
            | Read::Sm
            | Read::Whitespace
            | Read::Element { .. } => {}
        }
    }

    fn stream_began(&mut self, entry: &Entry, read: &Read) {
        let stage = self.stage();
        match read {
            Read::StreamOpen { id, from, .. } => {
                self.stream_id.clone_from(id);
                let header = StreamHeader { n: entry.n, at: entry.at, stage, id: id.clone(), from: from.clone() };
                keep(&mut self.headers, header);
            }
            Read::Features { starttls, mechanisms, hostnames, bind, session } => {
                if !mechanisms.is_empty() {
                    self.mechanisms.clone_from(mechanisms);
                }
                if !hostnames.is_empty() {
                    self.hostnames.clone_from(hostnames);
                }
                let features = FeaturesSeen {
                    n: entry.n,
                    at: entry.at,
                    stage,
                    starttls: *starttls,
                    mechanisms: mechanisms.clone(),
                    hostnames: hostnames.clone(),
                    bind: *bind,
                    session: *session,
                };
                keep(&mut self.features, features);
            }
            _ => {}
        }
    }

    fn auth_answered(&mut self, entry: &Entry, answer: AuthAnswer) {
        if let Some(last) = self.auths.last_mut() {
            last.answer.get_or_insert((entry.n, entry.at, answer));
        }
    }

    /// A failure counts where an answer is awaited: before any `<auth>`, or behind `<success/>`, it refuses nobody.
    fn sasl_failed(&mut self, entry: &Entry, condition: &str, text: Option<&String>) {
        let is_open = |sent: &&AuthSent| matches!(sent.answer, None | Some((.., AuthAnswer::Challenge)));
        let Some(sent) = self.auths.last().filter(is_open) else {
            return;
        };
        let after = Some(Offset::from_duration(entry.at.since(sent.at)).0);
        self.auth_answered(entry, AuthAnswer::Failure);
        self.failure.get_or_insert_with(|| SaslFailure {
            n: entry.n,
            at: entry.at,
            condition: condition.to_owned(),
            text: text.cloned(),
            after_us: after,
        });
    }

    fn complained(&mut self, entry: &Entry, received: &Received) {
        let (n, stage) = (entry.n, self.stage());
        match &received.read {
            Read::StreamError { condition, text, other_host } => {
                let (condition, text, other_host) = (condition.clone(), text.clone(), other_host.clone());
                keep(&mut self.stream_errors, StreamError { n, stage, condition, text, other_host });
            }
            // Behind the answer it belongs to something else.
            Read::Iq { kind, error, .. } if kind == "error" && self.row(stage).outcome != StageOutcome::Ok => {
                keep(&mut self.iq_errors, IqError { n, stage, condition: error.clone() });
            }
            Read::Refused { what, at } => {
                let start = received.payload.text().chars().take(START).collect();
                keep(&mut self.not_xml, NotXml { n, stage, what: what.clone(), at_byte: *at, start });
            }
            _ => {}
        }
    }
}
