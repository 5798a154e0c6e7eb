//! Links between operations: which parameters a response provides.

use crate::api::shape::{Shape, inline};
use axum::http::{Method, StatusCode};
use serde_json::{Map, Value, json};

/// Parameters with their values.
type Parameters = &'static [(&'static str, &'static str)];

/// Links to operations on objects of another resource: source, target, and parameters with their values.
const OTHERS: &[(&str, &str, Parameters)] = &[
    (
        "createUser",
        "grantAdminRole",
        &[("holder", "user:{$response.body#/id}")],
    ),
    (
        "createClient",
        "grantAdminRole",
        &[("holder", "client:{$response.body#/client_id}")],
    ),
    (
        "grantAdminRole",
        "revokeAdminRole",
        &[
            ("holder", "$request.path.holder"),
            ("role", "$request.body#/role"),
        ],
    ),
];

/// Returns the links of a successful response.
pub(super) fn of(operation: &Shape, all: &[&Shape]) -> Map<String, Value> {
    let mut links = Map::new();
    if operation.method == Method::POST && operation.status == StatusCode::CREATED {
        for target in all {
            if let Some(parameters) = of_created(operation, target) {
                links.insert(target.id.to_owned(), link(target.id, &parameters));
            }
        }
    }
    for (source, target, parameters) in OTHERS {
        if *source == operation.id {
            let parameters = parameters.iter();
            let parameters = parameters.map(|(name, value)| ((*name).to_owned(), json!(value)));
            links.insert((*target).to_owned(), link(target, &parameters.collect()));
        }
    }
    links
}

fn link(target: &str, parameters: &Map<String, Value>) -> Value {
    json!({"operationId": target, "parameters": parameters})
}

/// Returns the parameters of an operation below the created object; `None` if the path of the object is not the start
/// of its path.
fn of_created(created: &Shape, target: &Shape) -> Option<Map<String, Value>> {
    let below = target.path.strip_prefix(created.path)?.strip_prefix("/{")?;
    let (name, rest) = below.split_once('}')?;
    if rest.contains('{') {
        return None;
    }
    let mut parameters: Map<String, Value> = names(created.path)
        .map(|name| (name.to_owned(), json!(format!("$request.path.{name}"))))
        .collect();
    let has_name = created.gives.is_some_and(|schema| {
        let schema = inline(schema);
        schema.pointer(&format!("/properties/{name}")).is_some()
    });
    let field = if has_name { name } else { "id" };
    let value = json!(format!("$response.body#/{field}"));
    parameters.insert(name.to_owned(), value);
    Some(parameters)
}

/// Returns the names of the parameters in a path.
pub(super) fn names(path: &str) -> impl Iterator<Item = &str> {
    path.split('/')
        .filter_map(|own| own.strip_prefix('{')?.strip_suffix('}'))
}
