//! A fault of ours ends the operation in which it is, and no other.
//!
//! What the panic says of itself is kept by nobody: it may quote what was read. Its place in the program is kept.

use std::sync::{Arc, OnceLock};

use crate::journal::{How, Outcome};

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
            Err(Outcome::new(How::Failed, "internal error", words))
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
