//! Values of the domain as columns hold them, and back.

use countersign_domain::client::{ClientId, SigningAlgorithm};
use countersign_domain::scope::Scope;
use countersign_domain::time::Timestamp;
use countersign_ports::Race;
use std::error::Error;

/// Why a statement or a conversion failed; becomes a [`StoreError`](countersign_ports::StoreError).
pub(crate) type Failure = Box<dyn Error + Send + Sync>;

/// What a column holds means nothing to this version. The value stays out of it: it may be personal.
#[derive(Debug, thiserror::Error)]
#[error("the column `{0}` holds a value that this version cannot read")]
pub(crate) struct Unreadable(pub(crate) &'static str);

/// A value that does not fit a column.
#[derive(Debug, thiserror::Error)]
#[error("a number is beyond what SQLite can hold")]
struct TooLarge;

pub(crate) fn integer(value: u64) -> Result<i64, Failure> {
    Ok(i64::try_from(value).map_err(|_| TooLarge)?)
}

pub(crate) fn from_integer<N: TryFrom<i64>>(
    column: &'static str,
    value: i64,
) -> Result<N, Unreadable> {
    N::try_from(value).map_err(|_| Unreadable(column))
}

pub(crate) fn time(value: Timestamp) -> Result<i64, Failure> {
    integer(value.as_unix_seconds())
}

pub(crate) fn from_time(column: &'static str, value: i64) -> Result<Timestamp, Unreadable> {
    from_integer(column, value).map(Timestamp::from_unix_seconds)
}

pub(crate) fn optional_time(value: Option<Timestamp>) -> Result<Option<i64>, Failure> {
    value.map(time).transpose()
}

pub(crate) fn from_optional_time(
    column: &'static str,
    value: Option<i64>,
) -> Result<Option<Timestamp>, Unreadable> {
    value.map(|value| from_time(column, value)).transpose()
}

pub(crate) fn from_bytes<const N: usize>(
    column: &'static str,
    value: &[u8],
) -> Result<[u8; N], Unreadable> {
    value.try_into().map_err(|_| Unreadable(column))
}

pub(crate) fn from_scope(column: &'static str, value: &str) -> Result<Scope, Unreadable> {
    if value.is_empty() {
        return Ok(Scope::none());
    }
    Scope::parse(value).map_err(|_| Unreadable(column))
}

pub(crate) fn from_client_id(column: &'static str, value: &str) -> Result<ClientId, Unreadable> {
    ClientId::parse(value).map_err(|_| Unreadable(column))
}

pub(crate) fn from_algorithm(
    column: &'static str,
    value: &str,
) -> Result<SigningAlgorithm, Unreadable> {
    SigningAlgorithm::parse(value).ok_or(Unreadable(column))
}

pub(crate) fn list<'a>(texts: impl Iterator<Item = &'a str>) -> Result<String, Failure> {
    Ok(serde_json::to_string(&texts.collect::<Vec<_>>())?)
}

pub(crate) fn from_list<T>(
    column: &'static str,
    value: &str,
    read: impl Fn(&str) -> Option<T>,
) -> Result<Vec<T>, Unreadable> {
    let texts: Vec<String> = serde_json::from_str(value).map_err(|_| Unreadable(column))?;
    let values = texts.iter().map(|text| read(text)).collect::<Option<_>>();
    values.ok_or(Unreadable(column))
}

/// How a statement that changes one row or none has ended.
pub(crate) const fn race(changed_rows: usize) -> Race {
    if changed_rows == 0 {
        Race::Lost
    } else {
        Race::Won
    }
}
