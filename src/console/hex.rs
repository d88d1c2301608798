//! A payload byte by byte, row by row: only the rows that are asked for are made, so that a large one costs no more
//! than what is in sight.
//!
//! ```text
//! 00000010  3c 61 75 74 68 20 6d 65  ·· ·· ·· ·· 2f 61 75 74  <auth me····/aut
//! ```

use super::ink::{Ink, Laid};
use crate::journal::{Cut, Payload};

/// A payload as it lay on the wire: what remains of it, and where its secrets were.
pub struct Hex<'p> {
    bytes: &'p [u8],
    cuts: &'p [Cut],
    /// Where each cut began on the wire.
    at: Vec<usize>,
    len: usize,
}

/// How many bytes stand in a row of so many columns: 16, where there is room.
pub fn per_row(width: usize) -> usize {
    [16, 8].into_iter().find(|count| columns(*count) <= width).unwrap_or(4)
}

/// What a row of so many bytes takes.
fn columns(count: usize) -> usize {
    8 + 2 + count * 3 - 1 + count.saturating_sub(1) / 8 + 2 + count
}

impl<'p> Hex<'p> {
    /// Of a payload.
    pub fn of(payload: &'p Payload) -> Self {
        let (bytes, cuts) = (payload.bytes(), payload.cuts());
        let mut before = 0_usize;
        let at = cuts.iter().map(|cut| {
            let at = cut.at.min(bytes.len()).saturating_add(before);
            before = before.saturating_add(cut.wire_len);
            at
        });
        let at: Vec<usize> = at.collect();
        Self { bytes, cuts, at, len: bytes.len().saturating_add(before) }
    }

    /// How many rows there are, of so many bytes each.
    pub fn rows(&self, per_row: usize) -> usize {
        self.len.div_ceil(per_row.max(1))
    }

    /// The byte at this place of the wire; none where a secret was.
    fn byte(&self, place: usize) -> Option<u8> {
        let cut = self.at.partition_point(|at| *at <= place).checked_sub(1);
        let Some(cut) = cut else { return self.bytes.get(place).copied() };
        let behind = self.at[cut].saturating_add(self.cuts[cut].wire_len);
        let left = self.cuts[cut].at.min(self.bytes.len());
        self.bytes.get(left + place.checked_sub(behind)?).copied()
    }

    /// One row: its place, its bytes, and the same as text.
    pub fn row(&self, row: usize, per_row: usize) -> Laid {
        let from = row.saturating_mul(per_row);
        let mut line: Laid = vec![(format!("{from:08x}  "), Ink::Muted)];
        let mut text: Laid = Vec::new();
        for column in 0..per_row {
            let gap = if column > 0 && column % 8 == 0 { " " } else { "" };
            let place = from.saturating_add(column);
            if place >= self.len {
                put(&mut line, &format!("{gap}   "), Ink::Plain);
                continue;
            }
            let byte = self.byte(place);
            let shown =
                byte.map_or(("··".to_owned(), "·".to_owned()), |byte| (format!("{byte:02x}"), glyph(byte)));
            let ink = byte.map_or(Ink::Masked, |_| Ink::Plain);
            put(&mut line, &format!("{gap}{} ", shown.0), ink);
            put(&mut text, &shown.1, byte.map_or(Ink::Masked, |_| Ink::Text));
        }
        put(&mut line, " ", Ink::Plain);
        line.append(&mut text);
        line
    }
}

/// A byte as text: itself where it is printable ASCII.
fn glyph(byte: u8) -> String {
    if (0x20..0x7f).contains(&byte) { char::from(byte).to_string() } else { ".".to_owned() }
}

