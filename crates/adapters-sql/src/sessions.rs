//! A session as a row, and what a renewal changes of it.

use crate::columns::{
    Failure, Unreadable, from_methods, from_optional_text, from_optional_time, from_time, methods,
    optional_text, optional_time, time,
};
use crate::id::Id;
use crate::schema::sessions;
use countersign_domain::identifier::{SessionId, UserId};
use countersign_domain::session::{Session, SessionRenewal};
use diesel::prelude::*;

/// A session.
#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = sessions, treat_none_as_default_value = false)]
pub struct SessionRow {
    id: Id,
    user_id: Id,
    authenticated_at: i64,
    methods: i16,
    created_at: i64,
    last_active_at: i64,
    expires_at: i64,
    ended_at: Option<i64>,
    ip_address: Option<String>,
    user_agent: Option<String>,
}

/// What a renewal replaces.
#[derive(AsChangeset)]
#[diesel(table_name = sessions)]
pub struct RenewalRow {
    authenticated_at: i64,
    methods: i16,
    /// The time of the request.
    pub last_active_at: i64,
    expires_at: i64,
}

impl TryFrom<&Session> for SessionRow {
    type Error = Failure;

    fn try_from(session: &Session) -> Result<Self, Failure> {
        Ok(Self {
            id: Id(*session.id.as_bytes()),
            user_id: Id(*session.user.as_bytes()),
            authenticated_at: time(session.authenticated_at)?,
            methods: methods(session.methods),
            created_at: time(session.created_at)?,
            last_active_at: time(session.last_active_at)?,
            expires_at: time(session.expires_at)?,
            ended_at: optional_time(session.ended_at)?,
            ip_address: optional_text(session.ip_address.as_deref()),
            user_agent: optional_text(session.user_agent.as_deref()),
        })
    }
}

impl TryFrom<SessionRow> for Session {
    type Error = Unreadable;

    fn try_from(row: SessionRow) -> Result<Self, Unreadable> {
        Ok(Self {
            id: SessionId::from_bytes(row.id.0),
            user: UserId::from_bytes(row.user_id.0),
            authenticated_at: from_time("sessions.authenticated_at", row.authenticated_at)?,
            methods: from_methods("sessions.methods", row.methods)?,
            created_at: from_time("sessions.created_at", row.created_at)?,
            last_active_at: from_time("sessions.last_active_at", row.last_active_at)?,
            expires_at: from_time("sessions.expires_at", row.expires_at)?,
            ended_at: from_optional_time("sessions.ended_at", row.ended_at)?,
            ip_address: from_optional_text("sessions.ip_address", row.ip_address)?,
            user_agent: from_optional_text("sessions.user_agent", row.user_agent)?,
        })
    }
}

impl TryFrom<&SessionRenewal> for RenewalRow {
    type Error = Failure;

    fn try_from(renewal: &SessionRenewal) -> Result<Self, Failure> {
        Ok(Self {
            authenticated_at: time(renewal.authenticated_at)?,
            methods: methods(renewal.methods),
            last_active_at: time(renewal.now)?,
            expires_at: time(renewal.expires_at)?,
        })
    }
}
