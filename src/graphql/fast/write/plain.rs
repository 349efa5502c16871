//! Plain objects: codes, reports, statistics.

use model::standards::Standards;
use verify::Lang;
use verify::report::{Reason, Report, Subject};

use super::{Out, null, optional, text};
use crate::graphql::fast::Stop::{self, Slow};
use crate::graphql::fast::program::{Pick, Picks};
use crate::graphql::fast::run::Run;
use crate::graphql::types::statistics::{self, Grouped};
use crate::graphql::types::{enums, report};
use crate::graphql::values;

/// `{"key":value,…}` of an object of that name.
pub(super) fn object(
    out: &mut Out<'_>,
    picks: &Picks,
    name: &str,
    mut value: impl FnMut(&mut Out<'_>, &Pick) -> Result<(), Stop>,
) -> Result<(), Stop> {
    out.push(b'{');
    for (place, pick) in picks.0.iter().enumerate() {
        if place > 0 {
            out.push(b',');
        }
        out.extend_from_slice(&pick.key);
        if &*pick.name == "__typename" {
            text(out, name)?
        } else {
            value(out, pick)?
        }
        out.within()?;
    }
    out.push(b'}');
    Ok(())
}

impl Run<'_> {
    /// A code with its label.
    pub(super) fn code(&self, out: &mut Out<'_>, picks: &Picks, table: &str, code: &str) -> Result<(), Stop> {
        object(out, picks, values::CODE_VALUE, |out, pick| match &*pick.name {
            "code" => text(out, code),
            "table" => text(out, table),
            "label" => {
                let lang = self.lang(pick)?;
                optional(out, Standards::embedded().table(table).and_then(|table| table.label(code, lang)))
            }
            _ => Err(Slow),
        })
    }

    /// The language of a label: the argument's, else the request's.
    pub(super) fn lang(&self, pick: &Pick) -> Result<Lang, Stop> {
        Ok(values::lang_of(&*pick.args.bind(self.variables)?).unwrap_or(self.ask.lang))
    }

    /// A verdict.
    pub(super) fn report(&self, out: &mut Out<'_>, picks: &Picks, found: &Report) -> Result<(), Stop> {
        let lang = self.ask.lang;
        object(out, picks, report::REPORT, |out, pick| match &*pick.name {
            "result" => Ok(serde_json::to_writer(out, &found.result)?),
            "genuine" => Ok(serde_json::to_writer(out, &found.genuine)?),
            "status" => Ok(serde_json::to_writer(out, &found.status)?),
            "verifiedAt" => value(out, &values::time(found.verified_at)),
            "statusAsOf" => match found.status_as_of {
                Some(at) => value(out, &values::time(at)),
                None => null(out),
            },
            "gbResult" => Ok(serde_json::to_writer(out, &found.gb_result)?),
            "gbFileResult" => Ok(serde_json::to_writer(out, &found.gb_file_result)?),
            "reasons" => super::list(out, &found.reasons, |out, found| reason(out, &pick.below, found, lang)),
            "checks" => super::list(out, &found.checks, |out, check| {
                object(out, &pick.below, report::CHECK, |out, pick| match &*pick.name {
                    "name" => text(out, check.name),
                    "outcome" => Ok(serde_json::to_writer(out, &check.outcome)?),
                    "detail" => optional(out, check.detail.as_ref().map(|detail| detail.message(lang)).as_deref()),
                    _ => Err(Slow),
                })
            }),
            "certificate" => match &found.subject {
                Some(found) => subject(out, &pick.below, found),
                None => null(out),
            },
            _ => Err(Slow),
        })
    }
}

/// Counted groups.
pub(super) fn statistics(out: &mut Out<'_>, picks: &Picks, groups: &[Grouped]) -> Result<(), Stop> {
    object(out, picks, statistics::STATISTICS, |out, pick| match &*pick.name {
        "groups" => super::list(out, groups, |out, group| {
            object(out, &pick.below, statistics::GROUP, |out, pick| match &*pick.name {
                "count" => Ok(serde_json::to_writer(out, &group.count)?),
                "keys" => super::list(out, &group.keys, |out, key| {
                    object(out, &pick.below, statistics::KEY, |out, pick| match &*pick.name {
                        "field" => text(out, &key.field),
                        "value" => optional(out, Some(key.value.as_str()).filter(|value| !value.is_empty())),
                        "label" => optional(out, key.label.as_deref()),
                        _ => Err(Slow),
                    })
                }),
                _ => Err(Slow),
            })
        }),
        _ => Err(Slow),
    })
}

fn reason(out: &mut Out<'_>, picks: &Picks, found: &Reason, lang: Lang) -> Result<(), Stop> {
    object(out, picks, report::REASON, |out, pick| match &*pick.name {
        "code" => text(out, found.code),
        "message" => text(out, &found.message(lang)),
        _ => Err(Slow),
    })
}

fn subject(out: &mut Out<'_>, picks: &Picks, found: &Subject) -> Result<(), Stop> {
    let date = |out: &mut Out<'_>, date: Option<chrono::NaiveDate>| optional(out, date.map(|date| date.to_string()).as_deref());
    object(out, picks, report::SUBJECT, |out, pick| match &*pick.name {
        "identifier" => text(out, &found.identifier),
        "typeCode" => text(out, &found.type_code),
        "typeName" => text(out, found.type_name.as_deref().unwrap_or(&found.type_code)),
        "maskedNumber" => optional(out, found.masked_number.as_deref()),
        "maskedHolder" => optional(out, found.masked_holder.as_deref()),
        "issuerName" => optional(out, found.issuer_name.as_deref()),
        "issuedOn" => date(out, found.issued_on),
        "validFrom" => date(out, found.valid_from),
        "validTo" => date(out, found.valid_to),
        "status" => value(out, &enums::value(&found.status)),
        _ => Err(Slow),
    })
}

fn value(out: &mut Out<'_>, value: &async_graphql::Value) -> Result<(), Stop> {
    Ok(serde_json::to_writer(out, value)?)
}
