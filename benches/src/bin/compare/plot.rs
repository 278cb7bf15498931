//! The ratios as a picture.

use std::fmt::Write as _;

use crate::contest::Outcome;

const LINE: usize = 18;
const LEFT: usize = 250;
const WIDTH: usize = 900;
const TOP: usize = 44;
/// Ratios from a half to 32, in octaves.
const OCTAVES: std::ops::RangeInclusive<i32> = -1..=5;

/// A bar for each outcome that was measured, on a logarithmic scale: right of the line at 1 we are
/// faster.
pub(crate) fn svg(outcomes: &[(&'static str, Outcome)]) -> String {
    let measured: Vec<_> = outcomes
        .iter()
        .filter_map(|(name, outcome)| match outcome {
            Outcome::Measured { other, ours_gbs, other_gbs } => {
                Some((*name, *other, *ours_gbs, ours_gbs / other_gbs))
            }
            Outcome::Skipped { .. } => None,
        })
        .collect();
    let height = TOP + LINE * measured.len() + 10;
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {height}\" \
         font-family=\"sans-serif\" font-size=\"12\">\n\
         <rect width=\"{WIDTH}\" height=\"{height}\" fill=\"white\"/>\n\
         <text x=\"8\" y=\"16\">Speed of mhl-hash as a multiple of the other's, on one core</text>\n"
    );
    // Writing to a string cannot fail.
    for octave in OCTAVES {
        let (x, ratio) = (place(f64::from(octave).exp2()), f64::from(octave).exp2());
        let colour = if octave == 0 { "black" } else { "lightgrey" };
        let _ = writeln!(
            svg,
            "<line x1=\"{x:.1}\" x2=\"{x:.1}\" y1=\"{TOP}\" y2=\"{height}\" stroke=\"{colour}\"/>\
             <text x=\"{x:.1}\" y=\"{}\" text-anchor=\"middle\">{ratio}</text>",
            TOP - 6
        );
    }
    for (index, (name, other, ours_gbs, ratio)) in measured.iter().enumerate() {
        let y = TOP + LINE * index + 4;
        let (from, to) = (place(ratio.min(1.0)), place(ratio.max(1.0)));
        let colour = if *ratio < 1.0 { "indianred" } else { "steelblue" };
        let _ = writeln!(
            svg,
            "<text x=\"{}\" y=\"{}\" text-anchor=\"end\">{name} / {other}</text>\
             <rect x=\"{from:.1}\" y=\"{y}\" width=\"{:.1}\" height=\"{}\" fill=\"{colour}\"/>\
             <text x=\"{:.1}\" y=\"{}\">{ratio:.2} ({ours_gbs:.2} GB/s)</text>",
            LEFT - 8,
            y + 11,
            to - from,
            LINE - 5,
            to + 4.0,
            y + 11,
        );
    }
    svg.push_str("</svg>\n");
    svg
}

/// Where a ratio stands, in units of the picture.
fn place(ratio: f64) -> f64 {
    let (first, last) = (f64::from(*OCTAVES.start()), f64::from(*OCTAVES.end()));
    let share = (ratio.log2().clamp(first, last) - first) / (last - first);
    LEFT as f64 + share * (WIDTH - LEFT - 110) as f64
}
