//! The screen on a walk: pictures of the tree, and the keys that ask, trust, give the password and step.

use super::*;
use crate::discovery::Again;
use crate::discovery::story::{CUCM1, FINGERPRINT, WalkStory, goal};
use crate::journal::{How, HttpWhat, Outcome, RecordKind};
use crate::ui::{Theme, ThemeName};
use insta::assert_snapshot;
use secrecy::ExposeSecret;

const USER: &str = "uds:cucm1.example.test:8443/user";

/// The practice deployment: imp1, the home node, is silent; imp2 has answered.
fn practice(columns: u16, rows: u16) -> Screen {
    let mut screen = Screen::of(&Story::practice(), columns, rows);
    screen.model.standing(IMP1, waiting());
    screen.draw();
    screen
}

/// A walk on which nearly everything fails: a route that times out, one without records, a CUCM that refuses the
/// password, one without an address.
pub(super) fn failing() -> Story {
    let mut walk = WalkStory::new(goal());
    walk.srv("_cisco-uds._tcp", &[(8443, "cucm1.example.test"), (8443, "cucm2.example.test")]);
    walk.srv("_cuplogin._tcp", &[]).srv("_xmpps-client._tcp", &[]).srv("_collab-edge._tls", &[]);
    let ops = walk.asks(RecordKind::Srv, "_xmpp-client._tcp.example.test");
    walk.after(5_000_000).ended(ops[0], Outcome::new(How::TimedOut, "ETIMEDOUT", "no answer in 5.0 s"));
    walk.host("cucm1.example.test");
    for kind in [RecordKind::A, RecordKind::Aaaa] {
        let ops = walk.asks(kind, "cucm2.example.test");
        walk.answers(ops[0], "NXDOMAIN", Vec::new());
    }
    walk.locator();
    walk.http(HttpWhat::User, &format!("{CUCM1}/cucm-uds/user/alice"), 401, "<!-- custom Cisco error page -->");
    Story::behind(walk)
}

/// A CUCM whose certificate is not accepted: the user's record was not asked for.
fn untrusted() -> WalkStory {
    let mut walk = WalkStory::new(goal());
    walk.untrusted = true;
    walk.routes().locator();
    walk.stopped(HttpWhat::User, &format!("{CUCM1}/cucm-uds/user/alice"));
    walk
}

/// Moves the selection to this item.
fn select(screen: &mut Screen, id: &str) {
    for _ in 0..60 {
        if screen.model.selected.as_ref().is_some_and(|selected| selected.0 == id) {
            return;
        }
        screen.press("Up");
    }
    for _ in 0..60 {
        screen.press("Down");
        if screen.model.selected.as_ref().is_some_and(|selected| selected.0 == id) {
            return;
        }
    }
    panic!("{id} is not in\n{}", screen.text());
}

#[test]
fn a_walk_at_80x24() {
    assert_snapshot!(practice(80, 24).text());
}

#[test]
fn a_walk_at_120x40() {
    assert_snapshot!(practice(120, 40).text());
}

#[test]
fn a_walk_with_failures_at_80x24_and_at_120x40() {
    let small = Screen::of(&failing(), 80, 24).text();
    let mut large = Screen::of(&failing(), 120, 40);
    select(&mut large, USER);
    assert_snapshot!(format!("{small}\n---- at 120x40, the user's record selected\n{}", large.text()));
}

#[test]
fn the_trust_question_names_host_reason_fingerprint_and_what_would_be_sent() {
    let mut screen = Screen::of(&Story::behind(untrusted()), 80, 24);
    select(&mut screen, USER);
    let before = screen.text();
    screen.press("t");
    assert_snapshot!(format!("{before}\n---- after t\n{}", screen.text()));
}

#[test]
fn a_certificate_is_accepted_for_this_run_or_kept() {
    for (key, kept) in [("y", false), ("K", true)] {
        let mut screen = Screen::of(&Story::behind(untrusted()), 80, 24);
        select(&mut screen, USER);
        assert!(screen.press("t Esc t n").is_empty());
        let effects = screen.press(&format!("t {key}"));
        let [Effect::Live(Live::AcceptHost { host, port: 8443, fingerprint, keep })] = &effects[..] else {
            panic!("{effects:?}")
        };
        assert_eq!((host.as_str(), fingerprint.as_str(), *keep), ("cucm1.example.test", FINGERPRINT, kept));
    }
}

