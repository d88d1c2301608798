//! The lines around the panes: header, stage bar, proposal, what can be done, verdict, footer.

use ratatui::layout::Rect;
use unicode_width::UnicodeWidthStr;

use super::pen::{Pen, Runs, columns, run, shortened};
use super::words::{self, NextLine};
use crate::console::{Ink, Line, Piece, visible, wrap};
use crate::discovery::{NodeSeen, first_label};
use crate::findings::Age;
use crate::findings::Severity;
use crate::journal::{Offset, RunAsk, Stage};
use crate::progress::{Level, LoginProgress, StageOutcome, StageRow};
use crate::ui::action::ActionName;
use crate::ui::glyphs;
use crate::ui::keys::Binding;
use crate::ui::model::{Clock, Model};
use crate::ui::popup::contexts;
use crate::ui::theme::Role;
use crate::ui::valid::{footer_word, valid};
use crate::ui::verdict::Shown;

/// So many columns of a proposal are never given to the note behind it.
const PROPOSED: usize = 18;
const WHAT_THIS_IS: &str = "IM&P login path · not a Cisco tool";

/// The user's home node, its partner and their presence redundancy group, at length and in short, where the administrator's
/// side is looked at.
fn home(model: &Model) -> Option<(String, String)> {
    let walk = model.tree.walk();
    let goal = walk.goal().filter(|goal| goal.admin.is_some())?;
    let nodes = walk.nodes();
    let home = nodes.iter().find(|node| node.home == Some(true))?;
    let partner = nodes.iter().find(|node| node.partner);
    let seen = walk.admin();
    let assigned = seen.assigned(&goal.user_id).and_then(|(_, row)| row.group.as_deref());
    let group = seen.group(assigned, Some(&home.host)).map(|(_, group)| group.name.as_str()).or(assigned);
    let short = |node: &NodeSeen| visible(first_label(&node.host));
    let with = |word: &str, text: Option<String>| text.map_or_else(String::new, |text| format!(", {word} {text}"));
    let long = format!(
        "   home {}{}{}",
        short(home),
        with("partner", partner.map(short)),
        with("group", group.map(visible))
    );
    let brief = partner.map_or_else(String::new, |partner| format!("/{}", short(partner)));
    Some((long, format!("  home {}{brief}", short(home))))
}

/// ` impscope  alice@example.test   DNS 10.1.1.53   recording   LAB`; without a walk the node in place of the DNS
/// server. Where room is scarce, the recording goes first, then what the panes name too.
pub(super) fn header(model: &Model, area: Rect, pen: &mut Pen<'_>) {
    let mut parts: Vec<(String, Role, u8)> = vec![(" impscope".to_owned(), Role::Title, 0)];
    let ask = model.progress.run();
    if let Some(ask) = ask {
        let at = if ask.user.is_empty() { "" } else { "@" };
        parts.push((format!("  {}{at}{}", visible(&ask.user), visible(&ask.domain)), Role::Text, 0));
    }
    match ask.and_then(dns_servers) {
        Some(servers) => {
            parts.push((format!("   DNS {servers}"), Role::Text, 1));
            let asked = if asks_by_proxy(ask) { ", asked by way of the proxy" } else { ", asked from this host" };
            parts.push((asked.to_owned(), Role::Muted, 3));
        }
        None => {
            if let Some((host, port)) = model.node() {
                let port = if port == 5222 { String::new() } else { format!(":{port}") };
                parts.push((format!("   node {}{port}", visible(host)), Role::Text, 1));
            }
        }
    }
    if let Some(via) = ask.and_then(|ask| ask.walk.as_ref()?.via.as_ref()) {
        parts.push((format!("   via {}", visible(&via.to_string())), Role::Warning, 0));
    }
    if model.setup.replay {
        parts.push(("   replay".to_owned(), Role::Warning, 0));
    } else if model.setup.recording {
        parts.push(("   recording".to_owned(), Role::Muted, 2));
    }
    if model.budget.limit > 0 {
        let text = format!("   attempts {}/{}", model.budget.used, model.budget.limit);
        parts.push((text, Role::Muted, 3));
    }
    if ask.is_some_and(|ask| ask.lab) {
        parts.push(("   ".to_owned(), Role::Text, 0));
        parts.push(("LAB".to_owned(), Role::Banner, 0));
    }
    let lost = model.progress.lost();
    if lost > 0 {
        parts.push((format!("   {lost} entries lost"), Role::Critical, 0));
    }
    let width = usize::from(area.width);
    let room = |parts: &[(String, Role, u8)]| {
        width.saturating_sub(parts.iter().map(|(text, ..)| text.width()).sum::<usize>())
    };
    for least in [3, 2, 1] {
        if parts.iter().map(|(text, ..)| text.width()).sum::<usize>() > width {
            parts.retain(|(.., rank)| *rank < least);
        }
    }
    let fits = |words: String, parts: &mut Vec<(String, Role, u8)>| {
        let is_room = words.width() <= room(parts);
        if is_room {
            parts.push((words, Role::Text, 0));
        }
        is_room
    };
    if let Some((long, short)) = home(model)
        && !fits(long, &mut parts)
    {
        fits(short, &mut parts);
    }
    let runs: Runs = parts.into_iter().map(|(text, role, _)| (text, role)).collect();
    pen.line(area, 0, &runs);
    if width.saturating_sub(columns(&runs)) > WHAT_THIS_IS.width() + 3 {
        pen.line_right(area, 0, &[run(format!("{WHAT_THIS_IS} "), Role::Muted)]);
    }
}

