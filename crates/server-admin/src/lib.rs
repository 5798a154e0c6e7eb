//! Endpoints for operators and their tools: the admin API, health and metrics.
//!
//! This crate uses `application`, `ports`, `domain` and the answers of `server-http`, and no adapter.
//!
//! Architecture invariants:
//!
//! * The admin API contains no rules. An operation parses a request, calls one command of `application::admin`, and
//!   renders its result.
//! * Health and metrics need no sign-in, so they expose only counts and states.

mod api;
mod health;
mod metrics;

pub use api::{
    AdminServices, InvalidField, ObjectKind, Operators, RateLimit, SeedApis, admin_api,
    body_schema, client_metadata, event_json, suggestion, webhook_message,
};
pub use health::{Health, health};
pub use metrics::metrics;
