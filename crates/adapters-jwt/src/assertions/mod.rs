//! Client assertions: JWTs signed by clients (RFC 7523 section 3).

mod client_keys;
mod jws;
mod upstream;
mod workload;

use client_keys::KeySet;
use countersign_domain::client::Jwks;
use countersign_domain::client::assertion::Assertion;
use countersign_domain::client::assertion::workload::WorkloadToken;
use countersign_ports::{Assertions, UnreadableAssertion};
use jws::{Audience, Header, Jws, decoded, not_before, numeric_date};
use serde::Deserialize;
use serde_json::Number;

/// Maximum length of a `jti`, in bytes. The server stores it until the assertion expires.
const MAX_TOKEN_ID: usize = 255;

/// Verifies client assertions with `aws-lc-rs`.
#[derive(Clone, Copy, Debug, Default)]
pub struct JwtAssertions;

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
            not_before: not_before(self.nbf.as_ref(), self.iat.as_ref()).ok()?,
            token_id: self.jti,
        })
    }
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
