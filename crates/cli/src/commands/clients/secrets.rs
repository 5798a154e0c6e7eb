//! `countersign clients secrets`.

mod examples;

use super::lookup::{find, of, parse_id};
use super::record::{SecretRecord, secret_line};
use crate::api::{Api, member, path, render};
use crate::arguments::{OutputArgs, TargetArgs};
use crate::command_error::{CommandError, Exit};
use crate::commands::administration::operator;
use crate::commands::setup::Setup;
use crate::output::{self, Fields};
use axum::http::Method;
use clap::{Args, Subcommand};
use countersign_application::admin::{AdminError, Conflict, Missing};
use serde::Serialize;
use serde_json::json;
use std::time::Duration;

/// Commands of `countersign clients secrets`.
#[derive(Debug, Subcommand)]
pub(crate) enum SecretsCommand {
    /// Create another secret
    ///
    /// Prints the secret once. It cannot be shown again.
    #[command(after_help = examples::ADD)]
    Add(AddSecret),
    /// List secrets with name, expiry and last use
    #[command(after_help = examples::LIST)]
    List {
        /// `client_id` of the client
        client_id: String,
        #[command(flatten)]
        target: TargetArgs,
        #[command(flatten)]
        output: OutputArgs,
    },
    /// Remove a secret
    ///
    /// The server rejects the secret from then on.
    #[command(after_help = examples::REMOVE)]
    Remove {
        /// `client_id` of the client
        client_id: String,
        /// Name of the secret
        name: String,
        #[command(flatten)]
        target: TargetArgs,
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
    target: TargetArgs,
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
                target,
                output,
            } => list(&client_id, &target, output).await,
            Self::Remove {
                client_id,
                name,
                target,
            } => {
                remove(&client_id, &name, &target).await?;
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

async fn remove(client_id: &str, name: &str, target: &TargetArgs) -> Result<(), CommandError> {
    if target.server.is_some() {
        let api = Api::open(target).await?;
        let secret = path(&["clients", client_id, "secrets", name]);
        return api.send(Method::DELETE, &secret, None).await.map(drop);
    }
    let setup = Setup::open(&target.config).await?;
    let id = parse_id(client_id)?;
    let (admin, operator) = (setup.client_admin(), operator());
    let removed = admin.remove_secret(&setup.tenant, &operator, &id, name);
    let removed = removed.await;
    removed.map_err(|error| of_secret(client_id, name, error))
}

async fn list(
    client_id: &str,
    target: &TargetArgs,
    output: OutputArgs,
) -> Result<(), CommandError> {
    if let Some(api) = Api::chosen(target, output).await? {
        let client = api.get(&path(&["clients", client_id])).await?;
        let columns = ["name", "expires_at", "last_used_at"];
        return render::print(member(&client, "secrets"), &columns, output);
    }
    let setup = Setup::open(&target.config).await?;
    let client = find(&setup, client_id).await?;
    if output.json {
        let records: Vec<_> = client.secrets.iter().map(SecretRecord::from).collect();
        return output::print_json(&records);
    }
    output::print_rows(&client.secrets.iter().map(secret_line).collect::<Vec<_>>())
}

impl AddSecret {
    async fn add_over(&self, api: &Api) -> Result<(), CommandError> {
        let all = path(&["clients", &self.client_id, "secrets"]);
        let new = json!({"name": self.name, "lifetime": self.expires_in});
        let added = api.send(Method::POST, &all, Some(&new)).await?;
        render::print(&added, &[], self.output)
    }

    async fn run(self) -> Result<(), CommandError> {
        if let Some(api) = Api::chosen(&self.target, self.output).await? {
            return self.add_over(&api).await;
        }
        let setup = Setup::open(&self.target.config).await?;
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
