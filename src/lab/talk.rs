//! One client's login as a node sees it: stream, STARTTLS, TLS, stream, SASL, stream; and the faults on the way.
//!
//! The order and the forms are those of protocol.md 5.2. What comes behind SASL is in `served`.

use data_encoding::BASE64;
use tokio::time::Instant;

use super::account::{Accounts, Attempt, Judgement};
use super::component::{self, Component, End, Path};
use super::faults::{AuthFault, Faults, Reach, StarttlsFault, StreamFault, TlsFault, seconds};
use super::ledger::{Received, Service};
use super::literal::{self, fill};
use super::node::{Inside, Node};
use super::peer::{Over, Peer};
use super::scanner::{Element, Heard};
use super::scenario::StreamId;
use super::served;

/// The conversation with one client.
pub(super) struct Talk<'n> {
    pub(super) peer: Peer,
    pub(super) node: &'n Node,
    id: String,
    /// The newest stream header's `to`.
    to: Option<String>,
    /// Which of the node's connections it is, counted from 1.
    number: usize,
    /// On an Expressway-E, the node inside that the user was taken to.
    behind: Option<&'n Inside>,
}

impl<'n> Talk<'n> {
    pub(super) fn new(peer: Peer, node: &'n Node, number: usize) -> Talk<'n> {
        Talk { peer, node, id: node.shared.stream_id(), to: None, number, behind: None }
    }

    /// The whole login. It never ends but with [`Over`].
    pub(super) async fn run(mut self) -> Result<(), Over> {
        let faults = &self.node.faults;
        if let Some(overload) = faults.components.overload(Instant::now()) {
            self.peer.wait(overload.header_delay(self.number)).await?;
        }
        self.header(faults.stream.as_ref()).await?;
        if !matches!(faults.starttls, Some(StarttlsFault::NotOffered {})) {
            self.peer.say(literal::FEATURES_STARTTLS).await?;
            self = self.starttls().await?;
            if self.node.stream_id == StreamId::Renewed {
                self.id = self.node.shared.stream_id();
            }
            self.header(faults.stream_tls.as_ref()).await?;
        }
        let offer = self.offer();
        self.peer.say(&offer).await?;
        let user = self.authenticate().await?;
        self.peer.restart();
        self.header(faults.stream_auth.as_ref()).await?;
        self.peer.say(literal::FEATURES_SESSION).await?;
        served::serve(&mut self, &user).await
    }

    /// Hears a stream header and answers it. The features are a write of their own, by the caller.
    async fn header(&mut self, fault: Option<&StreamFault>) -> Result<(), Over> {
        self.to = match self.peer.hear().await? {
            Heard::Open(stream) => stream.attribute("to"),
            Heard::Close => return Err(self.end().await),
            Heard::Element(_) | Heard::NotXml | Heard::TooLarge => {
                self.say_header().await?;
                return Err(self.stream_error("not-well-formed").await); // RFC 6120 4.9.3.13; G for IM&P
            }
        };
        match fault {
            Some(StreamFault::NoHeader {}) => return Err(self.peer.ignore().await),
            Some(StreamFault::NotXml {}) => {
                self.peer.say(literal::HTTP_BAD_REQUEST).await?;
                return Err(self.peer.close().await);
            }
            Some(StreamFault::Late { seconds: late }) => self.peer.wait(seconds(*late)).await?,
            _ => {}
        }
        self.say_header().await?;
        match fault {
            Some(StreamFault::NoFeatures {}) => Err(self.peer.ignore().await),
            Some(StreamFault::StreamError { condition }) => Err(self.stream_error(condition).await),
            Some(StreamFault::SeeOtherHost { target }) => Err(self.see_other_host(target).await),
            _ => Ok(()),
        }
    }

    async fn say_header(&mut self) -> Result<(), Over> {
        let header = fill(literal::STREAM_HEADER, &[("id", &self.id), ("domain", &self.node.domain)]);
        self.peer.say(&header).await
    }

    /// `<starttls/>`, its answer and the handshake.
    async fn starttls(mut self) -> Result<Talk<'n>, Over> {
        let asked = self.element().await?;
        match asked.name.as_str() {
            "starttls" => {}
            // TLS is required: RFC 6120 6.5.4; G for IM&P.
            "auth" => return Err(self.refuse("encryption-required").await),
            _ => return Err(self.stream_error("not-authorized").await), // RFC 6120 4.9.3.12; G for IM&P
        }
        match &self.node.faults.starttls {
            Some(StarttlsFault::Silent {}) => return Err(self.peer.ignore().await),
            Some(StarttlsFault::Refused {}) => {
                self.peer.say(literal::STARTTLS_FAILURE).await?;
                return Err(self.end().await);
            }
            Some(StarttlsFault::BytesBehind { text }) => {
                self.peer.say(&format!("{}{text}", literal::PROCEED)).await?;
            }
            Some(StarttlsFault::NotOffered {}) | None => self.peer.say(literal::PROCEED).await?,
        }
        if let Some(TlsFault::Silent {}) = self.node.faults.tls {
            return Err(self.peer.ignore().await);
        }
        let peer = self.peer.secure(&self.node.tls).await?;
        Ok(Talk { peer, ..self })
    }

