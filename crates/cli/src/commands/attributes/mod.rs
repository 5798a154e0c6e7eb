//! `countersign attributes`.

mod examples;

use crate::api::fields::{FieldsArgs, Schema};
use crate::api::{Api, path, render};
use crate::arguments::{OutputArgs, TargetArgs};
use crate::command_error::CommandError;
use crate::output;
use axum::http::Method;
use clap::{Args, Subcommand};
use countersign_domain::claims::attribute_value::AttributeName;
use serde_json::{Value, json};

/// Commands of `countersign attributes`.
#[derive(Debug, Subcommand)]
pub(crate) enum AttributesCommand {
    /// Define an attribute that users can have
    ///
    /// Without --readers and --writers, only operators can read and write it.
    #[command(after_help = examples::CREATE)]
    Create {
        #[command(flatten)]
        target: Target,
        #[command(flatten)]
        fields: FieldsArgs<New>,
    },
    /// List all attributes
    #[command(after_help = examples::LIST)]
    List {
        #[command(flatten)]
        place: TargetArgs,
        #[command(flatten)]
        output: OutputArgs,
    },
    /// Show an attribute
    #[command(after_help = examples::SHOW)]
    Show(Target),
    /// Change an attribute
    ///
    /// Values that users have stay as they are. Fails if a claims policy uses the attribute in a way that the change does
    /// not allow.
    #[command(after_help = examples::EDIT)]
    Edit {
        #[command(flatten)]
        target: Target,
        #[command(flatten)]
        fields: FieldsArgs<Changed>,
    },
    /// Delete an attribute that no claims policy uses
    ///
    /// Values that users have stay in the store, and appear again with a new attribute of this name.
    #[command(after_help = examples::DELETE)]
    Delete {
        /// Name of the attribute
        #[arg(value_parser = AttributeName::parse)]
        name: AttributeName,
        #[command(flatten)]
        place: TargetArgs,
    },
}

/// Attribute that a command is about.
#[derive(Args, Debug)]
pub(crate) struct Target {
    /// Name of the attribute
    #[arg(value_parser = AttributeName::parse)]
    name: AttributeName,
    #[command(flatten)]
    place: TargetArgs,
    #[command(flatten)]
    output: OutputArgs,
}

/// Fields of a new attribute.
#[derive(Debug)]
pub(crate) struct New;

impl Schema for New {
    const OPERATION: &'static str = "createAttribute";
    const FIXED: &'static [&'static str] = &["name", "managed_by"];
}

/// Fields of an attribute.
#[derive(Debug)]
pub(crate) struct Changed;

impl Schema for Changed {
    const OPERATION: &'static str = "updateAttribute";
    const FIXED: &'static [&'static str] = &["name", "managed_by"];
}

impl AttributesCommand {
    pub(crate) async fn run(self) -> Result<(), CommandError> {
        match self {
            Self::Create { target, fields } => {
                let api = Api::open_or_make(&target.place).await?;
                let mut new = fields.patch()?;
                if let Value::Object(fields) = &mut new {
                    fields.insert("name".to_owned(), json!(target.name.as_str()));
                }
                let created = api.send(Method::POST, "/attributes", Some(&new)).await?;
                render::print(&created, &[], target.output)
            }
            Self::List { place, output } => {
                let all = Api::open(&place).await?.list("/attributes").await?;
                let columns = ["name", "type", "readers", "writers", "description"];
                render::print(&all, &columns, output)
            }
            Self::Show(target) => {
                let found = Api::open(&target.place)
                    .await?
                    .get(&one(&target.name))
                    .await?;
                render::print(&found, &[], target.output)
            }
            Self::Edit { target, fields } => {
                let (api, patch) = (Api::open(&target.place).await?, fields.patch()?);
                let changed = api.patch(&one(&target.name), patch).await?;
                render::print(&changed, &[], target.output)
            }
            Self::Delete { name, place } => {
                let api = Api::open(&place).await?;
                api.send(Method::DELETE, &one(&name), None).await?;
                output::print(&format!("Deleted attribute {name}.\n"))
            }
        }
    }
}

fn one(name: &AttributeName) -> String {
    path(&["attributes", name.as_str()])
}
