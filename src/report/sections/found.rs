//! What was found: in full what nothing explains, the rest in a line each; and the nodes beside each other.

use super::super::block::{Block, Phrase};
use super::super::{homes, words};
use super::{Run, WIDTH};
use crate::findings::{
    self, Finding, Text, catalogue, control_lines, inside_outside, inside_outside_lines, side_by_side,
};

/// All findings.
pub(super) fn findings(run: &Run) -> Vec<Block> {
    let mut blocks = vec![Block::section("Findings")];
    let faults = words::faults(&run.findings);
    if faults.is_empty() {
        blocks.push(Block::prose("Nothing was found wrong."));
    } else {
        blocks.push(Block::prose(
            "A number such as `#57` names a line of the transcript below. What is called likely or a guess is not \
             proven by this run: the causes say how to tell them apart.",
        ));
    }
    for (finding, again) in faults {
        blocks.extend(in_full(finding, &again, !run.of_now().contains(finding)));
    }
    let unexplained = |finding: &&Finding| finding.explained_by.is_none();
    let notes: Vec<Phrase> = run.findings.iter().filter(unexplained).filter_map(note).collect();
    if !notes.is_empty() {
        blocks.push(Block::Part(Phrase::words("Worth knowing")));
        blocks.push(Block::List { numbered: false, items: notes });
    }
    let explained: Vec<Phrase> = run.findings.iter().filter_map(explained).collect();
    if !explained.is_empty() {
        blocks.push(Block::Part(Phrase::words("Consequences of the findings above")));
        blocks.push(Block::List { numbered: false, items: explained });
    }
    blocks
}

fn note(finding: &Finding) -> Option<Phrase> {
    let text = words::is_note(finding).then(|| catalogue().text(finding).summary)?;
    Some(Phrase::code(finding.code.0).then(Phrase::prose(&format!(" {text}"))))
}

fn explained(finding: &Finding) -> Option<Phrase> {
    let by = finding.explained_by?;
    let text = catalogue().text(finding).summary;
    let said = Phrase::code(finding.code.0).then(Phrase::prose(&format!(" {text} Explained by ")));
    Some(said.then(Phrase::code(by.0)).then(Phrase::words(&format!("; see {}", words::cited(finding)))))
}

fn in_full(finding: &Finding, again: &[&Finding], is_earlier: bool) -> Vec<Block> {
    let text = catalogue().text(finding);
    let severity = text.severity.name().to_uppercase();
    let mut place = format!(" {}", finding.subject);
    place.extend(finding.arg("address").map(|address| format!(" ({address})")));
    place.push_str(if is_earlier { ", of an earlier login" } else { "" });
    let head =
        Phrase::words(&format!("{severity} ")).then(Phrase::code(finding.code.0)).then(Phrase::words(&place));
    let mut blocks = vec![Block::Part(head), Block::prose(&text.summary)];
    blocks.extend(text.details.iter().map(|detail| Block::prose(detail)));
    blocks.extend(text.not_shown.as_ref().map(|not| Block::prose(&format!("This does NOT show {not}."))));
    blocks.extend(text.compare.as_ref().map(|other| Block::prose(&format!("Compare: {other}."))));
    if let Some(suspect) = &text.suspect {
        blocks.push(Block::prose(&format!("Suspected ({}): {suspect}.", text.confidence.name())));
    }
    blocks.extend(to_do(&text));
    let mut evidence = words::cited(finding);
    evidence.extend(again.iter().map(|again| format!("; again {}", words::cited(again))));
    blocks.push(Block::facts(vec![
        ("Jabber calls it", Phrase::words(&text.jabber.join(", "))),
        ("RTMT alerts", Phrase::words(&text.alerts.join(", "))),
        ("See", Phrase::words(&text.references.join(", "))),
        ("Evidence", Phrase::words(&evidence)),
    ]));
    blocks
}

/// Causes, what to save, and remedies.
fn to_do(text: &Text) -> Vec<Block> {
    let mut blocks = Vec::new();
    let mut list = |lead: &str, numbered: bool, items: Vec<Phrase>| {
        if !items.is_empty() {
            blocks.push(Block::prose(lead));
            blocks.push(Block::List { numbered: numbered && items.len() > 1, items });
        }
    };
    let prose = |lines: &[String]| lines.iter().map(|line| Phrase::prose(line)).collect::<Vec<_>>();
    list("What may be behind it, the likeliest first:", true, prose(&text.causes));
    let commands = text.save_first.iter().map(|command| Phrase::code(command)).collect();
    list("Save first, before anything is restarted:", false, commands);
    list("Then, least harm first:", true, prose(&text.remedies));
    blocks
}

/// What each CUCM that was named by hand says of the user's home.
pub(super) fn homes(run: &Run) -> Vec<Block> {
    let rows = homes::rows(&run.walk);
    if rows.is_empty() {
        return Vec::new();
    }
    let cells = |[cucm, version, says, home]: [String; 4]| {
        vec![Phrase::code(&cucm), Phrase::words(&version), Phrase::words(&says), Phrase::code(&home)]
    };
    vec![
        Block::section("Home clusters"),
        Block::prose(
            "Each CUCM that was named was asked, without a password, where the user is at home. It is to be exactly one \
             cluster: the others name that one, or do not know the user.",
        ),
        Block::Table { head: homes::HEAD.to_vec(), rows: rows.into_iter().map(cells).collect() },
    ]
}

/// The newest login of each node, stage by stage.
pub(super) fn nodes(run: &Run) -> Vec<Block> {
    let lines = side_by_side(&run.progress, &run.walk, WIDTH);
    if lines.is_empty() {
        return Vec::new();
    }
    vec![Block::section("The nodes side by side"), Block::verbatim(lines)]
}

/// The way inside beside the way from outside, where both were walked.
pub(super) fn sides(run: &Run) -> Vec<Block> {
    let lines = inside_outside_lines(&inside_outside(&run.progress, &run.walk), WIDTH);
    if lines.is_empty() {
        return Vec::new();
    }
    vec![
        Block::section("Inside and outside"),
        Block::prose(
            "What comes through an Expressway-E enters IM&P at the Router: a silence at the edge says nothing of Cisco XCP \
             Connection Manager, and an answer there, beside a silence inside, speaks for it as the cause.",
        ),
        Block::verbatim(lines),
    ]
}

/// The control experiments.
pub(super) fn control(run: &Run) -> Vec<Block> {
    let tables = findings::control(&run.progress, &run.walk);
    if tables.is_empty() {
        return Vec::new();
    }
    let mut blocks = vec![
        Block::section("Control experiment"),
        Block::prose(
            "A login was left without an answer, so fresh connections to the same node asked other questions, one \
             after the other. Which of them are answered points at the part that is at fault.",
        ),
    ];
    blocks.extend(tables.iter().map(|table| Block::verbatim(control_lines(table, WIDTH))));
    blocks
}
