//! One row for each production of XML 1.0 (5th edition) and of Namespaces in XML 1.0 that no row of the other tables
//! breaks; and what looks as if it broke one and does not.

use super::{declared, ended, inside, passed_over};
use crate::hostile::table::Row;
use crate::program::Finished;

/// Nothing is said against it.
const fn legal(what: &'static str, run: fn() -> Finished, seen: &'static str) -> Row {
    passed_over(what, run, seen)
}

pub const MISC: &[Row] = &[
    passed_over("a comment that ends in --->", || inside("<a><!-- x ---></a>"), "comment"),
    passed_over("a comment that ends in ---> between stanzas", || inside("<!-- x --->"), "comment"),
    ended("a comment of one -", || inside("<a><!-x--></a>"), "unknown markup behind <!"),
    passed_over("an instruction without a target", || inside("<a><? x?></a>"), "processing instruction"),
    passed_over("an instruction of nothing", || inside("<a><??></a>"), "processing instruction"),
    passed_over("an instruction to XML", || inside("<a><?XML x?></a>"), "processing instruction"),
    passed_over(
        "an instruction to xMl between stanzas",
        || inside("<?xMl version='1.0'?>"),
        "processing instruction",
    ),
    passed_over("an instruction whose target is no name", || inside("<a><?1a x?></a>"), "processing instruction"),
    passed_over("an instruction whose target does not end", || inside("<a><?a+b?></a>"), "processing instruction"),
    passed_over("an instruction whose target has a colon", || inside("<a><?a:b?></a>"), "processing instruction"),
    ended("CDATA in small letters", || inside("<a><![cdata[x]]></a>"), "unknown markup behind <!"),
    ended("CDATA with a space", || inside("<a><![CDATA [x]]></a>"), "unknown markup behind <!"),
    passed_over("CDATA in CDATA", || inside("<a><![CDATA[<![CDATA[x]]>]]></a>"), "]]> in text"),
    legal("CDATA that ends in ]]]>", || inside("off script: <a><![CDATA[x]]]></a> came"), "<a>"),
    legal("]]> in an attribute's value", || inside("off script: <a x=']]>'/> came"), "<a>"),
    passed_over("a doctype in small letters", || inside("<!doctype x>"), "doctype"),
];

pub const TAGS: &[Row] = &[
    ended("a space in front of an end tag's name", || inside("<a></ a>"), "end tag of another name"),
    legal("a space behind an end tag's name", || inside("off script: <a></a > came"), "<a>"),
    ended("a space within />", || inside("<a/ >"), "/ inside a tag"),
    ended("a slash and an attribute", || inside("<a/x='1'>"), "/ inside a tag"),
    legal("spaces around =", || inside("off script: <a x = '1'/> came"), "<a>"),
    legal("> in an attribute's value", || inside("off script: <a x='>'/> came"), "<a>"),
    ended("a name that begins with -", || inside("<-a/>"), "no name behind <"),
    ended("a name that begins with a dot", || inside("<.a/>"), "no name behind <"),
    passed_over("a name that begins with a mark", || inside("<\u{301}a/>"), "a is no name"),
    passed_over("a name of a sign that is no letter", || inside("<\u{d7}/>"), "\u{d7} is no name"),
    passed_over("a name with a sign that is no letter", || inside("<a\u{2014}b/>"), "a\u{2014}b is no name"),
    legal("a name with a middle dot", || inside("off script: <a\u{b7}b/> came"), "<a\u{b7}b>"),
    legal("a name of letters beyond the first plane", || inside("off script: <\u{10330}/> came"), "<\u{10330}>"),
    passed_over("an attribute's name with a sign", || inside("<a x!='1'/>"), "x! is no name"),
    passed_over("U+FFFF", || inside("<a>\u{ffff}</a>"), "U+FFFF"),
    ended("a form feed between attributes", || inside("<a\x0cx='1'/>"), "no name's byte in a name"),
];

pub const REFERENCES: &[Row] = &[
    passed_over(
        "a reference without a semicolon",
        || inside("<a>&#x41</a>"),
        "entity or character reference not closed",
    ),
    passed_over("a reference with a capital X", || inside("<a>&#X41;</a>"), "invalid character reference"),
    passed_over(
        "a reference of letters that are no digits",
        || inside("<a>&#4a;</a>"),
        "invalid character reference",
    ),
    passed_over(
        "a reference with a sign",
        || inside("<a>&#+65;</a>"),
        "invalid character reference: unexpected number sign",
    ),
    passed_over("a reference to nothing", || inside("<a>&;</a>"), "undefined entity"),
    passed_over("a space in a reference", || inside("<a>&amp ;</a>"), "undefined entity"),
    passed_over("an entity in capitals", || inside("<a>&AMP;</a>"), "undefined entity"),
    passed_over("a reference to U+FFFE", || inside("<a>&#xFFFE;</a>"), "forbidden character U+FFFE"),
    passed_over(
        "a reference to a control character in text",
        || inside("<a>&#x1F;</a>"),
        "forbidden character U+001F",
    ),
    legal("a reference to the last character", || inside("off script: <a>&#x10FFFD;</a> came"), "<a>"),
    legal("a reference with many zeros", || inside("off script: <a>&#x0000000041;</a> came"), "<a>"),
];

