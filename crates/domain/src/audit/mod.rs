//! Audit log: events, filters and operators.

pub mod event;
pub mod filter;
pub mod operator;
