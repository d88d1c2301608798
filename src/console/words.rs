//! Events in words: connections, certificates, remarks, acts of the user, ends. Figures and verdicts as they
//! were recorded; the library's own word stands in brackets.

use super::ink::{Ink, Line};
use super::row::{Kind, Mark};
use super::{dns, http};
use crate::journal::day;
use crate::journal::{
    Ask, CertFact, ClosedBy, HaNode, How, NameRole, NameVerdict, NetFact, Outcome, Purpose, Remark, Stage,
    TlsFact, UserAct, Verdict, host_port,
};
use crate::protocol::chain as chain_fault;

/// A row in words: its mark, what it is about, its lines.
pub(super) type Said = (Mark, Kind, Vec<Line>);

fn event(kind: Kind, text: &str) -> Said {
    (Mark::Event, kind, vec![Line::words(text, Ink::Plain)])
}

fn bang(kind: Kind, text: &str) -> Said {
    (Mark::Bang, kind, vec![Line::words(text, Ink::Bad)])
}

/// What was asked, where that is worth a row.
pub(super) fn ask(ask: &Ask) -> Option<Said> {
    match ask {
        Ask::Run(_) => None,
        Ask::Login(login) => {
            let what = match login.purpose {
                Purpose::Login => "login".to_owned(),
                Purpose::Watch => "watch".to_owned(),
                question => format!("control experiment ({})", question.words()),
            };
            let place = host_port(&login.host, login.port);
            Some(event(Kind::Run, &format!("{what} on {place} as {}, user {}", login.client.name(), login.user)))
        }
        Ask::Dns(ask) => Some(dns::ask(ask)),
        Ask::Http(ask) => Some(http::ask(ask)),
        Ask::Resolve { host } => Some(event(Kind::Net, &format!("asking for the addresses of {host}"))),
        Ask::Connect { to } => Some(event(Kind::Net, &format!("connecting to {to}"))),
        Ask::Handshake { server_name, .. } => Some(event(Kind::Tls, &format!("TLS handshake, SNI {server_name}"))),
        Ask::LegacyHello => Some(event(Kind::Tls, "asking with old TLS versions and suites")),
    }
}

/// About addresses and connections.
pub(super) fn net(fact: &NetFact) -> Said {
    match fact {
        NetFact::Resolved { addresses, source } if addresses.is_empty() => {
            bang(Kind::Net, &format!("no address ({source})"))
        }
        NetFact::Resolved { addresses, source } => {
            event(Kind::Net, &format!("{} ({source})", addresses.join(", ")))
        }
        NetFact::Connected { local, remote, via: None } => {
            event(Kind::Net, &format!("connected, {local} to {remote}"))
        }
        NetFact::Connected { local, remote, via: Some(via) } => {
            event(Kind::Net, &format!("connected to {remote}, says the proxy {via} (from {local})"))
        }
        NetFact::Closed { by, code } => {
            let code = code.as_deref().map_or(String::new(), |code| format!(" ({code})"));
            match by {
                ClosedBy::PeerFin => bang(Kind::Net, &format!("the peer closed the connection{code}")),
                ClosedBy::PeerReset => bang(Kind::Net, &format!("the connection was reset{code}")),
                ClosedBy::Link => bang(Kind::Net, &format!("the link was lost{code}")),
                ClosedBy::Tls => bang(Kind::Net, &format!("TLS was ended{code}")),
                ClosedBy::Us => event(Kind::Net, &format!("we closed the connection{code}")),
            }
        }
    }
}

