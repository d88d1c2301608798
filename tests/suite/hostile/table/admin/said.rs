//! What stands in the answers of the administrator's side.

use std::sync::atomic::{AtomicUsize, Ordering};

use super::{
    AXL, CONTROL_CENTER, NODE, PERFMON, Says, Site, assigned, counter, counter_name, fault, group, node, object,
    profile, service, uc_service, user,
};
use crate::hostile::table::Row;
use crate::hostile::table::http::say;
use crate::hostile::web::{Request, with_headers};
use crate::program::Finished;

/// A cluster that says this, and is asked so often at this path.
#[track_caller]
fn says(path: &str, times: usize, says: Says) -> Finished {
    plays(path, times, move |request| says.answer(request))
}

#[track_caller]
fn plays(path: &str, times: usize, answer: impl Fn(&Request) -> String + Send + Sync + 'static) -> Finished {
    let site = Site::new(move |request, line| say(line, &answer(request)));
    let finished = site.check();
    assert_eq!(site.web.asked(path), times, "{finished:#?}");
    finished
}

/// The same answer to all that is asked there, honest elsewhere.
#[track_caller]
fn at(path: &'static str, times: usize, said: String) -> Finished {
    plays(
        path,
        times,
        move |request| {
            if request.target.starts_with(path) { said.clone() } else { super::honest(request) }
        },
    )
}

/// So many of something, each with its number.
fn many(count: usize, one: impl Fn(usize) -> String) -> String {
    (0..count).map(one).collect()
}

/// The page of a wrong version.
fn versions(named: &str) -> String {
    let page = format!(
        "<html><h1>HTTP Status 599 - Incorrect axl version. Supported axl versions are {named}</h1></html>"
    );
    with_headers("599 Incorrect", "Content-Type: text/html\r\n", &page)
}

/// An AXL that speaks another version each time that it is asked.
fn ever_newer() -> Finished {
    let asked = AtomicUsize::new(0);
    plays(AXL, 3, move |request| {
        if request.target.starts_with(AXL) {
            return versions(&format!("{}.0", 20 + asked.fetch_add(1, Ordering::Relaxed)));
        }
        super::honest(request)
    })
}

