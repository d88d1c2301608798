//! The templates of XML Input (`assets/stanzas`): data with a title and a word on what each does to others. Their
//! placeholders are filled when one is taken.
//!
//! ```text
//! <!-- title: ping the server (XEP-0199) -->
//! <!-- care: safe: nobody sees it -->
//! <iq type='get' id='{{id}}' to='{{domain}}'>…
//! ```

use super::action::Motion;
use super::popup::moved;

/// A template.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Template {
    /// Its file's name: the beginning of its ids.
    pub name: &'static str,
    /// One line.
    pub title: &'static str,
    /// What it does to others.
    pub care: &'static str,
    /// The text, with placeholders.
    pub text: &'static str,
}

macro_rules! files {
    ($($name:literal),+ $(,)?) => {
        [$(($name, include_str!(concat!("../../assets/stanzas/", $name, ".xml")))),+]
    };
}

const FILES: [(&str, &str); 12] = files![
    "ping",
    "disco-info",
    "disco-items",
    "version",
    "roster",
    "presence",
    "unavailable",
    "message",
    "sm-request",
    "whitespace",
    "stream-close",
    "impossible-auth",
];

/// All of them, in the order of the list.
pub(super) fn templates() -> impl Iterator<Item = Template> {
    FILES.into_iter().filter_map(|(name, file)| read(name, file))
}

fn read(name: &'static str, file: &'static str) -> Option<Template> {
    let comment =
        |line: &'static str, word: &str| line.strip_prefix("<!-- ")?.strip_prefix(word)?.strip_suffix(" -->");
    let (title, rest) = file.split_once('\n')?;
    let (care, text) = rest.split_once('\n')?;
    let (title, care) = (comment(title, "title: ")?, comment(care, "care: ")?);
    Some(Template { name, title, care, text: text.strip_suffix('\n').unwrap_or(text) })
}

/// What the placeholders of a template stand for.
#[derive(Debug, Clone, Default)]
pub(super) struct Filling {
    pub(super) id: String,
    pub(super) domain: String,
    pub(super) jid: String,
    pub(super) node: String,
}

impl Template {
    /// Its text with the placeholders filled.
    pub(super) fn filled(&self, with: &Filling) -> String {
        let values =
            [("{{id}}", &with.id), ("{{domain}}", &with.domain), ("{{jid}}", &with.jid), ("{{node}}", &with.node)];
        let mut filled = String::new();
        let mut rest = self.text;
        while let Some(at) = rest.find("{{") {
            filled.push_str(&rest[..at]);
            rest = &rest[at..];
            // In one pass: a value that looks like a placeholder stays what it is.
            let known = values.iter().find(|(name, _)| rest.starts_with(name));
            let (name, value) = known.map_or(("{{", "{{".to_owned()), |(name, value)| (*name, escaped(value)));
            filled.push_str(&value);
            rest = &rest[name.len()..];
        }
        filled + rest
    }

    /// The word with which its care begins.
    pub(super) fn care_word(&self) -> &'static str {
        self.care.split([' ', ':']).next().unwrap_or_default()
    }

    fn matches(&self, query: &str) -> bool {
        let hay = format!("{} {} {} {}", self.name, self.title, self.care, self.text).to_lowercase();
        query.to_lowercase().split_whitespace().all(|word| hay.contains(word))
    }
}

fn escaped(value: &str) -> String {
    value.replace('&', "&amp;").replace('<', "&lt;").replace('\'', "&apos;").replace('"', "&quot;")
}

/// The list of templates, over an editor.
#[derive(Debug, Default)]
pub struct TemplateList {
    /// What is searched for.
    pub(super) query: String,
    /// The selected one among those that are found.
    pub(super) at: usize,
}

impl TemplateList {
    pub(super) fn found(&self) -> Vec<Template> {
        templates().filter(|template| template.matches(&self.query)).collect()
    }

    pub(super) fn chosen(&self) -> Option<Template> {
        self.found().get(self.at).copied()
    }

    pub(super) fn step(&mut self, motion: Motion, page: usize) {
        self.at = moved(self.at, motion, page, self.found().len());
    }

    pub(super) fn key(&mut self, key: crossterm::event::KeyEvent) {
        use crossterm::event::{KeyCode, KeyModifiers};
        let plain = !key.modifiers.intersects(KeyModifiers::CONTROL | KeyModifiers::ALT);
        match key.code {
            KeyCode::Char('u') if !plain => self.query.clear(),
            KeyCode::Char(character) if plain => self.query.push(character),
            KeyCode::Backspace => drop(self.query.pop()),
            _ => return,
        }
        self.at = 0;
    }

    pub(super) fn paste(&mut self, text: &str) {
        self.query.push_str(text.lines().next().unwrap_or_default());
        self.at = 0;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::console::{Form, Typed};

    const WITH: fn() -> Filling =
        || Filling { id: "ping-1".into(), domain: "a'b.test".into(), jid: "{{id}}@x".into(), node: "imp1".into() };

    #[test]
    fn every_file_is_in_the_list_and_says_what_it_does_to_others() {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/assets/stanzas");
        let mut files: Vec<String> = std::fs::read_dir(folder)
            .unwrap()
            .map(|file| file.unwrap().file_name().into_string().unwrap().replace(".xml", ""))
            .collect();
        let mut names: Vec<&str> = templates().map(|template| template.name).collect();
        files.sort();
        names.sort_unstable();
        assert_eq!(names, files);
        for template in templates() {
            assert!(["safe", "visible", "interrupts"].contains(&template.care_word()), "{}", template.name);
            assert!(template.title.chars().count() <= 50, "{}", template.name);
        }
    }

    #[test]
    fn a_filled_template_reads_as_its_title_says() {
        for template in templates() {
            let text = template.filled(&WITH());
            let form = Typed::read(&text).form;
            let expected = if template.name == "whitespace" { Form::Blank } else { Form::Whole };
            assert_eq!(form, expected, "{text}");
            let left = text.replace("{{id}}@x", "");
            assert!(!left.contains("{{") && !text.contains("<!--"), "{text}");
        }
    }

    #[test]
    fn placeholders_are_filled_once_and_escaped() {
        let template =
            Template { name: "x", title: "", care: "", text: "<a b='{{domain}}' c='{{jid}}'>{{{{plain}}" };
        assert_eq!(template.filled(&WITH()), "<a b='a&apos;b.test' c='{{id}}@x'>{{{{plain}}");
    }

    #[test]
    fn the_impossible_mechanism_is_the_one_that_the_control_experiment_asks_for() {
        let template = templates().find(|template| template.name == "impossible-auth").unwrap();
        let expected = "<auth xmlns=\"urn:ietf:params:xml:ns:xmpp-sasl\" mechanism=\"X-IMPSCOPE-NONE\"/>";
        assert_eq!(template.text, expected);
    }

    #[test]
    fn words_in_any_order_find_a_template() {
        let found = |query: &str| {
            let list = TemplateList { query: query.into(), at: 0 };
            list.found().iter().map(|template| template.name).collect::<Vec<_>>()
        };
        assert_eq!(found("server PING"), ["ping"]);
        assert_eq!(found("disco#items"), ["disco-items"]);
        assert_eq!(found("visible"), ["presence", "unavailable"]);
        assert!(found("nothing like it").is_empty());
        assert_eq!(found("").len(), FILES.len());
    }
}
