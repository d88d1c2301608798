//! What was read in an answer's body, in lines for a person; what of it is a refusal.

use crate::discovery::reading::Reading;
use crate::protocol::epas::Answer;
use crate::protocol::serviceability::Service;

/// What an answer of EPAS says instead of success.
enum No<'a> {
    Failure(&'a str),
    Redirect(&'a str),
    Fault(&'a str),
    Unclear(&'a [String]),
}

fn no<T>(answer: &Answer<T>) -> Option<No<'_>> {
    match answer {
        Answer::Success(_) => None,
        Answer::Failure(reason) => Some(No::Failure(reason)),
        Answer::Redirect(host) => Some(No::Redirect(host)),
        Answer::Fault(text) => Some(No::Fault(text)),
        Answer::Unclear(names) => Some(No::Unclear(names)),
    }
}

fn refused(reading: &Reading) -> Option<No<'_>> {
    match reading {
        Reading::EpasLogin(answer) => no(answer),
        Reading::EpasConfig(answer) => no(answer),
        Reading::EpasToken(answer) => no(answer),
        _ => None,
    }
}

/// A refusal that came in the body, in a word.
pub(super) fn refusal(reading: &Reading) -> Option<&'static str> {
    refused(reading).map(|no| match no {
        No::Failure(_) => "refused",
        No::Redirect(_) => "other node",
        No::Fault(_) => "fault",
        No::Unclear(_) => "unclear",
    })
}

/// The same in a sentence; words of an error body as well.
pub(super) fn refusal_words(reading: &Reading) -> Option<String> {
    match reading {
        Reading::Error(text) => return Some(text.clone()),
        Reading::Fault(fault) => return Some(format!("SOAP fault: {}", fault.words)),
        _ => {}
    }
    refused(reading).map(|no| match no {
        No::Failure("") => "failure, without a reason".to_owned(),
        No::Failure(reason) => format!("failure: {reason}"),
        No::Redirect(host) => format!("it names another node: {host}"),
        No::Fault(text) => format!("SOAP fault: {text}"),
        No::Unclear(names) => format!("neither success nor failure: {}", names.join(", ")),
    })
}

/// What was read, line by line.
pub(super) fn lines(reading: &Reading) -> Vec<String> {
    if let Some(said) = refusal_words(reading) {
        return vec![said];
    }
    match reading {
        Reading::Nothing | Reading::Misread(_) | Reading::Error(_) => Vec::new(),
        Reading::Version(read) => {
            let users =
                read.users_need_auth.map(|need| format!("directory search needs a password: {}", yes(need)));
            [Some(format!("version {}", read.version)), users].into_iter().flatten().collect()
        }
        Reading::ClusterUser(read) => [
            read.found.map(|found| format!("found: {}", yes(found))),
            read.home.as_ref().map(|home| format!("home cluster: {home}")),
            read.servers_uri.as_ref().map(|uri| format!("its nodes: {uri}")),
            read.user_uri.as_ref().map(|uri| format!("the user's record: {uri}")),
        ]
        .into_iter()
        .flatten()
        .collect(),
        Reading::Servers(read) => read.servers.iter().map(|server| format!("node {server}")).collect(),
        Reading::SingleSignOn(read) => {
            let enabled = read.enabled.map(|on| format!("single sign-on: {}", if on { "on" } else { "off" }));
            enabled.into_iter().chain(read.more.iter().cloned()).collect()
        }
        Reading::User(read) => user(read),
        Reading::ServiceProfile(read) => {
            let imp = read.imp.iter().map(|address| {
                let port = address.port.map_or_else(String::new, |port| format!(":{port}"));
                format!("IM and Presence {}: {}{port}", address.role, address.address)
            });
            imp.chain([format!("sections: {}", read.sections.join(", "))]).collect()
        }
        Reading::JabberConfig(read) => read.keys.iter().map(|(key, value)| format!("{key} = {value}")).collect(),
        Reading::EpasLogin(Answer::Success(read)) => {
            let key = if read.has_key { "a session key came" } else { "no session key came" };
            [key.to_owned()].into_iter().chain(read.more.iter().cloned()).collect()
        }
        Reading::EpasConfig(Answer::Success(read)) => {
            read.properties.iter().map(|(name, value)| format!("{name} = {value}")).collect()
        }
        Reading::EpasToken(Answer::Success(came)) => {
            vec![if *came { "a one-time password came" } else { "no one-time password came" }.to_owned()]
        }
        Reading::EpasLogin(_) | Reading::EpasConfig(_) | Reading::EpasToken(_) | Reading::Fault(_) => Vec::new(),
        Reading::EdgeConfig(read) => edge(read),
        Reading::AxlVersions(versions) => vec![format!("it speaks AXL {}", versions.join(", "))],
        Reading::AxlVersion(version) => vec![format!("version {version}")],
        Reading::AxlUser(read) => end_user(read),
        Reading::AxlServiceProfile(read) => {
            let parts = format!("parts: {}", read.parts.join(", "));
            read.imp.iter().map(|name| format!("UC service {name}")).chain([parts]).collect()
        }
        Reading::AxlUcService(read) => {
            let said = |name: &str, value: &Option<String>| value.as_ref().map(|value| format!("{name}: {value}"));
            let lines = [said("type", &read.kind), said("product", &read.product), said("address", &read.address)];
            lines.into_iter().flatten().collect()
        }
        Reading::AxlNodes(nodes) => nodes.iter().map(|node| format!("node {}", node.name)).collect(),
        Reading::AxlAssignment(users) => {
            let none = || "no node".to_owned();
            users.iter().map(|user| format!("assigned to: {}", user.server.clone().unwrap_or_else(none))).collect()
        }
        Reading::AxlGroups(groups) => {
            groups.iter().map(|group| format!("{}: {}", group.name, group.servers.join(", "))).collect()
        }
        Reading::Services(services) => services.iter().map(service).collect(),
        Reading::CounterNames(objects) => {
            objects.iter().map(|(object, counters)| format!("{object}: {}", counters.join(", "))).collect()
        }
        Reading::Counters(counters) => {
            counters.iter().map(|counter| format!("{} = {}", counter.name, counter.value)).collect()
        }
    }
}

