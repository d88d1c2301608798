//! A table of the control experiment in words, and as lines of text. Knows no colours.

use unicode_width::UnicodeWidthStr;

use super::super::columns::pad;
use super::super::figures::{beside, duration, foreign, short};
use super::super::render::Wrapped;
use super::{ControlTable, Heard, PointsAt, Reply};

impl PointsAt {
    /// What it is in a sentence, behind "points at".
    pub fn words(self) -> &'static str {
        match self {
            PointsAt::XcpCm => "Cisco XCP Connection Manager",
            PointsAt::BehindXcpCm => {
                "what stands behind the Connection Manager: Cisco XCP Authentication Service, or the Router"
            }
            PointsAt::Backend => "the back end: LDAP, the database or the login datastore",
            PointsAt::User => "this user alone",
            PointsAt::CannotTell => "nothing: the answers fit several causes",
        }
    }
}

/// A reply in words: `answered in 21 ms (success)`, `silent for 10.0 s`.
pub(in crate::findings) fn words(reply: &Reply, table: &ControlTable) -> String {
    match (reply, Heard::of(reply, table.marks)) {
        (Reply::NotAsked, _) => "not asked".to_owned(),
        (Reply::Open, _) => "being asked".to_owned(),
        (Reply::Silent { waited, .. }, _) => format!("silent for {}", duration(*waited)),
        (Reply::Failed { why, .. }, _) => format!("could not be asked: {why}"),
        (Reply::Answered { after, what, .. }, heard) => {
            let how = match heard {
                Heard::Silent => "answered only after",
                Heard::Slow => "answered slowly, in",
                _ => "answered in",
            };
            format!("{how} {} ({what})", duration(*after))
        }
    }
}

/// The reply of a fresh connection in words: `offered PLAIN, slowest step 9 ms`.
pub(in crate::findings) fn stream_words(table: &ControlTable) -> String {
    match &table.stream {
        Reply::Answered { after, what, .. } => format!("offered {what}, slowest step {}", duration(*after)),
        reply => words(reply, table),
    }
}

/// A question, its answer, and the answer in words.
struct Row<'t> {
    name: String,
    reply: &'t Reply,
    words: String,
}

/// The questions and their answers, in the order in which they separate; what was not asked is left out where `all` is
/// false.
fn rows(table: &ControlTable, all: bool) -> Vec<Row<'_>> {
    let host = foreign(short(&table.host));
    let by = |mechanism: &str, unnamed: &str| match mechanism {
        "" => unnamed.to_owned(),
        mechanism => format!("the user by {}", foreign(mechanism)),
    };
    let second = match table.second.as_str() {
        "" => "second user".to_owned(),
        user => format!("second user {}", foreign(user)),
    };
    let row = |name: String, reply| Row { name, reply, words: words(reply, table) };
    let fresh = Row { words: stream_words(table), ..row("fresh connection".to_owned(), &table.stream) };
    let mut rows = vec![
        row(by(&table.way, "the user's <auth>"), &table.auth),
        fresh,
        row("impossible mechanism".to_owned(), &table.impossible_mechanism),
        row("user that cannot exist".to_owned(), &table.unknown_user),
        row(format!("EPASSoap on {host}"), &table.epas),
        row(by(&table.other_mechanism, "the user's other way in"), &table.other_way),
        row(second, &table.second_user),
    ];
    let by_edge = |place: &str| format!("<auth> by the edge {}", foreign(beside_place(place, table)));
    rows.extend(table.edge.iter().map(|(place, reply)| row(by_edge(place), reply)));
    let elsewhere = |place: &str| format!("<auth> on {}", foreign(beside_place(place, table)));
    rows.extend(table.other_nodes.iter().map(|(place, reply)| row(elsewhere(place), reply)));
    rows.retain(|row| all || *row.reply != Reply::NotAsked);
    rows
}

/// Another node's name, short where both are of one domain and the port is the same.
fn beside_place<'a>(place: &'a str, table: &ControlTable) -> &'a str {
    match place.rsplit_once(':') {
        Some((host, port)) if port == table.port.to_string() && !host.contains(':') => beside(host, &table.host),
        _ => place,
    }
}

/// The answers behind each other, but for the user's own.
pub(in crate::findings) fn answers(table: &ControlTable) -> String {
    let rows = rows(table, false).into_iter().skip(usize::from(table.auth != Reply::NotAsked));
    let all: Vec<String> = rows.map(|row| format!("{} {}", row.name, row.words)).collect();
    all.join(" · ")
}

/// What the administrator's side says beside the answers; nothing where it was not asked.
fn admins(table: &ControlTable) -> Vec<(&'static str, String)> {
    let rows = [
        ("XCP Connection Manager", &table.service),
        ("sockets", &table.sockets),
        ("not started behind it", &table.down),
    ];
    let told = rows.into_iter().filter_map(|(name, told)| Some((name, told.as_ref()?)));
    told.map(|(name, (words, n))| (name, format!("{words}  #{}", n.0))).collect()
}

/// A table as lines of text, at most `width` columns wide where that can be: one question a line, its answer, its time
/// and the entry, then what it points at.
pub fn control_lines(table: &ControlTable, width: usize) -> Vec<String> {
    let place = crate::journal::host_port(&foreign(&table.host), table.port);
    let mut page = Wrapped::new(width);
    page.add(&format!("Control experiment on {place}"), "  ");
    let rows = rows(table, true);
    let admins = admins(table);
    let named = rows.iter().map(|row| row.name.width()).chain(admins.iter().map(|(name, _)| name.width()));
    let names = named.max().unwrap_or_default();
    for Row { name, reply, words } in rows {
        let entry = reply.entry().map(|n| format!("  #{}", n.0)).unwrap_or_default();
        page.add_row(&format!("  {}", pad(&name, names)), &(words + &entry));
    }
    for (name, words) in admins {
        page.add_row(&format!("  {}", pad(name, names)), &words);
    }
    match table.points_at {
        Some(points_at) => {
            page.add(&format!("Points at {}.", points_at.words()), "  ");
            page.add(&format!("Why: {}.", table.why), "  ");
        }
        None => page.add("Points at nothing yet: a question is open, or still to be asked.", "  "),
    }
    page.into_lines()
}
