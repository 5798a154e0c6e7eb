//! How a command ends when it does not succeed.

use super::users::InvalidUserClaim;
use crate::failure::Failure;
use countersign_domain::authorize::claims_request::StandardClaim;
use countersign_domain::client::registration::InvalidRegistration;
use countersign_domain::login::password;
use countersign_domain::refusal::Refusal;
use countersign_ports::{PasswordsBusy, SigningError, StoreError};
use std::fmt;

/// Why a command was not carried out. Nothing was changed, unless it is [`AdminError::Failure`].
#[derive(Debug, thiserror::Error)]
pub enum AdminError {
    /// The operator may not do this.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// What the command is about does not exist.
    #[error("there is no such {0}")]
    NotFound(Missing),
    /// Another command was faster, or a name is taken.
    #[error(transparent)]
    Conflict(#[from] Conflict),
    /// The client cannot be registered like this.
    #[error(transparent)]
    Registration(#[from] InvalidRegistration),
    /// The keys of the client are not a usable JWK Set.
    #[error("the JWK Set cannot be used: {0}")]
    Keys(String),
    /// A claim cannot have this value.
    #[error("the claim {name} cannot have this value: {1}", name = .0.as_str())]
    Claim(StandardClaim, #[source] InvalidUserClaim),
    /// The password is empty or too long.
    #[error("a password has 1 to {max} bytes", max = password::MOST)]
    Password,
    /// Something that the server depends on is missing. A part of the command may have been carried out; running it again
    /// is safe.
    #[error(transparent)]
    Failure(#[from] Failure),
}

impl From<StoreError> for AdminError {
    fn from(error: StoreError) -> Self {
        Self::Failure(error.into())
    }
}

impl From<SigningError> for AdminError {
    fn from(error: SigningError) -> Self {
        Self::Failure(error.into())
    }
}

impl From<PasswordsBusy> for AdminError {
    fn from(error: PasswordsBusy) -> Self {
        Self::Failure(error.into())
    }
}

/// What does not exist.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Missing {
    /// The client.
    Client,
    /// The secret of the client.
    Secret,
    /// The user.
    User,
}

impl fmt::Display for Missing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Client => "client",
            Self::Secret => "secret",
            Self::User => "user",
        })
    }
}

/// What a command collides with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Conflict {
    /// There is a client of this identifier.
    #[error("a client of this identifier exists already")]
    ClientId,
    /// The client has a secret of this name.
    #[error("the client has a secret of this name already")]
    SecretName,
    /// There is a user of this e-mail address.
    #[error("a user of this e-mail address exists already")]
    Email,
    /// Other commands changed the same thing again and again. A retry may succeed.
    #[error("it was changed by other commands at the same moment; try again")]
    Changed,
}
