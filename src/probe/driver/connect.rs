//! Connecting and securing: while they take their time, the machine's clock goes on and the user can stop them.

use std::sync::{Arc, Mutex, PoisonError};

use tokio_rustls::TlsConnector;
use tokio_rustls::rustls::pki_types::ServerName;

use crate::journal::{Ask, AwaitedReply, ClosedBy, Fact, How, KernelReason, NetFact, Outcome, Span, TlsMode};
use crate::login::{Next, Security};
use crate::probe::connection::Connection;
use crate::probe::counted::Counted;
use crate::probe::request::{Command, Request};
use crate::probe::tcp::Reached;
use crate::probe::through::Through;
use crate::probe::tls::{self, Handshake};
use crate::probe::{Notes, Op, legacy, tcp};

use super::{Driver, NEVER};

impl Driver {
    pub(super) async fn connect(&mut self) {
        self.login.connecting(self.now());
        self.drain().await;
        let open_op = Arc::new(Mutex::new(None));
        let notes = self.shared.notes.watched(Arc::clone(&open_op));
        let connecting = open(notes, self.op, self.shared.through.clone(), self.request.clone());
        let Some(opened) = self.meanwhile(connecting).await else {
            let left_open = open_op.lock().unwrap_or_else(PoisonError::into_inner).take();
            if let Some(op) = left_open {
                self.shared.notes.ended(op, self.stopped()).await;
            }
            return;
        };
        match opened {
            Ok(Reached { stream, to }) => {
                self.remote = Some(to);
                let counted = Counted::new(stream);
                self.counters = counted.counters();
                self.connection = Some(Connection::Clear(counted));
                self.login.connected();
            }
            Err(outcome) => self.login.failed(outcome),
        }
    }

    /// Where the handshake found nothing in common: what the node does speak. The login has failed by then; the
    /// user can leave, or stop it.
    pub(super) async fn look_at_legacy(&mut self) {
        let Some(to) = self.remote.clone().filter(|_| self.nothing_in_common && !self.left) else { return };
        let open_op = Arc::new(Mutex::new(None));
        let notes = self.shared.notes.watched(Arc::clone(&open_op));
        {
            let mut looking =
                std::pin::pin!(legacy::look(&notes, self.op, &self.request, &self.shared.through, &to));
            loop {
                tokio::select! {
                    biased;
                    () = &mut looking => return,
                    command = self.commands.recv() => match command {
                        None | Some(Command::Abort) => break,
                        // There is no connection to which any other would apply.
                        Some(_) => {}
                    },
                }
            }
        }
        let left_open = open_op.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(op) = left_open {
            self.shared.notes.ended(op, Outcome::new(How::Stopped, "", "")).await;
        }
    }

    /// How an operation ended that was dropped on the way: given up, or stopped.
    fn stopped(&self) -> Outcome {
        let how = self.decided.as_ref().map_or(How::Stopped, |outcome| outcome.how);
        Outcome::new(if how == How::TimedOut { how } else { How::Stopped }, "", "")
    }

    /// Lets `work` run while the machine's clock goes on and the user can stop it. None: it was stopped.
    pub(super) async fn meanwhile<T>(&mut self, work: impl Future<Output = T>) -> Option<T> {
        let clock = self.shared.notes.clock();
        let mut work = std::pin::pin!(work);
        loop {
            self.drain().await;
            self.publish();
            if self.left || self.login.next() == Next::Over {
                // The last look at a connection that is dropped with the work.
                self.note_kernel(KernelReason::End).await;
                return None;
            }
            let deadline = self.login.deadline().unwrap_or_else(|| clock.now().after(NEVER));
            tokio::select! {
                biased;
                done = &mut work => return Some(done),
                command = tokio::task::unconstrained(self.commands.recv()) => self.command(command).await,
                () = clock.reached(deadline) => self.login.due(clock.now()),
            }
        }
    }

    pub(super) async fn handshake(&mut self) {
        let Some(Connection::Clear(stream)) = self.connection.take() else {
            let outcome = Outcome::new(How::Failed, "no connection", "there is no clear connection to secure");
            return self.login.failed(outcome);
        };
        let direct = self.request.login.tls == TlsMode::Direct;
        let server_name = self.request.login.domain.clone();
        let mode = self.request.login.tls;
        let op = self.shared.notes.begin(Some(self.op.id), Ask::Handshake { server_name, mode }).await;
        let wire_from = self.counters.out();
        self.reply = Some(AwaitedReply {
            what: "ClientHello".to_owned(),
            xml_bytes: 0,
            wire: Span { from: wire_from, to: wire_from },
            written: true,
        });
        self.login.handshaking(self.now());
        let (handshake, name) =
            match (Handshake::new(direct), ServerName::try_from(self.request.login.domain.clone())) {
                (Ok(handshake), Ok(name)) => (handshake, name),
                (Err(why), _) => {
                    return self.handshake_failed(op, Outcome::new(How::Failed, "TLS", why.to_string())).await;
                }
                (_, Err(why)) => {
                    let outcome = Outcome::new(How::Failed, "server name", why.to_string());
                    return self.handshake_failed(op, outcome).await;
                }
            };
        let connecting = TlsConnector::from(Arc::clone(&handshake.config)).connect(name, stream);
        let done = self.meanwhile(connecting).await;
        let security = self.note_certificate(op, &handshake).await;
        match done {
            Some(Ok(stream)) => {
                self.shared.notes.saw(op, Fact::Tls(tls::agreed(stream.get_ref().1))).await;
                self.shared.notes.ended(op, Outcome::ok()).await;
                self.connection = Some(Connection::Tls(Box::new(stream)));
                self.login.handshaken(security);
            }
            Some(Err(error)) => {
                // A server that had shown a certificate had agreed on a version and a suite before.
                self.nothing_in_common = security.certificate.is_none() && tls::nothing_in_common(&error);
                self.handshake_failed(op, tls::outcome(&error)).await;
            }
            None => {
                self.shared.notes.ended(op, self.stopped()).await;
                self.saw(Fact::Net(NetFact::Closed { by: ClosedBy::Us, code: None })).await;
            }
        }
    }

    pub(super) async fn handshake_failed(&mut self, op: Op, outcome: Outcome) {
        self.shared.notes.ended(op, outcome.clone()).await;
        self.login.failed(outcome);
    }

    pub(super) async fn note_certificate(&self, op: Op, handshake: &Handshake) -> Security {
        let facts = handshake.facts(&self.shared.roots, &self.request.login.domain, &self.request.host);
        let Some((facts, certificate)) = facts else { return Security::default() };
        for fact in facts {
            self.shared.notes.saw(op, Fact::Tls(fact)).await;
        }
        Security { certificate: Some(certificate) }
    }
}

/// Resolves and connects.
async fn open(notes: Notes, op: Op, through: Through, request: Request) -> Result<Reached, Outcome> {
    let place = (request.host.as_str(), request.port);
    let targets = tcp::targets(&notes, op.id, &through, place, &request.addresses).await?;
    tcp::connect(&notes, op.id, &through, targets, request.connect_timeout).await
}
