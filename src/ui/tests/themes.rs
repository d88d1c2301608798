//! Themes: that what is written can be read on the ground that a theme is for, and that the console's pane of the two
//! PSI schemes looks like PSI's.

use ratatui::style::{Color, Modifier, Style};
use toml::Value;

use super::*;
use crate::console::{Ink, Mark};
use crate::ui::theme::{Means, Role, Theme};
use crate::ui::themes::{Change, OwnTheme};
use crate::ui::{ThemeName, Themes};

type Rgb = [u8; 3];

/// A terminal's sixteen colours, whether it draws bold as bright, and whether its dim is used (the Linux console's is
/// not). Written without a colour is, on black, its colour 7, and on white black.
struct Terminal16(&'static str, [u32; 16], bool, bool);

const TERMINALS: [Terminal16; 4] = [
    Terminal16("xterm", XTERM, false, true),
    Terminal16("xterm, bold as bright", XTERM, true, true),
    Terminal16("linux", LINUX, true, false),
    Terminal16("putty", PUTTY, true, true),
];
const XTERM: [u32; 16] = [
    0x00_0000, 0xcd_0000, 0x00_cd00, 0xcd_cd00, 0x00_00ee, 0xcd_00cd, 0x00_cdcd, 0xe5_e5e5, 0x7f_7f7f, 0xff_0000,
    0x00_ff00, 0xff_ff00, 0x5c_5cff, 0xff_00ff, 0x00_ffff, 0xff_ffff,
];
const LINUX: [u32; 16] = [
    0x00_0000, 0xaa_0000, 0x00_aa00, 0xaa_5500, 0x00_00aa, 0xaa_00aa, 0x00_aaaa, 0xaa_aaaa, 0x55_5555, 0xff_5555,
    0x55_ff55, 0xff_ff55, 0x55_55ff, 0xff_55ff, 0x55_ffff, 0xff_ffff,
];
const PUTTY: [u32; 16] = [
    0x00_0000, 0xbb_0000, 0x00_bb00, 0xbb_bb00, 0x00_00bb, 0xbb_00bb, 0x00_bbbb, 0xbb_bbbb, 0x55_5555, 0xff_5555,
    0x55_ff55, 0xff_ff55, 0x55_55ff, 0xff_55ff, 0x55_ffff, 0xff_ffff,
];

const ROLES: [Role; 28] = [
    Role::Text,
    Role::Muted,
    Role::Border,
    Role::Focus,
    Role::Title,
    Role::Selected,
    Role::Hit,
    Role::Key,
    Role::Ok,
    Role::Warning,
    Role::Critical,
    Role::Running,
    Role::Banner,
    Role::Mark(Mark::Out),
    Role::Mark(Mark::In),
    Role::Mark(Mark::Bang),
    Role::Mark(Mark::Event),
    Role::Ink(Ink::Plain),
    Role::Ink(Ink::Muted),
    Role::Ink(Ink::Punct),
    Role::Ink(Ink::Name),
    Role::Ink(Ink::Attr),
    Role::Ink(Ink::Value),
    Role::Ink(Ink::Text),
    Role::Ink(Ink::Masked),
    Role::Ink(Ink::Good),
    Role::Ink(Ink::Warn),
    Role::Ink(Ink::Bad),
];

fn rgb(of: u32) -> Rgb {
    let [_, red, green, blue] = of.to_be_bytes();
    [red, green, blue]
}

/// WCAG 2: relative luminance and contrast.
fn luminance(of: Rgb) -> f64 {
    let linear = |channel: u8| {
        let channel = f64::from(channel) / 255.0;
        if channel <= 0.03928 { channel / 12.92 } else { ((channel + 0.055) / 1.055).powf(2.4) }
    };
    0.2126 * linear(of[0]) + 0.7152 * linear(of[1]) + 0.0722 * linear(of[2])
}

fn contrast(one: Rgb, other: Rgb) -> f64 {
    let (one, other) = (luminance(one), luminance(other));
    (one.max(other) + 0.05) / (one.min(other) + 0.05)
}

/// A colour on a terminal; none: the one of which the ground is made.
fn seen(color: Option<Color>, bold: bool, terminal: &Terminal16, usual: Rgb) -> Rgb {
    let place = match color {
        None | Some(Color::Reset) => return usual,
        Some(Color::Indexed(at @ 16..=231)) => {
            let level = |step: u8| if step == 0 { 0 } else { 55 + step * 40 };
            let at = at - 16;
            return [level(at / 36), level(at / 6 % 6), level(at % 6)];
        }
        Some(Color::Indexed(at @ 232..)) => return [8 + (at - 232) * 10; 3],
        Some(Color::Black) => 0,
        Some(Color::Red) => 1,
        Some(Color::Green) => 2,
        Some(Color::Yellow) => 3,
        Some(Color::Blue) => 4,
        Some(Color::Magenta) => 5,
        Some(Color::Cyan) => 6,
        Some(Color::Gray) => 7,
        Some(Color::DarkGray) => 8,
        Some(Color::LightRed) => 9,
        Some(Color::LightGreen) => 10,
        Some(Color::LightYellow) => 11,
        Some(Color::LightBlue) => 12,
        Some(Color::LightMagenta) => 13,
        Some(Color::LightCyan) => 14,
        Some(Color::White) => 15,
        Some(other) => panic!("{other:?}"),
    };
    let bright = bold && terminal.2 && place < 8;
    rgb(terminal.1[if bright { place + 8 } else { place }])
}

/// What is written without a colour on this ground.
fn ink(terminal: &Terminal16, paper: Rgb) -> Rgb {
    if paper == BLACK { rgb(terminal.1[7]) } else { BLACK }
}

/// What of a theme cannot be read well enough on this ground. Dim counts as half-way to the ground.
fn unreadable(what: &str, theme: &Theme, paper: Rgb, least: f64) -> Vec<String> {
    let mut bad = Vec::new();
    for terminal in &TERMINALS {
        let ink = ink(terminal, paper);
        for role in ROLES {
            let style: Style = theme.ground().patch(theme.style(role));
            let bold = style.add_modifier.contains(Modifier::BOLD);
            let mut written = seen(style.fg, bold, terminal, ink);
            let under = seen(style.bg, false, terminal, paper);
            if terminal.3 && style.add_modifier.contains(Modifier::DIM) {
                written = std::array::from_fn(|at| u8::midpoint(written[at], under[at]));
            }
            let found = contrast(written, under);
            if found < least {
                bad.push(format!("{what} on {}: {role:?} has {found:.2}", terminal.0));
            }
        }
    }
    bad
}

const BLACK: Rgb = [0, 0, 0];
const WHITE: Rgb = [255, 255, 255];

#[test]
fn every_role_can_be_read_on_the_ground_that_its_theme_is_for() {
    let mut bad = unreadable("dark", &Theme::named(ThemeName::Dark), BLACK, 3.0);
    bad.extend(unreadable("light", &Theme::named(ThemeName::Light), WHITE, 3.0));
    let mono = Theme::named(ThemeName::Mono);
    bad.extend(unreadable("mono", &mono, BLACK, 3.0));
    bad.extend(unreadable("mono", &mono, WHITE, 3.0));
    assert!(bad.is_empty(), "{bad:#?}");
}

#[test]
fn the_psi_themes_can_be_read_on_their_own_grounds_and_on_both_of_the_terminals() {
    let mut bad = Vec::new();
    for name in ["psi", "psi-classic"] {
        for (ground, paper) in [(ThemeName::Dark, BLACK), (ThemeName::Light, WHITE)] {
            for means in [Means::default(), Means { indexed: true, dim: true }] {
                let theme = Themes::new(ground, means).theme(name).unwrap();
                let what = format!("{name} on {ground:?}, {means:?}");
                bad.extend(unreadable(&what, &theme, paper, 3.0));
                for mark in [None, Some(Mark::In), Some(Mark::Out), Some(Mark::Bang), Some(Mark::Event)] {
                    let what = format!("{what}, {mark:?}");
                    bad.extend(unreadable(&what, theme.in_console(mark), paper, 3.0));
                }
            }
        }
    }
    assert!(bad.is_empty(), "{bad:#?}");
}

#[test]
fn text_is_read_as_easily_as_on_paper() {
    // WCAG asks 4.5 of text; where every terminal's colours allow it, that is kept.
    let texts = |theme: &Theme| {
        [Ink::Plain, Ink::Name, Ink::Attr, Ink::Text].map(|ink| theme.ground().patch(theme.style(Role::Ink(ink))))
    };
    let many = Means { indexed: true, dim: true };
    let psi = Themes::new(ThemeName::Dark, many).theme("psi").unwrap();
    for (theme, paper) in [
        (&Theme::named(ThemeName::Dark), BLACK),
        (&Theme::named(ThemeName::Light), WHITE),
        (psi.in_console(Some(Mark::In)), WHITE),
        (psi.in_console(Some(Mark::Out)), WHITE),
    ] {
        for style in texts(theme) {
            for terminal in &TERMINALS {
                let ink = ink(terminal, paper);
                let found = contrast(seen(style.fg, false, terminal, ink), seen(style.bg, false, terminal, paper));
                assert!(found >= 4.5, "{style:?} on {}: {found:.2}", terminal.0);
            }
        }
    }
}

/// Foreground and background of the cell where `text` begins on the screen.
fn cell(screen: &Screen, text: &str) -> (Color, Color) {
    let picture = screen.terminal.backend().buffer();
    let width = picture.area.width;
    for row in 0..picture.area.height {
        let line: Vec<&str> = (0..width).map(|column| picture[(column, row)].symbol()).collect();
        let at = (0..line.len()).find(|at| line[*at..].concat().starts_with(text));
        if let Some(at) = at {
            let cell = &picture[(u16::try_from(at).unwrap(), row)];
            return (cell.fg, cell.bg);
        }
    }
    panic!("{text}\n{}", screen.text())
}

fn with_theme(name: &str, means: Means, columns: u16, rows: u16) -> Screen {
    let themes = Themes::new(ThemeName::Dark, means);
    let theme = themes.theme(name).unwrap();
    let setup = Setup { theme, theme_name: name.into(), themes, recording: true, ..Setup::default() };
    let mut screen = Screen::with(setup, &Story::flagship(), columns, rows);
    screen.press("z Tab");
    screen.press("g PageDown");
    screen
}

#[test]
fn psi_classic_is_yellow_and_red_on_black_and_only_in_the_console() {
    let screen = with_theme("psi-classic", Means { indexed: true, dim: true }, 120, 40);
    let black = Color::Indexed(16);
    for text in ["<stream:stream to", "<auth "] {
        assert_eq!(cell(&screen, text), (Color::Indexed(196), black), "{text}");
    }
    for text in ["<stream:features", "<mechanism>", "PLAIN</mechanism>"] {
        assert_eq!(cell(&screen, text), (Color::Indexed(226), black), "{text}");
    }
    assert_eq!(cell(&screen, "XML console").1, Color::Reset);
    assert_eq!(cell(&screen, "impscope").1, Color::Reset);
    let few = with_theme("psi-classic", Means::default(), 120, 40);
    assert_eq!(cell(&few, "<auth "), (Color::LightRed, Color::Black));
    assert_eq!(cell(&few, "<stream:features"), (Color::LightYellow, Color::Black));
}

#[test]
fn psi_has_pale_frames_and_colours_for_the_syntax() {
    let screen = with_theme("psi", Means { indexed: true, dim: true }, 120, 40);
    let (lemon, pink) = (Color::Indexed(230), Color::Indexed(217));
    assert_eq!(cell(&screen, "<auth ").1, pink);
    assert_eq!(cell(&screen, "auth ").0, Color::Indexed(90));
    assert_eq!(cell(&screen, "mechanism='PLAIN'").0, Color::Indexed(22));
    assert_eq!(cell(&screen, "stream:features"), (Color::Indexed(90), lemon));
    assert_eq!(cell(&screen, "no answer to").1, Color::Reset);
    let few = with_theme("psi", Means::default(), 120, 40);
    assert_eq!(cell(&few, "auth "), (Color::Black, Color::LightMagenta));
    assert_eq!(cell(&few, "stream:features"), (Color::Black, Color::LightYellow));
}

#[test]
fn the_psi_themes_draw_at_any_size() {
    for name in ["psi", "psi-classic"] {
        for (columns, rows) in [(1, 1), (2, 2), (3, 5), (20, 5), (59, 15), (60, 16), (80, 24)] {
            with_theme(name, Means::default(), columns, rows);
        }
    }
}

fn change(table: Option<&str>, role: &str, look: &str) -> Change {
    let table_of = format!("look = {look}").parse::<toml::Table>().unwrap();
    let place = "config.toml, line 7".to_owned();
    Change { table: table.map(str::to_owned), role: role.into(), look: table_of["look"].clone(), place }
}

fn mine(base: Option<&str>, changes: Vec<Change>) -> OwnTheme {
    OwnTheme { name: "mine".into(), base: base.map(str::to_owned), changes, place: "config.toml, line 5".into() }
}

#[test]
fn a_theme_of_the_configuration_changes_only_what_it_names() {
    let mut themes = Themes::default();
    let changes =
        vec![change(None, "out", "{ fg = \"blue\" }"), change(Some("console_out"), "name", "{ bold = true }")];
    themes.add(&mine(Some("psi-classic"), changes)).unwrap();
    let theme = themes.theme("mine").unwrap();
    let dark = Theme::named(ThemeName::Dark);
    assert_eq!(theme.style(Role::Mark(Mark::Out)).fg, Some(Color::Blue));
    assert_eq!(theme.style(Role::Mark(Mark::In)), dark.style(Role::Mark(Mark::In)));
    let out = theme.in_console(Some(Mark::Out));
    assert!(out.style(Role::Ink(Ink::Name)).add_modifier.contains(Modifier::BOLD));
    assert_eq!(out.ground().bg, Some(Color::Black));
    assert_eq!(themes.listed(), "dark, light, mono, psi, psi-classic and mine");
}

#[test]
fn what_is_wrong_in_a_theme_is_named_with_its_line() {
    let wrong = |own: OwnTheme| Themes::default().add(&own).unwrap_err();
    let of = |role: &str, look: &str| wrong(mine(None, vec![change(None, role, look)]));
    assert!(of("tittle", "{}").starts_with("config.toml, line 7: a theme has no role \"tittle\"; there are "));
    assert!(of("title", "{ fg = \"blu\" }").starts_with("config.toml, line 7: title: give a style such as"));
    assert!(of("title", "3").starts_with("config.toml, line 7: title: give a style such as"));
    let why = wrong(mine(Some("drak"), Vec::new()));
    assert_eq!(
        why,
        "config.toml, line 5: there is no theme \"drak\"; there are dark, light, mono, psi and psi-classic"
    );
    let why = wrong(mine(None, vec![change(Some("console_up"), "out", "{}")]));
    assert!(why.contains("a theme has no table \"console_up\""), "{why}");
    assert!(matches!(change(None, "out", "{}").look, Value::Table(_)));
}
