//! A server's connections and TLS, whether a login made them or an HTTP request: one set of rules for both.

use crate::discovery::Exchange;
use crate::journal::{CertFact, EntryNo, How, NameVerdict, Offset, Outcome, Stage, Verdict, Wall};

use crate::progress::LoginProgress;

use super::found::Found;
use super::scene::Scene;
use super::site::{At, Site};
use super::{Answer, Code};

/// What passed below XMPP or HTTP.
pub(super) struct Wire<'a> {
    who: Who<'a>,
    /// The whole run.
    pub(super) site: &'a Site<'a>,
    pub(super) connects: Vec<Attempt<'a>>,
    pub(super) handshakes: Vec<Attempt<'a>>,
    pub(super) presented: Vec<Shown<'a>>,
    pub(super) legacy: Option<Legacy<'a>>,
    /// A handshake was completed.
    pub(super) agreed: bool,
}

/// Whose connections they are.
enum Who<'a> {
    Login(&'a Scene<'a>),
    Place(&'a At<'a>),
}

/// A connect or a handshake.
pub(super) struct Attempt<'a> {
    pub(super) n: EntryNo,
    pub(super) began: Offset,
    /// `address:port`; empty for a handshake.
    pub(super) to: &'a str,
    pub(super) ended: Option<(EntryNo, Offset, &'a Outcome)>,
}

/// A chain that was presented.
pub(super) struct Shown<'a> {
    pub(super) n: EntryNo,
    pub(super) wall: Wall,
    pub(super) certs: &'a [CertFact],
    pub(super) checked: Option<Checked<'a>>,
}

/// What its check found.
pub(super) struct Checked<'a> {
    pub(super) n: EntryNo,
    pub(super) chain: &'a Verdict,
    pub(super) names: &'a [NameVerdict],
    pub(super) key_proven: bool,
    /// Why the proof of the key cannot be checked, where that is so.
    pub(super) unchecked: Option<&'a str>,
}

/// What a hand-made ClientHello was answered.
pub(super) struct Legacy<'a> {
    pub(super) n: EntryNo,
    pub(super) version: Option<&'a str>,
    pub(super) suite: Option<&'a str>,
}

impl<'a> Attempt<'a> {
    /// Whether it ended in such a way.
    pub(super) fn ended_as(&self, wanted: fn(&Outcome) -> bool) -> bool {
        self.ended.is_some_and(|(_, _, outcome)| wanted(outcome))
    }

    /// Its entries.
    pub(super) fn entries(&self) -> impl Iterator<Item = EntryNo> + use<> {
        [Some(self.n), self.ended.map(|(n, ..)| n)].into_iter().flatten()
    }
}

impl<'a> Wire<'a> {
    /// Those of a login.
    pub(super) fn of_login(scene: &'a Scene<'a>, site: &'a Site<'a>) -> Self {
        let login = scene.login;
        let connects = login.connects.iter().map(|connect| Attempt {
            n: connect.n,
            began: connect.began,
            to: &connect.to,
            ended: connect.ended.as_ref().zip(connect.ended_n).map(|((at, outcome), n)| (n, *at, outcome)),
        });
        let handshakes = login.handshakes.iter().map(|shake| Attempt {
            n: shake.n,
            began: shake.began,
            to: "",
            ended: shake.ended.as_ref().zip(shake.ended_n).map(|((at, outcome), n)| (n, *at, outcome)),
        });
        let presented = login.presented.iter().map(|seen| Shown {
            n: seen.n,
            wall: seen.wall,
            certs: &seen.certs,
            checked: seen.verified.as_ref().map(|verified| Checked {
                n: verified.n,
                chain: &verified.chain,
                names: &verified.names,
                key_proven: verified.key_proven,
                unchecked: seen.unchecked.as_deref(),
            }),
        });
        let legacy = login.legacy.as_ref().map(|legacy| Legacy {
            n: legacy.n,
            version: legacy.version.as_deref(),
            suite: legacy.suite.as_deref(),
        });
        Self {
            who: Who::Login(scene),
            site,
            connects: connects.collect(),
            handshakes: handshakes.collect(),
            presented: presented.collect(),
            legacy,
            agreed: login.agreed.is_some(),
        }
    }

