//! `countersign clients secrets`.

use super::lookup::{find, of, parse_id};
use super::record::{SecretRecord, secret_line};
use crate::arguments::{ConfigArgs, OutputArgs};
use crate::command_error::{CommandError, Exit};
use crate::commands::administration::operator;
use crate::commands::setup::Setup;
use crate::output::{self, Fields};
use clap::{Args, Subcommand};
use countersign_application::admin::{AdminError, Conflict, Missing};
use countersign_domain::client::Client;
use serde::Serialize;
use std::time::Duration;

/// Commands of `countersign clients secrets`.
#[derive(Debug, Subcommand)]
pub(crate) enum SecretsCommand {
    /// Create another secret
    ///
    /// Prints the secret once. It cannot be shown again.
    Add(AddSecret),
    /// List secrets with name, expiry and last use
    List {
        /// `client_id` of the client
        client_id: String,
        #[command(flatten)]
        config: ConfigArgs,
        #[command(flatten)]
        output: OutputArgs,
    },
    /// Remove a secret
    ///
    /// The server rejects the secret from then on.
    Remove {
        /// `client_id` of the client
        client_id: String,
        /// Name of the secret
        name: String,
        #[command(flatten)]
        config: ConfigArgs,
    },
}

/// Secret to create.
#[derive(Args, Debug)]
pub(crate) struct AddSecret {
    /// `client_id` of the client
    client_id: String,
    /// Name of the secret; without it, `secret-2` and so on
    #[arg(long)]
    name: Option<String>,
    /// Seconds until the secret expires; without this option, it never expires
    #[arg(long, value_name = "SECONDS", value_parser = clap::value_parser!(u64).range(1..))]
    expires_in: Option<u64>,
    #[command(flatten)]
    config: ConfigArgs,
    #[command(flatten)]
    output: OutputArgs,
}

#[derive(Serialize)]
struct AddedRecord<'a> {
    client_id: &'a str,
    #[serde(flatten)]
    secret: SecretRecord<'a>,
    client_secret: &'a str,
}

impl SecretsCommand {
    pub(super) async fn run(self) -> Result<(), CommandError> {
        match self {
            Self::Add(args) => args.run().await,
            Self::List {
                client_id,
                config,
                output,
            } => {
                let setup = Setup::open(&config).await?;
                list(&find(&setup, &client_id).await?, output)
            }
            Self::Remove {
                client_id,
                name,
                config,
            } => {
                let setup = Setup::open(&config).await?;
                let id = parse_id(&client_id)?;
                let (admin, operator) = (setup.client_admin(), operator());
                let removed = admin.remove_secret(&setup.tenant, &operator, &id, &name);
                removed
                    .await
                    .map_err(|error| of_secret(&client_id, &name, error))?;
                output::print(&format!("Removed secret {name:?} of client {client_id}.\n"))
            }
        }
    }
}

/// Converts the error of a command about a secret.
fn of_secret(client_id: &str, name: &str, error: AdminError) -> CommandError {
    match error {
        AdminError::NotFound(Missing::Secret) => CommandError::new(
            Exit::NotFound,
            format!(
                "Client {client_id} has no secret {name:?}. Run `countersign clients secrets list {client_id}` to list its secrets."
            ),
        ),
        AdminError::Conflict(Conflict::SecretName) => CommandError::new(
            Exit::Conflict,
            format!("Client {client_id} already has a secret {name:?}. Choose another name."),
        ),
        error => of(client_id, error),
    }
}

fn list(client: &Client, output: OutputArgs) -> Result<(), CommandError> {
    if output.json {
        let records: Vec<_> = client.secrets.iter().map(SecretRecord::from).collect();
        return output::print_json(&records);
    }
    output::print_rows(&client.secrets.iter().map(secret_line).collect::<Vec<_>>())
}

impl AddSecret {
    async fn run(self) -> Result<(), CommandError> {
        let setup = Setup::open(&self.config).await?;
        let id = parse_id(&self.client_id)?;
        let (admin, operator) = (setup.client_admin(), operator());
        let lifetime = self.expires_in.map(Duration::from_secs);
        let name = self.name.clone().unwrap_or_default();
        let added = admin.add_secret(&setup.tenant, &operator, &id, self.name, lifetime);
        let (kept, shown) = added
            .await
            .map_err(|error| of_secret(&self.client_id, &name, error))?;
        let client_secret = shown.expose_secret();
        if self.output.json {
            return output::print_json(&AddedRecord {
                client_id: id.as_str(),
                secret: SecretRecord::from(&kept),
                client_secret,
            });
        }
        Fields::new()
            .add("client_id", id.as_str())
            .add("secret", secret_line(&kept).join(", "))
            .add("client_secret", client_secret)
            .print()?;
        output::print("\nSave the secret now. It is not shown again.\n")
    }
}
