//! What leads to the nodes: the walk (what was asked and told), the plan (what to ask next), and the tree on the
//! left of the screen. Knows no screen, no selection and no clock; nothing in it runs while time passes.

mod admin;
mod again;
mod item;
mod plan;
mod reading;
mod route;
mod tree;
mod walk;
mod watch;

pub use admin::{
    AdminSeen, Counter, HaSeen, HaState, HostSeen, Polls, Refused, Sample, Service, ServiceStatus, Told,
    is_sockets, needed_on, needs,
};
pub use item::{Again, Item, ItemId, ItemState, TrustAsk, Wants};
pub use plan::{Cost, LoginStep, Means, Reach, Skipped, Step};
pub use reading::Reading;
pub use route::{
    Addresses, Choice, NodeSeen, Route, RouteRecord, RouteState, RouteView, belonging, first_label, is_host,
    leads_home, uds_of_user,
};
#[cfg(test)]
pub(crate) use tree::story;
pub use tree::{HomeAnswer, HomeSeen, Tree};
pub use walk::{
    CertificateSeen, Connect, Ending, Exchange, GateShut, Handshake, LoginSeen, Lookup, Permissions, Walk,
};
pub use watch::{Watch, WatchSeen, Watching};
