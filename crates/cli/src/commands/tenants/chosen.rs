//! The tenant that a command is about: that of the option `--tenant`, or else the server's own.

use crate::command_error::CommandError;
use countersign_domain::tenant::name::TenantName;

tokio::task_local! {
    /// Name that the option gives.
    static CHOSEN: Option<TenantName>;
}

/// Runs a command on a tenant.
pub(crate) async fn within<T>(tenant: Option<TenantName>, command: impl Future<Output = T>) -> T {
    CHOSEN.scope(tenant, command).await
}

/// Returns the name of the tenant, if it is not the server's own.
pub(crate) fn chosen() -> Option<TenantName> {
    CHOSEN.try_with(Clone::clone).ok().flatten()
}

/// Checks that a command for a server names a tenant only by its issuer.
pub(crate) fn check_server() -> Result<(), CommandError> {
    match chosen() {
        None => Ok(()),
        Some(name) => Err(CommandError::usage(format!(
            "With --server, name the tenant {name} by its issuer: --server https://id.example.org/t/{name}."
        ))),
    }
}
