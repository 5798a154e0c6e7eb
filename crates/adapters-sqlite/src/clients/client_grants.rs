//! Grants to a client.

use crate::feed::events::record;
use crate::store::SqliteStore;
use countersign_adapters_sql::columns::{self, Failure};
use countersign_adapters_sql::feed::events::EventRows;
use countersign_adapters_sql::grants::GrantRow;
use countersign_adapters_sql::id::Id;
use countersign_adapters_sql::schema::{consents, grants};
use countersign_adapters_sql::slices::{fetch, slice};
use countersign_domain::client::ClientId;
use countersign_domain::grant::Grant;
use countersign_domain::identifier::GrantId;
use countersign_domain::tenant::TenantId;
use countersign_ports::{After, ClientGrants, EventRecord, Slice, StoreError};
use diesel::prelude::*;

fn revoke(
    connection: &mut SqliteConnection,
    tenant: i32,
    client: &ClientId,
    event: &EventRows,
) -> Result<u64, Failure> {
    let its_grants = grants::table
        .filter(grants::tenant.eq(tenant))
        .filter(grants::client_id.eq(client.as_str()))
        .filter(grants::revoked_at.is_null());
    let mark = grants::revoked_at.eq(event.at());
    let revoked = diesel::update(its_grants).set(mark).execute(connection)?;
    let its_consents = consents::table
        .filter(consents::tenant.eq(tenant))
        .filter(consents::client_id.eq(client.as_str()));
    let withdrawn = diesel::delete(its_consents).execute(connection)?;
    if revoked + withdrawn > 0 {
        record(connection, event)?;
    }
    Ok(revoked as u64)
}

impl ClientGrants for SqliteStore {
    async fn list_client_grants(
        &self,
        of: TenantId,
        client: &ClientId,
        after: After<GrantId>,
    ) -> Result<Slice<Grant>, StoreError> {
        let client = client.clone();
        let work = move |connection: &mut SqliteConnection| {
            let mut query = grants::table
                .filter(grants::tenant.eq(columns::tenant(of)))
                .filter(grants::client_id.eq(client.as_str()))
                .order(grants::id)
                .limit(fetch(after.limit))
                .into_boxed();
            if let Some(last) = after.key {
                query = query.filter(grants::id.gt(Id::from(last)));
            }
            let rows: Vec<GrantRow> = query.load(connection)?;
            Ok(slice(rows, after.limit, Grant::try_from)?)
        };
        self.0.readers.list(work).await
    }

    async fn revoke_client_grants(
        &self,
        of: TenantId,
        client: &ClientId,
        event: &EventRecord,
    ) -> Result<u64, StoreError> {
        let event = EventRows::new(of, event).map_err(StoreError::new)?;
        let client = client.clone();
        let work =
            move |connection: &mut _| revoke(connection, columns::tenant(of), &client, &event);
        self.0.writer.write(work).await
    }
}
