//! Interface documents (对接文档) as pages: the text is `model::docs`'s, the HTML is made here.

use model::docs;
use model::registry::{CertificateType, Registry, State};
use pulldown_cmark::{Event, Options, Parser, Tag, html};

/// One type's document, as Markdown.
pub fn markdown(ty: &CertificateType, registry: &Registry, public_url: &str) -> String {
    docs::interface(ty, registry, &format!("{public_url}/graphql"))
}

/// Every type, with a link to its document.
pub fn index(registry: &Registry) -> String {
    let mut text = String::from("# 证照类型接口文档\n\n| 证照类型 | GraphQL 名称 | 类型代码 | 版本 |\n| --- | --- | --- | --- |\n");
    for known in registry.types().filter(|known| known.state != State::Draft) {
        let ty = &known.ty;
        text.push_str(&format!(
            "| [{}](/docs/types/{}) | `{}` | `{}` | {} |\n",
            ty.title.zh.replace('|', "\\|"),
            ty.name,
            ty.name,
            ty.type_code,
            ty.version
        ));
    }
    page(&text)
}

/// The Markdown as one page that needs nothing else.
pub fn page(markdown: &str) -> String {
    let title = markdown.lines().next().unwrap_or_default().trim_start_matches(['#', ' ']);
    let mut body = String::new();
    html::push_html(&mut body, Parser::new_ext(markdown, Options::ENABLE_TABLES).map(harmless));
    format!(
        "<!doctype html>\n<html lang=\"zh-CN\">\n<head>\n<meta charset=\"utf-8\">\n<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <title>{}</title>\n<style>\n{STYLE}</style>\n</head>\n<body>\n{body}</body>\n</html>\n",
        title.replace('&', "&amp;").replace('<', "&lt;")
    )
}

/// What the author of a type file wrote is text: no tags of his own, and no link but to the web or to this hub.
fn harmless(event: Event<'_>) -> Event<'_> {
    let plain = |link: &str| {
        link.starts_with("https://")
            || link.starts_with("http://")
            || (link.starts_with('/') && !link.starts_with("//"))
            || link.starts_with('#')
    };
    match event {
        Event::Html(text) | Event::InlineHtml(text) => Event::Text(text),
        Event::Start(Tag::Link { link_type, dest_url, title, id }) if !plain(&dest_url) => {
            Event::Start(Tag::Link { link_type, dest_url: "#".into(), title, id })
        }
        Event::Start(Tag::Image { link_type, title, id, .. }) => Event::Start(Tag::Image { link_type, dest_url: "#".into(), title, id }),
        other => other,
    }
}

const STYLE: &str = "body{font:16px/1.7 system-ui,'Noto Sans CJK SC','Microsoft YaHei',sans-serif;max-width:72rem;margin:2rem auto;padding:0 1rem;color:#1a1a1a}
h1,h2,h3{line-height:1.3}h2{margin-top:2.5rem;border-bottom:1px solid #ccc;padding-bottom:.3rem}
table{border-collapse:collapse;display:block;overflow-x:auto}th,td{border:1px solid #ccc;padding:.3rem .6rem;text-align:left;vertical-align:top}th{background:#f3f4f6}
code{font-family:ui-monospace,'Noto Sans Mono CJK SC',monospace;font-size:.92em}pre{background:#f6f8fa;padding:1rem;overflow-x:auto}
@media print{body{margin:0;max-width:none}pre{white-space:pre-wrap}}
";

#[cfg(test)]
mod tests {
    use super::page;

    #[test]
    fn a_page_has_its_title_and_tables_and_lets_no_tag_through() {
        let text = page("# 标题 &lt;x\n\n| 甲 | 乙 |\n| --- | --- |\n| 1 | `a\\|b` |\n");
        assert!(text.contains("<table>") && text.contains("lang=\"zh-CN\"") && text.contains("<code>a|b</code>"), "{text}");
    }
}
