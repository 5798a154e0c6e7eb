//! `countersign resource-servers`.

mod examples;

use crate::api::{Api, path, render};
use crate::arguments::{OutputArgs, TargetArgs};
use crate::command_error::{CommandError, Exit};
use crate::commands::administration::operator;
use crate::commands::setup::Setup;
use crate::commands::slices::Slices;
use crate::date::date;
use crate::output::{self, Fields};
use axum::http::Method;
use clap::{Args, Subcommand};
use countersign_application::admin::resource_servers::ResourceServerChange;
use countersign_application::admin::{AdminError, Missing};
use countersign_domain::client::ClientId;
use countersign_domain::resource_server::ResourceServer;
use serde::Serialize;
use serde_json::{Map, Value, json};

/// Commands of `countersign resource-servers`.
#[derive(Debug, Subcommand)]
pub(crate) enum ResourceServersCommand {
    /// Register a resource server
    ///
    /// Its clients may introspect all tokens whose `aud` contains its audience.
    #[command(after_help = examples::CREATE)]
    Create {
        #[command(flatten)]
        target: Target,
        #[command(flatten)]
        fields: FieldArgs,
    },
    /// List all resource servers
    #[command(after_help = examples::LIST)]
    List {
        #[command(flatten)]
        place: TargetArgs,
        #[command(flatten)]
        output: OutputArgs,
    },
    /// Show a resource server
    #[command(after_help = examples::SHOW)]
    Show(Target),
    /// Change a resource server
    #[command(after_help = examples::EDIT)]
    Edit {
        #[command(flatten)]
        target: Target,
        #[command(flatten)]
        fields: FieldArgs,
    },
    /// Delete a resource server
    ///
    /// Clients can still request tokens for its audience, but its clients can no longer introspect them.
    #[command(after_help = examples::DELETE)]
    Delete {
        /// `aud` of its tokens
        audience: String,
        #[command(flatten)]
        place: TargetArgs,
    },
}

/// Resource server that a command is about.
#[derive(Args, Debug)]
pub(crate) struct Target {
    /// `aud` of its tokens
    audience: String,
    #[command(flatten)]
    place: TargetArgs,
    #[command(flatten)]
    output: OutputArgs,
}

/// Fields of a resource server.
#[derive(Args, Debug)]
pub(crate) struct FieldArgs {
    /// Display name; the audience if it is not set at creation
    #[arg(long)]
    name: Option<String>,
    /// Confidential client with which the resource server authenticates at introspection; may be repeated
    #[arg(long = "introspection-client", value_name = "CLIENT_ID", num_args = 1.., value_delimiter = ',',
        value_parser = ClientId::parse)]
    introspection_clients: Option<Vec<ClientId>>,
    /// Remove all clients for introspection
    #[arg(long, conflicts_with = "introspection_clients")]
    no_introspection_clients: bool,
    /// Whether introspection returns `username`, `email` and other claims that the scope of the token includes
    #[arg(long, num_args = 0..=1, require_equals = true, default_missing_value = "true", value_name = "true|false")]
    personal_claims: Option<bool>,
}

impl FieldArgs {
    fn change(self) -> ResourceServerChange {
        let none = self.no_introspection_clients.then(Vec::new);
        ResourceServerChange {
            name: self.name,
            introspection_clients: self.introspection_clients.or(none),
            personal_claims: self.personal_claims,
            ..ResourceServerChange::default()
        }
    }
}

/// JSON form of a resource server. Times are seconds since the Unix epoch.
#[derive(Serialize)]
struct Record<'a> {
    audience: &'a str,
    name: &'a str,
    introspection_clients: Vec<&'a str>,
    personal_claims: bool,
    created_at: u64,
}

impl<'a> From<&'a ResourceServer> for Record<'a> {
    fn from(server: &'a ResourceServer) -> Self {
        let clients = server.introspection_clients.iter();
        Self {
            audience: &server.audience,
            name: &server.name,
            introspection_clients: clients.map(ClientId::as_str).collect(),
            personal_claims: server.personal_claims,
            created_at: server.created_at.as_unix_seconds(),
        }
    }
}

fn print(server: &ResourceServer, output: OutputArgs) -> Result<(), CommandError> {
    let record = Record::from(server);
    if output.json {
        return output::print_json(&record);
    }
    Fields::new()
        .add("audience", record.audience)
        .add("name", record.name)
        .add("introspection", record.introspection_clients.join(" "))
        .add_some(
            "personal claims",
            record.personal_claims.then_some("returned"),
        )
        .add("registered", date(server.created_at))
        .print()
}

impl ResourceServersCommand {
    pub(crate) async fn run(self) -> Result<(), CommandError> {
        match self {
            Self::Create { target, fields } => target.create(&fields.change()).await,
            Self::List { place, output } => list(&place, output).await,
            Self::Show(target) => target.show().await,
            Self::Edit { target, fields } => target.edit(&fields.change()).await,
            Self::Delete { audience, place } => {
                delete(&audience, &place).await?;
                output::print(&format!("Deleted resource server {audience}.\n"))
            }
        }
    }
}