pub const ROWS: &[Row] = &[
    Row::walk("nothing is amiss", || says(AXL, 7, Says::default()), &["TCP_REFUSED"]).says("\"sockets\": ["),
    Row::walk(
        "AXL: a thousand nodes",
        || says(AXL, 7, Says { nodes: many(1000, |n| node(&format!("n{n}.example.test"))), ..Says::default() }),
        &["TCP_REFUSED"],
    )
    .says("<name>n0.example.test</name>"),
    Row::walk(
        "AXL: a hundred thousand nodes",
        || says(AXL, 7, Says { nodes: many(100_000, |n| node(&format!("n{n}.example.test"))), ..Says::default() }),
        &["TCP_REFUSED"],
    )
    .says("asked for AXL listProcessNode, and what came is"),
    Row::walk(
        "AXL: a thousand groups",
        || says(AXL, 7, Says { groups: many(1000, |n| group(&format!("g{n}"), NODE)), ..Says::default() }),
        &["TCP_REFUSED"],
    )
    .says("\"name\": \"g499\""),
    Row::walk(
        "AXL: fifteen hundred assignments, none of the user",
        || {
            says(
                AXL,
                7,
                Says { assigned: many(1500, |n| assigned(&format!("u{n}"), NODE, "g")), ..Says::default() },
            )
        },
        &["AXL_USER_UNASSIGNED", "TCP_REFUSED"],
    )
    .says("alice is assigned to no IM&P node, says AXL"),
    Row::walk(
        "AXL: five thousand groups of the user",
        || {
            let groups = many(5000, |n| format!("<userGroup><name>g{n}</name></userGroup>"));
            says(AXL, 5, Says { user: user(&groups), ..Says::default() })
        },
        &["TCP_REFUSED"],
    )
    .says("\"userid\": \"alice\""),
    Row::walk(
        "AXL: two thousand parts of a profile",
        || {
            let parts = many(2000, |n| {
                format!("<serviceProfileInfo><profileName>p{n}</profileName></serviceProfileInfo>")
            });
            says(AXL, 6, Says { profile: format!("<serviceProfile>{parts}</serviceProfile>"), ..Says::default() })
        },
        &["TCP_REFUSED"],
    )
    .says("\"has_imp\": false"),
    Row::walk(
        "AXL: a UC service of a name that is not asked for",
        || says(AXL, 7, Says { profile: profile("a\u{202e}b"), ..Says::default() }),
        &["TCP_REFUSED"],
    )
    .says("\"name\": \"a\\\\u{202e}b\""),
    Row::walk(
        "AXL: a UC service whose address is none",
        || says(AXL, 7, Says { uc_service: uc_service("IM1", "alice:pw@evil/../x"), ..Says::default() }),
        &["TCP_REFUSED"],
    )
    .says("\"address\": \"alice:pw@evil/../x\""),
    Row::walk(
        "AXL: nodes of another domain",
        || says(AXL, 7, Says { nodes: node("evil.example.net"), ..Says::default() }),
        &["TCP_REFUSED"],
    )
    .says("<name>evil.example.net</name>"),
    Row::walk(
        "AXL: ten thousand versions",
        || at(AXL, 2, versions(&many(10_000, |n| format!("{n}.0, ")))),
        &["TCP_REFUSED"],
    )
    .says("does not speak version 14.0, but 0.0, 1.0"),
    Row::walk("AXL: no version that it was asked for", || at(AXL, 2, versions("14.5 and 15.0")), &["TCP_REFUSED"])
        .says("does not speak version 14.0, but 14.5 and 15.0"),
    Row::walk("AXL: another document", || at(AXL, 1, with_headers("200 OK", "", "<a/>")), &["TCP_REFUSED"])
        .says("what came is another document, <a>"),
    Row::walk("AXL: another version each time", ever_newer, &["TCP_REFUSED"])
        .says("does not speak version 14.0, but 20.0"),
    Row::walk("AXL: a version of many digits", || at(AXL, 1, versions("99999999999.0")), &["TCP_REFUSED"])
        .says("does not speak version 14.0, but 99999999999.0"),
    Row::walk("AXL: a fault of a megabyte", || at(AXL, 1, fault("5007", &"x".repeat(1 << 20))), &["TCP_REFUSED"])
        .says("what came is"),
    Row::walk(
        "AXL: a fault of many words",
        || at(AXL, 5, fault("5007", &"no such item ".repeat(9000))),
        &["AXL_USER_UNKNOWN", "TCP_REFUSED"],
    )
    .says("what came is the fault"),
    Row::walk(
        "AXL: a fault inside a success",
        || at(AXL, 5, fault("1", "x").replacen("500 Internal Server Error", "200 OK", 1)),
        &["TCP_REFUSED"],
    )
    .says("the fault \\\"1: x\\\""),
    Row::walk(
        "AXL: 401",
        || at(AXL, 1, with_headers("401 Unauthorized", "WWW-Authenticate: Basic realm=\"r\"\r\n", "")),
        &["TCP_REFUSED"],
    )
    .says("refused the credential of administrator (401)"),
    Row::walk("AXL: 403", || at(AXL, 1, with_headers("403 Forbidden", "", "")), &["TCP_REFUSED"])
        .says("administrator may not use AXL on cucm1.example.test (403)"),
    Row::walk(
        "Control Center: a thousand services",
        || {
            says(
                CONTROL_CENTER,
                2,
                Says { services: many(1000, |n| service(&format!("s{n}"), "Started", " ")), ..Says::default() },
            )
        },
        &["TCP_REFUSED"],
    )
    .says("\"name\": \"s999\""),
    Row::walk(
        "Control Center: a hundred thousand services",
        || {
            says(
                CONTROL_CENTER,
                2,
                Says { services: many(100_000, |n| service(&format!("s{n}"), "Started", " ")), ..Says::default() },
            )
        },
        &["TCP_REFUSED"],
    )
    .says("bytes came, and no more were taken"),
    Row::walk(
        "Control Center: one service a thousand times",
        || {
            says(
                CONTROL_CENTER,
                2,
                Says { services: many(1000, |_| service("Cisco XCP Router", "Stopped", "a")), ..Says::default() },
            )
        },
        &["SVC_STOPPED"],
    )
    .says("says: Cisco XCP Router: Stopped (a)"),
    Row::walk(
        "Control Center: a status that nobody knows",
        || {
            says(
                CONTROL_CENTER,
                2,
                Says { services: service("Cisco XCP Router", "Confused", "why"), ..Says::default() },
            )
        },
        &["TCP_REFUSED"],
    )
    .says("\"status\": \"Confused\""),
    Row::walk(
        "Control Center: numbers that are none",
        || {
            let odd = service("Cisco XCP Router", "Started", "").replace("86400", "99999999999999999999999");
            says(CONTROL_CENTER, 2, Says { services: odd.replace(">-1<", ">-99999999999<"), ..Says::default() })
        },
        &["TCP_REFUSED"],
    )
    .says("\"up_s\": null"),
    Row::walk(
        "Control Center: asked too often",
        || at(CONTROL_CENTER, 2, fault("", "Exceeded allowed rate for Reatime information.")),
        &["TCP_REFUSED"],
    )
    .says("Exceeded allowed rate"),
    Row::walk(
        "Control Center: 401",
        || at(CONTROL_CENTER, 2, with_headers("401 Unauthorized", "", "")),
        &["TCP_REFUSED"],
    )
    .says("Control Center gave status 401"),
    Row::walk(
        "PerfMon: thirteen hundred counters",
        || {
            says(
                PERFMON,
                2,
                Says {
                    counters: many(1300, |n| counter("Cisco XCP CM", &format!("c{n}"), "1")),
                    ..Says::default()
                },
            )
        },
        &["TCP_REFUSED"],
    )
    .says("\"name\": \"c1299\""),
    Row::walk(
        "PerfMon: a hundred thousand counters",
        || {
            says(
                PERFMON,
                2,
                Says {
                    counters: many(100_000, |n| counter("Cisco XCP CM", &format!("c{n}"), "1")),
                    ..Says::default()
                },
            )
        },
        &["TCP_REFUSED"],
    )
    .says("PerfMon gave"),
    Row::walk(
        "PerfMon: a thousand objects of XCP CM",
        || {
            says(
                PERFMON,
                5,
                Says { objects: many(1000, |n| object(&format!("Cisco XCP CM {n}"), "")), ..Says::default() },
            )
        },
        &["TCP_REFUSED"],
    )
    .says("PerfMon gave a list without the object Cisco XCP CM"),
    Row::walk(
        "PerfMon: an object of five thousand counters",
        || {
            let names = many(5000, |n| counter_name(&format!("c{n}")));
            says(PERFMON, 2, Says { objects: object("Cisco XCP CM", &names), ..Says::default() })
        },
        &["TCP_REFUSED"],
    )
    .says("\"value\": 312"),
    Row::walk(
        "PerfMon: a hundred thousand names of counters",
        || {
            let names = many(100_000, |n| counter_name(&format!("c{n}")));
            says(PERFMON, 1, Says { objects: object("Cisco XCP CM", &names), ..Says::default() })
        },
        &["TCP_REFUSED"],
    )
    .says("bytes came, and no more were taken"),
    Row::walk(
        "PerfMon: sockets that no number holds",
        || {
            let counters = counter("Cisco XCP CM", "CmConnectedSockets", "99999999999999999999999");
            says(PERFMON, 2, Says { counters, ..Says::default() })
        },
        &["TCP_REFUSED"],
    )
    .says("PerfMon gave no counter of connected sockets"),
    Row::walk(
        "PerfMon: sockets below nothing",
        || {
            let counters = counter("Cisco XCP CM", "CmConnectedSockets", "-9223372036854775808");
            says(PERFMON, 2, Says { counters, ..Says::default() })
        },
        &["TCP_REFUSED"],
    )
    .says("\"value\": -9223372036854775808"),
    Row::walk(
        "PerfMon: asked too often",
        || at(PERFMON, 1, fault("", "Exceeded allowed rate for Perfmon information.")),
        &["TCP_REFUSED"],
    )
    .says("PerfMon on imp1.example.test says that it is asked too often"),
];