fn put(line: &mut Laid, text: &str, ink: Ink) {
    match line.last_mut() {
        Some((known, same)) if *same == ink => known.push_str(text),
        _ => line.push((text.to_owned(), ink)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::journal::Secret;
    use proptest::prelude::*;

    fn rows(payload: &Payload, per_row: usize) -> Vec<String> {
        let hex = Hex::of(payload);
        let text = |row| hex.row(row, per_row).into_iter().map(|(text, _)| text).collect::<String>();
        (0..hex.rows(per_row)).map(text).collect()
    }

    fn secret(range: std::ops::Range<usize>) -> Secret {
        Secret { range, kind: "K".into(), note: String::new() }
    }

    #[test]
    fn bytes_stand_as_they_were_and_secrets_keep_their_places() {
        let bytes = b"<auth mechanism='PLAIN'>\xff\x00secret</auth>";
        let from = bytes.len() - "secret</auth>".len();
        let payload = Payload::cut(bytes, &[secret(from..from + 6)]);
        assert_eq!(
            rows(&payload, 16),
            [
                "00000000  3c 61 75 74 68 20 6d 65  63 68 61 6e 69 73 6d 3d  <auth mechanism=",
                "00000010  27 50 4c 41 49 4e 27 3e  ff 00 ·· ·· ·· ·· ·· ··  'PLAIN'>..······",
                "00000020  3c 2f 61 75 74 68 3e                              </auth>",
            ]
        );
        assert_eq!(rows(&payload, 8)[3], "00000018  ff 00 ·· ·· ·· ·· ·· ··  ..······");
    }

    #[test]
    fn a_row_fits_the_width_it_was_made_for() {
        for width in 27..200 {
            let count = per_row(width);
            assert!(columns(count) <= width, "{width}");
            let row = rows(&Payload::cut(&[b'a'; 64], &[]), count).remove(0);
            assert_eq!(row.len(), columns(count));
        }
        assert_eq!((per_row(78), per_row(60), per_row(0)), (16, 8, 4));
    }

    #[test]
    fn an_empty_payload_has_no_row_and_one_of_unknown_lengths_ends() {
        assert!(rows(&Payload::default(), 16).is_empty());
        let exported = serde_json::json!({ "text": "<a></a>", "cuts": [{ "at": 3, "wire_len": 0, "kind": "K" }] });
        assert_eq!(rows(&serde_json::from_value(exported).unwrap(), 16).len(), 1);
        let odd = serde_json::json!({ "text": "ab", "cuts": [{ "at": 9, "wire_len": usize::MAX, "kind": "K" }] });
        let odd: Payload = serde_json::from_value(odd).unwrap();
        assert!(!Hex::of(&odd).row(0, 16).is_empty());
    }

    proptest! {
        #[test]
        fn every_byte_stands_at_its_place_and_no_secret_does(
            bytes in prop::collection::vec(any::<u8>(), 0..120),
            cuts in prop::collection::vec((0_usize..120, 0_usize..20), 0..4),
            per_row in prop::sample::select(vec![4_usize, 8, 16]),
        ) {
            let secrets: Vec<Secret> = cuts.iter().map(|(from, len)| secret(*from..from + len)).collect();
            let is_secret = |at: usize| secrets.iter().any(|secret| secret.range.contains(&at));
            let shown = rows(&Payload::cut(&bytes, &secrets), per_row);
            for (row, line) in shown.iter().enumerate() {
                prop_assert_eq!(&line[..8], &format!("{:08x}", row * per_row));
                let hexes: String = line.chars().skip(10).take(columns(per_row) - per_row - 12).collect();
                let hexes: Vec<&str> = hexes.split_whitespace().collect();
                for (column, hex) in hexes.iter().enumerate() {
                    let at = row * per_row + column;
                    let expected = if is_secret(at) { "··".to_owned() } else { format!("{:02x}", bytes[at]) };
                    prop_assert_eq!(*hex, &expected);
                }
                prop_assert_eq!(hexes.len(), bytes.len().saturating_sub(row * per_row).min(per_row));
            }
            prop_assert_eq!(shown.len(), bytes.len().div_ceil(per_row));
        }
    }
}
