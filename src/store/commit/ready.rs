//! A new version with everything computed that its transaction writes.

use chrono::NaiveDate;
use model::plan::{Column, Value, absent};
use model::registry::{Slot, SlotFamily};
use uuid::Uuid;
use verify::number::normalise_number;
use verify::status::{CertificateStatus, day_begins, derive};

use crate::store::commands::{NewVersion, RuleCheck};
use crate::store::decode::{Reader, date};
use crate::store::error::Fault;
use crate::store::index::{Lying, known, lying, misfit, numbers, short};
use crate::store::opaque::IndexKey;

/// Made by [`crate::store::Store::ready`].
pub struct Ready {
    pub(super) new: NewVersion,
    /// Opaque, whatever the type says of numbers today: so a number stays taken when that changes.
    pub(super) number_key: String,
    /// Opaque, each once, in the order given.
    pub(super) holders: Vec<String>,
    pub(super) entry: Entry,
    pub(super) rules: Vec<Rule>,
}

/// The columns of an [`Entry`], in the order of `certificate_index`.
pub(super) fn columns() -> impl Iterator<Item = Column> {
    let metadata = [
        Column::TypeName,
        Column::Number,
        Column::Issuer,
        Column::IssuedOn,
        Column::ValidFrom,
        Column::ValidTo,
        Column::EventStatus,
        Column::StatusCode,
        Column::Updated,
    ];
    let families = [SlotFamily::Text, SlotFamily::Date, SlotFamily::Number];
    let slots = families.into_iter().flat_map(|family| (1..=family.limit()).map(move |number| Column::Slot(Slot { family, number })));
    metadata.into_iter().chain(slots)
}

/// What lies in the index for one version.
#[derive(Debug, Clone)]
pub(super) struct Entry(pub(super) Vec<Lying>);

impl Entry {
    /// Reads the [`columns`].
    pub(super) fn read(reader: &mut Reader<'_>) -> Result<Self, Fault> {
        let value = |column| match absent(column) {
            Value::Number(_) => reader.integer().map(Lying::Number),
            _ => reader.text().map(Lying::Text),
        };
        columns().map(value).collect::<Result<_, _>>().map(Self)
    }

    pub(super) fn get(&self, column: Column) -> Option<&Lying> {
        self.0.get(columns().position(|known| known == column)?)
    }

    fn set(&mut self, column: Column, value: Lying) -> Result<(), Fault> {
        let slot = columns().position(|known| known == column).and_then(|place| self.0.get_mut(place));
        *slot.ok_or_else(|| misfit(column))? = value;
        Ok(())
    }

    fn text(&self, column: Column) -> &str {
        match self.get(column) {
            Some(Lying::Text(text)) => text,
            _ => "",
        }
    }

    /// The status answered on a day; None where the entry holds nonsense.
    fn status(&self, today: NaiveDate) -> Option<CertificateStatus> {
        let event = self.text(Column::EventStatus).parse().ok()?;
        let day = |column| date(self.text(column)).ok();
        Some(derive(event, day(Column::ValidFrom), day(Column::ValidTo), day_begins(today)?))
    }
}

/// A [`RuleCheck`] with its values as they lie in the index.
pub(super) struct Rule {
    pub(super) check: RuleCheck,
    pub(super) holder: String,
    among: Vec<(Column, Vec<Lying>)>,
    value: Lying,
    nothing: Lying,
}

impl Rule {
    fn new(check: RuleCheck, key: &IndexKey) -> Result<Self, Fault> {
        let of = |column, value: &Value| lying(key, column, value);
        let among = check
            .among
            .iter()
            .map(|(column, values)| Ok((*column, values.iter().map(|value| of(*column, value)).collect::<Result<_, Fault>>()?)));
        Ok(Self {
            among: among.collect::<Result<_, Fault>>()?,
            value: of(check.column, &check.value)?,
            nothing: of(check.column, &absent(check.column))?,
            holder: key.holder(&check.holder_code),
            check,
        })
    }

    /// Does another certificate of the holder stand against it? One that has no such value does not.
    pub(super) fn broken_by(&self, other: &Entry) -> bool {
        let counts = other.text(Column::TypeName) == short(&self.check.type_name)
            && self.among.iter().all(|(column, values)| other.get(*column).is_some_and(|value| values.contains(value)))
            && other.status(self.check.today).is_some_and(|status| self.check.status.contains(&status));
        counts && other.get(self.check.column).is_some_and(|value| *value != self.nothing && (*value == self.value) == self.check.unique)
    }
}

/// The rest may be personal.
impl std::fmt::Debug for Ready {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Ready").field("id", &self.new.row.id).finish_non_exhaustive()
    }
}

impl Ready {
    pub(super) fn new(mut new: NewVersion, key: &IndexKey) -> Result<Self, Fault> {
        let row = &new.row;
        let number = normalise_number(&row.number);
        let number_key = key.opaque(&number);
        let [clear, opaque] = numbers(key, &number);
        let day = |day: Option<NaiveDate>| Lying::Text(day.map(|day| day.to_string()).unwrap_or_default());
        let mut entry = Entry(columns().map(|column| lying(key, column, &absent(column))).collect::<Result<_, _>>()?);
        for (column, value) in [
            (Column::TypeName, Lying::Text(short(&row.type_name))),
            (Column::Number, Lying::Text(if new.number_is_personal { opaque } else { clear })),
            (Column::Issuer, Lying::Text(short(&row.issuer))),
            (Column::IssuedOn, day(Some(row.issued_on))),
            (Column::ValidFrom, day(row.valid_from)),
            (Column::ValidTo, day(row.valid_to)),
            (Column::EventStatus, Lying::Text(row.event_status.as_str().to_owned())),
            (Column::StatusCode, Lying::Text(short(&row.status_code))),
            (Column::Updated, Lying::Number(row.updated_at.timestamp_micros())),
        ] {
            entry.set(column, value)?;
        }
        for (column, value) in &new.slots {
            known(*column)?;
            entry.set(*column, lying(key, *column, value)?)?;
        }
        let mut holders: Vec<String> = Vec::new();
        for code in new.holder_codes.iter().filter(|code| !code.trim().is_empty()) {
            let holder = key.holder(code);
            if !holders.contains(&holder) {
                holders.push(holder);
            }
        }
        let rules = std::mem::take(&mut new.rules).into_iter().map(|check| Rule::new(check, key)).collect::<Result<_, _>>()?;
        Ok(Self { number_key, holders, entry, rules, new })
    }

    /// Id of the version.
    pub const fn id(&self) -> Uuid {
        self.new.row.id
    }

    pub fn identifier(&self) -> &str {
        &self.new.row.identifier
    }

    /// 证照编号.
    pub fn number(&self) -> &str {
        &self.new.row.number
    }
}
