//! The program's entry. The terminal's guard and the exit code are `app`'s.

use std::process::ExitCode;

/// Passwords pass through libraries that do not wipe what they copy.
#[global_allocator]
static MEMORY: impscope::probe::platform::WipedMemory = impscope::probe::platform::WipedMemory;

fn main() -> ExitCode {
    impscope::app::main(std::env::args_os())
}
