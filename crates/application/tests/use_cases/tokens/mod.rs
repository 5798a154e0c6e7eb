//! Tokens: issuance, introspection, revocation and userinfo.

pub(crate) mod device_book;
mod devices;
mod introspection;
mod issuance;
mod permissions;
pub(crate) mod presented;
mod revocation;
mod userinfo;
