//! A client as rows: one of its own, and one for each of its secrets.

use crate::columns::{
    Failure, Unreadable, from_algorithm, from_bytes, from_client_id, from_integer, from_list,
    from_optional_text, from_optional_time, from_resources, from_scope, from_text, from_time,
    integer, list, optional_text, optional_time, resources, text, time,
};
use crate::openid;
use crate::schema::{client_secrets, clients};
use countersign_domain::client::{
    Client, ClientSecret, ClientStatus, ClientType, GrantType, PkcePolicy,
};
use countersign_domain::redirect_uri::RedirectUri;
use countersign_domain::secret::SecretDigest;
use countersign_domain::signing_algorithm::SigningAlgorithm;
use diesel::prelude::*;
use std::time::Duration;

/// A client without its secrets.
#[derive(Queryable, Insertable, AsChangeset)]
#[diesel(table_name = clients, treat_none_as_default_value = false, treat_none_as_null = true)]
#[expect(clippy::struct_excessive_bools, reason = "each is a column of its own")]
pub struct ClientRow {
    /// The client identifier.
    pub id: String,
    name: String,
    client_type: String,
    status: String,
    grant_types: String,
    scope: String,
    redirect_uris: String,
    domains: String,
    pkce_required: bool,
    pkce_plain_allowed: bool,
    pkce_replaces_secret: bool,
    signing_algorithm: Option<String>,
    audience: Option<String>,
    access_token_lifetime: Option<i64>,
    created_at: i64,
    resources: String,
    first_party: bool,
    openid: String,
}

/// A secret of a client.
#[derive(Queryable, Insertable)]
#[diesel(table_name = client_secrets, treat_none_as_default_value = false)]
pub struct SecretRow {
    /// Whose.
    pub client_id: String,
    name: String,
    /// Keeps the secrets in order.
    position: i64,
    digest: Vec<u8>,
    created_at: i64,
    expires_at: Option<i64>,
    last_used_at: Option<i64>,
}

/// All rows of a client, its secrets by position.
pub struct ClientRows {
    /// Its own.
    pub client: ClientRow,
    /// Those of its secrets.
    pub secrets: Vec<SecretRow>,
}

impl TryFrom<&Client> for ClientRows {
    type Error = Failure;

    fn try_from(client: &Client) -> Result<Self, Failure> {
        let secrets = client.secrets.iter().zip(0..);
        Ok(Self {
            client: ClientRow::try_from(client)?,
            secrets: secrets
                .map(|(secret, position)| SecretRow::new(client, secret, position))
                .collect::<Result<_, _>>()?,
        })
    }
}

impl TryFrom<&Client> for ClientRow {
    type Error = Failure;

    fn try_from(client: &Client) -> Result<Self, Failure> {
        let PkcePolicy {
            required,
            plain_allowed,
            replaces_secret,
        } = client.pkce;
        let lifetime = client.access_token_lifetime.as_ref();
        Ok(Self {
            id: client.id.as_str().into(),
            name: text(&client.name),
            client_type: client.client_type.as_str().into(),
            status: client.status.as_str().into(),
            grant_types: list(
                client
                    .grant_types
                    .iter()
                    .map(|grant_type| grant_type.as_str()),
            )?,
            scope: client.scope.as_str().into(),
            redirect_uris: list(client.redirect_uris.iter().map(RedirectUri::as_str))?,
            domains: list(client.domains.iter().map(String::as_str))?,
            pkce_required: required,
            pkce_plain_allowed: plain_allowed,
            pkce_replaces_secret: replaces_secret,
            signing_algorithm: client
                .signing_algorithm
                .map(SigningAlgorithm::as_str)
                .map(Into::into),
            audience: optional_text(client.audience.as_deref()),
            access_token_lifetime: lifetime.map(Duration::as_secs).map(integer).transpose()?,
            created_at: time(client.created_at)?,
            resources: resources(&client.resources)?,
            first_party: client.first_party,
            openid: openid::write(&client.openid)?,
        })
    }
}

impl SecretRow {
    fn new(client: &Client, secret: &ClientSecret, position: i64) -> Result<Self, Failure> {
        Ok(Self {
            client_id: client.id.as_str().into(),
            name: text(&secret.name),
            position,
            digest: secret.digest.as_bytes().into(),
            created_at: time(secret.created_at)?,
            expires_at: optional_time(secret.expires_at)?,
            last_used_at: optional_time(secret.last_used_at)?,
        })
    }
}

impl TryFrom<ClientRows> for Client {
    type Error = Unreadable;

    fn try_from(ClientRows { client, secrets }: ClientRows) -> Result<Self, Unreadable> {
        let secrets = secrets.into_iter().map(ClientSecret::try_from);
        let lifetime = client.access_token_lifetime;
        Ok(Self {
            id: from_client_id("clients.id", &client.id)?,
            name: from_text("clients.name", client.name)?,
            client_type: ClientType::parse(&client.client_type)
                .ok_or(Unreadable("clients.client_type"))?,
            status: ClientStatus::parse(&client.status).ok_or(Unreadable("clients.status"))?,
            secrets: secrets.collect::<Result<_, _>>()?,
            grant_types: from_list("clients.grant_types", &client.grant_types, GrantType::parse)?,
            scope: from_scope("clients.scope", &client.scope)?,
            redirect_uris: from_list("clients.redirect_uris", &client.redirect_uris, |uri| {
                RedirectUri::parse(uri).ok()
            })?,
            domains: from_list("clients.domains", &client.domains, |domain| {
                Some(domain.into())
            })?,
            pkce: PkcePolicy {
                required: client.pkce_required,
                plain_allowed: client.pkce_plain_allowed,
                replaces_secret: client.pkce_replaces_secret,
            },
            signing_algorithm: client
                .signing_algorithm
                .map(|name| from_algorithm("clients.signing_algorithm", &name))
                .transpose()?,
            audience: from_optional_text("clients.audience", client.audience)?,
            resources: from_resources("clients.resources", &client.resources)?,
            first_party: client.first_party,
            openid: openid::read("clients.openid", &client.openid)?,
            access_token_lifetime: lifetime
                .map(|seconds| from_integer("clients.access_token_lifetime", seconds))
                .transpose()?
                .map(Duration::from_secs),
            created_at: from_time("clients.created_at", client.created_at)?,
        })
    }
}

impl TryFrom<SecretRow> for ClientSecret {
    type Error = Unreadable;

    fn try_from(row: SecretRow) -> Result<Self, Unreadable> {
        Ok(Self {
            name: from_text("client_secrets.name", row.name)?,
            digest: SecretDigest::from_bytes(from_bytes("client_secrets.digest", &row.digest)?),
            created_at: from_time("client_secrets.created_at", row.created_at)?,
            expires_at: from_optional_time("client_secrets.expires_at", row.expires_at)?,
            last_used_at: from_optional_time("client_secrets.last_used_at", row.last_used_at)?,
        })
    }
}
