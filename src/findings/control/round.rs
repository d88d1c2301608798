//! One experiment on one node: the questions that belong together, and what they pointed at as they were answered.

use std::time::Duration;

use crate::discovery::Walk;
use crate::journal::{HttpWhat, Offset, OpId, Purpose};
use crate::progress::{LoginProgress, Progress};

use super::super::admin::{self, Beside};
use super::read::{self, Question};
use super::{ControlTable, Marks, PointsAt, Reply, TOKEN, table};

/// One experiment on one node.
pub(in crate::findings) struct Round {
    /// The operation of its first question.
    pub op: OpId,
    /// Its answers as they stand now.
    pub table: ControlTable,
    /// The tables that it has come to whenever nothing was open, oldest first: one for each thing that they pointed
    /// at, the newest one last.
    pub verdicts: Vec<ControlTable>,
    /// The address that the node has, as the newest question knows it.
    pub address: Option<String>,
    /// Whether no newer one was begun on the node.
    pub is_newest: bool,
    /// Whether a newer one on the node has come to a verdict.
    pub is_superseded: bool,
}

/// What a round is read from.
struct Asked<'a> {
    progress: &'a Progress,
    walk: &'a Walk,
    marks: Marks,
    host: &'a str,
    port: u16,
    /// When the first question was asked.
    began: Offset,
    /// The questions on XMPP, in their order.
    logins: Vec<&'a LoginProgress>,
    /// When the next one on this node began.
    until: Option<Offset>,
}

/// All experiments, in the order in which they were begun.
pub(in crate::findings) fn rounds(progress: &Progress, walk: &Walk) -> Vec<Round> {
    let marks = Marks::of(progress);
    let mut asked: Vec<Asked<'_>> = Vec::new();
    for login in progress.controls() {
        let here = asked.iter_mut().rfind(|round| round.is_on(login));
        let begins = |round: &Asked<'_>| {
            login.ask.purpose == Purpose::ImpossibleMechanism && round.has(Purpose::ImpossibleMechanism)
        };
        match here {
            Some(round) if !begins(round) => round.logins.push(login),
            older => {
                if let Some(older) = older {
                    older.until = Some(login.began);
                }
                asked.push(Asked {
                    progress,
                    walk,
                    marks,
                    host: &login.ask.host,
                    port: login.ask.port,
                    began: login.began,
                    logins: vec![login],
                    until: None,
                });
            }
        }
    }
    let mut rounds: Vec<Round> = asked.iter().map(Asked::round).collect();
    for at in 0..rounds.len() {
        let older = &rounds[at].table;
        let newer = rounds[at + 1..].iter().filter(|newer| newer.table.is_of(&older.host, older.port));
        rounds[at].is_superseded = newer.into_iter().any(|newer| !newer.verdicts.is_empty());
    }
    rounds
}

/// What stands beside a login's `<auth>`: the newest table of its node, or what is known without an experiment.
pub(in crate::findings) fn beside(progress: &Progress, walk: &Walk, login: &LoginProgress) -> ControlTable {
    let (host, port) = (login.ask.host.as_str(), login.ask.port);
    let here = |round: &Round| round.is_newest && round.table.is_of(host, port);
    rounds(progress, walk).into_iter().find(here).map(|round| round.table).unwrap_or_else(|| {
        let (marks, began) = (Marks::of(progress), Offset(u64::MAX));
        Asked { progress, walk, marks, host, port, began, logins: Vec::new(), until: None }.table(None)
    })
}

impl Marks {
    /// The marks of the run.
    pub(in crate::findings) fn of(progress: &Progress) -> Self {
        progress.run().map_or_else(Self::default, |run| Self {
            slow: Duration::from_millis(run.slow_ms),
            silent: Duration::from_millis(run.silent_ms),
        })
    }

    /// Slow and silent in whole milliseconds.
    pub(in crate::findings) fn millis(self) -> (u64, u64) {
        let whole = |mark: Duration| u64::try_from(mark.as_millis()).unwrap_or(u64::MAX);
        (whole(self.slow), whole(self.silent))
    }
}

impl<'a> Asked<'a> {
    fn is_on(&self, login: &LoginProgress) -> bool {
        login.ask.is_on(self.host, self.port)
    }

    fn has(&self, purpose: Purpose) -> bool {
        self.logins.iter().any(|login| login.ask.purpose == purpose)
    }

