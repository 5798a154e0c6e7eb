//! `Serialize` for values, and for objects of them.

use crate::value::Value;
use ::serde::ser::{Serialize, SerializeMap as _, Serializer};
use alloc::string::String;
use countersign_domain::token::actor::Actor;
use countersign_domain::user::profile::Address;

/// Function that returns name-value pairs. It is serialized as one object:
///
/// ```
/// use countersign_wire::{Object, Value};
///
/// let pairs = [("active", Value::Flag(true)), ("exp", Value::Number(60))];
/// let json = serde_json::to_string(&Object(|| pairs.clone().into_iter())).unwrap();
/// assert_eq!(json, r#"{"active":true,"exp":60}"#);
/// ```
#[derive(Clone, Copy)]
pub struct Object<F>(pub F);

impl<'a, F, I> Serialize for Object<F>
where
    F: Fn() -> I,
    I: Iterator<Item = (&'a str, Value<'a>)>,
{
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map((self.0)())
    }
}

impl Serialize for Value<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Text(text) => serializer.serialize_str(text),
            Self::Number(number) => serializer.serialize_u64(*number),
            Self::Flag(flag) => serializer.serialize_bool(*flag),
            Self::Texts(texts) => serializer.collect_seq(texts.iter().map(String::as_str)),
            Self::Names(names) => serializer.collect_seq(names),
            Self::TokenId(id) => serializer.collect_str(id),
            Self::SessionId(id) => serializer.collect_str(id),
            Self::Actor(actor) => ActorObject(actor).serialize(serializer),
            Self::MayAct(client) => serializer.collect_map([("sub", client.as_str())]),
            Self::Address(address) => AddressObject(address).serialize(serializer),
            Self::Custom(value) => value.serialize(serializer),
        }
    }
}

struct ActorObject<'a>(&'a Actor);

impl Serialize for ActorObject<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("sub", self.0.subject.as_str())?;
        if let Some(previous) = &self.0.previous {
            map.serialize_entry("act", &ActorObject(previous))?;
        }
        map.end()
    }
}

struct AddressObject<'a>(&'a Address);

impl Serialize for AddressObject<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.members())
    }
}
