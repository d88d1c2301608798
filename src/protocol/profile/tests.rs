//! The files of protocol.md 3, lenient forms, and hostile ones.

use proptest::prelude::*;

use super::super::fixtures::any_body;
use super::*;

const PROFILE: &str = r#"<?xml version="1.0" encoding="UTF-8"?>
<userProfile><!-- G: root -->
 <IMandPresence>
   <Primary><Address>imp1.example.com</Address><Port/><Protocol/></Primary>
   <Backup1><Address>imp2.example.com</Address><Port/><Protocol/></Backup1>
   <Backup2><Address/><Port/><Protocol/></Backup2>
 </IMandPresence>
 <Voicemail>…</Voicemail><MailStore>…</MailStore><Conferencing>…</Conferencing>
 <Directory><Primary><Address>ldap.example.com</Address></Primary><UseUDS>true</UseUDS><DN>cn=jabber</DN><Password>Vogel-4</Password></Directory>
 <CTI>…</CTI><VideoConferenceSchedulingPortal>…</VideoConferenceSchedulingPortal>
</userProfile>"#;

fn address(role: &str, address: &str, port: Option<u16>) -> ImpAddress {
    ImpAddress { role: role.to_owned(), address: address.to_owned(), port }
}

#[test]
fn a_service_profile_names_the_nodes_in_the_order_of_their_roles() {
    let profile = service_profile(PROFILE.as_bytes()).unwrap();
    assert!(profile.has_imp);
    let nodes = [address("Primary", "imp1.example.com", None), address("Backup1", "imp2.example.com", None)];
    assert_eq!(profile.imp, nodes);
    let sections = [
        "IMandPresence",
        "Voicemail",
        "MailStore",
        "Conferencing",
        "Directory",
        "CTI",
        "VideoConferenceSchedulingPortal",
    ];
    assert_eq!(profile.sections, sections);
}

#[test]
fn the_root_and_the_forms_of_values_do_not_matter() {
    let body = "<x><imandpresence><Backup2 address='imp3' port='8443'/><Backup1><Address>imp2</Address>\
                <Port>none</Port></Backup1><Primary>imp1</Primary></imandpresence><New><Primary/></New></x>";
    let profile = service_profile(body.as_bytes()).unwrap();
    let nodes = [
        address("Primary", "imp1", None),
        address("Backup1", "imp2", None),
        address("Backup2", "imp3", Some(8443)),
    ];
    assert_eq!(profile.imp, nodes);
    assert_eq!(profile.sections, ["imandpresence", "New"]);
}

#[test]
fn a_profile_without_the_service_is_told_from_one_that_names_no_node() {
    let without = service_profile(b"<userProfile><Directory/></userProfile>").unwrap();
    assert!(!without.has_imp && without.imp.is_empty());
    let empty = "<p><IMandPresence><Primary><Address/></Primary></IMandPresence></p>";
    let empty = service_profile(empty.as_bytes()).unwrap();
    assert!(empty.has_imp && empty.imp.is_empty());
    assert_eq!(service_profile(b"<userProfile/>"), Ok(ServiceProfile::default()));
    assert_eq!(service_profile(b"<servers/>"), Err(Misread::Other("servers".to_owned())));
}

#[test]
fn many_sections_are_bounded() {
    let many: String = (0..200).map(|n| format!("<s{n}><Primary/></s{n}>")).collect();
    assert_eq!(service_profile(format!("<r>{many}</r>").as_bytes()).unwrap().sections.len(), 32);
}

#[test]
fn of_the_jabber_config_the_keys_of_the_login_are_read() {
    let body = r#"<config version="1.0"><Client/><Options/><Phone/><Policies><LoginResource>mutualExclusion</LoginResource>
<EnableVideo>true</EnableVideo><voiceservicesdomain>example.com</voiceservicesdomain></Policies><Presence>
<PresenceServerAddress> </PresenceServerAddress></Presence><Directory><ConnectionPassword>x</ConnectionPassword></Directory><Voicemail/></config>"#;
    let config = jabber_config(body.as_bytes()).unwrap();
    let own = |text: &str| text.to_owned();
    let keys = [(own("LoginResource"), own("mutualExclusion")), (own("VoiceServicesDomain"), own("example.com"))];
    assert_eq!(config.keys, keys);
    assert_eq!((config.value("loginresource"), config.value("SSO_Enabled")), (Some("mutualExclusion"), None));
    assert_eq!(jabber_config(b"<config/>"), Ok(JabberConfig::default()));
    assert_eq!(jabber_config(PROFILE.as_bytes()), Err(Misread::Other("userProfile".to_owned())));
}

#[test]
fn a_profile_that_was_cut_short_is_none() {
    for end in 1..PROFILE.len() {
        let read = service_profile(&PROFILE.as_bytes()[..end]);
        assert!(matches!(read, Err(Misread::NotXml { .. })), "{end}: {read:?}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(1000) })]

    #[test]
    fn whatever_comes_is_read_or_said_not_to_be(body in any_body()) {
        let document = Document::read(&body);
        for refusal in [service_profile(&body).err(), jabber_config(&body).err()].into_iter().flatten() {
            match &document {
                Ok(document) => prop_assert_eq!(refusal, document.other()),
                Err(misread) => prop_assert_eq!(&refusal, misread),
            }
        }
    }
}
