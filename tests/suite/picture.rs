//! The picture in the README is the screen as this program draws it.

use crate::program::Program;

/// Makes it again.
const COMMAND: &str =
    "cargo run -- export --format svg --picture screen tests/recordings/format-1/walk.jsonl > assets/screen.svg";

#[test]
fn the_picture_in_the_readme_is_what_the_screen_shows() {
    let folder = env!("CARGO_MANIFEST_DIR");
    let recording = format!("{folder}/tests/recordings/format-1/walk.jsonl");
    let drawn = Program::new().run(&["export", "--format", "svg", "--picture", "screen", &recording]);
    assert_eq!(drawn.exit, Some(0), "{}", drawn.stderr);
    let kept = std::fs::read_to_string(format!("{folder}/assets/screen.svg")).expect("the picture");
    let differs = drawn.stdout.lines().zip(kept.lines()).find(|(drawn, kept)| drawn != kept);
    assert!(
        drawn.stdout == kept,
        "the screen has changed: look at it, and make the picture again:\n  {COMMAND}\nfirst difference: {differs:?}"
    );
    let readme = std::fs::read_to_string(format!("{folder}/README.md")).expect("the README");
    assert!(readme.contains("](assets/screen.svg)") && readme.contains(COMMAND));
}
