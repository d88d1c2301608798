//! The control experiment against a server that plays with it: what cannot exist is let in, or what the user's login
//! was given is not given to the questions.

use std::io;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use data_encoding::BASE64;

use super::peer::{HEADER, Identity, PROCEED, Peer, SUCCESS, Said, Secure, Talk, offers};
use super::{DOMAIN, PASSWORD, SILENT};
use crate::program::{Finished, Program, SOON, holds_secret, no_file_holds};

const SECOND: &str = "canary-second-8Ww";
const CHALLENGE: &str = "<challenge xmlns='urn:ietf:params:xml:ns:xmpp-sasl'>bW9yZQ==</challenge>";
const IMPOSSIBLE: &str = "X-IMPSCOPE-NONE";

/// One `<auth>`: its mechanism, and what stood in it.
struct Auth {
    mechanism: String,
    payload: String,
}

impl Auth {
    fn heard<S: io::Read + io::Write>(talk: &mut Talk<S>) -> io::Result<Self> {
        talk.hear("<auth")?;
        talk.hear("mechanism=\"")?;
        let mechanism = talk.hear_up_to("\"")?;
        let payload = match mechanism.as_str() {
            IMPOSSIBLE => String::new(),
            _ => {
                talk.hear(">")?;
                talk.hear_up_to("</auth>")?
            }
        };
        Ok(Self { mechanism, payload: String::from_utf8(BASE64.decode(payload.as_bytes()).unwrap()).unwrap() })
    }

    /// The user and the password of PLAIN.
    fn user(&self) -> &str {
        self.payload.split('\0').nth(1).unwrap_or_default()
    }

    fn password(&self) -> &str {
        self.payload.split('\0').nth(2).unwrap_or_default()
    }
}

/// A server with PLAIN that goes on by this script.
fn asked(script: impl Fn(&mut Talk<Secure>, Auth) -> Said + Send + Sync + 'static) -> Peer {
    Peer::secure(move |talk| {
        talk.say(HEADER)?;
        talk.say(&offers(&["PLAIN"]))?;
        let auth = Auth::heard(talk)?;
        script(talk, auth)
    })
}

fn refusal(text: &str) -> String {
    format!("<failure xmlns='urn:ietf:params:xml:ns:xmpp-sasl'><not-authorized/><text>{text}</text></failure>")
}

/// `check --control` with a second user; both passwords are looked for in all that it leaves behind.
fn check(program: &Program, peer: &Peer, trust: &[&str]) -> Finished {
    let elsewhere = tempfile::tempdir().expect("a folder can be made");
    let file = elsewhere.path().join("second");
    std::fs::write(&file, SECOND).expect("a file can be written");
    let (node, user) = (peer.address.to_string(), format!("alice@{DOMAIN}"));
    let second = file.display().to_string();
    let mut arguments = vec!["check", "--json", "--control", "--node", &node, "--slow", "500ms"];
    arguments.extend(["--silent-after", SILENT, "--second-user", "bob", "--second-password-file", &second]);
    arguments.extend(trust);
    arguments.push(&user);
    let run = program.start(&arguments, Some(PASSWORD)).finish(SOON);
    assert!(!holds_secret(format!("{}{}", run.stdout, run.stderr).as_bytes(), SECOND), "{run:#?}");
    no_file_holds(SECOND, program.home());
    run
}

#[test]
fn a_server_that_lets_in_what_cannot_exist_is_not_believed() {
    for said in [SUCCESS, CHALLENGE] {
        let peer = asked(move |talk, auth| {
            // A loop: whatever comes next, the same again.
            for _ in 0..if auth.mechanism == IMPOSSIBLE { 50 } else { 0 } {
                talk.say(said)?;
            }
            talk.listen()
        });
        let run = check(&Program::new(), &peer, &["--insecure"]);
        let table = run.json()["control"][0].clone();
        let answers = ["impossible_mechanism", "unknown_user", "second_user"].map(|name| table[name].clone());
        assert_eq!(answers, ["answered", "silent", "silent"], "{table:#}");
        assert_eq!(table["points_at"], "cannot_tell", "{table:#}");
        assert_eq!(run.unexplained("critical"), ["XMPP_AUTH_SILENT"], "{}", run.stderr);
    }
}

