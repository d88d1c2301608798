//! Entries changed in the form in which they are written, so that those of a later version are changed as well.

use serde_json::Value;

use crate::journal::{Entry, Event, Loss};

/// The same entries after `change`. None goes missing unsaid: what is no entry any more is a loss under its number.
pub(super) fn rewritten(entries: &[Entry], change: impl FnOnce(&mut [Value])) -> Vec<Entry> {
    let written = |entry: &Entry| serde_json::to_value(entry).unwrap_or_default();
    let mut values: Vec<Value> = entries.iter().map(written).collect();
    change(&mut values);
    let read = |(value, entry): (Value, &Entry)| {
        serde_json::from_value(value).unwrap_or_else(|_| {
            let loss = Loss { count: 1, why: "it could not be exported".to_owned() };
            Entry { event: Event::Lost(loss), ..entry.clone() }
        })
    };
    values.into_iter().zip(entries).map(read).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::progress::story::Story;

    #[test]
    fn what_is_no_entry_any_more_is_a_loss_under_its_number() {
        let entries = Story::new().until_auth("imp1.example.com").entries().to_vec();
        assert_eq!(rewritten(&entries, |_| {}), entries);
        let broken = rewritten(&entries, |values| values[3] = Value::Null);
        assert_eq!((broken.len(), broken[3].n), (entries.len(), entries[3].n));
        assert!(matches!(&broken[3].event, Event::Lost(loss) if loss.count == 1), "{:?}", broken[3]);
    }
}
