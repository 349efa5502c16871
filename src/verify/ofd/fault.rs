//! What can be wrong with a package, each with its place and a code that stays the same.

use super::Limits;

/// Something in a package that no honest writer makes, or that two readers could read differently. One is enough not to believe
/// the package.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PackageFault {
    /// In how the files are packed.
    #[error("{entry:?} at byte {offset} of the package: {fault}")]
    Zip {
        /// The entry; empty for the package itself.
        entry: String,
        /// Byte of the package.
        offset: usize,
        /// What is wrong.
        fault: ZipFault,
    },
    /// In the XML of a file.
    #[error("{entry:?} at byte {offset}: {fault}")]
    Xml {
        /// The file.
        entry: String,
        /// Byte of the file.
        offset: usize,
        /// What is wrong.
        fault: XmlFault,
    },
    /// In what a file says.
    #[error("{entry:?}: {fault}")]
    Document {
        /// The file.
        entry: String,
        /// What is wrong.
        fault: DocumentFault,
    },
}

/// What is wrong with how files are packed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ZipFault {
    /// The package is too large.
    #[error("the package is larger than {limit} bytes")]
    FileTooLarge {
        /// In bytes.
        limit: usize,
    },
    /// No ZIP file.
    #[error("there is no end of central directory")]
    NoEnd,
    /// The central directory is not where it should be or not what it should be.
    #[error("there is no central header")]
    NoCentralHeader,
    /// Too many entries.
    #[error("there are more than {limit} entries")]
    TooManyEntries {
        /// How many are read.
        limit: usize,
    },
    /// One file is too large.
    #[error("{size} bytes unpacked; at most {limit} are read")]
    EntryTooLarge {
        /// Stated, in bytes.
        size: usize,
        /// In bytes.
        limit: usize,
    },
    /// All files together are too large.
    #[error("all files together are larger than {limit} bytes")]
    TotalTooLarge {
        /// In bytes.
        limit: usize,
    },
    /// Packed smaller than honest content is.
    #[error("{packed} bytes become {size}, more than {limit} to one")]
    Ratio {
        /// In bytes.
        packed: usize,
        /// In bytes.
        size: usize,
        /// The highest ratio that is unpacked.
        limit: usize,
    },
    /// A comment of the package or of an entry.
    #[error("there is a comment")]
    Comment,
    /// Bytes after the package.
    #[error("{bytes} bytes stand after the end")]
    AfterEnd {
        /// How many.
        bytes: usize,
    },
    /// Split over several disks, or counts that do not agree.
    #[error("it is split over several disks")]
    Disks,
    /// Bytes of no record: before the first, between two or before the central directory.
    #[error("the bytes until {until} belong to no record")]
    Gap {
        /// Byte of the package.
        until: usize,
    },
    /// Two records share bytes.
    #[error("the bytes until {until} belong to another record too")]
    Overlap {
        /// Byte of the package.
        until: usize,
    },
    /// No local header where the central directory says.
    #[error("there is no local header")]
    NoLocalHeader,
    /// Central and local header say different things.
    #[error("central and local header disagree in {field}")]
    HeadersDisagree {
        /// `name`, `flags`, `method`, `CRC`, `compressed size` or `size`.
        field: &'static str,
    },
    /// The data descriptor is missing or says other things than the headers.
    #[error("there is no data descriptor that agrees with the headers")]
    Descriptor,
    /// The data go beyond the package.
    #[error("the data go beyond the package")]
    Truncated,
    /// Neither stored nor deflated.
    #[error("compression method {0} is neither stored nor deflated")]
    Method(u16),
    /// Encrypted.
    #[error("it is encrypted")]
    Encrypted,
    /// A flag that has no place here.
    #[error("the flags {0:#06x} are not understood")]
    Flags(u16),
    /// Not deflate.
    #[error("the data are not deflated")]
    Deflate,
    /// Another size than stated.
    #[error("{found} bytes unpacked, not {stated}")]
    SizeDisagrees {
        /// In bytes.
        stated: usize,
        /// In bytes.
        found: usize,
    },
    /// More than stated.
    #[error("more than {stated} bytes unpacked")]
    Longer {
        /// In bytes.
        stated: usize,
    },
    /// Bytes after the end of the deflated data.
    #[error("the deflated data end after {used} bytes and something follows")]
    PackedSurplus {
        /// In bytes.
        used: usize,
    },
    /// Another CRC than stated.
    #[error("the CRC is {found:08x}, not {stated:08x}")]
    Crc {
        /// As stated.
        stated: u32,
        /// Of the content.
        found: u32,
    },
    /// An extra field that changes what is read (ZIP64, another name, encryption) or is not understood.
    #[error("the extra field {id:04x?} is not understood")]
    Extra {
        /// Its number; none when it cannot be read.
        id: Option<u16>,
    },
    /// A symbolic link or a device.
    #[error("it is neither a file nor a directory")]
    Link,
    /// A directory that has content.
    #[error("a directory has content")]
    DirectoryWithContent,
    /// A name that is not UTF-8, or not said to be.
    #[error("the name is not UTF-8 or not marked as such")]
    NameEncoding,
    /// A name that is too long.
    #[error("the name has {0} bytes, more than {max}", max = Limits::NAME)]
    NameTooLong(usize),
    /// A name that begins at a root or drive.
    #[error("the name is absolute")]
    Absolute,
    /// `..` in a name.
    #[error("the name leaves its directory")]
    Parent,
    /// `.`, `//` or nothing in a name.
    #[error("the name has an empty part")]
    EmptyPart,
    /// `\` in a name.
    #[error("the name has a backslash")]
    Backslash,
    /// Control characters, or a part that ends with a point or space: systems read them differently.
    #[error("the name has a character that systems read differently")]
    NameCharacter,
    /// Two entries with one name.
    #[error("another entry, at byte {first}, has the same name")]
    Duplicate {
        /// Of the other's central header.
        first: usize,
    },
    /// Two names that differ only in case or spelling.
    #[error("the name differs from {other:?} in its spelling only")]
    FoldedDuplicate {
        /// The other name.
        other: String,
    },
    /// A file is a directory for another entry.
    #[error("a file is its directory")]
    BelowFile,
}

