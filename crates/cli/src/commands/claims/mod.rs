//! `countersign claims`.

mod examples;

use crate::api::{Api, encoded, member, path, render};
use crate::arguments::{OutputArgs, TargetArgs};
use crate::command_error::CommandError;
use clap::{Args, Subcommand};
use serde_json::{Value, json};
use std::fs;
use std::path::PathBuf;

/// Commands of `countersign claims`.
#[derive(Debug, Subcommand)]
pub(crate) enum ClaimsCommand {
    /// Preview the claims of a user at a client
    ///
    /// Shows each claim that a policy would add to the tokens and responses, the mapping that made it, and why other
    /// mappings made none.
    #[command(after_help = examples::PREVIEW)]
    Preview(PreviewArgs),
    /// Show the claims policy of a client or resource server
    #[command(after_help = examples::SHOW)]
    Show {
        #[command(flatten)]
        owner: OwnerArgs,
        #[command(flatten)]
        place: TargetArgs,
        #[command(flatten)]
        output: OutputArgs,
    },
    /// Replace the claims policy of a client or resource server
    #[command(after_help = examples::SET)]
    Set {
        #[command(flatten)]
        owner: OwnerArgs,
        /// YAML or JSON file with the list of mappings
        #[arg(long, value_name = "FILE")]
        policy: PathBuf,
        #[command(flatten)]
        place: TargetArgs,
        #[command(flatten)]
        output: OutputArgs,
    },
}

/// User and client of a preview.
#[derive(Args, Debug)]
pub(crate) struct PreviewArgs {
    /// ID or email address of the user
    #[arg(long)]
    user: String,
    /// Identifier of the client
    #[arg(long, value_name = "CLIENT_ID")]
    client: String,
    /// Audience of the access token; that of the client if absent
    #[arg(long, value_name = "AUDIENCE")]
    resource_server: Option<String>,
    /// Scope of the token; all registered scope of the client if absent
    #[arg(long)]
    scope: Option<String>,
    #[command(flatten)]
    place: TargetArgs,
    #[command(flatten)]
    output: OutputArgs,
}

/// Owner of a claims policy.
#[derive(Args, Debug)]
#[group(required = true, multiple = false)]
pub(crate) struct OwnerArgs {
    /// Identifier of the client
    #[arg(long, value_name = "CLIENT_ID")]
    client: Option<String>,
    /// Audience of the resource server
    #[arg(long, value_name = "AUDIENCE")]
    resource_server: Option<String>,
}

impl OwnerArgs {
    fn path(&self) -> String {
        match (&self.client, &self.resource_server) {
            (Some(client), _) => path(&["clients", client]),
            (None, server) => path(&["resource-servers", server.as_deref().unwrap_or_default()]),
        }
    }
}

/// Columns of a policy.
const MAPPINGS: [&str; 7] = [
    "claim", "from", "value", "into", "scope", "prefix", "format",
];

impl ClaimsCommand {
    pub(crate) async fn run(self) -> Result<(), CommandError> {
        match self {
            Self::Preview(args) => args.run().await,
            Self::Show {
                owner,
                place,
                output,
            } => {
                let found = Api::open(&place).await?.get(&owner.path()).await?;
                render::print(member(&found, "claims_policy"), &MAPPINGS, output)
            }
            Self::Set {
                owner,
                policy,
                place,
                output,
            } => {
                let file = policy.display();
                let text = fs::read_to_string(&policy)
                    .map_err(|error| CommandError::of(&format!("Cannot read {file}"), &error))?;
                let mappings: Vec<Value> = serde_saphyr::from_str(&text).map_err(|_| {
                    CommandError::usage(format!(
                        "{file} must contain a list of mappings in YAML or JSON."
                    ))
                })?;
                let change = json!({"claims_policy": mappings});
                let changed = Api::open(&place)
                    .await?
                    .patch(&owner.path(), change)
                    .await?;
                render::print(member(&changed, "claims_policy"), &MAPPINGS, output)
            }
        }
    }
}

impl PreviewArgs {
    async fn run(self) -> Result<(), CommandError> {
        let api = Api::open(&self.place).await?;
        let user = api.user_id(&self.user).await?;
        let mut query = format!(
            "/claims-preview?user_id={}&client_id={}",
            encoded(&user),
            encoded(&self.client)
        );
        let more = [
            ("resource_server", &self.resource_server),
            ("scope", &self.scope),
        ];
        for (name, value) in more {
            if let Some(value) = value {
                for part in ["&", name, "=", &encoded(value)] {
                    query.push_str(part);
                }
            }
        }
        let preview = api.get(&query).await?;
        if self.output.structured().is_some() {
            return render::print(&preview, &[], self.output);
        }
        let columns = [
            "into", "claim", "value", "hidden", "dropped", "policy", "mapping", "from",
        ];
        render::print(member(&preview, "claims"), &columns, self.output)
    }
}
