//! The start of a deployment: addresses first, then DNS and certificates, which need them, then the servers.

use std::collections::{BTreeSet, HashMap};
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::sync::atomic::AtomicUsize;
use std::time::Duration;

use tokio::task::JoinSet;
use tokio::time::Instant;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ClientConfig;

use super::account::Accounts;
use super::address::{self, Door, Manner, Standing, Taken, XMPP_PORT};
use super::certificate::Authority;
use super::dns::record::{DnsFault, ServerLine};
use super::dns::zone::{Placing, Zone};
use super::faults::{self, Faults, TlsFault};
use super::http::{self, Cluster, Edge, Member, Ports, Site};
use super::ledger::Ledger;
use super::literal::{self, fill};
use super::machine::{Load, Machine, Parts};
use super::node::{self, Inside, Node, Port, Shared};
use super::restart::Restarts;
use super::scenario::{Deployment, Directory, Host, Role, Script, User};
use super::socks::{self, Proxy, Reached};
use super::{Lab, LabError, LabHost, LabNode, dns};

/// Tomcat's port, on a CUCM (UDS) and on an IM&P node (EPASSoap); an Expressway-E has the same.
const HTTPS_PORT: u16 = 8443;

/// The files of TFTP over HTTP, and over HTTPS (protocol.md 3).
const TFTP_PORT: u16 = 6970;
const TFTPS_PORT: u16 = 6972;

/// Where the DNS servers want to be, the one to ask first at the first.
const DNS_ADDRESSES: [Ipv4Addr; 3] =
    [Ipv4Addr::new(127, 0, 0, 10), Ipv4Addr::new(127, 0, 0, 9), Ipv4Addr::new(127, 0, 0, 8)];

/// Where the SOCKS proxy wants to be.
const SOCKS_ADDRESS: Ipv4Addr = Ipv4Addr::new(127, 0, 0, 41);

/// A host that has its address.
struct Settled {
    host: Host,
    faults: Faults,
    taken: Taken,
}

/// What a port is for.
#[derive(Debug, Clone, Copy)]
enum Purpose {
    Xmpp,
    Https,
    Tftp,
    Tftps,
}

/// What all servers of a deployment have in common.
struct Common<'s> {
    script: &'s Script,
    domain: String,
    delay: Option<Duration>,
    authority: Authority,
    nodes: Arc<Shared>,
    /// The deployment's own cluster.
    cluster: Arc<Cluster>,
    /// The others, each by its name.
    others: Vec<(String, Arc<Cluster>)>,
    loads: Vec<Load>,
    /// What an Expressway-C knows of the inside: where each host is, the IM&P nodes, and whom it trusts.
    addresses: HashMap<String, IpAddr>,
    inside: Vec<Inside>,
    trust: Arc<ClientConfig>,
}

/// Starts a scenario.
pub(super) fn script(name: &str, script: &Script) -> Result<Lab, LabError> {
    let deployment = script.deployment()?;
    let Some(user) = deployment.users.first() else {
        return Err(LabError::Scenario { name: "deployment".to_owned(), why: "it has no user".to_owned() });
    };
    let settled = settle(&deployment, script)?;
    let (socks, proxy_listener, proxy_note) = address::take_socks(SOCKS_ADDRESS)?;
    let (ledger, received) = Ledger::new();
    let common = common(&deployment, script, &settled, ledger)?;
    let mut lab = Lab {
        scenario: name.to_owned(),
        title: script.title.clone(),
        hint: script.hint.clone(),
        domain: deployment.domain.clone(),
        dns: Vec::new(),
        nodes: nodes(user, &settled),
        hosts: settled.iter().map(Settled::listed).collect(),
        socks,
        by_way: script.socks.is_some(),
        cucms: script.cucms.clone(),
        xmpp_port: XMPP_PORT,
        user: user.id.clone(),
        password: user.password.clone(),
        token: user.token.clone(),
        administrator: (deployment.administrator.id.clone(), deployment.administrator.password.clone()),
        ha_status: ha_status(&deployment, script),
        second_user: deployment.users.get(1).map(printed),
        local_user: deployment.users.iter().skip(1).find(|user| user.directory == Directory::Local).map(printed),
        received,
        ca_pem: common.authority.pem(),
        notes: settled.iter().filter_map(|settled| settled.taken.note.clone()).collect(),
        servers: JoinSet::new(),
    };
    if let Some(home) = lab.nodes.iter().find(|node| node.home) {
        lab.xmpp_port = home.address.port();
    }
    let places: Vec<Placing> = settled.iter().map(Settled::placing).collect();
    start_dns(&mut lab, script, &places)?;
    lab.notes.extend(proxy_note);
    let proxy = proxy(&lab, script, &places, &settled)?;
    lab.servers.spawn(socks::serve(proxy, proxy_listener));
    for settled in settled {
        start_host(&mut lab.servers, settled, &common)?;
    }
    Ok(lab)
}

