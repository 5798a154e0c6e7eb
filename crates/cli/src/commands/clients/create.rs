//! `countersign clients create`.

use super::leniency::LeniencyArgs;
use super::openid::{OpenIdArgs, signing_algorithm};
use super::record::{self, ClientRecord};
use super::signing_keys;
use crate::api::{Api, render};
use crate::arguments::{OutputArgs, TargetArgs};
use crate::command_error::CommandError;
use crate::commands::administration::operator;
use crate::commands::setup::{Setup, make_signing_key, now};
use crate::output;
use axum::http::Method;
use clap::Args;
use clap::builder::{PossibleValuesParser, TypedValueParser};
use countersign_adapters_jwt::shared_secret;
use countersign_adapters_system::SystemEntropy;
use countersign_application::admin::clients::{CreatedClient, NewClient};
use countersign_application::admin::keys::{MakeSigningKey, NewSigningKey};
use countersign_application::admin::{AdminError, random_client_id};
use countersign_domain::client::redirect_uri::RedirectUri;
use countersign_domain::client::registration::InvalidRegistration;
use countersign_domain::client::{
    AuthenticationMethod, Client, ClientId, ClientType, GrantType, Jwks, KeySource,
};
use countersign_domain::scope::Scope;
use countersign_domain::secret::Secret;
use countersign_domain::token::signing_algorithm::SigningAlgorithm;
use countersign_server_admin::client_metadata;
use serde::Serialize;
use serde_json::{Value, json};
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// Client to register.
#[derive(Args, Debug)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is an option of its own"
)]
pub(crate) struct CreateClient {
    /// Display name
    #[arg(long)]
    name: String,
    /// `client_id`; without it, the server generates one
    #[arg(long, value_parser = ClientId::parse)]
    client_id: Option<ClientId>,
    /// Read the client secret from standard input, for example to move a client from another server
    #[arg(long, conflicts_with = "public")]
    client_secret_stdin: bool,
    /// Allowed grant types; repeat the option or separate them with commas
    #[arg(long = "grant-type", value_name = "TYPE", required = true, num_args = 1.., value_delimiter = ',',
        value_parser = grant_type())]
    grant_types: Vec<GrantType>,
    /// Allowed scope: tokens separated by single spaces, such as "openid notes"
    #[arg(long, value_name = "SCOPE", value_parser = Scope::parse)]
    scope: Option<Scope>,
    /// Redirect URI, matched exactly; may be repeated
    #[arg(long = "redirect-uri", value_name = "URI", num_args = 1.., value_parser = RedirectUri::parse)]
    redirect_uris: Vec<RedirectUri>,
    /// Host of redirect URIs; allows only this host and its subdomains; may be repeated
    #[arg(long = "domain", value_name = "HOST", num_args = 1..)]
    domains: Vec<String>,
    /// Public client without a secret, such as a mobile, desktop or single-page app
    #[arg(long)]
    public: bool,
    /// Authentication method of the client; without it, `client_secret_basic` and `client_secret_post` both work
    #[arg(long, value_name = "METHOD", value_parser = authentication_method())]
    token_endpoint_auth_method: Option<AuthenticationMethod>,
    /// File with the client's public keys (JWK Set), for `private_key_jwt`
    #[arg(long, value_name = "FILE")]
    jwks: Option<PathBuf>,
    /// URL where the client publishes its public keys, for `private_key_jwt`
    #[arg(long, value_name = "URL", conflicts_with = "jwks", value_parser = RedirectUri::parse)]
    jwks_uri: Option<RedirectUri>,
    /// Allow the code challenge method `plain`, which RFC 7636 section 7.2 advises against
    #[arg(long, conflicts_with = "no_pkce")]
    allow_plain_pkce: bool,
    /// Accept a code verifier instead of the client secret
    #[arg(long)]
    pkce_replaces_secret: bool,
    /// Algorithm that signs the client's tokens, instead of the server default; HS256 generates a shared key
    #[arg(long, value_name = "ALG", value_parser = signing_algorithm())]
    signing_alg: Option<SigningAlgorithm>,
    /// `aud` claim of the client's access tokens, instead of the `client_id`
    #[arg(long)]
    audience: Option<String>,
    /// Lifetime of the client's access tokens, instead of the server default
    #[arg(long, value_name = "SECONDS")]
    access_token_lifetime: Option<u64>,
    #[command(flatten)]
    leniency: LeniencyArgs,
    #[command(flatten)]
    openid: OpenIdArgs,
    #[command(flatten)]
    target: TargetArgs,
    #[command(flatten)]
    output: OutputArgs,
}

