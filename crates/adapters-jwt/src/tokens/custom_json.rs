//! JSON decoding of custom claims.

use countersign_domain::token::custom_claims::{CustomClaims, CustomValue};
use serde::de::{Deserialize, Deserializer};
use serde_json::Map;

/// Custom claims, as further members of the JSON object that contains them.
pub(crate) struct CustomJson(CustomClaims);

impl CustomJson {
    /// Returns the claims.
    pub(crate) fn into_claims(self) -> CustomClaims {
        self.0
    }
}

/// Omits protocol claims, which this version does not read, and values of other types.
impl<'de> Deserialize<'de> for CustomJson {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let mut claims = CustomClaims::none();
        for (name, value) in Map::deserialize(deserializer)? {
            if let Ok(value) = CustomValue::deserialize(value) {
                // An error means that this is a protocol claim.
                let _ = claims.set(&name, value);
            }
        }
        Ok(Self(claims))
    }
}
