//! Servers that name more of everything than there can be: what is asked is bounded, and so are time and memory.

use super::names::{A, Names, Record, SRV, fitted, record};
use super::walks::start;
use super::web::{Authority, Cucm, UDS, Web, answer, own_address};
use crate::deadline::busy_machine;
use crate::program::{Program, SOON};

const CUCM: &str = "cucm1.example.test";
/// So much memory the program may take, whatever it is told.
const MEMORY_KB: u64 = 300 * 1024;
/// So many questions it may ask.
const QUESTIONS: usize = 600;

/// A walk whose CUCM says this, in a domain where every name is a host's. `file` is what it serves as a file.
#[track_caller]
fn walked(what: &str, cucm: Cucm, file: String) {
    let _busy = busy_machine();
    let (authority, place) = (Authority::new(), own_address());
    let web = Web::plays_at((place, UDS).into(), Some(authority.vouches(CUCM)), move |request, line| {
        let is_file = request.target.ends_with(".cnf.xml");
        let said = if is_file { answer("200 OK", &file) } else { cucm.answer(request) };
        line.write_all(said.as_bytes())?;
        line.flush()
    });
    let route = Record::srv("_cisco-uds._tcp.example.test", UDS, CUCM);
    let names = Names::play(move |question| {
        let is_route = question.name.starts_with("_cisco-uds");
        let found = match question.kind {
            A => vec![record(&[0xc0, 12], A, &place.octets())],
            SRV if is_route => vec![route.wire()],
            _ => Vec::new(),
        };
        vec![fitted(question, 0, &found)]
    });
    let finished = start(&Program::new(), &names, &authority, &[]).finish(SOON);
    assert!(finished.peak_kb < MEMORY_KB, "{what}: {} kB", finished.peak_kb);
    assert!(web.credentials() <= 3, "{what}: {} uses", web.credentials());
    let asked = names.asked().len();
    assert!(asked < QUESTIONS, "{what}: {asked} questions");
    assert_eq!(finished.exit, Some(2), "{what}: {finished:#?}");
}

fn many(count: usize, each: impl Fn(usize) -> String) -> String {
    (0..count).map(each).collect()
}

#[test]
fn a_crowd_of_anything_is_walked_as_far_as_makes_sense() {
    let servers = many(9_000, |n| format!("<server>n{n}.a</server>"));
    let uris = many(5_000, |n| format!("<uri>http://n{n}.a:9/x{n}.cnf.xml</uri>"));
    let own = format!("<serviceProfile><uri>https://{CUCM}:{UDS}/SP.cnf.xml</uri></serviceProfile>");
    let sections =
        many(3_000, |n| format!("<IMandPresence><Primary><Address>n{n}.a</Address></Primary></IMandPresence>"));
    let rows = [
        ("nodes of the user", format!("<imAndPresence>{servers}</imAndPresence>"), String::new()),
        ("service profiles", format!("<serviceProfile>{uris}</serviceProfile>"), String::new()),
        ("Jabber's profiles", format!("<jabberProfile>{uris}</jabberProfile>"), String::new()),
        ("sections", own.clone(), format!("<userProfile>{sections}</userProfile>")),
        ("properties of everything", many(9_000, |n| format!("<e{n}/>")), String::new()),
    ];
    for (what, user, file) in rows {
        walked(what, Cucm { user, ..Cucm::default() }, file);
    }
    let servers = (0..9_000).map(|n| format!("n{n}.a")).collect();
    walked("nodes of the cluster", Cucm { servers, ..Cucm::default() }, String::new());
}
