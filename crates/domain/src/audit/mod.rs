//! Audit log: events, their proof, filters and operators.

pub mod batch;
pub mod event;
pub mod filter;
pub mod operator;