#[test]
fn a_certificate_that_was_accepted_meanwhile_is_not_accepted_twice() {
    let mut walk = untrusted();
    let mut screen = Screen::of(&Story::behind(untrusted()), 80, 24);
    select(&mut screen, USER);
    screen.press("t");
    let known = walk.journal.entries().len();
    walk.accepts("cucm1.example.test");
    walk.journal.entries()[known..].iter().for_each(|entry| screen.model.apply(entry));
    assert!(screen.press("y").is_empty());
    assert!(screen.text().contains("no longer asks this"), "{}", screen.text());
    assert!(screen.press("t").is_empty() && screen.model.popups.is_empty());
}

#[test]
fn a_logins_certificate_can_be_kept_as_well() {
    let mut screen = before_auth(certificate(), 80, 24);
    let effects = screen.press("t K");
    let print = format!("sha256:{}", "3fa9".repeat(16));
    assert!(
        matches!(&effects[..], [Effect::Live(Live::AcceptHost { host, port: 5222, fingerprint, keep: true })]
        if *fingerprint == print && host == "imp1.example.test"),
        "{effects:?}"
    );
    let mut screen = before_auth(Hold::Attempts { used: 3, limit: 3 }, 80, 24);
    assert!(screen.press("t K").is_empty());
    assert!(!screen.model.popups.is_empty() && !screen.row(23).contains("keep"), "{}", screen.row(23));
}

/// A walk up to where the password is needed.
fn without_password() -> Story {
    let mut walk = WalkStory::new(goal());
    walk.routes().locator();
    Story::behind(walk)
}

#[test]
fn a_password_that_the_walk_needs_is_asked_for_by_p_and_the_prompt_names_where_it_goes_first() {
    let mut screen = Screen::of(&without_password(), 80, 24);
    assert!(screen.row(6).contains("· user record   needs P"), "{}", screen.text());
    assert!(screen.row(23).contains("P password"), "{}", screen.row(23));
    let waiting = screen.text();
    let effects = screen.press("P h u n t e r");
    assert!(effects.is_empty() && !screen.text().contains("hunter"));
    assert_snapshot!(format!("{waiting}\n---- after P and six characters\n{}", screen.text()));
    let effects = screen.press("Enter");
    assert!(
        matches!(&effects[..], [Effect::Live(Live::Password(None, secret))] if secret.expose_secret() == "hunter")
    );
    let means = Means { password: true, ..Means::default() };
    screen.model.budget(Budget { means, ..Budget::default() });
    assert!(screen.draw() && !screen.text().contains("needs P"), "{}", screen.text());
    assert!(screen.press("P").is_empty() && screen.model.popups.is_empty());
    select(&mut screen, USER);
    assert_eq!(screen.row(18), " UDS user from cucm1.example.test:8443: not begun");
}

#[test]
fn p_says_at_the_item_what_it_does_and_a_recording_asks_for_no_password() {
    let mut screen = Screen::of(&without_password(), 120, 40);
    select(&mut screen, USER);
    assert!(screen.text().contains("user record    needs the password: P"), "{}", screen.text());
    let can = " needs the password: P asks for alice's; it goes to cucm1.example.test:8443 first, once";
    assert_eq!(screen.row(35), can);
    let mut replay = Screen::with(Setup { replay: true, ..Setup::default() }, &without_password(), 80, 24);
    assert!(replay.press("P").is_empty() && replay.model.popups.is_empty());
    assert!(!replay.text().contains("needs P"), "{}", replay.text());
}

#[test]
fn o_asks_the_selected_item_once_more_by_the_way_it_was_asked() {
    let mut screen = practice(80, 24);
    select(&mut screen, "route:_cisco-uds._tcp");
    let effects = screen.press("o");
    assert!(
        matches!(&effects[..], [Effect::Live(Live::AskAgain(Again::Dns(asks)))]
        if asks.len() == 1 && asks[0].name == "_cisco-uds._tcp.example.test"),
        "{effects:?}"
    );
    select(&mut screen, USER);
    let effects = screen.press("o");
    assert!(
        matches!(&effects[..], [Effect::Live(Live::AskAgain(Again::Http(ask)))] if ask.what == HttpWhat::User),
        "{effects:?}"
    );
    select(&mut screen, "node:imp2.example.test:5222");
    let effects = screen.press("o");
    assert!(
        matches!(&effects[..], [Effect::Live(Live::AskAgain(Again::Node { host, port: 5222 }))]
        if host == "imp2.example.test"),
        "{effects:?}"
    );
    select(&mut screen, "nodes");
    assert!(screen.press("o").is_empty());
    let mut replay = Screen::with(Setup { replay: true, ..Setup::default() }, &Story::practice(), 80, 24);
    select(&mut replay, USER);
    assert!(replay.press("o").is_empty() && !replay.text().contains("asks once more"));
}

