//! What was read in an answer's body, in lines for a person; what of it is a refusal.

use crate::discovery::reading::Reading;
use crate::protocol::epas::Answer;

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
    if let Reading::Error(text) = reading {
        return Some(text.clone());
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
        Reading::EpasLogin(_) | Reading::EpasConfig(_) | Reading::EpasToken(_) => Vec::new(),
    }
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
