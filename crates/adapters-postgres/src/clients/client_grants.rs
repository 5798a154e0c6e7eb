//! Grants to a client.

use crate::connection::pool::take_time;
use crate::feed::events;
use crate::grants::columns::{GrantColumns, grant_columns};
use crate::statement::statement;
use crate::store::PostgresStore;
use countersign_adapters_sql::columns::{race, tenant, time};
use countersign_adapters_sql::id::{Id, Uuid};
use countersign_adapters_sql::schema::consents;
use countersign_adapters_sql::slices::fetch;
use countersign_domain::client::ClientId;
use countersign_domain::grant::Grant;
use countersign_domain::identifier::GrantId;
use countersign_domain::tenant::TenantId;
use countersign_ports::{After, ClientGrants, EventRecord, Slice, StoreError};
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Integer, Text};
use diesel_async::{AsyncConnection as _, AsyncPgConnection, RunQueryDsl};

/// Lists the grants to a client, without an index.
struct ListOfClient {
    tenant: i32,
    client: String,
    from: Id,
    most: i64,
}
statement!(
    ListOfClient => GrantColumns,
    concat!(
        "SELECT ", grant_columns!(),
        " FROM grants WHERE tenant = ? AND client_id = ? AND id >= ? ORDER BY id LIMIT ?"
    ),
    self: [
        Integer = &self.tenant,
        Text = &self.client,
        Uuid = &self.from,
        BigInt = &self.most,
    ]
);

/// Revokes the grants to a client, without an index. Locks them in ID order, as every statement does.
struct RevokeOfClient {
    tenant: i32,
    client: String,
    at: i64,
}
statement!(
    RevokeOfClient,
    "UPDATE grants SET revoked_at = ? FROM (SELECT id, tenant FROM grants WHERE tenant = ? AND client_id = ? \
     AND revoked_at IS NULL ORDER BY id FOR UPDATE) AS its \
     WHERE grants.id = its.id AND grants.tenant = its.tenant",
    self: [
        BigInt = &self.at,
        Integer = &self.tenant,
        Text = &self.client,
    ]
);

impl ClientGrants for PostgresStore {
    async fn list_client_grants(
        &self,
        of: TenantId,
        client: &ClientId,
        after: After<GrantId>,
    ) -> Result<Slice<Grant>, StoreError> {
        let statement = |from| ListOfClient {
            tenant: tenant(of),
            client: client.to_string(),
            from,
            most: fetch(after.limit),
        };
        self.list_unhurried(after, statement).await
    }

    async fn revoke_client_grants(
        &self,
        of: TenantId,
        client: &ClientId,
        event: &EventRecord,
    ) -> Result<u64, StoreError> {
        let statement = RevokeOfClient {
            tenant: tenant(of),
            client: client.to_string(),
            at: time(event.event.at).map_err(StoreError::new)?,
        };
        let outcome = self.0.connections.run_unhurried(async |connection| {
            let work = async |connection: &mut AsyncPgConnection| {
                take_time(connection).await?;
                let revoked = statement.execute(connection).await?;
                let consents = consents::table
                    .filter(consents::tenant.eq(tenant(of)))
                    .filter(consents::client_id.eq(client.as_str()));
                let withdrawn = diesel::delete(consents).execute(connection).await?;
                let changed = race(revoked + withdrawn);
                let _ = events::record(connection, of, Some(event), changed).await?;
                Ok(u64::try_from(revoked)?)
            };
            connection.transaction(work).await
        });
        outcome.await.map_err(StoreError::new)
    }
}
