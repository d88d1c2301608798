//! What the screen asks for, carried out.

use secrecy::SecretString;

use super::super::history::History;
use super::super::kept::{self, Kept};
use super::super::recording::Place;
use super::{Desk, take};
use crate::discovery::Again;
use crate::journal::{Event, Fact, OpId, UserAct, Wall};
use crate::login::{Breakpoint, Side};
use crate::probe::Command;
use crate::ui::{Effect, Live, Local};

impl Desk {
    /// Carries out what the screen asks.
    pub async fn effect(&mut self, effect: Effect) {
        match effect {
            Effect::Local(local) => self.locally(local),
            Effect::Live(live) if self.is_taken_away(&live) => {}
            Effect::Live(live) => self.live(live).await,
        }
    }

    /// What sends nothing.
    pub(super) fn locally(&mut self, local: Local) {
        let (wall, known) = (self.wall(), self.known_secrets());
        self.scribe.carry_out(local, &mut self.model, self.run.entries(), wall, known);
    }

    /// What needs the engine.
    async fn live(&mut self, live: Live) {
        match live {
            Live::AllNodes { attempts } => self.word(UserAct::AllNodes, attempts).await,
            Live::Control { host, port, attempts } => {
                self.word(UserAct::Control { host, port }, attempts).await;
            }
            Live::Watch { host, service } => self.word(UserAct::Watch { host, service }, 0).await,
            Live::Login { host, port, run_to } => self.start_on(&host, port, run_to).await,
            Live::AskAgain(again) => self.ask_again(again).await,
            Live::AcceptHost { host, port, fingerprint, keep } => {
                self.accept(Kept { host, port, fingerprint }, keep);
                // Whose word counts now may name another way.
                self.walk_on().await;
            }
            Live::Step(op) => {
                if !self.warns(op, true) {
                    self.tell(op, [Command::Step]);
                }
            }
            Live::Continue(op) => {
                if !self.warns(op, false) {
                    self.tell(op, [Command::Run]);
                }
            }
            Live::Breakpoint(op, stage, after) => {
                let side = if after { Side::After } else { Side::Before };
                self.tell(op, [Command::Toggle(Breakpoint { stage, side })]);
            }
            Live::Edit(op, text) => self.tell(op, [Command::Edit(text.to_string()), Command::Step]),
            Live::Send(op, text) => self.send_typed(op, &text),
            Live::Skip(op) => self.tell(op, [Command::Skip]),
            Live::Abort(op) => self.tell(op, [Command::Abort]),
            Live::Accept(op, fingerprint) => {
                let live = self.logins.iter().find(|live| live.handle.op == op);
                let place = live.map(|live| live.place());
                let kept = |(host, port)| Kept { host, port, fingerprint: fingerprint.clone() };
                self.accepted.extend(place.map(kept));
                self.tell(op, [Command::Accept(fingerprint)]);
            }
            Live::AllowCleartext(op) => self.tell(op, [Command::AllowCleartext]),
            Live::MoreAttempts(op) => self.tell(op, [Command::MoreAttempts]),
            Live::AdminPassword(password) => self.keep_admin(password).await,
            Live::HaStatus(text) => match super::super::ha::read(&text) {
                Ok(act) => self.say(act),
                Err(why) => self.model.notice(format!("{why:#}")),
            },
            Live::Password(_, password) => {
                self.engine.keep_password(password.clone());
                self.secrets.push(password.clone());
                self.means.password = true;
                self.history.forget(&self.secrets);
                self.model.input_history(self.history.texts());
                self.show_budget();
                let ops: Vec<OpId> = self.logins.iter().map(|live| live.handle.op).collect();
                for op in ops {
                    self.tell(op, [Command::Password(password.clone())]);
                }
                self.walk_on().await;
            }
        }
    }

    /// The administrator's password was typed. Where another one was refused, that very question goes once more: its
    /// answer says whether the rest may.
    async fn keep_admin(&mut self, password: SecretString) {
        let Some(admin) = self.target.walk.admin.clone() else { return };
        self.engine.keep_admin(admin, password.clone());
        self.secrets.push(password);
        self.means.admin = true;
        self.history.forget(&self.secrets);
        self.model.input_history(self.history.texts());
        self.show_budget();
        match self.run.walk.admin_refused().map(|seen| seen.ask.clone()) {
            Some(ask) => self.ask_again(Again::Http(ask)).await,
            None => self.walk_on().await,
        }
    }

