//! What the machine says, as notes for the journal; and the connection's end.

use std::time::Duration;

use crate::journal::{
    Awaited, AwaitedReply, ClosedBy, Fact, How, KernelFact, KernelReason, NetFact, Offset, Outcome, Payload,
    Received, Remark, Span, Stage, StageFact, StageMark, WaitFact, WaitMark, XmppFact,
};
use crate::login::{Mark, Output};
use crate::probe::connection::Connection;
use crate::probe::echo;
use crate::probe::outgoing;
use crate::probe::platform;
use crate::probe::read::read;
use crate::probe::tls;
use crate::protocol::framer::Frame;
use crate::protocol::mask::Way;
use crate::protocol::stanza::Reading;

use super::Driver;

/// So much of an open element is shown.
const PARTIAL_SHOWN: usize = 2048;
/// Why there is no kernel's view of a connection by way of a proxy.
const OF_THE_PROXY: &str = "it would describe the proxy";
/// So long may a clean close take.
const CLOSE_LIMIT: Duration = Duration::from_millis(200);

impl Driver {
    /// Writes down what the machine says.
    pub(super) async fn drain(&mut self) {
        let (used, limit) = self.shared.attempts.count();
        self.login.policy().attempts_used = used;
        self.login.policy().attempts_limit = limit;
        let mut blank = Blank::default();
        let mut flooded = false;
        while let Some(output) = self.login.output() {
            match output {
                Output::Stage(fact) => self.stage(fact).await,
                Output::Frame(frame, Reading::Whitespace) => blank.add(frame),
                Output::Frame(frame, reading) => {
                    self.blank(&mut blank).await;
                    flooded = !self.frame(frame, &reading).await;
                }
                Output::Remark(Remark::OffScript { .. } | Remark::OtherId { .. }) if flooded => {}
                Output::Remark(remark) => {
                    let remark = echo::cleaned(remark, &self.shared.secrets);
                    self.saw_xmpp(XmppFact::Remark(remark)).await;
                }
                Output::Wait { awaited, since, mark } => self.mark(awaited, since, mark).await,
                Output::Decided(outcome) => {
                    self.decided = Some(echo::cleaned(outcome, &self.shared.secrets));
                }
            }
        }
        self.blank(&mut blank).await;
    }

    /// White space that came in a row is one entry: the framer gives each byte at once.
    async fn blank(&mut self, blank: &mut Blank) {
        if let Some(frame) = blank.0.take() {
            self.frame(frame, &Reading::Whitespace).await;
        }
    }

    pub(super) async fn stage(&mut self, fact: StageFact) {
        if fact.stage == Stage::Tls && fact.mark == StageMark::Entered {
            self.partial_since = None;
            self.reads.forget();
        }
        self.saw(Fact::Stage(fact)).await;
    }

    /// Notes a frame. False: it was one too many, and is only counted.
    pub(super) async fn frame(&mut self, frame: Frame, reading: &Reading) -> bool {
        let parts = self.reads.frame(frame.bytes.len());
        if !self.allowance.takes(frame.bytes.len(), is_answer(reading), self.now()) {
            return false;
        }
        self.note_lost().await;
        let secrets = outgoing::masked(&frame.bytes, Way::In, &self.shared.secrets);
        let received = Received {
            payload: Payload::cut(&frame.bytes, &secrets),
            span: Span { from: frame.range.start, to: frame.range.end },
            wire: self.counters.inward(),
            secure: self.connection.as_ref().is_some_and(Connection::is_secure),
            read: echo::cleaned(read(reading, frame.range.start), &self.shared.secrets),
            parts,
        };
        self.saw_xmpp(XmppFact::Received(received)).await;
        true
    }

    /// Says how many frames were not kept, where there were any.
    pub(super) async fn note_lost(&mut self) {
        if let Some(loss) = self.allowance.lost() {
            self.shared.notes.lost(self.op, loss).await;
        }
    }

    pub(super) async fn note_partial(&self) {
        let open = self.login.open_element();
        if open.is_empty() {
            return;
        }
        let payload = outgoing::open_element(open, PARTIAL_SHOWN, &self.shared.secrets);
        self.saw_xmpp(XmppFact::Partial { payload, bytes: open.len() as u64 }).await;
    }

