//! JSON Schema of files, for editors.

use super::read::extra;
use countersign_server_admin::ObjectKind;
use serde_json::{Value, json};

/// Returns the schema of a file: a document, or a list of documents.
pub(crate) fn schema() -> Value {
    let kinds: Vec<_> = ObjectKind::ALL.iter().map(|kind| of(*kind)).collect();
    json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Countersign declarations",
        "description": "Objects that `countersign apply` creates and changes.",
        "$defs": {"object": {"oneOf": kinds}},
        "anyOf": [
            {"$ref": "#/$defs/object"},
            {"type": "array", "items": {"$ref": "#/$defs/object"}},
        ],
    })
}

fn of(kind: ObjectKind) -> Value {
    let mut schema = kind.schema();
    if let Some(Value::Object(fields)) = schema.get_mut("properties") {
        for (name, field) in extra::schemas(kind) {
            fields.insert(name.to_owned(), field);
        }
        fields.insert("kind".to_owned(), json!({"const": kind.as_str()}));
        fields.insert("$schema".to_owned(), json!({"type": "string"}));
    }
    if let Value::Object(schema) = &mut schema {
        let own = schema.remove("required").unwrap_or_else(|| json!([]));
        let mut required = vec![json!("kind"), json!(kind.key())];
        let own = own.as_array().cloned().unwrap_or_default();
        required.extend(own.into_iter().filter(|name| name != kind.key()));
        schema.insert("required".to_owned(), json!(required));
        schema.insert("additionalProperties".to_owned(), json!(false));
        schema.insert("title".to_owned(), json!(kind.as_str()));
        schema.remove("$schema");
    }
    schema
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::{env, fs};

    #[test]
    fn published_schema_is_current() {
        let path = concat!(
            env!("CARGO_MANIFEST_DIR"),
            "/../../docs/countersign.schema.json"
        );
        let text = serde_json::to_string_pretty(&schema()).unwrap() + "\n";
        if env::var_os("UPDATE_DOCS").is_some() {
            fs::write(path, &text).unwrap();
        }
        let found = fs::read_to_string(path).unwrap_or_default();
        assert!(
            found == text,
            "docs/countersign.schema.json is out of date; UPDATE_DOCS=1 writes it"
        );
    }
}
