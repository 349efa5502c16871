//! How much of everything is taken, checked before typst sees any of it.

use std::collections::BTreeSet;
use std::io::Cursor;

use image::{ImageFormat, ImageReader};

use crate::error::{Measure, RenderError};
use crate::face::Face;

pub(crate) const TEMPLATE_BYTES: usize = 256 << 10;
pub(crate) const DATA_BYTES: usize = 1 << 20;
pub(crate) const PHOTOS: usize = 8;
pub(crate) const PHOTO_BYTES: usize = 4 << 20;
/// A decoded photo takes four bytes a pixel.
pub(crate) const PHOTO_PIXELS: usize = 16 << 20;
pub(crate) const ATTACHMENT_BYTES: usize = 16 << 20;
pub(crate) const PAGES: usize = 40;

/// Fails when `found` is more than `limit`.
pub(crate) fn within(what: Measure, found: usize, limit: usize) -> Result<(), RenderError> {
    if found > limit { Err(RenderError::TooMuch { what, found, limit }) } else { Ok(()) }
}

/// Photos, attachments and texts that can be set at all.
pub(crate) fn check(face: &Face) -> Result<(), RenderError> {
    within(Measure::Photos, face.photos.len(), PHOTOS)?;
    for (name, bytes) in &face.photos {
        photo(name, bytes)?;
    }
    within(Measure::AttachmentBytes, face.attachments.iter().map(|file| file.bytes.len()).sum(), ATTACHMENT_BYTES)?;
    let mut names = BTreeSet::new();
    for file in &face.attachments {
        let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_');
        if file.name.is_empty()
            || file.name.len() > 100
            || file.name.starts_with('.')
            || !file.name.chars().all(plain)
            || !names.insert(file.name.to_lowercase())
        {
            return Err(RenderError::AttachmentName { name: file.name.clone() });
        }
        printable(&file.description, &file.name)?;
        printable(&file.mime, &file.name)?;
    }
    for datum in &face.metadata {
        printable(&datum.value, &datum.name)?;
        printable(&datum.name, &datum.name)?;
    }
    if let Some(link) = &face.seal_link {
        printable(link, "seal link")?;
    }
    for (text, place) in [(&face.name, "name"), (&face.number, "number"), (&face.identifier, "identifier"), (&face.issuer.name, "issuer")] {
        printable(text, place)?;
    }
    Ok(())
}

fn photo(name: &str, bytes: &[u8]) -> Result<(), RenderError> {
    let fails = |reason: String| RenderError::Photo { name: name.to_owned(), reason };
    within(Measure::PhotoBytes, bytes.len(), PHOTO_BYTES)?;
    let reader = ImageReader::new(Cursor::new(bytes)).with_guessed_format().map_err(|error| fails(error.to_string()))?;
    if !matches!(reader.format(), Some(ImageFormat::Png | ImageFormat::Jpeg)) {
        return Err(fails("neither PNG nor JPEG".to_owned()));
    }
    let (width, height) = reader.into_dimensions().map_err(|error| fails(error.to_string()))?;
    let pixels = u64::from(width) * u64::from(height);
    within(Measure::PhotoPixels, usize::try_from(pixels).unwrap_or(usize::MAX), PHOTO_PIXELS)
}

/// XML holds no control characters but these, and U+FFFE and U+FFFF not at all.
fn printable(text: &str, place: &str) -> Result<(), RenderError> {
    let bad = |c: &char| (c.is_control() && !matches!(c, '\n' | '\t' | '\r')) || matches!(c, '\u{fffe}' | '\u{ffff}');
    text.chars().find(bad).map_or(Ok(()), |c| Err(RenderError::ControlCharacter { code: c.into(), place: place.to_owned() }))
}
