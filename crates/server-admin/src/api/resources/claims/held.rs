//! JSON form of roles and attributes of a user or group.

use crate::api::problem::Problem;
use crate::api::shape::{ATTRIBUTE, ROLE};
use countersign_domain::claims::attribute_value::{AttributeName, AttributeValue, Attributes};
use countersign_domain::claims::roles::{ApplicationRoleName, HeldRoles};
use schemars::Schema;
use serde::Deserialize as _;
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// Roles by audience.
pub(in crate::api) type RolesBody = BTreeMap<String, Vec<String>>;

/// Attributes by name.
pub(in crate::api) type AttributesBody = BTreeMap<String, Value>;

/// Describes roles by audience.
pub(in crate::api) fn roles_schema(schema: &mut Schema) {
    let names = json!({"type": "array", "items": {"type": "string", "pattern": ROLE}});
    schema.insert(
        "propertyNames".to_owned(),
        json!({"minLength": 1, "maxLength": 200}),
    );
    schema.insert("additionalProperties".to_owned(), names);
}

/// Describes attributes by name.
pub(in crate::api) fn attributes_schema(schema: &mut Schema) {
    let value = json!({"anyOf": [
        {"type": ["string", "integer", "boolean"]},
        {"type": "array", "items": {"type": "string"}},
    ]});
    schema.insert("propertyNames".to_owned(), json!({"pattern": ATTRIBUTE}));
    schema.insert("additionalProperties".to_owned(), value);
}

/// Returns the JSON form of roles.
pub(in crate::api) fn roles_body(roles: &HeldRoles) -> RolesBody {
    let all = roles.audiences();
    all.map(|(audience, roles)| {
        (
            audience.to_owned(),
            roles.map(ToString::to_string).collect(),
        )
    })
    .collect()
}

/// Parses roles.
pub(in crate::api) fn held_roles(body: &RolesBody) -> Result<HeldRoles, Problem> {
    let mut roles = HeldRoles::default();
    for (audience, names) in body {
        for name in names {
            let role =
                ApplicationRoleName::parse(name).map_err(|error| Problem::field("roles", error))?;
            roles.insert(audience, role);
        }
    }
    Ok(roles)
}

/// Returns the JSON form of attributes.
pub(in crate::api) fn attributes_body(attributes: &Attributes) -> AttributesBody {
    let all = attributes.values.iter();
    all.map(|(name, value)| (name.to_string(), json!(value)))
        .collect()
}

/// Parses attributes.
pub(in crate::api) fn attribute_values(
    body: &AttributesBody,
) -> Result<BTreeMap<AttributeName, AttributeValue>, Problem> {
    let all = body.iter().map(|(name, value)| {
        let field = || format!("attributes.{name}");
        let parsed = AttributeName::parse(name).map_err(|error| Problem::field(&field(), error))?;
        let rule = "must be a string, an integer, a boolean, or an array of strings";
        let value = AttributeValue::deserialize(value);
        let value = value.map_err(|_| Problem::field(&field(), rule))?;
        Ok((parsed, value))
    });
    all.collect()
}
