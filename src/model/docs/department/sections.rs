//! Everything but the fields.

use serde_json::Value;
use verify::messages::Lang;

use super::super::document::{Block, code, plain};
use super::super::examples::pretty;
use super::{Handed, Say};
use crate::grant::{Fields, Grant};
use crate::refusal::CODES;

pub(super) fn about(handed: &Handed<'_>) -> Vec<Block> {
    let (say, ty) = (Say(handed.lang), handed.ty);
    let mut rows = vec![
        vec![say.of("证照类型", "Type").to_owned(), plain(ty.title.text(handed.lang))],
        vec![say.of("GraphQL 名称", "Name in GraphQL").to_owned(), format!("{} {}", code(&ty.name), code(&ty.plural))],
        vec![say.of("证照类型代码", "Type code").to_owned(), code(&ty.type_code)],
    ];
    if let Some(standard) = &ty.standard {
        rows.push(vec![say.of("标准", "Standard").to_owned(), plain(standard)]);
    }
    rows.push(vec![
        say.of("类型文件", "Type file").to_owned(),
        format!("{} {}，SM3 {}", say.of("版本", "version"), ty.version, code(&ty.digest)),
    ]);
    rows.push(vec![
        say.of("定义机构", "Defined by").to_owned(),
        say.with(&plain(&ty.defining_authority.name), &code(&ty.defining_authority.code)),
    ]);
    let mut blocks = Vec::new();
    if let Some(description) = ty.description.as_deref().filter(|_| handed.lang == Lang::Zh) {
        blocks.push(Block::text(plain(description)));
    }
    blocks.push(Block::table(&[(say.of("项目", "Item"), 25), (say.of("内容", "Value"), 75)], rows));
    blocks
}

pub(super) fn granted(handed: &Handed<'_>) -> Vec<Block> {
    let say = Say(handed.lang);
    let mut blocks = Vec::new();
    if !handed.whole.is_empty() {
        let names: Vec<_> = handed.whole.iter().map(|name| code(name)).collect();
        let text = say.of(
            "以下客户端或令牌经准入可读取本类型的全部字段，不另需授权：",
            "These clients or tokens were admitted to the whole type and need no grant: ",
        );
        blocks.push(Block::text(format!("{text}{}", names.join("、"))));
    }
    if !handed.grants.is_empty() {
        let head = [
            (say.of("授权", "Grant"), 20),
            (say.of("事项编码", "Matters"), 20),
            (say.of("证照范围", "Certificates"), 26),
            (say.of("最后一日", "Last day"), 14),
            (say.of("法律依据", "Legal basis"), 30),
        ];
        blocks.push(Block::table(&head, handed.grants.iter().map(|grant| row(grant, say)).collect()));
        let log = say.of(
            "每次读取都记入日志，并注明所依据的授权。需要更多字段时用 `requestAccess` 申请。",
            "Each read is logged with the grants it rests on. To ask for more fields: `requestAccess`.",
        );
        blocks.push(Block::text(log));
    }
    blocks
}

fn row(grant: &Grant, say: Say) -> Vec<String> {
    let list = |names: &mut dyn Iterator<Item = &String>| names.map(|name| code(name)).collect::<Vec<_>>().join(" ");
    let items = grant.items.as_ref().map_or_else(|| say.of("不限", "any").to_owned(), |items| list(&mut items.iter()));
    let rows = grant.rows.as_ref().map_or_else(|| say.of("全部", "all").to_owned(), |rows| code(&rows.to_string()));
    let whole = if grant.fields == Fields::All { say.of("（全部字段）", " (every field)") } else { "" };
    vec![
        format!("{}{whole}", code(&grant.name)),
        items,
        rows,
        grant.until.map_or_else(|| say.of("至撤回", "until withdrawn").to_owned(), |day| day.to_string()),
        plain(&grant.legal_basis),
    ]
}

pub(super) fn token(handed: &Handed<'_>) -> Vec<Block> {
    let (say, hub) = (Say(handed.lang), handed.hub);
    let text = say.of(
        "以客户端标识和密钥（或 SM2 签名的请求）换取访问令牌，到期前半分钟重取；每次请求带请求头 `Authorization: Bearer <令牌>`。令牌有效秒数：",
        "Client id and secret, or a request signed with SM2, give an access token; ask for another one half a minute before its end, and send it as `Authorization: Bearer <token>`. It lives, in seconds: ",
    );
    let curl = format!(
        "curl -s -u \"$CLIENT_ID:$CLIENT_SECRET\" -d grant_type=client_credentials {hub}/oauth/token\n\
         curl -s {hub}/graphql -H \"Authorization: Bearer $TOKEN\" -H 'Content-Type: application/json' --data-binary @request.json"
    );
    vec![
        Block::text(format!("{text}{}", handed.limits.token)),
        Block::code(say.of("取令牌，然后请求", "A token, then a request"), curl),
        Block::text(format!(
            "{}`{hub}/graphql/schema.graphql`",
            say.of(
                "本部门可见的 SDL（须带令牌），可生成各语言的客户端：",
                "The SDL as this department may see it (with its token), to generate clients from: "
            )
        )),
    ]
}

