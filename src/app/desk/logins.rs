//! The logins of the screen: those that a person steps, and those that run by themselves.

use std::time::Duration;

use tokio::sync::watch;

use super::super::standing;
use super::{Desk, LEAVE};
use crate::discovery::{LoginStep, Reach};
use crate::journal::{ClientKind, OpId, Stage, node_key};
use crate::login::{Breakpoint, Pace, Side};
use crate::probe::{IN_FLIGHT, LoginHandle, Request, Standing};

/// So long is a new login waited for until it says what it would do first.
const FIRST_WORD: Duration = Duration::from_secs(1);

/// A login that was started.
pub(super) struct Live {
    pub(super) handle: LoginHandle,
    step: LoginStep,
}

/// A login that begins once its token was asked for.
pub(super) struct Waiting {
    pub(super) for_token: OpId,
    pub(super) step: LoginStep,
    pub(super) run_to: Option<Stage>,
}

impl Live {
    /// Whether it is a login on this service, whatever it is for.
    pub(super) fn is_on(&self, host: &str, port: u16) -> bool {
        self.step.port == port && self.step.host.eq_ignore_ascii_case(host)
    }

    /// Whether it is the user's login there, and no question of a control experiment.
    fn is_login_on(&self, host: &str, port: u16) -> bool {
        self.is_on(host, port) && self.step.purpose.is_login()
    }

    /// Host and port.
    pub(super) fn place(&self) -> (String, u16) {
        (self.step.host.clone(), self.step.port)
    }
}

impl Desk {
    /// Asks a node up to its mechanisms, unless somebody steps it already.
    pub(super) fn look(&mut self, step: LoginStep) {
        if self.logins.iter().all(|live| !live.is_login_on(&step.host, step.port)) {
            self.run_alone(step);
        }
    }

    /// Whether the login that the run is about has begun.
    pub(super) fn has_begun(&self) -> bool {
        let is_it = |step: &LoginStep| step.reach == Reach::Credential && step.purpose.is_login();
        self.logins.iter().any(|live| is_it(&live.step))
    }

    /// Whether a login is nobody's to step: a question of the control experiment, or one that only the user's word
    /// for all nodes has brought about.
    pub(super) fn goes_alone(&self, step: &LoginStep) -> bool {
        let by_word = self.run.walk.permissions().all_nodes.is_some() && self.has_begun();
        !step.purpose.is_login() || by_word
    }

    /// Starts a login that runs by itself. It takes no other one's place, and has no stage bar of its own.
    pub(super) fn run_alone(&mut self, step: LoginStep) {
        let mut request = self.target.unattended(&step, None);
        self.trust(&mut request, &step);
        let handle = self.engine.login(request);
        self.walker.began(handle.op);
        self.logins.push(Live { handle, step });
    }

    /// Begins a login on a node that is watched, unless the one before it is still under way.
    pub(super) fn watch(&mut self, step: LoginStep) {
        let (walker, purpose) = (&self.walker, step.purpose);
        self.logins.retain(|live| live.step.purpose != purpose || walker.is_open(live.handle.op));
        let mut under_way = self.logins.iter().filter(|live| live.step.purpose == purpose);
        if !under_way.any(|live| live.is_on(&step.host, step.port)) {
            self.run_alone(step);
        }
    }

    /// What was accepted on the screen counts for logins that begin later.
    fn trust(&self, request: &mut Request, step: &LoginStep) {
        let here = self.accepted.iter().filter(|kept| kept.is_on(&step.host, step.port));
        request.login.policy.known.extend(here.map(|kept| kept.fingerprint.clone()));
    }

