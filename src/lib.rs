//! impscope: where does a login into Cisco IM&Presence stop?
//!
//! # The map
//!
//! A run is a **journal** that only the rim appends to: what was begun, what passed, how it ended. Each entry
//! has its operation, its parent and the time at the source; never an opinion, never a secret, never the state
//! of the screen. Everything else is derived from it.
//!
//! ```text
//!  keys ─► ui ──intent──► app ───ask───► probe (the only part that awaits) ─► network
//!           ▲                             │ entries
//!           │ draws                       ▼
//!         views ◄── discovery, console, progress, findings ◄── journal ◄──► recording
//!                       └── plan: what to ask next ──► app
//! ```
//!
//! * [`journal`]: entries, facts, asks, stages, masked payloads, and their line format. Pure.
//! * [`protocol`]: the wire: the XMPP framer, the stanza readers, SASL; SRV order, UDS, service profile, EPASSoap; and
//!   the mask that finds secrets. Pure.
//! * [`login`]: the stepped XMPP login as a machine. It proposes, is told what was sent and received, and has
//!   one deadline. Time is an argument. Pure.
//! * [`discovery`]: the walk to the nodes: what was asked and told, the plan of what to ask next and what the user's word
//!   would cost, and the tree. Pure.
//! * [`progress`]: the stages of each login, their times, who waits for what and what the kernel knows. Pure.
//! * [`console`]: rows, XML layout, filters, visible escapes, the ladder: as values. Pure.
//! * [`findings`]: rules over entries, what the control experiment points at, the nodes side by side, inside and outside, the
//!   catalogue with their words, and what RTMT and Jabber call the same. Pure.
//! * [`probe`]: the rim: DNS, HTTP, TCP, TLS, the kernel's view of a connection, the driver of the login.
//! * [`ui`]: model, actions, keys, update; one file per pane draws it. Drawing changes nothing.
//! * [`report`]: the same run as text and as JSON; and, of a recording, the report for others and the recording without
//!   lengths or names.
//! * `lab`: the practice deployment: real sockets on loopback, literal answers. Knows nothing of the rest.
//! * [`app`], [`cli`], [`config`]: the glue: arguments, the journal's owner, the files that it writes, the two
//!   front ends, `replay`, `export` and `explain`.
//!
//! # The laws
//!
//! Each has one test in `tests/suite/laws` unless another place is named.
//!
//! 1. **Layers.** A module uses only what its row allows:
//!    journal, protocol, lab: nothing · login: protocol, journal (its words for stages,
//!    waits and ends, and time; no entries) · discovery, console: journal,
//!    protocol · progress: journal · findings: journal, protocol, discovery, progress · probe: journal,
//!    protocol, login · ui: journal, discovery, console, progress, findings · report: as ui, and ui · app: all.
//! 2. **Purity.** No runtime, clock, socket or random number in journal, protocol, login, discovery, progress,
//!    console, findings.
//! 3. **Masked first.** A payload enters the journal only through [`journal::Payload::cut`], called by `probe`
//!    alone, with the ranges that [`protocol::mask`] found. A canary password appears in no file, report or screen, and
//!    what holds a secret has no `Debug`, or one that does not tell it.
//! 4. **Recordings.** read(write(journal)) is the same; an unknown entry survives; every prefix folds; no finding
//!    disappears on a longer one; live and replayed give the same views at the same time.
//! 5. **Framing.** Every split of the input gives the same frames.
//! 6. **Findings.** Codes in rules = codes in the catalogue = codes in tests.
//! 7. **Screen.** Every view works at 80×24 and does not panic at 1×1.
//! 8. **The lab is no oracle.** No code outside cli, app, lab and assets knows it.
//! 9. **A recording sends nothing.** What shows it (`app/replay`, and the loop that it shares with a live run) knows no
//!    engine, login or socket; of the screen it can take only what needs none ([`ui::Local`]).
//! 10. **Made of.** Each crate has a licence, a source and a version that we take, is there once unless the reason is
//!     listed, and needs no newer Rust than we say. `unsafe` stands in [`probe::platform`] alone, beside why it is sound.

pub mod app;
pub mod cli;
pub mod config;
pub mod console;
pub mod discovery;
pub mod findings;
pub mod journal;
#[cfg(feature = "lab")]
pub mod lab;
pub mod login;
pub mod probe;
pub mod progress;
pub mod protocol;
pub mod report;
pub mod ui;
