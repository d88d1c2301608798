//! Law 3, of what is printed: a type that holds a secret, however deep, has no `Debug`, or is tried with one.
//!
//! Which types those are is read from the sources: a struct or enum one of whose fields is of a type that keeps secrets
//! ([`KEEPING`]), or of one of our own that does. [`TRIED`] has an instance of each that can be printed.

use std::fmt::Debug;

use data_encoding::BASE64;
use impscope::journal::OpId;
use impscope::login::fill::Secrets;
use impscope::protocol::sasl::{Hash, Scram, ScramAnswer};
use impscope::ui::{Action, Effect, Live, Typed};
use secrecy::SecretString;

use super::source::{Kind, Named, Source, Token, sources};
use super::{must_be_kept, repository};

/// What keeps a secret, of the crates that we use.
const KEEPING: [&str; 4] = ["SecretString", "SecretBox", "SecretSlice", "Zeroizing"];

/// How a type can be printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Printed {
    Not,
    Derived,
    ByHand,
}

/// A struct, an enum or another name for a type.
struct Type<'s> {
    source: &'s Source,
    name: &'s str,
    line: usize,
    printed: Printed,
    /// The words of its fields.
    words: Vec<&'s str>,
}

impl Type<'_> {
    /// The module and the name: `login::fill::Secrets`.
    fn path(&self) -> String {
        let mut path = self.source.module();
        path.push(self.name.to_owned());
        path.join("::")
    }

    /// Whether this word in a field of ours is that type: it stands in the same file, or the file names it.
    fn means(&self, other: &Type<'_>) -> bool {
        if !self.words.contains(&other.name) {
            return false;
        }
        std::ptr::eq(self.source, other.source) || names_it(self.source, other)
    }
}

/// Whether the file names the type, in its module or in one around it that hands it on.
fn names_it(source: &Source, wanted: &Type<'_>) -> bool {
    let names = source.names();
    let module = wanted.source.module();
    let leads_there = |path: &[String]| {
        path.split_last().is_some_and(|(last, before)| {
            (last == wanted.name || (last == "*" && before.len() == module.len())) && module.starts_with(before)
        })
    };
    names.iter().filter(|name| !name.test).any(|name| {
        let (first, rest) = name.segments.split_first().expect("a path has a segment");
        if first == "crate" {
            return leads_there(rest);
        }
        let below = [source.module(), name.segments.clone()].concat();
        // `driver::Shared`, where `driver` was imported.
        let imported = names.iter().filter(|import| import.segments.len() > 1 && import.segments[0] == "crate");
        let mut imported = imported.filter(|import| import.segments.last() == Some(first));
        let through = |import: &Named| leads_there(&[&import.segments[1..], rest].concat());
        leads_there(&below) || (!rest.is_empty() && imported.any(through))
    })
}

/// The types that a file defines outside of its tests.
fn types(source: &Source) -> Vec<Type<'_>> {
    let by_hand: Vec<&str> = source
        .tokens
        .windows(3)
        .filter(|next| next[0].word() == Some("Debug") && next[1].word() == Some("for"))
        .filter_map(|next| next[2].word())
        .collect();
    let (mut found, mut attributes, mut at) = (Vec::new(), Vec::new(), 0);
    while at < source.tokens.len() {
        let token = &source.tokens[at];
        match (&token.kind, source.tokens.get(at + 1).and_then(Token::word)) {
            (Kind::Sign('#'), _) => {
                let end = closed(&source.tokens, at + 1);
                attributes.extend(source.tokens[at..end].iter().filter_map(Token::word));
                at = end;
                continue;
            }
            (Kind::Word(item), Some(name)) if ["struct", "enum", "type"].contains(&item.as_str()) => {
                let end = end_of_type(&source.tokens, at);
                let printed = match (attributes.contains(&"Debug"), by_hand.contains(&name)) {
                    (true, _) => Printed::Derived,
                    (_, true) => Printed::ByHand,
                    _ => Printed::Not,
                };
                let words = source.tokens[at + 2..end].iter().filter_map(Token::word).collect();
                if !token.test {
                    found.push(Type { source, name, line: token.line, printed, words });
                }
                attributes.clear();
                at = end;
                continue;
            }
            (Kind::Word(before), _) if ["pub", "crate", "super", "in"].contains(&before.as_str()) => {}
            (Kind::Sign('(' | ')'), _) => {}
            _ => attributes.clear(),
        }
        at += 1;
    }
    found
}

