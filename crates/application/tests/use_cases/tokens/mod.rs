//! Tokens: issuance, introspection, revocation and userinfo.

mod introspection;
mod issuance;
pub(crate) mod presented;
mod revocation;
mod userinfo;
