//! The package around the pages.

use sm3::{Digest, Sm3};
use typst::layout::{Point, Size};
use typst::visualize::{Geometry, Shape};

use super::page::{Objects, Picture, Writer};
use super::xml::{Element, name, numbers};
use crate::error::RenderError;
use crate::face::Attachment;
use crate::matrix::Matrix;
use crate::sheet::{About, Package, PageSize, Part, Sheet};
use crate::walk::{Clip, Place, Visitor, walk};

/// The namespace of the file of tags: this project's, as the standard leaves it to the maker.
const TAGS: &str = "urn:zhengzhao:face";

pub(crate) fn write(sheet: &Sheet) -> Result<Package, RenderError> {
    let mut writer = Writer::new(sheet.pages().len());
    grounds(sheet, &mut writer)?;
    walk(&sheet.document, &mut writer)?;
    let page_ids: Vec<u32> = sheet.pages().iter().map(|_| writer.id()).collect();
    let pages = std::mem::take(&mut writer.pages);
    let contents: Vec<_> =
        pages.into_iter().zip(sheet.pages()).map(|(objects, size)| content(&mut writer, objects, *size, sheet.pages())).collect();

    let tags = tags(&sheet.about, &writer, &page_ids);
    let pictures: Vec<&Picture> = writer.pictures().collect();
    let mut parts = vec![file("OFD.xml", ofd(&sheet.about))];
    parts.push(file("Doc_0/Document.xml", document(sheet, &writer, &page_ids, tags.is_some(), !pictures.is_empty())));
    parts.push(file("Doc_0/PublicRes.xml", public_resources(&writer)));
    if !pictures.is_empty() {
        parts.push(file("Doc_0/DocumentRes.xml", document_resources(&pictures)));
    }
    parts.extend(contents.into_iter().enumerate().map(|(index, page)| file(&format!("Doc_0/Pages/Page_{index}/Content.xml"), page)));
    parts.extend(writer.fonts.parts()?);
    parts.extend(pictures.iter().map(|picture| picture.part.clone()));
    if !sheet.about.attachments.is_empty() {
        parts.push(file("Doc_0/Attachs/Attachments.xml", attachments(&sheet.about)));
        parts
            .extend(sheet.about.attachments.iter().map(|it| Part { path: format!("Doc_0/Attachs/{}", it.name), bytes: it.bytes.to_vec() }));
    }
    if let Some(tag) = tags {
        let entry = Element::new("CustomTag").with("NameSpace", TAGS).leaf("FileLoc", "/Doc_0/Tags/Tag_0.xml");
        parts.push(file("Doc_0/Tags/CustomTags.xml", Element::new("CustomTags").child(entry)));
        parts.push(file("Doc_0/Tags/Tag_0.xml", tag));
    }
    Ok(Package { parts, pages: page_ids.iter().map(u32::to_string).collect() })
}

fn file(path: &str, root: Element) -> Part {
    Part { path: path.to_owned(), bytes: root.document() }
}

/// Pages of another colour than the paper's, behind everything.
fn grounds(sheet: &Sheet, writer: &mut Writer) -> Result<(), RenderError> {
    for (page, it) in sheet.document.pages().iter().enumerate() {
        if let Some(fill) = it.fill_or_transparent() {
            let whole = Shape {
                geometry: Geometry::Rect(Size::new(it.frame.width(), it.frame.height())),
                ..Geometry::Line(Point::zero()).filled(fill)
            };
            writer.shape(&Place { page, matrix: Matrix::IDENTITY, clip: Clip::None, mark: None, copy: false }, &whole)?;
        }
    }
    Ok(())
}

fn ofd(about: &About) -> Element {
    let data = about.metadata.iter().map(|datum| Element::new("CustomData").with("Name", &datum.name).text(&datum.value));
    let mut info = Element::new("DocInfo")
        .leaf("DocID", document_id(&about.identifier))
        .leaf("Title", &about.title)
        .leaf("Author", &about.author)
        .leaf("CreationDate", about.created.format("%Y-%m-%d").to_string())
        .leaf("Creator", "zhengzhao")
        .leaf("CreatorVersion", env!("CARGO_PKG_VERSION"));
    if !about.metadata.is_empty() {
        info = info.child(Element::new("CustomDatas").children(data));
    }
    let body = Element::new("DocBody").child(info).leaf("DocRoot", "Doc_0/Document.xml");
    Element::new("OFD").with("Version", "1.0").with("DocType", "OFD").child(body)
}

