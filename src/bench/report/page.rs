//! `docs/performance.md` and its pictures.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::path::Path;

use super::Found;
use super::chart::{Chart, Line};
use super::flame::{Folded, share};
use crate::bench::BenchError;
use crate::bench::load::as_f64;
use crate::bench::run::{Measured, Outcome, Verdict};

/// Writes the page and its pictures. Flame graphs that an earlier report has drawn stay.
pub(super) fn write(page: &Path, found: &Found, flames: &BTreeMap<String, String>) -> Result<(), BenchError> {
    let folder = page.with_extension("");
    std::fs::create_dir_all(&folder).map_err(|error| BenchError::file(&folder, error))?;
    let drawn: BTreeMap<String, String> = growth(found).into_iter().chain(endurance(found)).collect();
    for (name, svg) in drawn.iter().chain(flames) {
        let file = folder.join(name);
        std::fs::write(&file, svg).map_err(|error| BenchError::file(&file, error))?;
    }
    let earlier = found.flames.iter().map(|(name, _)| flame_of(name)).filter(|name| folder.join(name).exists());
    let pictures: BTreeSet<String> = drawn.into_keys().chain(earlier).collect();
    let name = folder.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    std::fs::write(page, text(found, &name, &pictures)).map_err(|error| BenchError::file(page, error))
}

/// The file of a workload's flame graph.
pub(super) fn flame_of(workload: &str) -> String {
    format!("flame-{}.svg", workload.to_lowercase())
}

fn text(found: &Found, folder: &str, pictures: &BTreeSet<String>) -> String {
    let mut out = String::from(
        "# Performance\n\nWritten by `zhengzhao bench report`; `benches/run` builds the program, starts its PostgreSQL and Redis, and calls it. ",
    );
    out += "Absolute figures are this machine's; what counts are ratios of figures of one run. The server and its database run on one core, the load maker on the other; ";
    out += "every answer is looked at for errors, and every 61st is compared with what it must be. Processor times are of the whole process tree, user and system.\n\n## Targets\n\n";
    out += "| what | target | found | |\n|---|---|---|---|\n";
    for verdict in verdicts(found) {
        let _ = writeln!(
            out,
            "| {} | {} | {} | {} |",
            verdict.what,
            verdict.target,
            verdict.found,
            if verdict.met { "met" } else { "**not met**" }
        );
    }
    floors(&mut out, found);
    out += "\nWhat makes these figures, what is left in them, and why a target is missed: [speed.md](speed.md).\n";
    out += "\n## Machine\n\n| | |\n|---|---|\n";
    for (name, value) in &found.machine {
        let _ = writeln!(out, "| {name} | {value} |");
    }
    for outcome in &found.outcomes {
        table(&mut out, outcome);
    }
    out += "\n## Data\n\n| certificates | database, GB | loaded in, s |\n|---|---|---|\n";
    for (size, (seconds, gigabytes)) in &found.loads {
        let seconds = seconds.map_or_else(|| "before".to_owned(), |seconds| format!("{seconds:.0}"));
        let _ = writeln!(out, "| {size} | {gigabytes:.2} | {seconds} |");
    }
    picture(&mut out, "Growth", folder, pictures, &["growth-cpu.svg", "growth-database.svg", "growth-requests.svg"]);
    for (name, parts) in &found.flames {
        picture(&mut out, &format!("Where {name} spends its time"), folder, pictures, &[&flame_of(name)]);
        out += "\nA sample counts in every part that its stack passes through, so the shares overlap.\n";
        out += "\n| part | share of the hub's time, % |\n|---|---|\n";
        for (part, share) in parts {
            let _ = writeln!(out, "| {part} | {:.1} |", share * 100.0);
        }
    }
    if let Some(endured) = &found.endured {
        picture(&mut out, "The mixture for minutes", folder, pictures, &["endure-memory.svg", "endure-requests.svg"]);
        let _ = writeln!(out, "\n{} requests, {} of them compared, no error.", endured.requests, endured.checked);
    }
    if !found.sm2.is_empty() {
        let _ = write!(out, "\n## SM2\n\n`cargo bench -p verify --bench sm2`:\n\n```text\n{}\n```\n", found.sm2.trim_end());
    }
    out += "\n## Again\n\n```sh\nbenches/run                       # all of it, some hours with ten million\nbenches/run --sizes 100000 --minutes 1\nbenches/run --sizes 100000,1000000,10000000 --lean --resume   # only what is missing, 35 GB in place of 65\n";
    out += "zhengzhao bench data --database URL --certificates 1000000\nzhengzhao bench run --only W1,W2,W3\n```\n";
    out
}

