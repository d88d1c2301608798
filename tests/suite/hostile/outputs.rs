//! All that a run writes, in every form that the program has: none of it may act on a terminal, hide, turn the reading
//! direction, pile up on what stands beside it, or be more than text to a browser or a reader of Markdown.

use std::path::Path;
use std::time::Duration;

use data_encoding::BASE64;

use super::{ADMIN_PASSWORD, PASSWORD};
use crate::program::{Finished, Program, SOON, files_in, holds_secret, no_file_holds, peak_kb_of};
use crate::pty::{DESIGNED, Terminal, TerminalSize};

/// What XML forbids, and any server can send all the same: a colour, a title, a link, the clipboard, DCS, APC, a reset,
/// and single characters that move the cursor.
pub const ESCAPES: &str = "\x1b[31;777mred\x1b]0;title\x07\x1b]8;;http://x\x07\x1b]52;c;eA==\x07\x1bPq\x1b\\\x1b_a\x1b\\\
    \x1bc\t\x0b\x0c\x08\x7f";
/// What XML allows, and turns: CSI, OSC and DCS as one character, NEL, and all marks of direction.
pub const TURNING: &str = "a\u{9b}31;777mb\u{9d}0;t\u{9c}c\u{90}q\u{9c}d\u{85}\u{202a}\u{202b}\u{202c}\u{202d}\u{202e}e\
    \u{2066}\u{2067}\u{2068}\u{2069}\u{200e}\u{200f}\u{61c}f";
/// What nobody sees: no width, tags, selectors of a variation, fillers, ends of lines of another kind.
pub const HIDING: &str = "a\u{200b}\u{200c}\u{200d}\u{feff}\u{2060}b\u{e0041}\u{e007f}\u{fe0f}\u{e0100}c\u{fff9}\u{fffa}\
    \u{fffb}\u{2028}\u{2029}d\u{3164}\u{115f}\u{ffa0}\u{180e}\u{ad}\u{34f}e";
/// What falls on its neighbours, or takes another room than it seems to: marks without a letter, fifty on one, people
/// that are joined, a whole sentence in one sign, letters that change beside each other.
pub const PILED: &str = concat!(
    "\u{301}z\u{301}\u{302}\u{303}\u{304}\u{305}\u{306}\u{307}\u{308}\u{309}\u{30a}\u{30b}\u{30c}\u{30d}\u{30e}\u{30f}",
    "\u{310}\u{311}\u{312}\u{313}\u{314}\u{315}\u{316}\u{317}\u{318}\u{319}\u{31a}\u{31b}\u{31c}\u{31d}\u{31e}\u{31f}",
    "a\u{1f468}\u{200d}\u{1f469}\u{200d}\u{1f467}\u{fdfd}\u{fdfa}\u{628}\u{628}\u{628}世界"
);
/// What a browser or a reader of Markdown would act upon, as it stands in XML.
pub const MARKUP: &str = "&lt;script&gt;alert(1)&lt;/script&gt;&quot;&apos;&gt;&lt;img src=x onerror=y&gt;`a`|b|[c](javascript:d)\
    ![e](f)**g**&amp;lt;{{plain}}";

/// Marks that a letter of any script may carry.
const MARKS: usize = 4;

/// Whether a terminal acts upon it, hides it, or turns what stands around it.
pub fn is_harmful(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{180e}'
            | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{3164}'
            | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{ffa0}' | '\u{fff9}'..='\u{fffb}'
            | '\u{e0000}'..='\u{e01ef}')
}

/// Whether it stands on the letter before it.
fn is_mark(c: char) -> bool {
    matches!(c, '\u{300}'..='\u{36f}')
}

/// What is wrong with a text that a terminal is to show: a character, or marks that fall on something else.
fn harm(text: &str, allowed: &[char]) -> Option<String> {
    let mut carried = MARKS;
    for c in text.chars() {
        carried = if is_mark(c) { carried + 1 } else { 0 };
        if carried > MARKS {
            return Some("marks that pile up".to_owned());
        }
        if is_harmful(c) {
            if !allowed.contains(&c) {
                return Some(format!("{c:?}"));
            }
            carried = MARKS;
        }
    }
    None
}

