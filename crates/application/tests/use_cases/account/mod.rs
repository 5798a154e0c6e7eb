//! The account page and registration.

mod deletion;
mod factors;
mod overview;
mod passwordless;
mod recovery;
mod registration;
