//! Administration: permissions, admin roles and their holders, and groups of users.
//!
//! Operators can grant only permissions that they have. If a user, client or role has permissions or can obtain them, a
//! command that changes it requires all of these permissions: [`Operator::may_affect`].
//!
//! [`Operator::may_affect`]: crate::audit::operator::Operator::may_affect

pub mod administrators;
pub(crate) mod description;
pub mod group;
pub mod group_name;
pub mod holder;
pub mod managed_by;
pub mod permission;
pub mod reach;
pub mod role;
