//! Audit log: events and operators.

pub mod event;
pub mod operator;