    pub(super) async fn mark(&mut self, awaited: Awaited, since: Offset, mark: Mark) {
        let reason = match mark {
            Mark::Slow => Some(KernelReason::Slow),
            Mark::Silent => Some(KernelReason::Silent),
            Mark::Still => Some(KernelReason::Still),
            Mark::Answered => Some(KernelReason::Answer),
            Mark::Began | Mark::GaveUp => None,
        };
        let mark = match mark {
            Mark::Began => Some(WaitMark::Began),
            Mark::Slow => Some(WaitMark::Slow),
            Mark::Silent => Some(WaitMark::Silent),
            Mark::Answered => Some(WaitMark::Answered),
            Mark::GaveUp => Some(WaitMark::GaveUp),
            Mark::Still => None,
        };
        // The kernel first: whoever reads that a wait is silent has its view at hand.
        if let Some(reason) = reason {
            self.note_kernel(reason).await;
        }
        if let Some(mark) = mark {
            let reply = self.reply_for(awaited);
            self.saw(Fact::Wait(WaitFact { awaited, since, mark, reply })).await;
        }
    }

    /// What a wait for `awaited` waits for the answer of, as far as it has gone.
    pub(super) fn reply_for(&self, awaited: Awaited) -> Option<AwaitedReply> {
        match awaited {
            Awaited::Connect => None,
            Awaited::Written => self.outgoing.as_ref().map(|outgoing| outgoing.reply(self.counters.out(), false)),
            Awaited::Handshake => {
                let mut reply = self.reply.clone()?;
                reply.wire.to = self.counters.out();
                Some(reply)
            }
            _ => self.reply.clone(),
        }
    }

    pub(super) async fn note_kernel(&self, reason: KernelReason) {
        let Some(socket) = self.counters.socket() else { return };
        // By way of a proxy the kernel's view is of the connection to the proxy: it would tell nothing of the node.
        let view = match self.shared.through.via() {
            Some(_) => Err(OF_THE_PROXY.to_owned()),
            None => platform::kernel_view(socket),
        };
        self.saw(Fact::Kernel(KernelFact { reason, view })).await;
    }

    /// The connection ended, by the peer or by the link.
    pub(super) async fn closed_by(&mut self, by: ClosedBy, code: String) {
        self.note_partial().await;
        self.note_lost().await;
        self.note_kernel(KernelReason::End).await;
        self.note_unsent().await;
        let (how, words) = match by {
            ClosedBy::PeerFin => (How::Lost, "the server closed the connection"),
            ClosedBy::PeerReset => (How::Lost, "the connection was reset"),
            ClosedBy::Tls if code.starts_with(tls::ALERT) => (How::Lost, "the server ended TLS"),
            ClosedBy::Tls => (How::Broken, "what came is no TLS any more"),
            ClosedBy::Link | ClosedBy::Us => (How::Lost, "the link was lost"),
        };
        self.saw(Fact::Net(NetFact::Closed { by, code: Some(code.clone()) })).await;
        self.connection = None;
        self.login.closed(Outcome::new(how, code, words));
    }

    pub(super) async fn note_unsent(&mut self) {
        if let Some(outgoing) = self.outgoing.take() {
            let (written, total) = (outgoing.taken as u64, outgoing.bytes.len() as u64);
            self.saw_xmpp(XmppFact::Unsent { what: outgoing.sends.name().to_owned(), written, total }).await;
        }
    }

    /// Closes what is still open, cleanly where that takes no time.
    pub(super) async fn close(&mut self) {
        self.note_lost().await;
        let Some(mut connection) = self.connection.take() else { return };
        if !self.left {
            self.note_partial().await;
            self.note_kernel(KernelReason::End).await;
            self.note_unsent().await;
        }
        let _ = tokio::time::timeout(CLOSE_LIMIT, connection.shutdown()).await;
        drop(connection);
        self.saw(Fact::Net(NetFact::Closed { by: ClosedBy::Us, code: None })).await;
    }
}

/// Whether a frame is of a kind that a login waits for.
fn is_answer(reading: &Reading) -> bool {
    matches!(
        reading,
        Reading::StreamOpen(_)
            | Reading::Features(_)
            | Reading::Proceed
            | Reading::StarttlsFailure
            | Reading::Challenge(_)
            | Reading::Success(_)
            | Reading::SaslFailure { .. }
            | Reading::StreamError { .. }
            | Reading::StreamClose
            | Reading::Iq(_)
    )
}

/// White space between stanzas, gathered until something else comes.
#[derive(Default)]
struct Blank(Option<Frame>);

impl Blank {
    fn add(&mut self, frame: Frame) {
        match &mut self.0 {
            Some(gathered) => {
                gathered.bytes.extend_from_slice(&frame.bytes);
                gathered.range.end = frame.range.end;
            }
            None => self.0 = Some(frame),
        }
    }
}
