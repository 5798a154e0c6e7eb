//! JSON encoding of custom claims.

use countersign_domain::token::custom_claims::{CustomClaims, CustomValue};
use serde::de::{Deserialize, Deserializer};
use serde::ser::{Serialize, Serializer};
use serde_json::{Map, Value};
use std::borrow::Cow;

/// Custom claims, as further members of the JSON object that contains them.
pub(crate) struct CustomJson<'a>(Cow<'a, CustomClaims>);

impl<'a> From<&'a CustomClaims> for CustomJson<'a> {
    fn from(claims: &'a CustomClaims) -> Self {
        Self(Cow::Borrowed(claims))
    }
}

impl CustomJson<'_> {
    /// Returns the claims.
    pub(crate) fn into_claims(self) -> CustomClaims {
        self.0.into_owned()
    }
}

impl Serialize for CustomJson<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().map(|(name, value)| (name, Json(value))))
    }
}

/// Leaves out claims of the protocol, which this version does not read, and values of another type.
impl<'de> Deserialize<'de> for CustomJson<'_> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let mut claims = CustomClaims::none();
        for (name, value) in Map::deserialize(deserializer)? {
            if let Some(value) = read(value) {
                // An error means that the claim is one of the protocol.
                let _ = claims.set(&name, value);
            }
        }
        Ok(Self(Cow::Owned(claims)))
    }
}

/// Serializes a custom value.
struct Json<'a>(&'a CustomValue);

impl Serialize for Json<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.0 {
            CustomValue::Text(text) => serializer.serialize_str(text),
            CustomValue::Number(number) => serializer.serialize_i64(*number),
            CustomValue::Flag(flag) => serializer.serialize_bool(*flag),
            CustomValue::List(values) => serializer.collect_seq(values.iter().map(Json)),
            CustomValue::Object(members) => {
                serializer.collect_map(members.iter().map(|(name, value)| (name, Json(value))))
            }
        }
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
