//! What `utils ha status` printed, given as a file or pasted: only what was understood of it goes on.

use std::fs::File;
use std::io::Read;
use std::path::Path;

use anyhow::{Context, bail};

use crate::console::visible;
use crate::journal::{HaNode, UserAct};
use crate::protocol::ha::status;

/// So much of a text is read.
const LONGEST: usize = 256 * 1024;
/// So long may a name, a state or a reason be, in characters.
const WORDS: usize = 200;

/// The states in a file.
///
/// # Errors
/// When it cannot be read, or no state stands in it.
pub fn from_file(path: &Path) -> anyhow::Result<UserAct> {
    let shown = || format!("--ha-status {}", path.display());
    let mut text = Vec::new();
    let file = File::open(path).with_context(shown)?;
    file.take(LONGEST as u64).read_to_end(&mut text).with_context(shown)?;
    read(&String::from_utf8_lossy(&text)).with_context(shown)
}

/// The states in a text, bounded and without control characters.
///
/// # Errors
/// When no state stands in it.
pub fn read(text: &str) -> anyhow::Result<UserAct> {
    let whole = text.char_indices().nth(LONGEST).map_or(text, |(end, _)| &text[..end]);
    let words = |text: String| visible(&text).chars().take(WORDS).collect::<String>();
    let node = |read: crate::protocol::ha::NodeState| HaNode {
        group: read.group.map(words),
        host: read.node.map(words),
        state: words(read.state),
        reason: read.reason.map(words),
    };
    let nodes: Vec<HaNode> = status(whole).into_iter().map(node).collect();
    if nodes.is_empty() {
        bail!("no state of a node stands in it; give what `utils ha status` prints");
    }
    Ok(UserAct::HaStatus { nodes })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_command_printed_is_kept_by_its_fields_and_nothing_else_of_the_text() {
        let text = "admin:utils ha status\nmy password is hunter2\nSubcluster Name: DefaultCluster\n\
                    Node 1 Name : imp1 State: Failed\u{1b}[31m Over\n";
        let UserAct::HaStatus { nodes } = read(text).unwrap() else { unreachable!() };
        assert_eq!(nodes.len(), 1);
        assert_eq!((nodes[0].host.as_deref(), nodes[0].group.as_deref()), (Some("imp1"), Some("DefaultCluster")));
        assert!(!nodes[0].state.contains('\u{1b}') && nodes[0].state.starts_with("Failed"), "{}", nodes[0].state);
        assert!(!format!("{nodes:?}").contains("hunter2"));
    }

    #[test]
    fn a_text_without_a_state_is_refused_with_what_to_give() {
        let file = tempfile::NamedTempFile::new().unwrap();
        let error = format!("{:#}", from_file(file.path()).unwrap_err());
        assert!(error.contains("--ha-status") && error.contains("utils ha status"), "{error}");
    }

    #[test]
    fn a_text_without_an_end_is_bounded() {
        let text = format!("Node 1 Name : imp1 State: {}", "x".repeat(10_000_000));
        let UserAct::HaStatus { nodes } = read(&text).unwrap() else { unreachable!() };
        assert_eq!(nodes[0].state.chars().count(), WORDS);
    }
}
