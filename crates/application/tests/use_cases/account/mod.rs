//! The account page and registration.

mod factors;
mod overview;
mod recovery;
mod registration;
mod sign_up;
