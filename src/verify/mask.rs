//! What a public answer may show of names and numbers.

/// A natural person's name: the first character stays (张某某 → 张**).
pub fn mask_person(name: &str) -> String {
    keep_ends(name.trim(), 1, 0)
}

/// A certificate number: the first two and last four characters stay. A number too short to hide anything that way
/// shows its first character alone.
pub fn mask_number(number: &str) -> String {
    match number.chars().count() {
        0..=6 => keep_ends(number, 1, 0),
        _ => keep_ends(number, 2, 4),
    }
}

/// A number that is, or contains, a holder's code: the first and last character stay, since the ends of a citizen number
/// are a region and a serial number.
pub fn mask_holder_code(number: &str) -> String {
    keep_ends(number, 1, usize::from(number.chars().count() > 2))
}

/// A holder's name: an enterprise's or organisation's is public and stays; any other is masked as a person's.
///
/// `code_type` is the code of GB/T 36903 appendix A: 001 (credit code) and 099 (other document of an organisation)
/// are organisations. Without a type the name is masked: hiding too much is the lesser fault.
pub fn mask_holder(name: &str, code_type: Option<&str>) -> String {
    match code_type {
        Some("001" | "099") => name.to_owned(),
        _ => mask_person(name),
    }
}

fn keep_ends(text: &str, first: usize, last: usize) -> String {
    let length = text.chars().count();
    text.chars().enumerate().map(|(place, character)| if place < first || place + last >= length { character } else { '*' }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn persons_are_masked_and_organisations_are_not() {
        assert_eq!(mask_holder("张某某", Some("111")), "张**");
        assert_eq!(mask_holder("张", Some("111")), "张");
        assert_eq!(mask_holder("某某建设有限公司", Some("001")), "某某建设有限公司");
        assert_eq!(mask_holder("张某某", None), "张**");
        assert_eq!(mask_holder("", None), "");
    }

    #[test]
    fn numbers_keep_two_and_four() {
        assert_eq!(mask_number("湘建安A(2023)0000403"), "湘建***********0403");
        assert_eq!(mask_number("123456"), "1*****");
        assert_eq!(mask_number("1234567"), "12*4567");
        assert_eq!(mask_number(""), "");
        assert_eq!(mask_holder_code("990000190001010016"), "9****************6");
        assert_eq!(mask_holder_code("12"), "1*");
    }
}
