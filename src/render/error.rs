//! What can be wrong, as sentences with names and values in both languages.

use std::fmt;

use verify::messages::Lang;

/// Why there is no sheet, or no document of one.
#[derive(Debug, Clone, PartialEq)]
pub enum RenderError {
    /// The author of the template must change it: everything typst has to say, at once.
    Template(Vec<Fault>),
    /// No font has this character; it would be an empty box.
    MissingGlyph {
        /// The character.
        character: char,
        /// The property or other marked place it stands in.
        mark: Option<String>,
        /// The page, from 1.
        page: usize,
    },
    /// A text would be cut off by the edge of the page.
    OutsidePage {
        /// The text.
        text: String,
        /// The property or other marked place it stands in.
        mark: Option<String>,
        /// The page, from 1.
        page: usize,
    },
    /// The template put something in place of the mark of copies.
    CopyMarkMissing {
        /// The page, from 1.
        page: usize,
    },
    /// The template draws what OFD could not show alike.
    NotInBoth {
        /// What it draws.
        what: Drawing,
        /// The page, from 1.
        page: usize,
    },
    /// More than is taken.
    TooMuch {
        /// Of what.
        what: Measure,
        /// How many.
        found: usize,
        /// How many are taken.
        limit: usize,
    },
    /// A photo that cannot be read.
    Photo {
        /// The property.
        name: String,
        /// Why, in English.
        reason: String,
    },
    /// A text that no QR code of a size that scans can hold.
    Qr {
        /// How many bytes the text has.
        bytes: usize,
    },
    /// A name that cannot be a file name inside a document, or stands twice.
    AttachmentName {
        /// The name.
        name: String,
    },
    /// A control character, which neither XML nor a page can hold.
    ControlCharacter {
        /// Its code point.
        code: u32,
        /// Where it stands.
        place: String,
    },
    /// A seal of no use: without a name, or of a size that no seal has.
    SealForm {
        /// In mm.
        width: f64,
        /// In mm.
        height: f64,
    },
    /// typst or the font subsetter refused: a fault of this program.
    Writing(String),
}

/// What OFD would not show as PDF does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Drawing {
    /// A gradient or tiling.
    Gradient,
    /// A clip that is no upright rectangle.
    Clip,
    /// An SVG or PDF picture, or another kind of picture than PNG and JPEG.
    Picture,
    /// A link to something else than a page of the web, such as a script.
    Link,
}

/// What is counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Measure {
    /// Bytes of a template.
    TemplateBytes,
    /// Bytes of a certificate's data.
    DataBytes,
    /// Bytes of a photo.
    PhotoBytes,
    /// Pixels of a photo.
    PhotoPixels,
    /// Photos.
    Photos,
    /// Bytes of all attachments.
    AttachmentBytes,
    /// Pages.
    Pages,
    /// Dots per inch of a seal's picture.
    Dpi,
    /// Characters of one line of a seal.
    SealCharacters,
}

/// One thing that is wrong in a template.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// `face.typ`, or a file of this package.
    pub file: String,
    /// From 1; 0 when typst names no place.
    pub line: usize,
    /// From 1; 0 when typst names no place.
    pub column: usize,
    /// typst's own words, which are English.
    pub message: String,
    /// typst's advice.
    pub hints: Vec<String>,
}

impl Fault {
    /// The fault as a sentence; the place in the language asked for, typst's words as they are.
    pub fn message(&self, lang: Lang) -> String {
        let hints: String = self.hints.iter().map(|hint| format!("; {hint}")).collect();
        let place = match (lang, self.line) {
            (_, 0) => self.file.clone(),
            (Lang::Zh, line) => format!("{} 第 {line} 行第 {} 列", self.file, self.column),
            (Lang::En, line) => format!("{} line {line}, column {}", self.file, self.column),
        };
        match (lang, known(&self.message)) {
            (Lang::Zh, Some(zh)) => format!("{place}：{zh}（{}{hints}）", self.message),
            (Lang::Zh, None) => format!("{place}：{}{hints}", self.message),
            (Lang::En, _) => format!("{place}: {}{hints}", self.message),
        }
    }
}

/// The commonest of typst's sentences, in Chinese.
fn known(message: &str) -> Option<String> {
    let after = |start: &str| message.strip_prefix(start).map(|rest| rest.trim().to_owned());
    after("unknown variable:")
        .map(|name| format!("没有名为 {name} 的变量"))
        .or_else(|| after("the type has no property").map(|name| format!("此类型没有属性 {name}")))
        .or_else(|| after("panicked with:").map(|what| format!("模板中止：{what}")))
        .or_else(|| after("assertion failed:").map(|what| known(&what).unwrap_or(format!("模板的检查不成立：{what}"))))
        .or_else(|| after("unexpected").map(|what| format!("此处不应有 {what}")))
        .or_else(|| after("expected").map(|what| format!("此处应为 {what}")))
        .or_else(|| after("unclosed").map(|what| format!("{what} 没有结束")))
        .or_else(|| after("file not found").map(|_| "模板不能读取文件".to_owned()))
        .or_else(|| after("a template").map(|_| "模板只能使用 /zhengzhao.typ，不能读取文件或软件包".to_owned()))
}

