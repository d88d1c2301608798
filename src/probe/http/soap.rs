//! The SOAP of a request: EPASSoap speaks 1.2 (protocol.md 5.1), AXL, Control Center and PerfMon 1.1 (4, 7).

use reqwest::header::{CONTENT_TYPE, HeaderName, HeaderValue};

use crate::journal::{HttpAsk, HttpWhat};
use crate::protocol::axl::Question;
use crate::protocol::{epas, serviceability};

use super::Identity;

const SOAP_12: &str = "application/soap+xml";
const SOAP_11: &str = "text/xml";
const ACTION: HeaderName = HeaderName::from_static("soapaction");

/// An envelope, with placeholders where secrets go, and the headers that belong to it.
pub struct Soap {
    /// `Accept`
    pub accept: &'static str,
    /// `Content-Type`, and `SOAPAction` where the version has one.
    pub headers: Vec<(HeaderName, HeaderValue)>,
    /// The envelope.
    pub body: String,
}

impl Soap {
    /// That of a request which is SOAP.
    pub fn of(ask: &HttpAsk, identity: &Identity) -> Option<Self> {
        if let Some(question) = question(ask) {
            return Some(Self::new_11(&question.action(&ask.version), question.request(&ask.version)));
        }
        let client = &identity.epas;
        Some(match ask.what {
            HttpWhat::EpasLogin => {
                let body = epas::login_request(&identity.user_id, &client.kind, &client.version, client.force);
                Self::new_12("login", body)
            }
            HttpWhat::EpasConfig => Self::new_12("get-all-config", epas::config_request()),
            HttpWhat::EpasToken => Self::new_12("get-onetime-password", epas::token_request()),
            HttpWhat::Services => {
                Self::new_11(serviceability::GET_SERVICE_STATUS, serviceability::services_request())
            }
            HttpWhat::CounterNames => {
                let body = serviceability::counters_list_request(ask.origin().1);
                Self::new_11(serviceability::LIST_COUNTERS, body)
            }
            HttpWhat::Counters => {
                let body = serviceability::counters_request(ask.origin().1, &ask.about);
                Self::new_11(serviceability::COLLECT_COUNTERS, body)
            }
            _ => return None,
        })
    }

    fn new_12(action: &str, body: String) -> Self {
        let kind = format!("{SOAP_12}; charset=utf-8; action=\"urn:cisco:epas:soap/{action}\"");
        let headers = HeaderValue::from_str(&kind).map(|kind| (CONTENT_TYPE, kind));
        Self { accept: SOAP_12, headers: headers.into_iter().collect(), body }
    }

    fn new_11(action: &str, body: String) -> Self {
        let kind = HeaderValue::from_static("text/xml; charset=utf-8");
        let action = HeaderValue::from_str(action).map(|action| (ACTION, action));
        let headers = std::iter::once((CONTENT_TYPE, kind)).chain(action).collect();
        Self { accept: SOAP_11, headers, body }
    }
}

/// What AXL is asked.
fn question(ask: &HttpAsk) -> Option<Question> {
    let about = || ask.about.clone();
    Some(match ask.what {
        HttpWhat::AxlVersion => Question::Version,
        HttpWhat::AxlUser => Question::User(about()),
        HttpWhat::AxlServiceProfile => Question::ServiceProfile(about()),
        HttpWhat::AxlUcService => Question::UcService(about()),
        HttpWhat::AxlNodes => Question::ImpNodes,
        HttpWhat::AxlAssignment => Question::Assignment(about()),
        HttpWhat::AxlGroups => Question::RedundancyGroups,
        _ => return None,
    })
}
