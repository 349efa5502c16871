//! What processes cost, from `/proc`, and which core they may run on, through `taskset`.

use std::path::Path;
use std::process::Command;

use crate::bench::BenchError;

/// Linux counts processor time in hundredths of a second (USER_HZ).
const TICK_MICROS: u64 = 10_000;

/// A process with all its descendants.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Tree(pub u32);

impl Tree {
    /// Microseconds of processor time, user and system, used so far; of children that have ended as well.
    ///
    /// # Errors
    /// The process is gone.
    pub fn cpu(self) -> Result<u64, BenchError> {
        let own = stat(self.0).ok_or_else(|| BenchError::tool(format!("process {}", self.0), "it is gone"))?;
        let below = descendants(self.0).into_iter().filter_map(stat).map(|stat| stat.ticks + stat.ended).sum::<u64>();
        Ok((own.ticks + own.ended + below) * TICK_MICROS)
    }

    /// Resident memory in kilobytes; what backends share is counted once, with the first of them.
    pub fn resident(self) -> u64 {
        let all = std::iter::once(self.0).chain(descendants(self.0));
        all.enumerate().map(|(place, pid)| if place == 0 { field(pid, "VmRSS:") } else { field(pid, "RssAnon:") }).sum()
    }

    /// Lets it, and what it starts, run on one core only.
    ///
    /// # Errors
    /// `taskset` is not there or refuses.
    pub fn pin(self, core: usize) -> Result<(), BenchError> {
        self.allow(&core.to_string())
    }

    /// Lets it run everywhere again.
    ///
    /// # Errors
    /// As [`Self::pin`].
    pub fn unpin(self) -> Result<(), BenchError> {
        let online = std::fs::read_to_string("/sys/devices/system/cpu/online").unwrap_or_else(|_| "0".to_owned());
        self.allow(online.trim())
    }

    fn allow(self, cores: &str) -> Result<(), BenchError> {
        for pid in std::iter::once(self.0).chain(descendants(self.0)) {
            let done = Command::new("taskset").args(["-a", "-c", "-p", cores, &pid.to_string()]).output();
            let done = done.map_err(|error| BenchError::tool("taskset", error))?;
            if !done.status.success() && Path::new(&format!("/proc/{pid}")).exists() {
                return Err(BenchError::tool("taskset", String::from_utf8_lossy(&done.stderr)));
            }
        }
        Ok(())
    }
}

/// Kilobytes of resident memory of one process.
pub fn resident_of(pid: u32) -> u64 {
    field(pid, "VmRSS:")
}

fn field(pid: u32, name: &str) -> u64 {
    let text = std::fs::read_to_string(format!("/proc/{pid}/status")).unwrap_or_default();
    text.lines().find_map(|line| line.strip_prefix(name)?.split_whitespace().next()?.parse().ok()).unwrap_or_default()
}

struct Stat {
    parent: u32,
    ticks: u64,
    ended: u64,
}

fn stat(pid: u32) -> Option<Stat> {
    let text = std::fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    // The name may hold anything, so what follows its last parenthesis is counted.
    let fields: Vec<&str> = text.rsplit_once(')')?.1.split_whitespace().collect();
    let number = |place: usize| fields.get(place)?.parse::<u64>().ok();
    Some(Stat { parent: u32::try_from(number(1)?).ok()?, ticks: number(11)? + number(12)?, ended: number(13)? + number(14)? })
}

fn descendants(root: u32) -> Vec<u32> {
    let Ok(entries) = std::fs::read_dir("/proc") else { return Vec::new() };
    let pids = entries.flatten().filter_map(|entry| entry.file_name().to_str()?.parse::<u32>().ok());
    let parents: Vec<(u32, u32)> = pids.filter_map(|pid| Some((pid, stat(pid)?.parent))).collect();
    let mut found = Vec::new();
    let mut next = vec![root];
    while let Some(parent) = next.pop() {
        let children = parents.iter().filter(|(_, of)| *of == parent).map(|(pid, _)| *pid);
        next.extend(children.clone());
        found.extend(children);
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn this_process_costs_something_and_has_memory() {
        let own = Tree(std::process::id());
        let before = own.cpu().unwrap();
        let mut sum = 0u64;
        while own.cpu().unwrap() < before + 30_000 {
            sum = (0..1_000_000).fold(sum, u64::wrapping_add);
        }
        assert!(own.resident() > 1000, "{sum}");
        assert!(Tree(u32::MAX).cpu().is_err());
    }
}
