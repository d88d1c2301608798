//! The serviceability services of each node: which services run ([`services`]), and what the counters say ([`counters`])
//! (protocol.md 7). Nothing here can start, stop or restart anything: impscope only looks.

#[cfg(test)]
mod tests;

use std::time::Duration;

use super::document::{self, is};
use super::soap::{self, Refusal, field};

/// Where the status of services is asked for.
pub const CONTROL_CENTER: &str = "/controlcenterservice2/services/ControlCenterServices";
/// The value of its SOAPAction header.
pub const GET_SERVICE_STATUS: &str = "soapGetServiceStatus";
/// Where counters are asked for.
pub const PERFMON: &str = "/perfmonservice2/services/PerfmonService";
/// The values of its SOAPAction header: which counters there are, and what they say.
pub const LIST_COUNTERS: &str = "perfmonListCounter";
/// See [`LIST_COUNTERS`].
pub const COLLECT_COUNTERS: &str = "perfmonCollectCounterData";
/// So many services and counters are kept.
const KEPT: usize = 2000;

/// A service of a node.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Service {
    /// As Control Center names it: `Cisco XCP Connection Manager`.
    pub name: String,
    /// What it says of itself.
    pub status: ServiceStatus,
    /// Why it does not run, in words; none where it says nothing.
    pub reason: Option<String>,
    /// How long it has run; none: it has not, or that is not said.
    pub up: Option<Duration>,
    /// Since when it has run, as it stands there, in the node's own time.
    pub since: Option<String>,
}

/// What a service is said to be. That it is started does not mean that it answers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ServiceStatus {
    /// `Started`
    Started,
    /// `Starting`
    Starting,
    /// `Stopping`
    Stopping,
    /// `Stopped`
    Stopped,
    /// Anything else, as it stands there.
    Other(String),
}

/// A counter as it was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Counter {
    /// The object: `Cisco XCP CM`.
    pub object: String,
    /// The instance of it, where it has any.
    pub instance: Option<String>,
    /// The counter: `CmConnectedSockets`.
    pub name: String,
    /// What it counts.
    pub value: i64,
    /// Whether the node vouches for it: `CStatus` 0 or 1.
    pub is_valid: bool,
}

/// The request for the status of all services.
pub fn services_request() -> String {
    envelope(GET_SERVICE_STATUS, "<soap:ServiceStatus/>")
}

/// The request for the names of all objects and counters on a node.
pub fn counters_list_request(host: &str) -> String {
    envelope(LIST_COUNTERS, &format!("<soap:Host>{}</soap:Host>", quick_xml::escape::escape(host)))
}

/// The request for the counters of an object on a node.
pub fn counters_request(host: &str, object: &str) -> String {
    let (host, object) = (quick_xml::escape::escape(host), quick_xml::escape::escape(object));
    envelope(COLLECT_COUNTERS, &format!("<soap:Host>{host}</soap:Host><soap:Object>{object}</soap:Object>"))
}

fn envelope(operation: &str, inside: &str) -> String {
    format!(
        r#"<soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/" xmlns:soap="http://schemas.cisco.com/ast/soap"><soapenv:Header/><soapenv:Body><soap:{operation}>{inside}</soap:{operation}></soapenv:Body></soapenv:Envelope>"#
    )
}

/// Reads the status of services, in the order in which they are told.
///
/// # Errors
/// When it is a fault, another document, or none.
pub fn services(body: &[u8]) -> Result<Vec<Service>, Refusal> {
    let document = soap::answer(body, "soapGetServiceStatusResponse")?;
    let items = document.elements().filter(|element| is(*element, "item"));
    let service = |item| {
        let code = field(item, "ReasonCode").and_then(|code| code.parse().ok());
        let up = field(item, "UpTime").and_then(|seconds| seconds.parse().ok());
        Some(Service {
            name: field(item, "ServiceName")?,
            status: status(&field(item, "ServiceStatus").unwrap_or_default()),
            reason: field(item, "ReasonCodeString").or_else(|| code.and_then(reason).map(str::to_owned)),
            up: up.map(Duration::from_secs),
            since: field(item, "StartTime"),
        })
    };
    Ok(items.filter_map(service).take(KEPT).collect())
}

fn status(word: &str) -> ServiceStatus {
    match word.to_ascii_lowercase().as_str() {
        "started" | "running" => ServiceStatus::Started,
        "starting" => ServiceStatus::Starting,
        "stopping" => ServiceStatus::Stopping,
        "stopped" => ServiceStatus::Stopped,
        _ => ServiceStatus::Other(document::shown(word)),
    }
}

/// What the numbers mean where no words stand beside them.
fn reason(code: i32) -> Option<&'static str> {
    Some(match code {
        -1010 => "no such service",
        -1019 => "component not running",
        -1031 => "timed out",
        -1048 | -1049 => "pending dependencies",
        -1068 => "Service Not Activated",
        -1069 => "Commanded Out of Service",
        _ => return None,
    })
}

/// Reads counters, in the order in which they are told. Those whose name or value cannot be read are left out.
///
/// # Errors
/// When it is a fault, another document, or none.
pub fn counters(body: &[u8]) -> Result<Vec<Counter>, Refusal> {
    let document = soap::answer(body, "perfmonCollectCounterDataResponse")?;
    let counter = |element| {
        let path = field(element, "Name")?;
        let (object, instance, name) = split(&path)?;
        let valid = field(element, "CStatus").is_none_or(|status| ["0", "1"].contains(&status.as_str()));
        let value = field(element, "Value")?.parse().ok()?;
        Some(Counter { object, instance, name, value, is_valid: valid })
    };
    Ok(document.elements().filter_map(counter).take(KEPT).collect())
}

/// Reads which counters a node has: objects, each with the names of its counters.
///
/// # Errors
/// When it is a fault, another document, or none.
pub fn counter_names(body: &[u8]) -> Result<Vec<(String, Vec<String>)>, Refusal> {
    let document = soap::answer(body, "perfmonListCounterResponse")?;
    let object = |element: super::tree::Element<'_>| {
        let name = field(element, "Name")?;
        let list = element.children().find(|child| is(*child, "ArrayOfCounter"))?;
        let counters = list.descendants().filter(|inner| is(*inner, "Name")).filter_map(document::text);
        Some((name, counters.take(KEPT).collect()))
    };
    Ok(document.elements().filter_map(object).take(KEPT).collect())
}

/// `\\host\Object(Instance)\Counter`, with or without the instance: object, instance, counter.
fn split(path: &str) -> Option<(String, Option<String>, String)> {
    let inside = path.strip_prefix("\\\\")?.split_once('\\')?.1;
    let (object, counter) = inside.rsplit_once('\\')?;
    let named = object.strip_suffix(')').and_then(|object| object.split_once('('));
    let (object, instance) =
        named.map_or((object, None), |(object, instance)| (object, Some(instance.to_owned())));
    let is_whole = !object.is_empty() && !counter.is_empty();
    is_whole.then(|| (object.to_owned(), instance, counter.to_owned()))
}
