//! What a rule about the walk looks at: everything that was asked, and the servers that were asked over HTTP.

use crate::discovery::{Connect, Exchange, Reading, Walk};
use crate::journal::{Clients, How, HttpAsk, HttpWhat, Via};
use crate::progress::Progress;

use super::super::control::Marks;
use super::found::Found;
use super::{Answer, Code};

/// The whole run.
pub(in crate::findings) struct Site<'a> {
    pub(super) progress: &'a Progress,
    pub(super) walk: &'a Walk,
    places: Vec<Place<'a>>,
}

/// What a server is asked for, where the way from outside is looked at beside the one inside.
pub(super) const OUTSIDE: &str = "the way from outside";

/// What a server is to the walk.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// UDS and single sign-on of a CUCM.
    Cucm,
    /// The files of Cisco Tftp, over HTTP.
    Tftp,
    /// EPASSoap on an IM&P node.
    Imp,
    /// An Expressway-E, and what it hands on.
    Edge,
}

impl Kind {
    /// For which kind of server a request is; none where it is the administrator's, whose answers are looked at by
    /// rules of their own.
    pub(super) fn of(ask: &HttpAsk) -> Option<Self> {
        Some(match ask.what {
            _ if ask.is_by_edge() => Kind::Edge,
            what if what.is_administrators() => return None,
            HttpWhat::ServiceProfile | HttpWhat::JabberConfig => Kind::Tftp,
            HttpWhat::EpasLogin | HttpWhat::EpasConfig | HttpWhat::EpasToken => Kind::Imp,
            _ => Kind::Cucm,
        })
    }

    /// The catalogue's word.
    pub(super) fn name(self) -> &'static str {
        match self {
            Kind::Cucm => "cucm",
            Kind::Tftp => "tftp",
            Kind::Imp => "imp",
            Kind::Edge => "edge",
        }
    }

    /// The service that answers there.
    pub(super) fn service(self) -> &'static str {
        match self {
            Kind::Cucm | Kind::Imp => "Cisco Tomcat",
            Kind::Tftp => "Cisco Tftp",
            Kind::Edge => "Expressway-E",
        }
    }

    /// The certificate that it shows on this port (protocol.md 10, 6.8).
    pub(super) fn certificate(self, port: u16) -> &'static str {
        match (self, port) {
            (Kind::Tftp, 6971) => "CallManager",
            (Kind::Edge, _) => "server",
            _ => "tomcat",
        }
    }
}

/// A server that was asked over HTTP: one host and port, with all exchanges in the order in which they began.
pub(super) struct Place<'a> {
    pub(super) host: &'a str,
    pub(super) port: u16,
    pub(super) kind: Kind,
    pub(super) exchanges: Vec<&'a Exchange>,
}

/// One server, and the run around it.
pub(super) struct At<'a> {
    pub(super) site: &'a Site<'a>,
    pub(super) place: &'a Place<'a>,
}

impl<'a> Site<'a> {
    pub(in crate::findings) fn new(progress: &'a Progress, walk: &'a Walk) -> Self {
        let mut places: Vec<Place<'a>> = Vec::new();
        for exchange in walk.exchanges() {
            let Some(kind) = Kind::of(&exchange.ask) else { continue };
            let (_, host, port) = exchange.ask.origin();
            let known =
                places.iter_mut().find(|place| place.port == port && place.host.eq_ignore_ascii_case(host));
            match known {
                Some(place) => place.exchanges.push(exchange),
                None => places.push(Place { host, port, kind, exchanges: vec![exchange] }),
            }
        }
        Self { progress, walk, places }
    }

    /// The servers that were asked over HTTP, in the order in which they were asked first.
    pub(super) fn places(&self) -> &[Place<'a>] {
        &self.places
    }

    /// The run's marks: a wait is slow, and silent, from these milliseconds on.
    pub(super) fn marks_ms(&self) -> (u64, u64) {
        Marks::of(self.progress).millis()
    }

