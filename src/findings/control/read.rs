//! What became of each question of the control experiment, read from the logins and exchanges that asked it.

use std::time::Duration;

use crate::discovery::{Exchange, Reading};
use crate::journal::{Awaited, BodyEnd, EntryNo, How, Offset, Outcome, Remark, Stage};
use crate::progress::{AuthAnswer, LoginProgress, Silence, SilenceKind};
use crate::protocol::epas;

use super::super::figures::foreign;
use super::{CHALLENGE, Marks, Reply, SUCCESS};

/// A question: when its reply stood, and the reply.
#[derive(Debug, Clone)]
pub(in crate::findings) struct Question {
    pub settled: Option<Offset>,
    pub reply: Reply,
}

impl Question {
    fn new(settled: Offset, reply: Reply) -> Self {
        Self { settled: Some(settled), reply }
    }

    fn open() -> Self {
        Self { settled: None, reply: Reply::Open }
    }

    /// What was known of it at a moment. An answer behind the mark for silence counts as none, so that it does not
    /// matter that it is known here when the silence was flagged.
    pub(super) fn at(&self, moment: Offset) -> Reply {
        match self.settled {
            Some(settled) if settled <= moment => self.reply.clone(),
            _ => Reply::Open,
        }
    }
}

/// What became of a login's `<auth>`.
pub(in crate::findings) fn auth(login: &LoginProgress) -> Reply {
    asked(login).reply
}

/// The same, and when it stood.
pub(in crate::findings) fn asked(login: &LoginProgress) -> Question {
    let of_auth = |silence: &&Silence| silence.awaited == Awaited::AuthAnswer;
    let silence = login.silences.iter().rfind(of_auth);
    let flagged = |at: Offset| silence.map_or(at, |silence| silence.flagged.min(at));
    let sent = login.last_auth();
    if let Some((n, at, after, what)) = sent.and_then(|sent| {
        let (n, at, answer) = sent.answer?;
        // A wait that was called silent stays one: its clock counts.
        let since =
            silence.filter(|silence| silence.flagged <= at).map_or(sent.at, |silence| silence.since.min(sent.at));
        Some((n, at, at.since(since), answered(login, answer)))
    }) {
        return Question::new(flagged(at), Reply::Answered { n, after, what });
    }
    if let Some(silence) = silence {
        return Question::new(silence.flagged, unanswered(login, silence));
    }
    match (sent, login.stream_errors.first().zip(login.peers_end())) {
        (Some(sent), Some((error, end))) if end.at >= sent.at => {
            let what = format!("stream error {}", foreign(&error.condition));
            let reply = Reply::Answered { n: error.n, after: end.at.since(sent.at), what };
            Question::new(end.at, reply)
        }
        _ => failed(login).unwrap_or_else(Question::open),
    }
}

fn answered(login: &LoginProgress, answer: AuthAnswer) -> String {
    match (answer, &login.failure) {
        (AuthAnswer::Success, _) => SUCCESS.to_owned(),
        (AuthAnswer::Challenge, _) => CHALLENGE.to_owned(),
        (AuthAnswer::Failure, Some(failure)) => foreign(&failure.condition),
        (AuthAnswer::Failure, None) => "failure".to_owned(),
    }
}

/// A silence of bytes that never arrived says nothing about who should have read them.
fn unanswered(login: &LoginProgress, silence: &Silence) -> Reply {
    if silence.kind == SilenceKind::Unacked {
        return Reply::Failed { n: silence.n, why: "our bytes did not arrive".to_owned() };
    }
    Reply::Silent { n: silence.n, waited: login.known_wait(silence) }
}

/// Why a login came to no answer, once it will not.
fn failed(login: &LoginProgress) -> Option<Question> {
    let question = |at, n, why: String| Some(Question::new(at, Reply::Failed { n, why }));
    let before = login.silences.iter().find(|silence| is_before_auth(silence) && silence.answered.is_none());
    if let Some(silence) = before {
        return question(silence.flagged, silence.n, missed(silence.awaited));
    }
    let gate = login.remarks.iter().find_map(|seen| match &seen.remark {
        Remark::Gate { why, .. } => Some((seen, why)),
        _ => None,
    });
    if let Some((seen, why)) = gate.filter(|_| login.auths.is_empty()) {
        return question(seen.at, seen.n, format!("held back: {}", foreign(why)));
    }
    if let Some(closed) = login.peers_end().filter(|closed| closed.auth_open) {
        return question(closed.at, closed.n, "the connection was ended instead of an answer".to_owned());
    }
    let ended = login.ended.as_ref()?;
    question(ended.at, ended.n, ending(&ended.outcome))
}

