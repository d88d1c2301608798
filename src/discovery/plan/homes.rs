//! Whether the user's home is beyond doubt, where CUCMs of several clusters were named by hand.
//!
//! What needs no credential is asked of every one of them. A credential goes to the one home alone:
//!
//! 1. Nothing is sent before each CUCM that is asked for the user's home has answered, has failed, or is silent. What a
//!    silent one would have said is not waited for.
//! 2. Where the answers name two clusters as the home, no credential is sent, neither there nor to an IM&P node: which of
//!    the two knows the user's password, and which node is the user's, nobody can tell from outside. Each wrong guess
//!    would be an attempt against an account. It is the user who says which: by naming that CUCM alone (`--cucm`), by going
//!    past UDS to a node (`--node`), or on the screen by stepping a login, which warns first.
//! 3. Two names are one cluster where they share an address, or where a list of nodes holds both. The list must come from
//!    a server whose certificate holds: else whoever answers could make itself part of the home.
//! 4. An administrator's password goes to the CUCMs of that home alone; of several clusters without a home, to none.
//!
//! Where one CUCM or none was named, nothing of this applies: the first answer that names a home is the home.

use super::{Plan, Turn};
use crate::discovery::route::host::origin;
use crate::journal::HttpWhat;

/// Why a host's administrator is not asked.
const NOT_HOME: &str =
    "it is not known to be of the user's home cluster: the administrator's password goes to that alone";

impl Plan<'_> {
    /// Whether a credential may be sent as far as the user's home is concerned.
    pub(super) fn one_home(&self) -> Turn<()> {
        // From outside, beside the way inside, it is the CUCMs inside that say so.
        if self.walk.is_beside() {
            let inside = self.walk.seen_from(false);
            return Plan::new(&inside, self.means).map_or(Turn::Now(()), |plan| plan.one_home());
        }
        if !self.walk.compares_homes() {
            return Turn::Now(());
        }
        if self.homes_come() {
            return Turn::Later;
        }
        match self.walk.homes_named().as_slice() {
            [] | [_] => Turn::Now(()),
            _ if self.lists_come() => Turn::Later,
            homes => Turn::Never(format!(
                "two clusters or more are named as the user's home ({}): name one alone with --cucm",
                homes.join(", ")
            )),
        }
    }

    /// Whether a CUCM may still say in time where the user is at home.
    fn homes_come(&self) -> bool {
        let mut asked = self.first_cucms().into_iter().flat_map(|(host, port)| {
            let urls = self.cluster_user_urls(&host, port);
            urls.into_iter().map(move |url| (host.clone(), url))
        });
        self.cucms_come() || asked.any(|(host, url)| self.comes(HttpWhat::ClusterUser, &host, &url))
    }

    /// Whether a home's list of nodes may still come, which can show that two names are one cluster.
    fn lists_come(&self) -> bool {
        self.every_located().iter().any(|home| {
            let host = origin(&home.servers_url).map(|(_, host, _)| host).unwrap_or_default();
            self.comes(HttpWhat::Servers, &host, &home.servers_url)
        })
    }

    fn comes(&self, what: HttpWhat, host: &str, url: &str) -> bool {
        match self.walk.exchange(what, url) {
            Some(seen) => seen.ended.is_none() && seen.went_silent().is_none(),
            None => !self.is_nowhere(host),
        }
    }

    /// Whether an administrator's password may be meant for this CUCM: where clusters are compared, for those of the one
    /// home alone.
    pub(super) fn is_of_home(&self, host: &str) -> bool {
        let is_only = || match self.walk.homes_named().as_slice() {
            [home] => self.one_home() == Turn::Now(()) && self.walk.is_surely_of(host, home),
            _ => false,
        };
        !self.walk.compares_homes() || is_only()
    }

    /// The CUCMs that are left out since they are of another cluster, as far as is known: what, and why.
    pub(super) fn other_clusters(&self) -> Vec<(String, String)> {
        let others = self.every_cucm().into_iter().filter(|(host, _)| !self.is_of_home(host));
        others.map(|(host, _)| (format!("{} of {host}", super::admin::WHAT), NOT_HOME.to_owned())).collect()
    }
}
