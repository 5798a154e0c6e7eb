//! `countersign clients`.

mod create;
mod edit;
mod examples;
mod leniency;
mod lookup;
mod openid;
mod record;
mod secrets;
mod signing_keys;
mod update;

use crate::api::{Api, path, render};
use crate::arguments::{OutputArgs, TargetArgs};
use crate::command_error::CommandError;
use crate::commands::administration::operator;
use crate::commands::setup::Setup;
use crate::commands::slices::Slices;
use crate::output;
use axum::http::Method;
use clap::{Args, Subcommand};
use countersign_domain::client::{Client, ClientStatus};
use create::CreateClient;
use edit::EditClient;
use lookup::{find, of, parse_id};
use record::ClientRecord;
use secrets::SecretsCommand;
use serde_json::json;
use update::UpdateClient;

/// Commands of `countersign clients`.
#[derive(Debug, Subcommand)]
pub(crate) enum ClientsCommand {
    /// Register a client
    ///
    /// Prints the client secret once. It cannot be shown again.
    #[command(after_help = examples::CREATE)]
    Create(Box<CreateClient>),
    /// List all clients
    #[command(after_help = examples::LIST)]
    List {
        #[command(flatten)]
        target: TargetArgs,
        #[command(flatten)]
        output: OutputArgs,
    },
    /// Show a client
    ///
    /// Lists the names and dates of its secrets, not their values.
    #[command(after_help = examples::SHOW)]
    Show(ClientArgs),
    /// Change settings of a client, or of all confidential clients
    ///
    /// A new default of a later version applies to new clients only. `--defaults` applies it to existing ones.
    #[command(after_help = examples::UPDATE)]
    Update(UpdateClient),
    /// Change any fields of a client
    ///
    /// The options are the fields of the admin API, with its documentation. A value replaces the old one.
    #[command(after_help = examples::EDIT)]
    Edit(Box<EditClient>),
    /// Disable a client
    ///
    /// A disabled client can no longer get tokens. `clients enable` reverses it.
    #[command(after_help = examples::DISABLE)]
    Disable {
        #[command(flatten)]
        client: ClientArgs,
        /// Mark the client as suspended by the operator instead of inactive
        #[arg(long)]
        suspend: bool,
    },
    /// Enable a disabled client
    #[command(after_help = examples::ENABLE)]
    Enable(ClientArgs),
    /// Delete a client with its secrets, grants, consents and signing keys
    ///
    /// This cannot be undone.
    #[command(after_help = examples::DELETE)]
    Delete {
        /// `client_id` of the client
        client_id: String,
        #[command(flatten)]
        target: TargetArgs,
    },
    /// Manage client secrets
    ///
    /// Several secrets can be valid at once, so you can rotate them without downtime.
    #[command(subcommand)]
    Secrets(SecretsCommand),
}

/// Columns of a list of clients.
const COLUMNS: [&str; 4] = ["client_id", "client_type", "status", "client_name"];

/// Client that a command is about.
#[derive(Args, Debug)]
pub(crate) struct ClientArgs {
    /// `client_id` of the client
    client_id: String,
    #[command(flatten)]
    target: TargetArgs,
    #[command(flatten)]
    output: OutputArgs,
}

impl ClientsCommand {
    pub(crate) async fn run(self) -> Result<(), CommandError> {
        match self {
            Self::Create(args) => args.run().await,
            Self::List { target, output } => list(&target, output).await,
            Self::Show(args) => show(&args).await,
            Self::Update(args) => args.run().await,
            Self::Edit(args) => args.run().await,
            Self::Disable { client, suspend } => {
                let status = if suspend {
                    ClientStatus::Suspended
                } else {
                    ClientStatus::Inactive
                };
                set_status(&client, status).await
            }
            Self::Enable(client) => set_status(&client, ClientStatus::Active).await,
            Self::Delete { client_id, target } => delete(&client_id, &target).await,
            Self::Secrets(command) => command.run().await,
        }
    }
}

async fn list(target: &TargetArgs, output: OutputArgs) -> Result<(), CommandError> {
    if let Some(api) = Api::chosen(target, output).await? {
        return render::print(&api.list("/clients").await?, &COLUMNS, output);
    }
    let setup = Setup::open(&target.config).await?;
    let admin = setup.client_admin();
    let operator = operator();
    let mut clients = Vec::new();
    let mut slices = Slices::<Client>::new();
    while let Some(after) = slices.next() {
        let slice = admin.list(&setup.tenant, &operator, after).await;
        clients.extend(slices.take(slice.map_err(CommandError::from)?));
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

async fn show(args: &ClientArgs) -> Result<(), CommandError> {
    if let Some(api) = Api::chosen(&args.target, args.output).await? {
        let client = api.get(&path(&["clients", &args.client_id])).await?;
        return render::print(&client, &[], args.output);
    }
    let setup = Setup::open(&args.target.config).await?;
    let client = find(&setup, &args.client_id).await?;
    record::print(&client, args.output)
}

async fn set_status(args: &ClientArgs, status: ClientStatus) -> Result<(), CommandError> {
    if let Some(api) = Api::chosen(&args.target, args.output).await? {
        let patch = json!({"status": status.as_str()});
        let client = path(&["clients", &args.client_id]);
        let client = api.patch(&client, patch).await?;
        return render::print(&client, &[], args.output);
    }
    let setup = Setup::open(&args.target.config).await?;
    let id = parse_id(&args.client_id)?;
    let (admin, operator) = (setup.client_admin(), operator());
    let changed = admin.set_status(&setup.tenant, &operator, &id, status);
    let client = changed.await.map_err(|error| of(&args.client_id, error))?;
    record::print(&client, args.output)
}

async fn delete(client_id: &str, target: &TargetArgs) -> Result<(), CommandError> {
    if target.server.is_some() {
        let api = Api::open(target).await?;
        api.send(Method::DELETE, &path(&["clients", client_id]), None)
            .await?;
        return output::print(&format!("Deleted client {client_id}.\n"));
    }
    let setup = Setup::open(&target.config).await?;
    let id = parse_id(client_id)?;
    let admin = setup.client_admin();
    let deleted = admin.delete(&setup.tenant, &operator(), &id, None).await;
    deleted.map_err(|error| of(client_id, error))?;
    output::print(&format!("Deleted client {id}.\n"))
}
