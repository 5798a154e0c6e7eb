//! Command-line arguments and their help texts.

mod examples;

use crate::api::login::{LoginArgs, LogoutArgs};
use crate::arguments::{ConfigArgs, DevArgs};
use crate::commands::admin_roles::AdminRolesCommand;
use crate::commands::admins::AdminsCommand;
use crate::commands::application_roles::ApplicationRolesCommand;
use crate::commands::apply::{self, ApplyArgs, ExportArgs};
use crate::commands::attributes::AttributesCommand;
use crate::commands::audit::AuditCommand;
use crate::commands::audit::explain::ExplainArgs;
use crate::commands::call::CallApi;
use crate::commands::claims::ClaimsCommand;
use crate::commands::clients::ClientsCommand;
use crate::commands::config::ConfigCommand;
use crate::commands::doctor::DoctorArgs;
use crate::commands::initial_access_tokens::InitialAccessTokensCommand;
use crate::commands::keys::KeysCommand;
use crate::commands::mail::MailCommand;
use crate::commands::resource_servers::ResourceServersCommand;
use crate::commands::statistics::StatisticsArgs;
use crate::commands::store::StoreCommand;
use crate::commands::tenants::TenantsCommand;
use crate::commands::upstream_providers::UpstreamProvidersCommand;
use crate::commands::users::UsersCommand;
use crate::commands::users::groups::GroupsCommand;
use crate::commands::webhooks::WebhooksCommand;
use clap::{Parser, Subcommand};
use countersign_domain::tenant::name::TenantName;
use std::ffi::OsString;
use std::{env, iter};

/// An OAuth 2.1 and OpenID Connect authorization server in one binary.
///
/// To get started, run `countersign dev`. It creates a store, keys, a demo user and three clients in
/// ./.countersign, starts a server, and prints curl commands that request tokens.
#[derive(Debug, Parser)]
#[command(name = "countersign", version, propagate_version = false, after_help = EXIT_CODES)]
pub(crate) struct Cli {
    /// Command to run.
    #[command(subcommand)]
    pub(crate) command: Command,
    /// Tenant that the command is about, by name; without it, the server's own
    #[arg(long, global = true, value_name = "NAME", value_parser = TenantName::parse)]
    pub(crate) tenant: Option<TenantName>,
}

/// Arguments of `serve` alone.
#[derive(Debug, Parser)]
#[command(name = "countersign serve")]
struct Serve {
    #[command(flatten)]
    config: ConfigArgs,
}

impl Command {
    /// Parses the arguments of the process. Exits if they are invalid, or ask for help.
    pub(crate) fn parse() -> Cli {
        let serve = Self::serve(env::args_os());
        serve.map_or_else(Cli::parse, |command| Cli {
            command,
            tenant: None,
        })
    }

    /// Returns the command if it is a valid `serve`. A server keeps the memory that its arguments took, and those of all
    /// commands take 3 MB.
    fn serve(arguments: impl Iterator<Item = OsString>) -> Option<Self> {
        let mut arguments = arguments.skip(1).peekable();
        arguments.next_if(|name| name == "serve")?;
        let named = iter::once("serve".into()).chain(arguments);
        let serve = Serve::try_parse_from(named).ok()?;
        Some(Self::Serve(serve.config))
    }
}

const EXIT_CODES: &str = "\
Exit codes:
  0  success
  1  failure of the store, a file or the network
  2  invalid usage or configuration
  3  not found
  4  conflict, such as an email address that is already taken";

