//! Sign-in at upstream providers.

mod accounts;
mod lies;
mod logout;
mod own;
mod oauth2;
mod provider;
mod requests;
mod sign_in;
