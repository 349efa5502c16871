//! Registering seals, and suspending, resuming and destroying them.

use chrono::{DateTime, Days, FixedOffset, NaiveDate, NaiveTime, TimeZone as _, Utc};
use model::actor::{Caller, Granted};
use uuid::Uuid;
use verify::ses::write::SealDraft;
use verify::ses::{Listing, Picture, Seal, SignatureOutcome, SignerList, Version};

use super::{SealRefusal, Sealing, SealingError, picture};
use crate::audit::{Entry, Kind};
use crate::sign::ofd::make_seal;
use crate::store::{AuthorityRow, SealFault, SealRow, SealStatus, SealUseRow};

/// Resolution of drawn seals: 42 mm are about a thousand pixels.
const DPI: u32 = 600;
/// The second line of a seal that names none.
const FOR_CERTIFICATES: &str = "电子证照专用章";
/// How long a seal is in force that names no end.
const YEARS: u32 = 5;
/// type of a seal of an organisation.
const ORGANISATION: u32 = 1;
const VENDOR: &str = "ZHENGZHAO";
const EIGHT_HOURS: i32 = 8 * 3600;
/// How often a code that is made up may be taken.
const ATTEMPTS: usize = 5;

/// A seal as it is given.
#[derive(Debug, Clone)]
pub struct SealInput {
    /// Credit code of a registered authority.
    pub authority: String,
    /// 编码: ASCII letters, digits, `-`; made from the authority's division where there is none.
    pub code: Option<String>,
    /// Default: the authority's name and the second line.
    pub name: Option<String>,
    pub shape: SealShape,
    /// Default: 电子证照专用章.
    pub second_line: Option<String>,
    /// Types it may be put to, by GraphQL name.
    pub types: Granted,
    /// 保管人.
    pub custodian: String,
    /// First day; default: from now on.
    pub valid_from: Option<NaiveDate>,
    /// Last day; default: five years on.
    pub valid_to: Option<NaiveDate>,
}

/// A seal's picture; lengths in whole millimetres, as a seal states them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SealShape {
    /// A circle with a star.
    Round {
        diameter: u32,
    },
    Oval {
        width: u32,
        height: u32,
    },
    /// A PNG from elsewhere.
    Picture {
        png: Vec<u8>,
        width: u32,
        height: u32,
    },
}

impl SealShape {
    fn name(&self) -> &'static str {
        match self {
            Self::Round { .. } => "ROUND",
            Self::Oval { .. } => "OVAL",
            Self::Picture { .. } => "PICTURE",
        }
    }

    fn size(&self) -> (u32, u32) {
        match *self {
            Self::Round { diameter } => (diameter, diameter),
            Self::Oval { width, height } | Self::Picture { width, height, .. } => (width, height),
        }
    }
}

impl SealInput {
    /// A round seal of an authority for every type, with every default.
    pub fn round(authority: &str, custodian: &str) -> Self {
        Self {
            authority: authority.to_owned(),
            code: None,
            name: None,
            shape: SealShape::Round { diameter: 42 },
            second_line: None,
            types: Granted::All,
            custodian: custodian.to_owned(),
            valid_from: None,
            valid_to: None,
        }
    }
}

