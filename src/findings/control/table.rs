//! What a table of answers points at: an ordered list of patterns, the first one that fits decides.
//!
//! Two separators are wanted before a service is named (protocol.md 6.8). What was not asked, is open, or could not be
//! asked to the end separates nothing. An answer behind the mark `silent` came too late to count as one.

use super::{ControlTable, Marks, PointsAt, Reply};

/// A reply, as far as the patterns care.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::findings) enum Heard {
    /// Answered before the mark `slow`.
    Quick,
    /// Answered behind it, and before the mark `silent`.
    Slow,
    /// Not answered before the mark `silent`.
    Silent,
    /// It could not be asked to the end.
    Failed,
    /// Not asked, or open.
    Nothing,
}

use Heard::{Failed, Nothing, Quick, Silent, Slow};

impl Heard {
    pub(in crate::findings) fn of(reply: &Reply, marks: Marks) -> Self {
        match reply {
            Reply::NotAsked | Reply::Open => Nothing,
            Reply::Failed { .. } => Failed,
            Reply::Silent { .. } => Silent,
            Reply::Answered { after, .. } if *after >= marks.silent => Silent,
            Reply::Answered { after, .. } if *after >= marks.slow => Slow,
            Reply::Answered { .. } => Quick,
        }
    }

    /// Answered in time, quick or slow.
    pub(in crate::findings) fn came(self) -> bool {
        matches!(self, Quick | Slow)
    }
}

/// A table, as far as the patterns care.
#[derive(Debug, Clone, Copy)]
struct Seen {
    auth: Heard,
    stream: Heard,
    impossible: Heard,
    unknown: Heard,
    epas: Heard,
    other_way: Heard,
    second: Heard,
    /// What cannot exist was let in, or asked for more.
    lets_in_anything: bool,
    /// The user's silent `<auth>` was one by token, so that the other way is by password.
    by_token: bool,
    /// A service behind the Connection Manager is not started, by Control Center.
    behind_down: bool,
}

impl Seen {
    fn of(table: &ControlTable, marks: Marks) -> Self {
        let heard = |reply: &Reply| Heard::of(reply, marks);
        // Only who was let in has shown that LDAP or the database answered: a refusal may need neither.
        let epas = match (&table.epas, heard(&table.epas)) {
            (Reply::Answered { what, .. }, Quick) if what != super::SUCCESS => Failed,
            (_, heard) => heard,
        };
        Self {
            auth: heard(&table.auth),
            stream: heard(&table.stream),
            impossible: heard(&table.impossible_mechanism),
            unknown: heard(&table.unknown_user),
            epas,
            other_way: heard(&table.other_way),
            second: heard(&table.second_user),
            lets_in_anything: goes_on(&table.impossible_mechanism) || goes_on(&table.unknown_user),
            by_token: table.way == super::TOKEN,
            behind_down: table.down.is_some(),
        }
    }

    /// EPASSoap, which passes the Connection Manager by, waits for something as well.
    fn epas_waits(&self) -> bool {
        matches!(self.epas, Slow | Silent)
    }

    /// Some `<auth>` beside the impossible mechanism was answered in time.
    fn somebody(&self) -> bool {
        self.unknown.came() || self.second.came() || self.other_way.came()
    }
}

/// Whether an answer goes on with a login that can only be refused.
fn goes_on(reply: &Reply) -> bool {
    matches!(reply, Reply::Answered { what, .. } if what == super::SUCCESS || what == super::CHALLENGE)
}

/// Stands in a pattern's words for how EPASSoap waits too.
const WAITS: &str = "{waits}";

/// A pattern: when it fits, what it points at, and which answers separate what.
pub(super) struct Row {
    /// What the test calls it.
    #[cfg_attr(not(test), expect(dead_code, reason = "each pattern has a case of this name in a test"))]
    pub name: &'static str,
    when: fn(&Seen) -> bool,
    points_at: PointsAt,
    why: &'static str,
}

