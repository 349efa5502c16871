//! Time-based codes (RFC 6238, as authenticator apps make them): SHA-1, thirty seconds, six digits.

use chrono::{DateTime, Utc};
use data_encoding::BASE32_NOPAD;
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha1::Sha1;
use zeroize::Zeroizing;

/// Seconds that a code holds.
const STEP: i64 = 30;
/// Codes of the step before and the one after are taken: clocks differ, and people are slow.
const DRIFT: i64 = 1;
const DIGITS: u32 = 6;
/// Of a secret: as long as the hash.
const LENGTH: usize = 20;

pub(super) fn secret() -> Zeroizing<[u8; LENGTH]> {
    Zeroizing::new(rand::random())
}

/// A secret as it is typed into an app.
pub(super) fn written(secret: &[u8]) -> Zeroizing<String> {
    Zeroizing::new(BASE32_NOPAD.encode(secret))
}

/// A secret as apps scan it.
pub(super) fn address(secret: &[u8], name: &str) -> Zeroizing<String> {
    let name = percent_encoding::utf8_percent_encode(name, percent_encoding::NON_ALPHANUMERIC);
    Zeroizing::new(format!("otpauth://totp/zhengzhao:{name}?secret={}&issuer=zhengzhao&digits={DIGITS}&period={STEP}", *written(secret)))
}

/// The step whose code this is, not more than [`DRIFT`] from now.
pub(super) fn step_of(secret: &[u8], given: &str, now: DateTime<Utc>) -> Option<i64> {
    let given: String = given.chars().filter(|one| !one.is_whitespace()).collect();
    let sound = given.len() == DIGITS as usize && given.bytes().all(|digit| digit.is_ascii_digit());
    let given = given.parse::<u32>().ok().filter(|_| sound)?;
    let present = now.timestamp().div_euclid(STEP);
    (present - DRIFT..=present + DRIFT).find(|step| code(secret, *step) == Some(given))
}

/// The code of a secret as [`NewTotp`](super::NewTotp) writes it, for whoever plays the app: demonstrations and tests.
pub fn code_at(written: &str, now: DateTime<Utc>) -> Option<String> {
    let secret = BASE32_NOPAD.decode(written.as_bytes()).ok()?;
    code(&secret, now.timestamp().div_euclid(STEP)).map(|code| format!("{code:06}"))
}

/// RFC 4226 5.3.
fn code(secret: &[u8], step: i64) -> Option<u32> {
    let mut hmac = Hmac::<Sha1>::new_from_slice(secret).ok()?;
    hmac.update(&step.to_be_bytes());
    let digest = hmac.finalize().into_bytes();
    let offset = usize::from(digest.last()? & 15);
    let four: [u8; 4] = digest.get(offset..offset + 4)?.try_into().ok()?;
    Some((u32::from_be_bytes(four) & 0x7fff_ffff) % 10_u32.pow(DIGITS))
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECRET: &[u8] = b"12345678901234567890";

    fn at(seconds: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(seconds, 0).expect("a time")
    }

    #[test]
    fn codes_are_those_of_the_specification() {
        // RFC 6238, appendix B, SHA-1: the last six of eight digits.
        for (seconds, code) in
            [(59, "287082"), (1_111_111_109, "081804"), (1_234_567_890, "005924"), (2_000_000_000, "279037"), (20_000_000_000, "353130")]
        {
            assert_eq!(code_at(&written(SECRET), at(seconds)).as_deref(), Some(code));
            assert_eq!(step_of(SECRET, code, at(seconds)), Some(seconds / 30));
        }
    }

    #[test]
    fn a_code_holds_one_step_more_and_is_six_digits() {
        let code = "287082";
        for (seconds, holds) in [(0, true), (29, true), (30, true), (59, true), (89, true), (90, false), (119, false)] {
            assert_eq!(step_of(SECRET, code, at(seconds)).is_some(), holds, "{seconds}");
        }
        assert_eq!(step_of(SECRET, "287 082", at(59)), Some(1), "as apps show it");
        for wrong in ["", "28708", "2870820", "+28708", "287o82", "２８７０８２"] {
            assert_eq!(step_of(SECRET, wrong, at(59)), None, "{wrong}");
        }
        let address = address(SECRET, "li.wei");
        assert!(address.starts_with("otpauth://totp/zhengzhao:li%2Ewei?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&"), "{}", *address);
    }
}
