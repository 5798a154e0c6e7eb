//! Commands, one file per group.

pub(crate) mod admin_roles;
pub(crate) mod administration;
pub(crate) mod admins;
pub(crate) mod application_roles;
pub(crate) mod apply;
pub(crate) mod attributes;
pub(crate) mod audit;
pub(crate) mod call;
pub(crate) mod claims;
pub(crate) mod clients;
pub(crate) mod config;
pub(crate) mod doctor;
pub(crate) mod initial_access_tokens;
pub(crate) mod keys;
pub(crate) mod mail;
pub(crate) mod resource_servers;
pub(crate) mod setup;
pub(crate) mod slices;
pub(crate) mod statistics;
pub(crate) mod store;
pub(crate) mod tenants;
pub(crate) mod upstream_providers;
pub(crate) mod users;
pub(crate) mod webhooks;

use crate::cli::{Cli, Command};
use crate::command_error::CommandError;
use crate::{dev, output, server};
use clap::CommandFactory as _;
use countersign_domain::tenant::name::TenantName;
use setup::Setup;
use tenants::chosen;

/// Runs a command.
pub(crate) fn run(Cli { command, tenant }: Cli) -> Result<(), CommandError> {
    check(&command, tenant.as_ref())?;
    let tenant = OfTenant(tenant);
    match command {
        Command::Dev(args) => dev::run(&args),
        Command::Serve(args) => server::serve(&args),
        Command::Migrate(args) => tenant.wait_for(migrate(&args)),
        Command::Config(command) => command.run(),
        Command::Doctor(args) => tenant.wait_for(args.run()),
        Command::Mail(command) => tenant.wait_for(command.run()),
        Command::Tenants(command) => tenant.wait_for(command.run()),
        Command::Clients(command) => tenant.wait_for(command.run()),
        Command::InitialAccessTokens(command) => tenant.wait_for(command.run()),
        Command::ResourceServers(command) => tenant.wait_for(command.run()),
        Command::Users(command) => tenant.wait_for(command.run()),
        Command::Groups(command) => tenant.wait_for(command.run()),
        Command::Attributes(command) => tenant.wait_for(command.run()),
        Command::ApplicationRoles(command) => tenant.wait_for(command.run()),
        Command::Claims(command) => tenant.wait_for(command.run()),
        Command::Admins(command) => tenant.wait_for(command.run()),
        Command::AdminRoles(command) => tenant.wait_for(command.run()),
        Command::UpstreamProviders(command) => tenant.wait_for(command.run()),
        Command::Webhooks(command) => tenant.wait_for(command.run()),
        Command::Keys(command) => tenant.wait_for(command.run()),
        Command::Statistics(args) => tenant.wait_for(args.run()),
        Command::Audit(command) => tenant.wait_for(command.run()),
        Command::Explain(args) => tenant.wait_for(args.run()),
        Command::Apply(args) => tenant.wait_for(args.run()),
        Command::Export(args) => tenant.wait_for(args.run()),
        Command::Schema => apply::print_schema(),
        Command::Store(command) => tenant.wait_for(command.run()),
        Command::Login(args) => tenant.wait_for(args.run()),
        Command::Logout(args) => tenant.wait_for(args.run()),
        Command::Api(args) => tenant.wait_for(args.run()),
        Command::Completions { shell } => {
            let mut script = Vec::new();
            clap_complete::generate(shell, &mut Cli::command(), "countersign", &mut script);
            output::print(&String::from_utf8_lossy(&script))
        }
    }
}

async fn migrate(args: &crate::arguments::ConfigArgs) -> Result<(), CommandError> {
    let setup = Setup::migrated(setup::settings(args)?).await?;
    setup.ensure_signing_keys().await?;
    setup.store.build_indexes().await?;
    output::print("The schema is up to date and all signing keys exist.\n")
}

/// Checks that a command may have a tenant.
fn check(command: &Command, tenant: Option<&TenantName>) -> Result<(), CommandError> {
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

/// Tenant that a command is about.
struct OfTenant(Option<TenantName>);

impl OfTenant {
    /// Runs a command on a single-threaded runtime: commands do not query the store concurrently. Then seals its events.
    fn wait_for(
        self,
        command: impl Future<Output = Result<(), CommandError>>,
    ) -> Result<(), CommandError> {
        tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()?
            .block_on(chosen::within(self.0, audit::sealing::sealed(command)))
    }
}
