//! `impscope lab`: the practice deployment, with the screen on it or alone.

use std::io::Write;
use std::net::SocketAddr;
use std::path::PathBuf;

use anyhow::Context;
use secrecy::SecretString;

use crate::cli::{Client, LabArgs, Scheme};
use crate::config::Settings;
use crate::journal::{Clients, DnsServer, Stage, TlsMode, UserAct, Via, WalkAsk};
use crate::lab::{self, Lab};
use crate::login::Marks;
use crate::login::fill::Secrets;

use super::credentials::{self, Credentials};
use super::signals::signalled;
use super::target::{self, Allowed, Target};
use super::{look, print_all, screen};

/// Practice costs nobody an account: more attempts than the usual budget.
const MAX_ATTEMPTS: u32 = 20;

/// Lists the scenarios, serves one, or opens the screen on one.
///
/// # Errors
/// When there is no such scenario, or its addresses cannot be had.
pub async fn run(args: LabArgs) -> anyhow::Result<u8> {
    if args.list {
        let scenarios = lab::scenarios();
        let width = scenarios.iter().map(|scenario| scenario.name.len()).max().unwrap_or(0);
        let lines: String =
            scenarios.iter().map(|scenario| format!("{:width$}  {}\n", scenario.name, scenario.title)).collect();
        return print_all(lines.as_bytes());
    }
    let mut practice = lab::start(&args.scenario).await?;
    if args.serve {
        return serve(&mut practice).await;
    }
    let settings = Settings::read(None)?;
    let mut out = std::io::stdout();
    // Said before the screen is taken, so that it still stands there afterwards.
    let _ = writeln!(
        out,
        "LAB {}: {}@{}, password {}",
        practice.scenario, practice.user, practice.domain, practice.password
    );
    let (administrator, secret) = &practice.administrator;
    let _ = writeln!(out, "LAB administrator {administrator}, password {secret}");
    practice.notes.iter().for_each(|note| drop(writeln!(out, "LAB {note}")));
    if let Some(via) = via(&practice, &args) {
        let _ = writeln!(out, "LAB by way of {via}");
    }
    let own = Secrets { password: Some(practice.password.clone().into()), ..Secrets::default() };
    let second = practice.second_user.as_ref().map(|(_, password)| password.clone().into());
    let admin = match args.admin {
        Some(_) => {
            credentials::of_admin(args.admin_password_file.as_deref())?.or_else(|| own_admin(&practice, &args))
        }
        None => None,
    };
    let credentials = Credentials { own, second, admin };
    let (setup, warnings) = look::setup(&args.look, &settings)?;
    let notice: Vec<String> = screen::told(&warnings).into_iter().chain([practice.hint.clone()]).collect();
    screen::show(target(&practice, &args), credentials, setup, Some(notice.join("; "))).await
}

/// The deployment's own administrator's password, where that administrator was named.
fn own_admin(practice: &Lab, args: &LabArgs) -> Option<SecretString> {
    let (user, password) = &practice.administrator;
    args.admin.as_deref().is_some_and(|named| named.eq_ignore_ascii_case(user)).then(|| password.clone().into())
}

/// Its proxy, where that was asked for or is what the scenario is about.
fn via(practice: &Lab, args: &LabArgs) -> Option<Via> {
    let scheme = args.via.or(practice.by_way.then_some(Scheme::Socks5h))?;
    Some(proxy(practice, scheme))
}

fn proxy(practice: &Lab, scheme: Scheme) -> Via {
    let (host, port) = (practice.socks.ip().to_string(), practice.socks.port());
    Via { host, port, names: scheme == Scheme::Socks5h }
}

fn target(practice: &Lab, args: &LabArgs) -> Target {
    let via = via(practice, args);
    let server = |address: &SocketAddr| DnsServer {
        address: address.to_string(),
        source: "practice deployment".to_owned(),
        via: via.is_some(),
    };
    Target {
        domain: practice.domain.clone(),
        user: practice.user.clone(),
        walk: WalkAsk {
            clients: args.client.map_or(Clients::All, target::clients),
            voice_domain: None,
            dns: practice.dns.iter().map(server).collect(),
            nodes: Vec::new(),
            cucms: practice.cucms.clone(),
            user_id: practice.user.clone(),
            xmpp_port: practice.xmpp_port,
            epas: target::epas_client(),
            second_user: practice.second_user.as_ref().map(|(user, _)| user.clone()),
            via: via.clone(),
            admin: args.admin.clone(),
        },
        marks: Marks {
            slow: args.slow.unwrap_or(target::SLOW),
            silent: args.silent_after.unwrap_or(target::SILENT),
            give_up: None,
        },
        max_attempts: MAX_ATTEMPTS,
        hard_limit: false,
        place: target::place(args.record.as_deref(), args.no_record),
        lab: true,
        ca_pem: Some(practice.ca_pem.clone()),
        tls: TlsMode::Starttls,
        until: Stage::Session,
        mechanism: None,
        connect_timeout: target::CONNECT_TIMEOUT,
        allowed: Allowed::default(),
        words: args.client.filter(|client| *client == Client::All).map(|_| UserAct::Outside).into_iter().collect(),
    }
}

