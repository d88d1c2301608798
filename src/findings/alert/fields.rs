//! What a pasted text says of who, from where and when: by its labels, as RTMT and syslog write them.
//!
//! Nothing else of the text is ever shown. What stands behind a label that looks like a password's is dropped, and
//! no other value reaches into it.

use super::super::figures::foreign;

/// How many different values are shown.
const SHOWN: usize = 5;
/// The longest value that is shown, in characters.
const LONGEST: usize = 64;

/// What a label stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    User,
    Source,
    Time,
    Interface,
    Node,
    Other,
    Secret,
}

/// The labels in lower case that a `:` or `=` follows. Of two that begin alike the longer one stands first.
const LABELS: &[(&str, Kind)] = &[
    ("login userid", Kind::User),
    ("login user id", Kind::User),
    ("userid", Kind::User),
    ("user id", Kind::User),
    ("login ip address/hostname", Kind::Source),
    ("loginfrom", Kind::Source),
    ("login from", Kind::Source),
    ("ip address/hostname", Kind::Source),
    ("login date", Kind::Time),
    ("timestamp", Kind::Time),
    ("login interface", Kind::Interface),
    ("interface", Kind::Interface),
    ("node id", Kind::Node),
    ("nodeid", Kind::Node),
    ("app id", Kind::Other),
    ("appid", Kind::Other),
    ("cluster id", Kind::Other),
    ("clusterid", Kind::Other),
];

/// Those that need no sign: the ends of sentences, and whatever may announce a secret.
const BARE: &[(&str, Kind)] = &[
    ("on node", Kind::Node),
    ("the alarm is generated", Kind::Other),
    ("the alert is generated", Kind::Other),
    ("login password", Kind::Secret),
    ("passphrase", Kind::Secret),
    ("password", Kind::Secret),
    ("passwort", Kind::Secret),
    ("passwd", Kind::Secret),
    ("passcode", Kind::Secret),
    ("pass", Kind::Secret),
    ("pwd", Kind::Secret),
    ("pw", Kind::Secret),
    ("pin", Kind::Secret),
    ("secret", Kind::Secret),
    ("token", Kind::Secret),
    ("credentials", Kind::Secret),
    ("credential", Kind::Secret),
    ("authorization", Kind::Secret),
    ("cookie", Kind::Secret),
];

/// What a text says, each value once, as it may be shown.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(in crate::findings) struct Fields {
    users: Vec<String>,
    sources: Vec<String>,
    times: Vec<String>,
    interfaces: Vec<String>,
    nodes: Vec<String>,
}

/// A label in a text: where it begins, and where its value does.
struct Mark {
    start: usize,
    value: usize,
    kind: Kind,
    /// Whether it stands in a bracket, as in `[UserID=alice]`.
    bracket: bool,
}

impl Fields {
    /// Reads a text.
    pub(in crate::findings) fn read(text: &str) -> Self {
        let marks = marks(text);
        let mut fields = Self::default();
        for (at, mark) in marks.iter().enumerate() {
            let end = marks.get(at + 1).map_or(text.len(), |next| next.start);
            let value = text.get(mark.value..end).unwrap_or_default();
            if let Some(value) = cut(value, mark) {
                fields.keep(mark.kind, value);
            }
        }
        fields
    }

    fn keep(&mut self, kind: Kind, value: String) {
        let list = match kind {
            Kind::User => &mut self.users,
            Kind::Source => &mut self.sources,
            Kind::Time => &mut self.times,
            Kind::Interface => &mut self.interfaces,
            Kind::Node => &mut self.nodes,
            Kind::Other | Kind::Secret => return,
        };
        if !list.contains(&value) {
            list.push(value);
        }
    }

