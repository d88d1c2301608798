//! What is known of one login. Plain values; [`super::fold`] fills them.
//!
//! Lists only grow: a fact that was seen stays, so that a finding that cites it stays too.

use std::time::Duration;

use crate::journal::{CertFact, EntryNo, LoginAsk, Offset, OpId, Stage, Via, Wall};

use super::{
    Agreed, AuthSent, Closed, ConnectTry, Ending, FeaturesSeen, HandshakeTry, IqError, LegacySeen, NotXml,
    Presented, RemarkSeen, SaslFailure, Silence, Slow, Snapshot, StageOutcome, StageRow, StreamError,
    StreamHeader, Verified, Wait,
};

/// One login, as far as it came.
#[derive(Debug, Clone)]
pub struct LoginProgress {
    /// Its operation.
    pub op: OpId,
    /// The entry that began it.
    pub n: EntryNo,
    /// What was asked for.
    pub ask: LoginAsk,
    /// When it began.
    pub began: Offset,
    /// The same moment on the wall clock.
    pub began_wall: Wall,
    /// How it ended.
    pub ended: Option<Ending>,
    /// Our `address:port`.
    pub local: Option<String>,
    /// The peer's `address:port`.
    pub remote: Option<String>,
    /// The proxy by way of which the connection leads there: what TCP tells is then of the proxy.
    pub via: Option<Via>,
    /// The TCP connects, in the order in which they began.
    pub connects: Vec<ConnectTry>,
    /// The newest stream's id.
    pub stream_id: Option<String>,
    /// The newest mechanisms that were offered.
    pub mechanisms: Vec<String>,
    /// Home node and backup, as the newest features name them.
    pub hostnames: Vec<String>,
    /// The server's stream headers.
    pub headers: Vec<StreamHeader>,
    /// The features that came.
    pub features: Vec<FeaturesSeen>,
    /// The newest chain that was presented, its own certificate first.
    pub certs: Vec<CertFact>,
    /// What the newest check of a chain found.
    pub verified: Option<Verified>,
    /// All chains that were presented, each with its check.
    pub presented: Vec<Presented>,
    /// What TLS agreed on.
    pub agreed: Option<Agreed>,
    /// The TLS handshakes.
    pub handshakes: Vec<HandshakeTry>,
    /// What a hand-made ClientHello was answered.
    pub legacy: Option<LegacySeen>,
    /// The full JID, once bound.
    pub jid: Option<String>,
    /// All stages, in the order of [`Stage::ALL`].
    pub stages: [StageRow; 10],
    /// What it waits for now.
    pub wait: Option<Wait>,
    /// Waits that became silent, whatever became of them.
    pub silences: Vec<Silence>,
    /// Waits that became slow, whatever became of them.
    pub slow: Vec<Slow>,
    /// Each `<auth>` and `<response>`, with its answer.
    pub auths: Vec<AuthSent>,
    /// The first SASL failure.
    pub failure: Option<SaslFailure>,
    /// Stream errors.
    pub stream_errors: Vec<StreamError>,
    /// The failure of STARTTLS.
    pub starttls_failure: Option<EntryNo>,
    /// `<proceed/>`.
    pub proceed: Option<EntryNo>,
    /// Errors to the bind or session request.
    pub iq_errors: Vec<IqError>,
    /// Bytes that were no XML, or XML that XMPP forbids.
    pub not_xml: Vec<NotXml>,
    /// Unexpected things that were described.
    pub remarks: Vec<RemarkSeen>,
    /// How the connection ended, if anybody but us ended it first.
    pub closed: Option<Closed>,
    /// The peer's `</stream:stream>`, where ours did not come before it.
    pub stream_closed: Option<Closed>,
    /// When we began to end the login: our `</stream:stream>`, or the user's word.
    pub we_closed: Option<Offset>,
    /// The newest element that is still open: its entry and the bytes that have come.
    pub partial: Option<(EntryNo, u64)>,
    /// The kernel's views, in the order of their times; thinned out in the middle when there are many.
    pub kernel: Vec<Snapshot>,
    /// When the newest frame was complete.
    pub last_received: Option<(EntryNo, Offset)>,
    /// Bytes of the newest stream that have come in whole frames.
    pub(super) framed: u64,
    pub(super) wire_received: u64,
    /// Bytes of TCP that had come when the newest wait began, and when that was.
    pub(super) came_at_wait: Option<(Offset, u64)>,
}

impl LoginProgress {
    /// The row of a stage.
    pub fn row(&self, stage: Stage) -> &StageRow {
        &self.stages[stage as usize]
    }

    /// The stage in which the login is, or in which it ended: the one that it entered last.
    pub fn stage(&self) -> Stage {
        self.stages
            .iter()
            .filter_map(|row| Some((row.entered?, row.stage)))
            .max()
            .map_or(Stage::Tcp, |(_, stage)| stage)
    }

    /// Whether the stage that was asked for was reached: its connection may stand all the same. A session that is
    /// not offered is not needed.
    pub fn reached(&self) -> bool {
        let passed = |stage| self.row(stage).outcome == StageOutcome::Ok;
        let not_needed = self.row(Stage::Session).outcome == StageOutcome::Skipped && passed(Stage::Bind);
        passed(self.ask.until) || (self.ask.until == Stage::Session && not_needed)
    }

    /// A moment of this login on the wall clock.
    pub fn wall_at(&self, at: Offset) -> Wall {
        let since = i64::try_from(at.since(self.began).as_millis()).unwrap_or(i64::MAX);
        Wall(self.began_wall.0.saturating_add(since))
    }

    /// How long a silence has lasted, as far as it is known: until its answer, or until the kernel was looked at last.
    pub fn known_wait(&self, silence: &Silence) -> Duration {
        let newest = self.kernel.last().map_or(silence.flagged, |snapshot| snapshot.at.max(silence.flagged));
        silence.waited(newest)
    }

    /// How the peer ended the stream or the connection, whichever it did first.
    pub fn peers_end(&self) -> Option<&Closed> {
        self.stream_closed.as_ref().or(self.closed.as_ref())
    }

    /// The newest `<auth>` or `<response>`.
    pub fn last_auth(&self) -> Option<&AuthSent> {
        self.auths.last()
    }
}
