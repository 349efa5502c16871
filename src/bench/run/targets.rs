//! What was to be reached, and was it? Every target is a ratio of figures of one run.

use serde::{Deserialize, Serialize};

use super::{ALONE, CACHED, IMPORTED, Outcome};
use crate::bench::load::as_f64;
use crate::bench::workloads::BATCH;

#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Verdict {
    pub what: String,
    pub target: String,
    pub found: String,
    pub met: bool,
}

impl Verdict {
    pub(crate) fn at_most(what: impl Into<String>, found: f64, most: f64, unit: &str) -> Self {
        Self { what: what.into(), target: format!("≤ {most}{unit}"), found: format!("{found:.2}{unit}"), met: found <= most }
    }

    pub(crate) fn at_least(what: impl Into<String>, found: f64, least: f64, unit: &str) -> Self {
        Self { what: what.into(), target: format!("≥ {least}{unit}"), found: format!("{found:.2}{unit}"), met: found >= least }
    }
}

/// Those that this outcome has the figures for.
pub(super) fn verdicts(outcome: &Outcome) -> Vec<Verdict> {
    let of = |target: &str, workload: &str| outcome.measured.iter().find(|one| one.target == target && one.workload == workload);
    let mut found = Vec::new();
    for (name, most) in [("W1", 1.5), ("W2", 1.5), ("W3", 2.0)] {
        let ratio = of("hub", name).and_then(|one| one.server).zip(of("bare", name).and_then(|one| one.server));
        found.extend(
            ratio.map(|(hub, bare)| Verdict::at_most(format!("{name}: CPU of the hub against the bare handler's"), hub / bare, most, " ×")),
        );
    }
    let whole = |target: &str, name: &str| Some(of(target, name)?.server? + of(target, name)?.database?);
    for (name, most) in [("W1", 0.2), ("W2", 0.2), ("W3", 0.35)] {
        let ratio = whole("hub", name).zip(whole("postgraphile", name));
        found.extend(
            ratio.map(|(hub, peer)| {
                Verdict::at_most(format!("{name}: CPU of hub + PostgreSQL against PostGraphile"), hub / peer, most, " ×")
            }),
        );
    }
    for (name, least) in [("W1", 2.0), ("W2", 4.0), ("W3", 3.0)] {
        let peers = outcome.measured.iter().filter(|one| one.workload == name && !["hub", CACHED, "bare"].contains(&one.target.as_str()));
        let best = peers.max_by(|one, other| one.per_second.total_cmp(&other.per_second));
        found.extend(best.zip(of("hub", name)).map(|(best, hub)| {
            Verdict::at_least(
                format!("{name}: requests/s against the best peer ({})", best.target),
                hub.per_second / best.per_second,
                least,
                " ×",
            )
        }));
    }
    found.extend(
        of("hub", ALONE)
            .zip(of("postgraphile", ALONE))
            .map(|(hub, peer)| Verdict::at_most("W2: p50 with one connection against PostGraphile's", hub.p50 / peer.p50, 0.5, " ×")),
    );
    for name in ["W1c", "W5c"] {
        let limit = outcome.facts.get(&format!("wrk {name}"));
        found.extend(of(CACHED, name).zip(limit).map(|(hub, limit)| {
            Verdict::at_least(format!("{name}: of wrk on a constant answer of the same size"), 100.0 * hub.per_second / limit, 50.0, " %")
        }));
    }
    let above = of("hub", "W5").and_then(|one| one.server).zip(of("hub", "W1").and_then(|one| one.server));
    found.extend(above.map(|(w5, w1)| Verdict::at_most("W5: CPU of the hub above W1, signature checked anew", w5 - w1, 30.0, " µs")));
    if let (Some(batch), Some(sign), Some(copy)) = (of("hub", "W7"), outcome.facts.get("sign"), outcome.facts.get("copy")) {
        let share = 100.0 * batch.per_second * as_f64(BATCH) * (sign + copy) / 1e6;
        found.push(Verdict::at_least("W7: of 1 / (time to sign + time to COPY), each alone", share, 60.0, " %"));
    }
    if let (Some(batch), Some(imported)) = (of("hub", "W7"), outcome.facts.get(IMPORTED)) {
        let ratio = batch.per_second * as_f64(BATCH) / imported;
        found.push(Verdict::at_most("W9: time to import a row against batch issue (W7)", ratio, 1.2, " ×"));
    }
    let statistics = of("hub", "W4").zip(of("bare", "W4"));
    found.extend(
        statistics
            .map(|(hub, bare)| Verdict::at_most("W4: time against the hand-written SQL", bare.per_second / hub.per_second, 2.0, " ×")),
    );
    found
}

pub fn lines(verdicts: &[Verdict]) -> Vec<String> {
    let line =
        |one: &Verdict| format!("{}  {:<66} {:>10}  ({})", if one.met { "met    " } else { "NOT MET" }, one.what, one.found, one.target);
    verdicts.iter().map(line).collect()
}

#[cfg(test)]
mod tests {
    use super::super::Measured;
    use super::*;

    fn measured(target: &str, workload: &str, per_second: f64, server: f64) -> Measured {
        Measured {
            target: target.into(),
            workload: workload.into(),
            title: String::new(),
            per_second,
            p50: 1.0,
            p99: 2.0,
            server: Some(server),
            database: Some(10.0),
            memory: None,
            database_memory: None,
            transactions: None,
            bytes: 1,
            requests: 1,
            deep: 1,
        }
    }

    #[test]
    fn a_target_is_met_or_not_and_never_left_open() {
        let mut outcome = Outcome::default();
        assert!(verdicts(&outcome).is_empty());
        outcome.measured =
            vec![measured("hub", "W1", 900.0, 40.0), measured("bare", "W1", 1000.0, 20.0), measured("postgraphile", "W1", 300.0, 300.0)];
        let found: Vec<bool> = verdicts(&outcome).iter().map(|one| one.met).collect();
        // Twice the bare handler; 50 of 310 µs; three times the requests.
        assert_eq!(found, [false, true, true]);
        // A second for 5,000 rows in batches, and for 4,000 imported.
        outcome.measured = vec![measured("hub", "W7", 10.0, 0.0)];
        assert!(verdicts(&outcome).is_empty());
        outcome.facts.insert(IMPORTED.into(), 4000.0);
        let found = verdicts(&outcome);
        assert!(matches!(found.as_slice(), [one] if !one.met && one.found == "1.25 ×" && one.target == "≤ 1.2 ×"), "{found:?}");
    }
}
