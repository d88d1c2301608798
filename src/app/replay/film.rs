//! The entries of a recording and how the screen follows them: forwards by showing the next one, backwards by folding
//! from the first one anew. Knows neither file nor clock nor terminal.

use std::time::Duration;

use crate::journal::{Entry, Event, Offset};
use crate::ui::playback::{Extent, Playback, Wanted};
use crate::ui::{Folds, Model};

/// So many entries are taken before it is asked whether there is time for more.
const AT_ONCE: usize = 32;

/// The entries that were read so far.
#[derive(Default)]
pub struct Film {
    entries: Vec<Entry>,
    /// When each is due: it happened then, or one before it did.
    due: Vec<Offset>,
    /// All of them were read.
    whole: bool,
    /// The first entries, folded anew beside the screen, and how many.
    aside: Option<(Folds, usize)>,
}

impl Film {
    /// Adds what was read.
    pub fn add(&mut self, entries: Vec<Entry>) {
        let mut latest = self.due.last().copied().unwrap_or_default();
        for entry in &entries {
            latest = latest.max(entry.at);
            self.due.push(latest);
        }
        self.entries.extend(entries);
    }

    /// There are no more.
    pub fn end(&mut self) {
        self.whole = true;
    }

    /// All entries that were read.
    pub fn entries(&self) -> &[Entry] {
        &self.entries
    }

    /// Whether nothing was read yet, and something may come.
    pub fn is_awaited(&self) -> bool {
        self.entries.is_empty() && !self.whole
    }

    /// How many entries this version does not understand.
    pub fn unknown(&self) -> usize {
        self.entries.iter().filter(|entry| matches!(entry.event, Event::Unknown(_))).count()
    }

    /// When the entry with this place is due; none: it was not read, or there is none.
    pub fn due(&self, place: usize) -> Option<Offset> {
        self.due.get(place).copied()
    }

    /// Brings the screen to where the recording is at this moment, or some way there: `time_left` is asked now and
    /// then. True: there is more to do at once.
    pub fn follow(&mut self, model: &mut Model, moment: Duration, mut time_left: impl FnMut() -> bool) -> bool {
        let Some(playback) = model.playback_mut() else { return false };
        playback.pass(moment);
        for taken in 1.. {
            let Some(playback) = model.playback() else { return false };
            let shown = playback.shown();
            match playback.wanted(self.due(shown)) {
                Wanted::Next => self.show_next(model, shown),
                Wanted::Only(count) => self.fold_anew(model, count),
                Wanted::Rest => break,
            }
            if taken % AT_ONCE == 0 && !time_left() {
                return true;
            }
        }
        self.aside = None;
        if self.whole {
            let length = self.due.last().copied().unwrap_or_default();
            moved(model, |playback| playback.settle(Extent { entries: self.entries.len(), length }));
        }
        false
    }

    fn show_next(&mut self, model: &mut Model, shown: usize) {
        model.apply(&self.entries[shown]);
        moved(model, |playback| playback.showed(self.due[shown]));
    }

    /// Folds one more entry beside the screen; once there are as many as are wanted, they are shown.
    fn fold_anew(&mut self, model: &mut Model, count: usize) {
        let (mut folds, done) = self.aside.take().filter(|(_, done)| *done <= count).unwrap_or_default();
        if let Some(entry) = self.entries[..count].get(done) {
            folds.apply(entry);
            self.aside = Some((folds, done + 1));
            return;
        }
        model.show_instead(folds);
        let last = count.checked_sub(1).and_then(|last| self.due(last)).unwrap_or_default();
        moved(model, |playback| playback.went_back(count, last));
    }
}

fn moved(model: &mut Model, by: impl FnOnce(&mut Playback)) {
    if let Some(playback) = model.playback_mut() {
        by(playback);
    }
}

#[cfg(test)]
mod tests {
    use ratatui::Terminal;
    use ratatui::backend::TestBackend;

    use super::*;
    use crate::discovery::Means;
    use crate::journal::line;
    use crate::ui::playback::PlayAct;
    use crate::ui::{Action, Budget, Setup, update, view};

    const SIZES: [(u16, u16); 2] = [(80, 24), (120, 40)];

    /// Every recording that is kept.
    fn recordings() -> Vec<(String, Vec<Entry>)> {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/recordings");
        let formats = std::fs::read_dir(folder).unwrap().map(|format| format.unwrap().path());
        let files = formats.flat_map(|format| std::fs::read_dir(format).unwrap());
        let read = |path: std::path::PathBuf| {
            let text = std::fs::read_to_string(&path).unwrap();
            (path.display().to_string(), line::read(&text).unwrap().journal.entries().to_vec())
        };
        files.map(|file| read(file.unwrap().path())).collect()
    }

    /// A recording on a screen; the moments are made up.
    struct Shown {
        film: Film,
        model: Model,
        moment: Duration,
    }

    impl Shown {
        fn new(entries: &[Entry], (columns, rows): (u16, u16), playing: bool) -> Self {
            let mut film = Film::default();
            film.add(entries.to_vec());
            film.end();
            let mut model = Model::new(Setup::default(), columns, rows);
            model.play(Playback::new(Extent::default(), 1, playing));
            let mut shown = Self { film, model, moment: Duration::ZERO };
            shown.at(Duration::ZERO);
            shown
        }

        /// At a moment: follows, and draws where it must. The screen, line by line.
        fn at(&mut self, moment: Duration) {
            self.moment = moment;
            assert!(!self.film.follow(&mut self.model, moment, || true));
            let now = self.model.playback().unwrap().at(moment);
            self.model.refresh(now);
        }

        fn does(&mut self, act: PlayAct) {
            assert!(update(&mut self.model, Action::Replay(act)).is_empty());
            self.at(self.moment);
        }

