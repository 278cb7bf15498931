//! A schedule as a picture of the chain: one SVG that stands by itself.
//!
//! Above, what the data goes through: each box a link with its rate, the slowest marked. Below, the
//! hours of each stage as a bar. It has no script, asks for nothing outside itself, and is light or
//! dark as its reader is. Eight hundred units wide, and drawn so that it is read at as many pixels.

use super::{Link, Schedule, Stage, StageKind};
use crate::page::html::Html;

const STYLE: &str = include_str!("picture.css");

const WIDTH: usize = 800;
const MARGIN: usize = 20;
/// Boxes of the chain: four columns.
const BOX_WIDTH: usize = 160;
const BOX_HEIGHT: usize = 78;
const COLUMN: usize = 200;
const ROW: usize = 104;
const TOP: usize = 92;
/// What a box tells, in this order.
const WAYS: [&str; 3] = ["write", "read", "interface"];
/// Characters of a sentence on one line.
const LINE: usize = 100;
/// Bars of the stages.
const BAR_LEFT: usize = 130;
const BAR_WIDTH: usize = 360;
const BAR_HEIGHT: usize = 22;
const BAR_ROW: usize = 34;

/// A box: one or several links of one thing.
struct Node<'a> {
    name: &'a str,
    links: Vec<(&'static str, &'a Link)>,
    column: usize,
    row: usize,
    /// The box that it is fed from.
    from: Vec<usize>,
}

impl Schedule {
    /// The chain as one self-contained picture in SVG: every link with its rate, the bottleneck
    /// marked, and the hours of each stage. It has a title and a description for those who do not see
    /// it, follows the reader's choice of light or dark, and needs no network.
    ///
    /// Whatever the plan says is escaped, and shortened where its box ends. The same schedule is the
    /// same bytes.
    ///
    /// ```
    /// # use mhl_policy::plan::{Plan, Rates};
    /// # let plan = Plan::from_toml("name = 'A < B'\ngenre = 'nonfiction'\n[shooting]\ndata_per_day = '1 TB'\n[cards]\nsize = '1 TB'\nat_hand = 4\nmargin = 1\n[chain.card]\nread = '500 MB/s'\n[chain.reader]\nread = '500 MB/s'\n[[chain.drives]]\nname = 'RAID'\nwrite = '400 MB/s'\nread = '600 MB/s'")?;
    /// let picture = plan.schedule(&Rates::published(), &mhl_policy::Profile::default())?.to_svg();
    /// assert!(picture.starts_with("<svg ") && picture.contains("A &lt; B"));
    /// # Ok::<(), mhl_policy::plan::PlanError>(())
    /// ```
    #[must_use]
    pub fn to_svg(&self) -> String {
        let nodes = self.nodes();
        let rows = nodes.iter().map(|node| node.row + 1).max().unwrap_or(1);
        let bars = TOP + rows * ROW + 12;
        let words = bars + self.stages.len() * BAR_ROW + 26;
        let mut said = lines(&format!("Change first: {}.", self.first_change()));
        said.extend(lines(&format!("Cards: {}.", self.card_sum())));
        let height = words + said.len() * 20;
        let mut svg = Html::new();
        svg.raw("<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"").text(WIDTH);
        svg.raw("\" height=\"")
            .text(height)
            .raw("\" viewBox=\"0 0 ")
            .text(WIDTH)
            .raw(" ")
            .text(height);
        svg.raw("\" role=\"img\" aria-labelledby=\"title description\">\n<title id=\"title\">");
        svg.text(format!("The chain of {}", self.production))
            .raw("</title>\n<desc id=\"description\">");
        svg.text(self.described()).raw("</desc>\n<style>\n").raw(STYLE).raw("</style>\n");
        svg.raw("<rect class=\"paper\" width=\"")
            .text(WIDTH)
            .raw("\" height=\"")
            .text(height)
            .raw("\"/>\n");
        text(&mut svg, "name", MARGIN, 36, &shortened(&self.production, 46));
        let day = format!("{} each shooting day, {}", self.data_per_day, self.genre);
        text(&mut svg, "soft", MARGIN, 58, &day);
        for node in &nodes {
            for from in node.from.iter().filter_map(|from| nodes.get(*from)) {
                edge(&mut svg, from, node);
            }
        }
        for node in &nodes {
            self.draw(&mut svg, node);
        }
        self.draw_bars(&mut svg, bars);
        for (line, said) in said.iter().enumerate() {
            text(&mut svg, "said", MARGIN, words + line * 20, said);
        }
        svg.raw("</svg>\n");
        svg.finish()
    }

    /// The same in words, for those who do not see it.
    fn described(&self) -> String {
        let stages = self.stages.iter().map(|stage| match (stage.time, stage.rate) {
            (Some(time), Some(rate)) => format!("{} takes {time} at {rate}", stage.kind),
            _ => format!("how long {} takes is unknown", stage.kind),
        });
        let stages: Vec<String> = stages.collect();
        let total = match self.total {
            Some(total) => format!("together {total}"),
            None => "together unknown".to_owned(),
        };
        let bottleneck = match self.bottleneck {
            Some(kind) => format!("The bottleneck is {kind}"),
            None => "The bottleneck is unknown".to_owned(),
        };
        format!(
            "For the material of one shooting day {}; {total}. {bottleneck}. To change first: {}. Cards: {}.",
            stages.join("; "),
            self.first_change(),
            self.card_sum()
        )
    }

    /// Every box: card, reader, drives, and where the material ends.
    fn nodes(&self) -> Vec<Node<'_>> {
        let mut nodes: Vec<Node<'_>> = Vec::new();
        for stage in &self.stages {
            for link in &stage.links {
                let (column, name) = place(stage.kind, link);
                let told = if link.component == name { link.direction.name() } else { "interface" };
                let known = nodes.iter_mut().find(|node| node.name == name);
                let Some(node) = known else {
                    let row = nodes.iter().filter(|node| node.column == column).count();
                    let from = self.fed_from(stage, column, &nodes);
                    nodes.push(Node { name, links: vec![(told, link)], column, row, from });
                    continue;
                };
                if node.links.iter().all(|(way, _)| *way != told) {
                    node.links.push((told, link));
                }
            }
        }
        nodes
    }

