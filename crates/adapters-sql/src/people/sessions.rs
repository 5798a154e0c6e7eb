//! Rows of sessions.

use crate::columns::{
    Failure, Unreadable, acr, from_acr, from_methods, from_optional_digest, from_optional_text,
    from_optional_time, from_time, methods, optional_digest, optional_text, optional_time, tenant,
    time,
};
use crate::id::Id;
use crate::schema::sessions;
use countersign_domain::login::authentication::Authentication;
use countersign_domain::login::session::{Session, SessionRenewal};
use countersign_domain::tenant::TenantId;
use diesel::prelude::*;

/// Row of a session.
#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = sessions, treat_none_as_default_value = false)]
pub struct SessionRow {
    id: Id,
    tenant: i32,
    user_id: Id,
    authenticated_at: i64,
    methods: i32,
    acr: i16,
    created_at: i64,
    last_active_at: i64,
    expires_at: i64,
    ended_at: Option<i64>,
    ip_address: Option<String>,
    user_agent: Option<String>,
    secret_digest: Option<Vec<u8>>,
}

/// Columns that a renewal replaces.
#[derive(AsChangeset)]
#[diesel(table_name = sessions, treat_none_as_null = true)]
pub struct RenewalRow {
    authenticated_at: i64,
    methods: i32,
    acr: i16,
    last_active_at: i64,
    expires_at: i64,
    secret_digest: Option<Vec<u8>>,
}

/// What the row must still have for a renewal to apply.
pub struct RenewalGuard {
    /// Time of the request: the session has not expired.
    pub now: i64,
    /// Digest of the present secret.
    pub present: Option<Vec<u8>>,
}

impl SessionRow {
    /// Creates the row of a session.
    pub fn new(of: TenantId, session: &Session) -> Result<Self, Failure> {
        let authentication = session.authentication;
        Ok(Self {
            id: session.id.into(),
            tenant: tenant(of),
            user_id: session.user.into(),
            authenticated_at: time(authentication.time)?,
            methods: methods(authentication.methods),
            acr: acr(authentication.acr),
            created_at: time(session.created_at)?,
            last_active_at: time(session.last_active_at)?,
            expires_at: time(session.expires_at)?,
            ended_at: optional_time(session.ended_at)?,
            ip_address: optional_text(session.ip_address.as_deref()),
            user_agent: optional_text(session.user_agent.as_deref()),
            secret_digest: optional_digest(session.secret),
        })
    }
}

impl TryFrom<SessionRow> for Session {
    type Error = Unreadable;

    fn try_from(row: SessionRow) -> Result<Self, Unreadable> {
        Ok(Self {
            id: row.id.into(),
            user: row.user_id.into(),
            authentication: Authentication {
                time: from_time("sessions.authenticated_at", row.authenticated_at)?,
                methods: from_methods(row.methods),
                acr: from_acr("sessions.acr", row.acr)?,
            },
            created_at: from_time("sessions.created_at", row.created_at)?,
            last_active_at: from_time("sessions.last_active_at", row.last_active_at)?,
            expires_at: from_time("sessions.expires_at", row.expires_at)?,
            ended_at: from_optional_time("sessions.ended_at", row.ended_at)?,
            ip_address: from_optional_text("sessions.ip_address", row.ip_address)?,
            user_agent: from_optional_text("sessions.user_agent", row.user_agent)?,
            secret: from_optional_digest("sessions.secret_digest", row.secret_digest)?,
        })
    }
}

impl TryFrom<&SessionRenewal> for RenewalRow {
    type Error = Failure;

    fn try_from(renewal: &SessionRenewal) -> Result<Self, Failure> {
        let authentication = renewal.authentication;
        Ok(Self {
            authenticated_at: time(authentication.time)?,
            methods: methods(authentication.methods),
            acr: acr(authentication.acr),
            last_active_at: time(renewal.last_active_at)?,
            expires_at: time(renewal.expires_at)?,
            secret_digest: optional_digest(renewal.secret),
        })
    }
}

impl TryFrom<&SessionRenewal> for RenewalGuard {
    type Error = Failure;

    fn try_from(renewal: &SessionRenewal) -> Result<Self, Failure> {
        Ok(Self {
            now: time(renewal.now)?,
            present: optional_digest(renewal.present),
        })
    }
}