#[track_caller]
fn text_is_clean(what: &str, text: &str, allowed: &[char]) {
    if let Some(harm) = harm(text, allowed) {
        panic!("{what}: {harm}:\n{text:?}");
    }
}

/// Neither of the two outputs has anything of it.
#[track_caller]
pub fn is_clean(what: &str, finished: &Finished) {
    text_is_clean(&format!("{what}, stdout"), &finished.stdout, &['\n']);
    text_is_clean(&format!("{what}, stderr"), &finished.stderr, &['\n']);
}

/// No text in it holds what a terminal would act upon: others decode and print them.
#[track_caller]
fn decoded(value: &serde_json::Value) {
    match value {
        serde_json::Value::String(text) => text_is_clean("a decoded text of the JSON", text, &[]),
        serde_json::Value::Array(values) => values.iter().for_each(decoded),
        serde_json::Value::Object(fields) => fields.values().for_each(decoded),
        _ => {}
    }
}

/// So many times the program runs for it.
pub const RUNS: u32 = 9;

/// Runs `check --json` and `check` with these arguments, replays and exports what was recorded, and looks at all of it.
/// Gives the first run, with the most memory that any of them held.
#[track_caller]
pub fn everywhere(arguments: impl Fn(&[&str]) -> Vec<String>) -> Finished {
    let program = Program::new();
    let finished = program.start(&arguments(&["check", "--json"]), Some(PASSWORD)).finish(SOON);
    is_clean("check --json", &finished);
    decoded(&finished.json());
    let recording =
        files_in(program.home()).into_iter().find(|file| file.extension().is_some_and(|ext| ext == "jsonl"));
    let recording = recording.expect("it was recorded");
    let plain = Program::new().start(&arguments(&["check"]), Some(PASSWORD)).finish(SOON);
    is_clean("check", &plain);
    let later =
        [exported(&program, &recording), in_lines(&program, &recording), on_the_screen(&program, &recording)];
    for text in [&finished.stdout, &finished.stderr, &plain.stdout, &plain.stderr] {
        assert!(!holds_secret(text.as_bytes(), ADMIN_PASSWORD), "{text}");
    }
    no_file_holds(ADMIN_PASSWORD, program.home());
    for file in files_in(program.home()) {
        let text = std::fs::read_to_string(&file).expect("all that is written is text");
        text_is_clean(&file.display().to_string(), &text, &['\n', '\t']);
    }
    let peak_kb = later.into_iter().fold(finished.peak_kb.max(plain.peak_kb), u64::max);
    Finished { peak_kb, ..finished }
}

/// Every form of a report, and the recording that may be passed on. Gives the most memory that was held.
#[track_caller]
fn exported(program: &Program, recording: &Path) -> u64 {
    let mut peak_kb = 0;
    let recording = recording.to_str().expect("a name of ours");
    // The ladder as a picture stands in the page as well.
    for form in [
        &["--format", "text", "--pseudonymise"][..],
        &["--format", "markdown"],
        &["--format", "html"],
        &["--format", "jsonl"],
        &["--format", "svg", "--picture", "screen"],
    ] {
        let run = program.run(&[&["export", recording], form].concat());
        assert_eq!(run.exit, Some(0), "{form:?}: {}", run.stderr);
        is_clean(&form.join(" "), &run);
        peak_kb = peak_kb.max(run.peak_kb);
        match form[1] {
            "html" | "svg" => tags_are_ours(&run.stdout),
            "markdown" => {
                let text = without_code(&run.stdout);
                let acts = ["<script", "<img", "](", "**g"].into_iter().find(|act| text.contains(act));
                assert_eq!(acts, None, "it acts in\n{text}");
            }
            _ => {}
        }
    }
    peak_kb
}

/// What stands in a tag is never a server's.
#[track_caller]
fn tags_are_ours(page: &str) {
    for tag in page.split('<').skip(1).filter_map(|rest| rest.split('>').next()) {
        for act in ["script", "img src", "onerror", "alert"] {
            assert!(!tag.contains(act), "<{tag}> stands in\n{page}");
        }
    }
}

