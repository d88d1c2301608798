//! One request and its answer, from the beginning to the end.
//!
//! 1. An idle connection of the origin, or a new one.
//! 2. The trust gate, on this connection's certificate, where a secret is to go.
//! 3. The request is filled, counted if it spends an attempt, and written.
//! 4. The answer, its body bounded; what it gave us to return is kept.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use data_encoding::BASE64;
use reqwest::Response;
use secrecy::{ExposeSecret, SecretString};
use zeroize::Zeroizing;

use crate::journal::{Fact, How, HttpAsk, HttpFact, Offset, Outcome};
use crate::login::{Gate, GatePass, edge_gate, host_gate};
use crate::probe::Op;
use crate::probe::driver::Shared;
use crate::probe::through::{Through, To};
use crate::protocol::edge;
use crate::protocol::mask::Way;

use super::answer::{self, Answer};
use super::draft::{Draft, Needs};
use super::fill::{Filled, Filling};
use super::line::{Dial, Line};
use super::masked::AtHand;
use super::watch::Watch;
use super::{Http, Origin};

/// So much of a request's head and body is noted.
const NOTED: usize = 64 * 1024;

/// One request that was asked for.
pub struct Exchange {
    pub(super) shared: Shared,
    pub(super) http: Arc<Http>,
    pub(super) op: Op,
    pub(super) ask: HttpAsk,
    /// Where the connection goes.
    pub(super) origin: Origin,
    /// The server that is meant: another one, where an Expressway-E hands the request on.
    served: Origin,
    /// It has spent its attempt.
    counted: bool,
    /// Something that stands for the user is in it: what is given for it does too.
    is_personal: bool,
}

/// What became of a request on one connection.
enum Tried {
    /// The request ended.
    Done(Outcome),
    /// The connection had served before, and was closed before any of the request could matter.
    Stale,
}

impl Exchange {
    /// The request for `ask`, as the operation `op`.
    pub fn new(shared: Shared, http: Arc<Http>, op: Op, ask: HttpAsk) -> Self {
        let (origin, served) = (Origin::of(&ask), Origin::served(&ask));
        Self { shared, http, op, ask, origin, served, counted: false, is_personal: false }
    }

    /// Asks, and notes how it ended.
    pub async fn run(mut self) {
        let outcome = self.asked().await.unwrap_or_else(|why| why);
        let at_hand = self.at_hand();
        let text = outcome.text.as_deref().map(|text| at_hand.cleaned(text));
        self.shared.notes.ended(self.op, Outcome { text, ..outcome }).await;
    }

    async fn asked(&mut self) -> Result<Outcome, Outcome> {
        let http = Arc::clone(&self.http);
        let draft = Draft::of(&self.ask, &http.identity)?;
        let targets = targets(&self.ask, &self.shared.through)?;
        loop {
            let line = match http.lines.take(&self.origin, &targets).await {
                Some(line) => line,
                None => {
                    let dial =
                        Dial { shared: &self.shared, identity: &http.identity, op: self.op, ask: &self.ask };
                    dial.line(&targets).await?
                }
            };
            match self.on(line, &draft).await? {
                Tried::Done(outcome) => return Ok(outcome),
                // Each time one connection fewer stands idle.
                Tried::Stale => {}
            }
        }
    }

    /// The request on this connection, if the gate is open.
    async fn on(&mut self, line: Line, draft: &Draft) -> Result<Tried, Outcome> {
        let http = Arc::clone(&self.http);
        let secrets = self.shared.secrets.clone();
        let key = http.kept.key(&self.served);
        let filling = Filling { user: &http.identity.user_id, secrets: &secrets, key: key.as_ref() };
        let pass = match self.pass(&line, draft.needs, filling.has(draft.needs)) {
            Ok(pass) => pass,
            Err(shut) => {
                http.lines.give(&self.origin, line);
                return Ok(Tried::Done(self.shut(shut, filling.words(draft.needs)).await));
            }
        };
        if pass.is_some() {
            http.kept.becomes_personal(&self.origin);
            http.kept.becomes_personal(&self.served);
        }
        let personal = matches!(self.gate(&line, true, true), Gate::Open(_));
        let cookies = self.cookies(draft.target.as_str(), personal);
        self.is_personal = pass.is_some() || cookies.as_ref().is_some_and(|(_, personal)| *personal);
        let filled = filling.fill(draft, cookies.map(|(header, _)| header), pass)?;
        if draft.needs.is_attempt() && !self.counted {
            if !self.shared.attempts.take() {
                let (used, limit) = self.shared.attempts.count();
                http.lines.give(&self.origin, line);
                let shut = Gate::Attempts { used, limit };
                return Ok(Tried::Done(self.shut(shut, filling.words(draft.needs)).await));
            }
            self.counted = true;
        }
        Ok(self.talk(line, filled, draft.needs).await)
    }