/// Commands of the program.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Start a development server that needs no configuration
    ///
    /// The first run creates a store, a master key, a demo user and three clients. Later runs reuse them.
    /// The file dev.json has their credentials. Not for production: `dev` prints the secrets.
    #[command(after_help = examples::DEV)]
    Dev(DevArgs),
    /// Start the server
    ///
    /// Stops on SIGTERM or Ctrl-C, after it has answered the requests in progress.
    #[command(after_help = examples::SERVE)]
    Serve(ConfigArgs),
    /// Apply schema migrations and create missing signing keys
    ///
    /// `serve` does the same when it starts, unless `store.migrate_at_start` is false. You can safely run
    /// `migrate` again.
    #[command(after_help = examples::MIGRATE)]
    Migrate(ConfigArgs),
    /// Validate and show the configuration
    #[command(subcommand)]
    Config(ConfigCommand),
    /// Detect problems before they cause failures
    ///
    /// Checks the configuration, the store, its keys and its clients, the mail server, and the way to the issuer. Changes
    /// nothing. Exits with code 1 if it finds a problem.
    #[command(after_help = examples::DOCTOR)]
    Doctor(DoctorArgs),
    /// Test the mail server
    #[command(subcommand)]
    Mail(MailCommand),
    /// Manage tenants: issuers with their own keys, clients and users
    #[command(subcommand)]
    Tenants(TenantsCommand),
    /// Manage clients: the applications that request tokens
    #[command(subcommand)]
    Clients(ClientsCommand),
    /// Manage initial access tokens: what lets clients register themselves
    #[command(subcommand)]
    InitialAccessTokens(InitialAccessTokensCommand),
    /// Manage resource servers: the APIs that accept access tokens
    #[command(subcommand)]
    ResourceServers(ResourceServersCommand),
    /// Manage users: the people who sign in
    #[command(subcommand)]
    Users(UsersCommand),
    /// Manage groups of users
    #[command(subcommand)]
    Groups(GroupsCommand),
    /// Manage user attributes: what is known of users beyond standard claims
    #[command(subcommand)]
    Attributes(AttributesCommand),
    /// Manage application roles: what users may do at resource servers
    #[command(subcommand)]
    ApplicationRoles(ApplicationRolesCommand),
    /// Manage claims policies: what tokens tell of users
    #[command(subcommand)]
    Claims(ClaimsCommand),
    /// Manage administrators: the users, clients and groups with admin roles
    #[command(subcommand)]
    Admins(AdminsCommand),
    /// Manage admin roles: what administrators may do
    #[command(subcommand)]
    AdminRoles(AdminRolesCommand),
    /// Manage upstream providers: the identity providers at which users can sign in
    #[command(subcommand)]
    UpstreamProviders(UpstreamProvidersCommand),
    /// Manage webhooks: the receivers of events
    #[command(subcommand)]
    Webhooks(WebhooksCommand),
    /// Manage signing keys and generate a master key
    #[command(subcommand)]
    Keys(KeysCommand),
    /// Count users, clients, active sessions and active grants
    ///
    /// Counts up to 10,000 of each. A higher number is a lower bound.
    #[command(after_help = examples::STATISTICS)]
    Statistics(StatisticsArgs),
    /// Read the audit log
    #[command(subcommand)]
    Audit(AuditCommand),
    /// Explain why the server refused a request
    ///
    /// Every response has its request ID in the header Request-Id, and error pages show it. Prints the rule that refused
    /// the request, the checks that it passed before, and what to do.
    #[command(after_help = examples::EXPLAIN)]
    Explain(ExplainArgs),
    /// Apply declared objects to a store or a server
    ///
    /// Creates and changes clients, resource servers, admin roles, groups, users, upstream providers and webhooks. Checks all
    /// files before the first change. If a run fails, run the command again to make the remaining changes.
    #[command(after_help = apply::examples::APPLY)]
    Apply(ApplyArgs),
    /// Print all objects that files can declare
    ///
    /// Leaves out secrets and what the server sets.
    #[command(after_help = apply::examples::EXPORT)]
    Export(ExportArgs),
    /// Print the JSON Schema of files for `apply`
    #[command(after_help = apply::examples::SCHEMA)]
    Schema,
    /// Copy a store
    #[command(subcommand)]
    Store(StoreCommand),
    /// Sign in at a server, for commands with --server
    ///
    /// Prints an address to open in a browser, and keeps the tokens in ~/.config/countersign/logins.json. A program
    /// needs no login: set `COUNTERSIGN_CLIENT_ID` and `COUNTERSIGN_CLIENT_SECRET`.
    #[command(after_help = examples::LOGIN)]
    Login(LoginArgs),
    /// Sign out at a server
    #[command(after_help = examples::LOGOUT)]
    Logout(LogoutArgs),
    /// Send a request to the admin API
    ///
    /// Without --server, it runs on the store of the configuration. `countersign api GET /openapi.json` describes all
    /// requests.
    #[command(after_help = examples::API)]
    Api(CallApi),
    /// Print a completion script for a shell
    #[command(after_help = examples::COMPLETIONS)]
    Completions {
        /// Shell to generate the script for
        shell: clap_complete::Shell,
    },
}

#[cfg(test)]
mod tests;
