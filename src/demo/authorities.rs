//! The authorities and departments of the demonstration. All are made up: their codes lie in the division 990000, which no
//! place has.

use model::registry::CertificateType;
use model::standards::credit_code::check_character;

use crate::registration::AuthorityInput;

/// An authority with the words by which a type finds it.
#[derive(Debug)]
pub(super) struct DemoAuthority {
    body: &'static str,
    pub(super) name: &'static str,
    level: &'static str,
    subjects: &'static [&'static str],
}

/// The first takes every type whose subject no other has.
pub(super) const AUTHORITIES: [DemoAuthority; 5] = [
    DemoAuthority {
        body: "11990000000000GX2", name: "测试省住房和城乡建设厅", level: "2", subjects: &["住房和城乡建设", "建设", "建造"]
    },
    DemoAuthority {
        body: "119900000000000A1", name: "测试市卫生健康委员会", level: "3", subjects: &["卫生", "医疗", "健康"]
    },
    DemoAuthority {
        body: "119900000000000B2", name: "测试市市场监督管理局", level: "3", subjects: &["市场监督", "营业执照", "工商"]
    },
    DemoAuthority {
        body: "119900000000000C3", name: "测试市自然资源和规划局", level: "3", subjects: &["自然资源", "不动产"]
    },
    DemoAuthority {
        body: "119900000000000D4",
        name: "测试市行政审批局",
        level: "3",
        subjects: &["公安", "驾驶", "人力资源", "劳务", "许可"],
    },
];

/// The department that queries: 用证部门.
pub(super) const DEPARTMENT: (&str, &str) = ("119900000000000E5", "测试市政务服务局");
/// The department that is limited to two types.
pub(super) const RESTRICTED: (&str, &str) = ("119900000000000F6", "测试市公共资源交易中心");

/// The whole credit code of these first 17 characters.
pub(super) fn credit_code(body: &str) -> String {
    match check_character(body) {
        Some(check) => format!("{body}{check}"),
        None => body.to_owned(),
    }
}

impl DemoAuthority {
    pub(super) fn code(&self) -> String {
        credit_code(self.body)
    }

    pub(super) fn input(&self) -> AuthorityInput {
        AuthorityInput {
            code: self.code(),
            name: self.name.to_owned(),
            level: Some(self.level.to_owned()),
            division: Some("990000".to_owned()),
            parent: None,
        }
    }
}

/// Its place in [`AUTHORITIES`].
pub(super) fn place(authority: &DemoAuthority) -> u64 {
    let found = AUTHORITIES.iter().position(|known| known.body == authority.body);
    found.and_then(|place| u64::try_from(place).ok()).unwrap_or_default()
}

/// The authority that would issue this type.
pub(super) fn for_type(ty: &CertificateType) -> &'static DemoAuthority {
    let text = format!("{}{}", ty.defining_authority.name, ty.title.zh);
    let of = |authority: &&DemoAuthority| authority.subjects.iter().any(|subject| text.contains(subject));
    AUTHORITIES.iter().find(of).unwrap_or(&AUTHORITIES[0])
}

#[cfg(test)]
mod tests {
    use model::standards::credit_code::CreditCode;

    use super::*;

    #[test]
    fn every_code_is_a_sound_credit_code_of_the_test_division() {
        let bodies = AUTHORITIES.iter().map(|authority| authority.body).chain([DEPARTMENT.0, RESTRICTED.0]);
        let codes: std::collections::BTreeSet<_> = bodies.map(credit_code).collect();
        assert_eq!(codes.len(), AUTHORITIES.len() + 2);
        for code in &codes {
            assert_eq!(CreditCode::parse(code).expect("a credit code").division(), "990000");
        }
        assert!(codes.contains("11990000000000GX2C"));
    }
}
