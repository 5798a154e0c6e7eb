//! The user that a command names.

use crate::api::{Api, path};
use crate::command_error::{CommandError, Exit};
use crate::commands::administration::operator;
use crate::commands::setup::Setup;
use countersign_application::admin::{AdminError, Missing};
use countersign_domain::user::User;

/// Returns the user with this ID or email address. Fails with exit code 3 if it does not exist.
pub(super) async fn find(setup: &Setup, user: &str) -> Result<User, CommandError> {
    let admin = setup.user_admin()?;
    let found = admin.find(&setup.tenant, &operator(), user).await;
    found.map_err(|error| of(user, error))
}

/// Converts the error of a command about this user.
pub(super) fn of(user: &str, error: AdminError) -> CommandError {
    match error {
        AdminError::NotFound(Missing::User) => CommandError::new(
            Exit::NotFound,
            format!("User {user:?} not found. Run `countersign users list` to list all users."),
        ),
        error => CommandError::from(error),
    }
}

/// Returns the path of a user, or of what belongs to the user.
pub(super) async fn path_of(api: &Api, name: &str, rest: &[&str]) -> Result<String, CommandError> {
    let id = api.user_id(name).await?;
    Ok(path(&[&["users", &id], rest].concat()))
}