/// The DNS servers that are asked: the first, and how many more. None where the nodes were named by hand.
/// Whether its DNS servers are asked by way of the proxy.
fn asks_by_proxy(ask: Option<&RunAsk>) -> bool {
    let walk = ask.and_then(|ask| ask.walk.as_ref());
    walk.is_some_and(|walk| walk.dns.iter().any(|server| server.via))
}

fn dns_servers(ask: &RunAsk) -> Option<String> {
    let walk = ask.walk.as_ref().filter(|walk| walk.nodes.is_empty())?;
    let first = &walk.dns.first()?.address;
    let first = first.strip_suffix(":53").unwrap_or(first);
    let more = walk.dns.len() - 1;
    Some(if more == 0 { visible(first) } else { format!("{} +{more}", visible(first)) })
}

/// ` ✓tcp ✓stream ✓starttls ✓tls ✓stream ▶auth 10.4s ·stream ·bind ·session`
pub(super) fn stages(model: &Model, area: Rect, pen: &mut Pen<'_>) {
    let Some(login) = model.login() else {
        let names = Stage::ALL.iter().take(9).map(|stage| format!(" {}{}", glyphs::WAITING, stage.short()));
        return pen.line(area, 0, &[run(names.collect::<String>(), Role::Muted)]);
    };
    let width = usize::from(area.width);
    let full = stage_bar(model, login, true);
    let runs = if columns(&full) <= width { full } else { stage_bar(model, login, false) };
    pen.line(area, 0, &runs);
}

fn stage_bar(model: &Model, login: &LoginProgress, names: bool) -> Runs {
    let shown = |row: &&StageRow| row.stage <= login.ask.until || row.entered.is_some();
    let held = words::held_before(model);
    let current = held.unwrap_or_else(|| login.stage());
    let mut runs = Runs::new();
    for row in login.stages.iter().filter(shown) {
        let own = row.stage == current && (held.is_some() || row.outcome != StageOutcome::NotReached);
        let (glyph, role) = match held {
            Some(_) if own => (glyphs::CLOSED, Role::Key),
            _ if login.ended.is_some() && row.outcome == StageOutcome::Waiting => (glyphs::ABSENT, Role::Muted),
            _ => stage_mark(row, own, model.clock().as_ref()),
        };
        let named = names || own;
        if named || runs.is_empty() {
            runs.push(run(" ", Role::Text));
        }
        let name = if named { row.stage.short() } else { "" };
        runs.push(run(format!("{glyph}{name}"), role));
        if own && let Some(time) = time(model, login) {
            runs.push(run(format!(" {time:<5}"), role));
        }
        if own && !names {
            runs.push(run(" ", Role::Text));
        }
    }
    runs
}

/// The clock while it runs; once a silent login is over, how long it had been silent.
fn time(model: &Model, login: &LoginProgress) -> Option<String> {
    if let Some(clock) = model.clock() {
        return Some(clock.text);
    }
    let silence = login.silences.last().filter(|silence| silence.answered.is_none() && login.ended.is_some())?;
    let ms = silence.waited(login.ended.as_ref().map_or(Offset(0), |ended| ended.at)).as_millis();
    Some(format!("{}.{}s", ms / 1000, ms % 1000 / 100))
}

