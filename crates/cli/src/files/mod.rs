//! Files that declare clients, resource servers, admin roles, user attributes, groups, users, webhooks and upstream
//! providers.
//!
//! A file has one or several documents. `read` reads them with the line of each field, `declared` checks them one by
//! one, and `references` checks them against each other. `present` reads what the store or the server has, `plan` compares
//! the two, and `run` sends the changes to the admin API. `export` writes documents.
//!
//! Nothing changes before all documents are valid.

mod assignments;
mod concurrently;
pub(crate) mod declared;
pub(crate) mod export;
mod nesting;
pub(crate) mod plan;
pub(crate) mod present;
mod prune;
pub(crate) mod read;
mod references;
pub(crate) mod run;
pub(crate) mod schema;
mod secrets;
pub(crate) mod show;
#[cfg(test)]
mod tests;
mod unchanged;

pub(crate) use assignments::check_assignments;
pub(crate) use prune::{check_pruned, prune, pruned};
pub(crate) use references::check as check_references;
pub(crate) use secrets::read_secrets;