    /// The boxes that feed a new one in a column: the one before it in its stage's order, by name
    /// for what is read from a drive.
    fn fed_from(&self, stage: &Stage, column: usize, nodes: &[Node<'_>]) -> Vec<usize> {
        let before = |node: &&Node<'_>| match stage.kind {
            StageKind::Copy => node.column < column,
            _ => stage.links.first().is_some_and(|link| link.component == node.name),
        };
        let nearest = nodes.iter().filter(before).map(|node| node.column).max();
        let feeding = nodes.iter().enumerate();
        feeding
            .filter(|(_, node)| before(node) && Some(node.column) == nearest)
            .map(|(index, _)| index)
            .collect()
    }

    fn draw(&self, svg: &mut Html, node: &Node<'_>) {
        let (x, y) = (MARGIN + node.column * COLUMN, TOP + node.row * ROW);
        let governs = self.governs(node);
        let unknown = node.links.iter().any(|(_, link)| link.rate.is_none());
        svg.raw("<g><title>").text(told_whole(node)).raw("</title>\n<rect class=\"");
        svg.raw(match (governs, unknown) {
            (true, _) => "box worst",
            (false, true) => "box unknown",
            (false, false) => "box",
        });
        rectangle(svg, x, y, BOX_WIDTH, BOX_HEIGHT);
        let several = match node.links.first() {
            Some((_, link)) if link.count > 1 => format!(" x {}", link.count),
            _ => String::new(),
        };
        let name = shortened(node.name, 17 - several.len().min(12)) + &several;
        // Letters that are wider than most end where the box does.
        svg.raw("<svg");
        place_at(svg, x, y, BOX_WIDTH, BOX_HEIGHT);
        svg.raw(">\n");
        text(svg, "name-of", 10, 20, &name);
        let mut links = node.links.clone();
        links.sort_by_key(|(way, _)| WAYS.iter().position(|known| known == way));
        for (line, (way, link)) in links.iter().enumerate() {
            let rate = link.rate.map_or_else(|| "unknown".to_owned(), |rate| rate.to_string());
            text(svg, "rate", 10, 38 + line * 16, &format!("{way} {rate}"));
        }
        svg.raw("</svg>\n");
        if governs {
            svg.raw("<text class=\"mark\" text-anchor=\"end\" x=\"").text(x + BOX_WIDTH);
            svg.raw("\" y=\"").text(y.saturating_sub(7)).raw("\">bottleneck</text>\n");
        }
        svg.raw("</g>\n");
    }

