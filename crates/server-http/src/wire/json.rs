//! `application/json`: one object with string values, and arrays of strings for repeatable parameters.

use crate::wire::MalformedRequest;
use crate::wire::malformed::Malformed;
use crate::wire::parameters::{Parameters, Slot};
use serde::de::{DeserializeSeed, IgnoredAny, MapAccess, Visitor};
use serde_json::Value;
use std::borrow::Cow;
use std::fmt;
use std::marker::PhantomData;

pub(crate) const MEDIA_TYPE: &str = "application/json";

/// Parses a body.
pub(crate) fn parse<P: Parameters>(body: &[u8]) -> Result<P, Malformed> {
    let text = str::from_utf8(body).map_err(|_| MalformedRequest::NotUtf8)?;
    let mut deserializer = serde_json::Deserializer::from_str(text);
    let parsed = Seed(PhantomData)
        .deserialize(&mut deserializer)
        .map_err(|_| Malformed::NotJsonObject)?;
    deserializer.end().map_err(|_| Malformed::NotJsonObject)?;
    parsed
}

struct Seed<P>(PhantomData<P>);

impl<'de, P: Parameters> DeserializeSeed<'de> for Seed<P> {
    type Value = Result<P, Malformed>;

    fn deserialize<D: serde::Deserializer<'de>>(
        self,
        deserializer: D,
    ) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de, P: Parameters> Visitor<'de> for Seed<P> {
    type Value = Result<P, Malformed>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    /// Reads to the end after an error, so that invalid JSON is always reported as invalid JSON.
    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut parameters = P::default();
        let mut fault = None;
        while let Some(name) = map.next_key::<Cow<'_, str>>()? {
            let Some((known, slot)) = parameters.slot(&name) else {
                map.next_value::<IgnoredAny>()?;
                continue;
            };
            let is_list = matches!(slot, Slot::Often(_));
            let put = match map.next_value::<Value>()? {
                Value::String(text) => put(&mut parameters, known, Some(text)),
                Value::Null => put(&mut parameters, known, None),
                Value::Array(values) if is_list => put_all(&mut parameters, known, values),
                _ => Err(Malformed::NotString(known)),
            };
            fault = fault.or(put.err());
        }
        Ok(fault.map_or(Ok(parameters), Err))
    }
}

fn put<P: Parameters>(
    parameters: &mut P,
    name: &'static str,
    value: Option<String>,
) -> Result<(), Malformed> {
    Ok(parameters.put(name, value)?)
}

fn put_all<P: Parameters>(
    parameters: &mut P,
    name: &'static str,
    values: Vec<Value>,
) -> Result<(), Malformed> {
    values.into_iter().try_for_each(|value| match value {
        Value::String(text) => put(parameters, name, Some(text)),
        _ => Err(Malformed::NotString(name)),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::parameters::parameters;

    parameters! {
        #[derive(Debug, PartialEq)]
        Pair { a, b }
    }

    #[test]
    fn json_strings_are_read_and_unknown_members_ignored() {
        let read = parse::<Pair>(br#" {"a":"1","c":[{"x":1}],"c":2,"b":null} "#);
        assert_eq!(
            read,
            Ok(Pair {
                a: Some("1".into()),
                b: Some(String::new())
            })
        );
    }

    parameters! {
        #[derive(Debug, PartialEq)]
        Listed { a; often c }
    }

    #[test]
    fn repeatable_parameter_accepts_string_or_array_of_strings() {
        for (body, c) in [
            (&br#"{"c":"1"}"#[..], &["1"][..]),
            (br#"{"c":["1","","2"]}"#, &["1", "2"]),
            (br#"{"c":[]}"#, &[]),
            (br#"{"c":null}"#, &[]),
        ] {
            assert_eq!(parse::<Listed>(body).unwrap().c, c);
        }
        for body in [
            &br#"{"c":[1]}"#[..],
            br#"{"c":[["1"]]}"#,
            br#"{"c":[null]}"#,
        ] {
            assert_eq!(parse::<Listed>(body), Err(Malformed::NotString("c")));
        }
        let listed = parse::<Listed>(br#"{"a":["1"]}"#);
        assert_eq!(listed, Err(Malformed::NotString("a")));
    }

    #[test]
    fn each_malformed_json_body_has_its_error() {
        for (body, fault) in [
            (&b""[..], Malformed::NotJsonObject),
            (b"{", Malformed::NotJsonObject),
            (b"[\"1\",\"2\"]", Malformed::NotJsonObject),
            (b"\"a\"", Malformed::NotJsonObject),
            (b"{\"a\":\"1\"} x", Malformed::NotJsonObject),
            (b"{\"a\":1,", Malformed::NotJsonObject),
            (b"{\"a\":\"\\ud800\"}", Malformed::NotJsonObject),
            (b"{\"a\":\"\xff\"}", MalformedRequest::NotUtf8.into()),
            (b"{\"a\":1}", Malformed::NotString("a")),
            (b"{\"b\":{}}", Malformed::NotString("b")),
            (
                b"{\"a\":\"1\",\"a\":\"1\"}",
                MalformedRequest::Repeated("a").into(),
            ),
            (
                b"{\"a\":null,\"a\":\"1\"}",
                MalformedRequest::Repeated("a").into(),
            ),
        ] {
            assert_eq!(
                parse::<Pair>(body),
                Err(fault),
                "{:?}",
                String::from_utf8_lossy(body)
            );
        }
    }

    #[test]
    fn deeply_nested_json_is_rejected() {
        for depth in [100, 50_000] {
            let body = format!("{{\"c\":{}1{}}}", "[".repeat(depth), "]".repeat(depth));
            let _ = parse::<Pair>(body.as_bytes());
            let known = body.replacen('c', "a", 1);
            assert!(parse::<Pair>(known.as_bytes()).is_err());
        }
    }

    proptest::proptest! {
        #[test]
        fn arbitrary_body_does_not_panic(body: Vec<u8>, text in "[\\{\\}\\[\\]\",:ab\\\\0u]{0,40}") {
            let _ = parse::<Pair>(&body);
            let _ = parse::<Pair>(text.as_bytes());
        }
    }
}