impl Sealing {
    /// Draws a seal, has it signed by the maker of seals, and registers it, ACTIVE.
    ///
    /// # Errors
    /// What of the input is not possible, by name; no seal maker or no signer of the authority here; a code that is taken.
    pub async fn register(&self, input: &SealInput, caller: &Caller, now: DateTime<Utc>) -> Result<SealRow, SealingError> {
        let authority = self.authority(&input.authority).await?;
        let input = self.checked(input)?;
        let second_line = input.second_line.as_deref().unwrap_or(FOR_CERTIFICATES);
        let name = input.name.clone().unwrap_or_else(|| format!("{}{second_line}", authority.name));
        let term = term(input.valid_from, input.valid_to, now)?;
        for _ in 0..ATTEMPTS {
            let code = input.code.clone().unwrap_or_else(|| made_up_code(&authority.code));
            let png = picture_of(&input.shape, &authority.name, second_line, &code)?;
            let seal = self.make(&code, &name, &png, input.shape.size(), &authority.code, term, now)?;
            let row = SealRow {
                id: Uuid::now_v7(),
                code: code.clone(),
                authority: authority.code.clone(),
                name: name.clone(),
                shape: input.shape.name().to_owned(),
                width: input.shape.size().0,
                height: input.shape.size().1,
                picture: png,
                seal,
                types: input.types.clone(),
                custodian: input.custodian.trim().to_owned(),
                valid_from: term.0,
                valid_to: term.1,
                status: SealStatus::Active,
                reason: None,
                changed_at: now,
                uses: 0,
                registered_at: now,
                registered_by: caller.actor.name.to_string(),
            };
            let event = Entry::new(caller, Kind::RegisterSeal, now).of_many(None, 1).into();
            match self.store.put_seal(&row, &event).await? {
                Ok(()) => return Ok(row),
                Err(_) if input.code.is_none() => {}
                Err(_) => {
                    return Err(SealingError::Conflict {
                        zh: format!("编码 {code} 已被另一枚印章使用"),
                        en: format!("another seal has the code {code}"),
                    });
                }
            }
        }
        Err(SealingError::Bug("no code for a seal was free".to_owned()))
    }

    /// The seals of an authority, or all.
    ///
    /// # Errors
    /// The store does not answer.
    pub async fn seals(&self, authority: Option<&str>) -> Result<Vec<SealRow>, SealingError> {
        Ok(self.store.seals(authority).await?)
    }

    /// The newest uses of a seal, newest first.
    ///
    /// # Errors
    /// The store does not answer.
    pub async fn uses(&self, seal_id: Uuid, before: Option<Uuid>, limit: u32) -> Result<Vec<SealUseRow>, SealingError> {
        Ok(self.store.seal_uses(seal_id, before, limit).await?)
    }

    /// It may not sign until it is resumed.
    ///
    /// # Errors
    /// No such seal; one that is not active; no reason.
    pub async fn suspend(&self, code: &str, reason: &str, caller: &Caller, now: DateTime<Utc>) -> Result<SealRow, SealingError> {
        self.change(code, (&[SealStatus::Active], SealStatus::Suspended), Kind::SuspendSeal, reason, caller, now).await
    }

    /// It may sign again.
    ///
    /// # Errors
    /// No such seal; one that is not suspended; no reason.
    pub async fn resume(&self, code: &str, reason: &str, caller: &Caller, now: DateTime<Utc>) -> Result<SealRow, SealingError> {
        self.change(code, (&[SealStatus::Suspended], SealStatus::Active), Kind::ResumeSeal, reason, caller, now).await
    }

    /// It never signs again. What it signed stays signed.
    ///
    /// # Errors
    /// No such seal; one that was destroyed already; no reason.
    pub async fn destroy(&self, code: &str, reason: &str, caller: &Caller, now: DateTime<Utc>) -> Result<SealRow, SealingError> {
        let from = &[SealStatus::Active, SealStatus::Suspended];
        self.change(code, (from, SealStatus::Destroyed), Kind::DestroySeal, reason, caller, now).await
    }

    async fn change(
        &self,
        code: &str,
        (from, to): (&[SealStatus], SealStatus),
        kind: Kind,
        reason: &str,
        caller: &Caller,
        now: DateTime<Utc>,
    ) -> Result<SealRow, SealingError> {
        let reason = reason.trim();
        if reason.is_empty() || reason.chars().count() > 500 {
            return Err(SealingError::input("reason", "原因为空或超过500字", "the reason is empty or longer than 500 characters"));
        }
        let event = Entry::new(caller, kind, now).of_many(None, 1).into();
        let missing = || SealingError::NotFound { code: code.to_owned() };
        match self.store.change_seal(code, from, to, reason, &event).await? {
            Ok(()) => self.store.seal(code).await?.ok_or_else(missing),
            Err(SealFault::Status(status)) => {
                let (zh, en) = match SealRefusal::of_status(status, code, None) {
                    Some(refusal) => (refusal.message(verify::messages::Lang::Zh), refusal.to_string()),
                    None => (format!("印章 {code} 在用"), format!("the seal {code} is active")),
                };
                Err(SealingError::Conflict { zh, en })
            }
            Err(SealFault::NotFound | SealFault::CodeTaken) => Err(missing()),
        }
    }