/// The place behind what is opened at `at`.
fn closed(tokens: &[Token], at: usize) -> usize {
    let mut open = 0_usize;
    for (place, token) in tokens.iter().enumerate().skip(at) {
        match token.kind {
            Kind::Sign('{' | '(' | '[') => open += 1,
            Kind::Sign('}' | ')' | ']') => open = open.saturating_sub(1),
            _ => {}
        }
        if open == 0 {
            return place + 1;
        }
    }
    tokens.len()
}

/// The place behind a type: behind its braces, or its semicolon.
fn end_of_type(tokens: &[Token], at: usize) -> usize {
    let mut at = at;
    while at < tokens.len() {
        match tokens[at].kind {
            Kind::Sign('{') => return closed(tokens, at),
            Kind::Sign('(' | '[') => at = closed(tokens, at),
            Kind::Sign(';') => return at + 1,
            _ => at += 1,
        }
    }
    at
}

/// The types that hold a secret, each with what of its fields does.
fn holding(sources: &[Source]) -> Vec<(Type<'_>, String)> {
    let mut others: Vec<Type<'_>> = sources.iter().flat_map(types).collect();
    let mut found: Vec<(Type<'_>, String)> = Vec::new();
    loop {
        let before = found.len();
        let mut rest = Vec::new();
        for one in others {
            let keeping =
                KEEPING.iter().find(|keeping| one.words.contains(keeping)).map(|word| (*word).to_owned());
            let ours = || found.iter().find(|(held, _)| one.means(held)).map(|(held, _)| held.path());
            match keeping.or_else(ours) {
                Some(by) => found.push((one, by)),
                None => rest.push(one),
            }
        }
        others = rest;
        if found.len() == before {
            return found;
        }
    }
}

fn untried(sources: &[Source], tried: &[&str]) -> Vec<String> {
    let found = holding(sources);
    let printed = found.iter().filter(|(one, _)| one.printed != Printed::Not);
    let printed = printed.filter(|(one, _)| !tried.contains(&one.path().as_str()));
    let told = printed.map(|(one, by)| {
        let (path, name) = (&one.source.path, one.path());
        format!(
            "{path}:{}: {name} holds a secret ({by}) and can be printed: take its Debug away or try it here",
            one.line
        )
    });
    let known = |path: &&&str| found.iter().any(|(one, _)| one.printed != Printed::Not && one.path() == ***path);
    let past = tried.iter().filter(|path| !known(path)).map(|path| format!("{path} is tried, and holds none"));
    told.chain(past).collect()
}

const CANARY: &str = "canary-7Qx";

/// Each type that holds a secret and can be printed, with an instance of it.
fn tried() -> Vec<(&'static str, Box<dyn Debug>)> {
    let secret = || SecretString::from(CANARY);
    let typed = || Typed::from(CANARY.to_owned());
    let secrets = Secrets { password: Some(secret()), token: Some(secret()), others: vec![secret()] };
    vec![
        ("login::fill::Secrets", Box::new(secrets)),
        ("protocol::sasl::scram::ScramAnswer", Box::new(scram_answer())),
        ("ui::action::Action", Box::new(Action::Paste(typed()))),
        ("ui::effect::Effect", Box::new(Effect::Live(Live::Password(None, secret())))),
        ("ui::effect::Live", Box::new([Live::Send(OP, typed()), Live::Edit(OP, typed())])),
        ("ui::typed::Typed", Box::new(typed())),
    ]
}

const OP: OpId = OpId(7);

/// One whose response is the canary.
fn scram_answer() -> ScramAnswer {
    let scram = Scram::new(Hash::Sha256, "alice", "abc");
    let first =
        scram.server_first(&BASE64.encode(b"r=abcdef,s=c2FsdA==,i=4096")).expect("a server's first message");
    let answer = scram.answer(&first, CANARY).expect("an answer");
    ScramAnswer { response: CANARY.to_owned().into(), ..answer }
}

#[test]
fn what_holds_a_secret_does_not_tell_it() {
    let sources = sources(repository());
    let tried = tried();
    for (path, instance) in &tried {
        for told in [format!("{instance:?}"), format!("{instance:#?}")] {
            assert!(!told.contains(CANARY), "{path} tells its secret: {told}");
        }
    }
    let paths: Vec<&str> = tried.iter().map(|(path, _)| *path).collect();
    must_be_kept(&untried(&sources, &paths));
}

/// The scan finds what is known to hold secrets: directly, through a type of another file, through one that is handed on.
#[test]
fn holders_are_found_in_the_sources() {
    let sources = sources(repository());
    let found: Vec<String> = holding(&sources).iter().map(|(one, _)| one.path()).collect();
    for known in [
        "app::credentials::Credentials",
        "login::fill::Filling",
        "probe::driver::Shared",
        "probe::engine::Engine",
        "probe::http::Http",
        "probe::http::kept::Cookie",
        "ui::model::Model",
        "ui::secret_field::SecretField",
    ] {
        assert!(found.iter().any(|path| path == known), "{known} is not among {found:#?}");
    }
}

#[test]
fn a_type_that_tells_its_secret_is_caught() {
    let read = |path: &str, code: &str| Source::read(path, code);
    let caught = |sources: &[Source]| untried(sources, &[]);
    for code in [
        "#[derive(Clone, Debug)] pub(super) struct Key { pub own: Option<SecretString> }",
        "#[derive(Debug)] enum Word { Told(u8), Kept(Vec<secrecy::SecretString>) }",
        "#[derive(Debug)] struct Bytes(Zeroizing<Vec<u8>>);",
        "/// Words.\n#[derive(Debug)]\n#[serde(skip)]\npub struct Key<T: Into<[u8; 4]>>(SecretBox<T>) where T: Debug;",
        "struct Key(SecretString); impl fmt::Debug for Key { }",
        "struct Key(SecretString); #[derive(Debug)] struct Ring { keys: Vec<Key> }",
    ] {
        assert_eq!(caught(&[read("src/login/fill.rs", code)]).len(), 1, "{code}");
    }
    let key = "pub struct Key(SecretString);";
    for (path, code) in [
        ("src/login/mod.rs", "pub use fill::Key; #[derive(Debug)] struct Ring(Key);"),
        ("src/probe/driver/mod.rs", "use crate::login::{self, fill::Key}; #[derive(Debug)] struct Ring(Key);"),
        ("src/probe/driver/mod.rs", "use crate::login; #[derive(Debug)] struct Ring(login::fill::Key);"),
        ("src/probe/engine.rs", "use crate::login::Key; #[derive(Debug)] struct Ring(Key);"),
        ("src/login/trust.rs", "use super::fill::*; #[derive(Debug)] struct Ring(Key);"),
    ] {
        assert_eq!(caught(&[read("src/login/fill.rs", key), read(path, code)]).len(), 1, "{path}: {code}");
    }
    for code in [
        "struct Key(SecretString);",
        "#[derive(Debug)] struct Other(u8); struct Key(SecretString);",
        "#[cfg(test)] mod tests { #[derive(Debug)] struct Key(SecretString); }",
        "#[derive(Debug)] struct Note { /* a SecretString */ text: String }",
    ] {
        assert_eq!(caught(&[read("src/login/fill.rs", code)]), [""; 0], "{code}");
    }
    let elsewhere = read("src/console/row.rs", "use crate::journal::Key; #[derive(Debug)] struct Ring(Key);");
    assert_eq!(caught(&[read("src/login/fill.rs", key), elsewhere]), [""; 0]);
    let past = untried(&[read("src/login/fill.rs", key)], &["login::fill::Key"]);
    assert_eq!(past, ["login::fill::Key is tried, and holds none"]);
}
