//! Tokens of platforms, as client assertions.

use super::jws::{Audience, Header, Jws, decoded, not_before, numeric_date};
use countersign_domain::client::Jwks;
use countersign_domain::client::assertion::workload::WorkloadToken;
use countersign_ports::UnreadableAssertion;
use serde::Deserialize;
use serde_json::{Map, Number, Value};

/// Claims of a token of a platform. It needs no `jti`, because it may be presented again.
#[derive(Deserialize)]
struct Claims {
    iss: String,
    sub: String,
    aud: Audience,
    exp: Number,
    nbf: Option<Number>,
    iat: Option<Number>,
    #[serde(flatten)]
    others: Map<String, Value>,
}

/// Claim that selects the workload identity.
#[derive(Deserialize)]
struct ClaimedIssuer {
    iss: String,
}

pub(super) fn claimed_issuer(token: &str) -> Option<String> {
    let jws = Jws::parse(token)?;
    decoded::<ClaimedIssuer>(jws.claims).map(|claims| claims.iss)
}

pub(super) fn verify(token: &str, keys: &Jwks) -> Result<WorkloadToken, UnreadableAssertion> {
    let malformed = UnreadableAssertion::Malformed;
    let jws = Jws::parse(token).ok_or(malformed.clone())?;
    let header: Header = decoded(jws.header).ok_or(malformed.clone())?;
    // SPIFFE allows both types (JWT-SVID section 2.3).
    let algorithm = header.algorithm_of(&["jwt", "jose"]);
    let algorithm = algorithm.ok_or(malformed.clone())?;
    let claims = decoded::<Claims>(jws.claims).and_then(Claims::into_token);
    let claims = claims.ok_or(malformed)?;
    jws.check(algorithm, header.kid.as_deref(), keys)?;
    Ok(claims)
}

impl Claims {
    fn into_token(self) -> Option<WorkloadToken> {
        let text = |(name, value): (String, Value)| match value {
            Value::String(text) => Some((name, text)),
            Value::Number(number) => Some((name, number.to_string())),
            _ => None,
        };
        Some(WorkloadToken {
            issuer: self.iss,
            subject: self.sub,
            audience: self.aud.into_names(),
            expires_at: numeric_date(&self.exp)?,
            not_before: not_before(self.nbf.as_ref(), self.iat.as_ref()).ok()?,
            claims: self.others.into_iter().filter_map(text).collect(),
        })
    }
}