    /// Whether a box governs the stage that takes longest.
    fn governs(&self, node: &Node<'_>) -> bool {
        let stage = self.stages.iter().find(|stage| Some(stage.kind) == self.bottleneck);
        let governing = stage.map(Stage::governed_by).unwrap_or_default();
        governing.iter().any(|link| place(StageKind::Copy, link).1 == node.name)
    }

    fn draw_bars(&self, svg: &mut Html, top: usize) {
        let longest = self.stages.iter().filter_map(|stage| stage.time).max().unwrap_or_default();
        for (index, stage) in self.stages.iter().enumerate() {
            let y = top + index * BAR_ROW;
            let worst = Some(stage.kind) == self.bottleneck;
            text(svg, "label", MARGIN, y + 16, stage.kind.name());
            let Some(time) = stage.time else {
                text(svg, "open", BAR_LEFT, y + 16, "unknown");
                continue;
            };
            let part = u128::from(time.milliseconds()) * BAR_WIDTH as u128;
            let width = part.checked_div(u128::from(longest.milliseconds())).unwrap_or(0);
            let width = usize::try_from(width).unwrap_or(BAR_WIDTH).max(2);
            svg.raw(if worst { "<rect class=\"bar worst" } else { "<rect class=\"bar" });
            rectangle(svg, BAR_LEFT, y, width, BAR_HEIGHT);
            let rate = stage.rate.map_or_else(String::new, |rate| format!(" at {rate}"));
            let mark = if worst { ", bottleneck" } else { "" };
            let class = if worst { "mark" } else { "value" };
            text(svg, class, BAR_LEFT + width + 10, y + 16, &format!("{time}{rate}{mark}"));
        }
    }
}

/// The column of a link's box, and its name: an interface is told in the box of what it connects.
fn place(kind: StageKind, link: &Link) -> (usize, &str) {
    let name = link.component.strip_suffix("'s interface").unwrap_or(&link.component);
    let column = match (kind, name) {
        (StageKind::Copy, "card" | "card and reader") => 0,
        (StageKind::Copy, "reader") => 1,
        (StageKind::TapeWrite | StageKind::TapeVerify | StageKind::Upload, _) => 3,
        _ => 2,
    };
    (column, name)
}

/// A box in a sentence, unshortened: what it is, and where each rate comes from.
fn told_whole(node: &Node<'_>) -> String {
    let links = node.links.iter().map(|(way, link)| match link.rate {
        Some(rate) => format!("{way} {rate} ({})", link.basis),
        None => format!("{way} unknown"),
    });
    let links: Vec<String> = links.collect();
    format!("{}: {}", node.name, links.join(", "))
}

fn edge(svg: &mut Html, from: &Node<'_>, to: &Node<'_>) {
    let start = (MARGIN + from.column * COLUMN + BOX_WIDTH, TOP + from.row * ROW + BOX_HEIGHT / 2);
    let end = (MARGIN + to.column * COLUMN, TOP + to.row * ROW + BOX_HEIGHT / 2);
    let middle = end.0 - (COLUMN - BOX_WIDTH) / 2;
    svg.raw("<path class=\"edge\" d=\"M").text(start.0).raw(" ").text(start.1);
    svg.raw("H").text(middle).raw("V").text(end.1).raw("H").text(end.0).raw("\"/>\n");
}

