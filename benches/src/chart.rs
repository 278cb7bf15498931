//! Measured values as a picture: lines over two logarithmic scales.

use std::{fmt::Write as _, ops::RangeInclusive};

const COLOURS: [&str; 6] =
    ["steelblue", "indianred", "seagreen", "darkorange", "slateblue", "dimgrey"];
/// Room for the labels of the scale, left of where the picture begins.
const MARGIN: f64 = 20.0;
const WIDTH: f64 = 640.0;
const HEIGHT: f64 = 400.0;
const LEFT: f64 = 70.0;
const RIGHT: f64 = 510.0;
const TOP: f64 = 30.0;
const BOTTOM: f64 = 350.0;
/// The least distance between the names of two lines.
const LINE: f64 = 14.0;

/// Decades, and what each of their powers of ten is called.
pub struct Scale {
    /// The exponents of the first and the last, from -9 to 14.
    pub decades: RangeInclusive<i32>,
    /// The unit without a prefix, as in `s` or `B/s`; empty for numbers of things.
    pub unit: &'static str,
}

/// The name of a line, and its points.
pub struct Line {
    /// Stands at its end.
    pub name: String,
    /// Across and up, in the units of the scales.
    pub points: Vec<(f64, f64)>,
}

/// A picture with its scales. What grows in proportion runs at one slope everywhere.
pub struct Chart {
    /// Stands above it.
    pub title: &'static str,
    /// From left to right.
    pub across: Scale,
    /// From bottom to top.
    pub up: Scale,
    /// Six at most have colours of their own.
    pub lines: Vec<Line>,
}

impl Chart {
    /// The picture as an SVG document.
    #[must_use]
    pub fn svg(&self) -> String {
        let mut svg = format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"-{MARGIN} 0 {} {HEIGHT}\" \
             font-family=\"sans-serif\" font-size=\"12\">\n\
             <rect x=\"-{MARGIN}\" width=\"{}\" height=\"{HEIGHT}\" fill=\"white\"/>\n\
             <text x=\"8\" y=\"16\">{}</text>\n",
            WIDTH + MARGIN,
            WIDTH + MARGIN,
            self.title
        );
        // Writing to a string cannot fail.
        for decade in self.up.decades.clone() {
            let (y, label) = (self.y(10f64.powi(decade)), self.up.label(decade));
            let _ = writeln!(
                svg,
                "<line x1=\"{LEFT}\" x2=\"{RIGHT}\" y1=\"{y:.1}\" y2=\"{y:.1}\" \
                 stroke=\"lightgrey\"/><text x=\"{:.1}\" y=\"{:.1}\" \
                 text-anchor=\"end\">{label}</text>",
                LEFT - 6.0,
                y + 4.0
            );
        }
        for decade in self.across.decades.clone() {
            let (x, label) = (self.x(10f64.powi(decade)), self.across.label(decade));
            let _ = writeln!(
                svg,
                "<line x1=\"{x:.1}\" x2=\"{x:.1}\" y1=\"{TOP}\" y2=\"{BOTTOM}\" \
                 stroke=\"lightgrey\"/><text x=\"{x:.1}\" y=\"{}\" \
                 text-anchor=\"middle\">{label}</text>",
                BOTTOM + 18.0
            );
        }
        let mut names = Vec::new();
        for (line, colour) in self.lines.iter().zip(COLOURS.into_iter().cycle()) {
            let mut path = String::new();
            for (x, y) in &line.points {
                let _ = write!(path, "{:.1},{:.1} ", self.x(*x), self.y(*y));
            }
            let _ = writeln!(
                svg,
                "<polyline points=\"{}\" fill=\"none\" stroke=\"{colour}\" stroke-width=\"2\"/>",
                path.trim_end()
            );
            if let Some((x, y)) = line.points.last() {
                names.push((self.x(*x) + 6.0, self.y(*y) + 4.0, colour, &line.name));
            }
        }
        // From the top down, so that no name covers another.
        names.sort_by(|a, b| a.1.total_cmp(&b.1));
        let mut free = TOP;
        for (x, y, colour, name) in names {
            let y = y.max(free);
            free = y + LINE;
            let _ = writeln!(
                svg,
                "<text x=\"{x:.1}\" y=\"{y:.1}\" fill=\"{colour}\" stroke=\"white\" \
                 stroke-width=\"4\" paint-order=\"stroke\">{name}</text>"
            );
        }
        svg.push_str("</svg>\n");
        svg
    }

    fn x(&self, value: f64) -> f64 {
        LEFT + self.across.share(value) * (RIGHT - LEFT)
    }

    fn y(&self, value: f64) -> f64 {
        BOTTOM - self.up.share(value) * (BOTTOM - TOP)
    }
}

impl Scale {
    /// How far along a value stands: 0 at the first decade and below, 1 at the last and above.
    fn share(&self, value: f64) -> f64 {
        let (first, last) = (f64::from(*self.decades.start()), f64::from(*self.decades.end()));
        (value.log10().clamp(first, last) - first) / (last - first)
    }

    /// `10 ms`, `1 GB`; without a unit `10,000`.
    fn label(&self, decade: i32) -> String {
        let lead = 10i32.pow(decade.rem_euclid(3).unsigned_abs());
        let thousands = decade.div_euclid(3);
        if self.unit.is_empty() {
            return format!("{lead}{}", ",000".repeat(usize::try_from(thousands).unwrap_or(0)));
        }
        let prefix = match thousands {
            -3 => "n",
            -2 => "µ",
            -1 => "m",
            1 => "k",
            2 => "M",
            3 => "G",
            4 => "T",
            _ => "",
        };
        format!("{lead} {prefix}{}", self.unit)
    }
}
