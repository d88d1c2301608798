//! The popups.

use ratatui::layout::Rect;

use super::pen::{Pen, Runs, run};
use super::{entry, findings, input, ladder, pages, palette, sheet, sift};
use crate::console::{Ink, Line, day, visible, wrap};
use crate::discovery::TrustAsk;
use crate::journal::{OpId, RunAsk, Stage, host_port};
use crate::ui::asked::used;
use crate::ui::geometry::{self, inner};
use crate::ui::going_on;
use crate::ui::model::{Hold, Model};
use crate::ui::popup::{Popup, Question, Sheet, stages};
use crate::ui::secret_field::SecretField;
use crate::ui::theme::Role;

/// Draws the popup on top.
pub(super) fn popup(model: &Model, popup: &Popup, size: (u16, u16), pen: &mut Pen<'_>) {
    let area = geometry::popup(size, is_wide(model));
    let width = usize::from(inner(area).width);
    match popup {
        Popup::Sheet(
            Sheet::Item(_) | Sheet::AllNodes | Sheet::Control(..) | Sheet::Change(..) | Sheet::Watch(..),
            scroll,
        ) => {
            let lines = text(model, popup, width);
            page(title(model, popup), snug(area, lines.len()), &lines, *scroll, pen);
        }
        Popup::Sheet(Sheet::Entry(n), scroll) => {
            let leaf = entry::Page::of(model, *n, width);
            let window = |from, height| leaf.window(from, height);
            windowed(&title(model, popup), area, leaf.rows(), *scroll, window, pen);
        }
        Popup::Sheet(_, scroll) => page(title(model, popup), area, &text(model, popup, width), *scroll, pen),
        Popup::Findings(pane) => findings::findings(model, pane, area, pen),
        Popup::Ladder(pane) => ladder::ladder(model, pane, area, pen),
        Popup::Editor(editor) => input::edit(model, editor, area, pen),
        Popup::Templates(list) => input::templates(list, area, pen),
        Popup::Palette(palette) => palette::palette(palette, area, pen),
        Popup::Filter(line) => sift::filter(model, line, size, pen),
        Popup::Search(line) => sift::search(model, line, size, pen),
        Popup::Breakpoints(..) | Popup::Password(..) | Popup::AdminPassword(_) | Popup::Question(_) => {
            input::asked_about(model, popup, size, pen);
            let lines = text(model, popup, width);
            page(title(model, popup), snug(area, lines.len()), &lines, 0, pen);
        }
    }
}

/// Whether the popup on top takes the whole width: XML does.
pub(super) fn is_wide(model: &Model) -> bool {
    match model.popups.last() {
        Some(Popup::Sheet(sheet, _)) => !matches!(sheet, Sheet::Help | Sheet::Item(_)),
        Some(Popup::Editor(_) | Popup::Templates(_) | Popup::Findings(_) | Popup::Ladder(_)) => true,
        Some(Popup::Palette(_)) => true,
        _ => false,
    }
}

/// How many lines the popup on top has.
pub(super) fn rows(model: &Model, width: usize) -> usize {
    match model.popups.last() {
        Some(Popup::Findings(pane)) => findings::rows(model, pane, width),
        Some(Popup::Sheet(Sheet::Entry(n), _)) => entry::Page::of(model, *n, width).rows(),
        Some(popup) => text(model, popup, width).len(),
        None => 0,
    }
}

/// How wide a table of bytes is where no pane says it.
const COLUMNS: usize = 78;

/// The title of the popup on top, and its lines as text.
pub(super) fn plain(model: &Model, width: usize) -> (String, Vec<String>) {
    let Some(popup) = model.popups.last() else { return (String::new(), Vec::new()) };
    let lines = match popup {
        // Bytes stand in columns: not wider than a line.
        Popup::Sheet(Sheet::Entry(n), _) => {
            let page = entry::Page::of(model, *n, if model.hex { width.min(COLUMNS) } else { width });
            page.window(0, page.rows())
        }
        popup => text(model, popup, width),
    };
    let joined = |runs: Runs| runs.into_iter().map(|(text, _)| text).collect();
    (title(model, popup), lines.into_iter().map(joined).collect())
}

