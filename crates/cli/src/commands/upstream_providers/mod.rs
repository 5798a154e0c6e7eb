//! `countersign upstream-providers`, over the admin API.

mod examples;

use crate::api::fields::{FieldsArgs, Schema, patch_of};
use crate::api::{Api, path, render};
use crate::arguments::{OutputArgs, TargetArgs};
use crate::command_error::CommandError;
use crate::output;
use axum::http::Method;
use clap::{Args, Subcommand};
use countersign_domain::federation::provider_name::ProviderName;
use serde_json::{Map, Value, json};
use std::io;

const ALL: &str = "/upstream-providers";

/// Commands of `countersign upstream-providers`.
#[derive(Debug, Subcommand)]
pub(crate) enum UpstreamProvidersCommand {
    /// Create an upstream provider
    ///
    /// With --preset, the client ID and secret suffice. Register `/rp/callback/NAME` of the issuer as the redirect URI at
    /// the provider. Profile, groups and roles are declared in files; see `countersign apply`.
    #[command(after_help = examples::CREATE)]
    Create {
        #[command(flatten)]
        provider: ProviderArgs,
        #[command(flatten)]
        fields: FieldsArgs<New>,
        #[command(flatten)]
        secret: SecretArgs,
    },
    /// List all upstream providers
    #[command(after_help = examples::LIST)]
    List {
        #[command(flatten)]
        target: TargetArgs,
        #[command(flatten)]
        output: OutputArgs,
    },
    /// Show an upstream provider, without its secret
    #[command(after_help = examples::SHOW)]
    Show(ProviderArgs),
    /// Change an upstream provider, or its client secret
    ///
    /// A change of the issuer or the token endpoint needs the client secret again.
    #[command(after_help = examples::EDIT)]
    Edit {
        #[command(flatten)]
        provider: ProviderArgs,
        #[command(flatten)]
        fields: FieldsArgs<Changed>,
        #[command(flatten)]
        secret: SecretArgs,
    },
    /// Delete an upstream provider
    ///
    /// Users keep their accounts, but cannot sign in with the provider.
    #[command(after_help = examples::DELETE)]
    Delete(ProviderArgs),
}

/// Upstream provider that a command is about.
#[derive(Args, Debug)]
pub(crate) struct ProviderArgs {
    /// Name of the upstream provider
    #[arg(value_parser = ProviderName::parse)]
    name: ProviderName,
    #[command(flatten)]
    target: TargetArgs,
    #[command(flatten)]
    output: OutputArgs,
}

/// Client secret of an upstream provider.
#[derive(Args, Debug)]
pub(crate) struct SecretArgs {
    /// Read the client secret from standard input
    #[arg(long)]
    client_secret_stdin: bool,
}

/// Fields of a new upstream provider.
#[derive(Debug)]
pub(crate) struct New;

impl Schema for New {
    const OPERATION: &'static str = "createUpstreamProvider";
    const FIXED: &'static [&'static str] = &["name", "client_secret", "managed_by"];
}

/// Fields of an upstream provider.
#[derive(Debug)]
pub(crate) struct Changed;

impl Schema for Changed {
    const OPERATION: &'static str = "updateUpstreamProvider";
    const FIXED: &'static [&'static str] = &["name", "client_secret", "managed_by"];
}

impl SecretArgs {
    /// Adds the secret to the fields.
    fn add_to(&self, mut fields: Map<String, Value>) -> Result<Map<String, Value>, CommandError> {
        if self.client_secret_stdin {
            let mut line = String::new();
            io::stdin().read_line(&mut line)?;
            let secret = line.trim_end_matches(['\r', '\n']);
            fields.insert("client_secret".to_owned(), json!(secret));
        }
        Ok(fields)
    }
}

impl ProviderArgs {
    fn path(&self) -> String {
        path(&["upstream-providers", self.name.as_str()])
    }
}

impl UpstreamProvidersCommand {
    pub(crate) async fn run(self) -> Result<(), CommandError> {
        match self {
            Self::Create {
                provider,
                fields,
                secret,
            } => {
                let api = Api::open_or_make(&provider.target).await?;
                let mut new = secret.add_to(fields.fields())?;
                new.insert("name".to_owned(), json!(provider.name.as_str()));
                let created = api
                    .send(Method::POST, ALL, Some(&Value::Object(new)))
                    .await?;
                render::print(&created, &[], provider.output)
            }
            Self::List { target, output } => {
                let all = Api::open(&target).await?.list(ALL).await?;
                let columns = ["name", "display_name", "type", "issuer", "enabled"];
                render::print(&all, &columns, output)
            }
            Self::Show(own) => {
                let found = Api::open(&own.target).await?.get(&own.path()).await?;
                render::print(&found, &[], own.output)
            }
            Self::Edit {
                provider,
                fields,
                secret,
            } => {
                let api = Api::open(&provider.target).await?;
                let patch = patch_of(secret.add_to(fields.fields())?)?;
                let edited = api.patch(&provider.path(), patch).await?;
                render::print(&edited, &[], provider.output)
            }
            Self::Delete(own) => {
                let api = Api::open(&own.target).await?;
                api.send(Method::DELETE, &own.path(), None).await?;
                output::print(&format!("Deleted upstream provider {}.\n", own.name))
            }
        }
    }
}
