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

/// The order in which a client tries the records: by priority, inside a priority by the chance to be the first one,
/// and where chances are equal as they were given.
///
/// Chances are those of RFC 2782: a running sum of the weights, a random whole number from 0 to the sum of all of
/// them, and the first record whose running sum reaches it.
/// 1. All weights are 0: all chances are equal.
/// 2. None is 0: each has its weight's share. (That 0 falls to whoever stands first is neglected: records of one
///    priority have no order.)
/// 3. Some are 0: they stand in front, so they have the one number 0 among them, in equal parts; the others have as
///    many numbers as they have weight.
pub fn order(records: &[Weighed]) -> Vec<Turn> {
    let mut places: Vec<usize> = (0..records.len()).collect();
    places.sort_by_key(|at| (records[*at].priority, std::cmp::Reverse(records[*at].weight)));
    let same = |one: &usize, other: &usize| records[*one].priority == records[*other].priority;
    let groups = places.chunk_by(same).enumerate();
    let turns = groups.flat_map(|(group, places)| {
        let weights: Vec<u16> = places.iter().map(|at| records[*at].weight).collect();
        let chances = chances(&weights);
        places.iter().zip(chances).map(move |(at, chance)| Turn { at: *at, group, chance }).collect::<Vec<_>>()
    });
    turns.collect()
}

/// The chance of each of these to be the first of them.
fn chances(weights: &[u16]) -> Vec<f64> {
    let sum: f64 = weights.iter().map(|weight| f64::from(*weight)).sum();
    let zeros: f64 = weights.iter().map(|weight| f64::from(u8::from(*weight == 0))).sum();
    let numbers = if zeros > 0.0 { sum + 1.0 } else { sum };
    let chance = |weight: &u16| if *weight == 0 { 1.0 / zeros } else { f64::from(*weight) } / numbers;
    weights.iter().map(chance).collect()
}

#[cfg(test)]
mod tests {
    use proptest::collection::vec;
    use proptest::prelude::*;

    use super::*;

    fn turns(records: &[(u16, u16)]) -> Vec<(usize, usize, f64)> {
        let records: Vec<Weighed> =
            records.iter().map(|&(priority, weight)| Weighed { priority, weight }).collect();
        order(&records).into_iter().map(|turn| (turn.at, turn.group, turn.chance)).collect()
    }

    #[test]
    fn the_lowest_priority_comes_first_whatever_its_weight() {
        // the guide's sample (protocol.md 1.1), out of order
        assert_eq!(turns(&[(6, 30), (1, 5), (2, 20)]), [(1, 0, 1.0), (2, 1, 1.0), (0, 2, 1.0)]);
    }

    #[test]
    fn inside_a_priority_the_weights_give_the_chances() {
        assert_eq!(turns(&[(0, 1), (0, 3)]), [(1, 0, 0.75), (0, 0, 0.25)]);
        assert_eq!(turns(&[(0, 5), (0, 5)]), [(0, 0, 0.5), (1, 0, 0.5)]);
    }

    #[test]
    fn without_any_weight_all_chances_are_equal() {
        assert_eq!(turns(&[(0, 0), (0, 0)]), [(0, 0, 0.5), (1, 0, 0.5)]);
        assert_eq!(turns(&[(9, 0)]), [(0, 0, 1.0)]);
    }

    #[test]
    fn no_weight_beside_others_has_a_small_chance() {
        assert_eq!(turns(&[(0, 0), (0, 3)]), [(1, 0, 0.75), (0, 0, 0.25)]);
        let [ten, one, other] = turns(&[(0, 0), (0, 9), (0, 0)])[..] else { panic!("three turns") };
        assert_eq!((ten, one, other), ((1, 0, 0.9), (0, 0, 0.05), (2, 0, 0.05)));
    }

    #[test]
    fn of_nothing_there_is_no_order() {
        assert!(order(&[]).is_empty());
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn an_order_is_a_permutation_by_priority_and_the_chances_of_a_group_sum_to_one(
            given in vec((0_u16..5, prop_oneof![Just(0_u16), any::<u16>()]), 1..40),
        ) {
            let turns = turns(&given);
            let mut places: Vec<usize> = turns.iter().map(|turn| turn.0).collect();
            prop_assert!(places.windows(2).all(|two| given[two[0]].0 <= given[two[1]].0));
            for group in turns.chunk_by(|one, other| one.1 == other.1) {
                let sum: f64 = group.iter().map(|turn| turn.2).sum();
                prop_assert!((sum - 1.0).abs() < 1e-9, "{sum}");
                prop_assert!(group.windows(2).all(|two| two[0].2 >= two[1].2));
                prop_assert!(group.iter().all(|turn| turn.2 > 0.0));
                let priority = given[group[0].0].0;
                prop_assert!(group.iter().all(|turn| given[turn.0].0 == priority));
            }
            let groups: Vec<usize> = turns.chunk_by(|one, other| one.1 == other.1).map(|group| group[0].1).collect();
            prop_assert_eq!(&groups, &(0..groups.len()).collect::<Vec<_>>());
            places.sort_unstable();
            prop_assert_eq!(places, (0..given.len()).collect::<Vec<_>>());
        }
    }
}
