//! Each action of the key table, typed into a terminal: what was not on the screen before its key is there behind it,
//! or what was there is gone. An action without a row here fails.

use std::collections::BTreeSet;

use crate::program::{Program, SOON, holds_secret};
use crate::pty::Terminal;
use crate::replay::{kept, open as replayed};
use crate::served::Served;
use crate::typed::{open, step_to};

/// What a key does to the screen.
enum Seen {
    /// These words come.
    Comes(&'static str),
    /// These words go.
    Goes(&'static str),
}

use Seen::{Comes, Goes};

/// An action by its name in the table (empty: the way to the next one), the keys typed, and what is then seen.
type Row = (&'static str, &'static str, Seen);

const UP: &str = "\x1b[A";
const DOWN: &str = "\x1b[B";
const RIGHT: &str = "\x1b[C";
const LEFT: &str = "\x1b[D";
const ESC: &str = "\x1b";

/// On a recording of a silent `<auth>`, from its end: what needs no engine.
const OF_A_RECORDING: &[Row] = &[
    ("replay_back", "N", Comes("entry 64 of 65")),
    ("replay_next", "n", Comes("entry 65 of 65")),
    ("replay_beginning", "0", Goes("entry 65 of 65")),
    ("replay_faster", "+", Comes("replay 2×")),
    ("replay_slower", "-", Comes("replay 1×")),
    ("replay_play", "c", Comes("▶ 0:")),
    ("replay_end", "$", Comes("at its end")),
    ("zoom", "z", Goes("XML console")),
    ("pane", "\t", Comes("XML console")),
    ("", "\tz", Comes("Discovery")),
    ("left", "\x1b[D\x1b[D", Goes("silent @auth")),
    ("right", RIGHT, Comes("silent @auth")),
    ("help", "?", Comes("Keys ─")),
    ("down", DOWN, Goes("impscope: IM&P login path")),
    ("up", UP, Comes("impscope: IM&P login path")),
    ("page_down", "\x1b[6~", Goes("impscope: IM&P login path")),
    ("page_up", "\x1b[5~", Comes("impscope: IM&P login path")),
    ("end", "G", Goes("more below")),
    ("top", "g", Comes("more below")),
    ("close", ESC, Goes("Keys ─")),
    ("palette", ":", Comes("All actions")),
    ("run", "ladder\r", Comes("Ladder ·")),
    ("", ESC, Goes("Ladder ·")),
    ("findings", "F", Comes("1 in all")),
    ("into", "\t", Comes("Enter go there")),
    ("out", LEFT, Goes("Enter go there")),
    ("copy", "y", Comes("finding-")),
    ("", "\t", Comes("Enter go there")),
    ("jump", "\r", Goes("1 in all")),
    ("save_report", "s", Comes("report:")),
    ("all_nodes", "A", Comes("The same login on all nodes")),
    ("", ESC, Goes("The same login on all nodes")),
    ("control", "k", Comes("no control experiment was made")),
    ("ladder", "l", Comes("Ladder ·")),
    ("", ESC, Goes("Ladder ·")),
    ("theme", ":next theme\r", Comes("theme")),
    ("mouse", ":mouse\r", Comes("mouse")),
];

/// On the same recording, in the console.
const OF_THE_CONSOLE: &[Row] = &[
    ("raw", "\tw", Comes("· raw")),
    ("", "w", Goes("· raw")),
    ("enter", "\r", Comes("Entry #")),
    ("", ESC, Goes("Entry #")),
    ("explain", "i", Comes("What it is")),
    ("", ESC, Goes("What it is")),
    ("enable", "E", Comes("Enable off")),
    ("", "E", Goes("Enable off")),
    ("clear", "C", Comes("rows are in the ring")),
    ("dump_ring", "D", Goes("rows are in the ring")),
    ("freeze", "p", Comes("frozen")),
    ("", "p", Goes("frozen")),
    ("mark", "m", Comes("◆")),
    ("", "g", Goes("◆")),
    ("next_mark", "'", Comes("◆")),
    ("range", "v", Comes("1 row selected")),
    ("end_range", ESC, Goes("1 row selected")),
    ("fold", " ", Comes("▸ login")),
    ("copy_rows", "y", Comes("copied; also in")),
    ("", UP, Goes("copied; also in")),
    ("copy_psi", "\x1by", Comes("copied; also in")),
    ("copy_view", "Y", Comes("view-")),
    ("search", "/", Comes("Search ")),
    ("", "silen|auth\r", Comes("hit 1 of")),
    ("next_hit", ">", Comes("hit 2 of")),
    ("previous_hit", "<", Comes("hit 1 of")),
    ("search_keys", "n", Comes("nothing was sent")),
    ("end_search", ESC, Goes("hit 1 of")),
    ("filter", "f", Comes("of 25 rows")),
    ("tick1", "\x1b1", Comes("[ ] Message")),
    ("tick2", "\x1b2", Comes("[ ] Presence")),
    ("tick3", "\x1b3", Comes("[ ] IQ")),
    ("tick4", "\x1b4", Comes("[ ] SM")),
    ("tick5", "\x1b5", Comes("[ ] Stream")),
    ("type_jid", "\x1b6bob", Comes("jid:bob")),
    ("", "\x15", Goes("jid:bob")),
    ("toggle", "\x1b[B ", Comes("[ ] Message")),
];

/// On the practice deployment: what sends.
const OF_A_LOGIN: &[Row] = &[
    ("breakpoints", "b", Comes("Breakpoints")),
    ("", " ", Comes("[x]")),
    ("side", "\x1b[C ", Comes("[x]      [x]")),
    ("", ESC, Goes("Breakpoints")),
    ("next", "n", Comes("next ▸ <?xml")),
    ("continue", "c", Comes("next ▸ <auth")),
    ("edit", "e", Comes("Edit the proposal")),
    ("", ESC, Goes("Edit the proposal")),
    ("", "n", Comes("✓auth")),
    ("", "c", Comes("✓session")),
    ("xml_input", "x", Comes("XML Input ·")),
    ("templates", "\x14", Comes("Templates")),
    ("take_template", "ping\r", Goes("Templates")),
    ("send", "\x13", Comes("answer to ")),
    ("", "x", Comes("XML Input ·")),
    ("older", "\x10", Comes("sent before: 1 of 1")),
    ("newer", "\x0e", Goes("sent before: 1 of 1")),
    ("", "<iq type='get'/>", Comes("well-formed")),
    ("fill_id", "\x07", Comes("id=")),
    ("undo", "\x15", Goes("id=")),
    ("redo", "\x12", Comes("id=")),
    ("", ESC, Goes("XML Input ·")),
    ("quit", "q", Comes("End the program?")),
    ("", "n", Goes("End the program?")),
    ("abort", "a", Comes("ended")),
    ("retry", "r", Comes("next ▸ connect")),
    ("", "n", Comes("next ▸ <?xml")),
    ("retry_to_here", "R", Comes("Retry and run to here?")),
    ("", ESC, Goes("Retry and run to here?")),
    ("again", "o", Comes("next ▸ connect")),
];

/// Where the certificate is one that nobody knows, and no password is at hand.
const OF_A_QUESTION: &[Row] = &[
    ("password", "P", Comes("goes into no file")),
    ("", ESC, Goes("goes into no file")),
    ("question", "t", Comes("Accept this certificate here?")),
    ("", ESC, Goes("Accept this certificate here?")),
    ("", "t", Comes("Accept this certificate here?")),
    ("yes", "y", Comes("(needs the password)")),
];

const ALL: [&[Row]; 4] = [OF_A_RECORDING, OF_THE_CONSOLE, OF_A_LOGIN, OF_A_QUESTION];
/// What is shown elsewhere, and where.
const ELSEWHERE: [(&str, &str); 7] = [
    ("suspend", "`dropped`, with a shell"),
    ("quit_now", "at the end of each of these tests"),
    ("admin_password", "`asked`: it has no key, and needs an administrator"),
    ("ha_status", "`asked`: it has no key, and opens a field to paste into"),
    ("change", "`asked`, with the remedies of a silent <auth>"),
    ("watch", "`asked`, across a restart of the practice deployment"),
    ("keep", "`the_fingerprint_is_kept_where_the_user_says_so`, below"),
];

fn type_rows(terminal: &mut Terminal, rows: &[Row]) {
    for (does, keys, seen) in rows {
        let (words, comes) = match seen {
            Comes(words) => (words, true),
            Goes(words) => (words, false),
        };
        // Of the frame that the row before brought, the end may still be on its way.
        let before = format!("{does} {keys:?}: the screen before its key, for {words:?}");
        terminal.wait_until(&before, SOON, |screen| screen.contents().contains(words) != comes);
        terminal.type_in(keys);
        let what = format!("{does} {keys:?}: {words:?}");
        terminal.wait_until(&what, SOON, |screen| screen.contents().contains(words) == comes);
    }
}

fn leave(mut terminal: Terminal) {
    terminal.type_in("\x03");
    assert_eq!(terminal.exit(SOON).code(), Some(0));
    crate::screen::must_be_restored(&terminal);
}

#[test]
fn each_action_of_the_table_has_a_row() {
    #[derive(serde::Deserialize)]
    struct Binding {
        does: String,
    }
    #[derive(serde::Deserialize)]
    struct Table {
        key: Vec<Binding>,
    }
    let table: Table = toml::from_str(include_str!("../../assets/keys.toml")).expect("the table");
    let named: BTreeSet<String> = table.key.into_iter().map(|binding| binding.does).collect();
    let rows = ALL.into_iter().flatten().map(|(does, ..)| *does).chain(ELSEWHERE.map(|(does, _)| does));
    let typed: BTreeSet<String> = rows.filter(|does| !does.is_empty()).map(str::to_owned).collect();
    assert_eq!(typed, named);
}

#[test]
fn what_needs_no_engine_is_typed_on_a_recording() {
    let program = Program::new();
    let mut terminal = replayed(&program, &kept("silent-auth.jsonl"), &["--from-end"]);
    terminal.wait_for("at its end", SOON);
    type_rows(&mut terminal, OF_A_RECORDING);
    let taken = |screen: &vt100::Screen| screen.mouse_protocol_mode() != vt100::MouseProtocolMode::None;
    terminal.wait_until("the mouse is taken", SOON, taken);
    leave(terminal);
}

#[test]
fn the_consoles_keys_are_typed_on_a_recording() {
    let program = Program::new();
    let mut terminal = replayed(&program, &kept("silent-auth.jsonl"), &["--from-end"]);
    terminal.wait_for("at its end", SOON);
    type_rows(&mut terminal, OF_THE_CONSOLE);
    leave(terminal);
}

#[test]
fn what_sends_is_typed_on_the_practice_deployment() {
    let lab = Served::start("healthy");
    let program = Program::new();
    let mut terminal = open(&program, &lab, 0, &[], Some(&lab.password));
    type_rows(&mut terminal, OF_A_LOGIN);
    assert!(!holds_secret(terminal.written(), &lab.password));
    leave(terminal);
}

#[test]
fn a_question_is_answered_on_the_practice_deployment() {
    let lab = Served::start("untrusted-cert");
    let program = Program::new();
    let mut terminal = open(&program, &lab, 0, &[], None);
    step_to(&mut terminal, "(certificate not accepted)");
    type_rows(&mut terminal, OF_A_QUESTION);
    leave(terminal);
}

#[test]
fn the_fingerprint_is_kept_where_the_user_says_so() {
    let lab = Served::start("untrusted-cert");
    let program = Program::new();
    let mut terminal = open(&program, &lab, 0, &[], None);
    step_to(&mut terminal, "(certificate not accepted)");
    type_rows(
        &mut terminal,
        &[("question", "t", Comes("Accept this certificate here?")), ("keep", "K", Comes("kept in "))],
    );
    leave(terminal);
}
