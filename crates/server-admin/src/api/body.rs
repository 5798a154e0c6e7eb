//! JSON bodies: size, syntax, known fields and types.

use super::problem::Problem;
use axum::body::{Body as Content, HttpBody as _};
use axum::http::{HeaderMap, StatusCode, header};
use countersign_domain::evidence::Evidence;
use http_body_util::BodyExt as _;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};
use std::time::Duration;
use tokio::time::timeout;

/// Maximum size in bytes.
const MOST: usize = 1024 * 1024;
/// Maximum number of bytes that the server reads of a larger body and discards. Closing the connection without reading
/// them would lose the response.
const MOST_DRAINED: usize = 2 * MOST;
/// Deadline for a whole body.
const LONGEST: Duration = Duration::from_secs(10);

/// Maximum length in bytes of an unknown name for which the server searches the nearest known one. The time of the
/// search grows with the length.
const LONGEST_COMPARED: usize = 64;

/// Accepted media types.
const MEDIA_TYPES: [&str; 2] = ["application/json", "application/merge-patch+json"];

/// Parsed body.
#[derive(Default)]
pub(super) struct Body {
    /// Value; `null` without a body.
    pub(super) value: Value,
}

/// Reads a body. Rejects members that are not known.
pub(super) async fn read(
    headers: &HeaderMap,
    content: Content,
    known: &[String],
) -> Result<Body, Problem> {
    let media_type = headers.get(header::CONTENT_TYPE);
    let media_type = media_type.and_then(|value| value.to_str().ok());
    let essence = media_type.and_then(|value| value.split(';').next());
    let is_known = essence.is_some_and(|own| {
        let mut known = MEDIA_TYPES.iter();
        known.any(|known| known.eq_ignore_ascii_case(own.trim()))
    });
    if !is_known {
        let rule = "Content-Type must be application/json or application/merge-patch+json";
        return Err(Problem::of(
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            "media_type",
            rule,
        ));
    }
    let Ok(bytes) = timeout(LONGEST, bytes(content)).await else {
        let rule = "the body did not arrive within 10 seconds";
        return Err(Problem::of(
            StatusCode::REQUEST_TIMEOUT,
            "body_incomplete",
            rule,
        ));
    };
    let mut value: Value = serde_json::from_slice(&bytes?).map_err(|error| {
        let rule = format!("the body is not JSON: {error}");
        Problem::of(StatusCode::BAD_REQUEST, "body_malformed", rule)
    })?;
    let Value::Object(members) = &value else {
        let rule = "the body must be a JSON object";
        return Err(Problem::of(StatusCode::BAD_REQUEST, "body_malformed", rule));
    };
    check_names(members, known)?;
    integers(&mut value);
    Ok(Body { value })
}

/// Converts numbers such as `1.0`, which JSON Schema counts as integers.
fn integers(value: &mut Value) {
    match value {
        Value::Object(members) => members.values_mut().for_each(integers),
        Value::Array(items) => items.iter_mut().for_each(integers),
        Value::Number(number) => {
            let text = number.to_string();
            let whole = text
                .strip_suffix(".0")
                .and_then(|text| text.parse::<u64>().ok());
            if let Some(whole) = whole {
                *number = whole.into();
            }
        }
        _ => {}
    }
}

/// Rejects members that are not known.
pub(super) fn check_names(members: &Map<String, Value>, known: &[String]) -> Result<(), Problem> {
    for name in members.keys() {
        if !known.contains(name) {
            return Err(unknown(name, known.iter().map(String::as_str)));
        }
    }
    Ok(())
}

/// Returns the problem of an unknown name, with a similar known one.
pub(super) fn unknown<'a>(name: &str, known: impl Iterator<Item = &'a str>) -> Problem {
    Problem::field(name, format!("is unknown{}", suggestion(name, known)))
}

