//! The answers of protocol.md 7, lenient forms, and hostile ones.

use proptest::prelude::*;

use super::super::document::{Document, Misread};
use super::super::fixtures::any_body;
use super::*;

fn answer(inside: &str) -> Vec<u8> {
    format!(
        "<soapenv:Envelope xmlns:soapenv='http://schemas.xmlsoap.org/soap/envelope/'><soapenv:Body>{inside}\
         </soapenv:Body></soapenv:Envelope>"
    )
    .into_bytes()
}

fn statuses(items: &str) -> Vec<u8> {
    answer(&format!(
        "<ns1:soapGetServiceStatusResponse xmlns:ns1='http://schemas.cisco.com/ast/soap'><ns1:soapGetServiceStatusReturn>\
         <ns1:ReturnCode>0</ns1:ReturnCode><ns1:ReasonCode>-1</ns1:ReasonCode><ns1:ReasonString/>\
         <ns1:ServiceInfoList>{items}</ns1:ServiceInfoList></ns1:soapGetServiceStatusReturn>\
         </ns1:soapGetServiceStatusResponse>"
    ))
}

#[test]
fn a_started_service_has_its_time_and_a_stopped_one_its_reason() {
    let body = statuses(
        "<ns1:item><ns1:ServiceName>Cisco XCP Connection Manager</ns1:ServiceName><ns1:ServiceStatus>Started</ns1:ServiceStatus>\
         <ns1:ReasonCode>-1</ns1:ReasonCode><ns1:ReasonCodeString> </ns1:ReasonCodeString>\
         <ns1:StartTime>Mon Jan  1 10:00:00 2024</ns1:StartTime><ns1:UpTime>86400</ns1:UpTime></ns1:item>\
         <ns1:item><ns1:ServiceName>Cisco XCP Router</ns1:ServiceName><ns1:ServiceStatus>Stopped</ns1:ServiceStatus>\
         <ns1:ReasonCode>-1068</ns1:ReasonCode><ns1:UpTime>-1</ns1:UpTime></ns1:item>\
         <ns1:item><ns1:ServiceName>Cisco Tftp</ns1:ServiceName><ns1:ServiceStatus>Sleeping</ns1:ServiceStatus>\
         <ns1:ReasonCodeString>tired</ns1:ReasonCodeString></ns1:item><ns1:item/>",
    );
    let told = |name: &str, status, reason: Option<&str>, up: Option<u64>, since: Option<&str>| Service {
        name: name.to_owned(),
        status,
        reason: reason.map(str::to_owned),
        up: up.map(Duration::from_secs),
        since: since.map(str::to_owned),
    };
    let day = Some(86_400);
    let expected = [
        told("Cisco XCP Connection Manager", ServiceStatus::Started, None, day, Some("Mon Jan  1 10:00:00 2024")),
        told("Cisco XCP Router", ServiceStatus::Stopped, Some("Service Not Activated"), None, None),
        told("Cisco Tftp", ServiceStatus::Other("Sleeping".into()), Some("tired"), None, None),
    ];
    assert_eq!(services(&body).unwrap(), expected);
}

#[test]
fn counters_are_read_with_object_instance_and_name() {
    let counter = |path: &str, value: &str, status: &str| {
        format!(
            "<ns1:perfmonCollectCounterDataReturn><ns1:Name>{path}</ns1:Name><ns1:Value>{value}</ns1:Value>\
             <ns1:CStatus>{status}</ns1:CStatus></ns1:perfmonCollectCounterDataReturn>"
        )
    };
    let body = answer(&format!(
        "<ns1:perfmonCollectCounterDataResponse xmlns:ns1='http://schemas.cisco.com/ast/soap'>{}{}{}</ns1:perfmonCollectCounterDataResponse>",
        counter(r"\\imp1.example.com\Cisco XCP CM\CmConnectedSockets", "312", "1"),
        counter(r"\\imp1\Cisco XCP JSM Session Counters(alice@example.com)\Packets", "7", "5"),
        counter("CmConnectedSockets", "1", "1"),
    ));
    let sockets = Counter {
        object: "Cisco XCP CM".into(),
        instance: None,
        name: "CmConnectedSockets".into(),
        value: 312,
        is_valid: true,
    };
    let session = Counter {
        object: "Cisco XCP JSM Session Counters".into(),
        instance: Some("alice@example.com".into()),
        name: "Packets".into(),
        value: 7,
        is_valid: false,
    };
    assert_eq!(counters(&body).unwrap(), [sockets, session]);
}

#[test]
fn the_names_of_counters_are_listed_by_object() {
    let body = answer(
        "<ns1:perfmonListCounterResponse xmlns:ns1='http://schemas.cisco.com/ast/soap'><ns1:perfmonListCounterReturn>\
         <ns1:Name>Cisco XCP CM</ns1:Name><ns1:MultiInstance>false</ns1:MultiInstance><ns1:ArrayOfCounter>\
         <ns1:item><ns1:Name>CmConnectedSockets</ns1:Name></ns1:item><ns1:item><ns1:Name>CmFailedRequests</ns1:Name></ns1:item>\
         </ns1:ArrayOfCounter></ns1:perfmonListCounterReturn></ns1:perfmonListCounterResponse>",
    );
    let expected =
        ("Cisco XCP CM".to_owned(), vec!["CmConnectedSockets".to_owned(), "CmFailedRequests".to_owned()]);
    assert_eq!(counter_names(&body).unwrap(), [expected]);
}

#[test]
fn being_asked_too_often_is_a_fault_of_its_own() {
    let body = answer(
        "<soapenv:Fault><faultcode>x</faultcode><faultstring>Exceeded allowed rate for Reatime information</faultstring>\
         </soapenv:Fault>",
    );
    let refused = |refusal: Refusal| matches!(refusal, Refusal::Fault(fault) if fault.is_rate());
    assert!(services(&body).is_err_and(refused));
    assert_eq!(counters(b"<a/>"), Err(Refusal::Misread(Misread::Other("a".into()))));
}

#[test]
fn a_request_asks_for_one_thing_and_escapes_its_host() {
    for request in [services_request(), counters_list_request("a&b"), counters_request("imp1", "Cisco XCP CM")] {
        assert!(Document::read(request.as_bytes()).is_ok(), "{request}");
        assert!(!request.contains("ControlServices"), "it only looks: {request}");
    }
    assert!(counters_list_request("a&b").contains("<soap:Host>a&amp;b</soap:Host>"));
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(300) })]

    #[test]
    fn whatever_comes_is_read_or_said_not_to_be(body in any_body(), path in "\\PC{0,40}") {
        let _ = (services(&body), counters(&body), counter_names(&body));
        let within = format!("<soapGetServiceStatusResponse>{}</soapGetServiceStatusResponse>", String::from_utf8_lossy(&body));
        let _ = services(&answer(&within));
        if let Some((object, _, name)) = split(&path) {
            prop_assert!(!object.is_empty() && !name.is_empty());
        }
    }
}
