//! `countersign clients secrets`.

use super::record::{SecretRecord, secret_line};
use super::{create, find, update};
use crate::cli::{ConfigArgs, OutputArgs};
use crate::commands::setup::{Setup, now};
use crate::failure::{Exit, Failure};
use crate::output::{self, Fields};
use clap::{Args, Subcommand};
use countersign_adapters_system::{SystemEntropy, random_secret};
use countersign_domain::client::{Client, ClientSecret};
use countersign_domain::secret::Secret;
use countersign_domain::time::Timestamp;
use serde::Serialize;
use std::time::Duration;

/// What can be done about the secrets of a client.
#[derive(Debug, Subcommand)]
pub(crate) enum SecretsCommand {
    /// Make one more secret; it is printed this once
    Add(AddSecret),
    /// List the secrets by name, with expiry and last use
    List {
        /// The client's `client_id`
        client_id: String,
        #[command(flatten)]
        config: ConfigArgs,
        #[command(flatten)]
        output: OutputArgs,
    },
    /// Remove a secret; it is refused from then on
    Remove {
        /// The client's `client_id`
        client_id: String,
        /// The name of the secret
        name: String,
        #[command(flatten)]
        config: ConfigArgs,
    },
}

/// Which secret to make.
#[derive(Args, Debug)]
pub(crate) struct AddSecret {
    /// The client's `client_id`
    client_id: String,
    /// What to call it; without it `secret-2` and so on
    #[arg(long)]
    name: Option<String>,
    /// When it stops working, counted from now; without it never
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
    pub(super) async fn run(self) -> Result<(), Failure> {
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
                let mut client = find(&setup, &client_id).await?;
                let before = client.secrets.len();
                client.secrets.retain(|secret| secret.name != name);
                if client.secrets.len() == before {
                    return Err(Failure::new(
                        Exit::NotFound,
                        format!(
                            "Client {client_id} has no secret {name:?}. `countersign clients secrets list {client_id}` lists those it has."
                        ),
                    ));
                }
                update(&setup, &client).await?;
                output::print(&format!(
                    "Secret {name:?} of client {client_id} is removed.\n"
                ))
            }
        }
    }
}

fn list(client: &Client, output: OutputArgs) -> Result<(), Failure> {
    if output.json {
        let records: Vec<_> = client.secrets.iter().map(SecretRecord::from).collect();
        return output::print_json(&records);
    }
    output::print_rows(&client.secrets.iter().map(secret_line).collect::<Vec<_>>())
}

impl AddSecret {
    async fn run(self) -> Result<(), Failure> {
        let setup = Setup::open(&self.config).await?;
        let mut client = find(&setup, &self.client_id).await?;
        if let Some(name) = &self.name
            && client.secrets.iter().any(|secret| secret.name == *name)
        {
            return Err(Failure::new(
                Exit::Conflict,
                format!(
                    "Client {} has a secret {name:?} already. Choose another name.",
                    client.id
                ),
            ));
        }
        let lifetime = self.expires_in.map(Duration::from_secs);
        let (kept, shown) = new_secret(&client, self.name, lifetime, now());
        client.secrets.push(kept.clone());
        create::check(&client)?;
        update(&setup, &client).await?;
        let client_secret = shown.expose_secret();
        if self.output.json {
            return output::print_json(&AddedRecord {
                client_id: client.id.as_str(),
                secret: SecretRecord::from(&kept),
                client_secret,
            });
        }
        Fields::new()
            .add("client_id", client.id.as_str())
            .add("secret", secret_line(&kept).join(", "))
            .add("client_secret", client_secret)
            .print()?;
        output::print("\nKeep the secret now: it is not shown again.\n")
    }
}

/// A fresh secret of 256 bits for a client: what is kept and what is shown once. Without a name it gets
/// the first free one of `secret-1`, `secret-2` and so on.
pub(crate) fn new_secret(
    client: &Client,
    name: Option<String>,
    lifetime: Option<Duration>,
    now: Timestamp,
) -> (ClientSecret, Secret) {
    let secret = random_secret(&SystemEntropy::new());
    let is_free = |name: &String| client.secrets.iter().all(|other| other.name != *name);
    let name = name
        .or_else(|| {
            (1..=client.secrets.len() + 1)
                .map(|number| format!("secret-{number}"))
                .find(is_free)
        })
        .unwrap_or_default();
    let kept = ClientSecret {
        name,
        digest: secret.digest(),
        created_at: now,
        expires_at: lifetime.map(|lifetime| now.plus(lifetime)),
        last_used_at: None,
    };
    (kept, secret)
}
