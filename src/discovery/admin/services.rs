//! Which services a login needs, by the names that Control Center has for them (protocol.md 6.4, 7.1).

/// On CUCM, and on an IM&P node.
const ON_CUCM: [&str; 4] = ["Cisco User Data Services", "Cisco Tomcat", "Cisco Tftp", "Cisco AXL Web Service"];
const ON_IMP: [&str; 8] = [
    "Cisco XCP Connection Manager",
    "Cisco XCP Authentication Service",
    "Cisco XCP Router",
    "Cisco Client Profile Agent",
    "Cisco Login Datastore",
    "Cisco Presence Engine",
    "Cisco Server Recovery Manager",
    "Cisco Tomcat",
];

/// The services that a login needs, as they are usually called: on an IM&P node, or on CUCM.
pub fn needed_on(imp: bool) -> &'static [&'static str] {
    if imp { &ON_IMP } else { &ON_CUCM }
}

/// The usual name of the service that a login needs there and that is called so; none: it needs no such service.
/// Labels vary by release, so the name may stand inside a longer one, with or without `Cisco`.
pub fn needs(imp: bool, name: &str) -> Option<&'static str> {
    needed_on(imp).iter().copied().find(|usual| is_called(name, usual))
}

/// Whether this is the name of the service that is usually called so.
pub(in crate::discovery) fn is_called(name: &str, usual: &str) -> bool {
    let bare = |name: &str| name.to_ascii_lowercase().trim_start_matches("cisco ").to_owned();
    bare(name).contains(&bare(usual))
}
