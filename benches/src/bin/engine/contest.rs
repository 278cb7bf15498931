//! Two that do the same work in turns.

use std::time::Instant;

/// Work that a contestant repeats.
type Work = Box<dyn FnMut() -> Result<(), String>>;

/// The same bytes by us and by another.
pub(crate) struct Contest {
    pub(crate) bytes: u64,
    /// What is done before each, and not measured.
    pub(crate) before: Work,
    pub(crate) ours: Work,
    pub(crate) other: &'static str,
    pub(crate) others: Work,
}

/// Medians in 10^9 bytes a second.
pub(crate) struct Outcome {
    pub(crate) other: &'static str,
    pub(crate) ours_gbs: f64,
    pub(crate) other_gbs: f64,
}

impl Contest {
    /// So many rounds, after one that counts for nothing.
    pub(crate) fn measure(&mut self, rounds: usize) -> Result<Outcome, String> {
        let (mut ours, mut others) = (Vec::new(), Vec::new());
        for round in 0..=rounds {
            for (work, rates) in [(&mut self.ours, &mut ours), (&mut self.others, &mut others)] {
                (self.before)()?;
                let start = Instant::now();
                work()?;
                let rate = self.bytes as f64 / start.elapsed().as_secs_f64() / 1e9;
                if round > 0 {
                    rates.push(rate);
                }
            }
        }
        Ok(Outcome { other: self.other, ours_gbs: median(ours), other_gbs: median(others) })
    }
}

pub(crate) fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(f64::NAN)
}