    async fn authority(&self, code: &str) -> Result<AuthorityRow, SealingError> {
        let found = self.store.authorities_by(std::slice::from_ref(&code.to_owned())).await?.into_iter().next();
        found.ok_or_else(|| {
            SealingError::input("authority", format!("机构 {code} 未登记"), format!("the authority {code} is not registered"))
        })
    }

    /// The input, as far as it can be judged by itself.
    fn checked<'a>(&self, input: &'a SealInput) -> Result<&'a SealInput, SealingError> {
        if let Some(code) = &input.code {
            let fits = (1..=40).contains(&code.len()) && code.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
            if !fits {
                let en = "a seal's code is 1 to 40 ASCII letters, digits and hyphens";
                return Err(SealingError::input("code", "印章编码应为1至40个英文字母、数字或连字符", en));
            }
        }
        let lines = [("name", input.name.as_ref()), ("secondLine", input.second_line.as_ref()), ("custodian", Some(&input.custodian))];
        for (path, text) in lines {
            if text.is_some_and(|text| text.trim().is_empty() || text.chars().count() > 100) {
                return Err(SealingError::input(path, "为空或超过100字", "it is empty or longer than 100 characters"));
            }
        }
        let (width, height) = input.shape.size();
        if !(20..=60).contains(&width) || !(20..=60).contains(&height) {
            return Err(SealingError::input(
                "shape",
                format!("印章尺寸 {width}×{height} 毫米不在20至60毫米之间"),
                format!("a seal of {width} × {height} mm: a side is 20 to 60 mm"),
            ));
        }
        if let Granted::Only(names) = &input.types {
            let registry = self.registry.load();
            if let Some(unknown) = names.iter().find(|name| registry.get(name).is_none()) {
                return Err(SealingError::input(
                    "types",
                    format!("没有证照类型 {unknown}"),
                    format!("no certificate type is named {unknown}"),
                ));
            }
            if names.is_empty() {
                return Err(SealingError::input("types", "没有可用的证照类型", "a seal for no type at all"));
            }
        }
        Ok(input)
    }

    #[allow(clippy::too_many_arguments, reason = "each is a field of the seal")]
    fn make(
        &self,
        code: &str,
        name: &str,
        png: &[u8],
        (width, height): (u32, u32),
        authority: &str,
        (valid_from, valid_to): (DateTime<Utc>, DateTime<Utc>),
        now: DateTime<Utc>,
    ) -> Result<Vec<u8>, SealingError> {
        let maker = self.keys.seal_maker().ok_or_else(|| {
            SealingError::unavailable(
                "本枢纽没有制章人密钥：请用 zhengzhao keys maker 建立或导入",
                "there is no seal maker here: make or import one (zhengzhao keys maker)",
            )
        })?;
        let signer = self.keys.signer(authority).ok_or_else(|| {
            let refusal = SealRefusal::NoSigner { authority: authority.to_owned() };
            SealingError::unavailable(refusal.message(verify::messages::Lang::Zh), refusal.to_string())
        })?;
        let bug = |detail: String| SealingError::Bug(format!("the seal {code}: {detail}"));
        let own = signer.chain().first().ok_or_else(|| bug("the signer has no certificate".to_owned()))?;
        let draft = SealDraft {
            version: Version::V4,
            vendor: VENDOR.to_owned(),
            id: code.to_owned(),
            kind: ORGANISATION,
            name: name.to_owned(),
            signers: SignerList::Certificates(vec![own.clone()]),
            created: now,
            valid_from,
            valid_to,
            picture: Picture { format: "png".to_owned(), bytes: png.to_vec(), width, height },
            extensions: Vec::new(),
        };
        let der = make_seal(&draft, &*maker).map_err(|error| bug(error.to_string()))?;
        // Nothing is registered that would not verify.
        let seal = Seal::read(&der).map_err(|fault| bug(fault.to_string()))?;
        match (seal.maker_signature(), seal.listing(own)) {
            (SignatureOutcome::Valid, Listing::Certificate) => Ok(der),
            other => Err(bug(format!("as made it is {other:?}"))),
        }
    }
}

