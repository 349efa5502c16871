//! What somebody holds in hand, a file or the text of a code, against what is on record today.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use model::plan::evidence_by_keys;
use tokio::runtime::Handle;
use verify::document::Document;
use verify::qr::{Code, KeyId};
use verify::statement::Statement;
use verify::{CodeGiven, Envelope, Input, NotReadable, Readable, Report};

use super::{Verification, evidence};
use crate::store::rows::Evidence;

/// What the store knows of an identifier.
enum Found {
    Record(Box<Evidence>),
    Nothing,
    Unreachable,
}

impl Verification {
    /// Verifies a file: its own content first, and where its certificate is on record here, against that record, so that
    /// today's status counts and not the one the file was written with.
    ///
    /// # Errors
    /// Bytes that are no readable certificate file.
    pub async fn file(&self, bytes: &[u8], at: DateTime<Utc>) -> Result<Report, NotReadable> {
        Ok(match verify::read(bytes)? {
            Readable::Data(envelope) => self.data(envelope, None, at).await,
            Readable::Code(code) => self.code(&code, at).await,
            Readable::Document(document) => match document.envelope() {
                Some(envelope) => self.data(envelope.clone(), Some(&document), at).await,
                None => verify::verify(&Input::of_document(&document), &self.trust.load(), &self.policy, at).of_file(),
            },
        })
    }

    /// As [`Self::file`], off the threads that answer, and no more at a time than there are cores: a document takes some milliseconds.
    ///
    /// # Errors
    /// As [`Self::file`].
    pub async fn file_apart(self: &Arc<Self>, bytes: Arc<[u8]>, at: DateTime<Utc>) -> Result<Report, NotReadable> {
        let Ok(_one) = self.reading.acquire().await else { return Ok(Report::unreachable(at)) };
        let (this, runtime) = (Arc::clone(self), Handle::current());
        let judged = tokio::task::spawn_blocking(move || runtime.block_on(this.file(&bytes, at))).await;
        judged.unwrap_or_else(|error| {
            tracing::error!(%error, "a file could not be judged");
            Ok(Report::unreachable(at))
        })
    }

    /// Signed data, by themselves or inside a document.
    async fn data(&self, envelope: Envelope, document: Option<&Document>, at: DateTime<Utc>) -> Report {
        let alone = verify::verify(&Input { document, ..Input::of(&envelope) }, &self.trust.load(), &self.policy, at).of_file();
        let identifier = Statement::from_text(&envelope.statement).map(|statement| statement.identifier);
        let (Ok(identifier), true) = (identifier, alone.genuine != Some(false)) else { return alone };
        match self.on_record(&identifier).await {
            Found::Nothing => alone,
            Found::Unreachable => Report::unreachable(at),
            Found::Record(known) => {
                // The certificate as the file has it, the events as they are now.
                let live = Envelope { events: evidence::events(&known), ..envelope };
                let record = evidence::record(&known);
                let input = Input { document, record: Some(&record), ..Input::of(&live) };
                verify::verify(&input, &self.trust.load(), &self.policy, at).of_file()
            }
        }
    }

    /// A code of a certificate that is on record is held against it. Of any other, what it says by itself is all there is.
    async fn code(&self, code: &Code, at: DateTime<Utc>) -> Report {
        let found = self.on_record(&code.identifier).await;
        let signers = match &found {
            Found::Record(known) => known.signers.iter().map(|signer| signer.chain.clone()).collect(),
            Found::Nothing | Found::Unreachable => Vec::new(),
        };
        let signer = code.signed.as_ref().and_then(|signed| self.signer_of(signed.claims.key, &code.identifier, signers));
        let given = CodeGiven { code, signer: signer.as_deref() };
        match &found {
            // A link to what nobody here has heard of.
            Found::Nothing if code.signed.is_none() => Report::not_known(at),
            Found::Nothing => verify::verify(&Input::of_code(code, signer.as_deref()), &self.trust.load(), &self.policy, at),
            Found::Unreachable => Report::unreachable(at),
            Found::Record(known) => {
                let (envelope, record) = (evidence::envelope(known), evidence::record_without_digest(known));
                let input = Input { code: Some(given), record: Some(&record), ..Input::of(&envelope) };
                verify::verify(&input, &self.trust.load(), &self.policy, at)
            }
        }
    }

    /// The certificates of the key that a code names: of those that signed what is on record, of this hub's own, or of those it was given.
    fn signer_of(&self, key: KeyId, identifier: &str, known: Vec<Vec<Vec<u8>>>) -> Option<Vec<Vec<u8>>> {
        let issuer = verify::identifier::Identifier::parse(identifier).ok()?;
        let own = self.keys.signer(issuer.identifier.issuer()).map(|signer| signer.chain().to_vec());
        let found = known.into_iter().chain(own).find(|chain| chain.first().is_some_and(|certificate| KeyId::of(certificate) == key));
        found.or_else(|| self.trust.load().signer(key).map(<[_]>::to_vec))
    }

    async fn on_record(&self, identifier: &str) -> Found {
        let Ok(plan) = evidence_by_keys(vec![identifier.to_owned()]) else { return Found::Nothing };
        let Some(found) = self.load(&plan).await else { return Found::Unreachable };
        let known = found.into_iter().find(|evidence| evidence.row.identifier == identifier);
        known.map_or(Found::Nothing, |known| Found::Record(Box::new(known)))
    }
}