    /// Whether the system's word forbids this. The screen does not offer it then; should it be asked for all the same,
    /// nothing happens.
    fn is_taken_away(&self, live: &Live) -> bool {
        let taken = matches!(live, Live::Edit(..) | Live::Send(..) | Live::AllNodes { .. } | Live::Control { .. });
        taken && self.model.is_read_only()
    }

    /// Writes the user's word down and goes on with what it allows. The user was told what it costs: the limit may
    /// grow by that.
    async fn word(&mut self, act: UserAct, attempts: usize) {
        if !self.target.hard_limit {
            self.allowance.may_add(u32::try_from(attempts).unwrap_or(u32::MAX));
        }
        self.say(act);
        self.walk_on().await;
    }

    /// Every secret that is known now: given by a person, or come by in the run.
    fn known_secrets(&self) -> Vec<SecretString> {
        [self.secrets.clone(), self.engine.came_by()].concat()
    }

    /// What earlier runs sent by XML Input, for the screen.
    pub(super) fn open_history(&mut self) {
        let (history, trouble) = History::open(self.target.place != Place::Nowhere, &self.secrets);
        self.history = history;
        self.model.input_history(self.history.texts());
        if let Some(trouble) = trouble {
            self.model.notice(trouble);
        }
    }

    /// Sends what was typed in XML Input, and keeps it unless a secret stands in it.
    fn send_typed(&mut self, op: OpId, text: &str) {
        let secrets = self.known_secrets();
        if let Err(why) = self.history.add(text, &secrets) {
            self.model.notice(why);
        }
        self.model.input_history(self.history.texts());
        self.tell(op, [Command::Send(text.to_owned())]);
    }

    /// The time of day, by the run's clock.
    fn wall(&self) -> Wall {
        self.run.clock.wall(self.run.clock.now())
    }

    /// Asks an item once more.
    async fn ask_again(&mut self, again: Again) {
        self.say(UserAct::AskedAgain { what: again.words() });
        match again {
            Again::Dns(asks) => {
                for ask in asks {
                    let op = self.engine.dns(ask);
                    self.walker.began(op);
                }
            }
            Again::Http(ask) => {
                let op = self.engine.http(ask);
                self.walker.began(op);
            }
            Again::Node { host, port } => self.start_on(&host, port, None).await,
        }
    }

    /// A certificate is accepted for a service, for requests and logins alike. What was held back there is asked once
    /// more; later logins of this run know of it, and later runs where the user wants that.
    fn accept(&mut self, kept: Kept, keep: bool) {
        let Kept { host, port, fingerprint } = kept.clone();
        self.engine.accept(&host, port, &fingerprint);
        self.accepted.push(kept.clone());
        // A login that is told writes it down itself; one that has ended hears nothing.
        let told = self.logins.iter().any(|live| {
            live.is_on(&host, port) && live.handle.commands.send(Command::Accept(fingerprint.clone())).is_ok()
        });
        if !told {
            self.say(UserAct::Accepted { host: host.clone(), port: Some(port), fingerprint });
        }
        for ask in self.run.walk.held_back(&host, port) {
            let op = self.engine.http(ask);
            self.walker.began(op);
        }
        if keep && self.target.lab {
            self.model
                .notice("accepted for this run; the practice deployment makes new ones each time".to_owned());
        } else if keep {
            self.model.notice(match kept::keep(kept) {
                Ok(path) => format!("kept in {}", path.display()),
                Err(why) => format!("accepted for this run, and not kept: {why:#}"),
            });
        }
    }

    /// An act of the user that no login saw.
    fn say(&mut self, act: UserAct) {
        let entry = self.run.say(Event::Saw(Fact::User(act)));
        take(&mut self.model, &mut self.walker, entry);
    }

    /// Tells a live login something. One that has ended hears nothing; the screen shows that it has.
    fn tell<const N: usize>(&self, op: OpId, commands: [Command; N]) {
        if let Some(live) = self.logins.iter().find(|live| live.handle.op == op) {
            for command in commands {
                let _ = live.handle.commands.send(command);
            }
        }
    }
}
