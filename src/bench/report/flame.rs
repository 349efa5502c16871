//! Where the hub's time goes: stacks that `perf` sampled, folded and drawn.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::process::Command;
use std::time::Duration;

use crate::bench::BenchError;
use crate::bench::load::as_f64;
use crate::bench::load::process::Tree;

/// Samples a second: no multiple of anything that happens regularly.
const RATE: &str = "497";
const WIDTH: f64 = 1200.0;
const ROW: f64 = 17.0;
/// Narrower frames are left out, in pixels.
const NARROW: f64 = 0.6;

/// Stacks, outermost frame first, with how often each was met.
pub(super) type Folded = BTreeMap<Vec<String>, u64>;

/// Samples a process for a while, beside whatever puts load on it.
///
/// # Errors
/// `perf` is not there, may not look, or saw nothing.
pub(super) async fn record(tree: Tree, length: Duration) -> Result<Folded, BenchError> {
    let file = std::env::temp_dir().join(format!("zhengzhao-bench-{}.perf", tree.0));
    let (path, pid, seconds) = (file.clone(), tree.0.to_string(), length.as_secs().max(1).to_string());
    let work = tokio::task::spawn_blocking(move || {
        let mut record = Command::new("perf");
        record.args(["record", "-q", "-e", "cpu-clock", "-F", RATE, "--call-graph", "dwarf,16384", "-p", &pid, "-o"]).arg(&path);
        run(record.args(["--", "sleep", &seconds]))?;
        run(Command::new("perf").args(["script", "--no-inline", "-F", "ip,sym", "-i"]).arg(&path))
    });
    let told = work.await.map_err(|error| BenchError::tool("perf", error))?;
    // A file of ours in the folder for such files: left behind it harms nobody.
    let _ = std::fs::remove_file(&file);
    let folded = fold(&told?);
    if folded.is_empty() { Err(BenchError::tool("perf", "it saw nothing")) } else { Ok(folded) }
}

fn run(command: &mut Command) -> Result<String, BenchError> {
    let done = command.output().map_err(|error| BenchError::tool("perf", error))?;
    if !done.status.success() {
        return Err(BenchError::tool("perf", String::from_utf8_lossy(&done.stderr)));
    }
    Ok(String::from_utf8_lossy(&done.stdout).into_owned())
}

/// Reads `perf script -F ip,sym`: a paragraph a sample, the innermost frame first.
fn fold(text: &str) -> Folded {
    let mut folded = Folded::new();
    for sample in text.split("\n\n") {
        let frames = sample.lines().filter_map(|line| line.trim().split_once(' ')).map(|(_, name)| short(name));
        let mut stack: Vec<String> = frames.collect();
        stack.reverse();
        if !stack.is_empty() {
            *folded.entry(stack).or_default() += 1;
        }
    }
    folded
}

/// Without the hash at the end and what generic parameters say.
fn short(name: &str) -> String {
    let (mut out, mut depth) = (String::new(), 0u32);
    let name = name.trim().rsplit_once("::h").filter(|(_, hash)| hash.len() == 16).map_or(name.trim(), |(name, _)| name);
    for character in name.replace("->", "→").chars() {
        match character {
            '<' => depth += 1,
            '>' => depth = depth.saturating_sub(1),
            _ if depth == 0 => out.push(character),
            _ => {}
        }
    }
    let out = out.replace("::{{closure}}", "").replace("::::", "::");
    if out.trim_matches(':').is_empty() { name.chars().take(80).collect() } else { out.trim_start_matches("::").to_owned() }
}

/// The share of all samples whose stack holds a frame that `which` accepts.
pub(super) fn share(folded: &Folded, which: impl Fn(&str) -> bool) -> f64 {
    let all: u64 = folded.values().sum();
    let with: u64 = folded.iter().filter(|(stack, _)| stack.iter().any(|frame| which(frame))).map(|(_, count)| count).sum();
    as_f64(with) / as_f64(all.max(1))
}

