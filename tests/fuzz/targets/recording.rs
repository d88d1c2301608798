//! A recording is a file that somebody was sent: whatever it holds, it is shown and exported, or refused in words.
//!
//! 1. What was read and written again reads the same, entry for entry; so does what is exported as a recording.
//! 2. Every prefix folds: tree, stages, console, ladder, findings.
//! 3. Folded entry by entry or at once: the same tree and the same findings.
//! 4. Every form of the report can be made of it, with and without names.
//! 5. The screen can be drawn of it at 80x24 and at 1x1, and so can each of its pages.

#![no_main]

use std::hint::black_box;

use impscope::console::ladder::{self, Ladder};
use impscope::console::{Console, explain};
use impscope::discovery::{Tree, Walk};
use impscope::findings::{control, control_lines, findings, headline, lines, side_by_side};
use impscope::journal::{Entry, Offset, Wall, line};
use impscope::progress::Progress;
use impscope::report::svg::{self, Ground};
use impscope::report::{self, Circumstances, Source};
use impscope::ui::action::{Action, Motion, Page, PopupAct, RowsAct, Show};
use impscope::ui::{Model, Setup, Theme, ThemeName, update, view};
use libfuzzer_sys::fuzz_target;
use ratatui::Terminal;
use ratatui::backend::TestBackend;

/// More entries say no more about the program, and each prefix is folded.
const ENTRIES: usize = 32;
const WIDTH: usize = 80;

fuzz_target!(|bytes: &[u8]| {
    let Ok(recording) = line::read(&String::from_utf8_lossy(bytes)) else { return };
    let entries = recording.journal.entries();
    let entries = &entries[..entries.len().min(ENTRIES)];
    must_be_written_as_it_was_read(&recording.header.tool, recording.header.started, entries);
    must_fold(entries);
    let source = Source { tool: recording.header.tool, torn: recording.torn, pseudonymised: false };
    must_be_reported(entries, &source);
    for size in [(80, 24), (1, 1)] {
        must_be_drawn(entries, size);
    }
});

fn must_be_written_as_it_was_read(tool: &str, started: Wall, entries: &[Entry]) {
    let written = line::header(tool, started) + &entries.iter().map(line::entry).collect::<String>();
    let again = line::read(&written).expect("what was written can be read");
    assert_eq!(again.torn, None);
    assert_eq!(again.header.tool, tool);
    assert_eq!(again.journal.entries(), entries);
}

fn must_fold(entries: &[Entry]) {
    let (mut tree, mut progress, mut walk) = (Tree::default(), Progress::default(), Walk::default());
    let (mut console, mut ladder) = (Console::default(), Ladder::default());
    for entry in entries {
        tree.apply(entry);
        tree.settle();
        progress.apply(entry);
        walk.apply(entry);
        console.apply(entry);
        ladder.apply(entry);
        black_box(findings(&progress, &walk));
    }
    assert_eq!(tree.items(), Tree::of(entries).items());
    let found = findings(&progress, &walk);
    assert_eq!(found, findings(&Progress::of(entries), &Walk::of(entries)));
    for finding in &found {
        black_box((headline(finding), lines(finding, WIDTH)));
    }
    black_box((side_by_side(&progress, &walk, WIDTH), ladder::lines(&ladder)));
    black_box(control(&progress, &walk).iter().map(|table| control_lines(table, WIDTH)).collect::<Vec<_>>());
    for row in console.rows() {
        black_box((row.lines(false), row.lines(true), row.more(), row.text()));
        black_box(explain(&console, row.n, newest(entries)));
    }
}

fn newest(entries: &[Entry]) -> Offset {
    entries.iter().map(|entry| entry.at).max().unwrap_or_default()
}

fn must_be_reported(entries: &[Entry], source: &Source) {
    let kept = report::without_lengths(entries);
    for entries in [&kept, &report::pseudonymised(&kept)] {
        let blocks = report::report(entries, source);
        black_box((report::markdown(&blocks), report::html(&blocks), report::plain(&blocks)));
        let text = report::jsonl(entries, Wall(0), source);
        let again = line::read(&text).expect("what was exported as a recording is one");
        assert_eq!(again.journal.entries(), &entries[..]);
        black_box(svg::ladder(entries, &Theme::named(ThemeName::Light), Ground::Dark));
    }
    let (progress, walk) = (Progress::of(entries), Walk::of(entries));
    let found = findings(&progress, &walk);
    let at = Circumstances {
        domain: String::new(),
        user: String::new(),
        started: Wall(0),
        elapsed: newest(entries),
        recording: None,
        attempts: (0, 0),
        exit: 0,
    };
    black_box((report::json(&progress, &walk, &found, &at), report::verdict(&progress, &walk, &found, WIDTH)));
}

/// Each page, and a walk through tree and console.
fn must_be_drawn(entries: &[Entry], (columns, rows): (u16, u16)) {
    let mut model = Model::new(Setup { recording: true, ..Setup::default() }, columns, rows);
    let mut terminal = Terminal::new(TestBackend::new(columns, rows)).expect("a terminal in memory");
    let mut draw = |model: &mut Model| {
        model.refresh(newest(entries));
        terminal.draw(|frame| view::draw(model, frame)).expect("a terminal in memory");
    };
    draw(&mut model);
    entries.iter().for_each(|entry| model.apply(entry));
    draw(&mut model);
    let close = || Action::Popup(PopupAct::Close);
    for page in [Page::Findings, Page::AllNodes, Page::Control, Page::Ladder, Page::Question] {
        for action in [Action::Open(page), Action::Move(Motion::Enter), close(), close()] {
            black_box(update(&mut model, action));
            draw(&mut model);
        }
    }
    let steps = [
        Action::Move(Motion::Down),
        Action::Move(Motion::Right),
        Action::Move(Motion::Enter),
        close(),
        Action::Move(Motion::End),
        Action::Show(Show::OtherPane),
        Action::Move(Motion::Up),
        Action::Rows(RowsAct::CopyView),
        Action::Rows(RowsAct::CopyPsi),
        Action::Move(Motion::Enter),
        Action::Show(Show::Raw),
        Action::Show(Show::Raw),
        Action::Open(Page::Explain),
        close(),
        close(),
        Action::Open(Page::Explain),
    ];
    for action in steps {
        black_box(update(&mut model, action));
        draw(&mut model);
    }
}
