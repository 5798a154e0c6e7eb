//! What operators remove, within a transaction of the caller.

use super::sessions::end_all;
use super::user_credentials::reset_factors;
use super::{identity_rows as linked, memberships};
use crate::connection::pool::take_time;
use crate::definitions::replace;
use crate::grants::statements::RevokeOfSubject;
use crate::statement::statement;
use countersign_adapters_sql::columns::{Failure, from_integer, integer, tenant, text, time};
use countersign_adapters_sql::definitions::DefinitionRow;
use countersign_adapters_sql::ephemera;
use countersign_adapters_sql::id::{Id, Uuid};
use countersign_adapters_sql::schema::{
    consents, credentials, devices, ephemera as values, grants, identities, passkeys,
    recovery_codes, sessions, users,
};
use countersign_domain::client::ClientId;
use countersign_domain::identifier::{SessionId, Subject, UserId};
use countersign_domain::tenant::TenantId;
use countersign_domain::time::Timestamp;
use countersign_ports::{
    Definition, DefinitionKey, DefinitionKind, Ended, Race, Removal, UserDeletion,
};
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Integer, Nullable, SmallInt, Text};
use diesel_async::{AsyncPgConnection, RunQueryDsl, SimpleAsyncConnection as _};

/// Deletes the sessions of a user, and returns when each was ended. Locks rows in ID order, as every statement does.
struct DeleteSessions {
    user: Id,
    tenant: i32,
}
statement!(
    DeleteSessions => (Uuid, Nullable<BigInt>),
    "DELETE FROM sessions USING (SELECT id, tenant FROM sessions WHERE user_id = ? AND tenant = ? \
     ORDER BY id FOR UPDATE) AS theirs WHERE sessions.id = theirs.id AND sessions.tenant = theirs.tenant \
     RETURNING sessions.id, sessions.ended_at",
    self: [Uuid = &self.user, Integer = &self.tenant]
);

/// Reads the version of a definition, which then cannot change before the end of the transaction. Not `FOR SHARE`: two
/// transactions that then update the row would block each other.
struct KeepVersion {
    tenant: i32,
    kind: i16,
    id: &'static str,
}
statement!(
    KeepVersion => BigInt,
    "SELECT version FROM definitions WHERE tenant = ? AND kind = ? AND id = ? FOR UPDATE",
    self: [Integer = &self.tenant, SmallInt = &self.kind, Text = &self.id]
);

fn some_if(is_any: bool) -> Option<Ended> {
    is_any.then(Ended::default)
}

fn grants_if_any(grants: usize) -> Option<Ended> {
    (grants > 0).then_some(Ended {
        grants: grants as u64,
        ..Ended::default()
    })
}

fn sessions_if_any(sessions: Vec<SessionId>) -> Option<Ended> {
    (!sessions.is_empty()).then_some(Ended {
        sessions,
        ..Ended::default()
    })
}

/// Revokes the grants of a user, or those to one client. A large table has no index for this until an upgrade has built
/// it, so the rest of the transaction has no timeout.
async fn revoke_of_user(
    connection: &mut AsyncPgConnection,
    (of, user): (TenantId, UserId),
    client: Option<&ClientId>,
    at: i64,
) -> QueryResult<usize> {
    take_time(connection).await?;
    let statement = RevokeOfSubject {
        subject: text(Subject::from(user).as_str()),
        tenant: tenant(of),
        client: client.map(ToString::to_string),
        at,
    };
    statement.execute(connection).await
}

