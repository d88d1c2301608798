//! The administrator's credential beside the user's: neither goes where the other belongs, no cookie of the one comes
//! with the other, and what was allowed for the user's path is not allowed for the administrator's.

use super::trust::{ask, fingerprint, secured, strict};
use super::*;

const ADMIN: &str = "canary-admin-4Ty&";
const ADMINISTRATORS: [HttpWhat; 5] =
    [HttpWhat::AxlVersion, HttpWhat::AxlUser, HttpWhat::Services, HttpWhat::CounterNames, HttpWhat::Counters];
const USERS: [HttpWhat; 3] = [HttpWhat::Version, HttpWhat::User, HttpWhat::EpasLogin];

fn with_admin(setup: Setup) -> Table {
    let mut table = setup.table();
    table.engine.keep_admin("administrator".to_owned(), ADMIN.into());
    table
}

fn basic(user: &str, password: &str) -> String {
    data_encoding::BASE64.encode(format!("{user}:{password}").as_bytes())
}

/// Whether either of the administrator's and the user's credential stands in a request, in whatever dress.
fn holds(request: &str) -> (bool, bool) {
    let in_xml = |secret: &str| secret.replace('&', "&amp;").replace('<', "&lt;");
    let admin = [ADMIN.to_owned(), in_xml(ADMIN), basic("administrator", ADMIN), basic("alice", ADMIN)];
    let user = [PASSWORD.to_owned(), in_xml(PASSWORD), basic("alice", PASSWORD), basic("administrator", PASSWORD)];
    (admin.iter().any(|form| request.contains(form)), user.iter().any(|form| request.contains(form)))
}

fn gives_a_cookie(number: usize, _: &str) -> Reply {
    Reply::Say(answer(&format!("200 OK\r\nSet-Cookie: s{number}=canary-session-{number}"), "<x/>").into_bytes())
}

#[tokio::test(flavor = "multi_thread")]
async fn each_credential_goes_with_its_own_requests_and_their_cookies_never_meet() {
    let (site, pem) = secured(HOST, gives_a_cookie).await;
    let mut table = with_admin(Setup { roots: Some(pem), limit: 9, ..strict() });
    for (user, admin) in USERS.into_iter().cycle().zip(ADMINISTRATORS) {
        for what in [user, admin] {
            assert_eq!(table.ask(ask(&site, what)).await.end(), "Ok", "{what:?}");
        }
    }
    let heard = site.heard();
    assert_eq!(heard.len(), 10);
    let number = |cookie: &str| cookie.split(['s', '=']).nth(1).and_then(|number| number.parse::<usize>().ok());
    for (at, request) in heard.iter().enumerate() {
        let is_admin = at % 2 == 1;
        let (admin, user) = holds(request);
        assert_eq!(admin, is_admin, "{request}");
        assert!(!(user && is_admin), "{request}");
        let cookies = request.lines().find_map(|line| line.strip_prefix("Cookie: ")).unwrap_or_default();
        // The server numbers what it gives: even numbers went to the administrator.
        let given = cookies.split("; ").filter_map(number);
        assert!(given.clone().all(|number| (number % 2 == 0) == is_admin), "{at}: {cookies}");
        assert!(at < 2 || given.count() > 0, "cookies are returned: {request}");
    }
    assert_eq!(site.connections(), 2, "one for each");
    assert_eq!(table.engine.attempts().0, 3, "the administrator's count against no user");
    let recording = table.recording();
    assert!(!table.holds_password() && !holds(&recording).0 && !recording.contains("canary-"), "{recording}");
}

#[tokio::test(flavor = "multi_thread")]
async fn without_an_administrators_credential_the_users_goes_in_its_place_nowhere() {
    let (site, pem) = secured(HOST, gives_a_cookie).await;
    let mut table = Setup { roots: Some(pem), ..strict() }.table();
    for what in ADMINISTRATORS {
        assert_eq!(table.ask(ask(&site, what)).await.gate(), Some("no credential"), "{what:?}");
    }
    assert!(site.heard().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_allowed_for_all_certificates_or_in_clear_is_not_for_the_administrator() {
    let (site, _) = secured(HOST, gives_a_cookie).await;
    let clear = Site::says(&answer("200 OK", "<x/>")).await;
    let permissions = Permissions { insecure: true, cleartext: true, ..Permissions::default() };
    let mut table = with_admin(Setup { permissions, ..Setup::default() });
    assert_eq!(table.ask(ask(&site, HttpWhat::User)).await.end(), "Ok", "the user's own goes");
    for what in ADMINISTRATORS {
        assert_eq!(table.ask(ask(&site, what)).await.gate(), Some("untrusted"), "{what:?}");
        assert_eq!(table.ask(clear.ask(what, "/")).await.gate(), Some("clear"), "{what:?}");
    }
    assert_eq!((site.heard().len(), clear.heard().len()), (1, 0));
    let seen = table.ask(ask(&site, HttpWhat::Services)).await;
    table.engine.accept(HOST, site.address.port(), &fingerprint(&seen));
    assert_eq!(table.ask(ask(&site, HttpWhat::Services)).await.end(), "Ok", "it was accepted by its fingerprint");
    assert!(holds(&site.heard()[1]).0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_certificate_for_another_name_is_not_enough_for_the_administrator_either() {
    let (site, pem) = secured("cucm2.example.test", gives_a_cookie).await;
    let permissions = Permissions { insecure: true, ..Permissions::default() };
    let mut table = with_admin(Setup { roots: Some(pem), permissions, ..Setup::default() });
    assert_eq!(table.ask(ask(&site, HttpWhat::AxlVersion)).await.gate(), Some("untrusted"));
    assert!(site.heard().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_server_sends_back_of_either_secret_stands_in_no_note() {
    let (site, pem) = secured(HOST, |_, request| {
        let text: String = request.chars().filter(|c| !c.is_control()).collect();
        Reply::Say(answer("200 OK", &format!("<p>{text} {ADMIN} {PASSWORD}</p>")).into_bytes())
    })
    .await;
    let mut table = with_admin(Setup { roots: Some(pem), ..strict() });
    for what in [HttpWhat::AxlVersion, HttpWhat::User, HttpWhat::Version, HttpWhat::Services] {
        table.ask(ask(&site, what)).await;
    }
    let recording = table.recording();
    assert_eq!(holds(&recording), (false, false), "{recording}");
}
