//! The files of TFTP, in clear and under TLS.

use super::client::{To, healthy, with};

#[tokio::test]
async fn the_service_profile_names_the_nodes_and_holds_a_secret() {
    let plant = healthy().await;
    for to in [To::Tftp, To::Tftps] {
        let reply = plant.get(to, "/SPDefault.cnf.xml").await;
        assert_eq!(reply.status(), "200");
        let section = reply.inner("IMandPresence");
        let nodes = "<Primary><Address>imp1.example.test</Address><Port/><Protocol/></Primary>\n   \
            <Backup1><Address>imp2.example.test</Address><Port/><Protocol/></Backup1>\n   \
            <Backup2><Address></Address><Port/><Protocol/></Backup2>";
        assert_eq!(section.trim(), nodes);
        let directory = reply.inner("Directory");
        assert!(directory.contains("<DN>cn=jabber-search,ou=service,dc=example,dc=test</DN>"), "{directory}");
        assert!(directory.contains("<Password>grey-ladder-directory-63</Password>"), "{directory}");
    }
}

#[tokio::test]
async fn the_addresses_in_the_profile_can_be_others_and_none() {
    let fault = "stage='service_profile'\nfault='addresses'\nprimary='example.test'\nbackup1=''\nbackup2='imp9'";
    let section = with(fault).await.get(To::Tftp, "/SPDefault.cnf.xml").await.inner("IMandPresence");
    for part in ["<Primary><Address>example.test<", "<Backup1><Address></Address>", "<Backup2><Address>imp9<"] {
        assert!(section.contains(part), "{section}");
    }
}

#[tokio::test]
async fn the_configuration_of_jabber_has_two_names() {
    let plant = healthy().await;
    for name in ["/jabber-config.xml", "/JAB_8e1c3f0a-52d7-4b6e-9a41-c07d2e95b318.cnf.xml"] {
        let reply = plant.get(To::Tftps, name).await;
        assert!(reply.body.contains("<config version=\"1.0\"><Client/>"), "{}", reply.body);
        assert_eq!(reply.header("Server"), Some(""));
    }
}

#[tokio::test]
async fn each_port_has_its_own_side() {
    let plant = healthy().await;
    assert_eq!(plant.get(To::Tftp, "/cucm-uds/version").await.status(), "404");
    assert_eq!(plant.get(To::Tftp, "/SPother.cnf.xml").await.status(), "404");
    assert_eq!(plant.get(To::Uds, "/SPDefault.cnf.xml").await.status(), "404");
    assert_eq!(plant.get(To::Epas, "/SPDefault.cnf.xml").await.status(), "404");
    assert_eq!(plant.get(To::Epas, "/cucm-uds/version").await.status(), "404");
    assert_eq!(plant.ask(To::Tftp, "PUT /jabber-config.xml HTTP/1.1", "").await.status(), "405");
}
