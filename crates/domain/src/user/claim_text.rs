//! Validation of standard claims that are text (OpenID Connect Core section 5.1).

use crate::authorize::claims_request::StandardClaim;

crate::error_type! {
    /// Reason why a text is not a valid value of a claim.
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    #[non_exhaustive]
    pub enum InvalidClaim {
        /// Empty, too long, or with control characters.
        #[error("it must have 1 to 500 characters and no control characters")]
        Text,
        /// Not a web address.
        #[error("it must be a URI that begins with https:// or http://")]
        Uri,
        /// Not a date.
        #[error("it must be a date such as 1987-10-16, a year, or 0000-10-16 to omit the year")]
        Date,
        /// Not a time zone.
        #[error("it must be the name of a time zone such as Europe/Berlin")]
        TimeZone,
        /// Not a language tag.
        #[error("it must be a language tag such as de or pt-BR")]
        Locale,
        /// Not a phone number.
        #[error("it must be a phone number with its country code, such as +49 30 1234567")]
        PhoneNumber,
    }
}

/// Maximum length of a claim in characters.
pub const LONGEST: usize = 500;

impl StandardClaim {
    /// Checks that `text` is a valid value of this text claim.
    pub fn may_say(self, text: &str) -> Result<(), InvalidClaim> {
        let length = text.chars().count();
        if length == 0 || length > LONGEST || text.chars().any(char::is_control) {
            return Err(InvalidClaim::Text);
        }
        let (is_good, otherwise) = match self {
            Self::Profile | Self::Picture | Self::Website => (is_uri(text), InvalidClaim::Uri),
            Self::Birthdate => (is_date(text), InvalidClaim::Date),
            Self::Zoneinfo => (is_time_zone(text), InvalidClaim::TimeZone),
            Self::Locale => (is_locale(text), InvalidClaim::Locale),
            Self::PhoneNumber => (is_phone_number(text), InvalidClaim::PhoneNumber),
            _ => (true, InvalidClaim::Text),
        };
        if is_good { Ok(()) } else { Err(otherwise) }
    }
}

fn is_uri(text: &str) -> bool {
    let rest = ["https://", "http://"]
        .iter()
        .find_map(|scheme| text.strip_prefix(scheme));
    rest.is_some_and(|rest| !rest.is_empty() && !rest.contains(char::is_whitespace))
}

/// ISO 8601: `YYYY-MM-DD`, or `YYYY`.
fn is_date(text: &str) -> bool {
    let number = |part: &str, digits: usize| {
        let is_number = part.len() == digits && part.bytes().all(|byte| byte.is_ascii_digit());
        part.parse::<u32>().ok().filter(|_| is_number)
    };
    let Some((year, day)) = text.split_once('-') else {
        return number(text, 4).is_some();
    };
    let Some((month, day)) = day.split_once('-') else {
        return false;
    };
    let last = match number(month, 2) {
        Some(2) => 29,
        Some(4 | 6 | 9 | 11) => 30,
        Some(1..=12) => 31,
        _ => return false,
    };
    number(year, 4).is_some() && number(day, 2).is_some_and(|day| (1..=last).contains(&day))
}

/// Basic form of a tz database name. Does not check that the zone exists.
fn is_time_zone(text: &str) -> bool {
    text.split('/').all(|part| {
        part.starts_with(|first: char| first.is_ascii_alphabetic())
            && part
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || b"_+-".contains(&byte))
    })
}

/// Basic form of a BCP 47 language tag. Also allows underscores, which some systems use.
fn is_locale(text: &str) -> bool {
    let mut parts = text.split(['-', '_']);
    let language = parts.next().unwrap_or_default();
    (2..=8).contains(&language.len())
        && language.bytes().all(|byte| byte.is_ascii_alphabetic())
        && parts.all(|part| {
            (1..=8).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_alphanumeric())
        })
}

/// E.164 number, with spaces and punctuation allowed, and an optional extension (RFC 3966 section 3).
fn is_phone_number(text: &str) -> bool {
    let (number, extension) = text.split_once(";ext=").unwrap_or((text, "0"));
    let Some(number) = number.strip_prefix('+') else {
        return false;
    };
    let digits = number.bytes().filter(u8::is_ascii_digit).count();
    let is_plain = |byte: u8| byte.is_ascii_digit() || b" -.()".contains(&byte);
    (7..=15).contains(&digits)
        && number.bytes().all(is_plain)
        && !extension.is_empty()
        && extension.bytes().all(|byte| byte.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::string::String;

    #[test]
    fn each_claim_enforces_its_format() {
        for (claim, good, bad, otherwise) in [
            (
                StandardClaim::Website,
                &["https://jane.example", "http://jane.example/a?b"][..],
                &[
                    "jane.example",
                    "javascript:alert(1)",
                    "https://",
                    "https://a b",
                ][..],
                InvalidClaim::Uri,
            ),
            (
                StandardClaim::Birthdate,
                &["1987-10-16", "0000-02-29", "1987"],
                &[
                    "87",
                    "1987-10",
                    "1987-13-01",
                    "1987-04-31",
                    "16.10.1987",
                    "1987-1-6",
                ],
                InvalidClaim::Date,
            ),
            (
                StandardClaim::Zoneinfo,
                &[
                    "Europe/Berlin",
                    "America/Argentina/Buenos_Aires",
                    "Etc/GMT+5",
                ],
                &["/Berlin", "Europe/", "Europe Berlin", "+02:00"],
                InvalidClaim::TimeZone,
            ),
            (
                StandardClaim::Locale,
                &["de", "en-US", "pt_BR", "zh-Hant-TW"],
                &["d", "en-", "german language", "1a"],
                InvalidClaim::Locale,
            ),
            (
                StandardClaim::PhoneNumber,
                &["+49 30 1234567", "+1 (604) 555-1234;ext=5678"],
                &[
                    "030 1234567",
                    "+1",
                    "+49 30 CALL ME",
                    "+1 604 555 1234;ext=",
                ],
                InvalidClaim::PhoneNumber,
            ),
            (
                StandardClaim::GivenName,
                &["Jane", "\u{5f20}"],
                &["", "Ja\nne"],
                InvalidClaim::Text,
            ),
        ] {
            for text in good {
                assert_eq!(claim.may_say(text), Ok(()), "{text}");
            }
            for text in bad {
                assert_eq!(claim.may_say(text), Err(otherwise), "{text}");
            }
        }
        let longest: String = core::iter::repeat_n('a', 500).collect();
        let name = StandardClaim::FamilyName;
        assert_eq!(name.may_say(&longest), Ok(()));
        assert_eq!(name.may_say(&(longest + "a")), Err(InvalidClaim::Text));
    }
}
