//! A certificate's face: from its data and a template to PDF/A-3b and OFD.
//!
//! ```text
//! Face (data) + Template ──lay_out──▶ Sheet ──pdf()──▶ PDF/A-3b, tagged, with the data embedded
//!                                       │  └──ofd()──▶ parts of an OFD package
//!                                       └─ seal places, marks, text
//! ```
//!
//! Both files are written from the same laid-out pages, so the same text stands at the same places in both. Neither is signed
//! here: [`Sheet::seals`] says where the seal goes. No file, network, clock or random source is touched; the same input gives
//! the same bytes. What typesets never leaves this package.
//!
//! | layer | module | concern |
//! | --- | --- | --- |
//! | 0 | [`error`] | what can be wrong with a template, a certificate, a picture: in both languages |
//! | 0 | [`fonts`] | the fonts carried along, and which characters they have |
//! | 0 | [`qr`] | GB/T 18284 |
//! | 0 | [`seal`] | the picture of a seal, as PNG and as PDF drawing |
//! | 1 | [`face`] `bytes` `limits` | what is put on a page, and how much of it is taken |
//! | 1 | [`typed`] | a certificate's data, by its type file → fields in order, codes as names |
//! | 2 | [`template`] `world` | typst sources, and all a template can see |
//! | 3 | `matrix` `walk` | laid-out pages as runs of text, paths and pictures at places |
//! | 4 | [`sheet`] `check` | laid-out pages, and what must hold of them |
//! | 5 | `pdf` `ofd` | the two files |
//!
//! # What a template can see
//!
//! `/zhengzhao.typ` (this package's own functions), the face's data, its photos, its QR code, and the four fonts; no file, no
//! package, no date, no network, no WebAssembly. Its size, the data's and the number of pages are limited. typst itself limits
//! call depth and `while` loops; it offers no limit of time or memory, so a template that is not trusted yet is tried in a process
//! of its own: for that a [`Face`] can be written as JSON and read again.
#![warn(missing_docs)]

mod bytes;
mod check;
pub mod error;
pub mod face;
pub mod fonts;
mod limits;
mod matrix;
mod ofd;
mod pdf;
pub mod qr;
pub mod seal;
pub mod sheet;
pub mod template;
pub mod typed;
mod walk;
mod world;

pub use error::{Fault, RenderError};
pub use face::{Attachment, CopyMark, Face, Field, Metadatum, Party, Shown};
pub use seal::{Seal, SealDrawing, SealShape};
pub use sheet::{Mark, Package, PageSize, Part, SealPlace, Sheet, lay_out, workspace};
pub use template::Template;
