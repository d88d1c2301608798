//! Texts that act on a terminal, in every field of AXL, Control Center and PerfMon, each looked at on every output.

use super::{
    AXL, CONTROL_CENTER, NODE, PERFMON, Row, Says, Site, assigned, counter, counter_name, fault, group, honest,
    node, object, play, profile, service, uc_service, user,
};
use crate::hostile::outputs::{ESCAPES, HIDING, MARKUP, PILED, TURNING};
use crate::hostile::table::http::say;
use crate::hostile::web::{Request, with_headers};
use crate::program::Finished;

/// All that a run writes.
fn walked(says: impl Fn(&Request) -> String + Send + Sync + 'static) -> Finished {
    Site::new(move |request, line| say(line, &says(request))).everywhere()
}

/// All that is asked at this path is answered so.
fn at(path: &'static str, said: String) -> Finished {
    walked(move |request| if request.target.starts_with(path) { said.clone() } else { honest(request) })
}

/// In the user's record, whose profile and UC service it names.
fn of_user(odd: &'static str) -> Finished {
    let inside = format!(
        "<mailid>{odd}</mailid><directoryUri>{odd}</directoryUri><status>{odd}</status><ldapDirectoryName>{odd}\
         </ldapDirectoryName><serviceProfile>{odd}</serviceProfile><associatedGroups><userGroup><name>{odd}</name>\
         </userGroup></associatedGroups><pwdResetHackCount>{odd}</pwdResetHackCount>"
    );
    let says = Says {
        version: format!("<version>{odd}</version>"),
        user: user(&inside),
        profile: profile(odd).replace("<name>SP<", &format!("<name>{odd}<")),
        uc_service: uc_service(odd, odd),
        ..Says::default()
    };
    walked(move |request| says.answer(request))
}

/// In the nodes, the assignment, the groups.
fn of_nodes(odd: &'static str) -> Finished {
    let says = Says {
        nodes: format!("{}{}", node(odd), node(NODE).replace("CUCM IM and Presence", odd)),
        assigned: assigned("alice", odd, odd),
        groups: group(odd, odd).replace(">7<", &format!(">{odd}<")),
        ..Says::default()
    };
    walked(move |request| says.answer(request))
}

/// In the services of either host.
fn services(odd: &'static str) -> Finished {
    let router = service("Cisco XCP Router", "Stopped", odd);
    let services = format!(
        "{router}{}{}",
        service(odd, odd, odd),
        service("Cisco XCP Connection Manager", odd, odd)
            .replace("<StartTime/>", &format!("<StartTime>{odd}</StartTime>"))
    );
    let says = Says { services, ..Says::default() };
    walked(move |request| says.answer(request))
}

/// In objects, the names of counters, instances, and values.
fn counters(odd: &'static str) -> Finished {
    let name = format!("Cisco XCP CM {odd}");
    let says = Says {
        objects: format!("{}{}", object(&name, &counter_name(odd)), object(odd, "")),
        counters: format!(
            "{}{}{}",
            counter(&name, odd, "1"),
            counter(&format!("Cisco XCP CM({odd})"), "CmConnectedSockets", "7"),
            counter("Cisco XCP CM", "CmConnectedSockets", odd)
        ),
        ..Says::default()
    };
    walked(move |request| says.answer(request))
}

/// The page of HTTP 599.
fn versions(odd: &'static str) -> Finished {
    let page = format!("<html>Supported axl versions are {odd} 1.{odd} 12.5{odd}</html>");
    at(AXL, with_headers(&format!("599 {odd}"), "Content-Type: text/html\r\n", &page))
}

/// A refusal with headers full of it.
fn refusal(path: &'static str, odd: &'static str) -> Finished {
    let headers = format!(
        "WWW-Authenticate: Basic realm=\"{odd}\"\r\nContent-Type: {odd}\r\nServer: {odd}\r\nSet-Cookie: {odd}={odd}\r\n"
    );
    at(path, with_headers("401 Unauthorized", &headers, &format!("<html><title>{odd}</title></html>")))
}