/// Returns the end of a sentence about an unknown word: the most similar known one. Returns an empty text if none is
/// similar, or if the word is long.
pub fn suggestion<'a>(word: &str, known: impl Iterator<Item = &'a str>) -> String {
    if word.len() > LONGEST_COMPARED {
        return String::new();
    }
    let most = 1 + word.chars().count() / 3;
    let distances = known.map(|known| (strsim::damerau_levenshtein(word, known), known));
    match distances.filter(|(distance, _)| *distance <= most).min() {
        Some((_, nearest)) => format!("; did you mean {nearest:?}?"),
        None => String::new(),
    }
}

/// Converts a JSON value. The problem names the field with a wrong type.
pub(super) fn typed<T: DeserializeOwned>(value: Value) -> Result<T, Problem> {
    serde_path_to_error::deserialize(value).map_err(|error| {
        let path = error.path().to_string();
        let rule = error.inner().to_string();
        // A missing field has no path, but the error text names the field.
        let field = match rule.split('`').nth(1) {
            Some(missing) if path == "." => missing.to_owned(),
            _ => path,
        };
        // The error text quotes a value of the wrong type.
        Problem::field(&field, Evidence::of(rule))
    })
}

/// Applies a merge patch (RFC 7396 section 2).
pub(super) fn merged(target: Value, patch: Value) -> Value {
    let Value::Object(patch) = patch else {
        return patch;
    };
    let mut target = match target {
        Value::Object(target) => target,
        _ => Map::new(),
    };
    for (name, value) in patch {
        if value.is_null() {
            target.remove(&name);
        } else {
            let present = target.remove(&name).unwrap_or_default();
            target.insert(name, merged(present, value));
        }
    }
    Value::Object(target)
}

async fn bytes(mut content: Content) -> Result<Vec<u8>, Problem> {
    let expected = content.size_hint().lower();
    let expected = usize::try_from(expected).unwrap_or(MOST).min(MOST);
    let mut bytes = Vec::with_capacity(expected);
    let mut received = 0;
    while let Some(frame) = content.frame().await {
        let frame = frame.map_err(|_| {
            let rule = "the body is incomplete";
            Problem::of(StatusCode::BAD_REQUEST, "body_incomplete", rule)
        })?;
        if let Some(data) = frame.data_ref() {
            received += data.len();
            if received <= MOST {
                bytes.extend_from_slice(data);
            } else if received > MOST_DRAINED {
                break;
            }
        }
    }
    if received > MOST {
        let rule = "the body has more than 1 MiB";
        return Err(Problem::of(
            StatusCode::PAYLOAD_TOO_LARGE,
            "body_too_large",
            rule,
        ));
    }
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn whole_number_with_fraction_is_integer() {
        let mut value = json!({"a": [1.0, 1.5, -2.0], "b": 3});
        integers(&mut value);
        assert_eq!(value, json!({"a": [1, 1.5, -2.0], "b": 3}));
    }

    /// Cases of RFC 7396 appendix A.
    #[test]
    fn merge_patch_follows_rfc_7396() {
        for (target, patch, expected) in [
            (json!({"a":"b"}), json!({"a":"c"}), json!({"a":"c"})),
            (json!({"a":"b"}), json!({"b":"c"}), json!({"a":"b","b":"c"})),
            (json!({"a":"b"}), json!({"a":null}), json!({})),
            (json!({"a":["b"]}), json!({"a":"c"}), json!({"a":"c"})),
            (
                json!({"a":{"b":"c"}}),
                json!({"a":{"b":"d","c":null}}),
                json!({"a":{"b":"d"}}),
            ),
            (json!({"a":[{"b":"c"}]}), json!({"a":[1]}), json!({"a":[1]})),
            (json!(["a", "b"]), json!(["c", "d"]), json!(["c", "d"])),
            (json!({"e":null}), json!({"a":1}), json!({"e":null,"a":1})),
            (
                json!({}),
                json!({"a":{"bb":{"ccc":null}}}),
                json!({"a":{"bb":{}}}),
            ),
        ] {
            assert_eq!(merged(target, patch), expected);
        }
    }
}
