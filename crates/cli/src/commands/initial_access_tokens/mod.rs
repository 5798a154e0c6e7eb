//! `countersign initial-access-tokens`.

mod examples;

use crate::api::{Api, path, render};
use crate::arguments::{OutputArgs, TargetArgs};
use crate::command_error::CommandError;
use crate::output;
use axum::http::Method;
use clap::{Args, Subcommand};
use countersign_domain::client::dynamic::initial_access_token::TokenName;
use serde_json::json;

/// Commands of `countersign initial-access-tokens`.
#[derive(Debug, Subcommand)]
pub(crate) enum InitialAccessTokensCommand {
    /// Create a token, and print it once
    ///
    /// A client sends it in the `Authorization` header of its registration, as a bearer token.
    #[command(after_help = examples::CREATE)]
    Create(New),
    /// List all tokens, without their values
    #[command(after_help = examples::LIST)]
    List {
        #[command(flatten)]
        place: TargetArgs,
        #[command(flatten)]
        output: OutputArgs,
    },
    /// Delete a token
    ///
    /// Clients that registered with it stay.
    #[command(after_help = examples::DELETE)]
    Delete {
        /// Name of the token
        #[arg(value_parser = TokenName::parse)]
        name: TokenName,
        #[command(flatten)]
        place: TargetArgs,
    },
}

/// Token to create.
#[derive(Args, Debug)]
pub(crate) struct New {
    /// Name of the token
    #[arg(value_parser = TokenName::parse)]
    name: TokenName,
    /// Seconds until the token expires; without it, the token never expires
    #[arg(long, value_name = "SECONDS")]
    lifetime: Option<u64>,
    /// Maximum number of clients that can register with the token
    #[arg(long, value_name = "COUNT")]
    max_uses: Option<u32>,
    #[command(flatten)]
    place: TargetArgs,
    #[command(flatten)]
    output: OutputArgs,
}

impl InitialAccessTokensCommand {
    pub(crate) async fn run(self) -> Result<(), CommandError> {
        match self {
            Self::Create(new) => {
                let api = Api::open_or_make(&new.place).await?;
                let body = json!({
                    "name": new.name.as_str(),
                    "lifetime": new.lifetime,
                    "max_uses": new.max_uses,
                });
                let created = api.send(Method::POST, ALL, Some(&body)).await?;
                render::print(&created, &[], new.output)
            }
            Self::List { place, output } => {
                let all = Api::open(&place).await?.list(ALL).await?;
                render::print(&all, &["name", "uses", "max_uses", "expires_at"], output)
            }
            Self::Delete { name, place } => {
                let api = Api::open(&place).await?;
                let one = path(&["initial-access-tokens", name.as_str()]);
                api.send(Method::DELETE, &one, None).await?;
                output::print(&format!("Deleted initial access token {name}.\n"))
            }
        }
    }
}

const ALL: &str = "/initial-access-tokens";
