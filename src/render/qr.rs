//! QR codes by GB/T 18284 (ISO/IEC 18004), with the quiet zone of four modules.

use qrcode::{Color, EcLevel, QrCode, Version};

use crate::error::RenderError;

/// Modules of white on each side, as the standard wants.
pub const QUIET: usize = 4;

/// Up to this version a quarter of the code may be lost (level Q); above, 15 % (level M), so that modules stay large.
const LARGEST_Q: i16 = 9;
/// 73 modules and the quiet zone: 0.31 mm a module when printed at 25 mm, which a phone still resolves.
const LARGEST: i16 = 14;
/// Pixels of a picture across, about: 400 dpi at 30 mm.
const PIXELS: usize = 472;

/// A QR code as a square of modules, quiet zone included.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Qr {
    /// Modules a side.
    pub side: usize,
    dark: Vec<bool>,
}

impl Qr {
    /// A code that says `text`; segments are chosen so that it is smallest (base45 in capitals is stored as 5.5 bits a character).
    ///
    /// # Errors
    /// When it would need modules too small to scan from print.
    pub fn new(text: &str) -> Result<Self, RenderError> {
        let number = |code: &QrCode| match code.version() {
            Version::Normal(number) => number,
            Version::Micro(_) => 0,
        };
        let make = |level, largest| QrCode::with_error_correction_level(text, level).ok().filter(|code| number(code) <= largest);
        let code = make(EcLevel::Q, LARGEST_Q).or_else(|| make(EcLevel::M, LARGEST)).ok_or(RenderError::Qr { bytes: text.len() })?;
        let (inner, modules) = (code.width(), code.to_colors());
        let side = inner + 2 * QUIET;
        let mut dark = vec![false; side * side];
        for (index, module) in modules.iter().enumerate() {
            let (x, y) = (index % inner + QUIET, index / inner + QUIET);
            if let Some(place) = dark.get_mut(y * side + x) {
                *place = *module == Color::Dark;
            }
        }
        Ok(Self { side, dark })
    }

    /// Whether a module is dark.
    pub fn is_dark(&self, x: usize, y: usize) -> bool {
        x < self.side && self.dark.get(y * self.side + x).copied().unwrap_or_default()
    }

    /// Grey pixels, a whole number of them a module, and how many a side.
    pub(crate) fn pixels(&self) -> (Vec<u8>, usize) {
        let scale = PIXELS.div_ceil(self.side);
        let size = self.side * scale;
        let mut pixels = Vec::with_capacity(size * size);
        for row in self.dark.chunks(self.side) {
            let line: Vec<u8> = row.iter().flat_map(|dark| std::iter::repeat_n(if *dark { 0 } else { 255 }, scale)).collect();
            (0..scale).for_each(|_| pixels.extend_from_slice(&line));
        }
        (pixels, size)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_has_its_three_finders_and_a_quiet_zone() {
        let code = Qr::new("HTTPS://EXAMPLE.TEST/V/1").unwrap();
        for (x, y) in [(0, 0), (code.side - 2 * QUIET - 7, 0), (0, code.side - 2 * QUIET - 7)] {
            let at = |dx, dy| code.is_dark(QUIET + x + dx, QUIET + y + dy);
            assert!(at(0, 0) && at(6, 6) && at(3, 3) && !at(1, 1) && !at(5, 1));
        }
        assert!((0..code.side).all(|i| (0..QUIET).all(|j| !code.is_dark(i, j) && !code.is_dark(j, i))));
        let (pixels, size) = code.pixels();
        assert_eq!(pixels.len(), size * size);
        assert!(size % code.side == 0 && size >= PIXELS);
    }

    #[test]
    fn a_code_that_would_not_scan_from_print_is_refused() {
        assert!(Qr::new(&"A".repeat(480)).is_ok());
        assert!(matches!(Qr::new(&"长".repeat(300)), Err(RenderError::Qr { bytes: 900 })));
    }
}