    /// Those of all HTTP exchanges with one server.
    pub(super) fn of_place(at: &'a At<'a>) -> Self {
        let exchanges = &at.place.exchanges;
        let handshakes: Vec<Attempt<'a>> = exchanges.iter().flat_map(|exchange| handshakes(exchange)).collect();
        let legacy = exchanges.iter().find_map(|exchange| exchange.legacy.as_ref());
        Self {
            who: Who::Place(at),
            site: at.site,
            connects: exchanges.iter().flat_map(|exchange| connects(exchange)).collect(),
            agreed: handshakes.iter().any(|shake| shake.ended_as(|outcome| outcome.how == How::Ok)),
            handshakes,
            presented: exchanges.iter().filter_map(|exchange| presented(exchange)).collect(),
            legacy: legacy.map(|(n, version, suite)| Legacy {
                n: *n,
                version: version.as_deref(),
                suite: suite.as_deref(),
            }),
        }
    }

    /// A finding about the server, with the values that any sentence may use.
    pub(super) fn found(&self, code: Code) -> Found {
        let via = self.site.via();
        let found = match self.who {
            Who::Login(scene) if scene.login.ask.is_by_edge() => {
                scene.found(code).arg("kind", "edge").arg("service", "Expressway-E").arg("certificate", "server")
            }
            Who::Login(scene) => scene
                .found(code)
                .arg("kind", "xmpp")
                .arg("service", "Cisco XCP Connection Manager")
                .arg("certificate", "cup-xmpp"),
            Who::Place(at) => at.found(code).arg("certificate", at.place.kind.certificate(at.place.port)),
        };
        match via {
            Some(via) => found.foreign("via", &via.to_string()),
            None => found,
        }
    }

    /// The same about what happened in a stage.
    pub(super) fn found_at(&self, code: Code, stage: Stage) -> Found {
        self.found(code).stage(stage)
    }

    /// What a rule says that sees nothing in this stage.
    pub(super) fn not_at(&self, stage: Stage) -> Answer {
        match self.who {
            Who::Login(scene) => scene.not_at(stage),
            Who::Place(at) => at.not_yet(),
        }
    }

    /// What a rule says that sees nothing, at whatever stage it might.
    pub(super) fn not_yet(&self) -> Answer {
        match self.who {
            Who::Login(scene) => scene.not_yet(),
            Who::Place(at) => at.not_yet(),
        }
    }

    /// Whether TLS is the first that is spoken there.
    pub(super) fn begins_with_tls(&self) -> bool {
        self.login().is_none_or(|scene| scene.login.ask.tls == crate::journal::TlsMode::Direct)
    }

    /// The login, if it is one's.
    pub(super) fn login(&self) -> Option<&'a Scene<'a>> {
        match self.who {
            Who::Login(scene) => Some(scene),
            Who::Place(_) => None,
        }
    }

    /// The server that was asked over HTTP, if it is one's.
    pub(super) fn place(&self) -> Option<&'a At<'a>> {
        match self.who {
            Who::Login(_) => None,
            Who::Place(at) => Some(at),
        }
    }

    /// What makes a failed connect milder: another address that answered, another server of its kind, or the
    /// user's home node where this is not it.
    pub(super) fn other_ok(&self) -> Option<String> {
        match self.who {
            Who::Login(scene) => scene.login.remote.clone().or_else(|| home_that_took(scene)),
            Who::Place(at) => {
                let stood = self.connects.iter().find(|connect| connect.ended_as(|end| end.how == How::Ok));
                stood.map(|connect| connect.to.to_owned()).or_else(|| at.stand_in())
            }
        }
    }

