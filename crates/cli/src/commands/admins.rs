//! `countersign admins`.

mod examples;
mod over_api;

use super::admin_roles::{explained, role_name};
use crate::api::{Api, member, path, render};
use crate::arguments::{OutputArgs, TargetArgs};
use crate::command_error::{CommandError, Exit};
use crate::commands::administration::operator;
use crate::commands::setup::Setup;
use crate::output::{self, Fields};
use axum::http::Method;
use clap::{Args, Subcommand};
use countersign_application::admin::users::CreateUser;
use countersign_application::admin::{AdminError, Missing};
use countersign_domain::administration::administrators::Assignment;
use countersign_domain::administration::holder::Holder;
use countersign_domain::administration::role::{AdminRole, RoleName};
use countersign_domain::claims::roles::HeldRoles;
use countersign_domain::secret::Secret;
use countersign_domain::user::Email;
use serde::Serialize;
use serde_json::json;
use std::collections::BTreeMap;

/// Commands of `countersign admins`.
#[derive(Debug, Subcommand)]
pub(crate) enum AdminsCommand {
    /// Create a user with an admin role
    ///
    /// Generates a password and prints it once. The role is `owner`, which has all permissions, unless --role names
    /// another one.
    #[command(after_help = examples::CREATE)]
    Create {
        /// Email address that the user signs in with
        #[arg(value_parser = Email::parse)]
        email: Email,
        /// Full name of the user
        #[arg(long)]
        name: Option<String>,
        /// Admin role
        #[arg(long, default_value = AdminRole::OWNER)]
        role: String,
        #[command(flatten)]
        place: TargetArgs,
        #[command(flatten)]
        output: OutputArgs,
    },
    /// List the users, clients and groups with admin roles
    #[command(after_help = examples::LIST)]
    List {
        #[command(flatten)]
        place: TargetArgs,
        #[command(flatten)]
        output: OutputArgs,
    },
    /// Grant an admin role to a user, client or group
    #[command(after_help = examples::GRANT)]
    Grant {
        #[command(flatten)]
        target: Target,
        /// Name of the admin role
        role: String,
        /// Let the client run commands that need a second factor of a user
        #[arg(long)]
        without_second_factor: bool,
    },
    /// Revoke an admin role from a user, client or group
    ///
    /// The last owner keeps the role `owner`.
    #[command(after_help = examples::REVOKE)]
    Revoke {
        #[command(flatten)]
        target: Target,
        /// Name of the admin role; without it, revoke all of them
        role: Option<String>,
    },
}

/// User or client that a command is about.
#[derive(Args, Debug)]
pub(crate) struct Target {
    /// Email address or ID of a user, or `client:` and a client ID
    holder: String,
    #[command(flatten)]
    place: TargetArgs,
    #[command(flatten)]
    output: OutputArgs,
}

/// JSON form of a holder of admin roles.
#[derive(Serialize)]
struct Record<'a> {
    holder: String,
    roles: Vec<&'a str>,
    without_second_factor: bool,
    /// Password of a created user, shown once.
    #[serde(skip_serializing_if = "Option::is_none")]
    password: Option<&'a str>,
}

impl<'a> Record<'a> {
    fn new(holder: &Holder, own: &'a Assignment) -> Self {
        Self {
            holder: holder.to_string(),
            roles: own.roles.iter().map(RoleName::as_str).collect(),
            without_second_factor: own.without_second_factor,
            password: None,
        }
    }

    fn print(&self, output: OutputArgs) -> Result<(), CommandError> {
        if output.json {
            return output::print_json(self);
        }
        let exempt = self.without_second_factor.then_some("not required");
        Fields::new()
            .add("holder", self.holder.as_str())
            .add("roles", self.roles.join(" "))
            .add_some("second factor", exempt)
            .add_some("password", self.password)
            .print()
    }
}

impl AdminsCommand {
    pub(crate) async fn run(self) -> Result<(), CommandError> {
        match self {
            Self::Create {
                email,
                name,
                role,
                place,
                output,
            } => create(email, name, &role, &place, output).await,
            Self::List { place, output } => list(&place, output).await,
            Self::Grant {
                target,
                role,
                without_second_factor,
            } => target.grant(&role, without_second_factor).await,
            Self::Revoke { target, role } => target.revoke(role.as_deref()).await,
        }
    }
}

