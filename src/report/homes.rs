//! Where each CUCM that was named by hand says that the user is at home: as a list of `check --json`, as lines under the
//! routes, and as the rows of a report's table.

use serde_json::{Value, json};

use crate::console::visible;
use crate::discovery::{HomeAnswer, HomeSeen, Walk};
use crate::findings::columns;

/// The columns of the table.
pub(super) const HEAD: [&str; 4] = ["CUCM", "Version", "Says of the user", "Home"];
/// What stands where nothing is known.
const NOTHING: &str = "-";
/// A cell of somebody else's text is no longer.
const CELL: usize = 64;

/// The list: an object for each CUCM, in the order in which they were named; empty where fewer than two were.
///
/// `cucm`: host and port; `version`: of UDS, or null; `answer`: `home`, `elsewhere`, `unknown_user`, `unclear`, `failed` or
/// `open`; `why`: what came instead of an answer (`silent`, `401` …), or null; `home`: the host that it names, or null;
/// `evidence`: the number of the entry that says so, or null.
pub(super) fn list(walk: &Walk) -> Vec<Value> {
    let one = |seen: HomeSeen<'_>| {
        let why = if let HomeAnswer::Failed(why) = &seen.answer { Some(why.as_str()) } else { None };
        json!({
            "cucm": seen.place(),
            "version": seen.version,
            "answer": seen.answer.name(),
            "why": why,
            "home": seen.home,
            "evidence": seen.entry.map(|n| n.0),
        })
    };
    walk.homes().into_iter().map(one).collect()
}

/// The rows, a text for each column.
pub(super) fn rows(walk: &Walk) -> Vec<[String; 4]> {
    let or_nothing = |text: Option<&str>| text.unwrap_or(NOTHING).to_owned();
    let row = |seen: HomeSeen<'_>| {
        let cells = [
            seen.place(),
            or_nothing(seen.version),
            seen.answer.words().to_owned(),
            or_nothing(seen.home.as_deref()),
        ];
        cells.map(|text| cell(&text))
    };
    walk.homes().into_iter().map(row).collect()
}

/// What a terminal can show, bounded.
fn cell(text: &str) -> String {
    let mut cell = visible(&text.chars().take(CELL).collect::<String>());
    if text.chars().nth(CELL).is_some() {
        cell.push('…');
    }
    cell
}

/// The table as lines, and an empty one behind it; nothing where nothing is compared.
pub(super) fn lines(walk: &Walk) -> Vec<String> {
    let rows = rows(walk);
    if rows.is_empty() {
        return Vec::new();
    }
    let all: Vec<Vec<String>> = std::iter::once(HEAD.map(str::to_owned)).chain(rows).map(Vec::from).collect();
    let user = walk.goal().map_or("", |goal| goal.user_id.as_str());
    let heading = format!("where {} is at home, by each CUCM that was named:", visible(user));
    std::iter::once(heading).chain(columns(&all)).chain([String::new()]).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::discovery::story::{CUCM1, WalkStory, goal};
    use crate::journal::{HttpWhat, WalkAsk};

    const CUCM9: &str = "https://cucm9.example.test:8443";

    fn story() -> WalkStory {
        let cucms = ["cucm1.example.test", "cucm9.example.test", "10.1.2.7:443"].map(str::to_owned).to_vec();
        let mut story = WalkStory::new(WalkAsk { cucms, ..goal() });
        story.routes().locator();
        story
    }

    fn told() -> WalkStory {
        let mut story = story();
        let version = "<versionInformation><version>14.0\u{202e}</version></versionInformation>";
        story.http(HttpWhat::Version, &format!("{CUCM9}/cucm-uds/version"), 200, version);
        let elsewhere = format!(
            "<clusterUser><result found=\"true\" uri=\"{CUCM1}/cucm-uds/user/alice\"/>\
             <homeCluster>cucm1.example.test</homeCluster></clusterUser>"
        );
        let url = format!("{CUCM9}/cucm-uds/clusterUser?username=alice");
        story.http(HttpWhat::ClusterUser, &url, 200, &elsewhere);
        story.silent(HttpWhat::ClusterUser, "https://10.1.2.7:443/cucm-uds/clusterUser?username=alice");
        story
    }

    fn walk(story: &WalkStory) -> Walk {
        Walk::of(story.journal.entries())
    }

    #[test]
    fn each_cucm_has_a_row_with_its_version_and_what_it_says() {
        let expected = [
            "where alice is at home, by each CUCM that was named:",
            "CUCM                     Version       Says of the user  Home",
            "cucm1.example.test:8443  12.5.1        home              cucm1.example.test",
            "cucm9.example.test:8443  14.0\\u{202e}  not home          cucm1.example.test",
            "10.1.2.7:443             -             silent            -",
            "",
        ];
        assert_eq!(lines(&walk(&told())), expected);
    }

    #[test]
    fn each_cucm_has_an_object_with_the_entry_that_says_so() {
        let walk = walk(&told());
        let list = list(&walk);
        let of = |name: &str| list.iter().map(|one| one[name].clone()).collect::<Vec<Value>>();
        assert_eq!(of("answer"), ["home", "elsewhere", "failed"]);
        assert_eq!(of("why"), [Value::Null, Value::Null, "silent".into()]);
        assert_eq!(of("home"), ["cucm1.example.test".into(), "cucm1.example.test".into(), Value::Null]);
        assert_eq!(of("cucm")[2], "10.1.2.7:443");
        assert!(of("evidence").iter().all(Value::is_number), "{list:?}");
    }

    #[test]
    fn one_cucm_alone_is_compared_with_nothing() {
        let story = WalkStory::new(WalkAsk { cucms: vec!["cucm1.example.test".into()], ..goal() });
        assert!(lines(&walk(&story)).is_empty() && list(&walk(&story)).is_empty());
    }
}
