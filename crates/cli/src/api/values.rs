//! Paths and members of API objects.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::Value;

/// Path of the admin API at the issuer.
pub(super) const ROOT: &str = "/admin/v1";

/// Characters that a path segment or a query value may contain unencoded (RFC 3986 section 2.3).
const ENCODED: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');

/// Returns a member of an object; `null` if it is absent.
pub(crate) fn member<'a>(object: &'a Value, name: &str) -> &'a Value {
    object.get(name).unwrap_or(&Value::Null)
}

/// Returns a text member of an object; an empty text if it is absent.
pub(crate) fn text(object: &Value, name: &str) -> String {
    member(object, name).as_str().unwrap_or_default().to_owned()
}

/// Returns whether a value says nothing: `null`, an empty text or an empty list.
pub(crate) fn is_empty(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::String(text) => text.is_empty(),
        Value::Array(items) => items.is_empty(),
        Value::Object(members) => members.is_empty(),
        _ => false,
    }
}

/// Returns a path of these segments.
pub(crate) fn path(segments: &[&str]) -> String {
    segments.iter().fold(String::new(), |path, segment| {
        format!("{path}/{}", encoded(segment))
    })
}

/// Percent-encodes a path segment or a query value.
pub(crate) fn encoded(text: &str) -> String {
    utf8_percent_encode(text, ENCODED).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn path_segments_are_encoded() {
        assert_eq!(
            path(&["resource-servers", "https://api.example"]),
            "/resource-servers/https%3A%2F%2Fapi.example"
        );
    }
}
