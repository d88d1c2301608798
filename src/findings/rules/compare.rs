//! What stands beside a silent `<auth>`: the other nodes, EPASSoap on the same host, and the control experiment.

use super::super::control::{self, ControlTable, Heard, PointsAt, Reply, stream_words, words};
use super::super::figures::{beside, duration, foreign, short};
use super::found::Found;
use super::scene::Scene;
use super::silence::beside_of;
use crate::progress::Silence;

/// Adds what a silent `<auth>` is compared with, where there is anything.
///
/// 1. The other nodes come first, those that answered before those that are silent too: a line that has room for one
///    comparison shows this one.
/// 2. Then EPASSoap on the same host, and what the control experiment asked.
/// 3. Then what the administrator's side says of the node: its services, its sockets.
/// 4. At last which of the catalogue's causes all that fits.
pub(super) fn compared(scene: &Scene<'_>, found: Found, silence: &Silence) -> Found {
    let table = control::beside(scene.progress, scene.walk, scene.login);
    let mut parts = others(scene, &table);
    let asked = parts.len() + table.replies().iter().filter(|reply| reply.entry().is_some()).count();
    let own = usize::from(table.auth.entry().is_some());
    // That EPASSoap was not asked says something only beside something else.
    if table.epas != Reply::NotAsked || asked > own {
        parts.push(format!("EPASSoap on {} {}", foreign(short(&table.host)), words(&table.epas, &table)));
    }
    let admins = beside_of(scene, silence);
    parts.extend(admins.words);
    parts.extend(questions(&table));
    parts.extend(table.points_at.map(|points_at| fits(points_at).to_owned()));
    if parts.is_empty() {
        return found;
    }
    found.arg("compare", parts.join(" · ")).cite(table.entries()).cite(admins.entries)
}

/// What `<auth>` came to on the other nodes. A refusal there is an answer.
fn others(scene: &Scene<'_>, table: &ControlTable) -> Vec<String> {
    let mut parts: Vec<(bool, String)> = Vec::new();
    let nodes = table.other_nodes.iter().map(|other| ("", other));
    let edge = table.edge.iter().map(|edge| (" (edge)", edge));
    for (kind, (place, reply)) in nodes.chain(edge) {
        let host = place.rsplit_once(':').map_or(place.as_str(), |(host, _)| host);
        let host = format!("{}{kind}", foreign(beside(host, &scene.login.ask.host)));
        let (is_silent, words) = match (reply, Heard::of(reply, table.marks)) {
            (Reply::Answered { after, .. }, Heard::Silent) => {
                (true, format!("answered <auth> only after {}", duration(*after)))
            }
            (Reply::Answered { after, .. }, _) => (false, format!("answered <auth> in {}", duration(*after))),
            (Reply::Silent { .. }, _) => (true, "is silent to <auth> too".to_owned()),
            _ => continue,
        };
        parts.push((is_silent, format!("{host} {words}")));
    }
    parts.sort_by_key(|(is_silent, _)| *is_silent);
    parts.into_iter().map(|(_, words)| words).collect()
}

/// What the control experiment asked of this node.
fn questions(table: &ControlTable) -> Vec<String> {
    let second = format!("second user {}", foreign(&table.second));
    let way = format!("by {}", foreign(&table.other_mechanism));
    let all = [
        ("impossible mechanism", &table.impossible_mechanism),
        ("unknown user", &table.unknown_user),
        (&way, &table.other_way),
        (&second, &table.second_user),
    ];
    let asked = all.into_iter().filter(|(_, reply)| **reply != Reply::NotAsked);
    let asked = asked.map(|(name, reply)| format!("{name} {}", words(reply, table)));
    let fresh = (table.stream != Reply::NotAsked).then(|| format!("fresh connection {}", stream_words(table)));
    fresh.into_iter().chain(asked).collect()
}

/// Which of the causes of `XMPP_AUTH_SILENT` the answers fit, by their numbers in the catalogue.
fn fits(points_at: PointsAt) -> &'static str {
    match points_at {
        PointsAt::BehindXcpCm => "all that fits cause 1",
        PointsAt::Backend => "all that fits cause 2",
        PointsAt::XcpCm => "all that fits cause 3",
        PointsAt::User => "all that fits cause 4",
        PointsAt::CannotTell => "which cause it is cannot be told from that",
    }
}
