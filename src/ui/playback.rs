//! Where the screen stands in a recording, as a value: how many entries are shown, and what time it is there. Time is
//! an argument; of the entries it knows only how many there are and when each is due.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::journal::Offset;

/// The speeds, as multiples of the recording's own pace.
pub const SPEEDS: [u32; 5] = [1, 2, 5, 10, 60];

/// What the user asks of a recording.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PlayAct {
    /// One entry on, and stop there.
    ReplayNext,
    /// One entry back, and stop there.
    ReplayBack,
    /// Go on at its own pace, or stop; at the end, once more from the beginning.
    ReplayPlay,
    /// Faster.
    ReplayFaster,
    /// Slower.
    ReplaySlower,
    /// To the beginning.
    ReplayBeginning,
    /// To the end.
    ReplayEnd,
}

/// How long a recording is, as far as that is known.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Extent {
    /// So many entries.
    pub entries: usize,
    /// When the last of them happened.
    pub length: Offset,
}

/// What is to be done so that the screen shows what it should.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wanted {
    /// Show the next entry.
    Next,
    /// Show so many entries, which is fewer than now: fold them anew.
    Only(usize),
    /// Nothing: time must pass first, or the user says what.
    Rest,
}

/// Where the screen stands in a recording.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Playback {
    /// What time it was in the recording at `moment`.
    at: Offset,
    /// A moment on the clock of the person who looks.
    moment: Duration,
    playing: bool,
    speed: u32,
    /// How many entries are shown.
    shown: usize,
    /// So many are to be shown before time goes on; none: those that time brings.
    goal: Option<usize>,
    extent: Extent,
    /// What is wrong with the recording, in a few words; empty: nothing.
    flaw: String,
}

impl Playback {
    /// At the beginning, at this speed.
    pub fn new(extent: Extent, speed: u32, playing: bool) -> Self {
        Self {
            at: Offset(0),
            moment: Duration::ZERO,
            playing,
            speed,
            shown: 0,
            goal: None,
            extent,
            flaw: String::new(),
        }
    }

    /// The recording's time at this moment.
    pub fn at(&self, moment: Duration) -> Offset {
        if !self.playing || self.goal.is_some() {
            return self.at;
        }
        let passed = self.at.after(moment.saturating_sub(self.moment).saturating_mul(self.speed));
        // Until all of it was read, nobody knows for sure where it ends.
        if self.shown < self.extent.entries { passed } else { passed.min(self.extent.length.max(self.at)) }
    }

    /// Time has passed: it is this moment now.
    pub fn pass(&mut self, moment: Duration) {
        self.at = self.at(moment);
        self.moment = moment;
    }

    /// What is to be done now. `due` is when the next entry happened; none: it is not at hand.
    pub fn wanted(&self, due: Option<Offset>) -> Wanted {
        match (self.goal, due) {
            (Some(goal), _) if goal < self.shown => Wanted::Only(goal),
            (Some(_), Some(_)) => Wanted::Next,
            (None, Some(due)) if self.playing && due <= self.at => Wanted::Next,
            _ => Wanted::Rest,
        }
    }

    /// The next entry is shown; it happened then.
    pub fn showed(&mut self, due: Offset) {
        self.shown += 1;
        self.at = self.at.max(due);
        self.reach();
    }

    /// So many entries are shown now, the last of which happened then.
    pub fn went_back(&mut self, shown: usize, due: Offset) {
        (self.shown, self.at) = (shown, due);
        self.reach();
    }

    fn reach(&mut self) {
        self.goal = self.goal.filter(|goal| *goal != self.shown);
    }

    /// All of the recording was read: so long it is. Where all of it is shown and its time is over, it stops.
    pub fn settle(&mut self, extent: Extent) {
        self.extent = extent;
        if self.shown < extent.entries || self.goal.is_some_and(|goal| goal < self.shown) {
            return;
        }
        if self.goal.take().is_some() || self.at >= extent.length {
            self.playing = false;
            self.at = extent.length;
        }
    }

    /// Carries out what the user asks.
    pub fn act(&mut self, act: PlayAct) {
        // Several keys may be typed before the screen follows.
        let stands = self.goal.unwrap_or(self.shown);
        match act {
            PlayAct::ReplayNext => self.stop_at(stands.saturating_add(1)),
            PlayAct::ReplayBack => self.stop_at(stands.saturating_sub(1)),
            PlayAct::ReplayPlay if self.is_over() => {
                self.go_to(0);
                self.playing = true;
            }
            PlayAct::ReplayPlay => self.playing = !self.playing,
            PlayAct::ReplayFaster => self.speed = self.other_speed(1),
            PlayAct::ReplaySlower => self.speed = self.other_speed(-1),
            PlayAct::ReplayBeginning => self.go_to(0),
            PlayAct::ReplayEnd => self.stop_at(usize::MAX),
        }
    }

