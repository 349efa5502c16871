//! A PDF signed in the name of an authority: one certification (DocMDP, nothing may follow) over the whole file, with the seal drawn
//! where the face has its place, added as an incremental update.
//!
//! ```text
//! face.pdf ─▶ + field, widget, signature dictionary with room ─▶ the range but the room ─SM3─▶ CMS ─signer─▶ into the room
//! ```

use chrono::{DateTime, Utc};
use lopdf::{Dictionary, Document, IncrementalDocument, LoadOptions, Object, ObjectId, Stream, StringFormat, dictionary};
use verify::chain::X509;
use verify::cms::{Draft, Family};
use verify::digest::sm3_of;
use verify::document::Covered;
use verify::revocation::Crl;

use super::{SignError, Signatory};

const WHAT: &str = "the PDF cannot be signed";
/// Bytes kept free for the CMS: two certificates and a timestamp take half of it.
const ROOM: usize = 16 * 1024;
/// Stands where a length of the range will be written; ten digits hold any file that is read.
const PLACEHOLDERS: [i64; 3] = [1_111_111_111, 2_222_222_222, 3_333_333_333];
/// Larger lists are not copied into every certificate.
const LARGEST_LIST: usize = 128 * 1024;
/// Points of a millimetre.
const POINTS: f32 = 72.0 / 25.4;

/// The seal as it is drawn.
#[derive(Debug, Clone)]
pub struct SealPicture {
    pub width: u32,
    pub height: u32,
    /// Red, green, blue, opacity: four bytes a pixel, row by row from the top.
    pub rgba: Vec<u8>,
}

/// Where the seal stands, from the upper left corner of its page, in millimetres.
#[derive(Debug, Clone, Copy)]
pub struct SealPlace {
    /// 0 for the first page.
    pub page: usize,
    pub left: f32,
    pub top: f32,
    pub width: f32,
    pub height: f32,
}

/// What a reader shows of the signature.
#[derive(Debug, Clone)]
pub struct SealText {
    /// Who signs, for people.
    pub name: String,
    /// What for.
    pub reason: String,
}

/// Signs a PDF that nobody has signed.
///
/// # Errors
/// A PDF that does not read strictly or has a form already, a page that is not there, a signer that fails.
pub fn sign_pdf(
    pdf: &[u8],
    seal: &SealPicture,
    place: SealPlace,
    text: &SealText,
    by: Signatory<'_>,
    at: DateTime<Utc>,
) -> Result<Vec<u8>, SignError> {
    let face = verify::document::Document::from_pdf(pdf).map_err(|fault| refused(WHAT, &fault))?;
    if !face.unsigned {
        return Err(refused(WHAT, &face.faults.first().map_or("it is signed already", String::as_str)));
    }
    let mut bytes = with_room(pdf, seal, place, text, by, at).map_err(|fault| refused(WHAT, &fault))?;
    let (start, end) = room(&bytes, pdf.len()).ok_or_else(|| refused(WHAT, &"no room was made"))?;
    fill_range(&mut bytes, pdf.len(), start, end).ok_or_else(|| refused(WHAT, &"no range was written"))?;
    let digest = sm3_of(&[&bytes[..start], &bytes[end..]]);
    let cms = envelope(Family::Rfc5652, digest, by, at)?;
    if cms.len() > ROOM {
        return Err(refused(WHAT, &format!("its signature takes {} bytes, more than {ROOM}", cms.len())));
    }
    for (place, byte) in cms.iter().enumerate() {
        // Behind the opening bracket.
        let digits = format!("{byte:02X}");
        bytes[start + 1 + place * 2..start + 3 + place * 2].copy_from_slice(digits.as_bytes());
    }
    whole(&bytes)?;
    Ok(bytes)
}

/// What was made reads strictly, and its signature covers all of it.
fn whole(bytes: &[u8]) -> Result<(), SignError> {
    let made = verify::document::Document::from_pdf(bytes).map_err(|fault| refused(WHAT, &fault))?;
    match (made.faults.first(), made.signatures.as_slice()) {
        (None, [one]) if one.covered == Covered::Whole => Ok(()),
        (None, found) => Err(refused(WHAT, &format!("what was made is covered as {:?}", found.first().map(|one| &one.covered)))),
        (Some(fault), _) => Err(refused(WHAT, &format!("what was made has the fault {fault}"))),
    }
}

/// A detached envelope over a digest, with the signer's chain, and a timestamp over its signature where there is a unit.
pub(super) fn envelope(family: Family, digest: [u8; 32], by: Signatory<'_>, at: DateTime<Utc>) -> Result<Vec<u8>, SignError> {
    let [own, issuers @ ..] = by.signer.chain() else { return Err(refused("nothing can be signed", &"the signer has no certificate")) };
    let own = X509::from_der(own).map_err(|fault| refused("the signer's certificate cannot be used", &fault))?;
    let prepared = Draft::detached(family, digest).signed_at(at).prepare(&own).map_err(|fault| refused("nothing can be signed", &fault))?;
    let signature = by.signer.sign(prepared.to_be_signed())?;
    let token = by.token(&signature, at)?;
    prepared.assemble(&signature, issuers, token.as_deref()).map_err(|fault| refused("nothing can be signed", &fault))
}

