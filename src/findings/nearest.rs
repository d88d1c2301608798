//! Which known names a word looks most like.

/// How much of what somebody asked about is compared.
const ASKED: usize = 64;

/// The five names with the fewest letters to change, for any of these words, the nearest first; those that hold a
/// word before all others. `within` is the part of its letters that may differ, in per cent.
pub fn nearest<'a>(asked: &[&str], known: impl Iterator<Item = &'a str>, within: usize) -> Vec<&'a str> {
    let asked: Vec<Vec<char>> =
        asked.iter().map(|word| word.to_ascii_uppercase().chars().take(ASKED).collect()).collect();
    let mut names: Vec<(usize, &'a str)> = known
        .filter_map(|name| {
            let letters: Vec<char> = name.to_ascii_uppercase().chars().collect();
            let far = asked.iter().filter_map(|word| {
                let far = if holds(&letters, word) { 0 } else { distance(word, &letters) };
                (far * 100 <= word.len().max(letters.len()) * within).then_some(far)
            });
            far.min().map(|far| (far, name))
        })
        .collect();
    names.sort_unstable();
    names.dedup();
    names.into_iter().take(5).map(|(_, name)| name).collect()
}

fn holds(name: &[char], part: &[char]) -> bool {
    part.len() > 2 && name.windows(part.len()).any(|window| window == part)
}

/// The number of letters to add, drop or change (Levenshtein).
fn distance(one: &[char], other: &[char]) -> usize {
    let mut row: Vec<usize> = (0..=other.len()).collect();
    for (i, a) in one.iter().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, b) in other.iter().enumerate() {
            let changed = diagonal + usize::from(a != b);
            diagonal = row[j + 1];
            row[j + 1] = changed.min(row[j] + 1).min(diagonal + 1);
        }
    }
    row[other.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    const KNOWN: [&str; 4] = ["UDS_SILENT", "EPAS_SILENT", "TCP_REFUSED", "XcpCmPauseSockets"];

    #[test]
    fn fewest_letters_to_change_come_first_and_what_holds_the_word_before_all() {
        assert_eq!(nearest(&["UDS_SLIENT"], KNOWN.into_iter(), 100)[0], "UDS_SILENT");
        assert_eq!(nearest(&["refused"], KNOWN.into_iter(), 100)[0], "TCP_REFUSED");
        assert_eq!(nearest(&["nothing", "XcpCMPausedSockets"], KNOWN.into_iter(), 34), ["XcpCmPauseSockets"]);
    }

    #[test]
    fn what_differs_too_much_is_not_near() {
        assert!(nearest(&["SomethingElse"], KNOWN.into_iter(), 34).is_empty());
        assert!(nearest(&[], KNOWN.into_iter(), 100).is_empty());
    }
}
