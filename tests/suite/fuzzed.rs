//! The fuzz targets (`tests/fuzz`): that none is forgotten, and what each begins with.
//!
//! The seeds are what passed in the kept recordings, and a few lines that stand here, so nothing unreadable is kept.
//! `cargo test --test suite fuzzed::seeds_are_made -- --ignored` writes them where cargo-fuzz looks for them.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use impscope::journal::line;
use impscope::journal::{Entry, Event, Fact, HttpFact, Payload, XmppFact};
use impscope::ui::Keys;

const FOLDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fuzz");
const KEPT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/recordings");
/// So many entries of a recording are one seed: each prefix of them is folded.
const ENTRIES: usize = 12;

/// What people type: filters and patterns, as the README and the help have them.
const TYPED: [&str; 8] = [
    "kind:iq,message -dir:out node:imp2 route:_cisco-uds",
    "jid!:alice@example.com after:02:14:05 before:11:05 last:30s #40-60",
    "/<auth[^>]*>/ \"two words\" text:a,b -kind:sm all",
    "mechanism='(PLAIN|SCRAM-\\w+)'\n<auth mechanism='PLAIN'>",
    "<iq type='get' id='1'><ping xmlns='urn:xmpp:ping'/></iq><r/>",
    "<?xml version='1.0'?>\n<stream:stream xmlns:stream='s' to='a'><a b=\"c>d\">&lt;&#x41;<![CDATA[<&]]></a >",
    "<x:a xmlns:x='u'><x:b y='1'/></x:a></stream:stream>",
    "<message to='a@b'><body>\u{e9}</body></message>",
];

/// An answer to get_edge_config, of which no recording holds one yet.
const EDGE: &str = "<getEdgeConfigResponse version='1.0'><serviceConfig><service><name>_cisco-uds</name><server>\
    <priority>1</priority><weight>1</weight><port>8443</port><address>cucm1.example.com</address></server></service>\
    <service><name>_cuplogin</name><error>NameError</error></service></serviceConfig><edgeConfig><xmppEdgeServer>\
    <server><address>edge.example.com</address><tlsPort>5222</tlsPort></server></xmppEdgeServer><userUdsServer/>\
    </edgeConfig></getEdgeConfigResponse>";

/// Answers to an administrator, of which no recording holds one yet: AXL's and what its page of HTTP 599 says, those of
/// Control Center and PerfMon, a fault, and what `utils ha status` prints.
const ADMINISTRATOR: [&str; 12] = [
    "<e:Envelope xmlns:e='e'><e:Body><ns:getUserResponse xmlns:ns='n'><return><user><userid>a</userid><mailid>a@b</mailid>\
     <status>1</status><homeCluster>true</homeCluster><serviceProfile uuid='{1}'>SP</serviceProfile><associatedGroups>\
     <userGroup><name>g</name></userGroup></associatedGroups><passwordCredentials><pwdCredLockedByAdministrator>false\
     </pwdCredLockedByAdministrator><pwdResetHackCount>0</pwdResetHackCount></passwordCredentials></user></return>\
     </ns:getUserResponse></e:Body></e:Envelope>",
    "<getServiceProfileResponse><return><serviceProfile><name>SP</name><isDefault>f</isDefault><serviceProfileInfos>\
     <serviceProfileInfo><profileName>IM and Presence Profile</profileName><primary uuid='{2}'>imp1</primary><secondary/>\
     <tertiary>imp3</tertiary></serviceProfileInfo></serviceProfileInfos></serviceProfile></return></getServiceProfileResponse>",
    "<getUcServiceResponse><return><ucService><serviceType>IM and Presence</serviceType><name>imp1</name>\
     <hostnameorip>imp1.example.com</hostnameorip></ucService></return></getUcServiceResponse>",
    "<listProcessNodeResponse><return><processNode uuid='{1}'><name>imp1</name><nodeUsage>Publisher</nodeUsage>\
     <processNodeRole>CUCM IM and Presence</processNodeRole></processNode></return></listProcessNodeResponse>",
    "<listAssignedPresenceUsersResponse><return><assignedPresenceUser><userid>a</userid><server>imp1</server>\
     <presenceRedundancyGroup>D</presenceRedundancyGroup></assignedPresenceUser></return></listAssignedPresenceUsersResponse>",
    "<listPresenceRedundancyGroupResponse><return><presenceRedundancyGroup><name>D</name><server1>imp1</server1><server2/>\
     <haEnabled>true</haEnabled><numUsers>48</numUsers></presenceRedundancyGroup></return></listPresenceRedundancyGroupResponse>",
    "<getCCMVersionResponse><return><componentVersion><version>14.0.1</version></componentVersion></return></getCCMVersionResponse>",
    "<html><h1>HTTP Status 599 - Incorrect axl version. Supported axl versions are 12.x, 14.0 and 15.0</h1></html>",
    "<soapGetServiceStatusResponse><r><ServiceInfoList><item><ServiceName>Cisco Tftp</ServiceName><ServiceStatus>Stopped\
     </ServiceStatus><ReasonCode>-1068</ReasonCode><ReasonCodeString> </ReasonCodeString><StartTime>Mon</StartTime>\
     <UpTime>-1</UpTime></item></ServiceInfoList></r></soapGetServiceStatusResponse>",
    "<perfmonCollectCounterDataResponse><r><Name>\\\\imp1\\Cisco XCP CM(a)\\CmConnectedSockets</Name><Value>312</Value>\
     <CStatus>1</CStatus></r></perfmonCollectCounterDataResponse>",
    "<perfmonListCounterResponse><r><Name>Cisco XCP CM</Name><ArrayOfCounter><item><Name>CmConnectedSockets</Name></item>\
     </ArrayOfCounter></r><Fault><faultstring>Exceeded allowed rate</faultstring></Fault></perfmonListCounterResponse>",
    "Subcluster Name: D\nNode 1 Name : imp1 State: Normal\nNode 2 Name : imp2 State: Failed Over Reason: Critical Service Down\n",
];

