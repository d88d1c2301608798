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
    let would_send = || format!("the credential of {user}");
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
