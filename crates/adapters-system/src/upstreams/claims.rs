//! Claims in JSON.

use countersign_domain::federation::account::ListedEmail;
use countersign_domain::federation::claims::{ClaimValue, UpstreamClaims};
use serde::Deserialize;
use serde_json::{Map, Value};

/// Maximum number of claims, and of entries of a claim. Further ones are ignored.
const MOST: usize = 1000;

/// Reads a JSON object.
pub(super) fn read(json: &[u8]) -> Option<UpstreamClaims> {
    let object: Map<String, Value> = serde_json::from_slice(json).ok()?;
    let mut claims = UpstreamClaims::default();
    for (name, value) in object.into_iter().take(MOST) {
        if let Some(value) = claim(value) {
            claims.insert(name, value);
        }
    }
    Some(claims)
}

fn claim(value: Value) -> Option<ClaimValue> {
    Some(match value {
        Value::Null => return None,
        Value::Bool(flag) => ClaimValue::Flag(flag),
        Value::Number(number) => ClaimValue::Number(number.to_string()),
        Value::String(text) => ClaimValue::Text(text),
        Value::Array(values) => {
            let texts = values.into_iter().filter_map(|value| match value {
                Value::String(text) => Some(text),
                _ => None,
            });
            ClaimValue::Texts(texts.take(MOST).collect())
        }
        Value::Object(members) => ClaimValue::Members(
            members
                .into_iter()
                .take(MOST)
                .map(|(name, _)| name)
                .collect(),
        ),
    })
}

/// Address as GitHub lists it.
#[derive(Deserialize)]
struct Address {
    email: String,
    #[serde(default)]
    primary: bool,
    #[serde(default)]
    verified: bool,
}

/// Reads a list of addresses.
pub(super) fn emails(json: &[u8]) -> Option<Vec<ListedEmail>> {
    let all: Vec<Address> = serde_json::from_slice(json).ok()?;
    let listed = all.into_iter().map(|own| ListedEmail {
        address: own.email,
        is_primary: own.primary,
        is_verified: own.verified,
    });
    Some(listed.take(MOST).collect())
}
