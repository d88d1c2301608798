//! What a DNS server of the lab knows: the records of one domain, and the answer to a question. It knows no socket.
//!
//! The usual records are those of a healthy site: an A record for each host with the address it really has,
//! `_cisco-uds` for the CUCMs, `_xmpp-client` for the IM&P nodes, `_collab-edge` for the Expressway-E.

use std::net::{IpAddr, Ipv4Addr};

use hickory_resolver::proto::op::ResponseCode;
use hickory_resolver::proto::rr::rdata::{A, CNAME, NS, SOA, SRV};
use hickory_resolver::proto::rr::{Name, RData, Record, RecordType};

use super::record::{RecordLine, TTL};
use crate::lab::scenario::Role;

/// How many CNAMEs are followed; a loop ends here.
const ALIASES: usize = 8;

/// How much later in the order each further host of a kind stands: 5, 10, 15 …
const PRIORITY_STEP: u16 = 5;

/// A host with what it got.
#[derive(Debug, Clone)]
pub(in crate::lab) struct Placing {
    pub(in crate::lab) name: String,
    pub(in crate::lab) role: Role,
    pub(in crate::lab) address: Ipv4Addr,
    /// The port that its SRV record carries.
    pub(in crate::lab) port: u16,
    /// It is of another cluster, and has no SRV record.
    pub(in crate::lab) is_apart: bool,
}

/// The records of one domain.
#[derive(Debug, Clone)]
pub(in crate::lab) struct Zone {
    origin: Name,
    records: Vec<Record>,
}

/// An answer: the code and two of the sections.
#[derive(Debug, PartialEq)]
pub(super) struct Answer {
    pub(super) code: ResponseCode,
    pub(super) authoritative: bool,
    pub(super) answers: Vec<Record>,
    /// The SOA record, where there is nothing else to say (RFC 2308 2).
    pub(super) authorities: Vec<Record>,
}

impl Zone {
    /// The usual records of a site with these hosts, and its name server at `server`.
    pub(in crate::lab) fn usual(domain: &str, server: IpAddr, hosts: &[Placing]) -> Result<Zone, String> {
        let origin = whole(domain)?;
        let mut zone = Zone { records: Vec::new(), origin };
        let (origin, dns) = (zone.origin.clone(), zone.named("dns")?);
        let contact = zone.named("hostmaster")?;
        let soa = SOA::new(dns.clone(), contact, 2_026_010_101, 3600, 600, 86_400, TTL);
        zone.add(origin.clone(), TTL, RData::SOA(soa));
        zone.add(origin, TTL, RData::NS(NS(dns.clone())));
        zone.add(dns, TTL, RData::from(server));
        for host in hosts {
            zone.add(whole(&host.name)?, TTL, RData::A(A(host.address)));
        }
        for (role, service) in [
            (Role::Cucm, "_cisco-uds._tcp"),
            (Role::Imp, "_xmpp-client._tcp"),
            (Role::Expressway, "_collab-edge._tls"),
        ] {
            let mut priority = 0;
            for host in hosts.iter().filter(|host| host.role == role && !host.is_apart) {
                priority += PRIORITY_STEP;
                let srv = SRV::new(priority, 0, host.port, whole(&host.name)?);
                zone.add(zone.named(service)?, TTL, RData::SRV(srv));
            }
        }
        Ok(zone)
    }

    /// Takes every record of these names away, then adds `records`.
    pub(in crate::lab) fn change(
        &mut self,
        remove: &[String],
        records: &[RecordLine],
        hosts: &[Placing],
    ) -> Result<(), String> {
        for name in remove {
            let name = self.named(name)?;
            let before = self.records.len();
            self.records.retain(|record| record.name != name);
            if self.records.len() == before {
                return Err(format!("there is no record of {name} to remove"));
            }
        }
        for line in records {
            let name = self.named(&line.name)?;
            let rdata = rdata(line, hosts)?;
            self.add(name, line.ttl.unwrap_or(TTL), rdata);
        }
        Ok(())
    }

