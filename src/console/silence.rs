//! Silence and the kernel's view in words. Only figures stand here; what they mean is the reader's to compose.

use super::ink::{Ink, Line};
use crate::journal::{Awaited, AwaitedReply, KernelView};

/// `no answer to <auth> for 10.0 s: all 118 wire bytes acked (96 of XML), 0 bytes back, connected`.
/// `before` is how many bytes of TCP had come before the wait.
pub(super) fn quiet(
    awaited: Awaited,
    reply: Option<&AwaitedReply>,
    waited_ms: u64,
    view: Option<&Result<KernelView, String>>,
    before: u64,
) -> String {
    let head = format!("{} for {}", nothing(awaited, reply), seconds(waited_ms));
    match view {
        None => head,
        Some(Err(why)) => format!("{head}: the kernel's view is not known ({why})"),
        Some(Ok(view)) => format!("{head}: {}", figures(reply, view, before).join(", ")),
    }
}

/// What did not come.
fn nothing(awaited: Awaited, reply: Option<&AwaitedReply>) -> String {
    match (awaited, reply) {
        (Awaited::Connect, _) => "no answer to the TCP connect".to_owned(),
        (Awaited::Written, Some(reply)) => format!("the peer does not take all of {}", tag(&reply.what)),
        (Awaited::Written, None) => "the peer does not take our bytes".to_owned(),
        (Awaited::Features, _) => "a header, but no <stream:features>".to_owned(),
        (Awaited::Handshake, _) => "no end of the TLS handshake".to_owned(),
        (_, Some(reply)) => format!("no answer to {}", tag(&reply.what)),
        (other, None) => format!("nothing of {}", other.words()),
    }
}

/// A sent thing's short name as the reader knows it.
fn tag(what: &str) -> String {
    match what {
        "stream header" => "<stream:stream>".to_owned(),
        "auth" | "starttls" | "response" | "iq" | "presence" => format!("<{what}>"),
        other => other.to_owned(),
    }
}

fn figures(reply: Option<&AwaitedReply>, view: &KernelView, before: u64) -> Vec<String> {
    let mut figures = Vec::new();
    if let Some(reply) = reply {
        figures.push(acked(reply, view));
    }
    if let Some(not_sent) = view.not_sent.filter(|bytes| *bytes > 0) {
        figures.push(format!("{not_sent} bytes not sent"));
    }
    if view.peer_window == Some(0) {
        figures.push("the peer's window closed".to_owned());
    }
    if view.retransmits > 0 {
        figures.push(format!("{} retransmitted", count(u64::from(view.retransmits), "segment")));
    }
    figures.push(format!("{} back", count(view.received.saturating_sub(before), "byte")));
    figures.push(state(view.state));
    figures
}

fn acked(reply: &AwaitedReply, view: &KernelView) -> String {
    let wire = reply.wire.len();
    // In clear both figures are one; a handshake has no XML.
    let xml = match reply.xml_bytes {
        xml if xml == 0 || xml == wire => String::new(),
        xml => format!(" ({xml} of XML)"),
    };
    let all = reply.written && view.acked >= reply.wire.to;
    let done = view.acked.saturating_sub(reply.wire.from).min(wire);
    if all {
        format!("all {wire} wire bytes acked{xml}")
    } else {
        format!("{done} of {wire} wire bytes acked{xml}")
    }
}

/// `slow: no answer to <auth> in 2.0 s`. The kernel's view has a row of its own.
pub(super) fn slow(awaited: Awaited, reply: Option<&AwaitedReply>, waited_ms: u64) -> String {
    format!("slow: {} in {}", nothing(awaited, reply), seconds(waited_ms))
}

/// A round trip from which on it is worth a word; Enter on the row shows it in any case.
const REMARKABLE_RTT_US: u32 = 100_000;

/// The kernel's view of the whole connection, in short. `sent`: the wire bytes that we have sent on it.
pub(super) fn kernel(view: &Result<KernelView, String>, same_for_ms: u64, sent: Option<u64>) -> String {
    let view = match view {
        Err(why) => return format!("kernel: no view ({why})"),
        Ok(view) => view,
    };
    let mut words = vec![match sent {
        Some(sent) if view.acked >= sent => "kernel: all bytes acked".to_owned(),
        Some(sent) => format!("kernel: {} of {sent} wire bytes acked", view.acked),
        None if view.acked == 0 => "kernel: nothing was sent".to_owned(),
        None => format!("kernel: {} wire bytes acked", view.acked),
    }];
    if let Some(bytes) = view.not_sent.filter(|bytes| *bytes > 0) {
        words.push(format!("{bytes} not sent"));
    }
    words.extend(kernel_state(view, same_for_ms));
    words.join(", ")
}

/// The same without a count of bytes, from which the length of a secret could be told.
pub(super) fn kernel_in_words(view: &Result<KernelView, String>, same_for_ms: u64, sent: Option<u64>) -> String {
    let view = match view {
        Err(_) => return kernel(view, same_for_ms, sent),
        Ok(view) => view,
    };
    let acked = match sent {
        Some(sent) if view.acked >= sent => "kernel: all bytes acked",
        Some(_) => "kernel: not all bytes acked",
        None if view.acked == 0 => "kernel: nothing was sent",
        None => "kernel: bytes acked",
    };
    let mut words = vec![acked.to_owned()];
    if view.not_sent.is_some_and(|bytes| bytes > 0) {
        words.push("not all sent".to_owned());
    }
    words.extend(kernel_state(view, same_for_ms));
    words.join(", ")
}

