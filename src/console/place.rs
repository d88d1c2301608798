//! Where a row belongs: to a node, to a name that DNS was asked for, to a host that HTTP was spoken with; and to the
//! one login, question or request that it is a part of.

use std::collections::BTreeMap;

use crate::journal::OpId;

/// Which rows belong where, by their places among all rows, oldest first.
#[derive(Debug, Default)]
pub(super) struct Places {
    keys: BTreeMap<String, Vec<usize>>,
    ops: BTreeMap<OpId, Vec<usize>>,
}

impl Places {
    /// Keeps a row under a key, and with the operation that it is a part of.
    pub(super) fn put(&mut self, at: usize, key: &str, root: OpId) {
        if !self.keys.contains_key(key) {
            self.keys.insert(key.to_owned(), Vec::new());
        }
        self.keys.get_mut(key).into_iter().chain([self.ops.entry(root).or_default()]).for_each(|rows| {
            let to = rows.partition_point(|row| *row < at);
            rows.insert(to, at);
        });
    }

    pub(super) fn of_key(&self, key: &str) -> &[usize] {
        self.keys.get(key).map_or(&[], Vec::as_slice)
    }

    pub(super) fn of_op(&self, op: OpId) -> &[usize] {
        self.ops.get(&op).map_or(&[], Vec::as_slice)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_kept_in_their_order_however_they_come() {
        let mut places = Places::default();
        [3, 1, 2].into_iter().for_each(|at| places.put(at, "a", OpId(7)));
        places.put(0, "b", OpId(8));
        assert_eq!((places.of_key("a"), places.of_op(OpId(7))), (&[1, 2, 3][..], &[1, 2, 3][..]));
        assert_eq!((places.of_key("b"), places.of_op(OpId(9))), (&[0][..], &[][..]));
    }
}