/// What `utils ha status` prints.
fn ha_status(deployment: &Deployment, script: &Script) -> String {
    if let Some(text) = &script.ha_status {
        return text.clone();
    }
    let nodes = deployment.hosts.iter().filter(|host| host.role == Role::Imp).map(|host| host.name.as_str());
    let line = |(at, host): (usize, &str)| {
        let number = (at + 1).to_string();
        fill(literal::HA_NODE_NORMAL, &[("number", &number), ("host", host)])
    };
    let lines: String = nodes.enumerate().map(line).collect();
    format!("{}{lines}", fill(literal::HA_GROUP, &[("group", &deployment.group.name)]))
}

fn printed(user: &User) -> (String, String) {
    (user.id.clone(), user.password.clone())
}

/// Gives each host its address.
fn settle(deployment: &Deployment, script: &Script) -> Result<Vec<Settled>, LabError> {
    let one = |host: &Host| {
        let mut faults = Faults::of(&host.name, &script.faults);
        let plan = script.restart.clone().filter(|plan| plan.host == host.name);
        faults.components.restarts = Restarts::planned(plan);
        let doors: Vec<Door> = purposes(host.role).iter().map(|purpose| door(*purpose, &faults)).collect();
        let taken = address::take(&host.name, host.address, &doors)?;
        Ok(Settled { host: host.clone(), faults, taken })
    };
    deployment.hosts.iter().map(one).collect()
}

/// The ports of a host. That which leads to it first is the first: XMPP on a node, UDS on a CUCM, HTTPS on an
/// Expressway-E.
fn purposes(role: Role) -> &'static [Purpose] {
    match role {
        Role::Imp => &[Purpose::Xmpp, Purpose::Https],
        Role::Cucm => &[Purpose::Https, Purpose::Tftp, Purpose::Tftps],
        Role::Expressway => &[Purpose::Https, Purpose::Xmpp],
    }
}

fn door(purpose: Purpose, faults: &Faults) -> Door {
    let well = Manner::Listening { receive_buffer: None };
    let (port, manner) = match purpose {
        Purpose::Xmpp => (XMPP_PORT, faults.xmpp_manner(Instant::now())),
        Purpose::Https => (HTTPS_PORT, faults.https_manner()),
        Purpose::Tftp => (TFTP_PORT, faults.tftp_manner()),
        Purpose::Tftps => (TFTPS_PORT, well),
    };
    Door { port, manner }
}

impl Settled {
    fn first_port(&self) -> u16 {
        self.taken.doors.first().map_or(HTTPS_PORT, |(port, _)| *port)
    }

    /// The port of XMPP, where there is one.
    fn xmpp_port(&self) -> u16 {
        let ports = purposes(self.host.role).iter().zip(&self.taken.doors);
        let mut xmpp = ports.filter(|(purpose, _)| matches!(purpose, Purpose::Xmpp));
        xmpp.next().map_or(XMPP_PORT, |(_, (port, _))| *port)
    }

    fn listed(&self) -> LabHost {
        LabHost {
            host: self.host.name.clone(),
            address: IpAddr::V4(self.taken.ip),
            ports: self.taken.doors.iter().map(|(port, _)| *port).collect(),
        }
    }

    fn placing(&self) -> Placing {
        let (name, role) = (self.host.name.clone(), self.host.role);
        let is_apart = !self.host.cluster.is_empty();
        Placing { name, role, address: self.taken.ip, port: self.first_port(), is_apart }
    }
}

fn nodes(user: &User, settled: &[Settled]) -> Vec<LabNode> {
    let node = |settled: &Settled| LabNode {
        host: settled.host.name.clone(),
        address: SocketAddr::from((settled.taken.ip, settled.first_port())),
        home: user.home == settled.host.name,
    };
    settled.iter().filter(|settled| settled.host.role == Role::Imp).map(node).collect()
}