    /// What the server was asked for, where the user's login does not need it.
    pub(super) fn beside(&self) -> Option<String> {
        match &self.who {
            Who::Login(scene) => {
                let is_beside = scene.login.ask.is_by_edge() && !scene.walk.is_outside();
                is_beside.then(|| super::site::OUTSIDE.to_owned())
            }
            Who::Place(at) => at.beside(),
        }
    }

    /// The host as it was named.
    pub(super) fn host(&self) -> &'a str {
        match self.who {
            Who::Login(scene) => &scene.login.ask.host,
            Who::Place(at) => at.place.host,
        }
    }

    /// The port of the service.
    pub(super) fn port(&self) -> u16 {
        match self.who {
            Who::Login(scene) => scene.login.ask.port,
            Who::Place(at) => at.place.port,
        }
    }

    /// The name that a certificate must be for.
    pub(super) fn name_to_hold(&self) -> String {
        match self.who {
            Who::Login(scene) => format!("{}, the XMPP domain", scene.login.ask.domain),
            Who::Place(at) => format!("{}, by which it was reached", at.place.host),
        }
    }

    /// The entry in which a credential was held back over HTTP for want of trust.
    pub(super) fn shut_gate(&self) -> Option<EntryNo> {
        let gates = self.place()?.place.exchanges.iter().filter_map(|exchange| exchange.gate.as_ref());
        gates.filter(|gate| gate.why == "untrusted").map(|gate| gate.n).next()
    }

    /// Whether this is a server on which no credential was held back. A login always wants one.
    pub(super) fn is_spared(&self) -> bool {
        self.place().is_some() && self.shut_gate().is_none()
    }

    /// All chains that this server presented before an entry, in all logins or exchanges.
    pub(super) fn leaf_before(&self, before: EntryNo) -> Vec<(EntryNo, &'a CertFact)> {
        let leaf = |n: EntryNo, certs: &'a [CertFact]| certs.first().filter(|_| n < before).map(|cert| (n, cert));
        match self.who {
            Who::Login(scene) => {
                let (host, port) = (scene.login.ask.host.as_str(), scene.login.ask.port);
                let all = scene.progress.node(host, port).flat_map(|login| &login.presented);
                all.filter_map(|seen| leaf(seen.n, &seen.certs)).collect()
            }
            Who::Place(_) => self.presented.iter().filter_map(|seen| leaf(seen.n, seen.certs)).collect(),
        }
    }

    /// The progress of the run's logins, which knows what the user accepted.
    pub(super) fn progress(&self) -> &'a crate::progress::Progress {
        match self.who {
            Who::Login(scene) => scene.progress,
            Who::Place(at) => at.site.progress,
        }
    }
}

/// The user's home node, where this is another one and the login there came as far as it was meant to.
fn home_that_took(scene: &Scene<'_>) -> Option<String> {
    let is_home = |login: &&LoginProgress| login.ask.home == Some(true);
    let home = scene.progress.logins().iter().find(|login| is_home(login) && login.reached())?;
    (!is_home(&scene.login)).then(|| home.ask.host.clone())
}

fn connects(exchange: &Exchange) -> impl Iterator<Item = Attempt<'_>> {
    exchange.connects.iter().map(|connect| Attempt {
        n: connect.n,
        began: connect.began,
        to: &connect.to,
        ended: connect.ended.as_ref().map(|end| (end.n, end.at, &end.outcome)),
    })
}

fn handshakes(exchange: &Exchange) -> impl Iterator<Item = Attempt<'_>> {
    exchange.handshakes.iter().map(|shake| Attempt {
        n: shake.n,
        began: shake.began,
        to: "",
        ended: shake.ended.as_ref().map(|end| (end.n, end.at, &end.outcome)),
    })
}

fn presented(exchange: &Exchange) -> Option<Shown<'_>> {
    let seen = exchange.certificate.as_ref()?;
    let checked = seen.verified.as_ref().map(|(n, chain, names, key_proven)| Checked {
        n: *n,
        chain,
        names,
        key_proven: *key_proven,
        unchecked: seen.unchecked.as_deref(),
    });
    Some(Shown { n: seen.n, wall: seen.wall, certs: &seen.certs, checked })
}
