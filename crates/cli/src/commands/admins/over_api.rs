//! Commands of `countersign admins` over the admin API.

use crate::api::{Api, member, path};
use crate::command_error::CommandError;
use crate::output;
use axum::http::Method;
use serde_json::{Value, json};

/// Creates a user with an admin role.
pub(super) async fn create(
    api: &Api,
    email: &str,
    name: Option<&str>,
    role: &str,
) -> Result<Value, CommandError> {
    // Read the role first, so that no user without a role is left behind.
    api.get(&path(&["admin-roles", role])).await?;
    let new = json!({"email": email, "name": name});
    let created = api.send(Method::POST, "/users", Some(&new)).await?;
    let user = member(&created, "id").as_str().unwrap_or_default();
    let roles = path(&["administrators", &format!("user:{user}"), "roles"]);
    let grant = json!({"role": role});
    let mut granted = api.send(Method::POST, &roles, Some(&grant)).await?;
    if let Some(granted) = granted.as_object_mut() {
        let password = member(&created, "password").clone();
        granted.insert("password".to_owned(), password);
    }
    Ok(granted)
}

/// Returns the holder that an email address, a user ID, `client:` and a client ID, or `group:` and a name stand for.
pub(super) async fn holder(api: &Api, name: &str) -> Result<String, CommandError> {
    if ["client:", "user:", "group:"]
        .iter()
        .any(|kind| name.starts_with(kind))
    {
        return Ok(name.to_owned());
    }
    Ok(format!("user:{}", api.user_id(name).await?))
}

/// Revokes one role, or all of them.
pub(super) async fn revoke(
    api: &Api,
    holder: &str,
    role: Option<&str>,
) -> Result<(), CommandError> {
    let mut roles = vec!["administrators", holder, "roles"];
    roles.extend(role);
    api.send(Method::DELETE, &path(&roles), None).await?;
    output::print(&format!("Revoked the roles of {holder}.\n"))
}
