//! Prosody as Debian ships it.

use super::server::{Place, Server};
use super::{DOMAIN, Offer, PASSWORD, USER};

/// Starts a Prosody that knows the user; `None` if it is not installed.
pub fn start(offer: Offer) -> Option<Server> {
    if !crate::requirement::programs(&["prosody", "openssl"]) {
        return None;
    }
    let place = Place::new();
    let config = place.file("prosody.cfg.lua", &config(&place, offer));
    let folder = DOMAIN.replace('.', "%2e");
    place
        .file(&format!("{folder}/accounts/{USER}.dat"), &format!("return {{ [\"password\"] = \"{PASSWORD}\" }};"));
    let mut command = place.command("prosody");
    command.arg("-F").arg("--config").arg(config);
    Some(Server::start(command, place, "Activated service 'c2s' on"))
}

fn config(place: &Place, offer: Offer) -> String {
    let off = match offer {
        Offer::Scram => "\"DIGEST-MD5\"",
        Offer::Plain => "\"DIGEST-MD5\", \"SCRAM-SHA-1\", \"SCRAM-SHA-256\"",
    };
    format!(
        r#"run_as_root = true
data_path = "{folder}"
modules_enabled = {{ "saslauth", "tls", "ping" }}
modules_disabled = {{ "s2s", "offline" }}
interfaces = {{ "{address}" }}
c2s_ports = {{ {port} }}
c2s_require_encryption = true
authentication = "internal_plain"
disable_sasl_mechanisms = {{ {off} }}
log = {{ info = "*console" }}
ssl = {{ certificate = "{certificate}", key = "{key}" }}
VirtualHost "{DOMAIN}"
"#,
        folder = place.folder().display(),
        address = place.address.ip(),
        port = place.address.port(),
        certificate = place.certificate.certificate.display(),
        key = place.certificate.key.display(),
    )
}

super::logins::tests!(start);
