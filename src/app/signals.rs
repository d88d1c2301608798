//! The signals that end a run.

use std::task::Poll;

use tokio::signal::unix::{Signal, SignalKind, signal};

/// Listens for the signals that end a run, from this call on; the future names the one that came.
pub fn signalled() -> impl Future<Output = &'static str> {
    let ending = [
        (SignalKind::interrupt(), "SIGINT"),
        (SignalKind::terminate(), "SIGTERM"),
        (SignalKind::hangup(), "SIGHUP"),
    ];
    // A signal that cannot be listened for keeps its own way of ending us.
    let heard = |(kind, name)| signal(kind).ok().map(|stream| (stream, name));
    let mut streams: Vec<(Signal, &'static str)> = ending.into_iter().filter_map(heard).collect();
    std::future::poll_fn(move |context| {
        let came =
            |(stream, name): &mut (Signal, &'static str)| stream.poll_recv(context).is_ready().then_some(*name);
        streams.iter_mut().find_map(came).map_or(Poll::Pending, Poll::Ready)
    })
}
