//! Tokens: issuance, introspection, revocation and userinfo.

mod introspection;
mod issuance;
mod presented;
mod revocation;
mod userinfo;
