//! GraphQL to copy: query, issue, change, verify, each with a curl line.

use serde_json::{Map, Value, json};

use super::words::inner;
use crate::registry::{CertificateType, Field, FieldKind, Operation, names};

const COMMON: &str =
    "id identifier name number status statusCode { code label } issuedOn validFrom validTo issuer { code name } holders { name code }";

pub(super) fn section(out: &mut String, ty: &CertificateType, endpoint: &str) {
    let book = Book { ty, endpoint, data: ty.examples.first().cloned().unwrap_or_default() };
    out.push_str("## 八、示例\n\n示例中的人、企业和代码都是虚构的。`$TOKEN` 是令牌；`<id>` 换成证照的 `id` 或电子证照标识。\n\n");
    book.read(out);
    book.issue(out);
    book.change(out);
    book.verify(out);
}

struct Book<'a> {
    ty: &'a CertificateType,
    endpoint: &'a str,
    data: Map<String, Value>,
}

impl Book<'_> {
    fn read(&self, out: &mut String) {
        let (ty, properties) = (self.ty, selection(&self.ty.fields, 12));
        let one = names::root_one(ty);
        let many = names::root_many(ty);
        self.show(
            out,
            "按标识查询",
            &format!("query($id: ID!) {{ {one}(id: $id) {{ {COMMON} {properties} }} }}"),
            json!({"id": "<id>"}),
            Some("办理业务核验资格"),
        );
        self.show(
            out,
            "按证照编号查询现行版本",
            &format!("query($number: String!) {{ {one}(number: $number) {{ {COMMON} }} }}"),
            json!({"number": "<证照编号>"}),
            Some("办理业务核验资格"),
        );
        let (name, compare, value) = self.condition();
        let order = ty.fields.iter().find(|field| field.search.is_some_and(|search| search.order)).map_or("updatedAt", |field| &field.name);
        let variables = json!({"where": {name: {compare: value}}, "first": 20, "after": null});
        self.show(
            out,
            "按条件分页查询",
            &format!(
                "query($where: {}, $first: Int, $after: String) {{ {many}(where: $where, orderBy: [{{ field: {order}, direction: DESC }}], first: $first, after: $after) \
                 {{ totalCount pageInfo {{ hasNextPage endCursor }} nodes {{ {COMMON} }} }} }}",
                names::filter(ty)
            ),
            variables,
            Some("办理业务核验资格"),
        );
        out.push_str("下一页把 `pageInfo.endCursor` 作为 `after`。\n\n");
        let group = ty
            .fields
            .iter()
            .find(|field| matches!(field.kind, FieldKind::Code(_)) && field.search.is_some_and(|search| !search.opaque))
            .map_or("status", |field| &field.name);
        self.show(
            out,
            "统计",
            &format!("{{ {}(groupBy: [{group}]) {{ groups {{ keys {{ field value label }} count }} }} }}", names::root_statistics(ty)),
            Value::Null,
            Some("统计分析"),
        );
    }

    fn issue(&self, out: &mut String) {
        let input = json!({"input": {"data": self.data, "idempotencyKey": "申请号-0001"}});
        let query = format!(
            "mutation($input: {}!) {{ {}(input: $input) {{ id identifier number status }} }}",
            names::issue_input(self.ty),
            names::root_issue(self.ty)
        );
        self.show(out, "签发", &query, input, None);
        out.push_str("同一 `idempotencyKey` 重发得到第一次的结果。令牌属于多个颁发机构时用 `issuer` 指明其统一社会信用代码；`number`、`issuedOn`、`validFrom`、`validTo` 可省略。\n\n");
        out.push_str(&format!(
            "批量签发用 `{}(inputs: [...], allOrNothing: false)`，最多 1,000 条，逐条返回 `{{ok, certificate, faults}}`。\n\n",
            names::root_issue_many(self.ty)
        ));
    }

    fn change(&self, out: &mut String) {
        let ty = self.ty;
        let has = |operation: Operation| ty.status.transitions.contains_key(&operation);
        for (operation, title, root) in [
            (Operation::Amend, "变更（产生新版本）", names::root_amend(ty)),
            (Operation::Renew, "延续（产生新版本）", names::root_renew(ty)),
        ] {
            if has(operation) {
                let query = format!(
                    "mutation($id: ID!, $input: {}!) {{ {root}(id: $id, input: $input) {{ id identifier version status }} }}",
                    names::issue_input(ty)
                );
                self.show(out, title, &query, json!({"id": "<id>", "input": {"data": self.data}}), None);
            }
        }
        for (operation, title, root) in [
            (Operation::Suspend, "暂扣", "suspendCertificate"),
            (Operation::Resume, "恢复", "resumeCertificate"),
            (Operation::Revoke, "撤销、吊销", "revokeCertificate"),
            (Operation::Cancel, "注销", "cancelCertificate"),
        ] {
            if has(operation) {
                let query = format!(
                    "mutation($id: ID!, $reason: String!) {{ {root}(id: $id, reason: $reason) {{ id status statusCode {{ code label }} }} }}"
                );
                self.show(out, title, &query, json!({"id": "<id>", "reason": "依据某某决定书"}), None);
            }
        }
    }

    fn verify(&self, out: &mut String) {
        let report = "result genuine status gbResult reasons { code message } checks { name outcome detail } certificate { identifier maskedHolder validTo }";
        self.show(
            out,
            "验证（不需要令牌）",
            &format!("query($id: ID!) {{ verifyCertificate(id: $id) {{ {report} }} }}"),
            json!({"id": "<id>"}),
            None,
        );
        let query = format!(
            "query($typeCode: String!, $number: String, $holderName: String, $holderCode: String) {{ verifyInformation(typeCode: $typeCode, number: $number, holderName: $holderName, holderCode: $holderCode) {{ {report} }} }}"
        );
        let variables = json!({"typeCode": &*self.ty.name, "number": "<证照编号>", "holderName": "<持证主体名称>"});
        self.show(out, "按证面信息验证（不需要令牌）", &query, variables, None);
    }

    /// A searchable field that the example fills, and a condition on it.
    fn condition(&self) -> (String, &'static str, Value) {
        let searchable = self.ty.fields.iter().filter(|field| field.search.is_some());
        let filled = searchable.filter_map(|field| Some((field, self.data.get(&field.name)?)));
        let mut plain = filled.filter(|(_, value)| !value.is_null() && !value.is_array() && !value.is_object());
        plain.next().map_or_else(|| ("status".into(), "eq", json!("VALID")), |(field, value)| (field.name.clone(), "eq", value.clone()))
    }

    fn show(&self, out: &mut String, title: &str, query: &str, variables: Value, purpose: Option<&str>) {
        let mut body = Map::from_iter([("query".to_owned(), json!(query))]);
        if !variables.is_null() {
            body.insert("variables".into(), variables.clone());
        }
        if let Some(purpose) = purpose {
            body.insert("extensions".into(), json!({"purpose": {"useFor": purpose}}));
        }
        let token = if title.contains("不需要令牌") { "" } else { " \\\n  -H \"Authorization: Bearer $TOKEN\"" };
        // A terminator of the here-document within the data would end it early: no JSON line reads so.
        let body = serde_json::to_string_pretty(&body).unwrap_or_default();
        out.push_str(&format!(
            "### {title}\n\n```graphql\n{}\n```\n\n```bash\ncurl -s {} -H 'Content-Type: application/json'{token} \\\n  --data-binary @- <<'JSON'\n{body}\nJSON\n```\n\n",
            pretty(query),
            self.endpoint,
        ));
    }
}

