//! Rows of clients: one for the document, one for each secret, and one for each origin.

use crate::columns::{
    Failure, Unreadable, from_bytes, from_client_id, from_integer, from_optional_time, from_text,
    from_time, integer, optional_time, tenant, text, time,
};
use crate::documents::client::{self, ClientColumns};
use crate::schema::{client_origins, client_secrets, clients};
use countersign_domain::client::redirect_uri::RedirectUri;
use countersign_domain::client::{Client, ClientSecret, ClientStatus};
use countersign_domain::secret::SecretDigest;
use countersign_domain::tenant::TenantId;
use diesel::prelude::*;
use std::collections::BTreeSet;

/// Row of a client, without its secrets.
#[derive(Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = clients, treat_none_as_default_value = false)]
pub struct ClientRow {
    /// Tenant.
    pub tenant: i32,
    /// Client identifier.
    pub id: String,
    /// Version.
    pub version: i64,
    created_at: i64,
    document: String,
    owner: Option<String>,
}

/// Columns that an update of a client replaces.
#[derive(AsChangeset)]
#[diesel(table_name = clients, treat_none_as_null = true)]
pub struct ClientChange<'a> {
    version: i64,
    created_at: i64,
    document: &'a str,
    owner: Option<String>,
}

/// Row of a secret of a client.
#[derive(Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = client_secrets, treat_none_as_default_value = false)]
pub struct SecretRow {
    /// Tenant.
    pub tenant: i32,
    /// Client identifier.
    pub client_id: String,
    /// Name.
    pub name: String,
    /// Position among the secrets of the client.
    pub position: i64,
    /// SHA-256 of the secret.
    pub digest: Vec<u8>,
    /// Time of creation.
    pub created_at: i64,
    /// Expiry.
    pub expires_at: Option<i64>,
    /// Time of the last use.
    pub last_used_at: Option<i64>,
}

/// Row of an origin of an active client.
#[derive(Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = client_origins)]
pub struct OriginRow {
    tenant: i32,
    origin: String,
    client_id: String,
}

/// Row of a client with the rows of its secrets, by position. This is all that is read.
pub struct ClientWithSecrets {
    /// Row of the client.
    pub client: ClientRow,
    /// Rows of its secrets.
    pub secrets: Vec<SecretRow>,
}

/// All rows of a client, for writing.
pub struct ClientRows {
    /// Row of the client.
    pub client: ClientRow,
    /// Rows of its secrets.
    pub secrets: Vec<SecretRow>,
    /// Rows of its origins. Empty unless the client is active.
    pub origins: Vec<OriginRow>,
}

impl ClientRows {
    /// Creates the rows of a client at a given version.
    pub fn new(of: TenantId, client: &Client, version: u64) -> Result<Self, Failure> {
        let secrets = client.secrets.iter().zip(0..);
        Ok(Self {
            client: ClientRow {
                tenant: tenant(of),
                id: client.id.as_str().into(),
                version: integer(version)?,
                created_at: time(client.created_at)?,
                document: client::write(client)?,
                owner: client.owner.as_ref().map(|owner| text(&owner.to_string())),
            },
            secrets: secrets
                .map(|(secret, position)| SecretRow::new(of, client, secret, position))
                .collect::<Result<_, _>>()?,
            origins: origins(of, client),
        })
    }

    /// Returns the columns of [`ClientRows::client`] that an update replaces.
    #[must_use]
    pub fn change(&self) -> ClientChange<'_> {
        ClientChange {
            version: self.client.version,
            created_at: self.client.created_at,
            document: &self.client.document,
            owner: self.client.owner.clone(),
        }
    }
}

/// Returns the distinct origins of the redirect URIs of an active client.
fn origins(of: TenantId, client: &Client) -> Vec<OriginRow> {
    if client.status != ClientStatus::Active {
        return Vec::new();
    }
    let origins: BTreeSet<String> = client
        .redirect_uris
        .iter()
        .filter_map(RedirectUri::origin)
        .collect();
    let row = |origin| OriginRow {
        tenant: tenant(of),
        origin,
        client_id: client.id.as_str().into(),
    };
    origins.into_iter().map(row).collect()
}

impl SecretRow {
    fn new(
        of: TenantId,
        client: &Client,
        secret: &ClientSecret,
        position: i64,
    ) -> Result<Self, Failure> {
        Ok(Self {
            tenant: tenant(of),
            client_id: client.id.as_str().into(),
            name: text(&secret.name),
            position,
            digest: secret.digest.as_bytes().into(),
            created_at: time(secret.created_at)?,
            expires_at: optional_time(secret.expires_at)?,
            last_used_at: optional_time(secret.last_used_at)?,
        })
    }

    /// Returns the row to store for a secret in an update. A secret with an unchanged name and digest keeps its stored
    /// last use.
    #[must_use]
    pub fn keeping_last_use(&self, stored: &[Self]) -> Self {
        let mut row = self.clone();
        let mut stays = stored.iter();
        if let Some(same) = stays.find(|old| old.name == row.name && old.digest == row.digest) {
            row.last_used_at = same.last_used_at;
        }
        row
    }
}

impl TryFrom<ClientWithSecrets> for Client {
    type Error = Unreadable;

    fn try_from(
        ClientWithSecrets { client, secrets }: ClientWithSecrets,
    ) -> Result<Self, Unreadable> {
        let secrets = secrets.into_iter().map(ClientSecret::try_from);
        let columns = ClientColumns {
            id: from_client_id("clients.id", &client.id)?,
            secrets: secrets.collect::<Result<_, _>>()?,
            created_at: from_time("clients.created_at", client.created_at)?,
            version: from_integer("clients.version", client.version)?,
        };
        client::read("clients.document", &client.document, columns)
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

#[cfg(test)]
mod tests {
    use super::*;

    fn row(name: &str, digest: u8, last_used_at: Option<i64>) -> SecretRow {
        SecretRow {
            tenant: 1,
            client_id: "app".into(),
            name: name.into(),
            position: 0,
            digest: [digest; 32].into(),
            created_at: 1,
            expires_at: None,
            last_used_at,
        }
    }

    #[test]
    fn unchanged_secret_keeps_its_stored_last_use() {
        let stored = [row("a", 1, Some(7)), row("b", 2, None)];
        let last_use = |row: SecretRow| row.keeping_last_use(&stored).last_used_at;
        assert_eq!(last_use(row("a", 1, None)), Some(7));
        assert_eq!(last_use(row("b", 2, Some(3))), None);
        assert_eq!(last_use(row("c", 3, Some(3))), Some(3));
    }

    #[test]
    fn new_secret_with_old_name_has_no_last_use() {
        let stored = [row("a", 1, Some(7))];
        assert_eq!(
            row("a", 2, None).keeping_last_use(&stored).last_used_at,
            None
        );
    }
}
