//! OFD (GB/T 33190-2016), written from the same laid-out pages as the PDF.
//!
//! ```text
//! OFD.xml                  what the document is: DocInfo with CustomDatas by the short names of GB/T 36903
//! Doc_0/Document.xml       pages, resources, where tags and attachments stand
//! Doc_0/PublicRes.xml      colour space, fonts ─▶ Doc_0/Res/font_N.otf, cut down to what is shown, with a cmap
//! Doc_0/DocumentRes.xml    pictures ─▶ Doc_0/Res/image_N.png|jpg
//! Doc_0/Pages/Page_N/Content.xml   text, paths, pictures in millimetres
//! Doc_0/Attachs/…          attachments
//! Doc_0/Tags/…             which objects show which element of the metadata
//! ```
//!
//! Elements stand in the order of the standard's schema [L].

mod fonts;
mod package;
mod page;
mod path;
mod sfnt;
mod xml;

pub(crate) use package::write;