/// 32 hexadecimal digits in the form of a UUID of version 8, out of the certificate's identifier.
fn document_id(identifier: &str) -> String {
    let digest = Sm3::digest(identifier.as_bytes());
    let byte = |(index, byte): (usize, &u8)| match index {
        6 => byte & 0x0f | 0x80,
        8 => byte & 0x3f | 0x80,
        _ => *byte,
    };
    digest.iter().take(16).enumerate().map(byte).map(|byte| format!("{byte:02x}")).collect()
}

fn area(name: &str, size: PageSize) -> Element {
    Element::new(name).leaf("PhysicalBox", numbers([0.0, 0.0, size.width, size.height]))
}

fn document(sheet: &Sheet, writer: &Writer, page_ids: &[u32], tags: bool, pictures: bool) -> Element {
    let first = sheet.pages().first().copied().unwrap_or_default();
    let mut common = Element::new("CommonData")
        .leaf("MaxUnitID", writer.last_id().to_string())
        .child(area("PageArea", first))
        .leaf("PublicRes", "PublicRes.xml");
    if pictures {
        common = common.leaf("DocumentRes", "DocumentRes.xml");
    }
    common = common.leaf("DefaultCS", writer.colour_space.to_string());
    let page = |(index, id): (usize, &u32)| {
        Element::new("Page").with("ID", id.to_string()).with("BaseLoc", format!("Pages/Page_{index}/Content.xml"))
    };
    let pages = Element::new("Pages").children(page_ids.iter().enumerate().map(page));
    let mut document = Element::new("Document").child(common).child(pages);
    if tags {
        document = document.leaf("CustomTags", "Tags/CustomTags.xml");
    }
    if !sheet.about.attachments.is_empty() {
        document = document.leaf("Attachments", "Attachs/Attachments.xml");
    }
    document
}

fn public_resources(writer: &Writer) -> Element {
    let space = Element::new("ColorSpace").with("ID", writer.colour_space.to_string()).with("Type", "RGB").with("BitsPerComponent", "8");
    let resources = Element::new("Res").with("BaseLoc", "Res").child(Element::new("ColorSpaces").child(space));
    let mut fonts = writer.fonts.elements().peekable();
    if fonts.peek().is_some() { resources.child(Element::new("Fonts").children(fonts)) } else { resources }
}

fn document_resources(pictures: &[&Picture]) -> Element {
    let media = |picture: &&Picture| {
        let file = picture.part.path.rsplit('/').next().unwrap_or_default();
        Element::new("MultiMedia")
            .with("ID", picture.id.to_string())
            .with("Type", "Image")
            .with("Format", picture.format)
            .leaf("MediaFile", file)
    };
    Element::new("Res").with("BaseLoc", "Res").child(Element::new("MultiMedias").children(pictures.iter().map(media)))
}

fn content(writer: &mut Writer, objects: Objects, size: PageSize, all: &[PageSize]) -> Element {
    let mut layers = Element::new("Content");
    for (kind, list) in [("Body", objects.body), ("Foreground", objects.front)] {
        if !list.is_empty() || kind == "Body" {
            layers = layers.child(Element::new("Layer").with("ID", writer.id().to_string()).with("Type", kind).children(list));
        }
    }
    let page = Element::new("Page");
    // The document says the first page's size; others say their own.
    if all.first() == Some(&size) { page.child(layers) } else { page.child(area("Area", size)).child(layers) }
}

fn attachments(about: &About) -> Element {
    let created = about.created.format("%Y-%m-%dT%H:%M:%S").to_string();
    let entry = |(index, file): (usize, &Attachment)| {
        let format = file.name.rsplit_once('.').map(|(_, extension)| extension);
        let kilobytes = file.bytes.len() as f64 / 1024.0;
        Element::new("Attachment")
            .with("ID", format!("A{}", index + 1))
            .with("Name", &file.name)
            .with_some("Format", format)
            .with("CreationDate", &created)
            .with("Size", super::xml::number(kilobytes))
            .leaf("FileLoc", format!("/Doc_0/Attachs/{}", file.name))
    };
    Element::new("Attachments").children(about.attachments.iter().enumerate().map(entry))
}

/// Which objects show which element; None when none is shown.
fn tags(about: &About, writer: &Writer, page_ids: &[u32]) -> Option<Element> {
    let mut root = Element::named("zz:Certificate".to_owned()).with("xmlns:zz", TAGS);
    let mut any = false;
    for datum in &about.metadata {
        let (Some(name), Some(objects)) = (name(&datum.name), datum.mark.as_deref().and_then(|mark| writer.shown.get(mark))) else {
            continue;
        };
        let reference = |(page, object): &(usize, u32)| {
            Some(Element::new("ObjectRef").with("PageRef", page_ids.get(*page)?.to_string()).text(object.to_string()))
        };
        root = root.child(Element::named(format!("zz:{name}")).children(objects.iter().filter_map(reference)));
        any = true;
    }
    any.then_some(root)
}
