//! Token verification with a third-party library, as a resource server does it.

use super::{Answer, ISSUER};
use jsonwebtoken::jwk::JwkSet;
use jsonwebtoken::{DecodingKey, Validation};
use serde_json::Value;

/// Returns the `kid` of a JWT.
pub(crate) fn kid(token: &str) -> String {
    let header = jsonwebtoken::decode_header(token).unwrap();
    header.kid.unwrap()
}

/// Checks signature, issuer and expiry with the key set of a response.
#[track_caller]
pub(crate) fn assert_signed(token: &str, key_set: &Answer) {
    let set: JwkSet = serde_json::from_slice(&key_set.body).unwrap();
    let algorithm = jsonwebtoken::decode_header(token).unwrap().alg;
    let key = set.find(&kid(token)).unwrap();
    let mut validation = Validation::new(algorithm);
    validation.validate_aud = false;
    validation.set_issuer(&[ISSUER]);
    jsonwebtoken::decode::<Value>(token, &DecodingKey::from_jwk(key).unwrap(), &validation)
        .unwrap();
}
