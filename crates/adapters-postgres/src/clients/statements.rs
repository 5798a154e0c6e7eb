//! Statements about clients.

use crate::statement::statement;
use countersign_adapters_sql::clients::{ClientRow, ClientRows};
use countersign_adapters_sql::columns::{Failure, tenant, text, time};
use countersign_adapters_sql::schema::{client_secrets, clients};
use countersign_domain::tenant::TenantId;
use countersign_ports::SecretUse;
use diesel::sql_types::{Array, BigInt, Binary, Integer, Nullable, Text};

/// Statement that reads a slice of clients with their secrets, by position.
macro_rules! slice_of_clients {
    ($condition:literal) => {
        concat!(
            "SELECT client.tenant, client.id, client.version, client.created_at, client.document, client.owner, \
             secret.tenant, secret.client_id, secret.name, secret.position, secret.digest, secret.created_at, \
             secret.expires_at, secret.last_used_at \
             FROM (SELECT * FROM clients WHERE tenant = ? AND ",
            $condition,
            " ORDER BY id LIMIT ?) AS client \
             LEFT JOIN client_secrets AS secret ON secret.tenant = client.tenant AND secret.client_id = client.id \
             ORDER BY client.id, secret.position"
        )
    };
}

/// Reads a slice of all clients.
pub(super) struct ListClients {
    pub(super) tenant: i32,
    pub(super) after: String,
    pub(super) most: i64,
}
statement!(
    ListClients => (clients::SqlType, Nullable<client_secrets::SqlType>),
    slice_of_clients!("id > ?"),
    self: [
        Integer = &self.tenant,
        Text = &self.after,
        BigInt = &self.most,
    ]
);

/// Reads a slice of the clients of an owner.
pub(super) struct ListOwnClients {
    pub(super) tenant: i32,
    pub(super) owner: String,
    pub(super) after: String,
    pub(super) most: i64,
}
statement!(
    ListOwnClients => (clients::SqlType, Nullable<client_secrets::SqlType>),
    slice_of_clients!("owner = ? AND id > ?"),
    self: [
        Integer = &self.tenant,
        Text = &self.owner,
        Text = &self.after,
        BigInt = &self.most,
    ]
);

/// Removes the secrets of a client that are not in `stay`. Locks all of them in name order, as every statement does.
pub(super) struct RemoveSecrets {
    tenant: i32,
    client: String,
    stay: Vec<String>,
}
statement!(
    RemoveSecrets,
    "WITH stored AS MATERIALIZED (SELECT tenant, client_id, name FROM client_secrets \
     WHERE tenant = ? AND client_id = ? ORDER BY name FOR UPDATE) \
     DELETE FROM client_secrets AS secret USING stored WHERE secret.tenant = stored.tenant \
     AND secret.client_id = stored.client_id AND secret.name = stored.name AND stored.name <> ALL (?::text[])",
    self: [
        Integer = &self.tenant,
        Text = &self.client,
        Array<Text> = &self.stay,
    ]
);

impl RemoveSecrets {
    /// Removes all secrets of a client.
    pub(super) fn all(tenant: i32, client: &str) -> Self {
        Self {
            tenant,
            client: client.into(),
            stay: Vec::new(),
        }
    }

    /// Removes all secrets of a client except those in `rows`.
    pub(super) fn except(rows: &ClientRows) -> Self {
        let names = rows.secrets.iter().map(|secret| secret.name.clone());
        Self {
            stay: names.collect(),
            ..Self::all(rows.client.tenant, &rows.client.id)
        }
    }
}

