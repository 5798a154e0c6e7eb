//! Rows of memberships.

use crate::columns::tenant;
use crate::id::Id;
use crate::schema::memberships;
use countersign_domain::tenant::TenantId;
use countersign_domain::user::User;
use diesel::prelude::*;

/// Row of a user in a group.
#[derive(Clone, Insertable)]
#[diesel(table_name = memberships)]
pub struct MembershipRow {
    tenant: i32,
    /// Name of the group.
    pub group_name: String,
    user_id: Id,
}

impl MembershipRow {
    /// Creates the rows of a user, ordered by group.
    #[must_use]
    pub fn of_user(of: TenantId, user: &User) -> Vec<Self> {
        let mut groups: Vec<_> = user.groups.iter().collect();
        groups.sort_unstable();
        groups.dedup();
        let rows = groups.into_iter().map(|group| Self {
            tenant: tenant(of),
            group_name: group.as_str().to_owned(),
            user_id: user.id.into(),
        });
        rows.collect()
    }
}