    /// The features with the mechanisms.
    fn offer(&self) -> String {
        let faults = &self.node.faults;
        let Some(StreamFault::Offers { mechanisms, hostnames }) =
            faults.stream_tls.as_ref().or(faults.stream.as_ref())
        else {
            return literal::FEATURES_MECHANISMS.to_owned();
        };
        let (begin, end) = literal::FEATURES_OFFERED;
        let mechanisms = mechanisms.iter().map(|name| fill(literal::MECHANISM, &[("mechanism", name)]));
        let hostnames = hostnames.iter().map(|host| fill(literal::HOSTNAME, &[("host", host)]));
        let inside: String = mechanisms.chain(hostnames).collect();
        format!("{begin}{inside}{end}")
    }

    /// One try (5.2): the user's id, or the end of the stream.
    async fn authenticate(&mut self) -> Result<String, Over> {
        let fault = self.node.faults.auth.as_ref();
        if let Some(AuthFault::NeverReads { .. }) = fault {
            return Err(self.peer.neglect().await);
        }
        let auth = self.element().await?;
        if auth.name != "auth" {
            return Err(self.stream_error("not-authorized").await); // RFC 6120 4.9.3.12; G for IM&P
        }
        // From here on it counts as received; where nothing more is said of it, as unanswered.
        let received = self.receive(&auth);
        match fault {
            Some(AuthFault::Closed {}) => return Err(self.peer.leave().await),
            Some(AuthFault::Reset {}) => return Err(self.peer.reset()),
            Some(AuthFault::Silent { to: Reach::Everyone }) => return Err(self.peer.ignore().await),
            _ => {}
        }
        match self.verdict(&auth, fault).await? {
            Ok(user) => {
                if let Some(received) = received {
                    received.accepted();
                }
                self.peer.say(literal::SUCCESS).await?;
                Ok(user)
            }
            Err(condition) => {
                if let Some(received) = received {
                    received.refused();
                }
                Err(self.refuse(&condition).await)
            }
        }
    }

    /// The user's id, or the condition of the refusal, once the `<auth>` has been where it must.
    async fn verdict(
        &mut self,
        auth: &Element,
        fault: Option<&AuthFault>,
    ) -> Result<Result<String, String>, Over> {
        let mechanism = auth.attribute("mechanism").unwrap_or_default();
        let (to, text) = (self.to.clone(), auth.content());
        let node = self.node;
        let attempt = Attempt { host: &node.host, to: to.as_deref(), mechanism: &mechanism, text: &text };
        self.behind = node.behind(&Accounts::named(attempt));
        let attempt = Attempt { host: self.behind.map_or(&node.host, |inside| &inside.host), ..attempt };
        let (path, user) = node.shared.accounts.path(attempt);
        if let Some(condition) = self.travel(path, &user).await? {
            return Ok(Err(condition));
        }
        let judgement = node.shared.accounts.judge(attempt);
        let exists = !matches!(judgement, Judgement::Refused { user_exists: false, .. });
        let mut refusal = None;
        for fault in [fault, self.fault_behind()].into_iter().flatten().filter(|_| exists) {
            if refusal.is_none() {
                refusal = self.suffer(fault).await?;
            }
        }
        Ok(match (refusal, judgement) {
            (Some(condition), _) => Err(condition),
            (None, Judgement::Refused { condition, .. }) => Err(condition.to_owned()),
            (None, Judgement::Accepted(user)) => Ok(user),
        })
    }