/// What the kernel says besides bytes.
fn kernel_state(view: &KernelView, same_for_ms: u64) -> Vec<String> {
    let mut words = Vec::new();
    if view.retransmits > 0 {
        words.push(format!("{} retransmitted", count(u64::from(view.retransmits), "segment")));
    }
    if view.peer_window == Some(0) {
        words.push("window closed".to_owned());
    }
    match view.state {
        1 => {}
        8 => words.push("peer closed".to_owned()),
        other => words.push(state(other)),
    }
    if view.rtt_us >= REMARKABLE_RTT_US {
        words.push(format!("rtt {}.{} ms", view.rtt_us / 1000, view.rtt_us % 1000 / 100));
    }
    if same_for_ms > 0 {
        words.push(format!("same {} later", seconds(same_for_ms)));
    }
    words
}

/// All figures of the kernel's view, one a line.
pub(super) fn all_figures(view: &KernelView) -> Vec<Line> {
    let known = |value: Option<u64>| value.map_or("not known".to_owned(), |value| value.to_string());
    [
        ("wire bytes acked, whole connection", view.acked.to_string()),
        ("wire bytes received, whole connection", view.received.to_string()),
        ("in our send queue", known(view.queued)),
        ("never sent", known(view.not_sent)),
        ("segments not acked", view.unacked_segments.to_string()),
        ("segments retransmitted", view.retransmits.to_string()),
        ("time-outs in a row", view.backoff.to_string()),
        ("peer's receive window", known(view.peer_window)),
        ("round trip", format!("{}.{} ms", view.rtt_us / 1000, view.rtt_us % 1000 / 100)),
        ("last acknowledgement came", format!("{} ms ago", view.last_ack_ms)),
        ("state", state(view.state)),
    ]
    .map(|(what, value)| Line::words(&format!("  {what}: {value}"), Ink::Muted))
    .to_vec()
}

/// Linux's number of a TCP state in words.
fn state(number: u8) -> String {
    match number {
        1 => "connected".to_owned(),
        2 => "SYN sent".to_owned(),
        4..=6 | 9 | 11 => "closing".to_owned(),
        7 => "closed".to_owned(),
        8 => "the peer has closed its side".to_owned(),
        other => format!("TCP state {other}"),
    }
}

fn count(number: u64, noun: &str) -> String {
    if number == 1 { format!("1 {noun}") } else { format!("{number} {noun}s") }
}

/// `10.0 s`
fn seconds(ms: u64) -> String {
    format!("{}.{} s", ms / 1000, ms % 1000 / 100)
}

/// Why acknowledged bytes do not tell where the silence sits: for the detail of a silence whose bytes are acked.
pub fn why_alike() -> [&'static str; 3] {
    [
        "An acknowledgement comes from the peer's kernel. It has the bytes; the process may not have read them.",
        "A process that is stuck after reading, one that is stopped, and one that no longer reads look exactly \
         alike from here. A completed connect, too, proves only the kernel.",
        "A middlebox that terminates TCP (firewall, load balancer) acknowledges for the server.",
    ]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::journal::Span;

    fn reply() -> AwaitedReply {
        AwaitedReply { what: "auth".into(), xml_bytes: 96, wire: Span { from: 900, to: 1018 }, written: true }
    }

    fn view() -> KernelView {
        KernelView { acked: 1018, received: 2500, state: 1, ..KernelView::default() }
    }

    fn words(view: KernelView, reply: &AwaitedReply) -> String {
        quiet(Awaited::AuthAnswer, Some(reply), 10_000, Some(&Ok(view)), 2500)
    }

    #[test]
    fn the_flagship_is_said_in_one_sentence() {
        assert_eq!(
            words(view(), &reply()),
            "no answer to <auth> for 10.0 s: all 118 wire bytes acked (96 of XML), 0 bytes back, connected"
        );
    }

    #[test]
    fn what_is_not_acknowledged_is_counted_with_its_retransmits() {
        let lost = KernelView { acked: 900, retransmits: 5, ..view() };
        assert!(words(lost, &reply()).contains("0 of 118 wire bytes acked (96 of XML), 5 segments retransmitted"));
    }

    #[test]
    fn a_closed_window_is_not_called_acked() {
        let shut = KernelView { peer_window: Some(0), not_sent: Some(70), ..view() };
        let unwritten = AwaitedReply { written: false, ..reply() };
        let words = words(shut, &unwritten);
        assert!(
            words.contains("70 bytes not sent, the peer's window closed") && !words.contains("all 118"),
            "{words}"
        );
    }

    #[test]
    fn one_figure_is_not_said_twice_and_no_xml_is_not_counted() {
        for xml_bytes in [0, 118] {
            let words = words(view(), &AwaitedReply { xml_bytes, ..reply() });
            assert!(words.contains("all 118 wire bytes acked, 0 bytes back"), "{words}");
        }
    }

    #[test]
    fn a_connection_on_which_nothing_was_sent_has_no_round_trip() {
        let idle = KernelView { state: 8, ..KernelView::default() };
        assert_eq!(kernel(&Ok(idle), 0, None), "kernel: nothing was sent, peer closed");
    }

    #[test]
    fn the_kernels_row_is_short_unless_the_round_trip_is_long() {
        let row = |rtt_us| kernel(&Ok(KernelView { rtt_us, ..view() }), 0, Some(1018));
        assert_eq!(row(6_200), "kernel: all bytes acked");
        assert_eq!(row(240_000), "kernel: all bytes acked, rtt 240.0 ms");
    }

    #[test]
    fn without_a_kernels_view_nothing_is_guessed() {
        let words = quiet(Awaited::AuthAnswer, Some(&reply()), 10_000, Some(&Err("no TCP_INFO here".into())), 0);
        assert_eq!(words, "no answer to <auth> for 10.0 s: the kernel's view is not known (no TCP_INFO here)");
    }
}
