//! `countersign users edit`: one option per field of the admin API.

use super::lookup::path_of;
use crate::api::fields::{FieldsArgs, Schema};
use crate::api::{Api, render};
use crate::arguments::{OutputArgs, TargetArgs};
use crate::command_error::CommandError;
use clap::Args;

/// Changes of a user.
#[derive(Args, Debug)]
pub(crate) struct EditUser {
    /// ID or email address of the user
    user: String,
    #[command(flatten)]
    fields: FieldsArgs<Fields>,
    #[command(flatten)]
    pub(super) target: TargetArgs,
    #[command(flatten)]
    pub(super) output: OutputArgs,
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
        let patch = self.fields.patch()?;
        let user = path_of(api, &self.user, &[]).await?;
        let edited = api.patch(&user, patch).await?;
        render::print(&edited, &[], self.output)
    }
}
