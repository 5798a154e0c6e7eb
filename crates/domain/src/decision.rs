//! Outcome of a rule, and outcome of a conditional change in the store.

use crate::identifier::GrantId;
use crate::refusal::Refusal;

/// Outcome of a conditional change in the store.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use = "a lost race must be handled"]
pub enum Race {
    /// The change was applied.
    Won,
    /// The condition did not hold. Nothing was changed.
    Lost,
}

/// Outcome of a rule, for the caller to carry out.
///
/// This is an enum and not a `Result` because a refusal may require a revocation. With a `Result`, `?` could return
/// before the caller revokes the grant.
#[derive(Clone, Debug, PartialEq, Eq)]
#[must_use = "a decision does nothing until its caller carries it out"]
pub enum Decision<T> {
    /// Store what `T` describes, then issue its tokens.
    Issue(T),
    /// Revoke the grant, then refuse the request.
    Revoke(GrantId, Refusal),
    /// Refuse the request. Nothing changes.
    Refuse(Refusal),
}

impl<T> Decision<T> {
    /// Returns the refusal of [`Decision::Revoke`] or [`Decision::Refuse`].
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