    /// The XMPP domain; empty before the run began.
    pub(super) fn domain(&self) -> &'a str {
        self.walk.run().map_or("", |(_, run)| &run.domain)
    }

    /// The proxy by way of which everything was reached.
    pub(super) fn via(&self) -> Option<&'a Via> {
        self.walk.goal()?.via.as_ref()
    }

    /// What servers are told to be the user's id.
    pub(super) fn user_id(&self) -> &'a str {
        let given = self.walk.goal().map(|goal| goal.user_id.as_str()).filter(|id| !id.is_empty());
        given.or(self.walk.run().map(|(_, run)| run.user.as_str())).unwrap_or_default()
    }

    /// Exchanges for this purpose, in the order in which they began, on the way that is walked.
    pub(super) fn asked(&self, what: HttpWhat) -> impl Iterator<Item = &'a Exchange> + use<'a> {
        let walk = self.walk;
        walk.exchanges().iter().filter(move |exchange| exchange.ask.what == what && walk.is_on_way(&exchange.ask))
    }

    /// The entry in which the user's credential was accepted by any server.
    pub(super) fn accepted(&self) -> Option<crate::journal::EntryNo> {
        let by_login = self.walk.logins().iter().find_map(|login| login.accepted);
        let by_epas = self.asked(HttpWhat::EpasLogin).find_map(|exchange| match &exchange.reading {
            Reading::EpasLogin(crate::protocol::epas::Answer::Success(_)) => exchange.body.map(|(n, ..)| n),
            _ => None,
        });
        by_epas.or(by_login)
    }

    /// A finding about the user, with the values that any sentence about one may use.
    pub(super) fn about_user(&self, code: Code) -> Found {
        let user = self.user_id();
        let (domain, account) = (self.domain(), format!("{user}@{}", self.domain()));
        Found::about(code, user).foreign("user", user).foreign("domain", domain).foreign("account", &account)
    }
}

/// Whether an exchange was answered with what it was for.
pub(super) fn is_good(exchange: &Exchange) -> bool {
    !matches!(exchange.reading, Reading::Nothing | Reading::Error(_) | Reading::Misread(_))
}

/// A connect that stood.
pub(super) fn stood(connect: &Connect) -> bool {
    connect.ended.as_ref().is_some_and(|end| end.outcome.how == How::Ok)
}

impl<'a> At<'a> {
    /// A finding about this server, with the values that any sentence may use. It belongs to the first exchange
    /// with the server, whichever it happened in: so it is the same one however much is known.
    pub(super) fn found(&self, code: Code) -> Found {
        let place = self.place;
        let connects = || place.exchanges.iter().flat_map(|exchange| &exchange.connects);
        let reached = connects().find(|connect| stood(connect)).or(connects().next());
        let address = reached.map_or_else(|| place.exchanges[0].ask.place(), |connect| connect.to.clone());
        let (user, domain) = (self.site.user_id(), self.site.domain());
        Found::about(code, place.host)
            .of(place.exchanges[0].op)
            .arg("port", place.port.to_string())
            .arg("kind", place.kind.name())
            .arg("service", place.kind.service())
            .foreign("address", &address)
            .foreign("user", user)
            .foreign("domain", domain)
    }

    /// Does not hold where everything that was asked here has ended; else it may still happen.
    pub(super) fn not_yet(&self) -> Answer {
        let over = self.place.exchanges.iter().all(|exchange| exchange.ended.is_some());
        if over { Answer::DoesNotHold } else { Answer::CannotTellYet }
    }

    /// A server that did, for the walk, what this one was asked for: its name.
    pub(super) fn stand_in(&self) -> Option<String> {
        let asked: Vec<HttpWhat> = self.place.exchanges.iter().map(|exchange| exchange.ask.what).collect();
        if asked.iter().all(|what| *what == HttpWhat::JabberConfig) {
            return Some("a file that need not be there".to_owned());
        }
        let others = self.others().filter(|place| place.kind == self.place.kind);
        let served = |place: &&Place<'a>| place.exchanges.iter().any(|exchange| is_good(exchange));
        others.into_iter().find(served).map(|place| place.host.to_owned())
    }

    /// What it was asked for, where the user's login does not need it: EPASSoap of a node that was set by hand, or in
    /// the walk of another client than Jabber, is a question of the control experiment alone.
    pub(super) fn beside(&self) -> Option<String> {
        if self.place.kind == Kind::Edge {
            return (!self.site.walk.is_outside()).then(|| OUTSIDE.to_owned());
        }
        let goal = self.site.walk.goal()?;
        let needed = match goal.clients {
            Clients::Jabber => true,
            Clients::All => goal.nodes.is_empty(),
            Clients::Psi | Clients::Edge => false,
        };
        (self.place.kind == Kind::Imp && !needed).then(|| "the control experiment".to_owned())
    }

    /// Another server that answered these requests with what they were for: its name.
    pub(super) fn elsewhere(&self, whats: &[HttpWhat]) -> Option<String> {
        let gave = |place: &Place<'a>, what: HttpWhat| {
            place.exchanges.iter().any(|exchange| exchange.ask.what == what && is_good(exchange))
        };
        let all = |place: &&Place<'a>| whats.iter().all(|what| gave(place, *what));
        self.others().find(all).map(|place| place.host.to_owned())
    }

    fn others(&self) -> impl Iterator<Item = &'a Place<'a>> + use<'a> {
        let own = self.place.exchanges[0].op;
        self.site.places.iter().filter(move |place| place.exchanges[0].op != own)
    }
}
