//! Pictures of a small story, read as any reader of XML does; and of one whose server means harm.

use quick_xml::events::Event as Xml;

use super::*;
use crate::journal::{Entry, How, Read};
use crate::progress::story::Story;
use crate::ui::{Theme, ThemeName};

fn pictures(entries: &[Entry]) -> Vec<String> {
    let theme = |name| Theme::named(name);
    vec![
        ladder(entries, &theme(ThemeName::Dark), Ground::Dark),
        ladder(entries, &theme(ThemeName::Light), Ground::Light),
        screen(entries, (80, 24), theme(ThemeName::Dark), Ground::Dark),
        screen(entries, (120, 40), theme(ThemeName::Light), Ground::Light),
        screen(entries, (1, 1), theme(ThemeName::Mono), Ground::Dark),
    ]
}

/// The picture's elements and its text, as a reader of XML gets them.
fn read(svg: &str) -> (Vec<String>, String) {
    let mut reader = quick_xml::Reader::from_str(svg);
    reader.config_mut().check_end_names = true;
    let (mut names, mut text) = (Vec::new(), String::new());
    loop {
        match reader.read_event().unwrap_or_else(|why| panic!("{why}: {svg}")) {
            Xml::Start(element) | Xml::Empty(element) => {
                element.attributes().for_each(|attribute| assert!(attribute.is_ok(), "{attribute:?}"));
                names.push(String::from_utf8_lossy(element.name().as_ref().as_bytes()).into_owned());
            }
            Xml::Text(piece) => text.push_str(&piece),
            Xml::GeneralRef(name) => text.push_str(match &*name {
                "lt" => "<",
                "gt" => ">",
                "amp" => "&",
                "quot" => "\"",
                "#39" => "'",
                other => panic!("&{other}; in {svg}"),
            }),
            Xml::Eof => return (names, text),
            _ => {}
        }
    }
}

fn silent() -> Story {
    let mut story = Story::new();
    story.until_auth("imp1.example.com").falls_silent(|story| story.all_acked());
    story.ended(How::TimedOut, "silent");
    story
}

#[test]
fn a_picture_is_one_file_of_shapes_and_text_that_can_be_read() {
    let pictures = pictures(silent().entries());
    for svg in &pictures {
        let (names, _) = read(svg);
        let known = ["svg", "title", "rect", "path", "g", "text"];
        assert!(names.iter().all(|name| known.contains(&name.as_str())), "{names:?}");
        assert!(!svg.contains("href") && !svg.contains("style=") && svg.matches("http").count() == 1, "{svg}");
    }
    let texts: Vec<String> = pictures.iter().map(|svg| read(svg).1).collect();
    for text in &texts[..2] {
        assert!(text.contains("<auth PLAIN>") && text.contains("nothing for 10.0 s"), "{text}");
        assert!(text.contains("imp1 = IM&P node imp1.example.com"), "{text}");
    }
    assert!(texts[2].contains("Discovery") && texts[2].contains("no answer to <auth>"), "{}", texts[2]);
}

#[test]
fn what_a_server_says_stays_text() {
    let mut story = Story::new();
    let host = "imp1\"/></text><script>alert(1)</script>\u{fffe}\u{202e}\u{1b}[2J&amp;]]>";
    story.until_auth(host);
    let name = "x</text><a href='http://x'>\u{0}\u{ffff}".to_owned();
    story.received(Read::Element { name, ns: None });
    for svg in pictures(story.entries()) {
        let (names, text) = read(&svg);
        assert!(!names.contains(&"script".to_owned()) && !names.contains(&"a".to_owned()), "{names:?}");
        assert!(!svg.contains(['\u{202e}', '\u{1b}', '\u{0}', '\u{fffe}', '\u{ffff}']), "{svg}");
        drop(text);
    }
}

#[test]
fn wide_characters_take_two_columns_and_lines_are_drawn() {
    let mut paper = paper::Paper::new(Ground::Dark, 20, 1);
    let end = paper.put(0, 0, "世a界 bc│✓", ratatui::style::Style::new());
    let svg = paper.svg("t");
    assert_eq!(end, 10);
    let at =
        |x: &str, text: &str| assert!(svg.contains(&format!("<text x=\"{x}\"")) && svg.contains(text), "{svg}");
    at("12", ">世<");
    at("28.8", ">a<");
    at("37.2", ">界<");
    at("62.4", ">bc<");
    assert!(!svg.contains('│') && svg.contains("M83.4 12V30"), "{svg}");
}

#[test]
fn a_long_ladder_is_drawn_at_its_ends() {
    let mut story = Story::new();
    story.until_auth("imp1.example.com");
    for _ in 0..5000 {
        story.received(Read::Message);
    }
    let svg = ladder(story.entries(), &Theme::named(ThemeName::Dark), Ground::Dark);
    let text = read(&svg).1;
    assert!(
        text.contains("steps are left out here") && text.matches("<message>").count() < 2000,
        "{}",
        text.len()
    );
}
