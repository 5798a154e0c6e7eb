//! Documents: the data of clients, users and definitions that administrators edit, as the text of a JSON object.
//!
//! Members have the names of the standards: client metadata of RFC 7591 and OpenID Connect Dynamic Client Registration,
//! claims of OpenID Connect Core section 5.1. Members without a standard name have our own names.
//!
//! The format must stay compatible forever:
//!
//! * Unknown members are kept and written back unchanged. New members are at the top level.
//! * A member that restricts a client or user names a feature in `requires`. A version without the feature cannot read
//!   the document.
//! * Defaults are written explicitly, so that a new default in a later version changes no stored document.

mod attribute;
mod claims_policy;
pub(crate) mod client;
mod client_parts;
pub(crate) mod definition;
mod invitation;
mod members;
mod registration;
mod tenant;
mod upstream_provider;
pub(crate) mod user;
mod webhook;

#[cfg(test)]
mod claims_tests;
#[cfg(test)]
mod definition_tests;
#[cfg(test)]
mod tests;