fn grant_type() -> impl TypedValueParser<Value = GrantType> {
    PossibleValuesParser::new(GrantType::ALL.iter().map(GrantType::as_str))
        .map(|name| GrantType::named(&name))
}

fn authentication_method() -> impl TypedValueParser<Value = AuthenticationMethod> {
    let methods = AuthenticationMethod::ALL.iter();
    PossibleValuesParser::new(methods.map(|method| method.as_str()))
        .try_map(|name| AuthenticationMethod::parse(&name).ok_or("unknown"))
}

/// Output of `--json`: the client and, only at creation, its secrets.
#[derive(Serialize)]
struct CreatedRecord<'a> {
    #[serde(flatten)]
    client: ClientRecord<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    client_secret: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    signing_secret: Option<&'a str>,
}

impl CreateClient {
    pub(super) async fn run(self) -> Result<(), CommandError> {
        let output = self.output;
        let new = self.client()?;
        if let Some(api) = Api::chosen_or_made(&self.target, output).await? {
            return create_over(&api, new, output).await;
        }
        let setup = Setup::open_or_make(&self.target.config).await?;
        // HS256 needs a sealed key, so fail before registering the client if the master key is missing.
        let codecs = match self.signing_alg {
            Some(SigningAlgorithm::Hs256) => Some(setup.codecs().await?),
            _ => None,
        };
        let make = codecs
            .as_ref()
            .map(|codecs| |new: NewSigningKey<'_>| make_signing_key(codecs, &new));
        let make = make.as_ref().map(|make| make as &MakeSigningKey<'_>);
        let (admin, operator) = (setup.client_admin(), operator());
        let checked = admin.check(&new.client);
        checked.map_err(|error| self.explained(error))?;
        signing_keys::publish(&setup, &new.client).await?;
        let created = admin.create(&setup.tenant, &operator, new, make);
        let CreatedClient {
            client,
            secret,
            signing_key,
        } = created.await.map_err(|error| self.explained(error))?;
        let signing_secret = signing_key
            .zip(codecs.as_ref())
            .and_then(|(key, codecs)| shared_secret(setup.tenant.id, &key, codecs));
        let secret = secret.as_ref().map(Secret::expose_secret);
        let signing_secret = signing_secret.as_ref().map(Secret::expose_secret);
        if output.json {
            return output::print_json(&CreatedRecord {
                client: ClientRecord::from(&client),
                client_secret: secret,
                signing_secret,
            });
        }
        record::fields(&client)
            .add_some("client_secret", secret)
            .add_some("signing_secret", signing_secret)
            .print()?;
        if secret.is_some() {
            output::print("\nSave the secret now. It is not shown again.\n")?;
        }
        Ok(())
    }

    /// Builds the client from the arguments.
    fn client(&self) -> Result<NewClient, CommandError> {
        let id = match &self.client_id {
            Some(id) => id.clone(),
            None => random_client_id(&SystemEntropy::new())
                .map_err(|error| CommandError::of("Cannot generate a client ID", &error))?,
        };
        let client_type = if self.public {
            ClientType::Public
        } else {
            ClientType::Confidential
        };
        let mut client = Client {
            authentication_method: self.token_endpoint_auth_method,
            keys: self.keys()?,
            grant_types: self.grant_types.clone(),
            scope: self.scope.clone().unwrap_or_default(),
            redirect_uris: self.redirect_uris.clone(),
            domains: self.domains.clone(),
            signing_algorithm: self.signing_alg,
            audience: self.audience.clone(),
            resources: self.openid.resources.clone(),
            first_party: self.openid.first_party,
            access_token_lifetime: self.access_token_lifetime.map(Duration::from_secs),
            ..Client::new(id, &self.name, client_type, now())
        };
        client.pkce.plain_allowed = self.allow_plain_pkce;
        client.pkce.replaces_secret = self.pkce_replaces_secret;
        self.openid.apply(&mut client.openid);
        self.leniency.apply(&mut client);
        Ok(NewClient {
            has_generated_id: self.client_id.is_none(),
            pairwise: self.openid.pairwise(),
            secret: self.secret()?,
            ..client.into()
        })
    }

    /// Returns the option that breaks a rule, and its value.
    fn place_of(&self, broken: InvalidRegistration) -> Option<String> {
        match broken {
            InvalidRegistration::RedirectUriWildcard => {
                let mut uris = self.redirect_uris.iter().map(RedirectUri::as_str);
                let uri = uris.find(|uri| uri.contains('*'))?;
                Some(format!("--redirect-uri {uri}"))
            }
            InvalidRegistration::ScopeWithComma => {
                Some(format!("--scope {:?}", self.scope.as_ref()?.as_str()))
            }
            InvalidRegistration::ScopeMissing => {
                Some("--scope is missing, such as --scope \"notes:read\"".to_owned())
            }
            _ => None,
        }
    }

    fn secret(&self) -> Result<Option<Secret>, CommandError> {
        if !self.client_secret_stdin {
            return Ok(None);
        }
        let mut line = String::new();
        io::stdin().read_line(&mut line)?;
        Ok(Some(Secret::new(line.trim_end_matches(['\r', '\n']))))
    }

    fn keys(&self) -> Result<Option<KeySource>, CommandError> {
        let registered = self.jwks.as_deref().map(read_keys).transpose()?;
        let published = self.jwks_uri.clone().map(KeySource::Published);
        Ok(registered.map(KeySource::Registered).or(published))
    }

    /// Adds what the arguments show to an error: the file name of the JWK Set, or the wrong value.
    fn explained(&self, error: AdminError) -> CommandError {
        if let AdminError::Registration(broken) = &error
            && let Some(place) = self.place_of(*broken)
        {
            return CommandError::usage(format!("{place}: {broken}."));
        }
        match (error, &self.jwks) {
            (AdminError::Keys(reason), Some(file)) => CommandError::usage(format!(
                "{} is not a valid JWK Set: {reason}.",
                file.display()
            )),
            (error, _) => CommandError::from(error),
        }
    }
}

/// Creates the client over the admin API.
async fn create_over(api: &Api, new: NewClient, output: OutputArgs) -> Result<(), CommandError> {
    let mut body = client_metadata(&new.client);
    if new.has_generated_id {
        // An operator who may create only own clients cannot choose an ID, so the server generates it.
        body.remove("client_id");
    }
    let mut set = |name: &str, value| body.insert(name.to_owned(), value);
    if let Some(pairwise) = new.pairwise {
        set("subject_type", json!("pairwise"));
        set("sector", json!(pairwise.sector));
    }
    if let Some(secret) = new.secret {
        set("client_secret", json!(secret.expose_secret()));
    }
    let created = api
        .send(Method::POST, "/clients", Some(&Value::Object(body)))
        .await?;
    render::print(&created, &[], output)
}

fn read_keys(file: &Path) -> Result<Jwks, CommandError> {
    let text = std::fs::read_to_string(file);
    text.map(Jwks::new)
        .map_err(|error| CommandError::of(&format!("Cannot read {}", file.display()), &error))
}
