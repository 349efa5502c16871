//! A seal's picture: PNG, within bounds, as the pixels that a signed PDF shows.

use std::io::Cursor;

use png::{ColorType, Decoder, Limits, Transformations};

use crate::sign::pdf::SealPicture;

/// Largest picture that is taken, in bytes.
pub(super) const MAX_BYTES: usize = 1024 * 1024;
/// Most pixels of a side: 60 mm at 600 dpi are 1,417.
const MAX_SIDE: u32 = 1600;

/// Decodes a PNG.
pub(super) fn decoded(bytes: &[u8]) -> Result<SealPicture, String> {
    if bytes.len() > MAX_BYTES {
        return Err(format!("it has {} bytes, more than {MAX_BYTES}", bytes.len()));
    }
    let limit = MAX_SIDE as usize * MAX_SIDE as usize * 8;
    let mut decoder = Decoder::new_with_limits(Cursor::new(bytes), Limits { bytes: limit });
    decoder.set_transformations(Transformations::normalize_to_color8() | Transformations::ALPHA);
    let told = |error: png::DecodingError| error.to_string();
    let mut reader = decoder.read_info().map_err(told)?;
    let (width, height) = reader.info().size();
    if width > MAX_SIDE || height > MAX_SIDE {
        return Err(format!("it has {width} × {height} pixels, more than {MAX_SIDE} a side"));
    }
    let size = reader.output_buffer_size().ok_or("it is too large")?;
    let mut pixels = vec![0; size];
    let frame = reader.next_frame(&mut pixels).map_err(told)?;
    pixels.truncate(frame.buffer_size());
    let rgba = match frame.color_type {
        ColorType::Rgba => pixels,
        ColorType::GrayscaleAlpha => pixels.as_chunks::<2>().0.iter().flat_map(|[grey, alpha]| [*grey, *grey, *grey, *alpha]).collect(),
        other => return Err(format!("its pixels are {other:?}")),
    };
    Ok(SealPicture { width, height, rgba })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn encoded(color: ColorType, width: u32, height: u32, data: &[u8]) -> Vec<u8> {
        let mut bytes = Vec::new();
        let mut encoder = png::Encoder::new(&mut bytes, width, height);
        encoder.set_color(color);
        encoder.write_header().unwrap().write_image_data(data).unwrap();
        bytes
    }

    #[test]
    fn every_kind_of_pixel_becomes_red_green_blue_and_opacity() {
        for (color, data, expected) in [
            (ColorType::Rgba, &[200, 1, 2, 128][..], [200, 1, 2, 128]),
            (ColorType::Rgb, &[200, 1, 2], [200, 1, 2, 255]),
            (ColorType::Grayscale, &[7], [7, 7, 7, 255]),
            (ColorType::GrayscaleAlpha, &[7, 9], [7, 7, 7, 9]),
        ] {
            let picture = decoded(&encoded(color, 1, 1, data)).unwrap();
            assert_eq!((picture.width, picture.height, picture.rgba.as_slice()), (1, 1, &expected[..]), "{color:?}");
        }
    }

    #[test]
    fn what_is_no_picture_or_too_large_is_refused() {
        assert!(decoded(b"no picture").is_err());
        assert!(decoded(&vec![0; MAX_BYTES + 1]).unwrap_err().contains("bytes"));
        let wide = encoded(ColorType::Grayscale, MAX_SIDE + 1, 1, &vec![0; MAX_SIDE as usize + 1]);
        assert!(decoded(&wide).unwrap_err().contains("pixels"));
        let mut cut = encoded(ColorType::Grayscale, 64, 64, &[9; 64 * 64]);
        cut.truncate(50);
        assert!(decoded(&cut).is_err());
    }
}
