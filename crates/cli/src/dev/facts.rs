//! The demo user and the three demo clients of `dev`. `dev.json` describes them.

use super::data::DataFolder;
use crate::command_error::CommandError;
use crate::commands::administration::operator;
use crate::commands::setup::{Setup, now};
use countersign_adapters_system::SystemEntropy;
use countersign_application::admin::clients::NewClient;
use countersign_application::admin::users::CreateUser;
use countersign_application::admin::{AdminError, Missing, random_secret};
use countersign_domain::claims::roles::HeldRoles;
use countersign_domain::client::redirect_uri::RedirectUri;
use countersign_domain::client::{Client, ClientId, ClientType, GrantType};
use countersign_domain::scope::Scope;
use countersign_domain::secret::Secret;
use countersign_domain::user::{Email, User};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Content of `dev.json`.
#[derive(Deserialize, Serialize)]
pub(super) struct Facts {
    /// User who can sign in.
    pub(super) user: DemoUser,
    /// Web application with a backend.
    pub(super) web: DemoClient,
    /// Public client, such as a mobile app.
    pub(super) app: DemoClient,
    /// Service that acts on its own behalf.
    pub(super) machine: DemoClient,
}

/// Demo user.
#[derive(Deserialize, Serialize)]
pub(super) struct DemoUser {
    pub(super) email: String,
    pub(super) password: String,
}

/// Demo client.
#[derive(Deserialize, Serialize)]
pub(super) struct DemoClient {
    pub(super) client_id: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) client_secret: Option<String>,
    pub(super) name: String,
    pub(super) scope: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) redirect_uri: Option<String>,
}

impl Facts {
    /// Reads `dev.json`, or creates it. Returns its content and whether it was created.
    pub(super) fn load_or_make(folder: &DataFolder) -> Result<(Self, bool), CommandError> {
        let file = folder.file("dev.json");
        let make = || {
            serde_json::to_string_pretty(&Self::make())
                .map(|text| text + "\n")
                .map_err(|error| CommandError::of("Cannot write dev.json", &error))
        };
        let (text, is_new) = folder.read_or_make(&file, make)?;
        let facts = serde_json::from_str(&text).map_err(|error| {
            let what = format!("{} is invalid; remove it and start again", file.display());
            CommandError::of(&what, &error)
        })?;
        Ok((facts, is_new))
    }

    fn make() -> Self {
        let entropy = SystemEntropy::new();
        let secret = || random_secret(&entropy).expose_secret().to_owned();
        Self {
            user: DemoUser {
                email: "demo@example.com".into(),
                password: secret(),
            },
            web: DemoClient {
                client_id: "demo-web".into(),
                client_secret: Some(secret()),
                name: "Demo web application".into(),
                scope: "openid read write".into(),
                redirect_uri: Some("http://127.0.0.1:9000/callback".into()),
            },
            app: DemoClient {
                client_id: "demo-app".into(),
                client_secret: None,
                name: "Demo app".into(),
                scope: "openid read write".into(),
                redirect_uri: Some("http://127.0.0.1/callback".into()),
            },
            machine: DemoClient {
                client_id: "demo-machine".into(),
                client_secret: Some(secret()),
                name: "Demo machine".into(),
                scope: "reports:read reports:write".into(),
                redirect_uri: None,
            },
        }
    }
}

/// Creates missing signing keys, user and clients in the store.
///
/// With `replace`, overwrites existing records of the same names. Generating signing keys and hashing the password
/// take the longest, so they run concurrently.
pub(super) async fn bring_into(
    setup: &Setup,
    facts: &Facts,
    replace: bool,
) -> Result<(), CommandError> {
    let (keys, user) = tokio::join!(setup.ensure_signing_keys(), facts.user.bring_into(setup));
    keys?;
    if let Some(found) = user?
        && replace
    {
        facts.user.replace(setup, &found).await?;
    }
    for client in [&facts.web, &facts.app, &facts.machine] {
        client.bring_into(setup, replace).await?;
    }
    Ok(())
}

impl DemoUser {
    /// Creates the user. Returns the existing user if there is one.
    async fn bring_into(&self, setup: &Setup) -> Result<Option<User>, CommandError> {
        let (admin, operator) = (setup.user_admin()?, operator());
        match admin.find(&setup.tenant, &operator, &self.email).await {
            Ok(user) => return Ok(Some(user)),
            Err(AdminError::NotFound(Missing::User)) => {}
            Err(error) => return Err(error.into()),
        }
        let new = CreateUser {
            email: Email::parse(&self.email).map_err(|error| malformed(&error))?,
            name: Some("Demo".into()),
            claims: Vec::new(),
            attributes: BTreeMap::new(),
            roles: HeldRoles::default(),
            password: Some(self.password()),
        };
        admin.create(&setup.tenant, &operator, new).await?;
        Ok(None)
    }

    /// Resets the existing user: sets the password of `dev.json`, disables one-time codes and enables the user.
    async fn replace(&self, setup: &Setup, user: &User) -> Result<(), CommandError> {
        let (admin, operator, tenant) = (setup.user_admin()?, operator(), &setup.tenant);
        let ending = setup.sessions().await?;
        let password = Some(self.password());
        admin
            .set_password(tenant, &operator, &ending.sessions, user.id, password)
            .await?;
        if user.sealed_totp_secret.is_some() {
            admin
                .reset_factors(tenant, &operator, &ending.sessions, user.id)
                .await?;
        }
        admin.enable(tenant, &operator, user.id).await?;
        ending.close().await;
        Ok(())
    }

    fn password(&self) -> Secret {
        Secret::new(self.password.as_str())
    }
}

impl DemoClient {
    /// Creates the client if it does not exist. With `replace`, deletes an existing one first.
    async fn bring_into(&self, setup: &Setup, replace: bool) -> Result<(), CommandError> {
        let (admin, operator) = (setup.client_admin(), operator());
        let new = self.client()?;
        match admin.find(&setup.tenant, &operator, &self.client_id).await {
            Ok(_) if !replace => return Ok(()),
            Ok(found) => {
                admin
                    .delete(&setup.tenant, &operator, &found.id, None)
                    .await?;
            }
            Err(AdminError::NotFound(Missing::Client)) => {}
            Err(error) => return Err(error.into()),
        }
        admin.create(&setup.tenant, &operator, new, None).await?;
        Ok(())
    }

    fn client(&self) -> Result<NewClient, CommandError> {
        let uri = self.redirect_uri.as_deref().map(RedirectUri::parse);
        let uri = uri.transpose().map_err(|error| malformed(&error))?;
        let id = ClientId::parse(&self.client_id).map_err(|error| malformed(&error))?;
        let client_type = if self.client_secret.is_some() {
            ClientType::Confidential
        } else {
            ClientType::Public
        };
        let client = Client {
            grant_types: if uri.is_some() {
                vec![GrantType::AUTHORIZATION_CODE, GrantType::REFRESH_TOKEN]
            } else {
                vec![GrantType::CLIENT_CREDENTIALS]
            },
            scope: Scope::parse(&self.scope).map_err(|error| malformed(&error))?,
            redirect_uris: uri.into_iter().collect(),
            ..Client::new(id, &self.name, client_type, now())
        };
        Ok(NewClient {
            secret: self.client_secret.as_deref().map(Secret::new),
            ..client.into()
        })
    }
}

fn malformed(error: &dyn std::error::Error) -> CommandError {
    let what = "dev.json is invalid; remove it and start again";
    CommandError::usage(format!("{what}: {error}."))
}
