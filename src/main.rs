//! The program's entry. The terminal's guard and the exit code are `app`'s.

use std::process::ExitCode;

fn main() -> ExitCode {
    impscope::app::main(std::env::args_os())
}