/// All patterns. The first one that fits decides, so each takes those above it for excluded.
pub(super) const ROWS: &[Row] = &[
    Row {
        name: "nothing to explain",
        when: |seen| seen.auth != Silent,
        points_at: PointsAt::CannotTell,
        why: "no <auth> of the user's that arrived was left unanswered here, so there is nothing to point at",
    },
    Row {
        name: "what cannot exist is let in",
        when: |seen| seen.lets_in_anything,
        points_at: PointsAt::CannotTell,
        why: "a mechanism or a user that cannot exist is not refused, which no IM&P node does: something else answers \
              there, and its answers separate nothing",
    },
    Row {
        name: "no fresh connection",
        when: |seen| seen.stream == Failed,
        points_at: PointsAt::CannotTell,
        why: "a fresh connection does not come as far as the mechanisms: what ends it on the way is to be looked at first",
    },
    Row {
        name: "some connections served, some not",
        when: |seen| seen.stream == Silent && (seen.impossible.came() || seen.somebody()),
        points_at: PointsAt::CannotTell,
        why: "one fresh connection is served and another is not even offered mechanisms: that comes and goes, as \
              under load",
    },
    Row {
        name: "no mechanisms, and EPASSoap waits too",
        when: |seen| seen.stream == Silent && seen.epas_waits(),
        points_at: PointsAt::CannotTell,
        why: "neither a fresh connection to XMPP nor EPASSoap, which passes the Connection Manager by, is served: \
              that is the whole node, or its host, and not one service",
    },
    Row {
        name: "no mechanisms",
        when: |seen| seen.stream == Silent,
        points_at: PointsAt::XcpCm,
        why: "a fresh connection is not even offered mechanisms, and nothing behind the Connection Manager is \
              needed for that",
    },
    Row {
        name: "impossible mechanism silent, others answered",
        when: |seen| seen.impossible == Silent && seen.somebody(),
        points_at: PointsAt::CannotTell,
        why: "some questions are answered and the simplest one is not: that comes and goes, as under load",
    },
    Row {
        name: "impossible mechanism silent, and EPASSoap waits too",
        when: |seen| seen.impossible == Silent && seen.epas_waits(),
        points_at: PointsAt::CannotTell,
        why: "the impossible mechanism, which nobody has to look up, is silent, and EPASSoap, which passes the \
              Connection Manager by, {waits}: that is the whole node, or its host",
    },
    Row {
        name: "impossible mechanism silent, EPASSoap quick",
        when: |seen| seen.impossible == Silent && seen.epas == Quick,
        points_at: PointsAt::XcpCm,
        why: "not even an impossible mechanism is refused, which takes neither user nor password, while EPASSoap on \
              the same host is quick: LDAP, the database and the host are well",
    },
    Row {
        name: "impossible mechanism silent, EPASSoap not told",
        when: |seen| seen.impossible == Silent,
        points_at: PointsAt::XcpCm,
        why: "not even an impossible mechanism is refused, which takes neither user nor password; EPASSoap, which \
              would show whether the rest of the host is well, has not told",
    },
    Row {
        name: "answered slowly in front",
        when: |seen| seen.stream == Slow || seen.impossible == Slow,
        points_at: PointsAt::CannotTell,
        why: "what takes neither user nor password is answered, but slowly: load alone can look like this",
    },
    Row {
        name: "front not asked",
        when: |seen| seen.impossible != Quick && !seen.somebody(),
        points_at: PointsAt::CannotTell,
        why: "nothing shows that the Connection Manager answers any <auth> at all: the impossible mechanism has not \
              told",
    },
    // No separator is as sure as the node's own word that something does not run.
    Row {
        name: "a service behind is not started",
        when: |seen| seen.behind_down,
        points_at: PointsAt::BehindXcpCm,
        why: "the Connection Manager answers, and by Control Center what stands behind it does not run: {down}",
    },
    Row {
        name: "unknown user silent, second user answered",
        when: |seen| seen.unknown == Silent && seen.second.came(),
        points_at: PointsAt::CannotTell,
        why: "a second user is answered and a user that cannot exist is not: that comes and goes, and fits no one \
              service",
    },
    Row {
        name: "unknown user silent, EPASSoap waits too",
        when: |seen| seen.unknown == Silent && seen.epas_waits(),
        points_at: PointsAt::Backend,
        why: "the impossible mechanism is refused, so the Connection Manager answers; a user that cannot exist is \
              silent, and EPASSoap, which takes another way to the same database and LDAP, {waits}",
    },
    Row {
        name: "unknown user silent, EPASSoap quick",
        when: |seen| seen.unknown == Silent && seen.epas == Quick,
        points_at: PointsAt::BehindXcpCm,
        why: "the impossible mechanism is refused, so the Connection Manager answers; not even a user that cannot \
              exist is refused, while EPASSoap, which takes another way to the same database and LDAP, is quick",
    },
    // Two separators agree that it is not the Connection Manager, one that it is no single user.
    Row {
        name: "unknown user silent, EPASSoap not told",
        when: |seen| seen.unknown == Silent,
        points_at: PointsAt::BehindXcpCm,
        why: "the impossible mechanism is refused, so the Connection Manager answers; not even a user that cannot \
              exist is refused, so it is no single user. EPASSoap has not told whether the database and LDAP answer",
    },
    Row {
        name: "token silent, password answered",
        when: |seen| seen.by_token && seen.other_way == Quick,
        points_at: PointsAt::Backend,
        why: "the user's password is answered on the same node and the one-time password is not: what checks these \
              is at fault, the Login Datastore",
    },
    Row {
        name: "second user answered, EPASSoap waits",
        when: |seen| seen.epas_waits() && seen.second.came(),
        points_at: PointsAt::CannotTell,
        why: "EPASSoap {waits} for this user, and a second user is answered: that fits what is kept of this user, and \
              it fits LDAP if the second one is a local user",
    },
    Row {
        name: "EPASSoap waits too",
        when: |seen| seen.epas_waits(),
        points_at: PointsAt::Backend,
        why: "who can be refused without a look at the password is refused, and the user is not; EPASSoap, which \
              checks the same password and passes all XCP services by, {waits}",
    },
    Row {
        name: "second user silent, EPASSoap quick",
        when: |seen| seen.epas == Quick && seen.second == Silent,
        points_at: PointsAt::BehindXcpCm,
        why: "the Connection Manager answers; a second user is as silent as the first, and EPASSoap, which checks \
              the same password by another way, is quick",
    },
    Row {
        name: "second user answered, EPASSoap quick",
        when: |seen| seen.epas == Quick && seen.second == Quick && seen.unknown != Slow,
        points_at: PointsAt::User,
        why: "a second user is answered at once by the same services, and EPASSoap is quick: only this user's <auth> \
              is silent",
    },
    Row {
        name: "answered slowly behind",
        when: |seen| seen.unknown == Slow || seen.second == Slow,
        points_at: PointsAt::CannotTell,
        why: "others are answered, but slowly: load fits, and so does what stands behind the Connection Manager",
    },
    Row {
        name: "no second user",
        when: |seen| seen.epas == Quick,
        points_at: PointsAt::CannotTell,
        why: "the Connection Manager answers, and EPASSoap is quick: this user fits as well as what stands behind \
              the Connection Manager, and a second user would tell",
    },
    Row {
        name: "EPASSoap not told",
        when: |_| true,
        points_at: PointsAt::CannotTell,
        why: "the Connection Manager answers; EPASSoap, which checks the same password by another way, has not told \
              whether it is LDAP, the database or an XCP service",
    },
];

