//! The service profile and `jabber-config.xml`: from the addresses that UDS gave, the next one only where the one
//! before failed.

use super::Plan;
use crate::discovery::reading::Reading;
use crate::discovery::route::host::{origin, url};
use crate::journal::{HttpAsk, HttpWhat};

/// So many addresses of one kind are tried.
const KEPT: usize = 16;

impl Plan<'_> {
    fn lists(&self) -> [(HttpWhat, Vec<String>); 3] {
        let Some((_, user)) = self.walk.user_record() else {
            return [HttpWhat::ServiceProfile, HttpWhat::JabberConfig, HttpWhat::JabberConfig]
                .map(|what| (what, Vec::new()));
        };
        let usable = |uris: &[String]| {
            let mut kept: Vec<String> = Vec::new();
            for uri in uris.iter().filter(|uri| origin(uri).is_some()) {
                if !kept.contains(uri) && kept.len() < KEPT {
                    kept.push(uri.clone());
                }
            }
            kept
        };
        let profiles = usable(&user.service_profiles);
        let beside = |uri: &String| {
            let (scheme, host, port) = origin(uri)?;
            Some(url(scheme, &host, port, "/jabber-config.xml"))
        };
        let configs: Vec<String> = profiles.iter().filter_map(beside).collect();
        [
            (HttpWhat::ServiceProfile, profiles),
            (HttpWhat::JabberConfig, usable(&configs)),
            (HttpWhat::JabberConfig, usable(&user.jabber_profiles)),
        ]
    }

    /// All addresses of these files.
    pub(super) fn profile_urls(&self) -> Vec<String> {
        self.lists().into_iter().flat_map(|(_, urls)| urls).collect()
    }

    /// What to ask for now.
    pub(super) fn profiles(&self) -> Vec<HttpAsk> {
        let next = self.lists().into_iter().filter_map(|(what, urls)| {
            let url = self.next_of(what, &urls)?;
            self.request(what, url)
        });
        next.collect()
    }

    /// Whether the service profile may still be read.
    pub(super) fn profile_comes(&self) -> bool {
        let [(what, urls), ..] = self.lists();
        let is_open =
            |url: &String| self.walk.exchange(what, url).is_some_and(|exchange| exchange.ended.is_none());
        self.next_of(what, &urls).is_some() || urls.iter().any(is_open)
    }

    /// The address that is to be asked next, if the ones before it failed.
    fn next_of(&self, what: HttpWhat, urls: &[String]) -> Option<String> {
        for url in urls {
            match self.walk.exchange(what, url) {
                None => {
                    let (_, host, _) = origin(url)?;
                    if !self.is_nowhere(&host) {
                        return Some(url.clone());
                    }
                }
                Some(exchange) => {
                    let was_read =
                        matches!(exchange.reading, Reading::ServiceProfile(_) | Reading::JabberConfig(_));
                    if was_read || exchange.ended.is_none() {
                        return None;
                    }
                }
            }
        }
        None
    }
}