fn stage_mark(row: &StageRow, own: bool, clock: Option<&Clock>) -> (&'static str, Role) {
    let level = clock.filter(|_| own).map(|clock| clock.level);
    match (row.outcome, level) {
        (StageOutcome::NotReached, _) => (glyphs::WAITING, Role::Muted),
        (_, Some(Level::Silent)) => (glyphs::RUNNING, Role::Critical),
        (_, Some(Level::Slow)) => (glyphs::RUNNING, Role::Warning),
        (_, Some(Level::Quiet)) | (StageOutcome::Waiting, None) => (glyphs::RUNNING, Role::Running),
        (StageOutcome::Ok, None) => (glyphs::OK, Role::Ok),
        (StageOutcome::Silent | StageOutcome::Refused | StageOutcome::Failed, None) => {
            (glyphs::FAILED, Role::Critical)
        }
        (StageOutcome::Skipped, None) => (glyphs::ABSENT, Role::Muted),
    }
}

/// What is proposed, or what is waited for.
pub(super) fn next(model: &Model, area: Rect, pen: &mut Pen<'_>) {
    let width = usize::from(area.width);
    let runs = match words::next(model) {
        NextLine::Proposal { text, note } => {
            let head = format!(" next {} ", glyphs::CLOSED);
            let note = if note.is_empty() { note } else { format!(" {note}") };
            // Where both have no room, what `n` would send has the first of it.
            let beside = width.saturating_sub(head.width() + text.width().min(PROPOSED));
            let note = shortened(&note, beside);
            let room = width.saturating_sub(head.width() + note.width());
            vec![run(head, Role::Key), run(shortened(&text, room), Role::Title), run(note, Role::Warning)]
        }
        NextLine::Waiting(text) => vec![run(shortened(&format!(" {text}"), width), Role::Text)],
        NextLine::Said(text) => vec![run(shortened(&format!(" {text}"), width), Role::Text)],
    };
    pen.line(area, 0, &runs);
}

/// What can be done.
pub(super) fn can(model: &Model, area: Rect, pen: &mut Pen<'_>) {
    let text = match (&model.message, model.searches()) {
        (Some(_), _) => String::new(),
        (None, true) => format!(" {}", crate::ui::sift::KEYS),
        (None, false) => format!(" {}", words::can(model)),
    };
    pen.line(area, 0, &[run(shortened(&text, usize::from(area.width)), Role::Muted)]);
}

/// The gravest finding that no other explains, in the fullest words that fit.
pub(super) fn verdict(model: &Model, area: Rect, pen: &mut Pen<'_>) {
    if area.is_empty() {
        return;
    }
    let (width, height) = (usize::from(area.width), usize::from(area.height));
    let Some(shown) = model.verdicts.gravest() else { return settled(model, area, pen) };
    let laid = |words: &String| verdict_lines(model, shown, words, width);
    let fits = shown.words.iter().map(laid).find(|lines| lines.len() <= height);
    let lines = fits.or_else(|| shown.words.last().map(laid).map(|lines| cut(model, lines, width, height)));
    for (down, runs) in (0..area.height).zip(lines.unwrap_or_default()) {
        pen.line(area, down, &runs);
    }
}

/// Where the newest logins have no fault: that an earlier one had one, or how much is worth knowing.
fn settled(model: &Model, area: Rect, pen: &mut Pen<'_>) {
    let earlier = model.verdicts.list.iter().find(|shown| shown.is_fault());
    let text = match (earlier, model.verdicts.notes()) {
        (Some(shown), _) => format!(" the newest login has no finding; an earlier one: {}", shown.finding.code),
        (None, 0) => return,
        (None, 1) => " no fault found so far; one thing is worth knowing".to_owned(),
        (None, notes) => format!(" no fault found so far; {notes} things are worth knowing"),
    };
    let width = usize::from(area.width).saturating_sub(columns(&all_findings(model)));
    let mut runs = vec![run(shortened(&text, width), Role::Text)];
    runs.extend(all_findings(model));
    pen.line(area, 0, &runs);
}

fn all_findings(model: &Model) -> Runs {
    vec![run(model.setup.keys.sentence("  {findings} all"), Role::Key)]
}

/// The lines that have room; the last of them says that there is more.
fn cut(model: &Model, mut lines: Vec<Runs>, width: usize, height: usize) -> Vec<Runs> {
    lines.truncate(height);
    let Some(last) = lines.last_mut() else { return lines };
    let mut room = width.saturating_sub(columns(&all_findings(model)) + 1);
    for (text, _) in last.iter_mut() {
        let whole = text.trim_end().width() <= room;
        *text = if whole { text.clone() } else { shortened(text, room) };
        room = room.saturating_sub(text.width());
    }
    if !last.iter().any(|(text, _)| text.ends_with(glyphs::MORE)) {
        last.push(run(glyphs::MORE, Role::Text));
    }
    last.extend(all_findings(model));
    lines
}

