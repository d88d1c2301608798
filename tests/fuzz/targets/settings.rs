//! The configuration: whatever somebody wrote into it, it is taken, passed over with a warning, or refused in words.
//!
//! 1. Durations and numbers that were taken are within their bounds.
//! 2. Keys that were taken leave a way out and a way to help, wherever there was one.
//! 3. The keys as they are printed can be read again and give the same keys.
//! 4. A theme that was taken is there under its name, and can be used.

#![no_main]

use std::time::Duration;

use impscope::config::{KeyWords, RoleWords, Settings, ThemeWords};
use impscope::ui::action::ActionName;
use impscope::ui::keys::{Keys, Rebind};
use impscope::ui::theme::Means;
use impscope::ui::themes::{Change, OwnTheme};
use impscope::ui::{ThemeName, Themes};
use libfuzzer_sys::fuzz_target;

const DAY: Duration = Duration::from_secs(86_400);

fuzz_target!(|text: &str| {
    let Ok(settings) = Settings::of_text(text, "config.toml") else { return };
    for duration in [settings.slow, settings.silent_after, settings.connect_timeout].into_iter().flatten() {
        assert!(!duration.is_zero() && duration <= DAY, "{duration:?}");
    }
    assert_eq!(settings.read_only, None, "only the system's file may say so");
    keys(&settings.keys);
    settings.themes.iter().for_each(theme);
});

fn keys(words: &[KeyWords]) {
    let rebinds: Vec<Rebind> = words.iter().cloned().map(rebind).collect();
    let Ok((keys, _)) = Keys::default().rebound(&rebinds) else { return };
    let before = Keys::default();
    for does in [ActionName::Quit, ActionName::QuitNow, ActionName::Help, ActionName::Close] {
        assert!(before.key_of(does).is_empty() || !keys.key_of(does).is_empty(), "{does:?} was a way out");
    }
    let listed = keys.listed();
    let again = Settings::of_text(&listed, "printed").unwrap_or_else(|why| panic!("{why:#}: {listed}"));
    let rebinds: Vec<Rebind> = again.keys.into_iter().map(rebind).collect();
    let (again, _) = Keys::default().rebound(&rebinds).unwrap_or_else(|why| panic!("{why}: {listed}"));
    assert_eq!(again.listed(), listed);
}

fn rebind(KeyWords { context, action, keys, place }: KeyWords) -> Rebind {
    Rebind { context, action, keys, place }
}

fn theme(words: &ThemeWords) {
    let ThemeWords { name, base, changes, place } = words.clone();
    let change = |RoleWords { table, role, look, place }: RoleWords| Change { table, role, look, place };
    let own = OwnTheme { name, base, changes: changes.into_iter().map(change).collect(), place };
    let mut themes = Themes::new(ThemeName::Dark, Means::default());
    if themes.add(&own).is_ok() {
        assert!(themes.theme(&own.name).is_some(), "{:?} was taken and is not there", own.name);
    }
}
