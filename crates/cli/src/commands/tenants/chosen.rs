//! The tenant that a command is about: that of the option `--tenant`, or else the server's own.

use crate::cli::Command;
use crate::command_error::{CommandError, Exit};
use crate::commands::setup::Setup;
use countersign_application::stored;
use countersign_domain::tenant::TenantId;
use countersign_domain::tenant::name::TenantName;
use countersign_domain::tenant::registered::{RegisteredTenant, TenantStatus};
use std::sync::Arc;

tokio::task_local! {
    /// Name that the option gives.
    static CHOSEN: Option<TenantName>;
}

/// Runs a command on a tenant.
pub(crate) async fn within<T>(tenant: Option<TenantName>, command: impl Future<Output = T>) -> T {
    CHOSEN.scope(tenant, command).await
}

/// Returns the name of the tenant, if it is not the server's own.
fn chosen() -> Option<TenantName> {
    CHOSEN.try_with(Clone::clone).ok().flatten()
}

/// Checks that a command may have a tenant.
pub(crate) fn check(command: &Command, tenant: Option<&TenantName>) -> Result<(), CommandError> {
    let is_of_server = matches!(
        command,
        Command::Dev(_)
            | Command::Serve(_)
            | Command::Migrate(_)
            | Command::Config(_)
            | Command::Doctor(_)
            | Command::Mail(_)
            | Command::Tenants(_)
            | Command::Store(_)
            | Command::Login(_)
            | Command::Logout(_)
    );
    if tenant.is_some() && is_of_server {
        return Err(CommandError::usage(
            "This command is about the whole server. Run it without --tenant.",
        ));
    }
    Ok(())
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

impl Setup {
    /// Changes the tenant of this setup to that of the command. Fails if it does not exist.
    pub(crate) async fn of_chosen_tenant(mut self) -> Result<Self, CommandError> {
        let Some(name) = chosen() else {
            return Ok(self);
        };
        let found = stored::find(&*self.store, TenantId::SINGLE, name.as_str()).await?;
        let tenant = found.filter(|own: &RegisteredTenant| own.status != TenantStatus::Deleting);
        let Some(tenant) = tenant else {
            return Err(CommandError::new(
                Exit::NotFound,
                format!("Tenant {name} not found. `countersign tenants list` shows all tenants."),
            ));
        };
        self.tenant = Arc::new(tenant.tenant(&self.tenant));
        Ok(self)
    }
}
