//! What to ask of the administrator's side: AXL of one CUCM, Control Center of each CUCM and IM&P node, PerfMon of each
//! IM&P node (protocol.md 4, 7). `admin_hosts` says where the administrator's password may go at all.
//!
//! 1. Until somebody has accepted the credential, one question at a time: AXL's getCCMVersion first, on one CUCM after
//!    the other, then the services of one host after the other. An account is not locked by haste.
//! 2. A 401 ends all questions, on every host. A 403 ends those to that service on that kind of host.
//! 3. Once it is accepted, all that is left is asked side by side, each question once. What is to be asked again is
//!    [`Walk::polls`]' to say.

use super::{Plan, Turn};
use crate::discovery::admin::{Refused, is_xcp_cm};
use crate::discovery::route::host::url;
use crate::discovery::walk::{Exchange, Walk};
use crate::journal::{HttpAsk, HttpWhat};
use crate::protocol::axl::{FIRST_VERSION, newest_version};
use crate::protocol::serviceability::{CONTROL_CENTER, PERFMON};

/// What is left out as a whole, by this name.
pub(super) const WHAT: &str = "administrator's view";
/// Why, where nobody said as whom.
pub(super) const NO_CREDENTIALS: &str = "no administrator's credentials";
const NO_PASSWORD: &str = "no administrator's password at hand";
/// Where AXL is asked.
const AXL: &str = "/axl/";
/// So many versions are tried: whoever names another one each time speaks none.
const VERSIONS: usize = 3;
/// So many objects of counters are read of a node.
const OBJECTS: usize = 4;

/// Where AXL answers, in the version that it speaks.
struct Axl {
    host: String,
    port: u16,
    version: String,
}

impl Walk {
    /// Why the administrator's side is not asked, as things stand; none where it is, or will be.
    pub fn admin_left_out(&self, password: bool) -> Option<String> {
        let goal = self.goal()?;
        if goal.admin.is_none() {
            return Some(NO_CREDENTIALS.to_owned());
        }
        if let Some(seen) = self.admin_refused() {
            let (_, host, _) = seen.ask.origin();
            return Some(format!("the administrator's credential was refused by {host}: not tried elsewhere"));
        }
        (!password && self.admin_accepted().is_none()).then(|| NO_PASSWORD.to_owned())
    }
}