/// The first `limit` fields as a selection, nested ones with their own.
fn selection(fields: &[Field], limit: usize) -> String {
    let shown = fields.iter().filter(|field| !matches!(field.kind, FieldKind::Base64)).take(limit);
    let parts: Vec<String> = shown.map(|field| format!("{}{}", field.name, inside(&field.kind))).collect();
    parts.join(" ")
}

fn inside(kind: &FieldKind) -> String {
    match kind {
        FieldKind::Code(_) => " { code label }".into(),
        FieldKind::List(item) => inside(item),
        _ => inner(kind).map(|fields| format!(" {{ {} }}", selection(fields, 6))).unwrap_or_default(),
    }
}

/// A query of one line with its selections on lines of their own; braces within arguments stay where they are.
pub(super) fn pretty(query: &str) -> String {
    let mut out = String::new();
    let (mut depth, mut brackets) = (0_usize, 0_usize);
    let line = |out: &mut String, depth: usize| {
        let kept = out.trim_end().len();
        out.truncate(kept);
        out.push('\n');
        out.push_str(&"  ".repeat(depth));
    };
    for (index, character) in query.char_indices() {
        match character {
            '(' | '[' => brackets += 1,
            ')' | ']' => brackets = brackets.saturating_sub(1),
            _ => {}
        }
        match character {
            '{' if brackets == 0 => {
                // Short leaves such as `{ code label }` stay on their line.
                let rest = query.get(index..).unwrap_or_default();
                let end = rest.find('}').unwrap_or(rest.len());
                if depth > 0 && end < 40 && !rest.get(1..end).unwrap_or_default().contains('{') {
                    brackets += 1000;
                    out.push('{');
                    continue;
                }
                depth += 1;
                out.push('{');
                line(&mut out, depth);
            }
            '}' if brackets >= 1000 => {
                brackets -= 1000;
                out.push('}');
                line(&mut out, depth);
            }
            '}' if brackets == 0 => {
                depth = depth.saturating_sub(1);
                line(&mut out, depth);
                out.push('}');
                if depth > 0 {
                    line(&mut out, depth);
                }
            }
            ' ' if out.ends_with([' ', '\n']) => {}
            other => out.push(other),
        }
    }
    out.lines().map(str::trim_end).filter(|line| !line.is_empty()).collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use super::pretty;

    #[test]
    fn selections_stand_on_their_own_lines_and_keep_their_words() {
        let query = "query($id: ID!) { x(id: $id, o: [{ field: a }]) { id code { code label } deep { a { b } } } }";
        let shown = pretty(query);
        assert!(shown.contains("o: [{ field: a }]") && shown.contains("code { code label }"), "{shown}");
        let words = |text: &str| text.split_whitespace().map(str::to_owned).collect::<Vec<_>>();
        assert_eq!(words(&shown), words(query), "{shown}");
    }
}
