//! How much of what a peer sends is kept: a flood is counted, and the journal does not grow with it.

use crate::journal::{Loss, Offset};
use crate::login::Attendance;

/// What is kept of one login's peer.
#[derive(Debug, Clone, Copy)]
struct Bound {
    /// So many frames may come in one burst; a login has a few dozen.
    frames: u64,
    /// So many bytes of frames may come in one burst.
    bytes: u64,
}

/// Of a login that a person looks at: of a large site's busiest morning nothing is missing.
const ATTENDED: Bound = Bound { frames: 100_000, bytes: 32 << 20 };
/// Of one that runs by itself: many may be open at once.
const UNATTENDED: Bound = Bound { frames: 5_000, bytes: 16 << 20 };
/// So many frames a second are kept after that.
const FRAMES_A_SECOND: u64 = 100;
/// So many bytes a second are kept after that.
const BYTES_A_SECOND: u64 = 256 << 10;
/// So many frames of a kind that a login waits for are kept beyond all this.
const ANSWERS: u64 = 100;

/// What may still be kept.
#[derive(Debug)]
pub struct Allowance {
    bound: Bound,
    frames: u64,
    bytes: u64,
    answers: u64,
    /// Up to when it was filled again.
    at: Offset,
    lost: u64,
}

impl Allowance {
    /// Nothing was used yet.
    pub fn of(attendance: Attendance) -> Self {
        let bound = match attendance {
            Attendance::Attended => ATTENDED,
            Attendance::Unattended => UNATTENDED,
        };
        let Bound { frames, bytes } = bound;
        Self { bound, frames, bytes, answers: ANSWERS, at: Offset::default(), lost: 0 }
    }

    /// Whether a frame of this size may be kept. If not, it is counted as lost.
    pub fn takes(&mut self, bytes: usize, is_answer: bool, now: Offset) -> bool {
        self.fill(now);
        let bytes = bytes as u64;
        if self.frames > 0 && self.bytes >= bytes {
            self.frames -= 1;
            self.bytes -= bytes;
            return true;
        }
        if is_answer && self.answers > 0 {
            self.answers -= 1;
            return true;
        }
        self.lost = self.lost.saturating_add(1);
        false
    }

    /// What was lost since the last time, if anything was.
    pub fn lost(&mut self) -> Option<Loss> {
        let count = std::mem::take(&mut self.lost);
        (count > 0).then(|| Loss { count, why: "the server sent more than is kept".to_owned() })
    }

    /// Whole seconds only: in between nothing is given back.
    fn fill(&mut self, now: Offset) {
        let seconds = now.since(self.at).as_secs();
        if seconds > 0 {
            self.at = now;
            self.frames =
                self.bound.frames.min(self.frames.saturating_add(seconds.saturating_mul(FRAMES_A_SECOND)));
            self.bytes = self.bound.bytes.min(self.bytes.saturating_add(seconds.saturating_mul(BYTES_A_SECOND)));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: u64 = 1_000_000;

    #[test]
    fn a_flood_is_kept_up_to_a_bound_then_counted_and_a_trickle_is_kept_again() {
        for (attendance, bound) in [(Attendance::Attended, ATTENDED), (Attendance::Unattended, UNATTENDED)] {
            let mut allowance = Allowance::of(attendance);
            let kept = (0..200_000).filter(|_| allowance.takes(10, false, Offset(0))).count();
            assert_eq!(kept as u64, bound.frames);
            assert!(allowance.takes(10, true, Offset(0)), "an answer behind a flood is kept");
            assert_eq!(allowance.lost().map(|loss| loss.count), Some(200_000 - bound.frames));
            assert_eq!(allowance.lost(), None, "a loss is told once");
            let later = (0..1000).filter(|_| allowance.takes(10, false, Offset(SECOND))).count();
            assert_eq!(later as u64, FRAMES_A_SECOND);
        }
    }

    #[test]
    fn large_frames_use_it_up_by_their_size() {
        let mut allowance = Allowance::of(Attendance::Unattended);
        let kept = (0..100).filter(|_| allowance.takes(1 << 20, false, Offset(0))).count();
        assert_eq!(kept, 16);
    }
}
