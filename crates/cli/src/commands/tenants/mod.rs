//! `countersign tenants`.

pub(crate) mod chosen;
mod examples;

use crate::api::fields::{FieldsArgs, Schema};
use crate::api::{Api, path, render};
use crate::arguments::{OutputArgs, TargetArgs};
use crate::command_error::CommandError;
use crate::output;
use axum::http::Method;
use clap::{Args, Subcommand};
use countersign_domain::tenant::name::TenantName;
use serde_json::{Value, json};

/// Commands of `countersign tenants`.
#[derive(Debug, Subcommand)]
pub(crate) enum TenantsCommand {
    /// Create a tenant: an issuer with its own keys, clients, users, groups and settings
    ///
    /// Settings that are not given are those of the server. Tenants with a path share a browser origin and must trust each
    /// other.
    #[command(after_help = examples::CREATE)]
    Create {
        #[command(flatten)]
        target: Target,
        #[command(flatten)]
        fields: FieldsArgs<New>,
    },
    /// List all tenants of the server
    #[command(after_help = examples::LIST)]
    List {
        #[command(flatten)]
        place: TargetArgs,
        #[command(flatten)]
        output: OutputArgs,
    },
    /// Show a tenant
    #[command(after_help = examples::SHOW)]
    Show(Target),
    /// Change the settings of a tenant
    #[command(after_help = examples::EDIT)]
    Edit {
        #[command(flatten)]
        target: Target,
        #[command(flatten)]
        fields: FieldsArgs<Changed>,
    },
    /// Disable a tenant: no request reaches it
    #[command(after_help = examples::DISABLE)]
    Disable(Target),
    /// Enable a tenant
    #[command(after_help = examples::ENABLE)]
    Enable(Target),
    /// Delete a tenant and all of its data
    ///
    /// No request reaches the tenant from then on. A server removes the data in the background; until then, the name stays
    /// taken.
    #[command(after_help = examples::DELETE)]
    Delete {
        /// Name of the tenant
        #[arg(value_parser = TenantName::parse)]
        name: TenantName,
        #[command(flatten)]
        place: TargetArgs,
    },
}

/// Tenant that a command is about.
#[derive(Args, Debug)]
pub(crate) struct Target {
    /// Name of the tenant
    #[arg(value_parser = TenantName::parse)]
    name: TenantName,
    #[command(flatten)]
    place: TargetArgs,
    #[command(flatten)]
    output: OutputArgs,
}

/// Objects in the fields of a tenant.
const OBJECTS: &[&str] = &["branding", "lifetimes", "limits", "registration"];

/// Fields of a new tenant.
#[derive(Debug)]
pub(crate) struct New;

impl Schema for New {
    const OPERATION: &'static str = "createTenant";
    const FIXED: &'static [&'static str] = &["name", "enabled", "managed_by"];
    const OBJECTS: &'static [&'static str] = OBJECTS;
}

/// Fields of a tenant.
#[derive(Debug)]
pub(crate) struct Changed;

impl Schema for Changed {
    const OPERATION: &'static str = "updateTenant";
    const FIXED: &'static [&'static str] = &["name", "host", "enabled", "managed_by"];
    const OBJECTS: &'static [&'static str] = OBJECTS;
}

impl TenantsCommand {
    pub(crate) async fn run(self) -> Result<(), CommandError> {
        match self {
            Self::Create { target, fields } => {
                let api = Api::open_or_make(&target.place).await?;
                let mut new = fields.fields();
                new.insert("name".to_owned(), json!(target.name.as_str()));
                let new = Value::Object(new);
                let created = api.send(Method::POST, "/tenants", Some(&new)).await?;
                render::print(&created, &[], target.output)
            }
            Self::List { place, output } => {
                let all = Api::open(&place).await?.list("/tenants").await?;
                render::print(&all, &["name", "issuer", "status", "description"], output)
            }
            Self::Show(target) => {
                let api = Api::open(&target.place).await?;
                let found = api.get(&one(&target.name)).await?;
                render::print(&found, &[], target.output)
            }
            Self::Edit { target, fields } => {
                let patch = fields.patch()?;
                target.patch(patch).await
            }
            Self::Disable(target) => target.patch(json!({"enabled": false})).await,
            Self::Enable(target) => target.patch(json!({"enabled": true})).await,
            Self::Delete { name, place } => {
                let api = Api::open(&place).await?;
                api.send(Method::DELETE, &one(&name), None).await?;
                output::print(&format!(
                    "Deleted tenant {name}. A server removes its data in the background.\n"
                ))
            }
        }
    }
}

impl Target {
    async fn patch(self, patch: Value) -> Result<(), CommandError> {
        let api = Api::open(&self.place).await?;
        let changed = api.patch(&one(&self.name), patch).await?;
        render::print(&changed, &[], self.output)
    }
}

fn one(name: &TenantName) -> String {
    path(&["tenants", name.as_str()])
}
