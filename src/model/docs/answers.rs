//! What the hub answers when it does not answer: codes of errors and results of verification.

use crate::refusal::CODES;
use verify::messages::Lang;

pub(super) fn section(out: &mut String) {
    out.push_str(ERRORS);
    for known in &CODES {
        out.push_str(&format!("| `{}` | {} | {} |\n", known.code, known.meaning(Lang::Zh), known.remedy(Lang::Zh)));
    }
    out.push_str(RESULTS);
}

const ERRORS: &str = "## 九、错误与验证结论

错误在 `errors[].extensions.code`：

| 代码 | 含义 | 处理 |
| --- | --- | --- |
";

const RESULTS: &str = "
验证结论 `result`（真实 **且** 现在可用）：

| 情形 | `result` | `gbResult`（GB/T 36906） |
| --- | --- | --- |
| 全部检查通过，有效 | `PASSED` | 0 |
| 真实，未生效 | `FAILED` | 1 |
| 真实，暂扣 | `FAILED` | 2 |
| 真实，过期、撤销、注销、转出、已被替代 | `FAILED` | 3 |
| 给出的信息不全 | `INDETERMINATE` | 4 |
| 查无此证 | `INDETERMINATE` | 5 |
| 信息不一致 | `FAILED` | 5 |
| 状态暂时查不到 | `INDETERMINATE` | 空 |

";