/// Inserts or updates secrets. An unchanged secret keeps its last use.
pub(super) struct PutSecrets {
    tenant: i32,
    client: String,
    names: Vec<String>,
    positions: Vec<i64>,
    digests: Vec<Vec<u8>>,
    created_ats: Vec<i64>,
    expires_ats: Vec<Option<i64>>,
    last_used_ats: Vec<Option<i64>>,
}
statement!(
    PutSecrets,
    "INSERT INTO client_secrets AS stored \
     (tenant, client_id, name, position, digest, created_at, expires_at, last_used_at) \
     SELECT ?, ?, * FROM unnest(?::text[], ?::bigint[], ?::bytea[], ?::bigint[], ?::bigint[], ?::bigint[]) \
     ON CONFLICT (tenant, client_id, name) DO UPDATE SET position = excluded.position, \
     digest = excluded.digest, created_at = excluded.created_at, expires_at = excluded.expires_at, \
     last_used_at = CASE WHEN stored.digest = excluded.digest THEN stored.last_used_at \
     ELSE excluded.last_used_at END",
    self: [
        Integer = &self.tenant,
        Text = &self.client,
        Array<Text> = &self.names,
        Array<BigInt> = &self.positions,
        Array<Binary> = &self.digests,
        Array<BigInt> = &self.created_ats,
        Array<Nullable<BigInt>> = &self.expires_ats,
        Array<Nullable<BigInt>> = &self.last_used_ats,
    ]
);

impl PutSecrets {
    pub(super) fn new(rows: &ClientRows) -> Self {
        let ClientRow { tenant, id, .. } = &rows.client;
        let secrets = rows.secrets.iter();
        Self {
            tenant: *tenant,
            client: id.clone(),
            names: secrets.clone().map(|secret| secret.name.clone()).collect(),
            positions: secrets.clone().map(|secret| secret.position).collect(),
            digests: secrets
                .clone()
                .map(|secret| secret.digest.clone())
                .collect(),
            created_ats: secrets.clone().map(|secret| secret.created_at).collect(),
            expires_ats: secrets.clone().map(|secret| secret.expires_at).collect(),
            last_used_ats: secrets.map(|secret| secret.last_used_at).collect(),
        }
    }
}

/// Deletes the grants of a client, without an index. Locks them in ID order, as every statement does.
pub(super) struct DeleteGrants {
    pub(super) tenant: i32,
    pub(super) client: String,
}
statement!(
    DeleteGrants,
    "DELETE FROM grants USING (SELECT id, tenant FROM grants WHERE tenant = ? AND client_id = ? \
     ORDER BY id FOR UPDATE) AS its WHERE grants.id = its.id AND grants.tenant = its.tenant",
    self: [Integer = &self.tenant, Text = &self.client]
);

/// Records uses of secrets. Updates each secret once, even if it was used several times. Locks rows in key order, as
/// every statement does.
pub(super) struct RecordUses {
    tenant: i32,
    client_ids: Vec<String>,
    names: Vec<String>,
    ats: Vec<i64>,
}
statement!(
    RecordUses,
    "UPDATE client_secrets SET last_used_at = used.at FROM (SELECT client_id, name, max(at) AS at \
     FROM unnest(?::text[], ?::text[], ?::bigint[]) AS used (client_id, name, at) \
     GROUP BY client_id, name ORDER BY client_id COLLATE \"C\", name COLLATE \"C\") AS used \
     WHERE client_secrets.tenant = ? AND client_secrets.client_id = used.client_id \
     AND client_secrets.name = used.name \
     AND (client_secrets.last_used_at IS NULL OR client_secrets.last_used_at < used.at)",
    self: [
        Array<Text> = &self.client_ids,
        Array<Text> = &self.names,
        Array<BigInt> = &self.ats,
        Integer = &self.tenant,
    ]
);

impl RecordUses {
    pub(super) fn new(of: TenantId, uses: &[SecretUse]) -> Result<Self, Failure> {
        let mut all = Self {
            tenant: tenant(of),
            client_ids: Vec::with_capacity(uses.len()),
            names: Vec::with_capacity(uses.len()),
            ats: Vec::with_capacity(uses.len()),
        };
        for used in uses {
            all.client_ids.push(used.client.as_str().into());
            all.names.push(text(&used.secret_name));
            all.ats.push(time(used.at)?);
        }
        Ok(all)
    }
}
