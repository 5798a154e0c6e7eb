//! Grants: the statements on the hot path, each for many requests at once.

pub(crate) mod columns;
pub(crate) mod find_with_user;
mod lists;
pub(crate) mod redeem;
pub(crate) mod requests;
pub(crate) mod statements;
#[cfg(test)]
mod tests;

use crate::connection::pool::take_time;
use crate::store::PostgresStore;
use countersign_adapters_sql::columns::{tenant, text, time};
use countersign_adapters_sql::grants::{GrantRow, with_user};
use countersign_adapters_sql::slices::fetch;
use countersign_domain::client::ClientId;
use countersign_domain::grant::Grant;
use countersign_domain::grant::rotation::Rotation;
use countersign_domain::identifier::{GrantId, SessionId, Subject};
use countersign_domain::tenant::TenantId;
use countersign_domain::time::Timestamp;
use countersign_domain::user::User;
use countersign_ports::{After, GrantRepository, Race, Redeemed, Slice, StoreError};
use diesel_async::{AsyncConnection as _, AsyncPgConnection, RunQueryDsl as _};
use find_with_user::FindWithUser;
use redeem::Redeem;
use requests::{Establish, Find, Revoke, Rotate, key};
use statements::{ListOfSession, RevokeOfSubject};

impl GrantRepository for PostgresStore {
    async fn establish(&self, of: TenantId, grant: &Grant) -> Result<Race, StoreError> {
        let row = GrantRow::new(of, grant).map_err(StoreError::new)?;
        self.0.establish.ask(Establish(row)).await
    }

    async fn redeem(&self, of: TenantId, grant: &Grant) -> Result<Redeemed, StoreError> {
        let row = GrantRow::new(of, grant).map_err(StoreError::new)?;
        self.0.redeem.ask(Redeem::new(row)).await?
    }

    async fn find_grant_with_user(
        &self,
        of: TenantId,
        id: GrantId,
    ) -> Result<Option<(Grant, Option<User>)>, StoreError> {
        let request = FindWithUser(key(of, id));
        let found = self.0.find_with_user.ask(request).await?;
        found
            .map(|(grant, user)| with_user(grant, user))
            .transpose()
            .map_err(StoreError::new)
    }

    async fn find_grant(&self, of: TenantId, id: GrantId) -> Result<Option<Grant>, StoreError> {
        let row = self.0.find.ask(Find(key(of, id))).await?;
        row.map(Grant::try_from)
            .transpose()
            .map_err(StoreError::new)
    }

    async fn rotate(&self, of: TenantId, rotation: &Rotation) -> Result<Race, StoreError> {
        let request = Rotate {
            key: key(of, rotation.grant),
            presented: rotation.presented.into(),
            successor: rotation.successor().into(),
            now: time(rotation.now).map_err(StoreError::new)?,
            expires_at: time(rotation.expires_at).map_err(StoreError::new)?,
        };
        self.0.rotate.ask(request).await
    }

    async fn revoke(&self, of: TenantId, id: GrantId, at: Timestamp) -> Result<Race, StoreError> {
        let request = Revoke {
            key: key(of, id),
            at: time(at).map_err(StoreError::new)?,
        };
        self.0.revoke.ask(request).await
    }

    async fn list_grants(
        &self,
        of: TenantId,
        session: SessionId,
        after: After<GrantId>,
    ) -> Result<Slice<Grant>, StoreError> {
        let statement = |from| ListOfSession {
            session: session.into(),
            tenant: tenant(of),
            from,
            most: fetch(after.limit),
        };
        self.list_unhurried(after, statement).await
    }

    async fn revoke_all(
        &self,
        of: TenantId,
        subject: &Subject,
        client: Option<&ClientId>,
        at: Timestamp,
    ) -> Result<u64, StoreError> {
        let statement = RevokeOfSubject {
            subject: text(subject.as_str()),
            tenant: tenant(of),
            client: client.map(ToString::to_string),
            at: time(at).map_err(StoreError::new)?,
        };
        let outcome = self.0.connections.run_unhurried(async |connection| {
            let work = async |connection: &mut AsyncPgConnection| {
                take_time(connection).await?;
                Ok(u64::try_from(statement.execute(connection).await?)?)
            };
            connection.transaction(work).await
        });
        outcome.await.map_err(StoreError::new)
    }
}
