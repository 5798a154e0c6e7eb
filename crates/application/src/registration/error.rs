//! The error type of registrations.

use crate::admin::{AdminError, Conflict};
use crate::failure::Failure;
use crate::refusals;
use countersign_domain::client::dynamic::metadata::InvalidMetadata;
use countersign_domain::refusal::Refusal;
use countersign_ports::StoreError;

/// Reason why a registration, or a change of one, failed.
#[derive(Debug, thiserror::Error)]
pub enum RegistrationError {
    /// The request has no initial access token, and the policy demands one.
    #[error("the initial access token is missing")]
    TokenMissing,
    /// The metadata is invalid (RFC 7591 section 3.2.2).
    #[error(transparent)]
    Metadata(#[from] InvalidMetadata),
    /// Another rule, or a dependency of the server.
    #[error(transparent)]
    Failure(#[from] Failure),
}

impl From<Refusal> for RegistrationError {
    fn from(refusal: Refusal) -> Self {
        Self::Failure(refusal.into())
    }
}

impl From<StoreError> for RegistrationError {
    fn from(error: StoreError) -> Self {
        Self::Failure(error.into())
    }
}

impl From<AdminError> for RegistrationError {
    fn from(error: AdminError) -> Self {
        match error {
            AdminError::Registration(reason) => InvalidMetadata::Registration(reason).into(),
            AdminError::Keys(_) => InvalidMetadata::Member("jwks", "is not a valid JWK Set").into(),
            AdminError::SigningKeyMissing(_) => {
                let rule = "is not an algorithm of this server; see the discovery document";
                InvalidMetadata::Member("id_token_signed_response_alg", rule).into()
            }
            AdminError::NotFound(_) => refusals::REGISTRATION_ACCESS_TOKEN_INVALID.into(),
            AdminError::Refused(refusal) => refusal.into(),
            AdminError::Failure(failure) => failure.into(),
            AdminError::Conflict(Conflict::HoldsRoles | Conflict::IsIntrospectionClient) => {
                refusals::REGISTERED_CLIENT_IN_USE.into()
            }
            // The others are lost races, or cannot happen to a client of this kind.
            _ => Failure::Contended.into(),
        }
    }
}
