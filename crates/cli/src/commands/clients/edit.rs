//! `countersign clients edit`: one option per field of the admin API.

use crate::api::fields::{FieldsArgs, Schema};
use crate::api::{Api, path, render};
use crate::arguments::{OutputArgs, TargetArgs};
use crate::command_error::CommandError;
use clap::Args;

/// Changes of a client.
#[derive(Args, Debug)]
pub(crate) struct EditClient {
    /// `client_id` of the client
    id: String,
    #[command(flatten)]
    fields: FieldsArgs<Client>,
    #[command(flatten)]
    target: TargetArgs,
    #[command(flatten)]
    output: OutputArgs,
}

/// Metadata of a client.
#[derive(Debug)]
struct Client;

impl Schema for Client {
    const OPERATION: &'static str = "updateClient";
    /// A client keeps these for ever.
    const FIXED: &'static [&'static str] = &[
        "client_id",
        "client_type",
        "client_secret",
        "subject_type",
        "sector",
    ];
    const OBJECTS: &'static [&'static str] = &["token_exchange", "workload_identities"];
}

impl EditClient {
    pub(super) async fn run(self) -> Result<(), CommandError> {
        let patch = self.fields.patch()?;
        let api = Api::open(&self.target).await?;
        let client = api.patch(&path(&["clients", &self.id]), patch).await?;
        render::print(&client, &[], self.output)
    }
}