#[test]
fn the_made_up_password_is_kept_out_of_what_comes_back_to_somebody_else() {
    let made_up = Arc::new(Mutex::new(String::new()));
    let given = Arc::clone(&made_up);
    let peer = asked(move |talk, auth| {
        match auth.user() {
            "alice" => return talk.listen(),
            "impscope-probe" => auth.password().clone_into(&mut given.lock().unwrap()),
            _ => {}
        }
        let known = given.lock().unwrap().clone();
        talk.say(&refusal(&format!("{known} {SECOND} {PASSWORD} {}", auth.password())))?;
        talk.listen()
    });
    let program = Program::new();
    let run = check(&program, &peer, &["--insecure"]);
    let made_up = made_up.lock().unwrap().clone();
    assert_eq!(run.json()["control"][0]["second_user"], "answered", "{}", run.stderr);
    assert!(made_up.len() > 20 && !holds_secret(format!("{}{}", run.stdout, run.stderr).as_bytes(), &made_up));
    no_file_holds(&made_up, program.home());
}

/// What else than the login a question is given.
#[derive(Clone, Copy)]
enum Instead {
    OtherCertificate,
    NoTls,
    TlsRefused,
}

/// An honest server for the first connection, whose certificate the user accepted; for all others `instead`. It
/// counts the `<auth>` with something in it that those others get.
fn changes(first: Identity, instead: Instead, credentials: Arc<AtomicUsize>) -> Peer {
    let (connections, other) = (AtomicUsize::new(0), Identity::named(DOMAIN));
    Peer::plays(move |talk| {
        let is_first = connections.fetch_add(1, Ordering::SeqCst) == 0;
        let count = |auth: &Auth| credentials.fetch_add(usize::from(!auth.payload.is_empty()), Ordering::SeqCst);
        match instead {
            Instead::NoTls if !is_first => {
                talk.hear("<stream:stream")?;
                talk.say(HEADER)?;
                talk.say(&offers(&["PLAIN"]))?;
            }
            Instead::TlsRefused if !is_first => {
                talk.hear("<stream:stream")?;
                talk.say(HEADER)?;
                talk.say(super::peer::STARTTLS)?;
                talk.hear("<starttls")?;
                talk.say("<failure xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>")?;
                talk.say(&offers(&["PLAIN"]))?;
            }
            _ => {
                talk.hear("<stream:stream")?;
                talk.say(HEADER)?;
                talk.say(super::peer::STARTTLS)?;
                talk.hear("<starttls")?;
                talk.hear("/>")?;
                talk.say(PROCEED)?;
                let mut talk = talk.secured(if is_first { &first } else { &other })?;
                talk.hear("<stream:stream")?;
                talk.say(HEADER)?;
                talk.say(&offers(&["PLAIN"]))?;
                let auth = Auth::heard(&mut talk)?;
                if !is_first {
                    count(&auth);
                    talk.say(&refusal("no"))?;
                }
                return talk.listen();
            }
        }
        let auth = Auth::heard(talk)?;
        count(&auth);
        talk.say(&refusal("no"))?;
        talk.listen()
    })
}

#[test]
fn no_credential_of_a_question_crosses_what_the_login_would_not_have_crossed() {
    for instead in [Instead::OtherCertificate, Instead::NoTls, Instead::TlsRefused] {
        let (first, credentials) = (Identity::named(DOMAIN), Arc::new(AtomicUsize::new(0)));
        let fingerprint = first.fingerprint.clone();
        let peer = changes(first, instead, Arc::clone(&credentials));
        let run = check(&Program::new(), &peer, &["--accept", &fingerprint]);
        let table = run.json()["control"][0].clone();
        assert_eq!(run.stage("auth"), "silent", "{}", run.stderr);
        assert_eq!(credentials.load(Ordering::SeqCst), 0, "{}", run.stderr);
        assert_eq!(
            (&table["unknown_user"], &table["second_user"]),
            (&"failed".into(), &"failed".into()),
            "{table:#}"
        );
        assert_eq!(table["points_at"], "cannot_tell", "{table:#}");
    }
}
