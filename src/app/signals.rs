//! The signals: those that end a run, and those that stop it and let it go on.
//!
//! 1. The first that ends it lets the run end in order: logins are closed, the recording gets its last entry.
//! 2. A second one, or [`GRACE`] without that end, ends the program where it is: something blocks, as a pipe or a disk
//!    that takes nothing more. The terminal is given back all the same, and the recording holds all but its end.
//! 3. A signal that whoever started us had ignored stays ignored: `nohup` means it.

use std::sync::atomic::{AtomicBool, Ordering};
use std::task::Poll;
use std::time::Duration;

use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::sync::oneshot;

use super::{UNKNOWN, terminal};
use crate::probe::platform;

pub use crate::probe::platform::Stopped;

/// So long may the end in order take. A run that is not stuck needs a tenth of it.
const GRACE: Duration = Duration::from_millis(700);

/// A signal that ends the run has come.
static ENDING: AtomicBool = AtomicBool::new(false);

/// Whether a signal has come that ends the run: nothing waits for a terminal or a pipe any more.
pub fn is_ending() -> bool {
    ENDING.load(Ordering::SeqCst)
}

/// Listens for the signals that end a run, from this call on; the future names the one that came.
pub fn signalled() -> impl Future<Output = &'static str> {
    let ending = [
        (SignalKind::interrupt(), "SIGINT"),
        (SignalKind::terminate(), "SIGTERM"),
        (SignalKind::hangup(), "SIGHUP"),
        (SignalKind::quit(), "SIGQUIT"),
    ];
    let heard = |(kind, name)| listen(kind).map(|stream| (stream, name));
    let streams: Vec<(Signal, &'static str)> = ending.into_iter().filter_map(heard).collect();
    let (says, came) = oneshot::channel();
    // Its own task: whoever waits for the future may stand in a write that blocks.
    tokio::spawn(watch(streams, says));
    async move {
        match came.await {
            Ok(name) => name,
            // None can be listened for.
            Err(_) => std::future::pending().await,
        }
    }
}

async fn watch(mut streams: Vec<(Signal, &'static str)>, says: oneshot::Sender<&'static str>) {
    if streams.is_empty() {
        return;
    }
    let name = first(&mut streams).await;
    ENDING.store(true, Ordering::SeqCst);
    let _ = says.send(name);
    // Either means the same: the end in order is not waited for any longer.
    let _ = tokio::time::timeout(GRACE, first(&mut streams)).await;
    terminal::give_back();
    std::process::exit(i32::from(UNKNOWN));
}

/// Waits for one of them, and names it.
async fn first(streams: &mut [(Signal, &'static str)]) -> &'static str {
    std::future::poll_fn(|context| {
        let came =
            |(stream, name): &mut (Signal, &'static str)| stream.poll_recv(context).is_ready().then_some(*name);
        streams.iter_mut().find_map(came).map_or(Poll::Pending, Poll::Ready)
    })
    .await
}

/// None: it keeps its own way, since it cannot be listened for, or is to be ignored.
fn listen(kind: SignalKind) -> Option<Signal> {
    if platform::is_ignored(kind.as_raw_value()) { None } else { signal(kind).ok() }
}

/// What lets a program wait in the background of a shell.
pub struct JobControl {
    stop: Option<Signal>,
    go_on: Option<Signal>,
}

/// What a shell wants.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wanted {
    /// To stop, for whoever sent SIGTSTP.
    Stop,
    /// To go on, after a stop that nobody could do anything about.
    GoOn,
}

impl JobControl {
    /// Listens, from this call on.
    pub fn listen() -> Self {
        Self {
            stop: listen(SignalKind::from_raw(libc::SIGTSTP)),
            go_on: listen(SignalKind::from_raw(libc::SIGCONT)),
        }
    }

    /// Waits for what a shell wants. It is cancel-safe.
    pub async fn wanted(&mut self) -> Wanted {
        std::future::poll_fn(|context| {
            let mut came = |stream: &mut Option<Signal>| {
                stream.as_mut().is_some_and(|stream| stream.poll_recv(context).is_ready())
            };
            match (came(&mut self.stop), came(&mut self.go_on)) {
                (true, _) => Poll::Ready(Wanted::Stop),
                (false, true) => Poll::Ready(Wanted::GoOn),
                (false, false) => Poll::Pending,
            }
        })
        .await
    }

    /// Stops until somebody lets it go on. Where whoever started us does not want that, nothing happens.
    pub fn stop(&self, who: Stopped) {
        if self.stop.is_some() {
            platform::stop(who);
        }
    }
}
