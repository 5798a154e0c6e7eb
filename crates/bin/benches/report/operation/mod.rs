//! Costs of operating a server: applied files and refused requests.

pub(crate) mod files;
pub(crate) mod refusals;
