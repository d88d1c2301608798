//! The order in which a client tries service records.

use crate::protocol::srv::{Turn, Weighed};

/// By priority, and inside one by weight, with each record's share.
pub(super) fn order(records: &[Weighed]) -> Vec<Turn> {
    let mut places: Vec<usize> = (0..records.len()).collect();
    places.sort_by_key(|at| (records[*at].priority, std::cmp::Reverse(records[*at].weight)));
    let mut turns: Vec<Turn> = Vec::new();
    for at in places {
        let same = records.iter().filter(|other| other.priority == records[at].priority);
        let (count, sum) =
            same.fold((0.0, 0.0), |(count, sum), other| (count + 1.0, sum + f64::from(other.weight)));
        let chance = if sum == 0.0 { 1.0 / count } else { f64::from(records[at].weight) / sum };
        let group = turns
            .last()
            .map_or(0, |last: &Turn| last.group + usize::from(records[last.at].priority != records[at].priority));
        turns.push(Turn { at, group, chance });
    }
    turns
}