/// What a table points at.
///
/// What is open counts as not asked: ask again when it is settled.
pub(in crate::findings) fn points_at(table: &ControlTable, marks: Marks) -> PointsAt {
    row(table, marks).points_at
}

/// Which answers separate what, in one sentence.
pub(super) fn why(table: &ControlTable) -> String {
    let marks = table.marks;
    let down = table.down.as_ref().map_or("", |(words, _)| words.as_str());
    let mut why = row(table, marks).why.replace(WAITS, &waits(table)).replace("{down}", down);
    if let (PointsAt::XcpCm | PointsAt::BehindXcpCm, Some((sockets, _))) =
        (row(table, marks).points_at, &table.sockets)
        && sockets.starts_with("flat")
    {
        why.push_str(&format!(". Its sockets are {sockets}: nobody new gets in, which fits"));
    }
    why.push_str(by_edge(row(table, marks).points_at, table).unwrap_or_default());
    if let Reply::Answered { after, .. } = &table.impossible_mechanism
        && *after >= marks.silent
    {
        why.push_str(&format!(
            " (the impossible mechanism was answered after {}, too late to count)",
            super::duration(*after)
        ));
    }
    why
}

/// What the user's `<auth>` through an Expressway-E adds to what is pointed at (protocol.md 6.8): it passes the Connection
/// Manager by, so an answer there speaks for that as the cause, and a silence there for what stands behind it.
fn by_edge(points_at: PointsAt, table: &ControlTable) -> Option<&'static str> {
    let (_, reply) = table.edge.as_ref()?;
    match (points_at, Heard::of(reply, table.marks)) {
        (PointsAt::XcpCm, Quick | Slow) => {
            Some(". Through the edge, which enters at the Router, <auth> is answered, which fits")
        }
        (PointsAt::XcpCm, Silent) => Some(
            ". Through the edge, which enters at the Router, <auth> is silent too, which the Connection Manager does not \
             explain: look at what stands behind it as well",
        ),
        (PointsAt::BehindXcpCm | PointsAt::Backend, Silent) => {
            Some(". Through the edge, which enters at the Router, <auth> is silent too, which fits")
        }
        (PointsAt::CannotTell, Quick | Slow) if table.impossible_mechanism != Reply::NotAsked => Some(
            ". Through the edge, which enters at the Router, <auth> is answered: the Router and what stands behind it serve",
        ),
        _ => None,
    }
}

/// How EPASSoap waits too.
fn waits(table: &ControlTable) -> String {
    match (&table.epas, Heard::of(&table.epas, table.marks)) {
        (Reply::Answered { after, .. }, Slow) => format!("is slow too ({})", super::duration(*after)),
        (Reply::Answered { after, .. }, Silent) => format!("answers only after {}", super::duration(*after)),
        _ => "waits too".to_owned(),
    }
}

pub(super) fn row(table: &ControlTable, marks: Marks) -> &'static Row {
    let seen = Seen::of(table, marks);
    // The last one always fits.
    ROWS.iter().find(|row| (row.when)(&seen)).unwrap_or(&ROWS[ROWS.len() - 1])
}
