//! What the hub answers when it does not answer: codes of errors and results of verification.

pub(super) fn section(out: &mut String) {
    out.push_str(TEXT);
}

const TEXT: &str = "## 九、错误与验证结论

错误在 `errors[].extensions.code`：

| 代码 | 含义 | 处理 |
| --- | --- | --- |
| `UNAUTHENTICATED` | 没有令牌，或令牌无效、已过期、已撤销 | 检查 `Authorization` 请求头 |
| `FORBIDDEN` | 令牌没有该类型或该颁发机构的权限 | 向枢纽管理员申请 |
| `PURPOSE_REQUIRED` | 读取证照没有说明用途 | 加上 `extensions.purpose` |
| `NOT_FOUND` | 没有该证照 | 检查标识或编号 |
| `INVALID_INPUT` | 输入不合规定 | 见 `extensions.faults`：`[{path, message}]` |
| `CONFLICT` | 编号已被占用、版本已不是现行、状态不允许该操作，或幂等键已用于其他内容 | 重新读取后再试；`extensions.current` 是现行版本 |
| `LIMIT_EXCEEDED` | 超出数量、深度或候选范围 | 缩小条件或分页 |
| `RATE_LIMITED` | 请求过于频繁 | 稍后再试 |
| `UNAVAILABLE` | 数据库或签名密钥暂不可用 | 稍后再试，签发请带 `idempotencyKey` |
| `INTERNAL` | 系统内部错误，已记录 | 联系枢纽管理员 |

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
