//! What any server of HTTP can do, at AXL, Control Center and PerfMon.

use super::{axl, control_center, perfmon};
use crate::hostile::table::Row;
use crate::hostile::table::http::abuse;

#[rustfmt::skip]
pub const AXL: &[Row] = abused![axl, "AXL":
    body_without_end => ["TCP_REFUSED"] "bytes came, and no more were taken";
    headers_without_end => ["TCP_REFUSED"] "its head is longer than is read here";
    silence => ["TCP_REFUSED"] "and the answer did not come";
    silence_behind_the_head => ["TCP_REFUSED"] "and the rest of the answer did not come";
    body_byte_by_byte => ["TCP_REFUSED"] "bytes came, and no more were taken";
    gigabyte_in_gzip => ["TCP_REFUSED"] "it is compressed (gzip), which was not asked for";
    redirect_to_itself => ["TCP_REFUSED"] "what came is status 302";
    page => ["TCP_REFUSED"] "what came is a web page, Sign in to the proxy";
    json => ["TCP_REFUSED"] "text outside the root at byte 0";
    garbage => ["TCP_REFUSED"] "forbidden character U+0000 at byte 2";
    no_http => ["TCP_REFUSED"] "what came is no connection (not HTTP)";
    entities_in_entities => ["TCP_REFUSED"] "a doctype inside at byte 0";
    file_by_an_entity => ["TCP_REFUSED"] "a doctype inside at byte 0";
    nothing => ["TCP_REFUSED"] "what came is an answer that cannot be read";
    reset => ["TCP_REFUSED"] "what came is ECONNRESET";
    close_within_the_body => ["TCP_REFUSED"] "what came is closed";
];

#[rustfmt::skip]
pub const CONTROL_CENTER: &[Row] = abused![control_center, "Control Center":
    body_without_end => ["TCP_REFUSED"] "bytes came, and no more were taken";
    headers_without_end => ["TCP_REFUSED"] "its head is longer than is read here";
    silence => ["TCP_REFUSED"] "Control Center gave no answer in time";
    silence_behind_the_head => ["TCP_REFUSED"] "Control Center gave no answer in time";
    body_byte_by_byte => ["TCP_REFUSED"] "bytes came, and no more were taken";
    gigabyte_in_gzip => ["TCP_REFUSED"] "it is compressed (gzip), which was not asked for";
    redirect_to_itself => ["TCP_REFUSED"] "Control Center gave status 302";
    page => ["TCP_REFUSED"] "Control Center gave a web page, Sign in to the proxy";
    json => ["TCP_REFUSED"] "text outside the root at byte 0";
    garbage => ["TCP_REFUSED"] "forbidden character U+0000 at byte 2";
    no_http => ["TCP_REFUSED"] "Control Center gave no connection (not HTTP)";
    entities_in_entities => ["TCP_REFUSED"] "a doctype inside at byte 0";
    file_by_an_entity => ["TCP_REFUSED"] "a doctype inside at byte 0";
    nothing => ["TCP_REFUSED"] "Control Center gave an answer that cannot be read";
    another_document => ["TCP_REFUSED"] "Control Center gave the fault";
    reset => ["TCP_REFUSED"] "Control Center gave ECONNRESET";
    close_within_the_body => ["TCP_REFUSED"] "Control Center gave closed";
];

#[rustfmt::skip]
pub const PERFMON: &[Row] = abused![perfmon, "PerfMon":
    body_without_end => ["TCP_REFUSED"] "bytes came, and no more were taken";
    headers_without_end => ["TCP_REFUSED"] "its head is longer than is read here";
    silence => ["TCP_REFUSED"] "PerfMon gave no answer in time";
    silence_behind_the_head => ["TCP_REFUSED"] "PerfMon gave no answer in time";
    body_byte_by_byte => ["TCP_REFUSED"] "bytes came, and no more were taken";
    gigabyte_in_gzip => ["TCP_REFUSED"] "it is compressed (gzip), which was not asked for";
    redirect_to_itself => ["TCP_REFUSED"] "PerfMon gave status 302";
    page => ["TCP_REFUSED"] "PerfMon gave a web page, Sign in to the proxy";
    json => ["TCP_REFUSED"] "text outside the root at byte 0";
    garbage => ["TCP_REFUSED"] "forbidden character U+0000 at byte 2";
    no_http => ["TCP_REFUSED"] "PerfMon gave no connection (not HTTP)";
    entities_in_entities => ["TCP_REFUSED"] "a doctype inside at byte 0";
    file_by_an_entity => ["TCP_REFUSED"] "a doctype inside at byte 0";
    nothing => ["TCP_REFUSED"] "PerfMon gave an answer that cannot be read";
    another_document => ["TCP_REFUSED"] "PerfMon gave the fault";
    reset => ["TCP_REFUSED"] "PerfMon gave ECONNRESET";
    close_within_the_body => ["TCP_REFUSED"] "PerfMon gave closed";
];
