//! Tokens: issuance, introspection, revocation and userinfo.

mod introspection;
mod issuance;
mod permissions;
pub(crate) mod presented;
mod revocation;
mod userinfo;
