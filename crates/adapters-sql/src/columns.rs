//! Values of the domain as columns hold them, and back.

use countersign_domain::client::ClientId;
use countersign_domain::login::authentication::{Acr, Methods};
use countersign_domain::scope::Scope;
use countersign_domain::tenant::TenantId;
use countersign_domain::time::Timestamp;
use countersign_domain::token::signing_algorithm::SigningAlgorithm;
use countersign_ports::Race;
use std::error::Error;

/// Why a statement or a conversion failed; becomes a [`StoreError`](countersign_ports::StoreError).
pub type Failure = Box<dyn Error + Send + Sync>;

/// What a column holds means nothing to this version. The value stays out of it: it may be personal.
#[derive(Debug, thiserror::Error)]
#[error("the column `{0}` holds a value that this version cannot read")]
pub struct Unreadable(pub &'static str);

/// A value that does not fit a column.
#[derive(Debug, thiserror::Error)]
#[error("a number is beyond what the database can hold")]
struct TooLarge;

/// A number as a column holds it, if it fits.
pub fn integer(value: u64) -> Result<i64, Failure> {
    Ok(i64::try_from(value).map_err(|_| TooLarge)?)
}

/// A number of any width, if the column holds one.
pub fn from_integer<N: TryFrom<i64>>(column: &'static str, value: i64) -> Result<N, Unreadable> {
    N::try_from(value).map_err(|_| Unreadable(column))
}

/// Stands for U+0000, which PostgreSQL's `text` cannot hold, and before itself for itself.
const ESCAPE: char = '\u{1a}';

/// Text of any kind. The same text gives the same column, so that it can be looked up.
#[must_use]
pub fn text(value: &str) -> String {
    if !value.contains(['\0', ESCAPE]) {
        return value.into();
    }
    let escaped = value.chars().flat_map(|character| match character {
        '\0' => [Some(ESCAPE), Some('0')],
        ESCAPE => [Some(ESCAPE); 2],
        other => [Some(other), None],
    });
    escaped.flatten().collect()
}

/// Text of any kind.
pub fn from_text(column: &'static str, value: String) -> Result<String, Unreadable> {
    if !value.contains(ESCAPE) {
        return Ok(value);
    }
    let mut characters = value.chars();
    let mut plain = String::with_capacity(value.len());
    while let Some(character) = characters.next() {
        plain.push(match character {
            ESCAPE => match characters.next() {
                Some('0') => '\0',
                Some(ESCAPE) => ESCAPE,
                _ => return Err(Unreadable(column)),
            },
            other => other,
        });
    }
    Ok(plain)
}

/// Seconds since the Unix epoch.
pub fn time(value: Timestamp) -> Result<i64, Failure> {
    integer(value.as_unix_seconds())
}

/// Seconds since the Unix epoch.
pub fn from_time(column: &'static str, value: i64) -> Result<Timestamp, Unreadable> {
    from_integer(column, value).map(Timestamp::from_unix_seconds)
}

/// Seconds since the Unix epoch, or `NULL`.
pub fn optional_time(value: Option<Timestamp>) -> Result<Option<i64>, Failure> {
    value.map(time).transpose()
}

/// Seconds since the Unix epoch, or `NULL`.
pub fn from_optional_time(
    column: &'static str,
    value: Option<i64>,
) -> Result<Option<Timestamp>, Unreadable> {
    value.map(|value| from_time(column, value)).transpose()
}

/// Bytes of a fixed number.
pub fn from_bytes<const N: usize>(
    column: &'static str,
    value: &[u8],
) -> Result<[u8; N], Unreadable> {
    value.try_into().map_err(|_| Unreadable(column))
}

/// Scope tokens with a space between them; none is an empty text.
pub fn from_scope(column: &'static str, value: &str) -> Result<Scope, Unreadable> {
    if value.is_empty() {
        return Ok(Scope::none());
    }
    Scope::parse(value).map_err(|_| Unreadable(column))
}

/// A client identifier.
pub fn from_client_id(column: &'static str, value: &str) -> Result<ClientId, Unreadable> {
    ClientId::parse(value).map_err(|_| Unreadable(column))
}

/// The `alg` of a signature.
pub fn from_algorithm(column: &'static str, value: &str) -> Result<SigningAlgorithm, Unreadable> {
    SigningAlgorithm::parse(value).ok_or(Unreadable(column))
}

/// Number of a tenant.
#[must_use]
pub const fn tenant(value: TenantId) -> i32 {
    value.number().cast_signed()
}

/// Number of a tenant.
pub fn from_tenant(column: &'static str, value: i32) -> Result<TenantId, Unreadable> {
    let number = u32::try_from(value).map_err(|_| Unreadable(column))?;
    TenantId::from_number(number).ok_or(Unreadable(column))
}

/// Methods of a sign-in, a bit each; bits of later versions stay.
#[must_use]
pub const fn methods(value: Methods) -> i32 {
    value.bits().cast_signed()
}

/// Methods of a sign-in, a bit each; bits of later versions stay.
#[must_use]
pub const fn from_methods(value: i32) -> Methods {
    Methods::from_bits(value.cast_unsigned())
}

/// Rank of an authentication context class.
#[must_use]
pub fn acr(value: Acr) -> i16 {
    value.rank().into()
}

/// Rank of an authentication context class.
pub fn from_acr(column: &'static str, value: i16) -> Result<Acr, Unreadable> {
    let rank = u8::try_from(value).map_err(|_| Unreadable(column))?;
    Ok(Acr::from_rank(rank))
}

/// Text of any kind, or `NULL`.
#[must_use]
pub fn optional_text(value: Option<&str>) -> Option<String> {
    value.map(text)
}

/// Text of any kind, or `NULL`.
pub fn from_optional_text(
    column: &'static str,
    value: Option<String>,
) -> Result<Option<String>, Unreadable> {
    value.map(|value| from_text(column, value)).transpose()
}

/// How a statement that changes one row or none has ended.
pub const fn race(changed_rows: usize) -> Race {
    if changed_rows == 0 {
        Race::Lost
    } else {
        Race::Won
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_comes_back_as_it_was_and_holds_no_nul() {
        for plain in [
            "",
            "jane",
            "\0",
            "a\0b",
            "\u{1a}",
            "\u{1a}0",
            "\0\u{1a}\0\0",
            "ü\0🦓",
        ] {
            let column = text(plain);
            assert!(!column.contains('\0'));
            assert_eq!(from_text("t.c", column).unwrap(), plain);
        }
    }

    #[test]
    fn bits_and_ranks_of_later_versions_come_back() {
        for bits in [0, 1, 1 << 20, u32::MAX] {
            let all = Methods::from_bits(bits);
            assert_eq!(from_methods(methods(all)), all);
        }
        for rank in [0, 25, u8::MAX] {
            let class = Acr::from_rank(rank);
            assert_eq!(from_acr("t.c", acr(class)).unwrap(), class);
        }
        assert!(from_acr("t.c", 256).is_err());
        assert!(from_acr("t.c", -1).is_err());
    }

    #[test]
    fn tenant_of_a_column_is_checked() {
        let last = TenantId::from_number(i32::MAX.cast_unsigned()).unwrap();
        assert_eq!(from_tenant("t.c", tenant(last)).unwrap(), last);
        assert!(from_tenant("t.c", 0).is_err());
        assert!(from_tenant("t.c", -1).is_err());
    }

    #[test]
    fn text_that_was_never_written_by_us_is_unreadable() {
        for column in ["\u{1a}", "a\u{1a}b"] {
            assert!(from_text("t.c", column.into()).is_err());
        }
    }
}
