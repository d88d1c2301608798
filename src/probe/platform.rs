//! The platform calls: the kernel's view of a connection, ICMP, how many files there may be, the host's name, whom a
//! static program asks for names, no core dumps, memory that is wiped, what a terminal shows and takes, and being
//! stopped. The only file with `unsafe`.
#![allow(
    unsafe_code,
    reason = "getsockopt, setsockopt, ioctl, getrlimit, gethostname, prctl, poll, sigaction, kill, the terminal's calls \
              and glibc's name services have no safe wrapper in a crate that we use"
)]

use std::os::fd::RawFd;

use crate::journal::KernelView;

/// Whether the peer's FIN has come: TIME_WAIT, CLOSE_WAIT, LAST_ACK and CLOSING of `<netinet/tcp.h>`.
#[cfg(target_os = "linux")]
fn has_fin(state: u8) -> bool {
    matches!(state, 6 | 8 | 9 | 11)
}

/// The kernel's view of the connection behind `fd`, or why there is none.
///
/// # Errors
/// In words, where the platform has no `TCP_INFO` or refuses it.
#[cfg(target_os = "linux")]
pub fn kernel_view(fd: RawFd) -> Result<KernelView, String> {
    use std::mem::{offset_of, size_of};

    // SAFETY: all-zero is a valid value of this plain C struct.
    let mut info: libc::tcp_info = unsafe { std::mem::zeroed() };
    let mut filled = libc::socklen_t::try_from(size_of::<libc::tcp_info>()).unwrap_or(0);
    // SAFETY: the pointer and the length describe `info`, which lives through the call.
    let status = unsafe {
        libc::getsockopt(
            fd,
            libc::IPPROTO_TCP,
            libc::TCP_INFO,
            std::ptr::from_mut(&mut info).cast(),
            &raw mut filled,
        )
    };
    if status != 0 {
        return Err(format!("TCP_INFO: {}", std::io::Error::last_os_error()));
    }
    // An older kernel fills less: a field behind what it filled is absent, not zero.
    let has = |offset: usize, size: usize| filled as usize >= offset + size;
    if !has(offset_of!(libc::tcp_info, tcpi_bytes_received), 8) {
        return Err("TCP_INFO of this kernel is too old: it does not count bytes".to_owned());
    }
    let not_sent = has(offset_of!(libc::tcp_info, tcpi_notsent_bytes), 4);
    let window = has(offset_of!(libc::tcp_info, tcpi_snd_wnd), 4);
    // `bytes_acked` counts the SYN as one byte once it was acknowledged, `bytes_received` the peer's FIN once it has come.
    Ok(KernelView {
        acked: info.tcpi_bytes_acked.saturating_sub(1),
        received: info.tcpi_bytes_received.saturating_sub(u64::from(has_fin(info.tcpi_state))),
        queued: out_queue(fd),
        not_sent: not_sent.then_some(u64::from(info.tcpi_notsent_bytes)),
        unacked_segments: info.tcpi_unacked,
        retransmits: info.tcpi_total_retrans,
        backoff: u32::from(info.tcpi_backoff),
        peer_window: window.then_some(u64::from(info.tcpi_snd_wnd)),
        rtt_us: info.tcpi_rtt,
        last_ack_ms: info.tcpi_last_ack_recv,
        state: info.tcpi_state,
    })
}

/// The kernel's view, on a platform where we do not know how to ask.
///
/// # Errors
/// Always.
#[cfg(not(target_os = "linux"))]
pub fn kernel_view(_fd: RawFd) -> Result<KernelView, String> {
    Err("this platform has no TCP_INFO that we can read".to_owned())
}

/// Bytes in the send queue: unsent, or sent and not acknowledged (`SIOCOUTQ`, which Linux calls `TIOCOUTQ`).
#[cfg(target_os = "linux")]
fn out_queue(fd: RawFd) -> Option<u64> {
    let mut bytes: libc::c_int = 0;
    // SAFETY: TIOCOUTQ writes one int to the pointer, which lives through the call.
    let status = unsafe { libc::ioctl(fd, libc::TIOCOUTQ, &raw mut bytes) };
    (status == 0).then(|| u64::try_from(bytes).unwrap_or(0))
}