/// Markdown without its fences, its spans of code and what is escaped: all of that is text.
fn without_code(markdown: &str) -> String {
    let mut fence: Option<String> = None;
    let mut outside = String::new();
    for line in markdown.lines() {
        let ticks: String = line.trim_start().chars().take_while(|c| *c == '`').collect();
        match &fence {
            Some(open) if line.trim() == open => fence = None,
            Some(_) => {}
            None if ticks.len() >= 3 => fence = Some(ticks),
            None => {
                outside.push_str(line);
                outside.push('\n');
            }
        }
    }
    let mut rest = outside.as_str();
    let mut text = String::new();
    while let Some(at) = rest.find(['`', '\\']) {
        text.push_str(&rest[..at]);
        if rest[at..].starts_with('\\') {
            // What is escaped is text as well.
            let escaped = rest[at + 1..].chars().next().map_or(0, char::len_utf8);
            rest = &rest[at + 1 + escaped..];
            continue;
        }
        let ticks: String = rest[at..].chars().take_while(|c| *c == '`').collect();
        let behind = &rest[at + ticks.len()..];
        rest = behind.find(&ticks).map_or(behind, |end| &behind[end + ticks.len()..]);
    }
    text + rest
}

/// The lines of `--plain`. Gives the most memory that was held.
#[track_caller]
fn in_lines(program: &Program, recording: &Path) -> u64 {
    let mut run = program.start(&["replay", "--plain", "--from-end", recording.to_str().expect("a name")], None);
    run.type_in("status\ntree\nverbose\nconsole 200\nfindings\nfinding 1\ncopy finding 1\n");
    for entry in (2..60).step_by(2) {
        run.type_in(&format!("show {entry}\nraw {entry}\nexplain {entry}\n"));
    }
    run.type_in("hex 20\ncopy 20\nreport\nquit\n");
    let finished = run.finish(SOON);
    assert!(finished.stdout.contains("finding 1"), "{finished:#?}");
    is_clean("--plain", &finished);
    finished.peak_kb
}

/// The screen in two sizes: its panes, findings, opened entries, the ladder, what is explained, and what is copied.
/// Gives the most memory that was held.
#[track_caller]
fn on_the_screen(program: &Program, recording: &Path) -> u64 {
    let mut command = program.command();
    command.arg("replay").arg("--from-end").arg(recording);
    let mut terminal = Terminal::start(command, DESIGNED);
    terminal.wait_for("at its end", SOON);
    terminal.settle_or_clock();
    frames_stand(&terminal);
    // All rows of everything, copied, whatever the selected node has.
    terminal.type_in("\tfall\rY");
    terminal.wait_for("copied", SOON);
    terminal.type_in("f\x7f\x7f\x7f\r\t");
    looked_through(&mut terminal);
    terminal.resize(TerminalSize { width: 120, height: 40 });
    terminal.settle_or_clock();
    frames_stand(&terminal);
    looked_through(&mut terminal);
    let peak_kb = peak_kb_of(terminal.id());
    terminal.type_in("\x03");
    assert!(terminal.exit(SOON).code().is_some(), "{}", terminal.contents());
    written_is_ours(&terminal);
    let written = String::from_utf8_lossy(terminal.written());
    assert!(written.contains("\x1b]52;c;"), "nothing was copied:\n{}", terminal.contents());
    peak_kb
}

/// Opens all that there is, and closes it again.
fn looked_through(terminal: &mut Terminal) {
    let tree = ["\x1b[H", "\t", "Y", "\x1by", "\x1b[Z", "F", "\x1b[F", "\x1b", "\x1b[B", "\x1b[B", "\r", "\x1b"];
    let console = ["\t", "\x1b[F", "y", "\x1b[H", "\x1b[B", "\x1b[B", "\r", "i", "\x1b", "w", "\x1b", "\x1b[F"];
    let behind = ["\r", "\x1b", "l", "\x1b", "z", "\x1b", "\t"];
    for keys in tree.into_iter().chain(console).chain(behind) {
        terminal.type_in(keys);
        terminal.bytes_in(Duration::from_millis(20));
    }
    terminal.settle_or_clock();
}

