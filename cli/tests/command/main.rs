//! The command as it is called: what it prints where, and its exit codes.

#![cfg(test)]

mod check;
mod cover;
mod diagnostics;
mod diff;
mod mutate;
mod prove;
mod run;
mod support;
mod watch;
