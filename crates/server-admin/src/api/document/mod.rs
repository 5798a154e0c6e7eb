//! The `OpenAPI` 3.1 document, built from the operations and the types of their bodies.

mod bodies;
mod links;

use super::attempt;
use super::problem::Details;
use super::shape::{SchemaOf, Shape};
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
    let operations: Vec<_> = operations.collect();
    let mut paths: Map<String, Value> = Map::new();
    let mut bodies = Vec::new();
    for operation in &operations {
        let item = described(operation, &operations, &mut generator);
        let body = item.pointer("/requestBody/content/application~1json/schema/$ref");
        bodies.extend(body.and_then(Value::as_str).map(str::to_owned));
        let path = paths.entry(operation.path).or_insert_with(|| json!({}));
        if let Value::Object(path) = path {
            path.insert(operation.method.as_str().to_lowercase(), item);
        }
    }
    let mut document = json!({
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
    });
    for body in bodies {
        let schema = document.pointer_mut(body.trim_start_matches('#'));
        schema.into_iter().for_each(bodies::close);
    }
    document
}

fn described(operation: &Shape, all: &[&Shape], generator: &mut SchemaGenerator) -> Value {
    let permissions = operation.permissions.iter();
    let permissions: Vec<_> = permissions.map(|own| own.as_str()).collect();
    let is_sensitive = operation.permissions.iter().any(|own| own.is_sensitive());
    let mut success = object(json!({"description": operation.summary}));
    if let Some(schema) = operation.gives {
        let content = content("application/json", schema, generator);
        success.insert("content".to_owned(), content);
    }
    let links = links::of(operation, all);
    if !links.is_empty() {
        success.insert("links".to_owned(), Value::Object(links));
    }
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
                let schema = bodies::merge_patch(schema, operation.fixed);
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
    let mut all: Vec<_> = links::names(operation.path)
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
            "schema": {"type": "string", "pattern": attempt::PATTERN},
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
