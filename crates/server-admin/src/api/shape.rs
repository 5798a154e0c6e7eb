//! Request, permissions and response of an operation.

use axum::http::{Method, StatusCode};
use countersign_domain::audit::operator::{Operator, Permission};
use countersign_domain::refusal::Refusal;
use schemars::generate::SchemaSettings;
use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde_json::{Map, Value, json};
use std::sync::OnceLock;

/// Schema of a type, added to the components of a document.
pub(super) type SchemaOf = fn(&mut SchemaGenerator) -> Schema;

/// Returns the schema of a type.
pub(super) fn schema_of<T: JsonSchema>(generator: &mut SchemaGenerator) -> Schema {
    generator.subschema_for::<T>()
}

/// Returns the schema of a type without references.
pub(super) fn inline(schema: SchemaOf) -> Schema {
    let settings = SchemaSettings::draft2020_12().with(|own| own.inline_subschemas = true);
    schema(&mut settings.into_generator())
}

/// Returns the names of the members of a type.
pub(super) fn members_of(schema: SchemaOf) -> Vec<String> {
    let schema = inline(schema);
    let members = schema.get("properties").and_then(Value::as_object);
    members.into_iter().flat_map(Map::keys).cloned().collect()
}

/// Regular expression of a text without control characters.
pub(super) const PLAIN_TEXT: &str = r"^[^\u0000-\u001f\u007f-\u009f]*$";

/// Regular expression of the name of an admin role, a group or a set of files.
pub(super) const NAME: &str = "^[a-z][a-z0-9-]{0,63}$";

/// Regular expression of the name of a user attribute.
pub(super) const ATTRIBUTE: &str = "^[a-z][a-z0-9_]{0,63}$";

/// Regular expression of the name of an application role.
pub(super) const ROLE: &str = "^[A-Za-z0-9][A-Za-z0-9._:/-]{0,63}$";

/// Regular expression of a client ID.
pub(super) const CLIENT_ID: &str = "^[ -~]{1,255}$";

/// Returns the schema of a text that is one of these names.
pub(super) fn one_of<'a>(names: impl Iterator<Item = &'a str>) -> Value {
    let names: Vec<_> = names.collect();
    json!({"type": "string", "enum": names})
}

/// Request, permissions and response of an operation.
pub(super) struct Shape {
    /// `operationId`.
    pub(super) id: &'static str,
    /// Method.
    pub(super) method: Method,
    /// Path below the root.
    pub(super) path: &'static str,
    /// Summary.
    pub(super) summary: &'static str,
    /// Permissions. All of them are required.
    pub(super) permissions: &'static [Permission],
    /// Permission that suffices for objects that the operator owns.
    pub(super) own: Option<Permission>,
    /// Names of query parameters.
    pub(super) query: &'static [&'static str],
    /// Whether the operation checks `If-Match`.
    pub(super) is_conditional: bool,
    /// Whether the operation accepts API keys in addition to access tokens.
    pub(super) accepts_api_keys: bool,
    /// Whether a request without a token is served too, by an operator without permissions.
    pub(super) is_for_visitors: bool,
    /// Fields of the body that a patch cannot change.
    pub(super) fixed: &'static [&'static str],
    /// Body of the request.
    pub(super) takes: Option<SchemaOf>,
    /// Names of the members of the body, once a request has needed them.
    pub(super) members: OnceLock<Vec<String>>,
    /// Status of a successful response.
    pub(super) status: StatusCode,
    /// Body of a successful response.
    pub(super) gives: Option<SchemaOf>,
}

impl Shape {
    /// Returns the names of the members of the body; `None` for an operation without one.
    pub(super) fn members(&self) -> Option<&[String]> {
        let schema = self.takes?;
        Some(self.members.get_or_init(|| members_of(schema)))
    }

    /// Returns whether the permissions depend on the owner of the object.
    pub(super) fn depends_on_owner(&self) -> bool {
        self.own.is_some() || self.permissions.contains(&Permission::ClientsOwn)
    }

    /// Checks that the operator has the permissions of the operation, and a recent second factor if one of them is
    /// sensitive. The command checks them again, against the object.
    pub(super) fn check(&self, operator: &Operator) -> Result<(), Refusal> {
        if self.own.is_some_and(|own| operator.may(own).is_ok()) {
            return Ok(());
        }
        let mut permissions = self.permissions.iter();
        permissions.try_for_each(|permission| operator.may(*permission))
    }
}
