//! Sign-in at upstream providers.

mod accounts;
mod lies;
mod logout;
mod logout_there;
mod oauth2;
mod only;
mod own;
pub(crate) mod provider;
mod requests;
mod sign_in;
