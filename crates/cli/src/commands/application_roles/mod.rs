//! `countersign application-roles`.

mod examples;

use crate::api::{Api, member, path, render};
use crate::arguments::{OutputArgs, TargetArgs};
use crate::command_error::{CommandError, Exit};
use clap::{Args, Subcommand};
use countersign_domain::claims::roles::ApplicationRoleName;
use serde_json::{Map, Value, json};

/// Commands of `countersign application-roles`.
#[derive(Debug, Subcommand)]
pub(crate) enum ApplicationRolesCommand {
    /// Define a role at a resource server
    #[command(after_help = examples::CREATE)]
    Create {
        #[command(flatten)]
        role: RoleArgs,
        /// Description
        #[arg(long, default_value = "", hide_default_value = true)]
        description: String,
    },
    /// List the roles of a resource server
    #[command(after_help = examples::LIST)]
    List {
        /// Audience of the resource server
        audience: String,
        #[command(flatten)]
        place: TargetArgs,
        #[command(flatten)]
        output: OutputArgs,
    },
    /// Delete a role of a resource server
    ///
    /// Users and groups keep it without effect. A new role with this name takes effect for them again.
    #[command(after_help = examples::DELETE)]
    Delete(RoleArgs),
    /// Grant a role to a user or to the members of a group
    #[command(after_help = examples::GRANT)]
    Grant {
        /// user: and an ID or email address, or group: and a name
        holder: String,
        #[command(flatten)]
        role: RoleArgs,
    },
    /// Revoke a role of a user or group
    #[command(after_help = examples::REVOKE)]
    Revoke {
        /// user: and an ID or email address, or group: and a name
        holder: String,
        #[command(flatten)]
        role: RoleArgs,
    },
}

/// Role that a command is about.
#[derive(Args, Debug)]
pub(crate) struct RoleArgs {
    /// Audience of the resource server
    audience: String,
    /// Name of the role
    #[arg(value_parser = ApplicationRoleName::parse)]
    role: ApplicationRoleName,
    #[command(flatten)]
    place: TargetArgs,
    #[command(flatten)]
    output: OutputArgs,
}

impl ApplicationRolesCommand {
    pub(crate) async fn run(self) -> Result<(), CommandError> {
        match self {
            Self::Create { role, description } => role.define(Some(description)).await,
            Self::Delete(role) => role.define(None).await,
            Self::List {
                audience,
                place,
                output,
            } => {
                let api = Api::open(&place).await?;
                let server = api.get(&path(&["resource-servers", &audience])).await?;
                render::print(member(&server, "roles"), &["name", "description"], output)
            }
            Self::Grant { holder, role } => role.hold(&holder, true).await,
            Self::Revoke { holder, role } => role.hold(&holder, false).await,
        }
    }
}

impl RoleArgs {
    /// Defines the role with a description, or deletes it.
    async fn define(self, description: Option<String>) -> Result<(), CommandError> {
        let api = Api::open(&self.place).await?;
        let server = path(&["resource-servers", &self.audience]);
        let found = api.get(&server).await?;
        let mut roles = member(&found, "roles")
            .as_array()
            .cloned()
            .unwrap_or_default();
        let before = roles.len();
        roles.retain(|own| member(own, "name") != self.role.as_str());
        if description.is_none() && roles.len() == before {
            return Err(self.missing("The resource server does not define this role"));
        }
        if let Some(description) = description {
            roles.push(json!({"name": self.role.as_str(), "description": description}));
        }
        let changed = api.patch(&server, json!({"roles": roles})).await?;
        render::print(
            member(&changed, "roles"),
            &["name", "description"],
            self.output,
        )
    }

    /// Grants or revokes the role.
    async fn hold(self, holder: &str, holds: bool) -> Result<(), CommandError> {
        let api = Api::open(&self.place).await?;
        let object = match holder.split_once(':') {
            Some(("user", user)) => path(&["users", &api.user_id(user).await?]),
            Some(("group", name)) => path(&["groups", name]),
            _ => {
                let rule = "The holder is user: and an ID or email address, or group: and a name.";
                return Err(CommandError::usage(rule));
            }
        };
        let found = api.get(&object).await?;
        let present = member(member(&found, "roles"), &self.audience).as_array();
        let mut roles = present.cloned().unwrap_or_default();
        let before = roles.len();
        roles.retain(|own| *own != self.role.as_str());
        if holds {
            roles.push(json!(self.role.as_str()));
        } else if roles.len() == before {
            return Err(self.missing("The user or group does not hold this role"));
        }
        let roles = if roles.is_empty() {
            Value::Null
        } else {
            Value::Array(roles)
        };
        let change = Map::from_iter([(self.audience.clone(), roles)]);
        let changed = api.patch(&object, json!({"roles": change})).await?;
        render::print(&changed, &[], self.output)
    }

    fn missing(&self, what: &str) -> CommandError {
        let audience = &self.audience;
        CommandError::new(
            Exit::NotFound,
            format!(
                "{what}. Run `countersign application-roles list {audience}` to list all roles."
            ),
        )
    }
}