type Seeds = BTreeMap<&'static str, Vec<Vec<u8>>>;

fn seeds() -> Seeds {
    let mut seeds = Seeds::new();
    let mut add = |target, seed: &[u8]| seeds.entry(target).or_default().push(seed.to_vec());
    for path in crate::program::files_in(Path::new(KEPT)) {
        let text = std::fs::read_to_string(&path).unwrap_or_else(|why| panic!("{}: {why}", path.display()));
        let recording = line::read(&text).unwrap_or_else(|why| panic!("{}: {why}", path.display()));
        let entries = recording.journal.entries();
        let header = line::header(&recording.header.tool, recording.header.started);
        for part in entries.chunks(ENTRIES) {
            let part: String = part.iter().map(line::entry).collect();
            add("recording", format!("{header}{part}").as_bytes());
        }
        for payload in entries.iter().filter_map(received) {
            add("framer", payload.bytes());
            add("stanzas", payload.bytes());
        }
        let stream: Vec<u8> = entries.iter().filter_map(received).flat_map(Payload::bytes).copied().collect();
        add("framer", &stream);
        add("stanzas", &stream);
        entries.iter().filter_map(sent).for_each(|payload| add("typed", payload.bytes()));
        entries.iter().filter_map(body).for_each(|payload| add("documents", payload.bytes()));
    }
    add("documents", EDGE.as_bytes());
    ADMINISTRATOR.iter().for_each(|answer| add("documents", answer.as_bytes()));
    TYPED.iter().for_each(|text| add("typed", text.as_bytes()));
    add("settings", readme_settings().as_bytes());
    add("settings", Keys::default().listed().as_bytes());
    answers().iter().for_each(|answer| add("answers", answer));
    seeds
}

fn xmpp(entry: &Entry) -> Option<&XmppFact> {
    match &entry.event {
        Event::Saw(Fact::Xmpp(fact)) => Some(fact),
        _ => None,
    }
}

fn received(entry: &Entry) -> Option<&Payload> {
    match xmpp(entry)? {
        XmppFact::Received(received) => Some(&received.payload),
        _ => None,
    }
}

fn sent(entry: &Entry) -> Option<&Payload> {
    match xmpp(entry)? {
        XmppFact::Sent(sent) => Some(&sent.payload),
        _ => None,
    }
}

