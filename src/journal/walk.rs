//! What a walk sets out from: whose path is walked, whom it asks, and what was given by hand.

use serde::{Deserialize, Deserializer, Serialize};

use super::Via;

/// So many CUCMs are compared: what lies beyond them in a list is not asked.
pub const MOST_CUCMS: usize = 16;

/// What a walk sets out from. It stands in the run's first entry, so that a recording shows the same tree.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct WalkAsk {
    /// Whose path.
    pub clients: Clients,
    /// The domain of `_cisco-uds` and `_collab-edge`, where it is another one (protocol.md 1.3).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub voice_domain: Option<String>,
    /// The DNS servers, the preferred one first.
    pub dns: Vec<DnsServer>,
    /// Nodes that were named by hand; where there are any, no route is walked.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub nodes: Vec<GivenNode>,
    /// CUCMs that were named by hand, beside those of DNS, in their order: `host` or `host:port`. Older recordings have
    /// one as a text, or null.
    #[serde(rename = "cucm", default, skip_serializing_if = "Vec::is_empty", deserialize_with = "one_or_more")]
    pub cucms: Vec<String>,
    /// What UDS, EPAS and SASL are told to be the user's id. Empty where no user was given.
    pub user_id: String,
    /// The port of XMPP on nodes that are named without one.
    pub xmpp_port: u16,
    /// As which client EPASSoap is asked.
    pub epas: EpasClient,
    /// Another user whom the control experiment may ask for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub second_user: Option<String>,
    /// The proxy by way of which every connection is made; none: they are made from this host.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub via: Option<Via>,
    /// The administrator as whom AXL, Control Center and PerfMon are asked; none: they are not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub admin: Option<String>,
}

/// Whose path is walked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Clients {
    /// Every route.
    All,
    /// Jabber's, inside.
    Jabber,
    /// That of PSI and other XMPP clients.
    Psi,
    /// Jabber's, outside.
    Edge,
}

/// A DNS server.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DnsServer {
    /// `address:port`, an IPv6 address in brackets.
    pub address: String,
    /// Who named it: `--dns`, `/etc/resolv.conf`, `practice deployment`.
    pub source: String,
    /// Whether it is asked by way of the run's proxy, over TCP. Otherwise it is asked from this host.
    #[serde(default, skip_serializing_if = "is_false")]
    pub via: bool,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde hands a reference")]
fn is_false(flag: &bool) -> bool {
    !flag
}

/// A node that was named by hand.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct GivenNode {
    /// A name or an address.
    pub host: String,
    /// Its port.
    pub port: u16,
}

/// As which client EPASSoap is asked (protocol.md 5.1, 6.8).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EpasClient {
    /// The path behind `/EPASSoap/service`: `v80`; empty for none.
    pub service: String,
    /// `client-type`
    pub kind: String,
    /// `client-version`
    pub version: String,
    /// `force`: true takes the user's session key away from another client.
    pub force: bool,
}

/// A list of texts, one text for a list of one, or null for none.
fn one_or_more<'de, D: Deserializer<'de>>(from: D) -> Result<Vec<String>, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Given {
        One(String),
        More(Vec<String>),
    }
    Ok(match Option::<Given>::deserialize(from)? {
        None => Vec::new(),
        Some(Given::One(text)) => vec![text],
        Some(Given::More(texts)) => texts,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(cucm: &str) -> Result<WalkAsk, serde_json::Error> {
        let epas = r#"{"service":"v80","kind":"CUPC","version":"9.7","force":false}"#;
        let rest = format!(r#""clients":"all","dns":[],"user_id":"alice","xmpp_port":5222,"epas":{epas}"#);
        serde_json::from_str(&format!("{{{cucm}{rest}}}"))
    }

    #[test]
    fn cucms_are_read_as_older_recordings_have_them_and_written_as_a_list() {
        let texts = |texts: &[&str]| texts.iter().map(|&text| text.to_owned()).collect::<Vec<String>>();
        for (written, cucms) in [
            ("", texts(&[])),
            (r#""cucm":null,"#, texts(&[])),
            (r#""cucm":"cucm1.example.test:443","#, texts(&["cucm1.example.test:443"])),
            (r#""cucm":["cucm1.example.test","cucm9"],"#, texts(&["cucm1.example.test", "cucm9"])),
        ] {
            let ask = read(written).unwrap();
            assert_eq!(ask.cucms, cucms, "{written}");
            let again = serde_json::to_value(&ask).unwrap();
            let as_list = (!cucms.is_empty()).then(|| serde_json::json!(cucms));
            assert_eq!(again.get("cucm"), as_list.as_ref(), "{written}");
            assert_eq!(serde_json::from_value::<WalkAsk>(again).unwrap(), ask);
        }
        assert!(read(r#""cucm":7,"#).is_err());
    }
}
