//! Persons and firms that do not exist: numbers and codes with right check characters in the division 990000, which no place has.

use chrono::{Datelike, Days, NaiveDate};
use model::standards::credit_code::check_character;

/// A natural person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Person {
    pub(crate) name: String,
    /// Citizen number (GB 11643).
    pub(crate) number: String,
    pub(crate) birth: NaiveDate,
    pub(crate) male: bool,
}

/// A firm or other organisation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Firm {
    /// What tells firms apart: 恒甲, 安乙 …
    pub(crate) mark: String,
    pub(crate) code: String,
}

/// What the names of companies end in.
pub(super) const COMPANY: &str = "公司";
/// Words by which a name in an example says that it is made up.
pub(super) const MADE_UP: [&str; 3] = ["样例", "示例", "测试"];
const SURNAMES: &str = "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦尤许何吕施张孔曹严华金魏陶姜";
pub(super) const GIVEN: &str = "甲乙丙丁戊己庚辛壬癸子丑寅卯辰巳午未申酉戌亥";
const MARKS: &str = "恒安泰宏瑞鑫永隆昌盛华信立达远通源润泽丰";
/// Births lie in 1970 to 2002.
const BIRTH_DAYS: u64 = 12_000;

/// Person `index`: always the same, and no two alike below five million.
pub(crate) fn person(index: u64) -> Person {
    let first = NaiveDate::from_ymd_opt(1970, 1, 1).unwrap_or_default();
    // 37 has no factor in common with 12,000: within one round every day comes once.
    let birth = first.checked_add_days(Days::new(index * 37 % BIRTH_DAYS)).unwrap_or(first);
    let round = index / BIRTH_DAYS % 400;
    // An odd sequence number is a man's.
    let male = index.is_multiple_of(2);
    let sequence = 100 + round * 2 + u64::from(male);
    let body = format!("990000{:04}{:02}{:02}{sequence:03}", birth.year(), birth.month(), birth.day());
    let name = format!(
        "{}测{}{}",
        pick(SURNAMES, index),
        pick(GIVEN, index / 32),
        if index < 704 { String::new() } else { pick(GIVEN, index / 704).to_string() }
    );
    Person { name, number: format!("{body}{}", citizen_check(&body)), birth, male }
}

/// Firm `index`: always the same, and no two alike below ten million.
pub(crate) fn firm(index: u64) -> Firm {
    let organisation = format!("M{:07}", index % 10_000_000);
    let body = format!("91990000{organisation}{}", organisation_check(&organisation));
    let check = check_character(&body).unwrap_or('0');
    let place = index % 1_000_000;
    let mark =
        format!("{}{}{}", pick(MARKS, place), pick(GIVEN, place / 20), if place < 440 { String::new() } else { (place / 440).to_string() });
    Firm { mark, code: format!("{body}{check}") }
}

/// The credit code of authority `index` beyond those of the demonstration: no two alike below ten million.
pub(crate) fn authority(index: u64) -> String {
    let organisation = format!("G{:07}", index % 10_000_000);
    let body = format!("11990000{organisation}{}", organisation_check(&organisation));
    let check = check_character(&body).unwrap_or('0');
    format!("{body}{check}")
}

impl Firm {
    /// Its name where an example says `example`: a company is called the same everywhere; “测试第一医院” becomes “测试恒甲第一医院”.
    pub(crate) fn name_like(&self, example: &str) -> String {
        if example.ends_with(COMPANY) {
            return format!("测试{}建设有限{COMPANY}", self.mark);
        }
        let place = MADE_UP.iter().find_map(|word| example.find(word).map(|place| place + word.len())).unwrap_or_default();
        let (before, after) = example.split_at(place);
        format!("{before}{}{after}", self.mark)
    }
}

fn pick(characters: &str, index: u64) -> char {
    let count = characters.chars().count().max(1);
    let place = usize::try_from(index).unwrap_or_default() % count;
    characters.chars().nth(place).unwrap_or('测')
}

/// ISO 7064 MOD 11-2 over the first 17 digits.
fn citizen_check(body: &str) -> char {
    let sum = body.chars().filter_map(|digit| digit.to_digit(10)).fold(0, |sum, digit| (sum + digit) * 2 % 11);
    match (12 - sum % 11) % 11 {
        10 => 'X',
        value => char::from_digit(value, 10).unwrap_or('0'),
    }
}

/// GB 11714: the ninth character of an organisation code.
fn organisation_check(body: &str) -> char {
    const WEIGHTS: [u32; 8] = [3, 7, 9, 10, 5, 8, 4, 2];
    let sum: u32 = body.chars().filter_map(|character| character.to_digit(36)).zip(WEIGHTS).map(|(value, weight)| value * weight).sum();
    match 11 - sum % 11 {
        10 => 'X',
        11 => '0',
        value => char::from_digit(value, 10).unwrap_or('0'),
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use model::standards::citizen_number::CitizenNumber;
    use model::standards::credit_code::CreditCode;

    use super::*;

    #[test]
    fn persons_and_firms_have_sound_numbers_and_no_two_the_same() {
        let (mut numbers, mut codes) = (BTreeSet::new(), BTreeSet::new());
        for index in (0..30_000).step_by(7) {
            let someone = person(index);
            let read = CitizenNumber::parse_undated(&someone.number).expect("a citizen number");
            assert_eq!((read.birth_date(), read.division()), (someone.birth, "990000"));
            assert_eq!(read.sex().code(), if someone.male { "1" } else { "2" });
            assert!(numbers.insert(someone.number));
            let one = firm(index);
            assert_eq!(CreditCode::parse(&one.code).expect("a credit code").division(), "990000");
            assert!(codes.insert(one.code));
        }
    }

    #[test]
    fn a_firm_is_called_after_the_example() {
        let one = firm(0);
        assert_eq!(one.name_like("测试劳务有限公司"), format!("测试{}建设有限公司", one.mark));
        assert_eq!(one.name_like("测试市样例门诊部"), format!("测试市样例{}门诊部", one.mark));
        assert_eq!(one.name_like("测试第一医院"), format!("测试{}第一医院", one.mark));
    }
}
