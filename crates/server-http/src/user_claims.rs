//! Claims of a user as members of a JSON object (OpenID Connect Core section 5.1).

use countersign_domain::authorize::claims_request::ClaimSet;
use countersign_domain::user::User;
use countersign_domain::user::profile::Address;
use countersign_domain::user::user_claims::ClaimValue;
use serde::ser::SerializeMap;
use serde::{Serialize, Serializer};

/// Adds the known claims of a set to an object.
pub(crate) fn add<M: SerializeMap>(
    map: &mut M,
    user: &User,
    claims: ClaimSet,
) -> Result<(), M::Error> {
    for (name, value) in user.claims(claims) {
        match value {
            ClaimValue::Text(text) => map.serialize_entry(name, text)?,
            ClaimValue::Flag(flag) => map.serialize_entry(name, &flag)?,
            ClaimValue::Time(time) => map.serialize_entry(name, &time.as_unix_seconds())?,
            ClaimValue::Address(address) => map.serialize_entry(name, &Members(address))?,
        }
    }
    Ok(())
}

struct Members<'a>(&'a Address);

impl Serialize for Members<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.members())
    }
}
