//! Rows of grants.

use crate::columns::{
    Failure, Unreadable, from_client_id, from_integer, from_optional_time, from_text, from_time,
    optional_time, tenant, text, time,
};
use crate::id::Id;
use crate::people::sessions::SessionRow;
use crate::people::users::UserRows;
use crate::schema::grants;
use countersign_codec::{decode_stored, encode_stored};
use countersign_domain::grant::{Grant, GrantFacts};
use countersign_domain::identifier::Subject;
use countersign_domain::login::session::Session;
use countersign_domain::tenant::TenantId;
use countersign_domain::user::User;
use countersign_ports::GrantUser;
use diesel::prelude::*;

/// Row of a grant, with its columns in table order.
#[derive(Clone, Debug, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = grants, treat_none_as_default_value = false)]
pub struct GrantRow {
    /// Identifier.
    pub id: Id,
    /// Tenant.
    pub tenant: i32,
    /// Number of rotations.
    pub generation: i64,
    /// Time of the last rotation.
    pub rotated_at: i64,
    /// Expiry.
    pub expires_at: i64,
    /// Time of the revocation.
    pub revoked_at: Option<i64>,
    /// Client.
    pub client_id: String,
    /// Resource owner.
    pub subject: String,
    /// Browser session in which the user signed in.
    pub session_id: Option<Id>,
    /// The rest of the authorization.
    pub authorization: Vec<u8>,
}

impl GrantRow {
    /// Creates the row of a grant.
    pub fn new(of: TenantId, grant: &Grant) -> Result<Self, Failure> {
        let GrantFacts {
            id,
            authorization,
            generation,
            rotated_at,
            expires_at,
            revoked_at,
        } = grant.facts();
        Ok(Self {
            id: (*id).into(),
            tenant: tenant(of),
            generation: (*generation).into(),
            rotated_at: time(*rotated_at)?,
            expires_at: time(*expires_at)?,
            revoked_at: optional_time(*revoked_at)?,
            client_id: authorization.client().as_str().into(),
            subject: text(authorization.subject.as_str()),
            session_id: authorization.session.map(Id::from),
            authorization: encode_stored(authorization),
        })
    }
}

/// Converts the row of a grant and the rows of its user, if any.
pub fn with_user(
    grant: GrantRow,
    user: Option<UserRows>,
) -> Result<(Grant, Option<User>), Unreadable> {
    let grant = Grant::try_from(grant)?;
    let user = user.map(User::try_from).transpose()?;
    // A store may find a user by a subject that is no valid form of the ID.
    let user = user.filter(|user| grant.authorization().subject.is_user(user.id));
    Ok((grant, user))
}

/// Converts the rows of the user and the session of a grant.
pub fn grant_user(
    session: Option<SessionRow>,
    user: UserRows,
) -> Result<Box<GrantUser>, Unreadable> {
    Ok(Box::new(GrantUser {
        user: user.try_into()?,
        session: session.map(Session::try_from).transpose()?,
    }))
}

impl TryFrom<GrantRow> for Grant {
    type Error = Unreadable;

    /// Fails for an authorization that is damaged or has an unknown critical fact.
    fn try_from(row: GrantRow) -> Result<Self, Unreadable> {
        let authorization = decode_stored(
            &row.authorization,
            from_client_id("grants.client_id", &row.client_id)?,
            Subject::new(from_text("grants.subject", row.subject)?),
            row.session_id.map(Into::into),
        );
        Ok(Self::from_stored(GrantFacts {
            id: row.id.into(),
            authorization: authorization.map_err(|_| Unreadable("grants.authorization"))?,
            generation: from_integer("grants.generation", row.generation)?,
            rotated_at: from_time("grants.rotated_at", row.rotated_at)?,
            expires_at: from_time("grants.expires_at", row.expires_at)?,
            revoked_at: from_optional_time("grants.revoked_at", row.revoked_at)?,
        }))
    }
}
