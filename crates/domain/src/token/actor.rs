//! The party that uses a token for its subject (RFC 8693 section 4.1).

use crate::identifier::Subject;
use alloc::boxed::Box;

/// Actor of a token: the claim `act`. The subject delegated to it, and the token still names the subject.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Actor {
    /// `sub` of the actor.
    pub subject: Subject,
    /// Actor before this one, if the token was delegated more than once. For information only: no rule reads it.
    pub previous: Option<Box<Self>>,
}
