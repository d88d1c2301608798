//! The order in which clients try service records (RFC 2782), with the chances that the weights give.

/// A record of a set: what its order depends on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Weighed {
    /// Lower ones are tried first.
    pub priority: u16,
    /// The share among those of one priority; 0 is a very small one where others have more.
    pub weight: u16,
}

/// Where a record stands in the order.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Turn {
    /// Its place in the set that was given.
    pub at: usize,
    /// 0 for the lowest priority that is there, 1 for the next one …
    pub group: usize,
    /// The chance that it is the first of its group to be tried, from 0 to 1.
    pub chance: f64,
}
