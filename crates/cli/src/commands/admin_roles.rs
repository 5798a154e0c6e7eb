//! `countersign admin-roles`.

mod examples;

use crate::api::{Api, path, render};
use crate::arguments::{OutputArgs, TargetArgs};
use crate::command_error::{CommandError, Exit};
use crate::commands::administration::operator;
use crate::commands::setup::Setup;
use crate::commands::slices::Slices;
use crate::output::{self, Fields};
use axum::http::Method;
use clap::builder::{PossibleValuesParser, TypedValueParser};
use clap::{Args, Subcommand};
use countersign_application::admin::roles::RoleChange;
use countersign_application::admin::{AdminError, Missing};
use countersign_domain::administration::role::{AdminRole, RoleName};
use countersign_domain::audit::operator::Permission;
use serde::Serialize;
use serde_json::{Map, Value, json};

/// Commands of `countersign admin-roles`.
#[derive(Debug, Subcommand)]
pub(crate) enum AdminRolesCommand {
    /// Create an admin role: a named set of permissions
    #[command(after_help = examples::CREATE)]
    Create {
        #[command(flatten)]
        target: Target,
        #[command(flatten)]
        fields: FieldArgs,
    },
    /// List all admin roles
    #[command(after_help = examples::LIST)]
    List {
        #[command(flatten)]
        place: TargetArgs,
        #[command(flatten)]
        output: OutputArgs,
    },
    /// Show an admin role
    #[command(after_help = examples::SHOW)]
    Show(Target),
    /// Change an admin role
    ///
    /// The change applies to all holders at once. The roles that are part of the server cannot be changed.
    #[command(after_help = examples::EDIT)]
    Edit {
        #[command(flatten)]
        target: Target,
        #[command(flatten)]
        fields: FieldArgs,
    },
    /// Delete an admin role that has no holders
    #[command(after_help = examples::DELETE)]
    Delete {
        /// Name of the role
        name: String,
        #[command(flatten)]
        place: TargetArgs,
    },
}

/// Admin role that a command is about.
#[derive(Args, Debug)]
pub(crate) struct Target {
    /// Name of the role
    name: String,
    #[command(flatten)]
    place: TargetArgs,
    #[command(flatten)]
    output: OutputArgs,
}

/// Fields of an admin role.
#[derive(Args, Debug)]
pub(crate) struct FieldArgs {
    /// Description
    #[arg(long)]
    description: Option<String>,
    /// Permission; may be repeated
    #[arg(long = "permission", value_name = "PERMISSION", num_args = 1.., value_delimiter = ',',
        value_parser = permission())]
    permissions: Option<Vec<Permission>>,
}

fn permission() -> impl TypedValueParser<Value = Permission> {
    PossibleValuesParser::new(Permission::ALL.iter().map(|own| own.as_str()))
        .try_map(|name| Permission::parse(&name).ok_or("unknown"))
}

impl FieldArgs {
    fn change(self) -> RoleChange {
        RoleChange {
            description: self.description,
            permissions: self.permissions.map(|own| own.into_iter().collect()),
            managed_by: None,
        }
    }
}

/// JSON form of an admin role.
#[derive(Serialize)]
struct Record<'a> {
    name: &'a str,
    description: &'a str,
    permissions: Vec<&'static str>,
    is_shipped: bool,
}

impl<'a> From<&'a AdminRole> for Record<'a> {
    fn from(role: &'a AdminRole) -> Self {
        Self {
            name: role.name.as_str(),
            description: &role.description,
            permissions: role.permissions.iter().map(Permission::as_str).collect(),
            is_shipped: AdminRole::shipped(role.name.as_str()).is_some(),
        }
    }
}

impl AdminRolesCommand {
    pub(crate) async fn run(self) -> Result<(), CommandError> {
        match self {
            Self::Create { target, fields } => target.create(&fields.change()).await,
            Self::List { place, output } => list(&place, output).await,
            Self::Show(target) => target.show().await,
            Self::Edit { target, fields } => target.edit(&fields.change()).await,
            Self::Delete { name, place } => {
                delete(&name, &place).await?;
                output::print(&format!("Deleted admin role {name}.\n"))
            }
        }
    }
}

