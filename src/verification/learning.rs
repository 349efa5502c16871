//! Signers become known to `verify`: their chains are followed once and tables of their keys are made, on a thread that nobody
//! waits for. Until then their signatures are verified as those of any other key.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use arc_swap::ArcSwap;
use verify::Trust;

use crate::sign::KeyRing;
use crate::store::rows::SignerRow;

/// After so many verifications the table of a key has paid for itself.
const WORTH_A_TABLE: u32 = 8;
/// A signer that others have crowded out of [`verify::trust::MAX_KNOWN`] is learnt again after so many more.
const AGAIN: u32 = 4_096;
/// Signers that are counted; beyond them counting starts afresh.
const MAX_COUNTED: usize = 4_096;

/// Counts which signers are met, and learns those that are met often.
#[derive(Debug)]
pub(super) struct Learning {
    trust: Arc<ArcSwap<Trust>>,
    met: Mutex<HashMap<Arc<str>, u32>>,
}

impl Learning {
    pub(super) fn new(trust: Arc<ArcSwap<Trust>>) -> Self {
        Self { trust, met: Mutex::default() }
    }

    /// Learns the signers of this hub. At most the bound's number of them: the rest are learnt when they are met.
    pub(super) fn own(&self, keys: &KeyRing) {
        let signers = keys.authorities().into_iter().filter_map(|authority| keys.signer(&authority));
        let chains = signers.take(verify::trust::MAX_KNOWN).map(|signer| signer.chain().to_vec()).collect();
        self.learn(chains);
    }

    /// These signers, which are on record, were met.
    pub(super) fn met<'a>(&self, signers: impl Iterator<Item = &'a SignerRow>) {
        let mut often = Vec::new();
        {
            let mut met = self.met.lock().unwrap_or_else(PoisonError::into_inner);
            for signer in signers {
                if met.len() >= MAX_COUNTED && !met.contains_key(&signer.id) {
                    met.clear();
                }
                let times = met.entry(signer.id.clone()).or_default();
                *times = times.wrapping_add(1);
                if *times == WORTH_A_TABLE || times.is_multiple_of(AGAIN) {
                    often.push(signer.chain.clone());
                }
            }
        }
        self.learn(often);
    }

    fn learn(&self, chains: Vec<Vec<Vec<u8>>>) {
        if chains.is_empty() {
            return;
        }
        let trust = self.trust.load_full();
        tokio::task::spawn_blocking(move || chains.iter().for_each(|chain| trust.learn(chain)));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sign::authority_ca::{create_ca, create_signer};

    async fn until_known(trust: &Trust) {
        for _ in 0..1_000 {
            if trust.known() > 0 {
                return;
            }
            tokio::time::sleep(std::time::Duration::from_millis(10)).await;
        }
        panic!("no signer was learnt");
    }

    #[tokio::test]
    async fn own_signers_are_learnt_and_others_when_met_often() {
        let folder = tempfile::tempdir().unwrap();
        let now = "2026-11-22T00:00:00Z".parse().unwrap();
        create_ca(folder.path(), "测试根", "p", true, now).unwrap();
        create_signer(folder.path(), "11990000000000GX2C", "测试机关", "p", now).unwrap();
        let keys = KeyRing::open(folder.path(), "p").unwrap();
        let signer = keys.signer("11990000000000GX2C").unwrap();
        let trust = || Arc::new(ArcSwap::from_pointee(Trust::from_der(&[signer.chain().last().unwrap()]).unwrap()));

        let own = Learning::new(trust());
        own.own(&keys);
        until_known(&own.trust.load()).await;

        let other = Learning::new(trust());
        let row = SignerRow { id: signer.id().into(), chain: signer.chain().to_vec() };
        for _ in 1..WORTH_A_TABLE {
            other.met([&row].into_iter());
        }
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
        assert_eq!(other.trust.load().known(), 0);
        other.met([&row].into_iter());
        until_known(&other.trust.load()).await;
    }
}
