//! Everything that passed, line by line, with entry numbers and UTC times.

use std::collections::BTreeSet;

use super::super::block::Block;
use super::super::text::told_place;
use super::Run;
use crate::console::{Row, wide_time};
use crate::journal::{Entry, EntryNo, Event, Fact, StageMark, WaitMark};

/// The transcript.
pub(super) fn transcript(run: &Run) -> Vec<Block> {
    let local = run.ahead().map_or_else(String::new, |ahead| format!(" Local time was {}.", super::offset(ahead)));
    let legend = format!(
        "`>>` sent by impscope, `<<` received, `!!` silence or something broken, `==` an event; `kernel:` what this \
         host's operating system knew of the connection. Times are UTC.{local} \
         Secrets were cut out before anything was recorded: `[masked …]` says what stood there."
    );
    let cited: BTreeSet<EntryNo> = run.findings.iter().flat_map(|finding| &finding.evidence).copied().collect();
    let mut lines = Vec::new();
    for entry in run.entries {
        match run.console.row(entry.n) {
            Some(row) => lines.extend(shown(run, row)),
            None if cited.contains(&entry.n) => lines.extend(unseen(entry)),
            None => {}
        }
    }
    vec![Block::section("Transcript"), Block::prose(&legend), Block::verbatim(lines)]
}

/// A row: its first line behind number, time, place and mark, the others below it.
fn shown(run: &Run, row: &Row) -> Vec<String> {
    let place = told_place(run.console.place_of(row));
    let mut lines = Vec::new();
    for (at, line) in row.lines(false).iter().enumerate() {
        let text = format!("{}{}", " ".repeat(line.indent), line.text());
        lines.push(match at {
            0 => format!("{}  {place}{} {text}", number(row.n, row.wall), row.mark.text()),
            _ => format!("        {text}"),
        });
    }
    lines
}

fn number(n: EntryNo, wall: crate::journal::Wall) -> String {
    format!("#{:<5} {}", n.0, wide_time(wall, 0))
}

/// An entry that the console shows no row of, for it is shown by others around it; a finding cites it.
fn unseen(entry: &Entry) -> Option<String> {
    let Event::Saw(fact) = &entry.event else { return None };
    let text = match fact {
        Fact::Stage(fact) => {
            let mark = match &fact.mark {
                StageMark::Entered => "begins",
                StageMark::Passed => "is passed",
                StageMark::Skipped { .. } => "is skipped",
                StageMark::Refused => "is refused",
                StageMark::Failed => "has failed",
            };
            format!("stage {} {mark}", fact.stage)
        }
        Fact::Wait(fact) => {
            let mark = match fact.mark {
                WaitMark::Began => "the wait begins",
                WaitMark::Slow => "the wait is slow",
                WaitMark::Silent => "the wait is silent",
                WaitMark::Answered => "the wait is over, it came",
                WaitMark::GaveUp => "it was waited no longer",
            };
            format!("for {}: {mark}", fact.awaited.words())
        }
        Fact::Kernel(_) => "the connection was looked at; what was seen stands above".to_owned(),
        _ => return None,
    };
    Some(format!("{}  == {text}", number(entry.n, entry.wall)))
}