/// What is left of a rectangle after its class.
fn rectangle(svg: &mut Html, x: usize, y: usize, width: usize, height: usize) {
    svg.raw("\"");
    place_at(svg, x, y, width, height);
    svg.raw(" rx=\"3\"/>\n");
}

fn place_at(svg: &mut Html, x: usize, y: usize, width: usize, height: usize) {
    svg.raw(" x=\"").text(x).raw("\" y=\"").text(y).raw("\" width=\"").text(width);
    svg.raw("\" height=\"").text(height).raw("\"");
}

fn text(svg: &mut Html, class: &'static str, x: usize, y: usize, said: &str) {
    svg.raw("<text class=\"").raw(class).raw("\" x=\"").text(x).raw("\" y=\"").text(y).raw("\">");
    svg.text(said).raw("</text>\n");
}

/// The text, or its beginning where it is longer.
fn shortened(said: &str, length: usize) -> String {
    if said.chars().count() <= length {
        return said.to_owned();
    }
    let cut: String = said.chars().take(length.saturating_sub(1)).collect();
    cut.trim_end().to_owned() + "\u{2026}"
}

/// A sentence in lines of the picture's width. A word that is longer than a line is cut.
fn lines(said: &str) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in said.split_whitespace() {
        match lines.last_mut() {
            Some(line) if line.chars().count() + 1 + word.chars().count() <= LINE => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(shortened(word, LINE)),
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::super::{Plan, Rates, tests::PLAN};
    use crate::Profile;

    fn picture(text: &str) -> String {
        Plan::from_toml(text)
            .unwrap()
            .schedule(&Rates::published(), &Profile::default())
            .unwrap()
            .to_svg()
    }

    #[test]
    fn every_link_stands_in_the_picture_and_the_bottleneck_is_marked_once() {
        let svg = picture(PLAN);
        for said in [
            ">card<",
            ">reader<",
            ">RAID<",
            ">shuttle<",
            ">upload<",
            "read 800 MB/s",
            ">LTO-8 x 2<",
            "bottleneck is upload",
            ">5 h 20 min at 125 MB/s, bottleneck<",
        ] {
            assert!(svg.contains(said), "{said}: {svg}");
        }
        assert_eq!(svg.matches("class=\"box worst\"").count(), 1);
        assert_eq!(svg.matches("class=\"bar worst\"").count(), 1);
        assert_eq!(svg.matches("class=\"edge\"").count(), 5, "card, reader, two drives, tape, hub");
    }

    #[test]
    fn what_is_unknown_is_told_so() {
        let svg = picture(&PLAN.replacen("read = \"500 MB/s\"\n", "", 1));
        assert!(svg.contains("class=\"box unknown\"") && svg.contains("read unknown"), "{svg}");
        assert!(!svg.contains("class=\"box worst\"") && !svg.contains("class=\"bar worst\""));
    }

    #[test]
    fn row_37_and_38_no_name_becomes_markup() {
        let svg = picture(&PLAN.replace("\"RAID\"", "\"<script>'&\\u202e\\n\""));
        assert!(!svg.contains("<script>") && !svg.contains('\u{202e}'), "{svg}");
        assert!(svg.contains("&lt;script&gt;"), "{svg}");
        let tags = svg.matches('<').count();
        assert_eq!(tags, svg.matches('>').count());
    }

    #[test]
    fn it_asks_for_nothing_outside_itself() {
        let svg = picture(PLAN).replace("http://www.w3.org/2000/svg", "");
        for outside in ["http:", "https:", "url(", "<script", "<image", "href", "@import"] {
            assert!(!svg.contains(outside), "{outside}");
        }
    }
}
