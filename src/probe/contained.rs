//! A fault of ours ends the operation in which it is, and no other.
//!
//! What the panic says of itself is kept by nobody: it may quote what was read. Its place in the program is kept.

use std::sync::{Arc, OnceLock};

use crate::journal::Outcome;

tokio::task_local! {
    /// Where the fault was, in work that is contained.
    static PLACE: Arc<OnceLock<String>>;
}

/// Does the work in a task of its own.
///
/// # Errors
/// When a fault of ours has ended it: how the operation has ended then.
pub async fn contained(work: impl Future<Output = ()> + Send + 'static) -> Result<(), Outcome> {
    let place = Arc::new(OnceLock::new());
    let done = tokio::spawn(PLACE.scope(Arc::clone(&place), work)).await;
    match done {
        Err(why) if why.is_panic() => {
            let place = place.get().map(|place| format!(", at {place}")).unwrap_or_default();
            let words = format!("the program has a fault{place}");
            Err(Outcome::fault(words))
        }
        _ => Ok(()),
    }
}

/// Work that blocks, on a thread for such: as `contained`, with the words alone.
///
/// # Errors
/// When a fault of ours has ended it.
pub async fn contained_blocking<T: Send + 'static>(
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<T, String> {
    let place = Arc::new(OnceLock::new());
    let kept = Arc::clone(&place);
    let done = tokio::task::spawn_blocking(move || PLACE.sync_scope(kept, work)).await;
    done.map_err(|_| {
        let place = place.get().map(|place| format!(", at {place}")).unwrap_or_default();
        format!("the program has a fault{place}")
    })
}

/// To be asked by whoever hears of a panic, on its thread: whether it ends only what it is in. The place is kept for
/// the words on that.
pub fn is_contained(place: &str) -> bool {
    PLACE.try_with(|kept| kept.set(place.to_owned())).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::journal::How;

    const CANARY: &str = "canary-3Fm~whimbrel";

    /// Whatever a panic may carry, and wherever in the work it is: only its operation ends, and nothing of it is told.
    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn a_panic_ends_the_work_that_it_is_in_and_no_other() {
        let (go, waits) = tokio::sync::oneshot::channel();
        let other = tokio::spawn(contained(async { waits.await.expect("it is told to go on") }));
        let panics: [fn(); 3] =
            [|| panic!("{CANARY}"), || panic!("it said {}", CANARY.to_owned()), || std::panic::panic_any(7_u8)];
        for panics in panics {
            let ended = contained(async move {
                tokio::task::yield_now().await;
                panics();
            });
            let outcome = ended.await.expect_err("it has failed");
            assert!(outcome.is_fault() && outcome.how == How::Failed, "{outcome:?}");
            assert!(!format!("{outcome:?}").contains(CANARY), "{outcome:?}");
        }
        assert_eq!(contained(async {}).await, Ok(()));
        go.send(()).expect("the other still waits");
        assert_eq!(other.await.expect("it is joined"), Ok(()));
    }

    /// The place is of the panic in this work, and outside of such work there is none to keep.
    #[tokio::test]
    async fn the_place_is_told_of_the_work_that_asks_and_nowhere_else() {
        let ended = contained(async {
            assert!(is_contained("src/probe/here.rs:7"));
            panic!("{CANARY}");
        });
        let outcome = ended.await.expect_err("it has failed");
        assert_eq!(outcome.text.as_deref(), Some("the program has a fault, at src/probe/here.rs:7"));
        assert!(!is_contained("src/probe/there.rs:1"));
    }
}
