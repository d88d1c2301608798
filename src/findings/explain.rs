//! `impscope explain`: a finding's code, or a text in which somebody else names what failed.

use super::alert::{Alert, Fields, alerts, name_like, tokens};
use super::figures::list;
use super::nearest::nearest;
use super::render::{Wrapped, body, confidence, named, suspected};
use super::{Code, catalogue};

/// How many names of one text are explained; the rest are listed.
const EXPLAINED: usize = 4;
/// How many words of a text are compared with known names.
const COMPARED: usize = 20;
/// How much of a word may differ from a name that it could have meant, in per cent.
const ALIKE: usize = 34;

/// What `impscope explain` found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Explanation {
    /// The codes, alerts and errors that are named, in full.
    Known(Vec<String>),
    /// Nothing of this name; the names that look most like it, the nearest first.
    Unknown(Vec<&'static str>),
}

/// A code in full, or the alerts and errors that a text names; with `<node>` and the like in place of values.
///
/// The text may be pasted from anywhere. Of it nothing is shown but what its labels call user, source, time,
/// interface and node.
pub fn explain(asked: &str, width: usize) -> Explanation {
    let mut page = Wrapped::new(width);
    if let Some(code) = Code::named(asked.trim()) {
        finding(&mut page, code);
        return Explanation::Known(page.lines);
    }
    let named = alerts().in_text(asked);
    let codes = codes_in(asked);
    if named.is_empty() && codes.is_empty() {
        return Explanation::Unknown(near(asked));
    }
    let fields = Fields::read(asked);
    let mut more: Vec<String> = named.iter().skip(EXPLAINED).map(|(_, name)| name.clone()).collect();
    for (at, (alert, name)) in named.iter().take(EXPLAINED).enumerate() {
        part(&mut page);
        let first = if at == 0 { fields.lines() } else { Vec::new() };
        told(&mut page, alert, name, &first, &fields);
    }
    let room = EXPLAINED.saturating_sub(named.len());
    for code in codes.iter().take(room) {
        part(&mut page);
        finding(&mut page, *code);
    }
    more.extend(codes.iter().skip(room).map(ToString::to_string));
    if !more.is_empty() {
        part(&mut page);
        super::render::named(&mut page, "The text also names", &more);
    }
    Explanation::Known(page.lines)
}

/// An empty line before what follows.
fn part(page: &mut Wrapped) {
    if !page.lines.is_empty() {
        page.lines.push(String::new());
    }
}

fn finding(page: &mut Wrapped, code: Code) {
    let text = catalogue().explained(code);
    page.add(&format!("{code}  {}{}", text.severity.name(), suspected(&text)), "  ");
    if !text.details.is_empty() {
        page.add(&text.summary, "");
    }
    body(page, &text);
}

/// What it is, where, which service, what it means, what else it often is, which findings, what to run.
fn told(page: &mut Wrapped, alert: &Alert, name: &str, read: &[String], fields: &Fields) {
    page.add(&title(alert, name), "  ");
    page.add(&alert.is, "");
    page.add(&format!("Stage: {}: {}.", alert.place.name(), alert.step), "  ");
    page.add(&format!("Service: {}; on {}.", alert.service, alert.on), "  ");
    page.add(&format!("{}: {}", confidence(alert.confidence), alert.means), "  ");
    if !alert.or.is_empty() {
        page.add("What else it often is:", "");
        alert.or.iter().for_each(|other| page.add(&format!("- {other}"), "  "));
    }
    named(page, "The text says", read);
    match alert.remedies.as_slice() {
        [] => {}
        [one] => page.add(&format!("Do: {one}"), "  "),
        several => {
            page.add("Do, least harm first:", "");
            for (letter, remedy) in ('a'..='z').zip(several) {
                page.add(&format!("({letter}) {remedy}"), "    ");
            }
        }
    }
    let shown = |codes: Vec<Code>| -> Vec<String> { codes.iter().map(ToString::to_string).collect() };
    named(page, "Findings (`impscope explain CODE`)", &shown(alert.codes()));
    named(page, "Rarer", &shown(alert.rarer()));
    let commands = commands(alert, fields);
    let open: Vec<String> = ["USER", "NODE", "DOMAIN"]
        .into_iter()
        .filter(|word| commands.iter().any(|command| command.contains(word)))
        .map(str::to_owned)
        .collect();
    named(page, "Next", &commands.iter().map(|command| format!("`{command}`")).collect::<Vec<_>>());
    page.add(&format!("(Put in your own {}.)", list(&open)), "  ");
    named(page, "See", &alert.references);
}

/// `NoHomeUDSFound (1000:1032)`; by whichever of the two it was called.
fn title(alert: &Alert, name: &str) -> String {
    if name.starts_with("1000:") {
        return format!("{name} ({})", alert.names.join(", "));
    }
    match alert.numbers.as_slice() {
        [number] => format!("{name} (1000:{number})"),
        _ => name.to_owned(),
    }
}

/// The command lines, with what the text says of user and node.
fn commands(alert: &Alert, fields: &Fields) -> Vec<String> {
    let user = fields.user().unwrap_or("USER");
    let node = fields.node().unwrap_or("NODE");
    alert.check.iter().map(|line| line.replace("{user}", user).replace("{node}", node)).collect()
}

/// The codes of findings in a text, each once.
fn codes_in(text: &str) -> Vec<Code> {
    let mut codes = Vec::new();
    for token in tokens(text) {
        if let Some(code) = Code::named(token.text)
            && !codes.contains(&code)
        {
            codes.push(code);
        }
    }
    codes
}

/// Names that could have been meant: those that are alike, or that hold what was asked about.
fn near(text: &str) -> Vec<&'static str> {
    let known = || Code::all().map(|code| code.0).chain(alerts().names());
    let trimmed = text.trim();
    if !trimmed.is_empty() && !trimmed.contains(char::is_whitespace) {
        return nearest(&[trimmed], known(), ALIKE);
    }
    let tokens = tokens(text);
    let words: Vec<&str> = tokens.iter().map(|token| token.text).filter(|word| name_like(word)).collect();
    nearest(&words[..words.len().min(COMPARED)], known(), ALIKE)
}
