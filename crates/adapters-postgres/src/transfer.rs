//! Reading and writing the whole content of a store.

use crate::clients;
use crate::connection::pool::take_time;
use crate::definitions;
use crate::feed::events::EventsAfter;
use crate::grants::columns::{GrantColumns, grant_columns};
use crate::keyset::from;
use crate::people::user_credentials;
use crate::statement::statement;
use crate::store::PostgresStore;
use countersign_adapters_sql::clients::ClientRows;
use countersign_adapters_sql::columns::{
    Failure, from_bytes, from_integer, from_tenant, race, tenant, text,
};
use countersign_adapters_sql::definitions::DefinitionRow;
use countersign_adapters_sql::ephemera::{EphemeralKeyColumns, EphemeralRow, key};
use countersign_adapters_sql::feed::events::EventRow;
use countersign_adapters_sql::feed::proof::BatchRow;
use countersign_adapters_sql::grants::GrantRow;
use countersign_adapters_sql::id::{Id, Uuid};
use countersign_adapters_sql::people::memberships::MembershipRow;
use countersign_adapters_sql::people::users::UserRows;
use countersign_adapters_sql::schema::{
    credentials, ephemera, event_batches, events, recovery_codes, signing_keys,
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
use diesel::sql_types::{BigInt, Integer, SmallInt};
use diesel_async::{AsyncConnection as _, AsyncPgConnection, RunQueryDsl};

/// Lists the tenants of all tables, except those whose rows always come with rows of another: secrets, origins,
/// credentials, signing keys, and batches of events.
struct Tenants;
statement!(
    Tenants => Integer,
    "SELECT tenant FROM grants UNION SELECT tenant FROM clients UNION SELECT tenant FROM definitions \
     UNION SELECT tenant FROM users \
     UNION SELECT tenant FROM sessions UNION SELECT tenant FROM consents UNION SELECT tenant FROM identities UNION SELECT tenant FROM passkeys \
     UNION SELECT tenant FROM recovery_codes UNION SELECT tenant FROM devices UNION SELECT tenant FROM key_sets \
     UNION SELECT tenant FROM ephemera UNION SELECT tenant FROM events ORDER BY tenant",
    self: []
);

struct GrantsFrom {
    tenant: i32,
    from: Id,
    most: i64,
}
statement!(
    GrantsFrom => GrantColumns,
    concat!(
        "SELECT ", grant_columns!(), " FROM grants WHERE tenant = ? AND id >= ? ORDER BY id LIMIT ?"
    ),
    self: [
        Integer = &self.tenant,
        Uuid = &self.from,
        BigInt = &self.most,
    ]
);

/// Lists values in the order of [`EphemeralKey`], not of the primary key: kinds come before identifiers.
struct EphemeraAfter {
    key: EphemeralKeyColumns,
    most: i64,
}
statement!(
    EphemeraAfter => ephemera::SqlType,
    "SELECT expires_at, id, tenant, kind, version, total, value FROM ephemera WHERE tenant = ? \
     AND expires_at >= ? AND (expires_at, kind, id) > (?, ?, ?) ORDER BY expires_at, kind, id LIMIT ?",
    self: [
        Integer = &self.key.2,
        BigInt = &self.key.0,
        BigInt = &self.key.0,
        SmallInt = &self.key.3,
        Uuid = &self.key.1,
        BigInt = &self.most,
    ]
);

impl Transfer for PostgresStore {
    async fn list_tenants(&self) -> Result<Vec<TenantId>, StoreError> {
        let outcome = self.0.connections.run_unhurried(async |connection| {
            let work = async |connection: &mut AsyncPgConnection| {
                take_time(connection).await?;
                let tenants: Vec<i32> = Tenants.load(connection).await?;
                let tenants = tenants.into_iter().map(|id| from_tenant("tenant", id));
                Ok::<_, Failure>(tenants.collect::<Result<_, _>>()?)
            };
            connection.transaction(work).await
        });
        outcome.await.map_err(StoreError::new)
    }

    async fn list_all_grants(
        &self,
        of: TenantId,
        after: After<GrantId>,
    ) -> Result<Slice<Grant>, StoreError> {
        let Some(from) = from(after.key) else {
            return Ok(Slice::default());
        };
        let statement = GrantsFrom {
            tenant: tenant(of),
            from,
            most: fetch(after.limit),
        };
        self.run(async |connection| {
            let rows: Vec<GrantRow> = statement.load(connection).await?;
            Ok(slice(rows, after.limit, Grant::try_from)?)
        })
        .await
    }

    async fn list_ephemera(
        &self,
        of: TenantId,
        after: After<EphemeralKey>,
    ) -> Result<Slice<(EphemeralKey, Ephemeral)>, StoreError> {
        let first = Ok((-1, Id([0; 16]), tenant(of), 0));
        let key = after.key.as_ref().map_or(first, |after| key(of, after));
        let statement = EphemeraAfter {
            key: key.map_err(StoreError::new)?,
            most: fetch(after.limit),
        };
        self.run(async |connection| {
            let rows: Vec<EphemeralRow> = statement.load(connection).await?;
            Ok(slice(rows, after.limit, EphemeralRow::into_entry)?)
        })
        .await
    }

    async fn insert_ephemeral(
        &self,
        of: TenantId,
        key: &EphemeralKey,
        value: &Ephemeral,
    ) -> Result<Race, StoreError> {
        let row = EphemeralRow::new(of, key, value).map_err(StoreError::new)?;
        self.run(async |connection| {
            let insert = diesel::insert_into(ephemera::table)
                .values(row)
                .on_conflict_do_nothing();
            Ok(race(insert.execute(connection).await?))
        })
        .await
    }

    async fn last_time_step(&self, of: TenantId, user: UserId) -> Result<Option<u64>, StoreError> {
        self.run(async |connection| {
            let step: Option<Option<i64>> = credentials::table
                .find((Id::from(user), tenant(of)))
                .select(credentials::last_time_step)
                .first(connection)
                .await
                .optional()?;
            let step = step.flatten();
            let step = step.map(|step| from_integer("credentials.last_time_step", step));
            Ok::<_, Failure>(step.transpose()?)
        })
        .await
    }

    async fn recovery_codes(
        &self,
        of: TenantId,
        user: UserId,
    ) -> Result<Vec<SecretDigest>, StoreError> {
        self.run(async |connection| {
            let digests: Vec<Vec<u8>> = recovery_codes::table
                .filter(recovery_codes::user_id.eq(Id::from(user)))
                .filter(recovery_codes::tenant.eq(tenant(of)))
                .select(recovery_codes::digest)
                .order(recovery_codes::digest)
                .load(connection)
                .await?;
            let digests = digests
                .iter()
                .map(|digest| from_bytes("recovery_codes.digest", digest));
            Ok(digests
                .map(|digest| digest.map(SecretDigest::from_bytes))
                .collect::<Result<_, _>>()?)
        })
        .await
    }

    async fn insert_client_as_is(&self, of: TenantId, client: &Client) -> Result<Race, StoreError> {
        let rows = ClientRows::new(of, client, client.version).map_err(StoreError::new)?;
        self.run(async |connection| {
            let work =
                async |connection: &mut AsyncPgConnection| clients::insert(connection, rows).await;
            Ok(connection.transaction(work).await?)
        })
        .await
    }

    async fn insert_definition_as_is(
        &self,
        of: TenantId,
        definition: &Definition,
    ) -> Result<Race, StoreError> {
        let row = DefinitionRow::new(of, definition, definition.version());
        let row = row.map_err(StoreError::new)?;
        self.run(async |connection| Ok(definitions::insert(connection, &row).await?))
            .await
    }

    async fn insert_user_as_is(&self, of: TenantId, user: &User) -> Result<Race, StoreError> {
        let rows = UserRows::new(of, user, user.version).map_err(StoreError::new)?;
        let groups = MembershipRow::of_user(of, user);
        self.run(async |connection| {
            let work = async |connection: &mut AsyncPgConnection| {
                user_credentials::insert(connection, rows, &groups).await
            };
            Ok(connection.transaction(work).await?)
        })
        .await
    }

    async fn list_stored_events(
        &self,
        of: TenantId,
        after: After<EventId>,
    ) -> Result<Slice<StoredEvent>, StoreError> {
        let statement = EventsAfter::new(of, &after, true)?;
        self.run(async |connection| {
            let rows: Vec<EventRow> = statement.load(connection).await?;
            Ok(slice(rows, after.limit, StoredEvent::try_from)?)
        })
        .await
    }

    async fn insert_batch(&self, of: TenantId, batch: &SealedBatch) -> Result<Race, StoreError> {
        let row = BatchRow::new(of, batch).map_err(StoreError::new)?;
        self.run(async |connection| {
            let insert = diesel::insert_into(event_batches::table)
                .values(row)
                .on_conflict_do_nothing();
            Ok(race(insert.execute(connection).await?))
        })
        .await
    }

    async fn reseal(
        &self,
        of: TenantId,
        place: SealedPlace<'_>,
        present: &[u8],
        new: &[u8],
    ) -> Result<Race, StoreError> {
        self.run(async |connection| {
            let changed = match place {
                SealedPlace::SigningKey(id) => {
                    let column = signing_keys::sealed_private_key;
                    let key = signing_keys::table.find((tenant(of), text(id)));
                    let update = diesel::update(key.filter(column.eq(present)));
                    update.set(column.eq(new)).execute(connection).await?
                }
                SealedPlace::Authenticator(user) => {
                    let column = credentials::sealed_totp_secret;
                    let key = (Id::from(user), tenant(of));
                    let own = credentials::table.find(key);
                    let update = diesel::update(own.filter(column.eq(present)));
                    update.set(column.eq(new)).execute(connection).await?
                }
            };
            Ok(race(changed))
        })
        .await
    }

    async fn insert_event(&self, of: TenantId, event: &StoredEvent) -> Result<Race, StoreError> {
        let row = EventRow::as_is(of, event).map_err(StoreError::new)?;
        self.run(async |connection| {
            let insert = diesel::insert_into(events::table)
                .values(row)
                .on_conflict_do_nothing();
            Ok(race(insert.execute(connection).await?))
        })
        .await
    }
}
