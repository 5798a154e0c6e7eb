//! Reading and writing the whole content of a store.

use crate::feed::events::list_stored;
use crate::people::users;
use crate::store::SqliteStore;
use crate::{clients, definitions, ephemera as values};
use countersign_adapters_sql::clients::ClientRows;
use countersign_adapters_sql::columns::{
    Failure, from_bytes, from_integer, from_tenant, race, tenant, text,
};
use countersign_adapters_sql::definitions::DefinitionRow;
use countersign_adapters_sql::ephemera::{EphemeralRow, key as key_columns};
use countersign_adapters_sql::feed::events::EventRow;
use countersign_adapters_sql::feed::proof::BatchRow;
use countersign_adapters_sql::grants::GrantRow;
use countersign_adapters_sql::id::Id;
use countersign_adapters_sql::people::memberships::MembershipRow;
use countersign_adapters_sql::people::users::UserRows;
use countersign_adapters_sql::schema::{
    credentials, ephemera, event_batches, events, grants, recovery_codes, signing_keys,
};
use countersign_adapters_sql::slices::{fetch, slice};
use countersign_domain::audit::event::EventId;
use countersign_domain::client::Client;
use countersign_domain::grant::Grant;
use countersign_domain::identifier::{GrantId, UserId};
use countersign_domain::secret::SecretDigest;
use countersign_domain::tenant::TenantId;
use countersign_domain::user::User;
use countersign_ports::{
    After, Definition, Ephemeral, EphemeralKey, Race, SealedBatch, SealedPlace, Slice, StoreError,
    StoredEvent, Transfer,
};
use diesel::prelude::*;
use diesel::sql_query;
use diesel::sql_types::Integer;

const TENANTS: &str = "SELECT tenant FROM grants UNION SELECT tenant FROM clients \
    UNION SELECT tenant FROM definitions UNION SELECT tenant FROM users \
    UNION SELECT tenant FROM sessions UNION SELECT tenant FROM consents UNION SELECT tenant FROM identities UNION SELECT tenant FROM passkeys \
    UNION SELECT tenant FROM recovery_codes UNION SELECT tenant FROM devices UNION SELECT tenant FROM ephemera \
    UNION SELECT tenant FROM signing_keys UNION SELECT tenant FROM events ORDER BY tenant";

#[derive(QueryableByName)]
struct TenantRow {
    #[diesel(sql_type = Integer)]
    tenant: i32,
}

fn tenants(connection: &mut SqliteConnection) -> Result<Vec<TenantId>, Failure> {
    let rows: Vec<TenantRow> = sql_query(TENANTS).load(connection)?;
    let tenants = rows.iter().map(|row| from_tenant("tenant", row.tenant));
    Ok(tenants.collect::<Result<_, _>>()?)
}

fn all_grants(
    connection: &mut SqliteConnection,
    tenant: i32,
    after: After<GrantId>,
) -> Result<Slice<Grant>, Failure> {
    let mut query = grants::table
        .filter(grants::tenant.eq(tenant))
        .order(grants::id)
        .limit(fetch(after.limit))
        .into_boxed();
    if let Some(last) = after.key {
        query = query.filter(grants::id.gt(Id::from(last)));
    }
    let rows: Vec<GrantRow> = query.load(connection)?;
    Ok(slice(rows, after.limit, Grant::try_from)?)
}

/// Lists values in the order of [`EphemeralKey`]: expiry, kind, identifier.
fn all_ephemera(
    connection: &mut SqliteConnection,
    of: TenantId,
    after: After<EphemeralKey>,
) -> Result<Slice<(EphemeralKey, Ephemeral)>, Failure> {
    let mut query = ephemera::table
        .filter(ephemera::tenant.eq(tenant(of)))
        .order((ephemera::expires_at, ephemera::kind, ephemera::id))
        .limit(fetch(after.limit))
        .into_boxed();
    if let Some(last) = after.key {
        let (expires_at, id, _, kind) = key_columns(of, &last)?;
        let later_of_kind = ephemera::kind.eq(kind).and(ephemera::id.gt(id));
        let later_of_second = ephemera::expires_at
            .eq(expires_at)
            .and(ephemera::kind.gt(kind).or(later_of_kind));
        query = query
            .filter(ephemera::expires_at.ge(expires_at))
            .filter(ephemera::expires_at.gt(expires_at).or(later_of_second));
    }
    let rows: Vec<EphemeralRow> = query.load(connection)?;
    Ok(slice(rows, after.limit, EphemeralRow::into_entry)?)
}

impl Transfer for SqliteStore {
    async fn list_tenants(&self) -> Result<Vec<TenantId>, StoreError> {
        self.0.readers.list(tenants).await
    }

    async fn list_all_grants(
        &self,
        of: TenantId,
        after: After<GrantId>,
    ) -> Result<Slice<Grant>, StoreError> {
        let read = move |connection: &mut _| all_grants(connection, tenant(of), after);
        self.0.readers.list(read).await
    }

    async fn list_ephemera(
        &self,
        tenant: TenantId,
        after: After<EphemeralKey>,
    ) -> Result<Slice<(EphemeralKey, Ephemeral)>, StoreError> {
        let read = move |connection: &mut _| all_ephemera(connection, tenant, after);
        self.0.readers.list(read).await
    }

