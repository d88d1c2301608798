//! No original is left, and what is found in the entries stays what it was.

use std::collections::BTreeSet;

use proptest::prelude::*;

use super::names::four;
use super::*;
use crate::discovery::Walk;
use crate::findings;
use crate::journal::{Wall, line};
use crate::progress::Progress;
use crate::report::{Source, html, jsonl, markdown, plain, report};

const WALK: &str = include_str!("../../../tests/recordings/format-1/walk.jsonl");

/// The names of the kept walk: its user, domain, host labels, network.
const OWN: [&str; 6] = ["alice", "example.test", "imp1", "imp2", "cucm1", "127.0.0."];

fn entries(text: &str) -> Vec<Entry> {
    line::read(text).unwrap().journal.entries().to_vec()
}

fn all_formats(entries: &[Entry]) -> Vec<String> {
    let source = Source { tool: "impscope 9".into(), pseudonymised: true, ..Source::default() };
    let blocks = report(entries, &source);
    vec![markdown(&blocks), plain(&blocks), html(&blocks), jsonl(entries, Wall(0), &source)]
}

fn codes(entries: &[Entry]) -> Vec<&'static str> {
    let found = findings::findings(&Progress::of(entries), &Walk::of(entries));
    found.into_iter().map(|finding| finding.code.0).collect()
}

/// A label that is no word of ours.
fn label() -> impl Strategy<Value = String> {
    "[qxz][a-z0-9]{0,3}[qxz][a-z]{1,4}(-[qxz]{2})?"
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn no_original_is_left_in_any_format(
        user in prop_oneof![label(), label().prop_map(|label| format!("{label}.o'q")), label().prop_map(|l| l.to_uppercase())],
        domain in (label(), "(de|com|local|xq\\.org)").prop_map(|(own, end)| format!("{own}.{end}")),
        hosts in (label(), label(), label()),
        net in (1u8..120, 1u8..250),
    ) {
        let new = [user.clone(), domain.clone(), hosts.0.clone(), hosts.1.clone(), hosts.2.clone(), format!("{}.{}.77.", net.0, net.1)];
        let told = OWN.iter().zip(&new).fold(WALK.to_owned(), |text, (own, new)| text.replace(own, new));
        let before = entries(&told);
        let after = pseudonymised(&before);
        prop_assert_eq!(after.len(), before.len());
        prop_assert_eq!(codes(&after), codes(&before));
        let unknown = after.iter().filter(|entry| matches!(entry.event, crate::journal::Event::Unknown(_)));
        prop_assert_eq!(unknown.count(), 0);
        for text in all_formats(&after) {
            let text = text.to_lowercase();
            for original in &new {
                let original = original.to_lowercase();
                let at = text.find(&original);
                let around = at.map(|at| text[..at + original.len()].chars().rev().take(80).collect::<Vec<_>>());
                let around = around.map(|chars| chars.into_iter().rev().collect::<String>());
                prop_assert!(at.is_none(), "{} is left: {:?}", original, around);
            }
        }
    }
}

#[test]
fn the_same_original_is_the_same_replacement_and_hosts_stay_hosts() {
    let after = all_formats(&pseudonymised(&entries(WALK)));
    let text = &after[0];
    assert!(text.starts_with("# impscope report: user1@example.com\n"), "{}", &text[..80]);
    for name in ["host1.example.com:5222", "_cisco-uds._tcp.example.com", "192.0.2.", "sha256:000000"] {
        assert!(text.contains(name), "{name}");
    }
}

/// All texts that stand in base64 anywhere.
fn in_base64(text: &str) -> Vec<String> {
    let words = text.split(|c: char| !(c.is_ascii_alphanumeric() || "+/=".contains(c)));
    words.filter_map(gather::decoded).collect()
}

