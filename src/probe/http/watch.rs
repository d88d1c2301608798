//! The clock of a wait for a server: notes when it becomes slow and silent, and gives up.

use crate::journal::{Fact, HttpFact, Offset, QuietMark};
use crate::login::Marks;
use crate::probe::{Notes, Op};

/// Waits on behalf of one operation.
pub struct Watch<'a> {
    pub notes: &'a Notes,
    pub op: Op,
    pub marks: Marks,
}

impl Watch<'_> {
    /// What `work` gives; none, if it was given up. The wait began at `since`.
    pub async fn over<T>(&self, since: Offset, work: impl Future<Output = T>) -> Option<T> {
        let clock = self.notes.clock();
        let mut work = std::pin::pin!(work);
        let mut marks = self.steps(since).into_iter();
        loop {
            let step = marks.next();
            let due = async {
                match step {
                    Some((at, _)) => clock.reached(at).await,
                    None => std::future::pending().await,
                }
            };
            tokio::select! {
                biased;
                done = &mut work => return Some(done),
                () = due => {}
            }
            let (_, mark) = step?;
            let quiet = HttpFact::Quiet { mark: mark?, since };
            self.notes.saw(self.op, Fact::Http(Box::new(quiet))).await;
        }
    }

    /// When the clock has something to say, and what: a mark, or, with none, that it gives up.
    fn steps(&self, since: Offset) -> Vec<(Offset, Option<QuietMark>)> {
        let Marks { slow, silent, give_up } = self.marks;
        let mut steps = Vec::new();
        if slow < silent {
            steps.push((slow, Some(QuietMark::Slow)));
        }
        steps.push((silent, Some(QuietMark::Silent)));
        steps.retain(|(after, _)| give_up.is_none_or(|limit| *after <= limit));
        steps.extend(give_up.map(|limit| (limit, None)));
        steps.into_iter().map(|(after, mark)| (since.after(after), mark)).collect()
    }
}
