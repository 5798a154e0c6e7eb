//! What operators remove, within a transaction of the caller.

use super::sessions::end_all;
use super::user_credentials::reset_factors;
use super::{identity_rows as linked, memberships};
use crate::definitions::replace;
use crate::grants::revoke_all;
use countersign_adapters_sql::columns::{Failure, from_integer, integer, tenant, text};
use countersign_adapters_sql::definitions::DefinitionRow;
use countersign_adapters_sql::ephemera;
use countersign_adapters_sql::id::Id;
use countersign_adapters_sql::schema::{
    consents, credentials, definitions, devices, ephemera as values, grants, identities, passkeys,
    recovery_codes, sessions, users,
};
use countersign_domain::client::ClientId;
use countersign_domain::identifier::{SessionId, Subject, UserId};
use countersign_domain::tenant::TenantId;
use countersign_ports::{DefinitionKey, DefinitionKind, Ended, Race, Removal, UserDeletion};
use diesel::prelude::*;

fn some_if(is_any: bool) -> Option<Ended> {
    is_any.then(Ended::default)
}

fn grants_if_any(grants: u64) -> Option<Ended> {
    (grants > 0).then_some(Ended {
        grants,
        ..Ended::default()
    })
}

fn sessions_if_any(sessions: Vec<SessionId>) -> Option<Ended> {
    (!sessions.is_empty()).then_some(Ended {
        sessions,
        ..Ended::default()
    })
}

/// Revokes the grants of a user, or those to one client.
fn revoke_of_user(
    connection: &mut SqliteConnection,
    (user, tenant): (UserId, i32),
    client: Option<&ClientId>,
    at: i64,
) -> Result<u64, Failure> {
    let subject = text(Subject::from(user).as_str());
    revoke_all(connection, tenant, &subject, client, at)
}

/// Removes what the removal names. Returns `None` if it does not exist.
pub(super) fn remove(
    connection: &mut SqliteConnection,
    of: TenantId,
    removal: &Removal,
    at: i64,
) -> Result<Option<Ended>, Failure> {
    let tenant = tenant(of);
    Ok(match removal {
        Removal::Passkey(user, id) => {
            let its = passkeys::table
                .find((tenant, id))
                .filter(passkeys::user_id.eq(Id::from(*user)));
            some_if(diesel::delete(its).execute(connection)? > 0)
        }
        Removal::RecoveryCodes(user) => {
            let theirs = recovery_codes::table
                .filter(recovery_codes::user_id.eq(Id::from(*user)))
                .filter(recovery_codes::tenant.eq(tenant));
            some_if(diesel::delete(theirs).execute(connection)? > 0)
        }
        Removal::Device(user, id) => {
            let its = devices::table
                .find((Id::from(*id), tenant))
                .filter(devices::user_id.eq(Id::from(*user)));
            some_if(diesel::delete(its).execute(connection)? > 0)
        }
        Removal::Identity(user, id) => {
            let its = identities::table
                .find((tenant, Id::from(*id)))
                .filter(identities::user_id.eq(Id::from(*user)));
            some_if(diesel::delete(its).execute(connection)? > 0)
        }
        Removal::Consent(user, client) => {
            let its = consents::table.find((Id::from(*user), tenant, client.as_str()));
            let withdrawn = diesel::delete(its).execute(connection)?;
            let grants = revoke_of_user(connection, (*user, tenant), Some(client), at)?;
            grants_if_any(grants).or_else(|| some_if(withdrawn > 0))
        }
        Removal::Session(id) => {
            let unended = sessions::table
                .find((Id::from(*id), tenant))
                .filter(sessions::ended_at.is_null());
            let update = diesel::update(unended).set(sessions::ended_at.eq(at));
            sessions_if_any(vec![*id; update.execute(connection)?])
        }
        Removal::Sessions(user) => {
            sessions_if_any(end_all(connection, (Id::from(*user), tenant), None, at)?)
        }
        Removal::Grant(id) => {
            let unrevoked = grants::table
                .find((Id::from(*id), tenant))
                .filter(grants::revoked_at.is_null());
            let update = diesel::update(unrevoked).set(grants::revoked_at.eq(at));
            grants_if_any(update.execute(connection)? as u64)
        }
        Removal::Grants(user) => {
            grants_if_any(revoke_of_user(connection, (*user, tenant), None, at)?)
        }
        Removal::Attempts(keys) => {
            let mut removed = 0;
            for key in keys {
                let its = values::table.find(ephemera::key(of, key)?);
                removed += diesel::delete(its).execute(connection)?;
            }
            some_if(removed > 0)
        }
    })
}

/// Returns the version of the holders of admin roles; 0 if none are stored.
fn holders_version(connection: &mut SqliteConnection, tenant: i32) -> Result<u64, Failure> {
    let kind = DefinitionKind::Administrators.number();
    let stored: Option<i64> = definitions::table
        .find((tenant, kind, DefinitionKey::ADMINISTRATORS))
        .select(definitions::version)
        .get_result(connection)
        .optional()?;
    Ok(from_integer("definitions.version", stored.unwrap_or(0))?)
}

/// Deletes a user and replaces the holders of admin roles by `left`. Returns `None` if a version is not the stored one.
pub(super) fn delete(
    connection: &mut SqliteConnection,
    of: TenantId,
    deletion: &UserDeletion,
    left: Option<&DefinitionRow>,
    at: i64,
) -> Result<Option<Ended>, Failure> {
    let tenant = tenant(of);
    let key = (Id::from(deletion.user), tenant);
    if holders_version(connection, tenant)? != deletion.holders_version {
        return Ok(None);
    }
    let of_version = users::table
        .find(key)
        .filter(users::version.eq(integer(deletion.version)?));
    if diesel::delete(of_version).execute(connection)? == 0 {
        return Ok(None);
    }
    if let Some(left) = left
        && replace(connection, left, at)? == Race::Lost
    {
        return Err("the holders of admin roles changed within a transaction".into());
    }
    memberships::remove(connection, key)?;
    linked::remove_all(connection, key)?;
    // Removes recovery codes, devices and passkeys.
    let _ = reset_factors(connection, key, None)?;
    diesel::delete(credentials::table.find(key)).execute(connection)?;
    let sessions = end_all(connection, key, None, at)?;
    let theirs = sessions::table
        .filter(sessions::user_id.eq(key.0))
        .filter(sessions::tenant.eq(tenant));
    diesel::delete(theirs).execute(connection)?;
    let theirs = consents::table
        .filter(consents::user_id.eq(key.0))
        .filter(consents::tenant.eq(tenant));
    diesel::delete(theirs).execute(connection)?;
    let grants = revoke_of_user(connection, (deletion.user, tenant), None, at)?;
    Ok(Some(Ended { sessions, grants }))
}