/// The picture.
pub(super) fn svg(folded: &Folded, title: &str) -> String {
    let all: u64 = folded.values().sum();
    let stacks: Vec<(&[String], u64)> = folded.iter().map(|(stack, count)| (stack.as_slice(), *count)).collect();
    let mut boxes = String::new();
    let deepest = draw(&stacks, 0, 0.0, WIDTH / as_f64(all.max(1)), all, &mut boxes);
    let height = as_f64(deepest as u64 + 2) * ROW + 20.0;
    // The root is at the bottom.
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {height}\" font-family=\"monospace\" font-size=\"11\">\
         <rect width=\"100%\" height=\"100%\" fill=\"#fff\"/><text x=\"6\" y=\"15\" font-size=\"13\">{}</text>\
         <g transform=\"translate(0 {})\">{boxes}</g></svg>\n",
        escaped(&format!("{title}, {all} samples")),
        height - 4.0
    )
}

/// Draws the frames at `depth` and what is above them; how deep it went.
fn draw(stacks: &[(&[String], u64)], depth: usize, left: f64, scale: f64, all: u64, out: &mut String) -> usize {
    let mut deepest = depth;
    let mut at = left;
    let mut rest = stacks;
    while let Some((first, _)) = rest.first() {
        let frame = first.get(depth);
        let many = rest.iter().take_while(|(stack, _)| stack.get(depth) == frame).count();
        let (same, others) = rest.split_at(many);
        rest = others;
        let count: u64 = same.iter().map(|(_, count)| count).sum();
        let width = as_f64(count) * scale;
        if let Some(frame) = frame.filter(|_| width >= NARROW) {
            rectangle(frame, depth, at, width, as_f64(count) / as_f64(all.max(1)), out);
            deepest = deepest.max(draw(same, depth + 1, at, scale, all, out));
        }
        at += width;
    }
    deepest
}

fn rectangle(frame: &str, depth: usize, left: f64, width: f64, share: f64, out: &mut String) {
    let top = -as_f64(depth as u64 + 1) * ROW;
    let hue = frame.bytes().fold(7u32, |hash, byte| hash.wrapping_mul(31).wrapping_add(byte.into())) % 50;
    let fits = if width > 30.0 {
        frame
            .chars()
            .rev()
            .take_while({
                let mut left = width / 6.7;
                move |_| {
                    left -= 1.0;
                    left > 0.0
                }
            })
            .collect::<Vec<_>>()
    } else {
        Vec::new()
    };
    let text: String = fits.into_iter().rev().collect();
    let _ = write!(
        out,
        "<g><title>{} ({:.1} %)</title><rect x=\"{left:.1}\" y=\"{top:.1}\" width=\"{:.1}\" height=\"{:.1}\" fill=\"hsl({hue},80%,70%)\"/>\
         <text x=\"{:.1}\" y=\"{:.1}\">{}</text></g>",
        escaped(frame),
        share * 100.0,
        (width - 0.4).max(0.2),
        ROW - 1.0,
        left + 2.0,
        top + 12.0,
        escaped(&text)
    );
}

pub(super) fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn samples_are_folded_and_drawn() {
        let text =
            "  55d0 zhengzhao::store::read::h0123456789abcdef\n  55d1 main\n\n  55d2 malloc\n  55d1 main\n\n  55d2 malloc\n  55d1 main\n\n";
        let folded = fold(text);
        assert_eq!(folded[&vec!["main".to_owned(), "malloc".to_owned()]], 2);
        assert!((share(&folded, |frame| frame.contains("store")) - 1.0 / 3.0).abs() < 1e-9);
        let picture = svg(&folded, "W1");
        assert!(picture.contains("zhengzhao::store::read (33.3 %)") && picture.contains("main (100.0 %)"), "{picture}");
        assert_eq!(short("<alloc::vec::Vec<T> as core::clone::Clone>::clone::h0123456789abcdef"), "clone");
    }
}
