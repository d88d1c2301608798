//! The answer of protocol.md 8, lenient forms, and hostile ones.

use proptest::prelude::*;

use super::super::fixtures::any_body;
use super::*;

/// As it was captured, from a login that failed: `userUdsServer` has no address.
const CAPTURED: &str = "<?xml version='1.0' encoding='UTF-8'?>
<getEdgeConfigResponse version=\"1.0\">
 <serviceConfig>
  <service><name>_cisco-phone-tftp</name><error>NameError</error></service>
  <service><name>_cuplogin</name><error>NameError</error></service>
  <service><name>_cisco-uds</name><server><priority>1</priority><weight>1</weight><port>8443</port><address>cucm.example.int</address></server></service>
  <service><name>tftpServer</name><address></address><address></address></service>
 </serviceConfig>
 <edgeConfig>
  <sipEdgeServer><server><address>expe.example.com</address><tlsPort>5061</tlsPort></server></sipEdgeServer>
  <sipRequest><route>&lt;sip:192.168.2.100:5061;transport=tls;zone-id=3;directed;lr&gt;</route></sipRequest>
  <xmppEdgeServer><server><address>expe.example.com</address><tlsPort>5222</tlsPort></server></xmppEdgeServer>
  <httpEdgeServer><server><address>expe.example.com</address><tlsPort>8443</tlsPort></server></httpEdgeServer>
  <turnEdgeServer/>
  <userUdsServer><server><address></address><tlsPort>8443</tlsPort></server></userUdsServer>
 </edgeConfig>
</getEdgeConfigResponse>";

fn at(address: &str, port: u16) -> Endpoint {
    Endpoint { address: address.to_owned(), port: Some(port) }
}

#[test]
fn the_captured_answer_is_read_and_its_user_has_no_uds() {
    let read = edge_config(CAPTURED.as_bytes()).unwrap();
    assert_eq!(read.service("_CUPLOGIN").unwrap().error.as_deref(), Some("NameError"));
    let uds = Server { address: "cucm.example.int".into(), port: Some(8443), priority: Some(1), weight: Some(1) };
    assert_eq!(read.service("_cisco-uds").unwrap().servers, [uds]);
    assert_eq!(read.service("tftpServer").unwrap().servers, []);
    assert_eq!(read.xmpp, [at("expe.example.com", 5222)]);
    assert_eq!(read.http, [at("expe.example.com", 8443)]);
    assert_eq!((read.user_uds, read.not_understood), (vec![], vec![]));
}

#[test]
fn a_healthy_answer_names_the_users_uds_and_whatever_is_new_is_named() {
    let body = CAPTURED.replace("<address></address><tlsPort>", "<address>cucm1.example.com</address><tlsPort>");
    let body = body.replace("<turnEdgeServer/>", "<turnEdgeServer/><mraPolicy>x</mraPolicy>");
    let read = edge_config(body.as_bytes()).unwrap();
    assert_eq!(read.user_uds, [at("cucm1.example.com", 8443)]);
    assert_eq!(read.not_understood, ["mraPolicy"]);
}

#[test]
fn addresses_are_read_with_and_without_a_server_around_them() {
    let body = "<e:edgeConfig xmlns:e='x'><xmppEdgeServer address='a.test' tlsPort='5222'/>\
                <xmppEdgeServer>b.test</xmppEdgeServer>\
                <service><name>tftpServer</name><address>t.test</address></service></e:edgeConfig>";
    let read = edge_config(body.as_bytes()).unwrap();
    assert_eq!(read.xmpp, [at("a.test", 5222), Endpoint { address: "b.test".into(), port: None }]);
    assert_eq!(read.service("tftpServer").unwrap().servers[0].address, "t.test");
}

#[test]
fn another_document_is_said_to_be_one() {
    assert_eq!(edge_config(b"<clusterUser/>"), Err(Misread::Other("clusterUser".to_owned())));
    assert_eq!(edge_config(b""), Err(Misread::Empty));
}

#[test]
fn a_crowd_of_services_is_kept_in_part() {
    let service = "<service><name>a</name><address>b</address></service>".repeat(1000);
    let read = edge_config(format!("<edgeConfig>{service}</edgeConfig>").as_bytes()).unwrap();
    assert_eq!(read.services.len(), KEPT);
}

#[test]
fn a_path_through_the_edge_begins_with_the_literal_prefixes() {
    assert_eq!(domain_prefix("tbtp.com"), "dGJ0cC5jb20");
    assert_eq!(domain_prefix("example.com"), "ZXhhbXBsZS5jb20");
    let proxied = proxied_prefix("example.com", "https", "cucm1.example.com", 8443);
    assert_eq!(proxied, "ZXhhbXBsZS5jb20vaHR0cHMvY3VjbTEuZXhhbXBsZS5jb20vODQ0Mw");
    assert_eq!(service_name("example.com"), "_collab-edge._tls.example.com");
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(500) })]

    #[test]
    fn whatever_comes_is_read_or_said_not_to_be(body in any_body()) {
        let read = edge_config(&body);
        match (Document::read(&body), read) {
            (Ok(document), Err(refusal)) => prop_assert_eq!(refusal, document.other()),
            (Err(misread), read) => prop_assert_eq!(read, Err(misread)),
            (Ok(_), Ok(read)) => prop_assert!(read.services.iter().all(|service| !service.name.is_empty())),
        }
    }
}
