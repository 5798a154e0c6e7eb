//! Wire tests: requests and responses as bytes, through the whole router in process.
#![expect(clippy::unwrap_used, reason = "a test may fail loudly")]
#![allow(
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test may fail loudly"
)]

mod admin_api;
mod answers;
mod browser;
mod claims;
mod client_registration;
mod conformance;
mod cross_origin;
mod devices;
mod discovery;
mod facts;
mod federation;
mod harness;
mod interoperability;
mod introspection;
mod later_version;
mod login;
mod malformed;
mod outside;
mod properties;
mod recovery;
mod registration;
mod requests;
mod resource_servers;
mod revocation;
mod seed_apis;
mod sign_up;
mod tenants;
mod token;
mod userinfo;