#[rustfmt::skip]
const ROWS: &[Row] = poisoned![
    "AXL's word on a user" ESCAPES = of_user => ["TCP_REFUSED"] "a body that is not XML (forbidden character U+001B";
    "AXL's word on a user" TURNING = of_user => ["TCP_REFUSED"] "\"ldap\": \"a\\\\u{9b}31;777mb";
    "AXL's word on a user" HIDING = of_user => ["TCP_REFUSED"] "\"ccm_version\": \"a\\\\u{200b}\\\\u{200c}\\\\u{200d}";
    "AXL's word on a user" PILED = of_user => ["TCP_REFUSED"] "\"status\": \"\\\\u{301}z\u{301}";
    "AXL's word on a user" MARKUP = of_user => ["TCP_REFUSED"] "\"service_profile\": \"<script>alert(1)</script>";
    "AXL's word on nodes" ESCAPES = of_nodes => ["TCP_REFUSED"] "a body that is not XML (forbidden character U+001B";
    "AXL's word on nodes" TURNING = of_nodes => ["TCP_REFUSED"] "\"group\": \"a\\\\u{9b}31;777mb";
    "AXL's word on nodes" HIDING = of_nodes => ["TCP_REFUSED"] "\"server\": \"a\\\\u{200b}\\\\u{200c}\\\\u{200d}";
    "AXL's word on nodes" PILED = of_nodes => ["TCP_REFUSED"] "\"users\": \"\\\\u{301}z\u{301}";
    "AXL's word on nodes" MARKUP = of_nodes => ["TCP_REFUSED"] "\"name\": \"<script>alert(1)</script>";
    "AXL's versions" ESCAPES = versions => ["TCP_REFUSED"] "what came is no connection (not HTTP)";
    "AXL's versions" TURNING = versions => ["TCP_REFUSED"] "does not speak version 14.0, but 1.a\\\\u{9b}31";
    "AXL's versions" PILED = versions => ["TCP_REFUSED"] "does not speak version 14.0, but 1.\u{301}z\u{301}";
    "a fault of AXL" ESCAPES = |odd| at(AXL, fault(odd, odd)) => ["TCP_REFUSED"] "what came is status 500";
    "a fault of AXL" TURNING = |odd| at(AXL, fault(odd, odd)) => ["TCP_REFUSED"] "what came is the fault \\\"a\\\\u{9b}31;777mb";
    "a fault of AXL" MARKUP = |odd| at(AXL, fault(odd, odd)) => ["TCP_REFUSED"] "what came is the fault \\\"<script>alert(1)</script>";
    "a refusal of AXL" TURNING = |odd| refusal(AXL, odd) => ["TCP_REFUSED"] "Basic realm=\"a\\u{9b}31;777mb";
    "a refusal of AXL" HIDING = |odd| refusal(AXL, odd) => ["TCP_REFUSED"] "Basic realm=\"a\\u{200b}\\u{200c}\\u{200d}";
    "services" ESCAPES = services => ["TCP_REFUSED"] "a body that is not XML (forbidden character U+001B";
    "services" TURNING = services => ["SVC_STOPPED"] "Cisco XCP Router: Stopped (a\\\\u{9b}31;777mb";
    "services" HIDING = services => ["SVC_STOPPED"] "\"status\": \"a\\\\u{200b}\\\\u{200c}\\\\u{200d}";
    "services" PILED = services => ["SVC_STOPPED"] "\"name\": \"\\\\u{301}z\u{301}";
    "services" MARKUP = services => ["SVC_STOPPED"] "\"reason\": \"<script>alert(1)</script>";
    "a fault of Control Center" HIDING = |odd| at(CONTROL_CENTER, fault(odd, odd)) => ["TCP_REFUSED"] "Control Center gave the fault \\\"a\\\\u{200b}\\\\u{200c}\\\\u{200d}";
    "a fault of Control Center" MARKUP = |odd| at(CONTROL_CENTER, fault(odd, odd)) => ["TCP_REFUSED"] "Control Center gave the fault \\\"<script>alert(1)</script>";
    "a refusal of Control Center" TURNING = |odd| refusal(CONTROL_CENTER, odd) => ["TCP_REFUSED"] "status 401, realm a\\\\u{9b}31;777mb";
    "counters" ESCAPES = counters => ["TCP_REFUSED"] "a body that is not XML (forbidden character U+001B";
    "counters" TURNING = counters => ["TCP_REFUSED"] "\"instance\": \"a\\\\u{9b}31;777mb";
    "counters" HIDING = counters => ["TCP_REFUSED"] "\"object\": \"Cisco XCP CM a\\\\u{200b}\\\\u{200c}\\\\u{200d}";
    "counters" PILED = counters => ["TCP_REFUSED"] "\"name\": \"\\\\u{301}z\u{301}";
    "counters" MARKUP = counters => ["TCP_REFUSED"] "\"instance\": \"<script>alert(1)</script>";
    "a fault of PerfMon" ESCAPES = |odd| at(PERFMON, fault(odd, odd)) => ["TCP_REFUSED"] "PerfMon gave status 500";
    "a fault of PerfMon" TURNING = |odd| at(PERFMON, fault(odd, odd)) => ["TCP_REFUSED"] "PerfMon gave the fault \\\"a\\\\u{9b}31;777mb";
    "a refusal of PerfMon" HIDING = |odd| refusal(PERFMON, odd) => ["TCP_REFUSED"] "status 401, realm a\\\\u{200b}\\\\u{200c}\\\\u{200d}";
];

#[test]
fn nothing_that_the_administrators_side_says_acts_on_a_terminal() {
    play("terminal", ROWS);
}