fn picture_of(shape: &SealShape, authority: &str, second_line: &str, code: &str) -> Result<Vec<u8>, SealingError> {
    let form = match shape {
        SealShape::Round { diameter } => render::SealShape::Round { diameter: f64::from(*diameter), star: true },
        SealShape::Oval { width, height } => render::SealShape::Oval { width: f64::from(*width), height: f64::from(*height) },
        SealShape::Picture { png, .. } => {
            picture::decoded(png)
                .map_err(|fault| SealingError::input("picture", format!("印章图片不可用：{fault}"), format!("no usable PNG: {fault}")))?;
            return Ok(png.clone());
        }
    };
    let seal = render::Seal {
        authority: authority.to_owned(),
        second_line: Some(second_line.to_owned()),
        code: Some(code.to_owned()),
        shape: form,
    };
    let drawn = seal.draw().and_then(|drawing| drawing.png(DPI));
    drawn.map_err(|error| SealingError::input("shape", format!("印章无法绘制：{error}"), format!("the seal cannot be drawn: {error}")))
}

/// From the first moment of the first day to the last second of the last, in Beijing; a seal states whole seconds.
fn term(from: Option<NaiveDate>, to: Option<NaiveDate>, now: DateTime<Utc>) -> Result<(DateTime<Utc>, DateTime<Utc>), SealingError> {
    let bug = || SealingError::Bug("a time that Beijing does not have".to_owned());
    let offset = FixedOffset::east_opt(EIGHT_HOURS).ok_or_else(bug)?;
    let whole = |time: DateTime<Utc>| DateTime::from_timestamp(time.timestamp(), 0).ok_or_else(bug);
    let begin = match from {
        Some(day) => offset.from_local_datetime(&day.and_time(NaiveTime::MIN)).single().ok_or_else(bug)?.to_utc(),
        None => whole(now)?,
    };
    let last = match to {
        Some(day) => day,
        None => begin.with_timezone(&offset).date_naive().checked_add_months(chrono::Months::new(12 * YEARS)).ok_or_else(bug)?,
    };
    let next = last.checked_add_days(Days::new(1)).ok_or_else(bug)?;
    let end = offset.from_local_datetime(&next.and_time(NaiveTime::MIN)).single().ok_or_else(bug)?.to_utc() - chrono::Duration::seconds(1);
    if end <= begin || end <= now {
        return Err(SealingError::input(
            "validTo",
            format!("印章有效期至 {last}，早于起始日或今天"),
            format!("the seal would end on {last}, before it begins or before today"),
        ));
    }
    Ok((begin, end))
}

/// Thirteen digits, as seal codes of the public security have \[K\]: the division, and a number by chance.
fn made_up_code(authority: &str) -> String {
    let division = authority.get(2..8).filter(|division| division.bytes().all(|byte| byte.is_ascii_digit())).unwrap_or("000000");
    format!("{division}{:07}", rand::random_range(0..10_000_000_u32))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_term_covers_whole_days_in_beijing() {
        let now = "2026-11-22T02:03:04.5Z".parse().unwrap();
        let day = |text: &str| text.parse().ok();
        let (from, to) = term(day("2026-12-01"), day("2027-11-30"), now).unwrap();
        assert_eq!((from.to_rfc3339(), to.to_rfc3339()), ("2026-11-30T16:00:00+00:00".into(), "2027-11-30T15:59:59+00:00".into()));
        let (from, to) = term(None, None, now).unwrap();
        assert_eq!((from.to_rfc3339(), to.to_rfc3339()), ("2026-11-22T02:03:04+00:00".into(), "2031-11-22T15:59:59+00:00".into()));
        assert!(term(day("2026-12-02"), day("2026-12-01"), now).is_err());
        assert!(term(None, day("2026-11-21"), now).is_err());
    }

    #[test]
    fn a_made_up_code_has_the_division_and_thirteen_digits() {
        let code = made_up_code("11990000000000GX2C");
        assert!(code.len() == 13 && code.starts_with("990000") && code.bytes().all(|byte| byte.is_ascii_digit()), "{code}");
    }
}