    /// The cookies to return: those of the origin, and, where it hands the request on, those of the server behind it.
    fn cookies(&self, path: &str, personal: bool) -> Option<(Zeroizing<String>, bool)> {
        let kept = &self.http.kept;
        let own = kept.cookies(&self.origin, path, personal);
        let behind = match self.ask.inside.is_empty() {
            true => None,
            false => kept.cookies(&self.served, &path_of(&self.ask.inside), personal),
        };
        match (own, behind) {
            (Some((own, one)), Some((behind, other))) => {
                let joined = Zeroizing::new([own.as_str(), behind.as_str()].join("; "));
                Some((joined, one || other))
            }
            (one, other) => one.or(other),
        }
    }

    /// Keeps a cookie. An Expressway-E's own is for all that it hands on, whatever its path (protocol.md 8); that of a
    /// server behind it goes back there alone.
    fn keep_cookie(&self, cookie: &str) {
        let kept = &self.http.kept;
        let is_edges = self.ask.is_by_edge() && (self.ask.inside.is_empty() || edge::is_own_cookie(cookie));
        match (is_edges, self.ask.inside.is_empty()) {
            (true, _) => kept.set_cookie(&self.origin, "/", cookie, self.is_personal),
            (false, true) => kept.set_cookie(&self.origin, &path_of(&self.ask.url), cookie, self.is_personal),
            (false, false) => kept.set_cookie(&self.served, &path_of(&self.ask.inside), cookie, self.is_personal),
        }
    }

    /// The gate's pass, where the request needs one.
    fn pass(&self, line: &Line, needs: Needs, at_hand: bool) -> Result<Option<GatePass>, Gate> {
        if needs == Needs::Nothing {
            return Ok(None);
        }
        match self.gate(line, at_hand, self.counted || !needs.is_attempt()) {
            Gate::Open(pass) => Ok(Some(pass)),
            shut => Err(shut),
        }
    }

    fn gate(&self, line: &Line, at_hand: bool, counted: bool) -> Gate {
        let (_, host, port) = self.ask.origin();
        let policy = self.http.policy(host, port, self.shared.attempts.count());
        let gate = if self.ask.is_by_edge() { edge_gate } else { host_gate };
        gate(&line.security, &policy, at_hand, counted)
    }

    /// Notes that the gate is shut. Nothing was sent.
    async fn shut(&self, gate: Gate, would_send: String) -> Outcome {
        let (why, fingerprint, failed) = match gate {
            Gate::Certificate { fingerprint, why } => ("untrusted", Some(fingerprint), why),
            Gate::Cleartext => ("clear", None, Vec::new()),
            Gate::KeyNotProven => ("key not proven", None, Vec::new()),
            Gate::Attempts { used, limit } => {
                ("attempts", None, vec![format!("{used} of {limit} attempts with this credential are used")])
            }
            Gate::NoCredential | Gate::Open(_) => ("no credential", None, Vec::new()),
        };
        let would_send = self.at_hand().cleaned(&would_send);
        self.saw(HttpFact::Gate { why: why.to_owned(), fingerprint, failed, would_send }).await;
        Outcome::new(How::Stopped, why, "before a credential crossed")
    }

    /// Writes the request and reads the answer.
    async fn talk(&mut self, mut line: Line, filled: Filled, needs: Needs) -> Tried {
        let tap = Arc::clone(&line.tap);
        tap.begin(filled.length);
        let watch = self.watch();
        let mut answering = std::pin::pin!(line.sender.send_request(filled.request));
        let early = watch.over(self.now(), async {
            tokio::select! {
                biased;
                () = tap.written() => None,
                answer = &mut answering => Some(answer),
            }
        });
        let early = early.await;
        self.note_sent(&line, needs.is_attempt()).await;
        let answer = match early {
            None => None,
            Some(Some(answer)) => Some(answer),
            Some(None) => watch.over(self.now(), answering).await,
        };
        match answer {
            Some(Ok(answer)) => Tried::Done(self.answered(line, answer.map(reqwest::Body::wrap).into()).await),
            Some(Err(_)) if is_stale(&line, needs) => {
                line.abandon();
                Tried::Stale
            }
            Some(Err(why)) => {
                let outcome = answer::no_head(&why, &tap.came(), &self.at_hand());
                line.abandon();
                Tried::Done(outcome)
            }
            None => {
                let what = if tap.is_written() { "no answer" } else { "the request was not taken" };
                line.abandon();
                Tried::Done(self.silent(what))
            }
        }
    }

