//! Restarts of a host's services: one that the scenario has in store, and those that a client of Control Center orders.
//!
//! What was ill in a service is well once it is up again. Restarting the Router restarts every XCP service (protocol.md
//! 6.4, M). All but [`Restarts::down`] is told the time.

use std::sync::Arc;
use std::time::Duration;

use serde::Deserialize;
use tokio::sync::watch;
use tokio::time::{Instant, sleep_until};

use super::component::Component;
use super::faults::seconds;

/// How long a service is down where nothing else is said.
const DOWN: Duration = Duration::from_secs(5);

/// A restart that happens by itself, as a scenario's file has it.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Plan {
    pub(super) host: String,
    component: Component,
    /// How long after the first login that was left silent.
    after_seconds: f64,
    /// How long it is down.
    down_seconds: f64,
}

/// The restarts of one host. Clones are of the same host.
#[derive(Debug, Clone, Default)]
pub(super) struct Restarts {
    shared: Arc<Shared>,
}

#[derive(Debug, Default)]
struct Shared {
    plan: Option<Plan>,
    /// The newest restart of each service.
    spans: watch::Sender<Vec<(Component, Span)>>,
}

/// From when to when a service is down.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Span {
    down: Instant,
    pub(super) back: Instant,
}

/// How a service stands to its restarts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Phase {
    /// It was not restarted yet.
    First,
    Down,
    /// Up again since then.
    Again(Instant),
}

impl Restarts {
    /// With one in store.
    pub(super) fn planned(plan: Option<Plan>) -> Restarts {
        Restarts { shared: Arc::new(Shared { plan, ..Shared::default() }) }
    }

    /// How `component` stands at `now`.
    pub(super) fn phase(&self, component: Component, now: Instant) -> Phase {
        match self.span(component) {
            Some(span) if now >= span.back => Phase::Again(span.back),
            Some(span) if now >= span.down => Phase::Down,
            Some(_) | None => Phase::First,
        }
    }

    /// A login was left silent at `now`: the restart that is in store comes now, if it was not ordered before.
    pub(super) fn left_silent(&self, now: Instant) {
        if let Some(plan) = self.shared.plan.as_ref().filter(|plan| self.span(plan.component).is_none()) {
            self.order(plan.component, now + seconds(plan.after_seconds), seconds(plan.down_seconds));
        }
    }

    /// Somebody restarts `component` at `now`. While it is down that changes nothing.
    pub(super) fn ordered(&self, component: Component, now: Instant) {
        if self.phase(component, now) != Phase::Down {
            let planned = self.shared.plan.as_ref().filter(|plan| plan.component == component);
            self.order(component, now, planned.map_or(DOWN, |plan| seconds(plan.down_seconds)));
        }
    }

    fn order(&self, component: Component, down: Instant, length: Duration) {
        let span = Span { down, back: down + length };
        self.shared.spans.send_modify(|spans| {
            spans.retain(|(known, _)| !with(component).contains(known));
            spans.extend(with(component).iter().map(|each| (*each, span)));
        });
    }

    /// Waits until `component` goes down.
    pub(super) async fn down(&self, component: Component) -> Span {
        let mut orders = self.shared.spans.subscribe();
        loop {
            orders.mark_unchanged();
            let coming = self.span(component).filter(|span| span.back > Instant::now());
            let due = async {
                match coming {
                    Some(span) => sleep_until(span.down).await,
                    None => std::future::pending().await,
                }
            };
            tokio::select! {
                () = due => if let Some(span) = coming { return span },
                // The sender is ours: it does not go before this does.
                _ = orders.changed() => {}
            }
        }
    }

    fn span(&self, component: Component) -> Option<Span> {
        self.shared.spans.borrow().iter().find(|(known, _)| *known == component).map(|(_, span)| *span)
    }
}

/// What is restarted along with `component`.
fn with(component: Component) -> &'static [Component] {
    use Component::{
        AuthService, AxlWebService, ClientProfileAgent, ConnectionManager, Ldap, LoginDatastore, Router,
        UserDataServices,
    };
    match component {
        ConnectionManager => &[ConnectionManager],
        Router => &[Router, ConnectionManager, AuthService],
        AuthService => &[AuthService],
        LoginDatastore => &[LoginDatastore],
        ClientProfileAgent => &[ClientProfileAgent],
        UserDataServices => &[UserDataServices],
        AxlWebService => &[AxlWebService],
        // That is another machine.
        Ldap => &[],
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use Component::{AuthService, ConnectionManager, Router};

    fn planned() -> Restarts {
        let plan = "host='imp1'\ncomponent='connection-manager'\nafter_seconds=14.0\ndown_seconds=4.0";
        Restarts::planned(Some(toml::from_str(plan).expect("a plan")))
    }

    fn at(begin: Instant, seconds: u64) -> Instant {
        begin + Duration::from_secs(seconds)
    }

    #[test]
    fn the_planned_restart_waits_for_a_silent_login_and_happens_once() {
        let (restarts, begin) = (planned(), Instant::now());
        let phase = |seconds| restarts.phase(ConnectionManager, at(begin, seconds));
        assert_eq!(phase(1000), Phase::First, "nobody has logged in");
        restarts.left_silent(begin);
        restarts.left_silent(at(begin, 5));
        assert_eq!([0, 13].map(phase), [Phase::First; 2]);
        assert_eq!([14, 17].map(phase), [Phase::Down; 2]);
        assert_eq!([18, 90].map(phase), [Phase::Again(at(begin, 18)); 2]);
        restarts.left_silent(at(begin, 30));
        assert_eq!(phase(50), Phase::Again(at(begin, 18)));
        assert_eq!(restarts.phase(Router, at(begin, 16)), Phase::First);
    }

    #[test]
    fn one_that_is_ordered_comes_at_once_and_the_planned_one_does_not_follow() {
        let (restarts, begin) = (planned(), Instant::now());
        restarts.ordered(ConnectionManager, begin);
        restarts.ordered(ConnectionManager, at(begin, 3));
        restarts.left_silent(at(begin, 3));
        let phase = |seconds| restarts.phase(ConnectionManager, at(begin, seconds));
        assert_eq!([0, 3, 4, 60].map(phase)[..2], [Phase::Down; 2]);
        assert_eq!([4, 60].map(phase), [Phase::Again(at(begin, 4)); 2]);
        restarts.ordered(ConnectionManager, at(begin, 70));
        assert_eq!(phase(70), Phase::Down);
    }

    #[test]
    fn the_router_takes_the_other_services_along_and_none_of_them_takes_it() {
        let (restarts, now) = (Restarts::default(), Instant::now());
        restarts.ordered(AuthService, now);
        assert_eq!([ConnectionManager, Router].map(|each| restarts.phase(each, now)), [Phase::First; 2]);
        restarts.ordered(Router, now);
        assert_eq!(
            [ConnectionManager, Router, AuthService].map(|each| restarts.phase(each, now)),
            [Phase::Down; 3]
        );
    }

    #[tokio::test]
    async fn who_waits_for_it_is_told_when_it_goes_down() {
        let restarts = Restarts::default();
        let waiting = tokio::spawn({
            let restarts = restarts.clone();
            async move { restarts.down(ConnectionManager).await }
        });
        restarts.ordered(AuthService, Instant::now());
        restarts.ordered(ConnectionManager, Instant::now());
        let span = waiting.await.expect("an end");
        assert_eq!(Some(span), restarts.span(ConnectionManager));
    }
}
