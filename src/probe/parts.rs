//! In which reads a frame came. The framer does not know: it gives the same frames however the network cut them.
//!
//! Frames tile what was read, so each takes its bytes from the oldest reads that are left:
//!
//! ```text
//!  reads   |----------|------|--------------|
//!  frames  |---------------------|----|------    the last one is still open
//! ```
//!
//! Call [`Reads::came`] with each read before the frames in it are looked for, [`Reads::frame`] with each frame, also
//! with one that is not kept, and [`Reads::forget`] where bytes were dropped.

use crate::journal::{Offset, Part, Parts};

/// The reads whose bytes are in no frame yet.
#[derive(Debug, Default)]
pub struct Reads {
    /// Those before the newest: they hold nothing but the open element.
    open: Parts,
    /// Their bytes, those that are only counted too.
    open_bytes: u64,
    /// What is left of the newest.
    newest: Option<Part>,
}

impl Reads {
    /// So much came.
    pub fn came(&mut self, bytes: usize, at: Offset) {
        if let Some(part) = self.newest.take().filter(|part| part.bytes > 0) {
            self.open_bytes = self.open_bytes.saturating_add(part.bytes);
            self.open.push(part);
        }
        self.newest = Some(Part { bytes: bytes as u64, at });
    }

    /// The reads of a frame of so many bytes; none where it came in one. A frame without bytes takes nothing.
    pub fn frame(&mut self, bytes: usize) -> Parts {
        if bytes == 0 {
            return Parts::default();
        }
        let rest = (bytes as u64).saturating_sub(self.open_bytes);
        self.open_bytes = 0;
        let mut parts = std::mem::take(&mut self.open);
        if let Some(newest) = &mut self.newest {
            let taken = rest.min(newest.bytes);
            newest.bytes -= taken;
            if taken > 0 {
                parts.push(Part { bytes: taken, ..*newest });
            }
        }
        if parts.is_whole() { Parts::default() } else { parts }
    }

    /// What was read and is in no frame is in none any more.
    pub fn forget(&mut self) {
        *self = Self::default();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::journal::PARTS_KEPT;
    use proptest::prelude::*;

    fn sizes(parts: &Parts) -> Vec<u64> {
        parts.first.iter().map(|part| part.bytes).collect()
    }

    #[test]
    fn a_frame_takes_its_bytes_from_the_oldest_reads() {
        let mut reads = Reads::default();
        reads.came(10, Offset(1));
        reads.came(7, Offset(2));
        reads.came(12, Offset(3));
        let first = reads.frame(20);
        assert_eq!((first.count, sizes(&first)), (3, vec![10, 7, 3]));
        assert_eq!(first.first[2].at, Offset(3));
        assert!(reads.frame(4).is_whole() && reads.frame(0).is_whole());
        reads.came(1, Offset(4));
        assert_eq!(sizes(&reads.frame(6)), [5, 1]);
    }

    #[test]
    fn what_was_dropped_belongs_to_no_later_frame() {
        let mut reads = Reads::default();
        reads.came(10, Offset(1));
        reads.forget();
        reads.came(5, Offset(2));
        assert!(reads.frame(5).is_whole());
    }

    #[test]
    fn an_element_of_many_reads_is_bounded_and_they_are_counted() {
        let mut reads = Reads::default();
        (0..100_000).for_each(|at| reads.came(1, Offset(at)));
        let parts = reads.frame(100_000);
        assert_eq!((parts.count, parts.first.len()), (100_000, PARTS_KEPT));
    }

    proptest! {
        #[test]
        fn the_parts_of_a_frame_are_its_bytes_however_both_are_cut(
            reads_of in prop::collection::vec(1_usize..9, 1..20),
            frames_of in prop::collection::vec(1_usize..12, 1..20),
        ) {
            let (mut reads, mut came, mut framed) = (Reads::default(), 0, 0);
            let mut frames = frames_of.into_iter().peekable();
            for (at, bytes) in (0..).zip(reads_of) {
                reads.came(bytes, Offset(at));
                came += bytes;
                while let Some(frame) = frames.next_if(|frame| framed + frame <= came) {
                    framed += frame;
                    let parts = reads.frame(frame);
                    let sum: u64 = sizes(&parts).iter().sum();
                    prop_assert!(parts == Parts::default() || sum == frame as u64, "{parts:?} of {frame}");
                }
            }
        }
    }
}