    /// What was read, in words; nothing where nothing was.
    pub(in crate::findings) fn lines(&self) -> Vec<String> {
        let lists = [
            ("user id", &self.users),
            ("from", &self.sources),
            ("at", &self.times),
            ("interface", &self.interfaces),
            ("node", &self.nodes),
        ];
        let read = lists.into_iter().filter(|(_, values)| !values.is_empty());
        read.map(|(name, values)| {
            let shown: Vec<String> = values.iter().take(SHOWN).map(|value| foreign(value)).collect();
            let more = values.len().saturating_sub(SHOWN);
            let more = if more > 0 { format!(" and {more} more") } else { String::new() };
            format!("{name} {}{more}", shown.join(", "))
        })
        .collect()
    }

    /// The user id for a command line: where there is only one, and a shell would read nothing into it.
    pub(in crate::findings) fn user(&self) -> Option<&str> {
        only(&self.users).filter(|user| plain(user, "._@+-"))
    }

    /// The node for a command line.
    pub(in crate::findings) fn node(&self) -> Option<&str> {
        only(&self.nodes).filter(|node| plain(node, ".-"))
    }
}

fn only(values: &[String]) -> Option<&str> {
    let [one] = values else { return None };
    Some(one)
}

/// Whether a word is letters, digits and these, and no option. An `@` at an end would leave one side empty.
fn plain(word: &str, also: &str) -> bool {
    let fits = |character: char| character.is_ascii_alphanumeric() || also.contains(character);
    word.chars().all(fits) && word.starts_with(|first: char| first.is_ascii_alphanumeric()) && !word.ends_with('@')
}

/// All labels of a text, in their order.
fn marks(text: &str) -> Vec<Mark> {
    let lower = text.to_ascii_lowercase();
    let bytes = lower.as_bytes();
    let mut marks: Vec<Mark> = Vec::new();
    for start in 0..bytes.len() {
        let begins = start == 0 || !bytes[start - 1].is_ascii_alphanumeric();
        let inside = marks.last().is_some_and(|mark| start < mark.value);
        if begins
            && !inside
            && let Some((value, kind)) = label_at(bytes, start)
        {
            marks.push(Mark { start, value, kind, bracket: start > 0 && bytes[start - 1] == b'[' });
        }
    }
    marks
}

/// What the label that begins here stands for, and where its value begins.
fn label_at(bytes: &[u8], start: usize) -> Option<(usize, Kind)> {
    let blanks = |from: usize| from + bytes[from..].iter().take_while(|byte| matches!(byte, b' ' | b'\t')).count();
    let whole = |(label, kind): &(&str, Kind)| {
        let end = start + label.len();
        let here = bytes[start..].starts_with(label.as_bytes());
        (here && !bytes.get(end).is_some_and(u8::is_ascii_alphanumeric)).then(|| (blanks(end), *kind))
    };
    let signed = |at: usize| matches!(bytes.get(at), Some(b':' | b'='));
    let behind = |(at, kind): (usize, Kind)| (if signed(at) { blanks(at + 1) } else { at }, kind);
    let label = LABELS.iter().filter_map(whole).find(|(at, _)| signed(*at));
    label.or_else(|| BARE.iter().find_map(whole)).map(behind)
}

