//! Macros in place of procedural ones, which would double the build time of this crate.

mod error_type;
pub(crate) mod plain_name;
mod wire_names;

pub(crate) use error_type::error_type;
pub(crate) use plain_name::plain_name;
pub(crate) use wire_names::wire_names;
