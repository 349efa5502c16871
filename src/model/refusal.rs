//! The codes with which the hub refuses, declared once: what each means, what its caller does about it, and the status it has over HTTP
//! where a refusal is the whole answer. `extensions.code` of every error is one of them.

use verify::messages::Lang;

/// One code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Code {
    pub code: &'static str,
    /// Outside GraphQL; within it an error is part of an answer.
    pub status: u16,
    meaning: (&'static str, &'static str),
    remedy: (&'static str, &'static str),
}

impl Code {
    pub const fn meaning(&self, lang: Lang) -> &'static str {
        in_lang(self.meaning, lang)
    }

    /// What to do about it.
    pub const fn remedy(&self, lang: Lang) -> &'static str {
        in_lang(self.remedy, lang)
    }
}

/// All of them, in the order in which a request meets them.
pub const CODES: [Code; 11] = [
    Code {
        code: "UNAUTHENTICATED",
        status: 401,
        meaning: ("没有令牌，或令牌无效、已过期、已撤销", "There is no token, or it is not known, expired or revoked"),
        remedy: ("检查 `Authorization` 请求头，重取令牌", "Look at the header `Authorization`; ask for another token"),
    },
    Code {
        code: "FORBIDDEN",
        status: 403,
        meaning: ("没有该类型、该颁发机构或该事项的权限", "No right to this type, this authority or for this matter"),
        remedy: ("检查 `itemCode`；向枢纽管理员申请授权", "Look at `itemCode`; ask the hub's administrator for a grant"),
    },
    Code {
        code: "PURPOSE_REQUIRED",
        status: 403,
        meaning: ("读取证照没有说明用途", "A certificate is read without a purpose"),
        remedy: ("加上 `extensions.purpose`", "Send `extensions.purpose`"),
    },
    Code {
        code: "NOT_FOUND",
        status: 404,
        meaning: ("没有该证照，或无权读取", "There is no such certificate, or no right to read it"),
        remedy: ("检查标识或编号", "Look at the identifier or number"),
    },
    Code {
        code: "INVALID_INPUT",
        status: 400,
        meaning: ("输入不合规定", "The input does not meet the rules"),
        remedy: ("见 `extensions.faults`：`[{path, message}]`", "See `extensions.faults`: `[{path, message}]`"),
    },
    Code {
        code: "CONFLICT",
        status: 409,
        meaning: (
            "编号已被占用、版本已不是现行、状态不允许该操作，或幂等键已用于其他内容",
            "The number is taken, the version is not current, the status forbids it, or the idempotency key was used for something else",
        ),
        remedy: (
            "重新读取后再试；`extensions.current` 是现行版本",
            "Read again, then try again; `extensions.current` is the current version",
        ),
    },
    Code {
        code: "APPROVAL_REQUIRED",
        status: 403,
        meaning: ("敏感操作须另一人批准，已作为申请保存", "What is sensitive takes a second person; it is kept as a request"),
        remedy: (
            "由另一管理员批准；申请号在 `extensions.approval`",
            "Another administrator approves it; its id is in `extensions.approval`",
        ),
    },
    Code {
        code: "LIMIT_EXCEEDED",
        status: 413,
        meaning: ("超出数量、深度或候选范围", "More certificates, levels or candidates than one request may ask for"),
        remedy: ("缩小条件或分页", "Narrow the conditions, or ask page by page"),
    },
    Code {
        code: "RATE_LIMITED",
        status: 429,
        meaning: ("请求过于频繁", "Asked too often"),
        remedy: ("按 `Retry-After` 的秒数等待后再试", "Try again after the seconds of `Retry-After`"),
    },
    Code {
        code: "UNAVAILABLE",
        status: 503,
        meaning: ("数据库或签名密钥暂不可用", "The database or a signing key cannot be reached now"),
        remedy: ("稍后再试，签发请带 `idempotencyKey`", "Try again later; when issuing, with an `idempotencyKey`"),
    },
    Code {
        code: "INTERNAL",
        status: 500,
        meaning: ("系统内部错误，已记录", "A fault of the hub's own; it has been logged"),
        remedy: ("联系枢纽管理员", "Tell the hub's administrator"),
    },
];

/// The code of this name.
pub fn named(code: &str) -> Option<&'static Code> {
    CODES.iter().find(|known| known.code == code)
}

const fn in_lang(pair: (&'static str, &'static str), lang: Lang) -> &'static str {
    match lang {
        Lang::Zh => pair.0,
        Lang::En => pair.1,
    }
}
