//! Claims of a user as members of a JSON object (OpenID Connect Core section 5.1).

use countersign_domain::authorize::claims_request::ClaimSet;
use countersign_domain::token::custom_claims::CustomClaims;
use countersign_domain::user::User;
use countersign_wire::Value;
use countersign_wire::claims::user_claims;
use serde::ser::SerializeMap;

/// Adds the known claims of a set to an object.
pub(crate) fn add<M: SerializeMap>(
    map: &mut M,
    user: &User,
    claims: ClaimSet,
) -> Result<(), M::Error> {
    for (name, value) in user_claims(user, claims) {
        map.serialize_entry(name, &value)?;
    }
    Ok(())
}

/// Adds the claims of a policy to an object.
pub(crate) fn add_custom<M: SerializeMap>(
    map: &mut M,
    claims: &CustomClaims,
) -> Result<(), M::Error> {
    for (name, value) in claims.iter() {
        map.serialize_entry(name, &Value::Custom(value))?;
    }
    Ok(())
}
