//! Text, JSON, JUnit and TAP of runs. It decides nothing.
