//! Costs of operating a server: applied files, claims policies and refused requests.

pub(crate) mod claims;
pub(crate) mod files;
pub(crate) mod refusals;