/// How much room the targets against a peer leave: what nothing on the same PostgreSQL can be below.
fn floors(out: &mut String, found: &Found) {
    let Some(outcome) = found.outcomes.iter().find(|outcome| outcome.measured.iter().any(|one| one.target == "postgraphile")) else {
        return;
    };
    let of = |target: &str, name: &str| outcome.measured.iter().find(|one| one.target == target && one.workload == name);
    let row = |name: &str| {
        let (peer, bare) = (of("postgraphile", name)?, of("bare", name)?);
        let whole = peer.server? + peer.database?;
        let share = |part: f64| format!("{:.2} ×", part / whole);
        Some(format!("| {name} | {} | {} |\n", share(peer.database?), share(bare.server? + bare.database?)))
    };
    let rows: String = ["W1", "W2", "W3"].into_iter().filter_map(row).collect();
    if !rows.is_empty() {
        *out += "\nOf PostGraphile's and its PostgreSQL's processor time, what two things take that no hub can do without:\n\n";
        *out += "| | PostgreSQL alone, for PostGraphile's own statement | the bare handler and its PostgreSQL |\n|---|---|---|\n";
        *out += &rows;
    }
}

/// The verdicts of all parts of the report.
fn verdicts(found: &Found) -> Vec<Verdict> {
    let full = found.outcomes.iter().max_by_key(|outcome| outcome.verdicts.len());
    let mut all: Vec<Verdict> = full.map(|outcome| outcome.verdicts.clone()).unwrap_or_default();
    if let (Some(first), Some(last)) =
        (full, found.outcomes.last().filter(|last| Some(last.certificates) != full.map(|full| full.certificates)))
    {
        for name in ["W1", "W2", "W3", "W5"] {
            let cost = |outcome: &Outcome| hub(outcome, name).and_then(|one| Some(one.server? + one.database?));
            let grown = cost(first).zip(cost(last)).map(|(first, last)| last / first);
            let sizes = format!("{} against {} certificates", last.certificates, first.certificates);
            all.extend(grown.map(|grown| Verdict::at_most(format!("{name}: CPU of hub + PostgreSQL, {sizes}"), grown, 1.3, " ×")));
            let sent = |outcome: &Outcome| hub(outcome, name)?.transactions;
            let grown = sent(first).zip(sent(last)).map(|(first, last)| last / first);
            all.extend(grown.map(|grown| Verdict::at_most(format!("{name}: transactions a request, {sizes}"), grown, 1.3, " ×")));
        }
    }
    all.extend(found.seen.iter().flat_map(super::Seen::verdicts));
    all.extend(found.started.iter().flat_map(super::Started::verdicts));
    all.extend(
        found.endured.as_ref().and_then(|endured| endured.growth()).map(|growth| {
            Verdict::at_most("the mixture for minutes: memory of the hub at the end against the beginning", growth, 1.1, " ×")
        }),
    );
    all
}

fn hub<'a>(outcome: &'a Outcome, name: &str) -> Option<&'a Measured> {
    outcome.measured.iter().find(|one| one.target == "hub" && one.workload == name)
}

fn table(out: &mut String, outcome: &Outcome) {
    let _ = write!(out, "\n## {} certificates, {} connections\n\n", outcome.certificates, outcome.connections);
    *out += "| | server | requests/s | p50 µs | p99 µs | CPU of server µs | CPU of PostgreSQL µs | transactions | memory MB | body bytes | compared |\n|---|---|---|---|---|---|---|---|---|---|---|\n";
    let cell = |value: Option<f64>| value.map_or_else(|| "–".to_owned(), |value| format!("{value:.0}"));
    let mut rows: Vec<&Measured> = outcome.measured.iter().collect();
    rows.sort_by(|one, other| one.workload.cmp(&other.workload));
    for one in rows {
        let title = if one.title.is_empty() { one.workload.clone() } else { format!("{} {}", one.workload, one.title) };
        let _ = writeln!(
            out,
            "| {title} | {} | {:.0} | {:.0} | {:.0} | {} | {} | {} | {} | {} | {} |",
            one.target,
            one.per_second,
            one.p50,
            one.p99,
            cell(one.server),
            cell(one.database),
            one.transactions.map_or_else(|| "–".to_owned(), |each| format!("{each:.2}")),
            cell(one.memory),
            one.bytes,
            one.deep
        );
    }
    if !outcome.facts.is_empty() {
        *out += "\n| limit | |\n|---|---|\n";
        for (name, fact) in &outcome.facts {
            let unit = if ["sign", "copy"].contains(&name.as_str()) { "µs a certificate, alone" } else { "a second" };
            let _ = writeln!(out, "| {name} | {fact:.0} {unit} |");
        }
    }
    for (name, why) in &outcome.absent {
        let _ = writeln!(out, "\nAbsent: {name} ({why}).");
    }
}

