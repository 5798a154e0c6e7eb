//! `countersign audit erase`.

use crate::arguments::ConfigArgs;
use crate::command_error::CommandError;
use crate::commands::administration::operator;
use crate::commands::setup::Setup;
use crate::output;

/// Erases the events of a user, and prints their number.
pub(super) async fn erase(user: &str, config: &ConfigArgs) -> Result<(), CommandError> {
    let setup = Setup::open(config).await?;
    let (tenant, operator) = (&setup.tenant, operator());
    let id = match user.parse() {
        Ok(id) => id,
        Err(_) => setup.user_admin()?.find(tenant, &operator, user).await?.id,
    };
    let erased = setup.audit_admin().erase(tenant, &operator, id).await?;
    output::print(&format!("Erased {erased} events.\n"))
}
