//! The `OpenAPI` 3.1 document, built from the operations and the types of their bodies.

use super::attempt;
use super::problem::Details;
use super::shape::{SchemaOf, Shape, inline};
use super::slice;
use axum::http::Method;
use schemars::SchemaGenerator;
use schemars::generate::SchemaSettings;
use serde_json::{Map, Value, json};

/// Path of the admin API.
pub(super) const ROOT: &str = "/admin/v1";

/// Returns the document of these operations.
pub(super) fn of<'a>(operations: impl Iterator<Item = &'a Shape>) -> Value {
    let settings = SchemaSettings::draft2020_12().with(|settings| {
        settings.definitions_path = "/components/schemas".into();
        settings.meta_schema = None;
    });
    let mut generator = settings.into_generator();
    let problem = generator.subschema_for::<Details>();
    let mut paths: Map<String, Value> = Map::new();
    for operation in operations {
        let item = described(operation, &mut generator);
        let path = paths.entry(operation.path).or_insert_with(|| json!({}));
        if let Value::Object(path) = path {
            path.insert(operation.method.as_str().to_lowercase(), item);
        }
    }
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": "Countersign admin API",
            "version": env!("CARGO_PKG_VERSION"),
            "description": "Administration of an authorization server. Requests need an access token whose audience is this API.",
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "servers": [{"url": ROOT}],
        "security": [{"token": []}],
        "paths": paths,
        "components": {
            "schemas": generator.take_definitions(true),
            "responses": {
                "Problem": {
                    "description": "The request failed.",
                    "content": {"application/problem+json": {"schema": problem}},
                },
            },
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"}},
        },
    })
}

fn described(operation: &Shape, generator: &mut SchemaGenerator) -> Value {
    let permissions = operation.permissions.iter();
    let permissions: Vec<_> = permissions.map(|own| own.as_str()).collect();
    let is_sensitive = operation.permissions.iter().any(|own| own.is_sensitive());
    let success = match operation.gives {
        Some(schema) => {
            let content = content("application/json", schema, generator);
            json!({"description": operation.summary, "content": content})
        }
        None => json!({"description": operation.summary}),
    };
    let mut item = object(json!({
        "operationId": operation.id,
        "summary": operation.summary,
        "tags": [operation.path.split('/').nth(1).unwrap_or_default()],
        "x-permissions": permissions,
        "x-second-factor": is_sensitive,
        "parameters": parameters(operation),
        "responses": {
            operation.status.as_str(): success,
            "default": {"$ref": "#/components/responses/Problem"},
        },
    }));
    if let Some(own) = operation.own {
        item.insert("x-own-permission".to_owned(), json!(own.as_str()));
    }
    if let Some(schema) = operation.takes {
        let content = match operation.method {
            Method::PATCH => {
                // A merge patch has any of the members.
                let mut schema = inline(schema);
                schema.remove("required");
                json!({"application/merge-patch+json": {"schema": schema}})
            }
            _ => content("application/json", schema, generator),
        };
        let body = json!({"required": true, "content": content});
        item.insert("requestBody".to_owned(), body);
    }
    Value::Object(item)
}

fn object(value: Value) -> Map<String, Value> {
    match value {
        Value::Object(members) => members,
        _ => Map::new(),
    }
}

fn content(media_type: &str, schema: SchemaOf, generator: &mut SchemaGenerator) -> Value {
    json!({media_type: {"schema": schema(generator)}})
}

fn parameters(operation: &Shape) -> Vec<Value> {
    let text = json!({"type": "string"});
    let segments = operation.path.split('/');
    let names = segments.filter_map(|own| own.strip_prefix('{')?.strip_suffix('}'));
    let mut all: Vec<_> = names
        .map(|name| json!({"name": name, "in": "path", "required": true, "schema": text}))
        .collect();
    for name in operation.query {
        let schema = slice::schema_of(name).unwrap_or_else(|| text.clone());
        all.push(json!({"name": name, "in": "query", "schema": schema}));
    }
    if operation.method == Method::POST {
        all.push(json!({
            "name": attempt::HEADER,
            "in": "header",
            "description": "Name of the request. A repeated request gets the reply of the first for at least 24 hours.",
            "schema": {"type": "string", "maxLength": 255},
        }));
    }
    if operation.is_conditional {
        all.push(json!({
            "name": "If-Match",
            "in": "header",
            "description": "`ETag` of the version to change. A stale version is refused with 412.",
            "schema": text,
        }));
    }
    all
}

/// Returns the permissions of an operation in words.
pub(super) fn permissions(item: &Value) -> String {
    let all = item["x-permissions"].as_array().into_iter().flatten();
    let all: Vec<_> = all.filter_map(Value::as_str).collect();
    match item["x-own-permission"].as_str() {
        Some(own) => format!("{}, or {own} for own objects", all.join(" and ")),
        None => all.join(" and "),
    }
}
