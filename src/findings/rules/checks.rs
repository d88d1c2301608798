//! A rule over all services that check the user's password, each by a way of its own: UDS, EPASSoap, `<auth>`.
//!
//! They ask the same LDAP or database (protocol.md 6.8). Where all of them are silent, and what needs no password is
//! answered beside them, none of them is likely to be at fault by itself.

use crate::discovery::Exchange;
use crate::journal::{EntryNo, HttpWhat, Offset, OpId};
use crate::progress::LoginProgress;

use super::super::control::{self, Heard, Marks, Reply, TOKEN};
use super::super::figures::{duration, foreign, list};
use super::site::Site;
use super::{Answer, code};

/// Which service checked it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum By {
    Uds,
    Epas,
    Auth,
}

/// One check of the user's password.
struct Check<'a> {
    by: By,
    host: &'a str,
    op: OpId,
    began: Offset,
    heard: Heard,
    settled: Option<Offset>,
    entry: Option<EntryNo>,
}

impl Check<'_> {
    fn is_settled(&self, moment: Offset) -> bool {
        self.settled.is_some_and(|settled| settled <= moment)
    }

    fn words(&self) -> String {
        let host = foreign(self.host);
        match self.by {
            By::Uds => format!("UDS on {host} (the user's record)"),
            By::Epas => format!("EPASSoap on {host}"),
            By::Auth => format!("<auth> on {host}"),
        }
    }
}

/// At some moment every service that had been asked to check the password, of at least two kinds, was silent, and what
/// needs none was answered there. Where one answers afterwards the finding says so, and explains nothing any more.
pub(super) fn silent(site: &Site<'_>) -> Vec<Answer> {
    let checks = checks(site);
    let moments = checks.iter().filter_map(|check| check.settled);
    let Some(all) = moments.filter_map(|moment| silent_at(site, &checks, moment)).max_by_key(Vec::len) else {
        return Vec::new();
    };
    // The first that became silent stays the first one, however much is known.
    let first = checks.iter().find(|check| check.heard == Heard::Silent).unwrap_or(all[0]);
    let words: Vec<String> = all.iter().map(|check| check.words()).collect();
    let answered = checks.iter().find(|check| check.heard.came() && check.began >= all[0].began);
    let found = site
        .about_user(code::nodes::PASSWORD_CHECKS_SILENT)
        .of(first.op)
        .arg("services", list(&words))
        .arg("waited", duration(Marks::of(site.progress).silent))
        .maybe("superseded", answered.map(|check| format!("{} answered afterwards", check.words())))
        .cite(all.iter().filter_map(|check| check.entry));
    vec![found.holds()]
}

/// All checks, in the order in which they began. What could not be asked to the end is none.
fn checks<'a>(site: &Site<'a>) -> Vec<Check<'a>> {
    let marks = Marks::of(site.progress);
    let exchanges = site.walk.exchanges().iter().filter_map(|exchange| by_exchange(exchange, marks));
    let mut checks: Vec<Check<'a>> = exchanges.collect();
    checks.extend(site.progress.logins().iter().filter_map(|login| by_login(login, marks)));
    checks.sort_by_key(|check| (check.began, check.op));
    checks
}

fn by_exchange(exchange: &Exchange, marks: Marks) -> Option<Check<'_>> {
    let by = match exchange.ask.what {
        HttpWhat::User => By::Uds,
        HttpWhat::EpasLogin => By::Epas,
        _ => return None,
    };
    let (_, sent, credential) = exchange.sent?;
    let question = control::exchange(exchange, marks);
    credential.then(|| check(by, exchange.ask.server().1, exchange.op, sent, question, marks))?
}

fn by_login(login: &LoginProgress, marks: Marks) -> Option<Check<'_>> {
    let by_password = |mechanism: &Option<String>| mechanism.as_deref() != Some(TOKEN);
    let sent = login.auths.iter().find(|sent| sent.credential && by_password(&sent.mechanism))?;
    check(By::Auth, &login.ask.host, login.op, sent.at, control::asked(login), marks)
}

fn check(
    by: By,
    host: &str,
    op: OpId,
    began: Offset,
    question: control::Question,
    marks: Marks,
) -> Option<Check<'_>> {
    let heard = Heard::of(&question.reply, marks);
    let (settled, entry) = (question.settled, question.reply.entry());
    let is_one = !matches!(question.reply, Reply::Failed { .. });
    is_one.then_some(Check { by, host, op, began, heard, settled, entry })
}

/// The newest check of each service by then, if all were silent by then.
fn silent_at<'t, 'a>(site: &Site<'_>, checks: &'t [Check<'a>], moment: Offset) -> Option<Vec<&'t Check<'a>>> {
    let mut newest: Vec<&Check<'_>> = Vec::new();
    for one in checks.iter().filter(|one| one.began <= moment) {
        newest.retain(|known| (known.by, known.host) != (one.by, one.host));
        newest.push(one);
    }
    let is_silent = |one: &&Check<'_>| one.is_settled(moment) && one.heard == Heard::Silent;
    let kinds: std::collections::BTreeSet<By> = newest.iter().map(|one| one.by).collect();
    let uds_answers = |one: &&Check<'_>| one.by != By::Uds || answers_without(site, one.host, moment);
    let all = newest.iter().all(is_silent) && newest.iter().all(uds_answers);
    (kinds.len() >= 2 && all).then_some(newest)
}

/// Whether UDS on this host answered, by then and in time, something that needs no password.
fn answers_without(site: &Site<'_>, host: &str, moment: Offset) -> bool {
    let marks = Marks::of(site.progress);
    let open = |exchange: &&Exchange| {
        let free = matches!(
            exchange.ask.what,
            HttpWhat::Version | HttpWhat::ClusterUser | HttpWhat::Servers | HttpWhat::SingleSignOn
        );
        free && exchange.ask.server().1.eq_ignore_ascii_case(host)
    };
    site.walk.exchanges().iter().filter(open).any(|exchange| {
        let question = control::exchange(exchange, marks);
        let by_then = question.settled.is_some_and(|settled| settled <= moment);
        by_then && Heard::of(&question.reply, marks).came()
    })
}
