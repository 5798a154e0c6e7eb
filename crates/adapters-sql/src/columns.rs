//! Conversion between domain values and column values.

use countersign_domain::client::ClientId;
use countersign_domain::login::authentication::{Acr, Methods};
use countersign_domain::scope::Scope;
use countersign_domain::secret::SecretDigest;
use countersign_domain::tenant::TenantId;
use countersign_domain::time::Timestamp;
use countersign_domain::token::signing_algorithm::SigningAlgorithm;
use countersign_ports::Race;
use std::error::Error;

/// Error of a statement or a conversion. Becomes a [`StoreError`](countersign_ports::StoreError).
pub type Failure = Box<dyn Error + Send + Sync>;

/// A column value that this version cannot read. The error leaves out the value, which may be personal data.
#[derive(Debug, thiserror::Error)]
#[error("the column `{0}` has a value that this version cannot read")]
pub struct Unreadable(pub &'static str);

/// Number that does not fit into a column.
#[derive(Debug, thiserror::Error)]
#[error("a number is too large for the database")]
struct TooLarge;

/// Converts a number to a column value, if it fits.
pub fn integer(value: u64) -> Result<i64, Failure> {
    Ok(i64::try_from(value).map_err(|_| TooLarge)?)
}

/// Converts a column value to a number of any width, if it fits.
pub fn from_integer<N: TryFrom<i64>>(column: &'static str, value: i64) -> Result<N, Unreadable> {
    N::try_from(value).map_err(|_| Unreadable(column))
}

/// Escape character: followed by `0` for U+0000, which PostgreSQL's `text` cannot store, and doubled for itself.
const ESCAPE: char = '\u{1a}';

/// Escapes any text for a column. The same text gives the same column value, so that lookups work.
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

/// Unescapes text from a column.
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

/// Converts a time to seconds since the Unix epoch.
pub fn time(value: Timestamp) -> Result<i64, Failure> {
    integer(value.as_unix_seconds())
}

/// Converts seconds since the Unix epoch to a time.
pub fn from_time(column: &'static str, value: i64) -> Result<Timestamp, Unreadable> {
    from_integer(column, value).map(Timestamp::from_unix_seconds)
}

/// Converts a time to seconds since the Unix epoch, or `NULL`.
pub fn optional_time(value: Option<Timestamp>) -> Result<Option<i64>, Failure> {
    value.map(time).transpose()
}

/// Converts seconds since the Unix epoch, or `NULL`, to a time.
pub fn from_optional_time(
    column: &'static str,
    value: Option<i64>,
) -> Result<Option<Timestamp>, Unreadable> {
    value.map(|value| from_time(column, value)).transpose()
}

/// Converts bytes to an array of fixed length.
pub fn from_bytes<const N: usize>(
    column: &'static str,
    value: &[u8],
) -> Result<[u8; N], Unreadable> {
    value.try_into().map_err(|_| Unreadable(column))
}

/// Converts a digest to a column value.
#[must_use]
pub fn optional_digest(value: Option<SecretDigest>) -> Option<Vec<u8>> {
    value.map(|digest| digest.as_bytes().to_vec())
}

/// Converts a column value to a digest.
pub fn from_optional_digest(
    column: &'static str,
    value: Option<Vec<u8>>,
) -> Result<Option<SecretDigest>, Unreadable> {
    let digest = |value: Vec<u8>| from_bytes(column, &value).map(SecretDigest::from_bytes);
    value.map(digest).transpose()
}

/// Parses scope tokens separated by spaces. An empty text is an empty scope.
pub fn from_scope(column: &'static str, value: &str) -> Result<Scope, Unreadable> {
    if value.is_empty() {
        return Ok(Scope::none());
    }
    Scope::parse(value).map_err(|_| Unreadable(column))
}

/// Parses a client identifier.
pub fn from_client_id(column: &'static str, value: &str) -> Result<ClientId, Unreadable> {
    ClientId::parse(value).map_err(|_| Unreadable(column))
}

/// Parses the `alg` of a signature.
pub fn from_algorithm(column: &'static str, value: &str) -> Result<SigningAlgorithm, Unreadable> {
    SigningAlgorithm::parse(value).ok_or(Unreadable(column))
}

/// Converts a tenant ID to its number.
#[must_use]
pub const fn tenant(value: TenantId) -> i32 {
    value.number().cast_signed()
}

/// Converts a number to a tenant ID.
pub fn from_tenant(column: &'static str, value: i32) -> Result<TenantId, Unreadable> {
    let number = u32::try_from(value).map_err(|_| Unreadable(column))?;
    TenantId::from_number(number).ok_or(Unreadable(column))
}

/// Converts authentication methods to a bit set. Keeps unknown bits.
#[must_use]
pub const fn methods(value: Methods) -> i32 {
    value.bits().cast_signed()
}

/// Converts a bit set to authentication methods. Keeps unknown bits.
#[must_use]
pub const fn from_methods(value: i32) -> Methods {
    Methods::from_bits(value.cast_unsigned())
}

/// Converts an authentication context class to its rank.
#[must_use]
pub fn acr(value: Acr) -> i16 {
    value.rank().into()
}

/// Converts a rank to an authentication context class.
pub fn from_acr(column: &'static str, value: i16) -> Result<Acr, Unreadable> {
    let rank = u8::try_from(value).map_err(|_| Unreadable(column))?;
    Ok(Acr::from_rank(rank))
}

/// Escapes optional text for a column.
#[must_use]
pub fn optional_text(value: Option<&str>) -> Option<String> {
    value.map(text)
}

/// Unescapes optional text from a column.
pub fn from_optional_text(
    column: &'static str,
    value: Option<String>,
) -> Result<Option<String>, Unreadable> {
    value.map(|value| from_text(column, value)).transpose()
}

/// Returns the outcome of a statement that changes at most one row.
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
    fn text_round_trips_and_column_has_no_nul() {
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
    fn bits_and_ranks_of_later_versions_round_trip() {
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
    fn invalid_tenant_number_is_unreadable() {
        let last = TenantId::from_number(i32::MAX.cast_unsigned()).unwrap();
        assert_eq!(from_tenant("t.c", tenant(last)).unwrap(), last);
        assert!(from_tenant("t.c", 0).is_err());
        assert!(from_tenant("t.c", -1).is_err());
    }

    #[test]
    fn text_with_invalid_escape_is_unreadable() {
        for column in ["\u{1a}", "a\u{1a}b"] {
            assert!(from_text("t.c", column.into()).is_err());
        }
    }
}