fn common<'s>(
    deployment: &Deployment,
    script: &'s Script,
    settled: &[Settled],
    ledger: Ledger,
) -> Result<Common<'s>, LabError> {
    let accounts = Accounts::new(&deployment.domain, &deployment.users).administered_by(&deployment.administrator);
    let accounts = Arc::new(accounts);
    let ports = settled.iter().map(|settled| (settled.host.name.clone(), settled.first_port()));
    let nodes = Shared::new(Arc::clone(&accounts), ledger.clone(), ports.collect());
    let names: BTreeSet<&str> = deployment.hosts.iter().map(|host| host.cluster.as_str()).collect();
    let others = names.into_iter().filter(|name| !name.is_empty());
    let address = |settled: &Settled| (settled.host.name.clone(), IpAddr::V4(settled.taken.ip));
    let nodes_inside = settled.iter().filter(|settled| settled.host.role == Role::Imp);
    let inside = |settled: &Settled| Inside { host: settled.host.name.clone(), faults: settled.faults.clone() };
    let authority = Authority::new()?;
    Ok(Common {
        script,
        domain: deployment.domain.clone(),
        delay: script.delay_ms.map(Duration::from_millis),
        addresses: settled.iter().map(address).collect(),
        inside: nodes_inside.map(inside).collect(),
        trust: Arc::new(authority.client()?),
        authority,
        nodes: Arc::new(nodes),
        others: others.map(|name| (name.to_owned(), cluster(name, deployment, &accounts, &ledger))).collect(),
        cluster: cluster("", deployment, &accounts, &ledger),
        loads: deployment.loads.clone(),
    })
}

/// The cluster of this name; the deployment's own has none. All clusters know the same users.
fn cluster(name: &str, deployment: &Deployment, accounts: &Arc<Accounts>, ledger: &Ledger) -> Arc<Cluster> {
    let member = |host: &Host| Member { name: host.name.clone(), role: host.role, ports: Ports::default() };
    let members = deployment.hosts.iter().filter(|host| host.cluster == name).map(member).collect();
    let (accounts, group) = (Arc::clone(accounts), deployment.group.clone());
    Arc::new(Cluster { accounts, members, ledger: ledger.clone(), group })
}

impl Common<'_> {
    fn cluster(&self, host: &Host) -> &Arc<Cluster> {
        self.others.iter().find(|(name, _)| *name == host.cluster).map_or(&self.cluster, |(_, other)| other)
    }
}

fn start_dns(lab: &mut Lab, script: &Script, places: &[Placing]) -> Result<(), LabError> {
    let refusal = |why: String| LabError::Scenario { name: lab.scenario.clone(), why };
    let well = [ServerLine::well()];
    let lines = if script.servers.is_empty() { well.as_slice() } else { &script.servers };
    if lines.len() > DNS_ADDRESSES.len() {
        return Err(refusal(format!("more than {} DNS servers", DNS_ADDRESSES.len())));
    }
    for (line, wanted) in lines.iter().zip(DNS_ADDRESSES) {
        let taken = address::take_dns(wanted, line.fault == (DnsFault::PortClosed {}))?;
        let zone = zone(&lab.domain, taken.address.ip(), places, script, line).map_err(refusal)?;
        let delay = script.delay_ms.map(Duration::from_millis);
        lab.dns.push(taken.address);
        lab.notes.extend(taken.note);
        lab.servers.spawn(dns::serve(dns::Server { zone, fault: line.fault, delay }, taken.doors));
    }
    Ok(())
}

/// The way to every port of the hosts, and to the DNS servers.
fn proxy(lab: &Lab, script: &Script, places: &[Placing], settled: &[Settled]) -> Result<Proxy, LabError> {
    let name_server = lab.dns.first().map_or(lab.socks.ip(), SocketAddr::ip);
    let zone = zone(&lab.domain, name_server, places, script, &ServerLine::well());
    let of_host = |settled: &Settled| {
        let (ip, xmpp) = (settled.taken.ip, settled.xmpp_port());
        let ports = settled.taken.doors.iter().map(|(port, _)| *port);
        ports.map(|port| Reached { address: (ip, port).into(), xmpp: port == xmpp }).collect::<Vec<Reached>>()
    };
    let of_dns = lab.dns.iter().map(|server| Reached { address: *server, xmpp: false });
    Ok(Proxy {
        address: lab.socks.ip(),
        zone: zone.map_err(|why| LabError::Scenario { name: lab.scenario.clone(), why })?,
        reached: settled.iter().flat_map(of_host).chain(of_dns).collect(),
        fault: script.socks,
        patience: socks::PATIENCE,
    })
}

/// One server's view.
fn zone(
    domain: &str,
    server: IpAddr,
    places: &[Placing],
    script: &Script,
    line: &ServerLine,
) -> Result<Zone, String> {
    let mut zone = Zone::usual(domain, server, places)?;
    zone.change(&script.remove, &script.records, places)?;
    zone.change(&line.remove, &line.records, places)?;
    Ok(zone)
}

