//! High availability as `utils ha status` prints it (protocol.md 6.7): pasted or from a file, read leniently.

use std::sync::LazyLock;

use regex::Regex;

/// The state of a node in its presence redundancy group.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NodeState {
    /// The presence redundancy group, where it was named before.
    pub group: Option<String>,
    /// The node's name; none where a state stands alone.
    pub node: Option<String>,
    /// The state, as it stands there.
    pub state: String,
    /// Why, where that is said.
    pub reason: Option<String>,
}

impl NodeState {
    /// Whether clients wait before they log in again (protocol.md 6.8).
    pub fn holds_clients_back(&self) -> bool {
        let state = self.state.to_ascii_lowercase();
        state.starts_with("failed over") || state == "running in backup mode"
    }

    /// Whether nothing is amiss.
    pub fn is_normal(&self) -> bool {
        self.state.eq_ignore_ascii_case("normal")
    }

    /// Whether high availability is off: then the state says nothing.
    pub fn is_off(&self) -> bool {
        self.reason.as_ref().is_some_and(|why| why.to_ascii_lowercase().contains("high availability not enabled"))
    }
}

/// So many states are read: a cluster has three groups of two nodes.
const KEPT: usize = 100;

/// The words before what is told.
static LABEL: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?i)(subcluster name|(?:node *\d* +)?name|state|reason) *:").expect("a test reads it")
});

/// Reads the text. What stands behind a label is told up to the next one or the end of the line; the rest is passed over.
/// Empty: no state stands in it.
pub fn status(text: &str) -> Vec<NodeState> {
    let (mut found, mut group, mut node) = (Vec::<NodeState>::new(), None, None);
    let mut labels = LABEL.captures_iter(text).peekable();
    while let Some(label) = labels.next() {
        let (whole, word) = (label.get_match(), label[1].to_ascii_lowercase());
        let next = labels.peek().map_or(text.len(), |next| next.get_match().start());
        let said = text[whole.end()..next].lines().next().unwrap_or_default().trim();
        let said = Some(said).filter(|said| !said.is_empty()).map(str::to_owned);
        match (word.as_str(), said) {
            ("subcluster name", said) => group = said,
            ("state", Some(state)) if found.len() < KEPT => {
                found.push(NodeState { group: group.clone(), node: node.take(), state, reason: None });
            }
            ("reason", said) => {
                if let Some(last) = found.last_mut() {
                    last.reason = said;
                }
            }
            ("state", _) => {}
            (_, said) => node = said,
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn told(group: Option<&str>, node: Option<&str>, state: &str, reason: Option<&str>) -> NodeState {
        let owned = |text: Option<&str>| text.map(str::to_owned);
        NodeState { group: owned(group), node: owned(node), state: state.to_owned(), reason: owned(reason) }
    }

    #[test]
    fn what_the_command_prints_is_read() {
        let text = "Subcluster Name: DefaultCluster\n\
                    Node 1 Name : imp1 State: Normal\n\
                    Node 2 Name : imp2 State: Failed Over with Critical Services not Running Reason: Critical Service Down\n";
        let group = Some("DefaultCluster");
        let down = "Failed Over with Critical Services not Running";
        let expected = [
            told(group, Some("imp1"), "Normal", None),
            told(group, Some("imp2"), down, Some("Critical Service Down")),
        ];
        let read = status(text);
        assert_eq!(read, expected);
        assert!(read[0].is_normal() && !read[0].holds_clients_back());
        assert!(read[1].holds_clients_back() && !read[1].is_normal());
    }

    #[test]
    fn a_state_on_lines_of_its_own_is_read_and_one_without_high_availability_is_off() {
        let text = "Subcluster Name: Other\nNode Name: imp3.example.com\n  State: Unknown\n  Reason: High Availability Not Enabled\n";
        let read = status(text);
        let why = Some("High Availability Not Enabled");
        assert_eq!(read, [told(Some("Other"), Some("imp3.example.com"), "Unknown", why)]);
        assert!(read[0].is_off());
        assert_eq!(status("admin: utils ha status\n\n"), []);
    }

    #[test]
    fn two_nodes_on_one_line_are_two() {
        let read = status("Node 1 Name : imp1 State: Idle Node 2 Name : imp2 State: Taking Over");
        let expected = [told(None, Some("imp1"), "Idle", None), told(None, Some("imp2"), "Taking Over", None)];
        assert_eq!(read, expected);
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(500) })]

        #[test]
        fn whatever_is_pasted_is_read(text in "((Subcluster Name|Node 1 Name|State|Reason|İ|\\PC{0,6})[ :\n]?){0,30}") {
            for state in status(&text) {
                prop_assert!(!state.state.is_empty());
            }
        }
    }
}
