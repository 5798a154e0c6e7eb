//! What a rule says is to be done.

use crate::identifier::GrantId;
use crate::refusal::Refusal;

/// The verdict on a request. A refusal that has a consequence is a decision of its own and not an
/// error, so that no `?` can carry it past the caller who must act on it.
#[derive(Clone, Debug, PartialEq, Eq)]
#[must_use = "a decision does nothing until its caller carries it out"]
pub enum Decision<T> {
    /// Store what `T` says, then issue what it says.
    Issue(T),
    /// Revoke the grant, then refuse.
    Revoke(GrantId, Refusal),
    /// Refuse. Nothing changes.
    Refuse(Refusal),
}

impl<T> Decision<T> {
    /// The refusal, if it is one, with or without consequence.
    #[must_use]
    pub const fn refusal(&self) -> Option<&Refusal> {
        match self {
            Self::Issue(_) => None,
            Self::Revoke(_, refusal) | Self::Refuse(refusal) => Some(refusal),
        }
    }
}

impl<T> From<Result<T, Refusal>> for Decision<T> {
    fn from(judged: Result<T, Refusal>) -> Self {
        match judged {
            Ok(issue) => Self::Issue(issue),
            Err(refusal) => Self::Refuse(refusal),
        }
    }
}