    /// Shows what a live login says of itself now; what it said in between is of no interest, and must not come
    /// after what is newer.
    pub fn said(&mut self, op: OpId) {
        let Some(live) = self.logins.iter().find(|live| live.handle.op == op) else { return };
        if live.step.reach == Reach::Mechanisms {
            // It runs by itself: nobody steps it.
            return;
        }
        let standing = live.handle.standing.borrow().clone();
        let remote = node_key(&live.step.host, live.step.port);
        let user = format!("{}@{}", self.target.user, self.target.domain);
        if let Some(complaint) = &standing.complaint {
            self.model.refused(op, complaint);
        }
        self.model.standing(op, standing::shown(&standing, &remote, &user));
    }

    /// Says once for each login why its password had better not be sent: it was refused elsewhere, or proves nothing
    /// here. True: it was said just now, and the same key again sends it. A step is warned of where it would send.
    pub(super) fn warns(&mut self, op: OpId, is_step: bool) -> bool {
        let live = self.logins.iter().find(|live| live.handle.op == op);
        // Jabber's login is by token.
        let by_password = live.filter(|live| live.step.client == ClientKind::Psi);
        let standing = by_password.map(|live| live.handle.standing.borrow().clone());
        let before_auth = |stage: Option<Stage>| stage.is_none_or(|stage| stage <= Stage::Auth);
        let Some(standing) = standing.filter(|standing| before_auth(standing.stage)) else { return false };
        let sends = standing.next.is_some_and(|next| next.contains("<auth"));
        if (is_step && !sends) || self.warned.contains(&op) {
            return false;
        }
        let Some(why) = self.run.walk.advises_against(self.means) else { return false };
        self.warned.push(op);
        self.model.notice(format!("{why}; the same key again sends it all the same"));
        true
    }

    /// Starts a login on a node by what is known of it now.
    pub(super) async fn start_on(&mut self, host: &str, port: u16, run_to: Option<Stage>) {
        let Some(step) = self.run.walk.login_step(self.means, host, port) else {
            return self.model.notice(format!("{host} has no address to connect to"));
        };
        let needs_token = step.client == ClientKind::Jabber && !self.engine.has_token();
        match self.run.walk.token_again().filter(|_| needs_token) {
            Some(ask) => {
                // A token serves once: the login begins when there is another one, or none can be had.
                let for_token = self.engine.http(ask);
                self.walker.began(for_token);
                self.waiting = Some(Waiting { for_token, step, run_to });
                self.model.notice("asking EPAS for another one-time password".to_owned());
            }
            None => self.start(step, run_to).await,
        }
    }

    /// Starts a login on a node, stepped, or running up to a stage. The one before it on that node ends.
    pub(super) async fn start(&mut self, step: LoginStep, run_to: Option<Stage>) {
        let same = |live: &Live| live.is_login_on(&step.host, step.port);
        if let Some(before) = self.logins.iter_mut().find(|live| same(live)) {
            // Its end stands before the new one's beginning, unless it takes too long to leave.
            let over = before.handle.standing.wait_for(|standing| standing.over);
            let _ = tokio::time::timeout(LEAVE, over).await;
        }
        self.logins.retain(|live| !same(live));
        let mut request = self.target.attended(&step);
        if let Some(stage) = run_to {
            request.login.pace = Pace::Running;
            request.login.breakpoints.push(Breakpoint { stage, side: Side::Before });
        }
        self.trust(&mut request, &step);
        let handle = self.engine.login(request);
        let (op, says, mut standing) = (handle.op, self.says.clone(), handle.standing.clone());
        tokio::spawn(async move { while says.send(op).is_ok() && standing.changed().await.is_ok() {} });
        let mut first = handle.standing.clone();
        self.walker.began(op);
        self.logins.push(Live { handle, step });
        self.meet(op, &mut first).await;
    }

    /// Shows what a new login proposes before the next key is read: a key that was typed early finds it there.
    async fn meet(&mut self, op: OpId, standing: &mut watch::Receiver<Standing>) {
        let proposes = standing.wait_for(|standing| *standing != Standing::default());
        let _ = tokio::time::timeout(FIRST_WORD, proposes).await;
        self.catch_up(IN_FLIGHT);
        self.said(op);
    }
}
