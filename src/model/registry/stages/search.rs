//! Searchable fields get their slots in the index. Slots stay where they were: rows lie in them.

use super::super::diagnostic::{Code, Message};
use super::super::names::{CONDITIONS, GROUPED_DATES};
use super::super::pointer::Pointer;
use super::super::raw::{RawSearch, RawSearchable};
use super::super::source::Part;
use super::super::{CertificateType, Field, FieldKind, Search, Sensitivity, Slot, SlotFamily, SlotMap};
use super::Desk;
use super::properties::Drafted;

/// Sets `search` on the fields and gives the slot map. Slots of fields that are searchable no more stay in the map, so that no
/// other field gets them while rows remain.
pub(super) fn assign(desk: &mut Desk<'_>, drafted: Vec<Drafted>, known: Option<&CertificateType>) -> (Vec<Field>, SlotMap) {
    let mut slots: SlotMap = known.map(|ty| ty.slots.clone()).unwrap_or_default();
    let mut fields = Vec::with_capacity(drafted.len());
    let mut places = Vec::with_capacity(drafted.len());
    for Drafted { mut field, at, searchable } in drafted {
        if let Some(wanted) = searchable
            && !matches!(wanted, RawSearchable::Whole(false))
        {
            let place = at.child("x-field").child("searchable");
            if CONDITIONS.contains(&field.name.as_str()) {
                known_already(desk, &field.name, &place);
            } else {
                field.search = search(desk, &field, &wanted, &place, &mut slots);
            }
        }
        fields.push(field);
        places.push(at);
    }
    names(desk, &fields, &places);
    (fields, slots)
}

/// The condition of that name is there for every type: the property is not indexed a second time.
fn known_already(desk: &mut Desk<'_>, name: &str, at: &Pointer) {
    let message = Message::new(
        format!("每种证照都可按“{name}”检索（持证主体代码），这里的 searchable 不起作用"),
        format!("every type can be searched by “{name}” (the holder's code): searchable has no effect here"),
    );
    let help = Message::new(
        "去掉 searchable；若这个属性不是持证主体代码而要单独检索，给它换一个名称",
        "drop searchable; if this property is not the holder's code and is to be searched by itself, rename it",
    );
    desk.warn(Code::ReservedName, at, Part::Value, message, help);
}

/// Statistics have names of their own beside those of the properties.
fn names(desk: &mut Desk<'_>, fields: &[Field], places: &[Pointer]) {
    let is_date = |field: &Field| matches!(field.kind, FieldKind::Date | FieldKind::DateTime);
    let open = |field: &&Field| field.search.is_some_and(|search| !search.opaque);
    let own = fields.iter().filter(open).filter(|field| is_date(field)).map(|field| field.name.as_str());
    let dates: Vec<&str> = GROUPED_DATES.iter().copied().chain(own).collect();
    for (field, at) in fields.iter().zip(places).filter(|(field, _)| field.search.is_some()) {
        let name = field.name.as_str();
        let of_date = dates.iter().find(|date| [format!("{date}Year"), format!("{date}Month")].iter().any(|group| group == name));
        if let Some(date) = of_date.filter(|_| open(&field) && !is_date(field)) {
            let message = Message::new(
                format!("统计已用“{name}”指“{date}”的年或月，可检索的属性不能再用这个名称"),
                format!("statistics call the year or month of “{date}” “{name}”: a searchable property cannot have that name"),
            );
            let help = Message::new("给属性换一个名称，或去掉 searchable", "rename the property, or drop searchable");
            desk.error(Code::NameCollision, at, Part::Key, message, help);
        }
    }
}

