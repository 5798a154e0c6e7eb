//! The account page and registration.

mod factors;
mod overview;
mod registration;
