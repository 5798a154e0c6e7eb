//! Shared parts of all endpoints: bodies, parameters, responses and errors.

pub mod answer;
pub mod bearer;
pub mod body;
mod client_address;
pub mod date;
pub mod error;
pub mod flat_error;
pub mod form;
mod json;
pub mod malformed;
pub mod oauth_error;
pub mod parameters;
mod request_id;
mod tenant;

pub use client_address::ClientAddress;
pub use request_id::{REQUEST_ID, identified};
pub use tenant::{RequestTenant, Tenants};
