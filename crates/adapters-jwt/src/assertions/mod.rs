//! Client assertions: JWTs signed by clients (RFC 7523 section 3).

mod client_keys;
mod upstream;
mod workload;

use base64ct::{Base64UrlUnpadded, Encoding as _};
use client_keys::{ClientAlgorithm, KeySet};
use countersign_domain::client::Jwks;
use countersign_domain::client::assertion::Assertion;
use countersign_domain::client::assertion::workload::WorkloadToken;
use countersign_domain::time::Timestamp;
use countersign_ports::{Assertions, UnreadableAssertion};
use serde::Deserialize;
use serde::de::{DeserializeOwned, IgnoredAny};
use serde_json::Number;
use std::time::Duration;

/// Maximum length of an assertion, in bytes.
const MAX_LENGTH: usize = 8192;

/// Maximum length of a `jti`, in bytes. The server stores it until the assertion expires.
const MAX_TOKEN_ID: usize = 255;

/// Verifies client assertions with `aws-lc-rs`.
#[derive(Clone, Copy, Debug, Default)]
pub struct JwtAssertions;

/// A JWS in compact serialization (RFC 7515 section 7.1).
struct Jws<'a> {
    header: &'a str,
    claims: &'a str,
    signature: &'a str,
    /// Signing input: header and claims.
    input: &'a str,
}

impl<'a> Jws<'a> {
    fn parse(text: &'a str) -> Option<Self> {
        Self::up_to(MAX_LENGTH, text)
    }

    fn up_to(longest: usize, text: &'a str) -> Option<Self> {
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
    fn check(
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
struct Header {
    alg: String,
    kid: Option<String>,
    typ: Option<String>,
    cty: Option<IgnoredAny>,
    crit: Option<IgnoredAny>,
}

impl Header {
    /// Returns the algorithm, if the header is valid for an assertion. Rejects `cty`, which marks a nested JWT (RFC
    /// 7519 section 5.2), and `crit`, which lists extensions that must be understood. Rejects any other `typ`: the
    /// client may use the same key for other JWTs, such as a proof of possession.
    fn algorithm(&self) -> Option<ClientAlgorithm> {
        self.algorithm_of(&["jwt", "client-authentication+jwt"])
    }

    /// Returns the algorithm, if `typ` is one of these or missing.
    fn algorithm_of(&self, types: &[&str]) -> Option<ClientAlgorithm> {
        let typ = self.typ.as_deref().unwrap_or("JWT").to_ascii_lowercase();
        let typ = typ.strip_prefix("application/").unwrap_or(&typ);
        if !types.contains(&typ) || self.cty.is_some() || self.crit.is_some() {
            return None;
        }
        ClientAlgorithm::parse(&self.alg)
    }
}

/// Claims of an assertion (RFC 7523 section 3).
#[derive(Deserialize)]
struct Claims {
    iss: String,
    sub: String,
    aud: Audience,
    exp: Number,
    jti: String,
    nbf: Option<Number>,
    iat: Option<Number>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Audience {
    One(String),
    Several(Vec<String>),
}

impl Audience {
    fn into_names(self) -> Vec<String> {
        match self {
            Self::One(one) => vec![one],
            Self::Several(several) => several,
        }
    }
}

/// Claim that selects the keys for verification.
#[derive(Deserialize)]
struct ClaimedSubject {
    sub: String,
}

impl Claims {
    fn into_assertion(self) -> Option<Assertion> {
        if self.jti.is_empty() || self.jti.len() > MAX_TOKEN_ID {
            return None;
        }
        Some(Assertion {
            issuer: self.iss,
            subject: self.sub,
            audience: self.aud.into_names(),
            expires_at: numeric_date(&self.exp)?,
            not_before: not_before(self.nbf.as_ref(), self.iat.as_ref())?,
            token_id: self.jti,
        })
    }
}

/// Returns the later of `nbf` and `iat`; `None` if one is malformed.
fn not_before(nbf: Option<&Number>, iat: Option<&Number>) -> Option<Option<Timestamp>> {
    let dates = [nbf, iat].into_iter().flatten().map(numeric_date);
    let dates: Vec<Timestamp> = dates.collect::<Option<_>>()?;
    Some(dates.into_iter().max())
}

/// Converts a `NumericDate` (RFC 7519 section 2) to whole seconds, dropping the fraction. Returns `None` for a date
/// before 1970.
fn numeric_date(number: &Number) -> Option<Timestamp> {
    let seconds = match number.as_u64() {
        Some(seconds) => seconds,
        None => Duration::try_from_secs_f64(number.as_f64()?.floor())
            .ok()?
            .as_secs(),
    };
    Some(Timestamp::from_unix_seconds(seconds))
}

fn decoded<T: DeserializeOwned>(segment: &str) -> Option<T> {
    serde_json::from_slice(&Base64UrlUnpadded::decode_vec(segment).ok()?).ok()
}

impl Assertions for JwtAssertions {
    fn claimed_client(&self, assertion: &str) -> Option<String> {
        let jws = Jws::parse(assertion)?;
        decoded::<ClaimedSubject>(jws.claims).map(|claims| claims.sub)
    }

    fn verify(&self, assertion: &str, keys: &Jwks) -> Result<Assertion, UnreadableAssertion> {
        let malformed = UnreadableAssertion::Malformed;
        let jws = Jws::parse(assertion).ok_or(malformed.clone())?;
        let header: Header = decoded(jws.header).ok_or(malformed.clone())?;
        let algorithm = header.algorithm().ok_or(malformed.clone())?;
        let claims = decoded::<Claims>(jws.claims).and_then(Claims::into_assertion);
        let claims = claims.ok_or(malformed)?;
        jws.check(algorithm, header.kid.as_deref(), keys)?;
        Ok(claims)
    }

    fn claimed_issuer(&self, assertion: &str) -> Option<String> {
        workload::claimed_issuer(assertion)
    }

    fn verify_workload(
        &self,
        token: &str,
        keys: &Jwks,
    ) -> Result<WorkloadToken, UnreadableAssertion> {
        workload::verify(token, keys)
    }

    fn check_keys(&self, keys: &Jwks) -> Result<(), String> {
        if keys.as_str().len() > Jwks::MAX_LENGTH {
            let most = Jwks::MAX_LENGTH;
            return Err(format!("the key set has more than {most} bytes"));
        }
        let set = KeySet::parse(keys).ok_or(KeySet::MALFORMED)?;
        set.check()
    }
}

#[cfg(test)]
mod tests;
