//! The schema: migrations, and the table specific to this store.

pub(crate) mod migrations;
pub(crate) mod tables;