fn picture(out: &mut String, title: &str, folder: &str, pictures: &BTreeSet<String>, names: &[&str]) {
    let there: Vec<_> = names.iter().filter(|name| pictures.contains(**name)).collect();
    if !there.is_empty() {
        let _ = write!(out, "\n## {title}\n\n");
        for name in there {
            let _ = writeln!(out, "![{title}]({folder}/{name})");
        }
    }
}

fn growth(found: &Found) -> Vec<(String, String)> {
    if found.outcomes.len() < 2 {
        return Vec::new();
    }
    let chart = |title: &str, up: &str, names: &[&str], value: fn(&Measured) -> Option<f64>| {
        let line = |name: &&str| {
            let point = |outcome: &Outcome| Some((as_f64(outcome.certificates), value(hub(outcome, name)?)?));
            Line { name: (*name).to_owned(), points: found.outcomes.iter().filter_map(point).collect() }
        };
        Chart { title, across: "certificates", up, logarithmic: true, lines: names.iter().map(line).collect() }.svg()
    };
    let names = ["W1", "W2", "W3", "W5"];
    vec![
        ("growth-cpu.svg".into(), chart("Processor time of the hub for one request", "µs", &names, |one| one.server)),
        ("growth-database.svg".into(), chart("Processor time of PostgreSQL for one request", "µs", &names, |one| one.database)),
        ("growth-requests.svg".into(), chart("Requests a second", "", &names, |one| Some(one.per_second))),
    ]
}

fn endurance(found: &Found) -> Vec<(String, String)> {
    let Some(endured) = &found.endured else { return Vec::new() };
    let line = |name: &str, value: fn(&super::super::endure::Sample) -> f64| Line {
        name: name.to_owned(),
        points: endured.samples.iter().map(|sample| (sample.seconds, value(sample))).collect(),
    };
    let chart = |title, up, lines| Chart { title, across: "seconds", up, logarithmic: false, lines }.svg();
    vec![
        (
            "endure-memory.svg".into(),
            chart("Resident memory of the hub under the mixture W8", "MB", vec![line("hub", |sample| sample.hub)]),
        ),
        ("endure-requests.svg".into(), chart("Requests a second under the mixture W8", "", vec![line("W8", |sample| sample.per_second)])),
    ]
}

/// What the time went to, by words in the frames.
pub(super) fn parts(folded: &Folded) -> Vec<(String, f64)> {
    let of = |name: &str, words: &'static [&'static str]| {
        (name.to_owned(), share(folded, |frame| words.iter().any(|word| frame.contains(word))))
    };
    vec![
        of("the driver (sqlx, sea-orm)", &["sqlx", "sea_orm", "sea_query"]),
        of("GraphQL by the library (async-graphql)", &["async_graphql"]),
        of("the hub's own GraphQL and plans", &["zhengzhao::graphql", "model::plan"]),
        of("HTTP (hyper, axum, tower)", &["hyper::proto", "axum::", "tower_http"]),
        of("the journal of reads", &["zhengzhao::journal", "append_access"]),
        of("memory (malloc, free)", &["malloc", "free", "mi_"]),
        of("the kernel: sockets", &["tcp_sendmsg", "tcp_recvmsg", "__sys_sendto", "__sys_recvfrom", "sock_sendmsg", "sock_recvmsg"]),
        of("the kernel: waiting and waking", &["do_epoll_wait", "futex", "__schedule"]),
    ]
}
