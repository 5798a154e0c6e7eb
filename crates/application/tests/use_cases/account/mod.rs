//! The account page and registration.

mod address;
mod deletion;
mod factor_reset;
mod factors;
mod overview;
mod passwordless;
mod recovery;
mod registration;
mod secure;
mod sign_up;
mod tenant_limits;
mod undo;
