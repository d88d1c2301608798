//! From what the driver says of a login to what the screen shows of it.

use crate::login::{Breakpoint, Gate, Hold, Side};
use crate::probe::Standing;
use crate::ui;

/// The screen's words for a driver's standing.
pub fn shown(standing: &Standing, remote: &str, user: &str) -> ui::Standing {
    let proposal = standing.next.as_deref().map(|next| match next {
        "connect" => format!("connect to {remote}"),
        other => other.split_whitespace().collect::<Vec<_>>().join(" "),
    });
    ui::Standing {
        proposal,
        proposal_text: standing.text.clone(),
        stage: standing.stage,
        hold: hold(standing, user),
        running: standing.hold.is_none() && !standing.over,
        breakpoints: standing.breakpoints.iter().map(place).collect(),
        off_script: standing.off_script,
        alive: !standing.over,
    }
}

fn place(breakpoint: &Breakpoint) -> (crate::journal::Stage, bool) {
    (breakpoint.stage, breakpoint.side == Side::After)
}

fn hold(standing: &Standing, user: &str) -> ui::Hold {
    if standing.over {
        return ui::Hold::Over;
    }
    let would_send = || would_send(standing.next.as_deref().unwrap_or_default(), user);
    match &standing.hold {
        None | Some(Hold::NothingToPropose) => ui::Hold::None,
        Some(Hold::Step) => ui::Hold::Step,
        Some(Hold::Breakpoint(breakpoint)) => {
            let (stage, after) = place(breakpoint);
            ui::Hold::Breakpoint(stage, after)
        }
        Some(Hold::Gate(gate)) => match gate {
            Gate::Open(_) => ui::Hold::None,
            Gate::NoCredential => ui::Hold::Password,
            Gate::KeyNotProven => ui::Hold::KeyNotProven,
            Gate::Cleartext => ui::Hold::Cleartext { would_send: would_send() },
            Gate::Attempts { used, limit } => ui::Hold::Attempts { used: *used, limit: *limit },
            Gate::Certificate { fingerprint, why } => ui::Hold::Certificate {
                fingerprint: fingerprint.clone(),
                why: why.clone(),
                would_send: would_send(),
            },
        },
    }
}

/// What would cross the connection, by the mechanism that the proposal names.
fn would_send(proposal: &str, user: &str) -> String {
    let quoted = |quote: char| proposal.split_once(&format!("mechanism={quote}")).map(|(_, rest)| (rest, quote));
    let mechanism = quoted('"').or_else(|| quoted('\'')).and_then(|(rest, quote)| rest.split(quote).next());
    match mechanism {
        Some("PLAIN") => format!("the user name and the password of {user}, readable by the server (PLAIN)"),
        Some("CISCO-VTG-TOKEN") => format!("the one-time token of {user} (CISCO-VTG-TOKEN)"),
        Some(scram) if scram.starts_with("SCRAM-") => {
            format!("the user name of {user}, then a proof of the password, not itself ({scram})")
        }
        _ => format!("the credential of {user}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_would_be_sent_is_named_by_its_mechanism() {
        let plain = would_send("<auth mechanism='PLAIN'>{{plain}}</auth>", "alice@example.test");
        assert!(plain.starts_with("the user name and the password of alice@example.test"), "{plain}");
        let scram = would_send("<auth xmlns=\"x\" mechanism=\"SCRAM-SHA-256\">", "alice@example.test");
        assert!(scram.contains("a proof of the password") && scram.ends_with("(SCRAM-SHA-256)"), "{scram}");
        assert_eq!(would_send("<iq>{{plain}}</iq>", "a@b"), "the credential of a@b");
    }
}
