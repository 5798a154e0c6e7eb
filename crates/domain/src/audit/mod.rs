//! The audit log: events, and the operators who cause them.

pub mod event;
pub mod operator;