/// Runs the deployment alone until a signal comes, or whoever started it closes the pipe on standard input.
async fn serve(practice: &mut Lab) -> anyhow::Result<u8> {
    let authority = Authority::write(&practice.ca_pem)?;
    let text = told(practice, &authority);
    let stop = signalled();
    std::io::stdout().write_all(text.as_bytes()).context("standard output")?;
    tokio::pin!(stop);
    let closed = pipe_closed();
    tokio::pin!(closed);
    loop {
        tokio::select! {
            _ = &mut stop => return Ok(0),
            () = &mut closed => return Ok(0),
            // Which credentials came, and what they were answered; never the credentials themselves.
            Some(line) = practice.received.recv() => {
                let _ = writeln!(std::io::stdout(), "{line}");
            }
        }
    }
}

/// Where its servers are and how to log in, a line each; the last one says that it is there.
fn told(practice: &Lab, authority: &Authority) -> String {
    let ca = authority.path.display();
    let mut text = format!("scenario {}: {}\n", practice.scenario, practice.title);
    practice.notes.iter().for_each(|note| text.push_str(&format!("note {note}\n")));
    practice.nodes.iter().for_each(|node| text.push_str(&format!("node {} {}\n", node.host, node.address)));
    text.push_str(&format!(
        "user {}@{}\npassword {}\nca {ca}\n",
        practice.user, practice.domain, practice.password
    ));
    practice.dns.iter().for_each(|server| text.push_str(&format!("dns {server}\n")));
    practice.cucms.iter().for_each(|cucm| text.push_str(&format!("cucm {cucm}\n")));
    for lab::LabHost { host, address, ports } in &practice.hosts {
        let ports: Vec<String> = ports.iter().map(u16::to_string).collect();
        text.push_str(&format!("host {host} {address} ports {}\n", ports.join(", ")));
    }
    let proxy = proxy(practice, Scheme::Socks5h);
    text.push_str(&format!("socks {proxy}\n"));
    if let Some((user, password)) = &practice.second_user {
        text.push_str(&format!("another {user}@{} {password}\n", practice.domain));
    }
    let (administrator, secret) = &practice.administrator;
    text.push_str(&format!("administrator {administrator} {secret}\n"));
    practice.ha_status.lines().for_each(|line| text.push_str(&format!("ha {line}\n")));
    let dns: String = practice.dns.iter().map(|server| format!("--dns {server} ")).collect();
    let cucms: String = practice.cucms.iter().map(|cucm| format!("--cucm {cucm} ")).collect();
    let by_way = if practice.by_way { format!("--via {proxy} ") } else { String::new() };
    text.push_str(&format!(
        "connect IMPSCOPE_PASSWORD='{}' impscope {by_way}{dns}{cucms}--ca-file {ca} {}@{}\n",
        practice.password, practice.user, practice.domain
    ));
    text.push_str("ready\n");
    text
}

/// Waits until the pipe on standard input is closed. A terminal, or nothing at all, is not listened to.
async fn pipe_closed() {
    use std::os::unix::fs::FileTypeExt;
    let is_pipe = std::fs::metadata("/dev/stdin").is_ok_and(|input| input.file_type().is_fifo());
    if !is_pipe {
        return std::future::pending().await;
    }
    let (done, waiting) = tokio::sync::oneshot::channel();
    // A thread of its own: a read that blocks must not keep the program from ending.
    std::thread::spawn(move || {
        let _ = std::io::copy(&mut std::io::stdin(), &mut std::io::sink());
        let _ = done.send(());
    });
    let _ = waiting.await;
}

/// The deployment's authority as a file, removed when it ends.
struct Authority {
    path: PathBuf,
}

impl Authority {
    fn write(pem: &str) -> anyhow::Result<Self> {
        let path = std::env::temp_dir().join(format!("impscope-lab-{}-ca.pem", std::process::id()));
        let mut file = std::fs::File::options()
            .write(true)
            .create_new(true)
            .open(&path)
            .with_context(|| path.display().to_string())?;
        file.write_all(pem.as_bytes()).with_context(|| path.display().to_string())?;
        Ok(Self { path })
    }
}

impl Drop for Authority {
    fn drop(&mut self) {
        // It is a public certificate in the temporary folder: left behind, it harms nobody.
        let _ = std::fs::remove_file(&self.path);
    }
}