fn edge(read: &crate::protocol::edge::EdgeConfig) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for service in &read.services {
        let servers: Vec<&str> = service.servers.iter().map(|server| server.address.as_str()).collect();
        let said = service.error.clone().unwrap_or_else(|| servers.join(", "));
        lines.push(format!("{}: {said}", service.name));
    }
    for (name, endpoints) in [("XMPP", &read.xmpp), ("HTTP", &read.http), ("the user's UDS", &read.user_uds)] {
        let addresses: Vec<&str> = endpoints.iter().map(|endpoint| endpoint.address.as_str()).collect();
        lines.push(format!(
            "{name}: {}",
            if addresses.is_empty() { "none".to_owned() } else { addresses.join(", ") }
        ));
    }
    if !read.not_understood.is_empty() {
        lines.push(format!("not understood: {}", read.not_understood.join(", ")));
    }
    lines
}

fn end_user(read: &crate::protocol::axl::EndUser) -> Vec<String> {
    let named = |name: &str, value: &Option<String>| value.as_ref().map(|value| format!("{name}: {value}"));
    let said = |name: &str, value: Option<bool>| value.map(|value| format!("{name}: {}", yes(value)));
    let lines = [
        named("user", &read.userid),
        named("mail", &read.mail),
        named("directory URI", &read.directory_uri),
        named("status", &read.status),
        named("LDAP directory", &read.ldap),
        said("home cluster", read.home_cluster),
        said("enabled for IM and Presence", read.imp_enabled),
        named("service profile", &read.service_profile),
        said("locked by an administrator", read.locked),
        said("must change the password", read.must_change),
        named("Reset Hack Count", &read.reset_hack_count),
    ];
    let groups = (!read.groups.is_empty()).then(|| format!("groups: {}", read.groups.join(", ")));
    lines.into_iter().flatten().chain(groups).collect()
}

/// `Cisco XCP Router: Started, up 3600 s`.
fn service(service: &Service) -> String {
    use crate::protocol::serviceability::ServiceStatus::{Other, Started, Starting, Stopped, Stopping};
    let status = match &service.status {
        Started => "Started",
        Starting => "Starting",
        Stopping => "Stopping",
        Stopped => "Stopped",
        Other(word) => word,
    };
    let up = service.up.map_or_else(String::new, |up| format!(", up {} s", up.as_secs()));
    let reason = service.reason.as_ref().map_or_else(String::new, |reason| format!(" ({reason})"));
    format!("{}: {status}{reason}{up}", service.name)
}

fn user(read: &crate::protocol::uds::User) -> Vec<String> {
    let named = |name: &str, value: &Option<String>| value.as_ref().map(|value| format!("{name}: {value}"));
    let said = |name: &str, value: Option<bool>| value.map(|value| format!("{name}: {}", yes(value)));
    let mut lines: Vec<String> = [
        named("user", &read.name),
        named("email", &read.email),
        named("directory URI", &read.directory_uri),
        said("password kept in LDAP", read.ldap),
        said("home cluster", read.home_cluster),
        said("enabled for IM and Presence", read.imp_enabled),
    ]
    .into_iter()
    .flatten()
    .collect();
    let nodes = if read.imp_servers.is_empty() { "none".to_owned() } else { read.imp_servers.join(", ") };
    lines.push(format!("assigned to: {nodes}"));
    lines.extend(read.service_profiles.iter().map(|uri| format!("service profile: {uri}")));
    lines.extend(read.jabber_profiles.iter().map(|uri| format!("Jabber profile: {uri}")));
    if !read.not_understood.is_empty() {
        lines.push(format!("not understood: {}", read.not_understood.join(", ")));
    }
    lines
}

fn yes(yes: bool) -> &'static str {
    if yes { "yes" } else { "no" }
}
