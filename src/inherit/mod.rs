//! Chains of policies: finding one, merging its levels, and where every merged part came from. It reads no file itself.
