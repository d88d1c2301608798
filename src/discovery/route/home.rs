//! Which node is the user's home, and which its partner, by whoever knows best.

use super::host::plain;
use crate::discovery::walk::Walk;

/// The user's home node and its partner, as somebody named them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(in crate::discovery) struct Home {
    /// The home node.
    pub(in crate::discovery) node: String,
    /// Its partner, where it is named.
    pub(in crate::discovery) partner: Option<String>,
    /// Who says so, for a sentence: `EPAS names it`.
    pub(in crate::discovery) by: &'static str,
    /// It is a node that says so: whoever assigns users to nodes knows better.
    pub(in crate::discovery) by_node: bool,
}

impl Walk {
    /// The user's home node: EPAS knows it best, then UDS, then `<hostname>` of a node (protocol.md 5.4).
    pub(in crate::discovery) fn home(&self) -> Option<Home> {
        let by_epas = || {
            let (_, config) = self.epas_config()?;
            let node = plain(config.primary()?);
            Some(Home { node, partner: config.backup().map(plain), by: "EPAS names it", by_node: false })
        };
        let by_uds = || {
            let (_, user) = self.user_record()?;
            let mut servers = user.imp_servers.iter().map(|server| plain(server));
            Some(Home {
                node: servers.next()?,
                partner: servers.next(),
                by: "UDS says that the user is assigned to it",
                by_node: false,
            })
        };
        let by_hostname = || {
            let told = self.logins().iter().filter_map(|login| login.hostnames.as_ref());
            let (_, names) = told.max_by_key(|(n, _)| *n)?;
            let mut names = names.iter().map(|name| plain(name));
            let (node, partner) = (names.next()?, names.next());
            Some(Home { node, partner, by: "a node names it by <hostname>", by_node: true })
        };
        by_epas().or_else(by_uds).or_else(by_hostname)
    }
}
