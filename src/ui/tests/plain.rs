//! The screen as lines: what is said of what comes, and what typed commands ask for.

use zeroize::Zeroizing;

use super::*;
use crate::journal::Read;
use crate::ui::plain::{Plain, Reply};
use insta::assert_snapshot;

/// A model without a picture, and what was said of it.
struct Lines {
    plain: Plain,
    model: Model,
    now: Offset,
}

impl Lines {
    fn of(setup: Setup, story: &Story) -> Self {
        let mut lines = Self { plain: Plain::default(), model: Model::new(setup, 100, 40), now: story.now() };
        story.entries().iter().for_each(|entry| lines.model.apply(entry));
        lines
    }

    /// What has changed since the last time.
    fn said(&mut self) -> String {
        self.model.refresh(self.now);
        self.plain.changes(&mut self.model).0.join("\n")
    }

    /// Types a line; gives what was said, and what the program is asked for.
    fn type_in(&mut self, line: &str) -> (String, Vec<Effect>) {
        let reply = self.plain.typed(&mut self.model, line);
        self.carried(reply)
    }

    fn carried(&mut self, reply: Reply) -> (String, Vec<Effect>) {
        let press = |event| handle(&mut self.model, event);
        let effects = reply.press.into_iter().flat_map(press).collect();
        let mut said = reply.lines;
        said.extend(Some(self.said()).filter(|text| !text.is_empty()));
        (said.join("\n"), effects)
    }
}

fn flagship() -> Lines {
    let mut lines = Lines::of(Setup { recording: true, ..Setup::default() }, &Story::flagship());
    lines.model.standing(IMP1, waiting());
    lines
}

/// imp1 before `<auth>`, held by this, and all of it said.
fn standing_before_auth(hold: Hold) -> Lines {
    let mut story = Story::new(true);
    story
        .reach_mechanisms(IMP1, "imp1.example.test", Some(true))
        .stage(Stage::Auth, crate::journal::StageMark::Entered);
    let mut lines = Lines::of(Setup::default(), &story);
    lines.model.standing(IMP1, held(hold));
    lines.said();
    lines
}

#[test]
fn the_field_report_is_heard_from_the_first_stage_to_the_verdict() {
    let mut lines = flagship();
    assert_snapshot!(lines.said());
    assert_eq!(lines.said(), "", "what was said is not said again");
}

#[test]
fn every_line_has_a_label_and_where_only_ascii_is_wanted_there_is_nothing_else() {
    let setup = Setup { ascii: true, ..Setup::default() };
    let mut lines = Lines::of(setup, &Story::flagship());
    lines.model.standing(IMP1, waiting());
    let mut all = lines.said();
    for command in [
        "help",
        "tree",
        "status",
        "F",
        "finding 1",
        "?",
        "console 50",
        "find auth",
        "explain XMPP_AUTH_SILENT",
        "b",
        "show 1",
    ] {
        all.push_str(&format!("\n{}", lines.type_in(command).0));
    }
    for line in all.lines() {
        let label = line.split_once(':').map(|(label, _)| label);
        assert!(
            label.is_some_and(|label| !label.is_empty() && label.starts_with(|c: char| c.is_ascii_lowercase())),
            "{line}"
        );
        assert!(line.chars().all(|c| c.is_ascii() && !c.is_control()), "{line:?}");
    }
}

#[test]
fn a_key_and_its_name_ask_for_the_same() {
    for command in ["n", "next", "NEXT"] {
        let mut lines = standing_before_auth(Hold::Step);
        let (_, effects) = lines.type_in(command);
        assert!(matches!(effects[..], [Effect::Live(Live::Step(IMP1))]), "{command}: {effects:?}");
    }
    let mut lines = standing_before_auth(Hold::Step);
    let (_, effects) = lines.type_in("retry-to-here");
    assert!(effects.is_empty(), "it is asked first");
    let (_, effects) = lines.type_in("yes");
    assert!(
        matches!(effects[..], [Effect::Live(Live::Abort(_)), Effect::Live(Live::Login { .. })]),
        "{effects:?}"
    );
}

#[test]
fn what_is_not_possible_and_what_nobody_knows_is_said_with_what_is() {
    let mut lines = flagship();
    lines.said();
    let (said, effects) = lines.type_in("n");
    assert!(
        said.starts_with("error: next is not possible now; waiting for <success>") && effects.is_empty(),
        "{said}"
    );
    assert_eq!(lines.type_in("fidnings").0, "error: there is no command fidnings; near it: findings, finding");
    assert!(lines.type_in("z").0.contains("there is no picture"));
    assert!(lines.type_in("yes").0.starts_with("error: nothing is asked"));
}

