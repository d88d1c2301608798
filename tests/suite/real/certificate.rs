//! A certificate authority and a certificate for `example.test`, made by openssl: a second opinion on ours.

use std::path::{Path, PathBuf};
use std::process::Command;

use super::DOMAIN;

/// Where the files are, all PEM.
pub struct Certificate {
    /// The authority that signed it: what a client trusts.
    pub authority: PathBuf,
    /// The server's certificate.
    pub certificate: PathBuf,
    /// Its key.
    pub key: PathBuf,
}

impl Certificate {
    /// Makes them in this folder.
    pub fn make(folder: &Path) -> Self {
        let own = |name: &str| folder.join(name);
        let made = Self { authority: own("ca.pem"), certificate: own("server.pem"), key: own("server.key") };
        let config = own("openssl.cnf");
        std::fs::write(&config, config_text()).expect("a file can be written");
        let new = |extensions: &str, name: &str, key: &Path, out: &Path, signed_by: &[&Path]| {
            let mut openssl = Command::new("openssl");
            openssl.args(["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-noenc"]);
            openssl.args(["-days", "400", "-extensions", extensions, "-subj", name]);
            openssl.arg("-config").arg(&config).arg("-keyout").arg(key).arg("-out").arg(out);
            for (option, file) in ["-CA", "-CAkey"].iter().zip(signed_by) {
                openssl.arg(option).arg(file);
            }
            let done = openssl.output().expect("openssl starts");
            assert!(done.status.success(), "openssl req: {}", String::from_utf8_lossy(&done.stderr));
        };
        let authority_key = own("ca.key");
        new("authority", "/CN=impscope test authority", &authority_key, &made.authority, &[]);
        let by = [made.authority.as_path(), &authority_key];
        new("server", &format!("/CN={DOMAIN}"), &made.key, &made.certificate, &by);
        made
    }
}

fn config_text() -> String {
    format!(
        "[req]\ndistinguished_name = name\n[name]\n\
         [authority]\nbasicConstraints = critical, CA:TRUE\nkeyUsage = critical, keyCertSign\n\
         subjectKeyIdentifier = hash\n\
         [server]\nbasicConstraints = critical, CA:FALSE\nsubjectAltName = DNS:{DOMAIN}\n\
         extendedKeyUsage = serverAuth\n"
    )
}
