//! The `b2c-journey` command.

fn main() {}
