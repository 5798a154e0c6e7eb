//! Values of the domain as columns hold them, and back.

use countersign_domain::authentication::Methods;
use countersign_domain::claims_request::ClaimSet;
use countersign_domain::client::ClientId;
use countersign_domain::resource::Resource;
use countersign_domain::scope::Scope;
use countersign_domain::signing_algorithm::SigningAlgorithm;
use countersign_domain::time::Timestamp;
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

/// The methods of a login, a bit each.
#[must_use]
pub fn methods(value: Methods) -> i16 {
    value.bits().into()
}

/// The methods of a login, a bit each.
pub fn from_methods(column: &'static str, value: i16) -> Result<Methods, Unreadable> {
    let bits = u8::try_from(value).map_err(|_| Unreadable(column))?;
    Methods::from_bits(bits).ok_or(Unreadable(column))
}

/// A set of claims, a bit each.
pub fn claims(value: ClaimSet) -> Result<i32, Failure> {
    Ok(i32::try_from(value.bits()).map_err(|_| TooLarge)?)
}

/// A set of claims, a bit each.
pub fn from_claims(column: &'static str, value: i32) -> Result<ClaimSet, Unreadable> {
    let bits = u32::try_from(value).map_err(|_| Unreadable(column))?;
    Ok(ClaimSet::from_bits(bits))
}

/// Resource indicators as a JSON array.
pub fn resources(value: &[Resource]) -> Result<String, Failure> {
    list(value.iter().map(Resource::as_str))
}

/// Resource indicators of a JSON array.
pub fn from_resources(column: &'static str, value: &str) -> Result<Vec<Resource>, Unreadable> {
    from_list(column, value, |uri| Resource::parse(uri).ok())
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

/// Texts as a JSON array.
pub fn list<'a>(texts: impl Iterator<Item = &'a str>) -> Result<String, Failure> {
    Ok(serde_json::to_string(&texts.collect::<Vec<_>>())?)
}

/// The values of a JSON array of texts.
pub fn from_list<T>(
    column: &'static str,
    value: &str,
    read: impl Fn(&str) -> Option<T>,
) -> Result<Vec<T>, Unreadable> {
    // Most lists, and on the way of every token.
    if value == "[]" {
        return Ok(Vec::new());
    }
    let texts: Vec<String> = serde_json::from_str(value).map_err(|_| Unreadable(column))?;
    let values = texts.iter().map(|text| read(text)).collect::<Option<_>>();
    values.ok_or(Unreadable(column))
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
    fn text_that_was_never_written_by_us_is_unreadable() {
        for column in ["\u{1a}", "a\u{1a}b"] {
            assert!(from_text("t.c", column.into()).is_err());
        }
    }
}
