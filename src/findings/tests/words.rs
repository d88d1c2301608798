//! The catalogue, and what is made of it.

use super::super::placeholder::{Template, VALUES};
use super::{all, found};
use crate::findings::{Catalogue, CatalogueError, Code, Explanation, catalogue, explain, headline, lines};

const WORDS: &str = include_str!("../../../assets/findings.toml");

fn explained(asked: &str) -> String {
    match explain(asked, 100) {
        Explanation::Known(lines) => lines.join("\n"),
        Explanation::Unknown(nearest) => panic!("{asked} is unknown, near {nearest:?}"),
    }
}

#[test]
fn the_catalogue_that_is_built_in_is_sound() {
    Catalogue::parse(WORDS).unwrap();
}

#[test]
fn a_code_without_an_entry_is_an_error() {
    let without = WORDS.split("[TCP_RESET]").next().unwrap();
    assert!(matches!(Catalogue::parse(without), Err(CatalogueError::NoEntry(_))));
}

#[test]
fn an_entry_without_a_code_is_an_error() {
    let entry = "[TCP_FOO]\nseverity = \"info\"\nconfidence = \"guess\"\nsentence = \"x\"\ncount = \"y\"\n";
    let with = WORDS.to_owned() + entry;
    assert!(matches!(Catalogue::parse(&with), Err(CatalogueError::NoCode(name)) if name == "TCP_FOO"));
}

#[test]
fn a_cause_or_a_remedy_that_two_codes_share_is_an_error() {
    for list in ["causes = [\n", "do = [\n"] {
        let text = "  \"The same text.\",\n";
        let twice = WORDS.replacen(list, &format!("{list}{text}"), 2);
        assert!(matches!(Catalogue::parse(&twice), Err(CatalogueError::Shared { .. })), "{list}");
    }
    let across = WORDS.replacen("causes = [\n", "causes = [\n  \"One text.\",\n", 1);
    let across = across.replacen("do = [\n", "do = [\n  \"One text.\",\n", 1);
    assert!(matches!(Catalogue::parse(&across), Err(CatalogueError::Shared { .. })));
}

#[test]
fn an_unknown_placeholder_is_an_error() {
    for wrong in ["{nod}", "{node", "{}"] {
        let with = WORDS.replacen("{node}", wrong, 1);
        assert!(matches!(Catalogue::parse(&with), Err(CatalogueError::Placeholder { .. })), "{wrong}");
    }
    let when = WORDS.replacen("when = { other_ok", "when = { other_okay", 1);
    assert!(matches!(Catalogue::parse(&when), Err(CatalogueError::Placeholder { .. })));
}

#[test]
fn an_unknown_field_is_an_error() {
    let with = WORDS.replacen("sentence = ", "sentense = \"x\"\nsentence = ", 1);
    assert!(matches!(Catalogue::parse(&with), Err(CatalogueError::Toml(_))));
}

#[test]
fn every_value_that_a_text_names_is_given_by_the_rule_that_needs_it() {
    for scenario in all() {
        for finding in found(&scenario.told(true)) {
            let bare = catalogue().bare_for(&finding);
            let text = catalogue().text(&finding);
            let counts = |text: &crate::findings::Text| {
                (text.suspect.is_some(), text.details.len(), text.causes.len(), text.remedies.len())
            };
            assert_ne!(text.summary, bare.summary, "{}: a value of its sentence is missing", finding.code);
            assert_eq!(counts(&text), counts(&bare), "{}: a value of a line is missing", finding.code);
            assert_eq!(text.save_first.len(), bare.save_first.len());
            assert_eq!(text.not_shown.is_some(), bare.not_shown.is_some());
        }
    }
}

#[test]
fn every_line_for_some_findings_is_for_one_that_a_story_tells_of() {
    let mut shown = std::collections::BTreeSet::new();
    for scenario in all() {
        for finding in found(&scenario.told(true)) {
            let bare = catalogue().bare_for(&finding);
            shown.extend(bare.causes.into_iter().chain(bare.remedies).map(|line| (finding.code, line)));
        }
    }
    for code in Code::all() {
        let bare = catalogue().bare(code);
        for line in bare.causes.into_iter().chain(bare.remedies) {
            assert!(shown.contains(&(code, line.clone())), "{code}: nobody is ever told: {line}");
        }
    }
}

#[test]
fn a_line_for_a_kind_of_server_that_there_is_not_is_an_error() {
    let with = WORDS.replacen("kind = \"cucm\"", "kind = \"cucm vcs\"", 1);
    assert!(matches!(Catalogue::parse(&with), Err(CatalogueError::Kind { kind, .. }) if kind == "vcs"));
}

#[test]
fn every_value_that_a_rule_gives_can_be_named() {
    for scenario in all() {
        for finding in found(&scenario.told(true)) {
            let unknown: Vec<_> = finding.args.keys().filter(|name| !VALUES.contains(name)).collect();
            assert!(unknown.is_empty(), "{} gives {unknown:?}", finding.code);
        }
    }
}

#[test]
fn words_that_this_audience_would_misread_are_not_used() {
    misread(WORDS);
}

