//! The fonts a document shows: only the glyphs that stand on its pages, each found by its character.

use std::collections::BTreeMap;

use subsetter::{GlyphRemapper, subset};
use typst::text::{Font, FontStyle, FontWeight};

use super::sfnt::with_cmap;
use super::xml::Element;
use crate::error::RenderError;
use crate::sheet::Part;

#[derive(Default)]
pub(crate) struct Fonts {
    used: Vec<Used>,
}

struct Used {
    id: u32,
    font: Font,
    glyphs: GlyphRemapper,
    characters: BTreeMap<char, u16>,
}

impl Fonts {
    /// A font's place in the list; `new_id` gives it a number when it is new.
    pub(crate) fn index(&mut self, font: &Font, new_id: impl FnOnce() -> u32) -> usize {
        if let Some(index) = self.used.iter().position(|used| used.font == *font) {
            return index;
        }
        self.used.push(Used { id: new_id(), font: font.clone(), glyphs: GlyphRemapper::new(), characters: BTreeMap::new() });
        self.used.len() - 1
    }

    pub(crate) fn id(&self, index: usize) -> u32 {
        self.used.get(index).map_or(0, |used| used.id)
    }

    pub(crate) fn is_bold(&self, index: usize) -> bool {
        self.used.get(index).is_some_and(|used| bold(&used.font))
    }

    /// The glyph's number in the cut-down font.
    pub(crate) fn glyph(&mut self, index: usize, glyph: u16) -> u16 {
        self.used.get_mut(index).map_or(0, |used| used.glyphs.remap(glyph))
    }

    /// Whether the cut-down font's character map leads from this character to this glyph; the first to come decides.
    pub(crate) fn is_mapped(&mut self, index: usize, character: char, glyph: u16) -> bool {
        self.used.get_mut(index).is_some_and(|used| *used.characters.entry(character).or_insert(glyph) == glyph)
    }

    pub(crate) fn elements(&self) -> impl Iterator<Item = Element> {
        self.used.iter().map(|used| {
            let info = used.font.info();
            Element::new("Font")
                .with("ID", used.id.to_string())
                .with("FontName", used.font.post_script_name().unwrap_or_else(|| info.family.clone()))
                .with("FamilyName", &info.family)
                .with_some("Italic", (info.variant.style != FontStyle::Normal).then_some("true"))
                .with_some("Bold", bold(&used.font).then_some("true"))
                .with_some("Serif", info.family.contains("Song").then_some("true"))
                .leaf("FontFile", format!("font_{}.otf", used.id))
        })
    }

    pub(crate) fn parts(&self) -> Result<Vec<Part>, RenderError> {
        let part = |used: &Used| {
            let whole = used.font.data();
            let cut = subset(whole, used.font.index(), &used.glyphs).map_err(|error| RenderError::Writing(error.to_string()))?;
            let characters: Vec<_> = used.characters.iter().map(|(c, glyph)| (*c, *glyph)).collect();
            let bytes = with_cmap(&cut, whole, &characters).ok_or_else(|| RenderError::Writing("a font without tables".to_owned()))?;
            Ok(Part { path: format!("Doc_0/Res/font_{}.otf", used.id), bytes })
        };
        self.used.iter().map(part).collect()
    }
}

fn bold(font: &Font) -> bool {
    font.info().variant.weight >= FontWeight::SEMIBOLD
}