pub(super) fn exchanges(handed: &Handed<'_>) -> Vec<Block> {
    let say = Say(handed.lang);
    let mut blocks = vec![Block::text(say.of(
        "以下各例都由本枢纽的引擎以本部门的权限实际执行，应答未经改动。所查证照由类型文件的示例数据签发，其中的人、企业、机构和代码都是虚构的，不在本枢纽的数据库中。授权所限的证照范围在样例中不起作用。",
        "Each of these was run by this hub's own engine with the department's rights, and its answer is as it came. The certificate was issued from the type file's example data: its persons, firms, authorities and codes are made up, and it is not in this hub's database. That a grant is for certain certificates only plays no part here.",
    ))];
    for exchange in handed.exchanges {
        let request = &exchange.request;
        blocks.push(Block::heading(request.title(handed.lang)));
        blocks.push(Block::text(request.told(handed.lang)));
        if let Some(query) = request.body.get("query").and_then(Value::as_str) {
            blocks.push(Block::code(say.of("查询", "Query"), pretty(query)));
        }
        blocks.push(Block::code(say.of("请求体", "Request body"), indented(&request.body)));
        blocks.push(Block::code(say.of("应答", "Answer"), indented(&exchange.answer)));
    }
    blocks
}

fn indented(value: &Value) -> String {
    serde_json::to_string_pretty(value).unwrap_or_default()
}

pub(super) fn purpose(handed: &Handed<'_>) -> Vec<Block> {
    let say = Say(handed.lang);
    let rows = [
        ("useFor", "用途，必填，写入日志", "What for; required, and logged"),
        ("itemCode", "事项编码；授权限定事项时必填", "Code of the matter; required where a grant names matters"),
        ("itemName", "事项名称", "Name of the matter"),
        ("businessCode", "业务流水号", "Number of the case"),
        ("operator", "经办人", "Who handles it"),
        ("consent", "用证码：持证人同意时给出，只能用一次", "Use code by which the holder consents; it is spent by one request"),
    ];
    let rows = rows.map(|(name, zh, en)| vec![code(name), say.of(zh, en).to_owned()]).to_vec();
    let mut items: Vec<_> = handed.grants.iter().filter_map(|grant| grant.items.as_ref()).flatten().map(|item| code(item)).collect();
    items.sort_unstable();
    items.dedup();
    let mut blocks = vec![
        Block::text(say.of(
            "读取证照必须说明用途，写在请求的 `extensions.purpose`；也可把同样的 JSON 百分号编码后放在请求头 `X-Purpose`。",
            "Whoever reads a certificate says what for, in `extensions.purpose` of the request, or as percent-encoded JSON in the header `X-Purpose`.",
        )),
        Block::table(&[(say.of("要素", "Element"), 25), (say.of("含义", "Meaning"), 75)], rows),
    ];
    if !items.is_empty() {
        blocks.push(Block::text(format!("{}{}", say.of("本部门获授权的事项：", "Matters granted to this department: "), items.join(" "))));
    }
    blocks
}

pub(super) fn errors(handed: &Handed<'_>) -> Vec<Block> {
    let say = Say(handed.lang);
    let rows = CODES.iter().map(|known| {
        vec![code(known.code), known.status.to_string(), known.meaning(handed.lang).to_owned(), known.remedy(handed.lang).to_owned()]
    });
    let head = [(say.of("代码", "Code"), 24), ("HTTP", 8), (say.of("含义", "Meaning"), 36), (say.of("处理", "What to do"), 36)];
    let text = say.of(
        "错误在 `errors[].extensions.code`。整个请求被拒绝时 HTTP 状态如下表；部分字段被拒绝时状态为 200，该字段为 null。取令牌的错误见 RFC 6749 第 5.2 节（如 `invalid_client`）。",
        "In `errors[].extensions.code`. The status is that of a request refused as a whole; where fields are refused it is 200, and they are null. Errors of `/oauth/token` are those of RFC 6749, 5.2 (`invalid_client`, say).",
    );
    vec![Block::text(text), Block::table(&head, rows.collect())]
}

pub(super) fn limits(handed: &Handed<'_>) -> Vec<Block> {
    let (say, limits) = (Say(handed.lang), &handed.limits);
    let often = |(rate, daily): (Option<u32>, Option<u32>)| {
        let told = |limit: Option<u32>, zh: &str, en: &str| limit.map(|limit| format!("{limit} {}", say.of(zh, en)));
        let both: Vec<_> = [told(rate, "次/秒", "a second"), told(daily, "次/日", "a day")].into_iter().flatten().collect();
        if both.is_empty() { say.of("不限", "no limit").to_owned() } else { both.join("，") }
    };
    let rows = vec![
        vec![say.of("每页证照", "Certificates a page").to_owned(), limits.page.to_string()],
        vec![say.of("一次请求的证照", "Certificates a request").to_owned(), limits.certificates.to_string()],
        vec![say.of("查询层数", "Levels of a query").to_owned(), limits.depth.to_string()],
        vec![say.of("应答长度", "Length of an answer").to_owned(), format!("{} MB", limits.answer >> 20)],
        vec![say.of("每个客户端（未另行登记时）", "Each client, unless registered otherwise").to_owned(), often(limits.client)],
        vec![say.of("本部门全部客户端合计", "All clients of this department together").to_owned(), often(limits.department)],
    ];
    let text = say.of(
        "有限额时应答带 `RateLimit-Policy` 与 `RateLimit`；超出为 429，按 `Retry-After` 等待。",
        "Where there is a limit, answers carry `RateLimit-Policy` and `RateLimit`; beyond it: 429, wait for `Retry-After`.",
    );
    vec![Block::table(&[(say.of("限额", "Limit"), 45), (say.of("值", "Value"), 55)], rows), Block::text(text)]
}
