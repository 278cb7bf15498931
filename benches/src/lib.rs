//! The benches stand in `benches/`; this crate has nothing to import.
