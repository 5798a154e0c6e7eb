//! `countersign users edit`: one option per field of the admin API.

use super::lookup::path_of;
use crate::api::fields::{FieldsArgs, Schema, patch_of};
use crate::api::{Api, render};
use crate::arguments::{OutputArgs, TargetArgs};
use crate::command_error::CommandError;
use clap::Args;
use serde_json::{Map, Value};

/// Changes of a user.
#[derive(Args, Debug)]
pub(crate) struct EditUser {
    /// ID or email address of the user
    user: String,
    #[command(flatten)]
    fields: FieldsArgs<Fields>,
    /// Attribute to set: NAME=TEXT, or NAME:=JSON for a number, true, false or an array; may be repeated
    #[arg(long = "attribute", value_name = "NAME=VALUE", value_parser = attribute)]
    attributes: Vec<(String, Value)>,
    /// Attribute to remove; may be repeated
    #[arg(long = "no-attribute", value_name = "NAME", num_args = 1..)]
    removed: Vec<String>,
    #[command(flatten)]
    pub(super) target: TargetArgs,
    #[command(flatten)]
    pub(super) output: OutputArgs,
}

/// Parses an attribute with its value.
fn attribute(text: &str) -> Result<(String, Value), String> {
    let (name, value) = text
        .split_once('=')
        .ok_or("it must be NAME=TEXT or NAME:=JSON")?;
    match name.strip_suffix(':') {
        Some(name) => {
            let value = serde_json::from_str(value)
                .map_err(|error| format!("the value is not JSON: {error}"))?;
            Ok((name.to_owned(), value))
        }
        None => Ok((name.to_owned(), Value::from(value))),
    }
}

/// Fields of a user.
#[derive(Debug)]
struct Fields;

impl Schema for Fields {
    const OPERATION: &'static str = "updateUser";
    const FIXED: &'static [&'static str] = &[];
}

impl EditUser {
    pub(super) async fn run(self, api: &Api) -> Result<(), CommandError> {
        let removed = self.removed.into_iter().map(|name| (name, Value::Null));
        let attributes: Map<_, _> = self.attributes.into_iter().chain(removed).collect();
        let mut fields = self.fields.fields();
        if !attributes.is_empty() {
            fields.insert("attributes".to_owned(), Value::Object(attributes));
        }
        let patch = patch_of(fields)?;
        let user = path_of(api, &self.user, &[]).await?;
        let edited = api.patch(&user, patch).await?;
        render::print(&edited, &[], self.output)
    }
}