    /// Notes head and body, and keeps what is to be returned.
    async fn answered(&self, mut line: Line, mut answer: Response) -> Outcome {
        for cookie in answer.headers().get_all(reqwest::header::SET_COOKIE) {
            if let Ok(cookie) = cookie.to_str() {
                self.keep_cookie(cookie);
            }
        }
        let head = answer::head(&answer, &line.tap.head(), &self.at_hand());
        let status = answer.status();
        self.saw(HttpFact::Head(head)).await;
        let answer = Answer::read(&mut answer, &self.watch()).await;
        answer.keep(self.ask.what, &self.served, &self.http.kept);
        self.saw(answer.fact(&self.at_hand())).await;
        if answer.is_complete() && line.tap.is_written() {
            line.is_used = true;
            line.tap.clear();
            self.http.lines.give(&self.origin, line);
        } else {
            line.abandon();
        }
        answer.outcome(status, self.silent("no more of the body"))
    }

    async fn note_sent(&self, line: &Line, credential: bool) {
        let (head, body) = line.tap.sent();
        if head.is_empty() {
            return;
        }
        let at_hand = self.at_hand();
        let body = at_hand.body(&body, Way::Out, false, NOTED);
        self.saw(HttpFact::Sent { head: at_hand.head(&head, NOTED), body, credential }).await;
    }

    fn silent(&self, what: &str) -> Outcome {
        let waited = self.http.identity.patience.give_up.unwrap_or_default().as_secs_f64();
        Outcome::new(How::TimedOut, "silent", format!("{what} within {waited:.1} s"))
    }

    /// All secrets that may stand in what passes.
    fn at_hand(&self) -> AtHand {
        let secrets = &self.shared.secrets;
        let basic = secrets.password.as_ref().map(|password| {
            let pair = format!("{}:{}", self.http.identity.user_id, password.expose_secret());
            let pair = Zeroizing::new(pair);
            SecretString::from(BASE64.encode(pair.as_bytes()))
        });
        let own = [secrets.password.clone(), secrets.token.clone(), basic];
        let others = secrets.others.iter().cloned();
        AtHand(own.into_iter().flatten().chain(others).chain(self.http.kept.secrets()).collect())
    }

    fn watch(&self) -> Watch<'_> {
        Watch { notes: &self.shared.notes, op: self.op, marks: self.http.identity.patience }
    }

    fn now(&self) -> Offset {
        self.shared.notes.clock().now()
    }

    async fn saw(&self, fact: HttpFact) {
        self.shared.notes.saw(self.op, Fact::Http(Box::new(fact))).await;
    }
}

/// Whether an idle connection was closed on us before the server looked at the request. A credential that left does
/// not leave a second time.
fn is_stale(line: &Line, needs: Needs) -> bool {
    let nothing_left = line.tap.sent().0.is_empty();
    line.is_used && line.tap.came().is_empty() && (nothing_left || needs == Needs::Nothing)
}

/// The path of a URL, with its query.
fn path_of(url: &str) -> String {
    url.splitn(4, '/').nth(3).map(|path| format!("/{path}")).unwrap_or_default()
}

/// Where a connection may lead: to the addresses that are known, to the host where it is one itself, or to the name that
/// is left to the proxy.
fn targets(ask: &HttpAsk, through: &Through) -> Result<Vec<To>, Outcome> {
    let (_, host, port) = ask.origin();
    if through.leaves_name(host) {
        return Ok(vec![To::Name(host.to_owned(), port)]);
    }
    let at = |address: IpAddr| To::Address(SocketAddr::new(address, port));
    let known: Vec<To> = ask.addresses.iter().filter_map(|address| address.parse().ok()).map(at).collect();
    if !known.is_empty() {
        return Ok(known);
    }
    let own = host.parse().map_err(|_| {
        let host: String = host.chars().take(200).collect();
        Outcome::new(How::Failed, "unresolved", format!("no address of {host} is known"))
    });
    Ok(vec![at(own?)])
}