    fn stop_at(&mut self, shown: usize) {
        self.playing = false;
        self.go_to(shown);
    }

    fn go_to(&mut self, shown: usize) {
        if shown == 0 && self.shown == 0 {
            self.at = Offset(0);
        }
        self.goal = Some(shown).filter(|goal| *goal != self.shown);
    }

    /// The next speed up or down; the fastest and the slowest stay.
    fn other_speed(&self, step: isize) -> u32 {
        let place = SPEEDS.iter().position(|speed| *speed == self.speed).unwrap_or(0);
        let other = place.saturating_add_signed(step).min(SPEEDS.len() - 1);
        SPEEDS[other]
    }

    /// When the recording's time will be `at`, on the clock of the person who looks; none while it stands still.
    pub fn moment_of(&self, at: Offset) -> Option<Duration> {
        (self.playing && self.goal.is_none()).then(|| self.moment + at.since(self.at) / self.speed)
    }

    /// Says what is wrong with the recording, in a few words.
    pub fn set_flaw(&mut self, flaw: &str) {
        flaw.clone_into(&mut self.flaw);
    }

    /// How many entries are shown.
    pub fn shown(&self) -> usize {
        self.shown
    }

    /// How much faster its time runs than the clock; one while it stands still.
    pub(super) fn pace(&self) -> u32 {
        if self.playing { self.speed } else { 1 }
    }

    /// Whether its time goes on.
    pub(super) fn is_playing(&self) -> bool {
        self.playing
    }

    fn is_over(&self) -> bool {
        !self.playing && self.goal.is_none() && self.shown >= self.extent.entries && self.at >= self.extent.length
    }

    /// `replay 1× ▶ 0:12.3 of 1:45 · entry 34 of 103`. `now` is the recording's time as it is shown.
    pub(super) fn words(&self, now: Offset, tenths: bool) -> String {
        let does = match (self.goal, self.playing) {
            (Some(goal), _) if goal < self.shown => "goes back,",
            (Some(_), _) => "goes on,",
            (None, true) => super::glyphs::RUNNING,
            (None, false) if self.is_over() => "at its end,",
            (None, false) => "paused,",
        };
        let Extent { entries, length } = self.extent;
        let (entries, length) = (entries.max(self.shown), length.max(now));
        let short = tenths && length < Offset(60_000_000);
        // At its end the two are one time, so both are said alike.
        let tenths = tenths && (short || now < length);
        let (time, of) = (time(now, tenths), time(length, short));
        let flaw = if self.flaw.is_empty() { String::new() } else { format!(" · {}", self.flaw) };
        format!("replay {}× {does} {time} of {of} · entry {} of {entries}{flaw}", self.speed, self.shown)
    }
}