#[test]
fn enter_opens_what_was_asked_and_answered_and_steps_nothing() {
    let mut screen = practice(80, 24);
    select(&mut screen, USER);
    assert!(screen.press("Enter").is_empty());
    for words in ["GET https://cucm1", "answer: 200 after 3 ms", "assigned to: imp1.example.test"] {
        assert!(screen.text().contains(words), "{words}\n{}", screen.text());
    }
    screen.press("Esc");
    select(&mut screen, "route:_cuplogin._tcp");
    screen.press("Enter");
    assert!(screen.text().contains("10.1.1.53: NXDOMAIN in 3 ms over UDP"), "{}", screen.text());
}

#[test]
fn enter_steps_a_node_that_the_walk_alone_has_asked() {
    let mut screen = practice(80, 24);
    assert!(screen.row(23).contains("Enter detail") || !screen.row(23).contains("step"), "{}", screen.row(23));
    select(&mut screen, "node:imp2.example.test:5222");
    let effects = screen.press("Enter");
    assert!(
        matches!(&effects[..], [Effect::Live(Live::Login { host, run_to: None, .. })]
        if host == "imp2.example.test"),
        "{effects:?}"
    );
    assert!(matches!(&screen.press("n")[..], [Effect::Live(Live::Login { run_to: None, .. })]));
}

#[test]
fn a_node_that_was_asked_up_to_its_mechanisms_says_so_and_what_it_offers() {
    let mut story = Story::behind(WalkStory::practice());
    story.reach_mechanisms(IMP1, "imp1.example.test", Some(true)).ended(Outcome::ok());
    let mut screen = Screen::of(&Story::default(), 80, 24);
    for entry in story.entries() {
        let mut entry = entry.clone();
        if let crate::journal::Event::Began(crate::journal::Ask::Login(ask)) = &mut entry.event {
            ask.until = Stage::StreamTls;
        }
        screen.model.apply(&entry);
    }
    screen.draw();
    assert_eq!(screen.row(18), " asked up to stream_tls; offers PLAIN, CISCO-VTG-TOKEN");
    assert!(screen.row(19).starts_with(" Enter steps a login on this node"), "{}", screen.row(19));
    assert!(screen.text().contains("▸ ✓ imp1     answers 101 ms"), "{}", screen.text());
}

#[test]
fn a_long_user_id_hides_no_answer() {
    let user = "alice.liddell.of.wonderland";
    let mut walk = WalkStory::new(crate::journal::WalkAsk { user_id: user.into(), ..goal() });
    walk.srv("_cisco-uds._tcp", &[(8443, "cucm1.example.test")]).host("cucm1.example.test");
    let none = "<clusterUser version=\"12.5.1\"><result found=\"false\"/></clusterUser>";
    walk.http(HttpWhat::ClusterUser, &format!("{CUCM1}/cucm-uds/clusterUser?username={user}"), 200, none);
    let screen = Screen::of(&Story::behind(walk), 80, 24);
    assert!(screen.text().contains("✗ no home cluster  "), "{}", screen.text());
}

#[test]
fn the_header_says_by_way_of_which_proxy_and_that_dns_goes_so_too() {
    let via = Some(crate::journal::Via { host: "127.0.0.1".into(), port: 1080, names: true });
    let mut asked = crate::journal::WalkAsk { via, ..goal() };
    for server in &mut asked.dns {
        server.via = true;
    }
    let row = |columns| {
        let screen = Screen::of(&Story::behind(WalkStory::new(asked.clone())), columns, 24);
        screen.row(0)
    };
    assert!(row(80).contains("via socks5h://127.0.0.1:1080"), "{}", row(80));
    let wide = row(160);
    assert!(wide.contains("asked by way of the proxy") && !wide.contains("from this host"), "{wide}");
}

#[test]
fn an_item_that_is_no_node_sends_nothing_by_the_login_keys() {
    let mut screen = practice(80, 24);
    select(&mut screen, "route:_cisco-uds._tcp");
    for key in ["n", "c", "r", "R", "a", "e", "x", "b"] {
        assert!(screen.press(key).is_empty(), "{key}");
        assert!(screen.model.popups.is_empty(), "{key}");
    }
    assert!(screen.row(19).contains("Jabber would go here: _cisco-uds beats _cuplogin"), "{}", screen.text());
    assert!(screen.row(1).contains("DNS · _cisco-uds._tcp ─"), "{}", screen.text());
    select(&mut screen, USER);
    assert!(screen.row(1).contains("HTTP · cucm1:8443 ─"), "{}", screen.text());
    assert!(screen.row(18).contains("alice is enabled for IM and Presence"), "{}", screen.text());
    assert!(screen.row(19).contains("o asks once more: one attempt with alice's password"), "{}", screen.text());
}

