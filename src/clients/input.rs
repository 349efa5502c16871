//! Departments and clients as they are given, and what of that is not possible.

use chrono::NaiveDate;
use model::actor::{Granted, Role};
use model::registry::names::is_upper_camel;
use model::standards::Standards;
use model::standards::credit_code::CreditCode;
use model::standards::division::DivisionCode;
use verify::messages::Lang;

use super::ClientError;
use crate::store::Contact;

/// Longest name, sentence or reference, in characters.
const MAX_TEXT: usize = 200;
/// Most contacts of a department, documents of a client.
const MOST: usize = 20;
/// Requests a second, a day.
const RATES: std::ops::RangeInclusive<u32> = 1..=100_000;
const DAILY: std::ops::RangeInclusive<u32> = 1..=1_000_000_000;

/// A department as it is given. What is not given stays as it was.
#[derive(Debug, Clone, Default)]
pub struct DepartmentInput {
    /// Credit code (GB 32100).
    pub code: String,
    pub name: String,
    /// Code of the table `AuthorityLevel`.
    pub level: Option<String>,
    /// Six digits (GB/T 2260).
    pub division: Option<String>,
    pub contacts: Option<Vec<Contact>>,
    /// Requests a second of all its clients together.
    pub rate: Option<u32>,
    /// Requests a day of all its clients together.
    pub daily: Option<u32>,
}

/// A client as it is given.
#[derive(Debug, Clone)]
pub struct ClientInput {
    /// 3 to 64 small letters, digits and hyphens; made up where it is not given.
    pub id: Option<String>,
    /// Credit code of a registered department.
    pub department: String,
    pub name: String,
    pub role: Role,
    /// Types that it reads whole, by GraphQL name; grants add to them.
    pub types: Granted,
    pub authorities: Granted,
    /// What it is admitted for.
    pub admitted_for: String,
    /// References of the documents it is admitted with.
    pub documents: Vec<String>,
    pub rate: Option<u32>,
    pub daily: Option<u32>,
    /// Last day.
    pub ends_on: Option<NaiveDate>,
    /// Give it a secret at once.
    pub with_secret: bool,
}

impl DepartmentInput {
    pub(super) fn check(&self) -> Result<(), ClientError> {
        credit_code("code", &self.code)?;
        text("name", &self.name)?;
        if let Some(level) = &self.level
            && Standards::embedded().table("AuthorityLevel").and_then(|table| table.label(level, Lang::Zh)).is_none()
        {
            return Err(ClientError::input(
                "level",
                format!("{level:?} 不在代码表 AuthorityLevel 中"),
                format!("{level:?} is not in the code table AuthorityLevel"),
            ));
        }
        if let Some(division) = &self.division {
            DivisionCode::parse(division)
                .map_err(|fault| ClientError::input("division", fault.message(Lang::Zh), fault.message(Lang::En)))?;
        }
        for contact in few("contacts", self.contacts.as_deref().unwrap_or_default())? {
            text("contacts", &contact.name)?;
            [&contact.phone, &contact.email].into_iter().flatten().try_for_each(|given| text("contacts", given))?;
        }
        amounts(self.rate, self.daily)
    }
}

impl ClientInput {
    /// What a department's system that reads these types needs, with a secret and every default.
    pub fn reader(department: &str, name: &str, types: Granted) -> Self {
        Self {
            id: None,
            department: department.to_owned(),
            name: name.to_owned(),
            role: Role::Department,
            types,
            authorities: Granted::none(),
            admitted_for: name.to_owned(),
            documents: Vec::new(),
            rate: None,
            daily: None,
            ends_on: None,
            with_secret: true,
        }
    }

