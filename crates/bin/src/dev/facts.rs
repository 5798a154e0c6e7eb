//! What `dev` makes: a user and three clients. `dev.json` says what they are; the store is brought to it.

use super::data::DataFolder;
use crate::commands::clients::create::check;
use crate::commands::setup::{Setup, now};
use crate::commands::users::new_user;
use crate::failure::Failure;
use countersign_adapters_system::{SystemEntropy, random_secret};
use countersign_domain::client::{
    Client, ClientId, ClientSecret, ClientStatus, ClientType, GrantType, PkcePolicy,
};
use countersign_domain::openid_registration::OpenIdRegistration;
use countersign_domain::redirect_uri::RedirectUri;
use countersign_domain::scope::Scope;
use countersign_domain::secret::Secret;
use countersign_domain::user::Email;
use countersign_ports::{ClientRepository as _, Race, UserKey, UserRepository as _};
use serde::{Deserialize, Serialize};

/// `dev.json`.
#[derive(Deserialize, Serialize)]
pub(super) struct Facts {
    /// Who can log in.
    pub(super) user: DemoUser,
    /// A web application with a server.
    pub(super) web: DemoClient,
    /// An app on a person's device.
    pub(super) app: DemoClient,
    /// A machine that acts for itself.
    pub(super) machine: DemoClient,
}

/// The demo user.
#[derive(Deserialize, Serialize)]
pub(super) struct DemoUser {
    pub(super) email: String,
    pub(super) password: String,
}

/// A demo client.
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
    /// What is in `dev.json`; if it is not there it is made, and the second value is true.
    pub(super) fn load_or_make(folder: &DataFolder) -> Result<(Self, bool), Failure> {
        let file = folder.file("dev.json");
        let make = || {
            serde_json::to_string_pretty(&Self::make())
                .map(|text| text + "\n")
                .map_err(|error| Failure::of("dev.json cannot be written", &error))
        };
        let (text, is_new) = folder.read_or_make(&file, make)?;
        let facts = serde_json::from_str(&text).map_err(|error| {
            let what = format!(
                "{} is not what it was made as; remove it and start again",
                file.display()
            );
            Failure::of(&what, &error)
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

/// Makes what the store lacks. The signing keys and the password's hash take the longest, so they are
/// made side by side. With `replace`, what the store has under these names gives way.
pub(super) async fn bring_into(setup: &Setup, facts: &Facts, replace: bool) -> Result<(), Failure> {
    let (keys, user) = tokio::join!(
        setup.ensure_signing_keys(),
        facts.user.bring_into(setup, replace)
    );
    keys?;
    user?;
    for client in [&facts.web, &facts.app, &facts.machine] {
        client.bring_into(setup, replace).await?;
    }
    Ok(())
}

impl DemoUser {
    async fn bring_into(&self, setup: &Setup, replace: bool) -> Result<(), Failure> {
        let email = Email::parse(&self.email).map_err(|error| malformed(&error))?;
        let found = setup.store.find_user(UserKey::Email(&email)).await?;
        if found.is_some() && !replace {
            return Ok(());
        }
        let password = Secret::new(self.password.as_str());
        let mut user = new_user(email, Some("Demo".into()), &password).await?;
        let race = match found {
            None => setup.store.insert_user(&user).await?,
            Some(found) => {
                user.id = found.id;
                setup.store.update_user(&user).await?
            }
        };
        done(race)
    }
}

impl DemoClient {
    async fn bring_into(&self, setup: &Setup, replace: bool) -> Result<(), Failure> {
        let client = self.client()?;
        let found = setup.store.find_client(&client.id).await?;
        match found {
            None => done(setup.store.insert_client(&client).await?),
            Some(_) if replace => done(setup.store.update_client(&client).await?),
            Some(_) => Ok(()),
        }
    }

    fn client(&self) -> Result<Client, Failure> {
        let now = now();
        let secrets = self.client_secret.as_deref().map(|secret| ClientSecret {
            name: "secret-1".into(),
            digest: Secret::new(secret).digest(),
            created_at: now,
            expires_at: None,
            last_used_at: None,
        });
        let uri = self.redirect_uri.as_deref().map(RedirectUri::parse);
        let uri = uri.transpose().map_err(|error| malformed(&error))?;
        let client = Client {
            id: ClientId::parse(&self.client_id).map_err(|error| malformed(&error))?,
            name: self.name.clone(),
            client_type: if self.client_secret.is_some() {
                ClientType::Confidential
            } else {
                ClientType::Public
            },
            status: ClientStatus::Active,
            secrets: secrets.into_iter().collect(),
            grant_types: if uri.is_some() {
                vec![GrantType::AuthorizationCode, GrantType::RefreshToken]
            } else {
                vec![GrantType::ClientCredentials]
            },
            scope: Scope::parse(&self.scope).map_err(|error| malformed(&error))?,
            redirect_uris: uri.into_iter().collect(),
            domains: Vec::new(),
            pkce: PkcePolicy::STRICT,
            signing_algorithm: None,
            audience: None,
            resources: Vec::new(),
            first_party: false,
            openid: OpenIdRegistration::default(),
            access_token_lifetime: None,
            created_at: now,
        };
        check(&client)?;
        Ok(client)
    }
}

fn malformed(error: &dyn std::error::Error) -> Failure {
    let what = "dev.json is not what it was made as; remove it and start again";
    Failure::usage(format!("{what}: {error}."))
}

fn done(race: Race) -> Result<(), Failure> {
    match race {
        Race::Won => Ok(()),
        Race::Lost => Err(Failure::new(
            crate::failure::Exit::Conflict,
            "Another program changed the store at the same moment. Start again.",
        )),
    }
}
