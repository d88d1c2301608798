//! The report on a run, for somebody who does not have impscope: a ticket, a colleague, a TAC engineer.
//!
//! Reading order: `head`, then `found`, `path`, `logins`, `transcript`, `wanted`.

mod found;
mod head;
mod logins;
mod path;
mod transcript;
mod wanted;

use crate::console::{Console, day, wide_time};
use crate::discovery::{Tree, Walk};
use crate::findings::{self, Age, Finding};
use crate::journal::{Entry, Environment, Event, Offset, RunAsk, Wall};
use crate::progress::Progress;

use super::block::Block;
use super::change;

/// Columns of what is laid out in lines.
const WIDTH: usize = 100;

/// Where entries come from, beside what they say.
#[derive(Debug, Clone, Default)]
pub struct Source {
    /// The program that recorded them: `impscope 0.1.0`.
    pub tool: String,
    /// Why the recording's last line was left out, where it was.
    pub torn: Option<String>,
    /// Whether names and addresses were replaced.
    pub pseudonymised: bool,
}

/// A run, with everything that is folded from it.
pub(super) struct Run<'a> {
    source: &'a Source,
    entries: &'a [Entry],
    progress: Progress,
    walk: Walk,
    tree: Tree,
    console: Console,
    /// Those of earlier logins, which newer ones on their nodes have gone beyond, stand last.
    findings: Vec<Finding>,
    /// How many are of now.
    of_now: usize,
}

/// The report on these entries.
pub fn report(entries: &[Entry], source: &Source) -> Vec<Block> {
    let (progress, walk) = (Progress::of(entries), Walk::of(entries));
    let found = findings::findings(&progress, &walk);
    let aged = findings::ages(&progress, &found).into_iter().zip(found);
    let (of_now, earlier): (Vec<_>, Vec<_>) = aged.partition(|(age, _)| *age != Age::Earlier);
    let run = Run {
        source,
        entries,
        of_now: of_now.len(),
        findings: of_now.into_iter().chain(earlier).map(|(_, finding)| finding).collect(),
        tree: Tree::of(entries),
        console: Console::of(entries),
        progress,
        walk,
    };
    let mut blocks = head::head(&run);
    blocks.extend(head::environment(&run));
    blocks.extend(found::findings(&run));
    blocks.extend(found::homes(&run));
    blocks.extend(found::nodes(&run));
    blocks.extend(found::sides(&run));
    blocks.extend(found::control(&run));
    blocks.extend(change::texts(&run.walk, &run.findings, WIDTH));
    blocks.extend(change::watched(&run.progress, &run.walk, run.now(), WIDTH));
    blocks.extend(path::tree(&run));
    blocks.extend(path::admin(&run));
    blocks.extend(logins::logins(&run));
    blocks.extend(path::ladder(&run));
    blocks.extend(transcript::transcript(&run));
    blocks.extend(wanted::wanted(&run));
    blocks
}

impl Run<'_> {
    fn of_now(&self) -> &[Finding] {
        &self.findings[..self.of_now]
    }

    fn ask(&self) -> Option<&RunAsk> {
        self.progress.run()
    }

    fn environment(&self) -> Option<&Environment> {
        self.ask()?.environment.as_deref()
    }

    /// Seconds that the local time was ahead of UTC, where the recording says so.
    fn ahead(&self) -> Option<i32> {
        Some(self.environment()?.utc_offset_s)
    }

    /// The first and the last moment.
    fn span(&self) -> (Wall, Wall) {
        let wall = |entry: Option<&Entry>| entry.map(|entry| entry.wall).unwrap_or_default();
        (wall(self.entries.first()), wall(self.entries.last()))
    }

    /// The newest moment.
    fn now(&self) -> Offset {
        self.entries.iter().map(|entry| entry.at).max().unwrap_or_default()
    }

    /// Whether the run came to its end: a recording of one that was killed does not.
    fn is_over(&self) -> bool {
        let run = self.entries.first().map(|entry| entry.op);
        self.entries.iter().any(|entry| Some(entry.op) == run && matches!(entry.event, Event::Ended(_)))
    }

    /// `user@domain`, or the domain alone.
    fn account(&self) -> String {
        self.ask().map_or_else(
            || "an unknown target".to_owned(),
            |ask| if ask.user.is_empty() { ask.domain.clone() } else { format!("{}@{}", ask.user, ask.domain) },
        )
    }
}

/// `2026-01-15 02:14:07.215`
fn moment(wall: Wall, ahead: i32) -> String {
    let there = wall.0.saturating_add(i64::from(ahead) * 1000);
    format!("{} {}", day(there.div_euclid(1000)), wide_time(wall, ahead))
}

/// `UTC+01:00`
fn offset(ahead: i32) -> String {
    let minutes = ahead.unsigned_abs() / 60;
    format!("UTC{}{:02}:{:02}", if ahead < 0 { '-' } else { '+' }, minutes / 60, minutes % 60)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn local_time_may_be_another_day() {
        assert_eq!(moment(Wall(1_768_443_240_000), 0), "2026-01-15 02:14:00.000");
        assert_eq!(moment(Wall(1_768_443_240_000), -3 * 3600), "2026-01-14 23:14:00.000");
        assert_eq!((offset(3600).as_str(), offset(-12_600).as_str()), ("UTC+01:00", "UTC-03:30"));
    }
}
