//! What a person types: XML, a filter, a pattern, the name of what is sent.
//!
//! 1. A text that is called well-formed can be read by quick-xml to its end; inks tile it in order, at characters.
//! 2. A text that is called open, with its open elements closed, is well-formed.
//! 3. A filter that is understood, printed and read again is the same filter and prints the same.
//! 4. A pattern finds places that lie in the text, at characters, in order; and what it finds is there.
//! 5. What a text sends is told without a fault whatever the text is.

#![no_main]

use impscope::console::{Filter, Form, Kind, Pattern, Typed, visible};
use impscope::login::Sends;
use libfuzzer_sys::fuzz_target;
use quick_xml::Reader;
use quick_xml::events::Event;

fuzz_target!(|text: &str| {
    xml(text);
    filter(text);
    pattern(text);
    Sends::of(text).name();
    assert!(!visible(text).contains(|c: char| c.is_control() && c != '\n'), "{:?}", visible(text));
});

fn xml(text: &str) {
    let typed = Typed::read(text);
    let mut end = 0;
    for (range, _) in &typed.inks {
        assert!(end <= range.start && range.start < range.end && text.get(range.clone()).is_some(), "{range:?}");
        end = range.end;
    }
    typed.remark();
    typed.risk();
    typed.fault_line();
    assert!(typed.tops.iter().all(|top| text.is_char_boundary(top.name_end)));
    match &typed.form {
        Form::Whole => must_be_read(text),
        Form::Open(open) => {
            let ends: String = open.iter().rev().map(|opened| format!("</{}>", opened.name)).collect();
            let closed = format!("{text}{ends}");
            assert_eq!(Typed::read(&closed).form, Form::Whole, "{closed:?}");
        }
        Form::Empty | Form::Blank | Form::Broken(_) => {}
    }
}

/// The end of a stream has no beginning here.
fn must_be_read(text: &str) {
    let mut reader = Reader::from_str(text);
    reader.config_mut().allow_unmatched_ends = true;
    loop {
        match reader.read_event() {
            Ok(Event::Eof) => return,
            Ok(Event::Start(tag) | Event::Empty(tag)) => {
                let wrong = tag.attributes().find_map(Result::err);
                assert!(wrong.is_none(), "{wrong:?} in {text:?}");
            }
            Ok(_) => {}
            Err(why) => panic!("{why} at {} of {text:?}", reader.error_position()),
        }
    }
}

fn filter(text: &str) {
    let Ok(mut filter) = text.parse::<Filter>() else { return };
    must_be_typed_again(&filter, text);
    filter.toggle_kind(Kind::Iq);
    must_be_typed_again(&filter, text);
    filter.toggle_kind(Kind::Message);
    must_be_typed_again(&filter, text);
    filter.toggle_kind(Kind::Iq);
    must_be_typed_again(&filter, text);
}

fn must_be_typed_again(filter: &Filter, text: &str) {
    let printed = filter.to_string();
    match printed.parse::<Filter>() {
        Ok(again) => assert!(again == *filter && again.to_string() == printed, "{text:?} -> {printed:?}"),
        // What is longer in print than it was typed can be longer than a filter may be.
        Err(why) => {
            assert!(printed.len() > text.len() && why.contains("at most"), "{text:?} -> {printed:?}: {why}")
        }
    }
}

fn pattern(text: &str) {
    let (pattern, sample) = text.split_once('\n').unwrap_or((text, text));
    for pattern in [Pattern::regex(pattern), Pattern::words(pattern)].into_iter().flatten() {
        let places = pattern.places(sample);
        let mut end = 0;
        for place in &places {
            assert!(end <= place.start && sample.get(place.clone()).is_some_and(|found| !found.is_empty()));
            end = place.end;
        }
        assert!(places.is_empty() || pattern.is_in(sample));
    }
    if let Ok(words) = Pattern::words(pattern) {
        assert!(words.is_in(pattern), "{pattern:?} is not found in itself");
    }
}