/// What is wrong with XML.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum XmlFault {
    /// Too large.
    #[error("{size} bytes of XML; at most {limit} are read")]
    TooLarge {
        /// In bytes.
        size: usize,
        /// In bytes.
        limit: usize,
    },
    /// Not UTF-8, or said to be something else.
    #[error("the XML is not UTF-8")]
    Encoding,
    /// A document type or another declaration.
    #[error("there is a document type declaration")]
    DocumentType,
    /// An entity other than the five of XML itself.
    #[error("there is a reference to an entity")]
    Entity,
    /// A processing instruction.
    #[error("there is a processing instruction")]
    ProcessingInstruction,
    /// Nested too deep.
    #[error("elements are nested deeper than {limit}")]
    TooDeep {
        /// How deep is read.
        limit: usize,
    },
    /// Too many elements, attributes or namespaces.
    #[error("there are too many {0}")]
    TooMany(&'static str),
    /// Not well-formed.
    #[error("not well-formed: {0}")]
    Malformed(String),
    /// Not of the OFD namespace.
    #[error("the element {0:?} is not of the namespace http://www.ofdspec.org/2016")]
    Namespace(String),
}

/// What is wrong with what a file of a document says.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DocumentFault {
    /// Another root element.
    #[error("the root element is {found:?}, not {expected:?}")]
    Root {
        /// As found.
        found: String,
        /// As the standard has it.
        expected: &'static str,
    },
    /// Not there.
    #[error("{0} is missing")]
    Missing(&'static str),
    /// More than one where one is allowed.
    #[error("there is more than one {0}")]
    Repeated(String),
    /// An element that changes what is shown and is not understood.
    #[error("{0} is not understood")]
    NotUnderstood(&'static str),
    /// A value that is not what it should be.
    #[error("{what} is {value:?}")]
    Value {
        /// Which.
        what: &'static str,
        /// As found.
        value: String,
    },
    /// A path that cannot be followed.
    #[error("the path {path:?} of {what} cannot be followed: {fault}")]
    Location {
        /// Whose.
        what: &'static str,
        /// As found.
        path: String,
        /// Why.
        fault: LocationFault,
    },
    /// One file that is two things.
    #[error("the file is {first} and {second}")]
    TwoRoles {
        /// One.
        first: &'static str,
        /// The other.
        second: &'static str,
    },
}

/// Why a path leads nowhere.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum LocationFault {
    /// Out of the package.
    #[error("it leaves the package")]
    Escape,
    /// `\`, an empty part, a control character.
    #[error("it is not written as a path of a package")]
    Spelling,
    /// A file with another spelling is there.
    #[error("there is only {0:?}")]
    WrongCase(String),
    /// No such file.
    #[error("there is no such file")]
    NoFile,
}

impl PackageFault {
    pub(super) fn zip(entry: &str, offset: usize, fault: ZipFault) -> Self {
        Self::Zip { entry: entry.to_owned(), offset, fault }
    }

    pub(super) fn xml(entry: &str, offset: usize, fault: XmlFault) -> Self {
        Self::Xml { entry: entry.to_owned(), offset, fault }
    }

    pub(super) fn document(entry: &str, fault: DocumentFault) -> Self {
        Self::Document { entry: entry.to_owned(), fault }
    }

