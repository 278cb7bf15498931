//! What the benches share; they stand in `benches/` and `src/bin/`.

pub mod chart;
