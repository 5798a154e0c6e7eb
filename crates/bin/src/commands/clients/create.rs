//! `countersign clients create`.

use super::openid::{OpenIdArgs, join_sector, signing_algorithm};
use super::record::{self, ClientRecord};
use super::secrets::new_secret;
use crate::cli::{ConfigArgs, OutputArgs};
use crate::commands::setup::{Setup, make_signing_key, now};
use crate::failure::{Exit, Failure};
use crate::output;
use clap::Args;
use clap::builder::{PossibleValuesParser, TypedValueParser};
use countersign_adapters_jwt::{Codecs, shared_secret};
use countersign_adapters_system::{SystemEntropy, random_client_id};
use countersign_domain::client::{
    Client, ClientId, ClientStatus, ClientType, GrantType, PkcePolicy,
};
use countersign_domain::redirect_uri::RedirectUri;
use countersign_domain::scope::Scope;
use countersign_domain::secret::Secret;
use countersign_domain::signing_algorithm::SigningAlgorithm;
use countersign_domain::signing_key::SigningKey;
use countersign_ports::{
    ClientRepository as _, KeyChange, Race, SigningError, SigningKeyRepository as _,
};
use serde::Serialize;
use std::time::Duration;

/// What a client is registered as.
#[derive(Args, Debug)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a switch of the command line"
)]
pub(crate) struct CreateClient {
    /// What people call it
    #[arg(long)]
    name: String,
    /// What it may exchange for tokens; repeat it or separate with commas
    #[arg(long = "grant-type", value_name = "G", required = true, num_args = 1.., value_delimiter = ',',
        value_parser = grant_type())]
    grant_types: Vec<GrantType>,
    /// All scope it may be granted, tokens one space apart
    #[arg(long, value_name = "\"A B\"", value_parser = Scope::parse)]
    scope: Option<Scope>,
    /// Where an authorization code may be sent, compared byte for byte; may be repeated
    #[arg(long = "redirect-uri", value_name = "URI", num_args = 1.., value_parser = RedirectUri::parse)]
    redirect_uris: Vec<RedirectUri>,
    /// A host that redirect URIs must be under; may be repeated
    #[arg(long = "domain", value_name = "HOST", num_args = 1..)]
    domains: Vec<String>,
    /// It cannot keep a secret: an app on a phone, a desktop or in a browser
    #[arg(long)]
    public: bool,
    /// Let it do without PKCE (confidential clients only)
    #[arg(long)]
    no_pkce: bool,
    /// Accept the code challenge method `plain`, which RFC 7636 section 7.2 advises against
    #[arg(long, conflicts_with = "no_pkce")]
    allow_plain_pkce: bool,
    /// Let it send its code verifier in the place of its secret
    #[arg(long)]
    pkce_replaces_secret: bool,
    /// What signs its tokens, if not the server's default; HS256 makes a key that it shares
    #[arg(long, value_name = "ALG", value_parser = signing_algorithm())]
    signing_alg: Option<SigningAlgorithm>,
    /// `aud` of its access tokens, if not its own `client_id`
    #[arg(long)]
    audience: Option<String>,
    /// How long its access tokens live, if not as long as others
    #[arg(long, value_name = "SECONDS")]
    access_token_lifetime: Option<u64>,
    #[command(flatten)]
    openid: OpenIdArgs,
    #[command(flatten)]
    config: ConfigArgs,
    #[command(flatten)]
    output: OutputArgs,
}

fn grant_type() -> impl TypedValueParser<Value = GrantType> {
    PossibleValuesParser::new(GrantType::ALL.iter().map(|own| own.as_str()))
        .try_map(|name| GrantType::parse(&name).ok_or("unknown"))
}

/// What `--json` prints: the client, and this once its secrets.
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
    pub(super) async fn run(self) -> Result<(), Failure> {
        let output = self.output;
        let (mut client, secret) = self.client()?;
        let setup = Setup::open_or_make(&self.config).await?;
        join_sector(&setup, &mut client.openid).await?;
        let signing_secret = register(&setup, &client).await?;
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
            output::print("\nKeep the secret now: it is not shown again.\n")?;
        }
        Ok(())
    }

    /// The client as described, if it may be registered, and its first secret.
    fn client(&self) -> Result<(Client, Option<Secret>), Failure> {
        let now = now();
        let mut grant_types = self.grant_types.clone();
        grant_types.sort_unstable();
        grant_types.dedup();
        let mut client = Client {
            id: ClientId::parse(&random_client_id(&SystemEntropy::new()))
                .map_err(|error| Failure::of("No client_id could be made", &error))?,
            name: self.name.clone(),
            client_type: if self.public {
                ClientType::Public
            } else {
                ClientType::Confidential
            },
            status: ClientStatus::Active,
            secrets: Vec::new(),
            grant_types,
            scope: self.scope.clone().unwrap_or_default(),
            redirect_uris: self.redirect_uris.clone(),
            domains: self.domains.clone(),
            pkce: PkcePolicy {
                required: !self.no_pkce,
                plain_allowed: self.allow_plain_pkce,
                replaces_secret: self.pkce_replaces_secret,
            },
            signing_algorithm: self.signing_alg,
            audience: self.audience.clone(),
            resources: self.openid.resources.clone(),
            first_party: self.openid.first_party,
            openid: self.openid.registration(&self.redirect_uris),
            access_token_lifetime: self.access_token_lifetime.map(Duration::from_secs),
            created_at: now,
        };
        let secret = (!self.public).then(|| {
            let (kept, shown) = new_secret(&client, None, None, now);
            client.secrets.push(kept);
            shown
        });
        check(&client)?;
        Ok((client, secret))
    }
}

/// Whether the client may be registered, as exit code 2 if not.
pub(crate) fn check(client: &Client) -> Result<(), Failure> {
    client
        .check_registration()
        .map_err(|broken| Failure::usage(format!("The client cannot be registered: {broken}.")))
}

/// Stores the client, and for HS256 the key that it shares, whose secret is answered.
async fn register(setup: &Setup, client: &Client) -> Result<Option<Secret>, Failure> {
    // The key is made first: without a master key there is to be no client without its key.
    let shared = match client.signing_algorithm {
        Some(SigningAlgorithm::Hs256) => Some(shared_key(&setup.codecs().await?, client)?),
        _ => None,
    };
    if setup.store.insert_client(client).await? == Race::Lost {
        return Err(Failure::new(
            Exit::Conflict,
            format!("The client {} is registered already.", client.id),
        ));
    }
    let Some((key, secret)) = shared else {
        return Ok(None);
    };
    add_signing_key(setup, &key).await?;
    Ok(Some(secret))
}

/// A key for HS256, and the secret to show for it.
fn shared_key(codecs: &Codecs, client: &Client) -> Result<(SigningKey, Secret), Failure> {
    let (owner, now) = (Some(client.id.clone()), client.created_at);
    let key = make_signing_key(codecs, SigningAlgorithm::Hs256, owner, now, now);
    let key = key.map_err(countersign_application::Failure::from)?;
    let secret = shared_secret(&key, codecs)
        .ok_or_else(|| SigningError::new("the new key cannot be opened"))
        .map_err(countersign_application::Failure::from)?;
    Ok((key, secret))
}

async fn add_signing_key(setup: &Setup, key: &SigningKey) -> Result<(), Failure> {
    loop {
        let change = KeyChange {
            seen: setup.store.revision().await?,
            add: vec![key.clone()],
            retire: Vec::new(),
        };
        if setup.store.change_signing_keys(&change).await? == Race::Won {
            return Ok(());
        }
    }
}
