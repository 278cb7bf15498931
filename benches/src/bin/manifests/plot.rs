//! How the cost grows with the list, as a picture.

use std::fmt::Write as _;

/// The name of a line, and seconds for so many entries.
pub(crate) struct Line {
    pub(crate) name: &'static str,
    pub(crate) points: Vec<(usize, f64)>,
}

const COLOURS: [&str; 4] = ["steelblue", "indianred", "seagreen", "darkorange"];
const WIDTH: f64 = 640.0;
const HEIGHT: f64 = 400.0;
const LEFT: f64 = 70.0;
const BOTTOM: f64 = 350.0;
/// Decades of entries and of seconds.
const ENTRIES: std::ops::RangeInclusive<i32> = 3..=6;
const SECONDS: std::ops::RangeInclusive<i32> = -5..=1;

/// Both scales logarithmic: what grows with the list alone runs at 45 degrees to the decades.
pub(crate) fn svg(lines: &[Line]) -> String {
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {HEIGHT}\" \
         font-family=\"sans-serif\" font-size=\"12\">\n\
         <rect width=\"{WIDTH}\" height=\"{HEIGHT}\" fill=\"white\"/>\n\
         <text x=\"8\" y=\"16\">Time of classic lists by their entries, on one core</text>\n"
    );
    // Writing to a string cannot fail.
    for decade in SECONDS {
        let y = down(10f64.powi(decade));
        let label =
            if decade < 0 { format!("10^{decade} s") } else { format!("{} s", 10f64.powi(decade)) };
        let _ = writeln!(
            svg,
            "<line x1=\"{LEFT}\" x2=\"{:.1}\" y1=\"{y:.1}\" y2=\"{y:.1}\" stroke=\"lightgrey\"/>\
             <text x=\"{:.1}\" y=\"{:.1}\" text-anchor=\"end\">{label}</text>",
            across(1e6),
            LEFT - 6.0,
            y + 4.0
        );
    }
    for decade in ENTRIES {
        let x = across(10f64.powi(decade));
        let _ = writeln!(
            svg,
            "<line x1=\"{x:.1}\" x2=\"{x:.1}\" y1=\"30\" y2=\"{BOTTOM}\" stroke=\"lightgrey\"/>\
             <text x=\"{x:.1}\" y=\"{}\" text-anchor=\"middle\">10^{decade}</text>",
            BOTTOM + 18.0
        );
    }
    for (line, colour) in lines.iter().zip(COLOURS) {
        let places: Vec<(f64, f64)> = line
            .points
            .iter()
            .map(|(entries, seconds)| (across(*entries as f64), down(*seconds)))
            .collect();
        let path: String = places.iter().map(|(x, y)| format!("{x:.1},{y:.1} ")).collect();
        let _ = writeln!(
            svg,
            "<polyline points=\"{}\" fill=\"none\" stroke=\"{colour}\" stroke-width=\"2\"/>",
            path.trim_end()
        );
        if let Some((x, y)) = places.last() {
            let _ = writeln!(
                svg,
                "<text x=\"{:.1}\" y=\"{:.1}\" fill=\"{colour}\">{}</text>",
                x + 6.0,
                y + 4.0,
                line.name
            );
        }
    }
    svg.push_str("</svg>\n");
    svg
}

fn across(entries: f64) -> f64 {
    let (first, last) = (f64::from(*ENTRIES.start()), f64::from(*ENTRIES.end()));
    LEFT + (entries.log10() - first) / (last - first) * (WIDTH - LEFT - 130.0)
}

fn down(seconds: f64) -> f64 {
    let (first, last) = (f64::from(*SECONDS.start()), f64::from(*SECONDS.end()));
    let share = (seconds.log10().clamp(first, last) - first) / (last - first);
    BOTTOM - share * (BOTTOM - 30.0)
}
