//! Rust sources as the laws read them: words, strings and signs, without comments, and the paths that they name.
//!
//! It is no compiler: it knows `use` groups, `super`, inline modules and what stands under `#[cfg(test)]`.

use std::path::Path;

/// One token. `test` says that it stands under `#[cfg(test)]`.
#[derive(Debug, Clone)]
pub struct Token {
    pub kind: Kind,
    pub line: usize,
    pub test: bool,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Kind {
    Word(String),
    Text(String),
    Sign(char),
}

impl Token {
    fn is(&self, sign: char) -> bool {
        self.kind == Kind::Sign(sign)
    }

    pub fn word(&self) -> Option<&str> {
        if let Kind::Word(word) = &self.kind { Some(word) } else { None }
    }
}

/// A path in the code, such as `std::fs::read`; `crate`, `self` and `super` are resolved to begin with `crate`.
#[derive(Debug, Clone)]
pub struct Named {
    pub segments: Vec<String>,
    pub line: usize,
    pub test: bool,
}

impl Named {
    /// Its segments as written in Rust.
    pub fn text(&self) -> String {
        self.segments.join("::")
    }
}

/// One file under `src`.
#[derive(Debug)]
pub struct Source {
    /// Relative to the repository: `src/login/script.rs`.
    pub path: String,
    pub tokens: Vec<Token>,
}

impl Source {
    pub fn read(path: &str, text: &str) -> Self {
        let mut tokens = tokens(text);
        mark_tests(&mut tokens);
        Self { path: path.to_owned(), tokens }
    }

    /// The module that it is: `["login", "script"]` for `src/login/script.rs`, nothing for `src/lib.rs`.
    pub fn module(&self) -> Vec<String> {
        let inner = self.path.trim_start_matches("src/").trim_end_matches(".rs");
        let parts = inner.split('/').filter(|part| !["mod", "lib", "main"].contains(part));
        parts.map(str::to_owned).collect()
    }

    /// The module of the crate that it belongs to; nothing for `lib.rs` and `main.rs`.
    pub fn part(&self) -> Option<String> {
        self.module().into_iter().next()
    }

    /// How many lines hold production code: neither comment, nor blank, nor test.
    pub fn production_lines(&self) -> usize {
        let mut lines: Vec<usize> =
            self.tokens.iter().filter(|token| !token.test).map(|token| token.line).collect();
        lines.dedup();
        lines.len()
    }

    /// The string literals of production code.
    pub fn texts(&self) -> impl Iterator<Item = (&str, usize)> {
        self.tokens.iter().filter(|token| !token.test).filter_map(|token| match &token.kind {
            Kind::Text(text) => Some((text.as_str(), token.line)),
            _ => None,
        })
    }

    /// All paths that the file names.
    pub fn names(&self) -> Vec<Named> {
        let mut found = Vec::new();
        let mut inline = Inline { module: self.module(), depth: 0, opened: Vec::new() };
        let mut at = 0;
        while at < self.tokens.len() {
            inline.pass(&self.tokens, at);
            if !begins_path(&self.tokens, at) {
                at += 1;
                continue;
            }
            let mut segments = Vec::new();
            let end = tree(&self.tokens, at, &[], &mut segments);
            let Token { line, test, .. } = self.tokens[at];
            found.extend(segments.into_iter().map(|path| Named { segments: inline.resolved(path), line, test }));
            at = end.max(at + 1);
        }
        found
    }
}

/// All files under `src` of the repository; a file that is only declared under `#[cfg(test)]` is a test as a whole.
pub fn sources(repository: &Path) -> Vec<Source> {
    let files = super::files(&repository.join("src"), "rs");
    let read = |path: &std::path::PathBuf| {
        let name = path.strip_prefix(repository).expect("it was found there").to_string_lossy().replace('\\', "/");
        Source::read(&name, &std::fs::read_to_string(path).expect("a source can be read"))
    };
    let mut sources: Vec<Source> = files.iter().map(read).collect();
    let tests: Vec<Vec<String>> = sources.iter().flat_map(test_modules).collect();
    for source in &mut sources {
        if tests.iter().any(|test| source.module().starts_with(test)) {
            source.tokens.iter_mut().for_each(|token| token.test = true);
        }
    }
    sources
}

/// The modules that this file declares (`mod name;`) under `#[cfg(test)]`.
fn test_modules(source: &Source) -> Vec<Vec<String>> {
    let declared = source.tokens.windows(3).filter(|next| next[0].test && next[2].is(';'));
    let names = declared.filter(|next| next[0].word() == Some("mod")).filter_map(|next| next[1].word());
    names.map(|name| [source.module(), vec![name.to_owned()]].concat()).collect()
}

/// The module in which the reader stands: the file's, and the inline ones around the place.
struct Inline {
    module: Vec<String>,
    depth: usize,
    opened: Vec<usize>,
}

impl Inline {
    fn pass(&mut self, tokens: &[Token], at: usize) {
        if tokens[at].is('{') {
            self.depth += 1;
            if at >= 2 && tokens[at - 2].word() == Some("mod") {
                self.module.push(tokens[at - 1].word().unwrap_or_default().to_owned());
                self.opened.push(self.depth);
            }
        } else if tokens[at].is('}') {
            if self.opened.last() == Some(&self.depth) {
                self.opened.pop();
                self.module.pop();
            }
            self.depth = self.depth.saturating_sub(1);
        }
    }