/// A value, up to where it ends: its line, its bracket, two blanks. All but times are one word.
fn cut(value: &str, mark: &Mark) -> Option<String> {
    let ends = |character: char| character.is_control() || (mark.bracket && character == ']');
    let value = value.split(ends).next()?.trim_start();
    let value = value.split("  ").next()?.trim().trim_matches(['"', '\'']);
    let value = match mark.kind {
        Kind::Time => value.trim_end_matches(['[', '(', ',', ';', '.']).trim(),
        _ => value.split_whitespace().next()?.trim_end_matches(['.', ',', ';', '"', '\'']),
    };
    let sound = !value.is_empty() && (mark.kind != Kind::Time || value.contains(|c: char| c.is_ascii_digit()));
    sound.then(|| value.chars().take(LONGEST).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    const LINES: &str = "TimeStamp : 10/7/25 2:35 PM\nLogin IP Address/Hostname : 10.1.2.3\n\
        Login Date : Tue Oct 07 14:35:10 CEST 2025\nLogin UserID : alice\nLogin Interface : cucm-uds\n\
        App ID : Cisco Tomcat\nCluster ID : \nNode ID : cucm1\n";

    fn read(text: &str) -> Vec<String> {
        Fields::read(text).lines()
    }

    #[test]
    fn an_alert_is_read_by_its_labels_on_lines_of_their_own_and_on_one() {
        let expected = [
            "user id alice",
            "from 10.1.2.3",
            "at 10/7/25 2:35 PM, Tue Oct 07 14:35:10 CEST 2025",
            "interface cucm-uds",
            "node cucm1",
        ];
        assert_eq!(read(LINES), expected);
        assert_eq!(read(&LINES.replace('\n', "  ")), expected);
        assert_eq!(read(&LINES.replace('\n', " ")), expected);
        assert_eq!(read(&LINES.replace('\n', "\r\n")), expected);
    }

    #[test]
    fn a_syslog_line_is_read_by_its_brackets() {
        let line = "%UC_LOGIN-4-AuthenticationFailed: %[LoginFrom=10.1.2.3][Timestamp=Tue Oct 07 14:35 2025]\
            [UserID=alice][Interface=cucm-uds][AppID=Cisco Tomcat][ClusterID=][NodeID=cucm1]: failed.";
        let expected =
            ["user id alice", "from 10.1.2.3", "at Tue Oct 07 14:35 2025", "interface cucm-uds", "node cucm1"];
        assert_eq!(read(line), expected);
    }

    #[test]
    fn a_sentence_names_the_node_at_its_end() {
        let text = "Service operational status is DOWN. Cisco XCP Router. The alert is generated on Tue on node 10.1.1.5.";
        assert_eq!(read(text), ["node 10.1.1.5"]);
    }

    #[test]
    fn several_users_are_told_and_none_is_chosen() {
        let text: String = (1..=7).map(|nth| format!("UserID : user{nth}\n")).collect();
        assert_eq!(read(&text), ["user id user1, user2, user3, user4, user5 and 2 more"]);
        assert_eq!(Fields::read(&text).user(), None);
        assert_eq!(Fields::read("UserID : alice\nUserID : alice").user(), Some("alice"));
    }

    #[test]
    fn what_looks_like_a_password_is_never_kept() {
        for text in [
            "UserID : alice Password : canary",
            "UserID : alice\nPassword : canary",
            "UserID=alice;pwd=canary",
            "[UserID=alice][Password=canary]",
            "Login UserID : alice Login Password : canary",
            "Login Date : 10:00 password canary UserID : alice",
            "UserID : alice token=canary",
            "userid: alice, secret: canary",
            "Password : UserID : alice",
            "Timestamp=1 passphrase canary [UserID=alice]",
        ] {
            let fields = Fields::read(text);
            assert!(!format!("{fields:?}").contains("canary"), "{text}: {fields:?}");
            assert_eq!(fields.users.first().map(|user| user.trim_end_matches(';')), Some("alice"), "{text}");
        }
    }

    #[test]
    fn only_a_word_that_no_shell_would_read_goes_into_a_command() {
        for user in ["$(reboot)", "`id`", "-rf", "a;b", "a|b", "alice@", "@alice", "a'b", "é", "a\u{202e}b"] {
            assert_eq!(Fields::read(&format!("[UserID={user}]")).user(), None, "{user}");
        }
        for user in ["alice", "a.b-c_d+e", "alice@example.com", "007"] {
            assert_eq!(Fields::read(&format!("[UserID={user}]")).user(), Some(user));
        }
        assert_eq!(Fields::read("Node ID : $(reboot)").node(), None);
    }

    #[test]
    fn what_a_terminal_would_obey_is_shown_as_an_escape() {
        let shown = read("[UserID=a\u{202e}lice][LoginFrom=\u{1b}[2J10.1.2.3]").join(" ");
        assert!(shown.contains("a\\u{202e}lice") && !shown.contains('\u{1b}'), "{shown}");
        let long = read(&format!("UserID={}", "x".repeat(60_000))).join(" ");
        assert!(long.len() < 100);
    }
}