/// As high as `lines` need, in the middle.
fn snug(area: Rect, lines: usize) -> Rect {
    let height = u16::try_from(lines).unwrap_or(u16::MAX).saturating_add(2).min(area.height);
    Rect { y: area.y + (area.height - height) / 2, height, ..area }
}

fn page(title: String, area: Rect, lines: &[Runs], scroll: usize, pen: &mut Pen<'_>) {
    let window = |from, height| lines.iter().skip(from).take(height).cloned().collect();
    windowed(&title, area, lines.len(), scroll, window, pen);
}

/// A page of so many lines, of which only those in sight are asked for: from here on, so many.
fn windowed(
    title: &str,
    area: Rect,
    lines: usize,
    scroll: usize,
    window: impl Fn(usize, usize) -> Vec<Runs>,
    pen: &mut Pen<'_>,
) {
    pen.wipe(area);
    let inside = inner(area);
    let height = usize::from(inside.height);
    let from = scroll.min(lines.saturating_sub(height));
    let below = lines.saturating_sub(from + height);
    let more = if below > 0 { format!("{below} more below") } else { String::new() };
    pen.frame(area, title, &more, true);
    for (down, line) in (0..inside.height).zip(window(from, height)) {
        pen.line(inside, down, &line);
    }
}

fn title(model: &Model, popup: &Popup) -> String {
    match popup {
        Popup::Sheet(Sheet::Help, _) => "Keys".to_owned(),
        Popup::Sheet(Sheet::Entry(n), _) => format!("Entry #{}{}", n.0, model.form_words()),
        Popup::Sheet(Sheet::Explain(n), _) => format!("Explain #{}", n.0),
        Popup::Sheet(Sheet::Item(_), _) => "Detail".to_owned(),
        Popup::Sheet(Sheet::AllNodes, _) => "The same login on all nodes".to_owned(),
        Popup::Sheet(Sheet::Control(host, _), _) => format!("Control experiment · {}", visible(host)),
        Popup::Sheet(Sheet::Change(key, at), _) => format!("Change text{}", model.change_place(key, *at)),
        Popup::Sheet(Sheet::Watch(host, _), _) => format!("Watch · {}", visible(host)),
        Popup::Findings(_) => "Findings".to_owned(),
        Popup::Palette(_) => "All actions".to_owned(),
        Popup::Ladder(_) => "Ladder".to_owned(),
        Popup::Breakpoints(..) => "Breakpoints".to_owned(),
        Popup::Editor(_) | Popup::Templates(_) => String::new(),
        Popup::Password(..) => "Password".to_owned(),
        Popup::AdminPassword(_) => "Administrator's password".to_owned(),
        Popup::Filter(_) | Popup::Search(_) => String::new(),
        Popup::Question(Question::Trust(..) | Question::Held(_, Hold::Certificate { .. })) => {
            "Accept this certificate here?".to_owned()
        }
        Popup::Question(Question::Held(_, Hold::Cleartext { .. })) => "Send a credential in clear?".to_owned(),
        Popup::Question(Question::Held(..)) => "One more attempt?".to_owned(),
        Popup::Question(Question::Send(_)) => "Send it all the same?".to_owned(),
        Popup::Question(Question::RetryTo { .. }) => "Retry and run to here?".to_owned(),
        Popup::Question(Question::Quit) => "End the program?".to_owned(),
    }
}

fn text(model: &Model, popup: &Popup, width: usize) -> Vec<Runs> {
    match popup {
        Popup::Sheet(Sheet::Help, _) => sheet::help(model, width),
        Popup::Sheet(Sheet::Explain(n), _) => entry::explained(model, *n, width),
        Popup::Sheet(Sheet::Item(id), _) => {
            model.tree.find(id).map_or_else(Vec::new, |item| sheet::item(model, item, width))
        }
        Popup::Sheet(Sheet::AllNodes, _) => pages::all_nodes(model, width),
        Popup::Sheet(sheet @ Sheet::Control(..), _) => pages::control(model, sheet, width),
        Popup::Sheet(sheet @ (Sheet::Change(..) | Sheet::Watch(..)), _) => {
            let lines = model.change_lines(sheet, width).unwrap_or_default();
            lines.into_iter().map(|line| vec![run(line, Role::Text)]).collect()
        }
        Popup::Breakpoints(op, at, after) => breakpoints(model, *op, *at, *after),
        Popup::Password(op, field) => password(model, *op, field, width),
        Popup::AdminPassword(field) => admin_password(model, field, width),
        Popup::Question(question) => words(&ask(model, question), width),
        Popup::Findings(_)
        | Popup::Ladder(_)
        | Popup::Editor(_)
        | Popup::Templates(_)
        | Popup::Sheet(Sheet::Entry(_), _) => Vec::new(),
        Popup::Filter(_) | Popup::Search(_) | Popup::Palette(_) => Vec::new(),
    }
}