impl Plan<'_> {
    /// What to ask now.
    pub(super) fn administrators(&self) -> Vec<HttpAsk> {
        if self.goal.admin.is_none() || !self.means.admin {
            return Vec::new();
        }
        let mut asked = self.walk.exchanges().iter().filter(|seen| seen.ask.what.is_administrators());
        match self.walk.admin_accepted() {
            Some(false) => Vec::new(),
            Some(true) => self.all_administrators(),
            None if asked.any(|seen| seen.ended.is_none()) => Vec::new(),
            None => self.first_administrators().into_iter().collect(),
        }
    }

    /// The one question that goes first, or next while nobody has accepted the credential.
    fn first_administrators(&self) -> Option<HttpAsk> {
        match self.axl() {
            Turn::Now(Err(ask)) => Some(ask),
            Turn::Later => None,
            Turn::Now(Ok(_)) | Turn::Over | Turn::Never(_) => self.services().into_iter().next(),
        }
    }

    /// Everything that is left, once the credential is accepted.
    fn all_administrators(&self) -> Vec<HttpAsk> {
        let mut asks = match self.axl() {
            Turn::Now(Ok(axl)) => self.axl_questions(&axl),
            Turn::Now(Err(ask)) => vec![ask],
            Turn::Later | Turn::Over | Turn::Never(_) => Vec::new(),
        };
        asks.extend(self.services());
        asks.extend(self.counters());
        asks
    }

    /// Where AXL answers, or the question that finds that out.
    fn axl(&self) -> Turn<Result<Axl, HttpAsk>> {
        if self.has_no_role(|what| what.is_axl(), |_| true) {
            return Turn::never("the administrator lacks AXL's role");
        }
        let cucms = self.admin_cucms();
        for (host, port) in &cucms {
            match self.axl_on(host, *port) {
                Turn::Never(_) | Turn::Over => {}
                turn => return turn,
            }
        }
        if self.cucms_come() || self.may_locate() { Turn::Later } else { Turn::never("no CUCM answers AXL") }
    }

    /// The same of one CUCM. Over: it will not.
    fn axl_on(&self, host: &str, port: u16) -> Turn<Result<Axl, HttpAsk>> {
        let mut tried: Vec<String> = Vec::new();
        let mut version = FIRST_VERSION.to_owned();
        loop {
            let axl = Axl { host: host.to_owned(), port, version: version.clone() };
            let ask = axl.ask(HttpWhat::AxlVersion, "");
            let Some(seen) = self.walk.exchange_of(&ask) else {
                if self.is_nowhere(host) {
                    return Turn::Over;
                }
                return self.admin_ask(ask).map_or(Turn::Later, |ask| Turn::Now(Err(ask)));
            };
            if seen.ended.is_none() {
                return Turn::Later;
            }
            match Refused::of(seen) {
                None | Some(Refused::Fault(..) | Refused::Rate) => return Turn::Now(Ok(axl)),
                Some(Refused::Version(versions)) => {
                    tried.push(version);
                    let is_new = |newest: &String| tried.len() < VERSIONS && !tried.contains(newest);
                    match newest_version(&versions).filter(is_new) {
                        Some(newest) => version = newest,
                        None => return Turn::Over,
                    }
                }
                Some(_) => return Turn::Over,
            }
        }
    }

    /// What AXL is asked beside its version.
    fn axl_questions(&self, axl: &Axl) -> Vec<HttpAsk> {
        let seen = self.walk.admin();
        let mut asks = vec![axl.ask(HttpWhat::AxlNodes, ""), axl.ask(HttpWhat::AxlGroups, "")];
        if self.has_user() {
            let user = self.goal.user_id.as_str();
            asks.extend([HttpWhat::AxlUser, HttpWhat::AxlAssignment].map(|what| axl.ask(what, user)));
        }
        let profile = seen.user.and_then(|told| told.said.service_profile.as_deref());
        asks.extend(profile.map(|name| axl.ask(HttpWhat::AxlServiceProfile, name)));
        let services = seen.profile.map(|told| told.said.imp.as_slice()).unwrap_or_default();
        asks.extend(services.iter().map(|name| axl.ask(HttpWhat::AxlUcService, name)));
        asks.into_iter().filter_map(|ask| self.admin_ask(ask)).collect()
    }

    /// The services of all hosts, of each once.
    fn services(&self) -> Vec<HttpAsk> {
        let hosts = self.admin_hosts();
        let may_tell =
            |imp: bool| !self.has_no_role(|what| what == HttpWhat::Services, |host| hosts.is(host, imp));
        let asked = hosts.all.iter().filter(|host| may_tell(host.imp));
        let ask = asked.map(|at| HttpAsk::new(HttpWhat::Services, at.url(CONTROL_CENTER), Vec::new()));
        ask.filter_map(|ask| self.admin_ask(ask)).collect()
    }

    /// Which counters each IM&P node has, and those of XCP Connection Manager and the session manager.
    fn counters(&self) -> Vec<HttpAsk> {
        let is_perfmon = |what| matches!(what, HttpWhat::CounterNames | HttpWhat::Counters);
        if self.has_no_role(is_perfmon, |_| true) {
            return Vec::new();
        }
        let seen = self.walk.admin();
        let mut asks = Vec::new();
        for at in self.admin_hosts().all.iter().filter(|at| at.imp) {
            let known = seen.host(&at.host);
            if known.is_some_and(|known| known.rate.is_some()) {
                continue;
            }
            let url = at.url(PERFMON);
            asks.push(HttpAsk::new(HttpWhat::CounterNames, url.clone(), Vec::new()));
            let names = known.and_then(|known| known.counter_names.as_ref());
            let objects = names.into_iter().flat_map(|told| told.said).map(|(object, _)| object.as_str());
            let wanted = objects.filter(|object| is_wanted(object)).take(OBJECTS);
            asks.extend(
                wanted.map(|object| HttpAsk::new(HttpWhat::Counters, url.clone(), Vec::new()).about(object)),
            );
        }
        asks.into_iter().filter_map(|ask| self.admin_ask(ask)).collect()
    }

    /// Whether such a request to such a host was answered that the administrator lacks the role.
    fn has_no_role(&self, of: impl Fn(HttpWhat) -> bool, at: impl Fn(&str) -> bool) -> bool {
        let mut asked = self.walk.exchanges().iter().filter(|seen| of(seen.ask.what) && at(seen.ask.origin().1));
        asked.any(|seen: &Exchange| Refused::of(seen) == Some(Refused::Role))
    }

    /// A request that was not begun yet, once its host has an address.
    fn admin_ask(&self, ask: HttpAsk) -> Option<HttpAsk> {
        if self.walk.exchange_of(&ask).is_some() {
            return None;
        }
        let addresses = self.walk.usable(ask.origin().1)?;
        Some(HttpAsk { addresses, ..ask })
    }

    /// What is left out of the administrator's side: all of it, or hosts that nobody vouches for.
    pub(super) fn admin_left_out(&self) -> Vec<(String, String)> {
        if let Some(why) = self.walk.admin_left_out(self.means.admin) {
            return vec![(WHAT.to_owned(), why)];
        }
        let hosts = self.admin_hosts();
        let why =
            |host: &String| format!("{host} is named by DNS or a node alone: accept its certificate, or name it");
        let left_out = hosts.left_out.iter().map(|host| (format!("{WHAT} of {host}"), why(host)));
        left_out.chain(self.other_clusters()).collect()
    }
}

impl Axl {
    fn ask(&self, what: HttpWhat, about: &str) -> HttpAsk {
        let ask = HttpAsk::new(what, url("https", &self.host, self.port, AXL), Vec::new()).about(about);
        HttpAsk { version: self.version.clone(), ..ask }
    }
}

/// Whether the counters of an object are read: those of XCP Connection Manager and of the session manager, not those of
/// each session, which would name everybody who is logged in.
fn is_wanted(object: &str) -> bool {
    let name = object.to_ascii_lowercase();
    is_xcp_cm(&name) || (name.contains("xcp jsm") && !name.contains("session"))
}
