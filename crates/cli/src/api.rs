//! The admin API as commands use it: of a server, or in this process on the store of the configuration.

mod credentials;
pub(crate) mod fields;
pub(crate) mod login;
mod problem;
mod remote;
pub(crate) mod render;
mod response;
mod values;

use crate::arguments::{OutputArgs, TargetArgs};
use crate::command_error::{CommandError, Exit};
use crate::commands::administration::{NOTIFIED, operator};
use crate::commands::setup::Setup;
use crate::commands::tenants::chosen;
use crate::product::Product;
use crate::server::Adapters;
use axum::Router;
use axum::body::Body;
use axum::http::{HeaderValue, Method, Request, header};
use countersign_server_admin::{AdminServices, Operators, RateLimit, SeedApis, admin_api};
use http_body_util::BodyExt as _;
use remote::Remote;
use response::{Response, tag_of};
use serde_json::{Value, json};
use std::io;
use tower::ServiceExt as _;
use values::ROOT;
pub(crate) use values::{encoded, is_empty, member, path, text};

/// The admin API.
pub(crate) struct Api {
    place: Place,
}

enum Place {
    Here(Box<Here>),
    Server(Remote),
}

/// The API in this process.
struct Here {
    router: Router,
    adapters: Adapters,
}

impl Api {
    /// Connects to the server that the arguments name, otherwise to the store of the configuration.
    pub(crate) async fn open(target: &TargetArgs) -> Result<Self, CommandError> {
        let place = match &target.server {
            Some(server) => {
                chosen::check_server()?;
                Place::Server(Remote::connect(server).await?)
            }
            None => Place::here(Setup::open(&target.config).await?).await?,
        };
        Ok(Self { place })
    }

    /// Connects as [`Api::open`] does. Creates the store if it does not exist.
    pub(crate) async fn open_or_make(target: &TargetArgs) -> Result<Self, CommandError> {
        if target.server.is_some() {
            return Self::open(target).await;
        }
        let place = Place::here(Setup::open_or_make(&target.config).await?).await?;
        Ok(Self { place })
    }

    /// Connects as [`Api::open`] does, if the arguments name a server or an output format of the API.
    pub(crate) async fn chosen(
        target: &TargetArgs,
        output: OutputArgs,
    ) -> Result<Option<Self>, CommandError> {
        if target.server.is_none() && output.format.is_none() {
            return Ok(None);
        }
        Self::open(target).await.map(Some)
    }

    /// Connects as [`Api::chosen`] does. Creates the store if it does not exist.
    pub(crate) async fn chosen_or_made(
        target: &TargetArgs,
        output: OutputArgs,
    ) -> Result<Option<Self>, CommandError> {
        if target.server.is_none() && output.format.is_none() {
            return Ok(None);
        }
        Self::open_or_make(target).await.map(Some)
    }

    /// Sends a request. Returns the body of the response, `null` without one.
    pub(crate) async fn send(
        &self,
        method: Method,
        path: &str,
        body: Option<&Value>,
    ) -> Result<Value, CommandError> {
        let sent = self.send_if((method, path), body, None).await?;
        Ok(sent.0)
    }

    /// Sends a request, with `If-Match` if `tag` is the `ETag` of an object. Returns the body and the `ETag` of the response.
    pub(crate) async fn send_if(
        &self,
        (method, path): (Method, &str),
        body: Option<&Value>,
        tag: Option<&HeaderValue>,
    ) -> Result<(Value, Option<HeaderValue>), CommandError> {
        let request = (method, path);
        let (response, is_login) = match &self.place {
            Place::Here(here) => (here.send(request, body, tag).await?, false),
            Place::Server(server) => (server.send(request, body, tag).await?, server.is_login),
        };
        let value = serde_json::from_slice(&response.content).unwrap_or(Value::Null);
        if response.status.is_success() {
            return Ok((value, response.tag));
        }
        Err(problem::error(response.status, &value, is_login))
    }

    /// Reads an object.
    pub(crate) async fn get(&self, path: &str) -> Result<Value, CommandError> {
        self.send(Method::GET, path, None).await
    }

    /// Reads all slices of a list.
    pub(crate) async fn list(&self, path: &str) -> Result<Value, CommandError> {
        let separator = if path.contains('?') { '&' } else { '?' };
        let mut items = Vec::new();
        let mut slice = format!("{path}{separator}limit=500");
        loop {
            let mut read = self.get(&slice).await?;
            if let Some(Value::Array(more)) = read.get_mut("items").map(Value::take) {
                items.extend(more);
            }
            match member(&read, "next").as_str() {
                Some(next) => slice = format!("{path}{separator}limit=500&after={}", encoded(next)),
                None => return Ok(Value::Array(items)),
            }
        }
    }

    /// Returns the ID of the user with this ID or email address.
    pub(crate) async fn user_id(&self, name: &str) -> Result<String, CommandError> {
        if !name.contains('@') {
            return Ok(name.to_owned());
        }
        let found = self.get(&format!("/users?email={}", encoded(name))).await?;
        let id = found.pointer("/items/0/id").and_then(Value::as_str);
        id.map(str::to_owned)
            .ok_or_else(|| CommandError::new(Exit::NotFound, format!("User {name:?} not found.")))
    }

    /// Changes the members of an object that `change` names (RFC 7396).
    pub(crate) async fn patch(&self, path: &str, change: Value) -> Result<Value, CommandError> {
        self.send(Method::PATCH, path, Some(&change)).await
    }

    /// Waits until mail has been sent and clients have been notified, for at most ten seconds each.
    pub(crate) async fn close(self) {
        if let Place::Here(here) = self.place {
            here.adapters.logout.close(NOTIFIED).await;
            here.adapters.mailer.close(NOTIFIED).await;
        }
    }
}

impl Place {
    /// Returns the API in this process.
    async fn here(setup: Setup) -> Result<Self, CommandError> {
        let adapters = Adapters::new(&setup).await?;
        let ports = adapters.ports(&setup);
        let router = admin_api::<Product>(AdminServices {
            tenant: setup.tenant.clone(),
            commands: ports.administration(adapters.admin_tools(&setup)?),
            // A command may read long lists, and no other operator waits.
            limit: RateLimit::per_minute(u32::MAX),
            seed_apis: SeedApis::default(),
            operators: Operators::Only(Box::new(operator())),
        });
        Ok(Self::Here(Box::new(Here { router, adapters })))
    }
}

impl Here {
    async fn send(
        &self,
        (method, path): (Method, &str),
        body: Option<&Value>,
        tag: Option<&HeaderValue>,
    ) -> Result<Response, CommandError> {
        let mut request = Request::builder()
            .method(method)
            .uri(format!("{ROOT}{path}"))
            .header(header::CONTENT_TYPE, "application/json");
        if let Some(tag) = tag {
            request = request.header(header::IF_MATCH, tag);
        }
        let request = request
            .body(Body::from(body.unwrap_or(&json!({})).to_string()))
            .map_err(|_| CommandError::usage(format!("{path:?} is not a valid path.")))?;
        let Ok(response) = self.router.clone().oneshot(request).await;
        let (status, tag) = (response.status(), tag_of(response.headers()));
        let body = response.into_body().collect().await;
        let body = body.map_err(io::Error::other)?;
        Ok(Response {
            status,
            tag,
            content: body.to_bytes().to_vec(),
        })
    }
}
