//! PDF/A-3b through typst's own exporter.

use chrono::{Datelike, Offset, Timelike};
use typst::foundations::{Datetime, Smart};
use typst_pdf::{PdfOptions, PdfStandard, PdfStandards, Timestamp};

use crate::error::RenderError;
use crate::sheet::Sheet;

pub(crate) fn write(sheet: &Sheet) -> Result<Vec<u8>, RenderError> {
    let created = sheet.about.created;
    let part = |number: u32| u8::try_from(number).unwrap_or_default();
    let day = Datetime::from_ymd_hms(
        created.year(),
        part(created.month()),
        part(created.day()),
        part(created.hour()),
        part(created.minute()),
        // A leap second is written as the second before it.
        part(created.second()).min(59),
    );
    let minutes = created.offset().fix().local_minus_utc() / 60;
    let options = PdfOptions {
        ident: Smart::Custom(sheet.about.identifier.clone()),
        creator: Smart::Custom(Some("zhengzhao".to_owned())),
        timestamp: day.and_then(|day| Timestamp::new_local(day, minutes)),
        standards: PdfStandards::new(&[PdfStandard::A_3b]).map_err(|error| RenderError::Writing(error.message().to_string()))?,
        ..PdfOptions::default()
    };
    typst_pdf::pdf(&sheet.document, &options)
        .map_err(|errors| RenderError::Writing(errors.iter().map(|error| error.message.as_str()).collect::<Vec<_>>().join("; ")))
}