async fn create(
    email: Email,
    name: Option<String>,
    role: &str,
    place: &TargetArgs,
    output: OutputArgs,
) -> Result<(), CommandError> {
    if let Some(api) = Api::chosen_or_made(place, output).await? {
        let created = over_api::create(&api, email.as_str(), name.as_deref(), role).await?;
        return render::print(&created, &[], output);
    }
    let setup = Setup::open_or_make(&place.config).await?;
    let (tenant, operator) = (&setup.tenant, operator());
    // Check the role first, so that no user without a role is left behind.
    let found = setup.role_admin().find(tenant, &operator, role).await;
    let role = found.map_err(|error| explained(role, error))?.name;
    let new = CreateUser {
        email,
        name,
        claims: Vec::new(),
        attributes: BTreeMap::new(),
        roles: HeldRoles::default(),
        password: None,
    };
    let created = setup.user_admin()?.create(tenant, &operator, new).await;
    let (user, password) = created?;
    let (admin, holder) = (setup.administrator_admin(), Holder::User(user.id));
    let own = admin
        .grant(tenant, &operator, &holder, &role, false)
        .await?;
    let mut record = Record::new(&holder, &own);
    record.password = password.as_ref().map(Secret::expose_secret);
    record.print(output)
}

async fn list(place: &TargetArgs, output: OutputArgs) -> Result<(), CommandError> {
    if let Some(api) = Api::chosen(place, output).await? {
        let all = api.get("/administrators").await?;
        return render::print(member(&all, "items"), &["holder", "roles"], output);
    }
    let setup = Setup::open(&place.config).await?;
    let admin = setup.administrator_admin();
    let all = admin.list(&setup.tenant, &operator()).await?;
    let records = all.holders.iter();
    let records: Vec<_> = records
        .map(|(holder, own)| Record::new(holder, own))
        .collect();
    if output.json {
        return output::print_json(&records);
    }
    let rows = records
        .into_iter()
        .map(|record| vec![record.holder, record.roles.join(" ")]);
    output::print_rows(&rows.collect::<Vec<_>>())
}

impl Target {
    async fn grant(&self, role: &str, without_second_factor: bool) -> Result<(), CommandError> {
        let role = role_name(role)?;
        if let Some(api) = Api::chosen(&self.place, self.output).await? {
            let holder = over_api::holder(&api, &self.holder).await?;
            let grant =
                json!({"role": role.as_str(), "without_second_factor": without_second_factor});
            let roles = path(&["administrators", &holder, "roles"]);
            let granted = api.send(Method::POST, &roles, Some(&grant)).await?;
            return render::print(&granted, &[], self.output);
        }
        let setup = Setup::open(&self.place.config).await?;
        let holder = self.holder(&setup).await?;
        let (admin, operator) = (setup.administrator_admin(), operator());
        let granted = admin
            .grant(
                &setup.tenant,
                &operator,
                &holder,
                &role,
                without_second_factor,
            )
            .await;
        let own = granted.map_err(|error| self.explained(role.as_str(), error))?;
        Record::new(&holder, &own).print(self.output)
    }

    async fn revoke(&self, role: Option<&str>) -> Result<(), CommandError> {
        let role = role.map(role_name).transpose()?;
        if let Some(api) = Api::chosen(&self.place, self.output).await? {
            let holder = over_api::holder(&api, &self.holder).await?;
            return over_api::revoke(&api, &holder, role.as_ref().map(RoleName::as_str)).await;
        }
        let setup = Setup::open(&self.place.config).await?;
        let holder = self.holder(&setup).await?;
        let (admin, operator) = (setup.administrator_admin(), operator());
        let revoked = admin.revoke(&setup.tenant, &operator, &holder, role.as_ref());
        Record::new(&holder, &revoked.await?).print(self.output)
    }

    async fn holder(&self, setup: &Setup) -> Result<Holder, CommandError> {
        if let Ok(holder) = self.holder.parse() {
            return Ok(holder);
        }
        let admin = setup.user_admin()?;
        let found = admin.find(&setup.tenant, &operator(), &self.holder).await;
        let user = found.map_err(|error| self.explained("", error))?;
        Ok(Holder::User(user.id))
    }

    fn explained(&self, role: &str, error: AdminError) -> CommandError {
        match error {
            AdminError::NotFound(Missing::User | Missing::Client | Missing::Group) => {
                CommandError::new(
                    Exit::NotFound,
                    format!(
                        "{:?} not found. Name a user by email address or ID, a client as client:CLIENT_ID, or a group as group:NAME.",
                        self.holder
                    ),
                )
            }
            error => explained(role, error),
        }
    }
}
