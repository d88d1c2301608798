//! The rules, one for each code, and what they are asked about.
//!
//! A rule looks at one login, one lookup, one server, one exchange or the whole walk, and cites entries. It reads
//! only facts that, once seen, stay seen, so that a longer journal never takes a finding back. It must not know
//! severity or sentences.

mod answers;
mod auth;
mod axl;
mod checks;
mod clock;
mod compare;
mod control;
mod desk;
mod dns;
mod edge;
mod epas;
mod fallback;
mod found;
mod ha;
mod leak;
mod load;
mod names;
mod nodes;
mod password;
mod perf;
mod profile;
mod reach;
mod records;
mod scene;
mod silence;
mod site;
mod stream;
mod svc;
mod targets;
mod tls;
mod uds;
mod user;
mod via;
mod wire;

use crate::discovery::{Exchange, Walk};
use crate::progress::{Progress, ResolveTry};

use super::{Answer, Code, Finding, code};
use scene::Scene;
pub(in crate::findings) use site::Site;
use site::{At, Place};
use wire::Wire;

/// A rule and the code that it raises.
pub(super) struct Rule {
    /// The code.
    pub code: Code,
    asks: &'static [Asks],
}

/// What a rule is asked about.
enum Asks {
    /// Each login.
    Login(fn(&Scene<'_>) -> Answer),
    /// Each look for a login's addresses.
    Lookup(fn(&Progress, &ResolveTry) -> Answer),
    /// The connections of each login, and of each server that was asked over HTTP.
    Wire(fn(&Wire<'_>) -> Answer),
    /// Each server that was asked over HTTP.
    Place(fn(&At<'_>) -> Answer),
    /// Each HTTP exchange.
    Exchange(fn(&Site<'_>, &Exchange) -> Answer),
    /// The whole walk.
    Site(fn(&Site<'_>) -> Vec<Answer>),
}

macro_rules! rule {
    ($code:expr, $($asks:ident($rule:path)),+) => {
        Rule { code: $code, asks: &[$(Asks::$asks($rule)),+] }
    };
}

/// All rules. Among findings of one severity, causes need no order: `explained` links them.
pub(super) const RULES: &[Rule] = &[
    rule!(code::dns::NO_LOGIN_RECORDS, Site(records::no_login_records)),
    rule!(code::dns::SRV_ABSENT, Site(records::srv_absent)),
    rule!(code::dns::SRV_DISABLED, Site(records::srv_disabled)),
    rule!(code::dns::TIMEOUT, Site(dns::timeout)),
    rule!(code::dns::PORT_CLOSED, Site(dns::port_closed)),
    rule!(code::dns::UNREACHABLE, Site(dns::unreachable)),
    rule!(code::dns::SERVFAIL, Site(dns::servfail)),
    rule!(code::dns::REFUSED, Site(dns::refused)),
    rule!(code::dns::UNREADABLE, Site(dns::unreadable)),
    rule!(code::dns::SERVERS_DIFFER, Site(dns::servers_differ)),
    rule!(code::dns::SLOW, Site(answers::slow)),
    rule!(code::dns::LOCAL_CACHE, Site(answers::local_cache)),
    rule!(
        code::dns::TARGET_UNRESOLVED,
        Lookup(reach::target_unresolved),
        Site(names::unresolved),
        Site(targets::no_host)
    ),
    rule!(code::dns::TARGET_ALIAS, Site(targets::alias)),
    rule!(code::dns::TARGET_SHORT, Site(targets::short)),
    rule!(code::dns::TARGET_ADDRESS, Site(targets::address)),
    rule!(code::dns::PORT_UNUSUAL, Site(targets::port_unusual)),
    rule!(code::dns::INSIDE_LEAK, Site(leak::inside_leak)),
    rule!(code::dns::FALLBACK_TO_DOMAIN, Site(fallback::to_domain)),
    rule!(code::clock::DIFFERS, Site(clock::differs)),
    rule!(code::tcp::REFUSED, Wire(reach::refused)),
    rule!(code::tcp::TIMEOUT, Wire(reach::timed_out)),
    rule!(code::tcp::UNREACHABLE, Wire(reach::unreachable)),
    rule!(code::tcp::RESET, Wire(reach::reset)),
    rule!(code::via::UNREACHABLE, Site(via::unreachable)),
    rule!(code::via::REFUSED, Wire(reach::proxy_refused)),
    rule!(code::via::CLOSED, Wire(via::closed)),
    rule!(code::tls::UNTRUSTED, Wire(tls::untrusted)),
    rule!(code::tls::NAME_MISMATCH, Wire(tls::name_mismatch)),
    rule!(code::tls::EXPIRED, Wire(tls::expired)),
    rule!(code::tls::NOT_YET_VALID, Wire(tls::not_yet_valid)),
    rule!(code::tls::EXPIRES_SOON, Wire(tls::expires_soon)),
    rule!(code::tls::SILENT, Wire(tls::silent)),
    rule!(code::tls::LEGACY_ONLY, Wire(tls::legacy_only)),
    rule!(code::tls::ALERT, Wire(tls::alert)),
    rule!(code::tls::FINGERPRINT_CHANGED, Wire(tls::fingerprint_changed)),
    rule!(code::tls::KEY_UNCHECKED, Wire(tls::key_unchecked)),
    rule!(code::tls::KEY_NOT_PROVEN, Wire(tls::key_not_proven)),
    rule!(code::uds::SILENT, Place(uds::silent)),
    rule!(code::uds::OVERLOADED, Place(uds::overloaded)),
    rule!(code::uds::SERVER_ERROR, Place(uds::server_error)),
    rule!(code::uds::WRONG_SERVICE, Place(uds::wrong_service)),
    rule!(code::uds::EMPTY, Place(uds::empty)),
    rule!(code::uds::ENDLESS, Place(uds::endless)),
    rule!(code::uds::REDIRECT, Place(uds::redirect)),
    rule!(code::uds::BROKEN, Place(uds::broken)),
    rule!(code::uds::UNEXPECTED, Place(uds::unexpected)),
    rule!(code::uds::SERVER_SHORT, Site(uds::server_short)),
    rule!(code::uds::SSO, Site(user::sso)),
    rule!(code::uds::NO_HOME_CLUSTER, Site(user::no_home_cluster)),
    rule!(code::uds::HOME_UNUSABLE, Exchange(user::home_unusable)),
    rule!(code::uds::HOME_ELSEWHERE, Site(user::home_elsewhere)),
    rule!(code::uds::TWO_HOMES, Site(user::two_homes)),
    rule!(code::uds::HOMES_DIFFER, Site(user::homes_differ)),
    rule!(code::uds::CLEAR_URI, Exchange(user::clear_uri)),
    rule!(code::uds::AUTH_FAILED, Exchange(user::auth_failed)),
    rule!(code::uds::FORBIDDEN, Exchange(user::forbidden)),
    rule!(code::uds::USER_NOT_IMP_ENABLED, Exchange(user::not_imp_enabled)),
    rule!(code::uds::USER_UNASSIGNED, Exchange(user::unassigned)),
    rule!(code::profile::UNREACHABLE, Exchange(profile::unreachable)),
    rule!(code::profile::UNREADABLE, Exchange(profile::unreadable)),
    rule!(code::profile::NO_IMP, Site(profile::no_imp)),
    rule!(code::profile::ADDRESS_IS_DOMAIN, Site(profile::address_is_domain)),
    rule!(code::profile::ADDRESS_SHORT, Site(profile::address_short)),
    rule!(code::profile::NOT_HOME_NODE, Site(profile::not_home_node)),
    rule!(code::epas::SILENT, Place(epas::silent)),
    rule!(code::epas::SLOW, Place(epas::slow)),
    rule!(code::epas::ERROR, Place(epas::error)),
    rule!(code::epas::AUTH_FAILED, Exchange(epas::auth_failed)),
    rule!(code::epas::CLIENT_TOO_OLD, Exchange(epas::client_too_old)),
    rule!(code::epas::WRONG_NODE, Exchange(epas::wrong_node)),
    rule!(code::epas::NO_TOKEN, Exchange(epas::no_token)),
    rule!(code::epas::DOMAIN_DIFFERS, Exchange(epas::domain_differs)),
    rule!(code::edge::AUTH_FAILED, Exchange(edge::auth_failed)),
    rule!(code::edge::FORBIDDEN, Exchange(edge::forbidden)),
    rule!(code::edge::NEXT_HOP_FAILED, Exchange(edge::next_hop_failed)),
    rule!(code::edge::NAME_ERROR, Exchange(edge::name_error)),
    rule!(code::edge::NO_UDS, Exchange(edge::no_uds)),
    rule!(code::edge::ERROR, Place(edge::error)),
    rule!(code::edge::SAN_LACKS_DOMAIN, Place(edge::san_lacks_domain)),
    rule!(code::edge::SILENT, Place(edge::silent), Login(edge::silent_login)),
    rule!(code::xmpp::STREAM_SILENT, Login(silence::stream)),
    rule!(code::xmpp::NO_FEATURES, Login(silence::features)),
    rule!(code::xmpp::STARTTLS_SILENT, Login(silence::starttls)),
    rule!(code::xmpp::STARTTLS_REFUSED, Login(stream::starttls_refused)),
    rule!(code::xmpp::NO_DIRECT_TLS, Login(stream::no_direct_tls)),
    rule!(code::xmpp::NO_STARTTLS, Login(stream::no_starttls)),
    rule!(code::xmpp::BYTES_BEHIND_PROCEED, Login(stream::bytes_behind_proceed)),
    rule!(code::xmpp::NO_MECHANISM, Login(auth::no_mechanism)),
    rule!(code::xmpp::AUTH_SILENT, Login(silence::auth)),
    rule!(code::xmpp::AUTH_SLOW, Login(auth::slow)),
    rule!(code::xmpp::AUTH_REFUSED, Login(auth::refused)),
    rule!(code::xmpp::ACCEPTED_ELSEWHERE, Login(auth::accepted_elsewhere)),
    rule!(code::xmpp::TOKEN_REFUSED, Login(auth::token_refused)),
    rule!(code::xmpp::AUTH_REFUSED_LATE, Login(auth::refused_late)),
    rule!(code::xmpp::AUTH_CLOSED, Login(auth::closed)),
    rule!(code::xmpp::AUTH_BACKEND, Login(auth::backend)),
    rule!(code::xmpp::NODE_OVERLOADED, Login(load::node_overloaded)),
    rule!(code::xmpp::WRONG_NODE, Login(auth::wrong_node)),
    rule!(code::xmpp::SEE_OTHER_HOST, Login(stream::see_other_host)),
    rule!(code::xmpp::CONFLICT, Login(stream::conflict)),
    rule!(code::xmpp::STREAM_ERROR, Login(stream::error)),
    rule!(code::xmpp::BIND_SILENT, Login(silence::bind)),
    rule!(code::xmpp::BIND_REFUSED, Login(stream::bind_refused)),
    rule!(code::xmpp::SESSION_SILENT, Login(silence::session)),
    rule!(code::xmpp::SESSION_REFUSED, Login(stream::session_refused)),
    rule!(code::xmpp::NOT_XML, Login(stream::not_xml)),
    rule!(code::xmpp::LIMIT_MET, Login(stream::limit_met)),
    rule!(code::xmpp::WINDOW_CLOSED, Login(silence::window_closed)),
    rule!(code::xmpp::NOT_ACKED, Login(silence::not_acked)),
    rule!(code::xmpp::SERVER_NOT_PROVEN, Login(auth::server_not_proven)),
    rule!(code::xmpp::SASL_BROKEN, Login(auth::sasl_broken)),
    rule!(code::xmpp::CLOSED, Login(stream::closed)),
    rule!(code::nodes::DISAGREE, Login(nodes::disagree)),
    rule!(code::nodes::CLUSTER_SILENT, Site(nodes::cluster_silent)),
    rule!(code::nodes::PASSWORD_CHECKS_SILENT, Site(checks::silent)),
    rule!(code::control::XCP_CM, Site(control::xcp_cm)),
    rule!(code::control::BEHIND_XCP_CM, Site(control::behind)),
    rule!(code::control::BACKEND, Site(control::backend)),
    rule!(code::control::USER, Site(control::user)),
    rule!(code::control::CANNOT_TELL, Site(control::cannot_tell)),
    rule!(code::axl::AUTH_FAILED, Site(axl::auth_failed)),
    rule!(code::axl::FORBIDDEN, Site(axl::forbidden)),
    rule!(code::axl::NOT_ACTIVATED, Site(axl::not_activated)),
    rule!(code::axl::VERSION, Site(axl::version)),
    rule!(code::axl::SILENT, Site(axl::silent)),
    rule!(code::axl::FAULT, Site(axl::fault)),
    rule!(code::axl::USER_UNKNOWN, Exchange(axl::user_unknown)),
    rule!(code::axl::USER_LOCKED, Exchange(axl::user_locked)),
    rule!(code::axl::USER_MUST_CHANGE, Exchange(axl::user_must_change)),
    rule!(code::axl::USER_NOT_IMP_ENABLED, Exchange(axl::user_not_imp_enabled)),
    rule!(code::axl::HOME_CLUSTER_OFF, Exchange(axl::home_cluster_off)),
    rule!(code::axl::USER_UNASSIGNED, Exchange(axl::user_unassigned)),
    rule!(code::axl::UC_SERVICE_UNRESOLVED, Exchange(axl::uc_service_unresolved)),
    rule!(code::axl::UC_SERVICE_SHORT, Exchange(axl::uc_service_short)),
    rule!(code::axl::DIFFERS_FROM_CLIENT, Site(axl::differs_from_client)),
    rule!(code::svc::STOPPED, Site(svc::stopped)),
    rule!(code::svc::NOT_ACTIVATED, Site(svc::not_activated)),
    rule!(code::svc::STARTING, Site(svc::starting)),
    rule!(code::svc::STARTED_BUT_SILENT, Login(svc::started_but_silent), Place(svc::started_but_silent_at)),
    rule!(code::svc::RESTARTED_LATELY, Site(svc::restarted_lately)),
    rule!(code::svc::UNKNOWN, Site(svc::unknown)),
    rule!(code::perf::SOCKETS_FLAT, Login(perf::sockets_flat)),
    rule!(code::perf::SOCKETS_FALLING, Site(perf::sockets_falling)),
    rule!(code::perf::RATE, Site(perf::rate)),
    rule!(code::perf::NO_COUNTERS, Site(perf::no_counters)),
    rule!(code::ha::FAILED_OVER, Site(ha::failed_over)),
    rule!(code::ha::BACKUP_MODE, Site(ha::backup_mode)),
    rule!(code::ha::NOT_ENABLED, Site(ha::not_enabled)),
    rule!(code::ha::CRITICAL_DOWN, Site(ha::critical_down)),
    rule!(code::ha::BACKOFF, Site(ha::backoff)),
];

/// Every login, and the run around it.
fn scenes<'a>(site: &'a Site<'a>) -> impl Iterator<Item = Scene<'a>> {
    site.progress.logins().iter().map(|login| Scene { progress: site.progress, walk: site.walk, login })
}

/// What every rule says of everything that it can be asked about.
pub(super) fn answers(progress: &Progress, walk: &Walk) -> Vec<Answer> {
    let site = Site::new(progress, walk);
    RULES.iter().flat_map(|rule| rule.answers(&site)).collect()
}

impl Rule {
    pub(super) fn answers(&self, site: &Site<'_>) -> Vec<Answer> {
        self.asks.iter().flat_map(|asks| asks.answers(site)).collect()
    }
}

impl Asks {
    fn answers(&self, site: &Site<'_>) -> Vec<Answer> {
        let progress = site.progress;
        let scenes = || scenes(site);
        let places = || site.places().iter().map(|place: &Place<'_>| At { site, place });
        match self {
            Asks::Login(rule) => scenes().map(|scene| rule(&scene)).collect(),
            Asks::Lookup(rule) => progress.resolves().iter().map(|lookup| rule(progress, lookup)).collect(),
            Asks::Wire(rule) => {
                let logins = scenes().map(|scene| rule(&Wire::of_login(&scene, site)));
                logins.chain(places().map(|at| rule(&Wire::of_place(&at)))).collect()
            }
            Asks::Place(rule) => places().map(|at| rule(&at)).collect(),
            Asks::Exchange(rule) => site.walk.exchanges().iter().map(|exchange| rule(site, exchange)).collect(),
            Asks::Site(rule) => rule(site),
        }
    }
}