/// Lets a socket of datagrams hear all that ICMP says about them, not only that a port is closed. A kernel that
/// refuses tells less, and nothing else changes.
#[cfg(target_os = "linux")]
pub fn hear_icmp(fd: RawFd, ipv6: bool) {
    let (level, option) =
        if ipv6 { (libc::IPPROTO_IPV6, libc::IPV6_RECVERR) } else { (libc::IPPROTO_IP, libc::IP_RECVERR) };
    let on: libc::c_int = 1;
    let size = libc::socklen_t::try_from(std::mem::size_of_val(&on)).unwrap_or(0);
    // SAFETY: the pointer and the length describe `on`, which lives through the call.
    unsafe { libc::setsockopt(fd, level, option, std::ptr::from_ref(&on).cast(), size) };
}

/// Nothing, on a platform that tells what it tells.
#[cfg(not(target_os = "linux"))]
pub fn hear_icmp(_fd: RawFd, _ipv6: bool) {}

/// Asks for no core dumps, which would hold the password. A system that refuses has its own rule about them.
pub fn forbid_core_dumps() {
    let none = libc::rlimit { rlim_cur: 0, rlim_max: 0 };
    // SAFETY: the pointer is to a struct that lives through the call.
    unsafe { libc::setrlimit(libc::RLIMIT_CORE, &raw const none) };
    #[cfg(target_os = "linux")]
    // SAFETY: PR_SET_DUMPABLE takes one integer and touches no memory of ours.
    unsafe {
        libc::prctl(libc::PR_SET_DUMPABLE, 0, 0, 0, 0);
    }
}

/// Looks names up in files and by DNS alone, in a program that holds its C library within itself. Whatever else the
/// host's `nsswitch.conf` names is code of the host's own C library, which may be another one: loaded beside ours it
/// could end the program.
#[cfg(all(target_env = "gnu", target_feature = "crt-static"))]
pub fn keep_to_own_name_services() {
    use std::ffi::{c_char, c_int};
    unsafe extern "C" {
        /// `nss.h`: what stands here counts instead of `nsswitch.conf`.
        fn __nss_configure_lookup(database: *const c_char, services: *const c_char) -> c_int;
    }
    for (database, services) in [(c"hosts", c"files dns"), (c"passwd", c"files")] {
        // SAFETY: both texts end with NUL and live as long as the program; no other thread runs yet.
        unsafe { __nss_configure_lookup(database.as_ptr(), services.as_ptr()) };
    }
}

/// Nothing, in a program that is linked with the host's own C library.
#[cfg(not(all(target_env = "gnu", target_feature = "crt-static")))]
pub fn keep_to_own_name_services() {}

/// Shows what is typed on the terminal of standard input, or does not. Where that is none, nothing is done.
pub fn echo(shown: bool) {
    let mut modes = std::mem::MaybeUninit::<libc::termios>::uninit();
    // SAFETY: tcgetattr fills the struct where it says that it succeeded, and only then is it read.
    unsafe {
        if libc::tcgetattr(0, modes.as_mut_ptr()) == 0 {
            let mut modes = modes.assume_init();
            let echo = libc::ECHO | libc::ECHONL;
            modes.c_lflag = (modes.c_lflag & !echo) | if shown { libc::ECHO } else { libc::ECHONL };
            libc::tcsetattr(0, libc::TCSANOW, &raw const modes);
        }
    }
}

/// The system's memory, of which each piece is wiped when it is given back: what a library copied of a secret, and did
/// not wipe itself, ends with the copy.
#[derive(Debug, Clone, Copy)]
pub struct WipedMemory;

// SAFETY: every call goes to the system's allocator, with what the caller vouches for; what is written to before it is
// given back is still the caller's, and of that size. What grows is a new piece, so that the old one is wiped too.
unsafe impl std::alloc::GlobalAlloc for WipedMemory {
    unsafe fn alloc(&self, layout: std::alloc::Layout) -> *mut u8 {
        // SAFETY: as above.
        unsafe { std::alloc::System.alloc(layout) }
    }

    unsafe fn alloc_zeroed(&self, layout: std::alloc::Layout) -> *mut u8 {
        // SAFETY: as above.
        unsafe { std::alloc::System.alloc_zeroed(layout) }
    }

    unsafe fn dealloc(&self, piece: *mut u8, layout: std::alloc::Layout) {
        // SAFETY: as above. The compiler must not know that nobody reads what is written.
        unsafe {
            piece.write_bytes(0, layout.size());
            std::alloc::System.dealloc(std::hint::black_box(piece), layout);
        }
    }
}

