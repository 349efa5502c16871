//! Lines over a number that grows, as a picture.

use std::fmt::Write as _;

use super::flame::escaped;

const WIDTH: f64 = 760.0;
const HEIGHT: f64 = 320.0;
const LEFT: f64 = 70.0;
const RIGHT: f64 = 150.0;
const TOP: f64 = 40.0;
const BOTTOM: f64 = 45.0;
const COLOURS: [&str; 8] = ["#1f77b4", "#d62728", "#2ca02c", "#9467bd", "#ff7f0e", "#8c564b", "#17becf", "#7f7f7f"];

/// One line.
#[derive(Debug, Clone)]
pub(super) struct Line {
    pub(super) name: String,
    pub(super) points: Vec<(f64, f64)>,
}

#[derive(Debug, Clone)]
pub(super) struct Chart<'a> {
    pub(super) title: &'a str,
    pub(super) across: &'a str,
    pub(super) up: &'a str,
    /// Powers of ten at equal distances.
    pub(super) logarithmic: bool,
    pub(super) lines: Vec<Line>,
}

impl Chart<'_> {
    pub(super) fn svg(&self) -> String {
        let points = || self.lines.iter().flat_map(|line| line.points.iter().copied());
        let place = |x: f64| if self.logarithmic { x.max(1.0).log10() } else { x };
        let (low, high) =
            points().map(|(x, _)| place(x)).fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), x| (low.min(x), high.max(x)));
        let most = nice(points().map(|(_, y)| y).fold(0.0, f64::max));
        let across = |x: f64| LEFT + (place(x) - low) / (high - low).max(1e-9) * (WIDTH - LEFT - RIGHT);
        let up = |y: f64| HEIGHT - BOTTOM - y / most.max(1e-9) * (HEIGHT - TOP - BOTTOM);
        let mut out = format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {HEIGHT}\" font-family=\"sans-serif\" font-size=\"12\">\
             <rect width=\"100%\" height=\"100%\" fill=\"#fff\"/><text x=\"{LEFT}\" y=\"22\" font-size=\"14\">{}</text>",
            escaped(self.title)
        );
        for step in 0..=4 {
            let y = most * f64::from(step) / 4.0;
            let _ = write!(
                out,
                "<path d=\"M{LEFT} {0:.1}H{1}\" stroke=\"#ddd\"/><text x=\"{2}\" y=\"{3:.1}\" text-anchor=\"end\">{4}</text>",
                up(y),
                WIDTH - RIGHT,
                LEFT - 6.0,
                up(y) + 4.0,
                number(y)
            );
        }
        let mut marks: Vec<f64> = if self.logarithmic {
            points().map(|(x, _)| x).collect()
        } else {
            (0..=5).map(|step| low + (high - low) * f64::from(step) / 5.0).collect()
        };
        marks.sort_by(f64::total_cmp);
        marks.dedup();
        for x in marks.into_iter().filter(|x| x.is_finite()) {
            let _ =
                write!(out, "<text x=\"{:.1}\" y=\"{}\" text-anchor=\"middle\">{}</text>", across(x), HEIGHT - BOTTOM + 18.0, number(x));
        }
        let _ = write!(out, "<text x=\"{}\" y=\"{}\" text-anchor=\"end\">{}</text>", WIDTH - RIGHT, HEIGHT - 8.0, escaped(self.across));
        let _ = write!(out, "<text x=\"6\" y=\"{}\">{}</text>", TOP - 6.0, escaped(self.up));
        for (line, colour) in self.lines.iter().zip(COLOURS.iter().cycle()) {
            let path: String = line
                .points
                .iter()
                .enumerate()
                .map(|(place, (x, y))| format!("{}{:.1} {:.1}", if place == 0 { 'M' } else { 'L' }, across(*x), up(*y)))
                .collect();
            let _ = write!(out, "<path d=\"{path}\" fill=\"none\" stroke=\"{colour}\" stroke-width=\"2\"/>");
            if let Some((x, y)) = line.points.last() {
                let _ = write!(
                    out,
                    "<text x=\"{:.1}\" y=\"{:.1}\" fill=\"{colour}\">{}</text>",
                    across(*x) + 6.0,
                    up(*y) + 4.0,
                    escaped(&line.name)
                );
            }
        }
        out + "</svg>\n"
    }
}

/// The next of 1, 2, 5, 10 … above.
fn nice(most: f64) -> f64 {
    let mut step = 1e-3;
    loop {
        for times in [1.0, 2.0, 5.0] {
            if step * times >= most {
                return step * times;
            }
        }
        step *= 10.0;
    }
}

fn number(value: f64) -> String {
    match value {
        value if value >= 1e6 => format!("{} M", value / 1e6),
        value if value >= 1e4 => format!("{:.0} k", value / 1e3),
        value if value >= 10.0 || value == 0.0 => format!("{value:.0}"),
        value => format!("{value:.2}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_chart_has_its_lines_and_no_nonsense() {
        let lines = vec![Line { name: "W1 <hub>".into(), points: vec![(1e5, 40.0), (1e6, 44.0)] }];
        let svg = Chart { title: "growth", across: "certificates", up: "µs", logarithmic: true, lines }.svg();
        assert!(svg.contains("W1 &lt;hub&gt;") && svg.contains("1 M") && !svg.contains("NaN"), "{svg}");
        let empty = Chart { title: "", across: "", up: "", logarithmic: false, lines: Vec::new() }.svg();
        assert!(!empty.contains("NaN") && !empty.contains("inf"), "{empty}");
        assert!((nice(42.0) - 50.0).abs() < 1e-9);
    }
}