/// A verdict's words as lines, `F all` behind them.
fn verdict_lines(model: &Model, shown: &Shown, words: &str, width: usize) -> Vec<Runs> {
    let mut line = Line { indent: 1, pieces: Vec::new() };
    line.say(severity(shown.severity).0, ink(shown.severity));
    line.say(&format!(" {} ", shown.finding.code), Ink::Name);
    if shown.age == Age::Before {
        line.pieces.push(Piece::breaking("earlier login: ", Ink::Warn));
    }
    let from = line.pieces.len();
    line.say(words, Ink::Plain);
    line.pieces[from..].iter_mut().take(1).for_each(Piece::let_break);
    line.pieces.push(Piece::breaking(&model.setup.keys.sentence("  {findings} all"), Ink::Attr));
    let role = |ink: Ink| match ink {
        Ink::Name => Role::Title,
        Ink::Attr => Role::Key,
        other => Role::Ink(other),
    };
    let laid = wrap(&[line], width.saturating_sub(1));
    laid.into_iter().map(|line| line.into_iter().map(|(text, ink)| (text, role(ink))).collect()).collect()
}

/// A severity's word and role.
pub(super) fn severity(severity: Severity) -> (&'static str, Role) {
    match severity {
        Severity::Critical => ("CRITICAL", Role::Critical),
        Severity::Warning => ("WARNING", Role::Warning),
        Severity::Info => ("INFO", Role::Text),
    }
}

fn ink(severity: Severity) -> Ink {
    match severity {
        Severity::Critical => Ink::Bad,
        Severity::Warning => Ink::Warn,
        Severity::Info => Ink::Plain,
    }
}

/// The keys that are valid now, from the table; the help's key is always among them.
pub(super) fn footer(model: &Model, area: Rect, pen: &mut Pen<'_>) {
    if area.is_empty() {
        return;
    }
    pen.wipe(area);
    let contexts = contexts(model);
    let table = model.setup.keys.table();
    let mut shown: Vec<(ActionName, &str, &str)> = Vec::new();
    for (at, context) in contexts.iter().enumerate() {
        // The inner context has the key, also where it has no word for it.
        let inner = |binding: &Binding| binding.contexts.iter().any(|context| contexts[..at].contains(context));
        let taken = |key: &String| table.iter().any(|binding| inner(binding) && binding.press.contains(key));
        let here = table.iter().filter(|binding| binding.contexts.contains(context));
        let worth = here.filter(|binding| !binding.footer.is_empty() && valid(model, &binding.does.action()));
        for (binding, key) in worth.filter_map(|binding| Some((binding, binding.press.first()?))) {
            if !taken(key) && shown.iter().all(|(_, shown, _)| shown != key) {
                shown.push((binding.does, key, footer_word(model, binding)));
            }
        }
    }
    shown.retain(|(.., word)| !word.is_empty());
    // What the login offers stands before what the pane offers.
    if model.popups.is_empty() {
        let has = |binding: &Binding, key: &str| binding.press.first().is_some_and(|own| own == key);
        shown.sort_by_key(|(does, key, _)| table.iter().position(|own| own.does == *does && has(own, key)));
    }
    let help = shown.iter().position(|(does, ..)| *does == ActionName::Help).map(|at| shown.remove(at));
    let width = usize::from(area.width);
    let reserved = help.map_or(0, |(_, key, word)| key.width() + word.width() + 3);
    let mut runs = vec![run(" ", Role::Text)];
    // How to see the rest and how to get out stays where room is scarce.
    let wants = |(_, key, word): &(ActionName, &str, &str)| key.width() + word.width() + 3;
    let stays = |does: ActionName| matches!(does, ActionName::Close | ActionName::PageDown | ActionName::Palette);
    while 1 + shown.iter().map(wants).sum::<usize>() + reserved > width {
        let Some(at) = shown.iter().rposition(|(does, ..)| !stays(*does)) else { break };
        shown.remove(at);
    }
    for (_, key, word) in shown {
        if columns(&runs) + key.width() + word.width() + 3 + reserved > width {
            break;
        }
        runs.extend([run(key, Role::Key), run(format!(" {word}  "), Role::Text)]);
    }
    if let Some((_, key, word)) = help {
        runs.extend([run(key, Role::Key), run(format!(" {word}"), Role::Text)]);
    }
    pen.line(area, 0, &runs);
}
