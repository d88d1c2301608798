//! Stepping and breakpoints.

use crate::journal::Stage;

/// A place where a running login stops.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Breakpoint {
    /// The stage.
    pub stage: Stage,
    /// Before or after it.
    pub side: Side,
}

/// The two sides of a stage.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Side {
    /// Before the stage's first step.
    Before,
    /// After what the stage needs came.
    After,
}

/// How the machine goes on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pace {
    /// Each step waits for the user.
    Stepped,
    /// The next step is taken, and then it is stepped again.
    Once,
    /// Steps are taken until a breakpoint.
    Running,
    /// It ran into a breakpoint.
    At(Breakpoint),
}

impl Pace {
    /// The pace after a step was taken.
    pub(super) fn after_step(self) -> Pace {
        if self == Pace::Once { Pace::Stepped } else { self }
    }

    /// The pace on arriving at `breakpoint`, if it is set.
    pub(super) fn arriving(self, breakpoint: Breakpoint, set: &[Breakpoint]) -> Pace {
        if self == Pace::Running && set.contains(&breakpoint) { Pace::At(breakpoint) } else { self }
    }
}