    fn resolved(&self, path: Vec<String>) -> Vec<String> {
        let ups = path.iter().take_while(|segment| *segment == "super").count();
        let own = path.first().is_some_and(|first| first == "self" || first == "super");
        if !own {
            return path;
        }
        let kept = &self.module[..self.module.len().saturating_sub(ups)];
        let rest = path.iter().skip(ups).filter(|segment| *segment != "self");
        std::iter::once("crate".to_owned()).chain(kept.iter().cloned()).chain(rest.cloned()).collect()
    }
}

/// A word begins a path unless it goes on with one: `b` does not in `a::b`, but `std` does in `use ::std`.
fn begins_path(tokens: &[Token], at: usize) -> bool {
    let back = |back: usize| at.checked_sub(back).map(|at| &tokens[at]);
    let colon = |token: Option<&Token>| token.is_some_and(|token| token.is(':'));
    let goes_on = colon(back(1)) && colon(back(2));
    let of_something =
        back(3).is_some_and(|token| token.is('>') || token.word().is_some_and(|word| word != "use"));
    tokens[at].word().is_some_and(|word| word != "use") && !(goes_on && of_something)
}

/// Reads a path or a `use` tree at `at`, adds what it names, and returns the place behind it.
fn tree(tokens: &[Token], mut at: usize, prefix: &[String], found: &mut Vec<Vec<String>>) -> usize {
    let sign = |at: usize, sign: char| tokens.get(at).is_some_and(|token| token.is(sign));
    let mut path = prefix.to_vec();
    loop {
        if sign(at, '{') && !path.is_empty() {
            return group(tokens, at + 1, &path, found);
        }
        match tokens.get(at).and_then(Token::word) {
            Some(word) => path.push(word.to_owned()),
            None if sign(at, '*') => path.push("*".to_owned()),
            None => break,
        }
        at += 1;
        if !(sign(at, ':') && sign(at + 1, ':')) {
            break;
        }
        at += 2;
    }
    if path.len() > 1 && path.last().is_some_and(|last| last == "self") {
        path.pop();
    }
    found.push(path);
    at
}

/// Reads the items of `{a, b::c, d as e}` behind its brace.
fn group(tokens: &[Token], mut at: usize, prefix: &[String], found: &mut Vec<Vec<String>>) -> usize {
    while at < tokens.len() && !tokens[at].is('}') {
        let end = if tokens[at].is(',') { at } else { tree(tokens, at, prefix, found) };
        at = end.max(at);
        while at < tokens.len() && !tokens[at].is(',') && !tokens[at].is('}') {
            at += 1;
        }
        at += usize::from(at < tokens.len() && tokens[at].is(','));
    }
    at + 1
}

/// Marks the items that stand under `#[cfg(test)]`, attribute included.
fn mark_tests(tokens: &mut [Token]) {
    let mut at = 0;
    while at < tokens.len() {
        let words: Vec<&str> = tokens[at..].iter().take(7).filter_map(Token::word).collect();
        if !(tokens[at].is('#') && words.first() == Some(&"cfg") && words.get(1) == Some(&"test")) {
            at += 1;
            continue;
        }
        let end = item_end(tokens, at);
        tokens[at..end].iter_mut().for_each(|token| token.test = true);
        at = end;
    }
}

/// The place behind the item that begins at `at` with its attributes: behind its braces or its semicolon.
fn item_end(tokens: &[Token], at: usize) -> usize {
    let mut open = 0_usize;
    for (place, token) in tokens.iter().enumerate().skip(at) {
        match token.kind {
            Kind::Sign('{' | '(' | '[') => open += 1,
            Kind::Sign('}' | ')' | ']') => {
                open = open.saturating_sub(1);
                if open == 0 && token.is('}') {
                    return place + 1;
                }
            }
            Kind::Sign(';') if open == 0 => return place + 1,
            _ => {}
        }
    }
    tokens.len()
}

fn tokens(text: &str) -> Vec<Token> {
    let chars: Vec<char> = text.chars().collect();
    let mut found = Vec::new();
    let (mut at, mut line) = (0, 1);
    while at < chars.len() {
        let (kind, end) = token(&chars, at);
        if let Some(kind) = kind {
            found.push(Token { kind, line, test: false });
        }
        line += chars[at..end].iter().filter(|c| **c == '\n').count();
        at = end;
    }
    found
}

/// The token at `at`, or none for blanks, comments, characters and lifetimes; and the place behind it.
fn token(chars: &[char], at: usize) -> (Option<Kind>, usize) {
    let next = |ahead: usize| chars.get(at + ahead).copied().unwrap_or('\0');
    match chars[at] {
        '/' if next(1) == '/' => (None, end_of(chars, at, |c| c == '\n')),
        '/' if next(1) == '*' => (None, comment_end(chars, at)),
        '"' => text(chars, at, None),
        '\'' if next(1) == '\\' => (None, end_of(chars, at + 3, |c| c == '\'') + 1),
        '\'' if next(2) == '\'' => (None, at + 3),
        '\'' => (None, end_of(chars, at + 1, |c| !(c.is_alphanumeric() || c == '_'))),
        c if c.is_alphanumeric() || c == '_' => {
            let end = end_of(chars, at, |c| !(c.is_alphanumeric() || c == '_'));
            let word: String = chars[at..end].iter().collect();
            let hashes = chars[end..].iter().take_while(|c| **c == '#').count();
            let opens = chars.get(end + hashes) == Some(&'"');
            match word.as_str() {
                "r" | "br" | "cr" if opens => text(chars, end + hashes, Some(hashes)),
                "b" | "c" if opens && hashes == 0 => text(chars, end, None),
                "b" if chars.get(end) == Some(&'\'') => (None, end),
                _ => (Some(Kind::Word(word)), end),
            }
        }
        c if c.is_whitespace() => (None, at + 1),
        c => (Some(Kind::Sign(c)), at + 1),
    }
}

/// A string whose opening quote stands at `at`; a raw one ends with its number of hashes.
fn text(chars: &[char], at: usize, raw: Option<usize>) -> (Option<Kind>, usize) {
    let mut end = at + 1;
    let closes = |end: usize| {
        let hashes = raw.unwrap_or(0);
        chars[end] == '"' && (1..=hashes).all(|ahead| chars.get(end + ahead) == Some(&'#'))
    };
    while end < chars.len() && !closes(end) {
        end += if raw.is_none() && chars[end] == '\\' { 2 } else { 1 };
    }
    let end = end.min(chars.len());
    let behind = (end + 1 + raw.unwrap_or(0)).min(chars.len());
    (Some(Kind::Text(chars[at + 1..end].iter().collect())), behind)
}

fn comment_end(chars: &[char], at: usize) -> usize {
    let (mut at, mut open) = (at, 0_usize);
    while at + 1 < chars.len() {
        match (chars[at], chars[at + 1]) {
            ('/', '*') => (open, at) = (open + 1, at + 2),
            ('*', '/') => (open, at) = (open - 1, at + 2),
            _ => at += 1,
        }
        if open == 0 {
            return at;
        }
    }
    chars.len()
}

fn end_of(chars: &[char], from: usize, stop: impl Fn(char) -> bool) -> usize {
    (from..chars.len()).find(|at| stop(chars[*at])).unwrap_or(chars.len())
}

#[test]
fn paths_are_found_in_groups_and_resolved() {
    let code = "
        // crate::comment
        use crate::{a::{B, C as D}, e::*, self};
        use ::std::{fs, net::{self, TcpStream}};
        const T: &str = \"crate::text\"; const R: &str = r#\"crate::\"raw\"#; const C: char = '\"'; /* crate::x */
        fn f<'a>(x: &'a super::up::Y) { super::super::probe::g::<u8>(x); ring::rand::h() }
        mod inner { use super::super::sibling; use super::near; }
        #[cfg(test)]
        mod tests { use tokio::spawn; }
        fn after() { crate::last::x() }";
    let source = Source::read("src/login/script.rs", code);
    let names: Vec<String> = source.names().iter().filter(|name| !name.test).map(Named::text).collect();
    let has = |wanted: &[&str]| wanted.iter().all(|wanted| names.contains(&(*wanted).to_owned()));
    assert!(
        has(&["crate::a::B", "crate::a::C", "crate::e::*", "std::fs", "std::net", "std::net::TcpStream"]),
        "{names:?}"
    );
    assert!(has(&["crate::login::up::Y", "crate::probe::g", "ring::rand::h", "crate::last::x"]), "{names:?}");
    assert!(has(&["crate::login::sibling", "crate::login::script::near"]), "{names:?}");
    assert!(!names.iter().any(|name| name.contains("comment") || name.contains("text") || name.contains("tokio")));
    assert!(source.names().iter().any(|name| name.test && name.text() == "tokio::spawn"));
    let texts: Vec<&str> = source.texts().map(|(text, _)| text).collect();
    assert_eq!(texts, ["crate::text", "crate::\"raw"]);
}