#[test]
fn until_the_user_moves_it_the_selection_goes_to_the_home_node_and_then_it_stays() {
    let story = Story::practice();
    let selected = |screen: &Screen| screen.model.selected.as_ref().map(|id| id.0.clone()).unwrap_or_default();
    let (mut free, mut held) = (Screen::of(&Story::default(), 80, 24), Screen::of(&Story::default(), 80, 24));
    let mut seen = Vec::new();
    let mut moved = String::new();
    for (at, entry) in story.entries().iter().enumerate() {
        for screen in [&mut free, &mut held] {
            screen.model.apply(entry);
            screen.draw();
        }
        if seen.last() != Some(&selected(&free)) {
            seen.push(selected(&free));
        }
        if at == 8 {
            held.press("Up Down");
            moved = selected(&held);
        } else if at > 8 {
            assert_eq!(selected(&held), moved, "after entry {}", at + 1);
        }
    }
    assert!(seen.contains(&"route:_cisco-uds._tcp".to_owned()), "{seen:?}");
    assert_eq!(selected(&free), "node:imp1.example.test:5222");
    assert_eq!(moved, "uds:cucm1.example.test:8443");
}

#[test]
fn right_shows_the_details_too_and_left_takes_them_away() {
    let mut screen = practice(120, 40);
    let host = "uds:cucm1.example.test:8443";
    select(&mut screen, host);
    assert!(!screen.text().contains("│    ✓ certificate CN=cucm1"), "{}", screen.text());
    screen.press("Right");
    let open = screen.text();
    assert!(
        open.contains("10.1.2.10") && open.contains("certificate CN=cucm1") && open.contains("SSO is off"),
        "{open}"
    );
    screen.press("Left");
    assert!(!screen.text().contains("UDS 12.5.1"), "{}", screen.text());
    screen.press("Right");
    assert!(screen.text().contains("UDS 12.5.1") && !screen.text().contains("SSO is off"), "{}", screen.text());
}

#[test]
fn a_walk_draws_at_any_size_and_with_ascii_alone() {
    for (columns, rows) in [(1, 1), (2, 2), (3, 5), (20, 5), (59, 15), (60, 16), (80, 24), (120, 40), (200, 60)] {
        let mut screen = practice(columns, rows);
        screen.press("Up Up Up Up Up Right Enter PageDown Esc Tab Enter Esc Tab g Right Enter G Esc ? Esc t o");
        let mut screen = Screen::of(&Story::behind(untrusted()), columns, rows);
        screen.press("Up Up Up Up Up Up Up t PageDown Esc P");
    }
    let setup = Setup { ascii: true, theme: Theme::named(ThemeName::Mono), ..Setup::default() };
    let mut screen = Screen::with(setup, &Story::practice(), 60, 16);
    screen.press("Up Up Up");
    assert!(screen.text().is_ascii(), "{}", screen.text());
    assert!(screen.text().contains("+ cucm1:8443") || screen.text().contains("IM&P nodes"), "{}", screen.text());
}

#[test]
fn what_a_server_says_cannot_move_the_cursor_in_the_tree() {
    let evil = "x\u{1b}[2J\u{202e}";
    let mut walk = WalkStory::new(goal());
    walk.srv("_cisco-uds._tcp", &[(8443, "cucm1.example.test")]).host("cucm1.example.test").locator();
    let body = format!(
        "<user><userName>{evil}</userName><email>{evil}</email><imAndPresence><server>{evil}</server></imAndPresence></user>"
    );
    walk.http(HttpWhat::User, &format!("{CUCM1}/cucm-uds/user/alice"), 200, &body);
    let mut screen = Screen::of(&Story::behind(walk), 120, 40);
    for keys in ["Up", "g", "Down Down Down Down", "Enter", "Esc Down", "Enter"] {
        screen.press(keys);
        let text = screen.text();
        let hidden = |c: char| c != '\n' && (c.is_control() || "\u{202e}\u{200b}\u{2066}".contains(c));
        assert!(!text.contains(hidden), "{text:?}");
    }
}
