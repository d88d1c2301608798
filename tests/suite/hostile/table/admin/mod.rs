//! The administrator's side of a cluster that breaks the rules, or keeps to them and means harm (protocol.md 4, 7): AXL,
//! Control Center, PerfMon. Each gets the administrator's password and never the user's.
//!
//! `abuse` has what any server of HTTP can do, `said` what stands in their answers, `terminal` texts that act on one.

mod abuse;
mod said;
mod terminal;

use std::io;
use std::net::Ipv4Addr;

use super::http::{CUCM, NODE, Play, say};
use super::{Row, play};
use crate::hostile::names::{Names, Record};
use crate::hostile::outputs::is_clean;
use crate::hostile::walks::{arguments, start};
use crate::hostile::web::{Authority, Line, Request, UDS, Web, own_address, with_headers};
use crate::hostile::{ADMIN_PASSWORD, PASSWORD};
use crate::program::{Finished, Program, SOON, holds_secret, no_file_holds};

/// Where each of them is asked.
const AXL: &str = "/axl/";
const CONTROL_CENTER: &str = "/controlcenterservice2/";
const PERFMON: &str = "/perfmonservice2/";

/// A cluster of a CUCM and an IM&P node, both named by hand. One web server is both.
struct Site {
    authority: Authority,
    names: Names,
    web: Web,
    secret: tempfile::NamedTempFile,
}

impl Site {
    fn new(play: impl Fn(&Request, &mut dyn Line) -> io::Result<()> + Send + Sync + 'static) -> Self {
        let (authority, place): (_, Ipv4Addr) = (Authority::new(), own_address());
        let web = Web::plays_at((place, UDS).into(), Some(authority.vouches_for(&[CUCM, NODE])), play);
        let names = Names::of([CUCM, NODE].map(|host| Record::a(host, place)).into());
        let secret = tempfile::NamedTempFile::new().expect("a file can be made");
        std::fs::write(secret.path(), format!("{ADMIN_PASSWORD}\n")).expect("a file can be written");
        Self { authority, names, web, secret }
    }

    /// What a run is told beside where to ask.
    fn options(&self) -> Vec<String> {
        let file = self.secret.path().display().to_string();
        ["--node", NODE, "--cucm", CUCM, "--admin", "administrator", "--admin-password-file", &file]
            .map(str::to_owned)
            .into()
    }

    /// A check, of which nothing acts on a terminal. Either password stays with those whom it is for.
    #[track_caller]
    fn check(&self) -> Finished {
        let program = Program::new();
        let options = self.options();
        let more: Vec<&str> = options.iter().map(String::as_str).chain(["--silent-after", "2s"]).collect();
        let finished = start(&program, &self.names, &self.authority, &more).finish(SOON);
        is_clean("a check", &finished);
        let said = format!("{}{}", finished.stdout, finished.stderr);
        assert!(!holds_secret(said.as_bytes(), ADMIN_PASSWORD), "{finished:#?}");
        no_file_holds(ADMIN_PASSWORD, program.home());
        for request in self.web.heard() {
            let is_admins = [AXL, CONTROL_CENTER, PERFMON].iter().any(|path| request.target.starts_with(path));
            let held = request.secrets();
            assert!(is_admins || !held.contains(ADMIN_PASSWORD), "{}", request.target);
            assert!(!is_admins || !held.contains(PASSWORD), "{}", request.target);
        }
        finished
    }

    /// All that a run writes.
    #[track_caller]
    fn everywhere(&self) -> Finished {
        let options = self.options();
        let more: Vec<&str> = options.iter().map(String::as_str).collect();
        crate::hostile::outputs::everywhere(|before| arguments(before, &self.names, &self.authority, &more))
    }
}

/// One of the three plays this, so often; the others are honest.
#[track_caller]
fn at(path: &'static str, times: usize, play: Play) -> Finished {
    let site = Site::new(move |request, line| {
        if request.target.starts_with(path) { play(request, line) } else { say(line, &honest(request)) }
    });
    let finished = site.check();
    assert_eq!(site.web.asked(path), times, "{finished:#?}");
    finished
}

/// AXL on the only CUCM: it is asked for its version, and no more where that is not told.
#[track_caller]
fn axl(play: Play) -> Finished {
    at(AXL, 1, play)
}

/// Control Center, on either host.
#[track_caller]
fn control_center(play: Play) -> Finished {
    at(CONTROL_CENTER, 2, play)
}

/// PerfMon on the only node: it is asked which counters there are, and no more where that is not told.
#[track_caller]
fn perfmon(play: Play) -> Finished {
    at(PERFMON, 1, play)
}

/// What the cluster says: the inside of each answer.
struct Says {
    version: String,
    user: String,
    profile: String,
    uc_service: String,
    nodes: String,
    assigned: String,
    groups: String,
    /// The items of Control Center.
    services: String,
    /// The objects of PerfMon with the names of their counters, and counters.
    objects: String,
    counters: String,
}