pub(super) fn words(lines: &[String], width: usize) -> Vec<Runs> {
    let lines: Vec<Line> = lines.iter().map(|line| Line::words(line, Ink::Plain)).collect();
    let runs = |line: Vec<(String, Ink)>| line.into_iter().map(|(text, ink)| (text, Role::Ink(ink))).collect();
    wrap(&lines, width).into_iter().map(runs).collect()
}

/// The user and the node of a login, in words.
pub(super) fn whose(model: &Model, op: OpId) -> (String, String) {
    model.progress.login(op).map_or_else(Default::default, |login| {
        let ask = &login.ask;
        (format!("{}@{}", visible(&ask.user), visible(&ask.domain)), host_port(&visible(&ask.host), ask.port))
    })
}

fn ask(model: &Model, question: &Question) -> Vec<String> {
    match question {
        Question::Held(op, hold) => held(model, *op, hold),
        Question::Trust(_, ask) => trust(model, ask),
        Question::RetryTo { host, port, stage } => {
            let cost = match stage {
                stage if *stage > Stage::Auth => {
                    format!("It costs one attempt with the real password: {}.", used(model))
                }
                _ => "It costs no attempt: <auth> is not sent.".to_owned(),
            };
            let node = host_port(&visible(host), *port);
            vec![format!("Begin the login on {node} anew, run to {stage} and stop before it?"), cost]
        }
        Question::Send(risk) => vec![format!("{}.", visible(&risk.what)), format!("{}.", visible(&risk.likely))],
        Question::Quit => leaving(model),
    }
}

/// What ends with the program.
fn leaving(model: &Model) -> Vec<String> {
    let mut lines = Vec::new();
    if model.standings.values().any(|standing| standing.alive) {
        lines.push("A login is still connected. Ending the program closes it.".to_owned());
    }
    let goes_on = going_on::going_on(model);
    let ends =
        |line: &str| format!("The {line}. Ending the program ends it: what has no answer stays without one.");
    lines.extend(goes_on.iter().map(|(line, _)| ends(line)));
    if lines.is_empty() {
        lines.push("A login that runs by itself is still connected. Ending the program closes it.".to_owned());
    }
    lines
}

fn held(model: &Model, op: OpId, hold: &Hold) -> Vec<String> {
    let (user, node) = whose(model, op);
    match hold {
        Hold::Certificate { fingerprint, why, would_send } => {
            let mut lines = vec![format!("The certificate of {node} fails:")];
            lines.extend(why.iter().map(|why| format!("  - {why}")));
            let shown = model.progress.login(op).and_then(|login| login.certs.first());
            lines.extend(shown.map(|cert| {
                let (subject, issuer) = (visible(&cert.subject), visible(&cert.issuer));
                let (from, to) = (day(cert.not_before), day(cert.not_after));
                let by = if subject == issuer { "self-signed".to_owned() } else { format!("issued by {issuer}") };
                format!("It is {subject}, {by}, valid {from} to {to}")
            }));
            lines.extend([
                format!("Fingerprint: {fingerprint}"),
                format!("Would be sent through it: {would_send}"),
                model.setup.keys.sentence(ACCEPTS),
            ]);
            lines
        }
        Hold::Cleartext { would_send } => vec![
            format!("The connection to {node} has no TLS."),
            format!("Would be sent in clear, for all on the path to read: {would_send}"),
            "Yes allows it on this host for this run only; the recording says so.".to_owned(),
        ],
        Hold::Attempts { used, limit } => vec![
            format!("{used} of {limit} attempts with the password of {user} are used, over all hosts."),
            "A directory may lock the account after some refusals; a silent attempt may count as well.".to_owned(),
            format!("Allow one more, on {node}?"),
        ],
        _ => Vec::new(),
    }
}