    /// Takes a request of `user` along its path. It is back for its true answer, or with the condition of a refusal,
    /// or never.
    pub(super) async fn travel(&mut self, path: Path, user: &str) -> Result<Option<String>, Over> {
        let node = self.node;
        let components = &node.faults.components;
        let now = Instant::now();
        if components.overload(now).is_some_and(|overload| !overload.answers(self.number)) {
            components.restarts.left_silent(now);
            return Err(self.peer.ignore().await);
        }
        let (behind, path) = match self.behind {
            Some(inside) => (&inside.faults.components, component::from_router(path)),
            None => (components, path),
        };
        let fare = behind.fare(path, user, now);
        if matches!(fare.end, End::Stuck(_)) {
            behind.restarts.left_silent(now);
        }
        self.peer.wait(fare.delay).await?;
        match fare.end {
            End::Answer => Ok(None),
            End::Refusal(condition) => Ok(Some(condition)),
            End::Stuck(Component::ConnectionManager) => Err(self.peer.ignore().await),
            End::Stuck(_) => Err(self.stall().await),
        }
    }

    /// Answers nothing any more but the end of the stream: the Connection Manager itself is well.
    async fn stall(&mut self) -> Over {
        loop {
            match self.peer.hear().await {
                Ok(Heard::Close) => return self.end().await,
                Ok(Heard::TooLarge) => return self.peer.ignore().await,
                Ok(Heard::Open(_) | Heard::Element(_) | Heard::NotXml) => {}
                Err(over) => return over,
            }
        }
    }

    /// Notes that a credential came, and for whom. An `<auth>` that names nobody has none.
    fn receive(&self, auth: &Element) -> Option<Received> {
        let bytes = BASE64.decode(auth.content().as_bytes()).ok()?;
        let text = String::from_utf8_lossy(&bytes);
        let user = match text.strip_prefix("userid=") {
            Some(token) => token.split(['@', '\0']).next()?,
            None => text.split('\0').nth(1)?,
        };
        Some(self.node.shared.ledger.received(&self.node.host, Service::Xmpp, user))
    }

    /// What is wrong with `<auth>` behind the Connection Manager of the node inside: a silence to everyone is its own.
    fn fault_behind(&self) -> Option<&'n AuthFault> {
        let fault = self.behind.and_then(|inside| inside.faults.auth.as_ref());
        fault.filter(|fault| !matches!(fault, AuthFault::Silent { to: Reach::Everyone }))
    }

    /// The faults that a user who is logged in meets: those of this host, then those of the node inside.
    pub(super) fn faults(&self) -> impl Iterator<Item = &'n Faults> + use<'n> {
        std::iter::once(&self.node.faults).chain(self.behind.map(|inside| &inside.faults))
    }

    /// What the path behind the Connection Manager does to a user that exists: it may refuse whatever is right.
    async fn suffer(&mut self, fault: &AuthFault) -> Result<Option<String>, Over> {
        match fault {
            AuthFault::Silent { .. } => Err(self.stall().await),
            AuthFault::Late { seconds: late } => {
                self.peer.wait(seconds(*late)).await?;
                Ok(None)
            }
            AuthFault::Refused { condition, after_seconds } => {
                self.peer.wait(seconds(*after_seconds)).await?;
                Ok(Some(condition.clone()))
            }
            _ => Ok(None),
        }
    }

    /// The next whole element inside the stream.
    pub(super) async fn element(&mut self) -> Result<Element, Over> {
        match self.peer.hear().await? {
            Heard::Element(element) => Ok(element),
            Heard::Close => Err(self.end().await),
            // RFC 6120 4.9.3.13 and 4.9.3.14; G for IM&P.
            Heard::Open(_) | Heard::NotXml => Err(self.stream_error("not-well-formed").await),
            Heard::TooLarge => Err(self.stream_error("policy-violation").await),
        }
    }

    /// `<failure/>`, and the stream is over at once (5.2, S).
    async fn refuse(&mut self, condition: &str) -> Over {
        let failure = fill(literal::SASL_FAILURE, &[("condition", condition)]);
        match self.peer.say(&failure).await {
            Ok(()) => self.end().await,
            Err(over) => over,
        }
    }

    async fn see_other_host(&mut self, target: &str) -> Over {
        let port = self.node.shared.ports.get(target).copied().unwrap_or_default().to_string();
        let error = fill(literal::SEE_OTHER_HOST, &[("host", target), ("port", &port)]);
        self.end_with(&error).await
    }

    pub(super) async fn stream_error(&mut self, condition: &str) -> Over {
        let error = fill(literal::STREAM_ERROR, &[("condition", condition)]);
        self.end_with(&error).await
    }

    async fn end_with(&mut self, error: &str) -> Over {
        match self.peer.say(error).await {
            Ok(()) => self.end().await,
            Err(over) => over,
        }
    }

    /// `</stream:stream>` and the connection's end.
    pub(super) async fn end(&mut self) -> Over {
        match self.peer.say(literal::STREAM_CLOSE).await {
            Ok(()) => self.peer.close().await,
            Err(over) => over,
        }
    }
}