/// About TLS.
pub(super) fn tls(fact: &TlsFact) -> Said {
    match fact {
        TlsFact::Chain { certs } => (Mark::Event, Kind::Tls, chain(certs)),
        TlsFact::KeyUnchecked { why } => {
            bang(Kind::Tls, &format!("whether the server holds the certificate's key cannot be checked: {why}"))
        }
        TlsFact::Verified { chain, names, key_proven } => verified(chain, names, *key_proven),
        TlsFact::Agreed { version, suite, group } => {
            let group = group.as_deref().map_or(String::new(), |group| format!(", {group}"));
            event(Kind::Tls, &format!("{version}, {suite}{group}"))
        }
        TlsFact::Legacy { version, suite, alert } => {
            let answer = match (version, alert) {
                (Some(version), _) => format!("{version} {}", suite.as_deref().unwrap_or("")),
                (None, Some(alert)) => format!("refused too, alert {alert}"),
                (None, None) => "no answer".to_owned(),
            };
            event(Kind::Tls, &format!("asked with old versions and suites: {answer}"))
        }
    }
}

fn chain(certs: &[CertFact]) -> Vec<Line> {
    let Some(leaf) = certs.first() else {
        return vec![Line::words("the server presented no certificate", Ink::Bad)];
    };
    let mut lines = vec![Line::words(&format!("certificate {}", leaf.subject), Ink::Plain)];
    let issuer =
        if leaf.issuer == leaf.subject { "self-signed".to_owned() } else { format!("issued by {}", leaf.issuer) };
    let validity = format!("valid {} to {}", day(leaf.not_before), day(leaf.not_after));
    lines.push(muted(&format!("{issuer}, {}, {}, {validity}", leaf.key, leaf.signature)));
    lines.push(muted(&format!(
        "names {}",
        if leaf.names.is_empty() { "none".into() } else { leaf.names.join(", ") }
    )));
    lines.push(muted(&leaf.fingerprint));
    if certs.len() > 1 {
        let above: Vec<&str> = certs[1..].iter().map(|cert| cert.subject.as_str()).collect();
        lines.push(muted(&format!("with {}", above.join("; "))));
    }
    lines
}

fn muted(text: &str) -> Line {
    let mut line = Line::words(text, Ink::Muted);
    line.indent = 2;
    line
}

fn verified(chain: &Verdict, names: &[NameVerdict], key_proven: bool) -> Said {
    let mut lines = Vec::new();
    lines.push(verdict(
        "chain",
        chain.ok,
        if chain.ok { "trusted" } else { chain_fault::words(&chain.code).unwrap_or("does not hold") },
        &chain.code,
    ));
    for name in names {
        let who = match name.role {
            NameRole::Domain => "the XMPP domain, which PSI checks",
            NameRole::Node => "the node's name, which Jabber may accept",
        };
        let words = if name.ok { "in the certificate" } else { "not in the certificate" };
        lines.push(verdict(&format!("{} ({who})", name.name), name.ok, words, ""));
    }
    let mark = if key_proven { Mark::Event } else { Mark::Bang };
    if !key_proven {
        lines.push(Line::words("the server did not prove that it holds the certificate's key", Ink::Bad));
    }
    (mark, Kind::Tls, lines)
}

fn verdict(what: &str, ok: bool, words: &str, code: &str) -> Line {
    let mut line = Line::words(&format!("{what}: "), Ink::Plain);
    line.say(words, if ok { Ink::Good } else { Ink::Bad });
    if !code.is_empty() {
        line.say(&format!(" ({code})"), Ink::Muted);
    }
    line
}

/// Something unexpected.
pub(super) fn remark(remark: &Remark) -> Said {
    let text = match remark {
        Remark::BytesBehindProceed { bytes } => {
            format!("{bytes} bytes in clear behind <proceed/>: they entered neither TLS nor XML")
        }
        Remark::OffScript { came, awaited } => format!("off script: {came} came, {awaited} was waited for"),
        Remark::LimitMet { limit, value } => format!("a bound was met: {limit}, {value}"),
        Remark::ServerNotProven => {
            "the server did not prove that it knows the password (SCRAM signature)".to_owned()
        }
        Remark::SaslBroken { what } => format!("not what the mechanism allows: {what}"),
        Remark::OtherId { came } => format!("an answer to another id: {came}"),
        Remark::NoMechanism { offered } if offered.is_empty() => "no mechanism is offered".to_owned(),
        Remark::NoMechanism { offered } => {
            format!("no offered mechanism can be used with what is at hand: {}", offered.join(", "))
        }
        Remark::NoStarttls => "no STARTTLS is offered on this clear stream".to_owned(),
        Remark::Gate { why, fingerprint } => {
            let fingerprint = fingerprint.as_deref().map_or(String::new(), |print| format!(" ({print})"));
            format!("stopped before a credential would cross: {why}{fingerprint}")
        }
    };
    bang(Kind::Stream, &text)
}