#[test]
fn a_question_is_asked_in_the_screens_words_and_nothing_but_an_answer_is_taken() {
    let mut lines = standing_before_auth(certificate());
    let (asked, effects) = lines.type_in("t");
    assert!(asked.contains("question: Accept this certificate here?") && asked.contains("sha256:3fa9"), "{asked}");
    assert!(asked.ends_with("question: type yes or no, or keep: yes, and keep it beyond this run"), "{asked}");
    assert!(effects.is_empty());
    assert_eq!(lines.type_in("c").0, "error: a question is open: yes or no");
    let (_, effects) = lines.type_in("yes");
    assert!(matches!(&effects[..], [Effect::Live(Live::Accept(IMP1, _))]), "{effects:?}");
    lines.type_in("t");
    assert!(lines.type_in("no").1.is_empty());
    assert!(lines.type_in("tree").0.starts_with("tree 1:"), "and then commands are taken again");
}

#[test]
fn a_password_is_taken_by_a_line_of_its_own_and_never_said() {
    let mut lines = standing_before_auth(Hold::Password);
    let (asked, _) = lines.type_in("n");
    assert!(asked.contains("goes into no file") && lines.plain.wants_secret(&lines.model), "{asked}");
    let reply = lines.plain.secret(&mut lines.model, &Zeroizing::new("canary 7Q".to_owned()));
    let (said, effects) = lines.carried(reply);
    assert!(matches!(&effects[..], [Effect::Live(Live::Password(Some(IMP1), _))]), "{effects:?}");
    assert!(!said.contains("canary"), "{said}");
    lines.type_in("n");
    let refused = lines.plain.refuse_secret(&mut lines.model).join("\n");
    assert!(refused.contains("--password-file") && !lines.plain.wants_secret(&lines.model), "{refused}");
}

#[test]
fn a_text_of_several_lines_is_remarked_on_and_sent_on_a_yes() {
    let mut lines = standing_before_auth(Hold::Step);
    assert!(lines.type_in("e").0.contains("proposal: <auth"));
    for line in ["<auth mechanism='X'>", "</aut>"] {
        let (said, effects) = lines.type_in(line);
        assert!(said.is_empty() && effects.is_empty(), "{said} {effects:?}");
    }
    let (asked, effects) = lines.type_in(".");
    assert!(
        asked.contains("not well-formed") && asked.ends_with("type yes or no") && effects.is_empty(),
        "{asked}"
    );
    let (_, effects) = lines.type_in("yes");
    let sent = "<auth mechanism='X'>\n</aut>";
    assert!(matches!(&effects[..], [Effect::Live(Live::Edit(IMP1, text))] if text == sent), "{effects:?}");
}

#[test]
fn until_sets_a_breakpoint_and_goes_on_to_it() {
    let mut lines = standing_before_auth(Hold::Step);
    let (said, effects) = lines.type_in("until session");
    assert_eq!(said, "breakpoint: before session set");
    let is = matches!(
        effects[..],
        [Effect::Live(Live::Breakpoint(IMP1, Stage::Session, false)), Effect::Live(Live::Continue(IMP1))]
    );
    assert!(is, "{effects:?}");
    // That one is set already: nothing clears it on the way.
    let (_, effects) = lines.type_in("until bind");
    assert!(matches!(effects[..], [Effect::Live(Live::Continue(IMP1))]), "{effects:?}");
    assert!(lines.type_in("until lunch").0.starts_with("error: the stages are tcp, stream"));
}

#[test]
fn an_item_is_selected_by_its_number_or_its_name_and_what_is_said_follows_it() {
    let mut lines = flagship();
    lines.said();
    let tree = lines.type_in("tree").0;
    let of_imp2 = tree.lines().find(|line| line.contains("imp2")).unwrap();
    let number = of_imp2.strip_prefix("tree ").and_then(|rest| rest.split_once(':')).unwrap().0;
    for name in [number, "imp2", "IMP2.example.test"] {
        lines.type_in("select imp1");
        let said = lines.type_in(&format!("select {name}")).0;
        assert!(said.starts_with("selected: ok: imp2"), "{name}: {said}");
    }
    assert!(lines.type_in("select imp7").0.starts_with("error: nothing in the tree is imp7"));
}

