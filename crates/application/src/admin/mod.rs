//! Administration: the commands of operators, one module per resource.
//!
//! Every command takes an [`Operator`], checks the permission first, and stores
//! its event in the same statement as the change. The command line, an admin API and a console only parse and print.

pub mod clients;
mod error;
mod events;
mod fields;
mod generated;
pub mod keys;
pub mod users;

pub use error::{AdminError, Conflict, Missing};
pub use events::EventSource;
pub use generated::{random_client_id, random_secret};

use countersign_domain::audit::operator::{Operator, Permission};

/// How often a command reads again that lost a race against another change. It sets one thing, whatever the rest is.
const TRIES: usize = 5;

fn may(operator: &Operator, permission: Permission) -> Result<(), AdminError> {
    operator.may(permission).map_err(|refusal| {
        let identity = &operator.identity;
        tracing::warn!(kind = %identity.kind, operator = %identity.id, rule = ?refusal, "a command was refused");
        AdminError::Refused(refusal)
    })
}
