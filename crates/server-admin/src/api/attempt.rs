//! `Idempotency-Key`: the name of a request that a client may retry.

use super::problem::Problem;
use axum::http::HeaderMap;
use base64ct::{Base64UrlUnpadded, Encoding as _};
use serde_json::Value;
use sha2::{Digest as _, Sha256};

/// Header that names a request.
pub(super) const HEADER: &str = "Idempotency-Key";
/// Regular expression for its values.
pub(super) const PATTERN: &str = "^[!-~]{1,255}$";

/// Named request.
#[derive(Clone)]
pub(super) struct Attempt {
    /// Name that the client chose.
    pub(super) key: String,
    /// Digest of operation, path and body. A key is valid for one request.
    pub(super) digest: String,
}

impl Attempt {
    /// Reads the name of a request. Returns `None` without the header.
    pub(super) fn read(
        headers: &HeaderMap,
        (operation, path): (&str, &[String]),
        body: &Value,
    ) -> Result<Option<Self>, Problem> {
        let mut values = headers.get_all(HEADER).iter();
        let key = match (values.next(), values.next()) {
            (None, _) => return Ok(None),
            (Some(value), None) => value.to_str().unwrap_or_default(),
            (Some(_), Some(_)) => "",
        };
        if !(1..=255).contains(&key.len()) || !key.bytes().all(|byte| byte.is_ascii_graphic()) {
            return Err(Problem::field(
                HEADER,
                "must be one value of 1 to 255 ASCII characters without spaces",
            ));
        }
        let mut digest = Sha256::new();
        for part in std::iter::once(operation).chain(path.iter().map(String::as_str)) {
            digest.update(part.len().to_be_bytes());
            digest.update(part);
        }
        digest.update(body.to_string());
        let digest = digest.finalize();
        Ok(Some(Self {
            key: key.to_owned(),
            digest: Base64UrlUnpadded::encode_string(&digest),
        }))
    }
}
