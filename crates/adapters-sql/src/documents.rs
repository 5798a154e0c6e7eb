//! Documents: what administrators edit of clients and users, as the text of a JSON object.
//!
//! Members have the names of the standards: client metadata of RFC 7591 and OpenID Connect Dynamic Client Registration,
//! claims of OpenID Connect Core section 5.1. Where the standards have no name, we have one of our own.
//!
//! The format is for ever:
//!
//! * A member that this version does not know is kept as it is and written again. New members stand at the top level.
//! * A member that restricts a client or user names a feature in `requires`. A version without the feature cannot read
//!   the document.
//! * A default is written out, so that another default in a later version changes no stored document.

pub(crate) mod client;
mod members;
pub(crate) mod user;

#[cfg(test)]
mod tests;