pub(super) fn refused(what: &'static str, why: &impl ToString) -> SignError {
    SignError::Document { what, why: why.to_string() }
}

fn with_room(
    pdf: &[u8],
    seal: &SealPicture,
    place: SealPlace,
    text: &SealText,
    by: Signatory<'_>,
    at: DateTime<Utc>,
) -> Result<Vec<u8>, lopdf::Error> {
    let options = LoadOptions { strict: true, ..LoadOptions::default() };
    let before = Document::load_mem_with_options(pdf, options)?;
    let page = *before
        .get_pages()
        .get(&u32::try_from(place.page + 1).unwrap_or(u32::MAX))
        .ok_or(lopdf::Error::PageNumberNotFound(u32::try_from(place.page + 1).unwrap_or(u32::MAX)))?;
    let root = before.trailer.get(b"Root")?.as_reference()?;
    let height = page_height(&before, page)?;
    let mut after = IncrementalDocument::create_from(pdf.to_vec(), before);
    let added = &mut after.new_document;
    let drawn = appearance(added, seal, place);
    let signature = added.add_object(signature(text, at));
    let [left, bottom, right, top] = rectangle(place, height);
    let widget = added.add_object(dictionary! {
        "Type" => "Annot", "Subtype" => "Widget", "FT" => "Sig", "T" => Object::string_literal("Seal"), "V" => signature, "P" => page,
        // Printed, and locked.
        "F" => 132, "Rect" => vec![left.into(), bottom.into(), right.into(), top.into()],
        "AP" => dictionary! { "N" => drawn },
    });
    after.opt_clone_object_to_new_document(page)?;
    let annotations = after.new_document.get_object(page)?.as_dict()?.get(b"Annots").ok().cloned();
    let mut listed = match annotations {
        Some(Object::Reference(id)) => after.get_prev_documents().get_object(id)?.as_array()?.clone(),
        Some(Object::Array(listed)) => listed,
        _ => Vec::new(),
    };
    listed.push(widget.into());
    after.new_document.get_object_mut(page)?.as_dict_mut()?.set("Annots", listed);
    let validation = validation_data(&mut after.new_document, by, at);
    after.opt_clone_object_to_new_document(root)?;
    let catalog = after.new_document.get_object_mut(root)?.as_dict_mut()?;
    // 3: there are signatures, and nothing but appending keeps them.
    catalog.set("AcroForm", dictionary! { "Fields" => vec![widget.into()], "SigFlags" => 3 });
    catalog.set("Perms", dictionary! { "DocMDP" => signature });
    if let Some(validation) = validation {
        catalog.set("DSS", validation);
    }
    let mut bytes = Vec::with_capacity(pdf.len() + ROOM * 2 + seal.rgba.len());
    after.save_to(&mut bytes)?;
    Ok(bytes)
}

/// What verifies the signature when nobody publishes it any more (ISO 32000-2, 12.8.4.3): certificates and fresh lists of revoked ones.
/// It lies in the revision that is signed, so nothing need ever be appended.
fn validation_data(document: &mut Document, by: Signatory<'_>, at: DateTime<Utc>) -> Option<ObjectId> {
    let chain = by.certificates();
    let lists = by.revocations?.lists_for(&chain, at).map(Crl::der).filter(|der| der.len() <= LARGEST_LIST);
    let lists: Vec<Vec<u8>> = lists.map(<[u8]>::to_vec).collect();
    if lists.is_empty() {
        return None;
    }
    let mut streams = |ders: Vec<Vec<u8>>| -> Vec<Object> {
        ders.into_iter().map(|der| document.add_object(Stream::new(Dictionary::new(), der)).into()).collect()
    };
    let certificates = streams(chain.iter().map(|certificate| certificate.der().to_vec()).collect());
    let lists = streams(lists);
    Some(document.add_object(dictionary! { "Type" => "DSS", "Certs" => certificates, "CRLs" => lists }))
}

fn signature(text: &SealText, at: DateTime<Utc>) -> Dictionary {
    let words = |text: &str| {
        Object::String([0xfe, 0xff].into_iter().chain(text.encode_utf16().flat_map(u16::to_be_bytes)).collect(), StringFormat::Hexadecimal)
    };
    let mut range = vec![Object::Integer(0)];
    range.extend(PLACEHOLDERS.map(Object::Integer));
    dictionary! {
        "Type" => "Sig", "Filter" => "Adobe.PPKLite", "SubFilter" => "adbe.pkcs7.detached",
        "M" => Object::string_literal(at.format("D:%Y%m%d%H%M%SZ").to_string()),
        "Name" => words(&text.name), "Reason" => words(&text.reason),
        "Reference" => vec![Object::Dictionary(dictionary! {
            "Type" => "SigRef", "TransformMethod" => "DocMDP",
            "TransformParams" => dictionary! { "Type" => "TransformParams", "P" => 1, "V" => "1.2" },
        })],
        "ByteRange" => range,
        "Contents" => Object::String(vec![0; ROOM], StringFormat::Hexadecimal),
    }
}