#[test]
fn a_wait_is_said_when_it_is_silent_and_every_thirty_seconds_after_that() {
    let mut lines = flagship();
    lines.said();
    let due = lines.plain.due(&lines.model).expect("the wait goes on");
    lines.now = Offset(due.0 - 1);
    assert_eq!(lines.said(), "");
    lines.now = due;
    assert_eq!(lines.said(), "still: waiting for <success>, <challenge> or <failure> in auth for 40.0 s");
    assert_eq!(lines.plain.due(&lines.model).map(|next| next.0 - due.0), Some(30_000_000));
}

#[test]
fn of_a_flood_some_rows_are_said_and_the_rest_is_counted() {
    let mut story = Story::flagship();
    let mut lines = Lines::of(Setup::default(), &story);
    lines.model.standing(IMP1, waiting());
    lines.said();
    let known = story.entries().len();
    for number in 0..1000 {
        story.after(1000).received(&format!("<message id='m{number}'/>"), Read::Message);
    }
    story.entries()[known..].iter().for_each(|entry| lines.model.apply(entry));
    let said = lines.said();
    assert!(said.lines().count() < 60 && said.contains("passed over: 960 more rows"), "{said}");
    let last = story.entries().last().unwrap().n.0;
    assert!(lines.type_in(&format!("show {last}")).0.contains("m999"));
    let explained = lines.type_in(&format!("explain #{last}")).0;
    assert!(explained.contains("A message from somebody") && explained.contains("RFC 6121"), "{explained}");
}

#[test]
fn quiet_says_the_silence_and_the_verdict_and_no_row() {
    let heard = flagship().type_in("quiet").0;
    assert!(heard.contains("silent #") && heard.contains("verdict: CRITICAL XMPP_AUTH_SILENT"), "{heard}");
    assert!(!heard.contains("received #") && !heard.contains("sent #"), "{heard}");
}

#[test]
fn a_script_goes_on_where_somebody_has_to_say_what_comes_next() {
    let ready = |lines: &Lines| lines.plain.is_ready(&lines.model);
    assert!(ready(&standing_before_auth(Hold::Step)));
    let mut silent = flagship();
    silent.said();
    assert!(ready(&silent), "a silence needs a word as well");
    let mut running = standing_before_auth(Hold::Step);
    running.model.standing(IMP1, waiting());
    assert!(!ready(&running), "the login runs");
}

#[test]
fn an_entry_is_shown_raw_byte_by_byte_and_explained_and_a_filter_decides_what_is_said() {
    let mut lines = flagship();
    lines.said();
    let auth = lines.type_in("find <auth.*PLAIN").0;
    let number =
        auth.split_once("sent #").and_then(|(_, rest)| rest.split_once(' ')).expect("it was sent").0.to_owned();
    for (form, wanted) in [("show", "[masked PLAIN"), ("raw", "xmlns='urn:ietf"), ("hex", "3c 61 75 74 68")] {
        let shown = lines.type_in(&format!("{form} {number}")).0;
        assert!(shown.contains(wanted), "{form}: {shown}");
    }
    assert!(lines.type_in(&format!("explain {number}")).0.contains("RFC 6120"));
    assert!(lines.type_in("filter kind:lunch").0.starts_with("error: "));
    assert!(lines.type_in("filter kind:sasl").0.starts_with("filter: 1 rows"));
    let shown = lines.type_in("console 50").0;
    assert!(shown.lines().count() == 1 && shown.starts_with("sent #"), "{shown}");
    assert!(lines.type_in("filter").0.ends_with("0 are not"));
}

#[test]
fn a_change_request_is_printed_by_its_findings_number_and_its_service_watched() {
    let mut lines = flagship();
    lines.said();
    let (said, effects) = lines.type_in("change 1");
    assert!(said.contains("change 2: What         restart Cisco XCP Connection Manager on imp1"), "{said}");
    assert!(effects.is_empty());
    let (_, effects) = lines.type_in("watch 1 2");
    let [Effect::Live(Live::Watch { service, .. })] = effects.as_slice() else { panic!("{effects:?}") };
    assert_eq!(service, "Cisco XCP Connection Manager");
    assert!(lines.type_in("watch 1 9").0.starts_with("error: watch N K"));
    assert!(lines.type_in("change 99").0.starts_with("error: change N"));
}
