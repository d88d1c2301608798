//! Which finding explains which: root causes explain their consequences (design.md 7).
//!
//! Only findings of one login are linked. Most links also want both to have happened in one stage. A finding is
//! explained by the first row of the table that fits; the table has no cycles (a test walks it).

use super::Finding;
use super::code::{Code, tcp, tls, xmpp};

/// Waits that were left unanswered.
const SILENCES: &[Code] = &[
    tls::SILENT,
    xmpp::STREAM_SILENT,
    xmpp::NO_FEATURES,
    xmpp::STARTTLS_SILENT,
    xmpp::AUTH_SILENT,
    xmpp::BIND_SILENT,
    xmpp::SESSION_SILENT,
];

/// Ends without a reason.
const ENDS: &[Code] = &[xmpp::CLOSED, xmpp::AUTH_CLOSED, tcp::RESET];

/// A row: what explains, what it explains, and whether both must be of one stage.
pub(super) type Link = (Code, &'static [Code], bool);

pub(super) const LINKS: &[Link] = &[
    (xmpp::NOT_ACKED, SILENCES, true),
    (xmpp::NOT_ACKED, ENDS, true),
    (xmpp::WINDOW_CLOSED, SILENCES, true),
    (xmpp::WINDOW_CLOSED, ENDS, true),
    (xmpp::NOT_XML, SILENCES, true),
    (xmpp::NOT_XML, ENDS, true),
    (xmpp::LIMIT_MET, &[xmpp::NOT_XML], true),
    (xmpp::LIMIT_MET, SILENCES, true),
    (tls::LEGACY_ONLY, &[tls::ALERT, tls::SILENT, xmpp::CLOSED, tcp::RESET], true),
    (tls::ALERT, &[xmpp::CLOSED, tcp::RESET], true),
    (xmpp::AUTH_BACKEND, &[xmpp::AUTH_SILENT, xmpp::AUTH_SLOW], true),
    (xmpp::AUTH_REFUSED_LATE, &[xmpp::AUTH_SILENT], true),
    (xmpp::AUTH_REFUSED, &[xmpp::AUTH_SILENT], true),
    (xmpp::AUTH_SLOW, &[xmpp::AUTH_SILENT], true),
    (xmpp::STREAM_ERROR, SILENCES, true),
    (xmpp::SEE_OTHER_HOST, SILENCES, true),
    (xmpp::NODE_OVERLOADED, &[xmpp::STREAM_SILENT], true),
    (xmpp::WRONG_NODE, &[xmpp::AUTH_REFUSED, xmpp::BIND_REFUSED, xmpp::SESSION_REFUSED], false),
    (xmpp::NO_STARTTLS, &[xmpp::NO_MECHANISM], false),
    (tcp::RESET, &[xmpp::CLOSED], true),
    (tls::SILENT, ENDS, true),
    (xmpp::STREAM_SILENT, ENDS, true),
    (xmpp::NO_FEATURES, ENDS, true),
    (xmpp::STARTTLS_SILENT, ENDS, true),
    (xmpp::AUTH_SILENT, ENDS, true),
    (xmpp::BIND_SILENT, ENDS, true),
    (xmpp::SESSION_SILENT, ENDS, true),
];

/// Fills in what explains each finding.
pub(super) fn link(found: &mut [Finding]) {
    let explained: Vec<Option<Code>> = found.iter().map(|finding| explanation(finding, found)).collect();
    for (finding, by) in found.iter_mut().zip(explained) {
        finding.explained_by = by;
    }
}

fn explanation(effect: &Finding, all: &[Finding]) -> Option<Code> {
    let rows = LINKS.iter().filter(|(_, effects, _)| effects.contains(&effect.code));
    rows.flat_map(|row| all.iter().map(move |cause| (row, cause)))
        .find(|((code, _, one_stage), cause)| {
            cause.code == *code
                && cause.op == effect.op
                && (!one_stage || cause.arg("stage") == effect.arg("stage"))
                && has_force(cause)
        })
        .map(|((code, ..), _)| *code)
}

/// Whether a finding can explain anything: bytes that arrived after all do not, nor does a comment that was
/// passed over, nor an error that only says that the stream was idle.
fn has_force(cause: &Finding) -> bool {
    let idle = cause.code == xmpp::STREAM_ERROR && cause.arg("condition") == Some("connection-timeout");
    !idle && cause.arg("late").is_none() && cause.arg("harmless").is_none()
}
