//! Which passwords are too weak: short ones, those that everybody tries first, repetitions, sequences, and one's own name.
//!
//! What is asked for is length; no rule says which kinds of characters there must be, so that a sentence is a good password.

use verify::messages::Lang;

use super::MAX;

/// Fewest characters.
pub const LEAST: usize = 12;
/// So many characters must be left when what anybody guesses is taken out.
const OWN: usize = 6;
/// So many must not follow from the two before them.
const FREE: usize = 8;
/// So many must be different.
const DIFFERENT: usize = 5;

/// Words that are tried first, one a line.
const COMMON: &str = include_str!("common.txt");
/// Rows of keyboards, and the digits and letters in their order.
const ROWS: [&str; 6] = ["1234567890", "qwertyuiop", "asdfghjkl", "zxcvbnm", "1qaz2wsx3edc4rfv5tgb6yhn7ujm8ik9ol0p", "!@#$%^&*()"];

/// Why a password is not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Weakness {
    Short,
    Long,
    /// The account's name or its person's is in it.
    Name,
    Common,
    Repeated,
    Sequence,
}

impl Weakness {
    /// What is wrong with it, and what to do.
    pub fn message(self, lang: Lang) -> String {
        let (zh, en) = match self {
            Self::Short => {
                (format!("密码至少{LEAST}个字符；可以用一句话"), format!("a password has at least {LEAST} characters: a sentence will do"))
            }
            Self::Long => (format!("密码超过{MAX}字节"), format!("the password has more than {MAX} bytes")),
            Self::Name => ("密码不能包含账号名或姓名".into(), "the password must not contain the name of the account or person".into()),
            Self::Common => (
                "密码由最常见的词、年份组成，容易猜到：请换一个，可以用一句话".into(),
                "the password is made of common words and years, which are guessed first: take another, a sentence will do".into(),
            ),
            Self::Repeated => ("密码只是重复几个字符：请换一个".into(), "the password repeats a few characters: take another".into()),
            Self::Sequence => (
                "密码多为连续的数字、字母或键盘次序：请换一个".into(),
                "the password follows the digits, the alphabet or the keyboard: take another".into(),
            ),
        };
        if lang == Lang::Zh { zh } else { en }
    }
}

/// What is weak about a password of somebody with these names; None: nothing that is looked for.
pub fn weakness(password: &str, names: &[&str]) -> Option<Weakness> {
    if password.len() > MAX {
        return Some(Weakness::Long);
    }
    let characters: Vec<char> = password.chars().flat_map(char::to_lowercase).collect();
    if characters.len() < LEAST {
        return Some(Weakness::Short);
    }
    let plain: String = characters.iter().collect();
    let told = |name: &&&str| name.chars().count() >= if name.is_ascii() { 3 } else { 2 };
    if names.iter().filter(told).any(|name| plain.contains(&name.to_lowercase())) {
        return Some(Weakness::Name);
    }
    if is_repeated(&characters) {
        return Some(Weakness::Repeated);
    }
    if characters.len() - following(&characters) < FREE {
        return Some(Weakness::Sequence);
    }
    let read: String = characters.iter().map(|one| as_letter(*one)).collect();
    (own(&plain) < OWN || own(&read) < OWN).then_some(Weakness::Common)
}

fn is_repeated(characters: &[char]) -> bool {
    let mut different = characters.to_vec();
    different.sort_unstable();
    different.dedup();
    let recurs = |period: usize| characters.iter().zip(&characters[period..]).all(|(one, later)| one == later);
    different.len() < DIFFERENT || (1..=characters.len() / 2).any(recurs)
}

/// How many characters go on as the two before them went.
fn following(characters: &[char]) -> usize {
    characters.windows(3).filter(|three| step(three[0], three[1]).is_some_and(|known| step(three[1], three[2]) == Some(known))).count()
}

/// How one character follows another: the same, the next or the one before, in some order that everybody knows.
fn step(one: char, next: char) -> Option<(usize, i32)> {
    if one == next {
        return Some((0, 0));
    }
    let difference = i32::try_from(u32::from(next)).ok()? - i32::try_from(u32::from(one)).ok()?;
    if one.is_ascii_alphanumeric() && next.is_ascii_alphanumeric() && difference.abs() == 1 {
        return Some((0, difference));
    }
    ROWS.iter().enumerate().find_map(|(row, keys)| {
        let place = |key: char| keys.chars().position(|known| known == key).and_then(|place| i32::try_from(place).ok());
        let difference = place(next)? - place(one)?;
        (difference.abs() == 1).then_some((row + 1, difference))
    })
}

/// How much is left without common words and years.
fn own(text: &str) -> usize {
    let mut words: Vec<&str> = COMMON.lines().filter(|line| !line.is_empty() && !line.starts_with('#')).collect();
    words.sort_unstable_by_key(|word| std::cmp::Reverse(word.len()));
    // What is taken out leaves a gap, so that nothing is put together from both sides of it.
    let without = words.iter().fold(text.to_owned(), |text, word| text.replace(word, " "));
    let characters: Vec<char> = without.chars().collect();
    let mut left = 0;
    let mut place = 0;
    while place < characters.len() {
        let four: String = characters[place..].iter().take(4).collect();
        let year = four.parse::<u32>().is_ok_and(|year| four.len() == 4 && (1900..2100).contains(&year));
        left += usize::from(!year && characters[place] != ' ');
        place += if year { 4 } else { 1 };
    }
    left
}

/// The letter that a digit or sign stands for.
const fn as_letter(written: char) -> char {
    match written {
        '0' => 'o',
        '1' | '!' => 'i',
        '3' => 'e',
        '4' | '@' => 'a',
        '5' | '$' => 's',
        '7' => 't',
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_anybody_would_try_is_refused_and_why() {
        for (password, why) in [
            ("short", Weakness::Short),
            ("elevenchars", Weakness::Short),
            ("Password2026!", Weakness::Common),
            ("P@ssw0rd@2026", Weakness::Common),
            ("admin@123456", Weakness::Common),
            ("woaini1314520", Weakness::Common),
            ("zhengzhao2026", Weakness::Common),
            ("123456789012", Weakness::Sequence),
            ("abcdefghijkl", Weakness::Sequence),
            ("qwertyuiop12", Weakness::Sequence),
            ("1qaz2wsx3edc", Weakness::Sequence),
            ("aaaaaaaaaaaa", Weakness::Repeated),
            ("abcabcabcabc", Weakness::Repeated),
            ("Tr0mb0!Tr0mb0!", Weakness::Repeated),
            ("my name is Li.Wei ok", Weakness::Name),
            ("测试甲今天去上班了没有呢", Weakness::Name),
        ] {
            assert_eq!(weakness(password, &["li.wei", "测试甲"]), Some(why), "{password}");
        }
        assert_eq!(weakness(&"ab1 ".repeat(60), &[]), Some(Weakness::Long));
        for lang in [Lang::Zh, Lang::En] {
            assert!(Weakness::Short.message(lang).contains("12"));
        }
    }

    #[test]
    fn sentences_and_random_ones_are_taken() {
        for password in [
            "三只猫在屋顶上看了一夜的雨",
            "correct horse battery staple",
            "k7Qm-vX2p-Lr9w",
            "the 4 admins drink green tea",
            "ZKDN3VQY7M2XHB6T",
        ] {
            assert_eq!(weakness(password, &["li.wei", "测试甲", ""]), None, "{password}");
        }
    }
}
