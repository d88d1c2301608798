//! Stories in which clusters are compared: where each says that the user is at home.

use super::super::code::uds;
use super::uds::severity;
use super::walk_story::{CLUSTER_USER, NO_CLUSTER_USER};
use super::{Scenario, beside, codes, found, one};
use crate::findings::{Severity, lines};
use crate::journal::HttpWhat;
use crate::progress::story::Story;

pub(super) const SCENARIOS: &[Scenario] = &[beside(uds::TWO_HOMES, &[uds::HOMES_DIFFER], |story, fact| {
    *story = Story::comparing(&["cucm1.example.com", "cucm9.example.com"]);
    story.good(HttpWhat::ClusterUser).good(HttpWhat::Servers);
    // The other one either claims the user too, or hands on.
    cluster_user_at(story, "cucm9.example.com", if fact { "cucm9.example.com" } else { "cucm1.example.com" });
})];

/// A CUCM answers that the user's home is the cluster of this host.
fn cluster_user_at(story: &mut Story, host: &str, home: &str) {
    let url = format!("https://{host}:8443/cucm-uds/clusterUser?username=alice");
    let body = CLUSTER_USER.replace("cucm1.example.com", home);
    story.exchange_at(HttpWhat::ClusterUser, &url, 200, &body);
}

/// Two CUCMs of `one.test` and `other.test`, compared, that each claim the user.
fn two_claims() -> Story {
    let mut story = Story::comparing(&["cucm1.one.test", "cucm1.other.test"]);
    for host in ["cucm1.one.test", "cucm1.other.test"] {
        cluster_user_at(&mut story, host, host);
    }
    story
}

fn servers_at(story: &mut Story, host: &str, status: u16, nodes: &[&str]) {
    let list: String = nodes.iter().map(|node| format!("<server>{node}</server>")).collect();
    let url = format!("https://{host}:8443/cucm-uds/servers");
    story.exchange_at(HttpWhat::Servers, &url, status, &format!("<servers>{list}</servers>"));
}

#[test]
fn two_that_claim_the_user_are_two_homes_once_a_list_of_nodes_or_none_of_them_says_so() {
    let holds = |story: &Story| codes(&found(story)).contains(&uds::TWO_HOMES);
    let mut story = two_claims();
    assert!(!holds(&story), "they may be of one cluster");
    let mut listless = story.clone();
    servers_at(&mut listless, "cucm1.one.test", 500, &[]);
    assert!(!holds(&listless), "the other one's list may come");
    servers_at(&mut listless, "cucm1.other.test", 500, &[]);
    assert!(holds(&listless));
    let mut same = story.clone();
    servers_at(&mut same, "cucm1.one.test", 200, &["cucm1.one.test", "cucm1.other.test"]);
    assert!(!holds(&same), "they are nodes of one cluster");
    // A short name is one in the domain of who says it.
    servers_at(&mut story, "cucm1.one.test", 200, &["cucm1", "cucm2"]);
    assert!(holds(&story));
    let finding = one(&story, uds::TWO_HOMES);
    assert_eq!((finding.subject.as_str(), severity(&story, uds::TWO_HOMES)), ("alice", Severity::Critical));
    assert_eq!(finding.arg("home").zip(finding.arg("other_home")), Some(("cucm1.one.test", "cucm1.other.test")));
    let text = lines(&finding, 200).join(" ");
    for words in ["Jabber takes whichever it asks first", "Untick", "ILS", "The password was sent to neither"] {
        assert!(text.contains(words), "{words}: {text}");
    }
}

#[test]
fn two_homes_explain_that_homes_differ_and_count_only_where_they_were_named() {
    let mut story = two_claims();
    servers_at(&mut story, "cucm1.one.test", 200, &["cucm1.one.test"]);
    assert_eq!(one(&story, uds::HOMES_DIFFER).explained_by, Some(uds::TWO_HOMES));
    for cucms in [&["cucm1.one.test"][..], &["cucm1.one.test", "cucm7.one.test"]] {
        let mut other = Story::comparing(cucms);
        for host in ["cucm1.one.test", "cucm1.other.test"] {
            cluster_user_at(&mut other, host, host);
        }
        servers_at(&mut other, "cucm1.one.test", 200, &["cucm1.one.test"]);
        assert_eq!(codes(&found(&other)), [uds::HOMES_DIFFER].into(), "{cucms:?}");
        assert_eq!(severity(&other, uds::HOMES_DIFFER), Severity::Warning);
    }
}

#[test]
fn none_of_several_clusters_is_one_finding_that_names_them_all() {
    let mut story = Story::comparing(&["cucm1.one.test", "cucm1.other.test"]);
    for host in ["cucm1.one.test", "cucm1.other.test"] {
        let url = format!("https://{host}:8443/cucm-uds/clusterUser?username=alice");
        story.exchange_at(HttpWhat::ClusterUser, &url, 200, NO_CLUSTER_USER);
    }
    let finding = one(&story, uds::NO_HOME_CLUSTER);
    assert_eq!(finding.arg("servers"), Some("cucm1.one.test and cucm1.other.test"));
    assert_eq!((found(&story).len(), severity(&story, uds::NO_HOME_CLUSTER)), (1, Severity::Critical));
}