#[test]
fn the_user_in_the_first_message_of_scram_is_replaced_within_its_base64() {
    let before = include_str!("../../../tests/recordings/format-1/prosody.jsonl");
    let names_user = |text: &str| in_base64(text).iter().any(|inner| inner.contains("n=alice"));
    assert!(names_user(before));
    for text in all_formats(&pseudonymised(&entries(before))) {
        assert!(!names_user(&text) && in_base64(&text).iter().any(|inner| inner.contains("n=user1")));
    }
}

#[test]
fn entries_of_a_later_version_are_treated_as_well() {
    let foretold = r#"{"n":9,"op":1,"at":3,"wall":4,"foretold":{"text":"alice at imp1","cuts":[{"at":9}]}}"#;
    let text = format!("{WALK}{foretold}\n");
    let last = line::entry(pseudonymised(&entries(&text)).last().unwrap());
    assert!(last.contains(r#"{"text":"user1 at host"#) && last.contains(r#""cuts":[{"at":9}]"#), "{last}");
}

#[test]
fn a_replacement_is_never_an_original() {
    let mut found = gather::Found::default();
    found.domains.extend(["example.com".to_owned(), "example.net".to_owned()]);
    found.users.extend(["user2".to_owned(), "kaya".to_owned()]);
    found.addresses.extend(["192.0.2.2".to_owned(), "192.0.2.1".to_owned(), "2001:db8:0::1".to_owned()]);
    let names = Names::of(&found);
    for (original, replacement) in &names.given {
        assert!(!names.given.contains_key(replacement), "{original} became {replacement}");
    }
}

#[test]
fn many_addresses_stay_different() {
    let all: BTreeSet<String> = (1..2000).map(four).collect();
    assert_eq!(all.len(), 1999);
    assert_eq!(
        (four(254).as_str(), four(255).as_str(), four(763).as_str()),
        ("192.0.2.254", "198.51.100.1", "198.18.2.250")
    );
}

#[test]
fn bytes_that_are_no_text_keep_the_places_of_their_secrets() {
    let mut swap = Swap::default();
    swap.add("imp1", "host1");
    let mut places = [6, 8, 9, 13];
    let out = binary(&swap, b"imp1\xff\xfeab imp1", &mut places);
    assert_eq!(out, b"host1\xff\xfeab host1");
    assert_eq!(places, [7, 9, 10, 15]);
}

#[test]
fn the_cucms_that_are_compared_are_replaced_like_any_host() {
    let cucms = r#""cucm":["cucm1.qx-inside.test:8443","cucm9.zq-branch.test"],"user_id":"#;
    let told = WALK.replacen(r#""user_id":"#, cucms, 1);
    assert_ne!(told, WALK);
    let after = pseudonymised(&entries(&told));
    let homes = Walk::of(&after).given_cucms();
    assert_eq!(homes.len(), 2);
    for text in all_formats(&after) {
        assert!(!text.contains("qx-inside") && !text.contains("zq-branch") && !text.contains("cucm9"), "{text}");
    }
}

#[test]
fn what_the_administrators_side_names_is_replaced_and_the_products_names_are_not() {
    let told = WALK.replacen(r#""user_id":"#, r#""admin":"qxroot","user_id":"#, 1);
    let ask = |n: u32, about: &str, what: &str| {
        format!(
            r#"{{"n":{n},"op":{n},"parent":1,"at":{n},"wall":4,"began":{{"http":{{"what":"{what}","url":"https://cucm1.example.test:8443/axl/","addresses":[],"about":"{about}"}}}}}}"#
        )
    };
    let told = format!(
        "{told}{}\n{}\n",
        ask(901, "SP-Zqsite", "axl_service_profile"),
        ask(902, "Cisco XCP CM", "counters")
    );
    let after = pseudonymised(&entries(&told));
    let text: String = after.iter().map(line::entry).collect();
    assert!(!text.contains("qxroot") && !text.contains("Zqsite"), "{text}");
    assert!(text.contains("Cisco XCP CM"), "{text}");
}
