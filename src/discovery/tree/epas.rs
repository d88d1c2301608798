//! EPASSoap on a node: login, configuration, one-time password, and the certificate of its web server.

use super::frame::Frame;
use super::uds;
use crate::discovery::item::{Item, ItemId, ItemState};
use crate::discovery::reading::Reading;
use crate::discovery::route::{Choice, NodeSeen};
use crate::journal::{ClientKind, HttpAsk, HttpWhat};
use crate::protocol::epas::Answer;

const EPAS: [(HttpWhat, &str); 3] =
    [(HttpWhat::EpasLogin, "login"), (HttpWhat::EpasConfig, "config"), (HttpWhat::EpasToken, "token")];

/// The item of EPAS on a node; none where it is not asked there.
pub(super) fn item(frame: &Frame<'_>, node: &NodeSeen, id: &str) -> Option<Item> {
    let asks = frame.walk.exchanges().iter().rev().map(|seen| &seen.ask).chain(&frame.planned);
    let is_epas = |ask: &&HttpAsk| EPAS.iter().any(|(what, _)| *what == ask.what);
    let port =
        asks.filter(is_epas).map(HttpAsk::origin).find(|at| at.1.eq_ignore_ascii_case(&node.host)).map(|at| at.2);
    let Some(port) = port else { return left_out(frame, node, id) };
    let id = format!("{id}/epas");
    let ask = |(what, name): &(HttpWhat, &str)| frame.ask(format!("{id}/{name}"), *what, &node.host, port);
    let mut children: Vec<Item> = EPAS.iter().filter_map(ask).collect();
    for (what, _) in EPAS {
        let Some(child) = children.iter_mut().find(|child| child.name == what.words()) else { continue };
        name(child, frame.reading(what, &node.host, port));
    }
    let mut item = Item { children: Vec::new(), ..children.first()?.clone() };
    item.id = ItemId(id.clone());
    item.name = "EPAS".to_owned();
    if let Some(bad) = children.iter().find(|child| child.is_amiss()) {
        (item.state, item.figure, item.words) = (bad.state, bad.figure.clone(), bad.words.clone());
        item.wants.clone_from(&bad.wants);
    }
    children.extend(uds::tomcat(frame, &id, &node.host, port));
    item.open = children.iter().any(Item::is_amiss);
    item.children = children;
    Some(item)
}

/// The name under which an answer stands, by what was read in it.
fn name(item: &mut Item, reading: Option<&Reading>) {
    let name = match (reading, item.id.0.rsplit('/').next()) {
        (Some(Reading::EpasConfig(Answer::Success(read))), _) => match read.domain() {
            Some(domain) => {
                item.words = format!("EPAS get-all-config: Presence.Domain is {domain}");
                format!("config {domain}")
            }
            None => "config, no domain".to_owned(),
        },
        (Some(Reading::EpasToken(Answer::Success(came))), _) => {
            if !came {
                item.state = ItemState::Failed;
                item.words = "EPAS get-onetime-password: success without a one-time password".to_owned();
            }
            if *came { "token" } else { "no token" }.to_owned()
        }
        (_, Some(bare)) => bare.to_owned(),
        (_, None) => return,
    };
    item.name = name;
}

/// Where EPAS would be asked and is not, the reason.
fn left_out(frame: &Frame<'_>, node: &NodeSeen, id: &str) -> Option<Item> {
    let goes_here = |choice: &Choice| {
        let here = |(host, port): &(String, u16)| node.is_called(host) && node.port == *port;
        choice.client == ClientKind::Jabber && choice.node.as_ref().is_some_and(here)
    };
    let meant = node.home == Some(true) || (node.home.is_none() && frame.choices.iter().any(goes_here));
    let mut item = frame.left_out(format!("{id}/epas"), HttpWhat::EpasLogin).filter(|_| meant)?;
    item.name = "EPAS".to_owned();
    Some(item)
}
