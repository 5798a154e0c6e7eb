//! Parts of a JWT that a client or a platform signed.

use super::client_keys::{ClientAlgorithm, KeySet};
use base64ct::{Base64UrlUnpadded, Encoding as _};
use countersign_domain::client::Jwks;
use countersign_domain::time::Timestamp;
use countersign_ports::UnreadableAssertion;
use serde::Deserialize;
use serde::de::{DeserializeOwned, IgnoredAny};
use serde_json::Number;
use std::time::Duration;

/// Maximum length of an assertion, in bytes.
const MAX_LENGTH: usize = 8192;

/// A JWS in compact serialization (RFC 7515 section 7.1).
pub(super) struct Jws<'a> {
    pub(super) header: &'a str,
    pub(super) claims: &'a str,
    pub(super) signature: &'a str,
    /// Signing input: header and claims.
    pub(super) input: &'a str,
}

impl<'a> Jws<'a> {
    pub(super) fn parse(text: &'a str) -> Option<Self> {
        Self::up_to(MAX_LENGTH, text)
    }

    pub(super) fn up_to(longest: usize, text: &'a str) -> Option<Self> {
        if text.len() > longest {
            return None;
        }
        let (input, signature) = text.rsplit_once('.')?;
        let (header, claims) = input.split_once('.')?;
        Some(Self {
            header,
            claims,
            signature,
            input,
        })
    }
}

impl Jws<'_> {
    /// Checks that a key of the set signed it.
    pub(super) fn check(
        &self,
        algorithm: ClientAlgorithm,
        kid: Option<&str>,
        keys: &Jwks,
    ) -> Result<(), UnreadableAssertion> {
        let signature = Base64UrlUnpadded::decode_vec(self.signature);
        let signature = signature.map_err(|_| UnreadableAssertion::Malformed)?;
        let keys = KeySet::parse(keys).ok_or(UnreadableAssertion::NoKey)?;
        let mut candidates = keys.candidates(algorithm, kid).peekable();
        if candidates.peek().is_none() {
            return Err(UnreadableAssertion::NoKey);
        }
        let message = self.input.as_bytes();
        if candidates.any(|key| key.verify(algorithm, message, &signature)) {
            Ok(())
        } else {
            Err(UnreadableAssertion::Signature)
        }
    }
}

/// JOSE header (RFC 7515 section 4.1).
#[derive(Deserialize)]
pub(super) struct Header {
    pub(super) alg: String,
    pub(super) kid: Option<String>,
    pub(super) typ: Option<String>,
    pub(super) cty: Option<IgnoredAny>,
    pub(super) crit: Option<IgnoredAny>,
}

impl Header {
    /// Returns the algorithm, if the header is valid for an assertion. Rejects `cty`, which marks a nested JWT (RFC
    /// 7519 section 5.2), and `crit`, which lists extensions that must be understood. Rejects any other `typ`: the
    /// client may use the same key for other JWTs, such as a proof of possession.
    pub(super) fn algorithm(&self) -> Option<ClientAlgorithm> {
        self.algorithm_of(&["jwt", "client-authentication+jwt"])
    }

    /// Returns the algorithm, if `typ` is one of these or missing.
    pub(super) fn algorithm_of(&self, types: &[&str]) -> Option<ClientAlgorithm> {
        let typ = self.typ.as_deref().unwrap_or("JWT").to_ascii_lowercase();
        let typ = typ.strip_prefix("application/").unwrap_or(&typ);
        if !types.contains(&typ) || self.cty.is_some() || self.crit.is_some() {
            return None;
        }
        ClientAlgorithm::parse(&self.alg)
    }
}

#[derive(Deserialize)]
#[serde(untagged)]
pub(super) enum Audience {
    One(String),
    Several(Vec<String>),
}

impl Audience {
    pub(super) fn into_names(self) -> Vec<String> {
        match self {
            Self::One(one) => vec![one],
            Self::Several(several) => several,
        }
    }
}

/// Returns the later of `nbf` and `iat`, if there is one.
pub(super) fn not_before(
    nbf: Option<&Number>,
    iat: Option<&Number>,
) -> Result<Option<Timestamp>, UnreadableAssertion> {
    let dates = [nbf, iat].into_iter().flatten().map(numeric_date);
    let dates: Option<Vec<Timestamp>> = dates.collect();
    let dates = dates.ok_or(UnreadableAssertion::Malformed)?;
    Ok(dates.into_iter().max())
}

/// Converts a `NumericDate` (RFC 7519 section 2) to whole seconds, dropping the fraction. Returns `None` for a date
/// before 1970.
pub(super) fn numeric_date(number: &Number) -> Option<Timestamp> {
    let seconds = match number.as_u64() {
        Some(seconds) => seconds,
        None => Duration::try_from_secs_f64(number.as_f64()?.floor())
            .ok()?
            .as_secs(),
    };
    Some(Timestamp::from_unix_seconds(seconds))
}

pub(super) fn decoded<T: DeserializeOwned>(segment: &str) -> Option<T> {
    serde_json::from_slice(&Base64UrlUnpadded::decode_vec(segment).ok()?).ok()
}