fn search(desk: &mut Desk<'_>, field: &Field, wanted: &RawSearchable, at: &Pointer, slots: &mut SlotMap) -> Option<Search> {
    let Some(family) = SlotFamily::of(&field.kind) else {
        let kind = super::paths::kind_name(&field.kind);
        let message = Message::new(
            format!("“{}”是{}，不能检索", field.name, kind.zh),
            format!("“{}” is {} and cannot be searchable", field.name, kind.en),
        );
        let help =
            Message::new("只有最外层的标量属性可以检索；去掉 searchable", "only scalars at the top can be searched; drop searchable");
        desk.error(Code::NotSearchable, at, Part::Value, message, help);
        return None;
    };
    let personal = field.sensitivity == Sensitivity::Personal;
    let family = if personal { SlotFamily::Text } else { family };
    let can_order = !personal && !matches!(field.kind, FieldKind::Bool);
    let can_prefix = !personal && matches!(field.kind, FieldKind::Text | FieldKind::Code(_));
    let (order, prefix) = match wanted {
        RawSearchable::Whole(_) => (can_order, can_prefix),
        RawSearchable::Parts(parts) => {
            let (order, prefix) = (parts.contains(&RawSearch::Order), parts.contains(&RawSearch::Prefix));
            refuse(desk, field, at, personal, [("order", order && !can_order), ("prefix", prefix && !can_prefix)]);
            (order && can_order, prefix && can_prefix)
        }
    };
    let slot = slot(desk, field, family, at, slots)?;
    Some(Search { slot, order, prefix, opaque: personal })
}

fn refuse(desk: &mut Desk<'_>, field: &Field, at: &Pointer, personal: bool, refused: [(&str, bool); 2]) {
    for (name, _) in refused.into_iter().filter(|(_, refused)| *refused) {
        let (code, message, help) = if personal {
            (
                Code::SearchOnPersonal,
                Message::new(
                    format!("“{}”是个人信息，只能按相等检索，不能用 {name}", field.name),
                    format!("“{}” is personal: it can be asked for by equality only, not by {name}", field.name),
                ),
                Message::new(
                    "写 \"searchable\": [\"eq\"] 或 true；索引里只存不透明的键",
                    "write \"searchable\": [\"eq\"] or true; the index keeps an opaque key only",
                ),
            )
        } else {
            let kind = super::paths::kind_name(&field.kind);
            (
                Code::NotSearchable,
                Message::new(
                    format!("“{}”是{}，不能用 {name} 检索", field.name, kind.zh),
                    format!("“{}” is {}: {name} does not apply to it", field.name, kind.en),
                ),
                Message::new(format!("从 searchable 里去掉 {name}"), format!("take {name} out of searchable")),
            )
        };
        desk.error(code, at, Part::Value, message, help);
    }
}

fn slot(desk: &mut Desk<'_>, field: &Field, family: SlotFamily, at: &Pointer, slots: &mut SlotMap) -> Option<Slot> {
    if let Some(slot) = slots.get(&field.name) {
        if slot.family == family {
            return Some(*slot);
        }
        let message = Message::new(
            format!("“{}”原来按{}索引，现在要按{}索引", field.name, family_name(slot.family).zh, family_name(family).zh),
            format!(
                "“{}” has been indexed as {} and is now to be indexed as {}",
                field.name,
                family_name(slot.family).en,
                family_name(family).en
            ),
        );
        let help = Message::new(
            "给改了类型的属性换一个名称，旧名称的数据保持原样",
            "give the property with the new type another name; data under the old one stay as they are",
        );
        desk.error(Code::SearchFamilyChanged, at, Part::Value, message, help);
        return None;
    }
    let taken = |number: u8| slots.values().any(|slot| slot.family == family && slot.number == number);
    match (1..=family.limit()).find(|number| !taken(*number)) {
        Some(number) => {
            let slot = Slot { family, number };
            slots.insert(field.name.clone(), slot);
            Some(slot)
        }
        None => {
            let name = family_name(family);
            let holders: Vec<&str> = slots.iter().filter(|(_, slot)| slot.family == family).map(|(name, _)| name.as_str()).collect();
            let message = Message::new(
                format!("“{}”不能再检索：{}一类最多 {} 个，已被占用", field.name, name.zh, family.limit()),
                format!("“{}” cannot be searchable too: {} allows {}, and they are taken", field.name, name.en, family.limit()),
            );
            let help = Message::new(
                format!("从这些属性中去掉一个 searchable：{}（以前版本用过的仍占位，直到旧数据清除）", holders.join("、")),
                format!("drop searchable from one of: {} (those of earlier versions stay taken while rows remain)", holders.join(", ")),
            );
            desk.error(Code::TooManySearchable, at, Part::Value, message, help);
            None
        }
    }
}

fn family_name(family: SlotFamily) -> Message {
    let (zh, en) = match family {
        SlotFamily::Text => ("文本（字符串、代码、布尔、个人信息）", "text (strings, codes, booleans, personal values)"),
        SlotFamily::Date => ("日期", "dates"),
        SlotFamily::Number => ("数字", "numbers"),
    };
    Message::new(zh, en)
}
