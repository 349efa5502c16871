//! What the strict pass may find wrong with the structure of a file.

/// Where something stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Place {
    /// The byte, counted from the start of the file, or of the decoded object stream.
    pub offset: usize,
    /// The number of the object stream that holds it; `None`: it stands in the file itself.
    pub object_stream: Option<u32>,
}

impl From<usize> for Place {
    fn from(offset: usize) -> Self {
        Self { offset, object_stream: None }
    }
}

impl std::fmt::Display for Place {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "byte {}", self.offset)?;
        self.object_stream.map_or(Ok(()), |number| write!(formatter, " of object stream {number}"))
    }
}

/// One departure from the strict form, at its place. A lenient reader would repair it in its own way, and two readers would show
/// two documents.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{at}: {what}")]
pub struct StructureFault {
    /// Where.
    pub at: Place,
    /// What.
    pub what: Defect,
}

/// What departs from the strict form (ISO 32000-1, 7.5; the rules are narrower than the standard where readers differ).
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Defect {
    /// The header does not begin the file.
    #[error("the header stands after {0} other bytes")]
    JunkBeforeHeader(usize),
    /// The header names no known version.
    #[error("the header is not %PDF-1.0 to %PDF-1.7 or %PDF-2.0")]
    Version,
    /// The header is repeated outside of streams.
    #[error("a second %PDF- header stands outside of any stream")]
    SecondHeader,
    /// No `startxref`, number and `%%EOF` end the file.
    #[error("the file does not end in startxref, a number and %%EOF")]
    NoStartxref,
    /// Something follows the last `%%EOF`.
    #[error("{0} bytes follow the last %%EOF")]
    AfterEnd(usize),
    /// `startxref` or `/Prev` leads to no cross-reference section.
    #[error("no cross-reference section stands here: {0}")]
    NoSection(&'static str),
    /// The section's own `startxref` names another place.
    #[error("the section at {section} ends in a startxref that names {named}")]
    StartxrefElsewhere {
        /// Where the section begins.
        section: usize,
        /// What its `startxref` says.
        named: i64,
    },
    /// The chain of sections meets itself.
    #[error("the chain of /Prev returns to the section at {0}")]
    PrevLoop(usize),
    /// `/Prev` leads forward (as a linearised file does), or is no direct number.
    #[error("/Prev is not a place before its own section")]
    PrevNotEarlier,
    /// The trailer has `/XRefStm`.
    #[error("a hybrid cross-reference: /XRefStm beside a table")]
    Hybrid,
    /// The trailer has `/Encrypt`.
    #[error("the file is encrypted")]
    Encrypted,
    /// A number is listed twice in one section.
    #[error("object {0} is listed twice in one cross-reference section")]
    ListedTwice(u32),
    /// An entry is not below `/Size`, or `/Size` is missing.
    #[error("object {0} is listed, which is not below /Size")]
    NotBelowSize(u32),
    /// An entry does not hit its object.
    #[error("the cross-reference says that object {number} {generation} begins here, and it does not")]
    EntryMisses {
        /// The object.
        number: u32,
        /// Its generation.
        generation: u16,
    },
    /// An entry points out of the bytes that its revision added.
    #[error("the entry of object {0} points out of the bytes that its revision added")]
    EntryOutsideRevision(u32),
    /// Two things share bytes.
    #[error("object {0} begins within something else")]
    Overlap(u32),
    /// Bytes that belong to a cross-reference section and to something else.
    #[error("{0} bytes belong to a cross-reference section and to something else")]
    Shared(usize),
    /// An object cannot be read.
    #[error("object {number} cannot be read: {expected} expected")]
    Unreadable {
        /// The object.
        number: u32,
        /// What should stand at the place.
        expected: &'static str,
    },
    /// A reference names a generation that the object does not have: some readers see nothing there, others the object.
    #[error("object {number} is referred to as of generation {generation}, which it is not")]
    OtherGeneration {
        /// The object.
        number: u32,
        /// The generation that the reference names.
        generation: u16,
    },
    /// `/Length` is missing, no number, or redefined by a later revision.
    #[error("object {0} has no usable /Length")]
    NoLength(u32),
    /// `endstream` does not stand where `/Length` says.
    #[error("the stream of object {number} does not end after its /Length of {length}")]
    LengthLies {
        /// The object.
        number: u32,
        /// What `/Length` says.
        length: i64,
    },
    /// Bytes that belong to nothing.
    #[error("{0} bytes belong to no listed object")]
    Unlisted(usize),
    /// A comment that could be read as something else.
    #[error("a comment holds syntax, foreign bytes or more than 200 of them")]
    Comment,
    /// A key twice in one dictionary.
    #[error("/{0} stands twice in one dictionary")]
    KeyTwice(String),
    /// An object stream does not decode or its table is wrong.
    #[error("object stream {number} is not readable: {why}")]
    ObjectStream {
        /// Its number.
        number: u32,
        /// Why.
        why: String,
    },
    /// An object stream holds an object that no cross-reference stream lists there.
    #[error("object stream {container} holds object {number}, which the cross-reference does not list there")]
    HiddenInObjectStream {
        /// The object stream.
        container: u32,
        /// The object.
        number: u32,
    },
    /// The cross-reference lists an object in an object stream that does not hold it.
    #[error("object {number} is listed in object stream {container}, which does not hold it there")]
    NotInObjectStream {
        /// The object stream.
        container: u32,
        /// The object.
        number: u32,
    },
    /// A cross-reference stream that is not one of the chain.
    #[error("object {0} is a cross-reference stream outside of the chain")]
    StrayXref(u32),
    /// `/Root` is missing or leads to no catalog.
    #[error("/Root leads to no catalog")]
    NoCatalog,
    /// A later revision names another `/Root`.
    #[error("a later revision names another /Root, object {0}")]
    AnotherRoot(u32),
    /// The page tree is broken.
    #[error("the page tree {0}")]
    PageTree(&'static str),
}
