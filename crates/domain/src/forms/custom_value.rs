//! `Serialize` and `Deserialize` of custom claims and user attributes, for the feature `serde`: a value is its JSON value.

use crate::claims::attribute_value::AttributeValue;
use crate::token::custom_claims::CustomValue;
use ::serde::de::{Error, MapAccess, SeqAccess, Unexpected, Visitor};
use ::serde::{Deserialize, Deserializer, Serialize, Serializer};
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

impl Serialize for CustomValue {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Text(text) => serializer.serialize_str(text),
            Self::Number(number) => serializer.serialize_i64(*number),
            Self::Flag(flag) => serializer.serialize_bool(*flag),
            Self::List(items) => serializer.collect_seq(items),
            Self::Object(members) => {
                let members = members.iter();
                serializer.collect_map(members.map(|(name, value)| (name.as_str(), value)))
            }
        }
    }
}

/// `null` and numbers that are no integers of 64 bits are errors.
impl<'de> Deserialize<'de> for CustomValue {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Any)
    }
}

impl Serialize for AttributeValue {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        CustomValue::from(self).serialize(serializer)
    }
}

/// An object is an error, and so is an array of other values than strings.
impl<'de> Deserialize<'de> for AttributeValue {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let value = CustomValue::deserialize(deserializer)?;
        let expected = "expected a string, an integer, a boolean, or an array of strings";
        Self::from_json(value).ok_or_else(|| D::Error::custom(expected))
    }
}

struct Any;

impl<'de> Visitor<'de> for Any {
    type Value = CustomValue;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a string, an integer, a boolean, an array or an object")
    }

    fn visit_bool<E: Error>(self, flag: bool) -> Result<CustomValue, E> {
        Ok(flag.into())
    }

    fn visit_i64<E: Error>(self, number: i64) -> Result<CustomValue, E> {
        Ok(number.into())
    }

    fn visit_u64<E: Error>(self, number: u64) -> Result<CustomValue, E> {
        let invalid = |_| E::invalid_value(Unexpected::Unsigned(number), &self);
        i64::try_from(number).map(Into::into).map_err(invalid)
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<CustomValue, E> {
        Ok(text.into())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<CustomValue, A::Error> {
        let mut list = Vec::new();
        while let Some(item) = items.next_element()? {
            list.push(item);
        }
        Ok(CustomValue::List(list))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<CustomValue, A::Error> {
        let mut object: Vec<(String, CustomValue)> = Vec::new();
        while let Some(Name(name)) = members.next_key()? {
            let value = members.next_value()?;
            match object.iter_mut().find(|(own, _)| *own == name) {
                Some((_, own)) => *own = value,
                None => object.push((name, value)),
            }
        }
        Ok(CustomValue::Object(object))
    }
}

/// Name of a member.
struct Name(String);

impl<'de> Deserialize<'de> for Name {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Text;
        impl Visitor<'_> for Text {
            type Value = Name;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a string")
            }

            fn visit_str<E: Error>(self, text: &str) -> Result<Name, E> {
                Ok(Name(text.into()))
            }
        }
        deserializer.deserialize_str(Text)
    }
}