/// `0:12.3`, `1:45`, `2:01:45`
fn time(at: Offset, tenths: bool) -> String {
    let (seconds, tenth) = (at.0 / 1_000_000, at.0 / 100_000 % 10);
    let (hours, minutes, rest) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
    let head = if hours > 0 { format!("{hours}:{minutes:02}:{rest:02}") } else { format!("{minutes}:{rest:02}") };
    if tenths { format!("{head}.{tenth}") } else { head }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: u64 = 1_000_000;
    /// Four entries, with a silence of ten seconds before the last one.
    const DUE: [Offset; 4] = [Offset(0), Offset(SECOND), Offset(2 * SECOND), Offset(12 * SECOND)];

    fn extent() -> Extent {
        Extent { entries: DUE.len(), length: DUE[3] }
    }

    fn seconds(seconds: u64) -> Duration {
        Duration::from_secs(seconds)
    }

    /// Does what is wanted until it rests, as the loop does.
    fn follow(playback: &mut Playback) {
        loop {
            match playback.wanted(DUE.get(playback.shown).copied()) {
                Wanted::Next => playback.showed(DUE[playback.shown]),
                Wanted::Only(count) => {
                    playback.went_back(count, count.checked_sub(1).map_or(Offset(0), |last| DUE[last]));
                }
                Wanted::Rest => break,
            }
        }
        playback.settle(extent());
    }

    fn at(playback: &mut Playback, moment: Duration) -> (usize, u64) {
        playback.pass(moment);
        follow(playback);
        (playback.shown, playback.at.0 / SECOND)
    }

    fn typed(playback: &mut Playback, acts: &[PlayAct]) -> (usize, u64) {
        for act in acts {
            playback.act(*act);
        }
        follow(playback);
        (playback.shown, playback.at.0 / SECOND)
    }

    #[test]
    fn a_silence_is_as_long_as_it_was_and_the_end_stops_it() {
        let mut playback = Playback::new(extent(), 1, true);
        assert_eq!(at(&mut playback, seconds(0)), (1, 0));
        assert_eq!(at(&mut playback, seconds(3)), (3, 3));
        assert_eq!(at(&mut playback, seconds(11)), (3, 11));
        assert_eq!(playback.moment_of(DUE[3]), Some(seconds(12)));
        assert_eq!(at(&mut playback, seconds(40)), (4, 12));
        assert_eq!(
            playback.words(Offset(12 * SECOND), false),
            "replay 1× at its end, 0:12 of 0:12 · entry 4 of 4"
        );
        assert_eq!(at(&mut playback, seconds(90)), (4, 12));
    }

    #[test]
    fn at_its_end_the_time_is_not_beyond_the_length() {
        let mut playback = Playback::new(Extent { entries: 4, length: Offset(91_600_000) }, 1, true);
        playback.act(PlayAct::ReplayEnd);
        let words = |now| playback.words(Offset(now), true);
        assert!(words(91_600_000).contains(" 1:31 of 1:31 "), "{}", words(91_600_000));
        assert!(words(91_500_000).contains(" 1:31.5 of 1:31 "), "{}", words(91_500_000));
    }

    #[test]
    fn faster_and_slower_count_from_where_it_stands_and_end_at_the_last_speed() {
        let mut playback = Playback::new(extent(), 1, true);
        assert_eq!(at(&mut playback, seconds(1)), (2, 1));
        playback.act(PlayAct::ReplayFaster);
        assert_eq!(at(&mut playback, seconds(2)), (3, 3), "two seconds in one");
        playback.act(PlayAct::ReplaySlower);
        playback.act(PlayAct::ReplaySlower);
        assert_eq!(at(&mut playback, seconds(3)), (3, 4));
        (0..9).for_each(|_| playback.act(PlayAct::ReplayFaster));
        assert!(playback.words(Offset(0), false).contains("60×"));
        assert_eq!(at(&mut playback, Duration::from_millis(3200)), (4, 12));
    }

    #[test]
    fn entry_by_entry_it_goes_on_and_back_and_stands_still_there() {
        let mut playback = Playback::new(extent(), 1, true);
        at(&mut playback, seconds(0));
        assert_eq!(typed(&mut playback, &[PlayAct::ReplayNext]), (2, 1));
        assert_eq!(at(&mut playback, seconds(60)), (2, 1), "nothing comes by itself");
        assert_eq!(typed(&mut playback, &[PlayAct::ReplayNext, PlayAct::ReplayNext]), (4, 12));
        assert_eq!(typed(&mut playback, &[PlayAct::ReplayNext]), (4, 12), "there is none behind the last");
        assert_eq!(typed(&mut playback, &[PlayAct::ReplayBack]), (3, 2));
        assert_eq!(typed(&mut playback, &[PlayAct::ReplayBack; 5]), (0, 0));
    }

    #[test]
    fn it_pauses_plays_on_and_at_its_end_plays_once_more() {
        let mut playback = Playback::new(extent(), 1, true);
        at(&mut playback, seconds(1));
        playback.act(PlayAct::ReplayPlay);
        assert_eq!(at(&mut playback, seconds(50)), (2, 1));
        playback.act(PlayAct::ReplayPlay);
        assert_eq!(at(&mut playback, seconds(51)), (3, 2));
        assert_eq!(typed(&mut playback, &[PlayAct::ReplayEnd]), (4, 12));
        playback.act(PlayAct::ReplayPlay);
        assert_eq!(at(&mut playback, seconds(52)), (1, 0));
        assert_eq!(at(&mut playback, seconds(53)), (2, 1));
        assert_eq!(typed(&mut playback, &[PlayAct::ReplayBeginning]), (1, 0), "it plays on from there");
    }

    #[test]
    fn a_key_that_comes_before_the_file_was_read_is_followed_once_it_was() {
        let mut playback = Playback::new(extent(), 1, false);
        playback.act(PlayAct::ReplayEnd);
        assert_eq!(playback.wanted(None), Wanted::Rest);
        assert!(playback.words(Offset(0), true).starts_with("replay 1× goes on, 0:00.0 of 0:12.0 · entry 0 of 4"));
        follow(&mut playback);
        assert_eq!((playback.shown, playback.at), (4, DUE[3]));
    }

    #[test]
    fn times_are_read_as_on_a_clock() {
        assert_eq!(time(Offset(12_345_678), true), "0:12.3");
        assert_eq!(time(Offset(105 * SECOND), false), "1:45");
        assert_eq!(time(Offset(7_325 * SECOND), false), "2:02:05");
    }
}
