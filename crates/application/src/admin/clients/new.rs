//! Clients that are to be created.

use countersign_domain::client::authentication::AuthenticationMethod;
use countersign_domain::client::redirect_uri::RedirectUri;
use countersign_domain::client::{Client, ClientSecret, ClientStatus, ClientType};
use countersign_domain::secret::Secret;
use countersign_domain::time::Timestamp;
use countersign_domain::token::signing_key::SigningKey;

/// A client that is to be created.
#[derive(Clone, Debug)]
pub struct NewClient {
    /// Its metadata. The command sets status, secrets, time and version, and sorts the grant types.
    pub client: Client,
    /// Gives the client pairwise subjects, whatever its metadata says.
    pub pairwise: Option<Pairwise>,
    /// Its secret; with `None`, the server makes one if the client needs one.
    pub secret: Option<Secret>,
}

impl From<Client> for NewClient {
    fn from(client: Client) -> Self {
        Self {
            client,
            pairwise: None,
            secret: None,
        }
    }
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
        self.client.client_type == ClientType::Confidential
            && self.client.authentication_method != Some(AuthenticationMethod::PrivateKeyJwt)
            && self.secret.is_none()
    }

    /// The host of the sector. Of several hosts, none can be chosen (OpenID Connect Core section 8.1).
    pub(super) fn sector_host(&self, pairwise: &Pairwise) -> String {
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

    /// The client, not yet stored.
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
            status: ClientStatus::Active,
            secrets: secrets.into_iter().collect(),
            created_at: now,
            version: 0,
            ..client
        }
    }
}