    fn round(&self) -> Round {
        let mut verdicts: Vec<ControlTable> = Vec::new();
        for table in self.moments().into_iter().map(|moment| self.judged(Some(moment))) {
            if table.points_at.is_some() {
                verdicts.retain(|known| known.points_at != table.points_at);
                verdicts.push(table);
            }
        }
        Round {
            op: self.logins[0].op,
            table: self.judged(None),
            verdicts,
            address: self.logins.iter().rev().find_map(|login| login.remote.clone()),
            is_newest: self.until.is_none(),
            is_superseded: false,
        }
    }

    /// The table at a moment, or as it stands now, with what it points at.
    fn judged(&self, moment: Option<Offset>) -> ControlTable {
        let mut table = self.table(moment);
        table.points_at = self.verdict(&table, moment.unwrap_or(Offset(u64::MAX)));
        if table.points_at.is_some() {
            table.why = table::why(&table);
        }
        table
    }

    /// When an answer that decides came, or was given up.
    fn moments(&self) -> Vec<Offset> {
        let by_login = self.logins.iter().flat_map(|login| [read::asked(login), read::opened(login)]);
        let elsewhere = self.users().map(read::asked);
        let all = by_login.chain(elsewhere).chain(self.epas(Offset(u64::MAX)));
        let mut moments: Vec<Offset> = all.filter_map(|question| question.settled).collect();
        moments.extend(admin::looks(self.walk, self.host).iter().map(|look| look.at));
        moments.retain(|moment| self.until.is_none_or(|until| *moment < until));
        moments.retain(|moment| *moment >= self.began);
        moments.sort_unstable();
        moments.dedup();
        moments
    }

    /// What the answers point at. None while something is open, or while what decides is still to be asked:
    ///
    /// 1. the impossible mechanism is asked first, always;
    /// 2. where it is answered, the user that cannot exist is asked for next, once in a run;
    /// 3. the second user, where there is one, is waited for only where nothing else decides.
    fn verdict(&self, table: &ControlTable, moment: Offset) -> Option<PointsAt> {
        if table.replies().contains(&&Reply::Open) || table.impossible_mechanism == Reply::NotAsked {
            return None;
        }
        let begun = |purpose: Purpose, login: &LoginProgress| login.ask.purpose == purpose && login.began < moment;
        let anywhere = self.progress.controls().iter().any(|login| begun(Purpose::UnknownUser, login));
        let later =
            self.logins.iter().any(|login| begun(Purpose::OtherWay, login) || begun(Purpose::SecondUser, login));
        let answered = matches!(table.impossible_mechanism, Reply::Answered { .. });
        if answered && !anywhere && !later {
            return None;
        }
        let points_at = table::points_at(table, table.marks);
        let second = self.walk.goal().is_some_and(|goal| goal.second_user.is_some());
        let comes = second && answered && table.second_user == Reply::NotAsked;
        (points_at != PointsAt::CannotTell || !comes).then_some(points_at)
    }

    /// The answers at a moment, or as they stand now. What begins at the very moment at which something else is answered
    /// comes after it.
    fn table(&self, moment: Option<Offset>) -> ControlTable {
        let now = moment.unwrap_or(Offset(u64::MAX));
        let until = self.until.map_or(now, |until| until.min(now));
        let reply = |question: Option<Question>| {
            question.map_or(Reply::NotAsked, |question| match moment {
                Some(moment) => question.at(moment),
                None => question.reply,
            })
        };
        let newest = |purpose: Purpose| {
            let of = |login: &&&'a LoginProgress| login.ask.purpose == purpose && login.began < now;
            self.logins.iter().rfind(of).copied()
        };
        let asked = |login: Option<&LoginProgress>| reply(login.map(read::asked));
        let silent = self.silent();
        let way = silent.and_then(mechanism).unwrap_or_default();
        let other_way = newest(Purpose::OtherWay).or_else(|| self.other_way(&way, until));
        let second = newest(Purpose::SecondUser);
        let admins = self.admins(silent, now);
        ControlTable {
            service: admins.service,
            sockets: admins.sockets,
            down: admins.down,
            auth: silent.map_or(Reply::NotAsked, read::auth),
            stream: worst(self.opened(now, moment)),
            impossible_mechanism: asked(newest(Purpose::ImpossibleMechanism)),
            unknown_user: asked(newest(Purpose::UnknownUser)),
            epas: reply(self.epas(until).last()),
            other_way: asked(other_way),
            other_mechanism: other_way.and_then(mechanism).unwrap_or_default(),
            second_user: asked(second),
            second: second.map(|login| login.ask.user.clone()).unwrap_or_default(),
            edge: self.elsewhere(true).pop(),
            other_nodes: self.elsewhere(false),
            way,
            marks: self.marks,
            ..ControlTable::of(self.host, self.port)
        }
    }

