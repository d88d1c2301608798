//! What any server of HTTP can do, at each of the three things that an edge is asked.

use super::{config, record, sso};
use crate::hostile::table::Row;
use crate::hostile::table::http::abuse;

#[rustfmt::skip]
pub const SSO: &[Row] = abused![sso, "get_edge_sso":
    body_without_end => ["TCP_REFUSED", "UDS_USER_UNASSIGNED"] "bytes came, and no more were taken";
    headers_without_end => ["TCP_REFUSED", "UDS_USER_UNASSIGNED"] "its head is longer than is read here";
    silence => ["TCP_REFUSED", "UDS_USER_UNASSIGNED"] "waited for: the answer to get_edge_sso";
    silence_behind_the_head => ["TCP_REFUSED", "UDS_USER_UNASSIGNED"] "waited for: the answer to get_edge_sso";
    gigabyte_in_gzip => ["TCP_REFUSED", "UDS_USER_UNASSIGNED"] "it is compressed (gzip), which was not asked for";
    redirect_to_itself => ["TCP_REFUSED", "UDS_USER_UNASSIGNED"] "a redirect (302) to /ZXhhbXBsZS50ZXN0";
    page => ["TCP_REFUSED", "UDS_USER_UNASSIGNED"] "a web page, Sign in to the proxy";
    json => ["TCP_REFUSED", "UDS_USER_UNASSIGNED"] "text outside the root at byte 0";
    garbage => ["TCP_REFUSED", "UDS_USER_UNASSIGNED"] "forbidden character U+0000 at byte 2";
    no_http => ["TCP_REFUSED", "UDS_USER_UNASSIGNED"] "something that is no HTTP";
    entities_in_entities => ["TCP_REFUSED", "UDS_USER_UNASSIGNED"] "a doctype inside at byte 0";
    file_by_an_entity => ["TCP_REFUSED", "UDS_USER_UNASSIGNED"] "a doctype inside at byte 0";
    nothing => ["TCP_REFUSED", "UDS_USER_UNASSIGNED"] "tells anything: nothing.";
    another_document => ["TCP_REFUSED", "UDS_USER_UNASSIGNED"] "another document, <fault>";
    reset => ["TCP_REFUSED", "UDS_USER_UNASSIGNED"] "tells anything: ECONNRESET";
    close_within_the_body => ["TCP_REFUSED", "UDS_USER_UNASSIGNED"] "tells anything: closed";
];

#[rustfmt::skip]
pub const CONFIG: &[Row] = abused![config, "get_edge_config":
    body_without_end => ["EDGE_ERROR", "TCP_REFUSED"] "bytes came, and no more were taken";
    headers_without_end => ["EDGE_ERROR", "TCP_REFUSED"] "its head is longer than is read here";
    silence => ["EDGE_SILENT", "TCP_REFUSED"] "waited for: the answer to get_edge_config";
    silence_behind_the_head => ["EDGE_SILENT", "TCP_REFUSED"] "waited for: the answer to get_edge_config";
    body_byte_by_byte => ["EDGE_ERROR", "TCP_REFUSED"] "bytes came, and no more were taken";
    gigabyte_in_gzip => ["EDGE_ERROR", "TCP_REFUSED"] "it is compressed (gzip), which was not asked for";
    redirect_to_itself => ["EDGE_ERROR", "TCP_REFUSED"] "a redirect (302) to /ZXhhbXBsZS50ZXN0";
    page => ["EDGE_ERROR", "TCP_REFUSED"] "a web page, Sign in to the proxy";
    json => ["EDGE_ERROR", "TCP_REFUSED"] "text outside the root at byte 0";
    garbage => ["EDGE_ERROR", "TCP_REFUSED"] "forbidden character U+0000 at byte 2";
    no_http => ["EDGE_ERROR", "TCP_REFUSED"] "something that is no HTTP";
    entities_in_entities => ["EDGE_ERROR", "TCP_REFUSED"] "a doctype inside at byte 0";
    file_by_an_entity => ["EDGE_ERROR", "TCP_REFUSED"] "a doctype inside at byte 0";
    nothing => ["EDGE_ERROR", "TCP_REFUSED"] "tells anything: nothing.";
    another_document => ["EDGE_ERROR", "TCP_REFUSED"] "another document, <fault>";
    reset => ["EDGE_ERROR", "TCP_REFUSED"] "tells anything: ECONNRESET";
    close_within_the_body => ["EDGE_ERROR", "TCP_REFUSED"] "tells anything: closed";
];

#[rustfmt::skip]
pub const RECORD: &[Row] = abused![record, "what an edge hands on":
    body_without_end => ["EDGE_ERROR", "TCP_REFUSED"] "bytes came, and no more were taken";
    headers_without_end => ["EDGE_ERROR", "TCP_REFUSED"] "its head is longer than is read here";
    silence => ["EDGE_SILENT", "TCP_REFUSED"] "waited for: the answer to UDS user of cucm1.example.test";
    gigabyte_in_gzip => ["EDGE_ERROR", "TCP_REFUSED"] "it is compressed (gzip), which was not asked for";
    redirect_to_itself => ["EDGE_ERROR", "TCP_REFUSED"] "a redirect (302) to /ZXhhbXBsZS50ZXN0";
    page => ["EDGE_ERROR", "TCP_REFUSED"] "a web page, Sign in to the proxy";
    entities_in_entities => ["EDGE_ERROR", "TCP_REFUSED"] "a doctype inside at byte 0";
    reset => ["EDGE_ERROR", "TCP_REFUSED"] "tells anything: ECONNRESET";
];
