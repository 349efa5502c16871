//! Chains of those who sign.

use std::num::NonZeroUsize;
use std::sync::{Arc, Mutex, PoisonError};

use lru::LruCache;

use super::decode::Reader;
use super::error::Fault;
use super::sql::{Sql, text};
use super::{SignerRow, Store, StoreError};
use crate::fresh::Tags;

/// Signers that were met, by id: two kilobytes each.
pub(super) type Met = Mutex<LruCache<Arc<str>, SignerRow>>;

/// How many are kept.
pub(super) const MET: NonZeroUsize = NonZeroUsize::new(2048).unwrap();

impl Store {
    /// The signers of these ids that are known.
    ///
    /// # Errors
    /// The database.
    pub async fn signers(&self, ids: &[Arc<str>]) -> Result<Vec<SignerRow>, StoreError> {
        let mut ids: Vec<&str> = ids.iter().map(|id| &**id).collect();
        ids.sort_unstable();
        ids.dedup();
        let mut found = Vec::new();
        ids.retain(|id| match self.met(id) {
            Some(signer) => {
                found.push(signer);
                false
            }
            None => true,
        });
        if ids.is_empty() {
            return Ok(found);
        }
        let mut sql = Sql::new("SELECT id, chain FROM signer WHERE id IN ");
        sql.list(ids.into_iter().map(text));
        let rows = self.reading().all(sql).await?;
        let signers = rows.iter().map(|row| {
            let mut reader = Reader::new(row);
            // A damaged chain is handed on empty: whoever verifies with it finds that out, and nobody else is kept from an answer.
            Ok(SignerRow { id: reader.shared()?, chain: unpacked(&reader.value::<Vec<u8>>()?).unwrap_or_default() })
        });
        for signer in signers.collect::<Result<Vec<SignerRow>, Fault>>()? {
            self.meet(&signer);
            found.push(signer);
        }
        Ok(found)
    }

    /// A signer that was read before.
    fn met(&self, id: &str) -> Option<SignerRow> {
        self.inner.signers.lock().unwrap_or_else(PoisonError::into_inner).get(id).cloned()
    }

    /// Keeps a signer whose certificate is the one that its id is the digest of: that can never be another. What is damaged is
    /// read anew each time.
    fn meet(&self, signer: &SignerRow) {
        if signer.chain.first().is_some_and(|der| verify::digest::sm3_hex(der) == *signer.id) {
            self.inner.signers.lock().unwrap_or_else(PoisonError::into_inner).put(signer.id.clone(), signer.clone());
        }
    }

    /// Keeps a signer's chain; one that is known is left as it is, since its id is the digest of its certificate.
    ///
    /// # Errors
    /// The database.
    pub async fn put_signer(&self, signer: &SignerRow) -> Result<(), StoreError> {
        if !self.signers(std::slice::from_ref(&signer.id)).await?.is_empty() {
            return Ok(());
        }
        let put = self.write(Tags::none(), |session| async move {
            session.insert("signer", &["id", "chain"], vec![vec![text(&signer.id), packed(&signer.chain).into()]]).await
        });
        match put.await {
            Ok(()) | Err(Fault::Unique(_)) => Ok(()),
            Err(fault) => Err(fault.into()),
        }
    }
}

/// Each certificate behind its length in four bytes.
fn packed(chain: &[Vec<u8>]) -> Vec<u8> {
    let lengths = |der: &Vec<u8>| u32::try_from(der.len()).unwrap_or(u32::MAX).to_be_bytes();
    chain.iter().flat_map(|der| lengths(der).into_iter().chain(der.iter().copied())).collect()
}

fn unpacked(mut bytes: &[u8]) -> Result<Vec<Vec<u8>>, Fault> {
    let mut chain = Vec::new();
    while let Some((length, rest)) = bytes.split_first_chunk::<4>() {
        let length = u32::from_be_bytes(*length) as usize;
        let Some((der, rest)) = rest.split_at_checked(length) else { break };
        chain.push(der.to_vec());
        bytes = rest;
    }
    if bytes.is_empty() { Ok(chain) } else { Err(Fault::nonsense("a stored chain is cut off")) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chains_are_packed_and_unpacked() {
        for chain in [vec![], vec![vec![]], vec![vec![1, 2, 3], vec![0; 700]]] {
            assert_eq!(unpacked(&packed(&chain)).unwrap(), chain);
        }
        assert!(unpacked(&[0, 0, 0, 2, 1]).is_err());
        assert!(unpacked(&[0, 0]).is_err());
    }
}
