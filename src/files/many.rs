//! All certificates of a type that have no file yet: made one after the other on all cores. Broken off and begun again, it goes on with
//! what is left.

use std::collections::BTreeMap;

use chrono::Utc;
use futures_util::{StreamExt as _, stream};
use model::actor::Caller;
use model::registry::SealingMode;
use uuid::Uuid;
use verify::messages::Lang;

use super::{FileError, Files, Format};

/// Versions looked up at a time.
const ROUND: u32 = 256;

/// What became of them.
#[derive(Debug, Default, Clone)]
pub struct Sealed {
    /// Certificates whose files are made.
    pub made: u64,
    /// How many were refused, by the sentence that says why.
    pub refused: BTreeMap<String, u64>,
}

impl Files {
    /// Seals what is left of a type; of a type that is sealed by hand on the word of `officer`. `tell` hears how far it is.
    ///
    /// # Errors
    /// The store, or a fault of this hub; refusals of single certificates are counted.
    pub async fn seal_type(
        &self,
        officer: &Caller,
        type_name: &str,
        lang: Lang,
        mut tell: impl FnMut(&Sealed),
    ) -> Result<Sealed, FileError> {
        let ty = self.registry.load().get(type_name).map(|known| known.ty.clone()).ok_or(FileError::Unknown)?;
        if !ty.has_face() {
            return Err(FileError::NoFace(type_name.to_owned()));
        }
        let by_hand = ty.sealing.mode == SealingMode::Manual;
        let at_a_time = std::thread::available_parallelism().map_or(1, usize::from);
        let (mut sealed, mut after) = (Sealed::default(), None);
        loop {
            let ids: Vec<Uuid> = self.store.without_file(type_name, after, ROUND).await?;
            let Some(last) = ids.last().copied() else { return Ok(sealed) };
            after = Some(last);
            let one = async |id| {
                if by_hand { self.seal(officer, id, Utc::now()).await } else { self.file(id, Format::Pdf, Utc::now()).await.map(drop) }
            };
            let mut outcomes = stream::iter(ids).map(one).buffer_unordered(at_a_time);
            while let Some(outcome) = outcomes.next().await {
                match outcome {
                    Ok(()) => sealed.made += 1,
                    Err(FileError::Store(error)) => return Err(error.into()),
                    Err(error) => {
                        let told = error.told(lang).map_or_else(|| error.to_string(), |(_, sentence)| sentence);
                        *sealed.refused.entry(told).or_default() += 1;
                    }
                }
                tell(&sealed);
            }
        }
    }
}