        fn count(&self) -> usize {
            self.model.playback().unwrap().shown()
        }

        fn picture(&mut self) -> Vec<String> {
            picture(&mut self.model)
        }
    }

    fn picture(model: &mut Model) -> Vec<String> {
        let (columns, rows) = model.size();
        let mut terminal = Terminal::new(TestBackend::new(columns, rows)).unwrap();
        terminal.draw(|frame| view::draw(model, frame)).unwrap();
        let cells = &terminal.backend().buffer().content;
        let lines = cells.chunks(usize::from(columns));
        lines.map(|line| line.iter().map(ratatui::buffer::Cell::symbol).collect()).collect()
    }

    /// The screen of a run that came to these entries, without the lines in which a live one differs: the header, and
    /// under the stage bar what is proposed and what can be done.
    fn live(entries: &[Entry], (columns, rows): (u16, u16), now: Offset) -> Vec<String> {
        let mut model = Model::new(Setup::default(), columns, rows);
        // Who watches a recording is not asked for what was at hand then.
        let means = Means { password: true, ..Means::default() };
        model.budget(Budget { means, ..Budget::default() });
        entries.iter().for_each(|entry| model.apply(entry));
        model.refresh(now);
        same_lines(picture(&mut model))
    }

    fn same_lines(picture: Vec<String>) -> Vec<String> {
        let bar = picture.iter().rposition(|line| line.starts_with('└')).unwrap() + 1;
        let differ = [0, bar + 1, bar + 2, picture.len() - 1];
        let lines = picture.into_iter().enumerate().filter(|(at, _)| !differ.contains(at));
        lines.map(|(_, line)| line).collect()
    }

    #[test]
    fn played_to_its_end_a_recording_shows_what_the_run_showed() {
        for (name, entries) in recordings() {
            for size in SIZES {
                let mut played = Shown::new(&entries, size, true);
                let length = entries.iter().map(|entry| entry.at).max().unwrap();
                let steps = length.0 / 100_000 + 2;
                for step in 1..=steps {
                    played.at(Duration::from_millis(step * 100));
                }
                assert_eq!(played.count(), entries.len(), "{name}");
                let mut at_once = Shown::new(&entries, size, false);
                at_once.does(PlayAct::ReplayEnd);
                assert_eq!(played.picture(), at_once.picture(), "{name}");
                assert_eq!(same_lines(played.picture()), live(&entries, size, length), "{name}");
            }
        }
    }

    #[test]
    fn while_it_plays_it_shows_what_the_run_showed_at_that_time() {
        for (name, entries) in recordings() {
            let mut played = Shown::new(&entries, SIZES[0], true);
            for moment in (0..4000).step_by(130).map(Duration::from_millis) {
                played.at(moment);
                let now = played.model.playback().unwrap().at(moment);
                let past = &entries[..played.count()];
                // Past its end the clock would go on in a run.
                if past.len() < entries.len() {
                    assert_eq!(same_lines(played.picture()), live(past, SIZES[0], now), "{name} at {moment:?}");
                }
            }
        }
    }

    #[test]
    fn entry_by_entry_forwards_and_backwards_show_the_same() {
        for (name, entries) in recordings() {
            let mut stepped = Shown::new(&entries, SIZES[0], false);
            let mut seen = Vec::new();
            while stepped.count() < entries.len() {
                seen.push(stepped.picture());
                stepped.does(PlayAct::ReplayNext);
            }
            while let Some(before) = seen.pop() {
                stepped.does(PlayAct::ReplayBack);
                if stepped.count().is_multiple_of(7) {
                    assert_eq!(stepped.picture(), before, "{name}, back at {}", seen.len());
                }
            }
            assert_eq!(stepped.count(), 0);
        }
    }

    #[test]
    fn what_the_user_chose_outlives_going_back() {
        let (_, entries) = recordings().into_iter().find(|(name, _)| name.ends_with("walk.jsonl")).unwrap();
        let mut shown = Shown::new(&entries, SIZES[0], false);
        shown.does(PlayAct::ReplayEnd);
        let chosen = |shown: &mut Shown| {
            let title = shown.picture().remove(1);
            title.chars().skip(30).take(36).collect::<String>()
        };
        // The second node, below the first one.
        for motion in [crate::ui::action::Motion::End, crate::ui::action::Motion::Up] {
            update(&mut shown.model, Action::Move(motion));
        }
        shown.at(Duration::ZERO);
        let before = chosen(&mut shown);
        shown.does(PlayAct::ReplayBack);
        assert_eq!(chosen(&mut shown), before);
        shown.does(PlayAct::ReplayBeginning);
        shown.does(PlayAct::ReplayEnd);
        assert_eq!(chosen(&mut shown), before);
    }

    #[test]
    fn a_long_way_is_gone_piece_by_piece() {
        let (_, entries) = recordings().into_iter().find(|(name, _)| name.ends_with("walk.jsonl")).unwrap();
        let mut shown = Shown::new(&entries, SIZES[0], false);
        update(&mut shown.model, Action::Replay(PlayAct::ReplayEnd));
        let mut pieces = 0;
        while shown.film.follow(&mut shown.model, Duration::ZERO, || false) {
            pieces += 1;
        }
        assert!(pieces > 5 && shown.count() == entries.len());
        update(&mut shown.model, Action::Replay(PlayAct::ReplayBack));
        assert!(shown.film.follow(&mut shown.model, Duration::ZERO, || false));
        assert_eq!(shown.count(), entries.len(), "what was shown stays until the way back is gone");
        // Another key on the way.
        update(&mut shown.model, Action::Replay(PlayAct::ReplayBack));
        while shown.film.follow(&mut shown.model, Duration::ZERO, || false) {}
        assert_eq!(shown.count(), entries.len() - 2);
    }
}