/// Removes what the removal names. Returns `None` if it does not exist.
pub(super) async fn remove(
    connection: &mut AsyncPgConnection,
    of: TenantId,
    removal: &Removal,
    at: Timestamp,
) -> Result<Option<Ended>, Failure> {
    let (tenant, at) = (tenant(of), time(at)?);
    Ok(match removal {
        Removal::Passkey(user, id) => {
            let its = passkeys::table
                .find((tenant, id))
                .filter(passkeys::user_id.eq(Id::from(*user)));
            some_if(diesel::delete(its).execute(connection).await? > 0)
        }
        Removal::RecoveryCodes(user) => {
            let theirs = recovery_codes::table
                .filter(recovery_codes::user_id.eq(Id::from(*user)))
                .filter(recovery_codes::tenant.eq(tenant));
            some_if(diesel::delete(theirs).execute(connection).await? > 0)
        }
        Removal::Device(user, id) => {
            let its = devices::table
                .find((Id::from(*id), tenant))
                .filter(devices::user_id.eq(Id::from(*user)));
            some_if(diesel::delete(its).execute(connection).await? > 0)
        }
        Removal::Identity(user, id) => {
            let its = identities::table
                .find((tenant, Id::from(*id)))
                .filter(identities::user_id.eq(Id::from(*user)));
            some_if(diesel::delete(its).execute(connection).await? > 0)
        }
        Removal::Consent(user, client) => {
            let its = consents::table.find((Id::from(*user), tenant, client.as_str()));
            let withdrawn = diesel::delete(its).execute(connection).await?;
            let grants = revoke_of_user(connection, (of, *user), Some(client), at).await?;
            grants_if_any(grants).or_else(|| some_if(withdrawn > 0))
        }
        Removal::Session(id) => {
            let unended = sessions::table
                .find((Id::from(*id), tenant))
                .filter(sessions::ended_at.is_null());
            let update = diesel::update(unended).set(sessions::ended_at.eq(at));
            sessions_if_any(vec![*id; update.execute(connection).await?])
        }
        Removal::Sessions(user) => {
            sessions_if_any(end_all(connection, (of, *user), None, at).await?)
        }
        Removal::Grant(id) => {
            let unrevoked = grants::table
                .find((Id::from(*id), tenant))
                .filter(grants::revoked_at.is_null());
            let update = diesel::update(unrevoked).set(grants::revoked_at.eq(at));
            grants_if_any(update.execute(connection).await?)
        }
        Removal::Grants(user) => {
            grants_if_any(revoke_of_user(connection, (of, *user), None, at).await?)
        }
        Removal::Attempts(keys) => {
            // In key order, as every statement locks them.
            let mut keys = keys.clone();
            keys.sort_unstable();
            let mut removed = 0;
            for key in &keys {
                let its = values::table.find(ephemera::key(of, key)?);
                removed += diesel::delete(its).execute(connection).await?;
            }
            some_if(removed > 0)
        }
    })
}

/// Returns whether the holders of admin roles have this version, 0 if none are stored. They then cannot change before
/// the end of the transaction.
async fn keep_holders(
    connection: &mut AsyncPgConnection,
    tenant: i32,
    version: u64,
) -> Result<bool, Failure> {
    if version == 0 {
        // There is no row to lock.
        let lock = "LOCK TABLE definitions IN SHARE MODE";
        connection.batch_execute(lock).await?;
    }
    let statement = KeepVersion {
        tenant,
        kind: DefinitionKind::Administrators.number(),
        id: DefinitionKey::ADMINISTRATORS,
    };
    let stored: Option<i64> = statement.get_result(connection).await.optional()?;
    let stored: u64 = from_integer("definitions.version", stored.unwrap_or(0))?;
    Ok(stored == version)
}

/// Deletes a user. Returns `None` if a version is not the stored one.
pub(super) async fn delete(
    connection: &mut AsyncPgConnection,
    of: TenantId,
    deletion: &UserDeletion,
    at: Timestamp,
) -> Result<Option<Ended>, Failure> {
    let (tenant, version) = (tenant(of), deletion.holders_version);
    let key = (Id::from(deletion.user), tenant);
    if !keep_holders(connection, tenant, version).await? {
        return Ok(None);
    }
    let of_version = users::table
        .find(key)
        .filter(users::version.eq(integer(deletion.version)?));
    if diesel::delete(of_version).execute(connection).await? == 0 {
        return Ok(None);
    }
    if let Some(left) = &deletion.holders {
        let left = Definition::Administrators(left.clone());
        let left = DefinitionRow::new(of, &left, version + 1)?;
        if replace(connection, &left, at).await? == Race::Lost {
            return Err("the holders of admin roles changed within a transaction".into());
        }
    }
    let at = time(at)?;
    memberships::remove(connection, key).await?;
    linked::remove_all(connection, (of, deletion.user)).await?;
    // Removes recovery codes, devices and passkeys.
    let _ = reset_factors(connection, (of, deletion.user), None).await?;
    let own = credentials::table.find(key);
    diesel::delete(own).execute(connection).await?;
    let (user, tenant) = key;
    let statement = DeleteSessions { user, tenant };
    let deleted: Vec<(Id, Option<i64>)> = statement.load(connection).await?;
    let live = deleted
        .into_iter()
        .filter(|(_, ended_at)| ended_at.is_none());
    let sessions = live.map(|(id, _)| id.into()).collect();
    let theirs = consents::table
        .filter(consents::user_id.eq(user))
        .filter(consents::tenant.eq(tenant));
    diesel::delete(theirs).execute(connection).await?;
    let grants = revoke_of_user(connection, (of, deletion.user), None, at).await? as u64;
    Ok(Some(Ended { sessions, grants }))
}
