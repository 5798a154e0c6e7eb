//! JSON form of a browser session under `/api`.

use crate::wire::date::date;
use countersign_domain::identifier::SessionId;
use countersign_domain::login::session::Session;
use serde::Serialize;

/// Browser session.
#[derive(Serialize)]
pub struct SessionBody<'a> {
    id: String,
    /// External identity provider: always none.
    idp_name: Option<&'a str>,
    ip_address: Option<&'a str>,
    user_agent: Option<&'a str>,
    created_at: String,
    expires_at: String,
    last_active_at: String,
    is_current: bool,
}

impl<'a> SessionBody<'a> {
    /// Renders a session. `current` is the session of the request.
    #[must_use]
    pub fn of(session: &'a Session, current: Option<SessionId>) -> Self {
        Self {
            id: session.id.to_string(),
            idp_name: None,
            ip_address: session.ip_address.as_deref(),
            user_agent: session.user_agent.as_deref(),
            created_at: date(session.created_at),
            expires_at: date(session.expires_at),
            last_active_at: date(session.last_active_at),
            is_current: current == Some(session.id),
        }
    }
}