fn body(entry: &Entry) -> Option<&Payload> {
    match &entry.event {
        Event::Saw(Fact::Http(fact)) => match &**fact {
            HttpFact::Body { payload, .. } => Some(payload),
            _ => None,
        },
        _ => None,
    }
}

/// The README's example of a configuration.
fn readme_settings() -> String {
    let readme = include_str!("../../README.md");
    let example = readme.split("```toml\n").nth(1).and_then(|behind| behind.split("```").next());
    example.expect("the README has an example").to_owned()
}

/// A ServerHello of TLS 1.0, an alert, a DNS answer with one SRV record and one with an unknown one, a certificate.
fn answers() -> Vec<Vec<u8>> {
    let hello = [&[22, 3, 1, 0, 45, 2, 0, 0, 41, 3, 1][..], &[7; 32], &[2, 0xaa, 0xbb, 0, 0x2f, 0]].concat();
    let alert = vec![21, 3, 1, 0, 2, 2, 70];
    let head = |answers| [0, 1, 0x81, 0x80, 0, 1, 0, answers, 0, 0, 0, 0];
    let srv =
        b"\xc0\x0c\x00\x21\x00\x01\x00\x00\x00\x3c\x00\x0e\x00\x01\x00\x02\x14\x66\x04imp1\x01x\x00".to_vec();
    let other = b"\xc0\x0c\x00\x10\x00\x01\x00\x00\x00\x3c\x00\x05\x04text".to_vec();
    let messages = [hello, alert, [&head(1)[..], &srv].concat(), [&head(2)[..], &srv, &other].concat()];
    messages.into_iter().chain(certificate()).collect()
}

#[cfg(feature = "lab")]
fn certificate() -> Option<Vec<u8>> {
    let names = vec!["imp1.example.com".to_owned(), "example.com".to_owned()];
    let made = rcgen::generate_simple_self_signed(names).expect("a certificate for two names");
    Some(made.cert.der().to_vec())
}

/// What makes certificates belongs to the lab.
#[cfg(not(feature = "lab"))]
fn certificate() -> Option<Vec<u8>> {
    None
}

/// The targets, as their files are called.
fn targets() -> Vec<String> {
    let files = crate::program::files_in(&Path::new(FOLDER).join("targets"));
    let stem = |path: PathBuf| path.file_stem().map(|stem| stem.to_string_lossy().into_owned());
    let mut targets: Vec<String> = files.into_iter().filter_map(stem).collect();
    targets.sort();
    targets
}

#[test]
fn every_target_is_declared_and_says_what_must_hold() {
    let manifest =
        std::fs::read_to_string(Path::new(FOLDER).join("Cargo.toml")).expect("the manifest of the targets");
    let manifest: toml::Table = manifest.parse().expect("it is TOML");
    let binaries = manifest["bin"].as_array().expect("binaries");
    let mut declared: Vec<&str> = binaries.iter().filter_map(|binary| binary["name"].as_str()).collect();
    declared.sort_unstable();
    assert_eq!(targets(), declared);
    for target in targets() {
        let text = std::fs::read_to_string(Path::new(FOLDER).join("targets").join(format!("{target}.rs")));
        assert!(text.expect("a source").contains("\n//! 1. "), "{target} does not say what must hold");
    }
}

#[test]
fn what_was_recorded_seeds_the_readers_and_no_seed_is_for_a_target_that_is_not_there() {
    let seeds = seeds();
    assert!(seeds.keys().all(|target| targets().contains(&(*target).to_owned())), "{:?}", seeds.keys());
    let count = |target| seeds.get(target).map_or(0, Vec::len);
    assert!(count("framer") > 20 && count("documents") > 8 && count("recording") > 10, "{:?}", seeds.keys());
}

/// Writes the seeds, one file each, beside what cargo-fuzz found before.
#[test]
#[ignore = "writes into tests/fuzz/corpus"]
fn seeds_are_made() {
    for (target, seeds) in seeds() {
        let folder = Path::new(FOLDER).join("corpus").join(target);
        std::fs::create_dir_all(&folder).expect("the folder can be made");
        for (at, seed) in seeds.iter().enumerate() {
            std::fs::write(folder.join(format!("seed-{at}")), seed).expect("a seed can be written");
        }
    }
}
