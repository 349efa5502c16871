//! The document as one page that needs nothing else: to read, and to print.

use std::fmt::Write as _;

use model::docs::document::{Block, Document};
use verify::messages::Lang;

/// The whole page.
pub fn page(document: &Document, lang: Lang) -> String {
    let (tag, contents) = if lang == Lang::Zh { ("zh-CN", "目录") } else { ("en", "Contents") };
    let mut out = String::with_capacity(64 << 10);
    let title = escaped(&document.title);
    let _ = write!(
        out,
        "<!doctype html>\n<html lang=\"{tag}\">\n<head>\n<meta charset=\"utf-8\">\n<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <title>{title}</title>\n<link rel=\"icon\" href=\"data:,\">\n<style>\n{STYLE}</style>\n</head>\n<body>\n<header>\n<h1>{title}</h1>\n"
    );
    for line in &document.subtitle {
        let _ = writeln!(out, "<p>{}</p>", inline(line));
    }
    let _ = write!(out, "</header>\n<nav aria-label=\"{contents}\"><ul>\n");
    for (index, section) in document.sections.iter().enumerate() {
        let _ = writeln!(out, "<li><a href=\"#s{}\">{}</a></li>", index + 1, escaped(&section.title));
    }
    out.push_str("</ul></nav>\n<main>\n");
    for (index, section) in document.sections.iter().enumerate() {
        let _ = writeln!(out, "<section id=\"s{0}\">\n<h2>{1}</h2>", index + 1, escaped(&section.title));
        for block in &section.blocks {
            write_block(&mut out, block, &section.title);
        }
        out.push_str("</section>\n");
    }
    out.push_str("</main>\n</body>\n</html>\n");
    out
}

fn write_block(out: &mut String, block: &Block, section: &str) {
    // Writing to a string cannot fail.
    let _ = match block {
        Block::Heading { text } => writeln!(out, "<h3>{}</h3>", inline(text)),
        Block::Text { text } => writeln!(out, "<p>{}</p>", inline(text)),
        Block::List { items } => {
            let items: String = items.iter().map(|item| format!("<li>{}</li>", inline(item))).collect();
            writeln!(out, "<ul>{items}</ul>")
        }
        Block::Table { head, widths, rows } => {
            let all: u32 = widths.iter().map(|width| u32::from(*width)).sum::<u32>().max(1);
            let columns: String = widths.iter().map(|width| format!("<col style=\"width:{}%\">", u32::from(*width) * 100 / all)).collect();
            let head: String = head.iter().map(|title| format!("<th scope=\"col\">{}</th>", inline(title))).collect();
            // What does not fit a phone is scrolled, by the keyboard too.
            let many = if widths.len() > 3 { " class=\"many\"" } else { "" };
            let _ = writeln!(
                out,
                "<div class=\"wide\" role=\"group\" tabindex=\"0\" aria-label=\"{}\">\n<table{many}><colgroup>{columns}</colgroup><thead><tr>{head}</tr></thead>\n<tbody>",
                escaped(section)
            );
            for row in rows {
                let cells: String = row.iter().map(|cell| format!("<td>{}</td>", inline(cell))).collect();
                let _ = writeln!(out, "<tr>{cells}</tr>");
            }
            writeln!(out, "</tbody></table></div>")
        }
        Block::Code { label, text } => {
            writeln!(out, "<figure><figcaption>{}</figcaption><pre><code>{}</code></pre></figure>", inline(label), escaped(text))
        }
    };
}

/// A text with its code.
fn inline(text: &str) -> String {
    let parts = text.split('`').enumerate();
    parts.map(|(index, part)| if index % 2 == 1 { format!("<code>{}</code>", escaped(part)) } else { escaped(part) }).collect()
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

const STYLE: &str = ":root{color-scheme:light}
body{font:16px/1.7 system-ui,'Noto Sans CJK SC','Microsoft YaHei',sans-serif;max-width:66rem;margin:0 auto;padding:0 1rem 3rem;color:#1a1a1a;background:#fff}
header{border-top:4px solid #b3261e;margin:0 -1rem;padding:1.5rem 1rem .5rem}
header p{margin:.15rem 0;color:#444}
h1{font-size:1.7rem;line-height:1.3;margin:0 0 .75rem}
h2{font-size:1.3rem;line-height:1.3;margin:2.5rem 0 .75rem;padding-bottom:.3rem;border-bottom:2px solid #0b3d75;color:#0b3d75}
h3{font-size:1.05rem;margin:1.75rem 0 .4rem}
nav ul{display:flex;flex-wrap:wrap;gap:.25rem 1.25rem;list-style:none;padding:.5rem 0;margin:0;border-block:1px solid #ccc}
a{color:#0b3d75}
.wide{overflow-x:auto;margin:.75rem 0}
.wide:focus-visible{outline:3px solid #0b3d75}
table{border-collapse:collapse;width:100%;table-layout:fixed}
table.many{min-width:38rem}
th,td{border:1px solid #bbb;padding:.35rem .6rem;text-align:left;vertical-align:top;overflow-wrap:anywhere}
th{background:#eef2f7}
code{font-family:ui-monospace,'Noto Sans Mono CJK SC',monospace;font-size:.92em;overflow-wrap:anywhere}
figure{margin:.75rem 0}
figcaption{font-size:.9rem;color:#444}
pre{background:#f4f6f9;border:1px solid #dde3ea;padding:.75rem 1rem;margin:.2rem 0 0;white-space:pre-wrap;overflow-wrap:anywhere;line-height:1.5}
@page{size:A4;margin:18mm 16mm}
@media print{body{max-width:none;padding:0;font-size:10.5pt}header{border-top-width:2pt}nav{display:none}.wide{overflow:visible}table.many{min-width:0}h2,h3,figcaption{break-after:avoid}tr{break-inside:avoid}thead{display:table-header-group}}
";

#[cfg(test)]
mod tests {
    use super::{inline, page};
    use model::docs::document::{Block, Document, Section};
    use verify::messages::Lang;

    #[test]
    fn nothing_that_others_wrote_is_markup() {
        assert_eq!(inline("a `<b>` & \"c\""), "a <code>&lt;b&gt;</code> &amp; &quot;c&quot;");
        let block = Block::Code { label: "x".into(), text: "</pre><script>`".into() };
        let document = Document {
            title: "<i>".into(),
            subtitle: Vec::new(),
            sections: vec![Section { title: "\"><img>".into(), blocks: vec![block] }],
        };
        let text = page(&document, Lang::Zh);
        assert!(!text.contains("<script>") && !text.contains("<img>") && !text.contains("<i>"), "{text}");
        assert!(text.contains("&lt;/pre&gt;&lt;script&gt;`"), "{text}");
    }
}