/// The seal as a form that fills its rectangle.
fn appearance(document: &mut Document, seal: &SealPicture, place: SealPlace) -> ObjectId {
    let plane = |channels: &[usize]| {
        seal.rgba.chunks_exact(4).flat_map(|pixel| channels.iter().map(|channel| pixel[*channel]).collect::<Vec<_>>()).collect::<Vec<u8>>()
    };
    let image = |space: &str, [width, height]: [u32; 2], data: Vec<u8>| {
        let dict = dictionary! {
            "Type" => "XObject", "Subtype" => "Image", "Width" => i64::from(width), "Height" => i64::from(height),
            "ColorSpace" => space, "BitsPerComponent" => 8,
        };
        let mut stream = Stream::new(dict, data);
        // What does not compress stays as it is.
        let _ = stream.compress();
        stream
    };
    let whole = [seal.width, seal.height];
    let mask = document.add_object(image("DeviceGray", whole, plane(&[3])));
    // Whoever verifies unpacks every stream: one pixel says as much of one colour as a million.
    let mut picture = match only_colour(&seal.rgba) {
        Some(colour) => image("DeviceRGB", [1, 1], colour.to_vec()),
        None => image("DeviceRGB", whole, plane(&[0, 1, 2])),
    };
    picture.dict.set("SMask", mask);
    let picture = document.add_object(picture);
    let (width, height) = (place.width * POINTS, place.height * POINTS);
    let dict = dictionary! {
        "Type" => "XObject", "Subtype" => "Form", "BBox" => vec![0.into(), 0.into(), width.into(), height.into()],
        "Resources" => dictionary! { "XObject" => dictionary! { "Seal" => picture } },
    };
    document.add_object(Stream::new(dict, format!("q {width} 0 0 {height} 0 0 cm /Seal Do Q").into_bytes()))
}

/// The colour of everything that can be seen, where it is one: that of a drawn seal, but for the rounding at its edges.
fn only_colour(rgba: &[u8]) -> Option<[u8; 3]> {
    let pixels = || rgba.as_chunks::<4>().0.iter();
    let [red, green, blue, _] = *pixels().find(|pixel| pixel[3] == u8::MAX)?;
    let alike = |pixel: &[u8; 4]| [red, green, blue].iter().zip(pixel).all(|(one, other)| one.abs_diff(*other) <= NEAR);
    pixels().filter(|pixel| pixel[3] >= FAINT).all(alike).then_some([red, green, blue])
}

/// Colours that nobody tells apart.
const NEAR: u8 = 4;
/// What is fainter has no colour that anybody sees.
const FAINT: u8 = 48;

fn page_height(document: &Document, page: ObjectId) -> Result<f32, lopdf::Error> {
    let mut node = document.get_object(page)?.as_dict()?;
    // A page may leave its box to the nodes above it; strict reading has seen that they end.
    for _ in 0..32 {
        if let Ok(found) = node.get(b"MediaBox") {
            let found = document.dereference(found)?.1.as_array()?;
            return found.get(3).ok_or(lopdf::Error::DictKey("MediaBox".into()))?.as_float();
        }
        node = document.get_object(node.get(b"Parent")?.as_reference()?)?.as_dict()?;
    }
    Err(lopdf::Error::DictKey("MediaBox".into()))
}

/// From the upper left in millimetres to the lower left in points.
fn rectangle(place: SealPlace, height: f32) -> [f32; 4] {
    let (left, top) = (place.left * POINTS, height - place.top * POINTS);
    [left, top - place.height * POINTS, left + place.width * POINTS, top]
}

/// Where `<` and the byte after `>` of the room stand.
fn room(bytes: &[u8], from: usize) -> Option<(usize, usize)> {
    let wanted = [b"<".as_slice(), &vec![b'0'; ROOM * 2], b">"].concat();
    let start = from + memchr::memmem::find(bytes.get(from..)?, &wanted)?;
    Some((start, start + wanted.len()))
}

/// Writes the range over its placeholders, blanks behind shorter numbers.
fn fill_range(bytes: &mut [u8], from: usize, start: usize, end: usize) -> Option<()> {
    for (placeholder, value) in PLACEHOLDERS.into_iter().zip([start, end, bytes.len() - end]) {
        let placeholder = placeholder.to_string();
        let place = from + memchr::memmem::find(bytes.get(from..)?, placeholder.as_bytes())?;
        let written = format!("{value:<width$}", width = placeholder.len());
        bytes.get_mut(place..place + placeholder.len())?.copy_from_slice(written.as_bytes());
    }
    Some(())
}
