//! `countersign clients`.

mod create;
mod openid;
mod record;
mod secrets;

use crate::cli::{ConfigArgs, OutputArgs};
use crate::commands::administration::operator;
use crate::commands::setup::Setup;
use crate::commands::slices::Slices;
use crate::failure::{Exit, Failure};
use crate::output;
use clap::{Args, Subcommand};
use countersign_application::admin::{AdminError, Missing};
use countersign_domain::client::{Client, ClientId, ClientStatus};
use create::CreateClient;
use record::ClientRecord;
use secrets::SecretsCommand;

/// What can be done about clients.
#[derive(Debug, Subcommand)]
pub(crate) enum ClientsCommand {
    /// Register a client; its secret is printed this once
    #[command(after_help = CREATE_EXAMPLES)]
    Create(Box<CreateClient>),
    /// List all clients
    List {
        #[command(flatten)]
        config: ConfigArgs,
        #[command(flatten)]
        output: OutputArgs,
    },
    /// Show a client; of its secrets only the names and dates
    Show(ClientArgs),
    /// Give a client no more tokens; `enable` takes it back
    Disable {
        #[command(flatten)]
        client: ClientArgs,
        /// Mark it as suspended by the operator instead of inactive by its owner's wish
        #[arg(long)]
        suspend: bool,
    },
    /// Give a disabled client tokens again
    Enable(ClientArgs),
    /// Remove a client with its secrets and grants; there is no way back
    Delete {
        /// The client's `client_id`
        client_id: String,
        #[command(flatten)]
        config: ConfigArgs,
    },
    /// Manage the secrets of a client: several live at once, so that one can be replaced in use
    #[command(subcommand)]
    Secrets(SecretsCommand),
}

const CREATE_EXAMPLES: &str = "\
Examples:
  a machine that acts for itself
    countersign clients create --name Reports --grant-type client_credentials --scope \"reports:read\"
  a web application with a server
    countersign clients create --name Notes --grant-type authorization_code,refresh_token \\
      --scope \"openid notes\" --redirect-uri https://notes.example/callback
  an app on a phone or in a browser
    countersign clients create --name \"Notes app\" --public --grant-type authorization_code,refresh_token \\
      --scope notes --redirect-uri http://127.0.0.1/callback";

/// Which client.
#[derive(Args, Debug)]
pub(crate) struct ClientArgs {
    /// The client's `client_id`
    client_id: String,
    #[command(flatten)]
    config: ConfigArgs,
    #[command(flatten)]
    output: OutputArgs,
}

impl ClientsCommand {
    pub(crate) async fn run(self) -> Result<(), Failure> {
        match self {
            Self::Create(args) => args.run().await,
            Self::List { config, output } => list(&config, output).await,
            Self::Show(args) => {
                let setup = Setup::open(&args.config).await?;
                let client = find(&setup, &args.client_id).await?;
                record::print(&client, args.output)
            }
            Self::Disable { client, suspend } => {
                let status = if suspend {
                    ClientStatus::Suspended
                } else {
                    ClientStatus::Inactive
                };
                set_status(&client, status).await
            }
            Self::Enable(client) => set_status(&client, ClientStatus::Active).await,
            Self::Delete { client_id, config } => delete(&client_id, &config).await,
            Self::Secrets(command) => command.run().await,
        }
    }
}

async fn list(config: &ConfigArgs, output: OutputArgs) -> Result<(), Failure> {
    let setup = Setup::open(config).await?;
    let admin = setup.client_admin();
    let operator = operator();
    let mut clients = Vec::new();
    let mut slices = Slices::<Client>::new();
    while let Some(after) = slices.next() {
        let slice = admin.list(&setup.tenant, &operator, after).await;
        clients.extend(slices.take(slice.map_err(Failure::from)?));
    }
    if output.json {
        let records: Vec<_> = clients.iter().map(ClientRecord::from).collect();
        return output::print_json(&records);
    }
    let rows = clients.iter().map(|client| {
        vec![
            client.id.to_string(),
            client.client_type.as_str().into(),
            client.status.as_str().into(),
            record::method(client).into(),
            client.name.clone(),
        ]
    });
    output::print_rows(&rows.collect::<Vec<_>>())
}

async fn set_status(args: &ClientArgs, status: ClientStatus) -> Result<(), Failure> {
    let setup = Setup::open(&args.config).await?;
    let id = parse_id(&args.client_id)?;
    let (admin, operator) = (setup.client_admin(), operator());
    let changed = admin.set_status(&setup.tenant, &operator, &id, status);
    let client = changed.await.map_err(|error| of(&args.client_id, error))?;
    record::print(&client, args.output)
}

async fn delete(client_id: &str, config: &ConfigArgs) -> Result<(), Failure> {
    let setup = Setup::open(config).await?;
    let id = parse_id(client_id)?;
    let admin = setup.client_admin();
    let deleted = admin.delete(&setup.tenant, &operator(), &id).await;
    deleted.map_err(|error| of(client_id, error))?;
    output::print(&format!("Client {id} is deleted.\n"))
}

/// The client of this id, or exit code 3.
async fn find(setup: &Setup, client_id: &str) -> Result<Client, Failure> {
    let admin = setup.client_admin();
    let found = admin.find(&setup.tenant, &operator(), client_id).await;
    found.map_err(|error| of(client_id, error))
}

/// What cannot be an identifier is one that no client has.
fn parse_id(client_id: &str) -> Result<ClientId, Failure> {
    ClientId::parse(client_id).map_err(|_| not_found(client_id))
}

/// A command about the client of this id that did not succeed.
fn of(client_id: &str, error: AdminError) -> Failure {
    match error {
        AdminError::NotFound(Missing::Client) => not_found(client_id),
        error => Failure::from(error),
    }
}

fn not_found(client_id: &str) -> Failure {
    Failure::new(
        Exit::NotFound,
        format!(
            "There is no client {client_id:?}. `countersign clients list` lists those there are."
        ),
    )
}
