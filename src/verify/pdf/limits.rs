//! How much a foreign file may cost, and what has been spent of it.

use super::fault::{Defect, Place, StructureFault};

/// What reading one file may cost. The defaults hold a hostile file well below a second and 256 MB.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Limits {
    /// Bytes of the file.
    pub file_bytes: usize,
    /// Bytes of all decompressed streams together.
    pub decompressed_bytes: usize,
    /// Entries of all cross-reference sections together, and objects in object streams.
    pub objects: usize,
    /// Numbers, names, strings, arrays … of all objects together.
    pub values: usize,
    /// Arrays and dictionaries within each other; also levels of page, name and field trees.
    pub depth: usize,
    /// Cross-reference sections.
    pub revisions: usize,
    /// Signatures, whole or broken.
    pub signatures: usize,
    /// Embedded files.
    pub embedded_files: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            file_bytes: 16 << 20,
            decompressed_bytes: 64 << 20,
            objects: 200_000,
            values: 500_000,
            depth: 64,
            revisions: 32,
            signatures: 16,
            embedded_files: 64,
        }
    }
}

/// Which of the [`Limits`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Limit {
    /// [`Limits::file_bytes`].
    FileBytes,
    /// [`Limits::decompressed_bytes`].
    DecompressedBytes,
    /// [`Limits::objects`].
    Objects,
    /// [`Limits::values`].
    Values,
    /// [`Limits::depth`].
    Depth,
    /// [`Limits::revisions`].
    Revisions,
    /// [`Limits::signatures`].
    Signatures,
    /// [`Limits::embedded_files`].
    EmbeddedFiles,
}

/// Why a file is not read at all. Everything else that is wrong with it is data in [`Pdf`](super::Pdf).
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PdfFault {
    /// No `%PDF-` in the first 1,024 bytes.
    #[error("the file has no PDF header in its first 1,024 bytes")]
    NotPdf,
    /// One of the [`Limits`] would be passed.
    #[error("the file passes the limit of {allowed} {which}")]
    Limit {
        /// Which.
        which: Limit,
        /// What it stands at.
        allowed: usize,
    },
}

impl std::fmt::Display for Limit {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str(match self {
            Self::FileBytes => "bytes",
            Self::DecompressedBytes => "decompressed bytes in total",
            Self::Objects => "objects",
            Self::Values => "values in total",
            Self::Depth => "levels within each other",
            Self::Revisions => "revisions",
            Self::Signatures => "signatures",
            Self::EmbeddedFiles => "embedded files",
        })
    }
}

/// Faults kept of one file; the rest are only counted, so that a file of faults does not become a report of megabytes.
const KEPT: usize = 200;

/// What has been spent of the [`Limits`], and the faults met meanwhile.
#[derive(Debug)]
pub(super) struct Spending<'l> {
    pub(super) limits: &'l Limits,
    objects: usize,
    values: usize,
    decompressed: usize,
    pub(super) faults: Vec<StructureFault>,
    pub(super) faults_left_out: usize,
}

impl<'l> Spending<'l> {
    pub(super) fn new(limits: &'l Limits) -> Self {
        Self { limits, objects: 0, values: 0, decompressed: 0, faults: Vec::new(), faults_left_out: 0 }
    }

    pub(super) fn fault(&mut self, at: impl Into<Place>, what: Defect) {
        if self.faults.len() < KEPT {
            self.faults.push(StructureFault { at: at.into(), what });
        } else {
            self.faults_left_out += 1;
        }
    }

    pub(super) fn objects(&mut self, more: usize) -> Result<(), PdfFault> {
        spend(&mut self.objects, more, Limit::Objects, self.limits.objects)
    }

    pub(super) fn value(&mut self) -> Result<(), PdfFault> {
        spend(&mut self.values, 1, Limit::Values, self.limits.values)
    }

    pub(super) fn decompressed(&mut self, more: usize) -> Result<(), PdfFault> {
        spend(&mut self.decompressed, more, Limit::DecompressedBytes, self.limits.decompressed_bytes)
    }

    pub(super) fn decompressed_left(&self) -> usize {
        self.limits.decompressed_bytes.saturating_sub(self.decompressed)
    }

    pub(super) fn depth(&self, depth: usize) -> Result<(), PdfFault> {
        over(depth, Limit::Depth, self.limits.depth)
    }
}

/// Refuses what is more than `allowed`.
pub(super) fn over(found: usize, which: Limit, allowed: usize) -> Result<(), PdfFault> {
    if found > allowed { Err(PdfFault::Limit { which, allowed }) } else { Ok(()) }
}

fn spend(spent: &mut usize, more: usize, which: Limit, allowed: usize) -> Result<(), PdfFault> {
    *spent = spent.saturating_add(more);
    over(*spent, which, allowed)
}