async fn delete(name: &str, place: &TargetArgs) -> Result<(), CommandError> {
    if place.server.is_some() {
        let api = Api::open(place).await?;
        let one = path(&["admin-roles", name]);
        return api.send(Method::DELETE, &one, None).await.map(drop);
    }
    let setup = Setup::open(&place.config).await?;
    let (admin, operator) = (setup.role_admin(), operator());
    let deleted = admin.delete(&setup.tenant, &operator, name, None).await;
    deleted.map_err(|error| explained(name, error))
}

/// Returns the JSON form of a change, as the admin API accepts it.
fn patch(fields: &RoleChange) -> Map<String, Value> {
    let mut patch = Map::new();
    if let Some(description) = &fields.description {
        patch.insert("description".to_owned(), json!(description));
    }
    if let Some(permissions) = &fields.permissions {
        patch.insert(
            "permissions".to_owned(),
            permissions.iter().map(Permission::as_str).collect(),
        );
    }
    patch
}

impl Target {
    fn path(&self) -> String {
        path(&["admin-roles", &self.name])
    }

    async fn create(self, fields: &RoleChange) -> Result<(), CommandError> {
        let name = role_name(&self.name)?;
        if let Some(api) = Api::chosen_or_made(&self.place, self.output).await? {
            let mut new = patch(fields);
            new.insert("name".to_owned(), json!(self.name));
            let new = Value::Object(new);
            let created = api.send(Method::POST, "/admin-roles", Some(&new)).await?;
            return render::print(&created, &[], self.output);
        }
        let setup = Setup::open_or_make(&self.place.config).await?;
        let (admin, operator) = (setup.role_admin(), operator());
        self.print(admin.create(&setup.tenant, &operator, name, fields).await)
    }

    async fn edit(self, fields: &RoleChange) -> Result<(), CommandError> {
        if let Some(api) = Api::chosen(&self.place, self.output).await? {
            let edited = api
                .patch(&self.path(), Value::Object(patch(fields)))
                .await?;
            return render::print(&edited, &[], self.output);
        }
        let setup = Setup::open(&self.place.config).await?;
        let (admin, operator) = (setup.role_admin(), operator());
        let edited = admin.update(&setup.tenant, &operator, &self.name, None, fields);
        self.print(edited.await)
    }

    async fn show(self) -> Result<(), CommandError> {
        if let Some(api) = Api::chosen(&self.place, self.output).await? {
            return render::print(&api.get(&self.path()).await?, &[], self.output);
        }
        let setup = Setup::open(&self.place.config).await?;
        let (admin, operator) = (setup.role_admin(), operator());
        self.print(admin.find(&setup.tenant, &operator, &self.name).await)
    }

    fn print(&self, outcome: Result<AdminRole, AdminError>) -> Result<(), CommandError> {
        let role = outcome.map_err(|error| explained(&self.name, error))?;
        let record = Record::from(&role);
        if self.output.json {
            return output::print_json(&record);
        }
        Fields::new()
            .add("name", record.name)
            .add("description", record.description)
            .add("permissions", record.permissions.join(" "))
            .print()
    }
}

async fn list(place: &TargetArgs, output: OutputArgs) -> Result<(), CommandError> {
    if let Some(api) = Api::chosen(place, output).await? {
        let roles = api.list("/admin-roles").await?;
        return render::print(&roles, &["name", "description"], output);
    }
    let setup = Setup::open(&place.config).await?;
    let (admin, operator) = (setup.role_admin(), operator());
    let mut roles = Vec::new();
    let mut slices = Slices::<AdminRole>::new();
    while let Some(after) = slices.next() {
        roles.extend(slices.take(admin.list(&setup.tenant, &operator, after).await?));
    }
    if output.json {
        return output::print_json(&roles.iter().map(Record::from).collect::<Vec<_>>());
    }
    let rows = roles.iter().map(|role| {
        let name = role.name.as_str().to_owned();
        vec![name, role.description.clone()]
    });
    output::print_rows(&rows.collect::<Vec<_>>())
}

/// Parses the name of an admin role.
pub(super) fn role_name(name: &str) -> Result<RoleName, CommandError> {
    RoleName::parse(name)
        .map_err(|error| CommandError::usage(format!("The role {name:?} is invalid: {error}.")))
}

/// Converts the error of a command about this admin role.
pub(super) fn explained(name: &str, error: AdminError) -> CommandError {
    match error {
        AdminError::NotFound(Missing::Role) => CommandError::new(
            Exit::NotFound,
            format!(
                "Admin role {name:?} not found. Run `countersign admin-roles list` to list all of them."
            ),
        ),
        error => CommandError::from(error),
    }
}
