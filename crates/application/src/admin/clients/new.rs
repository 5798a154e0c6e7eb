//! Input and result of creating a client.

use countersign_domain::client::redirect_uri::RedirectUri;
use countersign_domain::client::{AuthenticationMethod, Client, ClientSecret, ClientType};
use countersign_domain::secret::Secret;
use countersign_domain::time::Timestamp;
use countersign_domain::token::signing_key::SigningKey;

/// Client to create.
#[derive(Clone, Debug)]
pub struct NewClient {
    /// Client metadata. The command sets the secrets, creation time and version, and sorts the grant types.
    pub client: Client,
    /// Whether [`random_client_id`](crate::admin::random_client_id) generated the identifier. Otherwise, the operator
    /// chose it.
    pub has_generated_id: bool,
    /// Pairwise subjects. If set, overrides the subject type of the metadata.
    pub pairwise: Option<Pairwise>,
    /// Client secret; `None` generates one if the client needs it.
    pub secret: Option<Secret>,
}

impl From<Client> for NewClient {
    fn from(client: Client) -> Self {
        Self {
            client,
            has_generated_id: false,
            pairwise: None,
            secret: None,
        }
    }
}

/// Pairwise subjects (OpenID Connect Core section 8.1). All clients of a sector share its salt.
#[derive(Clone, Debug, Default)]
pub struct Pairwise {
    /// Host name of the sector; `None` uses the host of the redirect URIs.
    pub sector: Option<String>,
}

/// Created client.
#[derive(Debug)]
pub struct CreatedClient {
    /// Stored client.
    pub client: Client,
    /// Client secret. It is shown only once.
    pub secret: Option<Secret>,
    /// Key that the client shares with its resource server, for HS256.
    pub signing_key: Option<SigningKey>,
}

impl NewClient {
    /// Returns whether a secret must be generated.
    pub(super) fn needs_secret(&self) -> bool {
        self.client.client_type == ClientType::Confidential
            && self.client.authentication_method != Some(AuthenticationMethod::PrivateKeyJwt)
            && self.secret.is_none()
    }

    /// Returns the host of the sector. Returns an empty string if it is not set and the redirect URIs have different
    /// hosts (OpenID Connect Core section 8.1).
    #[must_use]
    pub fn sector_host(&self, pairwise: &Pairwise) -> String {
        if let Some(sector) = &pairwise.sector {
            return sector.clone();
        }
        let mut hosts = self
            .client
            .redirect_uris
            .iter()
            .filter_map(RedirectUri::host);
        let first = hosts.next().unwrap_or_default();
        let is_only = hosts.all(|host| host == first);
        if is_only { first } else { "" }.to_owned()
    }

    /// Returns the client to store.
    pub(super) fn into_client(self, secret: Option<&Secret>, now: Timestamp) -> Client {
        let mut client = self.client;
        client.grant_types.sort_unstable();
        client.grant_types.dedup();
        let secrets = secret.map(|secret| ClientSecret {
            name: "secret-1".to_owned(),
            digest: secret.digest(),
            created_at: now,
            expires_at: None,
            last_used_at: None,
        });
        Client {
            secrets: secrets.into_iter().collect(),
            created_at: now,
            version: 0,
            ..client
        }
    }
}