/// `imp1 Normal, imp2 Failed Over (Critical Service Down)`
fn ha(nodes: &[HaNode]) -> String {
    let state = |node: &HaNode| {
        let host = node.host.as_ref().map_or_else(String::new, |host| format!("{host} "));
        let reason = node.reason.as_ref().map_or_else(String::new, |reason| format!(" ({reason})"));
        format!("{host}{}{reason}", node.state)
    };
    if nodes.is_empty() {
        "none was told".to_owned()
    } else {
        nodes.iter().map(state).collect::<Vec<_>>().join(", ")
    }
}

/// An act of the user.
pub(super) fn user(act: &UserAct) -> Said {
    let text = match act {
        UserAct::Accepted { host, port, fingerprint } => {
            let port = port.map_or_else(String::new, |port| format!(":{port}"));
            format!("you accepted {fingerprint} for {host}{port}")
        }
        UserAct::AcceptedAnywhere { fingerprint } => format!("you accepted {fingerprint} wherever it is shown"),
        UserAct::AllowedCleartextAnywhere => "you allowed credentials in clear on every host".to_owned(),
        UserAct::AskedAgain { what } => format!("you asked for {what} once more"),
        UserAct::Insecure => "all certificates of this run are accepted (--insecure)".to_owned(),
        UserAct::AllowedCleartext { host } => format!("you allowed a credential in clear on {host}"),
        UserAct::Skipped { what } => format!("you passed over {what}"),
        UserAct::Stopped => "you ended the login".to_owned(),
        UserAct::MoreAttempts => "you allowed one more attempt".to_owned(),
        UserAct::AllNodes => "you asked for the same login on all nodes".to_owned(),
        UserAct::Outside => "the way from outside was asked for beside the one inside (--as all)".to_owned(),
        UserAct::Control { host, port } => format!("you asked for the control experiment on {host}:{port}"),
        UserAct::Watch { host, service } => format!("you asked to watch {service} on {host} across a restart"),
        UserAct::HaStatus { nodes } => format!("you gave the state of high availability: {}", ha(nodes)),
        UserAct::ControlAnywhere => {
            "you asked for the control experiment wherever <auth> is not answered (--control)".to_owned()
        }
    };
    event(Kind::Run, &text)
}

/// Why an operation ended, in words: what was said of it, and the name of that in brackets.
pub fn why(outcome: &Outcome) -> Option<String> {
    // The system's number says nothing that its name does not say.
    let words = |text: &str| text.split(" (os error ").next().unwrap_or_default().trim().to_owned();
    match (outcome.code.as_deref(), outcome.text.as_deref().map(words).filter(|text| !text.is_empty())) {
        // The system's own names are in capitals: `ECONNREFUSED`, `FIN`.
        (Some(code), Some(text)) if text != code => {
            let name = code.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit());
            Some(if name { format!("{text} ({code})") } else { format!("{code}: {text}") })
        }
        (Some(word), _) => Some(word.to_owned()),
        (None, text) => text,
    }
}

