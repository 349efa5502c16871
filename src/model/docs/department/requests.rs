//! What a department asks of a type, as requests that can be run as they stand.

use serde_json::{Map, Value, json};
use verify::messages::Lang;

use super::super::words::inner;
use crate::registry::{CertificateType, Field, FieldKind, Sight, names};

/// Most fields of a type that a sample asks for, and of an object in it.
const FIELDS: usize = 12;
const WITHIN: usize = 6;

/// One request: the body of a `POST /graphql`.
#[derive(Debug, Clone, PartialEq)]
pub struct Request {
    zh: &'static str,
    en: &'static str,
    /// What is to be seen in the answer.
    told: (&'static str, &'static str),
    pub body: Value,
}

impl Request {
    pub const fn title(&self, lang: Lang) -> &'static str {
        match lang {
            Lang::Zh => self.zh,
            Lang::En => self.en,
        }
    }

    pub const fn told(&self, lang: Lang) -> &'static str {
        match lang {
            Lang::Zh => self.told.0,
            Lang::En => self.told.1,
        }
    }
}

/// Of a type as it is shown to the department, about the certificate with this identifier, for this matter.
pub fn requests(ty: &CertificateType, identifier: &str, item: Option<&str>) -> Vec<Request> {
    let mut purpose = Map::from_iter([("useFor".to_owned(), json!("办理业务核验资格"))]);
    if let Some(item) = item {
        purpose.insert("itemCode".into(), json!(item));
    }
    let purpose = json!({ "purpose": purpose });
    let body = |query: &str, variables: &Value| json!({ "query": query, "variables": variables, "extensions": purpose });
    let common = if ty.holders_sight() == Sight::Denied { COMMON.to_owned() } else { format!("{COMMON} holders {{ name code }}") };
    let own = selection(&ty.fields, FIELDS);
    let (one, many) = (names::root_one(ty), names::root_many(ty));
    let by_id = format!("query One($id: ID!) {{ {one}(id: $id) {{ {common} {own} }} }}");
    let (name, value) = condition(ty);
    let list = format!(
        "query Many($where: {}, $first: Int, $after: String) {{ {many}(where: $where, first: $first, after: $after) {{ totalCount pageInfo {{ hasNextPage endCursor }} nodes {{ identifier number status validTo }} }} }}",
        names::filter(ty)
    );
    let verify = "query Verify($id: ID!) { verifyCertificate(id: $id) { result genuine status gbResult reasons { code message } } }";
    let id = json!({ "id": identifier });
    vec![
        Request {
            zh: "按标识查询",
            en: "One, by its identifier",
            told: (
                "`id` 可以是电子证照标识或不透明标识，应答恰为该版本。",
                "`id` is the identifier or the opaque id; the answer is exactly that version.",
            ),
            body: body(&by_id, &id),
        },
        Request {
            zh: "按条件分页查询",
            en: "Many, page by page",
            told: (
                "`pageInfo.hasNextPage` 为 true 时，以 `pageInfo.endCursor` 作为下一次的 `after`，直到取完。",
                "While `pageInfo.hasNextPage` is true, ask again with `pageInfo.endCursor` as `after`.",
            ),
            body: body(&list, &json!({ "where": { name: { "eq": value } }, "first": 20, "after": null })),
        },
        Request {
            zh: "验证",
            en: "Is it genuine, and usable now?",
            told: ("任何人都可以验证，不需要令牌和用途。", "Anybody may ask; neither token nor purpose is needed."),
            body: json!({ "query": verify, "variables": id }),
        },
        Request {
            zh: "没有说明用途时",
            en: "Without a purpose",
            told: (
                "被拒绝的字段为 null，`errors` 说明原因；应依据 `extensions.code` 判断。",
                "What is refused is null, and `errors` says why; decide by `extensions.code`.",
            ),
            body: json!({ "query": by_id, "variables": id }),
        },
    ]
}

const COMMON: &str = "identifier name number status issuedOn validFrom validTo issuer { code name }";

/// The first `limit` fields as a selection, nested ones with their own; photos are long.
fn selection(fields: &[Field], limit: usize) -> String {
    let shown = fields.iter().filter(|field| !holds_bytes(&field.kind)).take(limit);
    let parts: Vec<String> = shown.map(|field| format!("{}{}", field.name, inside(&field.kind))).collect();
    parts.join(" ")
}

fn holds_bytes(kind: &FieldKind) -> bool {
    match kind {
        FieldKind::Base64 => true,
        FieldKind::List(item) => holds_bytes(item),
        // An object of nothing but bytes would have an empty selection.
        _ => inner(kind).is_some_and(|fields| fields.iter().all(|field| holds_bytes(&field.kind))),
    }
}

fn inside(kind: &FieldKind) -> String {
    match kind {
        FieldKind::Code(_) => " { code label }".into(),
        FieldKind::List(item) => inside(item),
        _ => inner(kind).map(|fields| format!(" {{ {} }}", selection(fields, WITHIN))).unwrap_or_default(),
    }
}

/// A field that the department may search by and the first example fills, and its value; else the status.
fn condition(ty: &CertificateType) -> (String, Value) {
    let example = ty.whole().examples.first();
    let searchable = ty.fields.iter().filter(|field| field.search.is_some_and(|search| !search.opaque));
    let mut filled = searchable.filter_map(|field| Some((field, example?.get(&field.name)?)));
    let plain = filled.find(|(_, value)| value.is_string() || value.is_number());
    plain.map_or_else(|| ("status".into(), json!("VALID")), |(field, value)| (field.name.clone(), value.clone()))
}