/// What a yes to the question about a certificate does.
const ACCEPTS: &str = "{question.yes} accepts this fingerprint on this host for this run; {question.keep} keeps it in the configuration. The recording says so.";

/// The question about the certificate of a host that a request would send a credential to.
fn trust(model: &Model, ask: &TrustAsk) -> Vec<String> {
    let mut lines = vec![format!("The certificate of {} fails:", host_port(&ask.host, ask.port))];
    lines.extend(ask.failed.iter().map(|why| format!("  - {why}")));
    lines.extend(ask.certificate.iter().cloned());
    lines.extend([
        format!("Fingerprint: {}", ask.fingerprint),
        format!("Would be sent through it: {}", ask.would_send),
        model.setup.keys.sentence(ACCEPTS),
    ]);
    lines
}

/// Whose password, and where it goes first.
fn password_for(model: &Model, op: Option<OpId>) -> (String, String) {
    if let Some(op) = op {
        let (user, node) = whose(model, op);
        return (user, format!("for {node}"));
    }
    let user = |run: &RunAsk| format!("{}@{}", visible(&run.user), visible(&run.domain));
    let host =
        model.wants_password().map_or_else(|| "this run".to_owned(), |host| format!("{} first", visible(host)));
    (model.progress.run().map_or_else(String::new, user), format!("for {host}"))
}

fn password(model: &Model, op: Option<OpId>, field: &SecretField, width: usize) -> Vec<Runs> {
    let (user, whom) = password_for(model, op);
    let hint = match op {
        Some(_) => {
            "It is kept in memory for this run, goes into no file, and is sent to no other host without your word."
        }
        None => {
            "It is kept in memory for this run and goes into no file. It is sent to this host first, once; only \
             where that accepts it, to the others on this user's path."
        }
    };
    secret(&format!("The password of {user}, {whom}:"), hint, field, width)
}

fn admin_password(model: &Model, field: &SecretField, width: usize) -> Vec<Runs> {
    let admin = model.tree.walk().goal().and_then(|goal| goal.admin.as_deref()).map(visible).unwrap_or_default();
    let hint = "It is kept in memory for this run and goes into no file. It is sent to hosts of this tree alone, over \
                connections whose certificate was verified or accepted; a refusal ends it.";
    let asked = format!("The password of {admin}, for AXL, Control Center and PerfMon:");
    secret(&asked, hint, field, width)
}

fn secret(asked: &str, hint: &str, field: &SecretField, width: usize) -> Vec<Runs> {
    let mut lines = words(&[asked.to_owned()], width);
    let room = width.saturating_sub(3);
    lines.push(vec![
        run("  ", Role::Text),
        run("*".repeat(field.len().min(room)), Role::Title),
        run(" ", Role::Selected),
    ]);
    // A key that was pressed once too often stands in the field: the count tells.
    let typed = match field.len() {
        0 => String::new(),
        1 => "  1 character · Ctrl-u clears it".to_owned(),
        count => format!("  {count} characters · Ctrl-u clears them"),
    };
    lines.push(vec![run(typed, Role::Muted)]);
    lines.extend(words(&[hint.to_owned()], width));
    lines
}

fn breakpoints(model: &Model, op: OpId, at: usize, after: bool) -> Vec<Runs> {
    let set = model.standings.get(&op).map_or(&[][..], |standing| standing.breakpoints.as_slice());
    let mut lines = vec![vec![run(format!("  {:<12} {:<8} after", "stage", "before"), Role::Muted)]];
    for (row, stage) in stages(model, op).iter().copied().enumerate() {
        let cell = |side: bool| {
            let mark = if set.contains(&(stage, side)) { "[x]" } else { "[ ]" };
            run(format!("{mark:<4}"), if row == at && side == after { Role::Selected } else { Role::Text })
        };
        let name = run(format!("  {:<12} ", stage.name()), if row == at { Role::Title } else { Role::Text });
        lines.push(vec![name, cell(false), run("     ", Role::Text), cell(true)]);
    }
    lines
}