    async fn insert_ephemeral(
        &self,
        tenant: TenantId,
        key: &EphemeralKey,
        value: &Ephemeral,
    ) -> Result<Race, StoreError> {
        let row = EphemeralRow::new(tenant, key, value).map_err(StoreError::new)?;
        let work = move |connection: &mut _| values::insert(connection, &row);
        self.0.writer.write(work).await
    }

    async fn last_time_step(&self, of: TenantId, user: UserId) -> Result<Option<u64>, StoreError> {
        self.0.readers.point(|connection| {
            let step: Option<Option<i64>> = credentials::table
                .find((Id::from(user), tenant(of)))
                .select(credentials::last_time_step)
                .get_result(connection)
                .optional()?;
            let step = step.flatten();
            Ok(step
                .map(|step| from_integer("credentials.last_time_step", step))
                .transpose()?)
        })
    }

    async fn recovery_codes(
        &self,
        of: TenantId,
        user: UserId,
    ) -> Result<Vec<SecretDigest>, StoreError> {
        self.0.readers.point(|connection| {
            let digests: Vec<Vec<u8>> = recovery_codes::table
                .filter(recovery_codes::user_id.eq(Id::from(user)))
                .filter(recovery_codes::tenant.eq(tenant(of)))
                .select(recovery_codes::digest)
                .order(recovery_codes::digest)
                .load(connection)?;
            let digests = digests
                .iter()
                .map(|digest| from_bytes("recovery_codes.digest", digest));
            Ok(digests
                .map(|digest| digest.map(SecretDigest::from_bytes))
                .collect::<Result<_, _>>()?)
        })
    }

    async fn insert_client_as_is(
        &self,
        tenant: TenantId,
        client: &Client,
    ) -> Result<Race, StoreError> {
        let rows = ClientRows::new(tenant, client, client.version).map_err(StoreError::new)?;
        let work = move |connection: &mut _| clients::insert_as_is(connection, &rows, None);
        self.0.writer.write(work).await
    }

    async fn insert_definition_as_is(
        &self,
        tenant: TenantId,
        definition: &Definition,
    ) -> Result<Race, StoreError> {
        let row = DefinitionRow::new(tenant, definition, definition.version());
        let row = row.map_err(StoreError::new)?;
        let work = move |connection: &mut _| definitions::insert_as_is(connection, &row, None);
        self.0.writer.write(work).await
    }

    async fn insert_user_as_is(&self, tenant: TenantId, user: &User) -> Result<Race, StoreError> {
        let rows = UserRows::new(tenant, user, user.version).map_err(StoreError::new)?;
        let groups = MembershipRow::of_user(tenant, user);
        let work = move |connection: &mut _| users::insert(connection, &rows, &groups);
        self.0.writer.write(work).await
    }

    async fn list_stored_events(
        &self,
        tenant: TenantId,
        after: After<EventId>,
    ) -> Result<Slice<StoredEvent>, StoreError> {
        let read = move |connection: &mut _| list_stored(connection, tenant, after);
        self.0.readers.list(read).await
    }

    async fn insert_batch(
        &self,
        tenant: TenantId,
        batch: &SealedBatch,
    ) -> Result<Race, StoreError> {
        let row = BatchRow::new(tenant, batch).map_err(StoreError::new)?;
        let work = move |connection: &mut SqliteConnection| {
            let insert = diesel::insert_into(event_batches::table)
                .values(&row)
                .on_conflict_do_nothing();
            Ok(race(insert.execute(connection)?))
        };
        self.0.writer.write(work).await
    }

    async fn reseal(
        &self,
        of: TenantId,
        place: SealedPlace<'_>,
        present: &[u8],
        new: &[u8],
    ) -> Result<Race, StoreError> {
        let values = (present.to_vec(), new.to_vec());
        match place {
            SealedPlace::SigningKey(id) => {
                let id = text(id);
                let work = move |connection: &mut SqliteConnection| {
                    let key = signing_keys::table.find((tenant(of), &id));
                    let unchanged =
                        key.filter(signing_keys::sealed_private_key.eq(values.0.as_slice()));
                    let update = diesel::update(unchanged)
                        .set(signing_keys::sealed_private_key.eq(values.1.as_slice()));
                    Ok(race(update.execute(connection)?))
                };
                self.0.writer.write(work).await
            }
            SealedPlace::Authenticator(user) => {
                let work = move |connection: &mut SqliteConnection| {
                    let key = (Id::from(user), tenant(of));
                    let own = credentials::table.find(key);
                    let unchanged =
                        own.filter(credentials::sealed_totp_secret.eq(values.0.as_slice()));
                    let update = diesel::update(unchanged)
                        .set(credentials::sealed_totp_secret.eq(values.1.as_slice()));
                    Ok(race(update.execute(connection)?))
                };
                self.0.writer.write(work).await
            }
        }
    }

    async fn insert_event(
        &self,
        tenant: TenantId,
        event: &StoredEvent,
    ) -> Result<Race, StoreError> {
        let row = EventRow::as_is(tenant, event).map_err(StoreError::new)?;
        let work = move |connection: &mut SqliteConnection| {
            let insert = diesel::insert_into(events::table)
                .values(&row)
                .on_conflict_do_nothing();
            Ok(race(insert.execute(connection)?))
        };
        self.0.writer.write(work).await
    }
}
