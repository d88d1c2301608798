//! The rule about the inside record that is seen from outside.

use std::net::{IpAddr, SocketAddr};

use crate::discovery::{Exchange, Route};
use crate::journal::EntryNo;

use super::super::figures::list;
use super::found::Found;
use super::reach::{is_late, is_no_way};
use super::site::{Kind, Site, stood};
use super::targets::targets;
use super::{Answer, code};

/// `_cisco-uds` is seen, everything that it leads to is in a private net and out of reach, and there is an edge.
///
/// 1. There are records of both routes.
/// 2. Every connect to a CUCM had ended without an answer, at a private address each.
/// 3. Where one is answered later, the finding says so.
pub(super) fn inside_leak(site: &Site<'_>) -> Vec<Answer> {
    let targets = targets(site);
    let inside = targets.iter().find(|target| target.route == Route::CiscoUds);
    let edge = targets.iter().find(|target| target.route == Route::CollabEdge);
    let (Some(inside), Some(edge)) = (inside, edge) else {
        return Vec::new();
    };
    let cucms = site.places().iter().filter(|place| place.kind == Kind::Cucm);
    let exchanges: Vec<&Exchange> = cucms.flat_map(|place| place.exchanges.iter().copied()).collect();
    let connects: Vec<_> = exchanges.iter().flat_map(|exchange| &exchange.connects).collect();
    let mut ends: Vec<EntryNo> = connects.iter().filter_map(|connect| Some(connect.ended.as_ref()?.n)).collect();
    ends.sort_unstable();
    let moment = ends.into_iter().find(|moment| {
        connects.iter().filter(|connect| connect.n < *moment).all(|connect| {
            let end = connect.ended.as_ref().filter(|end| end.n <= *moment);
            is_private(&connect.to) && end.is_some_and(|end| is_late(&end.outcome) || is_no_way(&end.outcome))
        })
    });
    let Some(moment) = moment else {
        let over = exchanges.iter().all(|exchange| exchange.ended.is_some());
        let settled = over || connects.iter().any(|connect| stood(connect));
        return vec![if settled { Answer::DoesNotHold } else { Answer::CannotTellYet }];
    };
    let tried: Vec<_> = connects.iter().filter(|connect| connect.n < moment).collect();
    let mut to: Vec<String> = tried.iter().map(|connect| connect.to.clone()).collect();
    to.dedup();
    let later = connects.iter().find(|connect| stood(connect));
    vec![
        Found::about(code::dns::INSIDE_LEAK, site.domain())
            .of(inside.first.op)
            .foreign("name", &inside.first.ask.name)
            .foreign("addresses", &list(&to))
            .foreign("edge_host", &edge.srv.target)
            .foreign("domain", site.domain())
            .maybe("other_ok", later.map(|connect| connect.to.clone()))
            .cite(inside.entries.iter().chain(&edge.entries).copied())
            .cite(tried.iter().filter_map(|connect| Some(connect.ended.as_ref()?.n)))
            .holds(),
    ]
}

/// An address of a private net (RFC 1918, RFC 4193), as `address:port`.
fn is_private(to: &str) -> bool {
    to.parse::<SocketAddr>().is_ok_and(|to| match to.ip() {
        IpAddr::V4(ip) => ip.is_private(),
        IpAddr::V6(ip) => ip.is_unique_local(),
    })
}
