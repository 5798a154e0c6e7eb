//! Schemas of request bodies.

use crate::api::shape::{SchemaOf, inline};
use serde_json::{Value, json};

/// Returns the schema of a merge patch (RFC 7396) for a body, without the fields that cannot change. All fields are
/// optional, and `null` removes those that the body may lack.
pub(super) fn merge_patch(schema: SchemaOf, fixed: &[&str]) -> Value {
    let mut schema = inline(schema).to_value();
    let required = schema
        .as_object_mut()
        .and_then(|own| own.remove("required"));
    let required = required.unwrap_or_default();
    let is_required = |name: &str| {
        let mut all = required.as_array().into_iter().flatten();
        all.any(|own| own == name)
    };
    if let Some(Value::Object(fields)) = schema.get_mut("properties") {
        fields.retain(|name, _| !fixed.contains(&name.as_str()));
        for (name, field) in fields.iter_mut() {
            if !is_required(name) {
                *field = json!({"anyOf": [field.take(), {"type": "null"}]});
            }
        }
    }
    close(&mut schema);
    schema
}

/// Says that the server rejects unknown fields.
pub(super) fn close(schema: &mut Value) {
    if let Value::Object(schema) = schema {
        schema.insert("additionalProperties".to_owned(), json!(false));
    }
}
