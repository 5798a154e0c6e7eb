//! Shared parts of all endpoints: bodies, parameters, responses and errors.

pub mod answer;
pub mod bearer;
pub mod body;
mod client_address;
pub mod date;
pub mod error;
pub mod flat_error;
mod json;
pub mod malformed;
pub mod oauth_error;
mod request_id;
pub mod session_body;
mod tenant;

pub use client_address::ClientAddress;
pub use countersign_wire::malformed::MalformedRequest;
pub use countersign_wire::{authorization, form, parameters};
pub use request_id::{REQUEST_ID, identified};
pub use tenant::{RequestTenant, Tenants};
