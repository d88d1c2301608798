//! The suite: behaviour that a user would care about, through the built program.