/// Panics if one of them stands in this file.
pub(super) fn misread(words: &str) {
    let words: String = words.lines().filter(|line| !line.starts_with('#')).collect::<Vec<_>>().join("\n");
    for (at, _) in words.match_indices("CM") {
        let before = &words[..at];
        let known =
            ["XCP ", "XCP_", "Unified ", "Xcp", "CU", "\"Standard C"].iter().any(|name| before.ends_with(name));
        assert!(
            known,
            "CM alone means CallManager: …{}",
            &words[at.saturating_sub(30)..(at + 10).min(words.len())]
        );
    }
    for (at, _) in words.match_indices("profile") {
        assert!(
            words[..at].ends_with("service "),
            "write service profile: {}",
            &words[at.saturating_sub(30)..at + 7]
        );
    }
    let lower = words.to_lowercase();
    for banned in ["wrong password", "stop cisco xcp router", "service stop"] {
        assert!(!lower.contains(banned), "{banned}");
    }
}

#[test]
fn a_remedy_that_restarts_something_says_what_it_interrupts() {
    for code in Code::all() {
        for remedy in catalogue().bare(code).remedies {
            let lower = remedy.to_lowercase();
            let says = ["interrupt", "drop", "sessions go on"];
            if lower.contains("restart") {
                assert!(says.iter().any(|word| lower.contains(word)), "{code}: {remedy}");
            }
        }
    }
}

#[test]
fn several_findings_of_one_code_are_a_phrase() {
    let code = super::super::code::xmpp::AUTH_SILENT;
    assert_eq!(catalogue().count(code, 3), "3 logins got no answer to <auth>");
    for code in Code::all() {
        assert!(catalogue().count(code, 7).starts_with("7 "), "{code}");
    }
}

#[test]
fn no_line_is_wider_than_asked_unless_one_word_is() {
    for scenario in all() {
        for finding in found(&scenario.told(true)) {
            for line in lines(&finding, 78) {
                let wide = unicode_width::UnicodeWidthStr::width(line.as_str()) > 78;
                assert!(!wide || line.trim_start().split(' ').count() == 1, "{line}");
            }
        }
    }
    let finding = &found(&all().next().unwrap().told(true))[0];
    assert!(!lines(finding, 0).is_empty());
}

#[test]
fn explain_tells_a_code_in_full_with_names_in_place_of_values() {
    let text = explained("xmpp_auth_silent");
    assert!(text.starts_with("XMPP_AUTH_SILENT  critical"), "{text}");
    assert!(text.contains("<node>") && text.contains("utils service restart Cisco XCP Authentication Service"));
    for code in Code::all() {
        assert!(!explained(code.name()).contains(['{', '}']), "{code}");
    }
}

#[test]
fn explain_knows_what_jabber_and_rtmt_call_it() {
    assert!(explained("LERR_JABBER_UNREACHABLE").contains("TCP_REFUSED"));
    assert!(explained("XcpCmPauseSockets").contains("XMPP_AUTH_SILENT"));
}

#[test]
fn an_unknown_code_is_answered_with_those_that_look_like_it() {
    let Explanation::Unknown(nearest) = explain("XMPP_AUTH_SLIENT", 80) else { panic!("it is no code") };
    assert_eq!(nearest[0], "XMPP_AUTH_SILENT");
    let Explanation::Unknown(nearest) = explain("refused", 80) else { panic!("it is no code") };
    assert!(nearest.contains(&"TCP_REFUSED"));
    assert!(matches!(explain(&"x".repeat(100_000), 80), Explanation::Unknown(_)));
}

#[test]
fn what_is_like_no_name_has_nothing_near() {
    for asked in ["nonsense", "hello", "xyz", "XMPP_MOON_PHASE_OF_TODAY"] {
        assert_eq!(explain(asked, 80), Explanation::Unknown(Vec::new()), "{asked}");
    }
}

/// Values that are whole clauses, or lists: a line with their names in place of them says nothing.
const CLAUSES: &[&str] =
    &["gist", "answers", "delivery", "window", "fin", "auths", "dated", "differences", "stream_id", "said_here"];

#[test]
fn explain_says_nothing_that_is_but_names_of_values() {
    for code in Code::all() {
        let text = catalogue().explained(code);
        for line in text.details.iter().chain([&text.summary]) {
            let clause = CLAUSES.iter().find(|clause| line.contains(&format!("<{clause}>")));
            assert_eq!(clause, None, "{code}: {line}");
        }
        let told = explained(code.name());
        assert!(!code.name().starts_with("CONTROL") || !told.contains("<why>"), "{code}: {told}");
        for nothing in ["Why: <", "Asked on <", "Missing: <", "stream id <"] {
            assert!(!told.contains(nothing), "{code}: {told}");
        }
    }
    assert!(explained("xmpp_auth_silent").contains("<node> took <auth>, and nothing came back for <waited>."));
    assert!(explained("control_points_at_xcp_cm").contains("points at Cisco XCP Connection Manager."));
}

#[test]
fn the_headline_names_severity_code_and_the_suspect() {
    let finding = found(&super::silence::flagship()).remove(0);
    let expected = "CRITICAL XMPP_AUTH_SILENT imp1's host took <auth>, nothing came back in 10.0 s. \
                    imp2 answered <auth> in 21 ms. Likely: the XCP authentication path on imp1.";
    assert_eq!(headline(&finding), expected);
    assert!(expected.len() <= 2 * 80, "the verdict has two lines of 80 columns");
}

#[test]
fn a_text_with_a_value_that_is_not_there_is_left_out() {
    let text = Template::parse("{node} and {user}").unwrap();
    assert_eq!(text.fill(|name| (name == "node").then(|| "imp1".into())), None);
    assert_eq!(text.bare(), "<node> and <user>");
}