impl Default for Says {
    fn default() -> Self {
        Self {
            version: "<componentVersion><version>14.0.1.12900-161</version></componentVersion>".to_owned(),
            user: user("<imAndPresenceEnable>true</imAndPresenceEnable><serviceProfile>SP</serviceProfile>"),
            profile: profile("IM1"),
            uc_service: uc_service("IM1", NODE),
            nodes: node(NODE),
            assigned: assigned("alice", NODE, "DefaultCluster"),
            groups: group("DefaultCluster", NODE),
            services: service("Cisco XCP Router", "Started", " "),
            objects: object("Cisco XCP CM", &counter_name("CmConnectedSockets")),
            counters: counter("Cisco XCP CM", "CmConnectedSockets", "312"),
        }
    }
}

fn user(inside: &str) -> String {
    format!("<user><userid>alice</userid><homeCluster>true</homeCluster>{inside}</user>")
}

fn profile(service: &str) -> String {
    format!(
        "<serviceProfile><name>SP</name><serviceProfileInfos><serviceProfileInfo><profileName>IM and Presence Profile\
         </profileName><primary>{service}</primary></serviceProfileInfo></serviceProfileInfos></serviceProfile>"
    )
}

fn uc_service(name: &str, address: &str) -> String {
    format!("<ucService><name>{name}</name><hostnameorip>{address}</hostnameorip></ucService>")
}

fn node(name: &str) -> String {
    format!(
        "<processNode><name>{name}</name><processNodeRole>CUCM IM and Presence</processNodeRole></processNode>"
    )
}

fn assigned(user: &str, server: &str, group: &str) -> String {
    format!(
        "<assignedPresenceUsers><userid>{user}</userid><server>{server}</server>\
         <presenceRedundancyGroup>{group}</presenceRedundancyGroup></assignedPresenceUsers>"
    )
}

fn group(name: &str, server: &str) -> String {
    format!(
        "<presenceRedundancyGroup><name>{name}</name><server1>{server}</server1><haEnabled>true</haEnabled>\
         <numUsers>7</numUsers></presenceRedundancyGroup>"
    )
}

fn service(name: &str, status: &str, reason: &str) -> String {
    format!(
        "<item><ServiceName>{name}</ServiceName><ServiceStatus>{status}</ServiceStatus><ReasonCode>-1</ReasonCode>\
         <ReasonCodeString>{reason}</ReasonCodeString><StartTime/><UpTime>86400</UpTime></item>"
    )
}

fn object(name: &str, counters: &str) -> String {
    format!(
        "<perfmonListCounterReturn><Name>{name}</Name><ArrayOfCounter>{counters}</ArrayOfCounter>\
         </perfmonListCounterReturn>"
    )
}

fn counter_name(name: &str) -> String {
    format!("<item><Name>{name}</Name></item>")
}

fn counter(object: &str, name: &str, value: &str) -> String {
    format!(
        "<perfmonCollectCounterDataReturn><Name>\\\\{NODE}\\{object}\\{name}</Name><Value>{value}</Value>\
         <CStatus>1</CStatus></perfmonCollectCounterDataReturn>"
    )
}

impl Says {
    /// The answer to a request.
    fn answer(&self, request: &Request) -> String {
        let axl = [
            ("getCCMVersion", &self.version),
            ("getUser", &self.user),
            ("getServiceProfile", &self.profile),
            ("getUcService", &self.uc_service),
            ("listProcessNode", &self.nodes),
            ("listAssignedPresenceUsers", &self.assigned),
            ("listPresenceRedundancyGroup", &self.groups),
        ];
        let is_asked = |name: &str| request.text.contains(&format!(":{name}>"));
        let frame = |name: &str, inside: &str| soap(&format!("<{name}Response>{inside}</{name}Response>"));
        if let Some((name, inside)) = axl.into_iter().find(|(name, _)| is_asked(name)) {
            return frame(name, &format!("<return>{inside}</return>"));
        }
        match () {
            () if is_asked("soapGetServiceStatus") => frame("soapGetServiceStatus", &self.services),
            () if is_asked("perfmonListCounter") => frame("perfmonListCounter", &self.objects),
            () if is_asked("perfmonCollectCounterData") => frame("perfmonCollectCounterData", &self.counters),
            () => with_headers("404 Not Found", "", ""),
        }
    }
}

fn soap(inside: &str) -> String {
    let envelope = format!("<s:Envelope xmlns:s='urn:s'><s:Body>{inside}</s:Body></s:Envelope>");
    with_headers("200 OK", "Content-Type: text/xml;charset=UTF-8\r\n", &envelope)
}

/// A fault of SOAP 1.1, as AXL has it.
fn fault(code: &str, words: &str) -> String {
    let detail = format!("<detail><axlError><axlcode>{code}</axlcode></axlError></detail>");
    let inside = format!("<s:Fault><faultstring>{words}</faultstring>{detail}</s:Fault>");
    soap(&inside).replacen("200 OK", "500 Internal Server Error", 1)
}

fn honest(request: &Request) -> String {
    Says::default().answer(request)
}

#[test]
fn what_any_server_can_do_about_a_request_to_axl() {
    play("admin", abuse::AXL);
}

#[test]
fn what_any_server_can_do_about_a_request_to_control_center() {
    play("admin", abuse::CONTROL_CENTER);
}

#[test]
fn what_any_server_can_do_about_a_request_to_perfmon() {
    play("admin", abuse::PERFMON);
}

#[test]
fn what_stands_in_the_answers_of_the_administrators_side() {
    play("admin", said::ROWS);
}
