//! Administration commands for operators, one module per resource.
//!
//! Every command takes an [`Operator`] and checks the permission first. It stores its audit event in the same
//! transaction as the change. Callers, such as the command line, only parse input and print results.

pub mod administrators;
pub mod attributes;
pub mod audit;
pub mod claims;
pub mod clients;
mod compose;
mod definitions;
mod error;
mod events;
mod explanation;
mod fields;
mod generated;
pub mod groups;
pub mod initial_access_tokens;
pub mod invitations;
pub mod keys;
pub(crate) mod reach;
mod replies;
pub mod resource_servers;
pub mod roles;
mod sign_on;
mod statistics;
pub mod tenants;
mod unexplained;
pub mod upstream_providers;
pub mod users;
pub mod webhooks;

pub use audit::{Activity, Finding, Sealing, SealingError, Verification, Verified};
pub use compose::{AdminTools, Administration, SharedSecret, WebhookTools};
pub use error::{AdminError, Conflict, Missing};
pub use events::EventSource;
pub use explanation::Explanation;
pub use generated::{random_client_id, random_secret};
pub use replies::{Earlier, Replies, Slot};
pub use sign_on::OperatorTokens;
pub use statistics::StatisticsAdmin;
pub use unexplained::Unexplained;

use countersign_domain::audit::operator::{Operator, Permission};

/// Maximum number of attempts when a command loses races against other changes. Retrying is safe, because a command
/// changes only the fields it sets.
const TRIES: usize = 5;

/// Checks that the operator has a permission for all clients, or `clients:own`.
fn may_some_client(operator: &Operator, permission: Permission) -> Result<(), AdminError> {
    if operator.permissions.contain(Permission::ClientsOwn) {
        Ok(())
    } else {
        may(operator, permission)
    }
}

/// Checks that an object has the version that a command expects, if it expects one.
fn check_version(expected: Option<u64>, version: u64) -> Result<(), AdminError> {
    if expected.is_some_and(|expected| expected != version) {
        return Err(AdminError::Stale);
    }
    Ok(())
}

fn may(operator: &Operator, permission: Permission) -> Result<(), AdminError> {
    operator.may(permission).map_err(|refusal| {
        let identity = &operator.identity;
        tracing::warn!(kind = %identity.kind, operator = %identity.id, rule = refusal.name(), "command denied");
        AdminError::Refused(refusal)
    })
}
