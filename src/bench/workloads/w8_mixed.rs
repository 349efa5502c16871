//! W8: ninety-five reads and verifications to five issues.

use rand::RngExt;
use rand::rngs::StdRng;
use serde_json::Value as Json;

use super::{Call, Key, Workload};
use crate::bench::world::World;

#[derive(Debug)]
pub(super) struct Mixed {
    /// Each with its share in a hundred.
    pub(super) parts: Vec<(u32, Box<dyn Workload>)>,
}

impl Workload for Mixed {
    fn name(&self) -> &'static str {
        "W8"
    }

    fn title(&self) -> &'static str {
        "mixed: W1 45, W2 15, W3 5, W5 30, W6 5 in a hundred"
    }

    fn call(&self, world: &World, chance: &mut StdRng) -> Call {
        let mut drawn = chance.random_range(0..self.parts.iter().map(|(share, _)| share).sum::<u32>().max(1));
        let mut part = 0;
        while let Some((share, _)) = self.parts.get(part).filter(|(share, _)| drawn >= *share) {
            drawn -= share;
            part += 1;
        }
        let part = part.min(self.parts.len() - 1);
        let Call { key, request } = self.parts[part].1.call(world, chance);
        Call { key: Key { part, ..key }, request }
    }

    fn check(&self, world: &World, key: &Key, answer: &Json) -> Result<(), String> {
        self.parts[key.part].1.check(world, key, answer)
    }
}
