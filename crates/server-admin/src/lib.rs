//! Endpoints for operators and their tools: health and metrics.
//!
//! This crate uses `ports`, `domain` and the answers of `server-http`, and no adapter. An admin API will join it.
//!
//! Architecture invariant: these endpoints need no sign-in, so they expose only counts and states.

mod health;
mod metrics;

pub use health::{Health, health};
pub use metrics::metrics;
