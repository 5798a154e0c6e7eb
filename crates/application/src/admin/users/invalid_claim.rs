//! Reasons to reject a claim of a user.

use countersign_domain::client::Client;
use countersign_domain::user::claim_text::InvalidClaim;

/// Reason why a claim value is invalid.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InvalidUserClaim {
    /// Administrators cannot set this claim, or not to this type of value.
    #[error("the claim cannot be set to this type of value")]
    Unsettable,
    /// The name is empty, too long, or has control characters.
    #[error("a name must have 1 to {max} characters and no control characters", max = Client::LONGEST_NAME)]
    Name,
    /// The text is invalid for the claim.
    #[error(transparent)]
    Text(#[from] InvalidClaim),
    /// A member of the address is invalid.
    #[error("{0}: {1}")]
    Member(&'static str, InvalidClaim),
}