    /// The file it is about; empty for the package itself.
    pub fn entry(&self) -> &str {
        match self {
            Self::Zip { entry, .. } | Self::Xml { entry, .. } | Self::Document { entry, .. } => entry,
        }
    }

    /// A name that stays the same, as `ZIP_DUPLICATE_NAME`.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Zip { fault, .. } => fault.code(),
            Self::Xml { fault, .. } => fault.code(),
            Self::Document { fault, .. } => fault.code(),
        }
    }
}

impl ZipFault {
    fn code(&self) -> &'static str {
        match self {
            Self::FileTooLarge { .. } => "ZIP_FILE_TOO_LARGE",
            Self::NoEnd => "ZIP_NO_END",
            Self::NoCentralHeader => "ZIP_NO_CENTRAL_HEADER",
            Self::TooManyEntries { .. } => "ZIP_TOO_MANY_ENTRIES",
            Self::EntryTooLarge { .. } => "ZIP_ENTRY_TOO_LARGE",
            Self::TotalTooLarge { .. } => "ZIP_TOTAL_TOO_LARGE",
            Self::Ratio { .. } => "ZIP_RATIO",
            Self::Comment => "ZIP_COMMENT",
            Self::AfterEnd { .. } => "ZIP_AFTER_END",
            Self::Disks => "ZIP_DISKS",
            Self::Gap { .. } => "ZIP_GAP",
            Self::Overlap { .. } => "ZIP_OVERLAP",
            Self::NoLocalHeader => "ZIP_NO_LOCAL_HEADER",
            Self::HeadersDisagree { .. } => "ZIP_HEADERS_DISAGREE",
            Self::Descriptor => "ZIP_DESCRIPTOR",
            Self::Truncated => "ZIP_TRUNCATED",
            Self::Method(_) => "ZIP_METHOD",
            Self::Encrypted => "ZIP_ENCRYPTED",
            Self::Flags(_) => "ZIP_FLAGS",
            Self::Deflate => "ZIP_DEFLATE",
            Self::SizeDisagrees { .. } | Self::Longer { .. } => "ZIP_SIZE",
            Self::PackedSurplus { .. } => "ZIP_PACKED_SURPLUS",
            Self::Crc { .. } => "ZIP_CRC",
            Self::Extra { .. } => "ZIP_EXTRA",
            Self::Link => "ZIP_LINK",
            Self::DirectoryWithContent => "ZIP_DIRECTORY_WITH_CONTENT",
            Self::NameEncoding => "ZIP_NAME_ENCODING",
            Self::NameTooLong(_) => "ZIP_NAME_TOO_LONG",
            Self::Absolute => "ZIP_NAME_ABSOLUTE",
            Self::Parent => "ZIP_NAME_PARENT",
            Self::EmptyPart => "ZIP_NAME_EMPTY_PART",
            Self::Backslash => "ZIP_NAME_BACKSLASH",
            Self::NameCharacter => "ZIP_NAME_CHARACTER",
            Self::Duplicate { .. } => "ZIP_DUPLICATE_NAME",
            Self::FoldedDuplicate { .. } => "ZIP_DUPLICATE_FOLDED_NAME",
            Self::BelowFile => "ZIP_BELOW_FILE",
        }
    }
}

impl XmlFault {
    fn code(&self) -> &'static str {
        match self {
            Self::TooLarge { .. } => "XML_TOO_LARGE",
            Self::Encoding => "XML_ENCODING",
            Self::DocumentType => "XML_DOCUMENT_TYPE",
            Self::Entity => "XML_ENTITY",
            Self::ProcessingInstruction => "XML_PROCESSING_INSTRUCTION",
            Self::TooDeep { .. } => "XML_TOO_DEEP",
            Self::TooMany(_) => "XML_TOO_MANY",
            Self::Malformed(_) => "XML_MALFORMED",
            Self::Namespace(_) => "XML_NAMESPACE",
        }
    }
}

impl DocumentFault {
    fn code(&self) -> &'static str {
        match self {
            Self::Root { .. } => "OFD_ROOT",
            Self::Missing(_) => "OFD_MISSING",
            Self::Repeated(_) => "OFD_REPEATED",
            Self::NotUnderstood(_) => "OFD_NOT_UNDERSTOOD",
            Self::Value { .. } => "OFD_VALUE",
            Self::Location { fault: LocationFault::Escape, .. } => "OFD_PATH_ESCAPES",
            Self::Location { fault: LocationFault::Spelling, .. } => "OFD_PATH_SPELLING",
            Self::Location { fault: LocationFault::WrongCase(_), .. } => "OFD_PATH_WRONG_CASE",
            Self::Location { fault: LocationFault::NoFile, .. } => "OFD_PATH_NO_FILE",
            Self::TwoRoles { .. } => "OFD_TWO_ROLES",
        }
    }
}
