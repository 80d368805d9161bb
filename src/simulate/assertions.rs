//! Assertions over a finished run.