    pub(super) fn check(&self) -> Result<(), ClientError> {
        if let Some(id) = &self.id {
            let fits = (3..=64).contains(&id.len()) && id.bytes().all(|byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'-'));
            if !fits {
                return Err(ClientError::input(
                    "id",
                    "客户端标识应为3至64个小写字母、数字或连字符",
                    "a client's id is 3 to 64 small letters, digits and hyphens",
                ));
            }
        }
        text("name", &self.name)?;
        text("admittedFor", &self.admitted_for)?;
        few("documents", &self.documents)?.iter().try_for_each(|document| text("documents", document))?;
        match self.role {
            Role::Department | Role::Issuer => {}
            Role::Anonymous | Role::Holder | Role::Agent | Role::Portal | Role::Administrator => {
                return Err(ClientError::input(
                    "role",
                    "客户端的角色是用证部门或颁发机构；管理员与持证人须本人登录，门户用令牌",
                    "a client is a department's or an issuer's; administrators and holders are persons, and a portal has a token",
                ));
            }
        }
        // A department's system may live by grants alone.
        if self.types == Granted::none() && self.role == Role::Issuer {
            return Err(ClientError::input("types", "没有可用的证照类型", "no type at all"));
        }
        if let Granted::Only(names) = &self.types
            && let Some(wrong) = names.iter().find(|name| !is_upper_camel(name))
        {
            return Err(ClientError::input("types", format!("{wrong:?} 不是类型名"), format!("{wrong:?} is no name of a type")));
        }
        if let Granted::Only(codes) = &self.authorities {
            codes.iter().try_for_each(|code| credit_code("authorities", code))?;
        }
        if self.role == Role::Issuer && self.authorities == Granted::none() {
            return Err(ClientError::input("authorities", "没有可代表的颁发机构", "no authority that it issues for"));
        }
        amounts(self.rate, self.daily)
    }
}

fn credit_code(path: &'static str, code: &str) -> Result<(), ClientError> {
    let told = |lang| CreditCode::parse(code).err().map(|fault| format!("{code}: {}", fault.message(lang)));
    match (told(Lang::Zh), told(Lang::En)) {
        (Some(zh), Some(en)) => Err(ClientError::input(path, zh, en)),
        _ => Ok(()),
    }
}

pub(super) fn text(path: &'static str, given: &str) -> Result<(), ClientError> {
    if given.trim().is_empty() || given.chars().count() > MAX_TEXT || given.chars().any(char::is_control) {
        let zh = format!("为空、超过{MAX_TEXT}字或含控制字符");
        return Err(ClientError::input(path, zh, format!("it is empty, longer than {MAX_TEXT} characters, or holds control characters")));
    }
    Ok(())
}

fn few<'a, T>(path: &'static str, given: &'a [T]) -> Result<&'a [T], ClientError> {
    if given.len() > MOST {
        return Err(ClientError::input(path, format!("超过{MOST}项"), format!("more than {MOST}")));
    }
    Ok(given)
}

fn amounts(rate: Option<u32>, daily: Option<u32>) -> Result<(), ClientError> {
    for (path, given, range) in [("rate", rate, RATES), ("daily", daily, DAILY)] {
        if given.is_some_and(|given| !range.contains(&given)) {
            let (from, to) = range.into_inner();
            return Err(ClientError::input(path, format!("应为 {from} 至 {to}"), format!("it is {from} to {to}")));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What is made wrong of a good one, and where that is told.
    type Wrong = (&'static str, fn(&mut ClientInput));

    fn path(outcome: Result<(), ClientError>) -> Option<&'static str> {
        match outcome {
            Err(ClientError::Input { path, .. }) => Some(path),
            _ => None,
        }
    }

    #[test]
    fn what_is_wrong_is_named() {
        let good = ClientInput::reader("11990000000000GX2C", "办件系统", Granted::All);
        assert!(good.check().is_ok());
        let wrong: [Wrong; 8] = [
            ("id", |input| input.id = Some("Office".into())),
            ("id", |input| input.id = Some("ab".into())),
            ("name", |input| input.name = "a\nb".into()),
            ("types", |input| (input.role, input.types) = (Role::Issuer, Granted::none())),
            ("types", |input| input.types = Granted::Only(["drop table".to_owned()].into())),
            ("role", |input| input.role = Role::Administrator),
            ("authorities", |input| input.role = Role::Issuer),
            ("rate", |input| input.rate = Some(0)),
        ];
        for (expected, change) in wrong {
            let mut input = good.clone();
            change(&mut input);
            assert_eq!(path(input.check()), Some(expected));
        }
        let department = DepartmentInput { code: "11990000000000GX2C".into(), name: "测试局".into(), ..DepartmentInput::default() };
        assert!(department.check().is_ok());
        assert_eq!(path(DepartmentInput { code: "1".into(), ..department.clone() }.check()), Some("code"));
        assert_eq!(path(DepartmentInput { level: Some("x".into()), ..department.clone() }.check()), Some("level"));
        assert_eq!(path(DepartmentInput { division: Some("99".into()), ..department }.check()), Some("division"));
    }
}
