//! Clients that are to be created.

use countersign_domain::client::{
    Client, ClientId, ClientSecret, ClientStatus, ClientType, GrantType, PkcePolicy,
};
use countersign_domain::client_authentication::{AuthenticationMethod, Jwks};
use countersign_domain::later::LaterMembers;
use countersign_domain::openid_registration::OpenIdRegistration;
use countersign_domain::redirect_uri::RedirectUri;
use countersign_domain::resource::Resource;
use countersign_domain::scope::Scope;
use countersign_domain::secret::Secret;
use countersign_domain::signing_algorithm::SigningAlgorithm;
use countersign_domain::signing_key::SigningKey;
use countersign_domain::time::Timestamp;
use std::time::Duration;

/// A client that is to be created. The fields without a comment are those of [`Client`].
#[derive(Clone, Debug)]
#[expect(missing_docs, reason = "they are those of `Client`")]
pub struct NewClient {
    /// Identifier; `None` for a random one.
    pub id: Option<ClientId>,
    pub name: String,
    pub client_type: ClientType,
    pub authentication_method: Option<AuthenticationMethod>,
    pub jwks: Option<Jwks>,
    /// Sorted and without repetitions once the client is created.
    pub grant_types: Vec<GrantType>,
    pub scope: Scope,
    pub redirect_uris: Vec<RedirectUri>,
    pub domains: Vec<String>,
    pub pkce: PkcePolicy,
    pub signing_algorithm: Option<SigningAlgorithm>,
    pub audience: Option<String>,
    pub resources: Vec<Resource>,
    pub first_party: bool,
    pub openid: OpenIdRegistration,
    /// Gives the client pairwise subjects, whatever [`NewClient::openid`] says.
    pub pairwise: Option<Pairwise>,
    pub access_token_lifetime: Option<Duration>,
    /// Its secret; with `None`, the server makes one if the client needs one.
    pub secret: Option<Secret>,
}

/// Pairwise subjects (OpenID Connect Core section 8.1). The clients of a sector share its salt.
#[derive(Clone, Debug, Default)]
pub struct Pairwise {
    /// Host name of the sector; `None` for the host of the redirect URIs.
    pub sector: Option<String>,
}

/// A client that was created.
#[derive(Debug)]
pub struct CreatedClient {
    /// The client as it is stored.
    pub client: Client,
    /// Its secret, which is shown once.
    pub secret: Option<Secret>,
    /// For HS256, the key that the client shares with its resource server.
    pub signing_key: Option<SigningKey>,
}

impl NewClient {
    /// Whether a secret has to be made.
    pub(super) fn needs_secret(&self) -> bool {
        self.client_type == ClientType::Confidential
            && self.authentication_method != Some(AuthenticationMethod::PrivateKeyJwt)
            && self.secret.is_none()
    }

    /// The host of the sector. Of several hosts, none can be chosen (OpenID Connect Core section 8.1).
    pub(super) fn sector_host(&self, pairwise: &Pairwise) -> String {
        if let Some(sector) = &pairwise.sector {
            return sector.clone();
        }
        let mut hosts = self.redirect_uris.iter().filter_map(RedirectUri::host);
        let first = hosts.next().unwrap_or_default();
        let is_only = hosts.all(|host| host == first);
        if is_only { first } else { "" }.to_owned()
    }

    /// The client, not yet stored.
    pub(super) fn into_client(
        self,
        id: ClientId,
        secret: Option<&Secret>,
        now: Timestamp,
    ) -> Client {
        let mut grant_types = self.grant_types;
        grant_types.sort_unstable();
        grant_types.dedup();
        let secrets = secret.map(|secret| ClientSecret {
            name: "secret-1".to_owned(),
            digest: secret.digest(),
            created_at: now,
            expires_at: None,
            last_used_at: None,
        });
        Client {
            id,
            name: self.name,
            client_type: self.client_type,
            status: ClientStatus::Active,
            secrets: secrets.into_iter().collect(),
            authentication_method: self.authentication_method,
            jwks: self.jwks,
            grant_types,
            scope: self.scope,
            redirect_uris: self.redirect_uris,
            domains: self.domains,
            pkce: self.pkce,
            signing_algorithm: self.signing_algorithm,
            audience: self.audience,
            resources: self.resources,
            first_party: self.first_party,
            openid: self.openid,
            access_token_lifetime: self.access_token_lifetime,
            created_at: now,
            version: 0,
            later: LaterMembers::default(),
        }
    }
}