/// What the program wrote holds its own sequences alone: CSI, and OSC 52 for copies. A server's would have its mark.
#[track_caller]
fn written_is_ours(terminal: &Terminal) {
    let written = String::from_utf8(terminal.written().to_vec()).expect("it writes UTF-8");
    let mut pieces = written.split('\x1b');
    let own = ['\r', '\n', '\x08', '\t', '\x07'];
    text_is_clean("in front of all sequences", pieces.next().unwrap_or_default(), &own);
    for piece in pieces {
        let (kind, rest) = piece.split_at(piece.chars().next().map_or(0, char::len_utf8));
        let text = match kind {
            "[" => {
                let end = rest.find(|c: char| ('@'..='~').contains(&c)).expect("a sequence ends");
                assert!(!rest[..end].contains("777"), "a server's colour reached the terminal: {piece:?}");
                &rest[end + 1..]
            }
            "]" => copied(rest),
            "\\" | "(" | ")" | "7" | "8" | "=" | ">" => rest,
            _ => panic!("the sequence ESC {kind:?} is none of ours: {piece:?}"),
        };
        // Behind a sequence stands a new place or colour, so a mark has nothing of a server's to stand on.
        text_is_clean("on the screen", text, &own);
    }
}

/// What was copied to the clipboard is clean as well; what stands behind it.
#[track_caller]
fn copied(sequence: &str) -> &str {
    let (inside, behind) = sequence.split_once('\x07').unwrap_or((sequence, ""));
    let base64 = inside.strip_prefix("52;c;").unwrap_or_else(|| panic!("OSC {inside:?} is none of ours"));
    let bytes = BASE64.decode(base64.as_bytes()).expect("base64");
    text_is_clean("the clipboard", &String::from_utf8(bytes).expect("text"), &['\n', '\t']);
    behind
}

/// The panes' frames are whole: each of their cells has one character, and both sides of a pane stand in one column.
#[track_caller]
fn frames_stand(terminal: &Terminal) {
    let screen = terminal.screen();
    let (rows, columns) = screen.size();
    let (rows, columns) = (rows.get(), columns.get());
    let cell = |row: u16, column: u16| {
        screen.cell(row, column).map(|cell| cell.contents().to_owned()).unwrap_or_default()
    };
    for row in 0..rows {
        for column in 0..columns {
            let text = cell(row, column);
            let is_frame = text.starts_with(|c| ('\u{2500}'..='\u{257f}').contains(&c));
            assert!(
                !is_frame || text.chars().count() == 1,
                "{text:?} at {row}, {column}:\n{}",
                terminal.contents()
            );
        }
    }
    let tops: Vec<u16> = (0..rows).filter(|row| cell(*row, columns - 1) == "┐").collect();
    assert!(!tops.is_empty(), "no pane reaches the right side:\n{}", terminal.contents());
    for top in tops {
        let side: Vec<String> =
            (top + 1..rows).map(|row| cell(row, columns - 1)).take_while(|cell| cell != "┘").collect();
        assert!(side.iter().all(|cell| cell == "│"), "{side:?}:\n{}", terminal.contents());
    }
}

#[test]
fn harm_is_seen_where_it_is() {
    for harmful in
        [ESCAPES, TURNING, HIDING, PILED, "\u{301}", "a\n\u{301}", "e\u{301}\u{301}\u{301}\u{301}\u{301}"]
    {
        assert!(harm(harmful, &['\n']).is_some(), "{harmful:?}");
    }
    for harmless in ["Jürgen", "Ju\u{308}rgen", "世界", "a\nb", "\\u{202e}"] {
        assert_eq!(harm(harmless, &['\n']), None);
    }
}

#[test]
fn code_is_taken_out_of_markdown_and_text_is_left() {
    let markdown = "a `<script` b\n```\n<img\n```\n\\`\\<c ``x`y`` d\n";
    assert_eq!(without_code(markdown), "a  b\nc  d\n");
}