/// How an operation ended, where that is worth a row.
pub(super) fn ended(ask: Option<&Ask>, outcome: &Outcome) -> Option<Said> {
    let (what, kind) = match ask {
        Some(Ask::Run(_)) => return None,
        Some(Ask::Login(login)) if login.purpose.is_login() => ("login".to_owned(), Kind::Run),
        Some(Ask::Login(login)) => (login.purpose.words().to_owned(), Kind::Run),
        Some(Ask::Resolve { .. }) => ("address lookup".to_owned(), Kind::Net),
        Some(Ask::Dns(ask)) => (format!("{} from {}", dns::question(ask), ask.server), Kind::Dns),
        Some(Ask::Http(ask)) => (format!("{} from {}", ask.what.words(), ask.place()), Kind::Http),
        Some(Ask::Connect { .. }) => ("connect".to_owned(), Kind::Net),
        Some(Ask::Handshake { .. }) => ("TLS handshake".to_owned(), Kind::Tls),
        Some(Ask::LegacyHello) => ("look at old TLS".to_owned(), Kind::Tls),
        None => ("operation".to_owned(), Kind::Other),
    };
    let said = match (kind, outcome.code.as_deref(), outcome.text.as_deref()) {
        // the name says no more than what stands before it
        (Kind::Http, Some("silent"), text) => text.map(str::to_owned),
        _ => why(outcome),
    };
    let said = said.map_or_else(String::new, |why| format!(": {why}"));
    match outcome.how {
        How::Ok | How::Refused if is_question(ask) => Some(event(kind, &format!("{what} answered{said}"))),
        How::Ok if is_look(ask) => {
            Some(event(kind, &format!("the mechanisms are known, no more was asked{said}")))
        }
        How::Ok if kind == Kind::Run => Some(event(kind, &format!("login complete{said}"))),
        How::Ok => None,
        How::Stopped => Some(event(kind, &format!("{what} stopped{said}"))),
        // a status is an answer; whether it is a bad one depends on what was asked for
        How::Refused if kind == Kind::Http => Some(event(kind, &format!("{what}: refused{said}"))),
        How::Refused => Some(bang(kind, &format!("{what} refused{said}"))),
        How::Broken => Some(bang(kind, &format!("{what}: the peer broke the rules{said}"))),
        How::Lost => Some(bang(kind, &format!("{what}: connection lost{said}"))),
        How::TimedOut => Some(bang(kind, &format!("{what}: nothing came in time{said}"))),
        How::Failed => Some(bang(kind, &format!("{what} failed{said}"))),
    }
}

/// A question of the control experiment: whatever the answer is, it is one.
fn is_question(ask: Option<&Ask>) -> bool {
    matches!(ask, Some(Ask::Login(login)) if login.purpose.is_question())
}

/// A login that ends before a credential is needed.
fn is_look(ask: Option<&Ask>) -> bool {
    matches!(ask, Some(Ask::Login(login)) if login.until == Stage::StreamTls)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::journal::LoginAsk;

    #[test]
    fn a_question_of_the_control_experiment_is_no_login_from_its_beginning_to_its_end() {
        let login = LoginAsk { purpose: Purpose::UnknownUser, ..LoginAsk::of_alice("imp1.example.test") };
        let asked = Ask::Login(login);
        let text = |(_, _, lines): Said| lines.iter().map(Line::text).collect::<String>();
        let began = "control experiment (unknown user) on imp1.example.test:5222 as psi, user alice";
        assert_eq!(ask(&asked).map(text).as_deref(), Some(began));
        let refused = Outcome::new(How::Refused, "not-authorized", "");
        assert_eq!(
            ended(Some(&asked), &refused).map(text).as_deref(),
            Some("unknown user answered: not-authorized")
        );
    }

    #[test]
    fn why_it_ended_is_said_once_and_without_the_systems_number() {
        let refused = Outcome::new(How::Refused, "ECONNREFUSED", "Connection refused (os error 111)");
        assert_eq!(why(&refused).unwrap(), "Connection refused (ECONNREFUSED)");
        let sasl = Outcome::new(How::Refused, "not-authorized", "wrong");
        assert_eq!(why(&sasl).unwrap(), "not-authorized: wrong");
        assert_eq!(why(&Outcome::ok()), None);
    }
}
