//! JSON decoding of custom claims.

use countersign_domain::token::custom_claims::{CustomClaims, CustomValue};
use serde::de::{Deserialize, Deserializer};
use serde_json::{Map, Value};

/// Custom claims, as further members of the JSON object that contains them.
pub(crate) struct CustomJson(CustomClaims);

impl CustomJson {
    /// Returns the claims.
    pub(crate) fn into_claims(self) -> CustomClaims {
        self.0
    }
}

/// Leaves out claims of the protocol, which this version does not read, and values of another type.
impl<'de> Deserialize<'de> for CustomJson {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let mut claims = CustomClaims::none();
        for (name, value) in Map::deserialize(deserializer)? {
            if let Some(value) = read(value) {
                // An error means that the claim is one of the protocol.
                let _ = claims.set(&name, value);
            }
        }
        Ok(Self(claims))
    }
}

fn read(value: Value) -> Option<CustomValue> {
    Some(match value {
        Value::Null => return None,
        Value::Bool(flag) => CustomValue::Flag(flag),
        Value::Number(number) => CustomValue::Number(number.as_i64()?),
        Value::String(text) => CustomValue::Text(text),
        Value::Array(values) => {
            CustomValue::List(values.into_iter().map(read).collect::<Option<_>>()?)
        }
        Value::Object(members) => {
            let members = members
                .into_iter()
                .map(|(name, value)| Some((name, read(value)?)));
            CustomValue::Object(members.collect::<Option<_>>()?)
        }
    })
}
