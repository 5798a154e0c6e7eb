//! `Serialize` and `Deserialize` of the newtypes, for the feature `serde`.
//!
//! A value is serialized as it appears on the wire: a text, or a number for a timestamp and a tenant. Deserialization
//! calls the checked constructor, so an invalid value is an error. The implementations are written by hand because
//! derived ones would skip that check.

use crate::client::redirect_uri::RedirectUri;
use crate::client::{ClientId, GrantType};
use crate::identifier::{DeviceId, GrantId, LoginId, NodeId, SessionId, Subject, UserId};
use crate::resource::Resource;
use crate::scope::Scope;
use crate::tenant::TenantId;
use crate::time::Timestamp;
use crate::token::token_id::TokenId;
use crate::user::Email;
use ::serde::de::{Error, Unexpected, Visitor};
use ::serde::{Deserialize, Deserializer, Serialize, Serializer};
use core::fmt;
use core::marker::PhantomData;
use core::str::FromStr;

/// Visitor of a text that is parsed.
struct Text<T>(PhantomData<T>);

impl<T: FromStr<Err: fmt::Display>> Visitor<'_> for Text<T> {
    type Value = T;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a string")
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<T, E> {
        text.parse().map_err(E::custom)
    }
}

macro_rules! as_text {
    ($($type:ty: $value:ident => $text:expr),+ $(,)?) => {$(
        impl Serialize for $type {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                let $value = self;
                serializer.collect_str($text)
            }
        }

        impl<'de> Deserialize<'de> for $type {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                deserializer.deserialize_str(Text(PhantomData))
            }
        }
    )+};
}

as_text! {
    ClientId: id => id.as_str(),
    DeviceId: id => id,
    Email: email => email.as_str(),
    GrantId: id => id,
    GrantType: grant_type => grant_type.as_str(),
    LoginId: id => id,
    NodeId: id => id,
    RedirectUri: uri => uri.as_str(),
    Resource: resource => resource.as_str(),
    SessionId: id => id,
    Subject: subject => subject.as_str(),
    TokenId: id => id,
    UserId: id => id,
}

impl Serialize for Scope {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

/// An empty text is the empty scope, as [`Scope::as_str`] returns it. A request must not send one.
impl<'de> Deserialize<'de> for Scope {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Tokens;
        impl Visitor<'_> for Tokens {
            type Value = Scope;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a string of scope tokens")
            }

            fn visit_str<E: Error>(self, text: &str) -> Result<Scope, E> {
                if text.is_empty() {
                    return Ok(Scope::none());
                }
                Scope::parse(text).map_err(E::custom)
            }
        }
        deserializer.deserialize_str(Tokens)
    }
}

impl Serialize for Timestamp {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_u64(self.as_unix_seconds())
    }
}

impl<'de> Deserialize<'de> for Timestamp {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        u64::deserialize(deserializer).map(Self::from_unix_seconds)
    }
}

impl Serialize for TenantId {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_u32(self.number())
    }
}

impl<'de> Deserialize<'de> for TenantId {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let number = u32::deserialize(deserializer)?;
        Self::from_number(number).ok_or_else(|| {
            let found = Unexpected::Unsigned(number.into());
            D::Error::invalid_value(found, &"a number from 1 to 2147483647")
        })
    }
}