/// Waits until something can be written to `fd`, at most so many milliseconds; false: nothing can.
pub fn is_writable(fd: RawFd, within_ms: u16) -> bool {
    let mut asked = libc::pollfd { fd, events: libc::POLLOUT, revents: 0 };
    // SAFETY: the pointer is to one struct, as the count says, and it lives through the call.
    unsafe { libc::poll(&raw mut asked, 1, libc::c_int::from(within_ms)) > 0 }
}

/// Throws away what a terminal was given and has not taken, and lets it take again what comes.
pub fn discard_output(fd: RawFd) {
    // SAFETY: both take integers and touch no memory of ours; a file that is no terminal refuses them.
    unsafe {
        libc::tcflush(fd, libc::TCOFLUSH);
        libc::tcflow(fd, libc::TCOON);
    }
}

/// Whether whoever started this process had it pass over a signal, as `nohup` does with SIGHUP.
pub fn is_ignored(signal: libc::c_int) -> bool {
    let mut way = std::mem::MaybeUninit::<libc::sigaction>::uninit();
    // SAFETY: nothing is set; sigaction fills the struct where it says that it succeeded, and only then is it read.
    unsafe {
        libc::sigaction(signal, std::ptr::null(), way.as_mut_ptr()) == 0
            && way.assume_init().sa_sigaction == libc::SIG_IGN
    }
}

/// Whose stop it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stopped {
    /// This process alone: the others were sent the signal too, or it was meant for this one.
    Process,
    /// Everything that the shell started with it, as the terminal does on Ctrl-Z.
    Job,
}

/// Stops, and returns once somebody lets it go on. Where no shell could do that, the kernel passes over it and it
/// returns at once. To be called on the first thread: the kernel stops that one before the call returns.
pub fn stop(who: Stopped) {
    // SAFETY: all-zero is a valid value of this plain C struct; each pointer is to one that lives through the calls.
    unsafe {
        let mut usual: libc::sigaction = std::mem::zeroed();
        let mut ours: libc::sigaction = std::mem::zeroed();
        usual.sa_sigaction = libc::SIG_DFL;
        if libc::sigaction(libc::SIGTSTP, &raw const usual, &raw mut ours) == 0 {
            match who {
                Stopped::Job => libc::kill(0, libc::SIGTSTP),
                Stopped::Process => libc::raise(libc::SIGTSTP),
            };
            libc::sigaction(libc::SIGTSTP, &raw const ours, std::ptr::null_mut());
        }
    }
}

/// The name of the host that this runs on; empty where the system does not tell it.
pub fn host_name() -> String {
    let mut name = [0_u8; 256];
    // SAFETY: the pointer and the length describe `name`, which lives through the call.
    let status = unsafe { libc::gethostname(name.as_mut_ptr().cast(), name.len()) };
    let text = std::ffi::CStr::from_bytes_until_nul(&name).ok().filter(|_| status == 0);
    text.map(|text| text.to_string_lossy().into_owned()).unwrap_or_default()
}

/// So many sockets may be open at once for one purpose, without the others coming short.
pub fn room_for_sockets() -> usize {
    const LEAST: usize = 32;
    const MOST: usize = 2048;
    let mut limit = libc::rlimit { rlim_cur: 0, rlim_max: 0 };
    // SAFETY: the pointer is to a plain C struct that lives through the call.
    let status = unsafe { libc::getrlimit(libc::RLIMIT_NOFILE, &raw mut limit) };
    let files = if status == 0 { usize::try_from(limit.rlim_cur).unwrap_or(usize::MAX) } else { 0 };
    (files / 2).clamp(LEAST, MOST)
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use std::io::{Read, Write};
    use std::net::{TcpListener, TcpStream};
    use std::os::fd::AsRawFd;

    use super::kernel_view;

    #[test]
    fn the_end_of_a_connection_is_no_byte_of_it() {
        let listener = TcpListener::bind("127.0.0.1:0").expect("loopback listens");
        let mut client = TcpStream::connect(listener.local_addr().expect("it has a place")).expect("it connects");
        let (mut server, _) = listener.accept().expect("it is accepted");
        server.write_all(b"five.").expect("it is written");
        let mut five = [0; 5];
        client.read_exact(&mut five).expect("it is read");
        let received = |client: &TcpStream| kernel_view(client.as_raw_fd()).expect("a view").received;
        assert_eq!(received(&client), 5);
        drop(server);
        assert_eq!(client.read(&mut five).expect("it ended"), 0);
        assert_eq!(received(&client), 5, "its FIN counts as nothing");
    }
}