/// What did not come, in a sentence of its own.
fn missed(awaited: Awaited) -> String {
    match awaited {
        Awaited::Anything => "no answer came".to_owned(),
        Awaited::Written => "the peer did not take our bytes".to_owned(),
        awaited => format!("{} did not come", awaited.words()),
    }
}

fn is_before_auth(silence: &Silence) -> bool {
    silence.stage < Stage::Auth && silence.awaited != Awaited::Connect
}

fn ending(outcome: &Outcome) -> String {
    let word = match outcome.how {
        How::Ok => "ended without an answer",
        How::Refused => "refused",
        How::Broken => "broke the rules",
        How::Lost => "the link was lost",
        How::TimedOut => "timed out",
        How::Stopped => "stopped",
        How::Failed => "failed",
    };
    match &outcome.code {
        Some(code) => format!("{word} ({})", foreign(code)),
        None => word.to_owned(),
    }
}

/// Whether a login's connection opened a stream and was offered mechanisms. Its time is that of the slowest stage on
/// the way.
pub(super) fn opened(login: &LoginProgress) -> Question {
    let silence = login.silences.iter().find(|silence| is_before_auth(silence));
    let offered = login.features.iter().find(|seen| !seen.mechanisms.is_empty());
    if let Some(seen) = offered {
        let after = slowest(login);
        let settled = silence.map_or(seen.at, |silence| silence.flagged.min(seen.at));
        let what = foreign(&seen.mechanisms.join(" + "));
        return Question::new(settled, Reply::Answered { n: seen.n, after, what });
    }
    if let Some(silence) = silence {
        return Question::new(silence.flagged, unanswered(login, silence));
    }
    failed(login).unwrap_or_else(Question::open)
}

/// How long the slowest stage before `<auth>` took.
fn slowest(login: &LoginProgress) -> Duration {
    let stages = [Stage::Tcp, Stage::Stream, Stage::Starttls, Stage::Tls, Stage::StreamTls];
    let took = stages.iter().filter_map(|stage| {
        let row = login.row(*stage);
        Some(row.left?.since(row.entered?))
    });
    took.max().unwrap_or_default()
}

/// What became of a request: of an EPASSoap login, above all.
pub(in crate::findings) fn exchange(exchange: &Exchange, marks: Marks) -> Question {
    let began = exchange.began;
    let sent = exchange.sent.map_or(began, |(_, at, _)| at);
    let flagged = exchange.went_silent().map(|(n, since)| (n, since.after(marks.silent)));
    let whole = exchange.body.filter(|(.., end)| *end == BodyEnd::Complete);
    if let Some((n, at, ..)) = whole {
        let settled = flagged.map_or(at, |(_, flagged)| flagged.min(at));
        let reply = Reply::Answered { n, after: at.since(sent), what: said(exchange) };
        return Question::new(settled, reply);
    }
    let over = exchange.ended.as_ref();
    let timed_out = over.filter(|end| end.outcome.how == How::TimedOut).map(|end| (end.n, end.at));
    if let Some((n, at)) = flagged.or(timed_out) {
        let until = over.map_or(at, |end| end.at.max(at));
        return Question::new(at, Reply::Silent { n, waited: until.since(sent) });
    }
    let failed = |at, n: EntryNo, why| Question::new(at, Reply::Failed { n, why });
    match (&exchange.gate, over) {
        (Some(gate), over) => {
            failed(over.map_or(began, |end| end.at), gate.n, format!("held back: {}", foreign(&gate.why)))
        }
        (None, Some(end)) => failed(end.at, end.n, ending(&end.outcome)),
        (None, None) => Question::open(),
    }
}

/// What a request was answered, in a few words.
fn said(exchange: &Exchange) -> String {
    match &exchange.reading {
        Reading::EpasLogin(epas::Answer::Success(_)) => SUCCESS.to_owned(),
        Reading::EpasLogin(epas::Answer::Failure(reason)) if !reason.trim().is_empty() => {
            format!("refused, {}", foreign(reason))
        }
        Reading::EpasLogin(epas::Answer::Failure(_)) => "refused".to_owned(),
        Reading::EpasLogin(epas::Answer::Redirect(host)) => format!("sent to {}", foreign(host)),
        _ => exchange.status().map_or_else(|| "no success".to_owned(), |status| format!("status {status}")),
    }
}
