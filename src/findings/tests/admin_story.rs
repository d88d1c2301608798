//! Steps of the administrator's side for stories: answers of AXL, Control Center and PerfMon as protocol.md 4 and 7
//! compose them.

use crate::journal::{Ask, Event, Fact, HaNode, HttpAsk, HttpWhat, OpId, UserAct};
use crate::progress::story::Story;

use super::walk_story::DNS;

pub(super) const CUCM: &str = "cucm1.example.com";
pub(super) const IMP1: &str = "imp1.example.com";

/// Forty-one days and two hours, in seconds.
pub(super) const LONG: i64 = 3_549_600;

/// A service: name, status, reason code, uptime in seconds.
pub(super) type Row<'a> = (&'a str, &'a str, i32, i64);

pub(super) const CM: &str = "Cisco XCP Connection Manager";
pub(super) const AUTH: &str = "Cisco XCP Authentication Service";
pub(super) const ROUTER: &str = "Cisco XCP Router";

fn envelope(inside: &str) -> String {
    format!(
        "<soapenv:Envelope xmlns:soapenv='http://schemas.xmlsoap.org/soap/envelope/'><soapenv:Body>{inside}\
         </soapenv:Body></soapenv:Envelope>"
    )
}

pub(super) fn axl_answer(operation: &str, inside: &str) -> String {
    envelope(&format!(
        "<ns:{operation}Response xmlns:ns='http://www.cisco.com/AXL/API/14.0'><return>{inside}</return></ns:{operation}Response>"
    ))
}

pub(super) fn fault(code: &str, words: &str) -> String {
    envelope(&format!(
        "<soapenv:Fault><faultcode>soapenv:Server</faultcode><faultstring>{words}</faultstring>\
         <detail><axlError><axlcode>{code}</axlcode><axlmessage>{words}</axlmessage></axlError></detail></soapenv:Fault>"
    ))
}

/// alice as AXL has her, with this beside the usual.
pub(super) fn end_user(more: &str) -> String {
    axl_answer("getUser", &format!("<user><userid>alice</userid>{more}<serviceProfile>SP</serviceProfile></user>"))
}

pub(super) fn uc_service(name: &str, address: &str) -> String {
    axl_answer(
        "getUcService",
        &format!("<ucService><name>{name}</name><hostnameorip>{address}</hostnameorip></ucService>"),
    )
}

pub(super) fn service_profile(services: &[&str]) -> String {
    let places = ["primary", "secondary", "tertiary"];
    let named: Vec<String> =
        services.iter().zip(places).map(|(name, place)| format!("<{place}>{name}</{place}>")).collect();
    axl_answer(
        "getServiceProfile",
        &format!(
            "<serviceProfile><name>SP</name><serviceProfileInfos><serviceProfileInfo>\
             <profileName>IM and Presence Profile</profileName>{}</serviceProfileInfo></serviceProfileInfos></serviceProfile>",
            named.concat()
        ),
    )
}

pub(super) fn assigned(server: &str) -> String {
    axl_answer(
        "listAssignedPresenceUsers",
        &format!("<assignedPresenceUser><userid>alice</userid><server>{server}</server></assignedPresenceUser>"),
    )
}

pub(super) fn listed(services: &[Row<'_>]) -> String {
    let item = |(name, status, code, up): &Row<'_>| {
        format!(
            "<ns1:item><ns1:ServiceName>{name}</ns1:ServiceName><ns1:ServiceStatus>{status}</ns1:ServiceStatus>\
             <ns1:ReasonCode>{code}</ns1:ReasonCode><ns1:ReasonCodeString> </ns1:ReasonCodeString>\
             <ns1:StartTime/><ns1:UpTime>{up}</ns1:UpTime></ns1:item>"
        )
    };
    let items: String = services.iter().map(item).collect();
    envelope(&format!(
        "<ns1:soapGetServiceStatusResponse xmlns:ns1='http://schemas.cisco.com/ast/soap'><ns1:soapGetServiceStatusReturn>\
         <ns1:ServiceInfoList>{items}</ns1:ServiceInfoList></ns1:soapGetServiceStatusReturn></ns1:soapGetServiceStatusResponse>"
    ))
}

pub(super) fn counted(host: &str, sockets: i64) -> String {
    envelope(&format!(
        r"<ns1:perfmonCollectCounterDataResponse xmlns:ns1='http://schemas.cisco.com/ast/soap'><ns1:perfmonCollectCounterDataReturn><ns1:Name>\\{host}\Cisco XCP CM\CmConnectedSockets</ns1:Name><ns1:Value>{sockets}</ns1:Value><ns1:CStatus>1</ns1:CStatus></ns1:perfmonCollectCounterDataReturn></ns1:perfmonCollectCounterDataResponse>"
    ))
}

impl Story {
    pub(super) fn as_administrator() -> Self {
        Self::walking(&[DNS])
    }

    /// A request of the administrator's begins and is written.
    pub(super) fn begins_admins(&mut self, what: HttpWhat, host: &str, about: &str) -> OpId {
        let path = match what {
            _ if what.is_axl() => "/axl/",
            HttpWhat::Services => "/controlcenterservice2/services/ControlCenterServices",
            _ => "/perfmonservice2/services/PerfmonService",
        };
        let ask = HttpAsk::new(what, format!("https://{host}:8443{path}"), Vec::new()).about(about);
        let ask = if what.is_axl() { HttpAsk { version: "14.0".into(), ..ask } } else { ask };
        let op = self.child(OpId(1), Ask::Http(ask));
        self.written(op, what);
        op
    }

    /// A whole exchange of the administrator's.
    pub(super) fn admins(
        &mut self,
        what: HttpWhat,
        host: &str,
        about: &str,
        status: u16,
        body: &str,
    ) -> &mut Self {
        let op = self.begins_admins(what, host, about);
        self.replied(op, 8, status, body)
    }

    /// AXL is asked about something.
    pub(super) fn axl(&mut self, what: HttpWhat, about: &str, status: u16, body: &str) -> &mut Self {
        self.admins(what, CUCM, about, status, body)
    }

    /// Control Center tells the services of a node.
    pub(super) fn runs(&mut self, host: &str, services: &[Row<'_>]) -> &mut Self {
        self.admins(HttpWhat::Services, host, "", 200, &listed(services))
    }

    /// PerfMon tells the sockets of a node.
    pub(super) fn holds(&mut self, host: &str, sockets: i64) -> &mut Self {
        self.admins(HttpWhat::Counters, host, "Cisco XCP CM", 200, &counted(host, sockets))
    }

    /// A person gives the state of high availability: node, state, reason.
    pub(super) fn ha(&mut self, states: &[(&str, &str, Option<&str>)]) -> &mut Self {
        let node = |(host, state, reason): &(&str, &str, Option<&str>)| HaNode {
            group: Some("DefaultCluster".into()),
            host: Some((*host).into()),
            state: (*state).into(),
            reason: reason.map(str::to_owned),
        };
        let act = UserAct::HaStatus { nodes: states.iter().map(node).collect() };
        self.note(OpId(1), None, Event::Saw(Fact::User(act)));
        self
    }
}