    /// The answer to one question.
    pub(super) fn answer(&self, name: &Name, kind: RecordType) -> Answer {
        if !self.origin.zone_of(name) {
            return outside(name);
        }
        let mut answers = Vec::new();
        let mut at = name.clone();
        for _ in 0..ALIASES {
            let here: Vec<&Record> = self.records.iter().filter(|record| record.name == at).collect();
            let wanted = here.iter().filter(|record| kind == RecordType::ANY || record.record_type() == kind);
            let before = answers.len();
            answers.extend(wanted.map(|record| (*record).clone()));
            if answers.len() > before {
                return self.found(answers);
            }
            let Some((record, target)) = here.iter().find_map(|record| match &record.data {
                RData::CNAME(target) => Some((*record, target.0.clone())),
                _ => None,
            }) else {
                return self.absent(&at, answers);
            };
            answers.push(record.clone());
            if !self.origin.zone_of(&target) {
                return self.found(answers);
            }
            at = target;
        }
        self.found(answers)
    }

    /// The address of a name, as a resolver that asks here has it; none where there is none.
    pub(in crate::lab) fn address(&self, name: &str) -> Option<IpAddr> {
        let answers = self.answer(&whole(name).ok()?, RecordType::A).answers;
        answers.iter().find_map(|record| match record.data {
            RData::A(A(address)) => Some(IpAddr::V4(address)),
            _ => None,
        })
    }

    fn found(&self, answers: Vec<Record>) -> Answer {
        Answer { code: ResponseCode::NoError, authoritative: true, answers, authorities: Vec::new() }
    }

    /// No record of this kind: NODATA where the name is known or something stands below it, else NXDOMAIN
    /// (RFC 2308 2; RFC 8020). Aliases that led here stay in the answer.
    fn absent(&self, name: &Name, answers: Vec<Record>) -> Answer {
        let exists = self.records.iter().any(|record| name.zone_of(&record.name));
        let code = if exists { ResponseCode::NoError } else { ResponseCode::NXDomain };
        let soa = self.records.iter().filter(|record| record.record_type() == RecordType::SOA);
        Answer { code, authoritative: true, answers, authorities: soa.cloned().collect() }
    }

    fn add(&mut self, name: Name, ttl: u32, rdata: RData) {
        self.records.push(Record::from_rdata(name, ttl, rdata));
    }

    /// A name as scenarios write it.
    fn named(&self, name: &str) -> Result<Name, String> {
        let alone = whole(name)?;
        if self.origin.zone_of(&alone) {
            return Ok(alone);
        }
        let whole = Name::from_ascii(name).and_then(|name| name.append_domain(&self.origin));
        whole.map_err(|error| format!("{name}: {error}"))
    }
}

/// Of another domain this server knows nothing: REFUSED. But that there is no top-level domain of a host's short
/// name is known to everyone who asked a root server.
fn outside(name: &Name) -> Answer {
    let code = if name.num_labels() == 1 { ResponseCode::NXDomain } else { ResponseCode::Refused };
    Answer { code, authoritative: false, answers: Vec::new(), authorities: Vec::new() }
}

/// A name with its last dot, said or unsaid.
fn whole(name: &str) -> Result<Name, String> {
    let mut whole = Name::from_ascii(name).map_err(|error| format!("{name}: {error}"))?;
    whole.set_fqdn(true);
    Ok(whole)
}

fn rdata(line: &RecordLine, hosts: &[Placing]) -> Result<RData, String> {
    let place = |name: &str| hosts.iter().find(|host| host.name == name);
    match (&line.srv, &line.cname, line.a, &line.host) {
        (Some(target), None, None, None) => {
            let port = line.port.or_else(|| place(target).map(|host| host.port));
            let port = port.ok_or_else(|| format!("{}: which port of {target}?", line.name))?;
            Ok(RData::SRV(SRV::new(line.priority, line.weight, port, whole(target)?)))
        }
        (None, Some(target), None, None) => Ok(RData::CNAME(CNAME(whole(target)?))),
        (None, None, Some(address), None) => Ok(RData::A(A(address))),
        (None, None, None, Some(host)) => {
            let place = place(host).ok_or_else(|| format!("{}: no host is called {host}", line.name))?;
            Ok(RData::A(A(place.address)))
        }
        _ => Err(format!("{}: a record has one of srv, cname, a and host", line.name)),
    }
}