impl RenderError {
    /// The error as sentences for a person.
    pub fn message(&self, lang: Lang) -> String {
        let zh = lang == Lang::Zh;
        match self {
            Self::Template(faults) => faults.iter().map(|fault| fault.message(lang)).collect::<Vec<_>>().join("\n"),
            Self::MissingGlyph { character, mark, page } => {
                let (at, code) = (place(mark.as_deref(), *page, lang), u32::from(*character));
                if zh {
                    format!("{at}：字符“{character}”（U+{code:04X}）没有字形")
                } else {
                    format!("{at}: no font has the character “{character}” (U+{code:04X})")
                }
            }
            Self::OutsidePage { text, mark, page } => {
                let at = place(mark.as_deref(), *page, lang);
                if zh {
                    format!("{at}：文字“{text}”超出页面")
                } else {
                    format!("{at}: the text “{text}” reaches beyond the page")
                }
            }
            Self::CopyMarkMissing { page } if zh => format!("第 {page} 页没有使用件标记：模板不得设置 page 的 foreground"),
            Self::CopyMarkMissing { page } => {
                format!("page {page} lacks the mark of a copy: a template must not set the page's foreground")
            }
            Self::NotInBoth { what, page } => match what {
                Drawing::Gradient if zh => format!("第 {page} 页使用渐变或平铺，OFD 不能同样显示"),
                Drawing::Gradient => format!("page {page} uses a gradient or tiling, which OFD would not show alike"),
                Drawing::Link if zh => format!("第 {page} 页的链接不是 http 或 https 网址"),
                Drawing::Link => format!("page {page} links to something else than an http or https address"),
                Drawing::Clip if zh => format!("第 {page} 页的裁剪不是水平矩形，OFD 不能同样显示"),
                Drawing::Clip => format!("page {page} clips by another shape than an upright rectangle, which OFD would not show alike"),
                Drawing::Picture if zh => format!("第 {page} 页的图片不是 PNG 或 JPEG，OFD 不能同样显示"),
                Drawing::Picture => format!("page {page} has a picture that is neither PNG nor JPEG, which OFD would not show alike"),
            },
            Self::TooMuch { what, found, limit } => {
                let (name_zh, name_en) = what.names();
                if zh {
                    format!("{name_zh}为 {found}，上限为 {limit}")
                } else {
                    format!("{name_en}: {found}; at most {limit} are taken")
                }
            }
            Self::Photo { name, reason } if zh => format!("照片 {name} 无法读取：{reason}"),
            Self::Photo { name, reason } => format!("the photo {name} cannot be read: {reason}"),
            Self::Qr { bytes } if zh => format!("二维码内容 {bytes} 字节，太长，按 25 毫米印出后无法扫描"),
            Self::Qr { bytes } => format!("{bytes} bytes are too many for a QR code that scans when printed at 25 mm"),
            Self::AttachmentName { name } if zh => format!("附件名“{name}”不可用或重复：只用字母、数字与 . - _"),
            Self::AttachmentName { name } => {
                format!("the attachment name “{name}” is not usable or stands twice: letters, digits and . - _ only")
            }
            Self::ControlCharacter { code, place } if zh => format!("{place} 含控制字符 U+{code:04X}"),
            Self::ControlCharacter { code, place } => format!("{place} holds the control character U+{code:04X}"),
            Self::SealForm { width, height } if zh => format!("印章须有机构名称，边长 20 至 60 毫米，此处为 {width}×{height}"),
            Self::SealForm { width, height } => {
                format!("a seal needs an authority's name and measures 20 to 60 mm; this one is {width} × {height}")
            }
            Self::Writing(reason) if zh => format!("写出文件失败：{reason}"),
            Self::Writing(reason) => format!("the document could not be written: {reason}"),
        }
    }
}

fn place(mark: Option<&str>, page: usize, lang: Lang) -> String {
    match (lang, mark) {
        (Lang::Zh, Some(mark)) => format!("第 {page} 页 {mark}"),
        (Lang::Zh, None) => format!("第 {page} 页"),
        (Lang::En, Some(mark)) => format!("page {page}, {mark}"),
        (Lang::En, None) => format!("page {page}"),
    }
}

impl Measure {
    fn names(self) -> (&'static str, &'static str) {
        match self {
            Self::TemplateBytes => ("模板字节数", "bytes of the template"),
            Self::DataBytes => ("证照数据字节数", "bytes of the certificate's data"),
            Self::PhotoBytes => ("照片字节数", "bytes of a photo"),
            Self::PhotoPixels => ("照片像素数", "pixels of a photo"),
            Self::Photos => ("照片数", "photos"),
            Self::AttachmentBytes => ("附件总字节数", "bytes of all attachments"),
            Self::Pages => ("页数", "pages"),
            Self::Dpi => ("印章图片分辨率", "dots per inch of a seal's picture"),
            Self::SealCharacters => ("印章一行的字数", "characters of one line of a seal"),
        }
    }
}

impl fmt::Display for RenderError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message(Lang::En))
    }
}

impl std::error::Error for RenderError {}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message(Lang::En))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fault_of_a_template_names_its_place_in_both_languages() {
        let fault =
            Fault { file: "face.typ".into(), line: 3, column: 5, message: "unknown variable: nmae".into(), hints: vec!["try name".into()] };
        assert_eq!(fault.message(Lang::Zh), "face.typ 第 3 行第 5 列：没有名为 nmae 的变量（unknown variable: nmae; try name）");
        assert_eq!(fault.to_string(), "face.typ line 3, column 5: unknown variable: nmae; try name");
    }

    #[test]
    fn a_missing_character_is_named_with_its_place() {
        let error = RenderError::MissingGlyph { character: '🙂', mark: Some("personName".into()), page: 1 };
        assert_eq!(error.message(Lang::Zh), "第 1 页 personName：字符“🙂”（U+1F642）没有字形");
        assert_eq!(error.to_string(), "page 1, personName: no font has the character “🙂” (U+1F642)");
    }
}
