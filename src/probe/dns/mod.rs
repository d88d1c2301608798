//! DNS: one question to one server is one operation, and every message of it is a fact.
//!
//! The messages are hickory's, on sockets of our own. Its resolver answers some names by itself (`localhost`,
//! `invalid`) and follows an alias with questions that nobody asked for. Below it, its clients leave aside an answer
//! without a question section, as a server without EDNS gives it with FORMERR, and a silence is reported instead; a
//! message that cannot be read ends a question over UDP and vanishes over TCP; a closed port is a time-out. A
//! recorder under them would have to read and judge every message once more. Here what is noted is what decides.
//!
//! By way of a SOCKS proxy a question goes over TCP alone: datagrams do not pass a CONNECT.
//!
//! There is no cache, no search list and no hosts file. A question that is not answered is sent again on the same
//! socket, twice, so that a late answer to the first one still counts.

mod answer;
mod exchange;
mod question;
mod system;
#[cfg(test)]
mod tests;

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::Semaphore;

use crate::journal::{Ask, DnsAsk, How, OpId, Outcome};

use super::contained::contained;
use super::through::Through;
use super::{Notes, Op};
use exchange::Exchange;
use question::Question;
pub use system::system_servers;

/// How long a question may take, its re-sends and a second try over TCP included.
pub const LIMIT: Duration = Duration::from_secs(5);

/// Asks in a task of its own, as an operation below `parent`. It begins when it has one of the places.
pub fn start(
    notes: &Notes,
    parent: OpId,
    ask: DnsAsk,
    through: &Through,
    limit: Duration,
    places: &Arc<Semaphore>,
) -> OpId {
    let op = notes.op(Some(parent));
    let (notes, through, places) = (notes.clone(), through.clone(), Arc::clone(places));
    tokio::spawn(async move {
        // Nobody closes it: without a place it would be asked all the same.
        let _place = places.acquire_owned().await;
        // Begun here and not by the caller: that one also takes the notes, and must not wait for room among them.
        notes.begun(op, Ask::Dns(ask.clone())).await;
        if let Err(fault) = contained(carry_out(notes.clone(), op, ask, through, limit)).await {
            notes.ended(op, fault).await;
        }
    });
    op.id
}

async fn carry_out(notes: Notes, op: Op, ask: DnsAsk, through: Through, limit: Duration) {
    let outcome = match (ask.server.parse(), Question::new(&ask)) {
        (Ok(server), Ok(question)) => Exchange::new(&notes, op, server, &question, limit).by(&through).run().await,
        (Err(_), _) => Outcome::new(How::Failed, "not asked", format!("{} is no address and port", ask.server)),
        (_, Err(why)) => Outcome::new(How::Failed, "not asked", why),
    };
    notes.ended(op, outcome).await;
}
