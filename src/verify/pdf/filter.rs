//! Streams decoded: none or one `FlateDecode`, with PNG predictors (ISO 32000-1, 7.4.4). Other filters are named.

use miniz_oxide::inflate::{TINFLStatus, decompress_to_vec_zlib_with_limit};

use super::{
    limits::{Limit, PdfFault, Spending},
    object::{Dict, Node, Value},
};

/// Why a stream has no decoded bytes.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FilterFault {
    /// Filters that are not read here, by name.
    #[error("the filter {0} is not read here")]
    Unsupported(String),
    /// The data do not follow their filter.
    #[error("the data do not follow their filter {0}")]
    Damaged(&'static str),
}

/// The bytes of a stream; what they cost is taken from the common budget.
pub(super) fn decode(dict: &Dict<'_>, data: &[u8], spending: &mut Spending<'_>) -> Result<Result<Vec<u8>, FilterFault>, PdfFault> {
    let parameters = match filter(dict) {
        Ok(Some(parameters)) => parameters,
        Ok(None) => {
            spending.decompressed(data.len())?;
            return Ok(Ok(data.to_vec()));
        }
        Err(fault) => return Ok(Err(fault)),
    };
    let flat = match decompress_to_vec_zlib_with_limit(data, spending.decompressed_left()) {
        Ok(flat) => flat,
        Err(stop) if stop.status == TINFLStatus::HasMoreOutput => {
            return Err(PdfFault::Limit { which: Limit::DecompressedBytes, allowed: spending.limits.decompressed_bytes });
        }
        Err(_) => return Ok(Err(FilterFault::Damaged("FlateDecode"))),
    };
    spending.decompressed(flat.len())?;
    Ok(unpredicted(flat, parameters))
}

/// The parameters of the one `FlateDecode`; `None`: the data stand as they are.
fn filter<'d, 'a>(dict: &'d Dict<'a>) -> Result<Option<Option<&'d Dict<'a>>>, FilterFault> {
    let (filter, parameters) = match dict.get(b"Filter") {
        None => return Ok(None),
        Some(Node { value: Value::Array(filters), .. }) => match filters.as_slice() {
            [] => return Ok(None),
            [only] => (only, dict.get(b"DecodeParms").map(|parameters| parameters.array().and_then(<[_]>::first).unwrap_or(parameters))),
            several => {
                let names: Vec<_> = several.iter().take(8).map(|one| String::from_utf8_lossy(one.name().unwrap_or(b"?"))).collect();
                return Err(FilterFault::Unsupported(names.join(" ")));
            }
        },
        Some(filter) => (filter, dict.get(b"DecodeParms")),
    };
    match filter.name() {
        Some(b"FlateDecode") => {}
        Some(other) => return Err(FilterFault::Unsupported(String::from_utf8_lossy(other).into_owned())),
        None => return Err(FilterFault::Unsupported("that is no direct name".to_owned())),
    }
    match parameters.map(|node| &node.value) {
        None | Some(Value::Null) => Ok(Some(None)),
        Some(Value::Dict(parameters)) => Ok(Some(Some(parameters))),
        Some(_) => Err(FilterFault::Unsupported("FlateDecode with parameters that are not direct".to_owned())),
    }
}

fn unpredicted(flat: Vec<u8>, parameters: Option<&Dict<'_>>) -> Result<Vec<u8>, FilterFault> {
    let of = |key: &[u8], usual: i64| parameters.and_then(|found| found.get(key)).map_or(Some(usual), Node::integer);
    match of(b"Predictor", 1) {
        Some(1) => return Ok(flat),
        Some(10..=15) => {}
        other => return Err(FilterFault::Unsupported(format!("FlateDecode with predictor {other:?}"))),
    }
    let sizes = [of(b"Colors", 1), of(b"BitsPerComponent", 8), of(b"Columns", 1)];
    let [Some(colors @ 1..=32), Some(bits @ (1 | 2 | 4 | 8 | 16)), Some(columns @ 1..=1_000_000)] = sizes else {
        return Err(FilterFault::Damaged("FlateDecode, its predictor"));
    };
    // At most 32 × 16 × 1,000,000 bits: 64 MB, and no row is allocated before its bytes are there.
    let pixel = usize::try_from((colors * bits + 7) / 8).unwrap_or(1);
    let row = usize::try_from((colors * bits * columns + 7) / 8).unwrap_or(usize::MAX - 1);
    if !flat.len().is_multiple_of(row + 1) {
        return Err(FilterFault::Damaged("FlateDecode, its predictor"));
    }
    let mut plain: Vec<u8> = Vec::with_capacity(flat.len());
    for line in flat.chunks_exact(row + 1) {
        let start = plain.len();
        for (place, byte) in line[1..].iter().enumerate() {
            let left = if place < pixel { 0 } else { plain[start + place - pixel] };
            let above = |back: usize| if start == 0 || place < back { 0 } else { plain[start + place - row - back] };
            let predicted = match line[0] {
                0 => 0,
                1 => left,
                2 => above(0),
                3 => (u16::from(left).midpoint(u16::from(above(0)))) as u8,
                4 => paeth(left, above(0), above(pixel)),
                _ => return Err(FilterFault::Damaged("FlateDecode, its predictor")),
            };
            plain.push(byte.wrapping_add(predicted));
        }
    }
    Ok(plain)
}

/// The one of three neighbours that is nearest to left + above − corner (PNG, 9.4).
fn paeth(left: u8, above: u8, corner: u8) -> u8 {
    let [a, b, c] = [left, above, corner].map(i32::from);
    let guess = a + b - c;
    let [to_left, to_above, to_corner] = [a, b, c].map(|value| (guess - value).abs());
    if to_left <= to_above && to_left <= to_corner {
        left
    } else if to_above <= to_corner {
        above
    } else {
        corner
    }
}
