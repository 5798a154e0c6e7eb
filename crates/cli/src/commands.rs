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
pub(crate) mod keys;
pub(crate) mod mail;
pub(crate) mod resource_servers;
pub(crate) mod setup;
pub(crate) mod slices;
pub(crate) mod statistics;
pub(crate) mod store;
pub(crate) mod upstream_providers;
pub(crate) mod users;
pub(crate) mod webhooks;

use crate::cli::{Cli, Command};
use crate::command_error::CommandError;
use crate::{dev, output, server};
use clap::CommandFactory as _;
use setup::Setup;

/// Runs a command.
pub(crate) fn run(command: Command) -> Result<(), CommandError> {
    match command {
        Command::Dev(args) => dev::run(&args),
        Command::Serve(args) => server::serve(&args),
        Command::Migrate(args) => wait_for(migrate(&args)),
        Command::Config(command) => command.run(),
        Command::Doctor(args) => wait_for(args.run()),
        Command::Mail(command) => wait_for(command.run()),
        Command::Clients(command) => wait_for(command.run()),
        Command::ResourceServers(command) => wait_for(command.run()),
        Command::Users(command) => wait_for(command.run()),
        Command::Groups(command) => wait_for(command.run()),
        Command::Attributes(command) => wait_for(command.run()),
        Command::ApplicationRoles(command) => wait_for(command.run()),
        Command::Claims(command) => wait_for(command.run()),
        Command::Admins(command) => wait_for(command.run()),
        Command::AdminRoles(command) => wait_for(command.run()),
        Command::UpstreamProviders(command) => wait_for(command.run()),
        Command::Webhooks(command) => wait_for(command.run()),
        Command::Keys(command) => wait_for(command.run()),
        Command::Statistics(args) => wait_for(args.run()),
        Command::Audit(command) => wait_for(command.run()),
        Command::Explain(args) => wait_for(args.run()),
        Command::Apply(args) => wait_for(args.run()),
        Command::Export(args) => wait_for(args.run()),
        Command::Schema => apply::print_schema(),
        Command::Store(command) => wait_for(command.run()),
        Command::Login(args) => wait_for(args.run()),
        Command::Logout(args) => wait_for(args.run()),
        Command::Api(args) => wait_for(args.run()),
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

/// Runs a command on a single-threaded runtime: commands do not query the store concurrently. Then seals its events.
fn wait_for(command: impl Future<Output = Result<(), CommandError>>) -> Result<(), CommandError> {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?
        .block_on(audit::sealing::sealed(command))
}
