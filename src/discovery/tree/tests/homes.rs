//! The rows of clusters that are compared: what each CUCM says of the user's home.

use super::super::story::{CUCM1, WalkStory, goal};
use super::walked::{USER, item, said, shows, tree};
use super::*;
use crate::discovery::item::Again;
use crate::journal::{HttpWhat, WalkAsk};

const CUCM9: &str = "https://cucm9.example.test:8443";

/// Two CUCMs that were named by hand, and what the other one says of alice.
fn compared(says: &str) -> WalkStory {
    let cucms = ["cucm1.example.test", "cucm9.example.test"].map(str::to_owned).to_vec();
    let mut story = WalkStory::new(WalkAsk { cucms, ..goal() });
    story.routes().host("cucm9.example.test").locator();
    let url = format!("{CUCM9}/cucm-uds/clusterUser?username=alice");
    story.http(HttpWhat::ClusterUser, &url, 200, says);
    story
}

fn names(home: &str) -> String {
    format!(
        "<clusterUser><result found=\"true\"/><homeCluster serversUri=\"https://{home}:8443/cucm-uds/servers\">{home}\
         </homeCluster></clusterUser>"
    )
}

#[test]
fn each_cucm_that_is_compared_has_a_row_with_what_it_says() {
    let none = "<clusterUser><result found=\"false\"/></clusterUser>";
    let unclear = "<clusterUser><result found=\"true\"/></clusterUser>";
    for (says, state, figure, heading) in [
        (
            names("cucm1.example.test").as_str(),
            ItemState::Plain,
            "not home; home is cucm1",
            (ItemState::Ok, "one"),
        ),
        (names("cucm9.example.test").as_str(), ItemState::Ok, "home", (ItemState::Failed, "2")),
        (none, ItemState::Absent, "unknown user", (ItemState::Ok, "one")),
        (unclear, ItemState::Warning, "names no home", (ItemState::Ok, "one")),
        ("<html/>", ItemState::Failed, "no UDS", (ItemState::Ok, "one")),
    ] {
        let tree = tree(&compared(says));
        let row = shows(&tree, "home:cucm9.example.test:8443");
        assert_eq!((row.0, row.1.as_str()), (state, "cucm9:8443"), "{says}");
        if figure != "no UDS" {
            assert_eq!(row.2, figure, "{says}");
        }
        assert_eq!(shows(&tree, "home:cucm1.example.test:8443"), said(ItemState::Ok, "cucm1:8443", "home"));
        assert_eq!(shows(&tree, "homes"), said(heading.0, "home clusters", heading.1), "{says}");
    }
    let tree = tree(&compared(&names("cucm1.example.test")));
    let row = item(&tree, "home:cucm9.example.test:8443");
    assert_eq!(row.detail[0], "cucm9.example.test:8443: not home; home is cucm1.example.test");
    assert!(row.place.as_deref() == Some(CUCM9) && !row.ops.is_empty() && !row.entries.is_empty());
    assert!(matches!(&row.ask, Some(Again::Http(ask)) if ask.what == HttpWhat::ClusterUser));
    let heading = item(&tree, "homes");
    assert_eq!(heading.detail[1], "cucm1.example.test:8443, UDS 12.5.1: home");
    assert_eq!((heading.detail.len(), heading.open), (3, true));
}

#[test]
fn a_cucm_that_says_nothing_of_the_home_has_its_reason_in_its_row() {
    let cucms = ["cucm1.example.test", "cucm9.example.test", "a b"].map(str::to_owned).to_vec();
    let mut story = WalkStory::new(WalkAsk { cucms, ..goal() });
    story.routes().host("cucm9.example.test");
    let row = |story: &WalkStory, host: &str| shows(&tree(story), &format!("home:{host}:8443"));
    assert_eq!(row(&story, "cucm9.example.test").0, ItemState::Waiting);
    assert_eq!(row(&story, "a b"), said(ItemState::Failed, "a b:8443", "not a host name"));
    story.silent(HttpWhat::ClusterUser, &format!("{CUCM9}/cucm-uds/clusterUser?username=alice"));
    assert_eq!(row(&story, "cucm9.example.test"), said(ItemState::Failed, "cucm9:8443", "silent"));
    story.http(HttpWhat::ClusterUser, &format!("{CUCM1}/cucm-uds/clusterUser?username=alice"), 401, "");
    assert_eq!(row(&story, "cucm1.example.test"), said(ItemState::Failed, "cucm1:8443", "401"));
    assert_eq!(shows(&tree(&story), "homes"), said(ItemState::Failed, "home clusters", "none"));
}

#[test]
fn of_two_homes_the_users_record_is_left_out_in_two_words() {
    let mut story = compared(&names("cucm9.example.test"));
    story.http(HttpWhat::Servers, &format!("{CUCM9}/cucm-uds/servers"), 500, "");
    let left_out = shows(&tree(&story), USER);
    assert_eq!(left_out, said(ItemState::Skipped, "user record", "two homes"));
    let one = tree(&WalkStory::practice());
    assert!(one.find(&ItemId("homes".into())).is_none(), "one CUCM is compared with nothing");
}
