//! Differences between the fields of objects.

use crate::api::is_empty;
use serde_json::Value;

/// Returns whether a field has the value of a new object.
pub(super) fn is_unset(value: Option<&Value>) -> bool {
    value.is_none_or(|value| is_empty(value) || *value == false)
}

/// Returns the merge patch (RFC 7396) that turns one value into another.
pub(super) fn difference(before: Option<&Value>, after: Option<&Value>) -> Value {
    match (before, after) {
        (Some(Value::Object(before)), Some(Value::Object(after))) => {
            let removed = before.keys().filter(|name| !after.contains_key(*name));
            let removed = removed.map(|name| (name.clone(), Value::Null));
            let set = after
                .iter()
                .filter(|(name, value)| before.get(*name) != Some(value));
            let set =
                set.map(|(name, value)| (name.clone(), difference(before.get(name), Some(value))));
            Value::Object(removed.chain(set).collect())
        }
        (_, after) => after.cloned().unwrap_or(Value::Null),
    }
}
