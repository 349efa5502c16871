//! The interface document (对接文档) for one department: what it may read of a type and how, with requests that were run.
//!
//! It is made from the type as the department's grants show it: what is not granted is not in it.

mod fields;
mod requests;
mod sections;

use serde_json::Value;
use verify::messages::Lang;

use super::document::{Document, Section};
use crate::actor::Department;
use crate::grant::Grant;
use crate::registry::CertificateType;

pub use requests::{Request, requests};

/// What such a document is made of.
#[derive(Debug)]
pub struct Handed<'a> {
    /// The type as grants show it to the department; the type itself where it reads all of it.
    pub ty: &'a CertificateType,
    pub department: &'a Department,
    /// Names of the department's clients and tokens that read the type whole, without a grant.
    pub whole: &'a [String],
    /// The department's grants of this type.
    pub grants: &'a [&'a Grant],
    /// Where the hub is, without a slash at the end.
    pub hub: &'a str,
    pub limits: Limits,
    /// What was asked and answered, in the order of [`requests`].
    pub exchanges: &'a [Exchange],
    /// When it is made, in words of the document.
    pub made: &'a str,
    pub lang: Lang,
}

/// How much, how fast. None: no limit.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Limits {
    /// Certificates that one request may ask for.
    pub certificates: u64,
    /// Largest page.
    pub page: u32,
    /// Levels of a query.
    pub depth: usize,
    /// Bytes of an answer.
    pub answer: usize,
    /// How long an access token lives, in seconds.
    pub token: u64,
    /// Requests a second and a day, of one client and of all of the department.
    pub client: (Option<u32>, Option<u32>),
    pub department: (Option<u32>, Option<u32>),
}

/// A request that was run, and the answer it got.
#[derive(Debug, Clone, PartialEq)]
pub struct Exchange {
    pub request: Request,
    pub answer: Value,
}

/// The document.
pub fn for_department(handed: &Handed<'_>) -> Document {
    let say = Say(handed.lang);
    let ty = handed.ty;
    let title = if handed.lang == Lang::Zh {
        format!("{}接口对接文档", super::document::plain(&ty.title.zh))
    } else {
        format!("Interface document: {}", super::document::plain(ty.title.text(Lang::En)))
    };
    let subtitle = vec![
        format!("{}{}", say.of("用证部门：", "For: "), say.with(&handed.department.name, &handed.department.code)),
        format!("{}{}", say.of("枢纽：", "Hub: "), handed.hub),
        format!("{}{}", say.of("编制时间：", "Made: "), handed.made),
    ];
    let sections: [(&str, &str, Vec<super::document::Block>); 9] = [
        ("证照类型", "The type", sections::about(handed)),
        ("授权", "What is granted", sections::granted(handed)),
        ("取得令牌", "A token", sections::token(handed)),
        ("可读字段", "The fields", fields::table(handed)),
        ("代码表", "Code tables", fields::codes(handed)),
        ("请求与应答样例", "Requests and answers", sections::exchanges(handed)),
        ("用途与事项", "Purpose and matter", sections::purpose(handed)),
        ("错误代码", "Errors", sections::errors(handed)),
        ("限额", "Limits", sections::limits(handed)),
    ];
    let numbered = sections.into_iter().filter(|(.., blocks)| !blocks.is_empty()).enumerate();
    let sections = numbered.map(|(index, (zh, en, blocks))| Section { title: format!("{}  {}", index + 1, say.of(zh, en)), blocks });
    Document { title, subtitle, sections: sections.collect() }
}

/// One of two texts.
#[derive(Clone, Copy)]
struct Say(Lang);

impl Say {
    const fn of<'a>(self, zh: &'a str, en: &'a str) -> &'a str {
        match self.0 {
            Lang::Zh => zh,
            Lang::En => en,
        }
    }

    /// With what stands in brackets behind it.
    fn with(self, text: &str, within: &str) -> String {
        match self.0 {
            Lang::Zh => format!("{text}（{within}）"),
            Lang::En => format!("{text} ({within})"),
        }
    }
}
