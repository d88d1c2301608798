//! Where the features lead: to TLS, to a mechanism, to the session.

use crate::journal::{ClientKind, How, Outcome, Purpose, Remark, Stage, StageMark};
use crate::protocol::sasl::{self, Mechanism};
use crate::protocol::stanza::Features;

use super::machine::{Exchange, Layer, State};
use super::{Login, Output};

impl Login {
    /// The features of `layer` came: where the login goes from here.
    pub(super) fn features(&mut self, layer: Layer, features: &Features) {
        self.passed();
        match layer {
            Layer::Clear if features.starttls.is_some() => self.arrive_at(State::Starttls, Stage::Starttls),
            Layer::Clear => {
                self.say(Output::Remark(Remark::NoStarttls));
                for stage in [Stage::Starttls, Stage::Tls, Stage::StreamTls] {
                    self.skipped(stage, "no STARTTLS is offered");
                }
                self.choose(features);
            }
            Layer::Tls => self.choose(features),
            Layer::Authenticated => {
                self.session_offered = features.session.is_some();
                self.arrive_at(State::Bind, Stage::Bind);
            }
        }
    }

    fn choose(&mut self, features: &Features) {
        // A login that asks for mechanisms only is complete whatever they are.
        if self.config.until < Stage::Auth {
            return self.complete();
        }
        if self.config.purpose == Purpose::ImpossibleMechanism {
            return self.arrive_at(State::ImpossibleAuth, Stage::Auth);
        }
        let offered = &features.mechanisms;
        let Some(mechanism) = self.mechanism_of(offered) else {
            self.say(Output::Remark(Remark::NoMechanism { offered: offered.clone() }));
            self.arrive_at(State::OffScript, Stage::Auth);
            self.mark(StageMark::Failed);
            self.decide(Outcome::new(How::Refused, "no mechanism", offered.join(", ")));
            return self.finish_unattended();
        };
        let exchange = Exchange::new(mechanism, &self.config);
        self.arrive_at(State::Auth(mechanism, exchange), Stage::Auth);
    }

    /// The mechanism to take of those that are offered.
    ///
    /// 1. In the user's login: the one that was asked for, offered or not; else the best one.
    /// 2. In a question of a control experiment: the one that was asked for, if it is offered, for something else that
    ///    is refused would be no answer to the question; an unknown user is asked for by PLAIN alone.
    fn mechanism_of(&self, offered: &[String]) -> Option<Mechanism> {
        let is_offered = |mechanism: &Mechanism| offered.iter().any(|name| name == mechanism.name());
        let asked = self.config.mechanism;
        match self.config.purpose {
            Purpose::Login if asked.is_some() => asked,
            Purpose::UnknownUser => Some(Mechanism::Plain).filter(is_offered),
            _ if asked.is_some() => asked.filter(is_offered),
            _ => {
                let policy = &self.config.policy;
                let jabber = self.config.client == ClientKind::Jabber;
                // Without any credential the best mechanism is still proposed: the login walks up to it and says so.
                let password = policy.password || !policy.token;
                sasl::choose(offered, password, policy.token, jabber)
            }
        }
    }
}