/// Puts a server behind each of the host's ports.
fn start_host(servers: &mut JoinSet<()>, settled: Settled, common: &Common) -> Result<(), LabError> {
    let edge = (settled.host.role == Role::Expressway).then(|| edge(&settled, common));
    let Settled { host, faults, taken } = settled;
    let tomcat = tomcat(&host, &faults, common)?;
    let machine = Arc::new(machine(&host, &faults, common));
    let tomcat_is_silent = matches!(faults.tomcat, Some(TlsFault::Silent {}));
    let site = Arc::new(Site {
        host: host.name.clone(),
        domain: common.domain.clone(),
        role: host.role,
        shared: Arc::clone(common.cluster(&host)),
        faults: faults.http.clone(),
        components: faults.components.clone(),
        delay: common.delay,
        machine: Arc::clone(&machine),
        edge,
    });
    for (purpose, (port, standing)) in purposes(host.role).iter().zip(taken.doors) {
        if let Purpose::Xmpp = purpose {
            let (manner, address) = (faults.listening_xmpp_manner(), SocketAddr::from((taken.ip, port)));
            let node = node(&host, &faults, &machine, &tomcat, common)?;
            servers.spawn(node::keep(node, Port { address, manner }, standing));
            continue;
        }
        let listener = match standing {
            Standing::Listening(listener) => listener,
            closed => {
                servers.spawn(keep(closed));
                continue;
            }
        };
        let site = Arc::clone(&site);
        match purpose {
            Purpose::Xmpp => continue,
            Purpose::Https if tomcat_is_silent => servers.spawn(node::ignore(listener)),
            Purpose::Https | Purpose::Tftps => servers.spawn(http::serve(site, listener, Some(tomcat.clone()))),
            Purpose::Tftp => servers.spawn(http::serve(site, listener, None)),
        };
    }
    Ok(())
}

fn edge(settled: &Settled, common: &Common) -> Edge {
    let (address, trust) = (IpAddr::V4(settled.taken.ip), Arc::clone(&common.trust));
    Edge::new(address, settled.xmpp_port(), common.addresses.clone(), trust)
}

/// The identity on 8443: tomcat's, or the one certificate that an Expressway-E has.
fn tomcat(host: &Host, faults: &Faults, common: &Common) -> Result<TlsAcceptor, LabError> {
    let fault = faults::certificate(faults.tomcat.as_ref());
    match host.role {
        Role::Cucm | Role::Imp => common.authority.acceptor(&[&host.name], &fault),
        Role::Expressway => {
            // protocol.md 8 and 10: either of the two behind its own name would do.
            let names = [host.name.as_str(), common.domain.as_str()];
            let service = format!("_collab-edge._tls.{}", common.domain);
            common.authority.acceptor_with_service(&names, &service, &fault)
        }
    }
}

/// Nobody is taken here; the sockets must only stay.
async fn keep(_closed: Standing) {
    std::future::pending().await
}

fn machine(host: &Host, faults: &Faults, common: &Common) -> Machine {
    let cluster = common.cluster(host);
    let nodes = cluster.members.iter().filter(|member| member.role == Role::Imp).count().max(1);
    let assigned = cluster.group.users / u64::try_from(nodes).unwrap_or(1);
    let load = common.loads.iter().find(|load| load.host == host.name).cloned().unwrap_or_default();
    let parts = Parts {
        host: host.name.clone(),
        role: host.role,
        components: faults.components.clone(),
        load,
        assigned,
        ledger: cluster.ledger.clone(),
        rate: common.script.perfmon_rate,
    };
    Machine::new(parts, Instant::now())
}

fn node(
    host: &Host,
    faults: &Faults,
    machine: &Arc<Machine>,
    own: &TlsAcceptor,
    common: &Common,
) -> Result<Node, LabError> {
    let names = [host.name.as_str(), common.domain.as_str()];
    let is_edge = host.role == Role::Expressway;
    let tls = match is_edge {
        true => own.clone(),
        false => common.authority.acceptor(&names, &faults::certificate(faults.tls.as_ref()))?,
    };
    Ok(Node {
        host: host.name.clone(),
        domain: common.domain.clone(),
        faults: faults.clone(),
        tls,
        stream_id: common.script.stream_id,
        delay: common.delay,
        connections: AtomicUsize::new(0),
        machine: Arc::clone(machine),
        shared: Arc::clone(&common.nodes),
        inside: if is_edge { common.inside.clone() } else { Vec::new() },
    })
}