async fn delete(audience: &str, place: &TargetArgs) -> Result<(), CommandError> {
    if place.server.is_some() {
        let one = path(&["resource-servers", audience]);
        let api = Api::open(place).await?;
        return api.send(Method::DELETE, &one, None).await.map(drop);
    }
    let setup = Setup::open(&place.config).await?;
    let (admin, operator) = (setup.resource_server_admin(), operator());
    let deleted = admin.delete(&setup.tenant, &operator, audience, None).await;
    deleted.map_err(|error| explained(audience, error))
}

/// Returns the JSON form of a change, as the admin API accepts it.
fn patch(fields: &ResourceServerChange) -> Map<String, Value> {
    let mut patch = Map::new();
    if let Some(name) = &fields.name {
        patch.insert("name".to_owned(), json!(name));
    }
    if let Some(clients) = &fields.introspection_clients {
        patch.insert(
            "introspection_clients".to_owned(),
            clients.iter().map(ClientId::as_str).collect(),
        );
    }
    if let Some(claims) = fields.personal_claims {
        patch.insert("personal_claims".to_owned(), json!(claims));
    }
    patch
}

impl Target {
    fn path(&self) -> String {
        path(&["resource-servers", &self.audience])
    }

    async fn create(self, fields: &ResourceServerChange) -> Result<(), CommandError> {
        if let Some(api) = Api::chosen_or_made(&self.place, self.output).await? {
            let mut new = patch(fields);
            new.insert("audience".to_owned(), json!(self.audience));
            let new = Value::Object(new);
            let created = api.send(Method::POST, "/resource-servers", Some(&new));
            return render::print(&created.await?, &[], self.output);
        }
        let setup = Setup::open_or_make(&self.place.config).await?;
        let (admin, operator) = (setup.resource_server_admin(), operator());
        let created = admin.create(&setup.tenant, &operator, &self.audience, fields);
        self.print(created.await)
    }

    async fn edit(self, fields: &ResourceServerChange) -> Result<(), CommandError> {
        if let Some(api) = Api::chosen(&self.place, self.output).await? {
            let changed = api
                .patch(&self.path(), Value::Object(patch(fields)))
                .await?;
            return render::print(&changed, &[], self.output);
        }
        let setup = Setup::open(&self.place.config).await?;
        let (admin, operator) = (setup.resource_server_admin(), operator());
        let changed = admin.update(&setup.tenant, &operator, &self.audience, None, fields);
        self.print(changed.await)
    }

    async fn show(self) -> Result<(), CommandError> {
        if let Some(api) = Api::chosen(&self.place, self.output).await? {
            return render::print(&api.get(&self.path()).await?, &[], self.output);
        }
        let setup = Setup::open(&self.place.config).await?;
        let (admin, operator) = (setup.resource_server_admin(), operator());
        let found = admin.find(&setup.tenant, &operator, &self.audience);
        self.print(found.await)
    }

    fn print(&self, outcome: Result<ResourceServer, AdminError>) -> Result<(), CommandError> {
        let server = outcome.map_err(|error| explained(&self.audience, error))?;
        print(&server, self.output)
    }
}

async fn list(place: &TargetArgs, output: OutputArgs) -> Result<(), CommandError> {
    if let Some(api) = Api::chosen(place, output).await? {
        let columns = ["audience", "name", "introspection_clients"];
        return render::print(&api.list("/resource-servers").await?, &columns, output);
    }
    let setup = Setup::open(&place.config).await?;
    let (admin, operator) = (setup.resource_server_admin(), operator());
    let mut servers = Vec::new();
    let mut slices = Slices::<ResourceServer>::new();
    while let Some(after) = slices.next() {
        let slice = admin.list(&setup.tenant, &operator, after).await;
        servers.extend(slices.take(slice.map_err(CommandError::from)?));
    }
    if output.json {
        return output::print_json(&servers.iter().map(Record::from).collect::<Vec<_>>());
    }
    let rows = servers.iter().map(|server| {
        let clients = server.introspection_clients.iter().map(ClientId::as_str);
        let clients = clients.collect::<Vec<_>>().join(" ");
        vec![server.audience.clone(), server.name.clone(), clients]
    });
    output::print_rows(&rows.collect::<Vec<_>>())
}

/// Converts the error of a command about this resource server.
fn explained(audience: &str, error: AdminError) -> CommandError {
    match error {
        AdminError::NotFound(Missing::ResourceServer) => CommandError::new(
            Exit::NotFound,
            format!(
                "Resource server {audience:?} not found. Run `countersign resource-servers list` to list all of them."
            ),
        ),
        error => CommandError::from(error),
    }
}