pub const NAMESPACES: &[Row] = &[
    passed_over(
        "the prefix xml bound to another namespace",
        || inside("<a xmlns:xml='urn:x'/>"),
        "prefix 'xml' cannot be bound to 'urn:x'",
    ),
    legal(
        "the prefix xml bound to its own",
        || inside("off script: <a xmlns:xml='http://www.w3.org/XML/1998/namespace'/> came"),
        "<a>",
    ),
    passed_over(
        "another prefix bound to that of xml",
        || inside("<a xmlns:p='http://www.w3.org/XML/1998/namespace'/>"),
        "prefix 'p' cannot be bound to",
    ),
    passed_over(
        "the namespace of xml without a prefix",
        || inside("<a xmlns='http://www.w3.org/XML/1998/namespace'/>"),
        "a namespace that only its own prefix may have",
    ),
    passed_over(
        "a prefix bound to that of xmlns",
        || inside("<a xmlns:p='http://www.w3.org/2000/xmlns/'/>"),
        "prefix 'p' cannot be bound to",
    ),
    passed_over(
        "the namespace of xmlns without a prefix",
        || inside("<a xmlns='http://www.w3.org/2000/xmlns/'/>"),
        "a namespace that only its own prefix may have",
    ),
    passed_over(
        "the prefix xmlns bound to its own",
        || inside("<a xmlns:xmlns='http://www.w3.org/2000/xmlns/'/>"),
        "prefix 'xmlns' cannot be bound to",
    ),
    passed_over(
        "an element of the prefix xmlns",
        || inside("<xmlns:a/>"),
        "xmlns is a prefix of declarations alone",
    ),
    passed_over("a namespace twice", || inside("<a xmlns='u' xmlns='v'/>"), "duplicated attribute"),
    passed_over("a prefix twice", || inside("<a xmlns:p='u' xmlns:p='v'/>"), "duplicated attribute"),
    passed_over("a declaration of no prefix", || inside("<a xmlns:='u'/>"), "xmlns: is no name"),
    passed_over("a prefix that is no name", || inside("<a xmlns:1='u'/>"), "xmlns:1 is no name"),
    passed_over("nothing in front of the colon", || inside("<:a/>"), ":a is no name"),
    passed_over("nothing behind the colon", || inside("<p: xmlns:p='u'/>"), "p: is no name"),
    passed_over("a digit behind the colon", || inside("<p:1 xmlns:p='u'/>"), "p:1 is no name"),
    passed_over("two colons in an attribute's name", || inside("<a p:q:x='1' xmlns:p='u'/>"), "p:q:x is no name"),
    legal("a default namespace taken back", || inside("off script: <a xmlns='u'><b xmlns=''/></a> came"), "<a>"),
    legal(
        "one local name with and without a prefix",
        || inside("off script: <a x='1' p:x='2' xmlns:p='u' xmlns='u'/> came"),
        "<a>",
    ),
];

pub const DECLARATIONS: &[Row] = &[
    passed_over(
        "standalone='maybe'",
        || declared("version='1.0' standalone='maybe'"),
        "in another form than XML's",
    ),
    passed_over("standalone='YES'", || declared("version='1.0' standalone='YES'"), "in another form than XML's"),
    legal("standalone='yes'", || declared("version='1.0' standalone='yes'"), "standalone='yes'?>\n"),
    passed_over(
        "standalone in front of the encoding",
        || declared("version='1.0' standalone='no' encoding='UTF-8'"),
        "in another form than XML's",
    ),
    passed_over(
        "the encoding in front of the version",
        || declared("encoding='UTF-8' version='1.0'"),
        "in another form than XML's",
    ),
    passed_over(
        "a declaration of something else",
        || declared("version='1.0' colour='red'"),
        "in another form than XML's",
    ),
    passed_over("the version twice", || declared("version='1.0' version='1.0'"), "in another form than XML's"),
    passed_over("a version in capitals", || declared("Version='1.0'"), "without a version"),
    passed_over("a version without quotes", || declared("version=1.0"), "without a version"),
    passed_over(
        "an encoding of no name",
        || declared("version='1.0' encoding=''"),
        "XML declaration of encoding ,",
    ),
    passed_over(
        "an encoding that begins with a digit",
        || declared("version='1.0' encoding='8'"),
        "of encoding 8",
    ),
    passed_over(
        "no space between the two",
        || declared("version='1.0'encoding='UTF-8'"),
        "in another form than XML's",
    ),
    passed_over("a declaration of nothing", || declared(""), "without a version"),
];