    /// What the administrator's side had said by then beside the silent login.
    fn admins(&self, silent: Option<&LoginProgress>, now: Offset) -> Beside {
        let silence = silent.and_then(|login| {
            let silence =
                login.silences.iter().rfind(|silence| silence.awaited == crate::journal::Awaited::AuthAnswer)?;
            let over = silence.answered.map(|(_, at)| at).or(login.ended.as_ref().map(|end| end.at));
            Some((silence.since, over.unwrap_or(Offset(u64::MAX))))
        });
        admin::beside(self.walk, self.host, silence.unwrap_or((self.began, Offset(u64::MAX))), now)
    }

    fn opened(&self, now: Offset, moment: Option<Offset>) -> impl Iterator<Item = Reply> {
        let begun = self.logins.iter().filter(move |login| login.began < now);
        begun.map(|login| read::opened(login)).map(move |question| match moment {
            Some(moment) => question.at(moment),
            None => question.reply,
        })
    }

    /// The user's logins on this node that have sent `<auth>`.
    fn users(&self) -> impl Iterator<Item = &'a LoginProgress> {
        let sent = |login: &&LoginProgress| !login.auths.is_empty();
        self.progress.logins().iter().filter(|login| self.is_on(login)).filter(sent)
    }

    /// The login that it is about: the newest one before it whose `<auth>` became silent, else the newest one that had
    /// sent one.
    fn silent(&self) -> Option<&'a LoginProgress> {
        let before = || self.users().filter(|login| login.began <= self.began);
        let is_silent = |login: &&LoginProgress| {
            login.silences.iter().any(|silence| silence.awaited == crate::journal::Awaited::AuthAnswer)
        };
        before().filter(is_silent).last().or(before().last())
    }

    /// The user's own newest login by another way than the silent one: by token, or by password.
    fn other_way(&self, way: &str, until: Offset) -> Option<&'a LoginProgress> {
        let by_token = way == TOKEN;
        let differs = |login: &&LoginProgress| {
            mechanism(login).is_some_and(|mechanism| (mechanism == TOKEN) != by_token) && login.began < until
        };
        self.users().filter(differs).last()
    }

    /// EPASSoap logins on this host, in their order.
    fn epas(&self, until: Offset) -> impl Iterator<Item = Question> {
        let (host, marks) = (self.host, self.marks);
        let until = self.until.map_or(until, |end| end.min(until));
        let here = self.walk.exchanges().iter().filter(move |exchange| {
            let of_login = exchange.ask.what == HttpWhat::EpasLogin && exchange.began < until;
            of_login && exchange.ask.origin().1.eq_ignore_ascii_case(host)
        });
        here.map(move |exchange| read::exchange(exchange, marks))
    }

    /// What the newest login on each other node that sent `<auth>` came to, or on each front end of an Expressway-E.
    fn elsewhere(&self, by_edge: bool) -> Vec<(String, Reply)> {
        let mut nodes: Vec<(String, Reply)> = Vec::new();
        let is_meant = |login: &&LoginProgress| !self.is_on(login) && login.ask.is_by_edge() == by_edge;
        let elsewhere = self.progress.logins().iter().filter(is_meant);
        for login in elsewhere.filter(|login| !login.auths.is_empty()) {
            let place = crate::journal::host_port(&login.ask.host, login.ask.port);
            nodes.retain(|(known, _)| !known.eq_ignore_ascii_case(&place));
            nodes.push((place, read::auth(login)));
        }
        nodes
    }
}

/// The mechanism of a login's newest `<auth>`.
fn mechanism(login: &LoginProgress) -> Option<String> {
    login.last_auth().and_then(|sent| sent.mechanism.clone())
}

/// Of several connections the worst: one that is not served, one that failed, one that is open, the slowest.
fn worst(replies: impl Iterator<Item = Reply>) -> Reply {
    let rank = |reply: &Reply| match reply {
        Reply::NotAsked => (0, Duration::ZERO),
        Reply::Answered { after, .. } => (1, *after),
        Reply::Failed { .. } => (2, Duration::ZERO),
        Reply::Silent { waited, .. } => (3, *waited),
        Reply::Open => (4, Duration::ZERO),
    };
    replies.max_by_key(rank).unwrap_or(Reply::NotAsked)
}
