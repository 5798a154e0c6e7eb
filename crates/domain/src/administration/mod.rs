//! Administration: permissions, admin roles and their holders.
//!
//! The rule of this folder: nobody grants what they do not hold. A command on a user, client or role that carries
//! permissions, or can obtain them, requires all of these permissions: [`Operator::may_affect`].
//!
//! [`Operator::may_affect`]: crate::audit::operator::Operator::may_affect

pub mod administrators;
pub mod holder;
pub mod permission;
pub mod reach;
pub mod role;
